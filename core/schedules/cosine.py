"""Cosine annealing: slow at both ends, fast in the middle, over the length of the run."""

import numpy as np

from core.spec import Hyper, Paper, Schedule, Text


def factor(t, T, floor):
    p = np.minimum(t / np.maximum(T, 1), 1.0)
    return floor + (1 - floor) * (1 + np.cos(np.pi * p)) / 2


SCHEDULE = Schedule(
    factor,
    name=Text("Cosine", "코사인"),
    hypers=(Hyper("floor", "φ", 0.0, 0.0, 1.0, label=Text("final share of lr", "마지막에 남는 비율")),),
    latex=r"\eta_t = \eta\left[\varphi + (1-\varphi)\,\tfrac12\bigl(1 + \cos\tfrac{\pi t}{T}\bigr)\right]",
    about=Text(
        "Stays high for a while, sinks through the middle and lands softly. Past the end it stays at the floor.",
        "한동안 높게 머물다가 중간에서 빠르게 내려가고 끝에서 부드럽게 착지한다. 정해진 길이가 지나면 바닥값을 유지한다.",
    ),
    source=Paper(
        "I. Loshchilov, F. Hutter",
        "SGDR: Stochastic Gradient Descent with Warm Restarts",
        2017,
        "https://arxiv.org/abs/1608.03983",
    ),
    pytorch="torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max={T}, eta_min={floor} * {lr})",
    keras="keras.optimizers.schedules.CosineDecay({lr}, decay_steps={T}, alpha={floor})",
    optax="optax.cosine_decay_schedule({lr}, decay_steps={T}, alpha={floor})",
    differs={
        "pytorch": Text(
            "PyTorch's CosineAnnealingLR rises again past T_max.",
            "PyTorch의 CosineAnnealingLR은 T_max가 지나면 다시 올라간다.",
        )
    },
)
