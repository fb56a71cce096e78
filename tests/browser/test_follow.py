"""The race follows the finger: what is held is run in the browser, whatever the server is doing."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from browser.conftest import STILL, new_page, serving, travel
from browser.race import OPTIONS, PATIENCE, Race, close
from PIL import Image

from core import Formula, Plan, Runner, Scene
from core.presets import PRESETS
from core.text import TABLES
from pages.shared.canvas import content

pytestmark = pytest.mark.browser

FIRST = next(iter(PRESETS.values())).scene
EN = TABLES["en"]
MIDDLES = "all => all.map((e) => e.getBoundingClientRect()).map(({ top, height }) => top + height / 2)"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
PLAIN = Scene(
    surface="himmelblau",
    start=(0.0, -3.0),
    steps=60,
    runners=(
        Runner("momentum", {"lr": 0.002}),
        Runner("adam", {"lr": 0.1}, Plan("exponential"), colour=1),
        Runner("sgd", {"lr": 0.2}, colour=2),  # leaves
    ),
)


class Held(Race):
    """A page on which something is held, and what it has sent meanwhile."""

    def __init__(self, page: Any, server: str) -> None:
        super().__init__(page, server)
        self.sent = 0
        page.on("websocket", lambda socket: socket.on("framesent", lambda _: self._count()))

    def _count(self) -> None:
        self.sent += 1

    def paths(self) -> list[list[float]]:
        """Of every runner on the stage: x, y, and the loss above the floor, end to end; None where there is none."""
        return self.page.evaluate(
            """() => document.querySelector(".dl-stage").stage.runners.map((r) =>
              [r.x, r.y, r.gap].flatMap((of) => Array.from({ length: r.length }, (_, i) => of(i))))"""
        )

    def shows(self, scene: Scene) -> bool:
        """Whether the stage draws exactly the runs of a scene."""
        floor = scene.record.lowest if scene.record.minima else 0.0
        drawn = self.paths()
        for path, runner in zip(drawn, scene.runners, strict=True):
            run = scene.run(runner)
            _, expected = content(run.x[:, 0], run.x[:, 1], run.loss - floor)
            got = np.array([np.nan if value is None else value for value in path], dtype=float)
            if got.shape != expected.shape or not np.allclose(got, expected, rtol=1e-5, atol=1e-6, equal_nan=True):
                return False
        return True

    @property
    def start(self) -> tuple[float, float]:
        """Where the handle stands."""
        x, y = self.page.evaluate("document.querySelector('.dl-stage').stage.start")
        return x, y

    def canvases(self) -> list[str]:
        """Every pixel that is drawn over the map and the curves."""
        return self.page.evaluate("[...document.querySelectorAll('canvas.dl-over')].map((c) => c.toDataURL())")

    def grip(self, selector: str) -> tuple[float, float]:
        """The middle of a slider's thumb."""
        thumb = self.page.locator(f"{selector} [data-testid=stSliderThumbValue]")
        thumb.scroll_into_view_if_needed()
        box = thumb.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] + 6

    def hold(self, selector: str, by: int, moves: int = 6) -> None:
        """Take a slider and move it, without letting go."""
        x, y = self.grip(selector)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for i in range(1, moves + 1):
            self.page.mouse.move(x + by * i / moves, y)
            self.page.wait_for_timeout(30)
        self.calm()

    def calm(self) -> None:
        """Wait until the browser has drawn what is held, and no more pictures come."""
        before, busy = -1, True
        while busy or self.followed != before:
            before = self.followed
            self.page.wait_for_timeout(250)
            busy = self.page.evaluate(
                "(({ busy, moved }) => Boolean(busy || moved))(document.querySelector('.dl-stage').stage)"
            )

    def value(self, selector: str) -> float:
        text = self.page.locator(f"{selector} input[type=range]").first.get_attribute("aria-valuetext")
        return float(text.replace("−", "-").rstrip("°"))

    def open_popover(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()
        self.page.wait_for_selector("[data-testid=stPopoverBody]")
        self.until(lambda: self.page.evaluate(STILL), "the popover in its place")

    def let_go(self) -> None:
        """Let go of what is held, and wait until the server has taken it over."""
        self.page.mouse.up()
        holds = "document.querySelector('.dl-stage').stage.live.holds"
        self.until(lambda: not self.page.evaluate(holds), "the server's word on what was held")


@contextmanager
def held_pages(server: str) -> Iterator[Callable[[Any, str], Held]]:
    """opened(page, query): the race in a page, which is closed in the end. None may have had an error."""
    races: list[Held] = []

    def opened(page: Any, query: str) -> Held:
        races.append(Held(page, server))
        return races[-1].open(query)

    yield opened
    for race in races:
        race.page.close()
        assert race.errors == []


@pytest.fixture
def visit(flat: Any, browser: Any, server: str) -> Iterator[Callable[..., Held]]:
    """visit(query="", ...): a new page, with options of its context. solid: with the surface in 3D."""

    def visit(query: str = "", route: Callable[[Any], None] | None = None, solid: bool = False, **options: Any) -> Held:
        kind = browser if solid else flat
        page = new_page(kind, **{**OPTIONS, **options})
        if route:
            route(page)
        return opened(page, query)

    with held_pages(server) as opened:
        yield visit


@pytest.fixture(scope="module")
def tab(flat: Any, server: str) -> Iterator[Held]:
    """The page on which most is held: to open one for each of them takes longer than what they do there."""
    race = Held(new_page(flat, **OPTIONS), server).open(PLAIN.to_string())
    yield race
    race.page.close()


@pytest.fixture
def plain(tab: Held) -> Iterator[Held]:
    """That page with the plain scene, as a link to it shows it."""
    if tab.scene != PLAIN:
        travel(tab.page, f"{tab.server}/?{PLAIN.to_string()}")
    tab.until(lambda: tab.scene == PLAIN and tab.shows(PLAIN), "the plain scene")
    yield tab
    tab.let_go()  # before the page is led on
    assert tab.errors == []


def card(race: Held, i: int, name: str) -> str:
    """The slider of a hyperparameter on the card of a runner."""
    keys = race.page.evaluate("Object.keys(document.querySelector('.dl-stage').stage.header.live.sliders)")
    found = [key for key in keys if key.endswith(f"-{i}-{name}")]
    assert len(found) == 1, keys
    return f".{found[0]}"


def with_hyper(scene: Scene, i: int, name: str, value: float) -> Scene:
    runners = list(scene.runners)
    runners[i] = runners[i].with_hyper(name, value)
    return replace(scene, runners=tuple(runners))


# --- sliders of the page ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("i", "name", "by"),
    [(0, "momentum", -30), (1, "lr", -25), (2, "lr", 20)],
    ids=lambda value: str(value),
)
def test_a_held_slider_moves_the_picture_and_sends_nothing(plain, i, name, by):
    race = plain
    assert race.shows(PLAIN)
    slider = card(race, i, name)
    before, quiet, sent = race.value(slider), race.followed, race.sent
    race.hold(slider, by)
    now = race.value(slider)
    assert now != before
    assert race.followed > quiet, "the picture stands still while the slider moves: has the page other marks now?"
    assert race.sent == sent, "a held slider tells the server nothing"
    moved = with_hyper(PLAIN, i, name, next(s for s in stops(PLAIN, i, name) if float(f"{s:.6g}") == now))
    assert race.shows(moved)
    row = race.page.locator(".dl-table tbody tr").nth(i)
    final = moved.run(moved.runners[i]).loss[-1]
    assert number_in(row.locator("td").nth(2).inner_text()) == pytest.approx(final, rel=1e-2, nan_ok=True)

    pictures = race.canvases()
    race.page.mouse.up()
    race.until(lambda: race.scene.runners == moved.runners, "the new value in the address bar")
    assert race.shows(moved)
    assert race.canvases() == pictures, "nothing jumps on release"


