"""What is to be trained, and whether a library's optimizer would train it alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.export.fault import ExportError
from core.export.library import Library
from core.export.task import Asked
from core.nets import plain
from core.nets.experiment import Experiment
from core.nets.layers import ACTIVATIONS, LAYERS
from core.nets.network import Network
from core.nets.own import IN_LINK, OWN
from core.scene import Runner
from core.schedules._warmup import factors
from core.spec import Layer, Text

FEW = 400  # updates at which the rules are compared, at most


class Training(Asked):
    """A runner of an experiment, and what its program needs. Raises ExportError where no library could have the data."""

    other = Text("would train otherwise", "학습이 다르게 진행됩니다")
    instead = Text("The NumPy program trains as it is done here.", "NumPy 코드로는 여기와 똑같이 학습할 수 있습니다.")

    def __init__(self, experiment: Experiment, runner: Runner, library: Library) -> None:
        if experiment.dataset == OWN:
            if len(experiment.own) > IN_LINK:
                raise ExportError(TOO_MANY)
            if not experiment.ready:
                raise ExportError(TOO_FEW)
        if not plain.trains(runner.record):
            name = runner.record.name
            raise ExportError(
                Text(
                    f"{name} moves all weights together and is written for two of them here; it trains no networks.",
                    f"{name}은(는) 모든 가중치를 함께 움직이는데, 여기에는 좌표 두 개로만 구현되어 있어 신경망을 학습하지 않습니다.",
                )
            )
        here = experiment.runners.index(runner) if runner in experiment.runners else len(experiment.runners)
        batch = experiment.batch_of(here)
        self.experiment = replace(experiment, runners=(runner,), batch=batch, batches=())
        self.runner, self.library = runner, library
        self.lowest = 0.0  # no loss of a network lies below
        self.network: Network = experiment.network
        self.plan(runner.plan, runner.plan.record, experiment.steps)

    @property
    def rates(self) -> np.ndarray:
        """(steps,) of the learning, or some of them; those of a schedule that watches the loss are made up."""
        steps = self.experiment.steps
        plan = self.runner.plan
        found = factors(self.schedule, steps, dict(plan.hypers)) * self.runner.hypers["lr"]
        if self.schedule.watches_loss:
            found = found * 0.5 ** np.floor(np.linspace(0, 5, steps))
        return np.ascontiguousarray(found[np.linspace(0, steps - 1, min(steps, FEW)).astype(int)])

    @property
    def activation(self) -> Layer:
        return ACTIVATIONS[self.network.activation]

    @property
    def loss(self) -> Layer:
        return LAYERS[self.network.loss]

    @property
    def classes(self) -> bool:
        """Whether classes are to be told apart; else it is a regression."""
        return self.experiment.record.task == "classes"

    @property
    def examples(self) -> int:
        """How many examples there are, those of the validation among them."""
        own = len(self.experiment.own) if self.experiment.dataset == OWN else self.experiment.samples
        return own or self.experiment.record.samples

    @property
    def validated(self) -> bool:
        """Whether some of them are kept for validation."""
        return self.examples > self.experiment.kept

    @property
    def batch(self) -> int:
        """Examples that an update sees."""
        return min(self.experiment.batch or self.experiment.kept, self.experiment.kept)

    @property
    def at_once(self) -> bool:
        """Whether every update sees all of them."""
        return self.batch == self.experiment.kept

    @property
    def patience(self) -> int:
        """Epochs without a better validation loss before it ends, 0 for never."""
        return self.experiment.patience if self.validated else 0

    @property
    def hidden(self) -> bool:
        """Whether there are hidden layers, and with them activations."""
        return len(self.network.sizes) > 2

    @property
    def normed(self) -> bool:
        """Whether there is batch normalization."""
        return self.hidden and self.network.batch_norm

    @property
    def thinned(self) -> bool:
        """Whether neurons drop out."""
        return self.hidden and self.network.dropout > 0

    def refuse_single(self) -> None:
        """Raises ExportError for a batch of one, of which PyTorch's batch normalization knows no variance."""
        if self.normed and 1 in (self.batch, self.experiment.kept % self.batch):
            raise self.refusal(
                "PyTorch normalizes no batch of a single example, and here there is one.",
                "PyTorch의 배치 정규화는 데이터가 하나뿐인 배치를 받지 않는데, 여기서는 그런 배치가 있습니다.",
            )

    def spelled(self, layer: Layer) -> str:
        """How the library is asked for a layer. Raises ExportError where nobody has said it."""
        found = str(getattr(layer, self.library.key))
        if not found:
            raise self.refusal(
                f"How {self.title} is asked for {layer.name.en} is not known here.",
                f"{self.title}에서 {layer.name.ko}을(를) 쓰는 방법이 등록되어 있지 않습니다.",
            )
        return found


TOO_MANY = Text(
    f"A program has your own data written out in it, up to {IN_LINK} rows; these are more.",
    f"직접 만든 데이터는 코드 안에 그대로 적으므로 {IN_LINK}행까지만 내보낼 수 있습니다.",
)
TOO_FEW = Text(
    "There is a program once there are enough points to learn from, of two classes at least.",
    "학습할 수 있을 만큼 점이 모여야 코드로 내보낼 수 있습니다. 클래스도 두 개 이상이어야 합니다.",
)
