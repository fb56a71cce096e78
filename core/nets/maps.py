"""Maps of networks: what becomes of a training over two of its settings, the learning rate across and another one up.

Every cell is a whole training of an experiment's network, with the first of its seeds. The rows of a map run upwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.engine.given import said
from core.engine.sweep import Progress
from core.nets.data import Data
from core.nets.experiment import MOST_KEPT, SETTINGS, Experiment, Quantity, Up
from core.nets.task import Enough
from core.nets.train import Training, train
from core.scene.runner import Runner
from core.spec import Hyper

MOST_WORK = 3e10  # multiplications and additions of one map: a second and a half of two cores
SAVED = (
    0.2  # of the work, at least, where trainings are shortened: for less nobody is told of other epochs than the film's
)
MOST_CELLS = 64  # of a side
SIZES, ENOUGH = (
    (40, 24, 12),
    10,
)  # cells of a side of a map that is looked at; with so many epochs there is something to see
PER_EXAMPLE, PER_EPOCH, PER_CELL = (
    3.5e3,
    4e4,
    2e6,
)  # what a training takes besides its multiplications, in as many of them
RATES, DECAYS, FARTHEST = (1e-4, 10.0), (1e-5, 0.1), 0.999  # learning rates, strengths of l2, the longest memory


@dataclass(frozen=True)
class Side:
    """One side of a map: what is varied, and its value in every row or column, the lowest first.

    Of sizes of batches the last value is 0, for all examples, of which there are `all`.
    """

    hyper: Hyper
    values: tuple[float, ...]
    all: int = 0

    def share(self, value: float) -> float:
        """Where on the side a value lies, between 0 and 1; one beyond either end lies outside."""
        at = [self._even(v) for v in self.values]
        here = self._even(value)
        steps = np.diff(at)
        i = int(np.clip(np.searchsorted(at, here, "right") - 1, 0, len(steps) - 1)) if len(steps) else 0
        index = i + (here - at[i]) / steps[i] if len(steps) else 0.0
        return float((index + 0.5) / len(self.values))

    def _even(self, value: float) -> float:
        """A number that grows evenly along the side."""
        if self.hyper.scale == "one_minus":
            return -float(np.log1p(-value))
        if self.all:
            return float(np.log2(min(value, self.all) or self.all))
        if value > 0:
            return float(np.log(value))
        positive = [v for v in self.values if v > 0]  # 0 lies a row below the least
        return float(np.log(positive[0]) - np.log(positive[1] / positive[0]))


@dataclass(frozen=True, eq=False)
class NetworkMap:
    """What became of every cell, all arrays (rows, columns), rows of `y`, columns of `x`.

    loss, val_loss, accuracy, val_accuracy: at the end; nan where there is none, and in cells that were not reached before the
    work was ended. Where the loss grew beyond all numbers it is inf, and exploded the update at which it did, else -1.
    best: (row, column) of the lowest training loss, None if there is none. epochs: of each training. start: the loss before any.
    """

    x: Side
    y: Side
    loss: np.ndarray
    val_loss: np.ndarray
    accuracy: np.ndarray
    val_accuracy: np.ndarray
    exploded: np.ndarray
    best: tuple[int, int] | None
    epochs: int
    start: float

    @property
    def whole(self) -> bool:
        """Whether every cell was reached."""
        return not np.isnan(self.loss).any()

    def best_by(self, by: Quantity) -> tuple[int, int] | None:
        """The best cell by a quantity; among equals the one with the lowest training loss."""
        return _best(getattr(self, by), self.loss, by)


def ups(runner: Runner) -> tuple[Up, ...]:
    """What a map of a runner can have on its way up."""
    return ("batch", "memory", "l2") if memory(runner) else ("batch", "l2")


def memory(runner: Runner) -> Hyper | None:
    """The hyperparameter that says how much is remembered, where there is one."""
    return next((h for h in runner.spoken.hypers if h.scale == "one_minus"), None)


def subject(experiment: Experiment, which: int, up: Up) -> Experiment:
    """The experiment of a map: one runner and one seed, and at its usual value what the sides vary: the key of a cache."""
    _check(experiment, which, up)
    runner, remembers = experiment.runners[which].bare, memory(experiment.runners[which])
    usual = {h.name: h.default for h in runner.spoken.hypers if h.name == "lr" or (up == "memory" and h is remembers)}
    return replace(
        experiment.trained,
        runners=(replace(runner, hypers={**runner.hypers, **usual}),),
        batch=0 if up == "batch" else experiment.batch_of(which),
        batches=(),
        l2=0.0 if up == "l2" else experiment.l2,
        seeds=1,
    )


def sides(experiment: Experiment, which: int, up: Up, size: int = SIZES[0]) -> tuple[Side, Side]:
    """What a map has across and up; of sizes of batches there are only the powers of two, and all."""
    _check(experiment, which, up, size)
    runner = experiment.runners[which]
    rate = next(h for h in runner.spoken.hypers if h.name == "lr")
    x = Side(rate, _short(np.geomspace(max(rate.low, RATES[0]), min(rate.high, RATES[1]), size)))
    remembers = memory(runner)
    if up == "batch":
        kept = experiment.kept
        powers = (2**i for i in range(kept.bit_length()) if 2**i < kept)
        y = Side(SETTINGS["batch"], (*map(float, powers), 0.0), kept)
    elif up == "memory" and remembers:
        longest = min(remembers.high, FARTHEST)
        forgets = _short(np.geomspace(1 - remembers.low, 1 - longest, size))
        y = Side(remembers, tuple(round(1 - v, 9) for v in forgets))
    else:
        y = Side(SETTINGS["l2"], (0.0, *_short(np.geomspace(*DECAYS, size - 1))))
    return x, y


def affordable(experiment: Experiment, which: int, up: Up, size: int = SIZES[0]) -> int:
    """Epochs of each training of a map: those of the experiment, or what keeps the map affordable; 0 where even one is not."""
    one, two = (work(replace(experiment, epochs=epochs), which, up, size) for epochs in (1, 2))
    if one > MOST_WORK:
        return 0
    epochs = int((MOST_WORK - one) / (two - one)) + 1
    return epochs if epochs <= (1 - SAVED) * experiment.epochs else experiment.epochs


def fineness(experiment: Experiment, which: int, up: Up) -> int:
    """Cells of a side of the finest map whose trainings are long enough to show something."""
    one = subject(experiment, which, up)
    enough = min(one.epochs, -(-ENOUGH // one.each))
    return next((size for size in SIZES if affordable(experiment, which, up, size) >= enough), SIZES[-1])


def work(experiment: Experiment, which: int, up: Up, size: int = SIZES[0]) -> float:
    """Multiplications and additions of a map, roughly."""
    x, y = sides(experiment, which, up, size)
    one = subject(experiment, which, up)
    batches = y.values if up == "batch" else (one.batch,) * len(y.values)
    found = sum(replace(one, batch=int(b)).work for b in set(batches)) * len(batches) / len(set(batches))
    besides = (PER_EXAMPLE * one.kept + PER_EPOCH) * one.epochs + PER_EXAMPLE * one.kept + PER_CELL
    return (found + besides * len(batches)) * len(x.values)


def network_map(
    experiment: Experiment,
    which: int,
    up: Up,
    size: int = SIZES[0],
    progress: Progress | None = None,
    epochs: int | None = None,
) -> NetworkMap:
    """Train the experiment's network with one of its runners for every learning rate, and every setting of what goes up.

    which: the number of the runner. up: the size of the batches, what the optimizer remembers, or weight decay. size: cells
    of a side. epochs: of each training, instead of `affordable`. Where progress raises `core.Enough`, the map has the cells
    that were reached by then. Raises ValueError, in one sentence, for what cannot be had.
    """
    x, y = sides(experiment, which, up, size)
    one = subject(experiment, which, up)
    rounds = affordable(experiment, which, up, size) if epochs is None else epochs
    if isinstance(rounds, bool) or not isinstance(rounds, (int, np.integer)) or rounds < 1:
        if epochs is None:
            raise ValueError(
                "epochs: a single one in every cell would be too much work; take a smaller network, or fewer examples"
            )
        raise ValueError(f"epochs: expected a whole number of at least 1, got {said(epochs)}")
    one, remembers = replace(one, epochs=int(rounds)), memory(one.runners[0])
    rows = [_row(one, up, value) for value in y.values]
    found = np.full((5, len(y.values), len(x.values)), np.nan)
    found[4] = -1
    costs = np.array([row.work for row in rows])
    begun = np.concatenate([[0.0], np.cumsum(costs)]) / costs.sum()
    few = max(1, MOST_KEPT // (one.network.parameters * (one.epochs + 1 if one.patience else 2)))
    start, enough = np.nan, False

    def tell(low: float, high: float) -> Progress | None:
        def told(share: float) -> None:
            nonlocal enough
            try:
                progress(low + share * (high - low))  # type: ignore[misc]
            except Enough:
                enough = True
                raise

        return told if progress is not None else None

    data = one.data
    for i, (row, value) in enumerate(zip(rows, y.values, strict=True)):
        own = {remembers.name: value} if up == "memory" and remembers else {}
        for lo in range(0, len(x.values), few):
            rates = x.values[lo : lo + few]
            ends = begun[i] + np.array([lo, lo + len(rates)]) / len(x.values) * (begun[i + 1] - begun[i])
            done = _trained(row, data, [{"lr": rate, **own} for rate in rates], tell(*ends))
            found[:, i, lo : lo + len(rates)] = _last(done, row.steps)
            start = float(done.loss[0, 0, 0]) if np.isnan(start) else start
            if enough:
                break
        if enough:
            break
    loss, val_loss, accuracy, val_accuracy, exploded = found
    best = _best(loss, loss, "loss")
    return NetworkMap(x, y, loss, val_loss, accuracy, val_accuracy, exploded.astype(np.int64), best, one.epochs, start)


def _row(one: Experiment, up: Up, value: float) -> Experiment:
    """The experiment of a row."""
    if up == "batch":
        return replace(one, batch=int(value))
    return replace(one, l2=value) if up == "l2" else one


def _trained(one: Experiment, data: Data, settings: Sequence[dict[str, float]], progress: Progress | None) -> Training:
    """A training of the only runner for each of some settings."""
    runner = one.runners[0]
    return train(
        data,
        [replace(runner, hypers={**runner.hypers, **own}) for own in settings],
        layers=one.layers,
        activation=one.activation,
        init=one.init,
        batch_size=one.batch or None,
        epochs=one.epochs,
        l2=one.l2,
        dropout=one.dropout,
        batch_norm=one.batch_norm,
        clip=one.clip or None,
        patience=(one.patience or None) if len(data.vx) else None,
        moments=[0, one.steps],
        progress=progress,
    )


def _last(done: Training, steps: int) -> np.ndarray:
    """(5, lanes): the four numbers at the end of each training, and the update at which it exploded."""
    stopped, exploded = done.stopped[:, 0] >= 0, done.exploded[:, 0].copy()
    reached = np.isfinite(done.batch_loss[:, 0, steps - 1]) | (exploded >= 0) | stopped
    found = np.full((5, len(exploded)), np.nan)
    for k, name in enumerate(("loss", "val_loss", "accuracy", "val_accuracy")):
        curve: np.ndarray = getattr(done, name)[:, 0]
        there = ~np.isnan(done.loss[:, 0])
        final = curve.shape[1] - 1 - there[:, ::-1].argmax(axis=1)  # patience ends a training before the last moment
        found[k] = np.where(stopped, curve[np.arange(len(curve)), final], curve[:, -1])
    gone = reached & ((exploded >= 0) | ~np.isfinite(found[0]))
    exploded[gone & (exploded < 0)] = steps
    found[:, gone] = np.array([np.inf, np.inf if len(done.data.vx) else np.nan, np.nan, np.nan, 0])[:, None]
    found[:, ~reached] = np.nan
    found[4] = exploded
    return found


def _best(values: np.ndarray, loss: np.ndarray, by: Quantity) -> tuple[int, int] | None:
    """The cell with the best value."""
    worth = -values if by == "accuracy" else values
    if not np.isfinite(worth).any():
        return None
    order = np.lexsort((loss.ravel(), np.where(np.isfinite(worth), worth, np.inf).ravel()))
    row, column = np.unravel_index(order[0], loss.shape)
    return int(row), int(column)


def _short(values: np.ndarray) -> tuple[float, ...]:
    """In two digits, or three where cells lie close: what a visitor can read and set."""
    digits = 2 if abs(np.log(values[1] / values[0])) > 0.14 else 3
    return tuple(float(f"{value:.{digits - 1}e}") for value in values)


def _check(experiment: Experiment, which: Any, up: Any, size: Any = SIZES[0]) -> None:
    """Raises ValueError for a map that cannot be had."""
    count = len(experiment.runners)
    if isinstance(which, bool) or not isinstance(which, (int, np.integer)) or not 0 <= which < count:
        raise ValueError(f"which: expected the number of one of {count} runners, counted from 0, got {said(which)}")
    if not experiment.ready:
        raise ValueError("experiment: there is nothing to train with yet; give it rows of at least two classes")
    possible = ups(experiment.runners[which])
    if up not in possible:
        name = experiment.runners[which].record.name
        raise ValueError(f"up: for {name} expected one of {', '.join(possible)}, got {said(up)}")
    if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or not 3 <= size <= MOST_CELLS:
        raise ValueError(f"size: expected a whole number from 3 to {MOST_CELLS}, got {said(size)}")
