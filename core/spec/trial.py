"""Every formula is run once when its record is made: what it gives back must be what the engine makes room for.

The engine writes what comes out into places that it has counted by the record; one value more would be written over
something else, and one too few would leave the last state as it was. A formula is small, so asking it costs some
microseconds.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

import numpy as np

from core.spec.here import Here
from core.spec.language import Whose, function_of_numbers, returns
from core.spec.place import of_function, place

ASIDE = 0.7, -0.4  # a point at which nothing vanishes
SLOPE = 0.3, -0.6
WHEN = 0.0, 7.0, 1e6  # updates
EVERY = "return it and every state, in the order of the arguments"
AROUND = Here(1.2, np.float64(0.1), lambda x, y: (np.float64(1.1), np.float64(0.2), np.float64(0.3)),
              lambda: (np.float64(2.0), np.float64(0.3), np.float64(1.5)))  # fmt: skip


def try_update(
    update: Callable[..., Any], whose: Whose, state: Mapping[str, float], hypers: Mapping[str, float], plane: bool
) -> None:
    """One update from a state. Raises TypeError unless it gives the new point and the new state, by number."""
    own = [_numbers(value) for value in hypers.values()]
    first, *before = (np.float64(value) for value in (1.0, *state.values()))
    if plane:
        given = _numbers(*ASIDE), _numbers(*SLOPE), first, AROUND, *((value, value) for value in before)
    else:
        given = _numbers(ASIDE[0]), _numbers(SLOPE[0]), first, *before
    found = _run(update, whose, (*given, *own))
    names = ("p" if plane else "x", *state)
    _count(update, whose, found, names, EVERY)
    for name, value in zip(names, found, strict=True):
        if plane:
            _count(update, whose, value, (f"{name}_x", f"{name}_y"))
        for part in value if plane else (value,):
            if not _number(part):
                _refuse(update, whose, f"returns {_told(part)} for {name}, where a number is expected")


def try_factor(
    factor: Callable[..., Any], whose: Whose, state: Mapping[str, float] | None, hypers: Mapping[str, float]
) -> None:
    """The first factor; of a schedule that watches the loss, from a state, and otherwise those of an array of t too."""
    own = [_numbers(value) for value in hypers.values()]
    if state is not None:
        before = [np.float64(value) for value in state.values()]
        found = _run(factor, whose, (np.float64(0.0), np.float64(10.0), np.float64(1.0), *before, *own))
        names = ("factor", *state)
        _count(factor, whose, found, names, EVERY)
        for name, value in zip(names, found, strict=True):
            if not _number(value):
                _refuse(factor, whose, f"returns {_told(value)} for {name}, where a number is expected")
        return
    found = _run(factor, whose, (np.float64(0.0), np.float64(10.0), *own))
    if not _number(found):
        _refuse(factor, whose, f"returns {_told(found)}, where one number is expected: the factor")
    _on_arrays(factor, whose, (np.arange(3.0)[None], *(np.full((1, 1), value) for value in (10.0, *own))), 1, {0})


def try_without(
    factor: Callable[..., Any],
    whose: Whose,
    state: Mapping[str, float] | None,
    hypers: Mapping[str, float],
    spare: Collection[str],
) -> None:
    """Raises TypeError where it makes a difference that hyperparameters are left out. spare: their names."""
    before = () if state is None else (1.0, *state.values())
    few = [value for name, value in hypers.items() if name not in spare]
    for t in WHEN if spare else ():
        given = tuple(np.float64(value) for value in (t, 10.0, *before))
        whole, part = (_run(factor, whose, (*given, *map(np.float64, own))) for own in (hypers.values(), few))
        if not np.array_equal(whole, part):
            why = f"is {part} without {', '.join(sorted(spare))}, and {whole} with them at their defaults"
            _refuse(factor, whose, f"{why}; what may come in any number is to change nothing there")


def try_change(change: Callable[..., Any], whose: Whose, given: Mapping[str, float], names: Sequence[str]) -> None:
    """One call of what a modifier does, from a state and hyperparameters. names: what it gives, beginning with x or gx, gy."""
    pair = names[0] == "gx"
    first = SLOPE if pair else (ASIDE[0], ASIDE[1], 1.0)
    found = _run(change, whose, tuple(np.float64(value) for value in (*first, *given.values())))
    _count(change, whose, found, names, "" if pair else EVERY)
    for name, value in zip(names, found, strict=True):
        if not _number(value):
            _refuse(change, whose, f"returns {_told(value)} for {name}, where a number is expected")


def try_numbers(function: Callable[..., Any], whose: Whose, given: Mapping[str, float]) -> None:
    """Raises TypeError unless one number comes out of numbers, and an array out of arrays."""
    found = _run(function, whose, tuple(_numbers(value) for value in given.values()))
    if not _number(found):
        _refuse(function, whose, f"returns {_told(found)}, where one number is expected")
    _on_arrays(function, whose, tuple(np.full(2, value) for value in given.values()), 1, set(range(len(given))))


def try_function(
    function: Callable[..., Any],
    whose: Whose,
    names: Sequence[str],
    point: tuple[float, float],
    more: tuple[int, ...] = (),
) -> None:
    """A function of a surface at a point, as numbers and as arrays. names: what it gives; more: its last arguments."""
    found = _run(function, whose, (*_numbers(*point), *more))
    if len(names) == 1:
        if not _number(found):
            _refuse(function, whose, f"returns {_told(found)}, where one number is expected: {names[0]}")
    else:
        _count(function, whose, found, names)
        for name, value in zip(names, found, strict=True):
            if not _number(value):
                _refuse(function, whose, f"returns {_told(value)} for {name}, where a number is expected")
    if not more:
        _on_arrays(function, whose, tuple(np.full(2, value) for value in point), len(names), {0, 1})


def _numbers(*values: float) -> Any:
    found = tuple(np.float64(value) for value in values)
    return found if len(found) > 1 else found[0]


def _run(function: Callable[..., Any], whose: Whose, arguments: tuple[Any, ...]) -> Any:
    """What comes out, or TypeError with the line that failed and what to do about it."""
    try:
        with np.errstate(all="ignore"):
            return function(*arguments)
    except Exception as fault:
        file = function.__code__.co_filename
        lines = [frame.lineno for frame in traceback.extract_tb(fault.__traceback__) if frame.filename == file]
        where = place(file, lines[-1]) if lines and lines[-1] else of_function(function)
        raise TypeError(
            f"{where}: {whose} cannot be computed: {str(fault).rstrip('.')}. {_cure(function, fault)}"
        ) from None


def _cure(function: Callable[..., Any], fault: Exception) -> str:
    """What to do about it, as far as that can be told."""
    name = getattr(fault, "name", None) or ""
    if isinstance(fault, UnboundLocalError):
        return "Give it a value on every way that leads there."
    if isinstance(fault, NameError) and name == "np":
        return "Add `import numpy as np` at the top."
    if isinstance(fault, NameError):
        near = get_close_matches(name, function.__code__.co_varnames, 1)
        if function_of_numbers(name):
            return f"Write np.{name}."
        return f"Did you mean {near[0]!r}?" if near else "Mind its spelling, or define it in the file."
    if isinstance(fault, AttributeError) and getattr(fault, "obj", None) is np:
        near = get_close_matches(name, dir(np), 1)
        return f"Did you mean np.{near[0]}?" if near else "NumPy has no function of that name."
    return "It was asked for plain numbers."


def _on_arrays(
    function: Callable[..., Any], whose: Whose, arguments: tuple[np.ndarray, ...], size: int, shared: set[int]
) -> None:
    """Raises TypeError where arrays do not go through, or are changed on the way. shared: which of them others use."""
    before = [array.copy() for array in arguments]
    try:
        with np.errstate(all="ignore"):
            found = function(*arguments)
    except Exception as fault:
        cure = "Write np.where(test, a, b) for `a if test else b`." if "truth value" in str(fault) else ""
        raise TypeError(f"{of_function(function)}: {whose} does not take arrays: {fault} {cure}".rstrip()) from None
    for i in shared:
        if not np.array_equal(before[i], arguments[i], equal_nan=True):
            name = function.__code__.co_varnames[i]
            why = f"changes {name} itself, which others still use; write `{name} = {name} ...`, not `{name} ...=`"
            _refuse(function, whose, why)
    if size > 1 and not (isinstance(found, tuple) and len(found) == size):
        _refuse(function, whose, f"returns {_told(found)} for arrays, where {size} values are expected")


def _number(value: Any) -> bool:
    if isinstance(value, (float, int)):
        return True
    return isinstance(value, (np.ndarray, np.generic)) and value.ndim == 0 and value.dtype.kind in "fiub"


def _count(function: Callable[..., Any], whose: Whose, found: Any, names: Sequence[str], cure: str = "") -> None:
    """Raises TypeError unless there is one value for each name."""
    if isinstance(found, tuple) and len(found) == len(names):
        return
    told = f"{len(found)} value{'s' * (len(found) != 1)}" if isinstance(found, tuple) else _told(found)
    written = returns(function)
    if len(written) == 1:
        told = f"{told}, {written[0][1]},"
    wanted = f"{len(names)} values are expected" if len(names) > 1 else "a tuple of one value is expected"
    where = place(function.__code__.co_filename, written[0][0]) if written else of_function(function)
    why = f"returns {told} where {wanted}, ({', '.join(names)})"
    raise TypeError(f"{where}: {whose} {why}{'; ' * bool(cure)}{cure}.")


def _told(value: Any) -> str:
    """A value by its kind, and itself where that is short."""
    if value is None or _number(value):
        return "nothing" if value is None else "one number"
    kind = f"{type(value).__name__}"
    more = (
        f" of {len(value)}"
        if isinstance(value, (tuple, list))
        else f" {value}"
        if isinstance(value, (complex, str))
        else ""
    )
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}{more[:60]}"


def _refuse(function: Callable[..., Any], whose: Whose, why: str) -> NoReturn:
    raise TypeError(f"{of_function(function)}: {whose} {why}.")
