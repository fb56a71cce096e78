"""The best step along every line still zigzags; conjugate directions take two steps."""

import numpy as np

from core.engine.descend import Run
from core.presets._measures import distance
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, best: Run, short: Run, conjugate: Run) -> Claim:
    bend = scene.record.hessian(0.0, 0.0)
    yield (bend[0], bend[2]) == (0.1, 2.0)  # a ravine twenty times as steep as long
    moves = np.diff(best.x, axis=0)[:8]
    yield np.allclose((moves[1:] * moves[:-1]).sum(axis=1), 0.0, atol=1e-6)  # one step at right angles to the next
    yield f"{distance(scene, best):.2f}"
    yield "40"
    yield scene.steps == 40
    yield str(scene.runners[1].hypers["lr"])
    yield f"{short.when}"
    yield conjugate.outcome == "arrived"
    yield f"{conjugate.when}"


PRESET = Preset(
    title=Text("Two steps suffice", "두 스텝이면 충분하다"),
    observe=Text(
        "The best step along every line zigzags at right angles: 0.13 away after 40. At 0.8 of each step it arrives at step "
        "20; conjugate gradients take 2.",
        "직선마다 가장 낮은 점을 골라도 직각으로 꺾이며 지그재그하고, 40스텝 뒤에도 0.13이 남는다. 매번 0.8만큼만 가면 20번째 "
        "스텝에, 켤레 기울기법은 2번째 스텝에 도착한다.",
    ),
    scene=Scene(
        surface="bowl",
        start=(-7.0, 0.35),
        steps=40,
        runners=(
            Runner("line_search", {"lr": 1.0}, colour=0),
            Runner("line_search", {"lr": 0.8}, colour=1),
            Runner("cg_polak_ribiere", colour=2),
        ),
    ),
    claim=claim,
    order=250,
)
