"""A cliff throws gradient descent off the map; a clipped gradient does not."""

from core.engine.descend import Run
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, free: Run, by_norm: Run, by_value: Run) -> Claim:
    yield {runner.hypers["lr"] for runner in scene.runners} == {1.0}
    yield f"{scene.runners[0].hypers['lr']:g}"
    yield free.outcome == "escaped"
    yield free.when == 1
    yield f"{float((free.gradient[0] ** 2).sum() ** 0.5):.0f}"
    yield f"{scene.runners[1].modifiers['clip_norm']['norm']:g}"
    yield scene.runners[2].modifiers["clip_value"]["value"] == scene.runners[1].modifiers["clip_norm"]["norm"]
    yield [by_norm.outcome, by_value.outcome] == ["arrived", "arrived"]
    yield f"{by_norm.when}"
    yield f"{by_value.when}"


PRESET = Preset(
    title=Text("A cliff, clipped", "절벽과 기울기 클리핑"),
    observe=Text(
        "On the edge the gradient is 15: at rate 1 one step makes SGD leave the map. Clipped to 0.3, by norm or by value, "
        "it arrives at step 11 or 9.",
        "절벽 끝에서 기울기의 길이는 15이다. 학습률 1이면 SGD는 한 스텝에 지도를 벗어난다. 0.3으로 자르면 노름은 11번째, "
        "값은 9번째 스텝에 도착한다.",
    ),
    scene=Scene(
        surface="cliff",
        start=(3.0, 1.5),
        steps=60,
        runners=(
            Runner("sgd", {"lr": 1.0}, colour=0),
            Runner("sgd", {"lr": 1.0}, colour=1, modifiers={"clip_norm": {"norm": 0.3}}),
            Runner("sgd", {"lr": 1.0}, colour=2, modifiers={"clip_value": {"value": 0.3}}),
        ),
    ),
    claim=claim,
    order=210,
)
