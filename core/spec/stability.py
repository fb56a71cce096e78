"""Where a method is stable, in closed form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Stability:
    """Up to which lr · curvature a linear method is stable on a quadratic.

    bound: called with the method's other hyperparameters by name. formula: the same, for people.
    best(low, high) -> the fastest hyperparameters between two curvatures, by name; what is missing is 0.
    divisor(t, <state>, <hyperparameters>): what a method divides each coordinate by in update t. The bound is
    then one on curvatures divided alike.
    """

    bound: Callable[..., float]
    formula: str
    best: Callable[[float, float], Mapping[str, float]] | None = None
    divisor: Callable[..., Any] | None = None
