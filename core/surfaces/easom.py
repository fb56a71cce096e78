"""Easom's function: one narrow hole in a plain."""

from math import pi

import numpy as np

from core.spec import Paper, Surface, Text


def value(x, y):
    return -np.cos(x) * np.cos(y) * np.exp(-((x - pi) ** 2) - (y - pi) ** 2)


def gradient(x, y):
    near = np.exp(-((x - pi) ** 2) - (y - pi) ** 2)
    return (
        (np.sin(x) + 2 * (x - pi) * np.cos(x)) * np.cos(y) * near,
        (np.sin(y) + 2 * (y - pi) * np.cos(y)) * np.cos(x) * near,
    )


def hessian(x, y):
    u, v, near = x - pi, y - pi, np.exp(-((x - pi) ** 2) - (y - pi) ** 2)
    return (
        ((3 - 4 * u**2) * np.cos(x) - 4 * u * np.sin(x)) * np.cos(y) * near,
        -(np.sin(x) + 2 * u * np.cos(x)) * (np.sin(y) + 2 * v * np.cos(y)) * near,
        ((3 - 4 * v**2) * np.cos(y) - 4 * v * np.sin(y)) * np.cos(x) * near,
    )


DIP = 1.8365972031521258  # the root of tan u = −2u: how far to the side the four shallow dips lie

SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Easom", "이솜 함수"),
    bounds=((0.0, 2 * pi), (0.0, 2 * pi)),
    start=(1.7, 1.9),
    minima=((pi, pi), *((pi + s * DIP, pi + r * DIP) for s in (1, -1) for r in (1, -1))),
    saddles=tuple((x, y) for x in (pi / 2, 3 * pi / 2) for y in (pi / 2, 3 * pi / 2)),
    rates={"gradient": 0.3, "momentum": 0.05, "adagrad": 0.5, "adaptive": 0.03},
    steps=200,
    latex=r"f(x,y) = -\cos x\,\cos y\;e^{-(x-\pi)^2-(y-\pi)^2}",
    teaches=Text(
        "One narrow hole in a plain without slope. At its rim plain descent hardly moves for thirty steps and then "
        "falls in; methods that divide by the size of the gradient walk in at once. Start farther out, and nobody has "
        "anything to go by.",
        "기울기가 거의 없는 들판에 좁은 구멍이 하나 있다. 경사하강법은 구멍 가장자리에서 30스텝쯤 거의 움직이지 "
        "못하다가 갑자기 빨려 들어가고, 기울기를 그 크기로 나누는 방법은 곧바로 걸어 들어간다. 더 먼 곳에서 출발하면 "
        "어느 방법도 갈 곳을 알 수 없다.",
    ),
    source=Paper(
        "E. E. Easom", "A Survey of Global Optimization Techniques", 1990, "https://www.sfu.ca/~ssurjano/easom.html"
    ),
)
