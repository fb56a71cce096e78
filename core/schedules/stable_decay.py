"""Warm-up, stable, decay: the full rate for most of the run, and a short fall at its end."""

import numpy as np

from core.spec import Hyper, Paper, Schedule, Special, Text


def factor(t, T, decay, floor, shape):
    stable = (1 - decay) * T
    p = np.clip((t - stable) / np.maximum(decay * T, 1e-300), 0.0, 1.0)
    left = np.where(shape > 0, 1 - np.sqrt(p), 1 - p)
    return np.where(shape > 1, floor**p, floor + (1 - floor) * left)


SCHEDULE = Schedule(
    factor,
    name=Text("Stable, then decay (WSD)", "유지 후 감쇠(WSD)"),
    hypers=(
        Hyper("decay", "q", 0.2, 0.01, 1.0, label=Text("share of the run spent falling", "감쇠 구간의 비율")),
        Hyper("floor", "φ", 0.1, 0.0, 1.0, label=Text("final share of lr", "마지막에 남는 비율")),
        Hyper(
            "shape",
            "↘",
            0,
            0,
            2,
            label=Text("0: a line, 1: 1 − √p, 2: exponential", "0: 직선, 1: 1 − √p, 2: 지수"),
            integer=True,
            rare=True,
        ),
    ),
    latex=r"\eta_t = \eta\,[\varphi + (1-\varphi)\,h],\quad h \in \{1-p,\ 1-\sqrt p\},\qquad \eta_t = \eta\,\varphi^{\,p},\qquad "
    r"p = \max\bigl(0,\ 1 - \tfrac{T-t}{qT}\bigr)",
    about=Text(
        "Stays at the full rate and falls only in the last share q of the run, in which the loss drops at once. The run "
        "can be taken up again from before the fall and be made longer: its length need not be settled first. The warm-up "
        "is that of every schedule. MiniCPM's falls exponentially, by half every 5000 steps; Hägele et al. found 1 − √p "
        "better than a line.",
        "최고 학습률을 유지하다가 마지막 q 비율의 구간에서만 줄이며, 이때 손실이 한꺼번에 내려간다. 줄이기 전 지점에서 학습을 "
        "이어 갈 수 있으므로 전체 길이를 미리 정하지 않아도 된다. 워밍업은 모든 스케줄에 붙는 워밍업을 쓴다. MiniCPM은 "
        "5000스텝마다 절반이 되도록 지수로 줄였고, Hägele 등의 실험에서는 1 − √p가 직선보다 나았다.",
    ),
    source=Paper(
        "S. Hu et al.",
        "MiniCPM: Unveiling the Potential of Small Language Models with Scalable Training Strategies",
        2024,
        "https://arxiv.org/abs/2404.06395",
    ),
    optax="optax.join_schedules([optax.constant_schedule({lr}), optax.linear_schedule({lr}, {floor} * {lr}, "
    "transition_steps={decay} * {T})], boundaries=[(1 - {decay}) * {T}])",
    special=(
        Special("optax", {"shape": 1}),
        Special("optax", {"shape": 2, "floor": 0}),
        Special(
            "optax",
            {"shape": 2},
            "optax.join_schedules([optax.constant_schedule({lr}), optax.exponential_decay({lr}, "
            "transition_steps={decay} * {T}, decay_rate={floor}, end_value={floor} * {lr})], "
            "boundaries=[(1 - {decay}) * {T}])",
        ),
    ),
)
