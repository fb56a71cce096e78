"""D-Adaptation: Adam whose learning rate is an estimate of the distance to the solution."""

import numpy as np

from core.spec import Dialect, Hyper, Optimizer, Paper, Text, decay, epsilon, rate, weight_decay
from core.spec.meaning import DISTANCE, SQUARES


def update(p, g, t, here, m, v, s, d, r, lr, beta1, beta2, eps, d0, weight_decay):
    (x, y), (gx, gy), (mx, my), (vx, vy), (sx, sy) = p, g, m, v, s
    d, r = d0 if t == 1.0 else d[0], r[0]
    size, b = d * lr, np.sqrt(beta2)
    inner = gx * sx / (np.sqrt(vx) + eps) + gy * sy / (np.sqrt(vy) + eps)  # s and v are those before this gradient
    mx, my = beta1 * mx + (1 - beta1) * size * gx, beta1 * my + (1 - beta1) * size * gy
    vx, vy = beta2 * vx + (1 - beta2) * gx**2, beta2 * vy + (1 - beta2) * gy**2
    sx, sy = b * sx + (1 - b) * size * gx, b * sy + (1 - b) * size * gy
    r = b * r + (1 - b) * size * inner
    total = np.abs(sx) + np.abs(sy)
    d = np.maximum(d, r / ((1 - b) * total)) if total > 0.0 else d
    x, y = x * (1 - size * weight_decay), y * (1 - size * weight_decay)
    x, y = x - mx / (np.sqrt(vx) + eps), y - my / (np.sqrt(vy) + eps)
    return (x, y), (mx, my), (vx, vy), (sx, sy), (d, d), (r, r)


def as_optax(p, g, t, here, m, v, s, d, r, lr, beta1, beta2, eps, d0, weight_decay):
    """With Adam's bias correction in the rate; without any gradient, 0 / 0."""
    (x, y), (gx, gy), (mx, my), (vx, vy), (sx, sy) = p, g, m, v, s
    d, r = d0 if t == 1.0 else d[0], r[0]
    size, b = d * lr * np.sqrt(1 - beta2**t) / (1 - beta1**t), np.sqrt(beta2)
    inner = gx * sx / (np.sqrt(vx) + eps) + gy * sy / (np.sqrt(vy) + eps)
    mx, my = beta1 * mx + (1 - beta1) * size * gx, beta1 * my + (1 - beta1) * size * gy
    vx, vy = beta2 * vx + (1 - beta2) * gx**2, beta2 * vy + (1 - beta2) * gy**2
    sx, sy = b * sx + (1 - b) * size * gx, b * sy + (1 - b) * size * gy
    r = b * r + (1 - b) * size * inner
    d = np.maximum(d, r / ((1 - b) * (np.abs(sx) + np.abs(sy))))
    x, y = x * (1 - size * weight_decay), y * (1 - size * weight_decay)
    x, y = x - mx / (np.sqrt(vx) + eps), y - my / (np.sqrt(vy) + eps)
    return (x, y), (mx, my), (vx, vy), (sx, sy), (d, d), (r, r)


OPTIMIZER = Optimizer(
    update,
    name="D-Adapt Adam",
    family="unitless",
    hypers=(
        rate(1.0),
        decay("beta1", "β₁", 0.9, Text("decay of the mean", "평균의 감쇠율")),
        decay("beta2", "β₂", 0.999, Text("decay of the squares", "제곱의 감쇠율")),
        epsilon(1e-8),
        Hyper("d0", "d₀", 1e-6, 1e-8, 1.0, "log", Text("first guess of the distance", "거리의 초기 추정값"), rare=True),
        weight_decay(),
    ),
    latex=r"\eta_t = \eta\, d_t\ (d_1 = d_0),\quad b = \sqrt{\beta_2},\quad "
    r"m_t = \beta_1 m_{t-1} + (1-\beta_1)\,\eta_t\, g_t,\quad v_t = \beta_2 v_{t-1} + (1-\beta_2)\, g_t^2,\quad "
    r"s_t = b\, s_{t-1} + (1-b)\,\eta_t\, g_t,\quad u_t = \frac{s_{t-1}}{\sqrt{v_{t-1}} + \varepsilon},\quad "
    r"r_t = b\, r_{t-1} + (1-b)\,\eta_t\, g_t^\top u_t,\quad "
    r"d_{t+1} = \max\!\left(d_t, \frac{r_t}{(1-b)\,\lVert s_t\rVert_1}\right),\quad "
    r"x_t = x_{t-1} - \frac{m_t}{\sqrt{v_t} + \varepsilon}",
    paper=Paper(
        "A. Defazio, K. Mishchenko",
        "Learning-Rate-Free Learning by D-Adaptation",
        2023,
        "https://arxiv.org/abs/2301.07733",
    ),
    about=Text(
        "Adam without a learning rate to tune. The best rate depends on how far the start is from the solution; d "
        "estimates that distance from below, out of the gradients seen so far, and serves as the rate. It starts tiny, "
        "grows manifold from step to step and never falls: watch d climb and level off. For Adam the estimate is a rule "
        "of thumb; where it comes out too large, the point first flies too far. In the formula s is a running mean of "
        "the gradients times the rate, r one of how far each new gradient agrees with s; u divides by the v before "
        "today's gradient, as the authors' code does. Weight decay acts outside the gradient, as in AdamW.",
        "학습률을 조정하지 않아도 되는 Adam이다. 가장 좋은 학습률은 시작점이 해에서 얼마나 먼지에 달려 있는데, 지금까지 본 "
        "기울기로 그 거리를 아래에서부터 어림한 값 d를 학습률로 쓴다. d는 아주 작게 시작해 스텝마다 몇 배씩 커지고 줄어드는 일은 "
        "없다. d가 오르다가 평평해지는 모습을 지켜보자. Adam에서는 어림값일 뿐이라, 너무 크게 잡히면 처음에 멀리 튕겨 나간다. "
        "식에서 s는 학습률을 곱한 기울기의 이동 평균이고, r은 그 s가 새 기울기와 얼마나 같은 방향인지를 잰 값의 이동 평균이다. u는 "
        "저자들의 코드처럼 이번 기울기를 반영하기 전의 v로 나눈다. 가중치 감쇠는 AdamW처럼 기울기와 별도로 적용한다.",
    ),
    parent="adam",
    meanings={
        **DISTANCE,
        "m": Text("running mean of the gradients times the rate", "학습률을 곱한 기울기의 이동 평균"),
        "v": SQUARES,
    },
    optax="optax.contrib.dadapt_adamw({lr}, betas=({beta1}, {beta2}), eps={eps}, estim_lr0={d0}, "
    "weight_decay={weight_decay})",
    pytorch_optimizer="pytorch_optimizer.DAdaptAdam(params, lr={lr}, betas=({beta1}, {beta2}), d0={d0}, "
    "weight_decay={weight_decay}, weight_decouple=True, eps={eps})",
    differs={
        "optax": Text(
            "optax always corrects for Adam's start at zero; the authors' package and pytorch_optimizer do so only "
            "when asked. A first rate of 0, as its warm-up has it, makes the estimate 0 / 0.",
            "optax는 항상 Adam의 편향 보정을 적용한다. 저자들의 패키지와 pytorch_optimizer에서는 따로 켜야 한다. 워밍업 때문에 "
            "첫 학습률이 0이면 추정값이 0 / 0이 된다.",
        ),
    },
    dialects={"optax": Dialect(as_optax)},
)
