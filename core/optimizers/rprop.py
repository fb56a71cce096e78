"""Rprop: every coordinate finds its own step; of the gradient only the sign is used."""

import numpy as np

from core.spec import Dialect, Hyper, Optimizer, Paper, Text, rate


def update(x, g, t, step, g_last, lr, eta_minus, eta_plus, step_min, step_max):
    turn = g * g_last
    step = step + lr * (t == 1)
    step = step * (eta_plus * (turn > 0) + eta_minus * (turn < 0) + (turn == 0))
    step = np.minimum(np.maximum(step, step_min), step_max)
    g = g * (turn >= 0) + 0.0  # after a step too far: wait here, and forget the direction (+ 0.0: no -0.0)
    return x - step * np.sign(g), step, g


def late(x, g, t, step, g_last, lr, eta_minus, eta_plus, step_min, step_max):
    """optax makes the move of the update before, unless the gradient has turned; a step of length 0 it never lengthens."""
    turn = g * g_last * (step > 0)
    x = x - step * np.sign(g_last) * (turn >= 0)
    step = step + lr * (t == 1)
    scaled = step * (eta_plus * (turn > 0) + eta_minus * (turn < 0))
    scaled = np.minimum(np.maximum(scaled, step_min), step_max)
    return x, step * (turn == 0) + scaled * (turn != 0), g * (turn >= 0) + 0.0


OPTIMIZER = Optimizer(
    update,
    name="Rprop",
    family="adaptive",
    hypers=(
        rate(1e-2),
        Hyper(
            "eta_minus", "η⁻", 0.5, 0.05, 0.95, label=Text("factor after a change of sign", "부호가 바뀌면 곱하는 값")
        ),
        Hyper("eta_plus", "η⁺", 1.2, 1.05, 3.0, label=Text("factor while the sign stays", "부호가 같으면 곱하는 값")),
        Hyper("step_min", "Δmin", 1e-6, 1e-12, 0.1, "log", Text("shortest step", "최소 보폭")),
        Hyper("step_max", "Δmax", 50.0, 0.1, 1000.0, "log", Text("longest step", "최대 보폭")),
    ),
    latex=r"\Delta_t = \Delta_{t-1}\cdot\begin{cases}\eta^+ & g_t g_{t-1} > 0\\ \eta^- & g_t g_{t-1} < 0\ "
    r"(\Rightarrow g_t := 0)\\ 1 & g_t g_{t-1} = 0\end{cases},\qquad \Delta_{\min} \le \Delta_t \le \Delta_{\max},\qquad "
    r"x_t = x_{t-1} - \Delta_t \operatorname{sign}(g_t),\qquad \Delta_0 = \eta",
    paper=Paper(
        "M. Riedmiller, H. Braun",
        "A direct adaptive method for faster backpropagation learning: The RPROP algorithm",
        1993,
        "https://doi.org/10.1109/ICNN.1993.298623",
    ),
    about=Text(
        "While a coordinate keeps its direction its step grows by a fifth, and where it has gone too far it waits one "
        "update and halves. (The paper's rule, RPROP+, takes the step too far back as well; PyTorch, as here, does not.) "
        "lr is the first step only, and no schedule changes it. Under noise the signs mean little.",
        "좌표마다 방향이 그대로이면 보폭을 1.2배로 늘리고, 지나쳤으면 한 번 쉬면서 절반으로 줄인다. 논문의 규칙(RPROP+)은 지나친 "
        "스텝을 되돌리기까지 하지만, PyTorch와 여기서는 되돌리지 않는다. lr은 첫 스텝의 길이일 뿐이며 스케줄도 통하지 않는다. "
        "노이즈가 있으면 부호를 믿기 어려워 잘 작동하지 않는다.",
    ),
    parent="sgd",
    meanings={
        "step": Text("length of the step in each coordinate", "좌표별 보폭"),
        "g_last": Text("last gradient, 0 after a step too far", "직전 기울기(지나친 뒤에는 0)"),
    },
    pytorch="torch.optim.Rprop(params, lr={lr}, etas=({eta_minus}, {eta_plus}), step_sizes=({step_min}, {step_max}))",
    optax="optax.rprop({lr}, eta_minus={eta_minus}, eta_plus={eta_plus}, min_step_size={step_min}, "
    "max_step_size={step_max})",
    differs={
        "optax": Text(
            "optax makes every move one update late, and its first update makes none.",
            "optax는 모든 이동을 한 스텝 늦게 하며, 첫 스텝에서는 움직이지 않는다.",
        )
    },
    dialects={"optax": Dialect(late)},
)
