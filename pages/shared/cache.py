"""Bounded caches around `core`: what is costly and the same for everybody is computed once for all visitors."""

from __future__ import annotations

import os
import threading
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

import numpy as np

from core import Formula, Run, Runner, Scene
from core.figures.relief import Relief, relief
from core.scene import placed
from core.tuning import Ruler, ruler
from pages.shared.canvas import content

SWEEPS = threading.Semaphore(
    os.cpu_count() or 1
)  # more at once end no sooner, and a noisy one takes 200 MB for a moment
PLACE = [field.name for field in fields(Scene) if field.name not in ("runners", "shared", "view", "dotted")]


def place_of(scene: Scene) -> tuple[Any, ...]:
    """All of a scene that its runners run in; a shared schedule is theirs."""
    return tuple([getattr(scene, name) for name in PLACE])


@lru_cache(maxsize=64)
def scene_at(place: tuple[Any, ...]) -> Scene:
    """The scene of a place, without runners. Whoever moves a slider of a runner stays there."""
    return Scene(**dict(zip(PLACE, place, strict=True)))


def _alone(scene: Scene, runner: Runner) -> Runner:
    """The runner as it runs there, with its schedule and in no colour."""
    return replace(runner.bare, plan=scene.shared) if scene.shared else runner.bare


def run_of(scene: Scene, runner: Runner) -> Run:
    """The run of one runner. What was already on somebody's screen is not computed again."""
    return _run(place_of(scene), _alone(scene, runner))


@lru_cache(maxsize=32)  # 24 kB each at 500 steps, 0.24 MB at 5000
def _run(place: tuple[Any, ...], runner: Runner) -> Run:
    return scene_at(place).run(runner)


def path_of(scene: Scene, runner: Runner, floor: float) -> tuple[str, np.ndarray]:
    """A run as the browser draws it: x, y, and the loss above `floor`."""
    return _path(place_of(scene), _alone(scene, runner), floor)


@lru_cache(maxsize=64)  # 6 kB each at 500 steps, 60 kB at 5000
def _path(place: tuple[Any, ...], runner: Runner, floor: float) -> tuple[str, np.ndarray]:
    run = _run(place, runner)
    return content(run.x[:, 0], run.x[:, 1], run.loss - floor)


def ruler_of(scene: Scene, runner: Runner) -> Ruler:
    """The marks for a learning rate. They do not depend on that rate, so its slider costs nothing."""
    return _ruler(place_of(scene), _at_any_rate(_alone(scene, runner)))


@lru_cache(maxsize=2048)
def _at_any_rate(runner: Runner) -> Runner:
    """One of all the runners that differ in their rate."""
    return runner.with_hyper("lr", runner.spoken.defaults["lr"])


@lru_cache(maxsize=512)
def _ruler(place: tuple[Any, ...], runner: Runner) -> Ruler:
    with SWEEPS:
        return ruler(scene_at(place), runner)


@lru_cache(maxsize=64)
def relief_of(surface: str | Formula, rotation: float, stretch: float) -> Relief:
    """The height map of a surface, stretched and turned."""
    record = placed(surface, rotation, stretch)
    return relief(record.value, record.bounds)


@lru_cache(maxsize=64)
def grid_of(surface: str | Formula, rotation: float, stretch: float) -> tuple[str, np.ndarray]:
    """That height map as it is sent."""
    return content(relief_of(surface, rotation, stretch).f)


@lru_cache(maxsize=64)
def marks_of(surface: str | Formula, rotation: float, stretch: float) -> np.ndarray:
    """(number, 4) points to mark: x, y, f and its kind: 0 a lowest minimum, 1 a local one, 2 a saddle."""
    record = placed(surface, rotation, stretch)
    rows = []
    values = [float(record.value(*point)) for point in record.minima]
    lowest = min(values, default=0.0)
    for point, value in zip(record.minima, values, strict=True):
        rows.append((*point, value, 0.0 if value - lowest <= 1e-9 * max(1.0, abs(lowest)) else 1.0))
    rows += [(*point, float(record.value(*point)), 2.0) for point in record.saddles]
    return np.array(rows, dtype=float).reshape(-1, 4)
