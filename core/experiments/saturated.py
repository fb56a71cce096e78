"""The book's first picture of initial weights: sigmoid layers with σ = 1, pressed against 0 and 1."""

import numpy as np

from core.experiments._measures import again, hidden, percent
from core.nets.experiment import Experiment, Film
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def flat(said: np.ndarray) -> float:
    return float(np.mean((said < 0.05) | (said > 0.95)))


def claim(experiment: Experiment, done: Training) -> Claim:
    yield "0.05"
    yield "0.95"
    yield percent(flat(hidden(done)[-1]))
    yield f"{experiment.epochs}"
    yield percent(done.accuracy[0, 0, -1])
    fitting = {"activation": "relu", "init": "he"}
    yield percent(again(experiment, **fitting).accuracy[0, 0, -1])
    several, others = again(experiment, seeds=3), again(experiment, seeds=3, **fitting)
    yield all(flat(hidden(several, seed=seed)[-1]) > 0.55 for seed in range(3))
    yield (several.loss[0, :, -1] > 2 * others.loss[0, :, -1]).all()


STUDY = Study(
    title=Text("σ = 1: saturated sigmoids", "σ = 1: 포화된 시그모이드"),
    observe=Text(
        "Before training 71 % of what the fifth hidden layer says lies below 0.05 or above 0.95, where a sigmoid is "
        "flat and lets little gradient back. After 10 epochs 82 % are right; with ReLU and He it would be 94 %.",
        "학습 전 다섯째 은닉층 활성화 값의 71%가 0.05보다 작거나 0.95보다 크다. 시그모이드가 평평해 기울기가 거의 "
        "전해지지 않는 구간이다. 10에폭 뒤 정확도는 82%이고, ReLU와 He 초깃값으로 바꾸면 94%이다.",
    ),
    experiment=Experiment(
        dataset="digits",
        layers=(100,) * 5,
        activation="sigmoid",
        init="unit_normal",
        batch=128,
        epochs=10,
        runners=(Runner("sgd", {"lr": 0.1}, colour=0),),
        film=Film(moment=0, tab="layers"),
    ),
    claim=claim,
    order=62,
    source="K. Saito, Deep Learning from Scratch, ch. 6",
)
