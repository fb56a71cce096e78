"""Maps: what becomes of a runner for many settings, or many starts, at once.

Each is one call of `descend` with a lane for every cell. The rows of a map run upwards, its columns to the right.
Where theory knows the answer, `edge` and `optimum` are what the map has to agree with.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import core.theory as theory
from core.curvature import curvatures
from core.engine.outcome import ARRIVED, ESCAPED, UNDEFINED, WORDS
from core.engine.sweep import Progress
from core.modifiers import MODIFIERS
from core.scene import MAX_STEPS, Plan, Runner, Scene
from core.schedules._warmup import WARMUP
from core.spec import Hyper, Point, Text, numeral

ROBUST = 2.0  # within this factor of the best a setting counts as good
PLAN = "s."  # before the name of what belongs to the schedule, as in a link
STEPS = Hyper("steps", "T", 100, 1, MAX_STEPS, "log", Text("steps", "스텝 수"), integer=True)
NOISE = Hyper("noise", "σ", 0.0, 0.0, 100.0, label=Text("gradient noise", "기울기 노이즈"))


@dataclass(frozen=True)
class Axis:
    """One axis of a map: what is varied, and over which range of its hyperparameter."""

    hyper: Hyper
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.hyper.low <= self.low < self.high <= self.hyper.high:
            raise ValueError(
                f"{self.hyper.name}: expected a range within {numeral(self.hyper.low)} to {numeral(self.hyper.high)}, "
                f"the lower end first, got {numeral(self.low)} to {numeral(self.high)}"
            )

    def at(self, share: Any) -> np.ndarray:
        """Values at shares 0 to 1 of the axis: even in log, even in log(1 - value), or even."""
        share = np.asarray(share, dtype=float)
        if self.hyper.scale == "log":
            values = np.exp(np.log(self.low) + share * np.log(self.high / self.low))
        elif self.hyper.scale == "one_minus":
            values = 1 - (1 - self.low) * ((1 - self.high) / (1 - self.low)) ** share
        else:
            values = self.low + share * (self.high - self.low)
        values = np.clip(values, self.low, self.high)
        return np.asarray(np.rint(values) if self.hyper.integer else values)

    def share(self, value: Any) -> np.ndarray:
        """The reverse of `at`: where on the axis a value lies."""
        value = np.asarray(value, dtype=float)
        if self.hyper.scale == "log":
            return np.asarray(np.log(value / self.low) / np.log(self.high / self.low))
        if self.hyper.scale == "one_minus":
            return np.asarray(np.log((1 - value) / (1 - self.low)) / np.log((1 - self.high) / (1 - self.low)))
        return np.asarray((value - self.low) / (self.high - self.low))

    def values(self, count: int) -> np.ndarray:
        """(count,) the middle of every cell."""
        return self.at((np.arange(count) + 0.5) / count)


def axes(scene: Scene, runner: Runner) -> dict[str, Hyper]:
    """Everything that a map of this runner can vary, by name: hyperparameters, modifiers, schedule, start, noise, steps."""
    surface, plan = scene.record, scene.plan_of(runner)
    found = {hyper.name: hyper for hyper in runner.spoken.hypers}
    found |= {f"{key}.{hyper.name}": hyper for key in runner.modifiers for hyper in MODIFIERS[key].hypers}
    found |= {PLAN + hyper.name: hyper for hyper in plan.settings}
    for name, symbol, (low, high) in zip(("x", "y"), ("x₀", "y₀"), surface.bounds, strict=True):
        label = Text(f"start {name}", f"시작점 {name}")
        found[name] = Hyper(name, symbol, min(max(0.0, low), high), low, high, label=label)
    return {**found, "noise": NOISE, "steps": STEPS}


def idle(scene: Scene, runner: Runner) -> set[str]:
    """Those of the `axes` that mean nothing yet: they wait for another setting to be moved."""
    plan = scene.plan_of(runner)
    return {PLAN + h.name for h in plan.settings} - {PLAN + h.name for h in plan.at_work}


def settled(scene: Scene, runner: Runner, values: Mapping[str, float]) -> tuple[Scene, Runner]:
    """The scene and the runner of one point of a map: with the values of some of the `axes`, by name."""
    if scene.start is not None:
        scene = replace(scene, start=(float(values.get("x", scene.start[0])), float(values.get("y", scene.start[1]))))
    if "noise" in values:
        scene = replace(scene, noise=float(values["noise"]))
    if "steps" in values:
        scene = replace(scene, steps=int(values["steps"]))
    own = {name: float(value) for name, value in values.items() if name in runner.hypers}
    runner = replace(runner, hypers={**runner.hypers, **own})
    runner = replace(runner, modifiers=_modified(runner, {name: float(value) for name, value in values.items()}))
    of_plan = {k.removeprefix(PLAN): float(value) for k, value in values.items() if k.startswith(PLAN)}
    if of_plan:
        plan = scene.plan_of(runner)
        plan = Plan(plan.schedule, {**plan.hypers, **of_plan})
        if scene.shared:
            scene = replace(scene, shared=plan)
        else:
            runner = replace(runner, plan=plan)
    return scene, runner


def _modified(runner: Runner, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The modifiers of a runner, with the values that are theirs."""
    return {
        key: {name: values.get(f"{key}.{name}", value) for name, value in settings.items()}
        for key, settings in runner.modifiers.items()
    }