def test_the_axes_of_a_held_picture_are_those_that_plotly_draws(plain):
    race = plain
    own = "document.querySelector('.dl-loss').matches('.dl-own')"
    curves = race.page.locator(".dl-loss")

    def pixels() -> np.ndarray:
        return np.asarray(Image.open(io.BytesIO(curves.screenshot())).convert("RGB"), dtype=int)

    race.hold(card(race, 0, "lr"), 12)
    assert race.page.evaluate(own), "the range of the curves is another one"
    held = pixels()
    race.page.mouse.up()
    race.until(lambda: not race.page.evaluate(own), "Plotly's axes")
    assert np.abs(pixels() - held).max() <= 8


def stops(scene: Scene, i: int, name: str) -> list[float]:
    from pages.shared.controls import stops as rests

    runner = scene.runners[i]
    (hyper,) = [h for h in runner.spoken.hypers if h.name == name]
    return sorted({*rests(hyper), runner.hypers[name]})


def number_in(text: str) -> float:
    return float(text.replace("−", "-")) if text not in ("–", "") else float("nan")


def test_steps_noise_and_placement_follow_too(visit):
    race = visit(PLAIN.to_string(), solid=True)
    race.hold(".st-key-steps", 30)
    longer = replace(PLAIN, steps=int(race.value(".st-key-steps")))
    assert longer.steps != PLAIN.steps
    assert race.shows(longer)
    assert race.text(".dl-count").endswith(f"/ {longer.steps}")
    race.page.mouse.up()
    race.until(lambda: race.scene.steps == longer.steps, "the new length")

    race.open_popover(EN["scene"])
    race.hold(".st-key-noise", 80)
    noisy = replace(longer, noise=race.value(".st-key-noise"))
    assert noisy.noise > 0
    assert race.shows(noisy)
    race.page.mouse.up()
    race.until(lambda: race.scene.noise == noisy.noise, "the noise")

    race.hold(".st-key-rotation", 40)
    turned = replace(noisy, rotation=race.value(".st-key-rotation"))
    assert turned.rotation != 0
    assert race.shows(turned)
    ground = race.page.evaluate(
        "(r => [r.floor, r.top, ...r.levels])(document.querySelector('.dl-stage').stage.relief)"
    )
    race.page.mouse.up()
    race.until(lambda: race.scene.rotation == turned.rotation, "the rotation")
    after = race.page.evaluate("(r => [r.floor, r.top, ...r.levels])(document.querySelector('.dl-stage').stage.relief)")
    assert np.allclose(ground, after, rtol=1e-5), "the hills are those that the server sends"

    race.hold(".st-key-stretch", 30)
    stretched = replace(turned, stretch=race.value(".st-key-stretch"))
    assert stretched.stretch != 1
    assert race.shows(stretched)
    race.page.mouse.up()
    race.until(lambda: race.scene.stretch == stretched.stretch, "the stretch")


