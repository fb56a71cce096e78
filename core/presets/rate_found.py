"""Prodigy and D-Adaptation find the learning rate; Adam has to be told."""

from core.engine.descend import Run
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, small: Run, right: Run, prodigy: Run) -> Claim:
    yield str(scene.runners[0].hypers["lr"])
    yield small.outcome == "moving"
    yield str(scene.runners[1].hypers["lr"])
    yield [right.outcome, prodigy.outcome] == ["arrived", "arrived"]
    yield f"{right.when}"
    yield f"{prodigy.when}"
    yield scene.runners[2].hypers["d0"] == 1e-6
    yield small.loss[-1] > small.loss[0] / 2


PRESET = Preset(
    title=Text("A rate that finds itself", "스스로 찾는 학습률"),
    observe=Text(
        "At its usual 0.001 Adam hardly moves; at 0.1 it arrives at step 149. Prodigy begins with a millionth, finds its own "
        "rate, and arrives at step 123.",
        "기본값 0.001의 Adam은 거의 움직이지 않고, 0.1이면 149번째 스텝에 도착한다. Prodigy는 백만분의 일에서 시작해 학습률을 "
        "스스로 찾아 123번째 스텝에 도착한다.",
    ),
    scene=Scene(
        surface="bowl",
        steps=300,
        runners=(
            Runner("adam", {"lr": 0.001}, colour=0),
            Runner("adam", {"lr": 0.1}, colour=1),
            Runner("prodigy", colour=2),
        ),
    ),
    claim=claim,
    order=270,
)
