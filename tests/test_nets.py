"""Networks: every layer against numerical derivatives, the compiled loop against the one in NumPy, both against PyTorch."""

from __future__ import annotations

import json
import math
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from reference import networks

from core import DATASETS, INITIALIZATIONS, OPTIMIZERS, Enough, Network, Plan, Runner, examples, gradient_check, train
from core import numerical_gradient as numerical
from core.modifiers.clip_norm import MODIFIER as CLIP
from core.nets import plain
from core.nets import train as training
from core.nets.layers import ACTIVATIONS, LAYERS, batch_norm
from core.nets.matrix import columns, dot
from core.optimizers.sam import OPTIMIZER as SAM
from core.schedules.piecewise import with_drops
from core.spec import Layer, Paper, Text

RUNS = json.loads(networks.FILE.read_text("utf-8"))["runs"]
NUMBERS = (
    "weights",
    "running",
    "loss",
    "accuracy",
    "val_loss",
    "val_accuracy",
    "batch_loss",
    "norms",
    "ratios",
    "slopes",
    "best",
)


# --- layers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_an_activation_goes_back_as_its_derivative_says(key):
    layer, x = ACTIVATIONS[key], np.linspace(-4, 4, 80)
    slope = numerical(lambda v: float(layer.forward(v).sum()), x, 1e-3)
    assert layer.backward(1.0, x, layer.forward(x)) == pytest.approx(slope, abs=1e-9)
    for number in (-800.0, -1.5, 0.0, 2.0, 800.0):
        y = layer.forward(number)
        assert np.isfinite(y)
        assert np.isfinite(layer.backward(1.0, number, y))


@pytest.mark.parametrize("normed", [False, True])
@pytest.mark.parametrize("key", ACTIVATIONS)
@pytest.mark.parametrize("data", ["spirals", "wave"])
def test_backpropagation_is_the_derivative(data, key, normed):
    found = examples(data, seed=1)
    sizes = (found.x.shape[1], 8, 6, found.outputs)
    net = Network(sizes, key, "softmax_loss" if found.classes else "squared_loss", batch_norm=normed)
    check = gradient_check(net, net.initial("he", 1), found.x[:40], found.t[:40], 1e-6 if "relu" in key else 1e-5)
    assert check.error.max() < 1e-7
    assert check.gradient.shape == check.numerical.shape == (net.parameters,)
    assert check.seconds > 0
    assert check.numerical_seconds > 0


def test_the_book_derives_by_small_steps():
    assert numerical(lambda x: x[0] ** 2 + x[1] ** 2, np.array([3.0, 4.0])) == pytest.approx([6, 8], abs=1e-9)


def test_sums_are_those_of_numpy():
    chance = np.random.default_rng(0)
    a, b = chance.normal(size=(7, 9)), chance.normal(size=(9, 5))
    assert (dot(a, b) == a @ b).all()
    assert (columns(a) == a.sum(axis=0)).all()


def test_a_sure_and_right_answer_costs_nothing_and_a_sure_and_wrong_one_its_height():
    forward = LAYERS["softmax_loss"].forward
    x = np.array([[1000.0, 0.0, -1000.0]])
    assert forward(x, np.array([[0.0]]))[0] == 0
    assert forward(x, np.array([[2.0]]))[0] == 2000
    assert forward(np.zeros((4, 10)), np.zeros((4, 1)))[0] == pytest.approx(math.log(10))


def test_batch_norm_brings_a_batch_to_mean_0_and_variance_1():
    x = np.random.default_rng(0).normal(3, 5, size=(200, 4))
    y = batch_norm.forward(x, np.ones(4), np.zeros(4), *batch_norm.statistics(x))
    assert y.mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert y.var(axis=0) == pytest.approx(1, abs=1e-5)


def test_dropout_drops_its_share_and_keeps_the_mean():
    origin = Network((2, 8, 2)).origins(3)[0]
    mask = LAYERS["dropout"].forward(1.0, training_mask(origin, 100_000, 0.3), 0.3)
    assert (mask == 0).mean() == pytest.approx(0.3, abs=0.005)
    assert mask.mean() == pytest.approx(1, abs=0.01)


def training_mask(origin, count, rate):
    from core.nets.layers.dropout import stays

    return stays(origin, np.arange(count, dtype=np.uint64), rate)


@pytest.mark.parametrize("key", INITIALIZATIONS)
def test_initial_weights_scatter_as_they_should(key):
    net = Network((64, 100, 100, 10))
    w = net.initial(key, 0)
    for part in net.parts:
        expected = INITIALIZATIONS[key].deviation(*part.shape)
        assert w[part.W].std() == pytest.approx(expected, rel=0.05)
        assert not w[part.b].any()
    assert (net.initial(key, 0) == w).all()


