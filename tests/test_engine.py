"""The engine against its slow twin, its lanes against each other, its noise, its verdicts, its errors, its threads."""

from __future__ import annotations

import ast
import itertools
import os
import re
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import naive
import numpy as np
import processes
import pytest

from core import OPTIMIZERS, SCHEDULES, SURFACES, descend
from core.engine import kernels, noise, sweep
from core.engine.blocks import B
from core.engine.descend import LONG, MOST_DRAWS
from core.schedules._warmup import WARMUP
from core.spec import Optimizer, Paper, Surface, Text, rate

ROOT = Path(__file__).parent.parent
NOWHERE = Paper("nobody", "nothing", 2000, "https://example.org")
WORDS = Text("words", "말")
ROUNDED = {"sqrt", "abs", "maximum", "minimum", "sign", "where", "isnan", "isfinite"}  # one right answer each

each_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=list(OPTIMIZERS))
each_surface = pytest.mark.parametrize("surface", SURFACES.values(), ids=list(SURFACES))
each_schedule = pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=list(SCHEDULES))
pairs = pytest.mark.parametrize(
    ("optimizer", "surface"),
    [
        pytest.param(o, s, id=f"{o.key}-{s.key}")
        for (_, o), s in zip(enumerate(OPTIMIZERS.values()), itertools.cycle(SURFACES.values()), strict=False)
    ],
)  # every optimizer, and so in turn every surface


def same(a, b):
    """Whether two arrays are equal to the last bit; every nan is the same nan."""
    a, b = np.ascontiguousarray(a, dtype=float), np.ascontiguousarray(b, dtype=float)
    equal = (a.view(np.int64) == b.view(np.int64)) | (np.isnan(a) & np.isnan(b)) if a.shape == b.shape else False
    return bool(np.all(equal))


def same_runs(a, b):
    return (
        same(a.x, b.x)
        and same(a.loss, b.loss)
        and same(a.lr, b.lr)
        and same(a.gradient, b.gradient)
        and set(a.state) == set(b.state)
        and all(same(a.state[name], b.state[name]) for name in a.state)
    )


def lane(run, i):
    """One lane of a run, as a run without lanes."""
    return replace(
        run,
        x=run.x[i],
        loss=run.loss[i],
        lr=run.lr[i],
        gradient=run.gradient[i],
        state={name: values[i] for name, values in run.state.items()},
        outcome=str(run.outcome[i]),
        when=int(run.when[i]),
        minimum=int(run.minimum[i]),
    )


def verdict(run):
    return run.outcome, run.when, run.minimum


def close(run, path):
    """Near enough for different sines, exponentials and logarithms, over a few steps."""
    for a, b in ((run.x, path.x), (run.loss, path.loss), (run.lr, path.lr), (run.gradient, path.gradient)):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


def exact(function):
    """Whether a formula uses only operations that have one right answer, so that two machines must agree."""
    known = function.__globals__
    return all(
        name in ROUNDED or known.get(name) is np or isinstance(known.get(name), (int, float))
        for name in function.__code__.co_names
    )


def as_its_twin(run, path, *formulas):
    """The same, to the last bit where the formulas have but one right answer."""
    return same_runs(run, path) if all(map(exact, formulas)) else close(run, path) is None


def off_centre(surface):
    """The surface's start, a little aside: on the axes and at whole numbers some gradients vanish by symmetry."""
    return np.add(surface.start, (0.0137 * surface.size, 0.0071 * surface.size))


def starts(surface, lanes, seed=0):
    (x0, x1), (y0, y1) = surface.bounds
    return np.random.default_rng(seed).uniform((x0, y0), (x1, y1), (lanes, 2))


def spread(hypers, lanes, seed=0):
    """Every hyperparameter another value in every lane, near its default."""
    random = np.random.default_rng(seed)
    return {h.name: _near(h, random.uniform(0.5, 1.0, lanes)) for h in hypers}


def _near(hyper, share):
    values = np.clip(hyper.default * share, hyper.low, hyper.high)
    return np.rint(values) if hyper.integer else values


# --- the twin -----------------------------------------------------------------------------------


@each_surface
@each_optimizer
@pytest.mark.parametrize("angle", [0.0, 33.0])
def test_engine_equals_its_slow_twin(optimizer, surface, angle):
    turned, start = surface.placed(angle), off_centre(surface)
    hypers = {"lr": surface.rate_for(optimizer)}
    if all(exact(f) for f in (surface.value, surface.gradient, optimizer.update)):
        run = descend(turned, optimizer, start=start, steps=25, hypers=hypers, keep="state")
        path = naive.descend(turned, optimizer, start, 25, hypers)
        assert same_runs(run, path)
        assert verdict(run) == naive.outcome(turned, path, None)
        low, high = np.transpose(turned.bounds)
        on_map = (run.x >= np.minimum(low, start)) & (run.x <= np.maximum(high, start))
        assert run.strayed == (not on_map.all())
    else:
        run = descend(turned, optimizer, start=start, steps=6, hypers=hypers, keep="state")
        close(run, naive.descend(turned, optimizer, start, 6, hypers))


@each_schedule
@pytest.mark.parametrize("warmup", [0, 3, 4])
def test_schedules_and_warm_up_equal_the_twin(schedule, warmup):
    surface, optimizer = SURFACES["rosenbrock"], OPTIMIZERS["momentum"]
    plan = {"warmup_steps": warmup, "warmup_start": 0.3 * (warmup > 3)}
    plan |= {h.name: 2 for h in schedule.hypers if h.name in ("patience", "s")}
    run = descend(
        surface, optimizer, start=(-1.0, 1.5), steps=20, schedule=schedule, schedule_hypers=plan, keep="state",
        hypers={"lr": 0.002},
    )  # fmt: skip
    path = naive.descend(surface, optimizer, (-1.0, 1.5), 20, {"lr": 0.002}, schedule, plan)
    close(run, path)
    if schedule.watches_loss:
        assert same_runs(run, path)
        assert len(set(run.lr)) > 2, "the losses of this run must make the schedule act"


def watching(t, T, loss, best, gamma, *later):
    best = np.minimum(best, loss)
    share = gamma if loss > best else 1.0
    for i in range(0, len(later), 2):
        share = share * (1.0 if t < later[i] else later[i + 1])
    return share, best


