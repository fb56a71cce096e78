"""Two wells in a bowl: the shallow one lies in front of the deep one."""

import numpy as np

from core.spec import Paper, Surface, Text


def value(x, y):
    shallow = np.exp(-((x + 2) ** 2) - (y - 1) ** 2)
    deep = 2 * np.exp(-((x - 2) ** 2) - (y + 1) ** 2)
    return (x**2 + y**2) / 10 - shallow - deep


def gradient(x, y):
    shallow = np.exp(-((x + 2) ** 2) - (y - 1) ** 2)
    deep = 2 * np.exp(-((x - 2) ** 2) - (y + 1) ** 2)
    return (
        x / 5 + 2 * (x + 2) * shallow + 2 * (x - 2) * deep,
        y / 5 + 2 * (y - 1) * shallow + 2 * (y + 1) * deep,
    )


def hessian(x, y):
    shallow = np.exp(-((x + 2) ** 2) - (y - 1) ** 2)
    deep = 2 * np.exp(-((x - 2) ** 2) - (y + 1) ** 2)
    return (
        0.2 + (2 - 4 * (x + 2) ** 2) * shallow + (2 - 4 * (x - 2) ** 2) * deep,
        -4 * (x + 2) * (y - 1) * shallow - 4 * (x - 2) * (y + 1) * deep,
        0.2 + (2 - 4 * (y - 1) ** 2) * shallow + (2 - 4 * (y + 1) ** 2) * deep,
    )


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Local well", "얕은 우물과 깊은 우물"),
    bounds=((-5.0, 5.0), (-5.0, 5.0)),
    start=(-4.5, 2.0),
    minima=((1.903705036116769, -0.9518525180583844), (-1.8106357726140654, 0.9053178863070327)),
    saddles=((-0.18686082806088924, 0.09343041403044462),),
    rates={"gradient": 0.1, "momentum": 0.1, "adagrad": 1.0, "adaptive": 0.1},
    steps=120,
    latex=r"f(x,y) = \tfrac{1}{10}(x^2 + y^2) - e^{-(x+2)^2-(y-1)^2} - 2\,e^{-(x-2)^2-(y+1)^2}",
    teaches=Text(
        "A shallow well in front of a deep one. Plain descent stops in the first; momentum, at the very same learning "
        "rate, rolls through it and on into the global minimum.",
        "깊은 우물 앞에 얕은 우물이 있다. 경사하강법은 앞쪽의 지역 최솟값에서 멈추지만, 모멘텀은 같은 학습률로도 "
        "그곳을 굴러 지나 전역 최솟값에 도착한다.",
    ),
    source=Paper(
        "H. Attouch, X. Goudou, P. Redont",
        "The Heavy Ball with Friction Method, I",
        2000,
        "https://doi.org/10.1142/S0219199700000025",
    ),
)
