"""One network, three learning rates."""

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
    yield f"{experiment.epochs}"
    for loss in done.loss[:2, 0, -1]:
        yield f"{loss:.2f}"
    yield f"{np.log(2):.2f}"
    small, right, large = again(experiment, seeds=5).loss[:, :, -1]
    yield (right < small).all()
    yield (small < large).all()
    yield (large > np.log(2)).all()


STUDY = Study(
    title=Text("Too small, right, too large", "학습률: 작거나, 알맞거나, 크거나"),
    observe=Text(
        "SGD with three rates. After 60 epochs 0.001 has hardly begun (loss 0.52), 1 is at 0.03, and 10 jumps about "
        "and ends worse than guessing, which has 0.69. Other initial weights keep that order.",
        "학습률만 다른 SGD 셋이다. 60에폭 뒤 0.001은 이제 시작이고(손실 0.52), 1은 0.03에 이르며, 10은 이리저리 "
        "튀다가 찍었을 때의 손실 0.69보다 나쁘게 끝난다. 초깃값을 바꿔도 순서는 같다.",
    ),
    experiment=Experiment(
        runners=(
            Runner("sgd", {"lr": 0.001}, colour=0),
            Runner("sgd", {"lr": 1.0}, colour=1),
            Runner("sgd", {"lr": 10.0}, colour=2),
        ),
    ),
    claim=claim,
    order=30,
    source="K. Saito, Deep Learning from Scratch, ch. 4",
)
