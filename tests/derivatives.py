"""Derivatives by hand against the true ones: where they differ, and by how much."""

from __future__ import annotations

import numpy as np


def wrong(names, by_hand, exact, bound, x, y):
    """A sentence on the worst of them; "" where all are within the bound.

    by_hand, exact: (n, points) values of the n derivatives in `names`; bound: what they may differ by, (points,) or one.
    """
    by_hand, exact = np.broadcast_arrays(by_hand, exact)
    apart = np.abs(by_hand - exact)
    off = ~(apart <= bound)  # nan is off as well
    if not off.any():
        return ""
    worst = np.where(off, np.nan_to_num(apart / np.maximum(bound, 1e-300), nan=np.inf), -1.0)
    i, k = np.unravel_index(np.argmax(worst), worst.shape)
    ours, true = by_hand[i, k], exact[i, k]
    return (
        f"{names[i]} at ({x[k]:.6g}, {y[k]:.6g}) is {ours:.6g}, where {true:.6g} is right: off by {abs(ours - true):.3g}; "
        f"{', '.join(f'{name} at {n} of {off.shape[1]} points' for name, n in zip(names, off.sum(1), strict=True) if n)}"
    )
