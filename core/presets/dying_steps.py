"""AdaGrad never forgets a steep slope; RMSprop and Adam do."""

from core.engine.descend import Run
from core.presets._measures import distance, lengths
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, adagrad: Run, rmsprop: Run, adam: Run) -> Claim:
    yield {runner.hypers["lr"] for runner in scene.runners} == {0.05}
    yield "0.05"
    yield f"{lengths(adagrad)[0]:.2f}"
    yield f"{lengths(adagrad)[-1]:.3f}"
    yield f"{distance(scene, adagrad):.2f}"
    yield max(distance(scene, run) for run in (rmsprop, adam)) < 0.15
    yield "0.15"


PRESET = Preset(
    title=Text("Steps that die out", "사라지는 보폭"),
    observe=Text(
        "At the same rate 0.05, AdaGrad's steps shrink from 0.07 to 0.002 and it ends 1.39 short; RMSprop and "
        "Adam forget and end within 0.15.",
        "학습률은 모두 0.05이다. AdaGrad는 보폭이 0.07에서 0.002로 줄어 최솟값까지 1.39를 남기고 멎어 가지만, 옛 "
        "기울기를 잊는 RMSprop과 Adam은 0.15 안까지 다가간다.",
    ),
    scene=Scene(
        surface="beale",
        steps=500,
        runners=(
            Runner("adagrad", {"lr": 0.05}, colour=0),
            Runner("rmsprop", {"lr": 0.05}, colour=1),
            Runner("adam", {"lr": 0.05}, colour=2),
        ),
    ),
    claim=claim,
    order=120,
)
