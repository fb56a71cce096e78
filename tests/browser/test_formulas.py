"""What a formula may say, in both languages: every construct and function at ordinary and at awkward numbers."""

from __future__ import annotations

import math
from math import sin
from typing import Any

import numpy as np
import pytest
from served import opened

from core.browser import files
from core.browser.javascript import Book

pytestmark = pytest.mark.browser


def arithmetic(x, y):
    return x + y, x - y * x, (x - y) * x, x - (y - x), x / y / 2, x / (y / 2), -x * y, -(-x), +y, -(x**2), (-x) ** 2  # noqa: B002


def powers(x, y):
    return (
        x**2,
        x**3,
        x**-2,
        x**7,
        (x + y) ** 2,
        (x + y) ** 4,
        x**y,
        x**0.5,
        2**x,
        x**-1.5,
        x**1,
        x**0,
        1**x,
        (-1.0) ** x,
    )


def divided(x, y):
    return x % y, x // y, np.mod(x, y), np.fmod(x, y), np.floor_divide(x, y), x % 2.5, -x // 3


def compared_numbers(x, y):
    return (
        x < y,
        x <= y,
        x > y,
        x >= y,
        x == y,
        x != y,
        -1 < x < y,
        (x > y) == 0,
        (x > 0) * x + (y > 0),
    )


def decided(x, y):
    better = x < y if y < np.inf else True
    cut = not better and y >= 1
    return better, 1.0 if cut else x, x or y, x and y, (x > 0) | (y > 0), (x > 0) & (y > 0), (x > 0) ^ (y > 0), not x


def in_conditions(x, y):
    out = 0
    if x:
        out = 1
    elif y > 1:
        out = 2
    else:
        out = 3
        if y:
            out += 0.5
    while out < 9 and not out == 5:  # noqa: SIM201
        out *= 2
        if out > 7:
            break
        continue
    return out, 1 if x else 2, np.where(x, 3, 4), np.where(x < y, x, np.where(x == y, 0.0, y))


def looped(x, y):
    total = last = 0
    for i in range(4):
        total += i * x
        i = i + 10
        last = i
    for i in range(5, 1, -2):
        total -= i
    for j in (1, 2.5):
        total = total + j * WIDE.shape[1] + WIDE.shape[0] + len(GRID)
    for a, b in ((1, 2), (3, 4)):
        total **= 1
        total += a * b
    return total, last, i


def unpacked(x, y):
    (a, b), c = (x, y), 3
    a, b = b, a
    c, a = a + 1, c
    d = e = a - b
    first, *rest = (a, b, c)
    p = (a, (b, c))
    return a, b, c, d, e, first, rest[1], p[1][0], p[-1][-1], len(p), (q := a + 1) + q


def of_numpy(x, y):
    one = (
        np.sin(x),
        np.cos(x),
        np.tan(x),
        np.exp(x),
        np.log(x),
        np.sqrt(x),
        np.abs(x),
        np.sign(x),
        np.floor(x),
        np.ceil(x),
    )
    two = (
        np.tanh(x),
        np.sinh(x),
        np.cosh(x),
        np.arctan(x),
        np.arcsin(x),
        np.arccos(x),
        np.expm1(x),
        np.log1p(x),
        np.log2(x),
    )
    three = np.log10(x), np.cbrt(x), np.square(x), np.rint(x), np.trunc(x), np.isnan(x), np.isfinite(x), np.isinf(x)
    four = (
        np.maximum(x, y),
        np.minimum(x, y),
        np.fmax(x, y),
        np.fmin(x, y),
        np.hypot(x, y),
        np.arctan2(x, y),
        np.power(x, 3.0 * y),
    )
    five = (
        np.clip(x, -1, 2),
        np.copysign(x, y),
        np.heaviside(x, 0.5),
        np.sinc(x),
        np.exp2(x),
        np.reciprocal(x),
        np.radians(x),
    )
    six = (
        np.ones_like(x),
        np.zeros_like(x),
        np.full_like(x, 3.0),
        np.asarray(x),
        np.float64(x),
        np.absolute(x),
        np.fabs(x),
    )
    return one, two, three, four, five, six


def of_python(x, y):
    return (
        abs(x),
        max(x, y),
        min(x, y),
        max(x, y, 0.5),
        round(x) if abs(x) < np.inf else 0.0,
        float(x),
        bool(x),
        pow(x, 2.0),
    )


def of_math(x, y):
    u, v = (x, y) if -9 < x < 9 and -9 < y < 9 else (0.25, 0.5)
    return (
        sin(u),
        math.cos(v),
        math.pi,
        math.e * u,
        math.hypot(u, v),
        math.atan2(u, v),
        math.floor(u),
        int(v),
        math.copysign(u, v),
    )


def helped(x, y):
    return helper(x) + helper(y, 2.0), TABLE[1], TABLE[-1], GRID[1][0], OFFSET * x, (lambda_helper(x))


def helper(a, weight=1.0):
    """A function beside the formula."""
    return a * weight


lambda_helper = lambda a: a + OFFSET  # noqa: E731
TABLE, GRID, WIDE, OFFSET = np.array([0.5, 1.5, -2.5]), ((1, 2), (3, 4)), np.ones((2, 3)), -0.75
SAYABLE = [
    *(arithmetic, powers, divided, compared_numbers, decided, in_conditions, looped, unpacked),
    *(of_numpy, of_python, of_math, helped),
]


def flat(values: Any) -> list[float]:
    return [one for value in values for one in flat(value)] if isinstance(values, (tuple, list)) else [float(values)]


@pytest.mark.parametrize("formula", SAYABLE)
def test_a_construct_means_the_same_in_both_languages(browser, formula):
    """At ordinary numbers, and where languages part: zeros of both signs, infinity, nan, halves, negative operands."""
    ordinary = [(0.3, 1.7), (-2.5, 3.0), (2.0, -4.0), (1.0, 1.0), (-1.0, 2.5), (7.5, 0.5), (-7.0, -2.0), (1e-9, 1e9)]
    edges = [0.0, -0.0, 1.0, -1.0, 0.5, math.inf, -math.inf, math.nan]
    points = [*ordinary, *((x, y) for x in edges for y in edges)]
    said = told(browser, formula, points)
    for point, ours in zip(points, said, strict=True):
        with np.errstate(all="ignore"):
            theirs = flat(formula(*map(np.float64, point)))
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, err_msg=f"{formula.__name__}{point}")


def told(browser: Any, formula: Any, points: list[tuple[float, float]]) -> list[list[float]]:
    """What a formula gives in a browser, as one list of numbers a point."""
    book = Book()
    name = book.function(formula)
    module = f'import * as $ from "./numbers.js";\n{book.text}\nexport default {name};\n'
    page = opened(browser, {**files(), "formula.js": module})
    spelled = [[str(value).replace("inf", "Infinity") for value in point] for point in points]  # which JSON cannot say
    found = page.evaluate(
        """async (points) => {
          const { default: formula } = await import("./formula.js");
          return points.map((point) => formula(...point.map(Number)).flat(Infinity).map((value) => String(+value)));
        }""",
        spelled,
    )
    page.close()
    return [[float(value) for value in values] for values in found]
