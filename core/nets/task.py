"""What the training of one network takes, and what is noted of it. One network is one lane: an optimizer with a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.nets.data import Data
from core.nets.network import Network
from core.spec import Optimizer, Schedule


class Enough(Exception):
    """To be raised where progress is told: ends a training, and what has been noted by then is its result."""

    def __init__(self) -> None:
        super().__init__("what has been noted by now is enough")


@dataclass(frozen=True, eq=False)
class Job:
    """One network to be trained. Plain data, so that it can travel to another process.

    w (parameters,): initial weights. origins: of dropout. order (epochs, examples): in which order they are seen. factors
    (steps,) of the rate; momenta (steps,) what a schedule puts in the place of the momentum, or empty; seen: what a
    schedule that watches the loss has to know. l2: strength of the penalty w²/2 on weights; decay: of decoupled weight
    decay; clip: the longest gradient, 0 for any. patience: epochs without a better validation loss before it ends, 0 for
    never. moments: numbers of updates at which it is looked at.
    """

    network: Network
    data: Data
    optimizer: Optimizer
    hypers: Mapping[str, float]
    w: np.ndarray
    origins: np.ndarray
    order: np.ndarray
    batch: int
    schedule: Schedule
    factors: np.ndarray
    momenta: np.ndarray
    seen: tuple[float, ...]
    l2: float
    decay: float
    clip: float
    patience: int
    moments: np.ndarray
    slopes: bool
    lowest: float = 0.0

    @property
    def each(self) -> int:
        """Updates in an epoch."""
        return -(-int(self.order.shape[1]) // self.batch)

    @property
    def steps(self) -> int:
        """Updates in all."""
        return self.each * len(self.order)


@dataclass(eq=False)
class Record:
    """What is noted of one network: as `kernels.compiled` says. What comes after an end is nan."""

    weights: np.ndarray
    running: np.ndarray
    history: np.ndarray
    batch_loss: np.ndarray
    norms: np.ndarray
    ratios: np.ndarray
    slopes: np.ndarray
    best: np.ndarray
    best_running: np.ndarray
    exploded: int = -1
    stopped: int = -1
    best_step: int = -1
    seconds: float = 0.0

    @classmethod
    def empty(cls, job: Job) -> Record:
        m, layers, p, hidden = len(job.moments), len(job.network.parts), job.network.parameters, job.network.hidden
        shapes = (
            (m, p), (m, 2, hidden), (4, m), (job.steps,), (m, layers), (m, layers), (m if job.slopes else 0, p), (p,), (2, hidden)
        )  # fmt: skip
        return cls(*[np.full(shape, np.nan) for shape in shapes])  # type: ignore[arg-type]
