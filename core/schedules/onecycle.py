"""1cycle: up to the full rate, down again, and far below the start at the end."""

import numpy as np

from core.spec import Dialect, Hyper, Paper, Schedule, Text


def factor(t, T, peak, div, final_div):
    # PyTorch puts the summit one step before the share `peak` of the run: in a very short one, before the run begins.
    top, end = peak * T - 1, T - 1.0
    t = np.minimum(t, end)
    up = _cosine(1 / div, 1.0, np.where(top > 0, t / np.where(top > 0, top, 1.0), 1.0))
    down = _cosine(1.0, 1 / div / final_div, (t - top) / (end - top))
    return np.where(t <= top, up, down)


def one_later(t, T, peak, div, final_div):
    """optax puts the summit at step int(pT) and the end at step T."""
    top = np.maximum(np.floor(peak * T), 0.5)
    t = np.minimum(t, T)
    up = _cosine(1 / div, 1.0, t / top)
    down = _cosine(1.0, 1 / div / final_div, (t - top) / (T - top))
    return np.where(t <= top, up, down)


def straight(t, T, peak, div, final_div):
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
    ),
    latex=r"\tfrac{\eta}{d}\ \xrightarrow{\;0\,\le\,t\,\le\,pT\;}\ \eta\ \xrightarrow{\;pT\,\le\,t\,\le\,T\;}\ \tfrac{\eta}{d f}",
    about=Text(
        "lr is the summit: the rate climbs there along a half cosine, which crosses rough ground fast, and sinks along "
        "another to far below its start, to settle. Only the rate is cycled here; PyTorch also cycles momentum unless "
        "told not to.",
        "lr은 정점의 학습률이다. 반 코사인을 따라 정점까지 올라가 험한 구간을 빠르게 지나고, 다시 반 코사인을 따라 "
        "시작값보다 훨씬 낮은 학습률까지 내려가며 자리를 잡는다. 여기서는 학습률만 바꾼다. PyTorch는 따로 끄지 않으면 모멘텀도 "
        "함께 바꾼다.",
    ),
    source=Paper(
        "L. N. Smith, N. Topin",
        "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates",
        2018,
        "https://arxiv.org/abs/1708.07120",
    ),
    textbook=5,
    pytorch="torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr={lr}, total_steps={T}, pct_start={peak}, "
    "div_factor={div}, final_div_factor={final_div}, cycle_momentum=False)",
    differs={
        "pytorch": Text(
            "PyTorch's OneCycleLR cycles momentum as well, against the rate, unless told not to.",
            "PyTorch의 OneCycleLR은 따로 끄지 않으면 모멘텀도 학습률과 반대로 함께 바꾼다.",
        ),
        "optax": Text(
            "optax' cosine_onecycle_schedule puts the summit at step int(pT) and the end at step T, one step later.",
            "optax의 cosine_onecycle_schedule은 정점을 int(pT) 스텝에, 끝을 한 스텝 늦은 T 스텝에 둔다.",
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
)
