"""The rulers under the learning rates of the race, which the browser draws: as the server would, and while something is held."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from browser.conftest import new_page, pictured, travel
from browser.race import OPTIONS, Race
from browser.test_follow import Held, card, held_pages, with_hyper

from core import Formula, Plan, Runner, Scene
from core.presets import PRESETS
from core.tuning import ruler
from pages.shared import ruler as written
from pages.shared import words
from pages.shared.controls import stops
from pages.shared.verdicts import number

pytestmark = pytest.mark.browser

FIRST = next(iter(PRESETS.values())).scene
CYCLED = Plan("onecycle", {"cycle_momentum": 1.0})
PAIR = Runner("momentum", {"lr": 0.01}), Runner("adam", {"lr": 0.1}, colour=1)
SCENES = {
    "first": FIRST,
    "turned": Scene("himmelblau", start=(1.5, -2.0), steps=120, rotation=30.0, stretch=1.7, runners=PAIR),
    "noise": Scene("bowl", steps=40, noise=0.3, seed=7, runners=PAIR),
    "examples": Scene("online_three", steps=60, runners=PAIR),
    "the schedule's momentum": Scene(
        "bowl",
        steps=50,
        runners=(Runner("momentum", {"lr": 0.1}, CYCLED), Runner("adam", {"lr": 0.3}, CYCLED, colour=1)),
    ),
    "another form": Scene("bowl", steps=50, runners=(Runner("momentum", {"lr": 0.1}, dialect="keras"),)),
    "around": Scene("rosenbrock", steps=80, runners=(replace(PAIR[0], modifiers={"clip_norm": {}, "lookahead": {}}),)),
    "stops": Scene("bowl", steps=80, tolerance=0.01, stops={"loss_value": 1e-2}, runners=PAIR),
    "no minimum": Scene("saddle", steps=60, runners=PAIR),
    "the tip of a cone": Scene(Formula("sqrt(x^2+y^2)"), start=(0.0, 0.0), steps=30, runners=PAIR),
    "typed": Scene(Formula("x^2/2 + 4*y^2"), start=(-3.0, 1.0), steps=30, runners=PAIR),
    "a rate between two stops": Scene("bowl", steps=30, runners=(Runner("sgd", {"lr": 0.1234567}),)),
    "long": Scene("himmelblau", steps=3000, runners=PAIR),
    "the best is where the slider ends": PRESETS["adam_fails"].scene,
}


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server would write outside of any visit."""
    monkeypatch.setattr(words, "_language", lambda: "en")


@pytest.fixture
def visit(flat: Any, server: str) -> Iterator[Callable[..., Held]]:
    """visit(scene, language, ...): a new page, with options of its context."""

    def visit(scene: Scene, language: str = "en", script: str = "", **options: Any) -> Held:
        page = new_page(flat, **{**OPTIONS, **options})
        if script:
            page.add_init_script(script)
        return opened(page, f"{scene.to_string()}&lang={language}")

    with held_pages(server) as opened:
        yield visit


@pytest.fixture(scope="module")
def tab(flat: Any, server: str) -> Iterator[Held]:
    """The page that is led from scene to scene: to open one for each takes longer."""
    race = Held(new_page(flat, **OPTIONS), server).open(f"{FIRST.to_string()}&lang=en")
    yield race
    race.page.close()
    assert race.errors == []


def shown(race: Held, scene: Scene) -> Held:
    """The page, led to a scene, with the rulers of it."""
    travel(race.page, f"{race.server}/?{scene.to_string()}&lang=en")
    race.until(lambda: race.scene == scene and drawn(race), "the rulers")
    return race


def drawn(race: Race) -> list[tuple[str, str, float, list[float], float]]:
    """Of every ruler: what it says and explains, up to where it is green, its ticks and its dot; empty until all are known."""
    found = race.page.evaluate("""() => [...document.querySelectorAll(".dl-ruler")].map((ruler) => [
      ruler.querySelector("p").textContent, ruler.title, ruler.firstElementChild.style.getPropertyValue("--unstable"),
      [...ruler.querySelectorAll("i:not([hidden])")].map((tick) => tick.style.left),
      [...ruler.querySelectorAll("b:not([hidden], .dl-stale)")].map((dot) => dot.style.left)])""")
    if any("…" in said or len(dots) != 1 for said, _, _, _, dots in found):
        return []
    share = [
        (float(green[:-1]), [float(tick[:-1]) for tick in ticks], float(dot[:-1])) for *_, green, ticks, (dot,) in found
    ]
    return [(said, title, *shares) for (said, title, *_), shares in zip(found, share, strict=True)]


def expected(scene: Scene) -> list[tuple[str, str, float, list[float], float]]:
    """The same as the server draws it where it has to."""
    found = []
    for runner in scene.runners:
        marks, held, rate = ruler(scene, runner), written._held(scene, runner), runner.hypers["lr"]
        phrases = written._phrases(runner.spoken, held, words.language())
        lr = next(hyper for hyper in runner.spoken.hypers if hyper.name == "lr")
        between = None if rate in stops(lr) else rate
        html = written._drawn(marks, runner.spoken, between, scene.length, held, words.language())
        (green,), ticks, (dot,) = (
            [float(share) for share in re.findall(mark, html)]
            for mark in (
                r"--unstable:([\d.]+)%",
                r'<i class="[\w-]+" style="left:([\d.]+)%',
                r'<b style="left:([\d.]+)%',
            )
        )
        found.append(
            (
                written._said(phrases, marks, scene.length, lr),
                written._explained(phrases, marks, scene.length, lr),
                green,
                ticks,
                dot,
            )
        )
    return found


