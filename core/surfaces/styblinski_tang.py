"""The Styblinski-Tang function: four wells of different depth."""

from core.spec import Paper, Surface, Text


def value(x, y):
    return (x**4 - 16 * x**2 + 5 * x + y**4 - 16 * y**2 + 5 * y) / 2


def gradient(x, y):
    return 2 * x**3 - 16 * x + 2.5, 2 * y**3 - 16 * y + 2.5


def hessian(x, y):
    return 6 * x**2 - 16, 0.0, 6 * y**2 - 16


# The roots of 2x³ − 16x + 2.5: the deep well, the top between, the shallow well.
DEEP, TOP, SHALLOW = -2.903534027771177, 0.1567312567803401, 2.746802770990837

SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Styblinski–Tang", "스티블린스키–탕 함수"),
    bounds=((-5.0, 5.0), (-5.0, 5.0)),
    start=(0.5, 4.7),
    minima=((DEEP, DEEP), (DEEP, SHALLOW), (SHALLOW, DEEP), (SHALLOW, SHALLOW)),
    saddles=((TOP, DEEP), (DEEP, TOP), (TOP, SHALLOW), (SHALLOW, TOP)),
    rates={"gradient": 0.01, "momentum": 0.01, "adagrad": 1.0, "adaptive": 0.1},
    steps=100,
    latex=r"f(x,y) = \tfrac12\left(x^4 - 16x^2 + 5x + y^4 - 16y^2 + 5y\right)",
    teaches=Text(
        "Four wells, and only one of them is the global minimum. From this start most methods settle in the "
        "shallowest; momentum overshoots into a deeper one, and still not the deepest.",
        "깊이가 다른 우물이 네 개 있고, 그중 하나만 전역 최솟값이다. 이 시작점에서는 대부분 가장 얕은 우물에 멈춘다. "
        "모멘텀은 관성으로 언덕을 넘어 더 깊은 우물에 들어가지만, 그곳도 가장 깊은 우물은 아니다.",
    ),
    source=Paper(
        "M. A. Styblinski, T.-S. Tang",
        "Experiments in Nonconvex Optimization: Stochastic Approximation with Function Smoothing and Simulated "
        "Annealing",
        1990,
        "https://www.sfu.ca/~ssurjano/stybtang.html",
    ),
)
