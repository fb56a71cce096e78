"""Himmelblau's function from near its peak: Newton's method looks for any point without slope."""

from core.curvature import curvatures
from core.engine.descend import Run
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, sgd: Run, bfgs: Run, newton: Run) -> Claim:
    yield (sgd.outcome, bfgs.outcome, newton.outcome) == ("arrived", "arrived", "stuck")
    yield (curvatures(scene.record, *newton.x[-1]) < 0).all()  # it rests on a peak
    yield f"{newton.loss[-1]:.0f}"
    yield scene.run(scene.runners[2].with_hyper("damping", 40.0)).outcome == "arrived"
    yield "40"


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
    claim=claim,
    order=96,
    source="Y. Dauphin et al., Identifying and attacking the saddle point problem in high-dimensional non-convex "
    "optimization, 2014",
)
