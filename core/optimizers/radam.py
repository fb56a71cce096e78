"""RAdam: Adam that steps without dividing until its divisor can be trusted."""

import numpy as np

from core.spec import Dialect, Optimizer, Paper, Text, decay, epsilon, rate, weight_decay


def update(x, g, t, m, v, lr, beta1, beta2, eps, weight_decay):
    g = g + weight_decay * x
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    rho_max = 2 / (1 - beta2) - 1
    rho = rho_max - 2 * t * beta2**t / (1 - beta2**t)
    a, b = np.maximum(rho, 5.0), np.maximum(rho_max, 5.0)  # below 5, r is not used
    r = np.sqrt((a - 4) * (a - 2) * b / ((b - 4) * (b - 2) * a))
    divided = r * np.sqrt(1 - beta2**t) / (np.sqrt(v) + eps)
    return x - lr * m_hat * (divided * (rho > 5) + (rho <= 5)), m, v


def epsilon_late(x, g, t, m, v, lr, beta1, beta2, eps, weight_decay):
    """optax adds ε after the bias correction."""
    g = g + weight_decay * x
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    rho_max = 2 / (1 - beta2) - 1
    rho = rho_max - 2 * t * beta2**t / (1 - beta2**t)
    a, b = np.maximum(rho, 5.0), np.maximum(rho_max, 5.0)
    r = np.sqrt((a - 4) * (a - 2) * b / ((b - 4) * (b - 2) * a))
    divided = r / (np.sqrt(v_hat) + eps)
    return x - lr * m_hat * (divided * (rho >= 5) + (rho < 5)), m, v


OPTIMIZER = Optimizer(
    update,
    name="RAdam",
    family="gradient",  # lr times the gradient at first; at the rates of Adam those steps leave the map
    hypers=(
        rate(1e-3),
        decay("beta1", "β₁", 0.9, Text("decay of the mean", "평균의 감쇠율")),
        decay("beta2", "β₂", 0.999, Text("decay of the squares", "제곱의 감쇠율")),
        epsilon(1e-8),
        weight_decay(),
    ),
    latex=r"\rho_\infty = \tfrac{2}{1-\beta_2} - 1,\quad "
    r"\rho_t = \rho_\infty - \frac{2t\beta_2^t}{1-\beta_2^t},\quad "
    r"r_t = \sqrt{\frac{(\rho_t-4)(\rho_t-2)\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\rho_t}},\quad "
    r"x_t = x_{t-1} - \eta\,\hat m_t \cdot \begin{cases}"
    r"r_t\sqrt{1-\beta_2^t}\,/\,(\sqrt{v_t} + \varepsilon) & \rho_t > 5\\ 1 & \rho_t \le 5\end{cases}"
    r"\qquad(\hat m_t, v_t:\ \text{Adam})",
    paper=Paper(
        "L. Liu et al.",
        "On the Variance of the Adaptive Learning Rate and Beyond",
        2020,
        "https://arxiv.org/abs/1908.03265",
    ),
    about=Text(
        "After few gradients their mean square is a guess, so RAdam does not divide by it yet: ρ is the number of "
        "gradients that it is worth, and with β₂ 0.999 the first five steps are lr times the mean gradient. From the "
        "sixth on it is Adam with a rate that warms up by the factor r. The paper divides as soon as ρ > 4; its authors' "
        "code and the libraries wait until 5.",
        "기울기가 몇 개 모이지 않았을 때는 제곱의 평균을 믿기 어려우므로 아직 나누지 않는다. ρ는 그 평균이 기울기 몇 개만큼의 "
        "정보를 담고 있는지를 나타낸다. β₂가 0.999이면 처음 다섯 스텝은 기울기의 평균에 lr을 곱한 만큼 가고, 여섯 번째부터는 "
        "학습률이 r을 따라 서서히 커지는 Adam이 된다. 논문은 ρ > 4부터 나누지만, 저자들의 코드와 라이브러리는 5까지 기다린다.",
    ),
    parent="adam",
    pytorch="torch.optim.RAdam(params, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})",
    optax="optax.chain(optax.add_decayed_weights({weight_decay}), "
    "optax.radam({lr}, b1={beta1}, b2={beta2}, eps={eps}))",
    differs={
        "optax": Text(
            "optax adds ε after the bias correction, PyTorch before it.",
            "PyTorch는 편향 보정 전에, optax는 보정 후에 ε을 더한다.",
        )
    },
    dialects={"optax": Dialect(epsilon_late)},
)
