"""The stage in a real browser: it plays, scrubs, drags and keeps its view, and a link brings everything back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from browser.conftest import pictured, reach, shared, travel
from browser.race import COLD, GRAPHS, OPTIONS, Race, close

from core import Formula, Runner, Scene, View
from core.export.table import to_csv
from core.expression.examples import examples
from core.figures.palette import PENS
from core.presets import PRESETS
from core.text import TABLES
from core.tuning import ruler
from pages.shared.verdicts import number, point, verdict

pytestmark = pytest.mark.browser

FIRST = next(iter(PRESETS.values())).scene
EN, KO = TABLES["en"], TABLES["ko"]

WITHOUT_WEBGL = """
const original = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return /webgl/.test(kind) ? null : original.call(this, kind, ...rest);
};
"""


def visiting(browser: Any, server: str) -> Iterator[Callable[..., Race]]:
    """visit(query="", ...): a new page, with options of its context. No page may have had an error."""
    races: list[Race] = []

    def visit(query: str = "", script: str = "", route: Any = None, waits: bool = True, **options: Any) -> Race:
        context = shared(browser, **{**OPTIONS, **options})
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server)
        page = context.new_page()
        if script:
            page.add_init_script(script)
        if route:
            route(page)
        races.append(Race(page, server))
        if not waits:
            page.goto(f"{server}/?{query}")
            return races[-1]
        return races[-1].open(query)

    yield visit
    for race in races:
        race.page.close()
    for race in races:
        assert race.errors == []
        assert race.foreign == []


@pytest.fixture
def visit(flat: Any, server: str) -> Iterator[Callable[..., Race]]:
    yield from visiting(flat, server)


@pytest.fixture
def visit_3d(browser: Any, server: str) -> Iterator[Callable[..., Race]]:
    yield from visiting(browser, server)


# --- the first picture ------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_picture_does_not_wait_for_plotly(visit, scheme):
    """Map and curves stand where Plotly will draw them; the race can be played and held before."""
    held = []
    race = visit(
        waits=False,
        route=lambda page: page.route("**/PlotlyChart.*.js", lambda route: held.append(route)),
        color_scheme=scheme,
    )
    page = race.page
    page.wait_for_selector(".dl-stage[data-sketched]", timeout=1000 * COLD)
    race.until(
        lambda: held and not page.wire.waits, "the request for plotly.js, and all that stands around", passing=True
    )
    pictured(page)
    sketch = {view: race.pixels(f".dl-{view}") for view in ("map", "loss")}
    assert page.locator(GRAPHS).count() == 0
    race.press("ArrowLeft", 3)
    assert race.step == FIRST.length - 3
    race.press("End")
    for route in held:
        route.continue_()
    race.until(lambda: race.drawn, "the graphs")
    for view, before in sketch.items():
        off = np.abs(race.pixels(f".dl-{view}") - before).max(axis=2)
        assert (off > 40).mean() < 0.01, f"{view}: {(off > 40).mean():.1%} of it jumps"
        assert (off > 8).mean() < 0.06, f"{view}: {(off > 8).mean():.1%} of it changes"


# --- time -------------------------------------------------------------------------------------------


def test_the_picture_appears_and_moves(visit_3d):
    race = visit_3d()
    page = race.page
    assert page.locator(GRAPHS).count() == 3
    assert page.locator("[data-testid=stException]").count() == 0
    assert race.scene == FIRST
    assert race.step == FIRST.length, "a run is shown whole at first"
    assert [chip.inner_text() for chip in page.locator(".dl-legend button").all()] == list(FIRST.labels())
    for view in ("map", "loss"):
        assert race.ink(view) > 1000
    whole = race.ink("map")

    # Keys: one step, ten, first and last.
    race.press("ArrowLeft", 2)
    assert race.step == 28
    race.press("Shift+ArrowLeft")
    assert race.step == 18
    race.press("ArrowRight")
    assert race.step == 19
    race.press("Home")
    assert race.step == 0
    assert race.ink("map") < whole / 2
    race.press("ArrowLeft")
    assert race.step == 0
    assert page.locator(".dl-said").text_content() == ""
    race.press("End")
    assert race.step == FIRST.length
    said = page.locator(".dl-said").text_content()
    ends = {label: FIRST.run(runner).loss[-1] for label, runner in zip(FIRST.labels(), FIRST.runners, strict=True)}
    assert said.startswith(EN["lowest"].split("{")[0] + min(ends, key=ends.get)), "who won"
    for label, runner in zip(ends, FIRST.runners, strict=True):
        assert f"{label}: {verdict(FIRST, runner, FIRST.run(runner))}" in said
    page.locator(".st-key-lang").get_by_text(KO["language_name"]).click()
    race.until(
        lambda: page.locator(".dl-said").text_content().startswith(KO["lowest"].split("{")[0]), "the same in Korean"
    )
    page.locator(".st-key-lang").get_by_text(EN["language_name"]).click()
    race.until(lambda: page.locator(".dl-said").text_content() == said, "and in English again")
    race.press("Shift+ArrowRight")
    assert race.step == FIRST.length

    # The bar: step buttons, the scrub bar by mouse and by key.
    page.get_by_label(EN["back"]).click()
    assert race.step == 29
    page.get_by_label(EN["forward"]).click()
    assert race.step == 30
    scrub = page.locator(".dl-bar input[type=range]")
    box = scrub.bounding_box()
    y = box["y"] + box["height"] / 2
    race.drag((box["x"] + box["width"] - 8, y), (box["x"] + box["width"] / 2, y))
    assert abs(race.step - 15) <= 1
    scrub.focus()
    before = race.step
    race.press("ArrowRight")
    assert race.step == before + 1
    race.press("Shift+ArrowRight")
    assert race.step == before + 11
    race.press("Home")
    assert race.step == 0
    race.until(lambda: race.scene.view.step == 0, "the step in the address bar")

    # Playing: as slow as at first, where it is to be met under way.
    def at_speed(times: str) -> None:
        page.locator(".dl-bar select").select_option(times)
        page.evaluate("document.activeElement.blur()")

    page.evaluate("document.activeElement.blur()")
    race.press(" ")
    page.wait_for_selector(f".dl-bar [aria-label='{EN['pause']}']")
    race.until(lambda: race.step >= 3, "the third step", passing=True)
    race.press(" ")
    page.wait_for_selector(f".dl-bar [aria-label='{EN['play']}']")
    paused = race.step
    page.wait_for_timeout(250)
    assert race.step == paused, "paused is paused"
    at_speed("8")
    page.get_by_label(EN["play"]).click()
    race.until(lambda: race.step == FIRST.length, "the end")
    page.wait_for_selector(f".dl-bar [aria-label='{EN['play']}']")
    at_speed("1")
    race.press("r")
    race.until(lambda: 0 < race.step < FIRST.length, "the replay", passing=True)
    race.press(" ")
    at_speed("8")
    page.get_by_label(EN["replay"]).click()
    race.until(lambda: race.step == FIRST.length, "the end")
    assert race.scene == replace(FIRST, view=replace(FIRST.view, step=race.scene.view.step))


def test_digits_and_chips_hide_a_runner(visit):
    race = visit()
    chips = race.page.locator(".dl-legend button")
    for press in (lambda: race.press("2"), lambda: chips.nth(1).click()):
        before = race.ink("map")
        with race.redrawn():
            press()
        race.until(lambda: not race.scene.runners[1].shown)
        assert chips.nth(1).get_attribute("aria-pressed") == "false"
        race.until(lambda: not race.page.locator(".st-key-1-1-shown input").is_checked(), "its card switched off")
        assert race.ink("map") < before
        with race.redrawn():
            race.press("2")
        race.until(lambda: race.scene.runners[1].shown)
        assert chips.nth(1).get_attribute("aria-pressed") == "true"
    assert race.scene == FIRST


def test_keys_belong_to_what_has_the_focus(visit):
    race = visit()
    race.page.locator(".st-key-surface input").focus()
    race.press("ArrowLeft")
    assert race.step == FIRST.length
    race.page.locator(".st-key-1-0-open button").first.click()
    box = race.page.locator(".st-key-1-0-lr-exact input")
    race.until(box.is_visible, "its box")
    box.fill("0.123456789")
    race.press("2")
    box.press("Backspace")
    box.press("Enter")
    race.until(lambda: race.scene.runners[0].hypers["lr"] == 0.123456789, "the typed value")
    assert [runner.shown for runner in race.scene.runners] == [True] * 4
    assert race.step == FIRST.length
    box.fill("abc")
    box.press("Enter")
    race.until(lambda: box.input_value() == "0.123456789", "the old value in the box")
    assert race.scene.runners[0].hypers["lr"] == 0.123456789


def test_a_slider_that_was_dragged_lets_the_keys_go(visit):
    race = visit()
    thumb = race.slider("1-1-momentum").locator("xpath=ancestor::*[@data-rac][1]").bounding_box()
    at = (thumb["x"] + thumb["width"] / 2, thumb["y"] + thumb["height"] / 2)
    with race.redrawn():
        race.drag(at, (at[0] + 50, at[1]))
    race.until(lambda: race.scene.runners[1].hypers != FIRST.runners[1].hypers, "the dragged setting")
    dragged = race.scene
    assert race.page.evaluate("document.activeElement.closest('.st-key-1-1-momentum') !== null"), "it has the focus"
    for key, step in (
        ("Home", 0),
        ("ArrowRight", 1),
        ("Shift+ArrowRight", 11),
        ("ArrowLeft", 10),
        ("End", FIRST.length),
    ):
        race.press(key)
        assert race.step == step, key
    race.press(" ")
    race.page.wait_for_selector(f".dl-bar [aria-label='{EN['pause']}']")
    race.press(" ")
    race.press("r")
    race.page.wait_for_selector(f".dl-bar [aria-label='{EN['pause']}']")
    race.press("End")
    race.press("1")
    race.until(lambda: not race.scene.runners[0].shown, "the runner that the digit hides")
    assert race.scene.runners[1] == dragged.runners[1], "the slider stayed where it was dragged to"

    # Left and reached again by keyboard, its keys are its own; what is no key of a slider plays on.
    race.press("Tab")
    race.press("Shift+Tab")
    race.press("ArrowLeft")
    race.until(lambda: race.scene.runners[1] != dragged.runners[1], "the setting that a key has moved")
    assert race.step == FIRST.length
    race.press("Home")
    race.until(lambda: race.scene.runners[1].hypers["momentum"] == 0, "the end of the slider")
    assert race.step == FIRST.length
    race.press("r")
    race.page.wait_for_selector(f".dl-bar [aria-label='{EN['pause']}']")


def test_a_switch_that_was_pressed_lets_the_keys_go(visit):
    race = visit()
    race.page.locator(".st-key-1-0-shown label").click()
    race.until(lambda: not race.scene.runners[0].shown, "the switched runner")
    race.press("Home")
    assert race.step == 0
    race.press(" ")
    race.page.wait_for_selector(f".dl-bar [aria-label='{EN['pause']}']")
    assert not race.scene.runners[0].shown


# --- the start and the view -------------------------------------------------------------------------


def test_the_start_can_be_dragged_and_keyed(visit):
    race = visit()
    handle = race.page.locator(".dl-map .dl-start")
    target = race.on_map(-4.0, -3.0)
    start = race.centre(".dl-map .dl-start")
    assert close(start, race.on_map(-7.0, 2.0), 1)
    race.page.mouse.move(*start)
    race.page.mouse.down()
    for i in range(1, 5):
        followed = race.followed
        race.page.mouse.move(*(a + (b - a) * i / 4 for a, b in zip(start, target, strict=True)))
        race.until(lambda followed=followed: race.followed > followed, "paths that follow the pointer")
    assert race.scene.start == (-7.0, 2.0), "a drag is one step of the browser's history, written when it ends"
    race.page.mouse.up()
    race.until(lambda: close(race.scene.start, (-4.0, -3.0), 0.03), "the new start in the address bar")
    assert close(race.centre(".dl-map .dl-start"), target, 2)
    assert race.scene == replace(FIRST, start=race.scene.start)

    handle.focus()
    x, y = race.scene.start
    race.press("ArrowRight")
    race.until(lambda: race.scene.start[0] > x, "the start that a key has moved")
    assert race.scene.start[1] == y
    assert race.step == FIRST.length, "the key moved the start, not the time"

    race.page.go_back()
    race.until(lambda: race.scene.start == (x, y), "the start before")
    race.until(lambda: close(race.centre(".dl-map .dl-start"), race.on_map(x, y), 1.5), "the handle where it was")


def test_rulers_follow_a_drag(visit_3d):
    scene = Scene("himmelblau", runners=(Runner("sgd", {"lr": 0.01}), Runner("adam", {"lr": 0.1}, colour=1)))
    race = visit_3d(scene.to_string())
    race.tag()
    limits = race.page.locator(".dl-ruler").first
    race.until(lambda: limits.get_attribute("title"), "the ruler of the start")
    before, followed = limits.get_attribute("title"), race.followed
    race.page.mouse.move(*race.centre(".dl-map .dl-start"))
    race.page.mouse.down()
    race.page.mouse.move(*race.on_map(3.0, 1.0), steps=4)
    race.until(lambda: race.followed > followed, "the paths from there")
    race.until(lambda: limits.get_attribute("title") != before, "the ruler from there")
    assert race.scene == scene, "the server has not heard of it"
    race.page.mouse.up()
    race.until(lambda: race.scene.start != scene.start, "the new start in the address bar")
    limit = ruler(race.scene, scene.runners[0]).start
    race.until(lambda: number(limit) in limits.get_attribute("title"), "the ruler of the new start")
    assert number(limit) not in before
    assert race.untouched(), "no graph was made anew"


def test_a_ruler_that_was_moved_and_moved_back_is_that_of_the_page(visit):
    """Streamlit puts up its place with the whole page alone, and thinks that it stands as it left it."""
    race = visit(Scene("himmelblau", runners=(Runner("momentum", {"lr": 0.01}),)).to_string())
    drawn, slider = race.page.locator(".dl-ruler"), race.slider("1-0-momentum")

    def shown(scene):
        marks = ruler(scene, scene.runners[0])
        title = drawn.get_attribute("title") or ""
        return number(marks.start) in title and number(marks.minimum) in drawn.inner_text()

    def press(key):
        before = race.scene
        reach(race.page, slider)
        race.press(key)
        race.until(lambda: race.scene != before and shown(race.scene), "the ruler of another momentum")

    def fold():  # draws the whole page
        opened = race.page.locator(".st-key-1-0-lr-exact input")
        before = opened.is_visible()
        race.page.locator(".st-key-1-0-open button").first.click()
        race.until(lambda: opened.is_visible() != before and shown(race.scene), "the card, folded or unfolded")

    first = race.scene
    race.until(lambda: shown(first), "the first ruler")
    press("ArrowLeft")
    press("ArrowRight")
    assert race.scene == first
    press("ArrowLeft")
    fold()
    press("ArrowRight")  # while everything on the card is drawn with the page
    assert race.scene == first
    fold()
    press("ArrowLeft")
    press("ArrowRight")
    fold()


def test_a_click_on_the_map_moves_the_start_and_a_drag_the_map(visit):
    race = visit()
    race.page.mouse.click(*race.on_map(1.0, 4.0))
    race.until(lambda: close(race.scene.start, (1.0, 4.0), 0.03), "the clicked start")
    clicked, window = race.scene.start, race.window
    race.drag(race.on_map(0.0, 3.0), race.on_map(-2.0, 3.0))
    race.until(lambda: race.scene.view.window != FIRST.view.window, "the window in the address bar")
    assert close(race.window, np.add(window, (2, 2, 0, 0)), 0.1)
    assert race.scene.start == clicked
    race.page.locator(".dl-map .dl-corner button").first.click()  # a button over the map is not the map
    race.until(lambda: close(race.window[1] - race.window[0], (window[1] - window[0]) / 1.5, 0.01), "the zoomed window")
    assert race.scene.start == clicked


def test_a_slider_changes_the_paths_and_nothing_else(visit_3d):
    race = visit_3d()
    race.tag()
    camera = race.turn()
    home = race.window
    race.page.locator(".dl-map .dl-corner button").first.click()
    race.until(lambda: race.scene.view.window not in (None, FIRST.view.window), "the window in the address bar")
    window = race.window
    assert window[1] - window[0] == pytest.approx((home[1] - home[0]) / 1.5, rel=1e-3)
    race.press("Shift+ArrowLeft")
    race.until(lambda: race.scene.view.step == 20, "the step in the address bar")
    sliders, before, pixels = race.sliders(), race.scene, race.pixels(".dl-map")

    reach(race.page, race.slider("1-1-lr"))
    with race.redrawn():
        race.press("ArrowLeft")
    race.until(lambda: race.scene.runners[1].hypers["lr"] == 0.082, "the rate in the address bar")
    expected = before.runners[1].with_hyper("lr", 0.082)
    assert race.scene == replace(before, runners=(before.runners[0], expected, *before.runners[2:]))
    assert race.untouched(), "no graph was made anew"
    assert race.step == 20
    assert close(race.camera, camera, 1e-6)
    assert race.window == window
    assert {k for k, v in race.sliders().items() if v != sliders[k]} == {
        f"1 η\u2002learning rate\n\n{FIRST.labels()[1]}"
    }
    assert (race.pixels(".dl-map") != pixels).any()

    race.press("ArrowLeft", 8)  # faster than the server answers
    race.until(lambda: race.scene.runners[1].hypers["lr"] == 0.018, "the last of eight presses")
    shown = race.slider("1-1-lr").get_attribute("aria-valuetext")
    assert shown == "0.018"
    assert race.untouched()
    assert race.step == 20
    assert close(race.camera, camera, 1e-6)

    race.page.get_by_label(EN["reset_view"]).click()
    race.until(lambda: race.scene.view.camera is None and race.scene.view.window is None, "the view of the beginning")


KEEPING = """
async () => {
  const { kept } = await import(new URL("_stcore/bidi-components/descent-lab.canvas/keep.js", document.baseURI).href);
  const made = [];
  class Picture {
    constructor(root) {
      this.root = root;
      this.reporter = { connect: () => {} };
      root.append(document.createElement("i"));
      made.push(this);
    }
    receive(data) { this.data = data; }
    leave() { this.gone = true; }
  }
  const mount = kept(".one", (root) => new Picture(root));
  const place = () => {
    const parent = document.createElement("div");
    parent.innerHTML = '<div class="one"></div>';
    return parent;
  };
  const tell = (parent) => [made.length, parent.querySelectorAll("i").length, made.at(-1).data, made.at(-1).gone ?? false];
  const [here, there] = [place(), place()];
  const found = {};
  mount({ data: 1, parentElement: here });
  let leave = mount({ data: 2, parentElement: here });
  found["drawn again"] = tell(here);
  leave();
  leave = mount({ data: 3, parentElement: here });
  found["mounted anew in the same place"] = tell(here);
  leave();
  const leaveThere = mount({ data: 4, parentElement: there });
  found["mounted anew elsewhere"] = tell(there);
  leave();
  found["an old place has no say"] = tell(there);
  leaveThere();
  await new Promise((done) => setTimeout(done, 1200));
  found["gone for good"] = tell(there);
  mount({ data: 5, parentElement: place() });
  found["another"] = tell(there).slice(0, 1);
  return found;
}
"""


def test_a_picture_that_is_mounted_anew_lives_on(visit):
    assert visit().page.evaluate(KEEPING) == {
        "drawn again": [1, 1, 2, False],
        "mounted anew in the same place": [1, 1, 3, False],
        "mounted anew elsewhere": [1, 1, 4, False],
        "an old place has no say": [1, 1, 4, False],
        "gone for good": [1, 1, 4, True],
        "another": [2],
    }


def test_another_surface_is_another_picture(visit_3d):
    race = visit_3d("surface=bowl&r=sgd~lr~0.1&r=adam~lr~0.1&step=5")
    race.tag()
    with race.redrawn():
        race.choose_surface("Rosenbrock")
    race.until(lambda: race.scene.surface == "rosenbrock")
    assert race.untouched()
    assert race.step == race.scene.length
    assert close(race.centre(".dl-map .dl-start"), race.on_map(*race.scene.start), 1.5)
    (x0, x1), (y0, y1) = race.scene.record.bounds
    low_x, high_x, low_y, high_y = race.window
    assert low_x <= x0 + 0.01
    assert high_x >= x1 - 0.01
    assert low_y <= y0 + 0.01
    assert high_y >= y1 - 0.01
    race.page.go_back()
    race.until(lambda: race.scene.surface == "bowl")
    race.until(lambda: race.step == 5, "the step of the link")


def test_a_function_is_typed(visit_3d):
    race = visit_3d("surface=bowl&r=sgd~lr~0.1&r=adam~lr~0.1~colour~1&step=5")
    race.tag()
    with race.redrawn():
        race.choose_surface(EN["typed"])
    race.until(lambda: race.scene.surface == examples()[0].formula, "the first example in the address bar")
    assert race.untouched(), "another surface, the same graphs"
    assert race.page.locator(".st-key-formula .katex").count() == 1, "it is echoed as it was read"

    box, views = race.page.locator(".st-key-formula input"), race.page.locator(".dl-views").bounding_box()
    box.fill("x^2/10 + 2y^2 + cosin(x)")
    race.until(race.page.locator(".st-key-formula-echo [data-testid=stText]").is_visible, "what is wrong with it")
    text, caret = race.text(".st-key-formula-echo [data-testid=stText]").split("\n")
    assert text[caret.index("^") :] == "cosin(x)"
    assert "did you mean cos?" in race.text(".st-key-formula-echo")
    assert race.scene.surface == examples()[0].formula, "the last good picture stays"
    assert race.page.locator(".dl-views").bounding_box() == views, "and so does its place"

    with race.redrawn():
        race.page.locator(".st-key-formula-mend button").first.click()
    race.until(lambda: race.scene.surface == Formula("x^2/10 + 2y^2 + cos(x)"), "the mended function")
    assert box.input_value() == "x^2/10 + 2y^2 + cos(x)"
    with race.redrawn():
        box.press("End")
        box.press_sequentially(" + sin(x)", delay=20)  # drawn while it is typed, without Enter
        race.until(lambda: race.scene.surface == Formula("x^2/10 + 2y^2 + cos(x) + sin(x)"), "what was typed")
    assert box.input_value() == "x^2/10 + 2y^2 + cos(x) + sin(x)"
    assert race.page.evaluate("document.activeElement.tagName") == "INPUT"

    handle = race.centre(".dl-map .dl-start")
    race.drag(handle, race.on_map(3.0, 3.0))
    race.until(lambda: close(race.scene.start, (3.0, 3.0), 0.06), "the dragged start")
    minimum = race.scene.record.minima[0]
    race.page.mouse.move(*race.on_map(-4.0, -4.0))
    race.page.mouse.move(*race.on_map(*minimum))
    race.press("Home")  # no path in the way
    race.until(lambda: race.scene.view.step == 0, "the step in the address bar")
    race.page.mouse.move(*np.add(race.on_map(*minimum), (2, 1)))
    race.page.locator(".dl-tip", has_text=EN["mark_found"]).wait_for()
    assert EN["which_found"] in race.text(".dl-table")
    assert race.untouched()

    again = visit_3d(race.page.url, color_scheme="dark", locale="ko-KR")
    assert again.scene == race.scene
    assert again.page.locator(".st-key-formula input").input_value() == "x^2/10 + 2y^2 + cos(x) + sin(x)"
    race.page.go_back()
    race.until(lambda: race.scene == replace(again.scene, view=View()), "the view before")


def test_a_warning_goes_with_the_next_act(visit_3d):
    race = visit_3d("surface=bowl&r=sgd&steps=many&start=-3~2")
    race.tag()
    alert = race.page.locator("[data-testid=stAlert]")
    assert alert.count() == 1
    race.page.mouse.click(*race.on_map(1.0, 2.0))
    race.until(lambda: alert.count() == 0, "the page without the warning")
    assert close(race.scene.start, (1.0, 2.0), 0.1)
    assert race.untouched()


@pytest.mark.parametrize("of", ["faults of a link", "the first runner", "another runner", "a preset"])
def test_the_stage_is_never_mounted_anew(visit_3d, of):
    """Whatever comes and goes above the stage, its graphs stay the same elements; else it would flash and forget."""
    race = visit_3d(
        "surface=bowl&r=none" if of == "the first runner" else "surface=bowl&r=sgd" + "&steps=x" * (of[0] == "f")
    )
    race.tag()
    assert race.page.locator("[data-testid=stAlert]").count() == (of == "faults of a link")
    if of == "a preset":
        race.page.get_by_text(EN["presets"]).click()
        race.page.get_by_text(PRESETS["narrow_ravine"].title.en).click()
        race.until(lambda: race.scene == PRESETS["narrow_ravine"].scene)
    else:
        race.page.locator(".st-key-add").get_by_text("Nesterov").click()
        race.until(lambda: race.scene.runners[-1:] and race.scene.runners[-1].optimizer == "nesterov")
    names = list(race.scene.labels())
    race.until(lambda: [e.inner_text() for e in race.page.locator(".dl-legend button").all()] == names, "the legend")
    assert race.page.locator("[data-testid=stAlert]").count() == 0
    assert race.untouched()
    assert race.ink("map") > 300


def test_a_tip_names_what_the_pointer_is_over(visit):
    race = visit()
    run = FIRST.run(FIRST.runners[0])
    tip = race.page.locator(".dl-tip")
    assert tip.is_hidden()
    race.page.mouse.move(*race.on_map(*run.x[2]))
    tip.wait_for(state="visible")
    text = tip.inner_text()
    for part in ("SGD", "step 2", point(run.x[2]), f"loss {number(run.loss[2])}"):
        assert part in text, text
    race.page.mouse.move(*race.on_map(-2.0, 4.5))
    tip.wait_for(state="hidden")
    box = race.page.locator(".dl-loss").bounding_box()
    x, y = race.plot("loss", f"[p.xaxis._offset + p.xaxis.l2p(10), p.yaxis._offset + p.yaxis.d2p({run.loss[10]})]")
    race.page.mouse.move(box["x"] + x, box["y"] + y)
    tip.wait_for(state="visible")
    assert "step 10" in tip.inner_text()
    race.page.mouse.down()  # pressing there shows that step
    race.page.mouse.up()
    assert race.step == 10


# --- what became of them ----------------------------------------------------------------------------


def test_a_rate_too_large_is_explained(visit):
    link = "surface=bowl&start=-7~2&steps=30&r=sgd~lr~1.2&r=sgd~lr~0.5~colour~1"
    scene, _ = Scene.from_query(link)
    race = visit(link)
    rows = [row.inner_text() for row in race.page.locator(".dl-table tbody tr").all()]
    when = scene.run(scene.runners[0]).when
    assert "lr·λmax = 2.4 > 2" in rows[0]
    assert f"step {when}" in rows[0]
    assert "×1.4 per step" in rows[0]
    assert "λ" not in rows[1]
    assert race.scene == scene


@pytest.fixture(scope="module")
def tab(flat: Any, server: str) -> Iterator[Race]:
    """A page that is led from one link to the next, a fraction of the work of opening them."""
    race = Race(shared(flat, **OPTIONS).new_page(), server).open()
    yield race
    race.page.close()
    assert race.errors == []
    assert race.foreign == []


@pytest.mark.parametrize("axis", ["log", "linear"])
@pytest.mark.parametrize("lr", [1e-6, 3e-4, 3e-3])
def test_the_loss_axis_is_marked_however_little_it_holds(tab, lr, axis):
    link = f"surface=himmelblau&start=0.1~0.2&steps=60&r=sgd~lr~{lr}&loss={axis}"
    scene, _ = Scene.from_query(link)
    race = tab
    with race.redrawn():
        travel(race.page, f"{race.server}/?{link}")
    race.until(lambda: race.scene == scene, "the scene of the link")
    race.until(lambda: race.plot("loss", "p.yaxis.type") == axis, "its axis")
    marks = race.page.locator(".dl-loss .ytick text").all_text_contents()
    assert len(marks) == len(set(marks)) >= 2
    (low, high), fits = race.plot("loss", "[p.yaxis.range, p.yaxis.type]")
    shown = race.scene.run(race.scene.runners[0]).loss
    shown = np.log10(shown) if fits == "log" else shown
    assert low < shown.min() <= shown.max() < high
    places = [float(mark.replace("−", "-")) for mark in marks]
    hair = 1e-3 * (high - low)
    assert all(low - hair < (np.log10(place) if fits == "log" else place) < high + hair for place in places)


def test_the_last_step_stands_under_the_curves(visit):
    race = visit("surface=rosenbrock&steps=5000&r=sgd~lr~0.001", viewport={"width": 1400, "height": 900})
    assert race.page.locator(".dl-loss .xtick text").all_text_contents()[-1] == "5000"


def test_a_title_makes_room_for_the_button_beside_it(visit):
    race = visit(viewport={"width": 1000, "height": 700})
    title, button = (race.page.locator(f".dl-loss {part}").bounding_box() for part in (".annotation text", "button"))
    assert title["width"] > 20
    assert title["x"] + title["width"] < button["x"]


def test_a_box_that_was_chosen_from_by_pointer_lets_the_keys_go(visit):
    race = visit()
    race.choose_surface("Beale")
    race.until(lambda: race.scene.surface == "beale", "the surface")
    race.press("ArrowLeft")
    assert race.step == race.scene.length - 1


def test_the_table_sorts_and_follows_the_step(visit):
    race = visit()
    page = race.page

    def column(n: int) -> list[str]:
        return [cell.inner_text().strip() for cell in page.locator(f".dl-table td:nth-child({n})").all()]

    names, runs = list(FIRST.labels()), [FIRST.run(runner) for runner in FIRST.runners]
    assert column(1) == names
    assert column(3) == [number(run.loss[-1]) for run in runs]
    final = page.locator(".dl-table th button", has_text=EN["final"])
    order = [names[i] for i in np.argsort([run.loss[-1] for run in runs])]
    final.click()
    assert column(1) == order
    final.click()
    assert column(1) == order[::-1]
    final.click()
    assert column(1) == names
    page.locator(".dl-table th button", has_text=EN["runner"]).click()
    assert column(1) == sorted(names)
    race.press("Home")
    assert column(2) == [number(runs[0].loss[0])] * 4
    assert column(3) == [number(runs[names.index(name)].loss[-1]) for name in sorted(names)]


def test_every_step_as_csv(visit):
    race = visit()
    race.slider("1-0-lr").focus()
    race.press("ArrowLeft")
    race.until(lambda: race.scene.runners[0].hypers["lr"] == 0.82)
    with race.page.expect_download() as download:
        race.page.locator(".st-key-csv button").click()
    assert download.value.suggested_filename.endswith(".csv")
    text = Path(download.value.path()).read_text("utf-8")
    assert text == to_csv(race.scene), "what is downloaded is what is shown"
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 4 * (FIRST.length + 1)
    assert float(rows[-1]["loss"]) == race.scene.run(race.scene.runners[-1]).loss[-1]
    saved = []
    race.page.on("download", lambda file: saved.append(file))
    with race.redrawn():
        race.press("ArrowLeft")
        reach(race.page, race.slider("1-0-lr"))
        race.press("ArrowLeft")
    race.page.wait_for_timeout(300)
    assert saved == [], "once for every click"
    with race.page.expect_download() as download:
        race.page.locator(".st-key-csv button").click()
    assert Path(download.value.path()).read_text("utf-8") == to_csv(race.scene)


def test_neither_clock_nor_country_changes_a_number(visit):
    """Where other digits, commas and days are usual, and where the clock is set back while a run plays."""
    told = []
    for there in ({}, {"locale": "ar-EG", "timezone_id": "Pacific/Apia"}):
        race = visit("lang=en", **there)
        told.append((race.text(".dl-table"), race.text(".dl-loss"), race.sliders()))
    assert told[0] == told[1]
    race.press("Home")
    race.page.evaluate("() => { const now = Date.now; Date.now = () => now() - 86_400_000; }")
    race.press(" ")
    race.until(lambda: race.step == FIRST.length, "the end of the run", passing=True)


# --- the link ---------------------------------------------------------------------------------------


def test_a_copied_link_brings_everything_back(visit_3d):
    race = visit_3d(
        "surface=himmelblau&start=1~2&steps=120&rotation=20&r=adam~lr~0.12&r=momentum~lr~0.0033~momentum~0.87&r=sgd"
    )
    race.turn()
    race.page.locator(".dl-map .dl-corner button").first.click()
    with race.redrawn():
        race.press("3")
    race.page.locator(".dl-loss .dl-corner button").click()
    race.press("Shift+ArrowLeft", 3)
    race.page.get_by_text(EN["copy_link"], exact=True).click()
    race.page.get_by_text(EN["copied"]).wait_for()
    link = race.page.evaluate("navigator.clipboard.readText()")
    race.until(lambda: race.page.url == link or race.scene == Scene.from_query(urlsplit(link).query)[0])
    assert race.scene.view.step == 90
    assert race.scene.view.camera
    assert race.scene.view.window
    assert race.scene.view.loss_axis == "linear"
    assert not race.scene.runners[2].shown

    again = visit_3d(link, color_scheme="light")  # as somebody else, in a fresh context
    assert again.scene == race.scene
    assert again.step == race.step == 90
    assert again.sliders() == race.sliders()
    assert close(again.camera, race.camera, 1e-3)
    assert close(again.window, race.window, 1e-4)
    assert again.text(".dl-table") == race.text(".dl-table")
    assert again.page.locator(".dl-legend").inner_html() == race.page.locator(".dl-legend").inner_html()
    for view in (".dl-map", ".dl-loss"):
        a, b = race.pixels(view), again.pixels(view)
        assert a.shape == b.shape
        assert (np.abs(a - b).max(axis=2) > 24).mean() < 0.01, f"{view} looks the same"


def test_back_forward_and_reload(visit_3d):
    race = visit_3d()
    race.tag()
    race.slider("1-0-lr").focus()
    race.press("ArrowLeft")
    race.until(lambda: race.scene.runners[0].hypers["lr"] == 0.82)
    changed = race.scene
    with race.redrawn():
        race.page.go_back()
    race.until(lambda: race.scene == FIRST, "the scene before")
    race.until(
        lambda: race.page.locator(".stSlider input").nth(0).get_attribute("aria-valuetext") == "0.95", "its slider"
    )
    with race.redrawn():
        race.page.go_forward()
    race.until(lambda: race.scene == changed, "the scene after")
    assert race.untouched(), "one run for each press of the button: the stage stays where it is"
    race.page.reload()
    race.page.wait_for_selector(".dl-stage[data-drawn]")
    assert race.scene == changed
    race.until(
        lambda: race.page.locator(".stSlider input").nth(0).get_attribute("aria-valuetext") == "0.82", "its slider"
    )


def test_the_language_changes_the_words_only(visit_3d):
    race = visit_3d(FIRST.to_string() + "&lang=en")
    race.tag()
    race.press("ArrowLeft", 3)
    camera = race.turn()
    before, sliders = race.scene, list(race.sliders().values())
    assert before.view.step == 27
    race.page.get_by_text(KO["language_name"]).click()
    race.page.locator(".dl-bar", has_text=KO["copy_link"]).wait_for()
    race.until(lambda: race.query["lang"] == ["ko"], "the language in the address bar")
    assert race.scene == before
    assert list(race.sliders().values()) == sliders
    assert race.step == 27
    assert race.untouched()
    assert close(race.camera, camera, 1e-6)
    assert KO["outcome"] in race.text(".dl-table")
    assert KO["surface"] in race.text(".st-key-surface")
    race.page.reload()
    race.page.locator(".dl-bar", has_text=KO["copy_link"]).wait_for()
    assert race.scene == before


def test_the_surface_stands_in_the_third_dimension(painting, server):
    page = painting.new_context(**OPTIONS).new_page()
    race = Race(page, server).open()
    colours = lambda: len(np.unique(race.pixels(".dl-relief").reshape(-1, 3), axis=0))  # noqa: E731
    race.until(lambda: colours() > 200, "a surface in the light, and paths on it")
    before = race.pixels(".dl-relief")
    race.turn()
    after = race.pixels(".dl-relief")
    assert (np.abs(after - before).max(axis=2) > 24).mean() > 0.02, "seen from elsewhere"
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.add_style_tag(
        content=".dl-relief canvas.dl-copy { display: block !important } .dl-relief .dl-plot { opacity: 0 }"
    )
    assert (np.abs(race.pixels(".dl-relief") - after).max(axis=2) > 24).mean() < 0.02, "what is printed is what is seen"
    page.context.close()
    assert race.errors == []


# --- elsewhere --------------------------------------------------------------------------------------


def test_the_dark_theme(visit):
    race = visit(color_scheme="dark")
    assert race.page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor") == "rgb(16, 21, 28)"
    drawn = race.page.locator(".dl-legend line").evaluate_all("lines => lines.map(e => e.getAttribute('stroke'))")
    assert drawn == [PENS[runner.colour].dark for runner in FIRST.runners]
    assert race.pixels(".dl-map").mean() < 100
    with race.redrawn():
        race.page.emulate_media(color_scheme="light")
    drawn = race.page.locator(".dl-legend line").evaluate_all("lines => lines.map(e => e.getAttribute('stroke'))")
    assert drawn == [PENS[runner.colour].light for runner in FIRST.runners]
    assert race.pixels(".dl-map").mean() > 150


def test_on_a_phone(visit_3d):
    race = visit_3d(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for root in ("document.scrollingElement", "document.querySelector('[data-testid=stMain]')"):
        fits = f"(e => e.scrollWidth <= e.clientWidth)({root})"
        race.until(lambda fits=fits: race.page.evaluate(fits), f"{root} as wide as what it holds")
    box = race.page.locator(".dl-map").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["width"] > 250
    assert box["y"] < 500, "the map is on the first screen"
    for selector in (".dl-relief", ".dl-loss", ".dl-bar", ".dl-table"):
        box = race.page.locator(selector).bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 390, selector
    assert race.ink("map") > 1000
    race.page.touchscreen.tap(*race.on_map(-3.0, 2.0))
    race.until(lambda: close(race.scene.start, (-3.0, 2.0), 0.1), "the tapped start")


def test_a_hostile_link(visit_3d):
    race = visit_3d(
        "surface=<script>alert(1)</script>&steps=inf&start=nan~1&r=<img src=x onerror=alert(1)>&r=sgd~lr~inf&r=adam"
    )
    warning = race.text("[data-testid=stAlert]")
    assert "steps" in warning
    assert "<" not in warning
    assert race.scene == Scene(runners=(Runner("sgd"), Runner("adam", colour=1)))
    assert race.page.locator(GRAPHS).count() == 3
    assert race.page.locator("[data-testid=stException]").count() == 0
    assert race.ink("map") > 300


def test_without_webgl_the_rest_works(visit_3d):
    race = visit_3d(FIRST.to_string(), script=WITHOUT_WEBGL)
    for view in ("map", "loss"):
        assert race.ink(view) > 1000
    race.press("Home")
    assert race.step == 0
    race.press("End")
    race.page.locator(".dl-map .dl-start").focus()
    with race.redrawn():
        race.press("ArrowUp")
    race.until(
        lambda: race.scene.start[1] > 2.0 and race.scene.view == View(window=FIRST.view.window),
        "the moved start, and the end of the run",
    )
    assert race.scene == replace(FIRST, start=race.scene.start)


def test_without_webgl_it_says_so(visit_3d):
    race = visit_3d(FIRST.to_string() + "&lang=ko", script=WITHOUT_WEBGL)
    assert race.text(".dl-relief").strip() == KO["no_webgl"]
    race.page.get_by_text(EN["language_name"]).click()
    race.until(lambda: race.text(".dl-relief").strip() == EN["no_webgl"], "the message in the other language")
