"""A function typed by a visitor, as a surface on which everything works."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.engine.interpreter import bend_kernel, evaluate
from core.expression.faults import ExpressionError
from core.expression.latex import latex
from core.expression.minima import survey
from core.expression.notes import notes
from core.expression.parse import parse, read
from core.expression.program import degree, program
from core.expression.tree import Node
from core.spec import Bounds, Paper, Surface, Text, numeral
from core.spec.surface import in_pairs

__all__ = ["BOUNDS", "ExpressionError", "Formula", "checked_bounds", "expression_surface"]

NAME = Text("Typed function", "입력한 함수")
TEACHES = Text(
    "A function of your own. Its minima were searched for on this map, so there may be others.",
    "직접 입력한 함수다. 최솟값은 이 지도 안에서 찾은 것이므로 더 있을 수 있다.",
)
NOWHERE = Text(
    "The formula has no finite value anywhere on this map.", "이 지도 안에는 식의 값이 유한한 곳이 없습니다."
)
TYPED = Paper("", "", 0, "")
FAR, LEAST = 1e6, 1e-6  # coordinates beyond the one, or maps narrower than the other, are taken for a slip
BOUNDS: Bounds = ((-5.0, 5.0), (-5.0, 5.0))


@dataclass(frozen=True)
class Formula:
    """A formula as it was typed, over its map: what a scene and the key of a cache hold of a typed function.

    Raises ExpressionError for a text that is no formula, and ValueError for bounds that are no map.
    """

    text: str
    bounds: Bounds = BOUNDS

    def __post_init__(self) -> None:
        object.__setattr__(self, "bounds", checked_bounds(self.bounds))
        parse(self.text)  # before it is stripped: a fault is named by its place in what was typed
        object.__setattr__(self, "text", self.text.strip(" "))
        expression_surface(self.text, self.bounds)

    @property
    def surface(self) -> Surface:
        """Its surface; the same one for as long as it is in use."""
        return expression_surface(self.text, self.bounds)

    @property
    def tree(self) -> Node:
        """The formula as it was read."""
        return parse(self.text)

    @property
    def notes(self) -> tuple[Text, ...]:
        """What one should know about how it was read, and where it has no value."""
        return _notes(self.text, self.bounds)


def expression_surface(text: str, bounds: Bounds = BOUNDS) -> Surface:
    """The surface of a formula in x and y, with exact derivatives, over a map.

    text: Python's arithmetic, with ^ for powers too; see `core.expression.parse`. Raises ExpressionError
    for a text that is no formula, and ValueError for bounds that are no map.
    """
    parse(text)  # what is no text at all could not be looked up below
    return _surface(text, checked_bounds(bounds))


@lru_cache(maxsize=64)  # some 20 kB each; the search for minima is what costs
def _surface(text: str, bounds: Bounds) -> Surface:
    tree = parse(text)
    code = program(tree)
    code.flags.writeable = False

    def value(x: Any, y: Any) -> Any:
        return evaluate(code, x, y)[0]

    def gradient(x: Any, y: Any) -> tuple[Any, Any]:
        _, gx, gy = evaluate(code, x, y)
        return gx, gy

    def hessian(x: Any, y: Any) -> tuple[Any, Any, Any]:
        return tuple(evaluate(code, x, y, bend_kernel))

    found = survey(lambda x, y: evaluate(code, x, y), lambda x, y: evaluate(code, x, y, bend_kernel), bounds)
    if found is None:
        raise ExpressionError(NOWHERE, 0)
    return Surface(
        value,
        gradient,
        hessian,
        name=NAME,
        bounds=bounds,
        start=found.start,
        minima=found.minima,
        rates=found.rates,
        latex=f"f(x,y) = {latex(tree)}",
        teaches=TEACHES,
        source=TYPED,
        quadratic=degree(tree) == 2,
        unbounded=found.unbounded,
        smooth_at_minimum=found.smooth,
        key=f"expression:{text.strip(' ')}@{'~'.join(repr(edge) for side in bounds for edge in side)}",
        program=code,
        found=True,
        made_by=(expression_surface, (text, bounds)),
    )


@lru_cache(maxsize=64)
def _notes(text: str, bounds: Bounds) -> tuple[Text, ...]:
    return notes(read(text), _surface(text, bounds).value, bounds)


def checked_bounds(bounds: Any) -> Bounds:
    """Bounds as floats. Raises ValueError for what is no map."""
    try:
        (x0, x1), (y0, y1) = ((float(low), float(high)) for low, high in bounds)
    except (TypeError, ValueError, OverflowError):
        x0 = x1 = y0 = y1 = 0.0
    if not all(-FAR <= low < high <= FAR and high - low >= LEAST for low, high in ((x0, x1), (y0, y1))):
        raise ValueError(
            f"bounds: expected ((low, high), (low, high)) within ±{numeral(FAR)}, got {bounds!r}{in_pairs(bounds)}"
        )
    return (x0, x1), (y0, y1)
