"""The surface that runners stand on, as the browser draws it."""

from __future__ import annotations

from typing import Any

from core import Scene
from pages.shared.cache import grid_of, marks_of, relief_of
from pages.shared.canvas import Arrays


def ground(scene: Scene, arrays: Arrays) -> dict[str, Any]:
    """The surface of a scene, as the browser draws it."""
    place = (scene.surface, scene.rotation, scene.stretch)
    relief, marks, surface = relief_of(*place), marks_of(*place), scene.record
    return {
        "key": f"{surface.key}@{scene.rotation!r}@{scene.stretch!r}",
        "found": surface.found,
        "bounds": surface.bounds,
        "grid": arrays.take(*grid_of(*place)),
        "n": len(relief.x),
        "scale": relief.scale,
        "low": relief.low,
        "unit": relief.unit,
        "floor": float(surface.value(*surface.minima[0])) if surface.minima else None,
        "marks": arrays.keep(marks),
    }
