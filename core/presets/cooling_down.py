"""Schedules on a noisy bowl: a constant rate hovers, a falling one settles."""

from core.scene import Plan, Preset, Runner, Scene
from core.spec import Text

PRESET = Preset(
    title=Text("Cooling down in noise", "노이즈와 학습률 스케줄"),
    observe=Text(
        "In the last 20 steps the constant rate still jumps 0.7 a step (mean f 0.37), cosine moves 0.006 (f 0.01); "
        "on plateau has long stopped at 0.10.",
        "마지막 20스텝에도 고정 학습률은 한 스텝에 0.7씩 튀고(평균 f 0.37) 코사인은 0.006만 움직인다(f 0.01). 성능 "
        "기반은 일찌감치 0.10에서 멈췄다.",
    ),
    scene=Scene(
        surface="bowl",
        steps=200,
        noise=1.0,
        seed=11,
        runners=(
            Runner("sgd", {"lr": 0.5}, colour=0),
            Runner("sgd", {"lr": 0.5}, Plan("cosine"), colour=1),
            Runner("sgd", {"lr": 0.5}, Plan("exponential"), colour=2),
            Runner("sgd", {"lr": 0.5}, Plan("plateau"), colour=3),
        ),
    ),
    order=140,
)
