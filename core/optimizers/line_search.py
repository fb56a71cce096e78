"""Gradient descent with an exact line search: down the gradient to the lowest point of the line."""

import numpy as np

from core.spec import Optimizer, Paper, Text, rate
from core.spec.meaning import ALONG


def update(p, g, t, here, lr):
    (x, y), (gx, gy) = p, g
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
    return ((x + size * dx, y + size * dy),)


OPTIMIZER = Optimizer(
    update,
    name="Line search",
    family="unitless",
    hypers=(rate(1.0),),
    latex=r"\eta_t = \operatorname*{arg\,min}_{s > 0} f(x_{t-1} - s\, g_t),\qquad x_t = x_{t-1} - \eta\,\eta_t\, g_t",
    paper=Paper(
        "H. B. Curry",
        "The method of steepest descent for non-linear minimization problems",
        1944,
        "https://doi.org/10.1090/qam/10667",
    ),
    about=Text(
        "Gradient descent that needs no learning rate: along the line of −gradient it goes on to the first low point, where "
        "the next gradient stands at a right angle. So it zigzags however well each step is chosen, the worse the "
        "narrower the ravine. lr is the share of that step which is taken: 0.8 breaks the zigzag, and often gets there "
        "far sooner.",
        "학습률이 필요 없는 경사하강법이다. −기울기 방향의 직선을 따라 처음 만나는 가장 낮은 점까지 가므로, 다음 기울기는 늘 이 "
        "직선과 직각을 이룬다. 스텝마다 가장 좋은 만큼 움직여도 지그재그를 피하지 못하고, 골짜기가 좁을수록 심해진다. lr은 찾은 "
        "거리 중 실제로 갈 비율이다. 0.8로 줄이면 지그재그가 깨지면서 오히려 훨씬 빨리 도착하는 일이 많다.",
    ),
    parent="sgd",
    meanings=ALONG,
)
