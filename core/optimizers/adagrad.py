"""AdaGrad: every coordinate has its own rate, which only ever shrinks."""

import numpy as np

from core.spec import Dialect, Hyper, Optimizer, Paper, Text, epsilon, rate, weight_decay


def update(x, g, t, s, lr, eps, init_acc, lr_decay, weight_decay):
    g = g + weight_decay * x
    s = s + g**2
    lr = lr / (1 + (t - 1) * lr_decay)
    return x - lr * g / (np.sqrt(init_acc + s) + eps), s


def inside(x, g, t, s, lr, eps, init_acc, lr_decay, weight_decay):
    """optax puts ε inside the root."""
    g = g + weight_decay * x
    s = s + g**2
    lr = lr / (1 + (t - 1) * lr_decay)
    return x - lr * g / np.sqrt(init_acc + s + eps), s


def decoupled(x, g, t, s, lr, eps, init_acc, lr_decay, weight_decay):
    """Keras does so too, and takes the decay outside the gradient."""
    s = s + g**2
    lr = lr / (1 + (t - 1) * lr_decay)
    return x * (1 - lr * weight_decay) - lr * g / np.sqrt(init_acc + s + eps), s


OPTIMIZER = Optimizer(
    update,
    name="AdaGrad",
    family="adagrad",
    hypers=(
        rate(1e-2),
        epsilon(1e-10),
        Hyper("init_acc", "s₀", 0.0, 0.0, 1.0, label=Text("sum of squares at the start", "제곱합의 초깃값")),
        Hyper("lr_decay", "γ", 0.0, 0.0, 1.0, label=Text("decay of the learning rate", "학습률 감쇠")),
        weight_decay(),
    ),
    latex=r"s_t = s_{t-1} + g_t^2,\qquad x_t = x_{t-1} - \eta\,\frac{g_t}{\sqrt{s_t} + \varepsilon}",
    paper=Paper(
        "J. Duchi, E. Hazan, Y. Singer",
        "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization",
        2011,
        "https://jmlr.org/papers/v12/duchi11a.html",
    ),
    about=Text(
        "Divides each coordinate by the root of the sum of all its squared gradients so far: steep directions calm down "
        "at once, and even where the gradient stays as it is the steps shrink like 1/√t.",
        "좌표마다 지금까지의 기울기 제곱합의 제곱근으로 나눈다. 가파른 방향은 곧바로 보폭이 줄고, 기울기의 크기가 그대로여도 보폭은 "
        "1/√t로 계속 작아진다.",
    ),
    parent="sgd",
    textbook=4,
    pytorch="torch.optim.Adagrad(params, lr={lr}, lr_decay={lr_decay}, weight_decay={weight_decay}, "
    "initial_accumulator_value={init_acc}, eps={eps})",
    keras="keras.optimizers.Adagrad(learning_rate={lr}, initial_accumulator_value={init_acc}, epsilon={eps}, "
    "weight_decay={weight_decay})",
    optax="optax.chain(optax.add_decayed_weights({weight_decay}), "
    "optax.adagrad({lr}, initial_accumulator_value={init_acc}, eps={eps}))",
    differs={
        "keras": Text(
            "Keras puts ε inside the root, starts the sum at 0.1 and decays weights outside the gradient; ε is 1e-7 and "
            "lr 0.001 by default.",
            "Keras는 ε을 제곱근 안에 넣고 누적합을 0.1에서 시작하며, 가중치 감쇠는 기울기와 별도로 적용한다. 기본값은 ε이 1e-7, "
            "학습률이 0.001이다.",
        ),
        "optax": Text(
            "optax puts ε inside the root and starts the sum at 0.1; ε is 1e-7 by default.",
            "optax는 ε을 제곱근 안에 넣고 누적합을 0.1에서 시작한다. ε의 기본값은 1e-7이다.",
        ),
        "book": Text("The rule is the same, with ε = 1e-7.", "규칙은 같고, ε은 1e-7이다."),
    },
    dialects={
        "keras": Dialect(decoupled, {"lr": 0.001, "eps": 1e-7, "init_acc": 0.1}),
        "optax": Dialect(inside, {"eps": 1e-7, "init_acc": 0.1}),
        "book": Dialect(defaults={"lr": 0.01, "eps": 1e-7}),
    },
)
