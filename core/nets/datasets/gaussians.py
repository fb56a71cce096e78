"""Two clouds: a straight line parts them as well as anything can."""

import numpy as np

from core.spec import Dataset, Paper, Text


def draw(samples, noise, chance):
    t = np.arange(samples) % 2
    centres = np.array([[-1.0, -1.0], [1.0, 1.0]])
    return centres[t] + chance.normal(size=(samples, 2)) * (0.5 + noise), t


DATASET = Dataset(
    draw,
    name=Text("Two clouds", "두 구름"),
    about=Text(
        "Two normal clouds that touch. No hidden layer is needed; a large network that bends its boundary around single "
        "points is overfitting.",
        "서로 맞닿은 두 정규분포이다. 은닉층이 없어도 된다. 큰 신경망이 점 하나하나를 돌아 경계를 구부린다면 과적합이다.",
    ),
    source=Paper(
        "R. A. Fisher",
        "The Use of Multiple Measurements in Taxonomic Problems",
        1936,
        "https://doi.org/10.1111/j.1469-1809.1936.tb02137.x",
    ),
    noise=0.1,
    bounds=((-3.0, 3.0), (-3.0, 3.0)),
)
