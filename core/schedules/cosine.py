"""Cosine annealing: slow at both ends, fast in the middle, over the length of the run or a part of it."""

import numpy as np

from core.spec import Hyper, Paper, Schedule, Special, Text


def factor(t, T, floor, share, c):
    n = np.maximum(np.rint(share * T), 1)  # whole, as the libraries want it
    p = np.minimum(t / n, 1.0)
    return floor + (1 - floor) * ((1 + np.cos(np.pi * p)) / 2) ** c


SCHEDULE = Schedule(
    factor,
    name=Text("Cosine", "코사인"),
    hypers=(
        Hyper("floor", "φ", 0.0, 0.0, 1.0, label=Text("final share of lr", "마지막에 남는 비율")),
        Hyper("share", "q", 1.0, 0.05, 1.0, label=Text("share of the run", "내려가는 구간의 비율"), rare=True),
        Hyper("c", "c", 1.0, 0.1, 5.0, label=Text("exponent", "지수"), rare=True),
    ),
    latex=r"\eta_t = \eta\left[\varphi + (1-\varphi)\Bigl(\tfrac12\bigl(1 + \cos\tfrac{\pi t}{qT}\bigr)\Bigr)^{c}\right]",
    about=Text(
        "Stays high for a while, sinks through the middle and lands softly. Past the end it stays at the floor. With an "
        "exponent c above 1 it sinks earlier.",
        "한동안 높게 머물다가 중간에서 빠르게 내려가고 끝에서 부드럽게 착지한다. 정해진 길이가 지나면 바닥값을 유지한다. 지수 c가 "
        "1보다 크면 더 일찍 내려간다.",
    ),
    source=Paper(
        "I. Loshchilov, F. Hutter",
        "SGDR: Stochastic Gradient Descent with Warm Restarts",
        2017,
        "https://arxiv.org/abs/1608.03983",
    ),
    pytorch="torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max={T}, eta_min={floor} * {lr})",
    keras="keras.optimizers.schedules.CosineDecay({lr}, decay_steps=max(round({share} * {T}), 1), alpha={floor})",
    optax="optax.cosine_decay_schedule({lr}, decay_steps=max(round({share} * {T}), 1), alpha={floor}, exponent={c})",
    differs={
        "pytorch": Text(
            "PyTorch's CosineAnnealingLR rises again past T_max, and knows no exponent.",
            "PyTorch의 CosineAnnealingLR은 T_max가 지나면 다시 올라가며, 지수를 정할 수 없다.",
        ),
        "keras": Text("Keras' CosineDecay knows no exponent.", "Keras의 CosineDecay는 지수를 정할 수 없다."),
    },
    special=(
        Special("pytorch", {"share": lambda share: share < 1}),
        Special("pytorch", {"c": lambda c: c != 1}),
        Special(
            "keras",
            {"share": 1, "c": 1},
            "keras.optimizers.schedules.CosineDecay({lr}, decay_steps={T}, alpha={floor})",
        ),
        Special(
            "keras",
            {"c": 1},
            "keras.optimizers.schedules.CosineDecay({lr}, decay_steps=max(round({share} * {T}), 1), alpha={floor})",
        ),
        Special("keras", {"c": lambda c: c != 1}),
        Special("optax", {"share": 1, "c": 1}, "optax.cosine_decay_schedule({lr}, decay_steps={T}, alpha={floor})"),
        Special(
            "optax", {"share": 1}, "optax.cosine_decay_schedule({lr}, decay_steps={T}, alpha={floor}, exponent={c})"
        ),
    ),
)
