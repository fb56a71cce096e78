"""A tree -> Python's spelling of it, for NumPy: what an exported program computes with."""

from __future__ import annotations

import math
import re

from core.engine.interpreter import evaluate
from core.expression.program import program
from core.expression.tree import (
    AND,
    ATOM,
    COMPARE,
    CONSTANTS,
    NOT,
    OR,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    VARIABLES,
    Node,
    constant,
    ratio,
)

NAMES = {
    **{f"a{name}": f"arc{name}" for name in ("sin", "cos", "tan", "tan2")},
    **{"min": "minimum", "max": "maximum"},
}
SIGNS = {
    **{"add": (" + ", SUM), "sub": (" - ", SUM), "mul": (" * ", PRODUCT), "div": (" / ", PRODUCT)},
    **{"less": (" < ", COMPARE), "at_most": (" <= ", COMPARE), "more": (" > ", COMPARE), "at_least": (" >= ", COMPARE)},
    **{"equal": (" == ", COMPARE), "differs": (" != ", COMPARE), "and": (" and ", AND), "or": (" or ", OR)},
}
WHOLE = re.compile(r"[-*() \d]+")  # no point, no name, no quotient


def source(tree: Node) -> str:
    """The expression, in which x and y are floats of NumPy; a float where neither stands in it."""
    return _as_float(_written(tree)[0])


def _written(node: Node) -> tuple[str, int]:
    """The expression, and how tightly it holds together: one of the levels of `core.expression.tree`."""
    op, args = node.op, node.args
    if op in VARIABLES:
        return op, ATOM
    if op in CONSTANTS:
        return f"np.{op}", ATOM
    if not args or (constant(node) and not _as_typed(node)):
        return _number(node.value if op == "number" else float(evaluate(program(node), 0.0, 0.0)[0]))
    if op == "neg":  # in front of a product it is the first factor's
        inner, binds = _written(args[0])
        return f"-{_within(args[0], PRODUCT) if inner[0] != '-' else f'({inner})'}", min(max(binds, PRODUCT), SIGN)
    if op in SIGNS:
        sign, binds = SIGNS[op]
        first = binds + (binds == COMPARE)  # Python reads a < b < c in its own way
        return f"{_within(args[0], first)}{sign}{_within(args[1], binds + (op != 'add'))}", binds
    if op == "if":
        holds, *branches = (_within(argument, OR) for argument in args)
        chosen, other = (_as_float(branch) for branch in branches)
        return f"({chosen} if {holds} else {other})", ATOM
    if op == "not":
        return f"not {_within(args[0], COMPARE)}", NOT
    if op == "pow" and (known := ratio(args[1])):
        return _real_power(args[0], *known)
    if op == "pow" and args[0].op == "e":
        return f"np.exp({_written(args[1])[0]})", ATOM
    if op == "pow":
        return f"{_within(args[0], ATOM)}**{_within(args[1], SIGN)}", POWER
    inside = ", ".join(_written(argument)[0] for argument in args)
    return f"np.{NAMES.get(op, op)}({inside})", ATOM


def _as_float(text: str) -> str:
    """3 as 3.0 and 3 * 2 as 3.0 * 2: of whole numbers alone Python would make a whole number, and NumPy an array of them."""
    return re.sub(r"\d+", r"\g<0>.0", text, count=1) if WHOLE.fullmatch(text) else text


def _real_power(u: Node, p: int, q: int) -> tuple[str, int]:
    """The real branch of u ** (p/q), q odd: NumPy has none for a negative u."""
    inner, size = _written(u)[0], f"np.abs({_written(u)[0]})**({p} / {q})"
    if (p, q) == (1, 3):
        return f"np.cbrt({inner})", ATOM
    return (f"np.copysign({size}, {inner})", ATOM) if p % 2 else (size, POWER)


def _as_typed(node: Node) -> bool:
    """Whether Python makes the same of it as NumPy does: it has no room for 1/0, and for 9**9**9 more than one wants."""
    leaves = all(not argument.args for argument in node.args)
    if len(node.args) == 1:
        return leaves
    return leaves and node.op in ("mul", "div") and node.args[1] != Node("number")


def _within(node: Node, least: int) -> str:
    """The expression of a node, in parentheses where it holds together less tightly than it has to."""
    text, tightness = _written(node)
    return text if tightness >= least else f"({text})"


def _number(value: float) -> tuple[str, int]:
    if not math.isfinite(value):
        return (f"np.{abs(value)}", ATOM) if not value < 0 else ("-np.inf", SIGN)
    whole = value.is_integer() and abs(value) < 1e6
    return str(int(value)) if whole else repr(value), ATOM if math.copysign(1.0, value) > 0 else SIGN
