"""Dropout: at every update each neuron is silent with some probability, and the others speak up for it."""

import numpy as np

from core.engine.noise import bits
from core.spec import Layer, Paper, Text

S11 = np.uint64(11)
ULP = 2.0**-53


def stays(origin, counter, rate):
    """1 where a neuron stays, 0 where it drops out: a number from 0 to 1 for this counter (both uint64) against the rate."""
    return 1.0 * ((bits(origin, counter) >> S11) * ULP >= rate)


def forward(x, mask, rate):
    """What is left is scaled up, so that the sum is the same on average, and nothing need change when all are there."""
    return x * mask / (1 - rate)


def backward(dy, mask, rate):
    """What did not come through did not act on the loss."""
    return dy * mask / (1 - rate)


LAYER = Layer(
    forward,
    backward,
    name=Text("Dropout", "드롭아웃"),
    latex=r"y = \frac{m \odot x}{1 - p},\quad m \sim \mathrm{Bernoulli}(1 - p)",
    about=Text(
        "No neuron can rely on another one being there, so what they learn has to stand for itself: against "
        "overfitting, at the price of a slower fall of the training loss.",
        "어떤 뉴런도 다른 뉴런이 늘 있으리라 기댈 수 없으므로 각자 쓸모 있는 특징을 배우게 된다. 과적합을 억제하는 대신 학습 손실은 "
        "더 느리게 준다.",
    ),
    source=Paper(
        "N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov",
        "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
        2014,
        "https://jmlr.org/papers/v15/srivastava14a.html",
    ),
    kind="dropout",
    pytorch="torch.nn.Dropout({rate})",
    keras="keras.layers.Dropout({rate})",
)
