"""Inverse square root with a climb of its own, as the Transformer was trained with."""

import numpy as np

from core.spec import Hyper, Paper, Schedule, Text


def factor(t, T, s):
    n = t + 1.0
    return np.minimum(n / s, np.sqrt(s / n))


SCHEDULE = Schedule(
    factor,
    name=Text("Inverse square root", "역제곱근"),
    hypers=(
        Hyper("s", "s", 20, 1, 5000, "log", Text("steps to the full rate", "최고에 이르는 스텝 수"), integer=True),
    ),
    latex=r"\eta_t = \eta\,\min\left(\tfrac{n}{s},\ \sqrt{\tfrac{s}{n}}\right),\quad n = t + 1",
    about=Text(
        "Climbs along a straight line to the full rate at step s and then falls as one over the root of the step number: "
        "half after 4s steps, a third after 9s. It does not need to know the length of the run. The paper writes the full "
        "rate as the width of the model to the power −½, times s to the power −½.",
        "직선을 따라 s 스텝에 최고 학습률까지 올라간 뒤 스텝 수의 제곱근에 반비례해 줄어든다. 4s 스텝이면 절반, 9s 스텝이면 "
        "3분의 1이 된다. 학습 길이를 미리 알 필요가 없다. 논문에서는 최고 학습률을 모델 너비의 −½제곱과 s의 −½제곱의 곱으로 쓴다.",
    ),
    source=Paper(
        "A. Vaswani, N. Shazeer, N. Parmar, J. Uszkoreit, L. Jones, A. N. Gomez, Ł. Kaiser, I. Polosukhin",
        "Attention Is All You Need",
        2017,
        "https://arxiv.org/abs/1706.03762",
    ),
    pytorch="torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: min((t + 1) / {s}, ({s} / (t + 1)) ** 0.5))",
)
