"""He (Kaiming): as Xavier, for ReLU, which stops half of what arrives."""

import math

from core.spec import Initialization, Paper, Text


def deviation(inputs, outputs):
    return math.sqrt(2 / inputs)


INITIALIZATION = Initialization(
    deviation,
    name=Text("He (Kaiming)", "He (Kaiming)"),
    latex=r"W \sim \mathcal{N}\!\left(0,\ \frac{2}{n_\text{in}}\right)",
    about=Text(
        "For ReLU: since half of the numbers are stopped, the variance of the weights is twice 1/n, and the activations "
        "keep their size through any number of layers.",
        "ReLU에 알맞다. 값의 절반이 0이 되므로 가중치의 분산을 1/n의 두 배로 잡는다. 층이 아무리 많아도 활성화 값의 크기가 유지된다.",
    ),
    source=Paper(
        "K. He, X. Zhang, S. Ren, J. Sun",
        "Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet Classification",
        2015,
        "https://arxiv.org/abs/1502.01852",
    ),
)
