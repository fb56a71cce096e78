"""The online problem of the AMSGrad paper's experiment: one example in 101 outweighs all the others."""

from core.spec import Paper, Samples, Surface, Text

RARE, COMMON, PERIOD = 1010.0, -10.0, 101
MEAN = (RARE + (PERIOD - 1) * COMMON) / PERIOD


def value(x, y):
    return MEAN * x + 0 * y


def gradient(x, y):
    return MEAN + 0 * x, 0 * y


def hessian(x, y):
    return 0 * x, 0 * x, 0 * y


def example(x, y, k):
    return RARE * (k == 0) + COMMON * (k != 0) + 0 * x, 0 * y


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Online, period 101", "온라인 문제(주기 101)"),
    bounds=((-1.25, 1.25), (-1.0, 1.0)),
    start=(0.0, 0.0),
    minima=((-1.0, 0.0),),
    box=((-1.0, 1.0), (-1.0, 1.0)),
    samples=Samples(example, count=PERIOD, batch=1, in_turn=True),
    smooth_at_minimum=False,
    rates={"gradient": 1e-4, "momentum": 1e-5, "adagrad": 0.5, "adaptive": 0.02},
    steps=5000,
    latex=r"f(x,y) = \tfrac{1}{101}\,(1010x - 100 \cdot 10x),\qquad -1 \le x \le 1",
    teaches=Text(
        "One dimension: a hundred examples push gently to the right, one pulls hard to the left, and on average left is "
        "better. Between two of the rare ones Adam forgets how large they are, and drifts to the wrong side; AMSGrad "
        "keeps its step small and gets it right.",
        "1차원 문제다. 백 번은 오른쪽으로 약하게 밀고 한 번은 왼쪽으로 세게 당기는데, 평균하면 왼쪽이 낮다. Adam은 다음 큰 "
        "기울기가 올 때까지 그 크기를 잊어버려 반대편으로 흘러가고, AMSGrad는 보폭을 작게 유지해 제대로 찾아간다.",
    ),
    source=Paper(
        "S. J. Reddi, S. Kale, S. Kumar",
        "On the Convergence of Adam and Beyond",
        2018,
        "https://arxiv.org/abs/1904.09237",
    ),
)
