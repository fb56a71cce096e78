"""What the variables that several methods share stand for, in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.spec.text import Text

MEAN = Text("running mean of the gradients", "기울기의 이동 평균")
SQUARES = Text("running mean of the squared gradients", "기울기 제곱의 이동 평균")
BEFORE = Text("gradient of the update before", "직전 업데이트의 기울기")

# Of a search along a line: between low and high lies the lowest point, once there is a high.
ALONG: Mapping[str, Text] = MappingProxyType(
    {
        "slope": Text("slope along the line where it begins", "직선을 따라 잰 시작 지점의 기울기"),
        "level": Text("slope that counts as none", "0으로 보는 기울기"),
        "low": Text("farthest try that still leads down", "아직 내리막인 시도 중 가장 먼 거리"),
        "high": Text("nearest try that leads up, 0 for none yet", "오르막인 시도 중 가장 가까운 거리(0이면 아직 없음)"),
        "size": Text("how far this try goes", "이번에 시도한 거리"),
        "s": Text("slope along the line at the last try", "마지막 시도 지점에서 직선을 따라 잰 기울기"),
        "s_low": Text("slope at low", "low 지점의 기울기"),
        "s_high": Text("slope at high", "high 지점의 기울기"),
        "side": Text("which end moved last: −1 low, 1 high", "마지막으로 옮긴 끝(−1: low, 1: high)"),
        "tries": Text("number of tries", "시도 횟수"),
    }
)

# Of a mean that takes the place of a schedule.
FREE: Mapping[str, Text] = MappingProxyType(
    {
        "z": Text("base point, which takes the plain steps", "보통의 스텝을 밟는 기준점"),
        "x_bar": Text("mean of every z so far", "지금까지의 모든 z의 평균"),
        "lr_max": Text("largest learning rate so far", "지금까지 가장 큰 학습률"),
        "w": Text("weight of this z in the mean", "이번 z의 가중치"),
        "total": Text("sum of all weights so far", "지금까지의 가중치 합"),
        "c": Text("share of this z in the mean", "평균에서 이번 z의 비중"),
    }
)

# Of a learning rate that is estimated on the way.
DISTANCE: Mapping[str, Text] = MappingProxyType(
    {
        "d": Text("estimated distance to the solution", "해까지의 거리 추정값"),
        "r": Text("what the gradients say of the distance, added up", "기울기로 어림한 거리의 누적값"),
        "s": Text("gradients, added up by the step", "스텝 크기를 곱해 누적한 기울기"),
        "size": Text("learning rate in use", "실제로 쓰는 학습률"),
    }
)
