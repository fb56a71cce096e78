"""The four-panel figure of the book: one bowl, four optimizers, thirty steps."""

import numpy as np

from core.engine.descend import Run
from core.presets._measures import sides
from core.scene import Claim, Preset, Runner, Scene, View
from core.spec import Text


def claim(scene: Scene, sgd: Run, momentum: Run, adagrad: Run, adam: Run) -> Claim:
    """The figure plots 30 points, the start among them."""
    plotted = (-0.38717458, -0.09420257), (0.81411215, 0.27287785), (-0.13618540, 0.0)
    for run, point in zip((sgd, momentum, adagrad), plotted, strict=True):
        yield np.allclose(run.x[29], point, rtol=0, atol=5e-9)
    yield np.allclose(adam.x[29], (0.02014906, 0.32195722), rtol=0, atol=2e-5)  # the book adds ε elsewhere
    yield sides(sgd.x[:, 1]) == scene.steps
    yield momentum.x[:, 0].max() > 0.8
    yield (np.diff(adagrad.x[:, 0]) > 0).all()
    yield sides(adagrad.x[:, 1]) == 0
    yield adagrad.loss[-1] == min(run.loss[-1] for run in (sgd, momentum, adagrad, adam))
    yield f"{adagrad.loss[-1]:.4f}"


PRESET = Preset(
    title=Text("Four ways down one bowl", "한 그릇, 네 가지 경로"),
    observe=Text(
        "SGD changes sides at every step, momentum swings wide and past the minimum, AdaGrad goes straight in "
        "and ends lowest, f = 0.0007.",
        "SGD는 매 스텝 y의 부호를 바꾸며 지그재그로 가고, 모멘텀은 크게 휘어 최솟값을 지나치며, AdaGrad는 곧장 "
        "들어가 가장 낮은 f = 0.0007에서 끝난다.",
    ),
    scene=Scene(
        surface="bowl",
        start=(-7.0, 2.0),
        steps=30,
        runners=(
            Runner("sgd", {"lr": 0.95}, colour=0),
            Runner("momentum", {"lr": 0.1}, colour=1),
            Runner("adagrad", {"lr": 1.5, "eps": 1e-7}, colour=2),
            Runner("adam", {"lr": 0.3}, colour=3),
        ),
        view=View(window=(-8.0, 3.0, -5.5, 5.5)),
    ),
    claim=claim,
    order=10,
    source="K. Saito, Deep Learning from Scratch, ch. 6",
)
