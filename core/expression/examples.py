"""Functions to begin with, each of a kind that no declared surface is."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from core.expression import Formula
from core.spec import Text


class Example(NamedTuple):
    """A formula, and what one sees in it."""

    name: Text
    formula: Formula


@cache
def examples() -> tuple[Example, ...]:
    """All of them, made when they are first asked for: the minima of each are searched for, which takes the interpreter."""
    return (
        Example(Text("A dented bowl", "울퉁불퉁한 그릇"), Formula("x^2/10 + y^2 + sin(3*x)")),
        Example(Text("Two valleys", "두 골짜기"), Formula("(x^2 - 4)^2/8 + y^2", ((-4.0, 4.0), (-3.0, 3.0)))),
        Example(Text("An egg box", "달걀판"), Formula("sin(x)*cos(y) + (x^2 + y^2)/20")),
        Example(Text("A crease", "접힌 골"), Formula("abs(x - y) + (x + y)^2/20")),
        Example(Text("A pit in a plain", "들판 속 구덩이"), Formula("log(1 + x^2 + 10*y^2)")),
    )
