"""Stop when the loss hardly changes any more."""

import numpy as np

from core.spec import Hyper, Stop, Text


def holds(f, before, gx, gy, dx, dy, used, bound):
    return np.abs(f - before) <= bound


STOP = Stop(
    holds,
    name=Text("|Δf| below", "|Δf| 이하"),
    about=Text(
        "The loss has changed by no more than this in one step. It is cheap, and easily fooled: a plateau, a small rate "
        "or the turning point of an overshoot look the same as the end.",
        "한 스텝 사이에 손실이 이 값 넘게 변하지 않으면 멈춘다. 계산은 싸지만 속기 쉽다. 고원, 작은 학습률, 지나쳤다가 되돌아서는 "
        "순간이 모두 끝난 것처럼 보인다.",
    ),
    latex=r"|f(x_t) - f(x_{t-1})| \le \varepsilon",
    bound=Hyper("bound", "ε", 1e-6, 1e-12, 1e3, "log"),
)
