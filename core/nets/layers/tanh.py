"""Tanh: squeezes every number between -1 and 1."""

import numpy as np

from core.spec import Layer, Paper, Text


def forward(x):
    return np.tanh(x)


def backward(dy, x, y):
    """y = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ); the derivative of that quotient is 1 − y²."""
    return dy * (1 - y * y)


LAYER = Layer(
    forward,
    backward,
    name=Text("Tanh", "tanh"),
    latex=r"y = \tanh x,\quad \frac{\partial y}{\partial x} = 1 - y^2",
    about=Text(
        "A sigmoid around zero, with a slope of 1 there: what comes out is not shifted to one side, and the gradient "
        "goes through unchanged as long as the sums are small.",
        "0을 중심으로 한 시그모이드 모양이며 0에서의 기울기가 1이다. 출력이 한쪽으로 치우치지 않고, 입력의 합이 작은 동안에는 "
        "기울기가 줄지 않고 전해진다.",
    ),
    source=Paper(
        "Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller",
        "Efficient BackProp",
        1998,
        "https://doi.org/10.1007/3-540-49430-8_2",
    ),
    pytorch="torch.nn.Tanh()",
    keras="tanh",
)
