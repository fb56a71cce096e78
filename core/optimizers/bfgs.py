"""BFGS: learns the inverse Hessian from the gradients it meets on the way."""

import numpy as np

from core.spec import Hyper, Optimizer, Paper, Text, rate
from core.spec.meaning import BEFORE


def update(p, g, t, here, row_x, row_y, step, last, lr, shrink):
    (x, y), (gx, gy), (sx, sy) = p, g, step
    (a, b), (_, d) = row_x, row_y  # H, symmetric: as much of the inverse Hessian as is known
    if t == 1.0:
        a, b, d = 1.0 / np.maximum(1.0, np.abs(gx) + np.abs(gy)), 0.0, 1.0 / np.maximum(1.0, np.abs(gx) + np.abs(gy))
    qx, qy = gx - last[0], gy - last[1]  # by how much the gradient changed along the step s
    sq, qq, ss = sx * qx + sy * qy, qx * qx + qy * qy, sx * sx + sy * sy
    if sq > 1e-8 * np.sqrt(ss * qq):  # else the surface bends down along the step, and H would lose its sign
        if t == 2.0:
            a, b, d = sq / qq, 0.0, sq / qq
        # H <- (I - s q'/s'q) H (I - q s'/s'q) + s s'/s'q
        hx, hy = (a * qx + b * qy) / sq, (b * qx + d * qy) / sq
        c = qx * hx + qy * hy + 1.0
        a = a + c * sx * sx / sq - 2.0 * hx * sx
        b = b + c * sx * sy / sq - hx * sy - hy * sx
        d = d + c * sy * sy / sq - 2.0 * hy * sy
    vx, vy = -(a * gx + b * gy), -(b * gx + d * gy)

    size = lr
    f, _, _ = here.look(x + size * vx, y + size * vy)
    promised = 1e-4 * (vx * gx + vy * gy)  # the least that a step has to gain, per length (Armijo, 1966)
    while not f <= here.f + size * promised and shrink * size > 1e-10 * lr:
        size, f = shrink * size, here.f
        if x + size * vx != x or y + size * vy != y:  # at rest no step is long enough to get anywhere
            f, _, _ = here.look(x + size * vx, y + size * vy)
    sx, sy = size * vx, size * vy
    return (x + sx, y + sy), (a, b), (b, d), (sx, sy), (gx, gy)


OPTIMIZER = Optimizer(
    update,
    name="BFGS",
    family="unitless",
    hypers=(
        rate(1.0),
        Hyper("shrink", "ρ", 0.5, 0.0, 0.9, label=Text("line search: shrink by", "직선 탐색 축소 비율")),
    ),
    latex=(
        r"s = x_{t-1} - x_{t-2},\quad q = g_t - g_{t-1},\quad V = I - \frac{q s^\top}{s^\top q},\quad "
        r"H_t = V^\top H_{t-1} V + \frac{s s^\top}{s^\top q},\quad "
        r"x_t = x_{t-1} - \eta_t H_t g_t\qquad(\eta_t:\ \text{Backtracking})"
    ),
    paper=Paper(
        "C. G. Broyden",
        "The Convergence of a Class of Double-rank Minimization Algorithms",
        1970,
        "https://doi.org/10.1093/imamat/6.1.76",
    ),
    about=Text(
        "Newton without the Hessian: how the gradient changed along a step tells the curvature in that direction, and "
        "step by step a matrix H collects what is known of the Hessian's inverse. Each step is shortened until the loss "
        "falls enough. It is a standard for smooth functions; noise in the gradients ruins what it learns. Fletcher, "
        "Goldfarb and Shanno published it in the same year.",
        "헤세 행렬을 계산하지 않는 뉴턴법이다. 한 스텝 사이에 기울기가 얼마나 변했는지 보면 그 방향의 곡률을 알 수 있으므로, "
        "이를 모아 헤세 행렬의 역행렬을 어림하는 행렬 H를 만들어 간다. 손실이 충분히 줄 때까지 스텝을 줄인다(직선 탐색). 매끄러운 "
        "함수에는 표준처럼 쓰이지만, 기울기에 노이즈가 섞이면 배운 것이 망가져 미니배치 학습에는 맞지 않는다. 같은 해에 "
        "Fletcher, Goldfarb, Shanno도 각각 발표했다.",
    ),
    parent="newton",
    meanings={
        "row_x": Text("first row of H, the inverse Hessian as far as known", "지금까지 알아낸 헤세 역행렬 H의 첫째 행"),
        "row_y": Text("second row of H", "H의 둘째 행"),
        "step": Text("the last step", "직전 스텝"),
        "last": BEFORE,
        "size": Text("share of the step that is taken", "실제로 가는 스텝의 비율"),
        "promised": Text("least gain that is asked for", "요구하는 최소 감소량"),
    },
    differs={
        "pytorch": Text(
            "PyTorch has L-BFGS, which keeps the last steps in place of the matrix and searches along the line only "
            "when told to.",
            "PyTorch에는 행렬 대신 최근 몇 스텝만 저장하는 L-BFGS가 있고, 직선 탐색은 따로 켜야 한다.",
        ),
        "optax": Text(
            "optax has L-BFGS with another line search.",
            "optax에는 직선 탐색 방식이 다른 L-BFGS가 있다.",
        ),
    },
)
