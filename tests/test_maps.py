"""Maps against closed forms, and their cells against runs of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core import OPTIMIZERS, Formula, Plan, Runner, Scene
from core.maps import PLAN, Axis, axes, basin_map, edge, hyper_map, optimum, settled, span, steepest
from core.theory import best, limit

RAVINE = Scene(surface="x^2/2 + 50*y^2", start=(-4.0, 1.0), steps=300)  # curvatures 1 and 100


def axis(scene, runner, name, low, high):
    return name, Axis(axes(scene, runner)[name], low, high)


def cell_of(axis, value, size):
    return int(axis.share(value) * size)


@pytest.mark.parametrize("scale", ["lr", "momentum", "noise"])
def test_an_axis_and_its_shares_are_each_others_reverse(scale):
    runner = Runner("momentum")
    hyper = axes(RAVINE, runner)[scale]
    whole = Axis(hyper, hyper.low, hyper.high)
    shares = np.linspace(0, 1, 11)
    np.testing.assert_allclose(whole.share(whole.at(shares)), shares, atol=1e-9)
    np.testing.assert_allclose(whole.at([0.0, 1.0]), [hyper.low, hyper.high], rtol=1e-12)
    assert (np.diff(whole.values(50)) > 0).all()


def test_an_axis_stays_in_its_range():
    hyper = OPTIMIZERS["sgd"].hypers[0]
    for low, high in ((1e-9, 1.0), (1.0, 0.1), (0.1, 0.1), (0.1, 99.0), (float("nan"), 1.0)):
        with pytest.raises(ValueError, match="lr: expected a range within"):
            Axis(hyper, low, high)


def test_every_hyperparameter_can_be_an_axis():
    scene, runner = Scene(surface="booth", steps=40), Runner("adam", plan=Plan("cosine"))
    known = axes(scene, runner)
    assert {"lr", "beta1", "beta2", "eps", "x", "y", "noise", "steps", PLAN + "floor", PLAN + "warmup_steps"} <= set(
        known
    )
    for name, hyper in known.items():
        found = hyper_map(
            scene, runner, (name, Axis(hyper, hyper.low, hyper.high)), axis(scene, runner, "lr", 0.01, 1), 6
        )
        if name != "lr":
            assert found.loss.shape == found.when.shape == found.outcome.shape == (6, 6)


def test_the_known_optimum_of_the_heavy_ball_is_found_to_within_one_cell():
    """λ = 1, 100: α = 0.0330579, β = 0.669421, rate 9/11 (Polyak, 1964)."""
    theory = best(OPTIMIZERS["momentum"], 1.0, 100.0)
    assert theory.hypers["lr"] == pytest.approx(0.0330579, abs=5e-8)
    assert theory.hypers["momentum"] == pytest.approx(0.669421, abs=5e-7)
    runner, size = Runner("momentum"), 64
    x, y = axis(RAVINE, runner, "lr", 0.01, 0.1), axis(RAVINE, runner, "momentum", 0.3, 0.9)
    found = hyper_map(replace(RAVINE, steps=400), runner, x, y, size)
    row, column = found.best
    assert abs(column - cell_of(x[1], theory.hypers["lr"], size)) <= 1
    assert abs(row - cell_of(y[1], theory.hypers["momentum"], size)) <= 1
    soon = hyper_map(replace(RAVINE, steps=60), runner, x, y, size)
    assert soon.robust[soon.best]
    np.testing.assert_array_equal(soon.robust, soon.loss <= 2 * soon.loss.min())
    assert 1 <= soon.robust.sum() < found.robust.sum(), "what is zero to the last digit is equally good"


@pytest.mark.parametrize("key", ["sgd", "momentum", "nesterov"])
def test_the_edge_of_stability_lies_where_theory_says(key):
    runner, size = Runner(key), 48
    lr = axis(RAVINE, runner, "lr", 1e-3, 0.2)
    other = (
        axis(RAVINE, runner, "momentum", 0.0, 0.95) if key != "sgd" else axis(RAVINE, runner, "weight_decay", 0.0, 0.5)
    )
    found = hyper_map(replace(RAVINE, steps=2000), runner, lr, other, size)
    for row, value in enumerate(found.y):
        edge = limit(OPTIMIZERS[key], {**runner.hypers, other[0]: value}, 100.0)
        below, above = found.x < 0.99 * edge, found.x > 1.01 * edge
        assert (found.outcome[row][above] == "escaped").all()
        assert (found.outcome[row][below] != "escaped").all()


def test_a_cell_is_the_run_of_its_settings():
    scene, runner = Scene(surface="beale", steps=80, noise=0.1, seed=3), Runner("adam", plan=Plan("step"))
    x, y = axis(scene, runner, "lr", 0.01, 1.0), axis(scene, runner, "x", -3.0, 3.0)
    found = hyper_map(scene, runner, x, y, 9)
    for row, column in ((0, 0), (4, 7), (8, 2)):
        there, own = settled(scene, runner, {"x": found.y[row], "lr": found.x[column]})
        assert (there.start, own.hypers["lr"]) == ((found.y[row], scene.start[1]), found.x[column])
        run = there.run(own)
        assert found.outcome[row, column] == run.outcome
        assert found.when[row, column] == (run.when if run.outcome == "arrived" else -1)
        expected = np.inf if run.outcome == "escaped" else max(run.loss[-1] - scene.record.lowest, 0)
        assert found.loss[row, column] == expected


@pytest.mark.parametrize("swapped", [False, True])
def test_the_number_of_steps_is_an_axis_too(swapped):
    """Under a schedule that knows the length, a shorter run is not the beginning of a longer one."""
    scene, runner = Scene(surface="booth"), Runner("sgd", plan=Plan("cosine"))
    pair = axis(scene, runner, "steps", 2, 40), axis(scene, runner, "lr", 0.001, 0.1)
    found = hyper_map(scene, runner, *(pair[::-1] if swapped else pair), 12)
    loss, lengths, rates = (found.loss.T, found.y, found.x) if swapped else (found.loss, found.x, found.y)
    for row, column in ((0, 0), (5, 11), (11, 6)):
        own = replace(scene, steps=int(lengths[column])).run(runner.with_hyper("lr", float(rates[row])))
        assert loss[row, column] == pytest.approx(own.loss[-1] - scene.record.lowest, rel=1e-12)


@pytest.mark.parametrize("shared", [None, Plan("cosine")])
@pytest.mark.parametrize("across", ["lr", "steps", PLAN + "warmup_steps"])
@pytest.mark.parametrize("swapped", [False, True])
def test_a_schedule_is_an_axis_too(across, swapped, shared):
    scene, runner = Scene(surface="booth", steps=30, shared=shared), Runner("sgd", plan=Plan("cosine"))
    known = axes(scene, runner)
    pair = axis(scene, runner, PLAN + "floor", 0.0, 0.5), (across, Axis(known[across], *span(scene, runner, across)))
    x, y = pair[::-1] if swapped else pair
    found = hyper_map(scene, runner, x, y, 5)
    for row, column in ((0, 0), (4, 2), (1, 3)):
        there, own = settled(scene, runner, {x[0]: found.x[column], y[0]: found.y[row]})
        loss = there.run(own).loss[-1]
        assert np.isinf(found.loss[row, column]) or found.loss[row, column] == pytest.approx(loss, rel=1e-9)
    assert np.isfinite(found.loss).any()


def test_past_what_a_float_can_hold_is_told_from_off_the_map():
    scene, runner = Scene(surface="bowl", steps=200), Runner("sgd")
    found = hyper_map(scene, runner, axis(scene, runner, "lr", 0.9, 10.0), axis(scene, runner, "y", -2, 2), 16)
    run = scene.run(runner.with_hyper("lr", float(found.x[-1])))
    assert not np.isfinite(run.loss[-1])
    assert found.overflow[:, -1].all()
    assert ((found.outcome == "escaped") & ~found.overflow).any()
    assert (found.outcome[found.overflow] == "escaped").all()


def test_the_edge_over_two_axes_is_the_limit_of_theory():
    runner = Runner("momentum", {"lr": 0.02})
    assert steepest(RAVINE) == pytest.approx(100.0)
    x, y = axis(RAVINE, runner, "lr", 0.001, 1.0), axis(RAVINE, runner, "momentum", 0.0, 0.99)
    values = edge(RAVINE, runner, x, y, 9)
    for row, share in enumerate(np.linspace(0, 1, 9)):
        expected = limit(OPTIMIZERS["momentum"], {**runner.hypers, "momentum": float(y[1].at(share))}, 100.0)
        np.testing.assert_allclose(values[row], np.log(x[1].at(np.linspace(0, 1, 9)) / expected), atol=1e-12)
    damped = edge(RAVINE, runner.with_hyper("dampening", 0.9), x, axis(RAVINE, runner, "y", 0.0, 1.0), 5)
    np.testing.assert_allclose(damped[0], np.log(x[1].at(np.linspace(0, 1, 5)) / 0.38), atol=1e-12)
    assert edge(RAVINE, Runner("adam"), x, axis(RAVINE, runner, "y", 0, 1)) is None, "its gradients are divided"
    assert edge(RAVINE, replace(runner, plan=Plan("cosine")), x, y) is None, "its rate changes"
    assert edge(Scene(surface="saddle"), runner, x, y) is None, "there is no minimum"


def test_the_optimum_stands_where_the_other_settings_allow_it():
    runner = Runner("momentum", {"lr": 0.02})
    both = optimum(RAVINE, runner, ("momentum", "lr"))
    assert both == {"lr": pytest.approx(0.0330579, abs=5e-8), "momentum": pytest.approx(0.669421, abs=5e-7)}
    assert optimum(RAVINE, runner, ("lr", "y")) is None, "at another momentum the best rate is another"
    there = runner.with_hyper("momentum", both["momentum"])
    assert optimum(RAVINE, there, ("lr", "y")) == {"lr": both["lr"]}
    assert optimum(RAVINE, Runner("sgd"), ("x", "lr")) == {"lr": pytest.approx(2 / 101)}
    assert optimum(RAVINE, Runner("sgd"), ("x", "y")) is None
    assert optimum(Scene(surface="booth"), Runner("adam"), ("lr", "x")) is None
    assert optimum(Scene(surface="himmelblau"), runner, ("lr", "momentum")) is None


@pytest.mark.parametrize("surface", ["bowl", "beale", "rastrigin", "saddle", "x**2 + abs(y)"])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "rprop"])
def test_every_axis_has_a_range_to_begin_with(surface, optimizer):
    scene = Scene(surface=surface)
    runner = Runner(optimizer, {"lr": scene.record.rate_for(OPTIMIZERS[optimizer])}, Plan("onecycle"))
    for name, hyper in axes(scene, runner).items():
        low, high = span(scene, runner, name)
        Axis(hyper, low, high)
        if name == "lr":
            assert low < runner.hypers[name] < high


def test_basins_are_where_runs_end():
    scene, runner = Scene(surface="himmelblau", steps=200), Runner("adam", {"lr": 0.1})
    found = basin_map(scene, runner, 24)
    for row, column in ((0, 0), (3, 20), (23, 11), (12, 12)):
        run = replace(scene, start=(float(found.x[column]), float(found.y[row]))).run(runner)
        assert (found.minimum[row, column], found.when[row, column]) == (run.minimum, run.when)
    shares = found.shares()
    assert sum(shares.values()) == pytest.approx(1.0)
    assert {0, 1, 2, 3} <= set(shares)
    assert list(shares.values()) == sorted(shares.values(), reverse=True)


def test_basins_of_a_window_and_of_nothing():
    scene = Scene(surface="saddle", steps=200)
    found = basin_map(scene, Runner("sgd", {"lr": 0.1}), 8, (-1.0, 1.0, 0.5, 1.0))
    assert (found.x.min(), found.x.max()) == pytest.approx((-0.875, 0.875))
    assert found.shares() == {"escaped": 1.0}


def test_progress_is_told():
    told = []
    scene, runner = Scene(surface="bowl", steps=20), Runner("sgd")
    hyper_map(scene, runner, axis(scene, runner, "lr", 0.1, 1), axis(scene, runner, "steps", 1, 30), 8, told.append)
    basin_map(scene, runner, 8, progress=told.append)
    assert told.count(1.0) == 2


def test_a_start_that_leads_to_a_loop_belongs_to_the_minimum_in_its_middle():
    """SAM never comes to rest: the basins are those of the minima that it circles around."""
    found = basin_map(Scene(surface="himmelblau", steps=200), Runner("sam", {"lr": 0.01}), 24)
    shares = found.shares()
    assert {("cycling", k) for k in range(4)} <= set(shares)
    assert sum(shares[("cycling", k)] for k in range(4)) > 0.99
    assert sum(shares.values()) == pytest.approx(1.0)
    assert (found.when[found.outcome == "cycling"] == -1).all()


def test_where_there_is_no_value_is_neither_off_the_map_nor_beyond_all_numbers():
    scene = Scene(surface=Formula("sqrt(x)+y^2"), start=(1.0, 0.0), steps=60)
    runner = Runner("sgd")
    found = hyper_map(scene, runner, axis(scene, runner, "lr", 0.05, 0.5), axis(scene, runner, "y", -2.0, 2.0), 8)
    assert (found.outcome == "undefined").all()
    assert not found.overflow.any()
    assert np.isinf(found.loss).all()
    shares = basin_map(scene, Runner("sgd", {"lr": 0.1}), 16).shares()
    assert set(shares) == {"undefined", "moving"}, "from far enough the edge is not reached"
    assert shares["undefined"] > 0.6


def test_a_modifier_is_an_axis_like_any_other():
    runner = Runner("sgd", {"lr": 0.02}, modifiers={"clip_norm": {"norm": 1.0}, "lookahead": {"k": 4.0}})
    scene = Scene("beale", start=(3.0, 3.0), steps=120, runners=(runner,))
    found = axes(scene, runner)
    assert {"clip_norm.norm", "lookahead.k", "lookahead.alpha"} <= set(found)
    x, y = Axis(found["clip_norm.norm"], 0.1, 100.0), Axis(found["lookahead.k"], 1, 20)
    drawn = hyper_map(scene, runner, ("clip_norm.norm", x), ("lookahead.k", y), 7)
    for row, column in ((0, 0), (3, 5), (6, 2)):
        one, other = settled(scene, runner, {"clip_norm.norm": drawn.x[column], "lookahead.k": drawn.y[row]})
        run = one.run(other)
        assert run.outcome == drawn.outcome[row, column]
        if run.outcome != "escaped":
            assert drawn.loss[row, column] == max(run.loss[-1] - scene.record.lowest, 0.0)
    assert edge(scene, runner, ("lr", Axis(found["lr"], 1e-3, 1.0)), ("lookahead.k", y)) is None, "no theory knows it"
