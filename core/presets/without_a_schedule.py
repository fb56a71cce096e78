"""Schedule-free: what a falling rate gains, without knowing when the run will end."""

from dataclasses import replace

import numpy as np

from core.beside import beside
from core.engine.descend import Run
from core.presets._measures import distance
from core.scene import Claim, Plan, Preset, Runner, Scene
from core.spec import Text


def left(scene: Scene, runner: Runner) -> float:
    """How far from the minimum the mean ends that a runner keeps."""
    mean: np.ndarray = beside(scene, runner)["mean"][-1]
    return float(np.linalg.norm(mean - np.array(scene.record.minima[0])))


def claim(scene: Scene, steady: Run, cooled: Run, free: Run) -> Claim:
    yield f"{distance(scene, steady):.2f}"
    yield f"{distance(scene, cooled):.2f}"
    yield f"{left(scene, scene.runners[2]):.2f}"
    yield scene.plan_of(scene.runners[2]) == Plan()

    # At a third of the way the cosine is still hot, while the mean is good at any time.
    tries = [replace(scene, seed=seed) for seed in range(20)]
    hot = [float(np.linalg.norm(s.run(s.runners[1]).x[100] - np.array(s.record.minima[0]))) for s in tries]
    calm = [left(replace(s, steps=100), s.runners[2]) for s in tries]
    yield "100"
    yield np.median(calm) < np.median(hot) / 1.5


PRESET = Preset(
    title=Text("Without a schedule", "스케줄 없이"),
    observe=Text(
        "SGD ends 0.16 away, with cosine 0.02. Schedule-free SGD keeps its rate, and its dotted mean ends 0.03 away. Stop "
        "at step 100: the cosine is not yet cool.",
        "SGD는 0.16, 코사인을 쓴 SGD는 0.02를 남긴다. 학습률을 그대로 두는 Schedule-free SGD도 점선으로 그린 평균은 0.03까지 "
        "다가간다. 스텝 100에서 멈춰 보면 코사인은 아직 식지 않았다.",
    ),
    scene=Scene(
        surface="least_squares",
        start=(2.5, 1.5),
        steps=300,
        dotted="own",
        runners=(
            Runner("sgd", {"lr": 0.4}, colour=0),
            Runner("sgd", {"lr": 0.4}, Plan("cosine"), colour=1),
            Runner("schedule_free_sgd", {"lr": 0.5}, colour=2),
        ),
    ),
    claim=claim,
    order=230,
)
