"""Who leaves the saddle first, one runner of every family."""

from typing import get_args

from core.engine.descend import Run
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Family, Text


def claim(scene: Scene, *runs: Run) -> Claim:
    yield {runner.record.family for runner in scene.runners} == {*get_args(Family)}
    left = {runner.optimizer: run.when for runner, run in zip(scene.runners, runs, strict=True)}
    yield sorted(left, key=lambda key: left[key]) == ["rmsprop", "adagrad", "adadelta", "momentum", "adam", "sgd"]
    yield all(run.outcome == "escaped" for run in runs)
    for number in (runs[0].x[0, 1], *left.values()):
        yield str(number)


PRESET = Preset(
    title=Text("Leaving the saddle", "안장점 탈출"),
    observe=Text(
        "From 0.001 off the ridge, RMSprop leaves the map at step 9, AdaGrad 17, AdaDelta 39, momentum 51, Adam "
        "55, SGD only at 68.",
        "능선에서 0.001 벗어난 시작점에서 지도를 벗어나기까지 RMSprop 9, AdaGrad 17, AdaDelta 39, 모멘텀 51, "
        "Adam 55스텝이 걸리고, SGD는 68스텝이나 걸린다.",
    ),
    scene=Scene(
        surface="saddle",
        steps=70,
        runners=(
            Runner("sgd", {"lr": 0.06}, colour=0),
            Runner("momentum", {"lr": 0.02}, colour=1),
            Runner("adagrad", {"lr": 0.2}, colour=2),
            Runner("rmsprop", {"lr": 0.03}, colour=3),
            Runner("adadelta", {"lr": 1.0}, colour=4),
            Runner("adam", {"lr": 0.03}, colour=5),
        ),
    ),
    claim=claim,
    order=60,
)
