"""Moons: two half circles that reach into each other."""

import numpy as np

from core.spec import Dataset, Paper, Text


def draw(samples, noise, chance):
    t = np.arange(samples) % 2
    angle = np.pi * chance.uniform(size=samples)
    upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)
    lower = np.stack([0.5 - np.cos(angle), 0.25 - np.sin(angle)], axis=1)
    return np.where(t[:, None] == 0, upper, lower) + chance.normal(size=(samples, 2)) * noise, t


DATASET = Dataset(
    draw,
    name=Text("Moons", "초승달"),
    about=Text(
        "Two half moons that reach into each other: the boundary has to bend once each way. The usual first task for a "
        "small network.",
        "서로 맞물린 두 초승달이다. 경계가 양쪽으로 한 번씩 휘어야 한다. 작은 신경망의 첫 과제로 흔히 쓴다.",
    ),
    source=Paper(
        "F. Pedregosa and others",
        "Scikit-learn: Machine Learning in Python (make_moons)",
        2011,
        "https://scikit-learn.org/stable/modules/generated/sklearn.datasets.make_moons.html",
    ),
    noise=0.12,
    bounds=((-2.0, 2.0), (-1.5, 1.5)),
)
