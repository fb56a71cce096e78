"""The loss of a network on a plane through its weights, and where trainings pass in it.

A network has hundreds of weights, a picture two directions: either drawn at random and scaled as the weights are, neuron by
neuron (H. Li et al., Visualizing the Loss Landscape of Neural Nets, 2018), or those in which the trainings went farthest.
Hardly ever does a training lie in the plane; how far it is off is told as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.engine.sweep import Progress
from core.nets.data import Data
from core.nets.layers import ACTIVATIONS, batch_norm
from core.nets.network import Network
from core.nets.train import Training

Directions = Literal["paths", "random"]
MARGIN = 0.12  # of the width of the picture, on every side of what it has to show
STRAY = 4.0  # times the usual distance from the centre: what lies beyond is off the picture
ALONE = 250_000  # multiplications of a product of matrices for which no BLAS wakes a second thread
AT_ONCE = 300_000  # numbers of a layer that are worked on at a time: they stay in the cache


@dataclass(frozen=True, eq=False)
class Plane:
    """Points centre + a u + b v. centre (P,): where a lane ends; axes (2, P): u and v; lane: which one.

    running: (2, hidden) statistics of batch normalization at the centre, which hold all over the plane.
    bounds: of a and of b, equally wide; coordinates, off, share: of every moment of every lane, as `project` has them.
    """

    centre: np.ndarray
    axes: np.ndarray
    running: np.ndarray
    lane: int
    bounds: tuple[tuple[float, float], tuple[float, float]]
    coordinates: np.ndarray
    off: np.ndarray
    share: np.ndarray


def filter_normalized(network: Network, direction: np.ndarray, w: np.ndarray) -> np.ndarray:
    """A direction (P,) whose weights into every neuron are as long as those of w, and whose biases, γ and β are 0."""
    scaled = np.zeros_like(direction, dtype=float)
    for part in network.parts:
        block, like = direction[part.W].reshape(part.shape), w[part.W].reshape(part.shape)
        length = np.linalg.norm(block, axis=0)
        scaled[part.W] = (block * (np.linalg.norm(like, axis=0) / np.where(length > 0, length, 1.0))).ravel()
    return scaled


def plane(
    training: Training, lanes: Sequence[int] | None = None, directions: Directions = "paths", seed: int = 0
) -> Plane:
    """A plane through the weights that a training ended with.

    lanes: numbers of optimizers, of whose first seed the paths are taken, all without it; the centre is the end of the one
    with the lowest loss. seed: of random directions.
    """
    chosen = list(range(len(training.labels))) if lanes is None else list(lanes)
    if not chosen or not all(0 <= lane < len(training.labels) for lane in chosen):
        raise ValueError(f"lanes: expected numbers from 0 to {len(training.labels) - 1}, got {chosen}")
    paths, running, loss = (a[chosen, 0] for a in (training.weights, training.running, training.loss))
    return plane_of(training.network, paths, running, loss, directions, seed)


def plane_of(
    network: Network,
    paths: np.ndarray,
    running: np.ndarray,
    loss: np.ndarray,
    directions: Directions = "paths",
    seed: int = 0,
) -> Plane:
    """The plane of paths (lanes, M, P), with running (lanes, M, 2, hidden) and loss (lanes, M). Of a lane without an end
    the last that is finite counts."""
    if directions not in ("paths", "random"):
        raise ValueError(f"directions: expected 'paths' or 'random', got {directions!r}")
    paths = np.asarray(paths, float)
    there = np.isfinite(paths).all(axis=2) & np.isfinite(loss)
    ends = [int(np.flatnonzero(row)[-1]) if row.any() else 0 for row in there]
    last = [loss[lane, end] if there[lane, end] else np.inf for lane, end in enumerate(ends)]
    lane = int(np.argmin(last))
    centre, still = paths[lane, ends[lane]], np.asarray(running[lane, ends[lane]], float)
    if not np.isfinite(centre).all():
        raise ValueError("paths: no lane has finite weights")
    sane = there & _near(paths, centre, there)
    if directions == "random":
        chance = np.random.default_rng(seed)
        axes = np.stack([filter_normalized(network, chance.normal(size=centre.shape), centre) for _ in range(2)])
    else:
        axes = np.linalg.svd(np.concatenate([paths[sane] - centre, np.zeros((2, len(centre)))]), full_matrices=False)[
            2
        ][:2]
        first = paths[lane, 0] - centre
        axes = np.where(axes @ first > 0, -1.0, 1.0)[:, None] * axes  # trainings go to the right and up
    coordinates, off, share = project(centre, axes, paths)
    least = 1.0 if directions == "random" else 0.0  # as far as the weights are long, as in the paper
    return Plane(centre, axes, still, lane, _bounds(coordinates[sane], least), coordinates, off, share)


def _near(paths: np.ndarray, centre: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Whether a point is no farther from the centre than some times the usual start: where a run explodes it shows nothing."""
    with np.errstate(all="ignore"):
        away = np.linalg.norm(paths - centre, axis=2)
    usual = np.median(away[there])
    start = away[:, 0][there[:, 0]]
    return np.asarray(away <= STRAY * max(usual, start.max() if len(start) else 0.0))


