"""A low start: a share of the rate for the first steps, and then all of it."""

import numpy as np

from core.spec import Hyper, Paper, Schedule, Special, Text


def factor(t, T, share, s):
    return np.where(t < s, share, 1.0)


SCHEDULE = Schedule(
    factor,
    name=Text("Low start", "낮은 출발"),
    hypers=(
        Hyper("share", "a", 1 / 3, 0.0, 1.0, label=Text("first share of lr", "처음 비율")),
        Hyper("s", "s", 20, 1, 5000, "log", Text("steps of the start", "출발 구간의 스텝 수"), integer=True),
    ),
    latex=r"\eta_t = \eta\cdot\begin{cases}a & t < s\\ 1 & t \ge s\end{cases}",
    about=Text(
        "A warm-up in one jump: for the first s steps a share of the rate, afterwards all of it. He et al. began so with "
        "their network of 110 layers, at a tenth of the rate for about 400 steps, because the full one was a little too "
        "large for it to start converging.",
        "한 번에 뛰어오르는 워밍업이다. 처음 s 스텝은 학습률의 일부만 쓰고 그다음부터 전부 쓴다. He 등은 110층 신경망이 처음부터 "
        "전체 학습률을 쓰면 수렴하기 시작하기 어려워서, 이렇게 약 400스텝 동안 10분의 1로 출발했다.",
    ),
    source=Paper(
        "K. He, X. Zhang, S. Ren, J. Sun",
        "Deep Residual Learning for Image Recognition",
        2016,
        "https://arxiv.org/abs/1512.03385",
    ),
    pytorch="torch.optim.lr_scheduler.ConstantLR(optimizer, factor={share}, total_iters={s})",
    differs={
        "pytorch": Text(
            "PyTorch's ConstantLR has a start of 5 steps by default.",
            "PyTorch의 ConstantLR은 기본값이 처음 5스텝이다.",
        )
    },
    special=(Special("pytorch", {"share": 0}),),  # it comes back by a division
)
