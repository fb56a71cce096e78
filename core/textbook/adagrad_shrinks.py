"""AdaGrad on an even slope: the sum under its root grows, the step shrinks like 1/√t."""

import numpy as np

from core.engine.descend import Run
from core.scene import Claim, Preset, Runner, Scene, View
from core.spec import Text
from core.textbook._measures import steps


def claim(scene: Scene, *runs: Run) -> Claim:
    adagrad, _ = steps(scene, runs)
    for step in adagrad:
        yield np.allclose(-step.move, 0.5 / step.t**0.5, rtol=1e-6)
    for t in (1, 4, 25, 100):
        yield f"{-adagrad[t - 1].move[0]:.3g}"
    for t in (4, 25, 100):
        yield str(t)


PRESET = Preset(
    title=Text("AdaGrad's shrinking step", "줄어드는 AdaGrad의 스텝"),
    observe=Text(
        "The slope never changes, yet step t is η/√t long in x as in y: 0.5 at first, 0.25 at step 4, 0.1 at step 25, 0.05 "
        "at step 100.",
        "기울기는 그대로인데 t번째 스텝은 x와 y에서 똑같이 η/√t이다. 처음은 0.5, 4스텝에 0.25, 25스텝에 0.1, 100스텝에 "
        "0.05이다.",
    ),
    scene=Scene(
        surface="2*x + y",
        start=(4.5, 4.5),
        steps=100,
        runners=(Runner("adagrad", {"lr": 0.5}, colour=0), Runner("sgd", {"lr": 0.05}, colour=1)),
        view=View(step=4),
    ),
    claim=claim,
    order=30,
    source="J. Duchi, E. Hazan, Y. Singer, Adaptive Subgradient Methods for Online Learning, 2011",
)
