"""Gradient descent can only rest where the sharpness is below 2/lr: rates around the one its first valley allows."""

import numpy as np

from core.curvature import sharpness
from core.engine.descend import Run
from core.presets._measures import lengths
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, *runs: Run) -> Claim:
    edges = [2 / runner.hypers["lr"] for runner in scene.runners]
    sharp = [sharpness(scene.record, run.x) for run in runs]
    for edge in edges:
        yield f"{edge:.3g}"
    yield f"{sharp[0][0]:.0f}"
    for path in sharp[2:]:
        yield f"{path[-1]:.1f}"
    for run, path, edge in zip(runs, sharp, edges, strict=True):
        stays = np.hypot(*(run.x - run.x[0]).T).max() < 0.1
        yield stays == (run.loss.max() == run.loss[0]) == (edge > path[0])
        yield run.loss[-1] < 1e-6
        yield lengths(run)[-1] < 1e-3
        yield path[-1] < edge


PRESET = Preset(
    title=Text("The edge of stability", "안정성의 경계"),
    observe=Text(
        "At the start the valley has sharpness 16. Where 2/lr is 40 or 16.7, SGD stays; at 13.3 and 10.5 it is thrown "
        "out, and rests where the sharpness is 9.8 and 2.1.",
        "시작점 골짜기의 날카로움(최대 곡률)은 16이다. 2/학습률이 40, 16.7인 SGD는 그대로 머문다. 13.3, 10.5이면 튕겨 "
        "나가서 날카로움이 9.8, 2.1인 곳에 자리를 잡는다.",
    ),
    scene=Scene(
        surface="factored",
        start=(4.0, 0.3),
        steps=100,
        runners=tuple(Runner("sgd", {"lr": lr}, colour=i) for i, lr in enumerate((0.05, 0.12, 0.15, 0.19))),
    ),
    claim=claim,
    order=25,
    source="J. Cohen et al., Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability, 2021; "
    "A. Lewkowycz et al., The Large Learning Rate Phase of Deep Learning: the Catapult Mechanism, 2020",
)
