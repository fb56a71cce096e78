"""A method that scales coordinate by coordinate is blind to a ravine across them; Shampoo turns with it."""

from dataclasses import replace

from core.engine.descend import Run
from core.presets._measures import distance
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, adagrad: Run, shampoo: Run) -> Claim:
    straight = replace(scene, rotation=0.0)
    before = [straight.run(runner) for runner in straight.runners]
    yield str(int(scene.rotation))
    yield [run.outcome for run in before] == ["arrived", "arrived"]
    yield f"{before[0].when}"
    yield f"{distance(scene, adagrad):.1f}"
    yield shampoo.outcome == "arrived"
    yield f"{before[1].when}"
    yield f"{shampoo.when}"


PRESET = Preset(
    title=Text("The ravine turned", "돌려 놓은 골짜기"),
    observe=Text(
        "Turned by 45 degrees, AdaGrad ends 1.1 away; unturned it arrives at step 91. Shampoo keeps the whole matrix and "
        "arrives either way: step 65 before, 80 now.",
        "45도 돌린 골짜기에서 AdaGrad는 1.1을 남긴다. 돌리기 전에는 91번째 스텝에 도착한다. 행렬 전체를 기억하는 Shampoo는 "
        "돌리기 전 65번째, 지금은 80번째 스텝에 도착한다.",
    ),
    scene=Scene(
        surface="bowl",
        rotation=45.0,
        steps=200,
        runners=(Runner("adagrad", {"lr": 1.0}, colour=0), Runner("shampoo", {"lr": 1.0}, colour=1)),
    ),
    claim=claim,
    order=260,
)
