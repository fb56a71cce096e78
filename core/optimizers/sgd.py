"""Gradient descent: a step straight down the gradient."""

from core.spec import Dialect, Optimizer, Paper, Stability, Text, rate, weight_decay


def update(x, g, t, lr, weight_decay):
    g = g + weight_decay * x
    return (x - lr * g,)


OPTIMIZER = Optimizer(
    update,
    name="SGD",
    family="gradient",
    hypers=(rate(1e-3), weight_decay()),
    latex=r"x_{t} = x_{t-1} - \eta\, g_t",
    paper=Paper(
        "A. Cauchy",
        "Méthode générale pour la résolution des systèmes d'équations simultanées",
        1847,
        "https://gallica.bnf.fr/ark:/12148/bpt6k2982c/f540.item",
    ),
    about=Text(
        "Each step goes straight down the local slope, as far as the slope is steep. In a narrow ravine it zigzags "
        "across instead of walking along.",
        "현재 위치의 기울기 반대 방향으로, 기울기가 클수록 멀리 이동한다. 좁은 골짜기에서는 바닥을 따라가지 못하고 "
        "양쪽 벽 사이를 지그재그로 오간다.",
    ),
    textbook=1,
    stability=Stability(lambda weight_decay: 2.0, "2", best=lambda low, high: {"lr": 2 / (low + high)}),
    pytorch="torch.optim.SGD(params, lr={lr}, weight_decay={weight_decay})",
    keras="keras.optimizers.SGD(learning_rate={lr}, weight_decay={weight_decay})",
    optax="optax.chain(optax.add_decayed_weights({weight_decay}), optax.sgd({lr}))",
    dialects={
        "keras": Dialect(defaults={"lr": 0.01}),
        "optax": Dialect(),
        "book": Dialect(defaults={"lr": 0.01}),
    },
)