def test_a_schedule_that_watches_the_loss_may_take_any_number():
    """Compiled it is the same as its twin."""
    drops = [h for h in SCHEDULES["piecewise"].hypers if h.name == "gamma" or h.nth]
    plain = {"pytorch": "", "keras": "", "optax": "", "dialects": {}}
    schedule = replace(SCHEDULES["piecewise"], factor=watching, hypers=tuple(drops), initial={"best": np.inf}, **plain)
    plan = {"warmup_steps": 0, "third": 5, "gamma_3": 0.5, "twentieth": 9, "gamma_20": 0.3}
    surface, optimizer = SURFACES["rosenbrock"], OPTIMIZERS["momentum"]
    arguments = {"start": (-1.0, 1.5), "steps": 20, "hypers": {"lr": 0.002}}
    run = descend(surface, optimizer, **arguments, schedule=schedule, schedule_hypers=plan, keep="state")
    assert same_runs(run, naive.descend(surface, optimizer, (-1.0, 1.5), 20, {"lr": 0.002}, schedule, plan))
    assert len(set(run.lr)) > 3


@pairs
def test_noise_equals_the_twin(optimizer, surface):
    arguments = {"start": off_centre(surface), "steps": 6, "hypers": {"lr": surface.rate_for(optimizer)}}
    close(
        descend(surface, optimizer, **arguments, noise=0.3, seed=7),
        naive.descend(surface, optimizer, **arguments, noise=0.3, seed=7),
    )


@each_optimizer
def test_stop_rule_equals_the_twin(optimizer):
    surface, hypers = SURFACES["bowl"], {"lr": SURFACES["bowl"].rate_for(optimizer)}
    run = descend(surface, optimizer, start=(0.9, 0.4), steps=80, hypers=hypers, tolerance=0.2, keep="state")
    path = naive.descend(surface, optimizer, (0.9, 0.4), 80, hypers, tolerance=0.2)
    assert as_its_twin(run, path, optimizer.update)
    assert verdict(run) == naive.outcome(surface, path, 0.2)


def test_overflow_equals_the_twin():
    surface = SURFACES["rosenbrock"]
    for optimizer in OPTIMIZERS.values():
        hypers = {"lr": 10.0}
        run = descend(surface, optimizer, start=(50.0, -80.0), steps=30, hypers=hypers, keep="state")
        path = naive.descend(surface, optimizer, (50.0, -80.0), 30, hypers)
        assert as_its_twin(run, path, optimizer.update), optimizer.key
        assert verdict(run) == naive.outcome(surface, path, None)


# --- lanes --------------------------------------------------------------------------------------


@pairs
def test_a_lane_alone_equals_the_same_lane_in_a_crowd(optimizer, surface):
    points = starts(surface, 1000)
    arguments = {"steps": 30, "hypers": {"lr": surface.rate_for(optimizer)}, "keep": "state"}
    crowd = descend(surface, optimizer, start=points, **arguments)
    for i in (0, 63, 64, 500, 999):
        alone = descend(surface, optimizer, start=points[i], **arguments)
        assert same_runs(lane(crowd, i), alone)
        assert verdict(lane(crowd, i)) == verdict(alone)


@pairs
def test_lanes_with_their_own_everything(optimizer, surface):
    lanes = 200
    points, sigma, seeds = starts(surface, lanes), np.linspace(0.0, 0.5, lanes), np.arange(lanes) // 2
    hypers = spread(optimizer.hypers, lanes)
    crowd = descend(surface, optimizer, start=points, steps=20, hypers=hypers, noise=sigma, seed=seeds, keep="state")
    for i in (0, 1, 99, 199):
        alone = descend(
            surface, optimizer, start=points[i], steps=20, hypers={name: v[i] for name, v in hypers.items()},
            noise=sigma[i], seed=seeds[i], keep="state",
        )  # fmt: skip
        assert same_runs(lane(crowd, i), alone)


