"""Good hyperparameters for a runner: a seeded search within a stated number of gradients, and marks on a slider.

First an even cover of the whole range, then covers of ever smaller boxes around the best. Every round is one call of
`descend`. The points of a cover are those of the additive recurrence of M. Roberts (2018), a Kronecker sequence that
fills a box of any dimension evenly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np

from core.curvature import curvatures
from core.engine.descend import Run
from core.engine.outcome import ARRIVED, CYCLING, ESCAPED, LOOPS
from core.engine.sweep import Progress
from core.maps import Axis, nearest
from core.scene import Runner, Scene
from core.spec import Hyper, Point, Surface
from core.theory import limit

ROUNDS = 6
SHRINK = 0.45  # side of the next box
SEEN = 1e-10  # of the loss at the start is less than anybody can see: what ends lower has ended at the bottom
DIGITS = (3, 5)  # of the settings that are found; more where fewer do not do as well
ALIKE = 0.01  # scores that differ by less are as good: the losses differ by less than half
COARSE, FINE = 96, 32  # rates of a sweep over the whole slider, and of each of two around its best
SWEPT = COARSE + 2 * FINE
FINALISTS = 3  # settings that a search sweeps over in the end
EQUAL = 1e-12  # scores of a sweep that differ by no more are the same
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

    What counts first is how low it ends: from 1 to 3 the loss above the lowest known value, on a logarithmic scale, and
    for a run that goes round in a loop the highest of that. Below 1 are those that end as low as anybody can see: there
    it is the share of the steps that it took to arrive. 4 for a run that left, or came where there is no value. One that
    leaves the map and comes back is not shown to anyone as the best: 4 more, and what it would have been otherwise.
    """
    return _scored(run, _ends(run), run.loss[:, 0], run.loss.shape[1] - 1, surface)


def _ends(run: Run) -> np.ndarray:
    """(lanes,) how high the runs end, from their paths."""
    return np.where(run.outcome == CYCLING, run.loss[:, -LOOPS:].max(axis=1), run.loss[:, -1])


def _scored(run: Run, ends: np.ndarray, begin: np.ndarray | float, steps: int, surface: Surface) -> np.ndarray:
    """The same from how high the runs begin and end, which needs no paths."""
    lowest = 0.0 if surface.unbounded else surface.lowest
    escaped, arrived = run.outcome == ESCAPED, run.outcome == ARRIVED
    with np.errstate(invalid="ignore"):  # of those that are lost
        return np.asarray(mark(ends, begin, lowest, surface.unbounded, escaped, arrived, run.when, steps, run.strayed))


def mark(end, begin, lowest, unbounded, escaped, arrived, when, steps, strayed):  # type: ignore[no-untyped-def]
    """The score of a run that begins and ends so high, and has so many steps: the formula, for numbers or arrays.

    unbounded: there is no lowest value to measure from. escaped, arrived, strayed: whether it is. when: since which step.
    """
    lost = np.logical_or(escaped, np.logical_not(np.isfinite(end)))
    gap, whole = np.maximum(end - lowest, 1e-300), np.maximum(begin - lowest, 1e-300)
    done = np.logical_and(np.logical_not(unbounded), gap <= SEEN * whole)
    level = np.where(unbounded, np.arcsinh(end), np.log10(gap))
    left = np.where(done, np.where(arrived, when / (steps + 1), 1.0), 2.0 + np.tanh(level / 10.0))
    return np.where(lost, 4.0, left) + 4.0 * strayed