def test_the_books_figures_of_initial_weights():
    """Five layers of 100 and standard normal inputs: what reaches the fifth layer."""
    x = np.random.default_rng(0).normal(size=(1000, 100))
    last = {}
    for activation, init in (
        ("sigmoid", "unit_normal"), ("sigmoid", "small_normal"), ("sigmoid", "xavier"),
        ("relu", "small_normal"), ("relu", "xavier"), ("relu", "he"),
    ):  # fmt: skip
        net = Network((100, 100, 100, 100, 100, 100, 10), activation)
        last[activation, init] = net.outputs(net.initial(init, 0), x)[4]
    at_the_ends = ((last["sigmoid", "unit_normal"] < 0.1) | (last["sigmoid", "unit_normal"] > 0.9)).mean()
    assert at_the_ends > 0.6  # saturated at 0 and 1
    assert last["sigmoid", "small_normal"].std() < 0.05  # all say the same
    assert 0.1 < last["sigmoid", "xavier"].std() < 0.2
    assert last["relu", "small_normal"].std() < 1e-3
    assert last["relu", "he"].std() > 3 * last["relu", "xavier"].std() > 0


# --- PyTorch, and the loop in NumPy -----------------------------------------------------------------------


@pytest.mark.parametrize("name", RUNS)
def test_pytorch_trains_the_same(name):
    asked, run = networks.cases()[name], RUNS[name]
    done = networks.ours(asked)
    at = list(done.moments).index(networks.STEPS)
    assert np.abs(done.batch_loss[0, 0, : networks.STEPS] - run["loss"]).max() < 1e-9
    assert np.abs(done.weights[0, 0, at] - run["weights"]).max() < 1e-9


def test_every_case_has_been_run():
    assert RUNS.keys() == networks.cases().keys(), "refresh them: pytest --refresh-reference"


def plainly(monkeypatch, **asked):
    with monkeypatch.context() as patch:
        patch.setattr(training, "_compiled", plain.train)
        return train(**asked)


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("normed", [False, True])
@pytest.mark.parametrize("key", ACTIVATIONS)
def test_the_compiled_loop_does_what_the_plain_one_does(key, normed, dropout, monkeypatch):
    asked = {
        "dataset": "spirals", "optimizers": ["adam", "momentum"], "layers": (7, 5), "activation": key, "batch_norm": normed,
        "dropout": dropout, "epochs": 3, "validation": 0.25, "slopes": True, "seeds": (0, 3), "samples": 150,
    }  # fmt: skip
    alike(train(**asked), plainly(monkeypatch, **asked))


@pytest.mark.parametrize(
    "asked",
    [
        {"dataset": "wave", "optimizers": "adam", "batch_size": None, "slopes": True},
        {"dataset": "wave", "optimizers": "adam", "layers": (), "batch_size": 1},
        {"dataset": "xor", "optimizers": ["adam", "sgd"], "l2": 0.01, "decay": 0.02, "clip": 0.5, "schedule": "cosine"},
        {
            "dataset": "xor",
            "optimizers": ["adam", "sgd"],
            "epochs": 40,
            "activation": "relu",
            "validation": 0.3,
            "patience": 2,
        },
        {"dataset": "xor", "optimizers": "sgd", "epochs": 20, "validation": 0.3, "schedule": "plateau"},
        {"dataset": "wave", "optimizers": ("sgd", {"lr": 1e200}), "seeds": (1, 2)},
        {
            "dataset": "moons",
            "optimizers": [key for key, record in OPTIMIZERS.items() if not record.plane],
            "epochs": 2,
        },
    ],
    ids=lambda asked: f"{asked['dataset']}-{len(asked)}",
)
def test_every_option_is_that_of_the_plain_loop(asked, monkeypatch):
    asked = {"epochs": 4, **asked}
    alike(train(**asked), plainly(monkeypatch, **asked))


def alike(found, expected):
    for name in NUMBERS:
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-9, atol=1e-9, err_msg=name)
    for name in ("exploded", "stopped", "best_step"):
        assert (getattr(found, name) == getattr(expected, name)).all()


def test_sam_climbs_and_then_steps_by_what_it_finds():
    asked = {"optimizers": "sam", "epochs": 2, "batch_size": 50, "layers": (5,), "samples": 100}
    done = train("moons", **asked)
    net, data, w = done.network, done.data, done.weights[0, 0, 0].copy()
    for rows in np.concatenate(training._order(0, 100, 2, 50)).reshape(-1, 50):
        _, g = net.gradient(w, data.x[rows], data.t[rows])
        _, there = net.gradient(w + SAM.defaults["rho"] * g / np.linalg.norm(g), data.x[rows], data.t[rows])
        w -= SAM.defaults["lr"] * there
    assert done.weights[0, 0, -1] == pytest.approx(w, abs=1e-12)


