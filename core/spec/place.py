"""Where in its file something is declared, for whoever has to mend it."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def place(file: str, line: int) -> str:
    """`core/optimizers/adam.py, line 9`; another folder is named in full."""
    path = Path(file)
    return f"{path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else file}, line {line}"


def of_function(function: Callable[..., Any]) -> str:
    """Where a formula begins."""
    return place(function.__code__.co_filename, function.__code__.co_firstlineno)


def of_text(function: Callable[..., Any], text: str) -> str:
    """Where the file of a formula first says this after it; where the formula begins, if it does so nowhere."""
    file, begin = function.__code__.co_filename, function.__code__.co_firstlineno
    lines = linecache.getlines(file)[begin - 1 :]
    return place(file, next((begin + i for i, line in enumerate(lines) if text in line), begin))
