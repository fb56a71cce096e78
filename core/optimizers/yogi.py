"""Yogi: Adam whose divisor changes in small, bounded steps."""

import numpy as np

from core.spec import Dialect, Hyper, Optimizer, Paper, Special, Text, decay, epsilon, rate, weight_decay


def update(x, g, t, m, v, lr, beta1, beta2, eps, weight_decay, init_acc):
    x = x * (1 - lr * weight_decay)  # outside the gradient, which pytorch_optimizer does unless told otherwise
    m = init_acc if t == 1 else m
    v = init_acc if t == 1 else v
    m = beta1 * m + (1 - beta1) * g
    v = v - (1 - beta2) * np.sign(v - g**2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return x - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


OPTIMIZER = Optimizer(
    update,
    name="Yogi",
    family="adaptive",
    hypers=(
        rate(1e-2),
        decay("beta1", "β₁", 0.9, Text("decay of the mean", "평균의 감쇠율")),
        decay("beta2", "β₂", 0.999, Text("decay of the squares", "제곱의 감쇠율")),
        epsilon(1e-3),
        weight_decay(),
        Hyper(
            "init_acc", "v₀", 1e-6, 1e-12, 1.0, "log", Text("both means at the start", "두 평균의 초깃값"), rare=True
        ),
    ),
    latex=r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad "
    r"v_t = v_{t-1} - (1-\beta_2)\operatorname{sign}(v_{t-1} - g_t^2)\, g_t^2,\quad m_0 = v_0,\quad "
    r"\hat m_t = \frac{m_t}{1-\beta_1^t},\quad \hat v_t = \frac{v_t}{1-\beta_2^t},\quad "
    r"x_t = x_{t-1} - \eta\,\frac{\hat m_t}{\sqrt{\hat v_t} + \varepsilon}",
    paper=Paper(
        "M. Zaheer, S. J. Reddi, D. Sachan, S. Kale, S. Kumar",
        "Adaptive Methods for Nonconvex Optimization",
        2018,
        "https://papers.nips.cc/paper/8186-adaptive-methods-for-nonconvex-optimization",
    ),
    about=Text(
        "Adam forgets a large gradient at a rate set by how large it was; Yogi moves its divisor by a share of today's "
        "g² only, up or down. So after a steep stretch the steps stay short for longer. Weight decay acts outside the "
        "gradient, as in AdamW.",
        "Adam은 큰 기울기를 그 크기에 비례해 빨리 잊지만, Yogi는 나누는 수를 지금의 g²에 비례하는 만큼만 올리거나 내린다. 그래서 가파른 "
        "곳을 지난 뒤에도 짧은 스텝이 더 오래간다. 가중치 감쇠는 AdamW처럼 기울기와 별도로 적용한다.",
    ),
    parent="adam",
    initial={"m": 1e-6, "v": 1e-6},  # the paper: v at the squared gradient of a large batch
    optax="optax.chain(optax.scale_by_yogi(b1={beta1}, b2={beta2}, eps={eps}, initial_accumulator_value={init_acc}), "
    "optax.add_decayed_weights({weight_decay}), optax.scale_by_learning_rate({lr}))",
    optax_plain="optax.chain(optax.scale_by_yogi(b1={beta1}, b2={beta2}, eps={eps}, "
    "initial_accumulator_value={init_acc}), optax.scale_by_learning_rate({lr}))",
    pytorch_optimizer="pytorch_optimizer.Yogi(params, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, "
    "initial_accumulator={init_acc}, weight_decay={weight_decay})",
    dialects={"optax": Dialect()},
    special=(
        Special(
            "optax",
            {"init_acc": 1e-6, "weight_decay": 0.0},
            "optax.yogi({lr}, b1={beta1}, b2={beta2}, eps={eps})",
        ),
    ),
)
