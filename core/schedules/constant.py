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
    about=Text("The same rate all the way.", "처음부터 끝까지 학습률이 같다."),
    source=Paper(
        "H. Robbins, S. Monro", "A Stochastic Approximation Method", 1951, "https://doi.org/10.1214/aoms/1177729586"
    ),
)
