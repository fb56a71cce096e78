"""Cosine annealing with warm restarts: one cosine after the other, each as long as the last or longer."""

import numpy as np

from core.spec import Hyper, Paper, Schedule, Text


def factor(t, T, cycle, mult, floor):
    u = t / cycle
    grows = np.maximum(mult - 1, 1e-300)  # for cycles of one length, what is computed with it is thrown away
    n = np.floor(np.log1p(u * (mult - 1)) / np.log1p(grows))
    n = n + (u >= (mult ** (n + 1) - 1) / grows) - (u < (mult**n - 1) / grows)  # where the logarithm was rounded
    p = np.where(mult > 1, (u - (mult**n - 1) / grows) / mult**n, u - np.floor(u))
    return floor + (1 - floor) * (1 + np.cos(np.pi * p)) / 2


SCHEDULE = Schedule(
    factor,
    name=Text("Cosine with restarts", "재시작 코사인"),
    hypers=(
        Hyper("cycle", "T₀", 30, 5, 5000, "log", Text("steps of the first cycle", "첫 주기의 스텝 수"), integer=True),
        Hyper("mult", "m", 2, 1, 5, label=Text("each cycle m times as long", "주기마다 길이를 m배로"), integer=True),
        Hyper("floor", "φ", 0.0, 0.0, 1.0, label=Text("lowest share of lr", "가장 낮을 때의 비율")),
    ),
    latex=r"\eta_t = \eta\left[\varphi + (1-\varphi)\,\tfrac12\bigl(1 + \cos\tfrac{\pi\,t_i}{T_i}\bigr)\right],\quad "
    r"T_i = m^i\,T_0,\quad t_i = t - (T_0 + \dots + T_{i-1})",
    about=Text(
        "Settles along a cosine and then jumps back to the full rate, which can throw a run out of a poor minimum; the "
        "next cycle is m times as long. Just before a restart is the time to stop.",
        "코사인을 따라 가라앉았다가 한 번에 처음 학습률로 돌아간다. 그 순간 좋지 않은 최솟값에서 튀어나올 수 있다. 다음 "
        "주기는 m배로 길어진다. 멈추기 좋은 때는 재시작 직전이다.",
    ),
    source=Paper(
        "I. Loshchilov, F. Hutter",
        "SGDR: Stochastic Gradient Descent with Warm Restarts",
        2017,
        "https://arxiv.org/abs/1608.03983",
    ),
    pytorch="torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0={cycle}, T_mult={mult}, "
    "eta_min={floor} * {lr})",
    keras="keras.optimizers.schedules.CosineDecayRestarts({lr}, first_decay_steps={cycle}, t_mul={mult}, "
    "alpha={floor})",
    optax="optax.sgdr_schedule([dict(init_value={lr}, peak_value={lr}, warmup_steps=0, "
    "decay_steps=min({cycle} * {mult} ** i, max({cycle}, {mult} * {T})), end_value={floor} * {lr}) for i in range(1 + {T} // {cycle})])",
    differs={
        "pytorch": Text(
            "PyTorch's cycles all have one length unless T_mult is given.",
            "PyTorch는 T_mult를 정하지 않으면 모든 주기의 길이가 같다.",
        ),
    },
)
