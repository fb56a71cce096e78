"""Levy's function: ridge after ridge across, dent after dent along."""

import numpy as np

from core.spec import Paper, Surface, Text


def value(x, y):
    u, v = 1 + (x - 1) / 4, 1 + (y - 1) / 4
    along_x = np.sin(np.pi * u) ** 2 + (u - 1) ** 2 * (1 + 10 * np.sin(np.pi * u + 1) ** 2)
    return along_x + (v - 1) ** 2 * (1 + np.sin(2 * np.pi * v) ** 2)


def gradient(x, y):
    u, v = 1 + (x - 1) / 4, 1 + (y - 1) / 4
    ridge, dent = 1 + 10 * np.sin(np.pi * u + 1) ** 2, 1 + np.sin(2 * np.pi * v) ** 2
    return (
        (np.pi * np.sin(2 * np.pi * u) + 2 * (u - 1) * ridge + 10 * np.pi * (u - 1) ** 2 * np.sin(2 * np.pi * u + 2))
        / 4,
        (2 * (v - 1) * dent + 2 * np.pi * (v - 1) ** 2 * np.sin(4 * np.pi * v)) / 4,
    )


def hessian(x, y):
    u, v = 1 + (x - 1) / 4, 1 + (y - 1) / 4
    ridge, dent = 1 + 10 * np.sin(np.pi * u + 1) ** 2, 1 + np.sin(2 * np.pi * v) ** 2
    bowl = np.pi**2 * np.cos(2 * np.pi * u) + ridge
    across = 20 * np.pi * (u - 1) * np.sin(2 * np.pi * u + 2) + 10 * (np.pi * (u - 1)) ** 2 * np.cos(2 * np.pi * u + 2)
    along = 4 * np.pi * (v - 1) * np.sin(4 * np.pi * v) + (2 * np.pi * (v - 1)) ** 2 * np.cos(4 * np.pi * v)
    return (bowl + across) / 8, 0.0, (dent + along) / 8


# A function of x plus a function of y: every minimum of the one goes with every minimum of the other.
ALONG_X = (-8.244554665464944, -4.205434985718203, 1.0, 3.79108219045051, 7.723082150790462)
ALONG_Y = (1.0, *(1 + s * d for d in (3.8906496084617133, 5.930286250610244, 7.948452278487519) for s in (1, -1)))

SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Levy", "레비 함수"),
    bounds=((-10.0, 10.0), (-10.0, 10.0)),
    start=(-6.0, 8.0),
    minima=tuple(sorted(((x, y) for x in ALONG_X for y in (*ALONG_Y, -8.959023320607939)), key=lambda p: value(*p))),
    rates={"gradient": 0.1, "momentum": 0.05, "adagrad": 1.0, "adaptive": 0.2},
    steps=150,
    latex=r"f(x,y) = \sin^2 \pi u + (u-1)^2\bigl[1 + 10\sin^2(\pi u + 1)\bigr] + (v-1)^2\bigl[1 + \sin^2 2\pi v\bigr],"
    r"\quad u = 1 + \tfrac{x-1}4,\; v = 1 + \tfrac{y-1}4",
    teaches=Text(
        "Ridges across one direction, dents along the other, on the floor of a wide bowl. Most runs end in the well "
        "below the start; momentum, even at half the learning rate of plain descent, rolls over several ridges and "
        "into the global minimum.",
        "넓은 그릇 바닥에, 한 방향으로는 높은 능선이 늘어서고 다른 방향으로는 작은 구덩이가 이어진다. 대부분 시작점 "
        "바로 아래 우물에서 끝나지만, 모멘텀은 경사하강법의 절반인 학습률로도 능선을 여러 개 넘어 전역 최솟값에 "
        "들어간다.",
    ),
    source=Paper(
        "M. Laguna, R. Martí",
        "Experimental Testing of Advanced Scatter Search Designs for Global Optimization of Multimodal Functions",
        2005,
        "https://www.sfu.ca/~ssurjano/levy.html",
    ),
)
