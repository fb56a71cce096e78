"""Formulas copied by their source."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from core.export.fault import ExportError
from core.spec import Text


def needed(*functions: Callable[..., Any]) -> Iterator[tuple[type, str]]:
    """(ast.Import, ast.Assign or ast.FunctionDef, source) of functions and of all that they use of their module."""
    module = inspect.getmodule(functions[0])
    if module is None or any(getattr(module, f.__name__, None) is not f for f in functions):
        raise ExportError(SOURCELESS)
    text = inspect.getsource(module)
    lines, tree = text.splitlines(), ast.parse(text)
    made = {name: node for node in tree.body for name in _names(node)}
    used: set[str] = set()
    waiting = [f.__name__ for f in functions]
    while waiting:
        name = waiting.pop()
        if name in made and name not in used:
            used.add(name)
            waiting += _read(made[name])
    for node in tree.body:
        if used.isdisjoint(_names(node)):
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            source = f"from {node.module} " if isinstance(node, ast.ImportFrom) else ""
            wanted = [ast.unparse(alias) for alias in node.names if (alias.asname or alias.name) in used]
            yield ast.Import, f"{source}import {', '.join(wanted)}"
            continue
        yield type(node), _copied(node, lines)


def copied_class(kind: type) -> str:
    """The source of a class, without types."""
    text = textwrap.dedent(inspect.getsource(kind))
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.ClassDef)
    lines = text.splitlines()
    for method in reversed([part for part in node.body if isinstance(part, ast.FunctionDef)]):
        lines[method.lineno - 1 : method.end_lineno] = [_copied(method, lines)]
    return "\n".join(lines)


def _copied(node: ast.stmt, lines: list[str]) -> str:
    """The lines of a statement; those that begin a function anew, without types."""
    copied = lines[node.lineno - 1 : node.end_lineno]
    if isinstance(node, ast.FunctionDef):
        head = f"{' ' * node.col_offset}def {node.name}({', '.join(_parameters(node))}):"
        copied[: node.body[0].lineno - node.lineno] = [head]
    return "\n".join(copied)


def _parameters(node: ast.FunctionDef) -> list[str]:
    """The names of what a function takes, of any number of arguments with a star."""
    rest = [f"*{node.args.vararg.arg}"] if node.args.vararg else []
    return [a.arg for a in node.args.args] + rest


def _names(node: ast.stmt) -> list[str]:
    """The names that a statement of a module makes."""
    match node:
        case ast.Import() | ast.ImportFrom():
            return [alias.asname or alias.name for alias in node.names]
        case ast.FunctionDef():
            return [node.name]
        case ast.Assign():
            return [n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)]
    return []


def _read(node: ast.stmt) -> set[str]:
    """The names that a statement takes from its module; types aside, which are not copied."""
    parts = node.body if isinstance(node, ast.FunctionDef) else [node]
    names = [n for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)]
    own = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    if isinstance(node, ast.FunctionDef):
        own |= {name.removeprefix("*") for name in _parameters(node)}
    return {n.id for n in names} - own


SOURCELESS = Text(
    "The formula of this surface has no source to copy.",
    "이 지형의 수식은 소스 코드가 없어 옮겨 적을 수 없습니다.",
)
