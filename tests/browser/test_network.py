"""The film of a training in a real browser: played, stepped, recomputed in place, stopped, and fed with points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from browser.conftest import PATIENCE, lead, reach, sound_page
from browser.visit import Shown

from core import Runner
from core.nets.experiment import Experiment, Film
from core.nets.layers import ACTIVATIONS
from core.nets.own import rows_of
from core.text import TABLES
from pages.shared.controls import stops

pytestmark = pytest.mark.browser

EN = TABLES["en"]
PAIR = (Runner("sgd", {"lr": 0.1}), Runner("adam", {"lr": 0.01}, colour=1))
SMALL = Experiment(dataset="moons", layers=(5, 4), epochs=30, runners=PAIR)
STOPS = Experiment(
    dataset="gaussians", samples=60, layers=(16, 16), epochs=150, validation=0.4, patience=3, runners=PAIR,
)  # fmt: skip
LONG = Experiment(
    dataset="digits", layers=(100,) * 4, activation="relu", init="he", batch=128, epochs=55, runners=PAIR,
)  # fmt: skip
OUTPUTS = """([runner, points]) => {
  const film = document.querySelector(".dl-film").film;
  const count = points.length / 2;
  const inputs = Float64Array.from([...points.filter((_, i) => i % 2 === 0), ...points.filter((_, i) => i % 2)]);
  return [...film.net.run(film.weights.at(film.runners[runner], film.t), inputs, count)].slice(0, 2 * count);
}"""


MARKED = """() => {
  const [chart] = document.querySelector(".dl-film").film.pane.sheet.charts;
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `12px ${chart.film.theme.font}`;
  return chart.marks.map(({ text, spot, colour }) => {
    const { runner, values } = chart.drawnLines.find((line) => line.runner.colour === colour && !line.unseen);
    return [[chart.toX(chart.film.place(runner, runner.end)), chart.toY(values[runner.end])], spot, pen.measureText(text).width];
  });
}"""


class Visit(Shown):
    """The networks in a tab."""

    def open(self, experiment: Experiment, shows: str = ".dl-film[data-drawn]") -> Visit:
        """To what a link to an experiment shows: a selector of it. Trained, mapped and drawn it is when all is at rest."""
        self.lead(experiment)
        self.page.wait_for_selector(shows, timeout=PATIENCE)
        self.settle()
        return self

    def lead(self, experiment: Experiment, at_once: bool = False) -> None:
        """To a link to an experiment. Until it is there, the film before it is shown."""
        query = urlencode({**experiment.to_query(), "lang": "en"}, doseq=True)
        lead(self.page, self.server, f"networks?{query}", at_once)

    def film(self, what: str) -> Any:
        return self.page.evaluate(f"document.querySelector('.dl-film')?.film?.{what}")

    @property
    def experiment(self) -> Experiment:
        return Experiment.from_query(self.query)[0]


@pytest.fixture(scope="module")
def visit(flat: Any, server: str) -> Iterator[Visit]:
    with sound_page(flat, viewport={"width": 1400, "height": 900}, locale="en-US", reduced_motion="reduce") as page:
        yield Visit(page, server)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_browser_says_what_the_server_would(visit, activation):
    """From the same file: the formula of the activation is written in JavaScript for it."""
    experiment = replace(SMALL, activation=activation, batch_norm=activation == "tanh", epochs=5)
    visit.open(experiment)
    visit.until(
        lambda: visit.film("network?.activation") == activation and visit.film("steps") == len(experiment.moments) - 1,
        activation,
    )
    done, x = experiment.train(), np.random.default_rng(0).uniform(-1, 1, size=(40, 2))
    for runner in range(2):
        found = np.reshape(visit.page.evaluate(OUTPUTS, [runner, x.ravel().tolist()]), (2, 40)).T
        expected = done.network.outputs(done.weights[runner, 0, -1], x, done.running[runner, 0, -1])[-1]
        assert found == pytest.approx(expected, abs=2e-5 * np.abs(expected).max())


def test_it_is_played_stepped_and_scrubbed_and_a_link_brings_the_moment_back(visit):
    visit.open(SMALL)
    visit.until(lambda: visit.film("steps") == len(SMALL.moments) - 1, "the film")
    page = visit.page
    assert visit.film("t") == visit.film("steps"), "without motion it stands at its end"
    page.locator(".dl-film").focus()
    for key, expected in (
        ("Home", 0),
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("Shift+ArrowRight", 12),
        ("ArrowLeft", 11),
    ):
        page.keyboard.press(key)
        assert visit.film("t") == expected
    visit.until(lambda: visit.experiment.film.moment == SMALL.moments[11], "the moment in the address")
    page.keyboard.press("1")
    visit.until(lambda: not visit.experiment.runners[0].shown, "a runner hidden")
    page.keyboard.press("1")
    visit.until(lambda: visit.experiment.runners[0].shown, "and back")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    visit.until(lambda: visit.film("t") > 3, "playing")
    page.keyboard.press("Space")
    assert not visit.film("playing")
    visit.lead(replace(SMALL, film=Film(int(SMALL.moments[20]))), at_once=True)
    visit.film("reportView()")  # where the old film stands, told too late
    visit.settle()
    visit.until(lambda: visit.film("t") == 20, "the moment of the link")
    page.wait_for_timeout(600)
    visit.settle()
    assert visit.film("t") == 20
    assert visit.experiment.film.moment == SMALL.moments[20]


def test_a_setting_recomputes_it_at_the_same_moment(visit):
    visit.open(replace(SMALL, film=Film(int(SMALL.moments[9]))))
    visit.until(lambda: visit.film("t") == 9, "the moment of the link")
    loss = "value(document.querySelector('.dl-film').film.runners[0], 'loss')"
    before = visit.film(loss)
    slider = visit.page.locator("[class*=st-key-network-0-lr] input[type=range]")
    reach(visit.page, slider)
    for _ in range(6):
        visit.page.keyboard.press("ArrowRight")
    lr = next(hyper for hyper in PAIR[0].record.hypers if hyper.name == "lr")
    rate = stops(lr)[stops(lr).index(0.1) + 6]
    visit.until(lambda: visit.experiment.runners[0].hypers["lr"] == rate, "the rate in the address")
    visit.settle()
    assert visit.film(loss) != before, "another training"
    assert visit.film("t") == 9
    assert visit.page.locator(".st-key-network-busy").count() == 0
    done = replace(SMALL, runners=(Runner("sgd", {"lr": rate}), PAIR[1])).train()
    visit.until(lambda: abs(visit.film(loss) - done.loss[0, 0, 9]) < 1e-5, "the loss that the server has")


def test_a_long_training_tells_how_far_it_is_and_what_there_is_can_be_played(visit):
    assert LONG.work < 1e11
    visit.open(SMALL)
    visit.lead(LONG)
    stop = visit.page.locator(".st-key-network-stop button")
    stop.wait_for(timeout=PATIENCE)
    visit.until(lambda: "%" in visit.page.locator(".st-key-network-busy").inner_text(), "the share")
    stop.click()
    visit.until(lambda: visit.film("network?.sizes?.[1]") == 100, "what there is")
    visit.until(lambda: visit.page.locator(".st-key-network-busy").count() == 0, "the end of waiting")
    assert visit.page.locator("[data-testid=stException]").count() == 0
    losses = visit.film(
        "arrays.get(document.querySelector('.dl-film').film.runners[1].loss).map((v) => Number.isFinite(v))"
    )
    assert any(losses if isinstance(losses, list) else losses.values())


def test_what_has_gone_is_not_drawn_finely(visit):
    """A film at rest is drawn anew, a panel a picture; another film that comes meanwhile may have fewer panels."""
    visit.open(SMALL)
    errors = visit.page.evaluate("""async () => {
      const { film } = document.querySelector(".dl-film");
      const errors = [];
      const told = (event) => errors.push(event.message);
      window.addEventListener("error", told);
      film.refine(); // the first panel now, the second with the next picture
      const [first, second] = film.header.runners;
      film.show({ ...film.header, runners: [first] }, { [film.network.activation]: { forward: Math.tanh } });
      for (const what of ["loss", "accuracy"]) film.arrays.delete(second[what]);
      for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame);
      window.removeEventListener("error", told);
      return errors;
    }""")
    assert errors == []


def test_points_are_placed_on_the_map(visit):
    visit.open(replace(SMALL, dataset="own", epochs=8))
    page = visit.page
    visit.until(lambda: visit.film("data?.own"), "an empty map")
    box = page.locator(".dl-panels canvas").first.bounding_box()
    for u, v, button in ((0.2, 0.3, "left"), (0.3, 0.6, "left"), (0.7, 0.4, "right"), (0.8, 0.7, "right")):
        box = page.locator(".dl-panels canvas").first.bounding_box()
        page.mouse.click(box["x"] + u * box["width"], box["y"] + v * box["height"], button=button)
        visit.settle()
        assert not visit.film("pending"), "the server has answered"
    visit.until(lambda: len(visit.experiment.own) == 4, "the points in the address")
    assert sorted(row[2] for row in visit.experiment.own) == [0, 0, 1, 1]
    assert rows_of(visit.experiment.own) == visit.experiment.own
    assert visit.film("film") is not None, "a training of them"


def test_a_training_that_ends_early_ends_the_film_and_says_so(visit):
    visit.open(STOPS)
    visit.until(lambda: visit.film("network?.sizes?.[1]") == 16, "the film")
    ends = visit.film("runners.map(({ end }) => end)")
    moments = [int(m) for m in STOPS.moments]
    assert visit.film("steps") == max(ends) < len(moments) - 1
    assert visit.film("farthest") == pytest.approx(moments[max(ends)] / STOPS.each)
    for runner, end in enumerate(ends):
        said = visit.film(f"ending(document.querySelector('.dl-film').film.runners[{runner}])")
        assert said == EN["film_stopped"].format(epoch=moments[end] // STOPS.each, epochs=STOPS.epochs)
    visit.film("turn('layers')")
    marks = visit.page.locator(".dl-layers .dl-mark")
    visit.until(lambda: marks.count() == 2 * 3, "the layers")
    assert not {EN["film_exploding"]} & set(marks.all_inner_texts()), "it has stayed as it was"
    marks = visit.page.locator(".dl-marks span").all_inner_texts()
    assert marks[:2] == [EN["film_by_epoch"], str(moments[max(ends)] // STOPS.each)]
    assert all(mark.isdecimal() for mark in marks[1:]), "whole epochs"
    visit.film("turn('curves')")
    marks = visit.page.evaluate(MARKED)
    assert len(marks) == 2
    for (x, y), (left, line), width in marks:
        assert min(abs(left - x), abs(left + width - x)) < 12
        assert abs(line - y) < 60, "beside its end"


def test_head_and_curves_say_the_same_of_a_training_that_became_infinite(visit):
    wild = Experiment(dataset="wave", batch=0, epochs=200, layers=(20, 20), runners=(Runner("sgd", {"lr": 1.0}),))
    visit.open(replace(wild, film=Film(25)))
    visit.until(lambda: visit.film("t") == 15, "the moment of the link")
    head = visit.page.locator(".dl-title .dl-now")
    large = EN["film_now_loss"].format(loss=EN["film_large"])
    visit.until(lambda: head.inner_text() == large, "a number that is too large to be sent")
    visit.film("go(1e9)")
    infinite = EN["film_infinite"].format(step=visit.film("runners[0].ended"))
    visit.until(lambda: head.inner_text() == infinite, "what came of it")
    assert visit.film("pane.sheet.charts[0].marks.map(({ text }) => text)") == [infinite]


def test_a_sharpness_that_is_rounding_is_told_so_and_drawn_at_the_edge(visit):
    loud = Runner("adam", {"lr": 0.5})
    visit.open(replace(STOPS, layers=(8, 8), activation="relu", epochs=30, patience=0, runners=(loud, PAIR[0])))
    visit.film("turn('landscape')")
    visit.until(lambda: visit.film("pane.sheet.chart.span"), "the sharpness")
    visit.settle()
    low, high = visit.film("pane.sheet.chart.span")
    known, drawn = visit.film("pane.sheet.chart.surveyed.map(({ known, values }) => [[...known], [...values]])")[0]
    assert min(known) < 1e-12 <= low < high
    assert min(drawn) == pytest.approx(low)
    chart = visit.page.locator(".dl-landscape .dl-chart")
    box = chart.bounding_box()
    frame = visit.film("pane.sheet.chart.frame")
    visit.page.mouse.move(
        box["x"] + frame["left"] + 0.6 * frame["width"], box["y"] + frame["top"] + frame["height"] - 2
    )
    below = EN["film_sharpness_below"].format(value="1e−12")
    visit.until(lambda: below in visit.page.locator(".dl-film .dl-tip").inner_text(), "that it is nothing")


def test_the_graph_is_stepped_through_and_fits_a_phone(visit):
    page = visit.page
    visit.open(SMALL)
    assert page.locator("[data-testid=stSidebar]").is_visible()
    page.get_by_text(EN["graph_graph"]).click()
    page.wait_for_selector(".dl-graph[data-drawn]", timeout=PATIENCE)
    visit.settle()
    assert page.locator("[data-testid=stMain]").bounding_box()["x"] == 0, "nothing is set beside it"
    visit.open(replace(SMALL, film=Film(view="graph", graph="network")), ".dl-graph[data-drawn] .dl-node")
    graph = page.locator(".dl-graph")
    assert graph.get_attribute("data-step") == "0"
    graph.focus()
    page.keyboard.press("ArrowRight")
    assert graph.get_attribute("data-step") == "1"
    assert page.locator(".dl-node.dl-now").count() == 1
    page.locator(".dl-node.dl-does").last.click()
    assert int(graph.get_attribute("data-step")) > 1
    visit.until(lambda: visit.experiment.film.node == int(graph.get_attribute("data-step")), "the step in the address")
    visit.settle()
    page.locator(".dl-node.dl-leaf").first.hover()
    assert EN["graph_value"] in page.locator(".dl-graph .dl-tip").inner_text()
    page.set_viewport_size({"width": 390, "height": 844})
    try:
        inside = (
            "all => all.map((e) => e.getBoundingClientRect()).every(({ left, right }) => 0 <= left && right <= 390)"
        )
        key, groups = (
            page.locator(".dl-graph .dl-key span"),
            page.locator("[data-testid=stButtonGroup] [role=radiogroup]"),
        )
        visit.until(lambda: key.evaluate_all(inside), "the key on the screen")
        fits = "all => all.every((e) => e.scrollWidth <= e.clientWidth)"
        visit.until(lambda: groups.evaluate_all(fits), "choices as wide as their boxes")
        init = page.locator(".st-key-network-init")
        visit.until(lambda: init.bounding_box()["width"] > 160, "room for the longest name")
    finally:
        page.set_viewport_size({"width": 1400, "height": 900})


def test_a_cell_of_the_map_is_told_and_trained(visit):
    page, small = visit.page, replace(SMALL, samples=40, layers=(3,), epochs=2)
    visit.open(replace(small, film=Film(view="map")), ".dl-chart[data-drawn]:not([data-size=''])")
    assert page.evaluate("document.querySelector('.dl-chart').chart.values.loss.some(Number.isFinite)")
    cells = page.locator(".dl-cells")
    box = cells.bounding_box()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.3 * box["height"])
    visit.until(lambda: "η" in page.locator(".dl-chart .dl-tip").inner_text(), "what is pointed at")
    told = page.locator(".dl-cell h3").inner_text()
    page.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + 0.3 * box["height"])
    visit.until(lambda: page.locator(".dl-cell h3").inner_text() != told, "the cell that was pressed")
    told = page.locator(".dl-cell h3").inner_text()
    cells.focus()
    for key in ("ArrowLeft", "Enter"):
        page.keyboard.press(key)
    assert page.locator(".dl-cell h3").inner_text() != told
    blank = """() => {
      const { chart } = document.querySelector(".dl-chart");
      chart.values.loss.fill(NaN, 0, 5);
      chart.values.exploded.fill(-1, 0, 5);
      chart.show(chart.header);
      return [chart.blank.length, document.querySelector(".dl-legend .dl-blank") !== null];
    }"""
    assert page.evaluate(blank) == [5, True]
    page.locator(".dl-take").click()
    page.wait_for_selector(".dl-film[data-drawn]", timeout=PATIENCE)
    visit.until(lambda: visit.experiment.film.view == "film", "the film of the cell")
    assert visit.experiment.runners[0].hypers["lr"] != small.runners[0].hypers["lr"]
