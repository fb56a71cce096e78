"""The syntax tree of a function, from the file that it was read from."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType

Definition = ast.FunctionDef | ast.Lambda


def definition(function: FunctionType) -> Definition | None:
    """The syntax tree of a function, if its file still holds what runs. Two lambdas on one line are told apart."""
    code = function.__code__
    definitions, codes = _module(code.co_filename)
    if not any(_alike(code, other) for other in codes):
        return None
    return next((node for node in definitions if _is_of(node, code)), None)


@cache
def _module(file: str) -> tuple[list[Definition], list[CodeType]]:
    """The functions that a file defines, as trees and as code."""
    try:
        tree = ast.parse(Path(file).read_text("utf-8"))
    except (OSError, SyntaxError, ValueError):
        return [], []
    codes = [compile(tree, file, "exec")]
    for code in codes:  # grows
        codes += [part for part in code.co_consts if isinstance(part, CodeType)]
    return [node for node in ast.walk(tree) if isinstance(node, Definition)], codes


def _alike(one: CodeType, other: CodeType) -> bool:
    """Whether two pieces of code have the same name and first line, and do the same."""
    names = ("co_name", "co_firstlineno", "co_code", "co_names", "co_varnames", "co_consts")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _is_of(node: Definition, code: CodeType) -> bool:
    """Whether a definition is that of a piece of code: by its first line, or where the body of a lambda begins."""
    if isinstance(node, ast.FunctionDef):
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        return (node.name, first) == (code.co_name, code.co_firstlineno)
    begins = [
        (line, column)
        for line, end_line, column, end_column in code.co_positions()
        if line is not None and column is not None and (line, column) != (end_line, end_column)
    ]
    return code.co_name == "<lambda>" and min(begins, default=None) == (node.body.lineno, node.body.col_offset)
