"""How strongly a surface bends: its Hessian as a matrix, and the eigenvalues of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.spec import Surface


def hessian(surface: Surface, x: Any, y: Any) -> np.ndarray:
    """The matrix of second derivatives, (..., 2, 2), at numbers or arrays x and y; not finite where it is not defined."""
    with np.errstate(all="ignore"):
        here = 0.0 * (np.asarray(x) + y)  # nan where there is no point, even if the Hessian is the same everywhere
        xx, xy, yy = (second + here for second in surface.hessian(x, y))
    return np.stack([np.stack([xx, xy], axis=-1), np.stack([xy, yy], axis=-1)], axis=-2)


def curvatures(surface: Surface, x: Any, y: Any) -> np.ndarray:
    """The two eigenvalues of the Hessian, (..., 2), the smaller first; nan where it is not finite."""
    return eigenvalues(hessian(surface, x, y))


def eigenvalues(matrices: np.ndarray) -> np.ndarray:
    """Of symmetric matrices (..., n, n), ascending: (..., n); nan where a matrix is not finite."""
    known = np.isfinite(matrices).all(axis=(-2, -1), keepdims=True)
    return np.where(known[..., 0], np.linalg.eigvalsh(np.where(known, matrices, 0.0)), np.nan)


def sharpness(surface: Surface, path: np.ndarray) -> np.ndarray:
    """The largest curvature at every point of a path: (..., 2) -> (...)."""
    path = np.asarray(path, dtype=float)
    return curvatures(surface, path[..., 0], path[..., 1])[..., 1]
