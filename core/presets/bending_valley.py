"""Rosenbrock's valley: easy to enter, hard to follow."""

import numpy as np

from core.engine.descend import Run
from core.presets._measures import distance
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, *runs: Run) -> Claim:
    sgd, momentum, *_ = runs
    first = [np.argmax(np.abs(run.x[:, 1] - run.x[:, 0] ** 2) < 0.05) for run in runs]
    yield min(first) > 0
    yield scene.runners[0].hypers["lr"] == scene.runners[1].hypers["lr"]
    yield distance(scene, momentum) == min(distance(scene, run) for run in runs)
    for number in (max(first), scene.steps, scene.runners[0].hypers["lr"]):
        yield str(number)
    for run in (momentum, sgd):
        yield f"{distance(scene, run):.2f}"


PRESET = Preset(
    title=Text("The bending valley", "굽은 골짜기"),
    observe=Text(
        "All reach the valley floor within 7 steps. After 500, momentum is 0.09 from the minimum; SGD, at the "
        "same rate 0.001, is still 1.68 away.",
        "골짜기 바닥까지는 모두 7스텝이면 간다. 하지만 500스텝 뒤 최솟값까지 모멘텀은 0.09, 학습률이 0.001로 "
        "같은 SGD는 1.68이 남아 있다.",
    ),
    scene=Scene(
        surface="rosenbrock",
        steps=500,
        runners=(
            Runner("sgd", {"lr": 0.001}, colour=0),
            Runner("momentum", {"lr": 0.001}, colour=1),
            Runner("nesterov", {"lr": 0.001}, colour=2),
            Runner("adagrad", {"lr": 0.5}, colour=3),
            Runner("adam", {"lr": 0.1}, colour=4),
        ),
    ),
    claim=claim,
    order=100,
)
