"""A rate-range test: one run in which the learning rate grows from step to step, and what is read off its losses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.scene import Runner, Scene
from core.schedules._growth import SCHEDULE as GROWTH

COARSE = 2.0  # where a step multiplies the rate by more, nothing is known of what lies between two of them
BLOWN = 4.0  # so many times the best loss is more than any rate of use brings, as in fastai and keras_lr_finder


@dataclass(frozen=True)
class RangeTest:
    """What was met at every rate.

    rates: (steps,), growing by the same factor. loss: (steps,) after the update at that rate, inf where it is lost.
    smooth: (steps,) its running mean. steepest: where that falls fastest, on a logarithmic axis of the rates; None where
    it does not fall, or the rates are too far apart to tell. blown: where the loss explodes; None where it does not.
    needed: the fewest steps between which nothing is missed.
    """

    rates: np.ndarray
    loss: np.ndarray
    smooth: np.ndarray
    steepest: int | None
    blown: int | None
    needed: int


def range_test(scene: Scene, runner: Runner, low: float, high: float, smoothing: float) -> RangeTest:
    """Run a runner with a rate that grows from low to high. smoothing: of the running mean, in [0, 1); 0 for none."""
    run = scene.run(
        runner,
        hypers={**runner.hypers, "lr": high},
        schedule=GROWTH,
        schedule_hypers={"low": low / high},
    )
    rates = high * GROWTH.factor(np.arange(float(scene.length)), scene.length, low / high)
    loss = np.where(np.isfinite(run.loss[1:]), run.loss[1:], np.inf)
    smooth = running_mean(loss, smoothing)
    floor = scene.record.lowest if scene.record.minima else -np.inf
    blown = explosion(smooth, float(run.loss[0]), floor)
    needed = int(np.ceil(np.log(high / low) / np.log(COARSE))) + 1
    steep = steepest(rates[:blown], smooth[:blown]) if scene.length >= needed else None
    return RangeTest(rates, loss, smooth, steep, blown, needed)


def running_mean(loss: np.ndarray, smoothing: float) -> np.ndarray:
    """(n,) exponential means with Adam's correction of the beginning: the first is the first loss itself.

    From the first loss that is lost on there is no mean any more: inf.
    """
    means, mean = np.full_like(loss, np.inf), 0.0
    known = int(np.isfinite(loss).argmin()) if not np.isfinite(loss).all() else len(loss)
    for i, value in enumerate(loss[:known]):
        mean = smoothing * mean + (1 - smoothing) * value
        means[i] = mean / (1 - smoothing ** (i + 1))
    return means


def explosion(smooth: np.ndarray, start: float, floor: float) -> int | None:
    """The first index at which all that was won is lost again, and more than that.

    The height above the floor is more than four times the best so far, and more than at the start. The first alone,
    which libraries ask for, would be met on a map by a loss that has come down to 1e-12 and goes up to 1e-11; the second
    alone by noise at the beginning.
    """
    best = np.minimum.accumulate(np.append(start, smooth))[:-1]
    with np.errstate(invalid="ignore"):
        far = smooth - floor > BLOWN * (best - floor) if np.isfinite(floor) else smooth > best
    found = np.flatnonzero(~np.isfinite(smooth) | (far & (smooth > start)))
    return int(found[0]) if found.size else None


def steepest(rates: np.ndarray, smooth: np.ndarray) -> int | None:
    """The index at which a curve falls fastest, up to its lowest point."""
    down = int(smooth.argmin()) + 1 if smooth.size else 0
    if down < 3:
        return None
    slope = np.gradient(smooth[:down], np.log(rates[:down]))
    return int(slope.argmin()) if slope.min() < 0 else None
