"""L-BFGS: the last few steps and what the gradient did on them, in place of a matrix."""

import numpy as np

from core.spec import Dialect, Hyper, Optimizer, Paper, Text, rate
from core.spec.meaning import BEFORE


def update(p, g, t, here, step, last, s1, q1, s2, q2, s3, q3, lr, memory, shrink):
    (x, y), (gx, gy) = p, g
    sx, sy = step
    qx, qy = gx - last[0], gy - last[1]  # by how much the gradient changed along the step s
    if t > 1.0 and sx * qx + sy * qy > 1e-10:
        s3, q3, s2, q2 = s2, q2, s1, q1
    else:  # the surface bends down along the step, which is forgotten
        (sx, sy), (qx, qy) = s1, q1
    sq1, sq2, sq3 = sx * qx + sy * qy, s2[0] * q2[0] + s2[1] * q2[1], s3[0] * q3[0] + s3[1] * q3[1]
    # From the last step to the first, and back: what H g is, without H
    vx, vy = -gx, -gy
    a1 = (sx * vx + sy * vy) / sq1 if sq1 > 0.0 else 0.0
    vx, vy = vx - a1 * qx, vy - a1 * qy
    a2 = (s2[0] * vx + s2[1] * vy) / sq2 if sq2 > 0.0 and memory > 1.0 else 0.0
    vx, vy = vx - a2 * q2[0], vy - a2 * q2[1]
    a3 = (s3[0] * vx + s3[1] * vy) / sq3 if sq3 > 0.0 and memory > 2.0 else 0.0
    vx, vy = vx - a3 * q3[0], vy - a3 * q3[1]
    scale = sq1 / (qx * qx + qy * qy) if sq1 > 0.0 else 1.0
    vx, vy = scale * vx, scale * vy
    b3 = (q3[0] * vx + q3[1] * vy) / sq3 if sq3 > 0.0 and memory > 2.0 else 0.0
    vx, vy = vx + (a3 - b3) * s3[0], vy + (a3 - b3) * s3[1]
    b2 = (q2[0] * vx + q2[1] * vy) / sq2 if sq2 > 0.0 and memory > 1.0 else 0.0
    vx, vy = vx + (a2 - b2) * s2[0], vy + (a2 - b2) * s2[1]
    b1 = (qx * vx + qy * vy) / sq1 if sq1 > 0.0 else 0.0
    vx, vy = vx + (a1 - b1) * sx, vy + (a1 - b1) * sy

    whole = lr / np.maximum(1.0, np.abs(gx) + np.abs(gy)) if t == 1.0 else lr  # at first nothing is known of the scale
    promised, size, k, short = 1e-4 * (vx * gx + vy * gy), whole, 0.0, shrink > 0.0
    while short:
        size = whole * shrink**k
        f, _, _ = here.look(x + size * vx, y + size * vy)
        short = not f <= here.f + size * promised and size > 1e-10 * whole
        k = k + 1.0
    dx, dy = size * vx, size * vy
    return (x + dx, y + dy), (dx, dy), (gx, gy), (sx, sy), (qx, qy), s2, q2, s3, q3


def as_optax(p, g, t, here, step, last, s1, q1, s2, q2, s3, q3, lr, memory, shrink):
    """Every pair is kept, also where the surface bends down; the first step is no longer than 1 by Pythagoras."""
    (x, y), (gx, gy) = p, g
    sx, sy = step
    qx, qy = gx - last[0], gy - last[1]
    if t > 1.0:
        s3, q3, s2, q2 = s2, q2, s1, q1
    else:
        (sx, sy), (qx, qy) = s1, q1
    sq1, sq2, sq3 = sx * qx + sy * qy, s2[0] * q2[0] + s2[1] * q2[1], s3[0] * q3[0] + s3[1] * q3[1]
    vx, vy = -gx, -gy
    a1 = (sx * vx + sy * vy) / sq1 if sq1 != 0.0 else 0.0
    vx, vy = vx - a1 * qx, vy - a1 * qy
    a2 = (s2[0] * vx + s2[1] * vy) / sq2 if sq2 != 0.0 and memory > 1.0 else 0.0
    vx, vy = vx - a2 * q2[0], vy - a2 * q2[1]
    a3 = (s3[0] * vx + s3[1] * vy) / sq3 if sq3 != 0.0 and memory > 2.0 else 0.0
    vx, vy = vx - a3 * q3[0], vy - a3 * q3[1]
    qq = qx * qx + qy * qy
    scale = np.minimum(1.0, 1.0 / np.sqrt(gx * gx + gy * gy)) if t == 1.0 else sq1 / qq if qq > 0.0 else 1.0
    vx, vy = scale * vx, scale * vy
    b3 = (q3[0] * vx + q3[1] * vy) / sq3 if sq3 != 0.0 and memory > 2.0 else 0.0
    vx, vy = vx + (a3 - b3) * s3[0], vy + (a3 - b3) * s3[1]
    b2 = (q2[0] * vx + q2[1] * vy) / sq2 if sq2 != 0.0 and memory > 1.0 else 0.0
    vx, vy = vx + (a2 - b2) * s2[0], vy + (a2 - b2) * s2[1]
    b1 = (qx * vx + qy * vy) / sq1 if sq1 != 0.0 else 0.0
    vx, vy = vx + (a1 - b1) * sx, vy + (a1 - b1) * sy

    promised, size, k, short = 1e-4 * (vx * gx + vy * gy), lr, 0.0, shrink > 0.0
    while short:
        size = lr * shrink**k
        f, _, _ = here.look(x + size * vx, y + size * vy)
        short = not f <= here.f + size * promised and size > 1e-10 * lr
        k = k + 1.0
    dx, dy = size * vx, size * vy
    return (x + dx, y + dy), (dx, dy), (gx, gy), (sx, sy), (qx, qy), s2, q2, s3, q3


