"""Small normal numbers, whatever the size of the layer."""

from core.spec import Initialization, Paper, Text


def deviation(inputs, outputs):
    return 0.01


INITIALIZATION = Initialization(
    deviation,
    name=Text("Normal, σ = 0.01", "정규분포 σ = 0.01"),
    latex=r"W \sim \mathcal{N}(0,\ 0.01^2)",
    about=Text(
        "Small, so that no neuron is saturated. In a deep network the activations shrink from layer to layer until all "
        "neurons say the same.",
        "가중치가 작아 포화되는 뉴런은 없다. 대신 깊은 신경망에서는 활성화 값이 층마다 쪼그라들어 모든 뉴런이 거의 같은 값을 낸다.",
    ),
    source=Paper(
        "A. Krizhevsky, I. Sutskever, G. E. Hinton",
        "ImageNet Classification with Deep Convolutional Neural Networks",
        2012,
        "https://papers.nips.cc/paper/4824-imagenet-classification-with-deep-convolutional-neural-networks",
    ),
)
