"""Pages on paper: pictures, tables and settings, in the size of the page, and nothing that only a pointer can use."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from browser.conftest import PATIENCE, lead, rest, sound_page

pytestmark = pytest.mark.browser

SCREEN = {"width": 1400, "height": 900}
PAPER = {"width": 718, "height": 1046}  # A4 within its margins
PAGES = {  # what waits for the picture; what is printed; how many settings at least
    "": (".dl-stage[data-drawn]", (".dl-map", ".dl-relief", ".dl-loss", ".dl-table table", ".dl-legend"), 6),
    "anatomy": (".dl-panels svg", (".dl-step-map svg", ".dl-panels svg", ".st-key-step-lines"), 1),
    "maps": (".dl-field[data-drawn]", (".dl-map", ".dl-path", ".dl-curve", ".dl-words"), 3),
    "maps?map=starts": (".dl-field[data-drawn]", (".dl-map", ".dl-curve", ".dl-words table"), 3),
    "schedules": (".js-plotly-plot .main-svg", (".js-plotly-plot .main-svg",), 3),
    "networks": (".dl-film[data-drawn] canvas", (".dl-film canvas", ".dl-legend"), 3),
    "catalogue": (".js-plotly-plot .main-svg", (".js-plotly-plot .main-svg", ".stCode"), 0),
}
BUTTONS = """[...document.querySelectorAll("button, [role=radio], .dl-bar, .dl-corner, [data-testid=stHeader], summary")]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().width > 1 && !e.closest(".dl-legend, .dl-table, .stSelectbox, .stTabs"))
  .map((e) => e.outerHTML.slice(0, 120))"""
# What can be seen and reaches beyond the right edge of the page.
WIDE = """[...document.querySelectorAll("canvas, svg, img, p, td, th, label, h1, h2, h3, .stSlider, .stSelectbox, .stCode")]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => e.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def tab(browser: Any) -> Iterator[Any]:
    with sound_page(browser, viewport=SCREEN, reduced_motion="reduce") as page:  # no race moves what is measured
        yield page


@pytest.fixture
def page(tab: Any) -> Iterator[Any]:
    """The tab, back from the paper afterwards."""
    yield tab
    tab.emulate_media(media="screen", color_scheme="light")
    tab.set_viewport_size(SCREEN)


def open_page(page: Any, server: str, path: str, wait: str) -> None:
    lead(page, server, path)
    page.wait_for_selector(wait, timeout=PATIENCE)
    drawn(page)


SIZES = "[...document.querySelectorAll('canvas, svg, .dl-views')].map((e) => [e.width, e.clientWidth, e.clientHeight].join()).join(';')"


def drawn(page: Any) -> None:
    """Wait until the page is at rest, and whatever is drawn anew in another size has been."""
    rest(page)
    sizes = [page.evaluate(SIZES)]
    while len(sizes) < 4 or len(set(sizes[-4:])) > 1:
        page.wait_for_timeout(100)  # for which Plotly waits before it draws anew
        sizes.append(page.evaluate(SIZES))


def put_on_paper(page: Any, **media: Any) -> None:
    page.emulate_media(media="print", **media)
    page.set_viewport_size(PAPER)
    page.wait_for_function("(width) => innerWidth === width", arg=PAPER["width"])
    drawn(page)


@pytest.mark.parametrize(("path", "scheme"), [*zip(PAGES, itertools.cycle(["light", "dark"])), ("", "dark")])
def test_a_page_is_printed_whole_and_without_buttons(page, server, path, scheme):
    wait, parts, settings = PAGES[path]
    page.emulate_media(color_scheme=scheme)
    open_page(page, server, path, wait)
    canvases = "[...document.querySelectorAll('canvas.dl-over, canvas.dl-ink')].map((e) => [e.width, e.height])"
    before = page.evaluate(canvases)
    put_on_paper(page, color_scheme=scheme)
    assert page.evaluate(BUTTONS) == []
    assert page.evaluate(WIDE) == []
    assert page.evaluate(canvases) == before, (
        "what was drawn for the screen is shrunk, for nothing is drawn anew in time"
    )
    for part in parts:
        box = page.locator(part).first.bounding_box()
        assert 0 <= box["x"] < box["x"] + box["width"] <= PAPER["width"] + 1, part
        assert box["width"] > 100, part
        assert box["height"] > 15, part
    sliders = [e.bounding_box() for e in page.locator(".stSlider").all()]
    assert len(sliders) >= settings
    assert all(box and box["width"] > 80 for box in sliders)
    colour = page.locator(".stApp").evaluate(
        "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).printColorAdjust]"
    )
    assert colour[0] == ("rgb(16, 21, 28)" if scheme == "dark" else "rgb(255, 255, 255)")
    assert page.locator(".stMain").evaluate("e => getComputedStyle(e).printColorAdjust") == "exact", (
        "else white on white"
    )


def test_the_names_of_the_family_tree_can_be_read_on_paper(page, server):
    """However wide it has grown: it is cut into bands, and the list beside an entry is left to the screen."""
    open_page(page, server, "catalogue", PAGES["catalogue"][0])
    put_on_paper(page)
    shown = "all => all.filter((e) => e.checkVisibility()).map((e) => e.getBoundingClientRect().width / e.viewBox.baseVal.width)"
    scales = page.locator(".links > svg").evaluate_all(shown)
    assert scales
    assert min(scales) > 0.8
    assert not page.locator("nav a[data-name]").first.is_visible()


def test_the_race_fits_on_few_pages_and_the_screen_is_as_before(page, server):
    open_page(page, server, "", PAGES[""][0])
    before = page.locator(".dl-views").bounding_box()
    pdf = page.pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2
    drawn(page)
    assert page.locator(".dl-views").bounding_box() == before
    page.set_viewport_size({"width": 1000, "height": 800})
    page.wait_for_function("document.querySelector('.dl-views').clientWidth < 800")


def test_a_table_of_steps_that_is_open_is_printed_too(page, server):
    open_page(page, server, "", PAGES[""][0])
    page.locator(".dl-steps summary").click()
    page.locator(".dl-scroll tr[data-step='30']").wait_for()
    put_on_paper(page)
    assert page.locator(".dl-scroll tr[data-step='30']").bounding_box()["width"] > 300
    assert page.evaluate(BUTTONS) == []
