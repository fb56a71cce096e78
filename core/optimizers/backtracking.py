"""Gradient descent that shortens each step until it pays (Armijo's rule)."""

from core.spec import Hyper, Optimizer, Paper, Text, rate


def update(p, g, t, here, lr, c, shrink):
    (x, y), (gx, gy) = p, g
    square, size, k, short = gx * gx + gy * gy, lr, 0.0, True
    while short:
        size = lr * shrink**k
        f, _, _ = here.look(x - size * gx, y - size * gy)
        short = not f <= here.f - c * size * square and size > 1e-10 * lr
        k = k + 1.0
    return ((x - size * gx, y - size * gy),)


OPTIMIZER = Optimizer(
    update,
    name="Backtracking",
    family="unitless",
    hypers=(
        rate(1.0),
        Hyper("c", "c", 1e-4, 1e-6, 0.9, "log", Text("least gain", "최소 감소 비율")),
        Hyper("shrink", "ρ", 0.5, 0.05, 0.9, label=Text("line search: shrink by", "직선 탐색 축소 비율")),
    ),
    latex=r"s_k = \eta\rho^k\ \ (k = 0, 1, 2, \dots),\quad "
    r"\begin{aligned} \eta_t = \max\{s_k :\ & f(x_{t-1} - s_k\, g_t) \\ "
    r"& \le f(x_{t-1}) - c\, s_k \lVert g_t\rVert^2\} \end{aligned},\quad x_t = x_{t-1} - \eta_t\, g_t",
    paper=Paper(
        "L. Armijo",
        "Minimization of functions having Lipschitz continuous first partial derivatives",
        1966,
        "https://doi.org/10.2140/pjm.1966.16.1",
    ),
    about=Text(
        "Gradient descent whose loss cannot rise: it tries the full rate first and shortens it until the loss has fallen by "
        "at least the share c of what the slope promises. Far cheaper than looking for the lowest point of the line, "
        "and often as quick; the tries of a step are marked on the map.",
        "손실이 늘어나지 않는 경사하강법이다. 처음 학습률부터 시도해 보고, 손실이 기울기가 약속한 양의 c배 이상 줄 때까지 학습률을 줄인다. "
        "직선 위의 가장 낮은 점을 찾는 것보다 계산이 훨씬 적고, 그만큼 빠를 때가 많다. 한 스텝에서 시도한 점은 지도에 "
        "표시된다.",
    ),
    parent="line_search",
    meanings={
        "square": Text("squared length of the gradient", "기울기 길이의 제곱"),
        "size": Text("learning rate of this try", "이번에 시도한 학습률"),
        "k": Text("how often it was shortened", "줄인 횟수"),
    },
)
