"""Adan: Adam that looks ahead by the change of the gradient."""

import numpy as np

from core.spec import Dialect, Hyper, Optimizer, Paper, Text, decay, epsilon, rate, weight_decay
from core.spec.meaning import BEFORE


def update(x, g, t, m, v, n, g_last, lr, beta1, beta2, beta3, eps, weight_decay, no_prox):
    change = (g - g_last) * (t > 1)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * change
    n = beta3 * n + (1 - beta3) * (g + beta2 * change) ** 2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    n_hat = n / (1 - beta3**t)
    x = x * (1 - lr * weight_decay * no_prox) - lr * (m_hat + beta2 * v_hat) / (np.sqrt(n_hat) + eps)
    return x / (1 + lr * weight_decay * (1 - no_prox)), m, v, n, g


def papers_letters(x, g, t, m, v, n, g_last, lr, beta1, beta2, beta3, eps, weight_decay, no_prox):
    """optax weighs the change by 1 − β₂, adds ε inside the root too, and takes a share of the old x as decay."""
    change = (g - g_last) * (t > 1)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * change
    n = beta3 * n + (1 - beta3) * (g + (1 - beta2) * change) ** 2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    n_hat = n / (1 - beta3**t)
    step = (m_hat + (1 - beta2) * v_hat) / (np.sqrt(n_hat + eps) + eps)
    x = x * (1 - lr * weight_decay * no_prox) - lr * step
    return x / (1 + lr * weight_decay * (1 - no_prox)), m, v, n, g


OPTIMIZER = Optimizer(
    update,
    name="Adan",
    family="adaptive",
    hypers=(
        rate(1e-3),
        decay("beta1", "β₁", 0.98, Text("decay of the mean", "평균의 감쇠율")),
        decay("beta2", "β₂", 0.92, Text("decay of the change", "변화량의 감쇠율")),
        decay("beta3", "β₃", 0.99, Text("decay of the squares", "제곱의 감쇠율")),
        epsilon(1e-8),
        weight_decay(),
        Hyper(
            "no_prox",
            "p",
            0,
            0,
            1,
            label=Text("decay the old x, as AdamW", "AdamW처럼 이전 x를 감쇠"),
            integer=True,
            rare=True,
        ),
    ),
    latex=r"d_t = g_t - g_{t-1}\ (d_1 = 0),\quad m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad "
    r"v_t = \beta_2 v_{t-1} + (1-\beta_2) d_t,\quad n_t = \beta_3 n_{t-1} + (1-\beta_3)(g_t + \beta_2 d_t)^2,\quad "
    r"\hat m_t = \frac{m_t}{1-\beta_1^t},\quad \hat v_t = \frac{v_t}{1-\beta_2^t},\quad "
    r"\hat n_t = \frac{n_t}{1-\beta_3^t},\quad "
    r"x_t = x_{t-1} - \eta\,\frac{\hat m_t + \beta_2 \hat v_t}{\sqrt{\hat n_t} + \varepsilon}",
    paper=Paper(
        "X. Xie, P. Zhou, H. Li, Z. Lin, S. Yan",
        "Adan: Adaptive Nesterov Momentum Algorithm for Faster Optimizing Deep Models",
        2022,
        "https://arxiv.org/abs/2208.06677",
    ),
    about=Text(
        "Nesterov's look-ahead without another gradient: the difference of the last two tells where the gradient is "
        "going, so the step brakes before a turn. β here is 1 minus the paper's, as in the authors' own code.",
        "기울기를 한 번 더 계산하지 않고 네스테로프처럼 앞을 내다본다. 최근 두 기울기의 차이로 기울기가 어떻게 변할지 짐작해, 방향이 "
        "바뀌기 전에 감속한다. 저자들의 코드를 따라 β는 논문의 값을 1에서 뺀 것이다.",
    ),
    parent="nadam",
    meanings={"v": Text("running mean of the change of the gradient", "기울기 변화량의 이동 평균"), "g_last": BEFORE},
    optax="optax.adan({lr}, b1={beta1}, b2={beta2}, b3={beta3}, eps={eps}, eps_root={eps}, "
    "weight_decay={weight_decay})",
    pytorch_optimizer="pytorch_optimizer.Adan(params, lr={lr}, betas=({beta1}, {beta2}, {beta3}), eps={eps}, "
    "weight_decay={weight_decay}, weight_decouple={no_prox})",
    differs={
        "optax": Text(
            "optax keeps the paper's letters although its β is 1 minus the paper's, and so weighs the change of the "
            "gradient by 1 − β₂ = 0.08 instead of 0.92. It also adds ε inside the root, and decays weights by 1 − lr·λ "
            "instead of 1/(1 + lr·λ).",
            "optax의 β는 논문의 값을 1에서 뺀 것인데도 논문의 식을 그대로 써서, 기울기의 변화량에 0.92가 아니라 1 − β₂ = 0.08을 곱한다. "
            "제곱근 안에도 ε을 더하고, 가중치에는 1/(1 + lr·λ)이 아니라 1 − lr·λ를 곱한다.",
        )
    },
    dialects={"optax": Dialect(papers_letters, {"no_prox": 1})},
)
