"""Good hyperparameters for a runner: a seeded search within a stated number of gradients, and marks on a slider.

First an even cover of the whole range, then covers of ever smaller boxes around the best. Every round is one call of
`descend`. The points of a cover are those of the additive recurrence of M. Roberts (2018), a Kronecker sequence that
fills a box of any dimension evenly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.curvature import curvatures
from core.engine.descend import Run
from core.engine.outcome import ARRIVED, ESCAPED
from core.engine.sweep import Progress
from core.maps import Axis, nearest
from core.scene import Runner, Scene
from core.spec import Hyper, Point, Surface
from core.theory import limit

ROUNDS = 6
SHRINK = 0.45  # side of the next box
SEEDS = 8  # runs of one setting where the gradients are noisy


@dataclass(frozen=True)
class Tuned:
    """What a search found.

    came, runner: the runner as it came, and with the best settings. before, score: of their runs, the smaller the
    better; see `score`. spent: how many gradients were computed.
    """

    came: Runner
    runner: Runner
    before: float
    score: float
    spent: int


def score(run: Run, surface: Surface) -> np.ndarray:
    """(lanes,) how good each run is, from its path; the smaller the better.

    Below 1 the share of the steps that it took to arrive; from 1 to 3 how much loss is left, on a logarithmic scale; 4
    for a run that left. One that leaves the map and comes back is not shown to anyone as the best: 4 more, and what it
    would have been otherwise.
    """
    steps = run.loss.shape[1] - 1
    gap = np.log10(np.maximum(run.loss[:, -1] - surface.lowest, 1e-300))
    left = (run.outcome == ESCAPED) | ~np.isfinite(run.loss[:, -1])
    unarrived = np.where(left, 4.0, 2.0 + np.tanh(np.where(left, 0.0, gap) / 10))
    scores = np.where(run.outcome == ARRIVED, run.when / (steps + 1), unarrived)
    low, high = np.transpose(surface.bounds)
    start = run.x[:, :1]
    inside = (run.x >= np.minimum(low, start)) & (run.x <= np.maximum(high, start))
    return np.asarray(scores + 4.0 * ~inside.all(axis=(1, 2)))


def searched(runner: Runner) -> tuple[Hyper, ...]:
    """What a search moves: the learning rate, and the decays of running means. Options that are off stay off."""
    return tuple(h for h in runner.spoken.hypers if h.name == "lr" or (h.scale == "one_minus" and h.default > 0))


def tune(
    scene: Scene,
    runner: Runner,
    budget: int = 400_000,
    names: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> Tuned:
    """The best settings of a runner in a scene that `budget` gradients can find.

    names: hyperparameters to move; without them those of `searched`. The same request gives the same answer.
    Raises ValueError for a name that the optimizer does not have, and for a budget too small for one round.
    """
    hypers = {h.name: h for h in runner.spoken.hypers}
    moved = searched(runner) if names is None else tuple(hypers[name] for name in names if name in hypers)
    unknown = [] if names is None else [name for name in names if name not in hypers]
    if unknown or not moved:
        raise ValueError(f"names: expected some of {', '.join(hypers)}, got {unknown or 'none'}")
    each = scene.length * _repeats(scene)
    count = (budget // each - 3) // ROUNDS  # the runner as it came and the one that was found are run as well
    if budget < least_budget(scene):
        raise ValueError(f"budget: expected at least {least_budget(scene)} gradients for this scene, got {budget}")

    axes = [Axis(h, h.low, h.high) for h in moved]
    low, high = np.zeros(len(axes)), np.ones(len(axes))
    best = np.array([axis.share(np.clip(runner.hypers[axis.hyper.name], axis.low, axis.high)) for axis in axes])
    before = least = float(_scores(scene, runner, axes, best[None])[0])
    for turn in range(ROUNDS):
        points = low + (high - low) * cover(count, len(axes), turn)
        found = _scores(scene, runner, axes, points)
        i = int(np.argmin(found))
        if found[i] < least:
            best, least = points[i], float(found[i])
        side = SHRINK ** (turn + 1) / 2
        low, high = np.clip(best - side, 0, 1), np.clip(best + side, 0, 1)
        if progress is not None:
            progress((turn + 1) / ROUNDS)
    # Four digits are easier to read and to repeat, where they do as well.
    exact = [float(axis.at(share)) for axis, share in zip(axes, best, strict=True)]
    short = [
        float(np.clip(float(f"{value:.4g}"), axis.low, axis.high)) for axis, value in zip(axes, exact, strict=True)
    ]
    again = np.array([axis.share(value) for axis, value in zip(axes, short, strict=True)])
    of_short, of_exact = _scores(scene, runner, axes, np.stack([again, best]))
    values, final = (short, of_short) if of_short <= min(of_exact * 1.02, before) else (exact, of_exact)
    tuned = runner
    if final < before:
        for axis, value in zip(axes, values, strict=True):
            tuned = tuned.with_hyper(axis.hyper.name, value)
    return Tuned(runner, tuned, before, min(float(final), before), (count * ROUNDS + 3) * each)


def least_budget(scene: Scene) -> int:
    """The fewest gradients that a search in this scene can do with: four settings a round."""
    return (4 * ROUNDS + 3) * scene.length * _repeats(scene)


def _repeats(scene: Scene) -> int:
    """Runs of one setting: several where chance has a say."""
    return SEEDS if scene.noisy else 1


def cover(count: int, dimensions: int, turn: int) -> np.ndarray:
    """(count, dimensions) points that fill the unit box evenly, others in every turn."""
    root = 2.0
    for _ in range(40):  # the positive root of x^(d+1) = x + 1: the golden ratio for one dimension
        root = (1 + root) ** (1 / (dimensions + 1))
    steps = root ** -np.arange(1, dimensions + 1)
    counter = np.arange(turn * count + 1, (turn + 1) * count + 1)
    return np.asarray((0.5 + counter[:, None] * steps) % 1.0)


def _scores(scene: Scene, runner: Runner, axes: list[Axis], shares: np.ndarray) -> np.ndarray:
    """(points,) the score of every point, averaged over seeds where the gradients are noisy."""
    repeat = _repeats(scene)
    hypers = {**runner.hypers}
    for axis, share in zip(axes, shares.T, strict=True):
        hypers[axis.hyper.name] = np.repeat(axis.at(share), repeat)  # type: ignore[assignment]
    seeds = np.tile(scene.seed + np.arange(repeat), len(shares))
    run = scene.run(runner, hypers=hypers, seed=seeds)
    means: np.ndarray = score(run, scene.record).reshape(-1, repeat).mean(axis=1)
    return means


@dataclass(frozen=True)
class Sweep:
    """The score of a runner over learning rates: (rates,) both, and the best of them."""

    rates: np.ndarray
    scores: np.ndarray

    @property
    def best(self) -> float:
        """The rate in the middle of the best ones: of a range of equals the ends are the least safe."""
        good = np.flatnonzero(self.scores <= self.scores.min() + 1e-12)
        return float(self.rates[good[len(good) // 2]])


def sweep_rates(scene: Scene, runner: Runner, count: int = 96) -> Sweep:
    """The score of every learning rate of the slider's range, all else being equal: one call of the engine."""
    lr = next(h for h in runner.spoken.hypers if h.name == "lr")
    axis = Axis(lr, lr.low, lr.high)
    shares = (np.arange(count) + 0.5) / count
    return Sweep(axis.at(shares), _scores(scene, runner, [axis], shares[:, None]))


@dataclass(frozen=True)
class Ruler:
    """Learning rates worth marking on a slider: where the method turns unstable at the start and at the nearest
    minimum, None where theory knows no limit; and the best rate of a sweep."""

    start: float | None
    minimum: float | None
    best: float


def ruler(scene: Scene, runner: Runner) -> Ruler:
    """The marks for the learning rate of a runner, all else being as it is."""
    surface, optimizer = scene.record, runner.spoken

    def limit_at(point: Point | None) -> float | None:
        pointed = not surface.smooth_at_minimum and point in surface.minima
        if point is None or pointed or (optimizer.stability and optimizer.stability.divisor):
            return None
        sharpness = float(curvatures(surface, *point)[1])
        return limit(optimizer, runner.hypers, sharpness) if sharpness > 0 else None

    return Ruler(limit_at(scene.start), limit_at(nearest(scene)), sweep_rates(scene, runner).best)
