"""ReLU: lets positive numbers through and stops the others."""

import numpy as np

from core.spec import Layer, Paper, Text


def forward(x):
    return np.maximum(x, 0)


def backward(dy, x, y):
    """The slope is 1 where x > 0 and 0 elsewhere; at the kink itself it is taken for 0, as everywhere."""
    return dy * (x > 0)


LAYER = Layer(
    forward,
    backward,
    name=Text("ReLU", "ReLU"),
    latex=r"y = \max(x, 0),\quad \frac{\partial y}{\partial x} = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}",
    about=Text(
        "What goes through goes through whole, however many layers there are. A neuron whose sum is negative for every "
        "example gets no gradient any more: it is dead.",
        "통과하는 값은 층이 아무리 많아도 줄지 않고 그대로 전해진다. 모든 데이터에 대해 합이 음수인 뉴런은 기울기를 더 받지 못한다. "
        "이른바 죽은 ReLU이다.",
    ),
    source=Paper(
        "X. Glorot, A. Bordes, Y. Bengio",
        "Deep Sparse Rectifier Neural Networks",
        2011,
        "https://proceedings.mlr.press/v15/glorot11a.html",
    ),
    pytorch="torch.nn.ReLU()",
    keras="relu",
)