@each_schedule
@pytest.mark.parametrize("lanes", [2, 50])
def test_lanes_with_their_own_schedule(schedule, lanes):
    surface, optimizer = SURFACES["rosenbrock"], OPTIMIZERS["sgd"]
    plan = spread(schedule.hypers, lanes) | {"warmup_steps": np.arange(lanes) % 7}
    for h in schedule.hypers:  # a power of 1/2, 1 or 2 must not take NumPy's short cut in one case only
        plan[h.name][:3] = np.clip((0.5, 2.0, 1.0), h.low, h.high)[:lanes] if not h.integer else h.default
    arguments = {"start": (-1.0, 1.5), "steps": 40, "hypers": {"lr": 1e-3}, "schedule": schedule}
    crowd = descend(surface, optimizer, **arguments, schedule_hypers=plan)
    assert crowd.x.shape == (lanes, 41, 2)
    for i in range(0, lanes, 1 + lanes // 10):
        alone = descend(surface, optimizer, **arguments, schedule_hypers={name: v[i] for name, v in plan.items()})
        assert same_runs(lane(crowd, i), alone)


def test_lanes_beyond_one_thread():
    surface, chunk = SURFACES["himmelblau"], sweep.MOST
    lanes = 2 * chunk + 100
    points = starts(surface, lanes)
    arguments = {"steps": 15, "hypers": {"lr": np.linspace(0.01, 0.3, lanes)}, "noise": 0.1}
    for optimizer in ("adam", "sgd"):
        crowd = descend(surface, optimizer, start=points, seed=np.arange(lanes), **arguments)
        for i in (0, chunk - 1, chunk, lanes - 1):
            own = {"lr": arguments["hypers"]["lr"][i]}
            alone = descend(surface, optimizer, start=points[i], steps=15, hypers=own, noise=0.1, seed=i)
            assert same_runs(lane(crowd, i), alone)
            assert verdict(lane(crowd, i)) == verdict(alone)


def test_a_number_for_all_equals_the_same_number_for_each():
    surface = SURFACES["beale"]
    points = starts(surface, 70)
    for optimizer in OPTIMIZERS.values():
        shared = descend(surface, optimizer, start=points, steps=20, hypers={"lr": 0.01})
        own = descend(surface, optimizer, start=points, steps=20, hypers={"lr": np.full(70, 0.01)})
        assert same_runs(shared, own)


@pytest.mark.parametrize("lanes", [None, 1, 5])
@pytest.mark.parametrize("keep", ["path", "state", "end"])
def test_shapes(lanes, keep):
    optimizer = OPTIMIZERS["adam"]
    start = (1.0, 2.0) if lanes is None else np.ones((lanes, 2))
    run = descend("bowl", optimizer, start=start, steps=7, keep=keep)
    before = () if lanes is None else (lanes,)
    points, updates = (1, 1) if keep == "end" else (8, 7)
    assert run.x.shape == (*before, points, 2)
    assert run.loss.shape == (*before, points)
    assert run.lr.shape == (*before, updates)
    assert run.gradient.shape == (*before, updates, 2)
    assert set(run.state) == (set(optimizer.state) if keep == "state" else set())
    assert all(values.shape == (*before, points, 2) for values in run.state.values())
    assert np.shape(run.outcome) == np.shape(run.when) == np.shape(run.minimum) == before


@pytest.mark.parametrize(
    "wide",
    [{"hypers": {"lr": [0.1, 0.2, 0.3]}}, {"noise": [0, 1, 2]}, {"seed": [1, 2, 3]}, {"start": [[1, 2]] * 3},
     {"schedule": "cosine", "schedule_hypers": {"floor": [0, 0.5, 1]}}],
    ids=lambda wide: next(iter(wide)),
)  # fmt: skip
def test_any_array_makes_lanes(wide):
    assert descend("bowl", "sgd", **{"start": (1.0, 2.0), "steps": 4, **wide}).x.shape == (3, 5, 2)


def test_state_of_one_slot_does_not_hide_another():
    optimizer = OPTIMIZERS["adam"]
    run = descend("bowl", optimizer, start=(1.0, 2.0), steps=1, keep="state")
    for name in optimizer.state:
        assert run.state[name][0].tolist() == [0.0, 0.0]
        assert (run.state[name][1] != 0).all()


@pairs
def test_the_end_is_the_last_column_of_the_path(optimizer, surface):
    arguments = {"start": starts(surface, 90), "steps": 25, "noise": 0.1, "tolerance": 0.1 * surface.size}
    path, end = (descend(surface, optimizer, **arguments, keep=keep) for keep in ("path", "end"))
    assert same(path.x[:, -1:], end.x)
    assert same(path.loss[:, -1:], end.loss)
    assert same(path.lr[:, -1:], end.lr)
    assert same(path.gradient[:, -1:], end.gradient)
    assert (path.outcome == end.outcome).all()
    assert (path.when == end.when).all()
    assert (path.minimum == end.minimum).all()


# --- noise --------------------------------------------------------------------------------------


def splitmix(seed, count):
    """The generator as its paper defines it, in Python's whole numbers."""
    for _ in range(count):
        seed = (seed + 0x9E3779B97F4A7C15) % 2**64
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
        yield z ^ (z >> 31)


@pytest.mark.parametrize("lanes", [100, 256, 300, 1500])
def test_threads_share_a_small_map_to_the_last_bit(lanes, monkeypatch):
    """Of two settings one stays the same along a block, and the kernel is told so: no part may cut across."""
    hypers = {"lr": np.geomspace(1e-3, 1, lanes), "beta1": np.repeat(np.linspace(0.1, 0.95, lanes // B + 1), B)[:lanes]}

    def ends():
        return descend("himmelblau", "adam", start=(0.0, -3.0), steps=1400, hypers=hypers, keep="end").x

    monkeypatch.setattr(sweep.os, "cpu_count", lambda: 4)
    sweep.share.cache_clear()
    assert sweep.share(1400, lanes) < lanes
    several = ends()
    monkeypatch.setattr(sweep, "SHARED", np.inf)
    sweep.share.cache_clear()
    assert sweep.share(1400, lanes) >= min(lanes, sweep.part(1400, far=False))
    one = ends()
    sweep.share.cache_clear()
    assert np.array_equal(one, several, equal_nan=True)


def test_of_a_long_run_nothing_is_kept():
    module = sys.modules["core.engine.descend"]

    def kept():
        return [module._remembered.cache_info().currsize, module._shared_ramp.cache_info().currsize]

    module._remembered.cache_clear()
    module._shared_ramp.cache_clear()
    descend("bowl", "sgd", start=(1.0, 1.0), steps=LONG, keep="end", tolerance=np.float32(0.5))
    assert kept() == [1, 1]
    descend("bowl", "sgd", start=(1.0, 1.0), steps=LONG + 1, keep="end")
    assert kept() == [1, 1]


def test_what_cannot_be_remembered_is_asked_all_the_same():
    plain = descend("bowl", "adam", start=(1.0, 2.0), steps=5, hypers={"lr": 0.2}, noise=0.5, seed=3)
    odd = descend(
        "bowl", "adam", start=(1.0, 2.0), steps=5,
        hypers=MappingProxyType({"lr": np.array(0.2)}), noise=np.array(0.5), seed=np.array(3),
    )  # fmt: skip
    assert odd.x.shape == (6, 2)
    assert np.array_equal(odd.x, plain.x)
    for wrong in ((("lr", 0.2),), (1, 2)):
        with pytest.raises(ValueError, match="as name -> number"):
            descend("bowl", "adam", start=(1.0, 2.0), steps=5, hypers=wrong)


def test_bits_are_those_of_splitmix():
    published = [
        6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821,
    ]  # fmt: skip
    assert list(splitmix(1234567, 5)) == published
    counter = np.arange(5, dtype=np.uint64)
    for origin in (0, 1, 1234567, 2**63 + 5):
        assert noise.bits(np.array([origin], dtype=np.uint64), counter).tolist() == list(splitmix(origin, 5))


@pytest.mark.parametrize("across", ["steps", "seeds"])
def test_noise_is_standard_normal(across):
    n = 100_000
    many, one = np.arange(n, dtype=np.uint64), np.array([3], dtype=np.uint64)
    x, y = noise.normals(one, many) if across == "steps" else noise.normals(many, one)
    five_sigma = 5 / np.sqrt(n)
    for values in (x, y):
        assert abs(values.mean()) < five_sigma
        assert abs(values.var() - 1) < five_sigma * np.sqrt(2)
        assert abs((values**3).mean()) < five_sigma * np.sqrt(15)
        assert abs((values**4).mean() - 3) < five_sigma * np.sqrt(96)
        assert abs(np.mean(values[1:] * values[:-1])) < five_sigma, "one draw must not tell the next"
        assert abs(np.mean(np.abs(values) < 0.674489750196) - 0.5) < five_sigma / 2
    assert abs(np.mean(x * y)) < five_sigma
    assert abs(np.mean((x**2 - 1) * (y**2 - 1))) < five_sigma * 2
    assert np.isfinite(x).all()
    assert np.isfinite(y).all()


def drawn(optimizer, seed, sigma=1.0, steps=40, surface="saddle"):
    """What was added to the gradients of a run."""
    run = descend(surface, optimizer, start=(0.5, 0.5), steps=steps, noise=sigma, seed=seed, hypers={"lr": 1e-3})
    clean = np.stack(SURFACES[surface].gradient(run.x[:-1, 0], run.x[:-1, 1]), axis=-1)
    return run.gradient - clean


@each_optimizer
def test_the_noise_of_a_seed_is_the_same_for_all_optimizers(optimizer):
    steps = np.arange(40, dtype=np.uint64)
    expected = np.stack(noise.normals(np.array([11], dtype=np.uint64), steps), axis=-1)
    np.testing.assert_allclose(drawn(optimizer, 11), expected, atol=1e-12)


def test_noise_is_reproducible_and_grows_with_sigma():
    assert same(drawn("adam", 5), drawn("adam", 5))
    assert not same(drawn("adam", 5), drawn("adam", 6))
    np.testing.assert_allclose(drawn("sgd", 5, sigma=3.0), 3 * drawn("sgd", 5), atol=1e-12)
    assert np.abs(drawn("sgd", 5, sigma=0.0)).max() == 0.0


@pytest.mark.parametrize("lanes", [1, 80, 300])
def test_noise_that_is_kept_is_the_noise_of_the_seed(lanes, monkeypatch):
    arguments = {"start": np.ones((lanes, 2)), "steps": 1500, "hypers": {"lr": 0.1}, "seed": np.arange(lanes)}

    def runs():
        for keep in ("path", "end", "path"):
            for sigma in (0.1, np.where(np.arange(lanes) % 3, 0.0, 0.2)):
                yield descend("bowl", "momentum", **arguments, noise=sigma, keep=keep)

    kernels.draws.cache_clear()
    kept = list(runs())
    assert kernels.draws.cache_info().hits == 5 * (lanes * 1500 <= MOST_DRAWS)
    monkeypatch.setattr("core.engine.descend.MOST_DRAWS", 0)
    assert all(map(same_runs, kept, runs()))


def test_threads_that_write_the_noise_down_at_once_read_no_gaps():
    def run(seed):
        return descend("bowl", "sgd", start=(1.0, 1.0), steps=500, noise=0.1, seed=seed + np.arange(40), keep="end").x

    with ThreadPoolExecutor(8) as pool:
        for seed in range(30):
            kernels.draws.cache_clear()
            ends = list(pool.map(run, [seed] * 8))
            assert all(np.array_equal(end, ends[0]) for end in ends)
            assert np.isfinite(ends[0]).all()


def test_the_loss_is_without_noise():
    run = descend("bowl", "sgd", start=(1.0, 1.0), steps=10, noise=2.0, hypers={"lr": 0.1})
    assert same(run.loss, SURFACES["bowl"].value(run.x[:, 0], run.x[:, 1]))


# --- outcomes -----------------------------------------------------------------------------------


def test_arrived():
    run = descend("himmelblau", "sgd", start=(2.5, 1.5), steps=300, hypers={"lr": 0.01})
    assert (run.outcome, run.minimum) == ("arrived", 0)
    distance = np.hypot(*(run.x - SURFACES["himmelblau"].minima[0]).T)
    reach = 1e-3 * SURFACES["himmelblau"].size
    assert distance[run.when] <= reach < distance[run.when - 1]
    assert (distance[run.when :] <= reach).all()


@each_surface
def test_a_start_at_a_minimum_has_arrived(surface):
    if not surface.minima:
        pytest.skip("no minimum")
    run = descend(surface, "sgd", start=surface.minima, steps=3, hypers={"lr": 1e-6})
    assert run.outcome.tolist() == ["arrived"] * len(surface.minima)
    assert run.minimum.tolist() == list(range(len(surface.minima)))
    assert run.when.tolist() == [0] * len(surface.minima)


def test_moving():
    run = descend("bowl", "sgd", start=(-7.0, 2.0), steps=5, hypers={"lr": 0.01})
    assert verdict(run) == ("moving", -1, -1)


def test_stuck_on_the_ridge_of_a_saddle():
    run = descend("saddle", "sgd", start=(1.0, 0.0), steps=400, hypers={"lr": 0.06})
    assert verdict(run) == ("stuck", -1, -1)
    assert abs(run.x[-1]).max() < 1e-6
    nudged = descend("saddle", "sgd", start=(1.0, 1e-9), steps=400, hypers={"lr": 0.06})
    assert nudged.outcome == "escaped"


def test_escaped_by_too_large_a_rate():
    run = descend("bowl", "sgd", start=(-7.0, 2.0), steps=60, hypers={"lr": 1.2})
    assert (run.outcome, run.minimum) == ("escaped", -1)
    (x0, x1), (y0, y1) = SURFACES["bowl"].bounds
    inside = (x0 <= run.x[:, 0]) & (run.x[:, 0] <= x1) & (y0 <= run.x[:, 1]) & (run.x[:, 1] <= y1)
    assert inside[run.when - 1]
    assert not inside[run.when :].any()


def test_a_visit_outside_is_no_escape():
    """Off the map on the way, back in the end: `when` tells nothing, and the run has not escaped."""
    run = descend("bowl", "momentum", start=(1.0, 6.0), steps=500, hypers={"lr": 1.85, "momentum": 0.95})
    assert (np.abs(run.x) > 10).any()
    assert run.outcome == "arrived"


def test_a_start_off_the_map_widens_the_map():
    run = descend("bowl", "sgd", start=(14.0, 0.0), steps=5, hypers={"lr": 0.01})
    assert run.outcome == "moving"


def test_overflow_keeps_the_numbers_and_then_is_nan():
    run = descend("rosenbrock", "sgd", start=(-1.5, 2.0), steps=40, hypers={"lr": 1.0})
    assert run.outcome == "escaped"
    lost = np.isnan(run.loss)
    k = int(lost.argmax())
    assert 3 < k < 40
    assert lost[k:].all()
    assert np.isnan(run.x[k:]).all()
    assert np.isfinite(run.x[:k]).all()
    assert np.isfinite(run.loss[:k]).all()
    assert np.abs(run.x[:k]).max() > 1e30, "no clipping"


@each_surface
@each_optimizer
def test_never_infinite(optimizer, surface):
    run = descend(surface, optimizer, start=1e3 * starts(surface, 80), steps=60, hypers={"lr": 10.0})
    assert not np.isinf(run.x).any()
    assert not np.isinf(run.loss).any()
    gone = np.isnan(run.loss)
    assert (gone == np.isnan(run.x).any(axis=-1)).all()
    assert (gone[:, 1:] >= gone[:, :-1]).all(), "what is lost stays lost"
    # (Where the Hessian is zero Newton's step is a division by zero: it has not left, but has no next point.)
    nowhere = "undefined" if optimizer.key == "newton" else "escaped"
    assert set(run.outcome[gone[:, -1]]) <= {"escaped", nowhere}


# --- the stop rule ------------------------------------------------------------------------------


def test_tolerance_stops_and_holds_the_last_point():
    free = descend("bowl", "sgd", start=(-3.0, 1.0), steps=200, hypers={"lr": 0.3})
    held = descend("bowl", "sgd", start=(-3.0, 1.0), steps=200, hypers={"lr": 0.3}, tolerance=0.05)
    assert verdict(held)[0] == "arrived"
    assert held.minimum == 0
    k = held.when
    assert 0 < k < 200
    assert np.hypot(*held.x[k]) <= 0.05 < np.hypot(*held.x[k - 1])
    assert same(held.x[: k + 1], free.x[: k + 1])
    assert same(held.x[k:], np.tile(held.x[k], (201 - k, 1)))
    assert same(held.loss[k:], np.full(201 - k, held.loss[k]))


def test_tolerance_does_not_stop_a_run_that_flies_through():
    arguments = {"start": (-5.0, 0.0), "steps": 500, "hypers": {"lr": 0.3, "momentum": 0.95}}
    free = descend("bowl", "momentum", **arguments)
    passes = int((np.abs(free.x[:, 0]) < 0.4).argmax())
    held = descend("bowl", "momentum", **arguments, tolerance=0.4)
    assert 0 < passes < 20
    assert same(held.x[: passes + 5], free.x[: passes + 5])
    assert np.abs(held.x[passes:, 0]).max() > 1, "it swings on past the minimum"
    assert held.outcome == "arrived"


def test_each_lane_stops_by_itself():
    points = starts(SURFACES["bowl"], 70)
    crowd = descend("bowl", "sgd", start=points, steps=120, hypers={"lr": 0.4}, tolerance=0.1)
    assert len(set(crowd.when.tolist())) > 3
    for i in (0, 33, 69):
        alone = descend("bowl", "sgd", start=points[i], steps=120, hypers={"lr": 0.4}, tolerance=0.1)
        assert same_runs(lane(crowd, i), alone)


# --- records of one's own -------------------------------------------------------------------------


def signed(x, g, t, m, lr, beta):
    m = beta * m + (1 - beta) * g
    return x - lr * np.sign(m), m


def test_an_optimizer_of_ones_own():
    beta = replace(WARMUP, name="beta", default=0.5, low=0.0, high=0.9, integer=False)
    mine = Optimizer(signed, "Mine", "adaptive", (rate(0.1), beta), "x", NOWHERE, WORDS)
    run = descend("bowl", mine, start=(1.05, -0.55), steps=12, keep="state")
    path = naive.descend(SURFACES["bowl"], mine, (1.05, -0.55), 12)
    assert same_runs(run, path)
    assert "Mine" not in [o.name for o in OPTIMIZERS.values()]


def valley(depth):
    rates = dict.fromkeys(("gradient", "momentum", "adagrad", "adaptive"), 0.1)
    return Surface(
        lambda x, y: depth * (x * x + y * y),
        lambda x, y: (2 * depth * x, 2 * depth * y),
        lambda x, y: (2 * depth, 0.0, 2 * depth),
        Text("Valley", "골짜기"), ((-1.0, 1.0), (-1.0, 1.0)), (0.5, 0.5), ((0.0, 0.0),), rates, "x", WORDS, NOWHERE,
    )  # fmt: skip


def test_surfaces_of_ones_own_from_one_factory_are_not_mixed_up():
    losses = [float(descend(valley(d), "sgd", start=(0.5, 0.5), steps=1, keep="end").loss[0]) for d in (1.0, 2.0, 3.0)]
    np.testing.assert_allclose(losses, [d * 0.5 * (1 - 2e-3 * d) ** 2 for d in (1.0, 2.0, 3.0)], rtol=1e-12)


@pytest.mark.parametrize(
    ("optimizer", "dialect"),
    [
        pytest.param(o, name, id=f"{o.key}-{name}")
        for o in OPTIMIZERS.values()
        for name, dialect in o.dialects.items()
        if dialect.update
    ],
)
def test_another_dialect(optimizer, dialect):
    hypers = spread(optimizer.hypers, 1) | {"lr": 0.02}  # so that every option is on
    hypers |= {h.name: 1.0 if h.integer else 0.3 for h in optimizer.hypers if h.default == 0}
    hypers = {name: float(np.squeeze(value)) for name, value in hypers.items()}
    run = descend("beale", optimizer, start=(1.0, 1.5), steps=30, hypers=hypers, dialect=dialect, keep="state")
    path = naive.descend(SURFACES["beale"], optimizer.spoken(dialect), (1.0, 1.5), 30, hypers)
    assert as_its_twin(run, path, optimizer.spoken(dialect).update)


def test_a_dialect_that_nobody_speaks():
    with pytest.raises(ValueError, match=r"dialect: .* is declared for .*, not for 'klingon'"):
        descend("beale", "sgd", start=(1.0, 1.5), steps=30, dialect="klingon")


# --- what descend refuses -------------------------------------------------------------------------

HOLE = np.zeros((262_144, 2))
HOLE[123_456, 1] = np.nan
GOOD = {"surface": "bowl", "optimizer": "adam", "start": (1.0, 2.0), "steps": 5}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"optimizer": "adm"}, "optimizer: 'adm' is not known; did you mean 'adam'?"),
        ({"optimizer": "???"}, "optimizer: '???' is not known; there are "),
        ({"optimizer": 5}, "optimizer: expected a key or a record, got 5"),
        ({"surface": "rosenbrok"}, "surface: 'rosenbrok' is not known; did you mean 'rosenbrock'?"),
        ({"surface": None}, "surface: expected a key or a record, got None"),
        ({"surface": OPTIMIZERS["adam"]}, "surface: expected a key or a record, got Optimizer("),
        ({"schedule": "cosin"}, "schedule: 'cosin' is not known; did you mean 'cosine'?"),
        ({"hypers": {"beta": 0.9}}, "Adam has no hyperparameter 'beta'; it has lr, beta1, beta2, eps"),
        ({"hypers": {1: 0.9}}, "Adam has no hyperparameter '1'; it has lr, beta1, beta2, eps"),
        ({"hypers": {"lr": "fast"}}, "lr: expected a finite number or one per lane, got 'fast'"),
        ({"hypers": {"lr": np.nan}}, "lr: expected a finite number or one per lane, got nan"),
        ({"hypers": {"lr": [[0.1]]}}, "lr: expected a finite number or one per lane, got [[0.1]]"),
        ({"hypers": 0.1}, "Adam: expected hyperparameters as name -> number, got 0.1"),
        ({"hypers": [0.1]}, "Adam: expected hyperparameters as name -> number, got [0.1]"),
        ({"schedule": "step", "schedule_hypers": {"s": 0}}, "s: expected a whole number of at least 1, got 0"),
        ({"schedule": "step", "schedule_hypers": {"s": 2.5}}, "s: expected a whole number of at least 1, got 2.5"),
        ({"schedule_hypers": {"warmup_steps": -1}}, "warmup_steps: expected a whole number of at least 0, got -1"),
        ({"schedule": "cosine", "schedule_hypers": {"flor": 0}}, "Cosine has no hyperparameter 'flor'; it has floor, "),
        ({"start": (np.nan, 0)}, "start: expected finite numbers of shape (2,) or (lanes, 2), got (nan, 0)"),
        ({"start": (1, 2, 3)}, "start: expected finite numbers of shape (2,) or (lanes, 2), got (1, 2, 3)"),
        ({"start": "here"}, "start: expected finite numbers of shape (2,) or (lanes, 2), got 'here'"),
        ({"start": None}, "start: expected finite numbers of shape (2,) or (lanes, 2), got None"),
        ({"start": [[1, 2], [3]]}, "start: expected finite numbers of shape (2,) or (lanes, 2), got [[1, 2], [3]]"),
        ({"start": ("1", "2")}, "start: expected finite numbers of shape (2,) or (lanes, 2), got ('1', '2')"),
        ({"start": (True, False)}, "start: expected finite numbers of shape (2,) or (lanes, 2), got (True, False)"),
        (
            {"start": np.zeros((512, 512, 2))},
            "start: expected finite numbers of shape (2,) or (lanes, 2), got numbers of "
            "shape (512, 512, 2); start.reshape(-1, 2) makes rows of them",
        ),
        (
            {"start": np.zeros((4, 3))},
            "start: expected finite numbers of shape (2,) or (lanes, 2), got an array of shape (4, 3)",
        ),
        ({"start": HOLE}, "start: expected finite numbers of shape (2,) or (lanes, 2), got (0, nan) in row 123456"),
        (
            {"start": HOLE.tolist()},
            "start: expected finite numbers of shape (2,) or (lanes, 2), got (0, nan) in row 123456",
        ),
        ({"hypers": {"lr": -0.1}}, "lr: expected a rate of at least 0, got -0.1; a negative rate climbs"),
        (
            {"hypers": {"lr": [0.1, -0.1]}},
            "lr: expected a rate of at least 0, got -0.1 in lane 1; a negative rate climbs",
        ),
        ({"hypers": {"lr": "0.1"}}, "lr: expected a finite number or one per lane, got '0.1'"),
        ({"hypers": {"lr": True}}, "lr: expected a finite number or one per lane, got True"),
        ({"hypers": {"lr": [True, False]}}, "lr: expected a finite number or one per lane, got [True, False]"),
        ({"hypers": {"lr": 1j}}, "lr: expected a finite number or one per lane, got 1j"),
        ({"hypers": {"lr": [0.1, np.inf]}}, "lr: expected a finite number or one per lane, got inf in lane 1"),
        ({"hypers": {"beta1": 2}}, "beta1: expected a number from 0 to 1, got 2"),
        ({"hypers": {"beta2": -0.5}}, "beta2: expected a number from 0 to 1, got -0.5"),
        ({"hypers": {"eps": -1e-8}}, "eps: expected a number of at least 0, got -1e-08"),
        ({"noise": True}, "noise: expected a finite number or one per lane, got True"),
        (
            {"steps": np.array([10, 20])},
            "steps: expected a whole number of at least 1, got an array of shape (2,); all lanes take equally many",
        ),
        (
            {"surface": "x^2+y^4"},
            "surface: 'x^2+y^4' is not known; expression_surface('x^2+y^4') makes a surface of a formula",
        ),
        ({"start": np.empty((0, 2))}, "start: expected at least one lane, got none"),
        ({"noise": -0.1}, "noise: expected a standard deviation of at least 0, got -0.1"),
        ({"noise": np.inf}, "noise: expected a finite number or one per lane, got inf"),
        ({"noise": "loud"}, "noise: expected a finite number or one per lane, got 'loud'"),
        ({"seed": -1}, "seed: expected a whole number of at least 0 or one per lane, got -1"),
        ({"seed": 1.5}, "seed: expected a whole number of at least 0 or one per lane, got 1.5"),
        ({"seed": "one"}, "seed: expected a whole number of at least 0 or one per lane, got 'one'"),
        ({"seed": 2**70}, "seed: expected a whole number of at least 0 or one per lane, got 1180591620717411303424"),
        ({"steps": 0}, "steps: expected a whole number of at least 1, got 0"),
        ({"steps": -3}, "steps: expected a whole number of at least 1, got -3"),
        ({"steps": True}, "steps: expected a whole number of at least 1, got True"),
        ({"steps": 2.5}, "steps: expected a whole number of at least 1, got 2.5"),
        ({"steps": "5"}, "steps: expected a whole number of at least 1, got '5'"),
        ({"keep": "all"}, "keep: expected 'path', 'state' or 'end', got 'all'"),
        ({"keep": []}, "keep: expected 'path', 'state' or 'end', got []"),
        ({"progress": 3}, "progress: expected a function of the fraction done, got 3"),
        ({"tolerance": 0}, "tolerance: expected a positive distance or None, got 0"),
        ({"tolerance": True}, "tolerance: expected a positive distance or None, got True"),
        ({"tolerance": np.nan}, "tolerance: expected a positive distance or None, got nan"),
        ({"tolerance": "near"}, "tolerance: expected a positive distance or None, got 'near'"),
        ({"dialect": "klingon"}, "dialect: Adam is declared for pytorch, "),
        ({"dialect": []}, "dialect: Adam is declared for pytorch, "),
        ({"start": np.zeros((3, 2)), "noise": [1, 2]}, "noise: expected 1 or 3 lanes, got 2"),
        ({"start": np.zeros((2, 2)), "hypers": {"lr": [1, 2, 3]}}, "start: expected 1 or 3 lanes, got 2"),
        ({"seed": [1, 2, 3], "hypers": {"eps": [1, 2]}}, "eps: expected 1 or 3 lanes, got 2"),
    ],
    ids=lambda value: value[:50] if isinstance(value, str) else "",
)
def test_errors_say_what_came_and_what_was_expected(wrong, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)) as caught:
        descend(**(GOOD | wrong))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "rate",
    [Fraction(1, 10), Decimal("0.1"), np.float32(0.1), np.array(0.1), [Fraction(1, 10)], np.array([0.1], object)],
)
def test_a_number_is_taken_for_what_it_is(rate):
    run, plain = descend(**GOOD, hypers={"lr": rate}), descend(**GOOD, hypers={"lr": 0.1})
    assert np.ravel(run.x) == pytest.approx(np.ravel(plain.x), rel=1e-6)
    assert descend(**GOOD | {"start": (Fraction(1, 2), 3)}).x[0].tolist() == [0.5, 3.0]


