"""Sigmoid: squeezes every number between 0 and 1."""

import numpy as np

from core.spec import Layer, Paper, Text


def forward(x):
    return 1 / (1 + np.exp(-x))


def backward(dy, x, y):
    """y = 1 / (1 + e⁻ˣ), so dy/dx = e⁻ˣ / (1 + e⁻ˣ)² = y (1 − y): at most 1/4, and next to nothing far from 0."""
    return dy * y * (1 - y)


LAYER = Layer(
    forward,
    backward,
    name=Text("Sigmoid", "시그모이드"),
    latex=r"y = \frac{1}{1 + e^{-x}},\quad \frac{\partial y}{\partial x} = y\,(1 - y)",
    about=Text(
        "The classic. Its slope is at most 1/4, so every layer takes at least three quarters off the gradient on its way "
        "back: in deep networks little arrives at the front.",
        "고전적인 활성화 함수이다. 미분이 최대 1/4이어서 역전파되는 기울기가 층마다 4분의 1 이하로 줄고, 깊은 신경망에서는 앞쪽 "
        "층에 거의 도달하지 않는다(기울기 소실).",
    ),
    source=Paper(
        "D. E. Rumelhart, G. E. Hinton, R. J. Williams",
        "Learning representations by back-propagating errors",
        1986,
        "https://doi.org/10.1038/323533a0",
    ),
    pytorch="torch.nn.Sigmoid()",
    keras="sigmoid",
)
