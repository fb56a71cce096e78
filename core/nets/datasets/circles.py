"""Circles: one class inside the other."""

import numpy as np

from core.spec import Dataset, Paper, Text


def draw(samples, noise, chance):
    t = np.arange(samples) % 2
    angle = 2 * np.pi * chance.uniform(size=samples)
    radius = np.where(t == 0, 1.0, 0.45)[:, None]
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1) + chance.normal(size=(samples, 2)) * noise, t


DATASET = Dataset(
    draw,
    name=Text("Circles", "동심원"),
    about=Text(
        "One class inside the other: the boundary has to close. Every tanh or ReLU neuron draws one line; three of them make a triangle.",
        "한 클래스가 다른 클래스를 둘러싸므로 경계가 닫혀야 한다. tanh나 ReLU 뉴런 하나가 직선 하나를 그으므로, 세 개면 삼각형이 된다.",
    ),
    source=Paper(
        "F. Pedregosa and others",
        "Scikit-learn: Machine Learning in Python (make_circles)",
        2011,
        "https://scikit-learn.org/stable/modules/generated/sklearn.datasets.make_circles.html",
    ),
    noise=0.1,
    bounds=((-1.6, 1.6), (-1.6, 1.6)),
)
