"""Stop when the gradient is short."""

import numpy as np

from core.spec import Hyper, Stop, Text


def holds(f, before, gx, gy, dx, dy, used, bound):
    return np.sqrt(gx * gx + gy * gy) <= bound


STOP = Stop(
    holds,
    name=Text("‖∇f‖ below", "‖∇f‖ 이하"),
    about=Text(
        "The gradient is no longer than this: the textbook's condition for a stationary point. A saddle and a plateau "
        "fulfil it too, and under noise a gradient is hardly ever that short.",
        "기울기의 길이가 이 값 이하이면 멈춘다. 교과서에 나오는 정류점의 조건이다. 안장점과 고원도 이 조건을 만족하고, 노이즈가 "
        "있으면 기울기가 이만큼 짧아지는 일이 드물다.",
    ),
    latex=r"\lVert g_t \rVert \le \varepsilon",
    bound=Hyper("bound", "ε", 1e-4, 1e-12, 1e3, "log"),
)