def _bounds(points: np.ndarray, least: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Equally wide ones around points (n, 2), with a margin, and the centre with so much on every side of it."""
    points = np.concatenate([points, np.full((1, 2), least), np.full((1, 2), -least)])
    low, high = points.min(axis=0), points.max(axis=0)
    half = max(float((high - low).max()) / 2, 1e-6) / (1 - 2 * MARGIN)
    (x, y) = ((low + high) / 2).tolist()
    return (x - half, x + half), (y - half, y + half)


def project(centre: np.ndarray, axes: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where weights w (..., P) fall in the plane centre + a u + b v: the nearest (a, b), (..., 2), the distance from there,
    (...), and that distance as a share of the distance from the centre, 0 in the plane and 1 straight above the centre."""
    with np.errstate(all="ignore"):
        way = np.asarray(w, float) - centre
        coordinates = way @ np.linalg.pinv(axes)
        off = np.linalg.norm(way - coordinates @ axes, axis=-1)
        length = np.linalg.norm(way, axis=-1)
        share = np.clip(np.where(length > 0, off / np.where(length > 0, length, 1.0), 0.0), 0.0, 1.0)
    return coordinates, off, np.where(np.isfinite(length), share, np.nan)


def heights(
    network: Network, data: Data, surface: Plane, size: int = 64, progress: Progress | None = None
) -> np.ndarray:
    """The training loss, nothing dropping out, on a grid over the bounds of a plane: (size, size), the rows along v.

    Batch normalization takes the running statistics of the centre everywhere. nan where the loss is no finite number.
    """
    a, b = (np.linspace(*span, size) for span in surface.bounds)
    found = np.zeros(size * size)
    grid = np.stack([np.ones(size * size), np.tile(a, size), np.repeat(b, size)], axis=1)
    base = np.stack([surface.centre, *surface.axes])
    parts = blocks(network, len(data.x))
    chunk = max(1, AT_ONCE // (parts[0].stop * max(network.sizes[1:])))
    # The first sums are linear in (1, a, b): those of the centre and of both directions are enough.
    first = _affine(network, 0, base, data.x)
    for lo in range(0, len(grid), chunk):
        some = grid[lo : lo + chunk]
        w = some @ base
        with np.errstate(all="ignore"):
            for part in parts:
                sums = np.tensordot(some, first[:, part], 1)
                share = (part.stop - part.start) / len(data.x)
                found[lo : lo + chunk] += share * _losses(network, w, sums, data.t[part], surface.running)
        if progress is not None:
            progress(min(1.0, (lo + chunk) / len(grid)))
    found[~np.isfinite(found)] = np.nan
    return found.reshape(size, size)


def blocks(network: Network, examples: int) -> list[slice]:
    """Examples in parts, so small that products of matrices stay on one thread: who computes shares the cores with others."""
    size = max(16, ALONE // max(n * m for n, m in zip(network.sizes, network.sizes[1:], strict=False)))
    return [slice(lo, min(lo + size, examples)) for lo in range(0, examples, size)]


def _affine(network: Network, layer: int, w: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The sums of a layer for many weights (K, P): (K, n, outputs)."""
    part = network.parts[layer]
    sums: np.ndarray = x @ w[:, part.W].reshape(len(w), *part.shape)
    sums += w[:, None, part.b]
    return sums


def _losses(network: Network, w: np.ndarray, sums: np.ndarray, t: np.ndarray, running: np.ndarray) -> np.ndarray:
    """The loss for many weights (K, P), from the sums of the first layer on: (K,)."""
    activation, at = ACTIVATIONS[network.activation], 0
    x = sums
    for layer, part in enumerate(network.parts[:-1]):
        x = _affine(network, layer, w, x) if layer else sums
        columns = slice(at, at := at + part.shape[1])
        if part.gamma is not None:
            gamma, beta = w[:, None, part.gamma], w[:, None, part.beta]
            x = batch_norm.forward(x, gamma, beta, *running[:, columns])
        x = activation.forward(x)
    out = _affine(network, len(network.parts) - 1, w, x) if len(network.parts) > 1 else sums
    if network.loss == "squared_loss":
        return np.asarray(((out - t) ** 2).mean(axis=(1, 2)))
    above = out - out.max(axis=2, keepdims=True)
    right = np.take_along_axis(above, t.astype(np.intp)[None], axis=2)[..., 0]
    return np.asarray((np.log(np.exp(above).sum(axis=2)) - right).mean(axis=1))