def span(scene: Scene, runner: Runner, name: str) -> tuple[float, float]:
    """A range of one of the `axes` in which there is something to see, in one significant digit where it is cut."""
    hyper = axes(scene, runner)[name]
    low, high = hyper.low, hyper.high
    if name == "lr":
        largest = _limit(runner, runner.hypers, steepest(scene))
        low, high = (largest / 300, largest * 3) if largest else (runner.hypers[name] / 100, runner.hypers[name] * 10)
    elif name in ("steps", PLAN + WARMUP.name):
        high = 2.0 * scene.length
    elif name == "noise":
        high = max(1.0, 2 * scene.noise)
    elif hyper.scale == "one_minus":
        high = 0.999
    if hyper.scale == "log":
        low, high = (float(f"{value:.0e}") for value in (low, high))
    low, high = max(hyper.low, low), min(hyper.high, high)
    return (low, high) if low < high else (hyper.low, hyper.high)


def _limit(runner: Runner, hypers: Mapping[str, float], curvature: float | None) -> float | None:
    """The largest stable learning rate at a curvature, where theory knows one for the method as it is."""
    known = runner.spoken.stability if runner.by_its_rule else None
    return (
        None if curvature is None or known is None or known.divisor else theory.limit(runner.spoken, hypers, curvature)
    )


def nearest(scene: Scene) -> Point | None:
    """The minimum nearest to the start; None without one, or where the surface has an edge there."""
    surface, start = scene.record, scene.start
    if not surface.minima or not surface.smooth_at_minimum or start is None:
        return None
    return min(surface.minima, key=lambda minimum: math.dist(start, minimum))


def steepest(scene: Scene) -> float | None:
    """The largest curvature at the minimum nearest to the start; None without a smooth one, or where it is flat."""
    point = nearest(scene)
    curvature = 0.0 if point is None else float(curvatures(scene.record, *point)[1])
    return curvature if 0 < curvature < math.inf else None


