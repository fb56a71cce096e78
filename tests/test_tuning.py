"""What the search finds, against closed forms and against settings that nobody searched for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core import OPTIMIZERS, SURFACES, Formula, Plan, Runner, Scene
from core.maps import Axis
from core.theory import best
from core.tuning import SEEDS, Sweep, cover, least_budget, ruler, score, searched, sweep_rates, tune

BUDGET = 200_000


def test_on_a_quadratic_it_comes_near_the_closed_form():
    scene = Scene(surface="x^2/2 + 50*y^2", start=(-4.0, 1.0), steps=100)
    theory = Runner("momentum", {k: v for k, v in best(OPTIMIZERS["momentum"], 1.0, 100.0).hypers.items() if v})
    found = tune(scene, Runner("momentum"), BUDGET)
    assert found.score <= found.before
    assert scene.run(found.runner).outcome == "arrived"
    assert scene.run(found.runner).when <= scene.run(theory).when


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "rmsprop", "lion"])
@pytest.mark.parametrize("surface", ["rosenbrock", "beale", "ill_conditioned"])
def test_it_beats_the_rates_that_the_surface_recommends(optimizer, surface):
    scene = Scene(surface=surface, steps=200)
    usual = Runner(optimizer, {"lr": SURFACES[surface].rate_for(OPTIMIZERS[optimizer])})
    found = tune(scene, usual, BUDGET)
    assert found.score < found.before
    assert found.spent <= BUDGET
    assert found.runner.plan == usual.plan
    for hyper in OPTIMIZERS[optimizer].hypers:
        assert hyper.admits(found.runner.hypers[hyper.name])
        if hyper not in searched(usual):
            assert found.runner.hypers[hyper.name] == usual.hypers[hyper.name]


def test_the_same_request_gives_the_same_answer_and_a_bigger_budget_no_worse_one():
    scene, runner = Scene(surface="rosenbrock", steps=100), Runner("adam")
    first = tune(scene, runner, BUDGET)
    assert first == tune(scene, runner, BUDGET)
    assert tune(scene, runner, 8 * BUDGET).score <= first.score * 1.05


def test_noise_is_averaged_over_seeds():
    scene = Scene(surface="least_squares", steps=50, batch=1)
    found = tune(scene, Runner("sgd"), BUDGET)
    again = [replace(scene, seed=s).run(found.runner).loss[-1] for s in range(100, 130)]
    large = [replace(scene, seed=s).run(found.runner.with_hyper("lr", 1.0)).loss[-1] for s in range(100, 130)]
    assert np.mean(again) < np.mean(large)


def test_one_run_of_a_setting_is_enough_where_chance_has_no_say():
    for key, surface in SURFACES.items():
        scene = Scene(surface=key, steps=20)
        drawn = surface.samples is not None and not surface.samples.in_turn
        assert least_budget(scene) == least_budget(Scene(steps=20)) * (SEEDS if drawn else 1)
        assert least_budget(replace(scene, noise=0.1)) == least_budget(Scene(steps=20)) * SEEDS


def test_chosen_names_are_moved_and_no_others():
    scene, runner = Scene(surface="beale", steps=50), Runner("adam")
    found = tune(scene, runner, BUDGET, ["beta1"]).runner
    assert {k for k, v in found.hypers.items() if v != runner.hypers[k]} <= {"beta1"}
    with pytest.raises(ValueError, match="names: expected some of lr"):
        tune(scene, runner, BUDGET, ["gamma"])
    with pytest.raises(ValueError, match=r"budget: expected at least 1350 gradients"):
        tune(scene, runner, 1000)


def test_what_a_schedule_sets_is_not_searched_for():
    """A momentum that 1cycle moves has no say: another value of it would be found by chance alone."""
    scene, plan = Scene(surface="beale", steps=50), Plan("onecycle", {"cycle_momentum": 1.0})
    runner = Runner("adam", plan=plan)
    assert scene.replaced(runner) == "beta1"
    assert [h.name for h in searched(runner, scene.replaced(runner))] == ["lr", "beta2"]
    assert tune(scene, runner, BUDGET).runner.hypers["beta1"] == runner.hypers["beta1"]
    assert scene.replaced(Runner("adam", plan=Plan("onecycle"))) == ""
    assert scene.replaced(Runner("sgd", plan=plan)) == ""
    heavy = Runner("momentum", plan=plan)
    assert (ruler(scene, heavy).start, ruler(scene, heavy).minimum) == (None, None)
    assert ruler(scene, Runner("momentum")).minimum is not None


def test_scores_are_in_order():
    """Early before late, arrived before near, near before far, everything before what left."""
    scene = Scene(surface="bowl", steps=100)
    rates = np.array([0.97, 0.5, 0.05, 0.001, 1.5])
    run = scene.run(Runner("sgd"), hypers={"lr": rates})
    found = score(run, scene.record)
    assert list(run.outcome) == ["arrived", "moving", "moving", "moving", "escaped"]
    assert (np.diff(found) > 0).all()
    assert found[-1] >= 4.0


LOCAL = [key for key, surface in SURFACES.items() if len(surface.minima) > 1 and surface.found is False]


@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
@pytest.mark.parametrize("key", LOCAL)
def test_among_several_minima_it_ends_as_low_as_a_grid_of_the_same_budget(key, optimizer):
    """What counts first is how low a run ends: to be soon at some minimum is no merit."""
    scene, runner = Scene(surface=key, steps=200), Runner(optimizer, {"lr": 0.1})
    found, low = tune(scene, runner, 2 * BUDGET), scene.record.lowest
    axes = [Axis(hyper, hyper.low, hyper.high) for hyper in searched(runner)]
    side = int((2 * BUDGET // scene.length) ** (1 / len(axes)))
    grid = np.meshgrid(*(axis.values(side) for axis in axes))
    run = scene.run(
        runner, hypers={**runner.hypers, **{a.hyper.name: g.ravel() for a, g in zip(axes, grid, strict=True)}}
    )
    stayed = score(run, scene.record) < 4
    seen = 1e-10 * (run.loss[0, 0] - low)
    lowest = max(run.loss[stayed, -1].min() - low, seen)
    assert scene.run(found.runner).loss[-1] - low <= 3 * lowest
    if scene.run(runner).outcome != "escaped":
        assert scene.run(found.runner).loss[-1] - low <= max(scene.run(runner).loss[-1] - low, seen)


def test_it_does_not_leave_the_lowest_minimum_for_a_nearer_one():
    for key, lowest in (("local_well", -1.5239), ("two_gaussians", -2.063)):
        found = tune(Scene(surface=key), Runner("momentum", {"lr": 0.1}))
        assert Scene(surface=key).run(found.runner).loss[-1] == pytest.approx(lowest, abs=1e-3)


def test_of_a_loop_the_highest_point_counts():
    """A run to and fro ends low or high as the number of steps is even or odd: that is luck."""
    for steps in (60, 61):
        scene = Scene(surface=Formula("abs(x)+abs(y)"), start=(0.305, 0.305), steps=steps)
        run = scene.run(Runner("sgd"), hypers={"lr": np.array([0.3])})
        assert run.outcome[0] == "cycling"
        assert score(run, scene.record)[0] == pytest.approx(2 + np.tanh(np.log10(2 * 0.295) / 10))


def test_without_a_floor_the_lowest_is_the_best():
    scene = Scene(surface="saddle", start=(1.0, 1e-3), steps=20)
    found = tune(scene, Runner("sgd", {"lr": 0.01}), BUDGET)
    low, high = np.transpose(scene.record.bounds)
    path = scene.run(found.runner)
    assert ((path.x >= low) & (path.x <= high)).all()
    assert path.loss[-1] < scene.run(Runner("sgd", {"lr": 0.1})).loss[-1] < 0.1


@pytest.mark.parametrize(
    ("surface", "optimizer"), [("rosenbrock", "sgd"), ("rosenbrock", "adam"), ("beale", "momentum")]
)
def test_the_ruler_names_the_rate_that_tune_takes(surface, optimizer):
    scene = Scene(surface=surface, steps=200)
    found = tune(scene, Runner(optimizer))
    assert ruler(scene, found.runner).best == found.runner.hypers["lr"]
    for name, value in found.runner.hypers.items():
        digits = 1 - value if name.startswith("beta") or name == "momentum" else value
        assert float(f"{digits:.3g}") == pytest.approx(digits, rel=1e-9), f"{name} = {value!r} is not easy to read"


def test_the_best_settings_stay_on_the_map():
    """AdaGrad at a rate of 6 leaps over the edge of the map and back: nobody would call that a good path."""
    scene = Scene(surface="himmelblau", start=(0.0, -3.0), steps=30)
    wild, found = Runner("adagrad", {"lr": 6.0}), tune(scene, Runner("adagrad"), BUDGET)
    low, high = np.transpose(scene.record.bounds)
    for runner, stays in ((wild, False), (found.runner, True)):
        path = scene.run(runner).x
        assert ((path >= low) & (path <= high)).all() == stays
    assert scene.run(found.runner).outcome == "arrived"


def test_the_sweep_finds_the_best_rate_of_gradient_descent():
    scene = Scene(surface="x^2/2 + 4*y^2", start=(-3.0, 1.0), steps=30)
    found = sweep_rates(scene, Runner("sgd"))
    assert found.best == pytest.approx(2 / (1 + 8), rel=0.15)
    assert Sweep(np.array([1.0, 2.0, 3.0, 4.0]), np.array([5.0, 1.0, 1.0, 1.0])).best == 3.0


@pytest.mark.parametrize(
    ("scene", "runner"),
    [
        (Scene(surface="himmelblau", steps=120), Runner("momentum")),
        (Scene(surface="himmelblau", steps=100), Runner("signsgd")),
        (Scene(surface="bowl", steps=40, noise=0.3, seed=4), Runner("adam")),
        (Scene(surface="bowl", steps=90), Runner("sgd", plan=Plan("plateau"))),
        (Scene(surface="bowl", steps=50), Runner("momentum", plan=Plan("onecycle"), modifiers={"clip_norm": {}})),
    ],
    ids=["plain", "loops", "noise", "watches", "around"],
)
def test_a_sweep_says_of_every_rate_what_its_run_alone_says(scene, runner):
    found = sweep_rates(scene, runner)
    seeds = [scene.seed + i for i in range(SEEDS if scene.noisy else 1)]
    for rate, told in [*zip(found.rates.tolist(), found.scores.tolist(), strict=True)][::7]:
        runs = [scene.run(runner, hypers={**runner.hypers, "lr": np.array([rate])}, seed=seed) for seed in seeds]
        assert told == pytest.approx(np.mean([score(run, scene.record)[0] for run in runs]), rel=1e-14)
    if runner.optimizer == "signsgd":
        assert (
            np.count_nonzero(scene.run(runner, hypers={**runner.hypers, "lr": found.rates}).outcome == "cycling") > 40
        )


@pytest.mark.parametrize("dimensions", [1, 2, 3, 4])
def test_a_cover_is_even(dimensions):
    points = cover(256, dimensions, 3)
    assert points.shape == (256, dimensions)
    for column in points.T:
        counts, _ = np.histogram(column, 16, (0, 1))  # 16 in each; drawn at random they would differ by ±4 and more
        assert np.abs(counts - 16).max() <= 6
        assert counts.std() < 3.6
    assert not np.allclose(points, cover(256, dimensions, 4))


def test_the_ruler_marks_the_limits_of_theory():
    scene = Scene(surface="bowl", steps=100)  # curvatures 0.1 and 2 everywhere
    assert ruler(scene, Runner("sgd")).start == ruler(scene, Runner("sgd")).minimum == pytest.approx(1.0)
    assert ruler(scene, Runner("momentum", {"momentum": 0.5})).start == pytest.approx(1.5)
    assert ruler(scene, Runner("nesterov", {"momentum": 0.5})).start == pytest.approx(0.75)
    assert ruler(scene, Runner("sgd", {"weight_decay": 0.5})).start == pytest.approx(0.8)
    valley = ruler(Scene(surface="rosenbrock", start=(-1.2, 1.0)), Runner("sgd"))
    assert valley.minimum == pytest.approx(2 / 1001.6, rel=1e-3)
    assert valley.start != valley.minimum


def test_at_the_tip_of_a_cone_no_rate_is_stable_and_none_is_marked():
    assert ruler(Scene(surface="ackley", start=(0.5, 0.5)), Runner("sgd")).minimum is None


def test_the_ruler_marks_nothing_that_theory_does_not_know():
    adam = ruler(Scene(surface="bowl"), Runner("adam"))
    assert adam.start is adam.minimum is None
    assert adam.best > 0
    hill = ruler(Scene(surface="styblinski_tang", start=(0.1, 0.1)), Runner("sgd"))
    assert hill.start is None, "the top of a hill bends down"
    assert hill.minimum is not None
    assert ruler(Scene(surface="saddle"), Runner("sgd")).minimum is None
