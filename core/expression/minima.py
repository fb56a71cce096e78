"""What can be found out about a function nobody has described: its minima, a start, learning rates.

Everything is read off one grid over the map, and polished from there with exact gradients. What is found
is found, not known: a minimum narrower than a cell of the grid can be missed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.spec import Bounds, Point

CELLS = 80  # a side
MOST = 20  # minima that are kept
STEEP = 3e3  # shorter sides: a slope beyond it leaves the map at the least learning rate there is, 1e-6
TRIED = 80  # lowest places of the grid that are polished
ROUGH = 30  # of them that may lie in a kink, where Newton's method does not end
NEAR = 1e-3  # of the shorter side: minima closer than this count as one, as they do on arrival
RING = 1e-4  # of the shorter side: how far around a minimum the function is looked at,
INNER = 1e-3  # and, as a share of that, once more: a kink keeps its slope on the way in, a pole its depth
LEVEL = 1e-9  # of the highest rise around a minimum: a floor that rises less in some direction is level there
AROUND = np.array([(math.cos(a), math.sin(a)) for a in np.arange(64) * (math.pi / 32)])
AROUND[np.abs(AROUND) < 1e-15] = 0.0  # straight up is straight up, even beside a pole
FLOOR = 1e-2  # of the shorter side: how far the floor of a valley is followed, where all is level nearby
BENT = 1e-9  # of the largest curvature: what is negative beyond it leads down from a saddle
FIVE = np.array([(i, j) for i in range(-2, 3) for j in range(-2, 3)], dtype=float)
CROSS = np.array([(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)], dtype=float)

Function = Callable[[np.ndarray, np.ndarray], np.ndarray]  # x, y -> f, ∂f/∂x, ∂f/∂y; shape (3, ...)
Bend = Callable[[np.ndarray, np.ndarray], np.ndarray]  # x, y -> the second derivatives by xx, xy and yy


@dataclass(frozen=True)
class Survey:
    """What was found. minima: the lowest first. smooth: the gradient vanishes at each of them."""

    minima: tuple[Point, ...]
    start: Point
    rates: dict[str, float]
    unbounded: bool
    smooth: bool


def survey(function: Function, bend: Bend, bounds: Bounds) -> Survey | None:
    """Look at a function over its map. None where it has no value anywhere on it."""
    (x0, x1), (y0, y1) = bounds
    size = min(x1 - x0, y1 - y0)
    x, y = np.linspace(x0, x1, CELLS + 1), np.linspace(y0, y1, CELLS + 1)
    X, Y = np.meshgrid(x, y)
    with np.errstate(all="ignore"):
        f, gx, gy = function(X, Y)
        known = np.isfinite(f) & np.isfinite(gx) & np.isfinite(gy)
        if not known.any():
            return None
        start = _start(X, Y, np.where(known, np.hypot(gx, gy), np.nan))
        pit = bool(np.isneginf(f).any())
        f = np.where(np.isfinite(f), f, np.inf)
        points = _newton(function, _low_places(f, X, Y, start), bounds)
        points = np.concatenate([points, _newton(function, _pushed(bend, points, size), bounds)])
        minima, smooth, pole = _settled(function, bend, points, bounds, start)
        rates = _rates(function, f, gx, gy, start, x[1] - x[0], y[1] - y[0], size)
    falls = f.min() < f[1:-1, 1:-1].min()  # the lowest place of the map is on its border
    return Survey(minima, start, rates, bool((falls or pole or pit) and not minima), smooth)


def _start(X: np.ndarray, Y: np.ndarray, slope: np.ndarray) -> Point:
    """The grid point nearest to the upper left, away from the border, with a slope that a run can go down."""
    wide, high = X[0, -1] - X[0, 0], Y[-1, 0] - Y[0, 0]
    far = ((X - X[0, 0]) / wide - 0.2) ** 2 + ((Y - Y[0, 0]) / high - 0.75) ** 2
    inner = np.zeros(X.shape, bool)
    inner[4:-4, 4:-4] = True
    sloping = (slope > 0) & (slope >= 0.2 * min(np.nanmedian(slope), STEEP * min(wide, high)))
    gentle = inner & (slope <= STEEP * min(wide, high))
    for wanted in (sloping & gentle, sloping, slope > 0, slope == slope):
        if wanted.any():
            i = np.argmin(np.where(wanted, far, np.inf))
            break
    return float(X.flat[i]), float(Y.flat[i])


def _low_places(f: np.ndarray, X: np.ndarray, Y: np.ndarray, start: Point) -> np.ndarray:
    """Grid points no higher than their eight neighbours, and a coarse grid in case none is: (n, 2), the lowest first."""
    middle = f[1:-1, 1:-1]
    low = np.isfinite(middle)
    for i in range(3):
        for j in range(3):
            low &= middle <= f[i : i + CELLS - 1, j : j + CELLS - 1]
    px, py, height = X[1:-1, 1:-1][low], Y[1:-1, 1:-1][low], middle[low]
    order = np.lexsort((np.hypot(px - start[0], py - start[1]), height))[:TRIED]
    coarse = (slice(CELLS // 16, None, CELLS // 8),) * 2
    everywhere = np.column_stack([X[coarse].ravel(), Y[coarse].ravel()])
    return np.concatenate([np.column_stack([px, py])[order], everywhere[np.isfinite(f[coarse].ravel())]])


def _newton(function: Function, points: np.ndarray, bounds: Bounds) -> np.ndarray:
    """Newton's method with a trust radius, all points at once: down everywhere, to the last digits at a minimum.

    The Hessian is a difference of exact gradients. Its curvatures are taken as positive, so that a step leads down.
    Returns the points that stayed on the map.
    """
    low, high = np.array(bounds).T
    size = (high - low).min()
    h = 1e-5 * size

    def look(p: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        at = p[:, None] + h * CROSS
        f, gx, gy = function(at[..., 0], at[..., 1])
        g = np.stack([gx, gy], axis=-1)
        hessian = np.stack([g[:, 1] - g[:, 2], g[:, 3] - g[:, 4]], axis=-1) / (2 * h)
        return f[:, 0], g[:, 0], np.where(np.isfinite(hessian), (hessian + hessian.swapaxes(1, 2)) / 2, 0.0)

    settled = []
    radius = np.full(len(points), 0.05 * size)
    f, g, H = look(points)
    for _ in range(60):
        step = -_solved(H, g)
        length = np.hypot(step[:, 0], step[:, 1])
        step *= np.minimum(1.0, radius / np.maximum(length, 1e-300))[:, None]
        step[~np.isfinite(step)] = 0.0
        new_f, new_g, new_H = look(points + step)
        # At the bottom f no longer tells, so there the gradient has to shrink.
        shrinks = (new_g**2).sum(axis=1) < (g**2).sum(axis=1)
        better = (new_f < f) | (shrinks & (new_f <= f + 1e-15 * np.abs(f)))
        points[better] += step[better]
        f[better], g[better], H[better] = new_f[better], new_g[better], new_H[better]
        radius = np.where(better, np.minimum(2 * radius, 0.2 * size), radius / 4)
        inside = (points > low).all(axis=1) & (points < high).all(axis=1)
        still = np.minimum(length, radius) <= 1e-13 * size
        settled.append(points[inside & still])
        points, radius, f, g, H = (array[inside & ~still] for array in (points, radius, f, g, H))
        if not len(points):
            break
    return np.concatenate([*settled, points])


def _solved(H: np.ndarray, g: np.ndarray) -> np.ndarray:
    """|H|⁻¹ g for symmetric 2 × 2 matrices (n, 2, 2), where |H| has the curvatures of H made positive."""
    a, b, d = H[:, 0, 0], H[:, 0, 1], H[:, 1, 1]
    mean, spread = (a + d) / 2, np.hypot((a - d) / 2, b)
    least = 1e-12 * (np.abs(mean) + spread) + 1e-300
    first, second = np.maximum(np.abs(mean + spread), least), np.maximum(np.abs(mean - spread), least)
    turn = np.arctan2(2 * b, a - d) / 2
    c, s = np.cos(turn), np.sin(turn)
    u, v = (c * g[:, 0] + s * g[:, 1]) / first, (c * g[:, 1] - s * g[:, 0]) / second
    return np.column_stack([c * u - s * v, s * u + c * v])


def _axes(bend: Bend, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The curvatures at some points, the smaller first, and along which directions: (n, 2) and (n, 2, 2), exactly.

    What is not finite counts as level.
    """
    xx, xy, yy = bend(points[:, 0], points[:, 1])
    H = np.stack([np.stack([xx, xy], axis=-1), np.stack([xy, yy], axis=-1)], axis=-2)
    H[~np.isfinite(H).all(axis=(1, 2))] = 0.0
    curvatures, directions = np.linalg.eigh(H)
    return curvatures, directions.swapaxes(1, 2)


