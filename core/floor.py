"""Where minima are no single points: the line or the curve of them that a run comes down to.

A function of one variable is lowest all along a line, a valley with a flat floor all along a curve. Their minima cannot
all be listed, so the one that matters is found from the point at hand.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

from core.curvature import hessian
from core.spec import Point, Surface

Form = Literal["point", "line", "curve", "none"]
STEPS = 100  # of Newton's method: towards the floor of x⁴ each leaves two thirds of the way
STEEP = 1e-3  # a curvature below this share of the largest is along the floor, not towards it
NEAR, ALONG = (
    1e-4,
    0.05,
)  # shares of the map: how far around a point it is asked whether it is a minimum, and of which form
LEVEL = 1e-6  # of what the function rises across a floor is how little it may rise along it
RING = np.stack([np.cos(np.arange(64) * math.pi / 32), np.sin(np.arange(64) * math.pi / 32)], axis=-1)


class Floor(NamedTuple):
    """What lies at the bottom below a point.

    form: a minimum that is a single point, one of a straight line or of a curve of equals, or no minimum. point: the nearest
    of them that was found. lowest: whether none lower is known. normal: (a, b) of a line a·x + b·y = c, the larger one 1.
    """

    form: Form
    point: Point
    lowest: bool
    normal: Point = (0.0, 0.0)


@lru_cache(maxsize=64)  # some ten milliseconds where a floor is flat to the fourth order
def floor_below(surface: Surface, point: Point) -> Floor:
    """What lies at the bottom below a point, which should be near it already."""
    bottom = _down(surface, np.asarray(point, float))
    here = (float(bottom[0]), float(bottom[1]))
    value = float(surface.value(*here))
    lowest = value <= surface.lowest + 1e-9 * max(1.0, abs(surface.lowest)) if surface.minima else True
    around = _rise(surface, bottom, NEAR * surface.size)
    low = (around < -1e-12 * max(1.0, abs(value))).any()
    if math.dist(here, point) > surface.size / 2 or not np.isfinite(around).all() or low or around.max() <= 0:
        return Floor("none", here, False)
    flat = RING[int(np.argmin(around + np.roll(around, 32)))]  # along the line through the point that rises least
    reach = ALONG * surface.size
    across = float(_rise(surface, bottom, reach).max())
    ahead = [_down(surface, bottom + side * reach * flat) for side in (1, -1)]
    level = [abs(float(surface.value(*end)) - value) <= LEVEL * across for end in ahead]
    moved = [float(np.linalg.norm(end - bottom)) > reach / 2 for end in ahead]
    if not all(level + moved):
        return Floor("point", here, lowest)
    first, second = (end - bottom for end in ahead)
    bend = abs(first[0] * second[1] - first[1] * second[0]) / (np.linalg.norm(first) * np.linalg.norm(second))
    if bend > 1e-3:
        return Floor("curve", here, lowest)
    a, b = second[1] - first[1], first[0] - second[0]
    largest = a if abs(a) >= abs(b) else b
    a, b = (float(part) if abs(part) > 1e-6 else 0.0 for part in (a / largest, b / largest))
    return Floor("line", here, lowest, (a, b))


@lru_cache(maxsize=64)
def form_of(surface: Surface, minimum: Point) -> Form:
    """Whether a known minimum is a single point, or one of a line or a curve of them."""
    return floor_below(surface, minimum).form


def _down(surface: Surface, point: np.ndarray) -> np.ndarray:
    """Where the steep directions lead from a point: Newton's method, deaf to what bends little or the other way."""
    longest = 0.25 * surface.size
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            slope = np.array([float(part) for part in surface.gradient(*point)])
            bend = hessian(surface, *point)
            if not (np.isfinite(slope).all() and np.isfinite(bend).all()):
                break
            curvatures, ways = np.linalg.eigh(bend)
            steep = curvatures > STEEP * max(float(curvatures[1]), 0.0)
            along = ways.T @ slope
            step = ways @ np.where(steep, along / np.where(steep, curvatures, 1.0), 0.0)
            length = float(np.linalg.norm(step))
            if length <= 1e-13 * surface.size or not math.isfinite(length):
                break
            new = point - step * min(1.0, longest / length)
            if not float(surface.value(*new)) <= float(surface.value(*point)):
                break
            point = new
    return point


def _rise(surface: Surface, point: np.ndarray, radius: float) -> np.ndarray:
    """How much the function rises from a point to those around it."""
    with np.errstate(all="ignore"):
        x, y = (point + radius * RING).T
        values = np.broadcast_to(np.asarray(surface.value(x, y), float), x.shape)
        return np.asarray(values - float(surface.value(*point)))
