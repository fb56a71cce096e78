"""Stop when the loss is low enough."""

from core.spec import Hyper, Stop, Text


def holds(f, before, gx, gy, dx, dy, used, bound):
    return f <= bound


STOP = Stop(
    holds,
    name=Text("Loss below", "손실 이하"),
    about=Text(
        "The loss has come down to this. It is the fairest way to compare optimizers, if one knows what can be reached.",
        "손실이 이 값까지 내려오면 멈춘다. 얼마까지 내려갈 수 있는지 안다면 옵티마이저를 비교하는 가장 공정한 방법이다.",
    ),
    latex=r"f(x_t) \le \varepsilon",
    bound=Hyper("bound", "ε", 1e-2, -1e6, 1e6),
)
