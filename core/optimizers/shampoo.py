"""Shampoo: AdaGrad with the whole matrix, divided by its square root."""

import numpy as np

from core.spec import Optimizer, Paper, Text, epsilon, rate


def update(p, g, t, here, row_x, row_y, det, lr, eps):
    (x, y), (gx, gy), det = p, g, det[0]
    (a, b), (_, d) = row_x, row_y  # L, symmetric
    if t == 1.0:
        a, d, det = eps, eps, eps * eps
    vx, vy = d * gx - b * gy, a * gy - b * gx  # det L^-1 g
    det = det + gx * vx + gy * vy
    a, b, d = a + gx * gx, b + gx * gy, d + gy * gy
    # Of two by two, L^(-1/2) is (det L^-1 + I root) / (root sqrt(trace + 2 root)), and g g' adds nothing to det L^-1 g
    root = np.sqrt(det)
    size = lr / (root * np.sqrt(a + d + 2 * root))
    return (x - size * (vx + root * gx), y - size * (vy + root * gy)), (a, b), (b, d), (det, det)


OPTIMIZER = Optimizer(
    update,
    name="Shampoo",
    family="adagrad",
    hypers=(rate(0.1), epsilon(1e-4)),
    latex=r"L_t = L_{t-1} + g_t g_t^\top,\quad L_0 = \varepsilon I,\quad x_t = x_{t-1} - \eta\, L_t^{-1/2} g_t",
    paper=Paper(
        "V. Gupta, T. Koren, Y. Singer",
        "Shampoo: Preconditioned Stochastic Tensor Optimization",
        2018,
        "https://arxiv.org/abs/1802.09568",
    ),
    about=Text(
        "AdaGrad remembers how steep each coordinate was; Shampoo also remembers how the coordinates moved together, so "
        "a ravine may run in any direction: turn the surface and the path turns with it. A weight matrix gets one such "
        "matrix for its rows and one for its columns, each to the power −1/4; a single vector, as here, has one to the "
        "power −1/2, which is AdaGrad with the whole matrix.",
        "AdaGrad가 좌표마다 얼마나 가팔랐는지만 기억한다면, Shampoo는 좌표들이 함께 움직인 정도까지 기억한다. 그래서 골짜기가 "
        "어느 방향으로 뻗어 있어도 되고, 지형을 돌리면 경로도 똑같이 돌아간다. 가중치 행렬에는 행과 열에 하나씩 이런 행렬을 "
        "두고 각각 −1/4제곱을 곱한다. 여기처럼 벡터 하나면 −1/2제곱 하나뿐이며, 행렬 전체를 쓰는 AdaGrad와 같다.",
    ),
    parent="adagrad",
    meanings={
        "row_x": Text("first row of L, the sum of all g gᵀ", "모든 g gᵀ의 합인 L의 첫째 행"),
        "row_y": Text("second row of L", "L의 둘째 행"),
        "det": Text("determinant of L", "L의 행렬식"),
    },
    pytorch_optimizer="pytorch_optimizer.Shampoo(params, lr={lr}, matrix_eps={eps})",
    differs={
        "pytorch_optimizer": Text(
            "The rule is the same; by default lr is 0.001 and ε 1e-6.",
            "규칙은 같고, 기본값은 학습률이 0.001, ε이 1e-6이다.",
        )
    },
)
