"""What an update may be written in: the engine, its twin and the anatomy of a step read all of it alike."""

from __future__ import annotations

from dataclasses import dataclass, field

import naive
import numpy as np
import pytest

from core import Plan, Scene, descend
from core.anatomy import dissect, histories, last_step
from core.scene import Settings
from core.spec import Hyper, Optimizer, Paper, Text, rate

WORDS = Text("words", "말")
NOWHERE = Paper("nobody", "nothing", 2000, "https://example.org")


def augmented(x, g, t, m, v, lr, beta):
    m *= beta
    m += (1 - beta) * g
    v **= 2
    v /= 2
    v -= g % 3.0
    x -= lr * m
    return x, m, v


def functions(x, g, t, m, v, lr, beta):
    m = np.tanh(g)
    v = np.hypot(g, m) + np.cbrt(g) * np.where(g > 0, 1.0, 0.5) + np.exp(-(g**2)) * np.pi
    return x - lr * m * np.arctan(v), m, v


def nested(x, g, t, m, v, lr, beta):
    step = beta * (g if g > 0.5 else (0.5 * g if g > -0.5 else np.sign(g)))
    return x - lr * (step if t > 2 or m > 0 else g), step, v


def conditions(x, g, t, m, v, lr, beta):
    """Every kind of test."""
    if (not g > 0 and m <= 0) or x > 1 > beta:
        m = beta * m + g
    elif -1 < g < 1:
        m = beta * m
    else:
        pass
    flag = 1.0 * (g > 0 and m > 0) + (not x > 0)
    last = v = flag + 0.0
    return x - lr * (m + 0.1 * last), m, v


def early(x, g, t, m, v, lr, beta):
    if g > 0:
        return x - lr * g, g, v
    k: float = 0.0
    while k < 3:
        k += 1
        m = beta * m + g
        if m < -8:
            return x + lr, m, k
    return (x - lr * m, m, v) if m < 0 else (x - 2 * lr * m, m, k)


def both_signs(p, g, t, here, m, v, lr, beta):
    (x, y), (gx, gy) = p, g
    if (gx > 0 and gy > 0) or np.hypot(gx, gy) > 10:
        gx *= 0.5
    gy -= 0.1 if here.f > 1 else 0.0
    return (x - lr * gx, y - lr * gy), (gx, gy), v


FORMS = [augmented, functions, nested, conditions, early, both_signs]


def optimizer_of(update):
    beta = Hyper("beta", "β", 0.8, 0.0, 1.0)
    return Optimizer(update, "Mine", "gradient", (rate(0.05), beta), "x", NOWHERE, WORDS)


@dataclass(frozen=True)
class Mine:
    """A runner of an optimizer that no file declares."""

    spoken: Optimizer
    hypers: Settings
    plan: Plan = field(default_factory=Plan)
    dialect: str = "pytorch"
    modifiers: Settings = field(default_factory=Settings)

    @property
    def record(self):
        return self.spoken


@pytest.mark.parametrize("update", FORMS, ids=lambda update: update.__name__)
@pytest.mark.parametrize("start", [(1.3, -0.8), (-2.0, 1.5)])
def test_the_engine_and_its_twin_read_it_alike(update, start):
    optimizer = optimizer_of(update)
    run = descend("himmelblau", optimizer, start=start, steps=12, keep="state")
    path = naive.descend(Scene(surface="himmelblau").record, optimizer, start, 12)
    for ours, theirs in ((run.x, path.x), *((run.state[name], path.state[name]) for name in ("m", "v"))):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)
    assert len(np.unique(run.x[:, 0])) > 3


@pytest.mark.parametrize("update", FORMS, ids=lambda update: update.__name__)
@pytest.mark.parametrize("start", [(1.3, -0.8), (-2.0, 1.5)])
def test_its_lines_lead_to_the_engines_next_point(update, start):
    scene = Scene(surface="himmelblau", start=start, steps=12)
    runner = Mine(optimizer_of(update), Settings({"lr": 0.05, "beta": 0.8}))
    run = scene.run(runner, "state")
    assert last_step(run) > 8
    for t in range(1, last_step(run) + 1):
        step = dissect(scene, runner, run, t)
        np.testing.assert_allclose(step.new, run.x[t], rtol=1e-12, atol=1e-14)
        for name in ("m", "v"):
            np.testing.assert_allclose(step.state[name], run.state[name][t], rtol=1e-12, atol=1e-14)
        told = [value for line in step.lines if line.name in ("x_{t}", "y_{t}") for value in line.values]
        assert told == list(step.new), "the last number on the page is the new point"
    assert histories(scene, runner, run)


def test_where_the_coordinates_part_their_ways_each_has_its_lines():
    """At step 3 the slopes are 0.3456, which is halved, and -0.648, of which the sign is taken."""
    scene = Scene(surface="x^2 + y^2", start=(0.2, -0.4), steps=3)
    runner = Mine(optimizer_of(nested), Settings({"lr": 0.05, "beta": 0.8}))
    *parted, last = dissect(scene, runner, scene.run(runner, "state"), 3).lines
    assert [(line.of, len(line.numbers)) for line in parted] == [("x", 1), ("y", 1)]
    assert [r"\operatorname{sign}" in line.symbols for line in parted] == [False, True]
    assert [line.values for line in parted] == [pytest.approx((0.8 * 0.5 * 0.3456,)), (-0.8,)]
    assert (last.of, last.name, len(last.numbers)) == ("", "x_{t}", 2)
    same = Scene(surface="x^2 + y^2", start=(0.2, 0.1), steps=3)
    lines = dissect(same, runner, same.run(runner, "state"), 3).lines
    assert [(line.of, len(line.numbers)) for line in lines] == [("", 2)] * 2


def test_a_condition_that_is_met_is_a_line():
    scene = Scene(surface="x^2 + y^2", start=(-0.2, -0.4), steps=2)
    runner = Mine(optimizer_of(conditions), Settings({"lr": 0.05, "beta": 0.8}))
    lines = dissect(scene, runner, scene.run(runner, "state"), 1).lines
    (holds,) = (line for line in lines if line.holds)
    assert holds.symbols == (
        r"(\neg\,\left[g_{t} > 0\right] \wedge \left[m_{t-1} \le 0\right]) \vee "
        r"(\left[x_{t-1} > 1\right] \wedge \left[1 > \beta\right])"
    )
    assert len(holds.numbers) == 1