def searched(runner: Runner, replaced: str = "") -> tuple[Hyper, ...]:
    """What a search moves: the learning rate, and the decays of running means. Options that are off stay off.

    replaced: the hyperparameter that a schedule sets, which is not worth a search; see `Scene.replaced`.
    """
    known = [h for h in runner.spoken.hypers if h.name != replaced]
    return tuple(h for h in known if h.name == "lr" or (h.scale == "one_minus" and h.default > 0))


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
    moved = (
        searched(runner, scene.replaced(runner))
        if names is None
        else tuple(hypers[name] for name in names if name in hypers)
    )
    unknown = [] if names is None else [name for name in names if name not in hypers]
    if unknown or not moved:
        raise ValueError(f"names: expected some of {', '.join(hypers)}, got {unknown or 'none'}")
    each = scene.length * _repeats(scene)
    if budget < least_budget(scene):
        raise ValueError(f"budget: expected at least {least_budget(scene)} gradients for this scene, got {budget}")
    affordable = budget // each - 1 - len(DIGITS)  # the runner as it came, and the one that was found, are run as well
    swept = SWEPT * FINALISTS if any(h.name == "lr" for h in moved) else 0
    swept = swept if affordable >= 2 * swept else 0
    count = (affordable - swept) // ROUNDS
    spent = (1 + len(DIGITS) + swept + count * ROUNDS) * each

    axes = [Axis(h, h.low, h.high) for h in moved]
    tried, scores = _explored(scene, runner, axes, count, progress)
    before = float(scores[0])
    order = tried[np.argsort(scores, kind="stable")]
    short = np.array([_short(axes, order[0], digits) for digits in DIGITS])
    of_short = _scores(scene, runner, axes, short)
    chosen = int(np.argmax(of_short <= of_short.min() + ALIKE))  # few digits are easier to read and to repeat
    tuned, final = _with(runner, axes, short[chosen]), float(of_short[chosen])
    if swept:  # the rate that the ruler names for these settings, where it does as well
        finalists = dict.fromkeys(
            _with(runner, axes, _short(axes, point, 3)).with_hyper("lr", runner.hypers["lr"]) for point in order
        )
        sweeps = [(finalist, sweep_rates(scene, finalist)) for finalist in islice(finalists, FINALISTS)]
        finalist, sweep = min(sweeps, key=lambda pair: pair[1].least)
        if sweep.least <= final + ALIKE:
            tuned, final = finalist.with_hyper("lr", sweep.best), sweep.least
    return (
        Tuned(runner, tuned, before, final, spent) if final < before else Tuned(runner, runner, before, before, spent)
    )


