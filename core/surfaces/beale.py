"""Beale's function: cliffs at the corners, a plain in the middle."""

from core.spec import Paper, Surface, Text


def value(x, y):
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def gradient(x, y):
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3
    return 2 * (a * (y - 1) + b * (y**2 - 1) + c * (y**3 - 1)), 2 * x * (a + 2 * b * y + 3 * c * y**2)


def hessian(x, y):
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3
    ax, bx, cx = y - 1, y**2 - 1, y**3 - 1
    return (
        2 * (ax**2 + bx**2 + cx**2),
        2 * (a + 2 * b * y + 3 * c * y**2) + 2 * x * (ax + 2 * bx * y + 3 * cx * y**2),
        2 * x * (x + 2 * b + 4 * x * y**2 + 6 * c * y + 9 * x * y**4),
    )


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Beale", "빌 함수"),
    bounds=((-4.5, 4.5), (-4.5, 4.5)),
    start=(1.0, 1.5),
    minima=((3.0, 0.5),),
    saddles=((0.10053793732415836, -2.644513585023125), (0.0, 1.0)),
    rates={"gradient": 0.005, "momentum": 0.002, "adagrad": 0.5, "adaptive": 0.05},
    steps=500,
    latex=r"f(x,y) = (1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2",
    teaches=Text(
        "Cliffs at the corners and an almost flat valley in the middle. One learning rate small enough for the cliffs "
        "is far too small for the floor.",
        "모서리는 절벽이고 가운데 골짜기는 거의 평평하다. 절벽에서 발산하지 않을 만큼 학습률을 줄이면, 골짜기 "
        "바닥에서는 스텝이 지나치게 짧아진다.",
    ),
    source=Paper(
        "E. M. L. Beale",
        "On an Iterative Method for Finding a Local Minimum of a Function of More than One Variable",
        1958,
        "https://www.sfu.ca/~ssurjano/beale.html",
    ),
)
