"""Himmelblau's function from near its peak: Newton's method looks for any point without slope."""

from core.scene import Preset, Runner, Scene
from core.spec import Text

PRESET = Preset(
    title=Text("Newton climbs the hill", "언덕을 오르는 뉴턴법"),
    observe=Text(
        "SGD and BFGS go down, Newton goes up and rests on the peak, at a loss of 182: there the slope is zero as well. "
        "Raise its damping to 40 and it turns round.",
        "SGD와 BFGS는 내려가지만 뉴턴법은 거꾸로 올라가 손실 182인 봉우리에서 멈춘다. 그곳도 기울기가 0이기 때문이다. "
        "감쇠를 40으로 높이면 방향을 돌려 내려간다.",
    ),
    scene=Scene(
        surface="himmelblau",
        start=(0.4, -0.6),
        steps=50,
        runners=(
            Runner("sgd", {"lr": 0.01}, colour=0),
            Runner("bfgs", colour=1),
            Runner("newton", colour=2),
        ),
    ),
    order=96,
    source="Y. Dauphin et al., Identifying and attacking the saddle point problem in high-dimensional non-convex "
    "optimization, 2014",
)
