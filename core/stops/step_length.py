"""Stop when the steps are short."""

import numpy as np

from core.spec import Hyper, Stop, Text


def holds(f, before, gx, gy, dx, dy, used, bound):
    return np.sqrt(dx * dx + dy * dy) <= bound


STOP = Stop(
    holds,
    name=Text("Step below", "스텝 길이 이하"),
    about=Text(
        "The point has moved by no more than this. A schedule that lowers the rate, or AdaGrad's ever shorter steps, "
        "fulfil it far from any minimum.",
        "점이 움직인 거리가 이 값 이하이면 멈춘다. 학습률을 낮추는 스케줄이나 갈수록 짧아지는 AdaGrad의 스텝은 최솟값에서 멀리 "
        "떨어진 곳에서도 이 조건을 만족한다.",
    ),
    latex=r"\lVert x_t - x_{t-1} \rVert \le \varepsilon",
    bound=Hyper("bound", "ε", 1e-5, 1e-12, 1e2, "log"),
)
