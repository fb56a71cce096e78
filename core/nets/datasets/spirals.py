"""Spirals: three arms around each other, the book's own data."""

import numpy as np

from core.spec import Dataset, Paper, Text


def draw(samples, noise, chance):
    t = np.arange(samples) % 3
    along = chance.uniform(0.05, 1, size=samples)
    angle = 4 * t + 4 * along + 2 * noise * chance.normal(size=samples)
    return along[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1), t


DATASET = Dataset(
    draw,
    name=Text("Spirals", "나선"),
    about=Text(
        "Three arms wound around each other. Small networks take their time over it, and how much depends on the "
        "optimizer: the hardest of these plane figures.",
        "세 팔이 서로 감긴 나선이다. 작은 신경망에는 오래 걸리는 과제이고, 얼마나 걸리는지는 옵티마이저에 달렸다. 평면 데이터 가운데 가장 "
        "어렵다.",
    ),
    source=Paper(
        "A. Karpathy",
        "CS231n: Putting it together, minimal neural network case study",
        2015,
        "https://cs231n.github.io/neural-networks-case-study/",
    ),
    labels=("0", "1", "2"),
    samples=300,
    noise=0.1,
    bounds=((-1.2, 1.2), (-1.2, 1.2)),
)
