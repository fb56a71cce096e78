"""A network as a list of layers whose weights are one flat vector, in NumPy: to be read, and to check the engine by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from core.engine.noise import GOLDEN, mix
from core.nets.initializations import INITIALIZATIONS
from core.nets.layers import ACTIVATIONS, LAYERS, affine, batch_norm, dropout


class Part(NamedTuple):
    """Where the numbers of a layer stand in the flat vector."""

    W: slice
    b: slice
    gamma: slice | None
    beta: slice | None
    shape: tuple[int, int]  # (inputs, outputs)


@dataclass(frozen=True)
class Network:
    """Affine layers with an activation between them, and a loss at the end.

    sizes: (inputs, hidden ..., outputs). Each hidden layer is affine, then batch normalization (if batch_norm), then the
    activation, then dropout (if its rate is above 0). The weights of all are one vector (parameters,): layer by layer W, row
    by row, then b, then γ and β. So every optimizer, which treats the coordinates apart, trains it as it stands.
    """

    sizes: tuple[int, ...]
    activation: str = "relu"
    loss: str = "softmax_loss"
    batch_norm: bool = False
    dropout: float = 0.0

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        found, at = [], 0

        def take(count: int) -> slice:
            nonlocal at
            at += count
            return slice(at - count, at)

        for i, (n, m) in enumerate(zip(self.sizes, self.sizes[1:], strict=False)):
            normed = self.batch_norm and i < len(self.sizes) - 2
            W, b = take(n * m), take(m)
            found.append(Part(W, b, take(m) if normed else None, take(m) if normed else None, (n, m)))
        return tuple(found)

    @property
    def parameters(self) -> int:
        """How many numbers it learns."""
        return int(self.parts[-1].b.stop)

    @property
    def hidden(self) -> int:
        """How many neurons stand in its hidden layers."""
        return sum(self.sizes[1:-1])

    @cached_property
    def weighty(self) -> np.ndarray:
        """(parameters,): 1 for what is a weight, 0 for biases, γ and β, which no decay pulls at."""
        mask = np.zeros(self.parameters)
        for part in self.parts:
            mask[part.W] = 1.0
        return mask

    def initial(self, init: str, seed: int) -> np.ndarray:
        """Initial weights: normal numbers as the initialization scatters them, zeros for biases, γ = 1."""
        chance = np.random.default_rng([seed, 0])
        w = np.zeros(self.parameters)
        for part in self.parts:
            w[part.W] = (chance.normal(size=part.shape) * INITIALIZATIONS[init].deviation(*part.shape)).ravel()
            if part.gamma is not None:
                w[part.gamma] = 1.0
        return w

    def fresh(self) -> np.ndarray:
        """(2, hidden) running means and variances of batch normalization before the first batch."""
        return np.stack([np.zeros(self.hidden), np.ones(self.hidden)])

    def origins(self, seed: int) -> np.ndarray:
        """(hidden layers,): from where dropout draws what drops out of each."""
        layers = np.arange(1, len(self.sizes) - 1, dtype=np.uint64)
        return np.asarray(mix(mix(np.array([seed], np.uint64) + GOLDEN) + layers))

    def _columns(self) -> Iterator[slice]:
        """Where the neurons of each hidden layer stand among all hidden ones."""
        at = 0
        for size in self.sizes[1:-1]:
            yield slice(at, at + size)
            at += size

    def outputs(self, w: np.ndarray, x: np.ndarray, running: np.ndarray | None = None) -> list[np.ndarray]:
        """What every layer says when nothing is trained: the hidden activations, then the outputs before the loss.

        running: as `fresh` has them; needed with batch normalization only.
        """
        activation, said = ACTIVATIONS[self.activation], []
        running = self.fresh() if running is None else running
        for part, columns in zip(self.parts, [*self._columns(), None], strict=True):
            x = affine.forward(x, w[part.W].reshape(part.shape), w[part.b])
            if columns is not None:
                if part.gamma is not None:
                    x = batch_norm.forward(x, w[part.gamma], w[part.beta], *running[:, columns])
                x = activation.forward(x)
            said.append(x)
        return said

    def lost(self, w: np.ndarray, x: np.ndarray, t: np.ndarray, running: np.ndarray | None = None) -> float:
        """The loss when nothing is trained. t (samples, 1): numbers of classes, or values."""
        return float(LAYERS[self.loss].forward(self.outputs(w, x, running)[-1], t)[0])

    def forth(
        self,
        w: np.ndarray,
        x: np.ndarray,
        t: np.ndarray,
        running: np.ndarray | None = None,
        step: int = 0,
        origins: np.ndarray | None = None,
    ) -> tuple[float, list[tuple[Any, ...]]]:
        """The loss of a batch in training, and what each layer needs again on the way back.

        running: is brought up to date by batch normalization. step, origins: what drops out, without origins nothing.
        """
        activation, loss = ACTIVATIONS[self.activation], LAYERS[self.loss]
        memory: list[tuple[Any, ...]] = []
        for i, (part, columns) in enumerate(zip(self.parts[:-1], self._columns(), strict=True)):
            a = affine.forward(x, w[part.W].reshape(part.shape), w[part.b])
            mean, var = batch_norm.statistics(a)
            z = a
            if part.gamma is not None:
                z = batch_norm.forward(a, w[part.gamma], w[part.beta], mean, var)
                if running is not None:
                    unbiased = var * len(a) / max(len(a) - 1, 1)
                    now = running[:, columns]
                    running[:, columns] = now + batch_norm.MOMENTUM * (np.stack([mean, unbiased]) - now)
            y = activation.forward(z)
            mask = None
            if self.dropout and origins is not None:
                counter = np.uint64(step) * np.uint64(2**32) + np.arange(y.size, dtype=np.uint64)
                mask = dropout.stays(origins[i], counter, self.dropout).reshape(y.shape)
            memory.append((x, a, mean, var, z, y, mask))
            x = y if mask is None else dropout.forward(y, mask, self.dropout)
        last = self.parts[-1]
        lost, answer = loss.forward(affine.forward(x, w[last.W].reshape(last.shape), w[last.b]), t)
        return float(lost), [*memory, (x, answer)]

    def back(self, w: np.ndarray, t: np.ndarray, memory: list[tuple[Any, ...]]) -> np.ndarray:
        """The gradient (parameters,): the way of `forth`, backwards, each layer handing on what came back to it."""
        activation, g = ACTIVATIONS[self.activation], np.empty_like(w)
        x, answer = memory[-1]
        last = self.parts[-1]
        dy = LAYERS[self.loss].backward(answer, t)
        g[last.W], g[last.b] = _flat(affine.slopes(dy, x))
        dy = affine.backward(dy, w[last.W].reshape(last.shape))
        for part, (x, a, mean, var, z, y, mask) in zip(self.parts[-2::-1], memory[-2::-1], strict=True):
            if mask is not None:
                dy = dropout.backward(dy, mask, self.dropout)
            dy = activation.backward(dy, z, y)
            if part.gamma is not None:
                dy, g[part.gamma], g[part.beta] = batch_norm.backward(dy, a, w[part.gamma], mean, var)
            g[part.W], g[part.b] = _flat(affine.slopes(dy, x))
            dy = affine.backward(dy, w[part.W].reshape(part.shape))
        return g

    def gradient(
        self,
        w: np.ndarray,
        x: np.ndarray,
        t: np.ndarray,
        running: np.ndarray | None = None,
        step: int = 0,
        origins: np.ndarray | None = None,
    ) -> tuple[float, np.ndarray]:
        """Loss and gradient (parameters,) of a batch in training, told as `forth` is."""
        lost, memory = self.forth(w, x, t, running, step, origins)
        return lost, self.back(w, t, memory)


def _flat(slopes: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    return slopes[0].ravel(), slopes[1]
