"""Nesterov's method of 1983: the momentum is no setting, it grows by itself."""

import numpy as np

from core.spec import Companion, Optimizer, Paper, Text, rate


def update(x, g, t, theta, a, lr):
    theta_last, a_last = theta, a
    theta = x - lr * g
    a = (1 + np.sqrt(4 * a**2 + 1)) / 2
    return theta + (a_last - 1) / a * (theta - theta_last), theta, a


def behind(x, t, theta, a, lr):
    return np.where(t > 0, theta, x)


OPTIMIZER = Optimizer(
    update,
    name="Nesterov 1983",
    family="momentum",
    hypers=(rate(1e-3),),
    latex=r"\theta_t = x_{t-1} - \eta\, g_t,\qquad a_t = \frac{1 + \sqrt{4a_{t-1}^2 + 1}}{2},\qquad "
    r"x_t = \theta_t + \frac{a_{t-1} - 1}{a_t}\,(\theta_t - \theta_{t-1}),\qquad a_0 = 1",
    paper=Paper(
        "Y. Nesterov",
        "A method for solving the convex programming problem with convergence rate O(1/k²)",
        1983,
        "https://www.mathnet.ru/eng/dan46009",
    ),
    about=Text(
        "The method of the 1983 paper at a fixed rate (the paper can also find the rate, by halving it): its momentum is "
        "0 in the first step and grows towards 1, nearly as (t−1)/(t+2). Where a convex function's gradient changes by at "
        "most L times the way gone, lr = 1/L brings the error down at least like 1/t², where gradient descent has 1/t. "
        "Near the minimum nothing slows it down, so it swings past and back, and the loss falls in waves. x is the point "
        "at which the gradient is taken; the iterate θ, of which the theorem speaks, is kept beside it.",
        "1983년 논문의 방법에서 학습률을 고정한 것이다(논문에는 학습률을 절반씩 줄이며 찾는 방법도 있다). 모멘텀은 첫 스텝에서 0이고 "
        "대략 (t−1)/(t+2)를 따라 1에 가까워지므로 따로 정할 필요가 없다. 기울기의 변화가 이동 거리의 L배를 넘지 않는 "
        "볼록함수라면, lr = 1/L일 때 오차가 적어도 1/t²에 비례해 줄어든다(경사하강법은 1/t). 최솟값 근처에서도 느려지지 않아 지나쳤다 "
        "돌아오기를 되풀이하며, 손실이 물결치듯 줄어든다. x는 기울기를 계산하는 지점이고, 정리가 다루는 반복점 θ는 따로 기록한다.",
    ),
    parent="nesterov",
    meanings={
        "theta": Text("iterate, before the look ahead", "앞을 내다보기 전의 반복점"),
        "a": Text("what the growing momentum is made of", "커지는 모멘텀을 정하는 수열"),
    },
    initial={"a": 1.0},
    companions=(Companion("iterate", Text("iterate θ", "반복점 θ"), behind),),
)
