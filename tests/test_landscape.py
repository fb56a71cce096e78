"""The landscape of the loss and its sharpness: against slow and obvious twins, and closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core import Enough, Network, Runner, train
from core.experiments import STUDIES
from core.nets.data import Data
from core.nets.experiment import Experiment
from core.nets.landscape import filter_normalized, heights, plane, plane_of, project
from core.nets.sharpness import Bends, along, edge, largest, sharpness


def twin(network, w, x, t, running=None):
    """The Hessian, row by row, from gradients nearby; with batch normalization from the loss alone, nothing trained."""
    units = np.eye(len(w))

    def slope(v):
        if not network.batch_norm:
            return network.gradient(v, x, t)[1]
        step = 1e-4
        both = [[network.lost(v + side * step * u, x, t, running) for side in (1, -1)] for u in units]
        return np.array([(above - below) / (2 * step) for above, below in both])

    step = 1e-3 if network.batch_norm else 1e-4
    rows = [
        (8 * (slope(w + step * u) - slope(w - step * u)) - slope(w + 2 * step * u) + slope(w - 2 * step * u))
        / 12
        / step
        for u in units
    ]
    return (np.array(rows) + np.array(rows).T) / 2


def problem(loss, norm=False, activation="tanh", hidden=(4, 3)):
    chance = np.random.default_rng(5)
    network = Network((2, *hidden, 3 if loss == "softmax_loss" else 1), activation, loss, norm)
    w = network.initial("xavier", 1) + 0.3 * chance.normal(size=network.parameters)
    x = chance.normal(size=(20, 2))
    t = chance.integers(0, 3, (20, 1)).astype(float) if network.sizes[-1] == 3 else chance.normal(size=(20, 1))
    running = np.stack([chance.normal(size=network.hidden), chance.uniform(0.5, 2, network.hidden)]) if norm else None
    return network, w, x, t, running


# --- sharpness ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["softmax_loss", "squared_loss"])
@pytest.mark.parametrize(
    ("activation", "norm"),
    [("tanh", False), ("sigmoid", False), ("gelu", False), ("relu", False), ("leaky_relu", False), ("tanh", True)],
)
def test_the_hessian_is_that_of_small_steps(loss, activation, norm):
    network, w, x, t, running = problem(loss, norm, activation, (3,) if norm else (4, 3))
    matrix = twin(network, w, x, t, running)
    many = None if running is None else np.repeat(running[None], len(w), 0)
    bends = Bends(network, np.repeat(w[None], len(w), 0), x, t, many)
    assert bends.times(np.eye(len(w))) == pytest.approx(matrix, abs=1e-6 if norm else 1e-8)
    assert sharpness(network, w, x, t, running=running) == pytest.approx(np.linalg.eigvalsh(matrix)[-1], rel=1e-5)


def test_a_linear_model_has_the_curvature_of_its_data():
    """L = Σ (x W + b − t)²/n is a quadratic, whose Hessian is 2/n times the table of products of [x, 1]."""
    chance = np.random.default_rng(0)
    x, t = chance.normal(size=(50, 3)) * (3, 1, 0.2), chance.normal(size=(50, 1))
    ones = np.column_stack([x, np.ones(50)])
    exact = np.linalg.eigvalsh(2 / 50 * ones.T @ ones)[-1]
    network = Network((3, 1), "tanh", "squared_loss")
    for w in chance.normal(size=(3, 4)):
        assert sharpness(network, w, x, t) == pytest.approx(exact, rel=1e-8)


def test_lanczos_finds_the_largest_and_not_the_longest():
    chance = np.random.default_rng(1)
    frame = np.linalg.qr(chance.normal(size=(30, 30)))[0]
    for values in (np.linspace(-50, 3, 30), -np.arange(1.0, 31), np.ones(30), np.zeros(30)):
        matrix = frame @ np.diag(values) @ frame.T
        (found,) = largest(lambda v, matrix=matrix: v @ matrix, chance.normal(size=(1, 30)))
        assert found == pytest.approx(values.max(), abs=1e-4 * np.abs(values).max())


def test_many_are_computed_as_one_is_and_what_is_not_finite_stays_alone():
    network, w, x, t, _ = problem("softmax_loss")
    many = np.stack([w, w * np.nan, 2 * w, 1e200 * w]).reshape(2, 2, -1)
    found = sharpness(network, many, x, t)
    assert found.shape == (2, 2)
    assert np.isnan(found[0, 1])
    for i, j in ((0, 0), (1, 0)):
        assert found[i, j] == pytest.approx(sharpness(network, many[i, j], x, t), rel=1e-6)


def test_progress_is_told_and_may_end_it():
    network, w, x, t, _ = problem("softmax_loss")
    told = []
    sharpness(network, np.repeat(w[None], 9000, 0)[:3], x, t, progress=told.append)
    assert told[-1] == 1.0

    def enough(_):
        raise Enough

    with pytest.raises(Enough):
        sharpness(network, w, x, t, progress=enough)


def test_the_edge_is_that_of_theory():
    at = np.array([0, 5, 10])
    assert edge(Runner("sgd", {"lr": 0.1}), 10, at) == pytest.approx([20, 20, 20])
    assert edge(Runner("sgd", {"lr": 0.1}), 10, at, l2=0.5) == pytest.approx([19.5] * 3)
    assert edge(Runner("momentum", {"lr": 0.1, "momentum": 0.9}), 10, at) == pytest.approx([38] * 3)
    assert edge(Runner("adam"), 10, at) is None


def test_along_a_training():
    done = train("xor", ["sgd", "adam"], layers=(4,), epochs=3, samples=40, seeds=(0, 1))
    found = along(done)
    assert found.shape == done.loss.shape
    assert np.isfinite(found).all()


def test_gradient_descent_comes_to_the_edge_of_stability():
    experiment = STUDIES["edge_of_stability"].experiment
    experiment = replace(experiment, runners=experiment.runners[:1])
    found = along(experiment.train())[0, 0] / 20
    assert found[0] < 0.75
    assert np.abs(found[60:] - 1).max() < 0.12


# --- the plane --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def done():
    return train("moons", ["sgd", "momentum", "adam"], layers=(5, 4), epochs=12, samples=60, batch_norm=True)


def test_directions_are_as_long_as_the_weights_neuron_by_neuron():
    network = Network((3, 5, 2), "relu", batch_norm=True)
    chance = np.random.default_rng(2)
    w, direction = chance.normal(size=(2, network.parameters)) * [[3], [1]]
    w[network.parts[0].W.start : network.parts[0].W.stop : 5] = 0  # a neuron without weights
    scaled = filter_normalized(network, direction, w)
    for part in network.parts:
        columns = [vector[part.W].reshape(part.shape) for vector in (scaled, w, direction)]
        assert np.linalg.norm(columns[0], axis=0) == pytest.approx(np.linalg.norm(columns[1], axis=0))
        for made, drawn in zip(columns[0].T, columns[2].T, strict=True):
            assert made * np.linalg.norm(drawn) == pytest.approx(drawn * np.linalg.norm(made))
    assert not scaled[network.weighty == 0].any()


@pytest.mark.parametrize("directions", ["paths", "random"])
def test_what_lies_in_the_plane_is_found_there_and_the_rest_at_its_distance(done, directions):
    chart = plane(done, directions=directions, seed=3)
    where = np.random.default_rng(0).normal(size=(7, 2))
    inside = chart.centre + where @ chart.axes
    found, off, share = project(chart.centre, chart.axes, inside)
    assert found == pytest.approx(where)
    assert off == pytest.approx(0, abs=1e-10)
    away = np.random.default_rng(1).normal(size=len(chart.centre))
    away -= np.linalg.lstsq(chart.axes.T, away, rcond=None)[0] @ chart.axes
    found, off, share = project(chart.centre, chart.axes, inside + 2 * away)
    assert found == pytest.approx(where)
    assert off == pytest.approx(2 * np.linalg.norm(away))
    assert share == pytest.approx(off / np.linalg.norm(inside + 2 * away - chart.centre, axis=1))
    assert project(chart.centre, chart.axes, chart.centre)[2] == 0


@pytest.mark.parametrize("directions", ["paths", "random"])
def test_the_picture_covers_the_paths(done, directions):
    chart = plane(done, directions=directions)
    assert chart.lane == np.argmin(done.loss[:, 0, -1])
    assert chart.coordinates.shape == (3, len(done.moments), 2)
    (x0, x1), (y0, y1) = chart.bounds
    assert x1 - x0 == pytest.approx(y1 - y0)
    for axis, (low, high) in enumerate(chart.bounds):
        assert (chart.coordinates[..., axis] > low).all()
        assert (chart.coordinates[..., axis] < high).all()
    assert chart.off[chart.lane, -1] == pytest.approx(0, abs=1e-12)


def test_the_paths_own_directions_miss_less_than_any_others(done):
    own, drawn = plane(done), plane(done, directions="random")
    assert (own.axes @ own.axes.T) == pytest.approx(np.eye(2))
    assert (own.off**2).sum() < 0.5 * (drawn.off**2).sum()
    alone = plane(done, lanes=[0])
    assert alone.coordinates.shape[0] == 1
    assert (alone.coordinates[0, 0] < 0).all(), "a training goes to the right and up"


@pytest.mark.parametrize("directions", ["paths", "random"])
@pytest.mark.parametrize("kind", ["moons", "wave"])
def test_heights_are_the_loss(kind, directions):
    done = train(kind, ["sgd", "adam"], layers=(5, 4), epochs=5, samples=60, batch_norm=kind == "moons")
    chart = plane(done, directions=directions)
    told = []
    found = heights(done.network, done.data, chart, 9, told.append)
    assert told[-1] == 1.0
    for row, b in enumerate(np.linspace(*chart.bounds[1], 9)):
        for column, a in enumerate(np.linspace(*chart.bounds[0], 9)):
            w = chart.centre + a * chart.axes[0] + b * chart.axes[1]
            assert found[row, column] == pytest.approx(done.network.lost(w, done.data.x, done.data.t, chart.running))


def test_a_network_without_hidden_layers_has_a_landscape():
    x = np.linspace(-1, 1, 20)
    done = train((x, 2 * x), "sgd", layers=(), epochs=20)
    chart = plane(done)
    assert chart.off == pytest.approx(0, abs=1e-12), "two weights make a plane"
    found = heights(done.network, done.data, chart, 5)
    w = chart.centre + chart.bounds[0][0] * chart.axes[0] + chart.bounds[1][0] * chart.axes[1]
    assert found[0, 0] == pytest.approx(done.network.lost(w, done.data.x, done.data.t))


def test_a_lane_that_explodes_does_not_fill_the_picture():
    runners = (Runner("sgd", {"lr": 1.0}), Runner("adam", {"lr": 0.01}, colour=1))
    done = Experiment(dataset="wave", layers=(20, 20), batch=0, epochs=150, runners=runners).train()
    assert done.exploded[0, 0] > 0
    both, one = plane(done), plane(done, lanes=[0])
    assert both.lane == 1
    assert np.isnan(both.coordinates[0, -1]).all()
    assert np.isnan(both.share[0, -1])
    width = np.ptp(both.bounds[0])
    assert width < 20 * np.linalg.norm(done.weights[1, 0, 0] - done.weights[1, 0, -1])
    assert np.isfinite(one.bounds).all()


def test_what_has_no_plane_is_refused(done):
    with pytest.raises(ValueError, match="directions: expected 'paths' or 'random', got 'up'"):
        plane(done, directions="up")
    with pytest.raises(ValueError, match="lanes: expected numbers from 0 to 2"):
        plane(done, lanes=[3])
    missing = np.full((1, 2, done.network.parameters), np.nan)
    with pytest.raises(ValueError, match="no lane has finite weights"):
        plane_of(done.network, missing, np.zeros((1, 2, 2, 9)), np.full((1, 2), np.nan))


def test_heights_that_are_no_numbers_are_missing():
    network = Network((1, 2, 1), "relu", "squared_loss")
    data = Data(np.ones((3, 1)), np.ones((3, 1)), np.empty((0, 1)), np.empty((0, 1)), 0)
    paths = np.stack([np.full(7, 1.0), np.full(7, 1e200)])[None]
    chart = plane_of(network, paths, np.zeros((1, 2, 2, 2)), np.array([[1.0, 1.0]]))
    assert np.isnan(heights(network, data, chart, 4)).any()
