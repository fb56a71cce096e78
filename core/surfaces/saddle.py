"""The saddle: up along x, down along y, level in between."""

from core.spec import Paper, Surface, Text


def value(x, y):
    return x**2 - y**2


def gradient(x, y):
    return 2 * x, -2 * y


def hessian(x, y):
    return 2.0, 0.0, -2.0


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Saddle", "안장"),
    bounds=((-2.0, 2.0), (-2.0, 2.0)),
    start=(1.0, 0.001),
    minima=(),
    saddles=((0.0, 0.0),),
    rates={"gradient": 0.06, "momentum": 0.02, "adagrad": 0.2, "adaptive": 0.03},
    steps=60,
    quadratic=True,
    unbounded=True,
    latex=r"f(x,y) = x^2 - y^2",
    teaches=Text(
        "At a saddle the gradient vanishes although it is no minimum. The start lies 0.001 off the ridge: plain "
        "descent lingers in the middle, momentum leaves sooner, and dividing by the size of the gradient leaves at "
        "once.",
        "안장점에서는 최솟값이 아닌데도 기울기가 0이 된다. 능선에서 0.001만 벗어나 출발하면 경사하강법은 가운데에서 "
        "오래 머물고, 모멘텀은 그보다 일찍 빠져나오며, 기울기를 그 크기로 나누는 방법은 곧바로 벗어난다.",
    ),
    source=Paper(
        "Y. N. Dauphin et al.",
        "Identifying and Attacking the Saddle Point Problem in High-Dimensional Non-Convex Optimization",
        2014,
        "https://arxiv.org/abs/1406.2572",
    ),
)
