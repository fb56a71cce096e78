"""Piecewise constant scheduling: one rate, then a lower one, then a lower one still."""

from collections.abc import Iterator

import numpy as np

from core.spec import Dialect, Hyper, Paper, Schedule, Special, Text


def factor(t, T, first, second, gamma, gamma_2, third, gamma_3, fourth, gamma_4, fifth, gamma_5):
    two = _drop(t, first, gamma) * _drop(t, second, np.where(gamma_2 > 0, gamma_2, gamma))
    return two * _drop(t, third, gamma_3) * _drop(t, fourth, gamma_4) * _drop(t, fifth, gamma_5)


def one_later(t, T, first, second, gamma, gamma_2, third, gamma_3, fourth, gamma_4, fifth, gamma_5):
    """Keras keeps the old value at the boundary itself."""
    two = _drop(t - 1, first, gamma) * _drop(t - 1, second, np.where(gamma_2 > 0, gamma_2, gamma))
    return two * _drop(t - 1, third, gamma_3) * _drop(t - 1, fourth, gamma_4) * _drop(t - 1, fifth, gamma_5)


def _drop(t, at, gamma):
    return np.where(t < at, 1.0, gamma)


# When the drops beyond the second come, if they do.
LATER = {
    "third": (250, "세"),
    "fourth": (400, "네"),
    "fifth": (600, "다섯"),
}
INDEX = "₀₁₂₃₄₅"
FACTORS = {name: f"gamma_{i}" for i, name in enumerate(LATER, 3)}


def _drops() -> Iterator[Hyper]:
    """By how much each of them lowers the rate, at a factor of 1 not at all; and when it comes."""
    before = ""
    for i, (name, (step, ko)) in enumerate(LATER.items(), 3):
        when = Text(f"{name} drop at step", f"{ko} 번째로 낮추는 스텝")
        much = Text(f"factor of the {name} drop (1: none)", f"{ko} 번째에 곱하는 값(1이면 없음)")
        yield Hyper(name, f"t{INDEX[i]}", step, 1, 5000, "log", when, integer=True, rare=True, after=FACTORS[name])
        yield Hyper(FACTORS[name], f"γ{INDEX[i]}", 1.0, 0.01, 1.0, "log", much, rare=True, after=before)
        before = FACTORS[name]


# Values at which there is more than two drops by one factor.
MORE = {
    "gamma_2": lambda factor: factor > 0,
    **dict.fromkeys(FACTORS.values(), lambda factor: factor < 1),
}
EVERY = "{gamma} ** (t >= {first}) * ({gamma_2} or {gamma}) ** (t >= {second})" + "".join(
    f" * {{{factor}}} ** (t >= {{{drop}}})" for drop, factor in FACTORS.items()
)

SCHEDULE = Schedule(
    factor,
    name=Text("Piecewise constant", "구간별 고정"),
    hypers=(
        Hyper("first", "t₁", 50, 1, 5000, "log", Text("first drop at step", "첫 번째로 낮추는 스텝"), integer=True),
        Hyper("second", "t₂", 120, 1, 5000, "log", Text("second drop at step", "두 번째로 낮추는 스텝"), integer=True),
        Hyper("gamma", "γ", 0.2, 0.01, 1.0, "log", Text("factor per drop", "낮출 때마다 곱하는 값")),
        Hyper(
            "gamma_2",
            "γ₂",
            0.0,
            0.0,
            1.0,
            label=Text("factor of the second drop (0: γ)", "두 번째에 곱하는 값(0이면 γ)"),
            rare=True,
        ),
        *_drops(),
    ),
    latex=r"\eta_t = \eta\prod_{i\,:\,t_i \le t}\gamma_i\,,\qquad \gamma_1 = \gamma",
    about=Text(
        "Explore at full rate, then drop sharply at two steps or more: each drop lets the loss fall to a new level.",
        "처음에는 큰 학습률로 탐색하고, 정해 둔 스텝에서 두 번 또는 그 이상 크게 낮춘다. 낮출 때마다 손실이 한 단계씩 더 "
        "내려간다.",
    ),
    source=Paper(
        "A. Géron",
        "Hands-On Machine Learning with Scikit-Learn, Keras & TensorFlow, ch. 11",
        2022,
        "https://www.oreilly.com/library/view/hands-on-machine-learning/9781098125967/",
    ),
    textbook=3,
    pytorch="torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[{first}, {second}], gamma={gamma})",
    keras="keras.optimizers.schedules.PiecewiseConstantDecay(sorted(({first} - 1, {second} - 1)), "
    "[{lr}, {lr} * {gamma}, {lr} * {gamma} ** 2])",
    optax="optax.piecewise_constant_schedule({lr}, {{{first}: {gamma}, {second}: {gamma}}})",
    differs={
        "keras": Text(
            "Keras' PiecewiseConstantDecay keeps the old value at t = t₁ itself and changes one step later.",
            "Keras의 PiecewiseConstantDecay는 t = t₁에서 이전 값을 유지하고 한 스텝 뒤에 바뀐다.",
        )
    },
    dialects={
        "keras": Dialect(
            one_later,
            spelling="keras.optimizers.schedules.PiecewiseConstantDecay(sorted(({first}, {second})), "
            "[{lr}, {lr} * {gamma}, {lr} * {gamma} ** 2])",
        )
    },
    special=(
        *(
            Special(library, {name: more}, spelling)
            for library, spelling in (
                ("pytorch", f"torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: {EVERY})"),
                ("keras", ""),
                ("optax", f"lambda t: {{lr}} * {EVERY}"),
            )
            for name, more in MORE.items()
        ),
        Special("optax", {"second": "first"}, "optax.piecewise_constant_schedule({lr}, {{{first}: {gamma} ** 2}})"),
    ),
)
