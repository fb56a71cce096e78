"""A regression at a rate too large: squares have no ceiling."""

import numpy as np

from core.experiments._measures import again
from core.nets.experiment import Experiment
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    for runner in experiment.runners:
        yield f"{runner.hypers['lr']:g}"
    yield f"{done.exploded[0, 0]}"
    yield (done.exploded[1:] == -1).all()
    for loss in done.loss[1:, 0, -1]:
        yield f"{loss:.2f}"
    others = again(experiment, seeds=5)
    yield (np.abs(others.exploded[0] - 100) <= 5).all()
    yield (others.exploded[1:] == -1).all()


STUDY = Study(
    title=Text("The loss explodes", "손실이 폭발한다"),
    observe=Text(
        "At a rate of 1 every update of SGD makes the error larger, until at update 100 the loss is larger than any "
        "number the computer has. At 0.1 the same network gets to 0.06, and Adam at 0.01 to 0.04.",
        "학습률 1인 SGD는 업데이트할수록 오차가 커져, 100번째 업데이트에서 손실이 컴퓨터가 나타낼 수 있는 수를 "
        "넘어선다. 같은 신경망이 학습률 0.1이면 0.06, Adam 0.01이면 0.04까지 내려간다.",
    ),
    experiment=Experiment(
        dataset="wave",
        layers=(20, 20),
        batch=0,
        epochs=200,
        runners=(
            Runner("sgd", {"lr": 1.0}, colour=0),
            Runner("sgd", {"lr": 0.1}, colour=1),
            Runner("adam", {"lr": 0.01}, colour=2),
        ),
    ),
    claim=claim,
    order=32,
)
