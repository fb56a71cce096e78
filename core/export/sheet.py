"""A program in the making, whatever it is for."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from core.export.copying import needed


class Sheet:
    """Header, imports, definitions and statements, in the order in which they were added; imports nobody uses are left out."""

    def __init__(self, *imports: str) -> None:
        self.first: list[str] = []  # lines before all imports but those of the standard library
        self.imports = {"import numpy as np", *imports}
        self.blocks: list[tuple[bool, str]] = []  # (whether it is a function or class, text)
        self.rest = ""  # the line that says how many updates are left to the schedule

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

    def copy(self, *functions: Callable[..., Any], name: str = "", instead: Mapping[str, str] | None = None) -> None:
        """The source of functions of one module, with all that they need of it.

        name: what a single function is called here. instead: modules by another name.
        """
        for kind, text in needed(*functions):
            for old, new in (instead or {}).items():
                if kind is ast.FunctionDef:  # constants stay what they are
                    text = re.sub(rf"\b{old}\.", f"{new}.", text)
            if kind is ast.Import:
                self.imports.add(text)
                continue
            if name:
                text = text.replace(f"def {functions[0].__name__}(", f"def {name}(")
            if kind is ast.Assign and self.blocks and not self.blocks[-1][0]:
                self.blocks[-1] = (False, f"{self.blocks[-1][1]}\n{text}")
            else:
                self.blocks.append((kind is ast.FunctionDef, text))

    def text(self) -> str:
        """The whole program."""
        nodes = [node for _, text in self.blocks for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
        used = {node.id for node in nodes if isinstance(node.ctx, ast.Load)}
        if "rest" not in used:  # not every schedule asks how long the run is
            self.blocks = [(kind, text.replace(f"\n{self.rest}", "")) for kind, text in self.blocks]
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
