"""Polyak's step size: as long as the height above the bottom and the slope say."""

import numpy as np

from core.spec import Dialect, Hyper, Optimizer, Paper, Text, rate


def update(p, g, t, here, lr, cap):
    (x, y), (gx, gy) = p, g
    square = gx * gx + gy * gy
    size = lr * np.minimum((here.f - here.lowest) / square, cap) if square > 0.0 else 0.0
    return ((x - size * gx, y - size * gy),)


def as_optax(p, g, t, here, lr, cap):
    """The rate comes before the norm is taken, so that a small one makes long steps; where it is level, optax stands."""
    (x, y), (gx, gy) = p, g
    dx, dy = -lr * gx, -lr * gy
    square = dx * dx + dy * dy
    size = np.minimum((here.f - here.lowest) / square, cap) if square > 2.0**-52 else 0.0
    return ((x + size * dx, y + size * dy),)


OPTIMIZER = Optimizer(
    update,
    name="Polyak step",
    family="unitless",
    hypers=(
        rate(1.0),
        Hyper("cap", "η_max", 10.0, 1e-3, 1e3, "log", Text("longest step size", "최대 보폭 계수")),
    ),
    latex=(r"x_t = x_{t-1} - \eta\,\min\!\left(\frac{f(x_{t-1}) - f^*}{\lVert g_t\rVert^2},\,\eta_{\max}\right) g_t"),
    paper=Paper(
        "B. T. Polyak",
        "Minimization of unsmooth functionals",
        1969,
        "https://doi.org/10.1016/0041-5553(69)90061-5",
    ),
    about=Text(
        "Gradient descent that needs no learning rate but the value f∗ at the bottom: if the slope went on straight, "
        "one step would reach f∗. On a convex function no step leads further away. Networks that can fit their data "
        "perfectly have f∗ = 0, and there the rule is used with mini-batches; the limit η_max comes from that form "
        "(N. Loizou et al., 2021).",
        "학습률 대신 최솟값의 함숫값 f∗를 쓰는 경사하강법이다. 지금의 기울기가 그대로 이어진다고 보고 f∗에 닿을 만큼 "
        "움직인다. 볼록함수에서는 어느 스텝도 최솟값에서 멀어지지 않는다. 학습 데이터를 완벽하게 맞힐 수 있는 신경망은 "
        "f∗ = 0이므로 미니배치에도 쓸 수 있다. 상한 η_max는 이 미니배치 형태(N. Loizou 등, 2021)에서 왔다.",
    ),
    parent="sgd",
    optax="optax.polyak_sgd(max_learning_rate={cap}, scaling={lr}, f_min={lowest})",
    differs={
        "optax": Text(
            "optax.polyak_sgd limits the step size to 1 and takes f∗ = 0, unless it is told otherwise. Its `scaling` "
            "comes before the norm is taken, so that 0.5 doubles the step. At a slope below 1.5e-8 it stands still.",
            "optax.polyak_sgd는 따로 지정하지 않으면 보폭 계수의 상한을 1로, f∗를 0으로 둔다. scaling은 노름을 구하기 전에 "
            "곱해지므로 0.5를 주면 오히려 보폭이 두 배가 된다. 기울기의 크기가 1.5e-8보다 작으면 더 움직이지 않는다.",
        )
    },
    dialects={"optax": Dialect(as_optax, {"cap": 1.0})},
)
