"""The derivatives of a tree on numbers of any kind: dual numbers go through, and so second derivatives come out.

The interpreter works by the same rules on floats, fast; this is their slow twin, in Python's own operators.
A number of another kind needs + - * / **, comparisons, and sin, cos, exp, log, sqrt and arctan as methods.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core.expression.parse import CONSTANTS, VARIABLES, Node


def derivatives(node: Node, x: Any, y: Any) -> tuple[Any, Any, Any]:
    """f, ∂f/∂x and ∂f/∂y at one point. Raises ArithmeticError or ValueError where there are none."""
    if node.op in VARIABLES:
        return (x, y)[VARIABLES.index(node.op)], float(node.op == "x"), float(node.op == "y")
    if not node.args:
        return CONSTANTS.get(node.op, node.value), 0.0, 0.0
    u, ux, uy = derivatives(node.args[0], x, y)
    if len(node.args) == 1:
        value, slope = _one(node.op, u)
        return value, slope * ux, slope * uy
    v, vx, vy = derivatives(node.args[1], x, y)
    value, by_u, by_v = _two(node.op, u, v, isinstance(v, float))
    return value, by_u * ux + by_v * vx, by_u * uy + by_v * vy


def _one(op: str, u: Any) -> tuple[Any, Any]:
    """A function of one argument, and its derivative."""
    sign = float(u > 0) - float(u < 0)
    if op == "neg":
        return -u, -1.0
    if op in ("sin", "cos", "tan"):
        s, c = np.sin(u), np.cos(u)
        return {"sin": (s, c), "cos": (c, -s)}.get(op) or (s / c, 1 / (c * c))
    if op in ("asin", "acos"):
        root = np.sqrt((1 - u) * (1 + u))
        asin = np.arctan(u / root)
        return (asin, 1 / root) if op == "asin" else (math.pi / 2 - asin, -1 / root)
    if op == "atan":
        return np.arctan(u), 1 / (1 + u * u)
    if op in ("sinh", "cosh", "tanh"):
        up, down = np.exp(u), np.exp(-u)
        s, c = (up - down) / 2, (up + down) / 2
        return {"sinh": (s, c), "cosh": (c, s)}.get(op) or (s / c, 1 / (c * c))
    if op in ("exp", "expm1"):
        return np.exp(u) - float(op == "expm1"), np.exp(u)
    if op.startswith("log"):
        inside, base = u + float(op == "log1p"), {"log2": math.log(2), "log10": math.log(10)}.get(op, 1.0)
        return np.log(inside) / base, 1 / (inside * base)
    if op == "sqrt":
        root = np.sqrt(u)
        return root, 0.5 / root
    if op == "abs":
        return u * sign, sign
    if op == "sign":
        return sign, 0.0
    return np.floor(getattr(u, "value", u)), 0.0


def _two(op: str, u: Any, v: Any, constant: bool) -> tuple[Any, Any, Any]:
    """A function of two arguments, and its derivative by each. constant: v is a number."""
    if op == "add":
        return u + v, 1.0, 1.0
    if op == "sub":
        return u - v, 1.0, -1.0
    if op == "mul":
        return u * v, v, u
    if op == "div":
        return u / v, 1 / v, -u / (v * v)
    if op == "pow" and constant and float(v).is_integer():
        return u**v, v * u ** (v - 1) if v else 0.0, 0.0
    if op == "pow":
        value = np.exp(v * np.log(u))
        return value, value * v / u, value * np.log(u)
    if op in ("min", "max"):
        first = 0.5 if u == v else float((u > v) == (op == "max"))
        return u * first + v * (1 - first), first, 1 - first
    square = u * u + v * v
    if op == "hypot":
        root = np.sqrt(square)
        return root, u / root, v / root
    if abs(u) > abs(v):
        turn = (math.pi / 2 if u > 0 else -math.pi / 2) - np.arctan(v / u)
    else:
        turn = np.arctan(u / v) + (0.0 if v > 0 else math.pi if u >= 0 else -math.pi)
    return turn, v / square, -u / square
