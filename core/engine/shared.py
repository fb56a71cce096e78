"""What all lanes share in an update: computed once a step, not once a lane, and to the same last bit.

A division by it needs no divider: Adam divides six times a lane and step, four times of them by 1 - βᵗ, and the divider
takes one vector at a time, while the units that multiply and add stand idle; on some processors it alone decides how
long a map takes. A power such as βᵗ takes as long as ten lanes, but is the same in every block and every run.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from core.engine.compiler import inline
from core.engine.vmath import U1, bits, fma, number

CALLED, POWER = "__quotient", "__power"  # in a copied formula
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


class Parted(NamedTuple):
    """A formula, and what leaves it: update(<parameters>, <powers>) with powers = powers(<parameters>)."""

    update: Callable[..., Any]
    powers: Callable[..., tuple[float, ...]] | None
    number: int  # of the powers


@lru_cache(maxsize=256)
def parted(formula: Callable[..., Any], shared: frozenset[str]) -> Parted:
    """A copy of a formula that calls `quotient` where it divides by what follows from `shared` parameters alone, and is
    given the powers of such that contain t (but no lr, which a schedule changes).

    The formula itself, where it does neither, or where its source is not at hand.
    """
    alone = Parted(formula, None, 0)
    found = _source(formula)
    if found is None:
        return alone
    module, definition = found
    parameters = set(inspect.signature(formula).parameters)
    by_lane = _by_lane(definition, parameters - shared)
    powers = _Powers((parameters & shared) - _given(definition) - {"lr"})
    if "t" in shared and not formula.__defaults__:
        powers.visit(definition)
    divisions = _Divisions(by_lane)
    divisions.visit(definition)
    if not divisions.found and not powers.found:
        return alone

    def function() -> Callable[..., Any]:
        code = _compiled(module, formula)
        return FunctionType(code, {**formula.__globals__, CALLED: quotient}, formula.__name__, formula.__defaults__)

    given = list(definition.args.args)
    definition.args.args = given + [ast.arg(f"{POWER}{k}") for k in range(len(powers.found))]
    update = function()
    if not powers.found:
        return Parted(update, None, 0)
    definition.args.args, definition.body = given, [ast.Return(ast.Tuple(list(powers.found.values()), ast.Load()))]
    return Parted(update, function(), len(powers.found))


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


class _Powers(ast.NodeTransformer):
    """Puts a name in place of every power of `shared` names that contains t."""

    def __init__(self, shared: set[str]) -> None:
        self.shared = shared
        self.found: dict[str, ast.expr] = {}

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        names = _names(node)
        if not isinstance(node.op, ast.Pow) or "t" not in names or not names <= self.shared:
            return self.generic_visit(node)
        spelled = ast.dump(node)
        self.found.setdefault(spelled, node)
        return ast.Name(f"{POWER}{list(self.found).index(spelled)}", ast.Load())
