"""A ravine that follows no axis: zigzag, momentum, and steps scaled by coordinate."""

from dataclasses import replace

import numpy as np

from core.curvature import hessian
from core.engine.descend import Run
from core.presets._measures import distance, sides
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, sgd: Run, momentum: Run, adagrad: Run, adam: Run) -> Claim:
    yield scene.runners[0].hypers["lr"] == scene.runners[1].hypers["lr"]
    across = np.linalg.eigh(hessian(scene.record, 0.0, 0.0))[1][:, -1]
    yield str(sides(sgd.x @ across, 0.05))
    yield momentum.outcome == "arrived"
    yield str(momentum.when)
    yield all(run.outcome == "moving" for run in (sgd, adagrad, adam))
    yield min(distance(scene, run) for run in (adagrad, adam)) > 0.7
    turned = replace(scene, rotation=-30.0)  # along an axis both arrive
    yield all(turned.run(runner).outcome == "arrived" for runner in scene.runners[2:])


PRESET = Preset(
    title=Text("The narrow ravine", "좁은 골짜기"),
    observe=Text(
        "At the same rate SGD zigzags across 44 times while momentum arrives at step 56; Adam and AdaGrad crawl, "
        "for the ravine follows no axis.",
        "학습률이 같은데 SGD는 골짜기를 44번이나 가로지르고 모멘텀은 56스텝 만에 도달한다. Adam과 AdaGrad는 "
        "골짜기가 축과 어긋나 있어 더디다.",
    ),
    scene=Scene(
        surface="ill_conditioned",
        steps=100,
        runners=(
            Runner("sgd", {"lr": 0.03}, colour=0),
            Runner("momentum", {"lr": 0.03, "momentum": 0.8}, colour=1),
            Runner("adagrad", {"lr": 0.5}, colour=2),
            Runner("adam", {"lr": 0.1}, colour=3),
        ),
    ),
    claim=claim,
    order=30,
)
