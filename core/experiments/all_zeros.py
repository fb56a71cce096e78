"""Weights that start at zero: nothing comes through, and nothing comes back."""

import numpy as np

from core.experiments._measures import again, hidden
from core.nets.experiment import Experiment, Film
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    bias = done.network.parts[-1].b
    yield (np.delete(done.weights, np.r_[bias], axis=3) == 0).all()
    yield (done.weights[:, :, -1, bias] != 0).all()
    yield f"{done.steps}"
    for loss in done.loss[:, 0, -1]:
        yield f"{loss:.2f}"
    alike = again(experiment, activation="sigmoid")
    yield (alike.loss[1, :, -1] < 0.5).all()
    for said in hidden(alike, runner=1, moment=-1):
        yield np.ptp(said, axis=1).max() < 1e-9
    yield experiment.layers == (8, 8)
    yield "8"


STUDY = Study(
    title=Text("All weights zero", "초깃값이 모두 0이면"),
    observe=Text(
        "A tanh of 0 is 0, so both hidden layers say 0, and after 300 updates every weight still is 0: only the last "
        "biases have moved, and the loss is 0.69. With sigmoid the weights do move, but the 8 neurons of a layer stay "
        "the same.",
        "tanh(0)은 0이므로 두 은닉층은 0만 내놓고, 300번 업데이트한 뒤에도 가중치는 전부 0이다. 마지막 층의 편향만 "
        "움직여 손실은 0.69이다. 시그모이드로 바꾸면 가중치는 움직이지만 한 층의 뉴런 8개가 끝까지 똑같다.",
    ),
    experiment=Experiment(
        init="zeros",
        runners=(Runner("sgd", {"lr": 0.1}, colour=0), Runner("adam", {"lr": 0.01}, colour=1)),
        film=Film(tab="network"),
    ),
    claim=claim,
    order=60,
    source="K. Saito, Deep Learning from Scratch, ch. 6",
)
