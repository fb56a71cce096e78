"""A point that a method keeps beside the one it moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.spec.text import Text


@dataclass(frozen=True)
class Companion:
    """A point that a method keeps beside the one it moves: a mean of where it has been, say, or where it will be judged.

    place(x, t, <state>, <hyperparameters>): where it is after update t, one coordinate; lr is that of update t. It works on
    floats, on arrays, and compiled. What has no place in a picture before the first update may be x there.
    """

    key: str
    name: Text
    place: Callable[..., Any]
