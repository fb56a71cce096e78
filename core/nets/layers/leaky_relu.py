"""Leaky ReLU: lets a hundredth of the negative numbers through as well."""

import numpy as np

from core.spec import Layer, Paper, Text


def forward(x):
    return np.maximum(x, 0.01 * x)


def backward(dy, x, y):
    """The slope is 1 where x > 0 and 0.01 elsewhere."""
    return dy * np.maximum(x > 0, 0.01)


LAYER = Layer(
    forward,
    backward,
    name=Text("Leaky ReLU", "Leaky ReLU"),
    latex=r"y = \begin{cases} x & x > 0 \\ 0.01\,x & x \le 0 \end{cases}",
    about=Text(
        "A ReLU that never dies: on the negative side a hundredth of the gradient is left, enough to come back.",
        "죽지 않는 ReLU이다. 음수 쪽에서도 기울기의 100분의 1이 남아 있어 다시 살아날 수 있다.",
    ),
    source=Paper(
        "A. L. Maas, A. Y. Hannun, A. Y. Ng",
        "Rectifier Nonlinearities Improve Neural Network Acoustic Models",
        2013,
        "https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf",
    ),
    pytorch="torch.nn.LeakyReLU(0.01)",
    keras="lambda x: keras.ops.leaky_relu(x, negative_slope=0.01)",
)
