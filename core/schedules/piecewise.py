"""Piecewise constant scheduling: one rate, then a lower one, then a lower one still."""

import numpy as np

from core.spec import Dialect, Hyper, Paper, Schedule, Special, Text


def factor(t, T, first, second, gamma):
    return np.where(t < first, 1.0, gamma) * np.where(t < second, 1.0, gamma)


def one_later(t, T, first, second, gamma):
    """Keras keeps the old value at the boundary itself."""
    return np.where(t <= first, 1.0, gamma) * np.where(t <= second, 1.0, gamma)


SCHEDULE = Schedule(
    factor,
    name=Text("Piecewise constant", "구간별 고정"),
    hypers=(
        Hyper("first", "t₁", 50, 1, 5000, "log", Text("first drop at step", "첫 번째로 낮추는 스텝"), integer=True),
        Hyper("second", "t₂", 120, 1, 5000, "log", Text("second drop at step", "두 번째로 낮추는 스텝"), integer=True),
        Hyper("gamma", "γ", 0.2, 0.01, 1.0, "log", Text("factor per drop", "낮출 때마다 곱하는 값")),
    ),
    latex=r"\eta_t = \eta\cdot\begin{cases}1 & t < t_1\\ \gamma & t_1 \le t < t_2\\ \gamma^2 & t \ge t_2\end{cases}",
    about=Text(
        "Explore at full rate, then drop sharply twice: each drop lets the loss fall to a new level.",
        "처음에는 큰 학습률로 탐색하고, 정해 둔 스텝에서 두 번 크게 낮춘다. 낮출 때마다 손실이 한 단계씩 더 내려간다.",
    ),
    source=Paper(
        "A. Géron",
        "Hands-On Machine Learning with Scikit-Learn, Keras & TensorFlow, ch. 11",
        2022,
        "https://www.oreilly.com/library/view/hands-on-machine-learning/9781098125967/",
    ),
    textbook=3,
    pytorch="torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[{first}, {second}], gamma={gamma})",
    keras="keras.optimizers.schedules.PiecewiseConstantDecay(sorted(({first} - 1, {second} - 1)), "
    "[{lr}, {lr} * {gamma}, {lr} * {gamma} ** 2])",
    optax="optax.piecewise_constant_schedule({lr}, {{{first}: {gamma}, {second}: {gamma}}})",
    differs={
        "keras": Text(
            "Keras' PiecewiseConstantDecay keeps the old value at t = t₁ itself and changes one step later.",
            "Keras의 PiecewiseConstantDecay는 t = t₁에서 이전 값을 유지하고 한 스텝 뒤에 바뀐다.",
        )
    },
    dialects={
        "keras": Dialect(
            one_later,
            spelling="keras.optimizers.schedules.PiecewiseConstantDecay(sorted(({first}, {second})), "
            "[{lr}, {lr} * {gamma}, {lr} * {gamma} ** 2])",
        )
    },
    special=(
        Special("optax", {"second": "first"}, "optax.piecewise_constant_schedule({lr}, {{{first}: {gamma} ** 2}})"),
    ),
)
