"""Momentum (heavy ball): the step remembers where it was going."""

from core.spec import Dialect, Optimizer, Paper, Stability, Text, decay, rate, weight_decay


def update(x, g, t, v, lr, momentum, dampening, weight_decay):
    g = g + weight_decay * x
    v = (
        momentum * v + (1 - dampening * (t > 1) * (momentum > 0)) * g
    )  # PyTorch dampens a velocity that there is already
    return x - lr * v, v


def folded(x, g, t, v, lr, momentum, dampening, weight_decay):
    """Keras and the book keep lr inside the velocity, Keras the decay outside it."""
    v = momentum * v - lr * (1 - dampening * (t > 1) * (momentum > 0)) * g
    return x * (1 - lr * weight_decay) + v, v


def tuned(low, high):
    """Polyak's optimum on a quadratic (1964): the errors along both curvatures are critically damped."""
    slow, fast = low**0.5, high**0.5
    return {"lr": (2 / (fast + slow)) ** 2, "momentum": ((fast - slow) / (fast + slow)) ** 2}


OPTIMIZER = Optimizer(
    update,
    name="Momentum",
    family="momentum",
    hypers=(
        rate(1e-3),
        decay("momentum", "β", 0.9, Text("momentum", "모멘텀")),
        decay("dampening", "τ", 0.0, Text("dampening of the gradient", "기울기 감쇠(dampening)")),
        weight_decay(),
    ),
    latex=r"v_t = \beta v_{t-1} + g_t,\qquad x_t = x_{t-1} - \eta\, v_t",
    paper=Paper(
        "B. T. Polyak",
        "Some methods of speeding up the convergence of iteration methods",
        1964,
        "https://doi.org/10.1016/0041-5553(64)90137-5",
    ),
    about=Text(
        "SGD with a memory: the velocity keeps a share β of itself and adds the new gradient. Along a steady slope it "
        "grows to 1/(1−β) gradients; across a ravine, opposite gradients cancel.",
        "SGD에 관성을 더했다. 속도는 이전 속도의 β만큼을 유지하면서 새 기울기를 더한다. 기울기가 일정하면 속도가 1/(1−β)배까지 커지고, "
        "골짜기를 가로지르는 방향에서는 부호가 반대인 기울기끼리 상쇄된다.",
    ),
    parent="sgd",
    textbook=2,
    stability=Stability(
        lambda momentum, dampening, weight_decay: 2 * (1 + momentum) / (1 - dampening * (momentum > 0)),
        "2(1+β)/(1−τ)",
        best=tuned,
    ),
    pytorch="torch.optim.SGD(params, lr={lr}, momentum={momentum}, dampening={dampening}, weight_decay={weight_decay})",
    keras="keras.optimizers.SGD(learning_rate={lr}, momentum={momentum}, weight_decay={weight_decay})",
    optax="optax.chain(optax.add_decayed_weights({weight_decay}), optax.sgd({lr}, momentum={momentum}))",
    differs={
        "keras": Text(
            "Keras folds lr into the velocity, v = βv − lr·g. With a constant lr that is the same path; under a "
            "schedule Keras scales only the newest gradient, PyTorch the whole velocity. Keras has no dampening and "
            "decays weights outside the velocity.",
            "Keras는 학습률을 속도 안에 넣는다(v = βv − lr·g). 학습률이 일정하면 경로가 같지만, 스케줄을 쓰면 Keras는 새 기울기에만, "
            "PyTorch는 속도 전체에 바뀐 학습률을 곱한다. Keras에는 dampening이 없고, 가중치 감쇠는 속도와 별도로 적용한다.",
        ),
        "book": Text(
            "The book folds lr into the velocity, as Keras does.",
            "책도 Keras처럼 학습률을 속도 안에 넣는다.",
        ),
    },
    dialects={
        "keras": Dialect(folded, {"lr": 0.01}),
        "optax": Dialect(),
        "book": Dialect(folded, {"lr": 0.01}),
    },
)
