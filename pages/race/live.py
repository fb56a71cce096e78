"""What the browser needs to run the race by itself, so that the picture follows whatever is held and moved.

Beside the scene and its runners that is the engine, as files that are served once, and which slider of the page moves
which number. Of a run itself the browser is told just enough to see that it has found the same one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import streamlit as st

from core import MODIFIERS, STOPS, Plan, Run, Runner, Scene
from core.browser import runner_header, scene_header
from core.spec import Hyper
from pages.race import cards
from pages.shared import controls, scene_bar, session
from pages.shared.canvas import Arrays, named
from pages.shared.engine import engine

COMPARED = (1 / 3, 2 / 3, 1)  # of a run: where the browser's is held against the server's

Slider = list[
    Any
]  # what it moves (scene, stop, hyper, around, plan), of which runner, the name, and the array of its rests


def live(scene: Scene) -> dict[str, Any]:
    """What the engine runs."""
    return {
        "scene": scene_header(scene) | {"batch": scene.batch_size},
        "runners": [runner_header(scene, runner) for runner in scene.runners],
    }


def lasting(scene: Scene, arrays: Arrays) -> dict[str, Any]:
    """Where the engine is, and the sliders by the class that Streamlit gives them: the same wherever they stand."""
    return {
        "engine": engine(),
        "main": [_main(runner) for runner in scene.runners],
        "sliders": {css(key): slider for key, slider in _sliders(scene, arrays)},
    }


def _main(runner: Runner) -> dict[str, str]:
    """The hyperparameters of a runner that matter most, and what they are called."""
    return {hyper.name: controls.label(hyper) for hyper in controls.columns_of(runner.spoken.hypers)}


def compared(run: Run) -> list[list[float | int | None]]:
    """Some points of a run, [step, x, y]; None where they are past the range of floats."""
    steps = len(run.x) - 1
    found = []
    for step in sorted({round(share * steps) for share in COMPARED}):
        x, y = (float(f"{value:.9g}") if np.isfinite(value) else None for value in run.x[step])
        found.append([step, x, y])
    return found


# --- sliders --------------------------------------------------------------------------------------------


def css(key: str) -> str:
    """The class of the widget behind a key, as Streamlit makes it."""
    return "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key.strip())


def _sliders(scene: Scene, arrays: Arrays) -> Iterator[tuple[str, Slider]]:
    """Key and meaning of every slider that may be on the page."""

    def rests(values: Sequence[float]) -> str:
        return arrays.take(*_rests(tuple(values)))

    def of(hyper: Hyper) -> str:
        return rests(controls.stops(hyper))

    def of_plan(key: str, i: int | None, plan: Plan) -> Iterator[tuple[str, Slider]]:
        for hyper in _slid(plan.at_work):
            yield f"{key}.{hyper.name}", ["plan", i, hyper.name, of(hyper)]

    for name, hyper in (
        ("steps", scene_bar.STEPS),
        ("stretch", scene_bar.STRETCHES),
        ("tolerance", scene_bar.TOLERANCE),
    ):
        if getattr(scene, name) is not None or name == "steps":
            yield name, ["scene", None, name, of(hyper)]
    for key in scene.stops:
        yield f"stops.{key}", ["stop", None, key, of(STOPS[key].bound)]
    yield "noise", ["scene", None, "noise", rests(scene_bar.NOISE)]
    yield "rotation", ["scene", None, "rotation", None]
    if scene.record.samples:
        yield "batch", ["scene", None, "batch", rests(scene_bar.batches(scene))]
    if scene.shared:
        yield from of_plan("shared.plan", None, scene.shared)
    for i, (key, runner) in enumerate(zip(st.session_state[session.IDS], scene.runners, strict=True)):
        for hyper in _slid(cards.sliders(key, runner)):
            yield f"{key}.{hyper.name}", ["hyper", i, hyper.name, of(hyper)]
        for modifier in runner.modifiers if cards.unfolded(key) else ():
            for hyper in _slid(MODIFIERS[modifier].hypers):
                yield f"{key}.{modifier}.{hyper.name}", ["around", i, [modifier, hyper.name], of(hyper)]
        if cards.unfolded(key) and scene.shared is None:
            yield from of_plan(f"{key}.plan", i, runner.plan)


def awaited(scene: Scene, opened: str | None) -> tuple[str, ...]:
    """Which settings of the schedule on the page have a slider: some of them wait for another one to be moved.

    opened: the card whose settings are unfolded.
    """
    plan, ids = scene.shared, st.session_state[session.IDS]
    if plan is None and opened in ids:
        plan = scene.runners[ids.index(opened)].plan
    return tuple([hyper.name for hyper in plan.at_work if hyper.after]) if plan else ()


def _slid(hypers: Sequence[Hyper]) -> list[Hyper]:
    """Those that have a slider: what is on or off has none."""
    return [hyper for hyper in hypers if not hyper.switch]


@functools.lru_cache(maxsize=256)
def _rests(values: tuple[float, ...]) -> tuple[str, np.ndarray]:
    array = np.array(values, dtype=float)
    return named(array), array