def test_the_schedule_of_an_unfolded_card_follows(plain):
    race = plain
    head = card(race, 1, "lr").removeprefix(".st-key-").removesuffix("-lr")
    race.page.locator(f".st-key-{head}-open button").first.click()
    race.page.wait_for_selector(f".st-key-{head}-plan-warmup_steps input")
    race.until(lambda: True)
    race.hold(f".st-key-{head}-plan-warmup_steps", 60)
    steps = race.value(f".st-key-{head}-plan-warmup_steps")
    plan = PLAIN.runners[1].plan
    runners = (
        PLAIN.runners[0],
        replace(PLAIN.runners[1], plan=Plan(plan.schedule, {**plan.hypers, "warmup_steps": steps})),
        PLAIN.runners[2],
    )
    assert steps > 0
    assert race.shows(replace(PLAIN, runners=runners))
    race.page.mouse.up()


def test_mini_batches_and_typed_functions_follow(visit):
    samples = Scene(surface="least_squares", runners=(Runner("sgd", {"lr": 0.05}),))
    race = visit(samples.to_string())
    assert race.shows(samples)
    race.hold(card(race, 0, "lr"), 15)
    assert race.shows(with_hyper(samples, 0, "lr", race.value(card(race, 0, "lr"))))
    race.page.mouse.up()

    typed = Scene(
        surface=Formula("(1 - x)^2 + 20*(y - sin(x))^2", ((-3, 3), (-2, 2))), runners=(Runner("adam", {"lr": 0.05}),)
    )
    race = visit(typed.to_string())
    assert race.shows(typed)
    race.hold(card(race, 0, "lr"), -15)
    assert race.shows(with_hyper(typed, 0, "lr", race.value(card(race, 0, "lr"))))
    race.page.mouse.up()


