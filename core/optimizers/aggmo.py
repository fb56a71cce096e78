"""AggMo: several velocities with different memories, and the step is their mean."""

from core.spec import Hyper, Optimizer, Paper, Stability, Text, rate, weight_decay


def update(x, g, t, v0, v1, v2, lr, a, weight_decay):
    g = g + weight_decay * x
    v0 = g
    v1 = (1 - a) * v1 + g
    v2 = (1 - a**2) * v2 + g
    return x - lr / 3 * (v0 + v1 + v2), v0, v1, v2


OPTIMIZER = Optimizer(
    update,
    name="AggMo",
    family="momentum",
    hypers=(
        rate(1e-3),
        Hyper("a", "a", 0.1, 0.001, 0.9, "log", Text("base: β = 1 − aⁱ", "밑: β = 1 − aⁱ")),
        weight_decay(),
    ),
    latex=r"v^{(i)}_t = (1-a^i)\, v^{(i)}_{t-1} + g_t\ \ (i = 0, 1, 2),\qquad "
    r"x_t = x_{t-1} - \frac{\eta}{3} \sum_{i=0}^{2} v^{(i)}_t",
    paper=Paper(
        "J. Lucas, S. Sun, R. Zemel, R. Grosse",
        "Aggregated Momentum: Stability Through Passive Damping",
        2019,
        "https://arxiv.org/abs/1804.00325",
    ),
    about=Text(
        "Three velocities at once, with β = 0, 0.9 and 0.99 at a = 0.1, and the step is their mean. The one with the long "
        "memory runs fast along a steady slope, the others damp what it would swing across; so it keeps its course where "
        "a single β = 0.99 overshoots again and again.",
        "속도를 세 개 두고(a = 0.1이면 β = 0, 0.9, 0.99) 그 평균만큼 움직인다. 기억이 긴 속도는 기울기가 일정한 방향으로 빠르게 나아가고, "
        "나머지 둘은 그 속도가 일으키는 진동을 줄인다. β = 0.99 하나만 쓰면 여러 번 지나치는 곳에서도 방향을 잘 지킨다.",
    ),
    parent="momentum",
    meanings={
        "v0": Text("velocity without memory", "기억이 없는 속도"),
        "v2": Text("velocity with the longest memory", "기억이 가장 긴 속도"),
    },
    stability=Stability(lambda a, weight_decay: 6 / (1 + 1 / (2 - a) + 1 / (2 - a**2)), "6/(1+1/(2−a)+1/(2−a²))"),
    pytorch_optimizer="pytorch_optimizer.AggMo(params, lr={lr}, betas=(0.0, 1 - {a}, 1 - {a} ** 2), "
    "weight_decay={weight_decay})",
)
