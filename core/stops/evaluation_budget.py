"""Stop when a budget of evaluations is spent."""

from core.spec import Hyper, Stop, Text


def holds(f, before, gx, gy, dx, dy, used, bound):
    return used >= bound


STOP = Stop(
    holds,
    name=Text("Evaluations", "평가 횟수"),
    about=Text(
        "As many evaluations N are spent as the budget n allows: every gradient, every look elsewhere, and two for every "
        "Hessian. A line search or SAM then takes fewer steps than plain gradient descent, as it would in the same time.",
        "평가 횟수 N이 n에 이르면 멈춘다. 기울기 한 번, 다른 곳을 살펴보는 것 한 번을 각각 1회로, 헤세 행렬은 2회로 센다. 직선 탐색이나 "
        "SAM은 같은 시간에 경사하강법보다 적은 스텝만 나아가는 셈이다.",
    ),
    latex=r"N_t \ge n",
    bound=Hyper("bound", "n", 100, 1, 20000, "log", integer=True),
)
