"""What a browser is given to draw: nothing reaches far outside of its picture, wherever the numbers lead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from browser.conftest import PATIENCE, pictured, rest, sound_page
from served import opened

from core import Plan, Runner, Scene, View
from core.figures.clip import cut
from core.presets import PRESETS
from core.text import TABLES
from core.textbook import TEXTBOOK
from pages.maps.atlas import Atlas, Side, write
from pages.network.film import FILM
from pages.shared.canvas import FOLDER
from pages.shared.verdicts import number, point

pytestmark = pytest.mark.browser

MARGIN = 16  # pixels, as clip.js has them
EN = TABLES["en"]
ASSETS = FOLDER / "assets"
FAR = Scene(
    "himmelblau",
    start=(-3.0, -2.0),
    steps=30,
    runners=(
        Runner("momentum", {"lr": 0.5}),
        Runner("sgd", {"lr": 0.03}, colour=1),
        Runner("adam", {"lr": 9.0}, colour=2),
    ),
)

# Notes how far outside of its canvas anything is drawn, and keeps the 3D view from slowing the machine down.
WATCHED = """
window.furthest = window.points = 0;
const note = (width, height, x, y) => {
  window.points++;
  if (Number.isFinite(x + y)) furthest = Math.max(furthest, -x, -y, x - width, y - height);
};
for (const kind of [CanvasRenderingContext2D, Path2D]) {
  for (const name of ["moveTo", "lineTo", "arc", "rect"]) {
    const own = kind.prototype[name];
    kind.prototype[name] = function (x, y, ...rest) {
      const box = this.canvas ?? { width: innerWidth, height: innerHeight };
      if (!this.canvas || this.canvas.isConnected) note(box.width, box.height, x, y);
      return own.call(this, x, y, ...rest);
    };
  }
}
const context = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return /webgl/.test(kind) ? null : context.call(this, kind, ...rest);
};
"""

# Of every path in a chart or a picture how long it is, in screens of its own chart.
LONGEST = """Math.max(0, ...[...document.querySelectorAll(".js-plotly-plot .scatterlayer path, .dl-step-map path, .dl-panels path")]
  .map(path => path.getTotalLength()))"""

TRACED = """async ([lines, frame]) => {
  window.Path2D = class {
    constructor() { this.points = []; }
    moveTo(...p) { this.points.push(p); }
    lineTo(...p) { this.points.push(p); }
  };
  const { trace } = await import("./clip.js");
  return lines.map((line) =>
    trace((i) => line[i][0], (i) => line[i][1], line.length - 1, (x) => x ?? NaN, (y) => y ?? NaN, frame)
      .map(({ path, skipped }) => ({ points: path.points, skipped })));
}"""


# What the tip says when a pointer passes over all of a view.
TOLD = """async (selector) => {
  const [view, tip] = [selector, ".dl-tip"].map((name) => document.querySelector(name));
  view.scrollIntoView();
  const { left, top, width, height } = view.getBoundingClientRect();
  const said = new Set();
  for (let u = 0.2; u < 0.95; u += 0.05) {
    for (let v = 0.1; v < 0.95; v += 0.05) {
      const [clientX, clientY] = [left + u * width, top + v * height];
      document.elementFromPoint(clientX, clientY).dispatchEvent(new PointerEvent("pointermove", { clientX, clientY, bubbles: true }));
      if (!tip.hidden) said.add(tip.innerText);
    }
  }
  return [...said];
}"""


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    with sound_page(browser, viewport={"width": 1000, "height": 700}) as page:
        page.add_init_script(WATCHED)
        yield page


@pytest.fixture
def show(page: Any, server: str) -> Callable[..., Any]:
    def show(path: str, wait: str) -> Any:
        page.goto(f"{server}/{path}")
        page.wait_for_selector(wait, timeout=PATIENCE)
        rest(page)
        return page

    return show


def wild(scene: Scene) -> Scene:
    """The scene with every learning rate at the end of its slider."""
    runners = [
        next((r.with_hyper(h.name, h.high) for h in r.spoken.hypers if h.name == "lr"), r) for r in scene.runners
    ]
    return replace(scene, runners=tuple(runners), view=View())


@pytest.fixture(scope="module")
def modules(browser: Any) -> Iterator[Any]:
    """A page that can import the drawing modules, and shows nothing."""
    files = [*ASSETS.glob("*.js"), FILM.folder / "assets" / "edges.js"]
    page = opened(browser, {file.name: file.read_text("utf-8") for file in files})
    yield page
    page.close()


def test_the_browser_cuts_lines_as_python_does(modules):
    draws = np.random.default_rng(2)
    frame = {"left": 40, "top": 6, "width": 500, "height": 300}
    box = ((40 - MARGIN, 540 + MARGIN), (6 - MARGIN, 306 + MARGIN))
    lines = []
    for far in (1.0, 30.0, 1e6, 1e15, 1e30):
        points = draws.normal((250, 150), (200, 150), (40, 2))
        points[::2] *= far
        points[draws.random(40) < 0.1] = np.nan
        lines.append(points)
    sent = [[[None if np.isnan(v) else float(v) for v in p] for p in line] for line in lines]
    found = modules.evaluate(TRACED, [sent, frame])
    for line, pieces in zip(lines, found, strict=True):
        expected = cut(line, box)
        assert len(expected) == len(pieces) > 5
        for mine, theirs in zip(expected, pieces, strict=True):
            assert mine.points == pytest.approx(np.array(theirs["points"]), abs=1e-6)
            assert mine.skipped == pytest.approx(theirs["skipped"], rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("ys", "left"),
    [
        ([50, 106, 6, 20], []),
        ([50, 26, -14, -50], [[15, True]]),
        ([-500, 50, 306], [[0, True], [12.1875, False]]),
        ([None, None, -50, 50], [[20, True]]),
        ([50, -14, 50, -14, 50, 50, -14], [[6.875, True], [26.875, True], [56.875, True]]),
        ([50, 1, 7, -394], [[440 / 49, True]]),
    ],
)  # fmt: skip
def test_a_curve_has_an_arrow_where_it_leaves_its_chart(modules, ys, left):
    """Of a frame from 6 to 106, with a moment every ten pixels; of exits that lie close together the first."""
    exits = """async ([ys, frame]) => {
      const { exits } = await import("./edges.js");
      return exits((m) => [10 * m, ys[m] ?? NaN], ys.length - 1, frame);
    }"""
    found = modules.evaluate(exits, [ys, {"left": 0, "top": 6, "width": 100, "height": 100}])
    assert [up for _, up in found] == [up for _, up in left]
    assert [x for x, _ in found] == pytest.approx([x for x, _ in left])


def test_no_path_of_a_preset_is_traced_far_outside(modules):
    """Every preset at hopeless rates, on its whole map and on a ten-thousandth of it."""
    frame, lines = {"left": 40, "top": 6, "width": 500, "height": 300}, []
    low, high = np.array([40, 6]) - MARGIN, np.array([540, 306]) + MARGIN
    far = 0.0
    for preset in PRESETS.values():
        scene = wild(preset.scene)
        origin, size = np.array(scene.record.bounds).T[0], np.ptp(scene.record.bounds, axis=1)
        for runner in scene.runners:
            with np.errstate(all="ignore"):  # as arrays travel to the browser
                path = scene.run(runner).x[:200].astype(np.float32).astype(float)
            for zoom in (1.0, 1e4):
                lines.append((low + MARGIN) + (path - origin) / size * (500, 300) * zoom)
                far = max(far, np.nanmax(np.abs(lines[-1]), initial=0, where=np.isfinite(lines[-1])))
    assert far > 1e30, "some of them do leave"
    sent = [[[float(v) if np.isfinite(v) else None for v in p] for p in line] for line in lines]
    for pieces in modules.evaluate(TRACED, [sent, frame]):
        for piece in pieces:
            points = np.array(piece["points"])
            assert (points >= low).all()
            assert (points <= high).all()


def test_the_stage_draws_nothing_far_outside(show):
    page = show(f"?{FAR.to_string()}", ".dl-stage[data-drawn]")
    for key in ("Home", "ArrowRight", "ArrowRight", "End"):
        page.keyboard.press(key)
    assert page.evaluate("points") > 50
    assert page.evaluate("furthest") <= MARGIN + 1
    near = replace(FAR, view=View(window=(-3.0001, -2.9999, -2.0001, -1.9999)))
    page = show(f"?{near.to_string()}", ".dl-stage[data-drawn]")
    assert page.evaluate("points") > 50
    assert page.evaluate("furthest") <= MARGIN + 1


@pytest.mark.parametrize(
    "atlas",
    [
        Atlas("settings", of=1, cell=(3.0, 0.0), across=Side("lr", (1e-4, 10.0)), up=Side("weight_decay")),
        Atlas("starts", of=1, probe=(-3.0, -2.0)),
        Atlas("starts", of=0, beside=2),
    ],
    ids=["settings", "starts", "two"],
)
def test_no_map_is_drawn_far_outside(show, atlas):
    near = View(window=(-3.0001, -2.9999, -2.0001, -1.9999))
    query = urlencode({**replace(FAR, view=near).to_query(), **write(atlas)}, doseq=True)
    page = show(f"maps?{query}", ".dl-field[data-drawn]")
    assert page.evaluate("furthest") <= MARGIN + 1


def test_no_path_of_a_chart_is_long(show):
    """A curve may cross its picture at every one of its points, no more."""
    scene = wild(Scene("himmelblau", steps=300, runners=(Runner("sgd"),)))
    page = show(f"schedules?plan=constant&plan=step&{scene.to_string()}", ".js-plotly-plot")
    page.wait_for_selector(".js-plotly-plot .scatterlayer path", state="attached")
    assert page.evaluate(LONGEST) < 30_000
    example = TEXTBOOK[max(TEXTBOOK, key=lambda key: "units" in key)].scene
    page = show(f"anatomy?{example.to_string()}", ".dl-panels svg")
    assert page.evaluate(LONGEST) < 30_000


@pytest.mark.parametrize(
    ("axis", "some"),
    [
        ({"scale": "linear", "low": -2.0001, "high": -1.9999}, ["−2", "−1.9999"]),
        ({"scale": "linear", "low": 1000.2, "high": 1001.8}, ["1000.6", "1001", "1001.4"]),
        ({"scale": "linear", "low": -2 - 1e-9, "high": -2 + 1e-9}, ["−2"]),
        ({"scale": "linear", "low": -8, "high": 3}, ["−8", "0", "2"]),
        ({"scale": "log", "low": 1.0001, "high": 1.0003}, ["1.0002"]),
        ({"scale": "log", "low": 1e-5, "high": 10}, ["1e−5", "0.001", "1"]),
        ({"scale": "one_minus", "low": 0.5, "high": 0.9999}, ["0.9", "0.99", "0.999"]),
        ({"scale": "one_minus", "low": 0.9994, "high": 0.99985}, ["0.9995", "0.9998"]),
    ],
)
@pytest.mark.parametrize("letter", [7, 0])
def test_a_tick_in_the_browser_is_said_where_it_stands(modules, axis, some, letter):
    """However far a map is zoomed: three digits would say −2 at every tick."""
    script = """async ([axis, letter]) => {
      const { Scale } = await import("./scale.js");
      const scale = new Scale(axis);
      return scale.ticks(400, 46, letter).filter(([, label]) => label).map(([share, label]) => [share, scale.at(share), label]);
    }"""
    found = sorted(modules.evaluate(script, [axis, letter]))
    assert len(found) > 1
    assert set(some) <= {label for *_, label in found}
    for share, value, label in found:
        step = min(abs(value - other) for _, other, _ in found if other != value)
        assert abs(float(label.replace("−", "-")) - value) < step / 5
        near = min(abs(share - other) * 400 for other, *_ in found if other != share)
        assert near >= max(46, letter * len(label)) - 1e-6, "labels do not touch"


@pytest.mark.parametrize(
    ("scale", "heights", "said"),
    [
        ("linear", [-2.0, 2.0 - 4.4e-6, 0.1, 0.2], ["−2", "−1", "0", "1", "2"]),
        ("linear", [-1e-6, 3e-6, 0.0, 0.0], ["−1e−6", "0", "1e−6", "2e−6", "3e−6"]),
        ("log", [0.0, 1e8, 1.0, 1.0], ["0", "99", "10000", "1e6", "1e8"]),
    ],
)
def test_a_tick_of_the_heights_that_is_as_good_as_zero_is_zero(modules, scale, heights, said):
    script = """async ([scale, heights]) => {
      const { reliefOf } = await import("./look.js");
      const grid = Float32Array.from(heights);
      const arrays = { get: (name) => (name === "grid" ? grid : new Float64Array()) };
      const { ticks } = reliefOf({ bounds: [[0, 1], [0, 1]], n: 2, scale, low: 0, unit: 1, grid: "grid", marks: "" }, arrays);
      return ticks.map(([, label]) => label);
    }"""
    assert modules.evaluate(script, [scale, heights]) == said


def pointed(page: Any, selector: str, x: float, y: float) -> str:
    """What the tip says when the pointer stands on a place of a view, in shares of it."""
    view = page.locator(selector).first
    view.scroll_into_view_if_needed()
    box = view.bounding_box()
    page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    pictured(page)
    tip = page.locator(".dl-tip")
    return str(tip.inner_text()) if tip.is_visible() else ""


def test_a_curve_tells_its_step_between_two_steps_too(show):
    """Of a run of few steps the pointer mostly stands between two, where a steep curve is far above either."""
    scene = Scene("mccormick", start=(-0.5, 3.5), steps=4, runners=(Runner("sgd", {"lr": 0.2}),))
    run, page = scene.run(scene.runners[0]), show(f"?{scene.to_string()}", ".dl-stage[data-drawn]")
    place = """([i, j, share]) => {
      const { xaxis, yaxis } = document.querySelector(".dl-loss .js-plotly-plot")._fullLayout;
      return [0, 1].map((k) => [xaxis, yaxis][k]).map((axis) => [axis._offset, axis._length, ...axis.range]);
    }"""
    (left, width, t0, t1), (top, height, low, high) = page.evaluate(place, [0, 0, 0])
    floor = scene.record.lowest
    box = page.locator(".dl-loss").bounding_box()
    for i in range(4):
        for share, step in ((0.3, i), (0.7, i + 1)):
            loss = np.log10(run.loss[[i, i + 1]] - floor) @ (1 - share, share)
            at = left + (i + share - t0) / (t1 - t0) * width, top + (high - loss) / (high - low) * height
            said = pointed(page, ".dl-loss", at[0] / box["width"], at[1] / box["height"])
            assert f"{EN['step']} {step}" in said
            assert "SGD" in said
            assert f"{EN['loss']} {number(run.loss[step])}" in said
            assert f"{EN['above']} {number(run.loss[step] - floor)}" in said, "what the axis says"


def test_the_run_beside_a_map_tells_its_steps(show):
    scene = Scene("himmelblau", steps=80, runners=(Runner("momentum", {"lr": 0.01}),))
    atlas = Atlas(of=0, across=Side("lr", (1e-4, 1e-1)), up=Side("momentum", (0.0, 0.9)), cell=(0.01, 0.5))
    page = show(f"maps?{urlencode({**scene.to_query(), **write(atlas)}, doseq=True)}", ".dl-field[data-drawn]")
    cell = scene.runners[0].with_hyper("momentum", 0.5)
    run = scene.run(cell)
    for selector in (".dl-side .dl-curve", ".dl-side .dl-path"):
        told = set(page.evaluate(TOLD, selector))
        assert len(told) > 2, selector
        for said in told:
            label, step, place, loss = said.split("\n")[:4]
            i = int(step.removeprefix(EN["step"]))
            assert label == "Momentum"
            assert place == point(run.x[i])
            assert loss == f"{EN['loss']} {number(run.loss[i])}"


def test_every_step_can_be_read_in_numbers(show):
    scene = Scene(
        "himmelblau",
        start=(0.0, -3.0),
        steps=5000,
        noise=0.2,
        runners=(Runner("sgd", {"lr": 0.01}), Runner("adam", {"lr": 0.1}, Plan("cosine"), colour=1)),
        view=View(step=100),
    )
    page = show(f"?{scene.to_string()}", ".dl-stage[data-drawn]")
    page.locator(".dl-table th button").last.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".dl-scroll").wait_for()
    assert page.evaluate("document.querySelector('.dl-count b').innerText") == "100", "the key has opened, not played"

    def rows(of: int, first: int) -> None:
        """Wait for the rows around a step, whole, and compare them with the run."""
        run = scene.run(scene.runners[of])
        page.wait_for_function(
            "i => { const cells = document.querySelectorAll(`.dl-scroll tr[data-step='${i}'] td`);"
            " return cells.length === 6 && cells[3].innerText !== '–' && cells[3].innerText !== ''; }",
            arg=first,
            timeout=PATIENCE,
        )
        shown = dict(
            page.locator(".dl-scroll tr[data-step]").evaluate_all(
                "rows => rows.map(row => [row.dataset.step, [...row.querySelectorAll('td')].map(cell => cell.innerText)])"
            )
        )
        assert 10 < len(shown) < 60, "the others are made when they are scrolled to"
        for step, cells in shown.items():
            i = int(step)
            used = [run.lr[i], *run.gradient[i]] if i < 5000 else [np.nan] * 3
            single = np.array([*run.x[i], run.loss[i], *used], np.float32)
            assert cells == [number(float(v)) for v in single]

    rows(0, 100)
    page.keyboard.press("Tab")
    page.locator(".dl-steps select").select_option(label="Adam")
    rows(1, 100)
    page.locator(".dl-scroll").focus()
    page.keyboard.press("End")
    page.locator(".dl-scroll tr[data-step='5000']").wait_for()
    assert page.evaluate("document.querySelector('.dl-count b').innerText") == "100"
    rows(1, 4990)
    page.locator(".dl-scroll tr[data-step='4990']").click()
    assert page.evaluate("document.querySelector('.dl-count b').innerText") == "4990"
    assert page.locator(".dl-scroll tr[aria-current]").get_attribute("data-step") == "4990"
    page.keyboard.press("Home")  # pressed with a pointer, the table lets the keys go
    assert page.evaluate("document.querySelector('.dl-count b').innerText") == "0"
    rows(1, 0)
