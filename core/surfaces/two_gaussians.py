"""Two narrow pits in a bowl: each draws in only what comes close."""

import numpy as np

from core.spec import Paper, Surface, Text


def value(x, y):
    right = 2 * np.exp(-((x - 1) ** 2 + y**2) / 0.2)
    left = 3 * np.exp(-((x + 1) ** 2 + y**2) / 0.2)
    return x**2 + y**2 - right - left


def gradient(x, y):
    right = 2 * np.exp(-((x - 1) ** 2 + y**2) / 0.2)
    left = 3 * np.exp(-((x + 1) ** 2 + y**2) / 0.2)
    return 2 * x + 10 * (x - 1) * right + 10 * (x + 1) * left, 2 * y + 10 * y * right + 10 * y * left


def hessian(x, y):
    right = 2 * np.exp(-((x - 1) ** 2 + y**2) / 0.2)
    left = 3 * np.exp(-((x + 1) ** 2 + y**2) / 0.2)
    return (
        2 + (10 - 100 * (x - 1) ** 2) * right + (10 - 100 * (x + 1) ** 2) * left,
        -100 * (x - 1) * y * right - 100 * (x + 1) * y * left,
        2 + (10 - 100 * y**2) * (right + left),
    )


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Two pits", "좁은 구덩이 두 개"),
    bounds=((-2.0, 2.0), (-2.0, 2.0)),
    start=(0.75, 1.0),
    minima=((-0.9363006340109187, 0.0), (0.905317899160115, 0.0)),
    saddles=((0.06860243670809657, 0.0),),
    rates={"gradient": 0.02, "momentum": 0.012, "adagrad": 0.3, "adaptive": 0.04},
    steps=200,
    latex=r"f(x,y) = x^2 + y^2 - 2\,e^{-\left((x-1)^2+y^2\right)/0.2} - 3\,e^{-\left((x+1)^2+y^2\right)/0.2}",
    teaches=Text(
        "Two narrow pits in a wide bowl, the left one deeper. The start lies above the right-hand pit, which catches "
        "plain descent; momentum and Adam overshoot it and end in the left one. A slightly different start or rate "
        "can change who ends where.",
        "넓은 그릇 안에 좁은 구덩이가 두 개 있고 왼쪽이 더 깊다. 시작점은 오른쪽 구덩이에 가깝다. 경사하강법은 거기에 "
        "빠지지만, 모멘텀과 Adam은 지나쳐서 왼쪽 구덩이에 이른다. 시작점이나 학습률을 조금만 바꾸어도 결과가 달라질 "
        "수 있다.",
    ),
    source=Paper(
        "E. Dupont",
        "Interactive Visualization of Optimization Algorithms in Deep Learning",
        2018,
        "https://emiliendupont.github.io/2018/01/24/optimization-visualization/",
    ),
)
