"""What the claims of presets measure on a run."""

from __future__ import annotations

import numpy as np

from core.engine.descend import Run
from core.scene import Scene


def distance(scene: Scene, run: Run) -> float:
    """How far from the nearest minimum the run ends."""
    return float(np.linalg.norm(run.x[-1] - np.array(scene.record.minima), axis=1).min())


def lengths(run: Run) -> np.ndarray:
    """(steps,) length of every step."""
    found: np.ndarray = np.linalg.norm(np.diff(run.x, axis=0), axis=1)
    return found


def sides(values: np.ndarray, thickness: float = 0.0) -> int:
    """How often a coordinate changes its sign, values closer to zero than `thickness` left out."""
    return int(np.count_nonzero(np.diff(np.sign(values[np.abs(values) > thickness]))))
