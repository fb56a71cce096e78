"""AdaDelta: the step is measured in its own past steps, so it needs no learning rate."""

import numpy as np

from core.spec import Dialect, Optimizer, Paper, Text, decay, epsilon, rate, weight_decay


def update(x, g, t, s, u, lr, rho, eps, weight_decay):
    g = g + weight_decay * x
    s = rho * s + (1 - rho) * g**2
    step = np.sqrt(u + eps) / np.sqrt(s + eps) * g
    u = rho * u + (1 - rho) * step**2
    return x - lr * step, s, u


def decoupled(x, g, t, s, u, lr, rho, eps, weight_decay):
    """Keras takes the decay outside the gradient."""
    s = rho * s + (1 - rho) * g**2
    step = np.sqrt(u + eps) / np.sqrt(s + eps) * g
    u = rho * u + (1 - rho) * step**2
    return x * (1 - lr * weight_decay) - lr * step, s, u


OPTIMIZER = Optimizer(
    update,
    name="AdaDelta",
    family="unitless",
    hypers=(
        rate(1.0),
        decay("rho", "ρ", 0.9, Text("decay of the squares", "제곱의 감쇠율")),
        epsilon(1e-6),
        weight_decay(),
    ),
    latex=r"s_t = \rho s_{t-1} + (1-\rho) g_t^2,\quad d_t = \sqrt{\frac{u_{t-1} + \varepsilon}{s_t + \varepsilon}}\;g_t,"
    r"\quad u_t = \rho u_{t-1} + (1-\rho) d_t^2,\quad x_t = x_{t-1} - \eta\, d_t",
    paper=Paper("M. D. Zeiler", "ADADELTA: An Adaptive Learning Rate Method", 2012, "https://arxiv.org/abs/1212.5701"),
    about=Text(
        "RMSprop with the root of a running mean of its own squared steps in place of the rate: the units agree and no "
        "rate is needed (lr = 1 is the paper's form). "
        "Until that mean has grown, the speed is set by ε alone, so it starts very slowly.",
        "RMSprop의 학습률 자리에 지난 스텝 제곱의 이동 평균에 제곱근을 씌워 넣었다. 단위가 맞아떨어져 학습률이 필요 없다(lr = 1이 "
        "논문의 식이다). "
        "그 평균이 커지기 전까지는 ε이 속도를 정하므로 출발이 매우 느리다.",
    ),
    parent="rmsprop",
    meanings={"u": Text("running mean of the squared steps", "스텝 제곱의 이동 평균")},
    textbook=6,
    pytorch="torch.optim.Adadelta(params, lr={lr}, rho={rho}, eps={eps}, weight_decay={weight_decay})",
    keras="keras.optimizers.Adadelta(learning_rate={lr}, rho={rho}, epsilon={eps}, weight_decay={weight_decay})",
    optax="optax.adadelta({lr}, rho={rho}, eps={eps}, weight_decay={weight_decay})",
    differs={
        "keras": Text(
            "The rule is the same but for weight decay, which Keras takes outside the gradient. Keras' default lr is "
            "0.001, at which it hardly moves; its ρ is the paper's 0.95 and its ε 1e-7.",
            "가중치 감쇠를 기울기와 별도로 적용하는 것 말고는 규칙이 같다. 다만 Keras의 기본 학습률은 0.001이어서 거의 움직이지 않는다. "
            "ρ는 논문과 같은 0.95, ε은 1e-7이다.",
        )
    },
    dialects={
        "keras": Dialect(decoupled, {"lr": 0.001, "rho": 0.95, "eps": 1e-7}),
        "optax": Dialect(),
    },
)
