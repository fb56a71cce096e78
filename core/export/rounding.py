"""The same run in another arithmetic: how far another library, or another computer, may come from it.

Two programs that compute the same formulas round differently, by a few units in the last place of every number. A run
that settles forgets that; one that hops across a ravine, or goes on dividing by gradients that are rounding and nothing
else, magnifies it until the two are at different places.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

import numpy as np

from core.engine import noise
from core.scene import Runner, Scene
from core.schedules._warmup import factors
from core.spec import Optimizer

LANES = 8  # so many that a sign which rounding decides comes out both ways
ULPS = 2  # so many units in the last place a result is off at most
POOL = 1 + np.finfo(float).eps * np.random.default_rng(0).integers(-ULPS, ULPS + 1, (4099, 2, LANES))
NUDGE = 1e-15  # a hair, as a share of what is moved
MORE = 100 * NUDGE  # what differences of nearly equal gradients make of a hair
EXACT = {np.negative, np.absolute, np.sign, np.maximum, np.minimum, np.floor, np.ceil}  # what no processor rounds


class Shaky(np.ndarray):
    """Numbers of a processor that rounds the result of every operation at random. What is exactly zero stays so."""

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        plain = [value.view(np.ndarray) if isinstance(value, Shaky) else value for value in inputs]
        result = np.asarray(getattr(ufunc, method)(*plain, **keywords))
        if result.dtype != float:
            return result
        return (result if ufunc in EXACT else hair(result)).view(Shaky)


class Drawn(threading.local):
    """How many roundings were drawn: a number of every thread's own, since two visitors may ask at the same time."""

    count = 0


drawn = Drawn()


def hair(values: np.ndarray) -> np.ndarray:
    """The same numbers, off by a few units in the last place. (Drawing afresh would take longer than all the rest.)"""
    drawn.count += 1
    off = POOL[drawn.count % len(POOL)]
    if values.ndim == 2:
        return np.asarray(values * off[:, : values.shape[1]])
    return np.asarray(values * off[0, : values.size].reshape(values.shape))


def shaky(values: Any) -> Shaky:
    """Numbers that are computed with in this way."""
    return np.array(values, dtype=float).view(Shaky)


def takes_arrays(optimizer: Optimizer) -> bool:
    """Whether an update may be given both coordinates at once: it asks no questions of them, and changes none in place."""
    given = [np.array([1.5, -0.5]) for _ in range(2 + len(optimizer.state))]
    before = [array.copy() for array in given]
    try:
        with np.errstate(all="ignore"):
            optimizer.update(*given[:2], 2.0, *given[2:], *optimizer.defaults.values())
    except ValueError:  # the truth value of an array is ambiguous
        return False
    return all(np.array_equal(array, kept) for array, kept in zip(given, before, strict=True))


@lru_cache(maxsize=16)
def shaken(scene: Scene, runner: Runner) -> np.ndarray:
    """(lanes, steps+1, 2) paths of `scene.run(runner)`, each with a rounding of its own.

    On an axis of symmetry, where a coordinate of the gradient is exactly zero, every arithmetic keeps to the axis.
    """
    plain = not (runner.record.plane or runner.modifiers or scene.stops) and scene.run(runner).momentum is None
    if not (plain and takes_arrays(runner.spoken)):
        return _nudged(scene, runner)
    drawn.count = 0
    with np.errstate(all="ignore"):
        return Shaken(scene, runner).paths()


def _nudged(scene: Scene, runner: Runner) -> np.ndarray:
    """The same of a method that looks around, a pair of numbers at a time: runs that are begun a hair beside the start.

    Such a method divides by what it learns of the curvature, and so magnifies what neither the start nor its rate shows:
    the rounding of the gradients whose difference it takes, and more than a hair of its other hyperparameters.
    """
    steepest = float(np.nanmax(np.abs(scene.run(runner).gradient), initial=0.0))
    nudge = np.array([0.0, 1.0, -1.0, 0.0, 0.0, 0.0])  # of start and rate, a lane each
    hypers = {name: value * (1 + NUDGE * nudge) if name == "lr" else value for name, value in runner.hypers.items()}
    for h in runner.record.hypers:
        if h.name != "lr" and not h.integer:
            hypers[h.name] = np.append(np.full(5, runner.hypers[h.name]), runner.hypers[h.name] * (1 + MORE) or MORE)
    noisy = np.array([0.0, 0.0, 0.0, 1.0, 0.0, 0.0]) * NUDGE * (steepest if np.isfinite(steepest) else 1.0)
    starts = np.array(scene.start) * (1 + NUDGE * np.array([[0, 0], [0, 0], [0, 0], [0, 0], [1, -1], [0, 0]]))
    return scene.run(runner, start=starts, hypers=hypers, noise=scene.noise + noisy).x[1:]


