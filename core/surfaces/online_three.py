"""An online problem on which Adam runs to the worst point: one example in three pulls the other way."""

from core.spec import Paper, Samples, Surface, Text

C = 3.0  # the slope of every third example; the other two have slope -1
MEAN = (C - 2) / 3


def value(x, y):
    return MEAN * x + 0 * y


def gradient(x, y):
    return MEAN + 0 * x, 0 * y


def hessian(x, y):
    return 0 * x, 0 * x, 0 * y


def example(x, y, k):
    return C * (k == 0) - 1.0 * (k != 0) + 0 * x, 0 * y


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Online, period 3", "온라인 문제(주기 3)"),
    bounds=((-1.25, 1.25), (-1.0, 1.0)),
    start=(0.0, 0.0),
    minima=((-1.0, 0.0),),
    box=((-1.0, 1.0), (-1.0, 1.0)),
    samples=Samples(example, count=3, batch=1, in_turn=True),
    smooth_at_minimum=False,
    rates={"gradient": 0.05, "momentum": 0.01, "adagrad": 0.5, "adaptive": 0.1},
    steps=300,
    latex=r"f(x,y) = \tfrac13\,(3x - x - x),\qquad -1 \le x \le 1",
    teaches=Text(
        "One dimension, and a new loss at every step: every third one slopes up by 3, the others down by 1, so on average "
        "left is better and the best point is x = −1. Adam with a short memory divides the rare, large gradient by its "
        "own size, so that the two small ones outvote it, and ends at the worst point. AMSGrad remembers the large one.",
        "스텝마다 손실이 바뀌는 1차원 문제다. 세 번에 한 번은 기울기가 3, 나머지 두 번은 −1이므로 평균하면 왼쪽이 낮고 "
        "x = −1이 최적이다. 기억이 짧은 Adam은 드물게 오는 큰 기울기를 그 크기로 나눠 버려서 작은 기울기 두 번에 밀리고, "
        "결국 가장 나쁜 점에 닿는다. AMSGrad는 큰 기울기를 잊지 않는다.",
    ),
    source=Paper(
        "S. J. Reddi, S. Kale, S. Kumar",
        "On the Convergence of Adam and Beyond",
        2018,
        "https://arxiv.org/abs/1904.09237",
    ),
)
