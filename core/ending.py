"""Where every rule that may end a run would have ended it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.engine.descend import DEFAULT_TOLERANCE
from core.scene import Runner, Scene
from core.stops import STOPS


@dataclass(frozen=True)
class Ending:
    """Where a rule ends a run. step: of its last point, None where the rule never holds; loss: there, or at the end.

    away: the distance from there to the nearest known minimum, None without one. evaluations: how many it took.
    """

    step: int | None
    loss: float
    away: float | None
    evaluations: int


def endings(scene: Scene, runner: Runner) -> Mapping[str, Ending]:
    """Each rule by itself on the run of a runner: the scene's own bound where it has one, else the rule's usual one.

    A key of `STOPS`, and last "distance" for coming near a minimum: within the scene's tolerance, else a thousandth of
    the map.
    """
    bounds = bounds_of(scene)
    found = {key: _ending(replace(scene, stops={key: bounds[key]}, tolerance=None), runner) for key in STOPS}
    near = replace(scene, stops={}, tolerance=bounds["distance"])
    return {**found, "distance": _ending(near, runner)}


def bounds_of(scene: Scene) -> Mapping[str, float]:
    """The bound at which each rule is asked."""
    distance = DEFAULT_TOLERANCE * scene.record.size if scene.tolerance is None else scene.tolerance
    return {key: scene.stops.get(key, stop.bound.default) for key, stop in STOPS.items()} | {"distance": distance}


def _ending(scene: Scene, runner: Runner) -> Ending:
    run = scene.run(runner)
    x, y = run.x[-1]
    distances = [float(((x - a) ** 2 + (y - b) ** 2) ** 0.5) for a, b in scene.record.minima]
    step = int(run.stopped) if run.stopped >= 0 else None
    return Ending(step, float(run.loss[-1]), min(distances, default=None), int(run.evaluations))