def test_sam_heeds_decay_clipping_and_dropout():
    plain_run = train("moons", "sam", epochs=5).weights[0, 0, -1]
    for option in ({"l2": 0.3}, {"clip": 0.01}, {"dropout": 0.5}):
        assert np.abs(train("moons", "sam", epochs=5, **option).weights[0, 0, -1] - plain_run).max() > 1e-3
    small = [
        np.linalg.norm(train("moons", ("sam", {"lr": 0.1}), epochs=30, l2=l2).weights[0, 0, -1]) for l2 in (0, 0.3)
    ]
    assert small[1] < 0.3 * small[0]


@pytest.mark.parametrize("optimizer", ["sgd", "sam"])
@pytest.mark.parametrize("clip", [1e-4, 1e-2, 50.0])
def test_a_training_clips_by_the_rule_of_a_race(optimizer, clip):
    """The rule speaks of two coordinates: along the gradient and across it. The compiled loop has its own form of it, and so
    has the one in NumPy."""
    asked = {"optimizers": optimizer, "epochs": 1, "samples": 50, "moments": [0], "slopes": True}
    whole, found = (train("moons", **asked, clip=c).slopes[0, 0, 0] for c in (None, clip))
    length = float(np.linalg.norm(whole))
    along, across = CLIP.change(length, 0.0, clip)
    assert across == 0.0
    assert found == pytest.approx(whole * (along / length), rel=1e-14, abs=0)
    assert (found == whole).all() == (length < clip)


def test_polyaks_step_is_as_long_as_height_and_slope_say():
    done = train("moons", "polyak_step", epochs=1, batch_size=None, layers=(5,))
    net, data, w = done.network, done.data, done.weights[0, 0, 0]
    f, g = net.gradient(w, data.x, data.t)
    assert done.weights[0, 0, 1] == pytest.approx(w - f / (g @ g) * g, abs=1e-12)


def test_searches_along_the_gradient_end_where_it_is_level_or_has_paid():
    whole = {"epochs": 8, "batch_size": None, "layers": (5,)}
    done = train("moons", ["line_search", "backtracking"], **whole)
    net, data = done.network, done.data
    for w, new in zip(done.weights[0, 0, :-1], done.weights[0, 0, 1:], strict=True):
        (f, g), (after, there) = net.gradient(w, data.x, data.t), net.gradient(new, data.x, data.t)
        assert after < f
        assert abs(g @ there) <= 1e-9 * (g @ g)
        np.testing.assert_allclose((w - new) / np.linalg.norm(w - new), g / np.linalg.norm(g), atol=1e-9)
    for w, new in zip(done.weights[1, 0, :-1], done.weights[1, 0, 1:], strict=True):
        (f, g), (after, _) = net.gradient(w, data.x, data.t), net.gradient(new, data.x, data.t)
        size = np.linalg.norm(w - new) / np.linalg.norm(g)
        assert after <= f - 1e-4 * size * (g @ g) + 1e-12
        assert size == pytest.approx(2.0 ** round(math.log2(size)), rel=1e-9)
    assert [plain.gradients(OPTIMIZERS[key]) for key in ("polyak_step", "sam", "line_search")] == [1, 2, 12]


# --- a training -------------------------------------------------------------------------------------------


def test_it_is_a_fair_race():
    """The same weights and the same batches for every optimizer, others with another seed; alone or among many."""
    done = train("moons", ["sgd", "adam"], seeds=(0, 1), epochs=2)
    assert done.weights.shape == (2, 2, 3, done.network.parameters)
    assert (done.weights[0, :, 0] == done.weights[1, :, 0]).all()
    assert (done.weights[0, 0, 0] != done.weights[0, 1, 0]).any()
    assert (done.batch_loss[0, :, 0] == done.batch_loss[1, :, 0]).all()
    alone = train("moons", "adam", seeds=1, epochs=2)
    assert (alone.weights[0, 0] == done.weights[1, 1]).all()
    assert done.labels == ("SGD", "Adam")


def test_it_learns():
    done = train("moons", [("momentum", {"lr": 0.05}), ("adam", {"lr": 0.01})], epochs=80, validation=0.25)
    assert (done.accuracy[:, 0, -1] > 0.95).all()
    assert (done.val_accuracy[:, 0, -1] > 0.9).all()
    digits = train(
        "digits", ("adam", {"lr": 0.01}), layers=(32,), activation="relu", init="he", epochs=5, validation=0.25
    )
    assert digits.val_accuracy[0, 0, -1] > 0.93


