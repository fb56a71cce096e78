"""Batch normalization: every neuron's sums over a batch are brought to mean 0 and variance 1, then scaled and shifted."""

import numpy as np

from core.nets.matrix import columns
from core.spec import Layer, Paper, Text

EPS = 1e-5
MOMENTUM = 0.1  # share of the newest batch in the running mean and variance, which stand in when there is no batch


def statistics(x):
    """Mean and variance of every column of a batch."""
    mean = columns(x) / x.shape[0]
    return mean, columns((x - mean) ** 2) / x.shape[0]


def forward(x, gamma, beta, mean, var):
    return gamma * ((x - mean) / np.sqrt(var + EPS)) + beta


def backward(dy, x, gamma, mean, var):
    """dx, and the gradients of γ and β.

    x̂ = (x − μ)/σ and y = γ x̂ + β, so ∂L/∂γ = Σₛ dyₛ x̂ₛ and ∂L/∂β = Σₛ dyₛ. x acts on every sample through μ and σ as
    well: ∂μ/∂xₛ = 1/n and ∂σ/∂xₛ = x̂ₛ/n, which takes from dy its mean, and its share along x̂:
    dx = γ/σ (dy − mean(dy) − x̂ mean(dy x̂)).
    """
    n = x.shape[0]
    root = np.sqrt(var + EPS)
    x_hat = (x - mean) / root
    dbeta = columns(dy)
    dgamma = columns(dy * x_hat)
    return gamma / root * (dy - dbeta / n - x_hat * (dgamma / n)), dgamma, dbeta


LAYER = Layer(
    forward,
    backward,
    name=Text("Batch normalization", "배치 정규화"),
    latex=r"\hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}},\quad y = \gamma \hat x + \beta",
    about=Text(
        "Whatever the initial weights, every layer sees numbers of about the same size: the rate may be larger, and the "
        "choice of initial weights matters less. A batch of one has no variance, and needs running means instead.",
        "초깃값이 어떻든 모든 층이 비슷한 크기의 값을 받는다. 학습률을 크게 잡을 수 있고, 가중치 초깃값에 덜 민감해진다. 추론할 "
        "때는 배치 대신 학습 중에 구한 이동 평균을 쓴다.",
    ),
    source=Paper(
        "S. Ioffe, C. Szegedy",
        "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
        2015,
        "https://arxiv.org/abs/1502.03167",
    ),
    kind="norm",
    pytorch="torch.nn.BatchNorm1d({outputs})",
    keras="keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5)",
)
