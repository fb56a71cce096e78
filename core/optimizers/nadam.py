"""Nadam: Adam with Nesterov's look-ahead in place of plain momentum."""

import numpy as np

from core.spec import Dialect, Hyper, Optimizer, Paper, Text, decay, epsilon, rate, weight_decay


def update(x, g, t, m, v, mu_product, lr, beta1, beta2, eps, momentum_decay, weight_decay):
    g = g + weight_decay * x
    # Dozat warms the momentum up: it starts at β₁/2 and grows towards β₁.
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
    mu_product = mu_product * mu
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = mu_next * m / (1 - mu_product * mu_next) + (1 - mu) * g / (1 - mu_product)
    v_hat = v / (1 - beta2**t)
    return x - lr * m_hat / (np.sqrt(v_hat) + eps), m, v, mu_product


def decoupled(x, g, t, m, v, mu_product, lr, beta1, beta2, eps, momentum_decay, weight_decay):
    """Keras takes the decay outside the gradient."""
    x = x * (1 - lr * weight_decay)
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
    mu_product = mu_product * mu
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = mu_next * m / (1 - mu_product * mu_next) + (1 - mu) * g / (1 - mu_product)
    v_hat = v / (1 - beta2**t)
    return x - lr * m_hat / (np.sqrt(v_hat) + eps), m, v, mu_product


def unscheduled(x, g, t, m, v, mu_product, lr, beta1, beta2, eps, momentum_decay, weight_decay):
    """optax lets the momentum be β₁ from the start."""
    g = g + weight_decay * x
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return x - lr * m_hat / (np.sqrt(v_hat) + eps), m, v, mu_product


OPTIMIZER = Optimizer(
    update,
    name="Nadam",
    family="adaptive",
    hypers=(
        rate(2e-3),
        decay("beta1", "β₁", 0.9, Text("decay of the mean", "평균의 감쇠율")),
        decay("beta2", "β₂", 0.999, Text("decay of the squares", "제곱의 감쇠율")),
        epsilon(1e-8),
        Hyper("momentum_decay", "ψ", 0.004, 0.0, 1.0, label=Text("momentum warm-up", "모멘텀 준비 속도")),
        weight_decay(),
    ),
    latex=r"\mu_t = \beta_1\bigl(1 - \tfrac12\,0.96^{\,t\psi}\bigr),\quad "
    r"\hat m_t = \frac{\mu_{t+1} m_t}{1-\prod_{i\le t+1}\mu_i} + \frac{(1-\mu_t) g_t}{1-\prod_{i\le t}\mu_i},\quad "
    r"x_t = x_{t-1} - \eta\,\frac{\hat m_t}{\sqrt{\hat v_t} + \varepsilon}\qquad(m_t, \hat v_t:\ \text{Adam})",
    paper=Paper(
        "T. Dozat",
        "Incorporating Nesterov Momentum into Adam",
        2016,
        "https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ",
    ),
    about=Text(
        "Adam that weighs today's gradient once more, as Nesterov does, so it reacts to a turn one step earlier. Its "
        "momentum itself warms up from β₁/2.",
        "네스테로프처럼 지금의 기울기를 한 번 더 반영하는 Adam이다. 그래서 방향이 바뀌면 한 스텝 먼저 반응한다. "
        "모멘텀 자체도 β₁/2에서 시작해 서서히 커진다.",
    ),
    parent="adam",
    meanings={"mu_product": Text("product of the momenta so far", "지금까지의 모멘텀 계수를 모두 곱한 값")},
    textbook=8,
    initial={"mu_product": 1.0},
    pytorch="torch.optim.NAdam(params, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, "
    "weight_decay={weight_decay}, momentum_decay={momentum_decay})",
    keras="keras.optimizers.Nadam(learning_rate={lr}, beta_1={beta1}, beta_2={beta2}, epsilon={eps}, "
    "weight_decay={weight_decay})",
    optax="optax.chain(optax.add_decayed_weights({weight_decay}), "
    "optax.nadam({lr}, b1={beta1}, b2={beta2}, eps={eps}))",
    differs={
        "keras": Text(
            "Keras fixes ψ = 1, and decays weights outside the gradient; ε is 1e-7 and lr 0.001 by default.",
            "Keras는 ψ = 1로 고정하고, 가중치 감쇠를 기울기와 별도로 적용한다. 기본값은 ε이 1e-7, 학습률이 0.001이다.",
        ),
        "optax": Text(
            "optax has no momentum warm-up: μ is β₁ from the start.",
            "optax에는 모멘텀 준비 단계가 없어 처음부터 μ = β₁이다.",
        ),
    },
    dialects={
        "keras": Dialect(decoupled, {"lr": 0.001, "eps": 1e-7, "momentum_decay": 1.0}),
        "optax": Dialect(unscheduled),
    },
)
