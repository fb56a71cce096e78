"""Lookahead: what swings back and forth cancels, what goes one way stays."""

from core.engine.descend import Run
from core.presets._measures import distance, sides
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, plain: Run, ahead: Run) -> Claim:
    yield str(scene.runners[0].hypers["momentum"])
    yield scene.runners[0].hypers == scene.runners[1].hypers
    yield f"{distance(scene, plain):.2f}"
    yield ahead.outcome == "arrived"
    yield f"{ahead.when}"
    yield f"{scene.runners[1].modifiers['lookahead']['k']:g}"
    yield sides(ahead.x[:, 1], 1e-3) < sides(plain.x[:, 1], 1e-3) / 2


PRESET = Preset(
    title=Text("Five steps ahead", "다섯 스텝 앞서가기"),
    observe=Text(
        "With β = 0.95 momentum still swings 0.04 away after 200 steps. Pulled half the way back every 5 steps, the same "
        "momentum arrives at step 136.",
        "β = 0.95인 모멘텀은 200스텝 뒤에도 0.04 떨어져 흔들린다. 5스텝마다 절반씩 되돌아오게 하면 같은 모멘텀이 136번째 "
        "스텝에 도착한다.",
    ),
    scene=Scene(
        surface="bowl",
        start=(-7.0, 2.0),
        steps=200,
        runners=(
            Runner("momentum", {"lr": 0.3, "momentum": 0.95}, colour=0),
            Runner("momentum", {"lr": 0.3, "momentum": 0.95}, colour=1, modifiers={"lookahead": {"k": 5.0}}),
        ),
    ),
    claim=claim,
    order=240,
)
