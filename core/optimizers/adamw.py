"""AdamW: Adam with the weight decay moved outside the gradient."""

import numpy as np

from core.spec import Dialect, Optimizer, Paper, Text, decay, epsilon, rate, weight_decay


def update(x, g, t, m, v, lr, beta1, beta2, eps, weight_decay):
    x = x * (1 - lr * weight_decay)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return x - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def epsilon_hat(x, g, t, m, v, lr, beta1, beta2, eps, weight_decay):
    """Keras adds ε before the correction, which sits in the rate."""
    x = x * (1 - lr * weight_decay)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return x - lr_t * m / (np.sqrt(v) + eps), m, v


OPTIMIZER = Optimizer(
    update,
    name="AdamW",
    family="adaptive",
    hypers=(
        rate(1e-3),
        decay("beta1", "β₁", 0.9, Text("decay of the mean", "평균의 감쇠율")),
        decay("beta2", "β₂", 0.999, Text("decay of the squares", "제곱의 감쇠율")),
        epsilon(1e-8),
        weight_decay(0.01),
    ),
    latex=r"x_t = (1-\eta\lambda)\,x_{t-1} - \eta\,\frac{\hat m_t}{\sqrt{\hat v_t} + \varepsilon}"
    r"\qquad(\hat m_t, \hat v_t:\ \text{Adam})",
    paper=Paper(
        "I. Loshchilov, F. Hutter", "Decoupled Weight Decay Regularization", 2019, "https://arxiv.org/abs/1711.05101"
    ),
    about=Text(
        "Adam that also pulls every weight towards zero by the factor 1 − lr·λ, outside the gradient and so untouched "
        "by the division. On these surfaces it comes to rest a little short of the minimum. The paper multiplies λ by "
        "the schedule alone; the libraries, as here, by lr.",
        "Adam에 더해, 기울기와 별도로 모든 가중치에 1 − lr·λ를 곱해 0 쪽으로 당긴다. 이 당김은 나눗셈의 영향을 받지 않는다. "
        "그래서 이 지형들에서는 최솟값보다 원점 쪽으로 조금 치우친 곳에서 멈춘다. 논문은 λ에 스케줄만 곱하지만, 라이브러리들은 "
        "여기처럼 lr을 곱한다.",
    ),
    parent="adam",
    textbook=9,
    pytorch="torch.optim.AdamW(params, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})",
    keras="keras.optimizers.AdamW(learning_rate={lr}, beta_1={beta1}, beta_2={beta2}, epsilon={eps}, "
    "weight_decay={weight_decay})",
    optax="optax.adamw({lr}, b1={beta1}, b2={beta2}, eps={eps}, weight_decay={weight_decay})",
    differs={
        "keras": Text(
            "Keras adds ε before the bias correction, as in its Adam; its default weight decay is 0.004.",
            "Keras는 자체 Adam과 마찬가지로 편향 보정 전에 ε을 더하며, 가중치 감쇠의 기본값은 0.004이다.",
        ),
        "optax": Text(
            "The rule is the same; the default weight decay is 1e-4.",
            "규칙은 같고, 가중치 감쇠의 기본값은 1e-4이다.",
        ),
    },
    dialects={
        "keras": Dialect(epsilon_hat, {"eps": 1e-7, "weight_decay": 0.004}),
        "optax": Dialect(defaults={"weight_decay": 1e-4}),
    },
)
