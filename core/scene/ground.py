"""The surface that a scene stands on."""

from __future__ import annotations

from functools import lru_cache

from core.expression import Formula
from core.spec import Surface
from core.surfaces import SURFACES


@lru_cache(maxsize=128)
def placed(surface: str | Formula, rotation: float = 0.0, stretch: float = 1.0) -> Surface:
    """The surface of a scene, stretched and turned."""
    flat = surface.surface if isinstance(surface, Formula) else SURFACES[surface]
    return flat.placed(rotation, stretch)
