"""Performance scheduling: when the loss stops improving, cut the rate."""

import numpy as np

from core.spec import Dialect, Hyper, Paper, Schedule, Special, Text


def factor(t, T, loss, best, bad, scale, cooling, reduction, patience, threshold, absolute, cooldown, floor):
    now = scale  # this update still runs at the rate that the losses before it decided, as in a PyTorch loop
    # An improvement is one of at least a share of the best loss; sign() keeps that true below zero, where
    # PyTorch's best · (1 - threshold) would count an equal loss as better and never cut.
    least = threshold if absolute > 0 else threshold * np.sign(best) * best
    better = loss < best - least if best < np.inf else True
    best = loss if better else best
    bad = 0.0 if better or cooling > 0 else bad + 1
    cut = bad > patience
    cooling = cooldown if cut else np.maximum(cooling - 1, 0.0)
    return now, best, 0.0 if cut else bad, np.maximum(scale * reduction, floor) if cut else scale, cooling


def by_amount(t, T, loss, best, bad, scale, cooling, reduction, patience, threshold, absolute, cooldown, floor):
    """Keras asks for an amount, however large the loss is, and cuts at the p-th update without it."""
    now = scale
    bad = 0.0 if cooling > 0 else bad
    cooling = np.maximum(cooling - 1, 0.0)
    better = loss + threshold < best
    best = loss if better else best
    bad = 0.0 if better else bad + 1 if cooling == 0 else bad
    cut = not better and cooling == 0 and bad >= patience
    return (
        now,
        best,
        0.0 if cut else bad,
        np.maximum(scale * reduction, floor) if cut else scale,
        cooldown if cut else cooling,
    )


def at_once(t, T, loss, best, bad, scale, cooling, reduction, patience, threshold, absolute, cooldown, floor):
    """optax cuts at the p-th update without improvement, and that update is already shorter."""
    better = loss < best - threshold if absolute > 0 else loss < (1 - threshold) * best
    best = loss if better else best
    bad = 0.0 if better or cooling > 0 else bad + 1
    cut = cooling == 0 and bad == patience
    scale = np.maximum(scale * reduction, floor) if cut else scale
    return scale, best, 0.0 if cut else bad, scale, cooldown if cut else np.maximum(cooling - 1, 0.0)


