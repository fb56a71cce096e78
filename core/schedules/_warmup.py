"""Warm-up, a wrapper of any schedule: a straight climb to its first rate before it begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from core.spec import Hyper, Schedule, Text, telling

WARMUP = Hyper("warmup_steps", "w", 0, 0, 1000, label=Text("warm-up steps", "워밍업 스텝"), integer=True)
WARMUP_START = Hyper(
    "warmup_start",
    "w₀",
    0.0,
    0.0,
    1.0,
    label=Text("where the warm-up begins (0: a step above nothing)", "워밍업의 첫 비율(0이면 맨 아래에서)"),
    rare=True,
)
CLIMB = (WARMUP, WARMUP_START)  # what every schedule has beside its own hyperparameters, in this order


def climb(t: Any, w: Any, start: Any = 0.0) -> Any:
    """Factor of the update with index t = 0, 1, ...: 1/(w+1), 2/(w+1), ..., and 1 from index w on.

    It starts above zero, so that no update is wasted; or at the share `start`, from which it goes straight to 1 as well.
    """
    from_share = np.where(t < w, start + (1 - start) * t / np.maximum(w, 1), 1.0)
    return np.where(start > 0, from_share, np.minimum((t + 1) / (w + 1), 1.0))


def from_zero(t: Any, w: Any, start: Any = 0.0) -> Any:
    """Keras and optax climb 0, 1/w, 2/w, ..., and are at 1 from index w on as well: their first update moves nothing.

    Unless they begin at the share `start`.
    """
    return np.where(t < w, start + (1 - start) * t / np.maximum(w, 1), 1.0)


def climb_of(schedule: Schedule) -> Callable[[Any, Any, Any], Any]:
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
    up = climb_of(schedule)(t, w, hypers.get(WARMUP_START.name, 0.0))
    if schedule.watches_loss:
        return np.asarray(up)
    own = [hypers[h.name] for h in telling(schedule.hypers, hypers)]
    after = np.maximum(t - w, 0.0)
    length = np.maximum(steps - w, 1)
    return np.asarray(up * schedule.factor(after, length, *own))


def replaced(schedule: Schedule, steps: int, own: Mapping[str, Any], plan: Mapping[str, Any]) -> tuple[int, np.ndarray]:
    """The row of the hyperparameter `own` that a schedule changes beside the rate, and (lanes or 1, steps) what it is.

    own, plan: hyperparameters of the optimizer and of the schedule, numbers or (lanes,). The array is (1, 0), and the row
    0, where the schedule changes none.
    """
    name = schedule.replaces(own)
    columns = {key: np.atleast_1d(values)[:, None] for key, values in plan.items()}
    found = np.atleast_2d(momenta(schedule, steps, columns)) if name else np.full((1, 1), np.nan)
    unchanged = np.isnan(found)
    if unchanged.all():
        return 0, np.empty((1, 0))
    if unchanged.any():
        found = np.where(unchanged, np.atleast_1d(own[name])[:, None], found)
    return [*own].index(name), np.ascontiguousarray(found)


def momenta(schedule: Schedule, steps: int, hypers: dict[str, Any], t: np.ndarray | None = None) -> np.ndarray:
    """The momentum that a schedule puts beside every one of its `factors`, in the same shape; nan where it puts none.

    During the climb it rests at its first value, as with PyTorch's SequentialLR.
    """
    t = np.arange(steps, dtype=float) if t is None else t
    if schedule.momentum is None:
        return np.full(t.shape, np.nan)
    w = hypers["warmup_steps"]
    own = [hypers[h.name] for h in telling(schedule.hypers, hypers)]
    return np.asarray(schedule.momentum(np.maximum(t - w, 0.0), np.maximum(steps - w, 1), *own))