def test_true_is_no_rate_of_one_even_after_one():
    descend(**GOOD, hypers={"lr": 1})
    with pytest.raises(ValueError, match="got True"):
        descend(**GOOD, hypers={"lr": True})


# --- threads and caches -----------------------------------------------------------------------------


def test_eight_threads_give_what_one_gives():
    jobs = [(o, s) for o in OPTIMIZERS for s in list(SURFACES)[:4]]

    def run(job):
        optimizer, surface = job
        points = starts(SURFACES[surface], 300)
        return descend(surface, optimizer, start=points, steps=40, noise=0.1, seed=np.arange(300), keep="end")

    serial = [run(job) for job in jobs]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(2):
            assert all(same_runs(a, b) for a, b in zip(serial, pool.map(run, jobs), strict=True))


THREADS = """
    import hashlib, sys, threading
    import numpy as np
    from core import OPTIMIZERS, SURFACES, descend

    count, together = int(sys.argv[1]), "together" in sys.argv
    keys, surfaces, ends, faults = list(OPTIMIZERS)[:count], list(SURFACES), {}, []
    gate = threading.Barrier(len(keys) if together else 1)

    def work(i):
        try:
            gate.wait()
            points = np.linspace((-1.0, -1.5), (1.5, 1.0), 300)
            ends[i] = descend(surfaces[i % 2], keys[i], start=points, steps=40, noise=0.1, keep="end").x
        except BaseException as fault:
            faults.append(fault)

    if together:
        threads = [threading.Thread(target=work, args=(i,)) for i in range(len(keys))]
        [t.start() for t in threads]
        [t.join() for t in threads]
    else:
        [work(i) for i in range(len(keys))]
    if faults:
        raise faults[0]
    print(hashlib.sha256(b"".join(ends[i].tobytes() for i in sorted(ends))).hexdigest())
"""


