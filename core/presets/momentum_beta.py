"""One optimizer four times: how much should it remember?"""

from core.engine.descend import Run
from core.presets._measures import distance, sides
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, slow: Run, good: Run, loose: Run, far: Run) -> Claim:
    for runner in scene.runners:
        yield str(runner.hypers["momentum"])
    yield sides(slow.x[:, 0]) == 0
    yield sides(loose.x[:, 0]) > sides(good.x[:, 0]) > 0
    yield far.outcome == "moving"
    for number in (good.when, slow.when, loose.when, scene.steps):
        yield str(number)
    yield f"{distance(scene, far):.1f}"


PRESET = Preset(
    title=Text("Momentum: how much memory?", "모멘텀, 얼마나 기억할까"),
    observe=Text(
        "β 0.8 arrives at step 50; β 0.5 creeps in at 139, β 0.9 swings until 103, and β 0.99 is still 2.7 away "
        "after 150 steps.",
        "β 0.8은 50스텝 만에 도달한다. 0.5는 느릿느릿 139스텝, 0.9는 왔다 갔다 하다 103스텝이 걸리고, 0.99는 "
        "150스텝 뒤에도 2.7 떨어져 있다.",
    ),
    scene=Scene(
        surface="bowl",
        steps=150,
        runners=(
            Runner("momentum", {"lr": 0.2, "momentum": 0.5}, colour=0),
            Runner("momentum", {"lr": 0.2, "momentum": 0.8}, colour=1),
            Runner("momentum", {"lr": 0.2, "momentum": 0.9}, colour=2),
            Runner("momentum", {"lr": 0.2, "momentum": 0.99}, colour=3),
        ),
    ),
    claim=claim,
    order=40,
)
