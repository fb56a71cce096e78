"""What the browser is told of a scene and its runners: plain data, from which it can run them anew after any change."""

from __future__ import annotations

import math
from typing import Any

from core.browser.javascript import number
from core.engine.interpreter import Op
from core.scene import Plan, Runner, Scene
from core.spec import Surface


def scene_header(scene: Scene) -> dict[str, Any]:
    """What all runners have in common, as `descend` of `assets/descend.js` takes it."""
    return {
        "surface": _surface(scene.record.flat),
        "rotation": scene.rotation,
        "stretch": scene.stretch,
        "start": scene.start,
        "steps": scene.length,
        "noise": scene.noise,
        "seed": scene.seed,
        "batch": scene.batch,
        "tolerance": scene.tolerance,
        **({"dotted": scene.dotted} if scene.dotted else {}),
        **({"stops": dict(scene.stops)} if scene.stops else {}),
    }


def runner_header(scene: Scene, runner: Runner) -> dict[str, Any]:
    """What sets one runner apart, as `descend` takes it."""
    plan = scene.plan_of(runner)
    around = {key: dict(settings) for key, settings in runner.modifiers.items()}
    return {
        "optimizer": runner.optimizer,
        "dialect": runner.dialect,
        "hypers": dict(runner.hypers),
        "schedule": plan.schedule,
        "scheduleHypers": _at_work(plan),
        **({"modifiers": around} if around else {}),
    }


def _at_work(plan: Plan) -> dict[str, float]:
    """The hyperparameters of a plan: of drops and the like those that are made, and those that a slider could make now."""
    numbers = {0, *(h.nth for h in plan.at_work)}
    return {h.name: plan.hypers[h.name] for h in plan.settings if h.nth in numbers}


def _surface(flat: Surface) -> str | dict[str, Any]:
    """The key of a declared surface; of a typed function the program, its map and the minima that were found there.

    JSON has no infinity: such a number travels as the word by which JavaScript's `Number` knows it.
    """
    if flat.program is None:
        return flat.key
    rows = [
        [Op(int(op)).name, int(to), int(a), int(b), c if math.isfinite(c) else number(c).text]
        for op, to, a, b, c in flat.program.tolist()
    ]
    return {"program": rows, "bounds": flat.bounds, "minima": flat.minima}