def python(code, *arguments, folder=ROOT, **environment):
    """Run a small program in a fresh process and return what it printed. Fails with its error output."""
    done = processes.python("-c", textwrap.dedent(code), *arguments, folder=folder, timeout=400, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def cold(tmp_path_factory):
    """A cache folder that eight threads filled together, and what they found."""
    folder = tmp_path_factory.mktemp("kernels")
    return folder, python(THREADS, "8", "together", NUMBA_CACHE_DIR=str(folder))


@pytest.mark.slow
def test_eight_threads_in_a_fresh_process_with_a_cold_cache(cold):
    folder, found = cold
    assert list(folder.rglob("*.nbi"))
    files = sorted(folder.rglob("*.nb?"))
    assert python(THREADS, "8", NUMBA_CACHE_DIR=str(folder)) == found, "one after the other, from the disk"
    assert sorted(folder.rglob("*.nb?")) == files, "a second process must find everything compiled"


LOOP = "loop."  # how the files of the run loop begin, which takes longer to compile than all the others


def copied(cold, folder, leave=()):
    """A copy of the filled folder, without the kinds of kernels that are left out."""
    for file in cold.rglob("*.*"):
        if not file.name.startswith(tuple(leave)):
            copy = folder / file.relative_to(cold)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    return folder


def kernels_in(folder):
    return sorted(folder.rglob("*.nb?"))


def cut(data):
    return data[:20]


def flipped(data):
    """The same with one bit the other way, in the middle, where the machine code is."""
    return data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 16]) + data[len(data) // 2 + 1 :]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damage", "sums", "suffixes", "spared"),
    [(cut, False, (".nbi", ".nbc"), LOOP), (flipped, True, (".nbc", ".nbi"), None)],
    ids=["cut, no sums", "flipped"],
)
def test_a_damaged_cache_heals(cold, damage, sums, suffixes, spared, tmp_path):
    """Of one kind of kernels the index is damaged, of the next the code, by turns; the loop's in one of the cases."""
    folder, sound = cold
    kinds = sorted({file.name.partition("-")[0] for file in kernels_in(folder)})
    kinds = [kind for kind in kinds if not (spared and kind.startswith(spared))]
    assert len(kinds) > 2
    (tmp_path / "of_somebody_else.nbi").write_bytes(b"keep me")
    hurt = {}
    for copy in copied(folder, tmp_path).rglob("*.*"):
        kind = copy.name.partition("-")[0]
        if kind in kinds and copy.suffix == suffixes[kinds.index(kind) % 2]:
            hurt[copy] = damage(copy.read_bytes())
            copy.write_bytes(hurt[copy])
        elif copy.suffix == ".json" and not (sums or copy.name.startswith(spared)):
            copy.unlink()
    assert hurt
    assert python(THREADS, "8", "together", NUMBA_CACHE_DIR=str(tmp_path)) == sound
    assert (tmp_path / "of_somebody_else.nbi").read_bytes() == b"keep me"
    assert not any(file.exists() and file.read_bytes() == bad for file, bad in hurt.items())


