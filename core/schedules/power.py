"""Power scheduling: halved after s steps, a third after 2s, a quarter after 3s (for c = 1)."""

from core.spec import Hyper, Paper, Schedule, Text


def factor(t, T, s, c):
    return 1 / (1 + t / s) ** c


SCHEDULE = Schedule(
    factor,
    name=Text("Power", "거듭제곱"),
    hypers=(
        Hyper("s", "s", 20, 1, 5000, "log", Text("steps to the first halving", "처음 절반이 되는 스텝"), integer=True),
        Hyper("c", "c", 1.0, 0.1, 3.0, label=Text("power", "지수")),
    ),
    latex=r"\eta_t = \frac{\eta}{(1 + t/s)^{c}}",
    about=Text(
        "Falls fast at first and then ever more slowly; it never quite stops.",
        "처음에는 빠르게, 뒤로 갈수록 천천히 줄어들며, 완전히 멈추지는 않는다.",
    ),
    source=Paper(
        "A. Géron",
        "Hands-On Machine Learning with Scikit-Learn, Keras & TensorFlow, ch. 11",
        2022,
        "https://www.oreilly.com/library/view/hands-on-machine-learning/9781098125967/",
    ),
    textbook=1,
    pytorch="torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 / (1 + t / {s}) ** {c})",
)
