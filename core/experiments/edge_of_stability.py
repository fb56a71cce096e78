"""Gradient descent sharpens what it walks on until its rate is only just small enough, and stays there."""

import numpy as np

from core.experiments._measures import again
from core.nets.experiment import Experiment, Film
from core.nets.sharpness import along
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    rates = [runner.hypers["lr"] for runner in experiment.runners]
    edges = [2 / rate for rate in rates]
    fast, slow = along(done)[:, 0]
    for value in (*rates, *edges, fast[0], slow[-1]):
        yield f"{value:.2g}"
    yield f"{done.moments[np.argmax(fast >= edges[0])]}"
    late = fast[done.moments >= 500]
    yield f"{done.moments[-len(late)]}"
    for value in (late.min(), late.max()):
        yield f"{value:.0f}"
    rises, none = (np.diff(done.batch_loss[:, 0]) > 0).sum(axis=1)
    yield f"{rises}"
    yield none == 0
    for loss in done.loss[0, 0, [0, -1]]:
        yield f"{loss:.2f}"
    others = again(experiment, seeds=3)
    ends = along(others)[:, :, -30:].mean(axis=2)
    yield (np.abs(ends[0] / edges[0] - 1) < 0.05).all()
    yield (ends[1] > edges[0]).all()
    yield (ends[1] < edges[1]).all()


STUDY = Study(
    title=Text("The edge of stability", "안정성의 경계"),
    observe=Text(
        "Every update sees all examples. At a rate of 0.1 the sharpness, the largest curvature of the loss, grows from 14 "
        "to 2/lr, which is 20, by update 125; from 500 on it keeps between 19 and 22. 266 updates raise the loss, yet it "
        "falls from 0.43 to 0.02. At 0.05 the edge is 40: it grows to 26, and no update raises the loss.",
        "업데이트마다 데이터를 모두 쓴다. 학습률이 0.1이면 날카로움(손실의 가장 큰 곡률)이 14에서 시작해 125번째 "
        "업데이트에 2/lr인 20에 이르고, 500번째부터는 19와 22 사이에 머문다. 업데이트 266번이 손실을 키우는데도 손실은 "
        "0.43에서 0.02로 내려간다. 0.05에서는 경계가 40이라 26까지 커지고, 손실을 키우는 업데이트가 없다.",
    ),
    experiment=Experiment(
        dataset="wave",
        noise=0.1,
        layers=(32, 32, 32),
        batch=0,
        epochs=1000,
        runners=(Runner("sgd", {"lr": 0.1}, colour=0), Runner("sgd", {"lr": 0.05}, colour=1)),
        film=Film(tab="landscape"),
    ),
    claim=claim,
    order=46,
    source="J. Cohen et al., Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability, 2021",
)
