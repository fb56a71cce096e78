"""When to stop: what rules that people use would have chosen on a training, read off its curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Choice:
    """Where a rule ends a training, and what it keeps. end, kept: indices of epochs, None where the rule never ends it."""

    end: int | None
    kept: int | None


def lowest(validation: Sequence[float]) -> Choice:
    """The epoch with the lowest validation loss, which is known only afterwards: behind it the network overfits."""
    values = np.asarray(validation, float)
    if not np.isfinite(values).any():
        return Choice(None, None)
    best = int(np.nanargmin(values))
    return Choice(best, best)


def patience(validation: Sequence[float], epochs: int, at: Sequence[int] | None = None) -> Choice:
    """Early stopping: ends after so many epochs without a lower validation loss, and goes back to the lowest (Prechelt, 1998).

    at: the numbers of the epochs, where not all were looked at. Behind the end of a training it is not ended any more.
    """
    numbers = range(len(validation)) if at is None else at
    least, best = np.inf, None
    for epoch, value in enumerate(validation):
        if np.isnan(value):
            break
        if value < least:
            least, best = value, epoch
        elif best is not None and numbers[epoch] - numbers[best] >= epochs:
            return Choice(epoch, best)
    return Choice(None, None)


def threshold(training: Sequence[float], loss: float) -> Choice:
    """Ends as soon as the training loss lies below a number."""
    below = np.flatnonzero(np.asarray(training, float) < loss)
    return Choice(int(below[0]), int(below[0])) if len(below) else Choice(None, None)
