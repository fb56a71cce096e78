"""McCormick's function: a sloping trough with a wave along its floor."""

from math import pi

import numpy as np

from core.spec import Paper, Surface, Text


def value(x, y):
    return np.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1


def gradient(x, y):
    wave = np.cos(x + y)
    return wave + 2 * (x - y) - 1.5, wave - 2 * (x - y) + 2.5


def hessian(x, y):
    wave = -np.sin(x + y)
    return wave + 2, wave - 2, wave + 2


# Where the gradient vanishes, x − y = 1 and cos(x + y) = −1/2.
SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("McCormick", "매코믹 함수"),
    bounds=((-1.5, 4.0), (-3.0, 4.0)),
    start=(3.5, 3.5),
    minima=((0.5 - pi / 3, -0.5 - pi / 3), (0.5 + 2 * pi / 3, -0.5 + 2 * pi / 3)),
    saddles=((0.5 + pi / 3, -0.5 + pi / 3),),
    rates={"gradient": 0.1, "momentum": 0.02, "adagrad": 0.5, "adaptive": 0.05},
    steps=100,
    latex=r"f(x,y) = \sin(x+y) + (x-y)^2 - 1.5x + 2.5y + 1",
    teaches=Text(
        "A trough that goes downhill in waves. Nearly every method stops in the first dip on its way and never learns "
        "of the deeper one beyond the crest. Double momentum's learning rate, and it clears this crest, and the next, "
        "and leaves the map.",
        "물결치며 내려가는 골이다. 거의 모든 방법이 처음 만난 웅덩이에 멈추고, 고개 너머에 더 깊은 곳이 있다는 것을 "
        "알지 못한다. 모멘텀의 학습률을 두 배로 하면 이 고개를 넘지만, 다음 고개까지 넘어 지도 밖으로 나가 버린다.",
    ),
    source=Paper(
        "S. Surjanovic, D. Bingham",
        "Virtual Library of Simulation Experiments: McCormick Function",
        2013,
        "https://www.sfu.ca/~ssurjano/mccorm.html",
    ),
)
