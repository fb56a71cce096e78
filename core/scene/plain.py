"""A scene as nested plain data, as `mending` reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.expression import Formula
from core.scene.runner import Plan, Runner

if TYPE_CHECKING:
    from core.scene.scene import Scene


def scene(scene: Scene) -> dict[str, Any]:
    """Of a scene, all that it holds."""
    return {
        "surface": _surface(scene.surface),
        "start": scene.start,
        "steps": scene.steps,
        "rotation": scene.rotation,
        "stretch": scene.stretch,
        "noise": scene.noise,
        "batch": scene.batch,
        "seed": scene.seed,
        "tolerance": scene.tolerance,
        "stops": dict(scene.stops),
        "dotted": scene.dotted,
        "runners": [_runner(runner) for runner in scene.runners],
        "shared": _plan(scene.shared) if scene.shared else None,
        "view": {
            "step": scene.view.step,
            "camera": scene.view.camera,
            "window": scene.view.window,
            "loss_axis": scene.view.loss_axis,
        },
    }


def _surface(surface: str | Formula) -> str | dict[str, Any]:
    return {"f": surface.text, "bounds": surface.bounds} if isinstance(surface, Formula) else surface


def _runner(runner: Runner) -> dict[str, Any]:
    return {
        "optimizer": runner.optimizer,
        "hypers": dict(runner.hypers),
        "plan": _plan(runner.plan),
        "colour": runner.colour,
        "shown": runner.shown,
        "dialect": runner.dialect,
        "modifiers": {key: dict(settings) for key, settings in runner.modifiers.items()},
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {"schedule": plan.schedule, "hypers": plan.told}
