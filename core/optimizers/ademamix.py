"""AdEMAMix: Adam with a second, very slow mean of the gradients beside the fast one."""

import numpy as np

from core.spec import Dialect, Hyper, Optimizer, Paper, Special, Text, decay, epsilon, rate, weight_decay


def update(x, g, t, m, slow, v, lr, beta1, beta2, beta3, alpha, ramp, eps, weight_decay):
    x = x * (1 - lr * weight_decay)
    if t < ramp:  # α grows evenly, and the half-life of the slow mean from that of the fast one
        alpha = alpha * t / ramp
        beta3 = np.minimum(np.exp(1 / ((1 - t / ramp) / np.log(beta1) + t / ramp / np.log(beta3))), beta3)
    m = beta1 * m + (1 - beta1) * g
    slow = beta3 * slow + (1 - beta3) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return x - lr * (m_hat + alpha * slow) / (np.sqrt(v_hat) + eps), m, slow, v


OPTIMIZER = Optimizer(
    update,
    name="AdEMAMix",
    family="adaptive",
    hypers=(
        rate(1e-3),
        decay("beta1", "β₁", 0.9, Text("decay of the fast mean", "빠른 평균의 감쇠율")),
        decay("beta2", "β₂", 0.999, Text("decay of the squares", "제곱의 감쇠율")),
        decay("beta3", "β₃", 0.9999, Text("decay of the slow mean", "느린 평균의 감쇠율")),
        Hyper("alpha", "α", 5.0, 0.0, 20.0, label=Text("weight of the slow mean", "느린 평균의 가중치")),
        Hyper(
            "ramp",
            "T",
            0,
            0,
            5000,
            label=Text("steps until α and β₃ are full", "α와 β₃가 다 커지는 스텝"),
            integer=True,
        ),
        epsilon(1e-8),
        weight_decay(),
    ),
    latex=r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad s_t = \beta_3 s_{t-1} + (1-\beta_3) g_t,\quad "
    r"v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\quad "
    r"\hat m_t = \frac{m_t}{1-\beta_1^t},\quad \hat v_t = \frac{v_t}{1-\beta_2^t},\quad "
    r"x_t = x_{t-1} - \eta\,\frac{\hat m_t + \alpha s_t}{\sqrt{\hat v_t} + \varepsilon}",
    paper=Paper(
        "M. Pagliardini, P. Ablin, D. Grangier",
        "The AdEMAMix Optimizer: Better, Faster, Older",
        2024,
        "https://arxiv.org/abs/2409.03137",
    ),
    about=Text(
        "Adam with two memories: the fast mean reacts as usual, and a slow one still knows gradients that are thousands "
        "of steps old. On a surface the slow mean pushes on long after the bottom is reached, so it overshoots far; its "
        "gain shows in long, noisy training. T lets α and β₃ grow slowly, which keeps the start from going astray. "
        "Weight decay acts outside the gradient, as in AdamW.",
        "기억이 두 개인 Adam이다. 빠른 평균은 평소처럼 반응하고, 느린 평균은 수천 스텝 전의 기울기까지 기억한다. 지형 위에서는 바닥에 닿은 "
        "뒤에도 느린 평균이 계속 밀어 멀리 지나치며, 장점은 노이즈가 많은 긴 학습에서 드러난다. T를 주면 α와 β₃가 서서히 커져 출발이 "
        "흔들리지 않는다. 가중치 감쇠는 AdamW처럼 기울기와 별도로 적용한다.",
    ),
    parent="adam",
    meanings={"slow": Text("slow running mean of the gradients", "기울기의 느린 이동 평균")},
    optax="optax.contrib.ademamix({lr}, b1={beta1}, b2={beta2}, b3={beta3}, alpha={alpha}, eps={eps}, "
    "weight_decay={weight_decay})",
    pytorch_optimizer="pytorch_optimizer.AdEMAMix(params, lr={lr}, betas=({beta1}, {beta2}, {beta3}), alpha={alpha}, "
    "t_alpha_beta3={ramp}, eps={eps}, weight_decay={weight_decay}, weight_decouple=True)",
    dialects={"optax": Dialect()},
    special=(
        Special(
            "pytorch_optimizer",
            {"ramp": 0.0},
            "pytorch_optimizer.AdEMAMix(params, lr={lr}, betas=({beta1}, {beta2}, {beta3}), alpha={alpha}, eps={eps}, "
            "weight_decay={weight_decay}, weight_decouple=True)",
        ),
        Special("pytorch_optimizer", {"beta1": 0.0}),  # of which it takes the logarithm
    ),
)
