"""Shampoo: AdaGrad with the whole matrix, divided by its square root."""

import numpy as np

from core.spec import Optimizer, Paper, Text, epsilon, rate


def update(p, g, t, here, row_x, row_y, lr, eps):
    (x, y), (gx, gy) = p, g
    (a, b), (_, d) = row_x, row_y  # L, symmetric
    if t == 1.0:
        a, d = eps, eps
    a, b, d = a + gx * gx, b + gx * gy, d + gy * gy
    root = np.sqrt(a * d - b * b)  # of the determinant
    # L^(-1/2) of two by two: (L + root I)^(-1) times the square root of its trace
    scale = lr / (root * np.sqrt(a + d + 2 * root))
    x, y = x - scale * ((d + root) * gx - b * gy), y - scale * ((a + root) * gy - b * gx)
    return (x, y), (a, b), (b, d)


OPTIMIZER = Optimizer(
    update,
    name="Shampoo",
    family="adagrad",
    hypers=(rate(0.1), epsilon(1e-6)),
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
    pytorch_optimizer="pytorch_optimizer.Shampoo(params, lr={lr}, matrix_eps={eps})",
)
