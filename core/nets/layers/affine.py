"""Affine: every output is a weighted sum of all inputs, plus a bias."""

from core.nets.matrix import columns, dot
from core.spec import Layer, Paper, Text


def forward(x, W, b):
    """y = x W + b, with x (samples, inputs), W (inputs, outputs), b (outputs,)."""
    return dot(x, W) + b


def backward(dy, W):
    """What goes back to the input.

    yₛₖ = Σⱼ xₛⱼ Wⱼₖ + bₖ, so xₛⱼ acts on the loss through every yₛₖ with the factor Wⱼₖ:
    ∂L/∂xₛⱼ = Σₖ ∂L/∂yₛₖ Wⱼₖ, which is dy Wᵀ.
    """
    return dot(dy, W.T)


def slopes(dy, x):
    """The gradient of W and b.

    Wⱼₖ acts through yₛₖ of every sample with the factor xₛⱼ: ∂L/∂Wⱼₖ = Σₛ xₛⱼ ∂L/∂yₛₖ, which is xᵀ dy.
    bₖ acts through every yₛₖ with the factor 1.
    """
    return dot(x.T, dy), columns(dy)


LAYER = Layer(
    forward,
    backward,
    name=Text("Affine", "완전연결(Affine)"),
    latex=r"y = xW + b,\quad \frac{\partial L}{\partial x} = \frac{\partial L}{\partial y} W^\top,\quad "
    r"\frac{\partial L}{\partial W} = x^\top \frac{\partial L}{\partial y},\quad "
    r"\frac{\partial L}{\partial b} = \sum_s \frac{\partial L}{\partial y_s}",
    about=Text(
        "All that a network learns stands here: the weights W and the biases b. Without something bent between them, "
        "many affine layers are no more than one.",
        "신경망이 학습하는 것은 모두 여기에 있다. 가중치 W와 편향 b이다. 사이에 비선형 활성화 함수가 없으면 Affine 계층은 "
        "아무리 쌓아도 한 층과 같다.",
    ),
    source=Paper(
        "F. Rosenblatt",
        "The Perceptron: A Probabilistic Model for Information Storage and Organization in the Brain",
        1958,
        "https://doi.org/10.1037/h0042519",
    ),
    kind="affine",
    pytorch="torch.nn.Linear({inputs}, {outputs})",
    keras="keras.layers.Dense({outputs})",
)
