"""What the claims of studies measure on a training."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from core.nets.experiment import Experiment
from core.nets.train import Training


def again(experiment: Experiment, **changes: Any) -> Training:
    """The training of the experiment with something changed, as other or more seeds."""
    return replace(experiment, **changes).train()


def percent(share: float) -> str:
    """A share as a whole number of hundredths."""
    return f"{100 * share:.0f}"


def hidden(done: Training, runner: int = 0, seed: int = 0, moment: int = 0) -> list[np.ndarray]:
    """What every hidden layer says to the training examples, (samples, neurons) each, at first the untrained one."""
    found: list[np.ndarray] = done.network.outputs(
        done.weights[runner, seed, moment], done.data.x, done.running[runner, seed, moment]
    )
    return found[:-1]


def lowest(done: Training, runner: int = 0, seed: int = 0) -> tuple[int, float]:
    """The epoch with the lowest validation loss, and that loss."""
    losses = done.val_loss[runner, seed]
    at = int(np.nanargmin(losses))
    return int(done.moments[at] // done.each), float(losses[at])
