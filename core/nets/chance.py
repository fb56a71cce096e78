"""How much the gradient of a batch says of the gradient of all examples."""

from __future__ import annotations

import numpy as np

from core.nets.network import Network

DRAWS = 32


def gradient_noise(
    network: Network, w: np.ndarray, x: np.ndarray, t: np.ndarray, batch: int, seed: int = 0, draws: int = DRAWS
) -> float:
    """E‖g_B − g‖² / ‖g‖², the variance of the gradient of a batch over the length of the true one, squared.

    batch: examples in it, drawn as one epoch draws them; for all of them it is 0. Above 1 a single batch says less of the way
    down than it adds of chance (McCandlish et al., An Empirical Model of Large-Batch Training, 2018).
    """
    if batch >= len(x):
        return 0.0
    _, whole = network.gradient(w, x, t)
    chance = np.random.default_rng(seed)
    apart = []
    for _ in range(draws):
        rows = chance.permutation(len(x))[:batch]
        _, g = network.gradient(w, x[rows], t[rows])
        apart.append(float((g - whole) @ (g - whole)))
    return float(np.mean(apart) / (whole @ whole)) if whole.any() else np.inf
