"""The pages beside the race in a real browser: opened by their links, acted on, and left for the race and back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browser.conftest import PATIENCE, serving, travel
from browser.visit import Visit, visiting

from core import OPTIMIZERS, SCHEDULES, Runner, Scene
from core.presets import PRESETS
from core.text import TABLES
from pages.catalogue.entries import first as first_entry
from pages.shared.trial import ORDER
from pages.shared.trial import first as first_trial

pytestmark = pytest.mark.browser

EN, KO = TABLES["en"], TABLES["ko"]
LIST = "nav a[data-name]"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SOME = next(key for key, o in OPTIMIZERS.items() if o.parent == first_entry().key)


class Tab(Visit):
    """One page beside the race."""

    @property
    def traces(self) -> list[str]:
        """What the legend of the first Plotly picture names."""
        return self.page.evaluate(
            "[...new Set((document.querySelector('.js-plotly-plot')?.data ?? []).map(d => d.name).filter(Boolean))]"
        )

    @property
    def heading(self) -> str:
        return str(self.page.locator("h3").first.inner_text())

    def link(self, name: str) -> Any:
        return self.page.locator(f"a[data-name='optimizers/{name}']")

    def wide(self) -> bool:
        """Whether the page can be pushed sideways."""
        return self.page.evaluate("document.scrollingElement.scrollWidth > innerWidth + 1")


@pytest.fixture
def visit(browser: Any, server: str) -> Iterator[Callable[..., Tab]]:
    with visiting(Tab, browser, server) as visit:
        yield visit


def test_a_cold_server_wakes_to_a_page_inside_its_frame(flat, tmp_path):
    """Nobody has been to the race yet."""
    with serving(tmp_path) as cold, visiting(Tab, flat, cold) as visit:
        tab = visit("schedules?plan=cosine&plan=power~s~50&lang=ko", ".js-plotly-plot")
        assert tab.page.locator(".st-key-wordmark").count() == 1
        links = tab.page.locator("[data-testid=stTopNavLink]").all_inner_texts()
        assert {KO["race"], KO["schedules"], KO["catalogue"]} <= set(links)
        assert tab.page.locator("[data-testid=stSidebarNavLink]").count() == 0
        assert tab.page.locator("[role=dialog]").count() == 0, "Streamlit says that the page is not found"
        assert tab.traces == [SCHEDULES[key].name.ko for key in ORDER if key in ("cosine", "power")]


def test_the_race_answers_to_its_name_too(visit):
    scene = Scene("himmelblau", runners=(Runner("adam", {"lr": 0.1}),))
    tab = visit(f"race?{scene.to_string()}", ".dl-stage[data-drawn]")
    assert tab.page.locator("[role=dialog]").count() == 0, "no word of a page that is not found"
    assert Scene.from_query({name: values for name, values in tab.query.items() if name != "lang"}) == (scene, [])
    links = tab.page.locator("[data-testid=stTopNavLink]")
    assert links.all_inner_texts().count(EN["race"]) == 1
    links.filter(has_text=EN["race"]).click()
    tab.until(lambda: tab.path == "/" and "r" in tab.query, "the same race at its usual address")
    assert Scene.from_query({name: values for name, values in tab.query.items() if name != "lang"}) == (scene, [])


def test_schedules_are_chosen_set_gone_back_from_and_sent_to_the_race(visit):
    tab = visit("schedules", ".js-plotly-plot")
    page = tab.page
    assert tab.traces == [plan.record.name.en for plan in first_trial().plans]
    new = next(key for key in ORDER if key not in {plan.schedule for plan in first_trial().plans})
    page.get_by_role("button", name=SCHEDULES[new].name.en, exact=True).click()
    tab.until(lambda: SCHEDULES[new].name.en in tab.traces, "the new curve")
    assert any(text.startswith(new) for text in tab.query["plan"])
    before = tab.query["plan"]

    slider = page.locator(f".st-key-trial-{new}-{SCHEDULES[new].hypers[0].name} input[type=range]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    tab.until(lambda: tab.query["plan"] != before, "the setting in the address")
    page.go_back()
    tab.until(lambda: tab.query["plan"] == before, "the address before")
    tab.until(lambda: float(slider.input_value()) == 0, "the slider as it was")

    page.locator(f".st-key-trial-{new}-race button").click()
    page.wait_for_selector(".dl-stage[data-drawn]", timeout=PATIENCE)
    tab.until(lambda: "r" in tab.query, "the race in the address")
    scene, faults = Scene.from_query({k: v for k, v in tab.query.items() if k != "lang"})
    assert not faults
    assert scene.runners[:-1] == next(iter(PRESETS.values())).scene.runners
    assert scene.runners[-1].plan.schedule == new

    page.get_by_role("link", name=EN["schedules"]).click()
    page.wait_for_selector(".js-plotly-plot")
    tab.until(lambda: SCHEDULES[new].name.en in tab.traces, "the schedules as they were left")


def test_the_catalogue_is_searched_clicked_through_and_linked(visit):
    tab = visit("catalogue", LIST)
    page = tab.page
    page.evaluate("window.first = true")
    assert tab.heading == OPTIMIZERS[first_entry().key].name
    tab.link(SOME).last.click()  # in the tree
    tab.until(lambda: tab.heading == OPTIMIZERS[SOME].name, "the child")
    assert tab.query["entry"] == [SOME]
    assert page.locator(f"{LIST}[aria-current]").inner_text().startswith(OPTIMIZERS[SOME].name)
    page.go_back()
    tab.until(lambda: tab.heading == OPTIMIZERS[first_entry().key].name, "the entry before")

    box = page.get_by_placeholder(EN["search"])
    box.fill("rosenbrock 1960")
    box.press("Enter")
    tab.until(lambda: page.locator(LIST).count() == 1, "one find")
    page.locator(LIST).focus()
    page.keyboard.press("Enter")
    tab.until(lambda: tab.query.get("kind") == ["surfaces"], "the surface")
    page.wait_for_selector(".js-plotly-plot")
    assert page.evaluate("window.first"), "not opened anew"

    with page.context.expect_page() as opened:  # a real link: it opens in a tab of its own
        page.locator(LIST).click(modifiers=["Control"])
    opened.value.wait_for_selector(LIST, timeout=PATIENCE)
    assert "entry=rosenbrock" in opened.value.url

    page.get_by_role("button", name=EN["to_race"]).click()
    page.wait_for_selector(".dl-stage[data-drawn]", timeout=PATIENCE)
    tab.until(lambda: tab.query.get("surface") == ["rosenbrock"], "the race on this surface")


@pytest.mark.parametrize("path", ["schedules", "catalogue?entry=rmsprop", "catalogue?kind=surfaces&entry=levy"])
def test_nothing_sticks_out_on_a_phone(visit, path):
    tab = visit(f"{path}{'&' if '?' in path else '?'}lang=ko", ".js-plotly-plot", **PHONE)
    tab.until(lambda: not tab.wide(), "a page as wide as the screen")
    assert tab.page.locator("[data-testid=stException]").count() == 0


ZOOMED = {"viewport": {"width": 700, "height": 450}, "device_scale_factor": 2}  # 200 % of a window of 1400 × 900
HEADINGS = """[...document.querySelectorAll("h1, h2, h3, h4, h5, h6, [role=heading]")]
  .filter((e) => e.checkVisibility()).map((e) => +(e.getAttribute("aria-level") ?? e.tagName[1]))"""


INSIDE = """all => all.every((e) => [...e.childNodes].every((node) => {
  const range = document.createRange();
  range.selectNodeContents(node);
  return range.getBoundingClientRect().right <= e.getBoundingClientRect().right + 1;
}))"""


def test_at_twice_the_size_nothing_sticks_out_and_all_can_be_reached(visit):
    """And no page leaves out a level of its headings, by which one who hears it finds the way."""
    tab = visit("?lang=en", ".dl-stage[data-drawn]", **ZOOMED)
    for path, shows in {
        "": ".dl-stage[data-drawn]",
        "anatomy": ".dl-panels svg",
        "maps": ".dl-field canvas",
        "schedules": ".js-plotly-plot .main-svg",
        "networks": ".dl-film[data-drawn] canvas",
        "catalogue": ".js-plotly-plot .main-svg",
    }.items():
        if path:
            travel(tab.page, f"{tab.server}/{path}?lang=en")
            tab.page.wait_for_selector(shows, timeout=PATIENCE)
            tab.settle()
        tab.until(lambda: not tab.wide(), f"{path} as wide as the screen")  # its charts follow one by one
        levels = tab.page.evaluate(HEADINGS)
        assert all(below <= above + 1 for above, below in itertools.pairwise(levels)), f"{path}: {levels}"
        picture = tab.page.locator(shows).first
        picture.scroll_into_view_if_needed()
        assert picture.bounding_box()["width"] > 250, path
    names = tab.page.locator("nav a[data-name]").evaluate_all(
        "all => all.map((e) => e.getBoundingClientRect()).map(({ left, right, top, bottom }) => [left, right, top, bottom])"
    )
    assert len(names) > 20
    for (left, right, top, bottom), (left2, right2, top2, bottom2) in itertools.combinations(names, 2):
        over = min(right, right2) - max(left, left2) > 1 and min(bottom, bottom2) - max(top, top2) > 1
        assert not over, "no name lies over another"
    assert tab.page.locator("nav a[data-name]").evaluate_all(INSIDE), "nor out of its place"


def test_what_is_wider_than_a_phone_is_pushed_inside_its_box(visit):
    """The widest formula of all, and the widest table: the page itself does not move sideways."""
    tab = visit("catalogue?kind=surfaces&entry=goldstein_price", ".katex-display", **PHONE)
    look = (
        "box => [box.scrollWidth > box.clientWidth, getComputedStyle(box).overflowX, getComputedStyle(box).maskImage]"
    )
    formula = tab.page.locator(".katex-display")
    tab.until(lambda: formula.evaluate(look)[2].startswith("linear-gradient"), "that it goes on is seen")
    assert formula.evaluate(look)[:2] == [True, "auto"]
    formula.evaluate("box => { box.scrollLeft = 9999; }")
    tab.until(lambda: formula.evaluate(look)[2] == "none", "its end")
    tab.open("catalogue?entry=sgd", ".katex-display")
    tab.until(lambda: formula.evaluate(look) == [False, "auto", "none"], "a short one")
    width = PHONE["viewport"]["width"]
    tab.until(lambda: tab.page.locator(".stMain").evaluate("main => main.scrollWidth") == width, "a page that stays")
