"""Three spirals: what a rate means depends on the optimizer."""

import numpy as np

from core.experiments._measures import again, percent
from core.nets.experiment import Experiment
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    for runner in experiment.runners[1:]:
        yield f"{runner.hypers['lr']:g}"
    yield f"{experiment.epochs}"
    for share in done.accuracy[:, 0, -1]:
        yield percent(share)
    slow, fast, momentum, adam = again(experiment, seeds=5).loss[:, :, -1]
    yield (adam < slow).all()
    yield (np.maximum(fast, momentum) < adam).all()


STUDY = Study(
    title=Text("Spirals: is Adam the best?", "나선: Adam이 가장 좋을까"),
    observe=Text(
        "After 150 epochs SGD at its usual 0.1 gets 63 % right, Adam at 0.01 83 %. Yet SGD at 0.5 gets 97 %, as much "
        "as momentum at 0.05, whose steps add up to ten times their length: first ask about the rate. Five initial "
        "weights agree.",
        "150에폭 뒤 정확도는 학습률이 흔히 쓰는 0.1인 SGD가 63%, 0.01인 Adam이 83%이다. 그런데 SGD도 0.5면 97%로, "
        "스텝이 쌓여 열 배로 커지는 모멘텀 0.05와 같다. 옵티마이저보다 학습률이 먼저이다. 초깃값 다섯 가지에서 모두 "
        "그렇다.",
    ),
    experiment=Experiment(
        dataset="spirals",
        layers=(32,),
        epochs=150,
        runners=(
            Runner("sgd", {"lr": 0.1}, colour=0),
            Runner("sgd", {"lr": 0.5}, colour=1),
            Runner("momentum", {"lr": 0.05}, colour=2),
            Runner("adam", {"lr": 0.01}, colour=3),
        ),
    ),
    claim=claim,
    order=52,
    source="A. Karpathy, CS231n: Putting it together, minimal neural network case study, 2015",
)
