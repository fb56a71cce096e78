"""Every worked example is a sound scene, and every number in its sentence is one that the anatomy of a step shows."""

import re
from functools import cache

import numpy as np
import pytest

from core.anatomy import dissect
from core.scene import Scene
from core.textbook import TEXTBOOK


@cache
def steps(key):
    """Every step of every runner: [runner][t - 1]."""
    scene = TEXTBOOK[key].scene
    runs = [(runner, scene.run(runner, "state")) for runner in scene.runners]
    return [[dissect(scene, runner, run, t) for t in range(1, scene.length + 1)] for runner, run in runs]


def says(key, *numbers):
    """The sentence names these numbers, in every language."""
    for sentence in vars(TEXTBOOK[key].observe).values():
        named = re.findall(r"−?\d+(?:\.\d+)?", sentence)
        assert not {str(number) for number in numbers} - {*named}, sentence


def value(step, name):
    (line,) = (line for line in step.lines if line.name == name)
    return np.array(line.values)


@pytest.mark.parametrize("key", TEXTBOOK)
def test_examples_are_sound_and_short(key):
    preset = TEXTBOOK[key]
    assert Scene.from_query(preset.scene.to_string()) == (preset.scene, [])
    assert 1 <= preset.scene.view.step <= preset.scene.length
    assert len(preset.observe.en) <= 170
    assert re.search("[가-힣]", preset.observe.ko)
    assert f"test_{key}" in globals()


def test_five_then_three():
    momentum, sgd, nesterov, adam = steps("five_then_three")
    assert all([step.gradient[0] for step in runner[:2]] == [5, 3] for runner in (momentum, sgd, nesterov, adam))
    moves = [[step.move[0] for step in runner[:2]] for runner in (sgd, momentum, nesterov)]
    assert moves == [pytest.approx((-0.5, -0.3)), pytest.approx((-0.5, -0.75)), pytest.approx((-0.95, -0.975))]
    means = [value(step, "m_{t}")[0] for step in adam[:2]]
    assert means == pytest.approx((0.5, 0.75))
    assert [-0.1 * mean for mean in means] == pytest.approx((-0.05, -0.075)), "the step of a plain running mean"
    says("five_then_three", "−0.5", "−0.3", "−0.75", "−0.975", "0.5", "0.75", "0.1")


def test_terminal_velocity():
    scene = TEXTBOOK["terminal_velocity"].scene
    fast, slow, sgd = steps("terminal_velocity")
    for runner, taken in zip(scene.runners[:2], (fast, slow), strict=True):
        limit = runner.hypers["lr"] * sgd[0].gradient / (1 - runner.hypers["momentum"])
        lengths = -np.array([step.move for step in taken])
        assert (np.diff(lengths, axis=0) > -1e-15).all()
        assert lengths[-1] == pytest.approx(limit, rel=0.002)
        assert lengths[0] == pytest.approx(-sgd[0].move)
        says("terminal_velocity", runner.hypers["momentum"], f"{limit[0]:.3g}")
    assert {round(-step.move[0], 12) for step in sgd} == {0.01}
    says("terminal_velocity", "2", "0.01")


def test_adagrad_shrinks():
    adagrad, _ = steps("adagrad_shrinks")
    for step in adagrad:
        assert -step.move == pytest.approx([0.5 / step.t**0.5] * 2)
    says("adagrad_shrinks", *(f"{-adagrad[t - 1].move[0]:.3g}" for t in (1, 4, 25, 100)), 4, 25, 100)


def test_adam_first_steps():
    adam, rmsprop = steps("adam_first_steps")
    first = adam[0]
    assert np.abs(first.move) == pytest.approx([first.rate] * 2)
    assert value(first, r"\hat{m}_{t}") == pytest.approx(first.gradient)
    uncorrected = np.abs(value(first, "m_{t}")) / np.sqrt(value(first, "v_{t}"))
    begins = np.abs(rmsprop[0].move) / rmsprop[0].rate
    says("adam_first_steps", first.rate, *(f"{n:.3g}" for n in (*uncorrected, *begins)))


def test_adadelta_units():
    adadelta, sgd = steps("adadelta_units")
    for one, other in zip(adadelta, sgd, strict=True):
        assert one.move[0] == pytest.approx(one.move[1], rel=1e-4)
        assert other.move[0] == pytest.approx(100 * other.move[1])
    says("adadelta_units", 100, f"{-adadelta[0].move[0]:.3g}")