@pytest.mark.slow
def test_damage_that_cannot_be_deleted_is_not_loaded(cold, tmp_path):
    folder, sound = cold
    for copy in copied(folder, tmp_path).rglob("*.nbc"):
        if not copy.name.startswith(LOOP):
            copy.write_bytes(flipped(copy.read_bytes()))
    held = "from pathlib import Path\n\ndef refuse(file):\n    raise OSError(30, 'Read-only file system')\n\nPath.unlink = refuse\n"
    assert python(held + textwrap.dedent(THREADS), "8", "together", NUMBA_CACHE_DIR=str(tmp_path)) == sound


@pytest.mark.slow
def test_a_full_disk_stops_nobody(cold, tmp_path):
    """No file may be longer than a kilobyte, so that nothing can be kept; and what was kept before stays."""
    program = """
        import resource, signal, sys
        from core import descend

        print(descend("bowl", sys.argv[1], start=(1, 2), steps=3).x[-1])
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))
        print(*(descend("bowl", new, start=(1, 2), steps=3).x[-1].shape for new in sys.argv[2:]))
        """
    kept, new = next(iter(OPTIMIZERS)), [key for key, o in list(OPTIMIZERS.items())[8:] if not o.plane][:2]
    files = kernels_in(copied(cold[0], tmp_path))
    found = python(program, kept, *new, NUMBA_CACHE_DIR=str(tmp_path))
    assert found.endswith("(2,) (2,)")
    assert kernels_in(tmp_path) == files
    assert python(program, kept, *new, NUMBA_CACHE_DIR=str(tmp_path)) == found
    assert kernels_in(tmp_path) == files


