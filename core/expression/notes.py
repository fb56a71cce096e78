"""What one should know about how a formula was read, and where it has no value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from core.expression.limits import continued
from core.expression.parse import Reading
from core.expression.tree import Node, constant, ratio
from core.spec import Bounds, Text, numeral

NAMES = Text("Read as {pairs}.", "{pairs}로 읽었습니다.")
REAL_ROOTS = Text(
    "Roots of odd order are real ones: they have values for negative numbers, too.",
    "홀수 차수의 거듭제곱근은 실수근으로 계산하므로 음수에서도 값이 있습니다.",
)
LIMITS = Text(
    "Where the formula has a limit but no value, as sin(x)/x at 0, the limit is taken.",
    "0에서의 sin(x)/x처럼 값은 없지만 극한이 있는 곳에서는 극한값을 씁니다.",
)
MISSING = Text("The formula has no value at {places}.", "{places}에서는 식의 값이 없습니다.")
MISSING_MANY = Text(
    "The formula has no value along a line or a curve, {places} among others.",
    "식의 값이 없는 점이 직선이나 곡선을 이룹니다. 예를 들어 {places}에서 값이 없습니다.",
)
FEW = 3  # points that are named one by one
WIDEST = 20  # whole numbers up to here are looked at
GREEK = {"theta": "θ", "phi": "φ", "alpha": "α", "beta": "β", "omega": "ω"}
INDEX = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def notes(reading: Reading, value: Callable[[Any, Any], Any], bounds: Bounds) -> tuple[Text, ...]:
    """Sentences about a formula on a map; none where it was read just as it stands, and has a value everywhere.

    value(x, y): the function, on arrays.
    """
    return (*_reading(reading), *_gaps(value, bounds))


def _reading(reading: Reading) -> Iterator[Text]:
    pairs = {f"{_shown(name)} → {variable}": variable for name, variable in reading.names.items() if name != variable}
    if pairs:
        yield NAMES.format(pairs=", ".join(sorted(pairs, key=lambda pair: pairs[pair])))
    if any(node.op == "pow" and ratio(node.args[1]) and not constant(node.args[0]) for node in _nodes(reading.tree)):
        yield REAL_ROOTS
    if continued(reading.tree) != reading.tree:
        yield LIMITS


def _nodes(tree: Node) -> Iterator[Node]:
    yield tree
    for argument in tree.args:
        yield from _nodes(argument)


def _shown(name: str) -> str:
    """x_1 -> x₁, theta_0 -> θ₀."""
    stem = name.rstrip("0123456789").rstrip("_")
    return GREEK.get(stem, stem) + name[len(stem) :].replace("_", "").translate(INDEX)


def _gaps(value: Callable[[Any, Any], Any], bounds: Bounds) -> Iterator[Text]:
    """Whole numbers at which there is no value though there is one on both sides: lines such as x = 0, and points."""
    x, y = (np.array([k for k in range(-WIDEST, WIDEST + 1) if low < k < high], dtype=float) for low, high in bounds)
    if not (x.size and y.size):
        return
    X, Y = np.meshgrid(x, y, indexing="ij")
    h = 1e-4 * min(high - low for low, high in bounds)
    missing = ~np.isfinite(value(X, Y))
    by_x = missing & np.isfinite(value(X - h, Y)) & np.isfinite(value(X + h, Y))
    by_y = missing & np.isfinite(value(X, Y - h)) & np.isfinite(value(X, Y + h))
    columns = missing.all(axis=1) & by_x.any(axis=1)
    rows = missing.all(axis=0) & by_y.any(axis=0)
    places = [f"x = {numeral(a)}" for a in x[columns]] + [f"y = {numeral(b)}" for b in y[rows]]
    alone = by_x & by_y & ~columns[:, None] & ~rows[None, :]
    points = [f"({numeral(a)}, {numeral(b)})" for a, b in zip(X[alone], Y[alone], strict=True)]
    if len(points) > FEW:
        yield MISSING_MANY.format(places=points[len(points) // 2])
    elif places or points:
        yield MISSING.format(places=", ".join(places + points))
