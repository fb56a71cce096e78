"""Clipping by value: no coordinate of the gradient may be larger than c."""

import numpy as np

from core.spec import Hyper, Modifier, Paper, Text


def change(gx, gy, value):
    return np.minimum(np.maximum(gx, -value), value), np.minimum(np.maximum(gy, -value), value)


MODIFIER = Modifier(
    change,
    name=Text("Clip by value", "값 클리핑"),
    hypers=(Hyper("value", "c", 1.0, 1e-3, 1e3, "log", Text("largest coordinate", "좌표별 최댓값")),),
    latex=r"g_t \leftarrow \min(\max(g_t,\, -c),\, c)",
    about=Text(
        "Every coordinate of the gradient is cut to [−c, c] by itself. That turns a long gradient towards the diagonal: "
        "the direction is lost where clipping by norm would keep it.",
        "기울기의 좌표를 하나씩 [−c, c] 안으로 자른다. 그러면 긴 기울기의 방향이 대각선 쪽으로 틀어진다. 노름 클리핑이 지키는 "
        "방향을 여기서는 잃는다.",
    ),
    paper=Paper(
        "T. Mikolov",
        "Statistical Language Models Based on Neural Networks",
        2012,
        "https://www.fit.vut.cz/study/phd-thesis/283/",
    ),
    pytorch="torch.nn.utils.clip_grad_value_(params, {value})",
    keras="clipvalue={value}",
    optax="optax.clip({value})",
)
