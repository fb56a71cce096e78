"""Lion: only the sign of the momentum counts, so every step is equally long."""

import numpy as np

from core.spec import Dialect, Optimizer, Paper, Special, Text, decay, rate, weight_decay


def update(x, g, t, m, lr, beta1, beta2, weight_decay):
    step = np.sign(beta1 * m + (1 - beta1) * g)
    m = beta2 * m + (1 - beta2) * g
    return x * (1 - lr * weight_decay) - lr * step, m


OPTIMIZER = Optimizer(
    update,
    name="Lion",
    family="adaptive",
    hypers=(
        rate(1e-4),
        decay("beta1", "β₁", 0.9, Text("decay in the step", "스텝에 쓰는 감쇠율")),
        decay("beta2", "β₂", 0.99, Text("decay of the mean", "평균의 감쇠율")),
        weight_decay(),
    ),
    latex=r"c_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad x_t = x_{t-1} - \eta\,\operatorname{sign}(c_t),\quad "
    r"m_t = \beta_2 m_{t-1} + (1-\beta_2) g_t",
    paper=Paper(
        "X. Chen et al.",
        "Symbolic Discovery of Optimization Algorithms",
        2023,
        "https://arxiv.org/abs/2302.06675",
    ),
    about=Text(
        "Found by a program that searched through programs. Each coordinate moves by exactly lr; the direction is the sign "
        "of a long memory mixed with today's gradient. It comes to rest only when lr shrinks. Weight decay acts outside "
        "the gradient, as in AdamW.",
        "프로그램을 탐색하는 프로그램이 찾아냈다. 오래된 기억과 지금의 기울기를 섞어 부호만 취하고 좌표마다 정확히 lr만큼 움직이므로, "
        "lr이 줄어들지 않으면 멈추지 않는다. 가중치 감쇠는 AdamW처럼 기울기와 별도로 적용한다.",
    ),
    parent="signsgd",
    keras="keras.optimizers.Lion(learning_rate={lr}, beta_1={beta1}, beta_2={beta2}, weight_decay={weight_decay})",
    optax="optax.lion({lr}, b1={beta1}, b2={beta2}, weight_decay={weight_decay})",
    differs={
        "keras": Text(
            "The rule is the same; the default lr is 0.001.",
            "규칙은 같고, 학습률의 기본값은 0.001이다.",
        ),
        "optax": Text(
            "The rule is the same; the default weight decay is 0.001.",
            "규칙은 같고, 가중치 감쇠의 기본값은 0.001이다.",
        ),
    },
    dialects={
        "keras": Dialect(defaults={"lr": 0.001}),
        "optax": Dialect(defaults={"weight_decay": 0.001}),
    },
    special=(Special("keras", {"beta1": 0.0}),),
)
