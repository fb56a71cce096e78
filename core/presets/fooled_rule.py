"""A rule of stopping that looks at the loss alone is fooled where a run turns round."""

from dataclasses import replace

from core.engine.descend import Run
from core.presets._measures import distance
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, momentum: Run, adam: Run) -> Claim:
    yield f"{scene.stops['loss_change']:g}"
    yield [momentum.outcome, adam.outcome] == ["stopped", "stopped"]
    yield f"{momentum.stopped}"
    yield f"{distance(scene, momentum):.1f}"
    on = replace(scene, stops={})
    yield f"{distance(on, on.run(on.runners[0])):.1f}"
    yield f"{adam.stopped}"
    strict = replace(scene, stops={"gradient_norm": 0.1})
    yield strict.run(strict.runners[0]).stopped == -1


PRESET = Preset(
    title=Text("A rule is fooled", "속아 넘어간 정지 규칙"),
    observe=Text(
        "The loss changed by less than 0.001, so the rule stops momentum at step 53, 1.7 away, where it turned round. It "
        "would have come to 0.4. Adam: step 368.",
        "손실 변화가 0.001보다 작다는 이유로 모멘텀은 방향을 바꾸던 53번째 스텝에, 1.7을 남긴 채 멈춘다. 계속 갔다면 0.4까지 "
        "다가갔다. Adam은 368번째 스텝에 멈춘다.",
    ),
    scene=Scene(
        surface="rosenbrock",
        steps=500,
        stops={"loss_change": 0.001},
        runners=(Runner("momentum", {"lr": 0.0005}, colour=0), Runner("adam", {"lr": 0.1}, colour=1)),
    ),
    claim=claim,
    order=280,
)