def _pushed(bend: Bend, points: np.ndarray, size: float) -> np.ndarray:
    """Both ways down from every point that is a saddle."""
    curvatures, directions = _axes(bend, points)
    saddles = curvatures[:, 0] < -BENT * np.abs(curvatures).max(axis=1)
    off = FLOOR * size * directions[saddles, 0]
    return np.concatenate([points[saddles] + off, points[saddles] - off])


def _along_floor(function: Function, bend: Bend, points: np.ndarray, size: float, least: np.ndarray) -> np.ndarray:
    """The lowest rise along the floor of a valley around each point, both ways: (n,). least: what counts as one.

    A valley may be too narrow, or too bent, for any direction to hit its floor: y = 2x² leads down from the origin of
    (y - x²)(y - 3x²), which no straight line does (Peano). The floor is where the slope across it vanishes.
    """
    curvatures, directions = _axes(bend, points)
    across = directions[:, 1]
    f = function(points[:, 0], points[:, 1])[0]
    near, far = (
        np.min(
            [_floor(function, bend, points + way * reach * size * directions[:, 0], across) - f for way in (1, -1)],
            axis=0,
        )
        for reach in (RING, FLOOR)
    )
    rise = np.where(np.abs(near) > least, near, far)
    singular = np.abs(curvatures[:, 0]) <= 1e-6 * curvatures[:, 1]
    return np.where(singular & np.isfinite(rise), rise, np.inf)


