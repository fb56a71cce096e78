"""Ackley's function: a dimpled plain around one deep funnel."""

import numpy as np

from core.spec import Paper, Surface, Text

TAU = 2 * np.pi
TINY = 1e-300  # keeps 0/0 away from the tip of the cone, where the gradient is then 0; changes no other digit


def value(x, y):
    r = np.sqrt((x**2 + y**2) / 2)
    return 20 - 20 * np.exp(-r / 5) + np.e - np.exp((np.cos(TAU * x) + np.cos(TAU * y)) / 2)


def gradient(x, y):
    r = np.sqrt((x**2 + y**2) / 2 + TINY)
    cone = 2 * np.exp(-r / 5) / r
    dimples = np.pi * np.exp((np.cos(TAU * x) + np.cos(TAU * y)) / 2)
    return cone * x + dimples * np.sin(TAU * x), cone * y + dimples * np.sin(TAU * y)


def hessian(x, y):
    r = np.sqrt((x**2 + y**2) / 2 + TINY)
    u, v, bent = x / r, y / r, (1 + r / 5) / 2
    cone = 2 * np.exp(-r / 5) / r
    dimples = np.pi * np.exp((np.cos(TAU * x) + np.cos(TAU * y)) / 2)
    return (
        cone * (1 - bent * u**2) + dimples * (TAU * np.cos(TAU * x) - np.pi * np.sin(TAU * x) ** 2),
        -cone * bent * u * v - dimples * np.pi * np.sin(TAU * x) * np.sin(TAU * y),
        cone * (1 - bent * v**2) + dimples * (TAU * np.cos(TAU * y) - np.pi * np.sin(TAU * y) ** 2),
    )


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Ackley", "애클리 함수"),
    bounds=((-5.0, 5.0), (-5.0, 5.0)),
    start=(-3.4, 2.6),
    # The dimples beside the other whole numbers have no closed form, and none is anyone's goal: only the tip is listed.
    minima=((0.0, 0.0),),
    smooth_at_minimum=False,
    rates={"gradient": 0.02, "momentum": 0.02, "adagrad": 1.0, "adaptive": 0.1},
    steps=200,
    latex=r"f(x,y) = 20 + e - 20\,e^{-\frac15\sqrt{(x^2+y^2)/2}} - e^{(\cos 2\pi x + \cos 2\pi y)/2}",
    teaches=Text(
        "A dimpled, almost level plain around one deep funnel: slow methods are caught by the first dimple. The tip "
        "is a cone, where the slope does not fade, so steps of a constant size never quite settle.",
        "올록볼록하고 거의 평평한 들판 한가운데에 깊은 깔때기가 하나 있어서, 느린 방법은 처음 만난 웅덩이에 갇힌다. "
        "깔때기 끝은 원뿔처럼 뾰족해서 가까이 가도 기울기가 줄지 않으므로, 보폭이 일정하면 끝내 한 점에 멈추지 못한다.",
    ),
    source=Paper(
        "D. H. Ackley",
        "A Connectionist Machine for Genetic Hillclimbing",
        1987,
        "https://www.sfu.ca/~ssurjano/ackley.html",
    ),
)
