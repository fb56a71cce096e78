"""Conjugate gradients of Fletcher and Reeves: each direction spares what the last ones have gained."""

import numpy as np

from core.spec import Hyper, Optimizer, Paper, Text, rate
from core.spec.meaning import ALONG, BEFORE


def update(p, g, t, here, d, last, lr, restart):
    (x, y), (gx, gy), (dx, dy) = p, g, d
    old = last[0] * last[0] + last[1] * last[1]
    beta = (gx * gx + gy * gy) / old if old > 0.0 and not (restart > 0.0 and (t - 1) % restart == 0.0) else 0.0
    dx, dy = beta * dx - gx, beta * dy - gy
    if not gx * dx + gy * dy < 0.0:  # no way down
        dx, dy = -gx, -gy
    slope, length = gx * dx + gy * dy, np.sqrt(dx * dx + dy * dy)
    low, high, s, s_low, s_high, side, size, tries = 0.0, 0.0, slope, slope, 0.0, 0.0, 0.0, 0.0
    f, level = here.f, -1e-12 * slope
    # Twice as far while it falls, for up to 1000; then between two tries, at the zero of the straight line through their slopes
    while not np.abs(s) <= level and (high == 0.0 or high - low > 1e-10 * high) and low * length < 1e3 and tries < 50.0:
        tries = tries + 1.0
        size = 2.0 * low + 0.01 / length
        if high > 0.0:
            size = low + (high - low) * (s_low / (s_low - s_high) if s_high > 0.0 else 0.381966)
        f, ux, uy = here.look(x + size * dx, y + size * dy)
        s = ux * dx + uy * dy
        if s < 0.0 and f <= here.f:  # (an end that stays twice counts half, else it would stay for good)
            s_high = s_high / 2.0 if side < 0.0 else s_high
            low, s_low, side = size, s, -1.0
        else:
            s_low = s_low / 2.0 if side > 0.0 else s_low
            high, s_high, side = size, s, 1.0
    size = lr * (size if f <= here.f else low)
    return (x + size * dx, y + size * dy), (dx, dy), (gx, gy)


OPTIMIZER = Optimizer(
    update,
    name="CG (Fletcher–Reeves)",
    family="unitless",
    hypers=(
        rate(1.0),
        Hyper(
            "restart", "n", 3, 0, 50, label=Text("start afresh every (0: never)", "재시작 간격(0: 없음)"), integer=True
        ),
    ),
    latex=r"\beta_t = \frac{\lVert g_t\rVert^2}{\lVert g_{t-1}\rVert^2}\ (\beta_1 = 0),\quad d_t = -g_t + \beta_t d_{t-1},\quad "
    r"\eta_t = \operatorname*{arg\,min}_{s > 0} f(x_{t-1} + s\, d_t),\quad x_t = x_{t-1} + \eta\,\eta_t\, d_t",
    paper=Paper(
        "R. Fletcher, C. M. Reeves",
        "Function minimization by conjugate gradients",
        1964,
        "https://doi.org/10.1093/comjnl/7.2.149",
    ),
    about=Text(
        "The cure for the zigzag of a line search: the new direction keeps so much of the last one that what was gained "
        "along it is not lost again. A quadratic of two coordinates takes two steps. Elsewhere old directions become "
        "a burden, and every n steps it starts afresh with the gradient alone.",
        "직선 탐색의 지그재그를 없애는 방법이다. 지난 방향을 적당히 섞어, 그 방향으로 이미 줄인 것을 되돌리지 않는 새 방향을 "
        "고른다. 변수가 둘인 이차함수라면 두 스텝에 끝난다. 다른 함수에서는 옛 방향이 오히려 짐이 되므로 n 스텝마다 기울기만으로 "
        "다시 시작한다.",
    ),
    parent="line_search",
    meanings={**ALONG, "d": Text("direction of the search", "탐색 방향"), "last": BEFORE},
)