LEAD = "(l => [l.trusted, [...l.places], Number(l.input.value)])(document.querySelector('.dl-stage').stage.live.watch.lead)"


@pytest.mark.parametrize(("name", "beside"), [("lr", 0), ("lr", 5), ("momentum", -4), ("lr", 60)])
def test_where_a_pointer_leads_a_slider_is_known_before_the_page_shows_it(plain, name, beside):
    """Taken at its middle, beside it, and by a click on its track."""
    race = plain
    slider = card(race, 0, name)
    x, y = race.grip(slider)
    way = 1 if name == "lr" else -1  # momentum stands near its upper end
    race.page.mouse.move(x + beside, y)
    race.page.mouse.down()
    race.page.wait_for_selector(f"{slider} [data-dragging]")
    for by in (3, 9, 8, 15, 24, 31, 28):
        race.page.mouse.move(x + beside + way * by, y)
        race.page.wait_for_timeout(20)
    race.calm()
    trusted, places, stands = race.page.evaluate(LEAD)
    assert trusted
    assert len(places) > 3
    assert stands in places
    assert race.shows(with_hyper(PLAIN, 0, name, race.value(slider)))
    race.page.mouse.up()


def test_a_slider_that_goes_its_own_way_is_believed(plain):
    race = plain
    slider = card(race, 0, "lr")
    x, y = race.grip(slider)
    race.page.mouse.move(x, y)
    race.page.mouse.down()
    race.page.evaluate("document.querySelector('.dl-stage').stage.live.watch.lead.track = 20")  # ten times too fast
    for by in (4, 8, 12, 16):
        race.page.mouse.move(x + by, y)
        race.page.wait_for_timeout(60)
    race.calm()
    assert not race.page.evaluate(LEAD)[0]
    race.page.mouse.move(x + 20, y)
    race.calm()
    assert race.shows(with_hyper(PLAIN, 0, "lr", race.value(slider)))
    race.page.mouse.up()


def test_the_keyboard_moves_it_as_well(visit):
    """On a page of its own: a slider that a pointer has held gives its keys to the stage."""
    race = visit(PLAIN.to_string())
    slider = card(race, 0, "lr")
    quiet = race.followed
    race.page.locator(f"{slider} input").focus()
    race.press("ArrowRight", 4)
    race.until(lambda: race.followed > quiet, "a picture from the browser")
    wanted = stops(PLAIN, 0, "lr")
    wanted = wanted[wanted.index(0.002) + 4]
    race.until(lambda: race.scene.runners[0].hypers["lr"] == wanted, "the value")
    assert race.value(slider) == pytest.approx(wanted, rel=1e-5)
    race.until(lambda: race.shows(race.scene), "its picture")


# --- the start ----------------------------------------------------------------------------------------


def test_a_dragged_start_is_answered_by_the_browser_alone(plain):
    race = plain
    sent, quiet = race.sent, race.followed
    begin, end = race.on_map(*PLAIN.start), race.on_map(1.5, 2.0)
    race.page.mouse.move(*begin)
    race.page.mouse.down()
    for i in range(1, 9):
        race.page.mouse.move(*(a + (b - a) * i / 8 for a, b in zip(begin, end, strict=True)))
        race.page.wait_for_timeout(30)
    race.calm()
    assert race.followed > quiet
    assert race.sent == sent
    start = race.start
    assert close(start, (1.5, 2.0), 0.1)
    assert race.shows(replace(PLAIN, start=start))
    race.page.mouse.up()
    race.until(lambda: close(race.scene.start, start, 0.05), "the start in the address bar")
    race.until(lambda: race.shows(race.scene), "its path")


