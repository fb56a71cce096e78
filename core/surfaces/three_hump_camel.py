"""The three-hump camel: a global minimum between two shallower ones."""

from math import sqrt

from core.spec import Paper, Surface, Text


def value(x, y):
    return 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2


def gradient(x, y):
    return 4 * x - 4.2 * x**3 + x**5 + y, x + 2 * y


def hessian(x, y):
    return 4 - 12.6 * x**2 + 5 * x**4, 1.0, 2.0


# Off the middle, ∂f/∂y = 0 gives y = −x/2, and ∂f/∂x = 0 then x⁴ − 4.2x² + 3.5 = 0.
WELL, PASS = sqrt(2.1 + sqrt(0.91)), sqrt(2.1 - sqrt(0.91))

SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Three-hump camel", "세 혹 낙타 함수"),
    bounds=((-2.5, 2.5), (-2.5, 2.5)),
    start=(2.0, 2.0),
    minima=((0.0, 0.0), (WELL, -WELL / 2), (-WELL, WELL / 2)),
    saddles=((PASS, -PASS / 2), (-PASS, PASS / 2)),
    rates={"gradient": 0.02, "momentum": 0.01, "adagrad": 1.0, "adaptive": 0.1},
    steps=100,
    latex=r"f(x,y) = 2x^2 - 1.05x^4 + \tfrac16 x^6 + xy + y^2",
    teaches=Text(
        "Three wells in a slanting row, the deepest in the middle. Short steps end in the side well next to the "
        "start; longer strides, or momentum, carry on to the middle.",
        "우물 세 개가 비스듬히 늘어서 있고, 가운데가 가장 깊다. 보폭이 짧으면 시작점 옆의 우물에 빠지고, 보폭이 "
        "길거나 관성이 있으면 가운데의 전역 최솟값까지 간다.",
    ),
    source=Paper(
        "S. Surjanovic, D. Bingham",
        "Virtual Library of Simulation Experiments: Three-Hump Camel Function",
        2013,
        "https://www.sfu.ca/~ssurjano/camel3.html",
    ),
)
