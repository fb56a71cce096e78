"""Booth's function: a quadratic valley that lies at 45 degrees to both axes."""

from core.spec import Paper, Surface, Text


def value(x, y):
    return (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2


def gradient(x, y):
    a, b = x + 2 * y - 7, 2 * x + y - 5
    return 2 * a + 4 * b, 4 * a + 2 * b


def hessian(x, y):
    return 10.0, 8.0, 10.0


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Booth", "부스 함수"),
    bounds=((-10.0, 10.0), (-10.0, 10.0)),
    start=(-7.0, 7.0),
    minima=((1.0, 3.0),),
    rates={"gradient": 0.1, "momentum": 0.01, "adagrad": 3.0, "adaptive": 0.3},
    steps=80,
    quadratic=True,
    latex=r"f(x,y) = (x + 2y - 7)^2 + (2x + y - 5)^2",
    teaches=Text(
        "A valley at 45° to both axes, nine times as curved across as along. At 0.1, the best rate plain descent can "
        "have here, every step takes a fifth off both errors: steadily along the valley, from wall to wall across it.",
        "두 축과 45°를 이루는 골짜기로, 폭 방향의 곡률이 길이 방향의 9배이다. 경사하강법에 가장 좋은 학습률인 "
        "0.1에서는 두 방향의 오차가 매 스텝 5분의 1씩 줄어드는데, 길이 방향으로는 꾸준히 나아가고 폭 방향으로는 양쪽 "
        "벽을 번갈아 오간다.",
    ),
    source=Paper(
        "S. Surjanovic, D. Bingham",
        "Virtual Library of Simulation Experiments: Booth Function",
        2013,
        "https://www.sfu.ca/~ssurjano/booth.html",
    ),
)
