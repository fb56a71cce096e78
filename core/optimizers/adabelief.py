"""AdaBelief: Adam that divides by how far the gradient strays from its mean."""

import numpy as np

from core.spec import Dialect, Optimizer, Paper, Special, Text, decay, epsilon, epsilon_root, rate, weight_decay


def update(x, g, t, m, s, lr, beta1, beta2, eps, weight_decay, eps_root):
    x = x * (1 - lr * weight_decay)  # outside the gradient, which pytorch_optimizer does unless told otherwise
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * (g - m) ** 2 + (eps_root if eps_root > 0 else eps)  # ε stays in s, as in the paper
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    return x - lr * m_hat / (np.sqrt(s_hat) + eps), m, s


OPTIMIZER = Optimizer(
    update,
    name="AdaBelief",
    family="adaptive",
    hypers=(
        rate(1e-3),
        decay("beta1", "β₁", 0.9, Text("decay of the mean", "평균의 감쇠율")),
        decay("beta2", "β₂", 0.999, Text("decay of the deviations", "편차 제곱의 감쇠율")),
        epsilon(1e-16),
        weight_decay(),
        epsilon_root(Text("ε inside the root (0: the same ε)", "제곱근 안의 ε(0이면 ε과 같음)")),
    ),
    latex=r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad "
    r"s_t = \beta_2 s_{t-1} + (1-\beta_2)(g_t - m_t)^2 + \varepsilon,\quad "
    r"\hat m_t = \frac{m_t}{1-\beta_1^t},\quad \hat s_t = \frac{s_t}{1-\beta_2^t},\quad "
    r"x_t = x_{t-1} - \eta\,\frac{\hat m_t}{\sqrt{\hat s_t} + \varepsilon}",
    paper=Paper(
        "J. Zhuang et al.",
        "AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed Gradients",
        2020,
        "https://arxiv.org/abs/2010.07468",
    ),
    about=Text(
        "Adam with the square of g − m in place of that of g. Where the gradient is as expected, the steps grow longer "
        "than lr, even on a steep slope; where it surprises, they shorten. Weight decay acts outside the gradient, as in "
        "AdamW. The authors' own package also rectifies its steps as RAdam does, unless told otherwise.",
        "g의 제곱 대신 g − m의 제곱을 쓰는 Adam이다. 기울기가 예상대로이면 가파른 곳에서도 스텝이 lr보다 길어지고, 예상을 벗어나면 "
        "짧아진다. 가중치 감쇠는 AdamW처럼 기울기와 별도로 적용한다. 저자들의 패키지는 따로 끄지 않으면 RAdam의 "
        "보정도 함께 적용한다.",
    ),
    parent="adam",
    optax="optax.chain(optax.scale_by_belief(b1={beta1}, b2={beta2}, eps={eps}, eps_root={eps_root}), "
    "optax.add_decayed_weights({weight_decay}), optax.scale_by_learning_rate({lr}))",
    optax_plain="optax.adabelief({lr}, b1={beta1}, b2={beta2}, eps={eps}, eps_root={eps_root})",
    pytorch_optimizer="pytorch_optimizer.AdaBelief(params, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, "
    "weight_decay={weight_decay})",
    dialects={"optax": Dialect()},
    special=(
        Special(
            "optax",
            {"eps_root": 0.0, "weight_decay": 0.0},
            "optax.adabelief({lr}, b1={beta1}, b2={beta2}, eps={eps}, eps_root={eps})",
        ),
        Special(
            "optax",
            {"eps_root": 0.0},
            "optax.chain(optax.scale_by_belief(b1={beta1}, b2={beta2}, eps={eps}, eps_root={eps}), "
            "optax.add_decayed_weights({weight_decay}), optax.scale_by_learning_rate({lr}))",
        ),
    ),
)
