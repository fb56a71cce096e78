"""The book's second picture of initial weights: sigmoid layers with σ = 0.01, all at one half."""

import numpy as np

from core.experiments._measures import again, hidden
from core.nets.experiment import Experiment, Film
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    last = hidden(done)[-1]
    yield np.ptp(last, axis=0).max() < 1e-6  # whichever digit it is shown
    yield f"{last.min():.2f}"
    yield f"{last.max():.2f}"
    yield f"{experiment.epochs}"
    yield f"{np.log(10):.2f}"
    yield (np.abs(again(experiment, seeds=3).loss[:, :, -1] - np.log(10)) < 0.02).all()


STUDY = Study(
    title=Text("σ = 0.01: all say the same", "σ = 0.01: 모두 같은 말을 한다"),
    observe=Text(
        "The fifth hidden layer says numbers from 0.47 to 0.54, and the same ones to a millionth whichever digit it "
        "is shown: nothing is left to tell them apart by. After 10 epochs SGD and Adam alike are at 2.30, which is "
        "guessing.",
        "다섯째 은닉층의 활성화 값은 0.47과 0.54 사이에 몰려 있고, 어떤 숫자를 보여 주든 백만분의 일도 달라지지 "
        "않는다. 구별할 실마리가 남지 않아, 10에폭 뒤에도 SGD와 Adam 모두 찍었을 때의 손실 2.30 그대로이다.",
    ),
    experiment=Experiment(
        dataset="digits",
        layers=(100,) * 5,
        activation="sigmoid",
        init="small_normal",
        batch=128,
        epochs=10,
        runners=(Runner("sgd", {"lr": 0.1}, colour=0), Runner("adam", {"lr": 0.001}, colour=1)),
        film=Film(moment=0, tab="layers"),
    ),
    claim=claim,
    order=64,
    source="K. Saito, Deep Learning from Scratch, ch. 6",
)
