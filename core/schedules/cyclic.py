"""Cyclical scheduling: up and down along straight lines, without end."""

import numpy as np

from core.spec import Hyper, Paper, Schedule, Text


def factor(t, T, up, down, floor):
    at = np.mod(t, up + down)
    height = np.where(at < up, at / up, (up + down - at) / down)
    return floor + (1 - floor) * height


SCHEDULE = Schedule(
    factor,
    name=Text("Cyclic (triangular)", "삼각 순환"),
    hypers=(
        Hyper("up", "u", 20, 1, 5000, "log", Text("steps up", "올라가는 스텝 수"), integer=True),
        Hyper("down", "d", 20, 1, 5000, "log", Text("steps down", "내려가는 스텝 수"), integer=True),
        Hyper("floor", "φ", 0.1, 0.0, 1.0, label=Text("lowest share of lr", "가장 낮을 때의 비율")),
    ),
    latex=r"\eta_t = \eta\left[\varphi + (1-\varphi)\,h\right],\quad \tau = t \bmod (u+d),\quad "
    r"h = \begin{cases}\tau/u & \tau < u\\ (u+d-\tau)/d & \tau \ge u\end{cases}",
    about=Text(
        "Swings between a low and a high rate: the high one crosses flat stretches and leaves poor minima, the low one "
        "settles. lr is the summit, and the run begins at the bottom.",
        "낮은 학습률과 높은 학습률 사이를 오간다. 높을 때는 평평한 곳을 건너고 좋지 않은 최솟값에서 빠져나오며, 낮을 때는 "
        "자리를 잡는다. lr은 꼭대기의 학습률이고, 맨 아래에서 시작한다.",
    ),
    source=Paper(
        "L. N. Smith",
        "Cyclical Learning Rates for Training Neural Networks",
        2017,
        "https://arxiv.org/abs/1506.01186",
    ),
    pytorch="torch.optim.lr_scheduler.CyclicLR(optimizer, base_lr={floor} * {lr}, max_lr={lr}, step_size_up={up}, "
    "step_size_down={down}, cycle_momentum=False)",
    differs={
        "pytorch": Text(
            "PyTorch's CyclicLR cycles momentum as well unless told not to.",
            "PyTorch의 CyclicLR은 따로 끄지 않으면 모멘텀도 함께 바꾼다.",
        )
    },
)
