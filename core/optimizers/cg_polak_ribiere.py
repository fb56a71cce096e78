"""Conjugate gradients of Polak and Ribière, which start afresh by themselves (PR+)."""

import numpy as np

from core.spec import Optimizer, Paper, Text, rate
from core.spec.meaning import ALONG, BEFORE


def update(p, g, t, here, d, last, lr):
    (x, y), (gx, gy), (dx, dy) = p, g, d
    old = last[0] * last[0] + last[1] * last[1]
    beta = np.maximum(0.0, (gx * (gx - last[0]) + gy * (gy - last[1])) / old) if old > 0.0 else 0.0
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
    name="CG (Polak–Ribière)",
    family="unitless",
    hypers=(rate(1.0),),
    latex=r"\beta_t = \max\!\left(0, \frac{g_t^\top (g_t - g_{t-1})}{\lVert g_{t-1}\rVert^2}\right)\ (\beta_1 = 0),\quad "
    r"d_t = -g_t + \beta_t d_{t-1},\quad "
    r"\eta_t = \operatorname*{arg\,min}_{s > 0} f(x_{t-1} + s\, d_t),\quad x_t = x_{t-1} + \eta\,\eta_t\, d_t",
    paper=Paper(
        "E. Polak, G. Ribière",
        "Note sur la convergence de méthodes de directions conjuguées",
        1969,
        "http://www.numdam.org/item/M2AN_1969__3_1_35_0/",
    ),
    about=Text(
        "On a quadratic the same steps as Fletcher–Reeves. Elsewhere it looks at how much the gradient has changed: "
        "after a step that led nowhere β falls to 0, and it starts afresh by itself instead of creeping on. The standard "
        "form of nonlinear conjugate gradients, and what SciPy calls CG. The maximum with 0 (PR+) came after the paper.",
        "이차함수에서는 Fletcher–Reeves와 똑같이 움직인다. 다른 함수에서는 기울기가 얼마나 변했는지를 본다. 거의 나아가지 못한 "
        "스텝 다음에는 β가 0에 가까워져, 느리게 끌려가지 않고 스스로 다시 시작한다. 비선형 켤레기울기법의 표준이며 SciPy의 CG가 "
        "바로 이 방법이다. 0보다 작은 β를 0으로 두는 것(PR+)은 논문 이후에 더해졌다.",
    ),
    parent="cg_fletcher_reeves",
    meanings={**ALONG, "d": Text("direction of the search", "탐색 방향"), "last": BEFORE},
)
