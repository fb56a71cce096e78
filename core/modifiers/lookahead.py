"""Lookahead: a fast optimizer explores k steps ahead, and slow weights follow a part of the way."""

from core.spec import Hyper, Modifier, Paper, Text


def change(x, before, t, slow, k, alpha):
    slow = before if t == 1 else slow
    meets = t % k == 0
    slow = slow + alpha * (x - slow) if meets else slow
    return slow if meets else x, slow


MODIFIER = Modifier(
    change,
    name=Text("Lookahead", "룩어헤드"),
    hypers=(
        Hyper("k", "k", 5, 1, 100, "log", Text("steps ahead", "앞서가는 스텝 수"), integer=True),
        Hyper("alpha", "α", 0.5, 0.0, 1.0, label=Text("share of the way that is kept", "따라가는 비율")),
    ),
    latex=r"\phi_t = \phi_{t-k} + \alpha\,(x_t - \phi_{t-k})\ \ (k \mid t),\quad x_t \leftarrow \phi_t,\quad \phi_0 = x_0",
    about=Text(
        "Every k steps the point is pulled back towards φ, where it stood k steps ago, and starts from there: what the "
        "optimizer did back and forth cancels, what it did in one direction stays. So its rate may be larger.",
        "k 스텝마다 k 스텝 전 위치 φ 쪽으로 되돌아와 거기서 다시 출발한다. 왔다 갔다 한 움직임은 상쇄되고 한 방향으로 간 움직임만 "
        "남으므로, 학습률을 더 크게 잡을 수 있다.",
    ),
    paper=Paper(
        "M. R. Zhang, J. Lucas, G. Hinton, J. Ba",
        "Lookahead Optimizer: k steps forward, 1 step back",
        2019,
        "https://arxiv.org/abs/1907.08610",
    ),
    pytorch="pytorch_optimizer.Lookahead({optimizer}, k={k}, alpha={alpha})",
    optax="optax.lookahead({optimizer}, sync_period={k}, slow_step_size={alpha})",
)
