"""Wave: a curve to be found from noisy points."""

import numpy as np

from core.spec import Dataset, Paper, Text


def draw(samples, noise, chance):
    x = chance.uniform(-1, 1, size=(samples, 1))
    return x, np.sin(np.pi * x[:, 0]) + 0.3 * x[:, 0] + chance.normal(size=samples) * noise


DATASET = Dataset(
    draw,
    name=Text("Wave (regression)", "물결(회귀)"),
    about=Text(
        "A regression: the network is to find the wave behind the noise. One that passes through every point has learnt "
        "the noise as well.",
        "회귀 문제로, 노이즈 뒤에 있는 물결을 찾아야 한다. 모든 점을 지나는 곡선은 노이즈까지 외운 것이다.",
    ),
    source=Paper(
        "C. M. Bishop",
        "Pattern Recognition and Machine Learning, section 1.1",
        2006,
        "https://www.microsoft.com/en-us/research/publication/pattern-recognition-machine-learning/",
    ),
    features=1,
    task="regression",
    labels=(),
    samples=80,
    noise=0.2,
    bounds=((-1.2, 1.2), (-1.8, 1.8)),
)
