"""Backpropagation held against the definition of a derivative, and the clock held against both."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.nets.network import Network

STEP = 1e-5  # so short that it seldom crosses a kink; in double precision the differences still have eleven digits


@dataclass(frozen=True, eq=False)
class Check:
    """gradient: by backpropagation; numerical: by small steps; both (parameters,).

    error: (parameters,) their difference over the larger of both, or over the usual size of a component (the root of the
    mean square) where that is larger still. seconds, numerical_seconds: what each took.
    """

    gradient: np.ndarray
    numerical: np.ndarray
    error: np.ndarray
    seconds: float
    numerical_seconds: float


def numerical_gradient(f: Callable[[np.ndarray], float], x: np.ndarray, step: float = STEP) -> np.ndarray:
    """The slope of f along every coordinate of x, from four values of f around it.

    (f(x − 2h) − 8 f(x − h) + 8 f(x + h) − f(x + 2h)) / 12h, whose error falls as h⁴. It needs 4 values a coordinate, where
    backpropagation needs about as long as two for all of them.
    """
    x = np.array(x, float)
    g = np.empty_like(x)
    for i in np.ndindex(x.shape):
        here = x[i]
        values = []
        for move in (-2, -1, 1, 2):
            x[i] = here + move * step
            values.append(f(x))
        x[i] = here
        g[i] = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * step)
    return g


def gradient_check(network: Network, w: np.ndarray, x: np.ndarray, t: np.ndarray, step: float = STEP) -> Check:
    """Compare both gradients of the loss of a batch, t (samples, 1) numbers of classes, or values.

    At a kink (of a ReLU) there is no derivative to agree on, and near one the small steps cross it.
    """
    begun = time.perf_counter()
    _, gradient = network.gradient(w, x, t)
    between = time.perf_counter()
    numerical = numerical_gradient(lambda v: network.forth(v, x, t)[0], w, step)
    done = time.perf_counter()
    usual = float(np.sqrt(np.mean(gradient**2)))
    size = np.maximum(np.maximum(abs(gradient), abs(numerical)), usual)
    error = abs(gradient - numerical) / np.where(size > 0, size, 1.0)
    return Check(gradient, numerical, error, between - begun, done - between)
