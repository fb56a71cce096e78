"""How strongly a surface bends: its Hessian as a matrix, and the eigenvalues of it.

A surface gives its second derivatives by hand. A typed function has nobody to write them: there the gradient
runs on dual numbers. A dual number a + b·dx + c·dy carries a value and its two derivatives through every
operation (forward-mode differentiation), so they come out to the last bit, without a step size to choose.
W. K. Clifford, Preliminary Sketch of Biquaternions, 1873; A. Griewank, A. Walther, Evaluating Derivatives, 2008.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from core.spec import Surface

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


def hessian(surface: Surface, x: Any, y: Any) -> np.ndarray:
    """The matrix of second derivatives, (..., 2, 2), at numbers or arrays x and y; not finite where it is not defined."""
    with np.errstate(all="ignore"):
        here = 0.0 * (np.asarray(x) + y)  # nan where there is no point, even if the Hessian is the same everywhere
        xx, xy, yy = (second + here for second in surface.hessian(x, y))
    return np.stack([np.stack([xx, xy], axis=-1), np.stack([xy, yy], axis=-1)], axis=-2)


def curvatures(surface: Surface, x: Any, y: Any) -> np.ndarray:
    """The two eigenvalues of the Hessian, (..., 2), the smaller first; nan where it is not finite."""
    return eigenvalues(hessian(surface, x, y))


def eigenvalues(matrices: np.ndarray) -> np.ndarray:
    """Of symmetric matrices (..., n, n), ascending: (..., n); nan where a matrix is not finite."""
    known = np.isfinite(matrices).all(axis=(-2, -1), keepdims=True)
    return np.where(known[..., 0], np.linalg.eigvalsh(np.where(known, matrices, 0.0)), np.nan)


def sharpness(surface: Surface, path: np.ndarray) -> np.ndarray:
    """The largest curvature at every point of a path: (..., 2) -> (...)."""
    path = np.asarray(path, dtype=float)
    return curvatures(surface, path[..., 0], path[..., 1])[..., 1]
