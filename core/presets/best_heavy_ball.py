"""The closed-form optimum of each method on a quadratic with curvatures 1 and 64."""

import numpy as np

from core.curvature import curvatures
from core.engine.descend import Run
from core.optimizers import OPTIMIZERS
from core.scene import Claim, Preset, Runner, Scene
from core.spec import Text
from core.theory import best, classic_nesterov

LOW, HIGH = 1.0, 64.0  # the two curvatures
SGD, MOMENTUM, NESTEROV = (best(OPTIMIZERS[key], LOW, HIGH).hypers for key in ("sgd", "momentum", "nesterov"))


def claim(scene: Scene, on_sgd: Run, on_guess: Run, on_best: Run, on_classic: Run, on_nesterov: Run) -> Claim:
    """The closed forms, written out again."""
    low, high = curvatures(scene.record, 0.0, 0.0)
    sgd, guess, best, classic, nesterov = (runner.hypers for runner in scene.runners)
    ratio = (np.sqrt(high / low) - 1) / (np.sqrt(high / low) + 1)
    yield np.isclose(sgd["lr"], 2 / (low + high), rtol=1e-6)
    yield np.isclose(best["lr"], (2 / (np.sqrt(low) + np.sqrt(high))) ** 2, rtol=1e-6)
    yield np.isclose(best["momentum"], ratio**2, rtol=1e-6)
    yield np.allclose((classic["lr"], classic["momentum"]), (1 / high, ratio), rtol=1e-6)
    root = np.sqrt(3 * high / low + 1)
    optimum = 4 / (3 * high + low), (root - 2) / (root + 2)
    yield np.allclose((nesterov["lr"], nesterov["momentum"]), optimum, rtol=1e-6)
    yield f"{best['lr']:.4f}"
    yield f"{best['momentum']:.3f}"
    yield str(guess["momentum"])
    yield on_sgd.outcome == "moving"
    for number in (on_best.when, on_nesterov.when, on_classic.when, on_guess.when, scene.steps):
        yield str(number)


PRESET = Preset(
    title=Text("The best heavy ball", "가장 빠른 모멘텀"),
    observe=Text(
        "The closed-form optimum (lr 0.0494, β 0.605) arrives at step 36, Nesterov's at 53, his classic tuning at 62, "
        "a guess with β 0.9 at 97, the best SGD not by 100.",
        "공식으로 구한 최적 모멘텀(학습률 0.0494, β 0.605)은 36스텝, 최적 네스테로프는 53스텝, 네스테로프의 고전적인 "
        "설정은 62스텝, 어림한 β 0.9는 97스텝에 도달한다. SGD는 최적 학습률로도 100스텝 안에 못 간다.",
    ),
    scene=Scene(
        surface="ill_conditioned",
        start=(-2.6, -0.9),  # beside the floor, so that even the first, longest step stays on the map
        steps=100,
        runners=(
            Runner("sgd", SGD, colour=0),
            Runner("momentum", {"lr": 0.015, "momentum": 0.9}, colour=1),
            Runner("momentum", MOMENTUM, colour=2),
            Runner("nesterov", classic_nesterov(LOW, HIGH), colour=3),
            Runner("nesterov", NESTEROV, colour=4),
        ),
    ),
    claim=claim,
    order=50,
    source="B. T. Polyak, Some methods of speeding up the convergence of iteration methods, 1964",
)
