"""A ball on an even slope: what momentum makes of a gradient that never changes."""

import numpy as np

from core.engine.descend import Run
from core.scene import Claim, Preset, Runner, Scene, View
from core.spec import Text
from core.textbook._measures import steps


def claim(scene: Scene, *runs: Run) -> Claim:
    fast, slow, sgd = steps(scene, runs)
    for runner, taken in zip(scene.runners[:2], (fast, slow), strict=True):
        limit = runner.hypers["lr"] * sgd[0].gradient / (1 - runner.hypers["momentum"])
        lengths = -np.array([step.move for step in taken])
        yield (np.diff(lengths, axis=0) > -1e-15).all()
        yield np.allclose(lengths[-1], limit, rtol=0.002)
        yield np.allclose(lengths[0], -sgd[0].move, rtol=1e-6)
        yield str(runner.hypers["momentum"])
        yield f"{limit[0]:.3g}"
    yield {round(-step.move[0], 12) for step in sgd} == {0.01}
    yield "2"
    yield "0.01"


PRESET = Preset(
    title=Text("Terminal velocity", "종단 속도"),
    observe=Text(
        "The slope in x is 2 all the way. SGD moves 0.01 a step; with momentum the steps grow to η·g/(1−β): 0.02 for β 0.5, "
        "0.1 for β 0.9.",
        "x 방향 기울기는 어디서나 2이다. SGD는 스텝마다 0.01씩 가지만 모멘텀의 스텝은 η·g/(1−β)까지 자란다. β가 0.5이면 "
        "0.02, 0.9이면 0.1이다.",
    ),
    scene=Scene(
        surface="2*x + y",
        start=(4.0, 3.0),
        steps=60,
        runners=(
            Runner("momentum", {"lr": 0.005, "momentum": 0.9}, colour=0),
            Runner("momentum", {"lr": 0.005, "momentum": 0.5}, colour=1),
            Runner("sgd", {"lr": 0.005}, colour=2),
        ),
        view=View(step=40),
    ),
    claim=claim,
    order=20,
    source="B. T. Polyak, Some methods of speeding up the convergence of iteration methods, 1964",
)
