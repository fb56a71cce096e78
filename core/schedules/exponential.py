"""Exponential scheduling: multiplied by γ every s steps, evenly in between, or at once."""

import numpy as np

from core.spec import Hyper, Paper, Schedule, Special, Text


def factor(t, T, gamma, s, staircase):
    p = t / s
    return gamma ** np.where(staircase > 0, np.floor(p), p)


SCHEDULE = Schedule(
    factor,
    name=Text("Exponential", "지수"),
    hypers=(
        Hyper("gamma", "γ", 0.1, 0.01, 1.0, "log", Text("factor per s steps", "s 스텝마다 곱하는 값")),
        Hyper("s", "s", 100, 1, 5000, "log", Text("steps", "스텝 수"), integer=True),
        Hyper("staircase", "⌊⌋", 0, 0, 1, label=Text("in stairs", "계단으로"), integer=True, rare=True),
    ),
    latex=r"\eta_t = \eta\,\gamma^{\,t/s},\qquad \eta_t = \eta\,\gamma^{\lfloor t/s \rfloor}",
    about=Text(
        "Loses the same share with every step: a straight line on a logarithmic axis. In stairs it keeps the rate for s "
        "steps and is then the schedule Step.",
        "매 스텝 같은 비율로 줄어든다. 로그 축에서는 직선이 된다. 계단으로 바꾸면 s 스텝 동안 학습률을 유지하므로 계단 "
        "스케줄과 같아진다.",
    ),
    source=Paper(
        "A. Géron",
        "Hands-On Machine Learning with Scikit-Learn, Keras & TensorFlow, ch. 11",
        2022,
        "https://www.oreilly.com/library/view/hands-on-machine-learning/9781098125967/",
    ),
    textbook=2,
    pytorch="torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma={gamma} ** (1 / {s}))",
    keras="keras.optimizers.schedules.ExponentialDecay({lr}, decay_steps={s}, decay_rate={gamma})",
    optax="optax.exponential_decay({lr}, transition_steps={s}, decay_rate={gamma})",
    special=(
        Special(
            "pytorch", {"staircase": 1}, "torch.optim.lr_scheduler.StepLR(optimizer, step_size={s}, gamma={gamma})"
        ),
        Special(
            "keras",
            {"staircase": 1},
            "keras.optimizers.schedules.ExponentialDecay({lr}, decay_steps={s}, decay_rate={gamma}, staircase=True)",
        ),
        Special(
            "optax",
            {"staircase": 1},
            "optax.exponential_decay({lr}, transition_steps={s}, decay_rate={gamma}, staircase=True)",
        ),
    ),
)