OPTIMIZER = Optimizer(
    update,
    name="L-BFGS",
    family="unitless",
    hypers=(
        rate(1.0),
        Hyper(
            "memory",
            "m",
            3,
            1,
            3,
            label=Text("steps remembered", "기억하는 스텝 수"),
            integer=True,
            beyond={"pytorch": 100, "optax": 10},
        ),
        Hyper("shrink", "ρ", 0.0, 0.0, 0.9, label=Text("line search: shrink by", "직선 탐색 축소 비율")),
    ),
    latex=(
        r"s_i = x_i - x_{i-1},\quad q_i = g_{i+1} - g_i\ \ (i = t-m, \dots, t-1),\quad "
        r"H_t:\ \text{BFGS}(s_{t-m}, q_{t-m}, \dots, s_{t-1}, q_{t-1}),\quad "
        r"x_t = x_{t-1} - \eta_t H_t g_t,\quad "
        r"\eta_t = \eta\ (\rho = 0),\ \text{Backtracking}\ (\rho > 0)"
    ),
    paper=Paper(
        "D. C. Liu, J. Nocedal",
        "On the limited memory BFGS method for large scale optimization",
        1989,
        "https://doi.org/10.1007/BF01589116",
    ),
    about=Text(
        "BFGS without its matrix, so that it fits a million parameters: it keeps the last m steps with the change of the "
        "gradient on them, and from these computes the direction anew. Two steps tell all of a quadratic on the plane. "
        "PyTorch's form, as here, takes the whole step unchecked; with ρ > 0 each step is shortened until it pays.",
        "행렬을 저장하지 않아 파라미터가 백만 개라도 쓸 수 있는 BFGS이다. 최근 m개의 스텝과 그때 기울기가 변한 양만 저장해 두고, "
        "방향은 매번 이것으로 다시 계산한다. 평면의 이차함수라면 두 스텝으로 곡률을 모두 알 수 있다. 여기서는 PyTorch의 기본값처럼 "
        "확인 없이 온전한 스텝을 밟는다. ρ > 0이면 손실이 충분히 줄 때까지 스텝을 줄인다.",
    ),
    parent="bfgs",
    meanings={
        "step": Text("the last step", "직전 스텝"),
        "last": BEFORE,
        "s1": Text("latest step that is remembered", "기억하는 스텝 중 가장 최근 것"),
        "q1": Text("change of the gradient on it", "그 스텝에서 기울기가 변한 양"),
        "s2": Text("step before that", "그보다 하나 전의 스텝"),
        "q2": Text("change of the gradient on that step", "그 스텝에서 기울기가 변한 양"),
        "s3": Text("oldest step that is remembered", "기억하는 스텝 중 가장 오래된 것"),
        "q3": Text("change of the gradient on the oldest step", "가장 오래된 스텝에서 기울기가 변한 양"),
        "promised": Text("least gain that is asked for", "요구하는 최소 감소량"),
    },
    pytorch="torch.optim.LBFGS(params, lr={lr}, max_iter=1, tolerance_grad=0, tolerance_change=0, history_size={memory})",
    optax="optax.lbfgs({lr}, memory_size={memory}, linesearch=None)",
    differs={
        "pytorch": Text(
            "PyTorch remembers 100 steps, and one call of step() makes up to 20 of them unless max_iter=1. "
            'line_search_fn="strong_wolfe" searches along the line, both ways.',
            "PyTorch는 스텝을 100개 기억하며, max_iter=1을 주지 않으면 step()을 한 번 부를 때 스텝을 20번까지 밟는다. "
            'line_search_fn="strong_wolfe"를 주면 직선 탐색을 하는데, 스텝을 늘리기도 한다.',
        ),
        "optax": Text(
            "optax also keeps the steps along which the surface bends down, and can then run uphill; its first step is "
            "shortened by the length of the gradient instead of the sum of its coordinates' sizes. It remembers 10 steps, and "
            "searches along the line unless linesearch=None.",
            "optax는 지형이 아래로 휜 방향의 스텝도 저장하므로 오르막으로 갈 수 있다. 첫 스텝은 기울기 성분의 절댓값을 더한 값이 아니라 "
            "기울기의 길이로 줄인다. 스텝을 10개 기억하며, linesearch=None을 주지 않으면 직선 탐색을 한다.",
        ),
    },
    dialects={"optax": Dialect(as_optax)},
)
