"""The signature of a formula is its schema: a fixed head, the state by name, the hyperparameters last.

Hyperparameters of what may come in any number, the drops of a rate say, have no names there: a last parameter `*name`
takes all of them, in their order, or none. Where nothing of one of them was moved, it may be left out.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from core.spec.hyper import Hyper
from core.spec.place import of_function, of_text


def between(
    head: tuple[str, ...], hypers: tuple[Hyper, ...], function: Callable[..., Any], name: str
) -> tuple[str, ...]:
    """The parameter names between a fixed head and the hyperparameters, which come last.

    Raises TypeError where the function takes anything else, or takes in one `*name` what is not numbered by `Hyper.nth`.
    """
    parameters = inspect.signature(function).parameters
    names = tuple(f"*{p}" if parameters[p].kind is inspect.Parameter.VAR_POSITIONAL else p for p in parameters)
    takes_any = [p for p in names[-1:] if p.startswith("*")]
    numbers = [h.nth for h in hypers]
    tail = [h.name for h in hypers if not h.nth] + (takes_any or ["*<any number>"] * any(numbers))
    middle = names[len(head) : len(names) - len(tail)]
    if names != (*head, *middle, *tail):
        wanted = ", ".join((*head, "<state>", *tail))
        cure = "The state stands in the middle, and the hyperparameters last, in the order of `hypers`."
        if takes_any or any(numbers):
            cure += " What may come in any number is numbered by `nth`, and goes into a last parameter `*name`."
        raise TypeError(
            f"{of_function(function)}: {name}: the record asks for ({wanted}), the function takes ({', '.join(names)}). {cure}"
        )
    if numbers != sorted(numbers):
        raise TypeError(
            f"{of_function(function)}: {name}: what goes into {takes_any[0]} stands last in `hypers`, in the order of its "
            f"`nth`, which is {', '.join(map(str, numbers))}"
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
