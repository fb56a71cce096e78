"""Himmelblau's function: four minima, equally deep."""

from core.spec import Paper, Surface, Text


def value(x, y):
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def gradient(x, y):
    a, b = x**2 + y - 11, x + y**2 - 7
    return 4 * x * a + 2 * b, 2 * a + 4 * y * b


def hessian(x, y):
    a, b = x**2 + y - 11, x + y**2 - 7
    return 4 * a + 8 * x**2 + 2, 4 * (x + y), 4 * b + 8 * y**2 + 2


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Himmelblau", "힘멜블라우 함수"),
    bounds=((-5.0, 5.0), (-5.0, 5.0)),
    start=(0.0, -3.0),
    minima=(
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.2831859912861696),
        (3.5844283403304917, -1.8481265269644036),
    ),
    saddles=(
        (3.385154183607021, 0.07385187983774928),
        (0.08667750455539636, 2.884254701174776),
        (-3.0730257507643897, -0.08135304428796751),
        (-0.12796134673068008, -1.9537149802445763),
    ),
    rates={"gradient": 0.01, "momentum": 0.005, "adagrad": 1.0, "adaptive": 0.1},
    steps=100,
    latex=r"f(x,y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2",
    teaches=Text(
        "Four minima, all equally deep. From one and the same start the methods part ways: where a run ends depends "
        "on the start, the method and the learning rate.",
        "깊이가 똑같은 최솟값이 네 개 있다. 같은 곳에서 출발해도 방법에 따라 서로 다른 최솟값에 도착한다. 어디에 "
        "닿는지는 시작점과 방법, 학습률이 함께 정한다.",
    ),
    source=Paper(
        "D. M. Himmelblau",
        "Applied Nonlinear Programming",
        1972,
        "https://en.wikipedia.org/wiki/Himmelblau%27s_function",
    ),
)
