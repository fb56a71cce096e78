"""Division by a number that all lanes share, without the processor's divider, to the same last bit.

Adam divides six times a lane and step, four times of them by 1 - βᵗ. The divider takes one vector at a time, while
the units that multiply and add stand idle: on some processors it alone decides how long a map takes.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Collection
from types import CodeType, FunctionType
from typing import Any

from core.engine.vmath import U1, bits, fma, inline, number

CALLED = "__quotient"  # in a copied formula
LEAST = 2.0**-100  # of a pair whose first number is exact: too little to count, but no zero


@inline
def quotient(a, b):  # type: ignore[no-untyped-def]
    """a / b as the processor rounds it, in two operations; what belongs to b alone leaves the loop over the lanes.

    1 / b is a pair of floats, the first rounded towards zero, so that both have one sign: zeros, infinity and nan come
    out as they should. The pair is good to 104 bits, and the fused product rounds once (Brisebarre, Muller: Correctly
    rounded multiplication by arbitrary precision constants, 2008). Of the 2⁵² numerators one or two, at the very edge
    between two floats, may come out one unit in the last place off; so may any where |a| < 2⁻⁹⁶⁹.
    """
    near = 1.0 / b
    high = number(bits(near) - U1) if fma(-near, b, 1.0) < 0.0 else near
    rest = fma(-high, b, 1.0) / b
    low = rest if abs(rest) > 0.0 else high * LEAST
    return fma(a, high, a * low)


def spared(formula: Callable[..., Any], shared: Collection[str]) -> Callable[..., Any]:
    """A copy of a formula that calls `quotient` where it divides by what follows from `shared` parameters alone.

    The formula itself, where it does not, or where its source is not at hand.
    """
    found = _source(formula)
    if found is None:
        return formula
    module, definition = found
    by_lane = _by_lane(definition, {name for name in inspect.signature(formula).parameters if name not in shared})
    divisions = _Divisions(by_lane)
    divisions.visit(definition)
    if not divisions.found:
        return formula
    code = _compiled(module, formula)
    return FunctionType(code, {**formula.__globals__, CALLED: quotient}, formula.__name__, formula.__defaults__)


def _source(formula: Callable[..., Any]) -> tuple[ast.Module, ast.FunctionDef] | None:
    """The module and the definition of a plain function, if that is what runs: a file may have been edited since."""
    try:
        module = ast.parse(inspect.getsource(inspect.getmodule(formula)))  # type: ignore[arg-type]
    except (OSError, TypeError, SyntaxError):
        return None
    runs, wrapped = formula.__code__, formula.__closure__ or formula.__kwdefaults__
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and (node.name, node.lineno) == (runs.co_name, runs.co_firstlineno):
            reads = _compiled(module, formula)
            same = (reads.co_code, reads.co_names, reads.co_consts) == (runs.co_code, runs.co_names, runs.co_consts)
            return (module, node) if same and not wrapped else None
    return None


def _compiled(module: ast.Module, formula: Callable[..., Any]) -> CodeType:
    """The code of a formula as its module now defines it."""
    name, line = formula.__code__.co_name, formula.__code__.co_firstlineno
    parts = [compile(ast.fix_missing_locations(module), formula.__module__, "exec")]
    for code in parts:  # grows
        parts += [part for part in code.co_consts if isinstance(part, CodeType)]
        if (code.co_name, code.co_firstlineno) == (name, line):
            return code
    raise AssertionError(f"{name} is not in its module")


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _by_lane(definition: ast.FunctionDef, names: set[str]) -> set[str]:
    """`names`, and every name to which something that depends on them, or on a condition, is given anywhere."""
    plain = [node for node in definition.body if isinstance(node, ast.Assign)]
    names = names.union(*(_given(node) for node in definition.body if node not in plain))
    while True:
        more = names.union(*(_given(node) for node in plain if _names(node.value) & names))
        if more == names:
            return names
        names = more


def _given(node: ast.AST) -> set[str]:
    """The names to which a statement gives something."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


class _Divisions(ast.NodeTransformer):
    """Turns a / b into quotient(a, b) where b is the same for all lanes and a is not."""

    def __init__(self, by_lane: set[str]) -> None:
        self.by_lane, self.found = by_lane, False

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div) or isinstance(node.right, ast.Constant):
            return node
        if _names(node.right) & self.by_lane or not _names(node.left) & self.by_lane:
            return node
        self.found = True
        return ast.Call(ast.Name(CALLED, ast.Load()), [node.left, node.right], [])
