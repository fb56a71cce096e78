"""Polynomial scheduling: a power of what is left of the run, or of a part of it, once or again and again."""

import numpy as np

from core.spec import Dialect, Hyper, Paper, Schedule, Special, Text


def factor(t, T, c, floor, share, cycle):
    n = np.maximum(np.rint(share * T), 1)  # whole, as the libraries want it
    n = n * np.where(cycle > 0, np.maximum(np.ceil(t / n), 1), 1)  # the first multiple of it that is not over yet
    left = 1 - np.minimum(t / n, 1.0)
    return floor + (1 - floor) * left**c


SCHEDULE = Schedule(
    factor,
    name=Text("Polynomial", "다항식"),
    hypers=(
        Hyper("c", "c", 2.0, 0.1, 5.0, label=Text("exponent", "지수")),
        Hyper("floor", "φ", 0.0, 0.0, 1.0, label=Text("final share of lr", "마지막에 남는 비율")),
        Hyper("share", "q", 1.0, 0.05, 1.0, label=Text("share of the run", "내려가는 구간의 비율"), rare=True),
        Hyper("cycle", "↻", 0, 0, 1, label=Text("again and again", "되풀이"), integer=True, rare=True),
    ),
    latex=r"\eta_t = \eta\left[\varphi + (1-\varphi)\left(1 - \tfrac{t}{n}\right)^{c}\right],\quad "
    r"n \in \bigl\{qT,\ qT\,\lceil t/qT\rceil\bigr\}",
    about=Text(
        "c = 1 is a straight line. A larger c drops early and lands softly; a smaller one stays high and drops at the "
        "very end. Past the end it stays at the floor; or it rises again, each time to less, and sinks more slowly.",
        "c = 1이면 직선이다. c가 크면 일찍 떨어져 부드럽게 착지하고, 작으면 높게 머물다가 막바지에 급히 떨어진다. 정해진 "
        "길이가 지나면 바닥값을 유지하거나, 다시 올라가서 더 천천히 내려가기를 되풀이하는데 올라가는 높이는 매번 낮아진다.",
    ),
    source=Paper(
        "L.-C. Chen, G. Papandreou, I. Kokkinos, K. Murphy, A. L. Yuille",
        "DeepLab: Semantic Image Segmentation with Deep Convolutional Nets, Atrous Convolution, and Fully Connected CRFs",
        2018,
        "https://arxiv.org/abs/1606.00915",
    ),
    pytorch="torch.optim.lr_scheduler.LambdaLR(optimizer, "
    "lambda t: {floor} + (1 - {floor}) * (1 - min(t / max(round({share} * {T}), 1), 1)) ** {c})",
    keras="keras.optimizers.schedules.PolynomialDecay({lr}, decay_steps=max(round({share} * {T}), 1), "
    "end_learning_rate={floor} * {lr}, power={c})",
    optax="optax.polynomial_schedule({lr}, {floor} * {lr}, power={c}, transition_steps=max(round({share} * {T}), 1))",
    differs={
        "pytorch": Text(
            "PyTorch's own PolynomialLR always ends at 0, and does not rise again.",
            "PyTorch의 PolynomialLR은 항상 0으로 끝나며 다시 올라가지 않는다.",
        ),
        "keras": Text(
            "Keras' PolynomialDecay ends at a rate of 1e-4 unless told otherwise, whatever lr is; its exponent is 1 by "
            "default.",
            "Keras의 PolynomialDecay는 따로 정하지 않으면 lr과 관계없이 학습률 1e-4에서 끝난다. 지수의 기본값은 1이다.",
        ),
    },
    dialects={"keras": Dialect(defaults={"c": 1.0})},
    special=(
        Special("pytorch", {"cycle": 1}),
        Special("optax", {"cycle": 1}),
        Special(
            "pytorch",
            {"share": 1},
            "torch.optim.lr_scheduler.LambdaLR(optimizer, "
            "lambda t: {floor} + (1 - {floor}) * (1 - min(t / {T}, 1)) ** {c})",
        ),
        Special(
            "keras",
            {"share": 1, "cycle": 0},
            "keras.optimizers.schedules.PolynomialDecay({lr}, decay_steps={T}, end_learning_rate={floor} * {lr}, "
            "power={c})",
        ),
        Special(
            "optax",
            {"share": 1},
            "optax.polynomial_schedule({lr}, {floor} * {lr}, power={c}, transition_steps={T})",
        ),
        Special(
            "keras",
            {"cycle": 1},
            "keras.optimizers.schedules.PolynomialDecay({lr}, decay_steps=max(round({share} * {T}), 1), "
            "end_learning_rate={floor} * {lr}, power={c}, cycle=True)",
        ),
    ),
)
