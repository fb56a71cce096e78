"""Softmax with loss: probabilities of the classes, and how surprising the right one is (cross entropy)."""

import numpy as np

from core.spec import Layer, Paper, Text


def forward(x, t):
    """The mean of −log pₜ over the samples, and the probabilities p (samples, classes), with p = eˣ / Σ eˣ.

    t (samples, 1) is the number of the right class. The largest x is taken from all first: the quotient is the same, and no
    exponential overflows.
    """
    p = np.empty_like(x)
    loss = 0.0
    for s in range(x.shape[0]):
        above = x[s] - x[s].max()
        e = np.exp(above)
        total = e.sum()
        p[s] = e / total
        loss += np.log(total) - above[int(t[s, 0])]
    return loss / x.shape[0], p


def backward(p, t):
    """∂L/∂x = (p − 1ₜ) / samples: the exponential and the logarithm cancel out, and what is left is plainly the error."""
    dx = p / p.shape[0]
    for s in range(p.shape[0]):
        dx[s, int(t[s, 0])] -= 1 / p.shape[0]
    return dx


LAYER = Layer(
    forward,
    backward,
    name=Text("Softmax with cross entropy", "소프트맥스와 교차 엔트로피"),
    latex=r"p_k = \frac{e^{x_k}}{\sum_j e^{x_j}},\quad L = -\log p_t,\quad \frac{\partial L}{\partial x_k} = p_k - [k = t]",
    about=Text(
        "For classes. The gradient is what the network says less what is right: as long as it is wrong it learns at "
        "full speed, however sure it is.",
        "분류에 쓴다. 기울기는 신경망의 출력에서 정답을 뺀 값이다. 틀린 동안에는 아무리 확신하고 있어도 학습이 느려지지 않는다.",
    ),
    source=Paper(
        "J. S. Bridle",
        "Probabilistic Interpretation of Feedforward Classification Network Outputs",
        1990,
        "https://doi.org/10.1007/978-3-642-76153-9_28",
    ),
    kind="loss",
    pytorch="torch.nn.CrossEntropyLoss()",
    keras="keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
)