def test_what_explodes_ends_and_leaves_the_others():
    done = train("wave", [("sgd", {"lr": 10}), "adam"], epochs=400)
    at = done.exploded[0, 0]
    assert 0 < at < done.steps
    assert np.isfinite(done.batch_loss[0, 0, :at]).all()
    assert np.isnan(done.batch_loss[0, 0, at:]).all()
    assert done.exploded[1, 0] == -1
    assert np.isfinite(done.weights[1]).all()


def test_patience_ends_it_and_remembers_the_best():
    done = train(
        "gaussians", ("adam", {"lr": 0.05}), layers=(32, 32), epochs=300, samples=60, validation=0.4, patience=5
    )
    stopped, best = done.stopped[0, 0], done.best_step[0, 0]
    assert stopped - best == 5 * done.each
    seen = done.val_loss[0, 0, : stopped // done.each + 1]
    assert seen.argmin() * done.each == best
    assert np.isnan(done.val_loss[0, 0, stopped // done.each + 1 :]).all()
    at = list(done.moments).index(best)
    assert (done.best[0, 0] == done.weights[0, 0, at]).all()


def test_a_schedule_may_be_a_record():
    """Of more drops than the declared one has: the 37th is as good as the third."""
    own = {"third": 20, "gamma_3": 0.5}, {"drop_37": 20, "gamma_37": 0.5}
    usual, more = (
        train("moons", "sgd", epochs=9, schedule=schedule, schedule_hypers=hypers)
        for schedule, hypers in zip(("piecewise", with_drops(37)), own, strict=True)
    )
    assert np.array_equal(usual.loss, more.loss)
    assert not np.array_equal(usual.loss, train("moons", "sgd", epochs=9, schedule="piecewise").loss)


def test_runners_bring_their_own_settings_and_schedule():
    runner = Runner("sgd", {"lr": 0.1}, Plan("cosine"))
    done = train("moons", [runner, ("sgd", {"lr": 0.1})], epochs=3)
    assert done.lr[0, -1] < 0.01
    assert (done.lr[1] == 0.1).all()
    same = train("moons", ("sgd", {"lr": 0.1}), epochs=3, schedule="cosine")
    assert (same.weights[0] == done.weights[0]).all()


def test_progress_is_told_and_may_end_it():
    told = []
    train("digits", ["sgd", "adam"], layers=(64,), epochs=8, progress=told.append)
    assert told[-1] == 1
    assert told == sorted(told)

    class Leave(Exception):
        pass

    def leave(done):
        raise Leave

    for optimizer in ("sgd", "sam"):
        with pytest.raises(Leave):
            train("digits", optimizer, layers=(64,), epochs=10_000, progress=leave)


@pytest.mark.parametrize("optimizer", ["adam", "sam"])
def test_of_what_is_ended_early_there_is_what_has_been_noted(optimizer):
    def enough(share):
        if share > 0.02:
            raise Enough

    done = train("digits", [optimizer, "sgd"], layers=(64,), epochs=400, progress=enough)
    noted = np.isfinite(done.loss[0, 0])
    assert 0 < noted.sum() < 200
    assert (np.diff(noted.astype(int)) <= 0).all()
    assert (done.exploded == -1).all()
    assert np.isfinite(done.weights[0, 0, noted]).all()


@pytest.mark.slow
def test_an_executor_changes_no_bit():
    asked = {"optimizers": ["adam", "sam"], "epochs": 2, "seeds": (0, 1)}
    here = train("moons", **asked)
    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(1, get_context("spawn")) as processes:
        for executor in (threads, processes):
            there = train("moons", **asked, executor=executor)
            assert (there.weights == here.weights).all()
            assert there.labels == here.labels


# --- data -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", DATASETS)
def test_a_data_set_is_what_its_record_says(key):
    record = DATASETS[key]
    data = examples(key, seed=3, validation=0.25)
    again = examples(key, seed=3, validation=0.25)
    assert (data.x == again.x).all()
    assert (data.vt == again.vt).all()
    x, t = np.concatenate([data.x, data.vx]), np.concatenate([data.t, data.vt])
    assert x.shape == (record.samples, record.features)
    assert len(data.vx) == round(0.25 * record.samples)
    if record.task == "classes":
        found, counts = np.unique(t, return_counts=True)
        assert found.tolist() == list(range(len(record.labels)))
        assert counts.min() > 0.6 * counts.max()
    shown = np.concatenate([x, t], axis=1) if record.features == 1 else x
    if record.features < 3:
        low, high = np.transpose(record.bounds)
        assert ((shown >= low) & (shown <= high)).mean() > 0.97


def test_digits_are_the_known_ones():
    x, t = DATASETS["digits"].draw(1797, 0.0, np.random.default_rng(0))
    assert x.shape == (1797, 64)
    assert (x.min(), x.max()) == (0, 1)
    assert np.bincount(t).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert len(np.unique(x, axis=0)) == 1797


# --- bad input --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"dataset": "moon"}, "dataset: expected one of .*moons"),
        ({"dataset": ([[1.0], [2.0]], [0, 2])}, "t: expected the classes 0, 1, .* got 0, 2"),
        ({"dataset": ([[1.0], [2.0]], [1, 1])}, "two of them at least, got 1"),
        ({"dataset": ([[1.0], [np.nan]], [0, 1])}, "x: expected finite numbers"),
        ({"dataset": ([[1.0], [2.0]], [0, 1, 1])}, "t: expected 2 finite numbers"),
        ({"samples": 1}, "samples: expected a whole number of at least 2, got 1"),
        ({"dataset": "digits", "samples": 1798}, "Handwritten digits has 1797 examples, got 1798"),
        ({"validation": 1.0}, "validation: expected a share"),
        ({"validation": 0.999}, "leaves none to train with"),
        ({"optimizers": "adan_w"}, "optimizer: 'adan_w' is unknown; did you mean 'adan'"),
        ({"optimizers": []}, "optimizers: expected at least one"),
        ({"optimizers": ("adam", {"momentum": 0.9})}, "hypers: Adam has lr, .*, not momentum"),
        ({"optimizers": ("adam", {"lr": -1})}, "lr: expected a rate of at least 0, got -1"),
        ({"optimizers": "bfgs"}, "BFGS moves all weights together"),
        ({"optimizers": "newton"}, "Newton moves all weights together"),
        ({"optimizers": "cg_polak_ribiere"}, "moves all weights together"),
        ({"layers": 8}, r"layers: expected widths of hidden layers, as \(8, 8\), got 8"),
        ({"layers": (8, 0)}, "layers: expected a whole number of at least 1, got 0"),
        ({"activation": "relu6"}, "activation: 'relu6' is unknown; did you mean 'relu'"),
        ({"init": "kaiming"}, "init: 'kaiming' is unknown; there are zeros, "),
        ({"batch_size": 0}, "batch_size: expected a whole number of at least 1, got 0"),
        ({"epochs": 1.5}, "epochs: expected a whole number of at least 1, got 1.5"),
        ({"seeds": (0, -1)}, "seeds: expected whole numbers of at least 0"),
        ({"dropout": 1.0}, "dropout: expected a share from 0 to below 1"),
        ({"l2": -1}, "l2: expected a finite number of at least 0, got -1"),
        ({"patience": 3}, "patience: it watches the validation loss, and there is none; set validation"),
        ({"schedule": "cosin"}, "schedule: 'cosin' is unknown; did you mean 'cosine'"),
        (
            {"optimizers": [Runner("sgd", modifiers={"clip_norm": {}})]},
            "SGD: got clip_norm; a training has `clip` for all its runners",
        ),
        ({"schedule_hypers": {"rate": 1}}, "schedule_hypers: Constant has warmup_steps, warmup_start, not rate"),
        ({"moments": [0, 10_000_000]}, "moments: expected whole numbers from 0 to"),
        ({"executor": 3}, "executor: expected a concurrent.futures.Executor, got 3"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_does_not_fit_is_refused_in_a_sentence(asked, said):
    with pytest.raises(ValueError, match=said):
        train(**{"dataset": "moons", "optimizers": "sgd", **asked})


def test_a_layer_of_another_form_is_refused():
    named = {"name": Text("Odd", "홀"), "latex": "", "about": Text("a", "가"), "source": Paper("", "", 2000, "")}
    with pytest.raises(
        TypeError, match=r"test_nets.py, line \d+: Odd: an activation has forward\(x\) and backward\(dy, x, y\)"
    ):
        Layer(lambda x, a: x, lambda dy, x, y: dy, **named)
    with pytest.raises(TypeError, match="the kind 'activ' is unknown"):
        Layer(lambda x: x, lambda dy, x, y: dy, kind="activ", **named)


def test_a_single_epoch_of_all_examples_at_once_is_one_update():
    done = train("moons", "sgd", batch_size=None, epochs=1)
    assert done.steps == 1
    assert done.loss[0, 0, 1] < done.loss[0, 0, 0]