@pytest.mark.slow
def test_numba_may_come_first(cold, tmp_path):
    """Where nothing can be kept, one kernel is compiled: that of the loop takes long, and is asked for in the same way."""
    files = kernels_in(cold[0])
    python(
        "import numba; from core import descend; descend('bowl', 'sgd', start=(1, 2), steps=3)",
        NUMBA_CACHE_DIR=str(cold[0]),
    )
    assert kernels_in(cold[0]) == files
    out = python(
        """
        import numba, os, tempfile

        tempfile.TemporaryFile = lambda dir: (_ for _ in ()).throw(OSError(30, "Read-only file system"))
        from core import OPTIMIZERS
        from core.engine import kernels

        print(numba.config.CACHE_DIR == os.environ["NUMBA_CACHE_DIR"] == "", kernels.updating(OPTIMIZERS["sgd"]) > 0)
        """,
        HOME="/proc/nowhere",
        TMPDIR=str(tmp_path),
    )
    assert out == "True True"


@pytest.mark.slow
def test_a_store_of_somebody_else_is_not_used(tmp_path):
    """What lies there is run."""
    open_to_all = tmp_path / f"descent-lab-{os.getuid()}"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    out = python(
        """
        import os, tempfile

        real = tempfile.TemporaryFile

        def refuse(dir):
            if "__pycache__" in str(dir):
                raise OSError(30, "Read-only file system")
            return real(dir=dir)

        tempfile.TemporaryFile = refuse
        from core.engine import store

        print(repr(os.environ["NUMBA_CACHE_DIR"]))
        """,
        TMPDIR=str(tmp_path),
    )
    assert out == "''"


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_process_forked_while_another_thread_compiles_can_compile(cold, tmp_path):
    copied(cold[0], tmp_path, leave=["blocks."])  # the formulas remain to be compiled
    out = python(
        """
        import multiprocessing, threading, time
        from core import OPTIMIZERS, descend
        from core.engine import kernels

        def last(optimizer):
            return descend("bowl", optimizer, start=(1.0, 2.0), steps=3).x[-1].tolist()

        kernels.run_loop()
        thread = threading.Thread(target=kernels.updating, args=(OPTIMIZERS["adam"],))
        thread.start()
        time.sleep(0.1)
        with multiprocessing.get_context("fork").Pool(1) as pool:
            print(pool.apply_async(last, ("sgd",)).get(timeout=60) == last("sgd"))
        thread.join()
        """,
        NUMBA_CACHE_DIR=str(tmp_path),
    )
    assert out == "True"


