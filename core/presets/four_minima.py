"""Himmelblau's four minima: one start, four ends."""

from core.engine.descend import Run
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text


def claim(scene: Scene, *runs: Run) -> Claim:
    yield sorted(run.minimum for run in runs) == [0, 1, 2, 3]
    yield max(run.loss[-1] for run in runs) < 1e-4
    yield "0"
    _, one, other, _ = scene.runners
    yield one.with_hyper("momentum", other.hypers["momentum"]).hypers == other.hypers
    for runner in (one, other):
        yield f"{runner.hypers['momentum']:.2f}"


PRESET = Preset(
    title=Text("One start, four minima", "같은 시작점, 네 개의 최솟값"),
    observe=Text(
        "Four runs end in four different minima, all equally deep (f = 0); the two momentum runs differ only in "
        "β, 0.90 against 0.93.",
        "네 경로가 저마다 다른 최솟값에 도달한다. 깊이는 모두 f = 0이다. 두 모멘텀은 β만 0.90과 0.93으로 다르다.",
    ),
    scene=Scene(
        surface="himmelblau",
        start=(0.1, -3.2),
        steps=200,
        runners=(
            Runner("sgd", {"lr": 0.01}, colour=0),
            Runner("momentum", {"lr": 0.005, "momentum": 0.9}, colour=1),
            Runner("momentum", {"lr": 0.005, "momentum": 0.93}, colour=2),
            Runner("adam", {"lr": 0.3}, colour=3),
        ),
    ),
    claim=claim,
    order=90,
)
