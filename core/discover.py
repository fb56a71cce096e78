"""Find every declaration in a package: one public module, one record, named by its file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any


def discover(package: str, attribute: str) -> Mapping[str, Any]:
    """Read-only mapping from file name to the record called `attribute` in that file.

    Raises ImportError, naming the file, when a public module does not declare its record.
    """
    home = importlib.import_module(package)
    found = {}
    for info in sorted(pkgutil.iter_modules(home.__path__), key=lambda info: info.name):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package}.{info.name}")
        if not hasattr(module, attribute):
            raise ImportError(f"{module.__file__} must declare {attribute}")
        found[info.name] = getattr(module, attribute)
    return MappingProxyType(found)
