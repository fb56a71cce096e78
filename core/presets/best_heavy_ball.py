"""The closed-form optimum of each method on a quadratic with curvatures 1 and 64."""

from core.optimizers import OPTIMIZERS
from core.scene import Preset, Runner, Scene
from core.spec import Text
from core.theory import best, classic_nesterov

LOW, HIGH = 1.0, 64.0  # the two curvatures
SGD, MOMENTUM, NESTEROV = (best(OPTIMIZERS[key], LOW, HIGH).hypers for key in ("sgd", "momentum", "nesterov"))

PRESET = Preset(
    title=Text("The best heavy ball", "가장 빠른 모멘텀"),
    observe=Text(
        "The closed-form optimum (lr 0.0494, β 0.605) arrives at step 36, Nesterov's at 53, his classic tuning at 62, "
        "a guess with β 0.9 at 97, the best SGD not by 100.",
        "공식으로 구한 최적 모멘텀(학습률 0.0494, β 0.605)은 36스텝, 최적 네스테로프는 53스텝, 네스테로프의 고전적인 "
        "설정은 62스텝, 어림한 β 0.9는 97스텝에 도달한다. SGD는 최적 학습률로도 100스텝 안에 못 간다.",
    ),
    scene=Scene(
        surface="ill_conditioned",
        start=(-2.6, -0.9),  # beside the floor, so that even the first, longest step stays on the map
        steps=100,
        runners=(
            Runner("sgd", SGD, colour=0),
            Runner("momentum", {"lr": 0.015, "momentum": 0.9}, colour=1),
            Runner("momentum", MOMENTUM, colour=2),
            Runner("nesterov", classic_nesterov(LOW, HIGH), colour=3),
            Runner("nesterov", NESTEROV, colour=4),
        ),
    ),
    order=50,
    source="B. T. Polyak, Some methods of speeding up the convergence of iteration methods, 1964",
)
