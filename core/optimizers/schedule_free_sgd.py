"""Schedule-free SGD: averaging takes the place of a falling learning rate."""

import numpy as np

from core.spec import Companion, Dialect, Optimizer, Paper, Special, Text, decay, rate, weight_decay
from core.spec.meaning import FREE


def update(x, g, t, z, x_bar, lr_max, total, lr, momentum, weight_decay):
    z = x if t == 1 else z
    x_bar = x if t == 1 else x_bar
    z = z - lr * (g + weight_decay * x)
    lr_max = np.maximum(lr_max, lr)
    w = lr_max**2
    total = total + w
    c = w / np.maximum(total, 1e-300)  # 1/t at a constant lr; 0 where every lr so far is 0
    x_bar = (1 - c) * x_bar + c * z
    return (1 - momentum) * z + momentum * x_bar, z, x_bar, lr_max, total


def equally(x, g, t, z, x_bar, lr_max, total, lr, momentum, weight_decay):
    """optax, asked for equal weights, takes the plain mean of every z."""
    z = x if t == 1 else z
    x_bar = x if t == 1 else x_bar
    z = z - lr * (g + weight_decay * x)
    x_bar = (1 - 1 / t) * x_bar + z / t
    return (1 - momentum) * z + momentum * x_bar, z, x_bar, np.maximum(lr_max, lr), total + 1


def base(x, t, z, x_bar, lr_max, total, lr, momentum, weight_decay):
    return np.where(t > 0, z, x)


def average(x, t, z, x_bar, lr_max, total, lr, momentum, weight_decay):
    return np.where(t > 0, x_bar, x)


OPTIMIZER = Optimizer(
    update,
    name="Schedule-free SGD",
    family="gradient",
    hypers=(rate(1.0), decay("momentum", "β", 0.9, Text("share of the mean", "평균의 비중")), weight_decay()),
    latex=r"z_t = z_{t-1} - \eta_t\, g_t,\qquad \bar x_t = (1-c_t)\,\bar x_{t-1} + c_t z_t,\qquad "
    r"x_t = (1-\beta)\, z_t + \beta\, \bar x_t,\qquad c_t = \frac{w_t}{w_1 + \dots + w_t},\quad "
    r"w_t = \max_{i \le t} \eta_i^2",
    paper=Paper("A. Defazio et al.", "The Road Less Scheduled", 2024, "https://arxiv.org/abs/2405.15682"),
    about=Text(
        "Neither a schedule nor the number of steps has to be known beforehand. z takes plain SGD steps, x̄ is the mean "
        "of every z so far, and the gradient is taken between the two, at x. The path drawn is x, the paper's y, as the "
        "parameters during training; the answer is the mean x̄, which gets calmer with every step at a constant lr. "
        "Larger rates than SGD's pay off.",
        "스케줄도, 전체 스텝 수도 미리 정할 필요가 없다. z는 보통의 SGD 스텝을 밟고, x̄는 지금까지의 모든 z를 평균한 것이며, 기울기는 둘 "
        "사이의 점 x에서 계산한다. 그림의 경로는 학습 중의 파라미터인 x(논문의 y)이고, 결과로 쓰는 것은 평균 x̄이다. 학습률이 "
        "일정해도 x̄는 갈수록 잔잔해진다. SGD보다 큰 학습률이 잘 맞는다.",
    ),
    parent="asgd",
    meanings=FREE,
    optax="optax.contrib.schedule_free(optax.chain(optax.add_decayed_weights({weight_decay}), optax.sgd({lr})), 1.0, "
    "b1={momentum})",
    optax_plain="optax.contrib.schedule_free(optax.sgd({lr}), 1.0, b1={momentum})",
    pytorch_optimizer="pytorch_optimizer.ScheduleFreeSGD(params, lr={lr}, momentum={momentum}, "
    "weight_decay={weight_decay})",
    differs={
        "optax": Text(
            "optax is asked for a plain mean here, which is the same at a constant lr. Its own schedule_free_sgd weighs "
            "each z by the largest lr so far as the authors do, but looks a schedule up one step ahead.",
            "여기서는 optax에 단순 평균을 쓰도록 한다. 학습률이 일정하면 결과가 같다. optax.contrib.schedule_free_sgd는 저자들처럼 "
            "지금까지의 최대 학습률로 z에 가중치를 주지만, 스케줄의 값을 한 스텝 앞서 읽는다.",
        )
    },
    dialects={"optax": Dialect(equally)},
    special=(Special("optax", {"momentum": 0.0}), Special("pytorch_optimizer", {"momentum": 0.0})),
    companions=(
        Companion("mean", Text("mean x̄", "평균 x̄"), average),
        Companion("base", Text("base point z", "기준점 z"), base),
    ),
)
