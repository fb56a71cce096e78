"""The maps in a real browser: a click shows a run and sends it to the race, a drag shows paths, a long map can wait."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from browser.conftest import PATIENCE, sound_page
from browser.visit import Shown

from core import Runner, Scene
from core.text import TABLES
from pages.maps.atlas import Atlas, Side, write
from pages.maps.sheet import SIZES, coarse

pytestmark = pytest.mark.browser

EN = TABLES["en"]
SCENE = Scene("himmelblau", steps=80, runners=(Runner("momentum", {"lr": 0.01}), Runner("adam", {"lr": 0.1}, colour=1)))
LEFT, RIGHT, TOP, BOTTOM = 60, 10, 6, 42  # margins of a map, as plate.js has them


class Maps(Shown):
    """The maps in a tab."""

    def open(self, scene: Scene, atlas: Atlas, size: int | None = None) -> Maps:
        query = urlencode({**scene.to_query(), **write(atlas)}, doseq=True)
        self.page.goto(f"{self.server}/maps?{query}")
        count = 2 if atlas.beside is not None else 1
        wanted = ",".join([str(size or SIZES[atlas.kind][1])] * count)
        self.page.wait_for_selector(f".dl-field[data-size='{wanted}']", timeout=PATIENCE)
        if size is None:  # fine, it is the last that comes
            self.settle()
        return self

    @property
    def scene(self) -> Scene:
        return Scene.from_query(self.query)[0]

    def numbers(self, name: str) -> list[float]:
        return [float(v) for v in self.query.get(name, [""])[0].split("~") if v]

    def spot(self, u: float, v: float, plate: int = 0) -> tuple[float, float]:
        """Where shares of a map lie on the page."""
        box = self.page.locator(".dl-field .dl-map").nth(plate).bounding_box()
        width, height = box["width"] - LEFT - RIGHT, box["height"] - TOP - BOTTOM
        return box["x"] + LEFT + u * width, box["y"] + TOP + (1 - v) * height

    def text(self, selector: str) -> str:
        return str(self.page.locator(selector).first.inner_text())


@pytest.fixture
def maps(flat: Any, server: str) -> Iterator[Maps]:
    with sound_page(flat, viewport={"width": 1200, "height": 800}) as page:
        yield Maps(page, server)


def test_the_legend_is_in_the_language_of_the_page(maps):
    maps.open(SCENE, Atlas(of=0))
    assert EN["map_loss"] in maps.text(".dl-legend")
    maps.page.locator(".st-key-lang").get_by_text("한국어").click()
    maps.until(lambda: TABLES["ko"]["map_loss"] in maps.text(".dl-legend"), "the legend in Korean")


def test_what_theory_knows_has_the_sign_in_the_legend_that_it_has_on_the_map(maps):
    for key, up, sign in (
        ("momentum", Side("momentum", (0.0, 0.9)), "ring"),
        ("sgd", Side("x", (-4.0, 4.0)), "dotted"),
    ):
        bowl = Scene("bowl", steps=40, runners=(Runner(key, {"lr": 0.1}),))
        maps.open(bowl, Atlas(of=0, across=Side("lr", (1e-2, 1.0)), up=up))
        shown = maps.page.locator(".dl-keyed", has_text=EN["map_optimum"])
        shown.locator(f".dl-{sign}").wait_for(timeout=PATIENCE)


def test_a_click_shows_a_run_and_sends_it_to_the_race(maps):
    maps.open(SCENE, Atlas(of=0, across=Side("lr", (1e-4, 1e-2)), up=Side("momentum", (0.0, 0.9))))
    before = maps.text(".dl-at")
    maps.page.mouse.move(*maps.spot(0.3, 0.6))
    maps.until(lambda: EN["loss"] in maps.text(".dl-tip"), "the tip")
    maps.page.mouse.click(*maps.spot(0.3, 0.6))
    maps.until(lambda: maps.query.get("cell"), "the cell in the address bar")
    lr, momentum = maps.numbers("cell")
    assert lr == pytest.approx(1e-4 * 100**0.3, rel=0.02)
    assert momentum == pytest.approx(1 - 0.1**0.6, rel=0.02)
    maps.until(lambda: maps.text(".dl-at") != before, "the settings of the run")
    maps.page.keyboard.press("ArrowRight")
    maps.until(lambda: maps.numbers("cell")[0] > lr, "the next cell")
    maps.page.click(".dl-send")
    maps.page.wait_for_selector(".dl-stage[data-drawn]", timeout=PATIENCE)
    maps.until(lambda: len(maps.scene.runners) == 3, "the runner")
    sent = maps.scene.runners[2]
    assert sent.optimizer == "momentum"
    assert sent.hypers["momentum"] == momentum
    assert sent.hypers["lr"] > lr


def test_a_drag_shows_paths_on_both_maps_and_a_click_moves_the_start(maps):
    maps.open(SCENE, Atlas("starts", of=0, beside=1))
    drawn = int(maps.page.locator(".dl-field").get_attribute("data-drawn"))
    address = maps.page.url
    verdicts = {maps.text(".dl-words p")}
    maps.page.mouse.move(*maps.spot(0.1, 0.1))
    maps.page.mouse.down()
    for i in range(1, 9):
        maps.page.mouse.move(*maps.spot(0.1 + 0.08 * i, 0.1 + 0.08 * i))
        maps.page.wait_for_timeout(120)
        verdicts.add(maps.text(".dl-words p"))
    maps.until(lambda: int(maps.page.locator(".dl-field").get_attribute("data-drawn")) > drawn + 1, "paths")
    assert maps.page.url == address, "a drag is written once, when it ends"
    maps.page.mouse.up()
    maps.until(lambda: maps.query.get("probe"), "the start of the path")
    assert maps.numbers("probe") == pytest.approx([-5 + 10 * 0.74] * 2, abs=0.05)
    assert maps.scene.start == SCENE.start
    maps.until(lambda: len(verdicts | {maps.text(".dl-words p")}) > 1, "another verdict")
    maps.page.mouse.click(*maps.spot(0.25, 0.75, plate=1))
    maps.until(lambda: maps.scene.start != SCENE.start, "the start of the race")
    assert maps.scene.start == pytest.approx((-2.5, 2.5), abs=0.05)
    assert "probe" not in maps.query


def test_a_long_map_tells_how_far_it_is_and_can_be_stopped(maps):
    long = Scene(
        "rastrigin", steps=5000, runners=(Runner("adam", {"lr": 0.01}), Runner("nadam", {"lr": 0.01}, colour=1))
    )
    first = coarse("starts", long.length)
    maps.open(long, Atlas("starts", of=0, beside=1), size=first)
    maps.page.wait_for_selector(".st-key-maps-progress [role=progressbar]", timeout=PATIENCE)
    maps.page.click(".st-key-maps-progress button")
    maps.page.wait_for_selector(".st-key-maps-progress [role=progressbar]", state="detached", timeout=PATIENCE)
    assert maps.page.locator(".dl-field").get_attribute("data-size") == f"{first},{first}"
    # Another wish takes the place of a map under way.
    maps.page.get_by_role("button", name=EN["map_refine"]).click()
    maps.page.wait_for_selector(".st-key-maps-progress [role=progressbar]", timeout=PATIENCE)
    maps.page.get_by_role("radio", name=EN["map_settings"]).click()
    maps.page.wait_for_selector(".dl-plates[data-kind=settings]", timeout=PATIENCE)
    fine = SIZES["settings"][1]
    maps.page.wait_for_selector(f".dl-field[data-size='{fine},{fine}']", timeout=PATIENCE)