# --- on the stage itself --------------------------------------------------------------------------------


def strip_of(race: Held, name: str) -> Any:
    return race.page.locator(f".dl-strip input[aria-label*='{name}']")


@pytest.mark.parametrize("where", ["phone", "full screen", "folded"])
def test_the_strip_stands_in_for_the_sidebar(visit, where):
    race = visit(PLAIN.to_string(), **(PHONE if where == "phone" else {}))
    if where == "phone":
        pass
    elif where == "full screen":
        race.page.locator(f".dl-bar button[title='{EN['fullscreen']}']").click()
        race.until(lambda: race.page.evaluate("Boolean(document.fullscreenElement)"), "full screen")
    else:
        assert not race.page.locator(".dl-strip").is_visible(), "the sidebar is in sight"
        race.page.locator("[data-testid=stSidebar]").hover()
        race.page.locator("[data-testid=stSidebarCollapseButton] button").click()
    race.page.wait_for_selector(".dl-strip input", timeout=1000 * PATIENCE)
    race.page.wait_for_selector(".dl-legend .dl-choice")
    tops = [race.page.locator(f".dl-legend .{kind}").evaluate_all(MIDDLES) for kind in ("dl-choice", "dl-eye")]
    assert np.allclose(*tops, atol=3), "a runner and the eye that hides it share a line"
    race.page.locator(".dl-choice").nth(1).click()
    slider = strip_of(race, "learning rate")
    race.until(slider.is_visible, "its slider")
    slider.evaluate("input => input.scrollIntoView({ block: 'center' })")
    slider.hover()  # once it stands still
    box = slider.bounding_box()
    sent, quiet = race.sent, race.followed
    y = box["y"] + box["height"] / 2
    race.page.mouse.move(box["x"] + box["width"] * 0.5, y)
    race.page.mouse.down()
    race.page.mouse.move(box["x"] + box["width"] * 0.6, y, steps=4)
    race.calm()
    assert race.followed > quiet
    assert race.sent == sent
    held = race.page.evaluate(
        "(s => s.live.held(s.header).runners[1].hypers.lr)(document.querySelector('.dl-stage').stage)"
    )
    assert held != PLAIN.runners[1].hypers["lr"]
    assert race.shows(with_hyper(PLAIN, 1, "lr", held))
    race.page.mouse.up()
    race.until(lambda: race.scene.runners[1].hypers["lr"] == held, "the value in the address bar")
    if where == "folded":
        race.page.locator("[data-testid=stExpandSidebarButton]").click()
        race.until(lambda: race.value(card(race, 1, "lr")) == pytest.approx(held, rel=1e-5), "the sidebar follows")


# --- the first visit --------------------------------------------------------------------------------------


def test_the_first_visit_plays_once_and_a_link_to_a_step_stands(visit):
    race = visit("", reduced_motion="no-preference")
    race.until(lambda: race.step == FIRST.length, "the end of the run", passing=True)
    assert race.page.evaluate("document.querySelector('.dl-stage').stage.playing") is False
    race.page.wait_for_timeout(600)
    race.until(lambda: not race.page.evaluate("document.querySelector('.dl-stage').stage.playing"), "rest")
    assert "step" not in race.query, "playing is no act of the visitor's"
    race = visit(replace(PLAIN, view=replace(PLAIN.view, step=7)).to_string(), reduced_motion="no-preference")
    assert race.step == 7
    race = visit(PLAIN.to_string())
    assert race.step == PLAIN.length, "who prefers reduced motion sees the whole run"


