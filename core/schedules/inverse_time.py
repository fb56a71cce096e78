"""Inverse time scheduling: the reciprocal of a straight line."""

import numpy as np

from core.spec import Hyper, Paper, Schedule, Special, Text


def factor(t, T, rate, s, staircase):
    return 1 / (1 + rate * np.where(staircase > 0, np.floor(t / s), t / s))


SCHEDULE = Schedule(
    factor,
    name=Text("Inverse time", "역시간"),
    hypers=(
        Hyper("rate", "r", 4.0, 0.01, 100.0, "log", Text("after s steps lr / (1 + r)", "s 스텝 뒤 lr / (1 + r)")),
        Hyper("s", "s", 100, 1, 5000, "log", Text("steps", "스텝 수"), integer=True),
        Hyper("staircase", "⌊⌋", 0, 0, 1, label=Text("in stairs", "계단으로"), integer=True, rare=True),
    ),
    latex=r"\eta_t = \frac{\eta}{1 + r\,t/s},\qquad \eta_t = \frac{\eta}{1 + r\,\lfloor t/s \rfloor}",
    about=Text(
        "In the long run the rate is proportional to 1/t, the classic choice for noisy gradients: it shrinks enough for "
        "the noise to average out, and yet the steps add up without limit. It is Power with c = 1, as Keras writes it.",
        "길게 보면 학습률이 1/t에 비례한다. 노이즈가 섞인 기울기에 쓰는 고전적인 방법으로, 노이즈가 평균되어 사라질 만큼 "
        "줄어들면서도 스텝의 합은 끝없이 커진다. c = 1인 거듭제곱 스케줄을 Keras 방식으로 쓴 것이다.",
    ),
    source=Paper(
        "L. Bottou", "Stochastic Gradient Descent Tricks", 2012, "https://doi.org/10.1007/978-3-642-35289-8_25"
    ),
    pytorch="torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 / (1 + {rate} * t / {s}))",
    keras="keras.optimizers.schedules.InverseTimeDecay({lr}, decay_steps={s}, decay_rate={rate})",
    special=(
        Special(
            "pytorch",
            {"staircase": 1},
            "torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 / (1 + {rate} * (t // {s})))",
        ),
        Special(
            "keras",
            {"staircase": 1},
            "keras.optimizers.schedules.InverseTimeDecay({lr}, decay_steps={s}, decay_rate={rate}, staircase=True)",
        ),
    ),
)
