"""Schedule-free AdamW: the mean of all points takes the place of momentum and of a falling learning rate."""

import numpy as np

from core.spec import Companion, Dialect, Optimizer, Paper, Special, Text, decay, epsilon, rate, weight_decay
from core.spec.meaning import FREE


def update(x, g, t, z, x_bar, v, lr_max, total, lr, beta1, beta2, eps, weight_decay):
    z = x if t == 1 else z
    x_bar = x if t == 1 else x_bar
    v = beta2 * v + (1 - beta2) * g**2
    v_hat = v / (1 - beta2**t)
    z = z - lr * (g / (np.sqrt(v_hat) + eps) + weight_decay * x)
    lr_max = np.maximum(lr_max, lr)
    w = lr_max**2
    total = total + w
    c = w / np.maximum(total, 1e-300)  # 1/t at a constant lr; 0 where every lr so far is 0
    x_bar = (1 - c) * x_bar + c * z
    return (1 - beta1) * z + beta1 * x_bar, z, x_bar, v, lr_max, total


def equally(x, g, t, z, x_bar, v, lr_max, total, lr, beta1, beta2, eps, weight_decay):
    """optax, asked for equal weights, takes the plain mean of every z."""
    z = x if t == 1 else z
    x_bar = x if t == 1 else x_bar
    v = beta2 * v + (1 - beta2) * g**2
    v_hat = v / (1 - beta2**t)
    z = z - lr * (g / (np.sqrt(v_hat) + eps) + weight_decay * x)
    x_bar = (1 - 1 / t) * x_bar + z / t
    return (1 - beta1) * z + beta1 * x_bar, z, x_bar, v, np.maximum(lr_max, lr), total + 1


def base(x, t, z, x_bar, v, lr_max, total, lr, beta1, beta2, eps, weight_decay):
    return np.where(t > 0, z, x)


def average(x, t, z, x_bar, v, lr_max, total, lr, beta1, beta2, eps, weight_decay):
    return np.where(t > 0, x_bar, x)


OPTIMIZER = Optimizer(
    update,
    name="Schedule-free AdamW",
    family="adaptive",
    hypers=(
        rate(2.5e-3),
        decay("beta1", "β₁", 0.9, Text("share of the mean", "평균의 비중")),
        decay("beta2", "β₂", 0.999, Text("decay of the squares", "제곱의 감쇠율")),
        epsilon(1e-8),
        weight_decay(),
    ),
    latex=r"z_t = z_{t-1} - \eta_t\left(\frac{g_t}{\sqrt{\hat v_t} + \varepsilon} + \lambda x_{t-1}\right),\qquad "
    r"\bar x_t = (1-c_t)\,\bar x_{t-1} + c_t z_t,\qquad x_t = (1-\beta_1)\, z_t + \beta_1 \bar x_t,\qquad "
    r"c_t = \frac{w_t}{w_1 + \dots + w_t},\quad w_t = \max_{i \le t} \eta_i^2\qquad(\hat v_t:\ \text{Adam})",
    paper=Paper("A. Defazio et al.", "The Road Less Scheduled", 2024, "https://arxiv.org/abs/2405.15682"),
    about=Text(
        "AdamW without a schedule and without a mean of gradients: z takes RMSprop's steps, corrected for their start at "
        "zero, and x̄, the mean of every z, does what momentum and a falling rate do elsewhere. It won the self-tuning "
        "track of the AlgoPerf contest in 2024. The path drawn is x, where the gradient is taken; the answer is x̄. The "
        "paper's experiments put the correction into the rate, and so into the weights w too; the authors' later code, "
        "as here, corrects the mean square alone.",
        "스케줄과 기울기의 평균을 없앤 AdamW이다. z는 편향을 보정한 RMSprop처럼 움직이고, 모든 z의 평균인 x̄가 모멘텀과 학습률 감소의 "
        "역할을 대신한다. 2024년 AlgoPerf 대회의 자동 튜닝 부문에서 우승했다. 그림의 경로는 기울기를 계산하는 점 x이고, 결과로 쓰는 "
        "것은 x̄이다. 논문의 실험에서는 편향 보정을 학습률에 넣어 가중치 w에도 영향을 주었지만, 저자들의 나중 코드와 여기서는 제곱의 "
        "평균만 보정한다.",
    ),
    parent="adamw",
    meanings=FREE,
    optax="optax.contrib.schedule_free(optax.chain(optax.scale_by_rms({beta2}, eps={eps}, eps_in_sqrt=False, "
    "bias_correction=True), optax.add_decayed_weights({weight_decay}), optax.scale_by_learning_rate({lr})), 1.0, "
    "b1={beta1})",
    optax_plain="optax.contrib.schedule_free(optax.rmsprop({lr}, decay={beta2}, eps={eps}, eps_in_sqrt=False, "
    "bias_correction=True), 1.0, b1={beta1})",
    pytorch_optimizer="pytorch_optimizer.ScheduleFreeAdamW(params, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, "
    "weight_decay={weight_decay})",
    differs={
        "optax": Text(
            "optax is asked for a plain mean here, which is the same at a constant lr. Its own schedule_free_adamw weighs "
            "each z by the largest lr so far as the authors do, but looks a schedule up one step ahead.",
            "여기서는 optax에 단순 평균을 쓰도록 한다. 학습률이 일정하면 결과가 같다. optax.contrib.schedule_free_adamw는 저자들처럼 "
            "지금까지의 최대 학습률로 z에 가중치를 주지만, 스케줄의 값을 한 스텝 앞서 읽는다.",
        )
    },
    dialects={"optax": Dialect(equally)},
    special=(Special("optax", {"beta1": 0.0}), Special("pytorch_optimizer", {"beta1": 0.0})),
    companions=(
        Companion("mean", Text("mean x̄", "평균 x̄"), average),
        Companion("base", Text("base point z", "기준점 z"), base),
    ),
)
