"""Dual numbers, and the derivatives of a tree on numbers of any kind: second derivatives that no engine computed.

A dual number a + b·dx + c·dy carries a value and its two derivatives through every operation (forward-mode
differentiation), so they come out to the last bit, without a step size to choose. The rules for typed functions
are plain ones in Python's own operators: far out, where exp overflows, they have no number to give.
W. K. Clifford, Preliminary Sketch of Biquaternions, 1873; A. Griewank, A. Walther, Evaluating Derivatives, 2008.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from core.expression.tree import COMPARISONS, CONSTANTS, VARIABLES, Node, ratio

Gradient = Callable[[Any, Any], tuple[Any, Any]]


class Dual:
    """A value with its derivatives in x and y. NumPy's functions find their twins here by name."""

    __slots__ = ("dx", "dy", "value")

    def __init__(self, value: float, dx: float = 0.0, dy: float = 0.0) -> None:
        self.value, self.dx, self.dy = float(value), float(dx), float(dy)

    def _through(self, value: float, slope: float) -> Dual:
        """The chain rule for a function of one variable."""
        return Dual(value, slope * self.dx, slope * self.dy)

    def __add__(self, other: Any) -> Dual:
        o = _dual(other)
        return Dual(self.value + o.value, self.dx + o.dx, self.dy + o.dy)

    def __mul__(self, other: Any) -> Dual:
        o = _dual(other)
        dx, dy = (a * o.value + self.value * b for a, b in ((self.dx, o.dx), (self.dy, o.dy)))
        return Dual(self.value * o.value, dx, dy)

    def __truediv__(self, other: Any) -> Dual:
        o = _dual(other)
        q = self.value / o.value
        return Dual(q, (self.dx - q * o.dx) / o.value, (self.dy - q * o.dy) / o.value)

    def __pow__(self, power: float | Dual) -> Dual:
        if isinstance(power, Dual):
            return (self.log() * power).exp()
        slope = power * self.value ** (power - 1) if power else 0.0
        return self._through(self.value**power, slope)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.dx, -self.dy)

    def __pos__(self) -> Dual:
        return self

    def __sub__(self, other: Any) -> Dual:
        return self + -_dual(other)

    def __rsub__(self, other: Any) -> Dual:
        return _dual(other) - self

    def __rtruediv__(self, other: Any) -> Dual:
        return _dual(other) / self

    def __rpow__(self, base: float) -> Dual:
        return (self * math.log(base)).exp()

    def __abs__(self) -> Dual:
        return self if self.value >= 0 else -self

    def __lt__(self, other: Any) -> bool:
        return self.value < _dual(other).value

    def __le__(self, other: Any) -> bool:
        return self.value <= _dual(other).value

    def __gt__(self, other: Any) -> bool:
        return self.value > _dual(other).value

    def __ge__(self, other: Any) -> bool:
        return self.value >= _dual(other).value

    def sin(self) -> Dual:
        return self._through(math.sin(self.value), math.cos(self.value))

    def cos(self) -> Dual:
        return self._through(math.cos(self.value), -math.sin(self.value))

    def tan(self) -> Dual:
        return self._through(math.tan(self.value), 1 + math.tan(self.value) ** 2)

    def exp(self) -> Dual:
        return self._through(math.exp(self.value), math.exp(self.value))

    def log(self) -> Dual:
        return self._through(math.log(self.value), 1 / self.value)

    def sqrt(self) -> Dual:
        root = math.sqrt(self.value)
        return self._through(root, 0.5 / root if root else math.inf)

    def tanh(self) -> Dual:
        return self._through(math.tanh(self.value), 1 - math.tanh(self.value) ** 2)

    def arctan(self) -> Dual:
        return self._through(math.atan(self.value), 1 / (1 + self.value**2))


def _dual(value: Any) -> Dual:
    return value if isinstance(value, Dual) else Dual(value)


def through(gradient: Gradient, x: Any, y: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The second derivatives ∂²f/∂x², ∂²f/∂x∂y, ∂²f/∂y² of a gradient that takes dual numbers, one point at a time.

    x, y: numbers or arrays that broadcast against each other. nan where the gradient is not defined.
    """
    points = np.array(np.broadcast_arrays(x, y), dtype=float)
    second = np.array([_bend(gradient, px, py) for px, py in points.reshape(2, -1).T]).reshape(-1, 3)
    return tuple(second.T.reshape(3, *points.shape[1:]))


def _bend(gradient: Gradient, x: float, y: float) -> tuple[float, float, float]:
    try:
        gx, gy = (_dual(row) for row in gradient(Dual(x, dx=1.0), Dual(y, dy=1.0)))
    except (ArithmeticError, ValueError):
        return (math.nan,) * 3
    return gx.dx, gx.dy, gy.dy


# --- the rules of typed functions ------------------------------------------------------------------


def derivatives(node: Node, x: Any, y: Any) -> tuple[Any, Any, Any]:
    """f, ∂f/∂x and ∂f/∂y of a typed function at one point. Raises ArithmeticError or ValueError where there are none."""
    if node.op in VARIABLES:
        return (x, y)[VARIABLES.index(node.op)], float(node.op == "x"), float(node.op == "y")
    if not node.args:
        return CONSTANTS.get(node.op, node.value), 0.0, 0.0
    if node.op == "if":
        return derivatives(node.args[1 if _holds(node.args[0], x, y) else 2], x, y)
    u, ux, uy = derivatives(node.args[0], x, y)
    if len(node.args) == 1:
        value, slope = _one(node.op, u)
        return value, slope * ux, slope * uy
    if node.op == "pow" and (known := ratio(node.args[1])):
        value, slope = _real_power(u, *known)
        return value, slope * ux, slope * uy
    v, vx, vy = derivatives(node.args[1], x, y)
    value, by_u, by_v = _two(node.op, u, v, isinstance(v, float))
    return value, by_u * ux + by_v * vx, by_u * uy + by_v * vy


def _holds(node: Node, x: Any, y: Any) -> bool:
    """Whether a condition does."""
    if node.op in COMPARISONS:
        u, v = (derivatives(argument, x, y)[0] for argument in node.args)
        return bool(COMPARISONS[node.op](getattr(u, "value", u), getattr(v, "value", v)))
    parts = [_holds(argument, x, y) for argument in node.args]
    return not parts[0] if node.op == "not" else all(parts) if node.op == "and" else any(parts)


def _real_power(u: Any, p: int, q: int) -> tuple[Any, Any]:
    """The real branch of u ** (p/q) by the root of |u|, and its derivative."""
    size = u if u > 0 else -u
    sign = 1.0 if u > 0 or p % 2 == 0 else -1.0
    value = np.exp(np.log(size) * (p / q)) * sign
    return value, value * (p / q) / u


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
