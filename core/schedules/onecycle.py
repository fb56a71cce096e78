"""1cycle: up to the full rate, down again, and far below the start at the end, while the momentum goes the other way."""

import numpy as np

from core.spec import Dialect, Hyper, Paper, Schedule, Special, Text, momentum_against


def factor(t, T, peak, div, final_div, linear, three_phase, cycle_momentum, base_momentum, max_momentum):
    start, end = 1 / div, 1 / div / final_div
    top, foot, last = _phases(T, peak, three_phase)
    t = np.minimum(t, last)
    up = _anneal(start, 1.0, _share(t, 0.0, top), linear)
    down = _anneal(1.0, np.where(three_phase > 0, start, end), _share(t, top, foot), linear)
    out = _anneal(start, end, _share(t, foot, last), linear)
    return np.where(t <= top, up, np.where(t <= foot, down, out))


def momentum(t, T, peak, div, final_div, linear, three_phase, cycle_momentum, base_momentum, max_momentum):
    """Falls while the rate climbs and climbs while it falls; in a third phase it rests."""
    top, foot, last = _phases(T, peak, three_phase)
    t = np.minimum(t, last)
    down = _anneal(max_momentum, base_momentum, _share(t, 0.0, top), linear)
    up = _anneal(base_momentum, max_momentum, _share(t, top, foot), linear)
    cycled = np.where(t <= top, down, np.where(t <= foot, up, max_momentum))
    return np.where(cycle_momentum > 0, cycled, np.nan)


def _phases(T, peak, three_phase):
    """Steps of the summit, of the return to the start, and of the last update; without a third phase the last two are one."""
    # PyTorch puts the summit one step before the share `peak` of the run: in a very short one, before the run begins.
    top, last = peak * T - 1, T - 1.0
    return top, np.where(three_phase > 0, 2 * top, last), last


def _share(t, begin, end):
    """How much of a phase is over; all of one that has no length."""
    long = end > begin
    return np.where(long, (t - begin) / np.where(long, end - begin, 1.0), 1.0)


def _anneal(a, b, p, linear):
    return np.where(linear > 0, a + (b - a) * p, _cosine(a, b, p))


def one_later(t, T, peak, div, final_div, linear, three_phase, cycle_momentum, base_momentum, max_momentum):
    """optax puts the summit at step int(pT), the end at step T, and the return between them at step int(0.85 T)."""
    start, end = 1 / div, 1 / div / final_div
    top = np.maximum(np.floor(peak * T), 0.5)
    foot = np.where(three_phase > 0, np.floor(0.85 * T), T)
    t = np.minimum(t, T)
    up = _anneal(start, 1.0, t / top, linear)
    down = _anneal(1.0, np.where(three_phase > 0, start, end), _share(t, top, foot), linear)
    out = _anneal(start, end, _share(t, foot, T), linear)
    return np.where(t <= top, up, np.where(t <= foot, down, out))


def straight(t, T, peak, div, final_div, linear, three_phase, cycle_momentum, base_momentum, max_momentum):
    """Géron's book climbs and sinks along straight lines, and falls from the start to the end in the last tenth."""
    last = np.floor(T / 10) + 1
    top = np.maximum(np.floor(peak * (T - last)), 0.5)
    foot = top + np.maximum(np.floor((1 - peak) * (T - last)), 0.5)
    up = 1 / div + (1 - 1 / div) * t / top
    down = 1 + (1 / div - 1) * (t - top) / (foot - top)
    end = 1 / div * (1 + (1 / final_div - 1) * np.minimum((t - foot) / np.maximum(T - foot, 0.5), 1.0))
    return np.where(t < top, up, np.where(t < foot, down, end))


def _cosine(a, b, p):
    return b + (a - b) / 2 * (1 + np.cos(np.pi * p))


