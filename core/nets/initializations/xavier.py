"""Xavier (Glorot): as large forwards and backwards as before the layer, on average over both."""

import math

from core.spec import Initialization, Paper, Text


def deviation(inputs, outputs):
    return math.sqrt(2 / (inputs + outputs))


INITIALIZATION = Initialization(
    deviation,
    name=Text("Xavier (Glorot)", "Xavier (Glorot)"),
    latex=r"W \sim \mathcal{N}\!\left(0,\ \frac{2}{n_\text{in} + n_\text{out}}\right)",
    about=Text(
        "For tanh: a sum of n numbers scatters √n times as far as one, so weights of 1/√n keep the size of the activations, "
        "and of the gradients on their way back. With sigmoid, whose slope is 1/4 at most, the gradients still shrink.",
        "tanh에 알맞다. 수 n개의 합은 하나보다 √n배 넓게 퍼지므로, 가중치를 1/√n 크기로 두면 활성화 값과 역전파되는 기울기의 크기가 "
        "층을 지나도 유지된다. 기울기가 1/4을 넘지 않는 시그모이드에서는 그래도 기울기가 준다.",
    ),
    source=Paper(
        "X. Glorot, Y. Bengio",
        "Understanding the difficulty of training deep feedforward neural networks",
        2010,
        "https://proceedings.mlr.press/v9/glorot10a.html",
    ),
)
