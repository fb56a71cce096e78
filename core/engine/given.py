"""What a caller hands over: numbers are taken for what they are, and anything else is refused in a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from core.spec import Hyper

Values = float | np.ndarray  # a number, or an array of one for every lane or one for all
NOTHING = np.array(np.nan)  # in the place of what holds no numbers
LONGEST = 80  # characters of what came, in a sentence


def said(value: Any) -> str:
    """What came, in a few words: of an array its shape, of text that it is text."""
    if isinstance(value, np.ndarray) and value.ndim:
        kind = "an array" if value.dtype.kind in "iuf" else f"an array of {value.dtype}"
        return f"{kind} of shape {value.shape}"
    text = " ".join(repr(value).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def floats(value: Any) -> np.ndarray:
    """An array of floats; a lone nan for text, truth values and whatever else is no number."""
    try:
        array = np.asarray(value)
        if array.dtype.kind in "iuf":
            return array.astype(float, copy=False)
        if array.dtype.kind == "O" and all(isinstance(part, (Real, Decimal)) for part in array.flat):
            return array.astype(float)
    except (TypeError, ValueError, OverflowError):
        pass
    return NOTHING


def points(start: Any) -> np.ndarray:
    """(2,) or (lanes, 2) finite coordinates. Raises ValueError."""
    found = floats(start)
    if found.ndim in (1, 2) and found.shape[-1] == 2 and finite(found):
        return found
    expected = "start: expected finite numbers of shape (2,) or (lanes, 2)"
    if found.ndim == 2 and found.shape[-1] == 2:
        row = int(np.flatnonzero(~np.isfinite(found).all(1))[0])
        raise ValueError(f"{expected}, got ({', '.join(f'{v:g}' for v in found[row])}) in row {row}")
    cure = "; start.reshape(-1, 2) makes rows of them" if found.ndim > 2 and found.shape[-1] == 2 else ""
    shape = f"numbers of shape {found.shape}" if found.ndim > 2 else said(start)
    raise ValueError(f"{expected}, got {shape}{cure}")


def numbers(name: str, value: Any) -> Values:
    """A finite number, or one per lane. Raises ValueError."""
    if type(value) is float and math.isfinite(value):  # the usual case, ten times as fast
        return value
    array = floats(value)
    if array.ndim == 1 and not finite(array):
        raise ValueError(f"{name}: expected a finite number or one per lane, got {_first(array, ~np.isfinite(array))}")
    if array.ndim > 1 or not finite(array):
        raise ValueError(f"{name}: expected a finite number or one per lane, got {said(value)}")
    return array if array.ndim else float(array)


def setting(hyper: Hyper, value: Any) -> Values:
    """A hyperparameter, or one per lane: further than its slider goes, but not where it has no meaning. Raises ValueError."""
    found = numbers(hyper.name, value)
    if hyper.integer:  # steps and the like: whole numbers, and where the slider begins above 0, above it
        least = min(hyper.low, 1)
        _hold(hyper, found, lambda v: (v == np.floor(v)) & (v >= least), f"a whole number of at least {least:g}")
    elif hyper.name == "lr":
        _hold(hyper, found, lambda v: v >= 0, "a rate of at least 0", "; a negative rate climbs")
    elif hyper.scale == "one_minus":
        _hold(hyper, found, lambda v: (v >= 0) & (v <= 1), "a number from 0 to 1")
    elif hyper.low >= 0:
        _hold(hyper, found, lambda v: v >= 0, "a number of at least 0")
    return found


def _hold(hyper: Hyper, found: Values, sound: Callable[[Any], Any], expected: str, more: str = "") -> None:
    """Raises ValueError, with the first lane that is not sound."""
    if np.all(sound(found)):
        return
    got = _first(found, ~sound(found)) if isinstance(found, np.ndarray) else f"{found:g}"
    raise ValueError(f"{hyper.name}: expected {expected}, got {got}{more}")


def _first(array: np.ndarray, wrong: np.ndarray) -> str:
    """The first number that is wrong, and its lane."""
    lane = int(np.flatnonzero(wrong)[0])
    return f"{array[lane]:g} in lane {lane}"


def seeds(seed: Any) -> int | np.ndarray:
    """A whole number, or one per lane, as the noise counts them. Raises ValueError."""
    if type(seed) is int and 0 <= seed < 2**64:
        return seed
    array = np.asarray(seed)
    if array.ndim > 1 or array.dtype.kind not in "iu" or (array < 0).any():
        raise ValueError(f"seed: expected a whole number of at least 0 or one per lane, got {said(seed)}")
    return array.astype(np.uint64) if array.ndim else int(array)


def steps_of(steps: Any) -> int:
    """How many updates. Raises ValueError."""
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)) or steps < 1:
        more = "; all lanes take equally many" if np.ndim(steps) else ""
        raise ValueError(f"steps: expected a whole number of at least 1, got {said(steps)}{more}")
    return int(steps)


def finite(array: np.ndarray) -> bool:
    """Whether all numbers are. (Of two, Python tells sooner than NumPy.)"""
    if array.shape == (2,):
        return math.isfinite(array[0]) and math.isfinite(array[1])
    return bool(np.isfinite(array).all())


class Items(tuple[Any, ...]):
    """Of a dict, which cannot be remembered itself."""


def items(given: Any) -> Any:
    """A dict as what can be remembered. One with a truth value stays as it is: it equals a 1, but is to be refused."""
    if not isinstance(given, dict) or bool in map(type, given.values()) or np.bool_ in map(type, given.values()):
        return given
    return Items((name, items(value)) for name, value in given.items())
