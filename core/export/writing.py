"""Calls and statements as Python writes them."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from core.spec import Hyper

WIDTH = 100  # of a program's own lines; copied formulas keep theirs
BRIEF = 16  # letters at most of a number, or a pair of them


def written(spelling: str, hypers: tuple[Hyper, ...], values: Mapping[str, Any]) -> str:
    """A spelling with its numbers, each so that it comes back exactly; whole ones are written whole."""
    whole = {h.name for h in hypers if h.integer}
    return spelling.format(**{name: int(v) if name in whole else v for name, v in values.items()})


class Simplified(ast.NodeTransformer):
    """0.0 + x, 1 * x, x - 0.0 and x ** 1 become x, 1 ** x becomes 1, and 0.0 * x becomes 0.0.

    Of numbers, int(n), bool(n), (a, b)[n], m or n and m - n become what they come to.
    """

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Leave out what changes nothing."""
        self.generic_visit(node)
        left, right = (v.value if isinstance(v, ast.Constant) else None for v in (node.left, node.right))
        match node.op:
            case ast.Mult() if left == 0.0 or right == 0.0:
                return ast.Constant(0.0)
            case ast.Add() if left == 0.0:
                return node.right
            case ast.Mult() if left == 1.0:
                return node.right
            case ast.Add() | ast.Sub() if right == 0.0:
                return node.left
            case ast.Mult() | ast.Pow() if right == 1.0:
                return node.left
            case ast.Pow() if left == 1.0:
                return node.left
            case ast.Sub() if left == right == 1.0:
                return ast.Constant(0.0)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """A whole number, or yes or no."""
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Name("int"), [ast.Constant(value)]):
                return ast.Constant(int(value))  # type: ignore[arg-type]
            case ast.Call(ast.Name("bool"), [ast.Constant(value)]):
                return ast.Constant(bool(value))
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """One of a few."""
        self.generic_visit(node)
        match node:
            case ast.Subscript(ast.Tuple(parts), ast.Constant(int(i))):
                return parts[i]
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """The first number that is not 0."""
        self.generic_visit(node)
        match node:
            case ast.BoolOp(ast.Or(), [ast.Constant(a), ast.Constant(b)]):
                return ast.Constant(a or b)
        return node


def arguments(hypers: Iterable[Hyper], values: Mapping[str, float]) -> str:
    """, name=number for every one of `values`; numbers alone, where some of them go into a `*name`."""
    nameless = any(h.nth and h.name in values for h in hypers)
    return "".join(f", {'' if nameless else f'{name}='}{number}" for name, number in _numbers(hypers, values))


def listed(hypers: Iterable[Hyper], values: Mapping[str, float]) -> str:
    """name number, for every one of `values`."""
    return ", ".join(f"{name} {number}" for name, number in _numbers(hypers, values))


def _numbers(hypers: Iterable[Hyper], values: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """Every one of `values` as it is written: whole ones whole."""
    whole = {h.name for h in hypers if h.integer}
    return ((name, repr(int(v) if name in whole else v)) for name, v in values.items())


def folded(line: str) -> list[str]:
    """A statement of a function, with a long sum in it spread over lines, a term each."""
    if len(line) + 4 <= WIDTH:
        return [f"    {line}"]
    head, _, body = line.partition(" ") if line.startswith("return ") else line.partition(" = ")
    terms, depth, begin = [], 0, 0
    for i, sign in enumerate(body):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and body[i : i + 3] in (" + ", " - "):
            terms.append(body[begin:i])
            begin = i + 1
    head = head if head == "return" else f"{head} ="
    return [f"    {head} (", *(f"        {term}" for term in (*terms, body[begin:])), "    )"]


def call(line: str, indent: int = 0, note: str = "") -> list[str]:
    """A statement or an argument, spread over lines at its first bracket where it is too long for one.

    An argument a line; of a list of numbers, or of pairs of them, as many as there is room for.
    """
    pad = " " * indent
    bracket = re.compile(r"[(\[{]").search(line, 0 if line.startswith(("[", "{")) else 1)
    if bracket is None or len(pad + line + note) <= WIDTH:
        return [pad + line + note]
    parts, depth, begin, comma = [], 0, bracket.end(), ","
    for i in range(bracket.start(), len(line)):
        depth += (line[i] in "([{") - (line[i] in ")]}")
        made = depth == 1 and line[i : i + 5] == " for "  # one made from another, for whatever stands behind
        if depth == 0 or made or (depth == 1 and line[i] == "," and comma):
            parts.append(line[begin:i].strip())
            begin, comma = i + 1, "" if made or not comma else ","
        if depth == 0:
            break
    inner = f"{comma} ".join(parts)
    spread = [f"{pad}    {inner}"]
    if len(spread[0]) > WIDTH and comma and all(len(part) <= BRIEF and "=" not in part for part in parts):
        whole = " ".join(part.replace(" ", "\0") + comma for part in parts)
        spread = [f"{pad}    {row}".replace("\0", " ") for row in textwrap.wrap(whole, WIDTH - len(pad) - 4)]
    elif len(spread[0]) > WIDTH:
        spread = [row for part in parts for row in call(part + comma, indent + 4)]
    return [f"{pad}{line[: bracket.end()]}{note}", *spread, pad + line[begin - 1 :]]
