"""Small batches with a constant rate, and with one that falls."""

import numpy as np

from core.experiments._measures import again
from core.nets.experiment import Experiment
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Plan, Runner
from core.spec import Text

LAST = 10  # epochs


def claim(experiment: Experiment, done: Training) -> Claim:
    yield {runner.hypers["lr"] for runner in experiment.runners} == {0.5}
    yield "0.5"
    yield f"{experiment.batch}"
    yield f"{LAST}"
    constant, falling = done.loss[:, 0, -LAST:]
    for loss in (constant.min(), constant.max(), falling.min(), falling.max()):
        yield f"{loss:.2f}"
    spread = np.ptp(again(experiment, seeds=5).loss[:, :, -LAST:], axis=2)
    yield (spread[0] > 4 * spread[1]).all()


STUDY = Study(
    title=Text("A rate that falls to rest", "학습률을 줄여 가라앉히기"),
    observe=Text(
        "Batches of 4, both SGD start at a rate of 0.5. In the last 10 epochs the constant one still wanders between "
        "losses of 0.13 and 0.28; the one that falls along a cosine rests at 0.14. Other initial weights show the "
        "same.",
        "배치 크기는 4이고 둘 다 학습률 0.5로 시작하는 SGD이다. 마지막 10에폭 동안 학습률이 일정한 쪽은 손실이 0.13과 "
        "0.28 사이를 떠돌고, 코사인을 따라 줄인 쪽은 0.14에 가라앉는다. 초깃값을 바꿔도 마찬가지이다.",
    ),
    experiment=Experiment(
        noise=0.2,
        batch=4,
        runners=(Runner("sgd", {"lr": 0.5}, colour=0), Runner("sgd", {"lr": 0.5}, Plan("cosine"), colour=1)),
    ),
    claim=claim,
    order=44,
    source="I. Loshchilov, F. Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, 2017",
)
