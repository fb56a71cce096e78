"""ASGD: gradient descent with a falling rate, and beside it the mean of where it has been."""

import numpy as np

from core.spec import Companion, Hyper, Optimizer, Paper, Text, rate, weight_decay


def update(x, g, t, mean, eta, lr, lambd, alpha, t0, weight_decay):
    g = g + weight_decay * x
    eta = eta + lr * (t == 1)
    x = x * (1 - lambd * eta) - eta * g
    mean = mean + (x - mean) / np.maximum(1.0, t - 1 - t0)
    eta = lr / (1 + lambd * lr * t) ** alpha  # of the next update, as in PyTorch
    return x, mean, eta


def average(x, t, mean, eta, lr, lambd, alpha, t0, weight_decay):
    return np.where(t > 0, mean, x)


OPTIMIZER = Optimizer(
    update,
    name="ASGD",
    family="gradient",
    hypers=(
        rate(1e-2),
        Hyper("lambd", "λ", 1e-4, 0.0, 1.0, label=Text("decay of weights and rate", "가중치와 학습률의 감쇠")),
        Hyper("alpha", "α", 0.75, 0.0, 1.0, label=Text("power of the falling rate", "학습률 감소의 지수")),
        Hyper(
            "t0", "t₀", 1e6, 0.0, 1e6, label=Text("step at which the mean begins", "평균을 시작하는 스텝"), integer=True
        ),
        weight_decay(symbol="λ₂"),  # λ is taken
    ),
    latex=r"\eta_t = \frac{\eta}{(1+\lambda\eta (t-1))^{\alpha}},\quad x_t = (1-\lambda\eta_t)\,x_{t-1} - \eta_t\, g_t,"
    r"\quad \bar x_t = \bar x_{t-1} + \frac{x_t - \bar x_{t-1}}{\max(1,\, t-1-t_0)}",
    paper=Paper(
        "B. T. Polyak, A. B. Juditsky",
        "Acceleration of Stochastic Approximation by Averaging",
        1992,
        "https://doi.org/10.1137/0330046",
    ),
    about=Text(
        "SGD whose rate falls slowly, and which from step t₀ on keeps the mean of its points: under noise that mean "
        "mostly lies nearer to the minimum than a single point. The mean is the paper's, the rule by which the rate falls "
        "that of W. Xu (2011). The path drawn is x, not the mean, as PyTorch's parameters.",
        "학습률이 천천히 줄어드는 SGD이며, t₀ 스텝부터는 지나온 점들의 평균을 따로 기록한다. 노이즈가 있을 때는 대개 이 평균이 "
        "각각의 점보다 최솟값에 가깝다. 평균을 내는 것은 논문의 방법이고, 학습률을 줄이는 식은 W. Xu(2011)의 것이다. 그림의 경로는 "
        "PyTorch의 매개변수와 마찬가지로 평균이 아니라 x이다.",
    ),
    parent="sgd",
    meanings={
        "mean": Text("mean of the points", "지나온 점들의 평균"),
        "eta": Text("learning rate of the next update", "다음 업데이트의 학습률"),
    },
    pytorch="torch.optim.ASGD(params, lr={lr}, lambd={lambd}, alpha={alpha}, t0={t0}, weight_decay={weight_decay})",
    companions=(Companion("mean", Text("mean x̄", "평균 x̄"), average),),
)
