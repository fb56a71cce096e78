"""Adam: running means of the gradient and of its square, both corrected for their start at zero."""

import numpy as np

from core.spec import Dialect, Optimizer, Paper, Stability, Text, decay, epsilon, epsilon_root, rate, weight_decay


def update(x, g, t, m, v, lr, beta1, beta2, eps, weight_decay, eps_root):
    g = g + weight_decay * x
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return x - lr * m_hat / (np.sqrt(v_hat + eps_root) + eps), m, v


def epsilon_hat(x, g, t, m, v, lr, beta1, beta2, eps, weight_decay, eps_root):
    """The paper's shorter form: ε is added before the correction, which sits in the rate. Keras decays outside."""
    x = x * (1 - lr * weight_decay)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return x - lr_t * m / (np.sqrt(v + eps_root) + eps), m, v


def divisor(t, m, v, lr, beta1, beta2, eps, weight_decay, eps_root):
    return np.sqrt(v / (1 - beta2**t) + eps_root) + eps


OPTIMIZER = Optimizer(
    update,
    name="Adam",
    family="adaptive",
    hypers=(
        rate(1e-3),
        decay("beta1", "β₁", 0.9, Text("decay of the mean", "평균의 감쇠율")),
        decay("beta2", "β₂", 0.999, Text("decay of the squares", "제곱의 감쇠율")),
        epsilon(1e-8),
        weight_decay(),
        epsilon_root(),
    ),
    latex=r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\quad "
    r"\hat m_t = \frac{m_t}{1-\beta_1^t},\quad \hat v_t = \frac{v_t}{1-\beta_2^t},\quad "
    r"x_t = x_{t-1} - \eta\,\frac{\hat m_t}{\sqrt{\hat v_t} + \varepsilon}",
    paper=Paper(
        "D. P. Kingma, J. Ba", "Adam: A Method for Stochastic Optimization", 2015, "https://arxiv.org/abs/1412.6980"
    ),
    about=Text(
        "Momentum divided by RMSprop's root, both freed of their start at zero: the first step is lr long in every "
        "coordinate, however steep it is there, and later ones are seldom much longer.",
        "모멘텀을 RMSprop의 제곱근으로 나누고, 0에서 시작해 생기는 편향을 둘 다 보정한다. 첫 스텝은 기울기가 얼마든 모든 좌표에서 "
        "lr이고, 이후에도 그보다 크게 길어지는 일은 드물다.",
    ),
    parent="rmsprop",
    textbook=7,
    stability=Stability(
        lambda beta1, beta2, eps, weight_decay, eps_root: 2 * (1 + beta1) / (1 - beta1),
        "2(1+β₁)/(1−β₁)",
        divisor=divisor,
    ),
    pytorch="torch.optim.Adam(params, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})",
    keras="keras.optimizers.Adam(learning_rate={lr}, beta_1={beta1}, beta_2={beta2}, epsilon={eps}, "
    "weight_decay={weight_decay})",
    optax="optax.chain(optax.add_decayed_weights({weight_decay}), optax.adam({lr}, b1={beta1}, b2={beta2}, eps={eps}, "
    "eps_root={eps_root}))",
    differs={
        "keras": Text(
            "Keras adds ε before the bias correction (the paper's ε̂), which acts like an ε up to 32 times larger at "
            "the first step; its default is 1e-7. Weight decay acts outside the gradient, as in AdamW.",
            "Keras는 편향 보정 전에 ε을 더한다(논문의 ε̂). 첫 스텝에서는 ε이 최대 32배 커진 것과 같고, 기본값은 1e-7이다. "
            "가중치 감쇠는 AdamW처럼 기울기와 별도로 적용한다.",
        ),
        "book": Text(
            "The book adds ε before the bias correction, as Keras does, and takes ε = 1e-7.",
            "책은 Keras처럼 편향 보정 전에 ε을 더하며, ε은 1e-7이다.",
        ),
    },
    dialects={
        "keras": Dialect(epsilon_hat, {"eps": 1e-7}),
        "optax": Dialect(),
        "book": Dialect(epsilon_hat, {"eps": 1e-7}),
    },
)
