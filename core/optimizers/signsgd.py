"""SignSGD: a step of length lr in every coordinate, whatever the gradient."""

import numpy as np

from core.spec import Dialect, Optimizer, Paper, Text, decay, rate, weight_decay
from core.spec.meaning import MEAN


def update(x, g, t, m, lr, momentum, weight_decay):
    m = momentum * m + (1 - momentum) * g
    x = x * (1 - lr * weight_decay)  # outside the gradient, which pytorch_optimizer does unless told otherwise
    return x - lr * np.sign(m), m


OPTIMIZER = Optimizer(
    update,
    name="SignSGD",
    family="adaptive",
    hypers=(rate(1e-3), decay("momentum", "β", 0.0, Text("momentum", "모멘텀")), weight_decay()),
    latex=r"m_t = \beta m_{t-1} + (1-\beta)\, g_t,\qquad x_t = x_{t-1} - \eta\,\operatorname{sign}(m_t)",
    paper=Paper(
        "J. Bernstein, Y.-X. Wang, K. Azizzadenesheli, A. Anandkumar",
        "signSGD: Compressed Optimisation for Non-Convex Problems",
        2018,
        "https://arxiv.org/abs/1802.04434",
    ),
    about=Text(
        "Keeps only the sign of each coordinate, so it walks along the axes and diagonals and, at a constant lr, ends "
        "by hopping over the minimum. For β = 0 the mean m is the gradient itself; with momentum it is Signum, the sign "
        "of a running mean. Weight decay acts outside the gradient, as in AdamW.",
        "좌표마다 부호만 남기므로 축 방향이나 대각선으로만 움직이고, 학습률이 일정하면 마지막에는 최솟값을 사이에 두고 왔다 갔다 한다. "
        "β = 0이면 m은 기울기 자체이고, 모멘텀을 켜면 이동 평균의 부호를 쓰는 Signum이 된다. 가중치 감쇠는 AdamW처럼 기울기와 "
        "별도로 적용한다.",
    ),
    parent="sgd",
    meanings={"m": MEAN},
    optax="optax.chain(optax.scale_by_sign(), optax.add_decayed_weights({weight_decay}), "
    "optax.scale_by_learning_rate({lr}))",
    optax_plain="optax.sign_sgd({lr})",
    pytorch_optimizer="pytorch_optimizer.SignSGD(params, lr={lr}, momentum={momentum}, weight_decay={weight_decay})",
    differs={
        "optax": Text("optax has no momentum here.", "optax의 이 함수에는 모멘텀이 없다."),
        "pytorch_optimizer": Text(
            "The rule is the same; the default momentum is 0.9.",
            "규칙은 같고, 모멘텀의 기본값은 0.9이다.",
        ),
    },
    dialects={"optax": Dialect()},
)
