"""Matyas' function: an almost level valley along the diagonal."""

from core.spec import Paper, Surface, Text


def value(x, y):
    return 0.26 * (x**2 + y**2) - 0.48 * x * y


def gradient(x, y):
    return 0.52 * x - 0.48 * y, 0.52 * y - 0.48 * x


def hessian(x, y):
    return 0.52, -0.48, 0.52


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Matyas", "마티아스 함수"),
    bounds=((-10.0, 10.0), (-10.0, 10.0)),
    start=(-9.0, -3.0),
    minima=((0.0, 0.0),),
    rates={"gradient": 0.9, "momentum": 0.2, "adagrad": 2.0, "adaptive": 0.3},
    steps=150,
    quadratic=True,
    latex=r"f(x,y) = 0.26\,(x^2 + y^2) - 0.48\,xy",
    teaches=Text(
        "A trough that is almost level along the diagonal, and 25 times as curved across. Plain descent is on its "
        "floor after three steps and spends all the others creeping along; momentum overtakes it there.",
        "대각선 방향으로는 거의 평평하고, 폭 방향의 곡률은 그 25배인 골이다. 경사하강법은 3스텝 만에 바닥에 닿지만 "
        "그 뒤로는 내내 바닥을 기어가고, 그사이 모멘텀이 앞지른다.",
    ),
    source=Paper(
        "S. Surjanovic, D. Bingham",
        "Virtual Library of Simulation Experiments: Matyas Function",
        2013,
        "https://www.sfu.ca/~ssurjano/matya.html",
    ),
)
