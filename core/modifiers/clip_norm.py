"""Clipping by norm: a gradient that is too long is shortened, and keeps its direction."""

import numpy as np

from core.spec import Dialect, Hyper, Modifier, Paper, Text


def change(gx, gy, norm):
    share = np.minimum(norm / (np.sqrt(gx * gx + gy * gy) + 1e-6), 1.0)
    return gx * share, gy * share


def exact(gx, gy, norm):
    """Keras keeps the length itself, without the 1e-6 that PyTorch adds to it."""
    length = np.maximum(np.sqrt(gx * gx + gy * gy), norm)
    return gx * norm / length, gy * norm / length


def divided(gx, gy, norm):
    """optax divides by the length and leaves shorter gradients untouched."""
    length = np.sqrt(gx * gx + gy * gy)
    short = length < norm
    return gx if short else gx / length * norm, gy if short else gy / length * norm


MODIFIER = Modifier(
    change,
    name=Text("Clip by norm", "노름 클리핑"),
    hypers=(Hyper("norm", "c", 1.0, 1e-3, 1e3, "log", Text("longest gradient", "기울기의 최대 길이")),),
    latex=r"g_t \leftarrow g_t\,\min\!\left(1,\ \frac{c}{\lVert g_t\rVert + 10^{-6}}\right)",
    about=Text(
        "A gradient longer than c is shortened to c and keeps its direction, so that one step on a cliff cannot throw "
        "away what many steps have gained. It is standard for recurrent networks and language models.",
        "길이가 c보다 긴 기울기를 방향은 그대로 둔 채 길이 c로 줄인다. 절벽에서 내디딘 한 스텝이 그동안의 학습을 날려 버리지 "
        "못하게 막는다. 순환 신경망과 언어 모델에서는 거의 기본으로 쓴다.",
    ),
    paper=Paper(
        "R. Pascanu, T. Mikolov, Y. Bengio",
        "On the difficulty of training recurrent neural networks",
        2013,
        "https://arxiv.org/abs/1211.5063",
    ),
    pytorch="torch.nn.utils.clip_grad_norm_(params, {norm})",
    optax="optax.clip_by_global_norm({norm})",
    differs={
        "pytorch": Text(
            "PyTorch adds 1e-6 to the length before it divides, so a clipped gradient is a little shorter than c.",
            "PyTorch는 나누기 전에 길이에 1e-6을 더하므로, 잘린 기울기는 c보다 아주 조금 짧다.",
        ),
        "keras": Text(
            "Keras' clipnorm clips every variable by itself; its global_clipnorm, like PyTorch, all of them together. With "
            "PyTorch as its backend it compares lengths in float32, so that a clipped one is right to 7 digits.",
            "Keras의 clipnorm은 변수마다 따로 자르고, global_clipnorm은 PyTorch처럼 전체를 한꺼번에 자른다. 백엔드가 PyTorch이면 "
            "길이를 float32로 비교하므로 잘린 길이는 일곱 자리까지만 정확하다.",
        ),
    },
    dialects={"keras": Dialect(exact), "optax": Dialect(divided)},
)
