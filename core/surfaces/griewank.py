"""Griewank's function: a wide, shallow bowl under a regular field of dents."""

import numpy as np

from core.spec import Paper, Surface, Text

ROOT = np.sqrt(2)


def value(x, y):
    return 1 + (x**2 + y**2) / 4000 - np.cos(x) * np.cos(y / ROOT)


def gradient(x, y):
    return (
        x / 2000 + np.sin(x) * np.cos(y / ROOT),
        y / 2000 + np.cos(x) * np.sin(y / ROOT) / ROOT,
    )


def hessian(x, y):
    dents = np.cos(x) * np.cos(y / ROOT)
    return 1 / 2000 + dents, -np.sin(x) * np.sin(y / ROOT) / ROOT, 1 / 2000 + dents / 2


# One of every four, or two, that mirror each other; beside x = kπ, y = lπ√2 with k + l even.
CORNER = (
    (3.1400226338955397, 4.438444480920714),
    (6.280045279379904, 0.0),
    (0.0, 8.876888929095657),
    (9.420067886213593, 4.438444437201061),
    (6.280045217550294, 8.876888885374552),
)

SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Griewank", "그리방크 함수"),
    bounds=((-10.0, 10.0), (-10.0, 10.0)),
    start=(-7.0, 6.0),
    minima=((0.0, 0.0), *dict.fromkeys((s * x, r * y) for x, y in CORNER for s in (1, -1) for r in (1, -1))),
    rates={"gradient": 0.5, "momentum": 0.2, "adagrad": 1.0, "adaptive": 0.2},
    steps=100,
    latex=r"f(x,y) = 1 + \tfrac{1}{4000}(x^2 + y^2) - \cos x\,\cos\tfrac{y}{\sqrt2}",
    teaches=Text(
        "From far away a smooth bowl, from close up a regular field of 17 dents, all nearly equally deep: the "
        "farthest from the middle lies only 0.03 above it. Every method stops in the dent below the start, and a loss "
        "close to zero does not mean that the minimum is close.",
        "멀리서 보면 매끈한 그릇이지만 가까이 보면 구덩이 17개가 가지런히 나 있다. 깊이가 거의 같아서, 가장 먼 것도 "
        "한가운데보다 0.03 높을 뿐이다. 어느 방법이든 시작점 아래 구덩이에 멈춘다. 손실이 0에 가깝다고 해서 최솟값에 "
        "가까운 것은 아니다.",
    ),
    source=Paper(
        "A. O. Griewank", "Generalized Descent for Global Optimization", 1981, "https://doi.org/10.1007/BF00933356"
    ),
)