def _explored(
    scene: Scene, runner: Runner, axes: list[Axis], count: int, progress: Progress | None
) -> tuple[np.ndarray, np.ndarray]:
    """(points, axes) settings and their scores: those that came, then in every round so many on the average.

    Of a single setting most go to the first round: the boxes are soon small enough, and the way to a lower minimum is narrow.
    """
    later = max(count // 4, 2) if len(axes) == 1 else count
    counts = [count * ROUNDS - later * (ROUNDS - 1)] + [later] * (ROUNDS - 1)
    low, high = np.zeros(len(axes)), np.ones(len(axes))
    tried = np.array([[runner.hypers[axis.hyper.name] for axis in axes]])
    scores = _scores(scene, runner, axes, tried)
    for turn in range(ROUNDS):
        points = _values(axes, low + (high - low) * cover(counts[turn], len(axes), turn))
        tried = np.concatenate([tried, points])
        scores = np.concatenate([scores, _scores(scene, runner, axes, points)])
        best = tried[np.argmin(scores)]
        at = [axis.share(np.clip(value, axis.low, axis.high)) for axis, value in zip(axes, best, strict=True)]
        side = SHRINK ** (turn + 1) / 2
        low, high = np.clip(np.array(at) - side, 0, 1), np.clip(np.array(at) + side, 0, 1)
        if progress is not None:
            progress((turn + 1) / ROUNDS)
    return tried, scores


def _with(runner: Runner, axes: list[Axis], values: np.ndarray) -> Runner:
    """The runner with other settings."""
    for axis, value in zip(axes, values.tolist(), strict=True):
        runner = runner.with_hyper(axis.hyper.name, value)
    return runner


def least_budget(scene: Scene) -> int:
    """The fewest gradients that a search in this scene can do with: four settings a round."""
    return (4 * ROUNDS + 1 + len(DIGITS)) * scene.length * _repeats(scene)


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


def _values(axes: list[Axis], shares: np.ndarray) -> np.ndarray:
    """(points, axes) the values at shares of the axes."""
    return np.stack([axis.at(share) for axis, share in zip(axes, shares.T, strict=True)], axis=-1)


def _short(axes: list[Axis], values: np.ndarray, digits: int) -> np.ndarray:
    """Values (..., axes) in so many digits, within the range; of a decay they are those of its distance from 1."""

    def shortened(hyper: Hyper, column: np.ndarray) -> np.ndarray:
        if hyper.scale == "one_minus":
            short = [round(1 - float(f"{1 - value:.{digits}g}"), 15) for value in column.ravel().tolist()]
        else:
            short = [float(f"{value:.{digits}g}") for value in column.ravel().tolist()]
        return np.asarray(np.clip(np.reshape(short, column.shape), hyper.low, hyper.high))

    columns = np.moveaxis(np.asarray(values), -1, 0)
    return np.stack([shortened(axis.hyper, column) for axis, column in zip(axes, columns, strict=True)], axis=-1)


def _scores(scene: Scene, runner: Runner, axes: list[Axis], values: np.ndarray) -> np.ndarray:
    """(points,) the score of every point (points, axes), averaged over seeds where the gradients are noisy."""
    repeat = _repeats(scene)
    hypers = {**runner.hypers}
    for axis, column in zip(axes, values.T, strict=True):
        hypers[axis.hyper.name] = np.repeat(column, repeat)  # type: ignore[assignment]
    seeds = np.tile(scene.seed + np.arange(repeat), len(values))
    run = scene.run(runner, keep="end", hypers=hypers, seed=seeds)
    ends = run.loss[:, -1]
    if (loops := np.flatnonzero(run.outcome == CYCLING)).size:  # of which the last point alone tells too little
        alone = {name: np.broadcast_to(value, len(ends))[loops] for name, value in hypers.items()}
        ends[loops] = _ends(scene.run(runner, hypers=alone, seed=seeds[loops]))
    begin = float(scene.record.value(*(scene.start or scene.record.start)))
    means: np.ndarray = _scored(run, ends, begin, scene.length, scene.record).reshape(-1, repeat).mean(axis=1)
    return means


@dataclass(frozen=True)
class Sweep:
    """The score of a runner over learning rates: (rates,) both, ascending, and the best of them."""

    rates: np.ndarray
    scores: np.ndarray

    @property
    def least(self) -> float:
        return float(self.scores.min())

    @property
    def best(self) -> float:
        """The rate in the middle of the best ones: of a range of equals the ends are the least safe."""
        return float(self.rates[self._middle])

    @property
    def _middle(self) -> int:
        good = np.flatnonzero(self.scores <= self.scores.min() + EQUAL)
        return int(good[len(good) // 2])


def sweep_rates(scene: Scene, runner: Runner) -> Sweep:
    """The score of learning rates over the slider's whole range, all else being equal, and closer around the best.

    `SWEPT` rates in three calls of the engine, each in three digits, so that what is read can be set.
    """
    lr = next(h for h in runner.spoken.hypers if h.name == "lr")
    axis = Axis(lr, lr.low, lr.high)

    def scored(shares: np.ndarray) -> Sweep:
        rates = np.unique(_short([axis], axis.at(shares)[:, None], 3))
        return Sweep(rates, _scores(scene, runner, [axis], rates[:, None]))

    found = scored((np.arange(COARSE) + 0.5) / COARSE)
    width = 1 / COARSE
    for _ in range(2):
        middle = float(axis.share(found.best))
        closer = scored(np.clip(middle + width * np.linspace(-1, 1, FINE), 0, 1))
        rates, first = np.unique(np.concatenate([found.rates, closer.rates]), return_index=True)
        found, width = Sweep(rates, np.concatenate([found.scores, closer.scores])[first]), 2 * width / FINE
    return found


@dataclass(frozen=True)
class Ruler:
    """Learning rates worth marking on a slider.

    start, minimum: above which the method is unstable on a quadratic that bends as the surface does at the start, and at
    the minimum nearest to it; None where theory knows no such limit, or a schedule changes the momentum that it
    goes by. best: of the rates of a sweep the one that ends lowest, for this start, so many steps and the other settings as
    they are. It may lie above the limit at a minimum that is not reached.
    """

    start: float | None
    minimum: float | None
    best: float


def ruler(scene: Scene, runner: Runner) -> Ruler:
    """The marks for the learning rate of a runner, all else being as it is."""
    surface, optimizer = scene.record, runner.spoken
    known = (
        runner.by_its_rule and not (optimizer.stability and optimizer.stability.divisor) and not scene.replaced(runner)
    )

    def limit_at(point: Point | None) -> float | None:
        pointed = not surface.smooth_at_minimum and point in surface.minima
        if point is None or pointed or not known:
            return None
        sharpness = float(curvatures(surface, *point)[1])
        return limit(optimizer, runner.hypers, sharpness) if sharpness > 0 else None

    return Ruler(limit_at(scene.start), limit_at(nearest(scene)), sweep_rates(scene, runner).best)
