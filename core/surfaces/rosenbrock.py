"""Rosenbrock's banana: a narrow valley that bends."""

from core.spec import Paper, Surface, Text


def value(x, y):
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def gradient(x, y):
    return -2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)


def hessian(x, y):
    return 2 + 800 * x**2 - 400 * (y - x**2), -400 * x, 200.0


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Rosenbrock", "로젠브록 함수"),
    bounds=((-2.0, 2.0), (-1.0, 3.0)),
    start=(-1.2, 1.0),
    minima=((1.0, 1.0),),
    rates={"gradient": 0.001, "momentum": 0.0005, "adagrad": 0.5, "adaptive": 0.05},
    steps=500,
    latex=r"f(x,y) = (1-x)^2 + 100\,(y-x^2)^2",
    teaches=Text(
        "A narrow, bending valley with an almost flat floor. Getting in is easy, going along it is not: plain descent "
        "crawls, momentum picks up speed.",
        "바닥이 거의 평평한, 좁고 굽은 골짜기이다. 골짜기에 들어서기는 쉬워도 바닥을 따라 최솟값까지 가기는 어렵다. "
        "경사하강법은 기어가다시피 하고, 모멘텀은 바닥을 따라 점점 속도를 붙인다.",
    ),
    source=Paper(
        "H. H. Rosenbrock",
        "An Automatic Method for Finding the Greatest or Least Value of a Function",
        1960,
        "https://doi.org/10.1093/comjnl/3.3.175",
    ),
)
