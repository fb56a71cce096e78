"""What a formula is made of: a tree of numbers, names and operations, and what each of them means."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import NamedTuple


class Node(NamedTuple):
    """A number ("number", with its value), a constant by name, x, y, or an operation on other nodes."""

    op: str
    args: tuple[Node, ...] = ()
    value: float = 0.0
    size: int = 1  # nodes, this one included


class Function(NamedTuple):
    """How many arguments a function takes, and the function itself, for numbers known beforehand."""

    arity: int
    of: Callable[..., object]


FUNCTIONS = {
    **{name: Function(1, getattr(math, name)) for name in ("sin", "cos", "tan", "asin", "acos", "atan")},
    **{name: Function(1, getattr(math, name)) for name in ("sinh", "cosh", "tanh", "exp", "expm1")},
    **{name: Function(1, getattr(math, name)) for name in ("log", "log1p", "log2", "log10", "sqrt")},
    "abs": Function(1, abs),
    "sign": Function(1, lambda u: float((u > 0) - (u < 0))),
    "floor": Function(1, math.floor),
    "min": Function(2, min),
    "max": Function(2, max),
    "hypot": Function(2, math.hypot),
    "atan2": Function(2, math.atan2),
}
CONSTANTS = {"pi": math.pi, "e": math.e}
VARIABLES = ("x", "y")
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "less": operator.lt,
    "at_most": operator.le,
    "more": operator.gt,
    "at_least": operator.ge,
    "equal": operator.eq,
    "differs": operator.ne,
}
CONDITIONS = {*COMPARISONS, "and", "or", "not"}  # they hold or do not; "if" asks for them
OPERATIONS: dict[str, Callable[..., object]] = {
    **{name: function.of for name, function in FUNCTIONS.items()},
    **{name: getattr(operator, name) for name in ("add", "sub", "mul", "neg", "pow")},
    "div": operator.truediv,
    **{name: lambda u, v, holds=holds: float(holds(u, v)) for name, holds in COMPARISONS.items()},
    "and": min,
    "or": max,
    "not": lambda u: 1.0 - u,
}
CHOICE, OR, AND, NOT, COMPARE, SUM, PRODUCT, SIGN, POWER, ATOM = range(1, 11)  # what binds how tightly
PLACES = ((0.7371, 1.3177), (-1.2113, 0.6137), (2.3719, -1.7393), (0.4127, 0.2371), (-2.6311, -3.1171))


def number(value: float) -> Node:
    """A number as a node."""
    return Node("number", value=float(value))


def node(op: str, *args: Node) -> Node:
    """An operation on other nodes."""
    return Node(op, args, 0.0, 1 + sum([argument.size for argument in args]))


def ratio(exponent: Node) -> tuple[int, int] | None:
    """(p, q) of an exponent that is written as p/q, whole numbers of which q is odd: there the real branch is meant.

    None for any other exponent: a power of a negative number is real for whole ones alone.
    """
    if exponent.op == "neg":
        inner = ratio(exponent.args[0])
        return inner and (-inner[0], inner[1])
    if exponent.op != "div":
        return None
    p, q = (value(part) if constant(part) else math.nan for part in exponent.args)
    if not (p.is_integer() and q.is_integer() and q % 2 == 1 and q != 1 and abs(p) < 1e6):
        return None
    return int(math.copysign(p, p * q)), int(abs(q))


def real_power(u: float, p: int, q: int) -> float:
    """The real branch of u ** (p/q), q odd."""
    size = abs(u) ** (p / q)
    return math.copysign(size, u) if p % 2 else size


def constant(tree: Node) -> bool:
    """Whether neither x nor y stands in it."""
    return tree.op not in VARIABLES and all(constant(argument) for argument in tree.args)


def value(tree: Node, x: float = 0.0, y: float = 0.0) -> float:
    """The value at one point, in plain Python; nan where there is none that is real and finite."""
    try:
        return _value(tree, x, y)
    except (ArithmeticError, ValueError, TypeError):
        return math.nan


def _value(tree: Node, x: float, y: float) -> float:
    if not tree.args:
        return {"x": x, "y": y}.get(tree.op, CONSTANTS.get(tree.op, tree.value))
    if tree.op == "if":
        return _value(tree.args[1 if _value(tree.args[0], x, y) else 2], x, y)
    values = [_value(argument, x, y) for argument in tree.args]
    if tree.op == "pow" and (known := ratio(tree.args[1])):
        return real_power(values[0], *known)
    return float(OPERATIONS[tree.op](*values))  # type: ignore[arg-type]


def alike(one: Node, other: Node) -> bool:
    """Whether two trees are the same function, as far as some points in general position can tell."""
    if one == other:
        return True
    pairs = [(value(one, *place), value(other, *place)) for place in PLACES]
    return all(a == b or math.isclose(a, b, rel_tol=1e-9) or (a != a and b != b) for a, b in pairs)
