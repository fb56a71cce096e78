"""A cliff with a hollow at its foot: the wall that an exploding gradient comes from."""

import numpy as np

from core.spec import Paper, Surface, Text


def value(x, y):
    wall = 1 / (1 + np.exp(30 * (3 - x)))
    hollow = np.exp(-((x - 1) ** 2 + y**2) / 3)
    return 2 * wall - 2 * hollow


def gradient(x, y):
    wall = 1 / (1 + np.exp(30 * (3 - x)))
    hollow = np.exp(-((x - 1) ** 2 + y**2) / 3)
    return 60 * wall * (1 - wall) + 4 / 3 * (x - 1) * hollow, 4 / 3 * y * hollow


def hessian(x, y):
    wall = 1 / (1 + np.exp(30 * (3 - x)))
    hollow = np.exp(-((x - 1) ** 2 + y**2) / 3)
    return (
        1800 * wall * (1 - wall) * (1 - 2 * wall) + (4 / 3 - 8 / 9 * (x - 1) ** 2) * hollow,
        -8 / 9 * (x - 1) * y * hollow,
        (4 / 3 - 8 / 9 * y**2) * hollow,
    )


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Cliff", "절벽"),
    bounds=((-6.0, 6.0), (-4.0, 4.0)),
    start=(3.0, 1.5),
    minima=((1.0, 0.0),),
    rates={"gradient": 0.1, "momentum": 0.02, "adagrad": 1.0, "adaptive": 0.1},
    steps=150,
    latex=r"f(x,y) = 2\,\sigma\bigl(30\,(x - 3)\bigr) - 2\,e^{-((x-1)^2 + y^2)/3},\quad \sigma(z) = \frac{1}{1 + e^{-z}}",
    teaches=Text(
        "A hollow at the foot of a cliff. On the edge the gradient is fifteen: at rate 1, which suits the hollow, one step "
        "throws plain descent off the map. A clipped gradient keeps its direction and loses only its length.",
        "절벽 아래에 움푹한 분지가 있다. 절벽 끝에서 기울기의 길이는 15이다. 분지에 알맞은 학습률 1도 여기서는 한 스텝 만에 "
        "경사하강법을 지도 밖으로 내던진다. 기울기를 자르면 방향은 그대로이고 길이만 줄어든다.",
    ),
    source=Paper(
        "R. Pascanu, T. Mikolov, Y. Bengio",
        "On the difficulty of training recurrent neural networks",
        2013,
        "https://arxiv.org/abs/1211.5063",
    ),
)
