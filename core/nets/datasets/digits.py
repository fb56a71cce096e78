"""Digits: 1,797 handwritten ones, 8 × 8 pixels each.

The file digits.npz holds the test part of the UCI "Optical Recognition of Handwritten Digits", written by 13 people, as
scikit-learn hands it out too: whole numbers from 0 to 16. Its licence is CC BY 4.0.
"""

from functools import cache
from pathlib import Path

import numpy as np

from core.spec import Dataset, Paper, Text


@cache
def _written():
    with np.load(Path(__file__).parent / "digits.npz") as file:
        return file["x"] / 16.0, file["t"].astype(int)


def draw(samples, noise, chance):
    """In an order of chance: who wrote them stands side by side in the file."""
    x, t = _written()
    chosen = chance.permutation(len(x))[:samples]
    return x[chosen] + chance.normal(size=(len(chosen), 64)) * noise, t[chosen]


DATASET = Dataset(
    draw,
    name=Text("Handwritten digits", "손글씨 숫자"),
    about=Text(
        "Real handwriting, 8 × 8 pixels in 17 shades of grey: small enough to train in a moment, real enough to overfit.",
        "실제 손글씨로, 17단계 회색의 8 × 8 픽셀이다. 순식간에 학습할 만큼 작으면서도 과적합이 일어날 만큼 현실적이다.",
    ),
    source=Paper(
        "E. Alpaydin, C. Kaynak",
        "Optical Recognition of Handwritten Digits",
        1998,
        "https://doi.org/10.24432/C50P49",
    ),
    features=64,
    labels=tuple("0123456789"),
    samples=1797,
    noise=0.0,
    most=1797,
    images=(8, 8),
    elsewhere="""\
from sklearn.datasets import load_digits  # of scikit-learn

digits = load_digits()
return digits.data / 16.0, digits.target""",
)
