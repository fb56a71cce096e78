"""Adamax: Adam with the largest recent gradient in place of the root mean square."""

import numpy as np

from core.spec import Dialect, Optimizer, Paper, Text, decay, epsilon, rate, weight_decay


def update(x, g, t, m, u, lr, beta1, beta2, eps, weight_decay):
    g = g + weight_decay * x
    m = beta1 * m + (1 - beta1) * g
    u = np.maximum(beta2 * u, np.abs(g) + eps)
    return x - lr / (1 - beta1**t) * m / u, m, u


def outside(x, g, t, m, u, lr, beta1, beta2, eps, weight_decay):
    """Keras adds ε outside the maximum, and takes the decay outside the gradient."""
    m = beta1 * m + (1 - beta1) * g
    u = np.maximum(beta2 * u, np.abs(g))
    return x * (1 - lr * weight_decay) - lr / (1 - beta1**t) * m / (u + eps), m, u


OPTIMIZER = Optimizer(
    update,
    name="Adamax",
    family="adaptive",
    hypers=(
        rate(2e-3),
        decay("beta1", "β₁", 0.9, Text("decay of the mean", "평균의 감쇠율")),
        decay("beta2", "β₂", 0.999, Text("decay of the maximum", "최댓값의 감쇠율")),
        epsilon(1e-8),
        weight_decay(),
    ),
    latex=r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad u_t = \max(\beta_2 u_{t-1},\, |g_t| + \varepsilon),\quad "
    r"x_t = x_{t-1} - \frac{\eta}{1-\beta_1^t}\,\frac{m_t}{u_t}",
    paper=Paper(
        "D. P. Kingma, J. Ba", "Adam: A Method for Stochastic Optimization", 2015, "https://arxiv.org/abs/1412.6980"
    ),
    about=Text(
        "Adam in the infinity norm: divides by a slowly fading maximum of |g|, so one large gradient keeps the steps "
        "short for a long time. The maximum needs no correction for its start at zero.",
        "무한대 노름을 쓰는 Adam이다. 서서히 줄어드는 |g|의 최댓값으로 나누므로, 큰 기울기를 한 번 만나면 오랫동안 보폭이 짧아진다. "
        "최댓값에는 편향 보정이 필요 없다.",
    ),
    parent="adam",
    meanings={"u": Text("slowly fading maximum of |g|", "서서히 줄어드는 |g|의 최댓값")},
    pytorch="torch.optim.Adamax(params, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})",
    keras="keras.optimizers.Adamax(learning_rate={lr}, beta_1={beta1}, beta_2={beta2}, epsilon={eps}, "
    "weight_decay={weight_decay})",
    optax="optax.chain(optax.add_decayed_weights({weight_decay}), "
    "optax.adamax({lr}, b1={beta1}, b2={beta2}, eps={eps}))",
    differs={
        "keras": Text(
            "Keras adds ε to the divisor instead of to |g|, and decays weights outside the gradient; ε is 1e-7 and lr "
            "0.001 by default.",
            "Keras는 ε을 |g|가 아니라 나누는 수에 더하고, 가중치 감쇠를 기울기와 별도로 적용한다. 기본값은 ε이 1e-7, 학습률이 "
            "0.001이다.",
        )
    },
    dialects={
        "keras": Dialect(outside, {"lr": 0.001, "eps": 1e-7}),
        "optax": Dialect(),
    },
)
