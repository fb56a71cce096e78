"""QHM, quasi-hyperbolic momentum: a step along the running mean of the gradient, mixed with the plain gradient."""

from core.spec import Hyper, Optimizer, Paper, Stability, Text, decay, rate, weight_decay


def update(x, g, t, m, lr, momentum, nu, weight_decay):
    g = g + weight_decay * x
    m = momentum * m + (1 - momentum) * g
    return x - lr * ((1 - nu) * g + nu * m), m


OPTIMIZER = Optimizer(
    update,
    name="QHM",
    family="gradient",
    hypers=(
        rate(1.0),
        decay("momentum", "β", 0.999, Text("decay of the mean", "평균의 감쇠율")),
        Hyper("nu", "ν", 0.7, 0.0, 1.0, label=Text("share of the mean", "평균의 비중")),
        weight_decay(),
    ),
    latex=r"m_t = \beta m_{t-1} + (1-\beta) g_t,\qquad x_t = x_{t-1} - \eta\,\bigl((1-\nu) g_t + \nu m_t\bigr)",
    paper=Paper(
        "J. Ma, D. Yarats",
        "Quasi-hyperbolic momentum and Adam for deep learning",
        2019,
        "https://arxiv.org/abs/1810.06801",
    ),
    about=Text(
        "Gradient descent for ν = 0, momentum as a running mean for ν = 1, and a mixture in between. The mean may have a "
        "very long memory (β = 0.999 reaches back over a thousand steps), since the share 1 − ν of today's gradient "
        "reacts at once and damps it. ν = β is Nesterov's method at the rate lr·(1−β).",
        "ν = 0이면 경사하강법, ν = 1이면 이동 평균 형태의 모멘텀이고, 그 사이에서는 둘을 섞은 것이다. 지금의 기울기가 1 − ν의 비중으로 "
        "곧바로 반응해 진동을 줄이므로, 평균은 천 스텝쯤 되돌아볼 만큼 길게(β = 0.999) 잡아도 된다. "
        "ν = β이면 학습률이 lr·(1−β)인 네스테로프 방법과 같다.",
    ),
    parent="momentum_mean",
    stability=Stability(
        lambda momentum, nu, weight_decay: 2 * (1 + momentum) / (1 + momentum - 2 * nu * momentum),
        "2(1+β)/(1+β−2νβ)",
    ),
    pytorch_optimizer="pytorch_optimizer.QHM(params, lr={lr}, momentum={momentum}, nu={nu}, "
    "weight_decay={weight_decay})",
)
