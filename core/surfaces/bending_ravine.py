"""A ravine that winds: its floor runs along a sine."""

import numpy as np

from core.spec import Paper, Surface, Text


def value(x, y):
    return x**2 / 20 + 2 * (y - np.sin(x)) ** 2


def gradient(x, y):
    above = 4 * (y - np.sin(x))
    return x / 10 - above * np.cos(x), above


def hessian(x, y):
    above, slope = 4 * (y - np.sin(x)), np.cos(x)
    return 0.1 + 4 * slope**2 + above * np.sin(x), -4 * slope, 4.0


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Bending ravine", "굽이치는 골짜기"),
    bounds=((-7.0, 7.0), (-3.5, 3.5)),
    start=(-6.0, 2.0),
    minima=((0.0, 0.0),),
    rates={"gradient": 0.2, "momentum": 0.05, "adagrad": 1.0, "adaptive": 0.2},
    steps=250,
    latex=r"f(x,y) = \tfrac{1}{20}x^2 + 2\,(y - \sin x)^2",
    teaches=Text(
        "A ravine whose floor winds like a river: the way on turns with every bend, so that neither the speed nor the "
        "scale of each coordinate won on one stretch fits the next. Momentum still gets to the end; plain descent "
        "falls behind.",
        "바닥이 강물처럼 굽이치는 골짜기이다. 굽이마다 나아갈 방향이 바뀌므로, 한 구간에서 붙은 속도도 좌표마다 맞춘 "
        "보폭도 다음 구간에는 들어맞지 않는다. 그래도 모멘텀은 끝까지 가고, 경사하강법은 뒤처진다.",
    ),
    source=Paper(
        "H. Attouch, J. Fadili",
        "From the Ravine Method to the Nesterov Method and Vice Versa: A Dynamical System Perspective",
        2022,
        "https://arxiv.org/abs/2201.11643",
    ),
)
