"""Cosine annealing with warm restarts: one cosine after the other, each as long and as high as the last, or longer, or lower."""

import numpy as np

from core.spec import Hyper, Paper, Schedule, Special, Text


def factor(t, T, cycle, mult, floor, peak):
    u = t / cycle
    longer = mult > 1 + 1e-9
    m = np.where(longer, mult, 2.0)  # for cycles of one length, what is computed with it is thrown away
    on = u * (1 + 1e-12)  # a restart that rounding would put a hair after a step belongs to the step
    n = np.floor(np.log1p(on * (m - 1)) / np.log(m))
    n = n + (on >= (m ** (n + 1) - 1) / (m - 1)) - (on < (m**n - 1) / (m - 1))  # where the logarithm was rounded
    p = np.where(longer, np.maximum(u - (m**n - 1) / (m - 1), 0.0) / m**n, u - np.floor(u))
    height = peak ** np.where(longer, n, np.floor(u))
    return floor + (1 - floor) * height * (1 + np.cos(np.pi * p)) / 2


SCHEDULE = Schedule(
    factor,
    name=Text("Cosine with restarts", "재시작 코사인"),
    hypers=(
        Hyper("cycle", "T₀", 30, 1, 5000, "log", Text("steps of the first cycle", "첫 주기의 스텝 수"), integer=True),
        Hyper("mult", "m", 2.0, 1.0, 5.0, label=Text("each cycle m times as long", "주기마다 길이를 m배로")),
        Hyper("floor", "φ", 0.0, 0.0, 1.0, label=Text("lowest share of lr", "가장 낮을 때의 비율")),
        Hyper("peak", "h", 1.0, 0.0, 1.0, label=Text("each cycle h times as high", "주기마다 높이를 h배로"), rare=True),
    ),
    latex=r"\eta_t = \eta\left[\varphi + (1-\varphi)\,\tfrac{h^i}2\bigl(1 + \cos\tfrac{\pi\,t_i}{T_i}\bigr)\right],\quad "
    r"T_i = m^i\,T_0,\quad t_i = t - (T_0 + \dots + T_{i-1})",
    about=Text(
        "Settles along a cosine and then jumps back to the full rate, which can throw a run out of a poor minimum; the "
        "next cycle is m times as long, and h times as high. Just before a restart is the time to stop.",
        "코사인을 따라 가라앉았다가 한 번에 처음 학습률로 돌아간다. 그 순간 좋지 않은 최솟값에서 튀어나올 수 있다. 다음 "
        "주기는 길이가 m배, 높이가 h배가 된다. 멈추기 좋은 때는 재시작 직전이다.",
    ),
    source=Paper(
        "I. Loshchilov, F. Hutter",
        "SGDR: Stochastic Gradient Descent with Warm Restarts",
        2017,
        "https://arxiv.org/abs/1608.03983",
    ),
    pytorch="torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0={cycle}, T_mult=int({mult}), "
    "eta_min={floor} * {lr})",
    keras="keras.optimizers.schedules.CosineDecayRestarts({lr}, first_decay_steps={cycle}, t_mul={mult}, "
    "m_mul={peak}, alpha={floor})",
    optax="optax.sgdr_schedule([dict(init_value={lr}, peak_value={lr} * ({floor} + (1 - {floor}) * {peak} ** i), "
    "warmup_steps=0, decay_steps=min({cycle} * {mult} ** i, max({cycle}, {mult} * {T})), "
    "end_value={floor} * {lr}) for i in range(1 + {T} // {cycle})])",
    differs={
        "pytorch": Text(
            "PyTorch's cycles all have one length unless T_mult is given, which must be whole, and are equally high.",
            "PyTorch는 T_mult를 정하지 않으면 모든 주기의 길이가 같다. T_mult는 정수여야 하고, 높이는 언제나 같다.",
        ),
    },
    special=(
        Special("pytorch", {"mult": lambda m: m % 1 > 0}),
        Special("pytorch", {"peak": lambda h: h < 1}),
        Special(
            "keras",
            {"peak": 1},
            "keras.optimizers.schedules.CosineDecayRestarts({lr}, first_decay_steps={cycle}, t_mul={mult}, "
            "alpha={floor})",
        ),
        Special(
            "optax",
            {"peak": 1},
            "optax.sgdr_schedule([dict(init_value={lr}, peak_value={lr}, warmup_steps=0, decay_steps=min({cycle} * "
            "{mult} ** i, max({cycle}, {mult} * {T})), end_value={floor} * {lr}) for i in range(1 + {T} // {cycle})])",
        ),
    ),
)
