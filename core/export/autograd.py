"""Whether a library that differentiates by itself finds the gradients of a run, to the last digits.

It takes apart the formula of the function, not the one of the gradient that a record holds beside it. Where both are
smooth they agree but for rounding; at a kink, where a root is zero, or where one of them subtracts what is nearly equal,
they need not. So the function is taken apart here too, in the way such a library does it, at every point of the run.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from types import FunctionType, SimpleNamespace
from typing import Any

import numpy as np

from core.engine.interpreter import evaluate
from core.export.task import Task
from core.expression import ExpressionError, Formula
from core.expression.program import program
from core.expression.source import NAMES, source
from core.expression.symbolic import derivative
from core.expression.tree import FUNCTIONS, VARIABLES
from core.spec import Surface

ROUNDING = 64 * np.finfo(float).eps  # of the terms that a gradient is the sum of
SLOPES: dict[str, Callable[[Any, Any], Any]] = {  # of a function of one argument u, with the value f
    "sin": lambda u, f: np.cos(u),
    "cos": lambda u, f: -np.sin(u),
    "tan": lambda u, f: 1 + f * f,
    "exp": lambda u, f: f,
    "log": lambda u, f: 1 / u,
    "sqrt": lambda u, f: 0.5 / f,
    "tanh": lambda u, f: 1 - f * f,
    "abs": lambda u, f: np.sign(u),
}
TYPED = {NAMES.get(name, name) for name in FUNCTIONS}  # what NumPy calls them, and a library of tensors too


class Tensor:
    """Numbers with their derivatives by x and y; it takes part in arithmetic, and in nothing else."""

    def __init__(self, value: Any, by_x: Any, by_y: Any) -> None:
        self.value, self.slopes = value, (by_x, by_y)

    def through(self, value: Any, slope: Any) -> Tensor:
        """A function of it, by the chain rule."""
        return Tensor(value, *(slope * own for own in self.slopes))

    def __neg__(self) -> Tensor:
        return self.through(-self.value, -1.0)

    def __abs__(self) -> Tensor:
        return self.through(np.abs(self.value), np.sign(self.value))

    def __add__(self, other: Any) -> Tensor:
        other = _tensor(other)
        return Tensor(self.value + other.value, *(a + b for a, b in zip(self.slopes, other.slopes, strict=True)))

    def __mul__(self, other: Any) -> Tensor:
        other = _tensor(other)
        pairs = zip(self.slopes, other.slopes, strict=True)
        return Tensor(self.value * other.value, *(a * other.value + self.value * b for a, b in pairs))

    def __pow__(self, power: float) -> Tensor:
        _tensor(power)
        return self.through(self.value**power, power * self.value ** (power - 1))

    def __sub__(self, other: Any) -> Tensor:
        return self + -_tensor(other)

    def __rsub__(self, other: Any) -> Tensor:
        return _tensor(other) + -self

    def __truediv__(self, other: Any) -> Tensor:
        other = _tensor(other)
        pairs = zip(self.slopes, other.slopes, strict=True)
        value = self.value / other.value
        return Tensor(value, *((a - value * b) / other.value for a, b in pairs))

    def __rtruediv__(self, other: Any) -> Tensor:
        return _tensor(other) / self

    __radd__, __rmul__ = __add__, __mul__


def _tensor(value: Any) -> Tensor:
    """A number among tensors. Raises TypeError for an array, of which a library's tensors know nothing."""
    if isinstance(value, Tensor):
        return value
    if not isinstance(value, (int, float)):
        raise TypeError(f"a tensor meets {type(value).__name__}")
    return Tensor(value, 0.0, 0.0)


def _function(name: str) -> Callable[[Any], Tensor]:
    """A function of a library's module: it takes a tensor, and no plain number."""

    def call(argument: Any) -> Tensor:
        if not isinstance(argument, Tensor):
            raise TypeError(f"{name} of a number that is no tensor")
        value = getattr(np, name)(argument.value)
        return argument.through(value, SLOPES[name](argument.value, value))

    return call


MODULE = SimpleNamespace(pi=np.pi, e=np.e, **{name: _function(name) for name in SLOPES})


def finds_the_gradients(task: Task) -> bool:
    """Whether a program that lets its library differentiate the function draws the path of a run.

    Not where the run magnifies rounding: there it is better to compute what was computed here.
    """
    surface, run = task.surface, task.run
    if task.unsteady_from is not None or task.scene.batch_size or task.optimizer.plane:
        return False
    known = np.isfinite(run.x[:-1]).all(axis=1) & np.isfinite(run.gradient).all(axis=1)
    a = np.array(surface.placement).reshape(2, 2)
    x, y = (
        ((run.x[:-1][known] - surface.centre) @ a.T + surface.centre).T if surface.placed_from else run.x[:-1][known].T
    )
    with np.errstate(all="ignore"):
        try:
            found = (
                _typed(task.scene.surface, x, y)
                if isinstance(task.scene.surface, Formula)
                else _taken_apart(surface.flat, x, y)
            )
        except (TypeError, AttributeError, ExpressionError):
            return False
        xx, xy, yy = surface.flat.hessian(x, y)
        for theirs, ours, terms in zip(found, surface.flat.gradient(x, y), ((xx, xy), (xy, yy)), strict=True):
            size = np.abs(terms[0] * x) + np.abs(terms[1] * y) + np.abs(ours)
            if not np.all(np.abs(theirs - ours) <= ROUNDING * size):
                return False
    return True


def _taken_apart(surface: Surface, x: np.ndarray, y: np.ndarray) -> tuple[Any, Any]:
    """The slopes of a declared function, whose own code is run on tensors."""
    one, none = np.ones_like(x), np.zeros_like(x)
    found = _rebound(surface.value)(Tensor(x, one, none), Tensor(y, none, one))
    if not isinstance(found, Tensor):
        raise TypeError("the function is a plain number")
    return found.slopes


def _rebound(function: Any) -> Any:
    """A function, and those of its module that it may call, with tensors' functions in place of NumPy's."""
    names = {**function.__globals__, "np": MODULE}
    for name, made in function.__globals__.items():
        if isinstance(made, FunctionType) and made.__module__ == function.__module__:
            names[name] = FunctionType(made.__code__, names, name, made.__defaults__)
    return names[function.__name__]


def _typed(formula: Formula, x: np.ndarray, y: np.ndarray) -> tuple[Any, Any]:
    """The slopes of a typed function, term by term."""
    if not _makes_a_tensor(ast.parse(source(formula.tree), mode="eval").body):
        raise TypeError("the function may be a plain number")
    slopes = [evaluate(program(derivative(formula.tree, by)), x, y)[0] for by in VARIABLES]
    return slopes[0], slopes[1]


def _makes_a_tensor(node: ast.AST) -> bool:
    """Whether an expression is a tensor wherever x and y are. Raises TypeError for what a library cannot call with them."""
    if isinstance(node, ast.Name):
        return node.id in VARIABLES
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func).removeprefix("np.")
        if name not in TYPED or not all(_makes_a_tensor(argument) for argument in node.args):
            raise TypeError(f"{name} is not known there, or of a number that is no tensor")
        return True
    parts = [_makes_a_tensor(part) for part in ast.iter_child_nodes(node)]
    return all(parts[1:]) if isinstance(node, ast.IfExp) else any(parts)
