"""Linear scheduling: a straight line from one share of lr to another, over the length of the run."""

import numpy as np

from core.spec import Hyper, Paper, Schedule, Text


def factor(t, T, start, end):
    p = np.minimum(t / np.maximum(T, 1), 1.0)
    return start + (end - start) * p


SCHEDULE = Schedule(
    factor,
    name=Text("Linear", "직선"),
    hypers=(
        Hyper("start", "a", 1.0, 0.01, 1.0, label=Text("first share of lr", "처음 비율")),
        Hyper("end", "b", 0.0, 0.0, 1.0, label=Text("final share of lr", "마지막에 남는 비율")),
    ),
    latex=r"\eta_t = \eta\left[a + (b - a)\,\tfrac{t}{T}\right]",
    about=Text(
        "Loses (or gains) the same amount with every step. Down to zero at the end of the run it is hard to beat, and it "
        "has nothing to tune but the length of the run. Past the end it stays where it arrived.",
        "매 스텝 같은 양만큼 줄어든다(또는 늘어난다). 학습이 끝날 때 0이 되도록 두면 따로 맞출 것이 학습 길이뿐인데도 "
        "좀처럼 지지 않는다. 정해진 길이가 지나면 마지막 값을 유지한다.",
    ),
    source=Paper(
        "A. Defazio, A. Cutkosky, H. Mehta, K. Mishchenko",
        "Optimal Linear Decay Learning Rate Schedules and Further Refinements",
        2023,
        "https://arxiv.org/abs/2310.07831",
    ),
    pytorch="torch.optim.lr_scheduler.LinearLR(optimizer, start_factor={start}, end_factor={end}, total_iters={T})",
    keras="keras.optimizers.schedules.PolynomialDecay({start} * {lr}, decay_steps={T}, "
    "end_learning_rate={end} * {lr}, power=1.0)",
    optax="optax.linear_schedule({start} * {lr}, {end} * {lr}, transition_steps={T})",
    differs={
        "pytorch": Text(
            "PyTorch's LinearLR is a warm-up by default: from a third of lr up to lr within 5 steps.",
            "PyTorch의 LinearLR은 기본값이 워밍업이다. 5스텝 동안 lr의 3분의 1에서 lr까지 올라간다.",
        )
    },
)
