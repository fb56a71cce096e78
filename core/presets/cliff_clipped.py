"""A cliff throws gradient descent out of the map; a clipped gradient does not."""

from core.engine.descend import Run
from core.presets._measures import distance
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, free: Run, by_norm: Run, by_value: Run) -> Claim:
    yield {runner.hypers["lr"] for runner in scene.runners} == {0.02}
    yield "0.02"
    yield free.outcome == "escaped"
    yield f"{free.when}"
    yield f"{scene.runners[1].modifiers['clip_norm']['norm']:g}"
    yield scene.runners[2].modifiers["clip_value"]["value"] == scene.runners[1].modifiers["clip_norm"]["norm"]
    yield f"{distance(scene, by_norm):.3f}"
    yield f"{distance(scene, by_value):.3f}"


PRESET = Preset(
    title=Text("A cliff, clipped", "절벽과 기울기 클리핑"),
    observe=Text(
        "At the same rate 0.02 the cliff throws SGD off the map at step 1. With gradients clipped to 2 it ends 0.016 "
        "(norm) and 0.027 (value) from the minimum.",
        "학습률은 모두 0.02이다. SGD는 절벽에서 1번째 스텝에 지도 밖으로 튕겨 나간다. 기울기를 2로 자르면 최솟값까지 "
        "0.016(노름), 0.027(값)만 남는다.",
    ),
    scene=Scene(
        surface="beale",
        start=(3.0, 3.0),
        steps=500,
        runners=(
            Runner("sgd", {"lr": 0.02}, colour=0),
            Runner("sgd", {"lr": 0.02}, colour=1, modifiers={"clip_norm": {"norm": 2.0}}),
            Runner("sgd", {"lr": 0.02}, colour=2, modifiers={"clip_value": {"value": 2.0}}),
        ),
    ),
    claim=claim,
    order=210,
)
