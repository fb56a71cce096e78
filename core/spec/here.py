"""What a method that moves both coordinates together sees of the surface."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Here:
    """What a plane method may ask of the surface around its point.

    f: the value at p. lowest: that of the lowest known minimum. look(x, y) -> (f, ∂f/∂x, ∂f/∂y) elsewhere,
    with the same examples and the same noise as the gradient at p. bend() -> (∂²f/∂x², ∂²f/∂x∂y, ∂²f/∂y²) at p.
    """

    f: float
    lowest: float
    look: Callable[[float, float], tuple[float, float, float]]
    bend: Callable[[], tuple[float, float, float]]
