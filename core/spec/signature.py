"""The signature of a formula is its schema: a fixed head, the state by name, the hyperparameters last."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from core.spec.hyper import Hyper
from core.spec.place import of_function, of_text


def between(
    head: tuple[str, ...], hypers: tuple[Hyper, ...], function: Callable[..., Any], name: str
) -> tuple[str, ...]:
    """The parameter names between a fixed head and the hyperparameters, which come last."""
    names = tuple(inspect.signature(function).parameters)
    tail = tuple(h.name for h in hypers)
    middle = names[len(head) : len(names) - len(tail)]
    if names != (*head, *middle, *tail):
        wanted = ", ".join((*head, "<state>", *tail))
        raise TypeError(
            f"{of_function(function)}: {name}: the record asks for ({wanted}), the function takes ({', '.join(names)}). "
            "The state stands in the middle, and the hyperparameters last, in the order of `hypers`."
        )
    return middle


def check_initial(initial: Iterable[str], state: tuple[str, ...], function: Callable[..., Any], name: str) -> None:
    """Raises TypeError where something that is not in the state has a value before the first update."""
    if unknown := set(initial) - set(state):
        where = of_text(function, "initial=")
        raise TypeError(f"{where}: {name}: initial names {sorted(unknown)}, but the state is {list(state)}")


def module_name(function: Callable[..., Any]) -> str:
    """The name of the file that declares a formula, without its folder: the key of its record."""
    return function.__module__.rpartition(".")[2]
