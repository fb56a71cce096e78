"""The book's third picture: ReLU layers with σ = 0.01, each a tenth of the one before."""

import numpy as np

from core.experiments._measures import again, hidden
from core.nets.experiment import Experiment, Film
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    spread = np.array([said.std() for said in hidden(done)])
    yield f"{spread[0]:.2f}"
    yield spread[-1] < 1e-6
    yield (spread[:-1] > 10 * spread[1:]).all()
    yield f"{np.log(10):.2f}"
    yield (np.abs(again(experiment, seeds=3).loss[0, :, -1] - np.log(10)) < 0.01).all()
    shares = again(experiment, seeds=3, init="he").accuracy[0, :, -1]
    yield f"{experiment.epochs}"
    yield (shares > 0.93).all()
    yield "93"


STUDY = Study(
    title=Text("ReLU from weights too small", "ReLU에 너무 작은 초깃값"),
    observe=Text(
        "With σ = 0.01 the activations scatter by 0.02 in the first hidden layer and by less than a tenth as much in "
        "each next one, down to under a millionth: SGD stays at 2.30, guessing. From He's weights it gets over 93 % "
        "right in 10 epochs.",
        "σ = 0.01이면 활성화 값의 표준편차가 첫째 은닉층에서 0.02이고, 층마다 십분의 일 아래로 줄어 다섯째에서는 "
        "백만분의 일도 안 된다. SGD는 찍었을 때의 손실 2.30에 머문다. He 초깃값이면 10에폭 만에 정확도 93%를 넘는다.",
    ),
    experiment=Experiment(
        dataset="digits",
        layers=(100,) * 5,
        activation="relu",
        init="small_normal",
        batch=128,
        epochs=10,
        runners=(Runner("sgd", {"lr": 0.1}, colour=0),),
        film=Film(moment=0, tab="layers"),
    ),
    claim=claim,
    order=70,
    source="K. Saito, Deep Learning from Scratch, ch. 6",
)
