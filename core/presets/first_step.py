"""How long the first step is, and what sets it."""

import numpy as np

from core.engine.descend import Run
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, *runs: Run) -> Claim:
    slope = np.abs(runs[0].gradient[0])
    sgd, *others = (np.abs(run.x[1] - run.x[0]) for run in runs)
    for step in others:
        yield np.isclose(step[0], step[1], rtol=1e-3)
    yield np.isclose(sgd[1] / sgd[0], slope[1] / slope[0], rtol=1e-6)
    adagrad, rmsprop, adadelta, adam = (step[0] for step in others)
    yield f"{slope[1] / slope[0]:.1f}"
    for length in (adam, adagrad, rmsprop):
        yield f"{length:.1f}"
    yield f"{adadelta:.3f}"


PRESET = Preset(
    title=Text("The very first step", "첫 스텝의 길이"),
    observe=Text(
        "Though y is 5.7 times as steep as x, the first step is equal in both: Adam and AdaGrad 0.3, RMSprop "
        "3.0, AdaDelta 0.003. Only SGD differs.",
        "y 방향이 x 방향보다 5.7배 가파른데도 첫 스텝은 두 방향이 같다. Adam과 AdaGrad는 0.3, RMSprop은 3.0, "
        "AdaDelta는 0.003이다. SGD만 다르다.",
    ),
    scene=Scene(
        surface="bowl",
        steps=60,
        runners=(
            Runner("sgd", {"lr": 0.3}, colour=0),
            Runner("adagrad", {"lr": 0.3}, colour=1),
            Runner("rmsprop", {"lr": 0.3}, colour=2),
            Runner("adadelta", {"lr": 1.0}, colour=3),
            Runner("adam", {"lr": 0.3}, colour=4),
        ),
    ),
    claim=claim,
    order=130,
)
