"""The seed example of the courses: one gradient of 5, then one of 3."""

import numpy as np

from core.engine.descend import Run
from core.scene import Claim, Preset, Runner, Scene, View
from core.spec import Text
from core.textbook._measures import steps, value


def claim(scene: Scene, *runs: Run) -> Claim:
    momentum, sgd, nesterov, adam = steps(scene, runs)
    for runner in (momentum, sgd, nesterov, adam):
        yield [step.gradient[0] for step in runner[:2]] == [5, 3]
    for runner, moves in ((sgd, (-0.5, -0.3)), (momentum, (-0.5, -0.75)), (nesterov, (-0.95, -0.975))):
        yield np.allclose([step.move[0] for step in runner[:2]], moves, rtol=1e-6)
    means = [value(step, "m_{t}")[0] for step in adam[:2]]
    yield np.allclose(means, (0.5, 0.75), rtol=1e-6)
    yield from ("−0.5", "−0.3", "−0.75", "−0.975", "0.5", "0.75", "0.1")


PRESET = Preset(
    title=Text("Gradients 5, then 3", "기울기 5, 그다음 3"),
    observe=Text(
        "At rate 0.1 SGD moves x by −0.5, −0.3; momentum by −0.5, −0.75; Nesterov's second step is −0.975. Adam's running "
        "mean m is 0.5, then 0.75.",
        "학습률 0.1에서 x의 변화는 SGD −0.5, −0.3, 모멘텀 −0.5, −0.75이고 네스테로프의 둘째 스텝은 −0.975이다. Adam의 이동 "
        "평균 m은 0.5, 다음은 0.75이다.",
    ),
    scene=Scene(
        surface="3*x + 2*max(x, 0) + y",
        start=(0.02, 0.0),
        steps=8,
        runners=(
            Runner("momentum", {"lr": 0.1, "momentum": 0.9}, colour=0),
            Runner("sgd", {"lr": 0.1}, colour=1),
            Runner("nesterov", {"lr": 0.1, "momentum": 0.9}, colour=2),
            Runner("adam", {"lr": 0.1}, colour=3),
        ),
        view=View(step=2),
    ),
    claim=claim,
    order=10,
)
