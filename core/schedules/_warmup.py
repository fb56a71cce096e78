"""Warm-up, a wrapper of any schedule: a straight climb to its first rate before it begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from core.spec import Hyper, Schedule, Text

WARMUP = Hyper("warmup_steps", "w", 0, 0, 1000, label=Text("warm-up steps", "워밍업 스텝"), integer=True)


def climb(t: Any, w: Any) -> Any:
    """Factor of the update with index t = 0, 1, ...: 1/(w+1), 2/(w+1), ..., and 1 from index w on.

    It starts above zero, so that no update is wasted.
    """
    return np.minimum((t + 1) / (w + 1), 1.0)


def from_zero(t: Any, w: Any) -> Any:
    """Keras and optax climb 0, 1/w, 2/w, ..., and are at 1 from index w on as well: their first update moves nothing."""
    return np.where(t < w, t / np.maximum(w, 1), 1.0)


def climb_of(schedule: Schedule) -> Callable[[Any, Any], Any]:
    """The climb of the source whose dialect a schedule speaks."""
    return from_zero if schedule.dialect in ("keras", "optax") else climb


def factors(schedule: Schedule, steps: int, hypers: dict[str, Any], t: np.ndarray | None = None) -> np.ndarray:
    """Factor of lr for every update: (steps,), or (lanes, steps) where a hyperparameter is (lanes, 1).

    t: without it all updates of the run, else those with these indices.

    The climb ends at the first rate of the wrapped schedule, which then has the rest of the run, as
    with PyTorch's SequentialLR. For a schedule that watches the loss, the climb alone.
    """
    w = hypers["warmup_steps"]
    t = np.arange(steps, dtype=float) if t is None else t
    up = climb_of(schedule)(t, w)
    if schedule.watches_loss:
        return np.asarray(up)
    own = {name: value for name, value in hypers.items() if name != "warmup_steps"}
    after = np.maximum(t - w, 0.0)
    length = np.maximum(steps - w, 1)
    return np.asarray(up * schedule.factor(after, length, *own.values()))


def momenta(schedule: Schedule, steps: int, hypers: dict[str, Any], t: np.ndarray | None = None) -> np.ndarray:
    """The momentum that a schedule puts beside every one of its `factors`, in the same shape; nan where it puts none.

    During the climb it rests at its first value, as with PyTorch's SequentialLR.
    """
    t = np.arange(steps, dtype=float) if t is None else t
    if schedule.momentum is None:
        return np.full(t.shape, np.nan)
    w = hypers["warmup_steps"]
    own = {name: value for name, value in hypers.items() if name != "warmup_steps"}
    return np.asarray(schedule.momentum(np.maximum(t - w, 0.0), np.maximum(steps - w, 1), *own.values()))