def _floor(function: Function, bend: Bend, points: np.ndarray, across: np.ndarray) -> np.ndarray:
    """The height of the floor beside each point, by Newton's method along one direction."""
    for _ in range(4):
        _, gx, gy = function(points[:, 0], points[:, 1])
        xx, xy, yy = bend(points[:, 0], points[:, 1])
        u, v = across.T
        curvature = u * u * xx + 2 * u * v * xy + v * v * yy
        step = np.where(curvature > 0, -(u * gx + v * gy) / curvature, 0.0)
        points = points + np.where(np.isfinite(step), step, 0.0)[:, None] * across
    height: np.ndarray = function(points[:, 0], points[:, 1])[0]
    return height


def _settled(
    function: Function, bend: Bend, points: np.ndarray, bounds: Bounds, start: Point
) -> tuple[tuple[Point, ...], bool, bool]:
    """The minima among points, each once, the lowest first; whether all are smooth; whether any point is a pole.

    Of a level floor, which has no end of minima, one is kept: the nearest to the start.
    """
    low, high = np.array(bounds).T
    size = (high - low).min()
    points, f = _distinct(function, points, size)
    _, gx, gy = function(points[:, 0], points[:, 1])
    rough = np.flatnonzero(~(np.hypot(gx, gy) * size <= 1e-6 * np.maximum(np.abs(f), 1.0)))[:ROUGH]
    points[rough] = _zoomed(function, points[rough], size)
    points = points[(points > low).all(axis=1) & (points < high).all(axis=1)]
    points, f = _distinct(function, points, size)

    own = _axes(bend, points)[1]  # a valley too narrow for the ring is met along its own axis
    directions = np.concatenate([np.broadcast_to(AROUND, (len(points), *AROUND.shape)), own, -own], axis=1)

    def ring(p: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
        around = p[:, None] + radius * directions
        value, gx, gy = function(around[..., 0], around[..., 1])
        return value, np.hypot(gx, gy).max(axis=1)

    outer, slope = ring(points, RING * size)
    inner, inner_slope = ring(points, INNER * RING * size)
    rise = outer.max(axis=1) - f
    edge = np.isnan(outer).any(axis=1) | np.isnan(inner).any(axis=1)  # of where the function has values
    pole = ~edge & ~((inner.max(axis=1) - f <= 0.8 * rise) & np.isfinite(rise))
    least = LEVEL * rise + 1e-15 * np.abs(f)
    lowest = np.minimum(outer.min(axis=1) - f, _along_floor(function, bend, points, size, least))
    edge |= inner.min(axis=1) - f < -1e-4 * rise - 1e-14 * np.abs(f)  # still on a slope, however high it ends
    strict = ~edge & ~pole & (lowest > least)
    level = ~edge & ~pole & ~strict & (lowest >= -least)
    away = np.hypot(*(points - start).T)
    level &= f <= np.min(f, where=strict | level, initial=np.inf)
    level &= away <= np.min(away, where=level, initial=np.inf)

    kept = np.flatnonzero(strict | level)[:MOST]
    minima = points[kept]
    for axis in range(2):  # (1, 1), not (1.0000000000000002, 1)
        plain = minima.copy()
        plain[:, axis] = np.round(plain[:, axis], 4 - math.floor(math.log10(size))) + 0.0
        plainly = function(plain[:, 0], plain[:, 1])[0] <= f[kept] + 1e-12 * rise[kept]
        minima = np.where(plainly[:, None], plain, minima)
    smooth = not (inner_slope > 0.1 * slope)[kept].any()
    return tuple((float(a), float(b)) for a, b in minima), smooth, bool(pole.any())


def _distinct(function: Function, points: np.ndarray, size: float) -> tuple[np.ndarray, np.ndarray]:
    """Of points that are near one another the lowest, in order of height; and their heights."""
    f = function(points[:, 0], points[:, 1])[0]
    kept: list[int] = []
    for i in np.argsort(f, kind="stable"):
        if math.isfinite(f[i]) and not (np.abs(points[kept] - points[i]).max(axis=1) < NEAR * size).any():
            kept.append(int(i))
    return points[kept], f[kept]


def _zoomed(function: Function, points: np.ndarray, size: float) -> np.ndarray:
    """Walk to the lowest of 25 places around each point, halving the distance where that is the middle: for kinks."""
    distance = np.full(len(points), 0.01 * size)
    every = np.arange(len(points))
    for _ in range(60):
        at = points[:, None] + distance[:, None, None] * FIVE
        f = function(at[..., 0], at[..., 1])[0]
        f = np.where(np.isfinite(f), f, np.inf)
        f[:, len(FIVE) // 2] = np.nextafter(f[:, len(FIVE) // 2], -np.inf)  # a tie stays
        best = np.argmin(f, axis=1)
        points = at[every, best]
        distance = np.where(best == len(FIVE) // 2, distance / 3, distance)
    return points


def _rates(
    function: Function, f: np.ndarray, gx: np.ndarray, gy: np.ndarray, start: Point, dx: float, dy: float, size: float
) -> dict[str, float]:
    """A learning rate per family. Gradient descent that starts below a level stays below it at 1/λ.

    λ is the greatest curvature there, read off the grid; its outermost tenth is left out, as near a pole.
    """
    height, *slope = function(np.array(start[0]), np.array(start[1]))
    bends = [np.gradient(g, *spacing) for g, spacing in ((gx, (dy, dx)), (gy, (dy, dx)))]
    (xy, xx), (yy, yx) = bends
    curvature = np.abs((xx + yy) / 2) + np.hypot((xx - yy) / 2, (xy + yx) / 2)
    below = curvature[(f <= height) & np.isfinite(curvature)]
    sharp = float(np.quantile(below, 0.9)) if below.size else 0.0
    steep = float(np.hypot(*slope))
    if sharp * size > steep:
        rate = min(1 / sharp, 0.25 * size / steep if steep > 0 else math.inf)
    else:  # it hardly bends: fifty steps across the map
        rate = 0.02 * size / steep if steep > 0 else 0.01
    rates = {"gradient": rate, "momentum": rate / 3, "adagrad": size / 10, "adaptive": size / 100}
    return {family: float(f"{min(max(rate, 1e-6), 10.0):.0e}") for family, rate in rates.items()}
