"""Rastrigin's function: a wide bowl full of dents."""

import numpy as np

from core.spec import Paper, Surface, Text

TAU = 2 * np.pi


def value(x, y):
    return 20 + x**2 + y**2 - 10 * (np.cos(TAU * x) + np.cos(TAU * y))


def gradient(x, y):
    return 2 * x + 10 * TAU * np.sin(TAU * x), 2 * y + 10 * TAU * np.sin(TAU * y)


def hessian(x, y):
    return 2 + 10 * TAU**2 * np.cos(TAU * x), 0.0, 2 + 10 * TAU**2 * np.cos(TAU * y)


def dent(k):
    """The minimum of x² − 10 cos 2πx beside the whole number k, by Newton's method."""
    x = float(k)
    for _ in range(8):
        x -= (2 * x + 10 * TAU * np.sin(TAU * x)) / (2 + 10 * TAU**2 * np.cos(TAU * x))
    return float(x)


DENTS = [dent(k) for k in range(-5, 6)]

SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Rastrigin", "라스트리긴 함수"),
    bounds=((-5.12, 5.12), (-5.12, 5.12)),
    start=(-3.4, 2.6),
    minima=tuple(sorted(((x, y) for x in DENTS for y in DENTS), key=lambda p: value(*p))),
    rates={"gradient": 0.002, "momentum": 0.002, "adagrad": 1.0, "adaptive": 0.1},
    steps=100,
    latex=r"f(x,y) = 20 + x^2 + y^2 - 10\,(\cos 2\pi x + \cos 2\pi y)",
    teaches=Text(
        "A wide bowl with 121 dents. Descent sees only the slope under its feet and is caught by a dent near the "
        "start: here a good start is worth more than a good optimizer.",
        "넓은 그릇 전체에 구덩이 121개가 촘촘히 나 있다. 발밑의 기울기만 보고 내려가므로 시작점 근처의 지역 최솟값에 "
        "갇힌다. 여기서는 어떤 옵티마이저를 쓰느냐보다 어디서 출발하느냐가 더 중요하다.",
    ),
    source=Paper("L. A. Rastrigin", "Systems of Extremal Control", 1974, "https://www.sfu.ca/~ssurjano/rastr.html"),
)
