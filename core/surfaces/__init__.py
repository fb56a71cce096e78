"""Every test surface, one file each: value, gradient by hand, and what is known about it."""

from collections.abc import Mapping
from types import MappingProxyType

from core.discover import discover
from core.spec import Surface


def _difficulty(item: tuple[str, Surface]) -> tuple[object, ...]:
    """From simple to hard: quadratics, those along the axes first; then by minima; what has no floor comes last."""
    key, surface = item
    slanting = surface.quadratic and surface.gradient(1.0, 0.0)[1] != surface.gradient(0.0, 0.0)[1]
    return surface.unbounded, not surface.quadratic, slanting, len(surface.minima), key


SURFACES: Mapping[str, Surface] = MappingProxyType(dict(sorted(discover(__name__, "SURFACE").items(), key=_difficulty)))
