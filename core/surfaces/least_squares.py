"""A straight line through 32 points: slope and intercept by least squares, a few points at a time."""

import numpy as np

from core.spec import Paper, Samples, Surface, Text

N = 32
X = np.linspace(-1.0, 2.0, N)
SCATTER = np.arange(1, N + 1) * 0.6180339887498949 % 1.0 - 0.5  # even, and without a pattern
Y = 1.5 * X - 0.5 + 1.6 * SCATTER

# All that the sum over the points depends on.
MX, MY, MXX, MXY, MYY = (float(np.mean(m)) for m in (X, Y, X * X, X * Y, Y * Y))
VARIANCE = MXX - MX * MX
SLOPE = (MXY - MX * MY) / VARIANCE
BEST = SLOPE, MY - SLOPE * MX


def value(x, y):
    return (MXX * x**2 + 2 * MX * x * y + y**2) / 2 - MXY * x - MY * y + MYY / 2


def gradient(x, y):
    return MXX * x + MX * y - MXY, MX * x + y - MY


def hessian(x, y):
    return MXX + 0 * x, MX + 0 * x, 1 + 0 * y


def example(x, y, k):
    error = x * X[k] + y - Y[k]
    return error * X[k], error


SURFACE = Surface(
    value,
    gradient,
    hessian,
    name=Text("Least squares", "최소제곱법"),
    bounds=((-1.5, 4.5), (-3.5, 2.5)),
    start=(-0.8, 1.8),
    minima=(BEST,),
    samples=Samples(example, count=N, batch=4),
    quadratic=True,
    rates={"gradient": 0.1, "momentum": 0.02, "adagrad": 0.5, "adaptive": 0.05},
    steps=200,
    latex=r"f(x,y) = \frac{1}{2N}\sum_{i=1}^{N} (x\,a_i + y - b_i)^2",
    teaches=Text(
        "A line b = x·a + y fitted to 32 points. Each update sees only a few of them, and every handful has a surface of "
        "its own with its bottom elsewhere: the noise is real, strong far away and never gone at the minimum. Only a "
        "falling rate, larger batches or averaging bring a run to rest.",
        "점 32개에 직선 b = x·a + y를 맞추는 문제다. 한 번에 몇 개의 점만 보는데, 미니배치마다 지형과 그 바닥이 조금씩 다르다. "
        "따로 더한 노이즈가 아니라 진짜 미니배치 노이즈여서 최솟값에서도 사라지지 않는다. 학습률을 줄이거나 배치를 키우거나 "
        "경로를 평균해야 비로소 멈춘다.",
    ),
    source=Paper(
        "A.-M. Legendre",
        "Nouvelles méthodes pour la détermination des orbites des comètes",
        1805,
        "https://en.wikipedia.org/wiki/Least_squares",
    ),
)
