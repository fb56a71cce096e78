"""What the claims of worked examples measure on a step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.anatomy import Step, dissect
from core.engine.descend import Run
from core.scene import Scene


def steps(scene: Scene, runs: Sequence[Run]) -> list[list[Step]]:
    """Every step of every runner, as the page shows it: [runner][t - 1]."""
    together = zip(scene.runners, runs, strict=True)
    return [[dissect(scene, runner, run, t) for t in range(1, scene.length + 1)] for runner, run in together]


def value(step: Step, name: str) -> np.ndarray:
    """What the line of this name comes to, in each coordinate."""
    (line,) = (line for line in step.lines if line.name == name)
    return np.array(line.values)
