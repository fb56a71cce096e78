"""The plateau: a saturated sigmoid unit, trained with the squared error on two points."""

from math import log

import numpy as np

from core.spec import Paper, Surface, Text


def value(x, y):
    first, second = 1 / (1 + np.exp(-x - y)), 1 / (1 + np.exp(x - y))
    return (first - 0.8) ** 2 + (second - 0.2) ** 2


def gradient(x, y):
    first, second = 1 / (1 + np.exp(-x - y)), 1 / (1 + np.exp(x - y))
    a = 2 * (first - 0.8) * first * (1 - first)
    b = 2 * (second - 0.2) * second * (1 - second)
    return a - b, a + b


def hessian(x, y):
    first, second = 1 / (1 + np.exp(-x - y)), 1 / (1 + np.exp(x - y))
    rise, fall = first * (1 - first), second * (1 - second)
    a = 2 * rise * (rise + (first - 0.8) * (1 - 2 * first))
    b = 2 * fall * (fall + (second - 0.2) * (1 - 2 * second))
    return a + b, a - b, a + b


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Plateau", "고원"),
    bounds=((-6.0, 6.0), (-6.0, 6.0)),
    start=(-5.0, 0.2),
    minima=((log(4), 0.0),),
    rates={"gradient": 0.5, "momentum": 0.1, "adagrad": 1.0, "adaptive": 0.1},
    steps=250,
    latex=r"f(x,y) = \bigl(\sigma(y+x) - 0.8\bigr)^2 + \bigl(\sigma(y-x) - 0.2\bigr)^2,\quad "
    r"\sigma(z) = \frac{1}{1 + e^{-z}}",
    teaches=Text(
        "A sigmoid unit that starts out saturated and wrong: on this shelf its gradient all but vanishes. Plain "
        "descent creeps for some eighty steps before it finds the edge; methods that divide by the size of the "
        "gradient walk straight off.",
        "포화된 채 틀린 답을 내는 시그모이드 뉴런 하나이다. 이 고원에서는 기울기가 거의 0이다. 경사하강법은 "
        "80스텝쯤 기어가서야 겨우 가장자리를 찾고, 기울기를 그 크기로 나누는 방법은 곧장 걸어 나온다.",
    ),
    source=Paper(
        "X. Glorot, Y. Bengio",
        "Understanding the Difficulty of Training Deep Feedforward Neural Networks",
        2010,
        "https://proceedings.mlr.press/v9/glorot10a.html",
    ),
)
