"""The stability limit of plain descent: one rate below it, one on it, one above."""

import numpy as np

from core.curvature import curvatures
from core.engine.descend import Run
from core.presets._measures import sides
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, below: Run, at: Run, above: Run) -> Claim:
    steepest = curvatures(scene.record, 0.0, 0.0)[-1]
    for runner in scene.runners:
        yield f"{runner.hypers['lr'] * steepest:.1f}"
    yield below.outcome != "escaped"
    yield (np.diff(below.loss) < 0).all()
    yield np.allclose(np.abs(at.x[:, 1]), 2.0, rtol=1e-6)
    yield sides(at.x[:, 1]) == scene.steps
    yield "±2"
    yield above.outcome == "escaped"
    yield str(above.when)


PRESET = Preset(
    title=Text("Too large a learning rate", "너무 큰 학습률"),
    observe=Text(
        "Rate times steepest curvature is 1.9, 2.0, 2.1: the first settles, the second bounces between y = ±2 "
        "for ever, the third leaves at step 17.",
        "학습률 × 최대 곡률이 1.9, 2.0, 2.1인 세 경우이다. 첫째는 수렴하고, 둘째는 y = ±2를 끝없이 오가며, "
        "셋째는 17스텝에 지도를 벗어난다.",
    ),
    scene=Scene(
        surface="bowl",
        steps=30,
        runners=(
            Runner("sgd", {"lr": 0.95}, colour=0),
            Runner("sgd", {"lr": 1.0}, colour=1),
            Runner("sgd", {"lr": 1.05}, colour=2),
        ),
    ),
    claim=claim,
    order=20,
)
