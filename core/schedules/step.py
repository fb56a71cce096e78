"""Step scheduling: multiplied by γ every s steps, constant in between."""

import numpy as np

from core.spec import Hyper, Paper, Schedule, Text


def factor(t, T, gamma, s):
    return gamma ** np.floor(t / s)


SCHEDULE = Schedule(
    factor,
    name=Text("Step", "계단"),
    hypers=(
        Hyper("gamma", "γ", 0.5, 0.01, 1.0, "log", Text("factor per drop", "낮출 때마다 곱하는 값")),
        Hyper("s", "s", 50, 1, 5000, "log", Text("steps between drops", "낮추는 간격(스텝)"), integer=True),
    ),
    latex=r"\eta_t = \eta\,\gamma^{\lfloor t/s \rfloor}",
    about=Text(
        "A staircase: the rate stays put for s steps, then drops by the same factor, again and again. On a logarithmic "
        "axis every stair is equally high.",
        "계단처럼 s 스텝 동안 그대로 있다가 같은 비율로 뚝 떨어지기를 되풀이한다. 로그 축에서는 모든 계단의 높이가 같다.",
    ),
    source=Paper(
        "R. Ge, S. M. Kakade, R. Kidambi, P. Netrapalli",
        "The Step Decay Schedule: A Near Optimal, Geometrically Decaying Learning Rate Procedure for Least Squares",
        2019,
        "https://arxiv.org/abs/1904.12838",
    ),
    pytorch="torch.optim.lr_scheduler.StepLR(optimizer, step_size={s}, gamma={gamma})",
    keras="keras.optimizers.schedules.ExponentialDecay({lr}, decay_steps={s}, decay_rate={gamma}, staircase=True)",
    optax="optax.exponential_decay({lr}, transition_steps={s}, decay_rate={gamma}, staircase=True)",
)
