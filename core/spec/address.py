"""A record holds functions, which cannot travel to another process; its address can."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pickle import PicklingError
from typing import Any


def address(record: Any, function: Callable[..., Any], attribute: str) -> tuple[str, str]:
    """Module and name of a declared record. Raises PicklingError for one that is found nowhere."""
    module, name = function.__module__, getattr(record.name, "en", record.name)
    if getattr(sys.modules.get(module), attribute, None) is not record:
        raise PicklingError(
            f"{name} cannot be sent to another process: it is not what its module {module} declares as "
            f"{attribute}. Declare it so, in a file that the other process can import."
        )
    return module, attribute


def declared(module: str, attribute: str) -> Any:
    """The record at an address."""
    return getattr(importlib.import_module(module), attribute)


def origin(record: Any, function: Callable[..., Any], attribute: str) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """A function and its arguments that give a record once more. Raises PicklingError for one that is found nowhere."""
    if record.made_by:
        make, given = record.made_by
        if make(*given) is record:  # and not one of which this is an altered copy
            return make, given
    return declared, address(record, function, attribute)


def said_again(make: Callable[..., Any], given: tuple[Any, ...], dialect: str) -> Any:
    """The record that a function makes, in a dialect."""
    return make(*given).spoken(dialect)
