"""The counterexample of Reddi et al. (2018), theorem 1: lr ~ 1/√t, β₁ = 0, β₂ = 1/(1 + C²) with C = 3."""

from core.engine.descend import Run
from core.scene import Claim, Plan, Preset, Runner, Scene
from core.spec import Text

SETTINGS = {"lr": 0.5, "beta1": 0.0, "beta2": 0.1}


def claim(scene: Scene, sgd: Run, adam: Run, amsgrad: Run) -> Claim:
    yield sgd.x[-1, 0] == amsgrad.x[-1, 0] == -1.0
    yield max(sgd.x[-3:, 0].max(), amsgrad.x[-3:, 0].max()) < -0.85
    yield adam.x[-1, 0] > 0.94
    yield f"{adam.x[-1, 0]:.2f}"
    yield "−1"


PRESET = Preset(
    title=Text("Where Adam fails", "Adam이 실패하는 곳"),
    observe=Text(
        "Left is better on average, and x = −1 is best. SGD and AMSGrad get there; Adam ends at x = 0.95, beside the "
        "worst point of all.",
        "평균하면 왼쪽이 낮고 x = −1이 가장 좋다. SGD와 AMSGrad는 그리로 가지만, Adam은 가장 나쁜 점 바로 옆인 "
        "x = 0.95에서 끝난다.",
    ),
    scene=Scene(
        surface="online_three",
        start=(0.0, 0.0),
        steps=100,
        runners=(
            Runner("sgd", {"lr": 0.5}, colour=0),
            Runner("adam", SETTINGS, colour=1),
            Runner("amsgrad", SETTINGS, colour=2),
        ),
        shared=Plan("power", {"s": 1, "c": 0.5}),
    ),
    claim=claim,
    order=135,
    source="S. J. Reddi, S. Kale, S. Kumar, On the Convergence of Adam and Beyond, 2018",
)
