"""The book's comparison of optimizers on handwritten digits, with its network and its rates."""

import numpy as np

from core.experiments._measures import again
from core.nets.experiment import Experiment
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    sgd, momentum, adagrad, adam = done.loss[:, 0]
    yield f"{sgd[-1]:.2f}"
    yield f"{experiment.epochs}"
    for losses in (momentum, adam, adagrad):
        yield f"{-(-done.moments[(losses < sgd[-1]).argmax()] // done.each)}"
    yield f"{adagrad[-1]:.2f}"
    yield np.argmin(done.loss[:, 0, -1]) == 2
    several = again(experiment, seeds=3).loss[:, :, -1]
    yield (several.argmin(0) == 2).all()
    yield (several.argmax(0) == 0).all()


STUDY = Study(
    title=Text("The book's race on digits", "책의 옵티마이저 비교, 손글씨로"),
    observe=Text(
        "Four hidden layers of 100, as in the book. The loss that SGD has after 12 epochs, 1.12, momentum has after "
        "3, Adam after 2, AdaGrad after 1, and AdaGrad ends lowest, at 0.02. Three initial weights agree on the first "
        "and the last.",
        "책과 같이 뉴런 100개짜리 은닉층 넷이다. SGD가 12에폭에 이르는 손실 1.12를 모멘텀은 3, Adam은 2, AdaGrad는 "
        "1에폭 만에 지나고, 손실이 가장 낮게 끝나는 것은 AdaGrad(0.02)이다. 초깃값을 세 가지로 바꿔도 첫째와 꼴찌는 "
        "같다.",
    ),
    experiment=Experiment(
        dataset="digits",
        layers=(100,) * 4,
        activation="relu",
        init="he",
        batch=128,
        epochs=12,
        runners=(
            Runner("sgd", {"lr": 0.01}, colour=0),
            Runner("momentum", {"lr": 0.01}, colour=1),
            Runner("adagrad", {"lr": 0.01}, colour=2),
            Runner("adam", {"lr": 0.001}, colour=3),
        ),
    ),
    claim=claim,
    order=50,
    source="K. Saito, Deep Learning from Scratch, ch. 6",
)
