"""Sharpness-aware minimisation: descend by the slope at the worst point nearby."""

import numpy as np

from core.spec import Dialect, Hyper, Optimizer, Paper, Text, rate


def update(p, g, t, here, lr, rho):
    (x, y), (gx, gy) = p, g
    slope = np.sqrt(gx * gx + gy * gy)
    climb = rho / slope if slope > 0.0 else 0.0
    _, gx, gy = here.look(x + climb * gx, y + climb * gy)
    return ((x - lr * gx, y - lr * gy),)


def as_optax(p, g, t, here, lr, rho):
    """Where it is level, 0 / 0."""
    (x, y), (gx, gy) = p, g
    climb = rho / np.sqrt(gx * gx + gy * gy)
    _, gx, gy = here.look(x + climb * gx, y + climb * gy)
    return ((x - lr * gx, y - lr * gy),)


OPTIMIZER = Optimizer(
    update,
    name="SAM",
    family="gradient",
    hypers=(rate(0.01), Hyper("rho", "ρ", 0.05, 0.0, 2.0, label=Text("neighbourhood radius", "이웃 반경"))),
    latex=r"x_t = x_{t-1} - \eta\,\nabla f\!\left(x_{t-1} + \rho\,\frac{g_t}{\lVert g_t\rVert}\right)",
    paper=Paper(
        "P. Foret, A. Kleiner, H. Mobahi, B. Neyshabur",
        "Sharpness-Aware Minimization for Efficiently Improving Generalization",
        2021,
        "https://arxiv.org/abs/2010.01412",
    ),
    about=Text(
        "First it climbs a distance ρ uphill, then it steps by the gradient found there: a minimum counts only if its "
        "surroundings are low as well. Narrow pits push the point out again, wide ones keep it, and wide minima tend "
        "to generalise better. The price is a second gradient at every step.",
        "먼저 오르막으로 ρ만큼 올라가 본 뒤, 그곳의 기울기로 내려간다. 주변까지 함께 낮아야 좋은 최솟값으로 치는 셈이다. 좁은 "
        "구덩이에서는 밀려나고 넓은 골짜기에는 머무는데, 넓은 최솟값일수록 일반화 성능이 좋은 경향이 있다. 대신 스텝마다 "
        "기울기를 두 번 계산한다.",
    ),
    parent="sgd",
    optax=(
        "optax.contrib.sam(optax.sgd({lr}), optax.chain(optax.contrib.normalize(), optax.sgd({rho})), opaque_mode=True)"
    ),
    dialects={"optax": Dialect(as_optax)},
)
