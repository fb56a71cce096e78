"""Cautious Adam: a coordinate whose mean and gradient disagree stands still."""

import numpy as np

from core.spec import Optimizer, Paper, Text, decay, epsilon, rate, weight_decay
from core.spec.meaning import MEAN, SQUARES


def update(p, g, t, here, m, v, lr, beta1, beta2, eps, weight_decay):
    (x, y), (gx, gy), (mx, my), (vx, vy) = p, g, m, v
    x, y = x * (1 - lr * weight_decay), y * (1 - lr * weight_decay)
    mx, my = beta1 * mx + (1 - beta1) * gx, beta1 * my + (1 - beta1) * gy
    vx, vy = beta2 * vx + (1 - beta2) * gx**2, beta2 * vy + (1 - beta2) * gy**2
    phi_x, phi_y = 1.0 * (mx * gx > 0), 1.0 * (my * gy > 0)
    # Those that move make up for those that stand still. The authors' code; their formula counts one coordinate more.
    scale = 1 / np.maximum((phi_x + phi_y) / 2, 1e-3)
    u_x = mx / (1 - beta1**t) / (np.sqrt(vx / (1 - beta2**t)) + eps)
    u_y = my / (1 - beta1**t) / (np.sqrt(vy / (1 - beta2**t)) + eps)
    return (x - lr * scale * phi_x * u_x, y - lr * scale * phi_y * u_y), (mx, my), (vx, vy)


OPTIMIZER = Optimizer(
    update,
    name="Cautious Adam",
    family="adaptive",
    hypers=(
        rate(1e-3),
        decay("beta1", "β₁", 0.9, Text("decay of the mean", "평균의 감쇠율")),
        decay("beta2", "β₂", 0.999, Text("decay of the squares", "제곱의 감쇠율")),
        epsilon(1e-8),
        weight_decay(),
    ),
    latex=r"\varphi_t = \mathbb{1}[m_t \odot g_t > 0],\qquad "
    r"\eta_t = \frac{\eta}{\max(\operatorname{mean}(\varphi_t),\, 10^{-3})},\quad "
    r"x_t = x_{t-1} - \eta_t\,\varphi_t \odot \frac{\hat m_t}{\sqrt{\hat v_t} + \varepsilon}\qquad(\hat m_t, \hat v_t:\ \text{Adam})",
    paper=Paper(
        "K. Liang, L. Chen, B. Liu, Q. Liu",
        "Cautious Optimizers: Improving Training with One Line of Code",
        2024,
        "https://arxiv.org/abs/2411.16085",
    ),
    about=Text(
        "Adam with one more line: where the mean would carry a coordinate uphill, against today's gradient, that "
        "coordinate waits, and the others go further by as much. So momentum carries no coordinate on once its slope has "
        "turned: look at the bends. Of only two coordinates, the one that goes on takes a double step (the paper's formula "
        "counts one coordinate more; this is the authors' code). Weight decay acts outside the gradient, as in AdamW.",
        "Adam에 한 줄을 더한 것이다. 평균이 가려는 방향이 지금의 기울기로 보아 오르막이면 그 좌표는 기다리고, 나머지 좌표가 그만큼 더 "
        "움직인다. 기울기의 부호가 바뀐 뒤에도 모멘텀에 밀려 계속 나아가는 일이 없으니, 방향이 바뀌는 곳을 눈여겨보자. 여기서는 좌표가 "
        "둘뿐이라 한쪽이 기다리면 다른 쪽은 두 배로 움직인다(논문의 식은 움직이는 좌표 수에 1을 더해 나누지만, 여기서는 저자들의 "
        "코드를 따른다). 가중치 감쇠는 AdamW처럼 기울기와 별도로 적용한다.",
    ),
    parent="adam",
    meanings={"m": MEAN, "v": SQUARES},
)
