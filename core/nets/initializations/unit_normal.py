"""Standard normal numbers, whatever the size of the layer."""

from core.spec import Initialization, Paper, Text


def deviation(inputs, outputs):
    return 1.0


INITIALIZATION = Initialization(
    deviation,
    name=Text("Normal, σ = 1", "정규분포 σ = 1"),
    latex=r"W \sim \mathcal{N}(0,\ 1)",
    about=Text(
        "Too large for all but the narrowest layers: sums of a hundred inputs reach ±10, where a sigmoid is flat and its "
        "gradient gone; with ReLU every layer makes the numbers several times larger.",
        "아주 좁은 층이 아니면 너무 크다. 입력 100개의 합이 ±10에 이르러 시그모이드는 평평해지고 기울기가 사라진다. ReLU에서는 층을 "
        "지날 때마다 값이 몇 배로 커진다.",
    ),
    source=Paper(
        "Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller",
        "Efficient BackProp",
        1998,
        "https://doi.org/10.1007/3-540-49430-8_2",
    ),
)