def agree(race: Race, scene: Scene) -> bool:
    ours, theirs = drawn(race), expected(scene)
    return len(ours) == len(theirs) and all(
        one[:2] == other[:2]
        and one[3] == pytest.approx(other[3], abs=0.02)
        and (one[2], one[4]) == pytest.approx((other[2], other[4]), abs=0.02)
        for one, other in zip(ours, theirs, strict=True)
    )


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES.keys())
def test_a_ruler_is_that_of_the_server(tab, scene):
    race = shown(tab, scene)
    race.until(lambda: agree(race, scene), f"{expected(scene)}, not {drawn(race)},")


def test_it_speaks_korean_too(visit, monkeypatch):
    monkeypatch.setattr(words, "_language", lambda: "ko")
    race = visit(FIRST, "ko")
    race.until(lambda: drawn(race), "the rulers")
    assert agree(race, FIRST), (drawn(race), expected(FIRST))
    assert "최적" in drawn(race)[0][0]


def test_where_the_slider_ends_is_said(tab):
    """On the counterexample to Adam no rate is as good to it as the smallest one that can be had."""
    race = shown(tab, PRESETS["adam_fails"].scene)
    (sgd, of_sgd, *_), (adam, of_adam, *_), _ = drawn(race)
    assert adam.endswith("≤\u00a01e−6")
    assert sgd.endswith("≈\u00a01.23")
    assert ("end of the slider" in of_adam, "end of the slider" in of_sgd) == (True, False)


HEIGHTS = """() => {
  window.heights = new Set();
  const ruler = document.querySelector(".dl-ruler");
  new ResizeObserver(() => window.heights.add(ruler.offsetHeight)).observe(ruler);
}"""


def test_it_follows_what_is_held(tab):
    """Best rate and limits are those of what the slider shows, before it is let go."""
    scene = SCENES["turned"]
    race = shown(tab, scene)
    race.until(lambda: agree(race, scene), "the ruler before")
    slider = card(race, 0, "momentum")
    sent = race.sent
    race.page.evaluate(HEIGHTS)
    race.hold(slider, -40)
    value = race.value(slider)
    assert value < 0.9
    held = with_hyper(scene, 0, "momentum", value)
    race.until(lambda: agree(race, held), "the ruler of what is held")
    assert (race.scene, race.sent) == (scene, sent), "nothing is let go yet"
    race.page.mouse.up()
    race.until(lambda: race.scene == held and agree(race, held), "the ruler of what was let go")
    pictured(race.page)  # with which sizes are told
    assert len(race.page.evaluate("[...window.heights]")) == 1, "what lies below never moved"


def test_it_stands_wherever_a_learning_rate_comes_to_stand(visit):
    """The page puts up cards and their places when it likes."""
    scene = Scene("bowl", steps=40, runners=PAIR)
    race = visit(scene)
    race.until(lambda: agree(race, scene), "the rulers")
    race.page.locator(".st-key-1-0-copy button").first.click()
    race.until(lambda: len(race.scene.runners) == 3 and agree(race, race.scene), "the ruler of a third runner")
    race.page.locator(".st-key-1-0-remove button").first.click()
    race.until(lambda: len(race.scene.runners) == 2 and agree(race, race.scene), "those of the two that are left")
    race.page.locator(".st-key-1-1-open button").first.click()
    race.page.wait_for_selector(".st-key-1-1-lr-exact input")
    race.until(lambda: agree(race, race.scene), "the ruler of a card that was unfolded")
    race.page.go_back()
    race.until(lambda: len(race.scene.runners) == 3 and agree(race, race.scene), "the rulers of the race before")


def test_a_place_that_comes_to_another_slider_is_drawn_for_that(tab):
    """The page, which knows nothing of what is drawn there, hands places on as they are."""
    scene = SCENES["turned"]
    race = shown(tab, scene)
    race.until(lambda: agree(race, scene), "the rulers")
    race.page.evaluate("""() => {
      const [first, second] = document.querySelectorAll(".dl-ruler");
      const between = document.createComment("");
      first.replaceWith(between);
      second.replaceWith(first);
      between.replaceWith(second);
    }""")
    race.until(lambda: agree(race, scene), "each of its own slider")


NO_WORKERS = {
    "refused": "window.Worker = class { constructor() { throw new Error('no workers here'); } };",
    "broken": """window.Worker = class {
      constructor() { setTimeout(() => this.onerror(new Event("error"))); }
      postMessage() {}
      terminate() {}
    };""",
}


@pytest.mark.parametrize("script", NO_WORKERS.values(), ids=NO_WORKERS.keys())
def test_without_workers_the_page_sweeps_itself(visit, script):
    race = visit(FIRST, script=script)
    race.until(lambda: drawn(race), "the rulers")
    assert agree(race, FIRST), (drawn(race), expected(FIRST))


def test_the_strip_has_the_same_marks(visit):
    """Where the sidebar is out of sight."""
    scene = Scene("bowl", steps=40, runners=(Runner("sgd", {"lr": 0.1}),))
    race = visit(scene, viewport={"width": 390, "height": 844})
    race.until(lambda: race.page.locator(".dl-strip .dl-marks i").count() == 2, "limit and best rate")
    (_, _, green, _, dot) = expected(scene)[0]
    left = race.page.locator(".dl-strip .dl-marks i").evaluate_all(
        "marks => marks.map((mark) => parseFloat(mark.style.left))"
    )
    assert left == pytest.approx([green, dot], abs=0.02)
    assert number(ruler(scene, scene.runners[0]).minimum) == "1"