@dataclass(frozen=True)
class Map:
    """What became of every cell, all arrays (rows, columns).

    loss: above the lowest known value, inf where the run left, overflowed or came where there is no value. when: the step
    at which it arrived, -1 if it did not. outcome: a word. overflow: whether it went past what a float can hold. x, y:
    (columns,), (rows,) values on the axes. best: (row, column) of the best cell.
    """

    x: np.ndarray
    y: np.ndarray
    loss: np.ndarray
    when: np.ndarray
    outcome: np.ndarray
    overflow: np.ndarray
    best: tuple[int, int]

    @property
    def robust(self) -> np.ndarray:
        """The cells whose loss is within a factor of the best: how exactly one has to hit.

        Losses that differ by less than the last digits of the largest are the same.
        """
        least = self.loss[self.best]
        kept = self.loss[np.isfinite(self.loss)]
        same = np.finfo(float).eps * (kept.max() if kept.size else 0.0)
        return np.asarray(self.loss <= max(ROBUST * least, same))


def hyper_map(
    scene: Scene, runner: Runner, x: tuple[str, Axis], y: tuple[str, Axis], size: int, progress: Progress | None = None
) -> Map:
    """The map of two settings, each (name of `axes`, its axis), of size x size cells."""
    xs, ys = x[1].values(size), y[1].values(size)
    apart = next((name for name in sorted((x[0], y[0]), key=lambda name: name != "steps") if _apart(name)), None)
    if apart is None:
        grid_x, grid_y = np.meshgrid(xs, ys)
        cells = _cells(scene, runner, {x[0]: grid_x.ravel(), y[0]: grid_y.ravel()}, progress)
        parts = [part.reshape(size, size) for part in cells]
    else:
        # One call for every value, with the other axis as its lanes.
        (along, values), (across, lanes) = ((x[0], xs), (y[0], ys)) if apart == x[0] else ((y[0], ys), (x[0], xs))
        distinct, back = np.unique(values, return_inverse=True)
        runs = []
        for i, value in enumerate(distinct):
            runs.append(_cells(scene, runner, {along: value, across: lanes}, None))
            if progress is not None:
                progress((i + 1) / len(distinct))
        columns = [np.stack(run, axis=1)[:, back] for run in zip(*runs, strict=True)]
        parts = columns if apart == x[0] else [part.T for part in columns]
    loss, when, outcome, overflow = parts
    return Map(xs, ys, loss, when, outcome, overflow, _best(loss, when))


def _apart(name: str) -> bool:
    """Whether lanes that differ in a setting cannot share a call: a length is that of all its runs, and a schedule of
    its own in every lane would take a table of lanes x steps."""
    return name == "steps" or name.startswith(PLAN)


def _cells(scene: Scene, runner: Runner, values: dict[str, Any], progress: Progress | None) -> tuple[np.ndarray, ...]:
    """Loss above the lowest, step of arrival, outcome and overflow of lanes that differ in some settings."""
    hypers, plan = dict(runner.hypers), dict(scene.plan_of(runner).hypers)
    start = np.array(scene.start, dtype=float)
    instead: dict[str, Any] = {}
    lanes = max(np.size(v) for v in values.values())
    for name, value in values.items():
        if name == "steps":
            instead[name] = int(value)
        elif name == "noise":
            instead[name] = value
        elif name in ("x", "y"):
            start = np.array(np.broadcast_to(start, (lanes, 2)))
            start[:, "xy".index(name)] = value
        elif name.startswith(PLAN):
            plan[name.removeprefix(PLAN)] = value
        elif name in hypers:
            hypers[name] = value
    instead["modifiers"] = _modified(runner, values)
    run = scene.run(runner, "end", hypers=hypers, schedule_hypers=plan, start=start, progress=progress, **instead)
    last = run.loss[:, -1]
    gap = np.maximum(last - scene.record.lowest, 0.0)
    gap[~np.isfinite(gap) | (run.outcome == ESCAPED)] = np.inf
    return (
        gap,
        np.where(run.outcome == ARRIVED, run.when, -1),
        run.outcome,
        ~np.isfinite(last) & (run.outcome != UNDEFINED),
    )


def _best(loss: np.ndarray, when: np.ndarray) -> tuple[int, int]:
    """The cell with the lowest loss; among equals the one that arrived first."""
    order = np.lexsort((np.where(when < 0, np.inf, when).ravel(), loss.ravel()))
    row, column = np.unravel_index(order[0], loss.shape)
    return int(row), int(column)


