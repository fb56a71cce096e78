"""AMSGrad: Adam whose divisor never shrinks."""

import numpy as np

from core.spec import Dialect, Optimizer, Paper, Text, decay, epsilon, rate, weight_decay


def update(x, g, t, m, v, v_max, lr, beta1, beta2, eps, weight_decay):
    g = g + weight_decay * x
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_max = np.maximum(v_max, v)
    m_hat = m / (1 - beta1**t)
    v_hat = v_max / (1 - beta2**t)
    return x - lr * m_hat / (np.sqrt(v_hat) + eps), m, v, v_max


def epsilon_hat(x, g, t, m, v, v_max, lr, beta1, beta2, eps, weight_decay):
    """Keras adds ε before the correction, which sits in the rate, and takes the decay outside the gradient."""
    x = x * (1 - lr * weight_decay)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_max = np.maximum(v_max, v)
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return x - lr_t * m / (np.sqrt(v_max) + eps), m, v, v_max


def corrected(x, g, t, m, v, v_max, lr, beta1, beta2, eps, weight_decay):
    """optax keeps the maximum of the corrected mean."""
    g = g + weight_decay * x
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_max = np.maximum(v_max, v / (1 - beta2**t))
    m_hat = m / (1 - beta1**t)
    return x - lr * m_hat / (np.sqrt(v_max) + eps), m, v, v_max


OPTIMIZER = Optimizer(
    update,
    name="AMSGrad",
    family="adaptive",
    hypers=(
        rate(1e-3),
        decay("beta1", "β₁", 0.9, Text("decay of the mean", "평균의 감쇠율")),
        decay("beta2", "β₂", 0.999, Text("decay of the squares", "제곱의 감쇠율")),
        epsilon(1e-8),
        weight_decay(),
    ),
    latex=r"u_t = \max(u_{t-1},\, v_t),\quad "
    r"x_t = x_{t-1} - \eta\,\frac{\hat m_t}{\sqrt{u_t/(1-\beta_2^t)} + \varepsilon}"
    r"\qquad(\hat m_t, v_t:\ \text{Adam})",
    paper=Paper(
        "S. J. Reddi, S. Kale, S. Kumar",
        "On the Convergence of Adam and Beyond",
        2018,
        "https://openreview.net/forum?id=ryQu7f-RZ",
    ),
    about=Text(
        "Adam that divides by the largest mean of squares it has ever had. Rare, large gradients are not forgotten, "
        "which mends the case in which Adam walks to the worst point. The paper itself corrects no bias; PyTorch does.",
        "지금까지 나온 제곱 평균 중 가장 큰 값으로 나누는 Adam이다. 드물게 나오는 큰 기울기를 잊지 않으므로, Adam이 가장 나쁜 점으로 "
        "가 버리는 경우가 해결된다. 논문에는 편향 보정이 없지만 PyTorch는 보정한다.",
    ),
    parent="adam",
    pytorch="torch.optim.Adam(params, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}, "
    "amsgrad=True)",
    keras="keras.optimizers.Adam(learning_rate={lr}, beta_1={beta1}, beta_2={beta2}, epsilon={eps}, amsgrad=True, "
    "weight_decay={weight_decay})",
    optax="optax.chain(optax.add_decayed_weights({weight_decay}), "
    "optax.amsgrad({lr}, b1={beta1}, b2={beta2}, eps={eps}))",
    differs={
        "keras": Text(
            "Keras adds ε before the bias correction and decays weights outside the gradient, as in its Adam; ε is 1e-7 "
            "by default.",
            "Keras는 자체 Adam과 마찬가지로 편향 보정 전에 ε을 더하고, 가중치 감쇠를 기울기와 별도로 적용한다. ε의 기본값은 "
            "1e-7이다.",
        ),
        "optax": Text(
            "optax takes the maximum after the bias correction, PyTorch before it: in optax the large values of the "
            "first steps stay for good.",
            "PyTorch는 편향 보정 전의 값으로 최댓값을 구하지만 optax는 보정한 값으로 구한다. 그래서 optax에서는 처음 몇 스텝의 큰 값이 "
            "끝까지 남는다.",
        ),
    },
    dialects={
        "keras": Dialect(epsilon_hat, {"eps": 1e-7}),
        "optax": Dialect(corrected),
    },
)
