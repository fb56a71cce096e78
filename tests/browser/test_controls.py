"""What a control shows is what the page computes, in a real browser: languages, Back, examples, and the steps of history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browser.conftest import PATIENCE, new_page, pictured, reach
from browser.visit import Visit, visiting

from core import OPTIMIZERS, SURFACES, Plan, Runner, Scene
from core.presets import PRESETS
from core.text import TABLES
from core.textbook import TEXTBOOK

pytestmark = pytest.mark.browser

EN, KO = TABLES["en"], TABLES["ko"]
SAMPLED = next(key for key, surface in SURFACES.items() if surface.samples)
TWO = (Runner("adam", {"lr": 0.1}), Runner("adam", {"lr": 0.1}, Plan("cosine"), colour=1))
KINDS = ("stSelectbox", "stSlider", "stCheckbox", "stNumberInput")
STAGE, FIELD, PLOT, FILM = ".dl-stage[data-drawn]", ".dl-field canvas", ".js-plotly-plot", ".dl-film[data-drawn]"
VISITS = {
    "race": (Scene(SAMPLED, runners=TWO).to_string(), STAGE),
    "anatomy": (f"{Scene('himmelblau', runners=TWO).to_string()}&who=2", ".dl-panels svg"),
    "maps": (Scene("bowl", steps=20, runners=TWO).to_string(), FIELD),
    "schedules": (f"surface={SAMPLED}&plan=cosine&plan=power", PLOT),
    "networks": ("epochs=5&r=sgd&r=adam", FILM),
    "catalogue": ("entry=adam", PLOT),
}


class Tab(Visit):
    """One tab, and what a visitor does with its widgets."""

    def speak(self, words: dict[str, str]) -> None:
        self.page.locator(".st-key-language").get_by_text(words["language_name"]).click()
        lang = next(lang for lang, table in TABLES.items() if table is words)
        self.until(lambda: self.query.get("lang") == [lang] == [self.lang], "the language in the address")

    @property
    def lang(self) -> str:
        return str(
            (self.page.locator(".st-key-language button[aria-checked=true]").inner_text() == "한국어" and "ko") or "en"
        )

    def move(self, widget: Any) -> None:
        """Another value, as a visitor would choose it."""
        kind = widget.get_attribute("data-testid")
        if kind == "stSelectbox":
            before = widget.locator("input").input_value()
            widget.scroll_into_view_if_needed()
            pictured(self.page)  # scrolling closes the list
            widget.locator("input").click()
            names = self.page.locator("[role=option]")
            names.first.wait_for()
            names.nth(1 if names.first.inner_text() == before else 0).click()
        elif kind == "stSlider":
            slider = widget.locator("input[type=range]").first
            reach(self.page, slider)
            at_end = slider.get_attribute("max") == slider.input_value()
            self.page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
        elif kind == "stCheckbox":
            widget.locator("label").click()
        else:
            widget.locator("[data-testid=stNumberInputStepUp]").click()
        self.settle()

    def shown(self) -> list[str]:
        """What stands in every box."""
        return [str(box.input_value()) for box in self.page.locator("[data-testid=stSelectbox] input").all()]

    @property
    def told(self) -> str:
        return str(self.page.locator(".stMain [data-testid=stCaptionContainer]").first.inner_text())

    @property
    def reset(self) -> Any:
        return self.page.locator(".st-key-reset button").first


@pytest.fixture(scope="module")
def awake(flat: Any, server: str) -> str:
    """The server after its first visitor, whose session it has to run twice."""
    page = new_page(flat)
    Tab(page, server).open("", STAGE)
    page.close()
    return server


@pytest.fixture
def visit(flat: Any, awake: str) -> Iterator[Callable[..., Tab]]:
    with visiting(Tab, flat, awake) as visit:
        yield visit


@pytest.fixture
def visit_3d(browser: Any, awake: str) -> Iterator[Callable[..., Tab]]:
    with visiting(Tab, browser, awake) as visit:
        yield visit


@pytest.mark.parametrize("of", VISITS)
def test_every_kind_of_widget_moves_after_a_change_of_language(visit, of):
    """The last of each kind on a page; every single one moves in the twin of this test, which needs no browser."""
    query, shows = VISITS[of]
    tab = visit(f"{of}?{query}&lang=en", shows)
    if shows == STAGE:
        tab.page.locator("button:has-text('tune')").nth(0).click()  # unfold a card
        tab.settle()
    moved = 0
    for kind in KINDS:
        widgets = tab.page.locator(f"[data-testid={kind}]").all()
        usable = [w for w in widgets if w.is_visible() and w.locator("input").first.is_enabled()]
        if not usable:
            continue
        tab.speak(KO if tab.lang == "en" else EN)
        tab.move(usable[-1])
        moved += 1
        hangul = any("가" <= letter <= "힣" for name in tab.shown() for letter in name)
        assert hangul == (tab.lang == "ko") or of == "anatomy", tab.shown()
    assert moved


@pytest.mark.parametrize("words", [KO], ids=["ko"])  # in both languages without a browser
def test_anatomy_shows_whose_numbers_these_are(visit, words):
    lang = "ko" if words is KO else "en"
    tab = visit(f"anatomy?lang={lang}", ".dl-panels svg")
    box = tab.page.locator(".st-key-anatomy-who input")
    formula = tab.page.locator(".st-key-step-formula")
    seen = []
    for preset in TEXTBOOK.values():
        before = tab.page.url
        tab.page.locator(".st-key-anatomy-example").get_by_text(preset.title[lang], exact=True).click()
        first = preset.scene.labels(lang)[0]
        tab.until(lambda old=before, first=first: tab.page.url != old and box.input_value() == first, first)
        seen.append((tab.page.url, first, formula.inner_text()))
    for then in reversed(seen[:-1]):
        tab.page.go_back()
        now = lambda: (tab.page.url, box.input_value(), formula.inner_text())  # noqa: E731
        tab.until(lambda now=now, then=then: now() == then, then[0])
    tab.page.get_by_role("button", name=words["own_race"]).click()
    tab.until(lambda: box.input_value() == next(iter(PRESETS.values())).scene.labels(lang)[0], "the race")
    tab.page.get_by_role("link", name=words["race"], exact=True).click()
    tab.page.wait_for_selector(STAGE, timeout=PATIENCE)
    tab.until(lambda: "r" in tab.query, "the race in the address")
    query = {name: values for name, values in tab.query.items() if name != "lang"}
    assert Scene.from_query(query)[0].runners == next(iter(PRESETS.values())).scene.runners


@pytest.mark.parametrize("words", [EN], ids=["en"])  # in both languages without a browser
def test_the_sentence_of_a_preset_goes_with_its_scene_and_comes_back(visit, words):
    lang, preset = "ko" if words is KO else "en", next(iter(PRESETS.values()))
    observe = words["observe"].format(sentence=preset.observe[lang])
    changed = words["observe_changed"].format(title=preset.title[lang])
    tab = visit(f"?{preset.scene.to_string()}&lang={lang}", STAGE)
    assert tab.told == observe
    assert tab.reset.is_disabled()
    tab.move(tab.page.locator(".stSidebar [data-testid=stSlider]").first)
    tab.until(lambda: tab.told == changed, "the sentence gone")
    in_sight = "all => all.filter((p) => getComputedStyle(p).visibility === 'visible').map((p) => p.textContent)"
    assert tab.page.locator(".st-key-observe p").evaluate_all(in_sight) == [changed], "nothing shows through it"
    tab.page.go_back()
    tab.until(lambda: tab.told == observe and tab.reset.is_disabled(), "the sentence after Back")
    tab.page.go_forward()
    tab.until(lambda: tab.told == changed and tab.reset.is_enabled(), "the changed scene again")
    tab.reset.click()
    tab.until(lambda: tab.told == observe, "the sentence after Reset")


def test_one_step_of_history_is_one_act(visit_3d):
    tab = visit_3d(f"?{next(iter(PRESETS.values())).scene.to_string()}&lang=en", STAGE)
    length = lambda: tab.page.evaluate("history.length")  # noqa: E731
    first, count = tab.query, length()
    tab.move(tab.page.locator(".stSidebar [data-testid=stSlider]").first)
    tab.until(lambda: tab.query["r"] != first["r"], "the rate in the address")
    assert length() == count + 1
    for _ in range(3):
        zoomed = tab.query.get("window")
        tab.page.locator(".dl-map .dl-corner button").first.click()
        tab.until(lambda zoomed=zoomed: tab.query.get("window") != zoomed, "the window in the address")
    box = tab.page.locator(".dl-relief .dl-plot").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.page.mouse.move(x, y)
    tab.page.mouse.down()
    tab.page.mouse.move(x + 60, y + 20, steps=4)
    tab.page.mouse.up()
    tab.until(lambda: "camera" in tab.query and "window" in tab.query, "the view in the address")
    tab.page.locator(".st-key-lang").get_by_text("한국어").click()
    tab.until(lambda: tab.query["lang"] == ["ko"], "the other language")
    tab.page.locator(".st-key-lang").get_by_text("English").click()
    tab.until(lambda: tab.query["lang"] == ["en"], "the first language")
    assert length() == count + 1, "looking from elsewhere, or in another language, is no act"
    for name in ("anatomy", "maps", "schedules", "catalogue"):
        count = length()
        tab.page.get_by_role("link", name=EN[name], exact=True).click()
        tab.until(lambda name=name: tab.page.url.split("?")[0].endswith(name) and "lang" in tab.query, name)
        assert length() == count + 1, f"{name}: what a page writes on arrival is no act"
    for name in ("schedules", "maps", "anatomy", ""):
        tab.page.go_back()
        tab.until(lambda name=name: tab.page.url.split("?")[0] == f"{tab.server}/{name}", name)
    tab.page.wait_for_selector(STAGE)
    assert "camera" in tab.query
    tab.page.go_back()
    tab.until(lambda: tab.query["r"] == first["r"], "the rate before")


@pytest.mark.parametrize(
    ("page", "shows", "parts", "words"),
    [("", STAGE, ".dl-views", EN), ("maps", FIELD, ".dl-plates", KO)],
    ids=["en", "ko"],
)
def test_a_typo_marks_the_picture_as_the_old_one(visit, page, shows, parts, words):
    tab = visit(f"{page}?surface=expression&f=x^2%2B3*y^2&r=sgd&lang={'ko' if words is KO else 'en'}", shows)
    box = tab.page.locator(".st-key-formula input").first

    def mark() -> tuple[str, float]:
        script = "p => [getComputedStyle(p, '::after').content, +getComputedStyle(p.firstElementChild).opacity]"
        return tuple(tab.page.locator(parts).evaluate(script))

    assert mark() == ("none", 1)
    box.press("End")
    box.type("+sn(x)")
    tab.until(lambda: mark()[1] < 1, "the mark")
    assert mark()[0].strip('"') == words["old_function"].format(formula="x^2+3*y^2")
    box.fill("x^2+3*y^2+sin(x)")
    tab.until(lambda: mark() == ("none", 1), "the new picture")


def test_optimizers_are_found_and_added_by_keyboard(visit):
    tab = visit("?surface=bowl&r=sgd&lang=ko", STAGE)
    box = tab.page.get_by_role("combobox", name=KO["add_other"])
    box.focus()
    offered = tab.page.get_by_role("option")
    box.type("prod")
    tab.until(
        lambda: [name.partition(" · ")[0] for name in offered.all_inner_texts()] == ["Prodigy"],
        "the only one of that name",
    )
    box.fill("")
    for key in ("lion", "yogi"):
        box.type(OPTIMIZERS[key].name)
        told = f"{OPTIMIZERS[key].name} · {KO[f'family_{OPTIMIZERS[key].family}']}"
        tab.until(lambda told=told: offered.all_inner_texts()[:1] == [told], told)
        tab.page.keyboard.press("Enter")
        tab.until(lambda key=key: tab.query["r"][-1].startswith(key), "the runner")
        assert box.input_value() == "", "free for the next one"
        assert box.evaluate("box => box === document.activeElement"), "one goes on adding"


def test_search_answers_while_one_types(visit):
    tab = visit("catalogue", "nav a[data-name]")
    count = tab.page.evaluate("history.length")
    box = tab.page.get_by_placeholder(EN["search"])
    box.click()
    box.type("rosenbrock 1960", delay=40)
    tab.until(lambda: tab.page.locator("h3").first.inner_text() == SURFACES["rosenbrock"].name.en, "the only match")
    assert tab.page.evaluate("history.length") == count + 1
    assert box.evaluate("box => box === document.activeElement"), "one types on"
    assert box.input_value() == "rosenbrock 1960"
    tab.page.go_back()
    tab.until(lambda: "entry" not in tab.query, "the entry before")
