"""What the bias correction is for: the first steps of Adam, and of a method that has none."""

import numpy as np

from core.engine.descend import Run
from core.scene import Claim, Preset, Runner, Scene, View
from core.spec import Text
from core.textbook._measures import steps, value


def claim(scene: Scene, *runs: Run) -> Claim:
    (first, *_), (start, *_) = steps(scene, runs)
    yield np.allclose(np.abs(first.move), first.rate, rtol=1e-6)
    yield np.allclose(value(first, r"\hat{m}_{t}"), first.gradient, rtol=1e-6)
    yield f"{first.rate:g}"
    uncorrected = np.abs(value(first, "m_{t}")) / np.sqrt(value(first, "v_{t}"))
    begins = np.abs(start.move) / start.rate
    for number in (*uncorrected, *begins):
        yield f"{number:.3g}"


PRESET = Preset(
    title=Text("Adam's bias correction", "Adam의 편향 보정"),
    observe=Text(
        "Corrected, Adam's first step is η = 0.3 in x and y. From m and v as they are it would be 3.16 times as long; RMSprop "
        "corrects nothing and begins with 31.6 times its rate.",
        "보정한 Adam의 첫 스텝은 x, y 모두 η = 0.3이다. m과 v를 그대로 쓰면 3.16배 길어진다. 보정이 없는 RMSprop은 학습률의 "
        "31.6배로 출발한다.",
    ),
    scene=Scene(
        surface="bowl",
        start=(-7.0, 2.0),
        steps=30,
        runners=(
            Runner("adam", {"lr": 0.3}, colour=0),
            Runner("rmsprop", {"lr": 0.01, "rho": 0.999}, colour=1),
        ),
        view=View(step=1),
    ),
    claim=claim,
    order=40,
    source="D. P. Kingma, J. Ba, Adam: A Method for Stochastic Optimization, 2015, section 3",
)
