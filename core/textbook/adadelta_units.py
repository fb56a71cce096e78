"""AdaDelta's step has the unit of x: how steep the surface is does not matter to it."""

import numpy as np

from core.engine.descend import Run
from core.scene import Claim, Preset, Runner, Scene, View
from core.spec import Text
from core.textbook._measures import steps


def claim(scene: Scene, *runs: Run) -> Claim:
    adadelta, sgd = steps(scene, runs)
    for one, other in zip(adadelta, sgd, strict=True):
        yield np.isclose(one.move[0], one.move[1], rtol=1e-4)
        yield np.isclose(other.move[0], 100 * other.move[1], rtol=1e-6)
    yield "100"
    yield f"{-adadelta[0].move[0]:.3g}"


PRESET = Preset(
    title=Text("AdaDelta's units", "AdaDelta의 단위"),
    observe=Text(
        "x is 100 times as steep as y, and so is SGD's step. AdaDelta's is the same in both, 0.00316 at first: its ratio of "
        "roots takes the slope out again.",
        "x 방향은 y보다 100배 가파르고 SGD의 스텝도 100배이다. AdaDelta의 스텝은 두 방향이 같고 처음은 0.00316이다. 두 제곱근의 "
        "비가 기울기를 상쇄하기 때문이다.",
    ),
    scene=Scene(
        surface="100*x + y",
        start=(0.0, 0.0),
        steps=60,
        runners=(Runner("adadelta", {"lr": 1.0}, colour=0), Runner("sgd", {"lr": 0.0001}, colour=1)),
        view=View(step=1),
    ),
    claim=claim,
    order=50,
    source="M. D. Zeiler, ADADELTA: An Adaptive Learning Rate Method, 2012, section 3.2",
)
