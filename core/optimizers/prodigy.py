"""Prodigy: D-Adaptation by the way really gone, in which late gradients count more."""

import numpy as np

from core.spec import Dialect, Hyper, Optimizer, Paper, Text, decay, epsilon, rate, weight_decay
from core.spec.meaning import DISTANCE


def update(p, g, t, here, m, v, s, d, r, first, lr, beta1, beta2, eps, d0, d_coef, weight_decay):
    (x, y), (gx, gy), (mx, my), (vx, vy), (sx, sy) = p, g, m, v, s
    (x0, y0), d, r = (p, d0, 0.0) if t == 1.0 else (first, d[0], r[0])
    size, b = d * lr, np.sqrt(beta2)
    r = b * r + d / d0 * size * (gx * (x0 - x) + gy * (y0 - y))
    mx, my = beta1 * mx + (1 - beta1) * d * gx, beta1 * my + (1 - beta1) * d * gy
    vx, vy = beta2 * vx + (1 - beta2) * (d * gx) ** 2, beta2 * vy + (1 - beta2) * (d * gy) ** 2
    sx, sy = b * sx + d / d0 * size * gx, b * sy + d / d0 * size * gy
    total = np.abs(sx) + np.abs(sy)
    d = np.maximum(d, d_coef * r / total) if total > 0.0 else d
    x, y = x * (1 - size * weight_decay), y * (1 - size * weight_decay)
    x, y = x - size * mx / (np.sqrt(vx) + d * eps), y - size * my / (np.sqrt(vy) + d * eps)
    return (x, y), (mx, my), (vx, vy), (sx, sy), (d, d), (r, r), (x0, y0)


def as_optax(p, g, t, here, m, v, s, d, r, first, lr, beta1, beta2, eps, d0, d_coef, weight_decay):
    """With Adam's bias correction in the rate; without any gradient, 0 / 0."""
    (x, y), (gx, gy), (mx, my), (vx, vy), (sx, sy) = p, g, m, v, s
    (x0, y0), d, r = (p, d0, 0.0) if t == 1.0 else (first, d[0], r[0])
    size, b = d * lr * np.sqrt(1 - beta2**t) / (1 - beta1**t), np.sqrt(beta2)
    r = b * r + d / d0 * size * (gx * (x0 - x) + gy * (y0 - y))
    mx, my = beta1 * mx + (1 - beta1) * d * gx, beta1 * my + (1 - beta1) * d * gy
    vx, vy = beta2 * vx + (1 - beta2) * (d * gx) ** 2, beta2 * vy + (1 - beta2) * (d * gy) ** 2
    sx, sy = b * sx + d / d0 * size * gx, b * sy + d / d0 * size * gy
    d = np.maximum(d, d_coef * r / (np.abs(sx) + np.abs(sy)))
    x, y = x * (1 - size * weight_decay), y * (1 - size * weight_decay)
    x, y = x - size * mx / (np.sqrt(vx) + d * eps), y - size * my / (np.sqrt(vy) + d * eps)
    return (x, y), (mx, my), (vx, vy), (sx, sy), (d, d), (r, r), (x0, y0)


OPTIMIZER = Optimizer(
    update,
    name="Prodigy",
    family="unitless",
    hypers=(
        rate(1.0),
        decay("beta1", "β₁", 0.9, Text("decay of the mean", "평균의 감쇠율")),
        decay("beta2", "β₂", 0.999, Text("decay of the squares", "제곱의 감쇠율")),
        epsilon(1e-8),
        Hyper("d0", "d₀", 1e-6, 1e-8, 1.0, "log", Text("first guess of the distance", "거리의 초기 추정값"), rare=True),
        Hyper("d_coef", "c", 1.0, 0.1, 10.0, "log", Text("factor of the distance", "거리에 곱하는 값"), rare=True),
        weight_decay(),
    ),
    latex=r"m_t = \beta_1 m_{t-1} + (1-\beta_1)\, d_t g_t,\quad v_t = \beta_2 v_{t-1} + (1-\beta_2)\, d_t^2 g_t^2,\quad "
    r"r_t = \sqrt{\beta_2}\, r_{t-1} + \eta d_t^2 \langle g_t, x_0 - x_{t-1}\rangle,\quad "
    r"s_t = \sqrt{\beta_2}\, s_{t-1} + \eta d_t^2 g_t,\quad "
    r"d_{t+1} = \max\!\left(d_t, \frac{c\, r_t}{\lVert s_t\rVert_1}\right),\quad "
    r"x_t = x_{t-1} - \frac{\eta d_t\, m_t}{\sqrt{v_t} + d_{t+1}\varepsilon}",
    paper=Paper(
        "K. Mishchenko, A. Defazio",
        "Prodigy: An Expeditiously Adaptive Parameter-Free Learner",
        2023,
        "https://arxiv.org/abs/2306.06101",
    ),
    about=Text(
        "Adam that finds its own learning rate d. Unlike D-Adaptation it measures by the way really gone, x₀ − x, and "
        "counts late gradients more, by the square of the d of their time: on a convex function, with c = 1, d never grows "
        "beyond the distance from the start to the solution. Used to fine-tune image models without a search for the rate; watch "
        "d leap up within the first steps and stay there.",
        "학습률 d를 스스로 찾는 Adam이다. D-Adaptation과 달리 실제로 움직인 거리 x₀ − x로 어림하고, 나중 기울기일수록 그때의 "
        "d를 제곱해 더 크게 반영한다. 그래서 볼록함수에서 c = 1이면 d가 시작점과 해 사이의 거리를 넘어 커지지 않는다. 학습률 탐색 "
        "없이 이미지 생성 모델을 미세 조정할 때 많이 쓴다. 처음 몇 스텝 만에 d가 뛰어오른 뒤 그대로 머무는 것을 눈여겨보자.",
    ),
    parent="dadapt_adam",
    meanings={
        **DISTANCE,
        "m": Text("running mean of the gradients times d", "d를 곱한 기울기의 이동 평균"),
        "v": Text("running mean of their squares", "그 제곱의 이동 평균"),
        "first": Text("starting point", "시작점"),
    },
    optax="optax.contrib.prodigy({lr}, betas=({beta1}, {beta2}), eps={eps}, estim_lr0={d0}, estim_lr_coef={d_coef}, "
    "weight_decay={weight_decay})",
    pytorch_optimizer="pytorch_optimizer.Prodigy(params, lr={lr}, betas=({beta1}, {beta2}), d0={d0}, d_coef={d_coef}, "
    "weight_decay={weight_decay}, eps={eps})",
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
