"""Newton's method: jump to where the local parabola has its bottom."""

from core.spec import Hyper, Optimizer, Paper, Text, rate


def update(p, g, t, here, lr, damping):
    (x, y), (gx, gy) = p, g
    xx, xy, yy = here.bend()
    xx, yy = xx + damping, yy + damping
    det = xx * yy - xy * xy
    return ((x - lr * (yy * gx - xy * gy) / det, y - lr * (xx * gy - xy * gx) / det),)


OPTIMIZER = Optimizer(
    update,
    name="Newton",
    family="unitless",
    hypers=(
        rate(1.0),
        Hyper("damping", "μ", 0.0, 0.0, 100.0, label=Text("damping", "감쇠")),
    ),
    latex=r"x_t = x_{t-1} - \eta\,\bigl(\nabla^2 f(x_{t-1}) + \mu I\bigr)^{-1} g_t",
    paper=Paper(
        "J. Raphson",
        "Analysis Aequationum Universalis",
        1690,
        "https://en.wikipedia.org/wiki/Newton%27s_method_in_optimization",
    ),
    about=Text(
        "Uses the curvature itself: the step solves the local parabola, so it is as quick along a ravine as across it, "
        "and a quadratic takes one step. But it looks for any point without slope and runs to saddles and peaks as "
        "gladly as to minima; damping bends it back towards the gradient. In a million dimensions the matrix alone "
        "would not fit, which is why deep learning does without it.",
        "곡률을 직접 쓰는 방법이다. 지금 자리의 포물면을 풀어 그 바닥으로 곧장 가므로 좁은 골짜기에서도 느려지지 않고, "
        "이차함수라면 한 스텝에 끝난다. 다만 기울기가 0인 점이면 어디든 찾아가므로 안장점이나 봉우리로도 향한다. 감쇠를 "
        "주면 기울기 방향으로 되돌아온다. 파라미터가 백만 개면 헤세 행렬을 저장할 수조차 없어 딥러닝에서는 쓰지 않는다.",
    ),
)
