"""Sophia: momentum divided by the curvature of each coordinate, and cut off where that would lead too far."""

import numpy as np

from core.spec import Hyper, Optimizer, Paper, Text, decay, epsilon, rate, weight_decay
from core.spec.meaning import MEAN


def update(p, g, t, here, m, h, lr, beta1, beta2, gamma, eps, weight_decay, period):
    (x, y), (gx, gy), (mx, my), (hx, hy) = p, g, m, h
    mx, my = beta1 * mx + (1 - beta1) * gx, beta1 * my + (1 - beta1) * gy
    if (t - 1) % period == 0.0:  # the curvature is asked for now and then only
        xx, _, yy = here.bend()
        hx, hy = beta2 * hx + (1 - beta2) * xx, beta2 * hy + (1 - beta2) * yy
    ux, uy = mx / np.maximum(gamma * hx, eps), my / np.maximum(gamma * hy, eps)
    ux, uy = np.maximum(-1.0, np.minimum(ux, 1.0)), np.maximum(-1.0, np.minimum(uy, 1.0))
    x, y = x * (1 - lr * weight_decay), y * (1 - lr * weight_decay)
    return (x - lr * ux, y - lr * uy), (mx, my), (hx, hy)


OPTIMIZER = Optimizer(
    update,
    name="Sophia",
    family="adaptive",
    hypers=(
        rate(6e-4),
        decay("beta1", "β₁", 0.96, Text("decay of the mean", "평균의 감쇠율")),
        decay("beta2", "β₂", 0.99, Text("decay of the curvature", "곡률의 감쇠율")),
        Hyper("gamma", "γ", 0.01, 1e-4, 1.0, "log", Text("share of the curvature", "곡률의 비중")),
        epsilon(1e-12),
        weight_decay(),
        Hyper("period", "k", 10, 1, 100, label=Text("curvature every", "곡률 계산 간격"), integer=True),
    ),
    latex=r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad "
    r"h_t = \begin{cases}\beta_2 h_{t-1} + (1-\beta_2)\operatorname{diag}\nabla^2 f(x_{t-1}) & k \mid t-1\\ "
    r"h_{t-1} & k \nmid t-1\end{cases},\quad "
    r"x_t = x_{t-1} - \eta\lambda x_{t-1} - \eta\operatorname{clip}\!\left(\frac{m_t}{\max(\gamma h_t, \varepsilon)},"
    r" 1\right)",
    paper=Paper(
        "H. Liu, Z. Li, D. Hall, P. Liang, T. Ma",
        "Sophia: A Scalable Stochastic Second-order Optimizer for Language Model Pre-training",
        2024,
        "https://arxiv.org/abs/2305.14342",
    ),
    about=Text(
        "Newton's idea for large models: each coordinate is divided by its own curvature, looked up every k steps and "
        "averaged. Where the curvature is small, negative or out of date, no coordinate goes further than lr, so it does "
        "not run to a saddle as Newton does; there it steps by the sign of the momentum. For networks the diagonal of "
        "the Hessian is estimated, from random probes (Sophia-H) or from labels drawn by the model itself (Sophia-G); "
        "here it is exact.",
        "뉴턴법의 발상을 큰 모델에 맞춘 것이다. k 스텝마다 곡률을 구해 이동평균을 내고, 좌표마다 자기 곡률로 나눈다. 곡률이 "
        "작거나 음수이거나 오래된 값이어도 좌표마다 lr보다 멀리 가지 않으므로 뉴턴법처럼 안장점으로 향하지 않고, 이때는 "
        "모멘텀의 부호 방향으로 lr만큼 움직인다. 신경망에서는 헤세 행렬의 대각 성분을 무작위 벡터(Sophia-H)나 모델이 스스로 뽑은 "
        "레이블(Sophia-G)로 추정하지만 여기서는 정확한 값을 쓴다.",
    ),
    parent="newton",
    meanings={"m": MEAN, "h": Text("running mean of the curvatures", "곡률의 이동 평균")},
    differs={
        "optax": Text(
            "optax.contrib.sophia estimates the diagonal from random signs, takes it into account one step later, "
            "and corrects the mean for its start at zero.",
            "optax.contrib.sophia는 대각 성분을 무작위 부호로 추정하고 한 스텝 늦게 반영하며, 평균에 편향 보정을 한다.",
        ),
        "pytorch_optimizer": Text(
            "pytorch_optimizer.SophiaH estimates the diagonal from random probes. It has no γ and cuts at p = 0.01 "
            "instead of 1: the same as γ = p at p times the rate.",
            "pytorch_optimizer.SophiaH는 대각 성분을 무작위 벡터로 추정한다. γ가 없고 1 대신 p = 0.01에서 자르는데, γ = p로 두고 "
            "학습률에 p를 곱한 것과 같다.",
        ),
    },
)
