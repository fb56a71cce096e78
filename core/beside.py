"""Points beside a path: those that a method keeps for itself, and means of where it has been."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.engine.descend import Run
from core.scene import Runner, Scene
from core.scene.limits import AVERAGES, DECAY
from core.spec.schedule import cycled


def running_mean(mean: Any, x: Any, t: Any) -> Any:
    """The mean of x_1 to x_t, from that of the points before (B. T. Polyak, A. B. Juditsky, 1992)."""
    return mean + (x - mean) / t


def moving_average(mean: Any, x: Any, t: Any) -> Any:
    """An exponential moving average of x_1 to x_t, which begins at x_1."""
    return x if t == 1 else DECAY * mean + (1 - DECAY) * x


AVERAGING = dict(zip(AVERAGES, (running_mean, moving_average), strict=True))


def beside(scene: Scene, runner: Runner) -> Mapping[str, np.ndarray]:
    """Of a run of the scene the points beside it that the scene asks for: name -> (steps+1, 2), the start first.

    The name is that of a companion, or of the average.
    """
    if not scene.dotted:
        return {}
    if scene.dotted in AVERAGING:
        return {scene.dotted: averaged(scene.dotted, scene.run(runner).x)}
    return companions(runner, scene.run(runner, "state"))


def averaged(kind: str, x: np.ndarray) -> np.ndarray:
    """The average of the points up to every step; at the start that is the start."""
    means = [x[0]]
    with np.errstate(all="ignore"):
        for t in range(1, len(x)):
            means.append(AVERAGING[kind](means[-1], x[t], float(t)))
    return np.array(means)


def companions(runner: Runner, run: Run) -> dict[str, np.ndarray]:
    """Where the companions of a runner were at every step of a run that has kept its state; at the start they are there, too."""
    record, t = runner.spoken, np.arange(1.0, len(run.x))[:, None]
    hypers: dict[str, Any] = {**runner.hypers, "lr": run.lr[:, None]}
    if run.momentum is not None:
        hypers[cycled(hypers)] = run.momentum[:, None]
    state = [run.state[name][1:] for name in record.state]
    with np.errstate(all="ignore"):
        places = {
            companion.key: companion.place(run.x[1:], t, *state, *(hypers[h.name] for h in record.hypers))
            for companion in record.companions
        }
    found = {key: np.concatenate([run.x[:1], place]) for key, place in places.items()}
    if run.stopped >= 0:  # what rests does so with all that belongs to it
        for place in found.values():
            place[run.stopped + 1 :] = place[run.stopped]
    return found
