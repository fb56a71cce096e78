"""Six sigmoid layers: every one of them takes its share of the gradient."""

import numpy as np

from core.experiments._measures import again
from core.nets.experiment import Experiment, Film
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def ratio(done: Training) -> np.ndarray:
    return np.asarray(done.norms[0, :, 0, -1] / done.norms[0, :, 0, 0])


def claim(experiment: Experiment, done: Training) -> Claim:
    yield f"{round(ratio(done)[0], -2):.0f}"
    for loss in done.loss[:, 0, -1]:
        yield f"{loss:.2f}"
    several = again(experiment, seeds=5)
    yield (ratio(several) > 1000).all()
    yield (np.abs(several.loss[0, :, -1] - done.loss[0, 0, -1]) < 0.01).all()
    yield (several.loss[1, :, -1] < 0.35).all()
    yield (ratio(again(experiment, seeds=5, activation="tanh")) < 1).all()


STUDY = Study(
    title=Text("Vanishing gradients", "기울기 소실"),
    observe=Text(
        "Six sigmoid layers: the gradient of the first is 2600 times shorter than that of the last, so SGD stays at a "
        "loss of 0.69, which is guessing. Adam divides by the size of the gradient and gets to 0.31. With tanh it "
        "does not vanish.",
        "시그모이드 은닉층이 여섯이면 첫째 층의 기울기는 마지막 층보다 2600배 짧다. SGD는 찍는 수준인 손실 0.69에 "
        "머문다. Adam은 기울기의 크기로 나누므로 0.31까지 내려간다. tanh로 바꾸면 소실되지 않는다.",
    ),
    experiment=Experiment(
        layers=(8,) * 6,
        activation="sigmoid",
        epochs=100,
        runners=(Runner("sgd", {"lr": 0.1}, colour=0), Runner("adam", {"lr": 0.01}, colour=1)),
        film=Film(moment=0, tab="layers"),
    ),
    claim=claim,
    order=68,
    source="Y. Bengio, P. Simard, P. Frasconi, Learning long-term dependencies with gradient descent is difficult, 1994",
)
