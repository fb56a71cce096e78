"""A ravine that runs askew: a quadratic of condition number 64, its axes turned by 30 degrees."""

from math import cos, pi, sin

from core.spec import Paper, Surface, Text

C, S = cos(pi / 6), sin(pi / 6)


def value(x, y):
    along, across = C * x + S * y, C * y - S * x
    return (along**2 + 64 * across**2) / 2


def gradient(x, y):
    along, across = C * x + S * y, C * y - S * x
    return C * along - 64 * S * across, S * along + 64 * C * across


def hessian(x, y):
    return C**2 + 64 * S**2, (1 - 64) * C * S, S**2 + 64 * C**2


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Ill-conditioned ravine", "비스듬한 좁은 골짜기"),
    bounds=((-3.0, 3.0), (-3.0, 3.0)),
    start=(-2.5, 1.0),
    minima=((0.0, 0.0),),
    rates={"gradient": 0.03, "momentum": 0.015, "adagrad": 0.5, "adaptive": 0.1},
    steps=100,
    quadratic=True,
    latex=r"f(x,y) = \tfrac12 u^2 + 32\, v^2,\quad "
    r"u = x\cos 30^\circ + y\sin 30^\circ,\; v = y\cos 30^\circ - x\sin 30^\circ",
    teaches=Text(
        "A straight ravine, 64 times as curved across as along, that follows neither axis. Momentum runs down its "
        "floor; methods that scale each coordinate by itself gain little, until the surface is turned back by 30°.",
        "폭 방향의 곡률이 길이 방향의 64배인 곧은 골짜기로, 어느 축과도 나란하지 않다. 모멘텀은 바닥을 따라 빠르게 "
        "내려가지만, 좌표마다 보폭을 따로 조절하는 방법은 별 이득을 보지 못한다. 지형을 −30° 돌려 축에 맞추면 사정이 "
        "달라진다.",
    ),
    source=Paper("G. Goh", "Why Momentum Really Works", 2017, "https://distill.pub/2017/momentum/"),
)
