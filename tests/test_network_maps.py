"""Maps of networks: every cell is the training that it says, and what cannot be had is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core import Enough, Runner, train
from core.nets import maps
from core.nets.experiment import Experiment
from core.nets.maps import affordable, network_map, sides, subject, ups, work

SMALL = Experiment(
    layers=(4,), epochs=6, samples=60, data_seed=3, runners=(Runner("adam", {"lr": 0.02}), Runner("sgd", {"lr": 0.1}))
)


def alone(experiment, which, lr, epochs, **own):
    """One training of one cell, by itself."""
    runner = experiment.runners[which]
    hypers = {**runner.hypers, "lr": lr, **own.pop("hypers", {})}
    return train(
        experiment.data,
        replace(runner, hypers=hypers),
        layers=experiment.layers,
        activation=experiment.activation,
        init=experiment.init,
        epochs=epochs,
        dropout=experiment.dropout,
        batch_norm=experiment.batch_norm,
        clip=experiment.clip or None,
        patience=experiment.patience or None,
        **{"batch_size": experiment.batch_of(which) or None, "l2": experiment.l2} | own,
    )


@pytest.mark.parametrize(
    ("up", "experiment"),
    [
        ("batch", SMALL),
        ("memory", replace(SMALL, l2=0.01, batches=(7, -1), seeds=3)),
        ("l2", replace(SMALL, dropout=0.2, clip=0.5)),
        ("memory", replace(SMALL, epochs=30, patience=1, batch_norm=True)),
    ],
)
def test_every_cell_is_a_training_by_itself(up, experiment):
    found = network_map(experiment, 0, up, 4)
    assert found.whole
    assert found.epochs == experiment.epochs
    shape = (len(found.y.values), 4)
    for i, value in enumerate(found.y.values):
        for j, lr in enumerate(found.x.values):
            own = {
                "batch": {"batch_size": int(value) or None},
                "memory": {"hypers": {"beta1": value}},
                "l2": {"l2": value},
            }[up]
            done = alone(experiment, 0, lr, found.epochs, **own)
            for name in ("loss", "val_loss", "accuracy", "val_accuracy"):
                there = getattr(done, name)[0, 0]
                assert getattr(found, name)[i, j] == there[np.isfinite(there)][-1], (name, i, j)
            assert found.exploded.shape == shape
    assert found.loss[found.best] == found.loss.min()
    assert found.start == pytest.approx(done.loss[0, 0, 0])


def test_cells_that_explode_are_told_and_are_never_the_best():
    wild = replace(SMALL, dataset="wave", layers=(), batch=4, epochs=30, runners=(Runner("sgd"),))
    found = network_map(wild, 0, "l2", 6)
    gone = found.exploded >= 0
    assert 0 < gone.sum() < gone.size
    assert (np.isposinf(found.loss) == gone).all()
    assert np.isposinf(found.val_loss[gone]).all()
    assert not gone[found.best]
    row, column = np.argwhere(gone)[0]
    done = alone(wild, 0, found.x.values[column], found.epochs, l2=found.y.values[row])
    assert found.exploded[row, column] == done.exploded[0, 0]
    assert np.isnan(found.accuracy).all(), "a regression has none"
    assert found.best_by("accuracy") is None


def test_the_best_is_that_of_a_quantity():
    found = network_map(SMALL, 1, "batch", 5)
    assert found.val_loss[found.best_by("val_loss")] == found.val_loss.min()
    best = found.best_by("accuracy")
    assert found.accuracy[best] == found.accuracy.max()
    assert found.loss[best] == found.loss[found.accuracy == found.accuracy.max()].min()
    alone_with_it = network_map(replace(SMALL, validation=0.0), 1, "batch", 5)
    assert alone_with_it.best_by("val_loss") is None
    assert alone_with_it.best is not None


def test_progress_grows_and_ends_what_is_enough():
    told = []
    network_map(SMALL, 0, "memory", 5, told.append)
    assert told == sorted(told)
    assert 0 <= told[0] < 0.3
    assert told[-1] == pytest.approx(1)

    def some(share):
        if share > 0.4:
            raise Enough

    part = network_map(SMALL, 0, "memory", 5, some)
    whole = network_map(SMALL, 0, "memory", 5)
    assert not part.whole
    there = np.isfinite(part.loss)
    assert 5 <= there.sum() < 25
    assert (part.loss[there] == whole.loss[there]).all()
    assert there[part.best]

    def wrong(share):
        raise KeyError("share")

    with pytest.raises(KeyError):
        network_map(SMALL, 0, "memory", 5, wrong)


def test_the_work_is_bounded():
    for experiment in (Experiment(runners=SMALL.runners, epochs=1000), replace(SMALL, batch=1, epochs=999)):
        for up in ups(experiment.runners[0]):
            epochs = affordable(experiment, 0, up)
            assert 1 <= epochs < experiment.epochs
            if epochs < experiment.epochs:
                assert epochs <= (1 - maps.SAVED) * experiment.epochs, "for less nothing is shortened"
                assert work(replace(experiment, epochs=epochs), 0, up) <= maps.MOST_WORK
            assert work(replace(experiment, epochs=epochs + 1), 0, up) > maps.MOST_WORK
    assert affordable(SMALL, 0, "l2") == SMALL.epochs
    huge = Experiment(dataset="digits", samples=1797, layers=(100,) * 6, runners=SMALL.runners)
    with pytest.raises(ValueError, match=r"^epochs: a single one in every cell would be too much work"):
        network_map(huge, 0, "l2")
    assert network_map(SMALL, 1, "l2", 3, epochs=2).epochs == 2


def test_a_map_is_as_fine_as_leaves_enough_updates():
    digits = Experiment(dataset="digits", layers=(64,), runners=SMALL.runners)
    sam = Experiment(runners=(Runner("sam"),))
    for experiment, fine in ((Experiment(runners=SMALL.runners), 40), (SMALL, 40), (digits, 12), (sam, 12)):
        assert maps.fineness(experiment, 0, "l2") == fine
        assert affordable(experiment, 0, "l2", fine) * experiment.each >= min(maps.ENOUGH, experiment.steps / 2)
        for up in ups(experiment.runners[0]):
            one = subject(experiment, 0, up)
            assert subject(one, 0, up) == one
            assert maps.fineness(one, 0, up) == maps.fineness(experiment, 0, up), "the key of a cache says as much"
            assert affordable(one, 0, up) == affordable(experiment, 0, up)


def test_the_sides_are_what_can_be_read_and_set():
    x, y = sides(SMALL, 0, "batch", 12)
    assert (x.values[0], x.values[-1], len(x.values)) == (1e-4, 10.0, 12)
    assert y.values == (1, 2, 4, 8, 16, 32, 0)
    assert (y.hyper.name, y.all) == ("batch", SMALL.kept)
    _, y = sides(SMALL, 0, "memory", 12)
    assert (y.hyper.name, y.values[0], y.values[-1]) == ("beta1", 0.0, 0.999)
    assert list(y.values) == sorted(set(y.values))
    _, y = sides(SMALL, 0, "l2", 12)
    assert (y.values[:2], y.values[-1], len(y.values)) == ((0.0, 1e-5), 0.1, 12)
    for up in ups(SMALL.runners[0]):
        for size in (3, 12, 40, 64):
            for side in sides(SMALL, 0, up, size):
                n = len(side.values)
                assert len(set(side.values)) == n
                assert [side.share(v) for v in side.values] == pytest.approx((np.arange(n) + 0.5) / n)
    assert x.share(1e-6) < 0 < x.share(1e-4) < x.share(0.01) < x.share(10) < 1
    assert sides(SMALL, 0, "batch")[1].share(20) == pytest.approx(4.5 / 7 + np.log2(20 / 16) / 7)


def test_the_subject_is_what_the_sides_do_not_vary():
    same = replace(SMALL, runners=(SMALL.runners[0].with_hyper("lr", 1.0), SMALL.runners[1]), seeds=4)
    assert subject(SMALL, 0, "l2") == subject(same, 0, "l2") == subject(replace(same, l2=0.1), 0, "l2")
    assert subject(SMALL, 0, "batch") == subject(replace(same, batch=4, batches=(2, 1)), 0, "batch")
    assert subject(SMALL, 0, "l2") != subject(replace(same, batch=4), 0, "l2")
    other = replace(SMALL, runners=(SMALL.runners[0].with_hyper("beta1", 0.5),))
    assert subject(SMALL, 0, "memory") == subject(other, 0, "memory")
    assert subject(SMALL, 0, "l2") != subject(other, 0, "l2")
    assert subject(SMALL, 0, "l2") != subject(SMALL, 1, "l2")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((2, "l2", 4), "which: expected the number of one of 2 runners, counted from 0, got 2"),
        ((True, "l2", 4), "which: expected the number of one of 2 runners"),
        ((1, "memory", 4), "up: for SGD expected one of batch, l2, got 'memory'"),
        ((0, "lr", 4), "up: for Adam expected one of batch, memory, l2, got 'lr'"),
        ((0, "l2", 65), "size: expected a whole number from 3 to 64, got 65"),
        ((0, "l2", 4.0), "size: expected a whole number from 3 to 64, got 4.0"),
        ((0, "l2", 4, None, 0), "epochs: expected a whole number of at least 1, got 0"),
    ],
)
def test_what_cannot_be_had_is_refused_in_a_sentence(given, said):
    with pytest.raises(ValueError, match=f"^{said}"):
        network_map(SMALL, *given)
