"""How strongly the loss of a network bends: the largest eigenvalue of its Hessian, by Lanczos, for many networks at once.

Gradient descent at the rate lr is stable only where that eigenvalue, the sharpness, is below 2/lr; on networks it grows
until it is there, and then stays: the edge of stability (J. Cohen et al., Gradient Descent on Neural Networks Typically
Occurs at the Edge of Stability, 2021).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from core.engine.sweep import Progress
from core.nets.landscape import blocks
from core.nets.layers import ACTIVATIONS, batch_norm
from core.nets.network import Network
from core.nets.train import Training
from core.scene import Runner
from core.schedules._warmup import factors
from core.theory import bound

ITERATIONS = 40  # of Lanczos at most
ENOUGH = 1e-4  # of the eigenvalue: a residual of so much leaves an error of about its square
SHORT = 1e-5  # step between two slopes of an activation: both errors of their difference are near 1e-11
KINK = 1e3  # no activation bends so much: between the two slopes lies a kink, where there is no second derivative
AT_ONCE = 100_000  # numbers of a layer that are worked on at a time: they stay in the cache
ROWS = 1_000_000  # and of the vectors of Lanczos


class Bends:
    """The Hessians of the training loss at many weights w (K, P), none as a matrix: each times a vector, by the R-operator.

    x, t: all training examples. running: (K, 2, hidden) statistics that batch normalization holds fixed, as when nothing is
    trained. B. Pearlmutter, Fast Exact Multiplication by the Hessian, 1994: every line of forward and backward pass is
    differentiated along the vector; what stands for that derivative begins with r below.
    """

    def __init__(
        self, network: Network, w: np.ndarray, x: np.ndarray, t: np.ndarray, running: np.ndarray | None = None
    ):
        self.network, self.w = network, w
        activation, k = ACTIVATIONS[network.activation], len(w)
        running = np.broadcast_to(network.fresh(), (k, 2, network.hidden)) if running is None else running
        self.inputs: list[np.ndarray] = [np.asarray(x, float)]
        self.hats: list[Any] = []
        self.roots: list[Any] = []
        first, second = [], []
        at = 0
        for part in network.parts[:-1]:
            z = self.inputs[-1] @ self._matrix(w, part) + w[:, None, part.b]
            columns = slice(at, at := at + part.shape[1])
            root = hat = None
            if part.gamma is not None:
                root = np.sqrt(running[:, None, 1, columns] + batch_norm.EPS)
                hat = (z - running[:, None, 0, columns]) / root
                z = w[:, None, part.gamma] * hat + w[:, None, part.beta]
            self.roots.append(root)
            self.hats.append(hat)
            y = activation.forward(z)
            first.append(activation.backward(1.0, z, y) + 0.0 * z)
            above, below = (activation.backward(1.0, z + h, activation.forward(z + h)) for h in (SHORT, -SHORT))
            bend = (above - below) / (2 * SHORT) + 0.0 * z
            second.append(np.where(np.abs(bend) < KINK, bend, 0.0))
            self.inputs.append(y)
        last = network.parts[-1]
        out = self.inputs[-1] @ self._matrix(w, last) + w[:, None, last.b]
        self.p: np.ndarray | None = None
        if network.loss == "softmax_loss":
            e = np.exp(out - out.max(axis=2, keepdims=True))
            self.p = e / e.sum(axis=2, keepdims=True)
            dy = (self.p - (np.arange(last.shape[1]) == t)) / len(t)
        else:
            dy = 2 * (out - t) / (len(t) * last.shape[1])
        self.first, self.second = first, second
        self.dys, self.dxs = [dy], list[np.ndarray]()
        for i in range(len(first) - 1, -1, -1):
            above_part, part = network.parts[i + 1], network.parts[i]
            dx = self.dys[0] @ self._matrix(w, above_part).swapaxes(1, 2)
            self.dxs.insert(0, dx)
            dz = dx * first[i]
            self.dys.insert(0, dz if part.gamma is None else dz * (w[:, None, part.gamma] / self.roots[i]))

    @staticmethod
    def _matrix(w: np.ndarray, part: Any) -> np.ndarray:
        return w[:, part.W].reshape(len(w), *part.shape)

    def times(self, v: np.ndarray) -> np.ndarray:
        """Every Hessian times its vector, (K, P)."""
        network, w, n = self.network, self.w, len(self.first)
        rx: np.ndarray | None = None
        rxs, ras, rzs = [rx], list[np.ndarray](), list[np.ndarray]()
        for i, part in enumerate(network.parts):
            ra = self.inputs[i] @ self._matrix(v, part) + v[:, None, part.b]
            if rx is not None:
                ra += rx @ self._matrix(w, part)
            if i == n:
                break
            rz = ra
            if part.gamma is not None:
                rz = v[:, None, part.gamma] * self.hats[i] + w[:, None, part.gamma] * ra / self.roots[i]
                rz += v[:, None, part.beta]
            ras.append(ra)
            rzs.append(rz)
            rx = self.first[i] * rz
            rxs.append(rx)
        if self.p is None:
            rdy = 2 * ra / (ra.shape[1] * ra.shape[2])
        else:
            rdy = self.p * (ra - (self.p * ra).sum(axis=2, keepdims=True)) / ra.shape[1]
        out = np.empty_like(v)
        for i in range(n, -1, -1):
            part, dy, rx = network.parts[i], self.dys[i], rxs[i]
            slope = self.inputs[i].swapaxes(-1, -2) @ rdy
            if rx is not None:
                slope += rx.swapaxes(1, 2) @ dy
            out[:, part.W] = slope.reshape(len(v), -1)
            out[:, part.b] = rdy.sum(axis=1)
            if i == 0:
                break
            below, j = network.parts[i - 1], i - 1
            rdx = rdy @ self._matrix(w, part).swapaxes(1, 2) + dy @ self._matrix(v, part).swapaxes(1, 2)
            rdy = rdx * self.first[j] + self.dxs[j] * self.second[j] * rzs[j]
            if below.gamma is not None:
                dz = self.dxs[j] * self.first[j]
                out[:, below.gamma] = (rdy * self.hats[j] + dz * ras[j] / self.roots[j]).sum(axis=1)
                out[:, below.beta] = rdy.sum(axis=1)
                rdy = (rdy * w[:, None, below.gamma] + dz * v[:, None, below.gamma]) / self.roots[j]
        return out


def largest(times: Callable[[np.ndarray], np.ndarray], start: np.ndarray, iterations: int = ITERATIONS) -> np.ndarray:
    """The largest eigenvalue of each of many symmetric matrices, (K,), that are known by what they do to vectors.

    start: (K, P). Lanczos, every vector made orthogonal to all before it; it ends once all have settled.
    C. Lanczos, An Iteration Method for the Solution of the Eigenvalue Problem, 1950.
    """
    k, p = start.shape
    steps = min(iterations, p)
    rows = np.zeros((k, steps, p))
    table = np.zeros((k, steps, steps))
    q = start / np.linalg.norm(start, axis=1, keepdims=True)
    top = np.zeros(k)
    for j in range(steps):
        rows[:, j] = q
        r = times(q)
        table[:, j, j] = (q * r).sum(axis=1)
        done = ~q.any(axis=1)  # all directions that this start leads to are known
        table[done, j, j] = table[done, 0, 0]  # no more than the largest
        known = rows[:, : j + 1]
        for _ in range(2):  # once leaves an error that grows from row to row
            r = r - (known.swapaxes(1, 2) @ (known @ r[..., None]))[..., 0]
        length = np.linalg.norm(r, axis=1)
        values, vectors = np.linalg.eigh(table[:, : j + 1, : j + 1])
        top = values[:, -1]
        size = np.abs(values).max(axis=1)
        if (length * np.abs(vectors[:, -1, -1]) <= ENOUGH * size).all() or j + 1 == steps:
            break
        alive = length > 1e-12 * size
        q = np.where(alive[:, None], r / np.where(alive, length, 1.0)[:, None], 0.0)
        table[:, j, j + 1] = table[:, j + 1, j] = np.where(alive, length, 0.0)
    return top


def sharpness(
    network: Network,
    w: np.ndarray,
    x: np.ndarray,
    t: np.ndarray,
    iterations: int = ITERATIONS,
    seed: int = 0,
    running: np.ndarray | None = None,
    progress: Progress | None = None,
) -> np.ndarray:
    """The largest eigenvalue of the Hessian of the loss of all examples, nothing dropping out: w (..., P) -> (...).

    x (samples, features), t (samples, 1): numbers of classes, or values. running: (..., 2, hidden), which batch
    normalization needs. iterations, seed: of Lanczos and its first vector. nan where a weight is not finite.
    """
    w = np.asarray(w, float)
    flat = w.reshape(-1, network.parameters)
    means = None if running is None else np.asarray(running, float).reshape(-1, 2, network.hidden)
    there = np.flatnonzero(np.isfinite(flat).all(axis=1))
    found = np.full(len(flat), np.nan)
    start = np.random.default_rng(seed).normal(size=network.parameters)
    size = max(1, min(AT_ONCE // (len(x) * max(network.sizes)), ROWS // (iterations * network.parameters)))
    for lo in range(0, len(there), size):
        some = there[lo : lo + size]
        with np.errstate(all="ignore"):
            bends = [
                (
                    len(x[part]) / len(x),
                    Bends(network, flat[some], x[part], t[part], None if means is None else means[some]),
                )
                for part in blocks(network, len(x))
            ]

            def times(v: np.ndarray, bends: list[tuple[float, Bends]] = bends) -> np.ndarray:
                return np.asarray(sum(share * bend.times(v) for share, bend in bends))

            if all(np.isfinite(part).all() for _, bend in bends for part in (*bend.dys, *bend.second)):
                found[some] = largest(times, np.broadcast_to(start, (len(some), len(start))), iterations)
            elif len(some) > 1:  # one alone spoils its neighbours
                found[some] = [
                    sharpness(network, flat[i], x, t, iterations, seed, None if means is None else means[i])
                    for i in some
                ]
        if progress is not None:
            progress(min(1.0, (lo + size) / len(there)))
    return found.reshape(w.shape[:-1])


def along(training: Training, iterations: int = ITERATIONS, seed: int = 0) -> np.ndarray:
    """The sharpness at every kept moment of a training: (O, S, M)."""
    data = training.data
    return sharpness(training.network, training.weights, data.x, data.t, iterations, seed, training.running)


def edge(runner: Runner, steps: int, moments: np.ndarray, l2: float = 0.0) -> np.ndarray | None:
    """The sharpness beyond which a runner is not stable when it sees all examples, at every moment: (M,).

    2/lr for gradient descent, with momentum more. None where no such limit is known, for methods that divide by their
    gradients too, for which the sharpness is that of another matrix. A penalty on the weights adds itself to every curvature.
    """
    record = runner.spoken
    largest_product = bound(record, runner.hypers)
    if (
        largest_product is None
        or record.stability is None
        or record.stability.divisor
        or runner.plan.record.watches_loss
    ):
        return None
    pace = np.broadcast_to(factors(runner.plan.record, steps, dict(runner.plan.hypers)), (steps,))
    with np.errstate(divide="ignore"):
        limit = largest_product / (runner.hypers["lr"] * pace[np.minimum(moments, steps - 1)])
    return np.asarray(limit - runner.hypers.get("weight_decay", 0.0) - l2)