SCHEDULE = Schedule(
    factor,
    name=Text("1cycle", "1사이클"),
    hypers=(
        Hyper("peak", "p", 0.3, 0.05, 0.95, label=Text("share of the run spent rising", "상승 구간의 비율")),
        Hyper("div", "d", 25.0, 1.0, 100.0, "log", Text("start = lr / d", "시작 학습률 = lr / d")),
        Hyper("final_div", "f", 1e4, 1.0, 1e6, "log", Text("end = start / f", "마지막 학습률 = 시작 / f")),
        Hyper("linear", "ℓ", 0, 0, 1, label=Text("along straight lines", "직선을 따라"), integer=True, rare=True),
        Hyper("three_phase", "n₃", 0, 0, 1, label=Text("in three phases", "세 단계로"), integer=True, rare=True),
        *momentum_against(0.85, 0.95),
    ),
    latex=r"\tfrac{\eta}{d}\ \xrightarrow{\;0\,\le\,t\,\le\,pT\;}\ \eta\ \xrightarrow{\;pT\,\le\,t\,\le\,T\;}\ \tfrac{\eta}{d f}",
    about=Text(
        "lr is the summit: the rate climbs there along a half cosine, which crosses rough ground fast, and sinks along "
        "another to far below its start, to settle. In three phases it first comes back to its start, as fast as it "
        "rose: so it is in the paper, while the two phases are fastai's, which PyTorch took over. Momentum can go the "
        "other way: low where the rate is high.",
        "lr은 정점의 학습률이다. 반 코사인을 따라 정점까지 올라가 험한 구간을 빠르게 지나고, 다시 반 코사인을 따라 "
        "시작값보다 훨씬 낮은 학습률까지 내려가며 자리를 잡는다. 세 단계로 나누면 올라간 만큼의 시간에 먼저 시작값으로 돌아온다. "
        "논문의 방법이 이 세 단계이고, 두 단계는 fastai의 형태를 PyTorch가 받아들인 것이다. "
        "모멘텀은 반대로, 학습률이 높을 때 낮게 움직이도록 할 수 있다.",
    ),
    source=Paper(
        "L. N. Smith, N. Topin",
        "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates",
        2018,
        "https://arxiv.org/abs/1708.07120",
    ),
    momentum=momentum,
    textbook=5,
    pytorch="torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr={lr}, total_steps={T}, pct_start={peak}, "
    "anneal_strategy=('cos', 'linear')[{linear}], cycle_momentum=bool({cycle_momentum}), base_momentum={base_momentum}, "
    "max_momentum={max_momentum}, div_factor={div}, final_div_factor={final_div}, three_phase=bool({three_phase}))",
    differs={
        "pytorch": Text(
            "PyTorch's OneCycleLR cycles momentum as well, against the rate, unless told not to.",
            "PyTorch의 OneCycleLR은 따로 끄지 않으면 모멘텀도 학습률과 반대로 함께 바꾼다.",
        ),
        "optax": Text(
            "optax puts the summit at step int(pT) and the end at step T, one step later; its linear form always has three "
            "phases, and is back at its start at 85 % of the run.",
            "optax는 정점을 int(pT) 스텝에, 끝을 한 스텝 늦은 T 스텝에 둔다. 직선 형태는 언제나 세 단계이며, 전체의 85%에서 "
            "시작값으로 돌아온다.",
        ),
        "book": Text(
            "Géron's book climbs from a tenth of lr and sinks back along straight lines of equal length, and in the last "
            "tenth of the run falls to a thousandth of its start.",
            "Géron의 책은 lr의 10분의 1에서 출발해 길이가 같은 두 직선을 따라 올라갔다 내려오고, 마지막 10분의 1 구간에서는 "
            "시작값의 1000분의 1까지 떨어진다.",
        ),
    },
    dialects={
        "optax": Dialect(
            one_later,
            spelling="optax.cosine_onecycle_schedule({T}, {lr}, pct_start={peak}, div_factor={div}, "
            "final_div_factor={final_div})",
        ),
        "book": Dialect(straight, {"peak": 0.5, "div": 10, "final_div": 1000}),
    },
    special=(
        *(
            Special(
                "pytorch",
                {"linear": 0, "three_phase": 0, "cycle_momentum": cycled},
                "torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr={lr}, total_steps={T}, pct_start={peak}, "
                f"div_factor={{div}}, final_div_factor={{final_div}}{momentum})",
            )
            for cycled, momentum in (
                (0, ", cycle_momentum=False"),
                (1, ", cycle_momentum=True, base_momentum={base_momentum}, max_momentum={max_momentum}"),
            )
        ),
        Special("optax", {"linear": 1, "three_phase": 1, "peak": lambda p: p >= 0.85}),
        Special(
            "optax",
            {"linear": 1, "three_phase": 1},
            "optax.linear_onecycle_schedule({T}, {lr}, pct_start={peak}, div_factor={div}, final_div_factor={final_div})",
        ),
        Special("optax", {"linear": 1}),
        Special("optax", {"three_phase": 1}),
    ),
)
