"""SOAP: Adam along the axes that Shampoo finds."""

import numpy as np

from core.spec import Hyper, Optimizer, Paper, Text, decay, epsilon, rate, weight_decay
from core.spec.meaning import MEAN


def update(p, g, t, here, m, v, axis, row_x, row_y, lr, beta1, beta2, eps, weight_decay, period):
    (x, y), (gx, gy), (mx, my), (v1, v2), (c, s) = p, g, m, v, axis
    (a, b), (_, d) = row_x, row_y  # L, symmetric
    dx, dy, rest = 0.0, 0.0, 1.0
    if t == 1.0:  # the first gradient does no more than set the axes
        length = np.sqrt(gx * gx + gy * gy)
        c, s = (gx / length, gy / length) if length > 0.0 else (1.0, 0.0)
    else:
        mx, my = beta1 * mx + (1 - beta1) * gx, beta1 * my + (1 - beta1) * gy
        g1, g2, m1, m2 = c * gx + s * gy, c * gy - s * gx, c * mx + s * my, c * my - s * mx  # along the axes
        v1, v2 = beta2 * v1 + (1 - beta2) * g1**2, beta2 * v2 + (1 - beta2) * g2**2
        size = lr * np.sqrt(1 - beta2 ** (t - 1)) / (1 - beta1 ** (t - 1))
        u1, u2 = size * m1 / (np.sqrt(v1) + eps), size * m2 / (np.sqrt(v2) + eps)
        dx, dy, rest = c * u1 - s * u2, s * u1 + c * u2, 1 - lr * weight_decay
    a, b, d = beta2 * a + (1 - beta2) * gx * gx, beta2 * b + (1 - beta2) * gx * gy, beta2 * d + (1 - beta2) * gy * gy
    if t > 1.0 and (t - 1) % period == 0.0:  # one step of the power iteration turns the axes
        ux, uy, wx, wy = a * c + b * s, b * c + d * s, b * c - a * s, d * c - b * s
        if c * ux + s * uy < c * wy - s * wx:  # the steeper axis comes first
            ux, uy, v1, v2 = wx, wy, v2, v1
        length = np.sqrt(ux * ux + uy * uy)
        c, s = (ux / length, uy / length) if length > 0.0 else (c, s)
    return ((x - dx) * rest, (y - dy) * rest), (mx, my), (v1, v2), (c, s), (a, b), (b, d)


OPTIMIZER = Optimizer(
    update,
    name="SOAP",
    family="adaptive",
    hypers=(
        rate(3e-3),
        decay("beta1", "β₁", 0.95, Text("decay of the mean", "평균의 감쇠율")),
        decay("beta2", "β₂", 0.95, Text("decay of the squares", "제곱의 감쇠율")),
        epsilon(1e-8),
        weight_decay(0.01),
        Hyper("period", "k", 10, 1, 100, label=Text("new axes every", "축 갱신 간격"), integer=True),
    ),
    latex=r"m_t = \beta_1 m_{t-1} + (1-\beta_1)\, g_t,\quad "
    r"v_t = \beta_2 v_{t-1} + (1-\beta_2)\,(Q^\top g_t)^2,\quad "
    r"x_t = (1-\eta\lambda)\left(x_{t-1} - \eta\,\frac{\sqrt{1-\beta_2^{t-1}}}{1-\beta_1^{t-1}}\; "
    r"Q\,\frac{Q^\top m_t}{\sqrt{v_t} + \varepsilon}\right),\quad "
    r"L_t = \beta_2 L_{t-1} + (1-\beta_2)\, g_t g_t^\top,\quad "
    r"Q := \operatorname{qr}(L_t Q)\ \ (k \mid t - 1)",
    paper=Paper(
        "N. Vyas, D. Morwani, R. Zhao, M. Kwun, I. Shapira, D. Brandfonbrener, L. Janson, S. Kakade",
        "SOAP: Improving and Stabilizing Shampoo using Adam",
        2024,
        "https://arxiv.org/abs/2409.11321",
    ),
    about=Text(
        "Adam squares gradients coordinate by coordinate and so is blind to a ravine that runs across the axes. SOAP "
        "turns the axes Q along the eigenvectors of Shampoo's matrix L, a running mean here, and lets Adam work there: "
        "every k steps one power iteration turns them, of which qr keeps the orthogonal factor. Compare both on a "
        "turned surface; the first step only sets the axes.",
        "Adam은 좌표마다 기울기를 제곱하므로 축에 비스듬한 골짜기를 알아보지 못한다. SOAP은 Shampoo의 행렬 L(여기서는 이동 평균)의 "
        "고유벡터 방향으로 축 Q를 돌리고, 그 축에서 Adam을 쓴다. 축은 k 스텝마다 거듭제곱법을 한 번 적용해 돌리며, qr은 그 결과의 "
        "직교 인수를 뜻한다. 지형을 돌려 놓고 둘을 비교해 보자. 첫 스텝에는 축만 정하고 움직이지 않는다.",
    ),
    parent="shampoo",
    meanings={
        "m": MEAN,
        "v": Text("running mean of the squares along the turned axes", "돌린 축에서 잰 기울기 제곱의 이동 평균"),
        "axis": Text("direction of the first axis", "첫째 축의 방향"),
        "row_x": Text("first row of L, the running mean of g gᵀ", "g gᵀ의 이동 평균인 L의 첫째 행"),
        "row_y": Text("second row of L", "L의 둘째 행"),
    },
    pytorch_optimizer="pytorch_optimizer.SOAP(params, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, "
    "weight_decay={weight_decay}, precondition_frequency={period}, precondition_1d=True)",
    differs={
        "pytorch_optimizer": Text(
            "pytorch_optimizer turns the axes in float32, whatever the precision of the parameters, so its path "
            "differs from the seventh digit on. A vector keeps the coordinates' own axes unless precondition_1d=True.",
            "pytorch_optimizer는 파라미터의 정밀도와 관계없이 축을 float32로 계산하므로 경로가 일곱째 자리부터 달라진다. 벡터는 "
            "precondition_1d=True를 주어야 축을 돌린다.",
        ),
    },
)
