"""The height map of a surface, and the scale on which its lines are evenly spaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

SPAN = 10.0  # a surface whose highest point lies this many times above its median is drawn in logarithms


@dataclass(frozen=True)
class Relief:
    """f on an even grid over the bounds, and how a value becomes a height.

    x: (n,), y: (n,), f: (n, n) with f[row, column] at (x[column], y[row]); nan where f is not finite.
    height(f) = log10(1 + (f - low) / unit) on a logarithmic scale, f itself on a linear one.
    """

    x: np.ndarray
    y: np.ndarray
    f: np.ndarray
    scale: Literal["linear", "log"]
    low: float
    unit: float

    def height(self, f: np.ndarray) -> np.ndarray:
        """How high a value is drawn."""
        if self.scale == "linear":
            return f
        return np.asarray(np.log10(1 + np.maximum(f - self.low, 0) / self.unit))


def relief(
    value: Callable[[Any, Any], Any], bounds: tuple[tuple[float, float], tuple[float, float]], n: int = 121
) -> Relief:
    """Evaluate a surface on an n × n grid and choose the scale on which its shape can be seen."""
    x, y = (np.linspace(low, high, n) for low, high in bounds)
    with np.errstate(all="ignore"):
        f = np.asarray(value(*np.meshgrid(x, y)), dtype=float)
    f = np.where(np.isfinite(f), f, np.nan)
    if np.isnan(f).all():
        return Relief(x, y, f, "linear", 0.0, 1.0)
    low, middle, high = np.nanmin(f), np.nanmedian(f), np.nanmax(f)
    if high - low <= SPAN * (middle - low):
        return Relief(x, y, f, "linear", float(low), 1.0)
    # One unit is where logarithms take over from straight lines: well below the median,
    # so that the floor of a valley still has contour lines.
    return Relief(x, y, f, "log", float(low), float(max(middle - low, 1e-9 * (high - low)) / 30))
