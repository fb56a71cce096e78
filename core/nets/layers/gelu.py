"""GELU: x times the chance that a normal number lies below it, in the form with tanh."""

import numpy as np

from core.spec import Layer, Paper, Text

ROOT = 0.7978845608028654  # √(2/π)


def forward(x):
    return 0.5 * x * (1 + np.tanh(ROOT * (x + 0.044715 * x**3)))


def backward(dy, x, y):
    """With u = √(2/π) (x + 0.044715 x³): y = x (1 + tanh u) / 2, by the rules for a product and for a chain."""
    bent = np.tanh(ROOT * (x + 0.044715 * x**3))
    return dy * (0.5 * (1 + bent) + 0.5 * x * (1 - bent * bent) * ROOT * (1 + 0.134145 * x**2))


LAYER = Layer(
    forward,
    backward,
    name=Text("GELU", "GELU"),
    latex=r"y = \tfrac{x}{2}\left(1 + \tanh\!\left(\sqrt{2/\pi}\,(x + 0.044715\,x^3)\right)\right)",
    about=Text(
        "A ReLU without the kink, the choice of BERT and GPT: near zero it dips a little below it, so that even small "
        "negative sums have a slope.",
        "꺾이는 점이 없는 ReLU로, BERT와 GPT가 쓴다. 0 근처에서 살짝 음수가 되므로 작은 음수에서도 기울기가 있다.",
    ),
    source=Paper(
        "D. Hendrycks, K. Gimpel", "Gaussian Error Linear Units (GELUs)", 2016, "https://arxiv.org/abs/1606.08415"
    ),
    pytorch='torch.nn.GELU(approximate="tanh")',
    keras="lambda x: keras.ops.gelu(x, approximate=True)",
)