class Shaken:
    """A run with its lanes side by side: points, gradients and states are (2, lanes)."""

    def __init__(self, scene: Scene, runner: Runner) -> None:
        self.scene, self.surface, self.optimizer = scene, scene.record, runner.spoken
        self.rates = Rates(scene, runner)
        self.hypers = [runner.hypers[h.name] for h in self.optimizer.hypers if h.name != "lr"]
        self.examples, self.noise = _examples(scene), _noise(scene)

    def paths(self) -> np.ndarray:
        """(lanes, steps+1, 2)"""
        x = hair(np.repeat(np.array(self.scene.start, dtype=float)[:, None], LANES, axis=1))
        state = [np.full((2, LANES), float(self.optimizer.initial.get(name, 0.0))) for name in self.optimizer.state]
        found = np.full((self.scene.length + 1, 2, LANES), np.nan)
        resting = np.zeros(LANES, dtype=bool)
        for t in range(len(found)):
            loss = np.array(self.surface.value(*shaky(x)), dtype=float)
            lost = ~(np.isfinite(loss) & np.isfinite(x).all(axis=0))
            x = np.where(lost, np.nan, x)
            found[t] = x
            if t == self.scene.length or lost.all():
                break
            new, state = self.step(t, x, loss, state)
            if self.surface.box:
                new = np.clip(new, *np.array(self.surface.box).T[..., None])
            resting |= self.at_rest(x, new)
            x = np.where(resting, x, new)
        return found.transpose(2, 0, 1)

    def step(
        self, t: int, x: np.ndarray, loss: np.ndarray, state: list[np.ndarray]
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """An update of every lane."""
        lr, g = self.rates.at(t, loss), self.gradient(t, x)
        slots = [shaky(values) for values in state]
        moved = self.optimizer.update(shaky(x), shaky(g), float(t + 1), *slots, shaky(lr), *self.hypers)
        new, *state = (np.array(np.broadcast_to(values, x.shape)) for values in moved)
        return new, state

    def gradient(self, t: int, x: np.ndarray) -> np.ndarray:
        """The gradient that update t sees at points (2, lanes), with its noise."""
        at = shaky(hair(x) if self.surface.program is not None else x)  # a typed function is computed elsewhere
        slopes = [self.surface.gradient(at[0], at[1])]
        if self.examples is not None and self.surface.samples:
            slopes = [self.surface.samples.gradient(at[0], at[1], k) for k in self.examples[t]]
        each = np.array([[np.broadcast_to(part, x[0].shape) for part in slope] for slope in slopes], dtype=float)
        seen: np.ndarray = hair(each.sum(axis=0) / len(each)) + self.noise[t][:, None]
        return seen

    def at_rest(self, x: np.ndarray, new: np.ndarray) -> np.ndarray:
        """Which lanes are at a minimum, and make a step no longer than the tolerance."""
        tolerance, minima = self.scene.tolerance, self.surface.minima
        if tolerance is None or not minima:
            return np.zeros(LANES, dtype=bool)
        away = ((np.array(minima)[:, :, None] - x) ** 2).sum(axis=1).min(axis=0)
        rest: np.ndarray = (away <= tolerance**2) & (((new - x) ** 2).sum(axis=0) <= tolerance**2)
        return rest


class Rates:
    """The learning rate of every update and lane."""

    def __init__(self, scene: Scene, runner: Runner) -> None:
        plan = scene.plan_of(runner)
        self.schedule, self.length, self.lr = plan.record.spoken(runner.dialect), scene.length, runner.hypers["lr"]
        own = {h.name: plan.hypers[h.name] for h in self.schedule.hypers}
        self.hypers = list(own.values())
        self.ramp = factors(self.schedule, scene.length, dict(plan.hypers))
        first = [self.schedule.initial.get(name, 0.0) for name in self.schedule.state]
        self.memory = [list(first) for _ in range(LANES)]

    def at(self, t: int, loss: np.ndarray) -> np.ndarray:
        """(lanes,) the rates of update t, before which the losses were these."""
        shares = np.ones(LANES)
        if self.schedule.watches_loss:
            for k, memory in enumerate(self.memory):
                share, *memory[:] = self.schedule.factor(
                    float(t), float(self.length), float(loss[k]), *memory, *self.hypers
                )
                shares[k] = share
        return np.asarray(self.lr * self.ramp[t] * shares)


def _noise(scene: Scene) -> np.ndarray:
    """(steps, 2) the noise on every gradient."""
    if not scene.noise:
        return np.zeros((scene.length, 2))
    steps = np.arange(scene.length, dtype=np.uint64)
    return np.asarray(scene.noise * np.stack(noise.normals(np.array([scene.seed], dtype=np.uint64), steps), axis=1))


def _examples(scene: Scene) -> np.ndarray | None:
    """(steps, batch) the examples that every update sees; None where it sees the whole function."""
    samples, batch = scene.record.samples, scene.batch_size
    if not samples or not batch:
        return None
    numbers = np.arange(scene.length * batch, dtype=np.uint64)
    if samples.in_turn:
        drawn = numbers % np.uint64(samples.count)
    else:
        drawn = noise.example(noise.stream(np.array([scene.seed], dtype=np.uint64)), numbers, np.uint64(samples.count))
    return np.asarray(drawn.astype(int).reshape(scene.length, batch))
