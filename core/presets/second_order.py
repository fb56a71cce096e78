"""Rosenbrock's valley, for those who know the slope alone, and for those who know how it bends."""

from core.engine.descend import Run
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, sgd: Run, polyak: Run, bfgs: Run, newton: Run) -> Claim:
    yield [run.outcome for run in (sgd, polyak, bfgs, newton)] == ["moving", "moving", "arrived", "arrived"]
    for number in (newton.when, bfgs.when, scene.length):
        yield str(number)


PRESET = Preset(
    title=Text("What curvature is worth", "곡률을 알면"),
    observe=Text(
        "Newton knows how the valley bends and arrives at step 4; BFGS learns it on the way, at 35. SGD and Polyak's step "
        "know the slope alone and are not there by 100.",
        "골짜기가 어떻게 휘는지 아는 뉴턴법은 4스텝, 가면서 배우는 BFGS는 35스텝에 도착한다. 기울기만 아는 SGD와 폴랴크 보폭은 "
        "100스텝이 지나도 못 간다.",
    ),
    scene=Scene(
        surface="rosenbrock",
        start=(-0.3, 1.5),
        steps=100,
        runners=(
            Runner("sgd", {"lr": 0.001}, colour=0),
            Runner("polyak_step", colour=1),
            Runner("bfgs", colour=2),
            Runner("newton", colour=3),
        ),
    ),
    claim=claim,
    order=95,
    source="J. Nocedal, S. J. Wright, Numerical Optimization, 2006, chapters 3 and 6",
)
