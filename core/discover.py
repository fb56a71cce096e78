"""Find every declaration in a package: one public module, one record, named by its file."""

from __future__ import annotations

import difflib
import importlib
import linecache
import pkgutil
import sys
from collections.abc import Mapping
from types import MappingProxyType, ModuleType
from typing import Any

from core.spec.place import place


def discover(package: str, attribute: str) -> Mapping[str, Any]:
    """Read-only mapping from file name to the record called `attribute` in that file.

    Raises ImportError, naming the file, when a public module does not declare its record, or a record its parent.
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
    for key, record in found.items():
        parent = getattr(record, "parent", "")
        if parent and parent not in found:
            near = difflib.get_close_matches(parent, found, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(found)}"
            raise ImportError(
                f"{_place(sys.modules[f'{package}.{key}'], parent)}: the parent {parent!r} is unknown; {hint}"
            )
    return MappingProxyType(found)


def _place(module: ModuleType, value: str) -> str:
    """Where a module first says a text."""
    file = str(module.__file__)
    lines = linecache.getlines(file)
    return place(file, next((i for i, line in enumerate(lines, 1) if f'"{value}"' in line or f"'{value}'" in line), 1))