@pytest.mark.slow
@pytest.mark.parametrize("writable", ["temporary folder", "nothing"])
def test_a_read_only_tree_without_a_home_runs(cold, writable, tmp_path):
    """The administrator writes wherever he likes, so that "read-only" is played: no temporary file can be made."""
    store = tmp_path / f"descent-lab-{os.getuid()}"
    store.mkdir(mode=0o700)
    copied(cold[0], store, leave=["blocks."])  # of use where it is found; the formulas have to be written there
    out = python(
        """
        import os, sys, tempfile

        real, allowed = tempfile.TemporaryFile, sys.argv[1]

        def refuse(*arguments, dir=None, **named):
            if allowed and str(dir).startswith(allowed):
                return real(*arguments, dir=dir, **named)
            raise OSError(30, "Read-only file system")

        tempfile.TemporaryFile = refuse
        from core import descend

        print(os.environ["NUMBA_CACHE_DIR"], descend("bowl", "sgd", start=(1, 2), steps=3).x.shape)
        """,
        str(tmp_path) if writable == "temporary folder" else "",
        HOME="/proc/nowhere",
        XDG_CACHE_HOME="/proc/nowhere",
        TMPDIR=str(tmp_path),
    )
    assert out.endswith("(4, 2)")
    assert out.startswith(str(tmp_path)) == (writable == "temporary folder")
    assert any(store.rglob("blocks.*.nbc")) == (writable == "temporary folder")


@pytest.mark.slow
def test_a_formula_typed_at_a_prompt_runs():
    out = python(
        """
        from core import OPTIMIZERS, SURFACES, descend
        from core.spec import Optimizer
        from dataclasses import replace

        def update(x, g, t, lr, weight_decay):
            return (x - 2 * lr * g,)

        print(descend("bowl", replace(OPTIMIZERS["sgd"], update=update), start=(1, 1), steps=1, hypers={"lr": 0.25}).x[1])
        """
    )
    assert out == "[0.95 0.  ]"


# --- house ----------------------------------------------------------------------------------------


def test_no_compiler_option_that_changes_numbers_or_starts_threads():
    """Two parallel kernels at once abort the process; fastmath breaks nan, inf and the agreement with PyTorch."""
    for file in (ROOT / "core").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = {getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "arg", None)}
            names |= {alias.name for alias in getattr(node, "names", []) if isinstance(alias, ast.alias)}
            if isinstance(node, ast.Dict):
                names |= {key.value for key in node.keys if isinstance(key, ast.Constant)}
            assert not names & {"parallel", "prange", "fastmath"}, f"{file}:{node.lineno}"


# --- a momentum that a schedule changes -----------------------------------------------------------


def cycled(optimizer, **more):
    """What a run under 1cycle is asked for, with the momentum that goes against the rate."""
    surface = SURFACES["bowl"]
    plan = {"cycle_momentum": 1.0, "base_momentum": 0.4, "max_momentum": 0.9, "warmup_steps": 3.0, **more}
    hypers = {"lr": surface.rate_for(OPTIMIZERS[optimizer]) / 4}
    return {
        "start": off_centre(surface),
        "steps": 40,
        "hypers": hypers,
        "schedule": "onecycle",
        "schedule_hypers": plan,
    }


@pytest.mark.parametrize(
    "optimizer", [key for key, o in OPTIMIZERS.items() if SCHEDULES["onecycle"].replaces(o.defaults)]
)
def test_a_schedule_changes_the_momentum(optimizer):
    asked, surface, record = cycled(optimizer), SURFACES["bowl"], OPTIMIZERS[optimizer]
    run = descend(surface, optimizer, keep="state", **asked)
    own = {**asked, "schedule": SCHEDULES["onecycle"]}
    assert as_its_twin(run, naive.descend(surface, record, **own), surface.value, surface.gradient, record.update)
    assert run.momentum.shape == (40,)
    assert (run.momentum.min(), run.momentum.max()) == (pytest.approx(0.4, abs=0.02), pytest.approx(0.9))
    plain = descend(surface, optimizer, **cycled(optimizer, cycle_momentum=0.0))
    assert plain.momentum is None
    noisy = descend(surface, optimizer, noise=9.0, **asked)  # of a sign alone one learns little on a straight way
    assert not same(noisy.x, descend(surface, optimizer, noise=9.0, **cycled(optimizer, cycle_momentum=0.0)).x)


def test_lanes_have_a_momentum_of_their_own():
    asked = cycled("adam", base_momentum=np.array([0.2, 0.4, 0.8]), cycle_momentum=np.array([1.0, 0.0, 1.0]))
    many = descend("bowl", "adam", **asked)
    for i in range(3):
        plan = {name: np.broadcast_to(value, 3)[i].item() for name, value in asked["schedule_hypers"].items()}
        assert same_runs(descend("bowl", "adam", **{**asked, "schedule_hypers": plan}), lane(many, i))


def test_a_method_without_momentum_is_left_alone():
    assert same_runs(
        descend("bowl", "sgd", **cycled("sgd")), descend("bowl", "sgd", **cycled("sgd", cycle_momentum=0.0))
    )
