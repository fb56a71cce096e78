"""Gradient clipping: the direction is kept, the length is not."""

import numpy as np

from core.experiments._measures import again
from core.nets.experiment import Experiment
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    yield f"{experiment.runners[0].hypers['lr']}"
    yield f"{experiment.clip:g}"
    yield experiment.seeds == 5
    # At this rate the loss wanders so that its third decimal hangs on how the machine rounds.
    yield (done.loss[0, :, -1] < 0.1).all()
    yield "0.1"
    free = again(experiment, clip=0.0)
    yield np.count_nonzero(~(free.loss[0, :, -1] < 1e100)) == 4
    yield "0"


STUDY = Study(
    title=Text("Gradient clipping", "기울기 클리핑"),
    observe=Text(
        "Momentum at 0.3 from five different initial weights. No gradient may be longer than 1, and all five end at a "
        "loss below 0.1. Set the limit to 0, which is none, and four of the five explode.",
        "초깃값 다섯 가지에서 학습률 0.3인 모멘텀을 돌린다. 기울기 길이를 1로 제한하면 다섯 모두 손실 0.1 아래에서 "
        "끝난다. 제한을 0(없음)으로 두면 다섯 가운데 넷이 폭발한다.",
    ),
    experiment=Experiment(
        dataset="wave",
        layers=(20, 20),
        batch=0,
        epochs=300,
        seeds=5,
        clip=1.0,
        runners=(Runner("momentum", {"lr": 0.3}, colour=0),),
    ),
    claim=claim,
    order=34,
    source="R. Pascanu, T. Mikolov, Y. Bengio, On the difficulty of training recurrent neural networks, 2013",
)
