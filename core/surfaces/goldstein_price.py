"""The Goldstein-Price function: from 3 in the deepest well to a million at the rim."""

from core.spec import Paper, Surface, Text


def value(x, y):
    p, q = x + y + 1, 2 * x - 3 * y
    a = 1 + p**2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    b = 30 + q**2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    return a * b


def gradient(x, y):
    p, q = x + y + 1, 2 * x - 3 * y
    c = 19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2
    d = 18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2
    a, b = 1 + p**2 * c, 30 + q**2 * d
    da = 2 * p * c + p**2 * (6 * x + 6 * y - 14)  # along x and along y alike
    return (
        da * b + a * (4 * q * d + q**2 * (24 * x - 36 * y - 32)),
        da * b + a * (q**2 * (54 * y - 36 * x + 48) - 6 * q * d),
    )


def hessian(x, y):
    # f = a(s) b(q), with s = x + y and q = 2x - 3y; each with its first and second derivative.
    s, p, q = x + y, x + y + 1, 2 * x - 3 * y
    c, dc = 19 - 14 * s + 3 * s**2, 6 * s - 14
    d, dd = 18 - 16 * q + 3 * q**2, 6 * q - 16
    a, da, dda = 1 + p**2 * c, 2 * p * c + p**2 * dc, 2 * c + 4 * p * dc + 6 * p**2
    b, db, ddb = 30 + q**2 * d, 2 * q * d + q**2 * dd, 2 * d + 4 * q * dd + 6 * q**2
    return (
        dda * b + 4 * da * db + 4 * a * ddb,
        dda * b - da * db - 6 * a * ddb,
        dda * b - 6 * da * db + 9 * a * ddb,
    )


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Goldstein–Price", "골드스타인–프라이스 함수"),
    bounds=((-2.0, 2.0), (-2.0, 2.0)),
    start=(-1.5, 0.5),
    minima=((0.0, -1.0), (-0.6, -0.4), (1.8, 0.2), (1.2, 0.8)),
    saddles=((-0.4, -0.6), (1.2, -0.2), (1.4, 0.6), (0.6, 0.4)),
    rates={"gradient": 3e-05, "momentum": 1e-05, "adagrad": 0.5, "adaptive": 0.05},
    steps=200,
    latex=r"f(x,y) = \bigl[1 + (x+y+1)^2(19 - 14x + 3x^2 - 14y + 6xy + 3y^2)\bigr]"
    r"\bigl[30 + (2x-3y)^2(18 - 32x + 12x^2 + 48y - 36xy + 27y^2)\bigr]",
    teaches=Text(
        "Heights from 3 to a million, and slopes to match: a learning rate that survives the walls is tiny, whereas "
        "methods that divide by the size of the gradient keep their usual one. Most runs settle in a well of height "
        "30; momentum rolls on into the deepest, beside it.",
        "높이가 3에서 100만까지 벌어지고 기울기도 그만큼 크다. 벽에서 발산하지 않으려면 학습률이 아주 작아야 하지만, "
        "기울기를 그 크기로 나누는 방법은 평소 학습률을 그대로 쓴다. 대부분은 높이 30인 우물에 자리를 잡고, 모멘텀은 "
        "바로 옆의 가장 깊은 우물까지 굴러간다.",
    ),
    source=Paper(
        "A. A. Goldstein, J. F. Price",
        "On Descent from Local Minima",
        1971,
        "https://www.sfu.ca/~ssurjano/goldpr.html",
    ),
)
