"""A record holds functions, which cannot travel to another process; its address can."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pickle import PicklingError
from typing import Any


def address(record: Any, function: Callable[..., Any], attribute: str) -> tuple[str, str]:
    """Module and name of a declared record. Raises PicklingError for one that is found nowhere."""
    module = function.__module__
    if getattr(sys.modules.get(module), attribute, None) is not record:
        raise PicklingError(
            f"{record.name} cannot be sent to another process: it is not what its module {module} declares as "
            f"{attribute}. Declare it so, in a file that the other process can import."
        )
    return module, attribute


def declared(module: str, attribute: str) -> Any:
    """The record at an address."""
    return getattr(importlib.import_module(module), attribute)


def said_again(module: str, attribute: str, dialect: str) -> Any:
    """The record at an address, in a dialect."""
    return declared(module, attribute).spoken(dialect)
