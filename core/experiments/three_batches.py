"""Gradient descent, mini-batches and single examples on one network: per epoch, and per gradient."""

import numpy as np

from core.nets.experiment import Experiment, Film
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text

SGD = Runner("sgd", {"lr": 0.1})


def claim(experiment: Experiment, done: Training) -> Claim:
    every, some, single = done.loss[:, 0, -1]
    yield bool(single < some < every)
    for loss in (every, some, single):
        yield f"{loss:.2f}"
    for each in (done.eachs[0] * experiment.epochs, done.eachs[2] * experiment.epochs):
        yield f"{each}"
    after = [np.interp(60, done.updates[i], done.loss[i, 0]) for i in range(3)]
    yield bool(max(after[:2]) < after[2])
    yield f"{after[2]:.2f}"
    within = [
        np.nanstd(done.batch_loss[i, 0, (experiment.epochs - 1) * each : experiment.epochs * each])
        for i, each in enumerate(done.eachs)
    ]
    yield bool(within[0] == 0 < within[1] < within[2])


STUDY = Study(
    title=Text("All, 32 or 1 example an update", "배치 전체, 32개, 1개"),
    observe=Text(
        "60 epochs for each. With all examples at once these are 60 updates, and the loss ends at 0.31; with 32 an update at "
        "0.30; with single ones they are 9000 updates, noisy ones, and it ends at 0.03. Per gradient it is the other way "
        "round: after 60 of them single examples are last, at 0.37.",
        "모두 60에폭이다. 전체 데이터를 한 번에 쓰면 갱신이 60번뿐이라 손실이 0.31에 그치고, 32개씩이면 0.30이다. 하나씩이면 노이즈는 "
        "크지만 9000번 갱신해 0.03까지 내려간다. 기울기 계산 횟수로 따지면 반대여서, 60번 뒤에는 하나씩 본 쪽이 0.37로 가장 높다.",
    ),
    experiment=Experiment(
        dataset="moons",
        epochs=60,
        batches=(0, -1, 1),
        runners=(SGD, Runner("sgd", {"lr": 0.1}, colour=1), Runner("sgd", {"lr": 0.1}, colour=2)),
        film=Film(across="epoch"),
    ),
    claim=claim,
    order=42,
)
