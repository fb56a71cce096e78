"""Sums over matrices, for the layers: NumPy's for whoever reads or calls them, plain loops when they are compiled.

(Numba's own needs SciPy.) Every element is a sum in the order of its terms, four at a time, on every processor and with
any number of threads, so a training is the same to the last bit wherever it runs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import overload

from core.engine.compiler import outside, seldom


def dot(a: Any, b: Any) -> Any:
    """The matrix product of two arrays (n, m) and (m, k)."""
    return a @ b


def columns(x: Any) -> Any:
    """The sum of every column."""
    return x.sum(axis=0)


@outside
def multiply(a, b, out):  # type: ignore[no-untyped-def]
    """a b -> out. Two rows of a, four of b at a time: what is loaded is used twice, what is stored four times."""
    seldom()
    n, m, k = a.shape[0], a.shape[1], b.shape[1]
    fours = m // 4 * 4
    for i in range(0, n - 1, 2):
        for j in range(k):
            out[i, j] = out[i + 1, j] = 0.0
        for at in range(0, fours, 4):
            a0, a1, a2, a3 = a[i, at], a[i, at + 1], a[i, at + 2], a[i, at + 3]
            c0, c1, c2, c3 = a[i + 1, at], a[i + 1, at + 1], a[i + 1, at + 2], a[i + 1, at + 3]
            for j in range(k):
                b0, b1, b2, b3 = b[at, j], b[at + 1, j], b[at + 2, j], b[at + 3, j]
                out[i, j] += a0 * b0 + a1 * b1 + a2 * b2 + a3 * b3
                out[i + 1, j] += c0 * b0 + c1 * b1 + c2 * b2 + c3 * b3
        for at in range(fours, m):
            for j in range(k):
                out[i, j] += a[i, at] * b[at, j]
                out[i + 1, j] += a[i + 1, at] * b[at, j]
    if n % 2:
        i = n - 1
        for j in range(k):
            out[i, j] = 0.0
        for at in range(0, fours, 4):
            a0, a1, a2, a3 = a[i, at], a[i, at + 1], a[i, at + 2], a[i, at + 3]
            for j in range(k):
                out[i, j] += a0 * b[at, j] + a1 * b[at + 1, j] + a2 * b[at + 2, j] + a3 * b[at + 3, j]
        for at in range(fours, m):
            for j in range(k):
                out[i, j] += a[i, at] * b[at, j]


@overload(dot)
def _compiled_dot(a, b):  # type: ignore[no-untyped-def]
    def product(a, b):  # type: ignore[no-untyped-def]
        out = np.empty((a.shape[0], b.shape[1]))
        multiply(a, np.ascontiguousarray(b), out)
        return out

    return product


@outside
def add_up(x, out):  # type: ignore[no-untyped-def]
    """The sum of every column -> out."""
    seldom()
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[j] += x[i, j]


@overload(columns)
def _compiled_columns(x):  # type: ignore[no-untyped-def]
    def sums(x):  # type: ignore[no-untyped-def]
        out = np.zeros(x.shape[1])
        add_up(x, out)
        return out

    return sums
