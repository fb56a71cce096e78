"""The book's bowl: a quadratic stretched along x."""

from core.spec import Paper, Surface, Text


def value(x, y):
    return x**2 / 20 + y**2


def gradient(x, y):
    return x / 10, 2 * y


def hessian(x, y):
    return 0.1, 0.0, 2.0


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Stretched bowl", "길쭉한 그릇"),
    bounds=((-10.0, 10.0), (-10.0, 10.0)),
    start=(-7.0, 2.0),
    minima=((0.0, 0.0),),
    rates={"gradient": 0.95, "momentum": 0.1, "adagrad": 1.5, "adaptive": 0.3},
    steps=30,
    quadratic=True,
    latex=r"f(x,y) = \tfrac{1}{20}x^2 + y^2",
    teaches=Text(
        "A long, shallow bowl, curved twenty times as strongly across as along. Plain descent zigzags, momentum "
        "swings past the minimum and back, and methods that scale each coordinate even the two directions out.",
        "한쪽으로 길게 늘어난 얕은 그릇으로, y 방향의 곡률이 x 방향의 20배이다. 경사하강법은 지그재그로 움직이고, "
        "모멘텀은 최솟값을 지나쳤다가 되돌아오며, 좌표마다 보폭을 조절하는 방법은 두 방향의 차이를 고르게 한다.",
    ),
    source=Paper("K. Saito", "Deep Learning from Scratch", 2016, "https://www.oreilly.co.jp/books/9784873117584/"),
)
