"""The monkey saddle: three valleys meet where neither slope nor curvature tells them apart."""

from core.spec import Paper, Surface, Text


def value(x, y):
    return x**3 - 3 * x * y**2


def gradient(x, y):
    return 3 * x**2 - 3 * y**2, -6 * x * y


def hessian(x, y):
    return 6 * x, -6 * y, -6 * x


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Monkey saddle", "원숭이 안장"),
    bounds=((-2.0, 2.0), (-2.0, 2.0)),
    start=(1.0, 0.01),
    minima=(),
    saddles=((0.0, 0.0),),
    rates={"gradient": 0.06, "momentum": 0.01, "adagrad": 0.2, "adaptive": 0.05},
    steps=42,
    unbounded=True,
    latex=r"f(x,y) = x^3 - 3xy^2",
    teaches=Text(
        "Three valleys meet at a point with no slope and no curvature, so that even second derivatives do not show "
        "the way down. Momentum shoots across into the valley opposite; the others turn off into the one beside the "
        "start.",
        "기울기도 곡률도 0인 한 점에서 골짜기 세 개가 만나므로, 2차 미분으로도 내려갈 길을 알 수 없다. 모멘텀은 이 "
        "점을 가로질러 맞은편 골짜기로 내려가고, 나머지는 시작점 옆의 골짜기로 꺾어 들어간다.",
    ),
    source=Paper(
        "D. Hilbert, S. Cohn-Vossen",
        "Geometry and the Imagination",
        1952,
        "https://mathworld.wolfram.com/MonkeySaddle.html",
    ),
)
