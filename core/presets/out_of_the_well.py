"""A shallow well before a deep one: momentum rolls through it."""

from core.engine.descend import Run
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, sgd: Run, momentum: Run, nesterov: Run, adam: Run) -> Claim:
    yield {runner.hypers["lr"] for runner in scene.runners} == {0.1}
    yield "0.1"
    yield (sgd.minimum, momentum.minimum, nesterov.minimum, adam.minimum) == (1, 0, 0, 1)
    for run in (sgd, momentum, nesterov, adam):
        yield f"{run.loss[-1]:.2f}"
    yield f"{sgd.loss[-1]:.2f}" == f"{adam.loss[-1]:.2f}"
    yield f"{momentum.loss[-1]:.2f}" == f"{nesterov.loss[-1]:.2f}"
    yield str(nesterov.when)
    yield str(momentum.when)


PRESET = Preset(
    title=Text("Out of the local well", "지역 최솟값 탈출"),
    observe=Text(
        "At the same rate 0.1, SGD and Adam stay in the near well (f = −0.55); Nesterov (step 42) and momentum "
        "(step 101) reach the deep one (−1.52).",
        "학습률이 모두 0.1인데 SGD와 Adam은 앞의 얕은 우물(f = −0.55)에 갇히고, 네스테로프(42스텝)와 "
        "모멘텀(101스텝)은 전역 최솟값(−1.52)에 도달한다.",
    ),
    scene=Scene(
        surface="local_well",
        steps=120,
        runners=(
            Runner("sgd", {"lr": 0.1}, colour=0),
            Runner("momentum", {"lr": 0.1}, colour=1),
            Runner("nesterov", {"lr": 0.1}, colour=2),
            Runner("adam", {"lr": 0.1}, colour=3),
        ),
    ),
    claim=claim,
    order=80,
)