def edge(scene: Scene, runner: Runner, x: tuple[str, Axis], y: tuple[str, Axis], size: int = 33) -> np.ndarray | None:
    """log(lr / largest stable lr) over a map, (size, size) points from corner to corner: 0 at the edge of stability.

    The curvature is `steepest`. None where theory knows no such limit: no smooth minimum, a method that divides its
    gradients, or a rate that a schedule changes.
    """
    if scene.plan_of(runner).schedule != Plan().schedule:
        return None
    curvature = steepest(scene)
    shares = np.linspace(0, 1, size)
    values = np.empty((size, size))
    for row, down in enumerate(y[1].at(shares)):
        for column, right in enumerate(x[1].at(shares)):
            varied = {name: float(value) for name, value in ((x[0], right), (y[0], down)) if name in runner.hypers}
            hypers = {**runner.hypers, **varied}
            largest = _limit(runner, hypers, curvature)
            if not largest:
                return None
            values[row, column] = math.log(hypers["lr"] / largest)
    return values


def optimum(scene: Scene, runner: Runner, names: tuple[str, str]) -> dict[str, float] | None:
    """The fastest settings that theory knows on a quadratic, for those of two axes that are settings of the method.

    None where there are none, or where a setting that is on neither axis is not at its own best.
    """
    surface, known = scene.record, runner.spoken.stability
    if not (surface.quadratic and surface.minima and known and known.best) or scene.plan_of(runner) != Plan():
        return None
    low, high = (float(v) for v in curvatures(surface, *surface.minima[0]))
    if not 0 < low <= high < math.inf:
        return None
    tuned = theory.best(runner.spoken, low, high).hypers
    if any(not math.isclose(runner.hypers[k], v, rel_tol=1e-3) for k, v in tuned.items() if k not in names):
        return None
    return {name: tuned[name] for name in names if name in tuned} or None


@dataclass(frozen=True)
class Basins:
    """Where every start of a window leads, arrays (rows, columns) from the lower left corner.

    minimum: index into surface.minima, of the one it arrived at or circles around; -1 for none. when: the step of arrival,
    of leaving, or of the point without a value, else -1.
    """

    x: np.ndarray
    y: np.ndarray
    minimum: np.ndarray
    when: np.ndarray
    outcome: np.ndarray

    def shares(self) -> dict[int | str | tuple[str, int], float]:
        """Minimum, (CYCLING, the minimum in the middle), or the word of an outcome, -> share of all starts; the largest first."""
        counts: dict[int | str | tuple[str, int], int] = {}
        for word in map(str, WORDS):
            ended = self.minimum[self.outcome == word]
            which, number = np.unique(ended, return_counts=True)
            for k, count in zip(which.tolist(), number.tolist(), strict=True):
                counts[word if k < 0 else k if word == ARRIVED else (word, k)] = count
        found = sorted(counts.items(), key=lambda item: -item[1])
        return {name: count / self.minimum.size for name, count in found if count}


def basin_map(
    scene: Scene,
    runner: Runner,
    size: int,
    window: tuple[float, ...] | None = None,
    progress: Progress | None = None,
) -> Basins:
    """Where size x size starts lead. window: low x, high x, low y, high y; without it the surface's bounds."""
    (x0, x1), (y0, y1) = scene.record.bounds if window is None else (window[:2], window[2:])
    cells = (np.arange(size) + 0.5) / size
    xs, ys = x0 + cells * (x1 - x0), y0 + cells * (y1 - y0)
    starts = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    run = scene.run(runner, "end", start=starts, progress=progress)
    minimum, when, outcome = (part.reshape(size, size) for part in (run.minimum, run.when, run.outcome))
    return Basins(xs, ys, minimum, when, outcome)