SCHEDULE = Schedule(
    factor,
    name=Text("Performance (on plateau)", "성능 기반(정체 시)"),
    hypers=(
        Hyper("reduction", "γ", 0.5, 0.05, 0.95, label=Text("factor per cut", "낮출 때 곱하는 값")),
        Hyper("patience", "p", 5, 0, 100, label=Text("patience in steps", "기다리는 스텝 수"), integer=True),
        Hyper(
            "threshold",
            "ε",
            1e-4,
            1e-12,
            0.5,
            "log",
            Text("least improvement", "개선으로 보는 최소 감소"),
            rare=True,
        ),
        Hyper(
            "absolute",
            "±",
            0,
            0,
            1,
            label=Text("ε as an amount, not a share of the best loss", "ε은 최저 손실의 비율이 아닌 절댓값"),
            integer=True,
            rare=True,
        ),
        Hyper(
            "cooldown", "c", 0, 0, 100, label=Text("rest after a cut", "낮춘 뒤 쉬는 스텝 수"), integer=True, rare=True
        ),
        Hyper("floor", "φ", 0.0, 0.0, 1.0, label=Text("lowest share of lr", "가장 낮을 때의 비율"), rare=True),
    ),
    latex=r"\eta_t = \eta\,\max(\gamma^{\,k},\ \varphi)",
    about=Text(
        "Watches the loss itself: after more than p steps without a better value the rate is cut; k counts the cuts. It "
        "reacts to the run instead of following a clock. After a cut it may rest for c steps, in which it counts nothing.",
        "손실을 직접 지켜보다가 p 스텝 넘게 나아지지 않으면 학습률을 낮춘다. k는 지금까지 낮춘 횟수다. 정해진 시간표가 아니라 "
        "학습 상황에 반응한다. 한 번 낮춘 뒤 c 스텝 동안은 세지 않고 쉬게 할 수도 있다.",
    ),
    source=Paper(
        "PyTorch contributors",
        "ReduceLROnPlateau",
        2017,
        "https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html",
    ),
    textbook=4,
    initial={"best": np.inf, "scale": 1.0},
    pytorch="torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor={reduction}, patience={patience}, "
    "threshold={threshold}, threshold_mode=('rel', 'abs')[{absolute}], cooldown={cooldown}, min_lr={floor} * {lr})",
    differs={
        "pytorch": Text(
            "PyTorch's threshold, best · (1 − ε), lies above the best loss where that is negative: an equal loss "
            "then counts as better, and the rate is never cut. It also leaves out cuts of less than 1e-8. By default it "
            "cuts to a tenth, after more than 10 steps. Its least rate is given as min_lr itself, not as a share of lr.",
            "PyTorch의 기준값 best · (1 − ε)은 최저 손실이 음수이면 그보다 커진다. 그래서 같은 손실도 나아진 것으로 "
            "보아 학습률을 낮추지 않는다. 또한 1e-8보다 적게 낮추는 것은 생략한다. 기본값으로는 10스텝 넘게 기다렸다가 "
            "10분의 1로 낮춘다. 가장 낮은 학습률은 lr의 비율이 아니라 min_lr 값 자체로 준다.",
        ),
        "keras": Text(
            "Keras knows the absolute improvement alone (min_delta) and cuts one step earlier (wait ≥ patience); by "
            "default to a tenth, after 10 steps. The last step of a rest counts already.",
            "Keras는 절댓값 기준(min_delta)만 쓰고, 한 스텝 먼저 낮춘다(wait ≥ patience). 기본값으로는 10스텝을 기다렸다가 "
            "10분의 1로 낮춘다. 쉬는 구간의 마지막 스텝부터 다시 센다.",
        ),
        "optax": Text(
            "optax cuts at the p-th step without improvement instead of the step after the next. It shortens the "
            "finished step, not lr, so a velocity that keeps lr inside is not cut with it. Below zero its threshold is "
            "PyTorch's; by default it cuts to a tenth, at the 10th step.",
            "optax는 나아지지 않은 p번째 스텝에서 바로 낮추므로 두 스텝 먼저 낮춘다. 학습률이 아니라 완성된 스텝을 줄이기 때문에, "
            "학습률을 안에 품은 속도 자체는 줄어들지 않는다. 손실이 음수일 때의 기준값은 PyTorch와 같고, 기본값으로는 10번째 "
            "스텝에서 10분의 1로 낮춘다.",
        ),
        "book": Text(
            "Géron uses Keras' callback, with a factor of 0.5 and a patience of 5.",
            "Géron의 책은 Keras의 콜백을 factor=0.5, patience=5로 쓴다.",
        ),
    },
    dialects={
        "keras": Dialect(
            by_amount,
            {"reduction": 0.1, "patience": 10},
            "keras.callbacks.ReduceLROnPlateau(monitor='loss', mode='min', factor={reduction}, patience={patience}, "
            "min_delta={threshold}, cooldown={cooldown}, min_lr={floor} * {lr})",
        ),
        "optax": Dialect(
            at_once,
            {"reduction": 0.1, "patience": 10},
            "optax.contrib.reduce_on_plateau(factor={reduction}, patience={patience}, rtol={threshold} * (1 - "
            "{absolute}), atol={threshold} * {absolute}, cooldown={cooldown}, min_scale={floor})",
        ),
        "book": Dialect(by_amount),
    },
    special=(
        Special(
            "pytorch",
            {"threshold": 1e-4, "absolute": 0, "cooldown": 0, "floor": 0},
            "torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor={reduction}, patience={patience})",
        ),
        Special(
            "keras",
            {"threshold": 1e-4, "cooldown": 0, "floor": 0},
            "keras.callbacks.ReduceLROnPlateau(monitor='loss', mode='min', factor={reduction}, patience={patience})",
        ),
        Special(
            "optax",
            {"threshold": 1e-4, "absolute": 0, "cooldown": 0, "floor": 0},
            "optax.contrib.reduce_on_plateau(factor={reduction}, patience={patience})",
        ),
    ),
)
