"""Exponential scheduling: multiplied by γ every s steps, evenly in between."""

from core.spec import Hyper, Paper, Schedule, Text


def factor(t, T, gamma, s):
    return gamma ** (t / s)


SCHEDULE = Schedule(
    factor,
    name=Text("Exponential", "지수"),
    hypers=(
        Hyper("gamma", "γ", 0.1, 0.01, 1.0, "log", Text("factor per s steps", "s 스텝마다 곱하는 값")),
        Hyper("s", "s", 100, 1, 5000, "log", Text("steps", "스텝 수"), integer=True),
    ),
    latex=r"\eta_t = \eta\,\gamma^{\,t/s}",
    about=Text(
        "Loses the same share with every step: a straight line on a logarithmic axis.",
        "매 스텝 같은 비율로 줄어든다. 로그 축에서는 직선이 된다.",
    ),
    source=Paper(
        "A. Géron",
        "Hands-On Machine Learning with Scikit-Learn, Keras & TensorFlow, ch. 11",
        2022,
        "https://www.oreilly.com/library/view/hands-on-machine-learning/9781098125967/",
    ),
    textbook=2,
    pytorch="torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma={gamma} ** (1 / {s}))",
    keras="keras.optimizers.schedules.ExponentialDecay({lr}, decay_steps={s}, decay_rate={gamma})",
    optax="optax.exponential_decay({lr}, transition_steps={s}, decay_rate={gamma})",
)
