"""A product that should be 1: the smallest network with two layers, whose minima form a curve."""

from core.spec import Paper, Surface, Text


def value(x, y):
    return (x * y - 1) ** 2 / 2


def gradient(x, y):
    r = x * y - 1
    return r * y, r * x


def hessian(x, y):
    return y**2, 2 * x * y - 1, x**2


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Product of two weights", "두 가중치의 곱"),
    bounds=((-0.5, 4.5), (-1.5, 3.5)),
    start=(4.0, 0.3),
    # Every point with xy = 1 is a minimum. Listed are a few of them, the widest first; a run may end between two.
    minima=((1.0, 1.0), (1.5, 2 / 3), (2.0, 0.5), (3.0, 1 / 3), (2 / 3, 1.5), (0.5, 2.0), (1 / 3, 3.0)),
    saddles=((0.0, 0.0),),
    rates={"gradient": 0.19, "momentum": 0.05, "adagrad": 0.5, "adaptive": 0.05},
    steps=100,
    latex=r"f(x,y) = \tfrac12 (xy - 1)^2",
    teaches=Text(
        "The smallest network of two layers: the product of its weights should be 1. The minima form a whole curve, "
        "steep-walled at the ends and widest at (1, 1). Too large a rate cannot stay where the walls are steep: plain "
        "descent is thrown out, its loss rises six hundredfold, and it settles where the valley is wide enough. "
        "Shorter steps stay near the start.",
        "층이 두 개인 가장 작은 신경망으로, 두 가중치의 곱이 1이 되어야 한다. 최솟값이 곡선을 이루는데, 양 끝은 벽이 "
        "가파르고 (1, 1)에서 가장 넓다. 학습률이 크면 벽이 가파른 곳에 머물 수 없다. 경사하강법은 손실이 600배로 뛰며 "
        "튕겨 나갔다가 골짜기가 충분히 넓은 곳에 자리를 잡는다. 스텝이 짧으면 시작점 근처에 머문다.",
    ),
    source=Paper(
        "J. Cohen, S. Kaur, Y. Li, J. Z. Kolter, A. Talwalkar",
        "Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability",
        2021,
        "https://arxiv.org/abs/2103.00065",
    ),
)
