"""RMSprop: AdaGrad that forgets, so that its steps do not die."""

import numpy as np

from core.spec import Dialect, Hyper, Optimizer, Paper, Stability, Text, decay, epsilon, rate, weight_decay
from core.spec.meaning import MEAN


def update(x, g, t, s, m, v, lr, rho, eps, momentum, centered, weight_decay):
    g = g + weight_decay * x
    s = rho * s + (1 - rho) * g**2
    m = rho * m + (1 - rho) * g
    root = np.sqrt(s - (centered * m) ** 2) + eps
    return x - lr * momentum * v - lr * g / root, s, m, momentum * v + g / root


def inside(x, g, t, s, m, v, lr, rho, eps, momentum, centered, weight_decay):
    """optax puts ε inside the root and lr inside the velocity."""
    g = g + weight_decay * x
    s = rho * s + (1 - rho) * g**2
    m = rho * m + (1 - rho) * g
    v = momentum * v + lr * g / np.sqrt(s - (centered * m) ** 2 + eps)
    return x - v, s, m, v


def decoupled(x, g, t, s, m, v, lr, rho, eps, momentum, centered, weight_decay):
    """Keras does so too, and takes the decay outside the gradient."""
    s = rho * s + (1 - rho) * g**2
    m = rho * m + (1 - rho) * g
    v = momentum * v + lr * g / np.sqrt(s - (centered * m) ** 2 + eps)
    return x * (1 - lr * weight_decay) - v, s, m, v


def divisor(t, s, m, v, lr, rho, eps, momentum, centered, weight_decay):
    return np.sqrt(s - (centered * m) ** 2) + eps


OPTIMIZER = Optimizer(
    update,
    name="RMSprop",
    family="adaptive",
    hypers=(
        rate(1e-2),
        decay("rho", "ρ", 0.99, Text("decay of the squares", "제곱의 감쇠율")),
        epsilon(1e-8),
        decay("momentum", "β", 0.0, Text("momentum", "모멘텀")),
        Hyper(
            "centered",
            "c",
            0,
            0,
            1,
            label=Text("minus the squared mean", "평균의 제곱을 뺌"),
            integer=True,
        ),
        weight_decay(),
    ),
    latex=r"s_t = \rho s_{t-1} + (1-\rho) g_t^2,\qquad x_t = x_{t-1} - \eta\,\frac{g_t}{\sqrt{s_t} + \varepsilon}",
    paper=Paper(
        "T. Tieleman, G. Hinton",
        "Lecture 6.5, rmsprop: Divide the gradient by a running average of its recent magnitude. Coursera: Neural "
        "Networks for Machine Learning",
        2012,
        "https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf",
    ),
    about=Text(
        "Divides by a running mean of the squared gradients instead of their sum: old steepness is forgotten. The mean "
        "starts at zero, so the very first step is lr/√(1−ρ) long. The lecture takes ρ = 0.9, PyTorch 0.99.",
        "기울기 제곱의 합 대신 이동 평균으로 나누어 오래된 기울기를 잊는다. 평균이 0에서 시작하므로 첫 스텝의 길이는 lr/√(1−ρ)이다. "
        "강의에서는 ρ = 0.9, PyTorch에서는 0.99를 쓴다.",
    ),
    parent="adagrad",
    meanings={"m": MEAN, "v": Text("velocity", "속도")},
    textbook=5,
    stability=Stability(
        lambda rho, eps, momentum, centered, weight_decay: 2 * (1 + momentum), "2(1+β)", divisor=divisor
    ),
    pytorch="torch.optim.RMSprop(params, lr={lr}, alpha={rho}, eps={eps}, momentum={momentum}, centered={centered}, "
    "weight_decay={weight_decay})",
    keras="keras.optimizers.RMSprop(learning_rate={lr}, rho={rho}, momentum={momentum}, epsilon={eps}, "
    "centered={centered}, weight_decay={weight_decay})",
    optax="optax.chain(optax.add_decayed_weights({weight_decay}), "
    "optax.rmsprop({lr}, decay={rho}, eps={eps}, eps_in_sqrt=False, centered={centered}, momentum={momentum}))",
    differs={
        "keras": Text(
            "Keras puts ε inside the root, lr inside the velocity and the weight decay outside the gradient; it takes "
            "ρ = 0.9, ε = 1e-7 and lr = 0.001 by default.",
            "Keras는 ε을 제곱근 안에, 학습률을 속도 안에 넣고 가중치 감쇠는 기울기와 별도로 적용한다. 기본값은 ρ가 0.9, ε이 1e-7, "
            "학습률이 0.001이다.",
        ),
        "optax": Text(
            "optax puts ε inside the root unless eps_in_sqrt=False, and lr inside the velocity, which shows under a "
            "schedule only; it takes ρ = 0.9 by default.",
            "optax는 eps_in_sqrt=False로 두지 않으면 ε을 제곱근 안에 넣는다. 학습률은 속도 안에 넣는데, 이 차이는 스케줄을 쓸 때만 "
            "드러난다. ρ의 기본값은 0.9이다.",
        ),
        "book": Text("The rule is the same, with ε = 1e-7.", "규칙은 같고, ε은 1e-7이다."),
    },
    dialects={
        "keras": Dialect(decoupled, {"lr": 0.001, "rho": 0.9, "eps": 1e-7}),
        "optax": Dialect(
            inside,
            {"rho": 0.9},
            "optax.chain(optax.add_decayed_weights({weight_decay}), "
            "optax.rmsprop({lr}, decay={rho}, eps={eps}, centered={centered}, momentum={momentum}))",
        ),
        "book": Dialect(defaults={"lr": 0.01, "eps": 1e-7}),
    },
)
