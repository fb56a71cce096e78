"""Tiger: Lion with a single forgetting factor."""

import numpy as np

from core.spec import Optimizer, Paper, Text, decay, rate, weight_decay


def update(x, g, t, m, lr, beta, weight_decay):
    m = beta * m + (1 - beta) * g
    return x * (1 - lr * weight_decay) - lr * np.sign(m), m


OPTIMIZER = Optimizer(
    update,
    name="Tiger",
    family="adaptive",
    hypers=(rate(1e-3), decay("beta", "β", 0.965, Text("decay of the mean", "평균의 감쇠율")), weight_decay(0.01)),
    latex=r"m_t = \beta m_{t-1} + (1-\beta) g_t,\qquad "
    r"x_t = x_{t-1} - \eta\,\bigl(\operatorname{sign}(m_t) + \lambda x_{t-1}\bigr)",
    paper=Paper("J. Su", "Tiger: A Tight-fisted Optimizer", 2023, "https://github.com/bojone/tiger"),
    about=Text(
        "Made to save memory: it keeps one number per weight, as Lion does, and that same mean can also collect the "
        "gradients of several small batches, for which other methods need room of their own. The rule is Lion's with "
        "β₁ = β₂, which is SignSGD with momentum and weight decay. But for the decay every step is lr long in each "
        "coordinate, and lr has to shrink before it comes to rest. The author's code also multiplies lr by the root mean "
        "square of each weight matrix, as LAMB does; that is left out here.",
        "메모리를 아끼려고 만든 방법이다. Lion처럼 가중치마다 수를 하나만 기억하는데, 여러 작은 배치의 기울기를 모으는 일까지 그 "
        "평균으로 할 수 있어 다른 방법처럼 자리가 따로 필요하지 않다. β₁ = β₂인 "
        "Lion이며, 모멘텀과 가중치 감쇠를 더한 SignSGD와 같다. 가중치 감쇠를 빼면 좌표마다 정확히 lr만큼 움직이므로 lr이 줄어들어야 "
        "멈춘다. 저자의 코드는 LAMB처럼 가중치 행렬마다 제곱 평균의 제곱근을 lr에 곱하는데, 여기에는 넣지 않았다.",
    ),
    parent="lion",
    pytorch_optimizer="pytorch_optimizer.Tiger(params, lr={lr}, beta={beta}, weight_decay={weight_decay})",
)
