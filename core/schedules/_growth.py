"""A rate that grows by the same factor with every step, up to lr: not to train with, but to find a rate by."""

import numpy as np

from core.spec import Hyper, Paper, Schedule, Text


def factor(t, T, low):
    """From `low` at the first update to 1 at the last."""
    p = np.minimum(t / np.maximum(T - 1, 1), 1.0)
    return low ** (1 - p)


SCHEDULE = Schedule(
    factor,
    name=Text("Rate-range test", "학습률 범위 시험"),
    hypers=(Hyper("low", "a", 1e-4, 1e-12, 1.0, "log", Text("first share of lr", "처음 비율")),),
    latex=r"\eta_t = \eta\,a^{\,1 - t/(T-1)}",
    about=Text(
        "Grows by the same factor with every step, so that one run meets every rate between two ends. Smith's own test "
        "grows along a straight line.",
        "매 스텝 같은 비율로 커지므로 한 번의 실행으로 두 끝 사이의 모든 학습률을 지난다. Smith의 원래 시험은 직선을 따라 커진다.",
    ),
    source=Paper(
        "L. N. Smith",
        "Cyclical Learning Rates for Training Neural Networks",
        2017,
        "https://arxiv.org/abs/1506.01186",
    ),
)
