"""XOR without a hidden layer: a line cannot part opposite quarters."""

import numpy as np

from core.experiments._measures import again
from core.nets.experiment import Experiment, Film
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    yield not experiment.layers
    yield {f"{loss:.2f}" for loss in done.loss[:, 0, -1]} == {f"{done.loss[0, 0, -1]:.2f}"}
    yield f"{done.loss[0, 0, -1]:.2f}"
    yield f"{np.log(2):.2f}"
    yield (again(experiment, seeds=5).loss[:, :, -1].round(2) == 0.68).all()
    bent = again(experiment, seeds=5, layers=(4,)).loss[1, :, -1]
    yield "4"
    yield f"{bent.max():.2f}"


STUDY = Study(
    title=Text("XOR and a straight line", "XOR과 직선 하나"),
    observe=Text(
        "Without a hidden layer the boundary is a line, and no line parts opposite quarters: the loss stays at 0.68, "
        "where guessing has 0.69. With a hidden layer of 4 neurons Adam gets to 0.09 or below, from five different "
        "initial weights.",
        "은닉층이 없으면 결정 경계는 직선이고, 직선으로는 마주 보는 사분면을 묶을 수 없다. 손실은 0.68에 머무는데 "
        "찍어도 0.69이다. 뉴런 4개짜리 은닉층을 넣으면 Adam은 초깃값 다섯 가지 모두에서 0.09 이하로 내려간다.",
    ),
    experiment=Experiment(
        dataset="xor",
        layers=(),
        epochs=200,
        runners=(Runner("sgd", {"lr": 0.1}, colour=0), Runner("adam", {"lr": 0.02}, colour=1)),
        film=Film(tab="network"),
    ),
    claim=claim,
    order=20,
    source="M. Minsky, S. Papert, Perceptrons, 1969; K. Saito, Deep Learning from Scratch, ch. 2",
)
