"""Cyclical scheduling: up and down along straight lines, without end, to summits that stay or sink.

The momentum can go the other way.
"""

import numpy as np

from core.spec import Hyper, Paper, Schedule, Special, Text, momentum_against


def factor(t, T, up, down, floor, shrink, gamma, cycle_momentum, base_momentum, max_momentum):
    return floor + (1 - floor) * _height(t, up, down) * _kept(t, up, down, shrink, gamma)


def momentum(t, T, up, down, floor, shrink, gamma, cycle_momentum, base_momentum, max_momentum):
    """Falls while the rate climbs and climbs while it falls."""
    fall = (max_momentum - base_momentum) * _height(t, up, down) * _kept(t, up, down, shrink, gamma)
    return np.where(cycle_momentum > 0, max_momentum - fall, np.nan)


def _height(t, up, down):
    at = np.mod(t, up + down)
    return np.where(at < up, at / up, (up + down - at) / down)


def _kept(t, up, down, shrink, gamma):
    """What is left of the summit by then."""
    return shrink ** np.floor(t / (up + down)) * gamma**t


SINKING = "scale_fn=lambda t: {shrink} ** (t // ({up} + {down})) * {gamma} ** t, scale_mode='iterations', "
CYCLED = "base_momentum={base_momentum}, max_momentum={max_momentum}"


def asked(mode: str, momentum: str) -> str:
    """How PyTorch is asked for it."""
    return (
        "torch.optim.lr_scheduler.CyclicLR(optimizer, base_lr={floor} * {lr}, max_lr={lr}, step_size_up={up}, "
        f"step_size_down={{down}}, {mode}{momentum})"
    )


SCHEDULE = Schedule(
    factor,
    name=Text("Cyclic (triangular)", "삼각 순환"),
    hypers=(
        Hyper("up", "u", 20, 1, 5000, "log", Text("steps up", "올라가는 스텝 수"), integer=True),
        Hyper("down", "d", 20, 1, 5000, "log", Text("steps down", "내려가는 스텝 수"), integer=True),
        Hyper("floor", "φ", 0.1, 0.0, 1.0, label=Text("lowest share of lr", "가장 낮을 때의 비율")),
        Hyper(
            "shrink", "k", 1.0, 0.0, 1.0, label=Text("each cycle k times as high", "주기마다 높이를 k배로"), rare=True
        ),
        Hyper("gamma", "γ", 1.0, 0.9, 1.0, label=Text("height kept by a step", "스텝마다 남는 높이"), rare=True),
        *momentum_against(0.8, 0.9),
    ),
    latex=r"\eta_t = \eta\left[\varphi + (1-\varphi)\,h\,k^{\lfloor t/(u+d)\rfloor}\,\gamma^{\,t}\right],\quad \tau = t \bmod (u+d),\quad "
    r"h = \begin{cases}\tau/u & \tau < u\\ (u+d-\tau)/d & \tau \ge u\end{cases}",
    about=Text(
        "Swings between a low and a high rate: the high one crosses flat stretches and leaves poor minima, the low one "
        "settles. lr is the summit, and the run begins at the bottom. With k = ½ every summit rises half as far above the "
        "bottom as the last (Smith's triangular2); with γ below 1 the summits sink from step to step (exp_range; in the "
        "paper the bottom sinks with them, here it stays, as in PyTorch). Momentum can go the other way.",
        "낮은 학습률과 높은 학습률 사이를 오간다. 높을 때는 평평한 곳을 건너고 좋지 않은 최솟값에서 빠져나오며, 낮을 때는 "
        "자리를 잡는다. lr은 꼭대기의 학습률이고, 맨 아래에서 시작한다. k = ½이면 꼭대기가 바닥에서 솟은 높이가 "
        "주기마다 절반이 되고(Smith의 triangular2), γ가 1보다 작으면 꼭대기가 스텝마다 조금씩 낮아진다(exp_range. 논문에서는 "
        "바닥도 함께 낮아지지만 여기서는 PyTorch처럼 그대로이다). 모멘텀은 반대로 움직이게 할 수 있다.",
    ),
    source=Paper(
        "L. N. Smith",
        "Cyclical Learning Rates for Training Neural Networks",
        2017,
        "https://arxiv.org/abs/1506.01186",
    ),
    momentum=momentum,
    pytorch=asked(SINKING, "cycle_momentum=bool({cycle_momentum}), " + CYCLED),
    differs={
        "pytorch": Text(
            "PyTorch's CyclicLR cycles momentum as well, against the rate, unless told not to.",
            "PyTorch의 CyclicLR은 따로 끄지 않으면 모멘텀도 학습률과 반대로 함께 바꾼다.",
        )
    },
    special=tuple(
        Special("pytorch", {**at, "cycle_momentum": cycled}, asked(mode, momentum))
        for at, mode in (
            ({"shrink": 1, "gamma": 1}, ""),
            ({"shrink": 0.5, "gamma": 1}, "mode='triangular2', "),
            ({"shrink": 1}, "mode='exp_range', gamma={gamma}, "),
            ({}, SINKING),
        )
        for cycled, momentum in ((0, "cycle_momentum=False"), (1, "cycle_momentum=True, " + CYCLED))
    ),
)
