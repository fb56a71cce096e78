"""Zeros: all neurons of a layer are the same, and stay the same."""

from core.spec import Initialization, Paper, Text


def deviation(inputs, outputs):
    return 0.0


INITIALIZATION = Initialization(
    deviation,
    name=Text("Zeros", "모두 0"),
    latex=r"W = 0",
    about=Text(
        "To show why not: all neurons of a layer get the same gradient, so they stay alike for ever. With ReLU or tanh "
        "even that is zero, and only the last bias learns.",
        "왜 안 되는지 보여 주는 예이다. 한 층의 뉴런이 모두 같은 기울기를 받아 영원히 똑같이 움직인다. ReLU나 tanh에서는 그 기울기마저 "
        "0이어서 마지막 층의 편향만 학습된다.",
    ),
    source=Paper(
        "D. E. Rumelhart, G. E. Hinton, R. J. Williams",
        "Learning representations by back-propagating errors",
        1986,
        "https://doi.org/10.1038/323533a0",
    ),
)
