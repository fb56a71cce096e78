"""Lines cut at the edge of what is shown: nothing far outside is drawn, and what leaves does so at the right place."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.spec import Bounds


class Piece(NamedTuple):
    """What is left of a line between two cuts. points: (n, 2). skipped: how long the line was before it."""

    points: np.ndarray
    skipped: float


def cut(points: np.ndarray, box: Bounds, unit: tuple[float, float] = (1.0, 1.0)) -> list[Piece]:
    """The pieces of a line through points (n, 2) that lie within a box; it is broken where a point is not finite.

    unit: of x and of y, in which lengths are measured.
    """
    points = np.asarray(points, float)
    a, b = points[:-1], points[1:]
    whole = np.isfinite(a).all(1) & np.isfinite(b).all(1)
    (at,) = np.nonzero(whole)
    start, end, met = _segments(a[at], b[at], box)
    if not met.any():
        return []
    with np.errstate(all="ignore"):
        lengths = np.where(whole, np.hypot(*((b - a) * unit).T), 0.0)
        before = np.concatenate([[0.0], np.cumsum(lengths)])[at] + np.hypot(*((start - a[at]) * unit).T)
    at, start, end, before = at[met], start[met], end[met], before[met]
    # A piece goes on where the next segment begins at the very point at which this one ends.
    goes_on = (np.diff(at) == 1) & (end[:-1] == b[at[:-1]]).all(1) & (start[1:] == a[at[1:]]).all(1)
    firsts = np.flatnonzero(np.concatenate([[True], ~goes_on]))
    lasts = np.append(firsts[1:], len(at))
    return [
        Piece(np.concatenate([start[i : i + 1], end[i:j]]), float(before[i]))
        for i, j in zip(firsts, lasts, strict=True)
    ]


def inside(points: np.ndarray, box: Bounds) -> np.ndarray:
    """Which of some points (..., 2) lie within a box."""
    low, high = np.transpose(box)
    return np.asarray(((points >= low) & (points <= high)).all(-1))


def wider(shown: Bounds, share: float | tuple[float, float]) -> Bounds:
    """A box around what is shown, wider by a share of its width and height on every side."""
    (x0, x1), (y0, y1) = shown
    across, up = np.multiply(share, (x1 - x0, y1 - y0))
    return (float(x0 - across), float(x1 + across)), (float(y0 - up), float(y1 + up))


def bounded(x: np.ndarray, y: np.ndarray, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """A curve y over x (n,) that runs along an edge where it would lie beyond it, with a point where it meets the edge.

    So the area under it is cut at the edge too. What is not finite stays as it is.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    for edge, side in ((low, -1.0), (high, 1.0)):
        with np.errstate(invalid="ignore"):
            beyond = side * y > side * edge
        (at,) = np.nonzero((beyond[:-1] != beyond[1:]) & np.isfinite(y[:-1]) & np.isfinite(y[1:]))
        curve = np.stack([x, y], -1)
        met = _crossing(curve[at], curve[at + 1], 1, edge)
        x = np.insert(x, at + 1, met[:, 0])
        y = np.insert(np.where(beyond & np.isfinite(y), edge, y), at + 1, edge)
    return x, y


def _segments(a: np.ndarray, b: np.ndarray, box: Bounds) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The ends of segments from a to b (n, 2) once they are cut, and which of them meet the box."""
    a, b = a.copy(), b.copy()
    met = np.ones(len(a), bool)
    for axis, edges in enumerate(box):
        for edge, side in zip(edges, (-1.0, 1.0), strict=True):
            out_a, out_b = side * a[:, axis] > side * edge, side * b[:, axis] > side * edge
            met &= ~(out_a & out_b)
            for out, ends, others in ((out_a & ~out_b, a, b), (out_b & ~out_a, b, a)):
                ends[out] = _crossing(ends[out], others[out], axis, edge)
    return a, b, met


def _crossing(a: np.ndarray, b: np.ndarray, axis: int, edge: float) -> np.ndarray:
    """Where segments from a to b (n, 2) meet the edge that lies between their ends.

    Reckoned from the nearer end, for a share of nearly 1 would lose all digits; and halved, for a length may overflow.
    """
    nearer = (np.abs(edge / 2 - a[:, axis] / 2) <= np.abs(edge / 2 - b[:, axis] / 2))[:, None]
    near, far = np.where(nearer, a, b), np.where(nearer, b, a)
    n, f = near[:, axis] / 2, far[:, axis] / 2
    share = ((edge / 2 - n) / (f - n))[:, None]
    found = near * (1 - share) + far * share
    found[:, axis] = edge
    return np.asarray(found)
