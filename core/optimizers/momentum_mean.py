"""Momentum as a running mean: the step is lr times the mean of the latest gradients."""

from core.spec import Dialect, Optimizer, Paper, Stability, Text, decay, rate, weight_decay


def update(x, g, t, v, lr, momentum, weight_decay):
    g = g + weight_decay * x
    v = momentum * v + (1 - momentum) * g
    return x - lr * v, v


def tuned(low, high):
    """Polyak's optimum for the heavy ball, at a rate 1/(1 − β) times as large."""
    slow, fast = low**0.5, high**0.5
    momentum = ((fast - slow) / (fast + slow)) ** 2
    return {"lr": (2 / (fast + slow)) ** 2 / (1 - momentum), "momentum": momentum}


OPTIMIZER = Optimizer(
    update,
    name="Momentum (mean)",
    family="gradient",
    hypers=(rate(1e-2), decay("momentum", "β", 0.9, Text("momentum", "모멘텀")), weight_decay()),
    latex=r"v_t = \beta v_{t-1} + (1-\beta)\, g_t,\qquad x_t = x_{t-1} - \eta\, v_t",
    paper=Paper(
        "A. Ng, K. Katanforoosh, Y. Bensouda Mourri",
        "Deep Learning Specialization, course 2, week 2: Gradient Descent with Momentum",
        2017,
        "https://www.coursera.org/learn/deep-neural-network",
    ),
    about=Text(
        "Momentum as many courses write it: v is a mean of roughly the last 1/(1−β) gradients, and the step is lr times "
        "that. Its path equals that of Momentum at the rate lr·(1−β), so at the same lr it looks 1/(1−β) times slower. "
        "The mean starts at zero, which keeps the first steps short; Adam corrects for that.",
        "많은 강의에서 쓰는 형태의 모멘텀이다. v는 대략 최근 1/(1−β)개 기울기의 이동 평균이고, 여기에 lr을 곱한 만큼 움직인다. 학습률이 "
        "lr·(1−β)인 모멘텀과 경로가 똑같으므로, 같은 lr에서는 1/(1−β)배 느려 보인다. 평균이 0에서 시작해 처음 몇 스텝은 짧은데, "
        "Adam은 이 편향을 보정한다.",
    ),
    parent="momentum",
    stability=Stability(lambda momentum, weight_decay: 2 * (1 + momentum) / (1 - momentum), "2(1+β)/(1−β)", best=tuned),
    optax="optax.chain(optax.add_decayed_weights({weight_decay}), "
    "optax.chain(optax.ema({momentum}, debias=False), optax.scale_by_learning_rate({lr})))",
    pytorch_optimizer="pytorch_optimizer.QHM(params, lr={lr}, momentum={momentum}, nu=1.0, weight_decay={weight_decay})",
    differs={
        "pytorch": Text(
            "torch.optim.SGD makes the same path at the rate lr·(1−β). With dampening=β it takes lr itself, but its first "
            "velocity is the whole gradient.",
            "torch.optim.SGD에 lr·(1−β)를 주면 같은 경로가 된다. dampening=β로 두면 lr을 그대로 쓸 수 있지만, 첫 속도는 (1−β)를 "
            "곱하지 않은 기울기이다.",
        )
    },
    dialects={"optax": Dialect()},
)
