"""A program in the making, whatever it is for."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from core.export.copying import needed

OWN = __name__.partition(".")[0]  # the package that a program cannot import


class Sheet:
    """Header, imports, definitions and statements, in the order in which they were added; imports nobody uses are left out."""

    def __init__(self, *imports: str) -> None:
        self.first: list[str] = []  # lines before all imports but those of the standard library
        self.imports = {"import math", "import numpy as np", *imports}
        self.blocks: list[tuple[bool, str]] = []  # (whether it is a function or class, text)
        self.copied: set[str] = set()  # what has been, and needs no second copy
        self.spare: dict[str, str] = {}  # name -> the line that makes it, left out where nothing asks for it

    def header(self) -> str:
        """What this is, as the docstring of the program."""
        raise NotImplementedError

    def add(self, *lines: str) -> None:
        """Some statements that belong together."""
        self.blocks.append((False, "\n".join(lines)))

    def define(self, *lines: str) -> None:
        """A function or a class."""
        self.blocks.append((True, "\n".join(lines)))

    def head(self, line: str) -> None:
        """A statement right after the imports."""
        self.blocks.insert(0, (False, line))

    def copy(
        self,
        *functions: Callable[..., Any],
        name: str = "",
        instead: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        """The source of functions of one module, with all that they need of it and of others of this package.

        name: what a single function is called here. instead: modules by another name. names: functions by another name.
        """
        for kind, text in needed(*functions):
            for old, new in (instead or {}).items():
                if kind is ast.FunctionDef:  # constants stay what they are
                    text = re.sub(rf"\b{old}\.", f"{new}.", text)
            if kind is ast.Import:
                self._imported(text)
                continue
            if name:
                text = text.replace(f"def {functions[0].__name__}(", f"def {name}(")
            for old, new in (names or {}).items():
                text = re.sub(rf"\b{old}\(", f"{new}(", text)
            if text in self.copied:
                continue
            self.copied.add(text)
            if kind is ast.Assign and self.blocks and not self.blocks[-1][0]:
                self.blocks[-1] = (False, f"{self.blocks[-1][1]}\n{text}")
            else:
                self.blocks.append((kind is ast.FunctionDef, text))

    def _imported(self, line: str) -> None:
        """An import; what comes from this package is copied instead."""
        (node,) = ast.parse(line).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == OWN:
            module = importlib.import_module(node.module or "")
            self.copy(*(getattr(module, alias.name) for alias in node.names))
        else:
            self.imports.add(line)

    def text(self) -> str:
        """The whole program."""
        for name, line in self.spare.items():
            if name not in self._used():
                self.blocks = [(kind, text.replace(f"\n{line}", "")) for kind, text in self.blocks]
        used = self._used()
        standard: list[str] = []
        other: list[str] = []
        for line in sorted(self.imports, key=lambda line: (line.startswith("from"), line)):
            names = [alias.asname or alias.name for alias in ast.parse(line).body[0].names]  # type: ignore[attr-defined]
            if not used.isdisjoint(names):
                (standard if line.split()[1] in sys.stdlib_module_names else other).append(line)
        tops = [self.header(), "\n".join(standard), "\n".join(self.first), "\n".join(other)]
        if self.first and standard:  # one paragraph for the standard library
            tops[1:3] = ["\n".join(sorted((*standard, self.first[0]))) + "\n" + "\n".join(self.first[1:])]
        text = "\n\n".join(part for part in tops if part)
        was_function = False
        for is_function, block in self.blocks:
            text += ("\n\n\n" if is_function or was_function else "\n\n") + block
            was_function = is_function
        return text + "\n"

    def _used(self) -> set[str]:
        """The names that some statement asks for."""
        nodes = [node for _, text in self.blocks for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
        return {node.id for node in nodes if isinstance(node.ctx, ast.Load)}
