"""The six-hump camel: two global minima and four shallower ones."""

from core.spec import Paper, Surface, Text


def value(x, y):
    return 4 * x**2 - 2.1 * x**4 + x**6 / 3 + x * y - 4 * y**2 + 4 * y**4


def gradient(x, y):
    return 8 * x - 8.4 * x**3 + 2 * x**5 + y, x - 8 * y + 16 * y**3


def hessian(x, y):
    return 8 - 25.2 * x**2 + 10 * x**4, 1.0, 48 * y**2 - 8


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Six-hump camel", "여섯 혹 낙타 함수"),
    bounds=((-2.2, 2.2), (-1.3, 1.3)),
    start=(1.9, 1.1),
    minima=(
        (0.08984201310031806, -0.7126564030207396),
        (-0.08984201310031806, 0.7126564030207396),
        (-1.703606714969981, 0.7960835686726251),
        (1.703606714969981, -0.7960835686726251),
        (1.6071047529201972, 0.5686514548841314),
        (-1.6071047529201972, -0.5686514548841314),
    ),
    saddles=(
        (0.0, 0.0),
        (1.1092053368047865, -0.7682680925095399),
        (-1.1092053368047865, 0.7682680925095399),
        (1.6380679841897785, 0.22867406904439408),
        (-1.6380679841897785, -0.22867406904439408),
        (1.2960702671671092, 0.6050843880386585),
        (-1.2960702671671092, -0.6050843880386585),
    ),
    rates={"gradient": 0.02, "momentum": 0.01, "adagrad": 0.5, "adaptive": 0.05},
    steps=150,
    latex=r"f(x,y) = \left(4 - 2.1x^2 + \tfrac13 x^4\right)x^2 + xy + \left(4y^2 - 4\right)y^2",
    teaches=Text(
        "Six wells in three pairs: two global minima, two shallower wells, and two that are little more than dents. "
        "From this start plain descent stops in the nearest dent, Nesterov's method in a better well, and momentum "
        "rolls on to a global minimum.",
        "우물 여섯 개가 둘씩 짝을 이룬다. 전역 최솟값이 둘, 그보다 얕은 우물이 둘, 살짝 팬 자국에 가까운 것이 둘이다. "
        "이 시작점에서 경사하강법은 가장 가까운 자국에, 네스테로프 방법은 그보다 나은 우물에 멈추고, 모멘텀은 전역 "
        "최솟값까지 굴러간다.",
    ),
    source=Paper(
        "L. C. W. Dixon, G. P. Szegö",
        "The Global Optimization Problem: An Introduction",
        1978,
        "https://www.sfu.ca/~ssurjano/camel6.html",
    ),
)