# --- slow, gone, without -------------------------------------------------------------------------------


def test_a_slow_link_makes_no_difference_to_the_picture(visit):
    """200 milliseconds on every message, each way."""

    def slow(page: Any) -> None:
        def on_socket(socket: Any) -> None:
            server = socket.connect_to_server()
            socket.on_message(lambda message: (time.sleep(0.2), server.send(message)))
            server.on_message(lambda message: (time.sleep(0.2), socket.send(message)))

        page.route_web_socket("**/_stcore/stream", on_socket)

    race = visit(PLAIN.to_string(), route=slow)
    quiet = race.followed
    race.hold(card(race, 0, "lr"), 25)
    assert race.followed > quiet
    value = next(s for s in stops(PLAIN, 0, "lr") if float(f"{s:.6g}") == race.value(card(race, 0, "lr")))
    assert race.shows(with_hyper(PLAIN, 0, "lr", value))
    race.page.mouse.up()
    for _ in range(20):  # until the server has taken it over, nothing goes back
        assert race.shows(with_hyper(PLAIN, 0, "lr", value))
        race.page.wait_for_timeout(100)


def test_a_server_that_has_gone_leaves_a_picture_that_answers(browser, tmp_path):
    """And once it is there again, the page is what it was when the link was lost."""
    with serving(tmp_path) as address:
        race = Held(browser.new_context(**OPTIONS).new_page(), address).open(PLAIN.to_string())
    line = race.page.locator(".dl-lost")
    line.wait_for(timeout=1000 * PATIENCE)
    assert line.inner_text() == TABLES["en"]["link_lost"]
    race.page.wait_for_timeout(3000)  # by then Streamlit has said so, too
    assert race.page.locator("[role=dialog]").count() == 0, "nothing lies over the picture"

    handle = lambda: race.centre(".dl-map .dl-start")  # noqa: E731
    race.until(lambda: close(handle(), race.on_map(*PLAIN.start), 1.5), "the map in its new size", passing=True)
    target = race.on_map(1.0, 1.0)
    race.page.mouse.move(*handle())
    race.page.mouse.down()
    race.page.mouse.move(*target, steps=5)
    race.calm()
    assert race.shows(replace(PLAIN, start=race.start))
    assert close(race.start, (1.0, 1.0), 0.1)
    race.page.mouse.up()
    rate = race.page.locator(".dl-strip input").first
    rate.fill(str(int(rate.input_value()) - 3))
    race.calm()
    moved = float(rate.get_attribute("aria-valuetext").replace("−", "-"))
    assert moved != PLAIN.runners[0].hypers["lr"]
    assert race.shows(replace(with_hyper(PLAIN, 0, "lr", moved), start=race.start))
    waiting = "Boolean(document.querySelector('.dl-stage').stage.reporter.waiting)"
    race.until(lambda: not race.page.evaluate(waiting), "the last word, which nobody hears", passing=True)

    with serving(tmp_path, urlsplit(address).port):
        line.wait_for(state="hidden", timeout=1000 * PATIENCE)
        race.until(lambda: race.shows(PLAIN), "the scene of before")
        assert race.scene == PLAIN
        race.drag(handle(), race.on_map(1.0, 1.0))
        race.until(
            lambda: close(race.scene.start, (1.0, 1.0), 0.1), "the first act on a server that is new to the page"
        )
        race.page.context.close()


def test_without_the_engine_the_server_draws(visit):
    race = visit(PLAIN.to_string(), route=lambda page: page.route("**/*engine-*/**", lambda route: route.abort()))
    race.errors.clear()  # the browser says that it could not load a file
    assert race.shows(PLAIN)
    slider = card(race, 0, "lr")
    x, y = race.grip(slider)
    race.drag((x, y), (x + 25, y))
    race.until(lambda: race.scene.runners[0].hypers["lr"] != PLAIN.runners[0].hypers["lr"], "the new rate")
    race.until(lambda: race.shows(race.scene), "its path")
    assert race.followed == 0
