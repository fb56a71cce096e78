"""Constant: the same learning rate from the first update to the last."""

import numpy as np

from core.spec import Paper, Schedule, Text


def factor(t, T):
    return np.ones_like(t)


SCHEDULE = Schedule(
    factor,
    name=Text("Constant", "고정"),
    hypers=(),
    latex=r"\eta_t = \eta",
    about=Text(
        "The same rate all the way. Under noise the point then keeps wandering about the minimum, the further the larger the "
        "rate, and never settles.",
        "처음부터 끝까지 학습률이 같다. 기울기에 노이즈가 있으면 최솟값에 멈추지 못하고 그 둘레를 계속 맴돌며, 학습률이 클수록 더 멀리 "
        "벗어난다.",
    ),
    source=Paper(
        "L. Bottou, F. E. Curtis, J. Nocedal",
        "Optimization Methods for Large-Scale Machine Learning",
        2018,
        "https://arxiv.org/abs/1606.04838",
    ),
)
