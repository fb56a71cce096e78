"""XOR: what no straight line can part, and one hidden layer can."""

import numpy as np

from core.spec import Dataset, Paper, Text


def draw(samples, noise, chance):
    x = chance.uniform(-1, 1, size=(samples, 2))
    t = (x[:, 0] * x[:, 1] > 0).astype(int)
    return x + np.sign(x) * 0.05 + chance.normal(size=(samples, 2)) * noise, t


DATASET = Dataset(
    draw,
    name=Text("XOR", "XOR 문제"),
    about=Text(
        "Opposite quarters belong together. No line parts them, and without a hidden layer the loss stays that of "
        "guessing: the finding that nearly ended the first age of neural networks.",
        "마주 보는 사분면끼리 같은 클래스이다. 직선 하나로는 나눌 수 없어서 은닉층이 없으면 손실이 찍을 때와 같다. 신경망의 첫 "
        "전성기를 끝낼 뻔한 발견이다.",
    ),
    source=Paper("M. Minsky, S. Papert", "Perceptrons", 1969, "https://doi.org/10.7551/mitpress/11301.001.0001"),
    noise=0.05,
    bounds=((-1.3, 1.3), (-1.3, 1.3)),
)
