"""Nesterov's accelerated gradient: momentum that looks ahead before it steps."""

from core.spec import Companion, Dialect, Optimizer, Paper, Special, Stability, Text, decay, rate, weight_decay


def update(x, g, t, v, lr, momentum, weight_decay):
    g = g + weight_decay * x
    v = momentum * v + g
    return x - lr * (g + momentum * v), v


def folded(x, g, t, v, lr, momentum, weight_decay):
    """Keras and the book keep lr inside the velocity, Keras the decay outside it."""
    v = momentum * v - lr * g
    return x * (1 - lr * weight_decay) + momentum * v - lr * g, v


def behind(x, t, v, lr, momentum, weight_decay):
    return x + lr * momentum * v


def behind_folded(x, t, v, lr, momentum, weight_decay):
    return x - momentum * v


def tuned(low, high):
    """The optimum on a quadratic.

    L. Lessard, B. Recht, A. Packard, Analysis and Design of Optimization Algorithms via Integral Quadratic Constraints, 2016.
    """
    root = (3 * high / low + 1) ** 0.5
    return {"lr": 4 / (3 * high + low), "momentum": (root - 2) / (root + 2)}


ITERATE = Text("iterate θ", "반복점 θ")

OPTIMIZER = Optimizer(
    update,
    name="Nesterov",
    family="momentum",
    hypers=(rate(1e-3), decay("momentum", "β", 0.9, Text("momentum", "모멘텀")), weight_decay()),
    latex=r"v_t = \beta v_{t-1} + g_t,\qquad x_t = x_{t-1} - \eta\,(g_t + \beta v_t)",
    paper=Paper(
        "Y. Nesterov",
        "A method for solving the convex programming problem with convergence rate O(1/k²)",
        1983,
        "https://www.mathnet.ru/eng/dan46009",
    ),
    about=Text(
        "Momentum that corrects itself in advance: the gradient counts where the velocity is about to carry the point, "
        "so it brakes before it overshoots. x here is that look-ahead point, as in PyTorch; the iterate θ lies behind it.",
        "속도가 데려갈 지점을 미리 내다보고 그곳의 기울기로 속도를 고치므로, 지나치기 전에 감속한다. 여기서 x는 PyTorch와 마찬가지로 "
        "내다본 지점이고, 내다보기 전의 반복점 θ는 그 뒤에 있다.",
    ),
    parent="momentum",
    textbook=3,
    stability=Stability(
        lambda momentum, weight_decay: 2 * (1 + momentum) / (1 + 2 * momentum), "2(1+β)/(1+2β)", best=tuned
    ),
    pytorch="torch.optim.SGD(params, lr={lr}, momentum={momentum}, nesterov=True, weight_decay={weight_decay})",
    keras="keras.optimizers.SGD(learning_rate={lr}, momentum={momentum}, nesterov=True, weight_decay={weight_decay})",
    optax="optax.chain(optax.add_decayed_weights({weight_decay}), optax.sgd({lr}, momentum={momentum}, nesterov=True))",
    differs={
        "keras": Text(
            "As for momentum: equal at a constant lr, different under a schedule; Keras decays weights outside the "
            "velocity.",
            "모멘텀과 같다. 학습률이 일정하면 경로가 같고, 스케줄을 쓰면 달라진다. Keras는 가중치 감쇠를 속도와 별도로 적용한다.",
        ),
        "book": Text(
            "The book folds lr into the velocity. Its code as first printed moved the velocity before using it, which is "
            "not Nesterov's method; what runs here is the corrected code.",
            "책은 학습률을 속도 안에 넣는다. 처음 인쇄된 코드는 속도를 먼저 바꾼 뒤에 사용해 네스테로프의 방법이 아니었다. "
            "여기서는 바로잡은 코드를 따른다.",
        ),
    },
    dialects={
        "keras": Dialect(folded, {"lr": 0.01}, companions=(Companion("iterate", ITERATE, behind_folded),)),
        "optax": Dialect(),
        "book": Dialect(folded, {"lr": 0.01}, companions=(Companion("iterate", ITERATE, behind_folded),)),
    },
    companions=(Companion("iterate", ITERATE, behind),),
    special=(Special("pytorch", {"momentum": 0.0}, "torch.optim.SGD(params, lr={lr}, weight_decay={weight_decay})"),),
)
