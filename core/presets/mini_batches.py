"""A line fitted two points at a time: how large the steps are at the end decides how near one comes."""

import numpy as np

from core.engine.descend import Run
from core.scene import Claim, Plan, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, *runs: Run) -> Claim:
    away = [np.hypot(*(run.x[-100:] - np.array(scene.record.minima[0])).T).mean() for run in runs]
    for mean in away:
        yield f"{mean:.2f}"
    yield str(scene.batch)
    yield str(scene.record.samples.count) if scene.record.samples else False
    yield away[0] > 2 * away[1] > 4 * away[2]


PRESET = Preset(
    title=Text("Mini-batch noise", "미니배치 노이즈"),
    observe=Text(
        "A step sees 2 of 32 points. At a rate of 0.3 SGD dances 0.17 away from the best line, at 0.1 still 0.07; falling "
        "from 0.3, it comes within 0.02.",
        "스텝마다 점 32개 중 2개만 본다. 학습률이 0.3이면 최적점에서 평균 0.17, 0.1이면 0.07 떨어져 흔들린다. 0.3에서 점점 "
        "줄이면 0.02까지 다가간다.",
    ),
    scene=Scene(
        surface="least_squares",
        start=(-0.8, 1.8),
        steps=300,
        seed=1,
        batch=2,
        runners=(
            Runner("sgd", {"lr": 0.3}, colour=0),
            Runner("sgd", {"lr": 0.1}, colour=1),
            Runner("sgd", {"lr": 0.3}, plan=Plan("inverse_time"), colour=2),
        ),
    ),
    claim=claim,
    order=115,
    source="L. Bottou, F. E. Curtis, J. Nocedal, Optimization Methods for Large-Scale Machine Learning, 2018",
)
