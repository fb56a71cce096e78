"""The monkey saddle: three ways down, and the memory decides which."""

import numpy as np

from core.engine.descend import Run
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, sgd: Run, momentum: Run, nesterov: Run, adagrad: Run, adam: Run) -> Claim:
    for run in (momentum, nesterov):
        yield run.outcome == "escaped"
        yield run.x[-1, 0] < -2
        yield np.abs(run.x[:, 1]).max() < 0.1
    for run in (sgd, adagrad, adam):
        yield run.x[:, 0].min() > 0
        yield run.x[-1].min() > 1


PRESET = Preset(
    title=Text("Three valleys, one saddle", "원숭이 안장의 세 골짜기"),
    observe=Text(
        "Momentum and Nesterov shoot across the middle and leave by the left valley; SGD, AdaGrad and Adam turn "
        "off into the upper right one.",
        "모멘텀과 네스테로프는 한가운데를 가로질러 왼쪽 골짜기로 빠져나가고, SGD와 AdaGrad, Adam은 오른쪽 위 "
        "골짜기로 꺾어 든다.",
    ),
    scene=Scene(
        surface="monkey_saddle",
        steps=42,
        runners=(
            Runner("sgd", {"lr": 0.06}, colour=0),
            Runner("momentum", {"lr": 0.01}, colour=1),
            Runner("nesterov", {"lr": 0.01}, colour=2),
            Runner("adagrad", {"lr": 0.2}, colour=3),
            Runner("adam", {"lr": 0.05}, colour=4),
        ),
    ),
    claim=claim,
    order=70,
)
