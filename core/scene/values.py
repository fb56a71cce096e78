"""Numbers and flags out of anything that a link, a file or a caller may hold; None for what is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from core.scene.faults import MAPPING, SceneError, between, refused, spelled, unknown, whole
from core.scene.limits import FAR
from core.spec import Hyper


def to_float(raw: Any, low: float, high: float) -> float | None:
    """A finite number in a range."""
    if isinstance(raw, bool) or (isinstance(raw, str) and ("_" in raw or not raw.isascii())):
        return None
    try:
        value = float(raw)
    except (TypeError, ValueError, OverflowError):
        return None
    return value if math.isfinite(value) and low <= value <= high else None


def to_whole(raw: Any, low: int, high: int) -> int | None:
    """A whole number in a range."""
    value = to_float(raw, low, high)
    return int(value) if value is not None and value.is_integer() else None


def to_flag(raw: Any) -> bool | None:
    """true or false, in JSON or in a link."""
    if isinstance(raw, str):
        return {"0": False, "1": True}.get(raw)
    return raw if isinstance(raw, bool) else None


def to_numbers(raw: Any, lengths: tuple[int, ...]) -> tuple[float, ...] | None:
    """So many finite numbers as one of the lengths says."""
    if not isinstance(raw, (list, tuple)) or len(raw) not in lengths:
        return None
    values = [to_float(v, -FAR, FAR) for v in raw]
    return None if None in values else tuple(v for v in values if v is not None)


def to_mapping(name: str, data: Any, problems: list[SceneError]) -> Mapping[Any, Any]:
    """`data` if it is a mapping, else an empty one, which is a problem more."""
    if isinstance(data, Mapping):
        return data
    problems.append(refused(name, data, MAPPING))
    return {}


def hypers_of(
    given: Any, hypers: tuple[Hyper, ...], owner: str, named: tuple[Hyper, ...] = ()
) -> tuple[dict[str, float], list[SceneError]]:
    """Every hyperparameter by name, at its default where it is missing or wrong, and what was wrong.

    named: those of them that may be proposed in the place of a name that nobody knows; all, if none are told.
    """
    problems: list[SceneError] = []
    given = to_mapping(owner, {} if given is None else given, problems)
    names = [h.name for h in hypers]
    proposed = [h.name for h in named or hypers]
    problems += [unknown(owner, name, proposed) for name in given if name not in names]
    values = {}
    for h in hypers:
        values[h.name] = float(h.default)
        if h.name in given:
            value = to_float(given[h.name], h.low, h.high)
            if value is None or not h.admits(value):
                expected = whole(int(h.low), int(h.high)) if h.integer else between(h.low, h.high)
                problems.append(refused(f"{owner} {h.name}", given[h.name], expected, spelled(h.default)))
            else:
                values[h.name] = value
    return values, problems
