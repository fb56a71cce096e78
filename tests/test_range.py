"""The rate-range test: its rates, its running mean, and the two points that are read off it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import lfilter

from core import OPTIMIZERS, SURFACES, Runner, Scene
from core.curvature import curvatures
from core.figures.range_curve import range_curve
from core.range_test import explosion, range_test, running_mean, steepest

PLAIN = next(o for o in OPTIMIZERS.values() if not o.state and not o.plane)
QUADRATIC = [key for key, surface in SURFACES.items() if surface.quadratic and surface.minima]


def ranged(surface: str, optimizer: str = PLAIN.key, low: float = 1e-5, high: float = 10.0, beta: float = 0.0, **own):
    scene = Scene(surface, runners=(Runner(optimizer),), **{"steps": 300, **own})
    return range_test(scene, scene.runners[0], low, high, beta)


@pytest.mark.parametrize("steps", [1, 2, 100])
def test_rates_grow_by_one_factor_from_end_to_end(steps: int) -> None:
    found = ranged("bowl", low=1e-4, high=1e-1, steps=steps)
    assert np.allclose(found.rates, np.geomspace(1e-4, 1e-1, steps) if steps > 1 else [1e-4], rtol=1e-13)


def test_losses_are_those_after_the_update_at_the_rate() -> None:
    """On the bowl every coordinate is multiplied by 1 - η times its curvature."""
    found = ranged("bowl", high=1.0)
    curvatures = np.array([0.1, 2.0])
    x = np.array(SURFACES["bowl"].start) * np.cumprod(1 - found.rates[:, None] * curvatures, axis=0)
    assert np.allclose(found.loss, 0.5 * (x**2 @ curvatures), rtol=1e-10)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.98])
def test_the_running_mean_is_a_filter_that_begins_at_the_first_loss(beta: float) -> None:
    loss = np.random.default_rng(3).normal(5, 2, 200)
    expected = lfilter([1 - beta], [1, -beta], loss) / (1 - beta ** np.arange(1, 201))
    assert np.allclose(running_mean(loss, beta), expected, rtol=1e-12)
    assert np.allclose(running_mean(np.full(9, 3.0), beta), 3.0), "level losses stay level"


@pytest.mark.parametrize("surface", QUADRATIC)
def test_on_a_quadratic_it_explodes_beyond_two_over_the_curvature(surface: str) -> None:
    record = SURFACES[surface]
    found = ranged(
        surface, steps=300, noise=0.1, start=(record.start[0] + 0.3, record.start[1] - 0.2)
    )  # without noise, what has died out along the sharpest direction would not come back in time
    limit = 2 / float(np.max(curvatures(record, *record.start)))
    assert found.steepest is not None
    assert found.blown is not None
    assert limit < found.rates[found.blown] < 10 * limit
    assert found.rates[found.steepest] < limit
    assert found.smooth[found.steepest] < found.smooth[0]


def test_noise_at_the_beginning_and_a_loss_of_rounding_are_no_explosion() -> None:
    for seed in range(20):
        found = ranged("himmelblau", high=1e-3, noise=20.0, seed=seed, beta=0.9)
        assert found.blown is None
    assert explosion(np.array([1.0, 1e-12, 1e-11, 0.5]), 2.0, 0.0) is None
    assert explosion(np.array([1.0, 0.5, 2.5]), 2.0, 0.0) == 2
    assert explosion(np.array([1.0, np.inf]), 2.0, 0.0) == 1
    assert explosion(np.array([-1.0, -9.0, -np.inf]), 2.0, -np.inf) == 2


def test_between_rates_that_lie_far_apart_nothing_is_read_off() -> None:
    """Of three rates over five decades the last one is no good one because it is the only one at which anything moves."""
    scene, runner = Scene("bowl", steps=3, start=(3.0, 2.0)), Runner("sgd")
    few = range_test(scene, runner, 1e-4, 10.0, 0.9)
    assert (few.needed, few.steepest) == (18, None)  # 2¹⁶ < 10⁵ < 2¹⁷
    enough = range_test(replace(scene, steps=few.needed), runner, 1e-4, 10.0, 0.0)
    assert enough.steepest is not None
    assert enough.rates[enough.steepest] < 1, "where SGD is stable"


def test_where_nothing_falls_there_is_no_steepest_point() -> None:
    (minimum, *_) = SURFACES["bowl"].minima
    found = ranged("bowl", high=0.1, start=minimum)
    assert (found.steepest, found.blown) == (None, None)
    assert steepest(np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0, 3.0])) is None


def test_a_run_that_is_lost_at_once_has_exploded_and_is_drawn() -> None:
    found = ranged("rosenbrock", low=5.0, high=10.0)
    assert found.blown == 0
    assert found.steepest is None
    assert drawn(found).layout.xaxis.range[0] == pytest.approx(np.log10(5))


def drawn(found, log: bool = False, dark: bool = False):
    names = ("rate", "loss", "mean")
    return range_curve(found.rates, found.loss, found.smooth, (found.steepest, "s"), (found.blown, "b"), names,
                       floor=0.0, start=found.loss[0], log=log, dark=dark, height=400)  # fmt: skip


def test_of_a_single_rate_a_point_is_drawn() -> None:
    """A line has two ends."""
    figure = drawn(ranged("bowl", low=1e-3, high=1e-2, steps=1))
    assert [len(trace.x) for trace in figure.data if trace.mode == "markers"] == [1, 1]
    assert not [trace for trace in figure.data if trace.mode == "lines"]


def test_a_mark_at_the_edge_leaves_its_name_in_peace() -> None:
    figure = drawn(ranged("rosenbrock", low=1e-6, high=10.0, steps=200))
    (blown,) = (trace for trace in figure.data if trace.marker.symbol == "x")
    assert all(annotation.yshift > blown.marker.size / 2 for annotation in figure.layout.annotations)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("steps", [1, 2, 3, 40])
@pytest.mark.parametrize("surface", ["bowl", "rosenbrock", "saddle", "himmelblau"])
def test_every_test_can_be_drawn(surface: str, steps: int, log: bool) -> None:
    for optimizer in (PLAIN.key, "adam"):
        found = ranged(surface, optimizer, steps=steps, beta=0.9)
        figure = drawn(found, log and surface != "saddle", dark=True)
        assert len(figure.layout.annotations) == (found.steepest is not None) + (found.blown is not None)
        for axis in (figure.layout.xaxis, figure.layout.yaxis):
            assert np.isfinite(axis.range).all()
            assert axis.range[0] < axis.range[1]
