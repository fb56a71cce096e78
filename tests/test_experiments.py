"""Experiments on networks: what is kept of a link, and whether every sentence of a study is so."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from core import Runner, SceneError
from core.experiments import STUDIES
from core.nets import experiment as limits
from core.nets import plain
from core.nets.experiment import PARAMETERS, SETTINGS, Experiment, Film, rate_for
from core.optimizers import OPTIMIZERS

FULL = Experiment(
    dataset="own", own=((0.5, 1.0, 0.0), (0.25, -1.0, 1.0), (0.0, 0.0, 2.0), (1.0, 1.0, 1.0)),
    samples=333, noise=0.07, validation=0.3, data_seed=4, layers=(5, 1, 9), activation="gelu", init="he",
    batch_norm=True, dropout=0.2, batch=7, batches=(-1, 4), epochs=33, seeds=2, l2=0.003, clip=1.5, patience=6,
    runners=(Runner("adam", {"lr": 0.02}, colour=3), Runner("sgd", shown=False)),
    film=Film(
        12, "linear", "evaluation", "layers", 1, "map", "network", 5, (0.5, -1.25, 1.0), "random", "memory", "accuracy"
    ),
)  # fmt: skip


@pytest.mark.parametrize("key", STUDIES)
def test_what_a_study_says_is_so(key):
    assert STUDIES[key].unproven() == []


@pytest.mark.parametrize("key", STUDIES)
def test_a_study_can_be_afforded_and_told(key):
    study = STUDIES[key]
    assert study.experiment.work < limits.MOST_WORK
    assert Experiment.from_query(study.experiment.to_query()) == (study.experiment, [])
    for language in ("en", "ko"):
        assert len(study.title[language]) < 40
        assert 40 < len(study.observe[language]) < 330


def test_no_two_studies_are_alike():
    for of in (lambda s: s.order, lambda s: s.title.en, lambda s: s.experiment.trained):
        assert len({of(study) for study in STUDIES.values()}) == len(STUDIES)


@pytest.mark.parametrize("experiment", [Experiment(), FULL, replace(FULL, layers=()), replace(FULL, runners=())])
def test_a_link_restores_it(experiment):
    query = experiment.to_query()
    assert Experiment.from_query(query) == (experiment, [])
    assert set(query) <= set(PARAMETERS)


def test_every_parameter_is_needed():
    assert set(FULL.to_query()) == set(PARAMETERS)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"dataset": "moon"}, "dataset: 'moon' is not known; did you mean moons"),
        ({"layers": "8-x"}, "layers: got '8-x', expected up to 6 widths"),
        ({"layers": "8-8-8-8-8-8-8"}, "layers: got .* 8-8 is used instead."),
        ({"layers": "101"}, "layers: got '101'"),
        ({"noise": "nan"}, "noise: got 'nan', expected a number from 0 to 0.5"),
        ({"batch": "1e9"}, "batch: got '1e9', expected a whole number from 0 to 2000; 32 is used instead."),
        ({"epochs": ["3", "-3"]}, "epochs: got '-3', expected a whole number from 1 to 1000"),
        ({"dataset": "digits", "samples": "1798"}, "samples: got '1798', expected a whole number from 10 to 1797"),
        ({"batch_norm": "yes"}, "batch_norm: got 'yes', expected 0 or 1"),
        ({"directions": "up"}, "directions: got 'up', expected one of paths, random"),
        ({"tab": "q"}, "tab: got 'q', expected one of curves, network"),
        ({"r": ["adamx"]}, "optimizer: 'adamx' is not known; did you mean adamax. It was left out."),
        ({"r": ["sgd"] * 7}, "An experiment has at most 6 runners; the rest were left out."),
        ({"chosen": "-1"}, "chosen: got '-1', expected a whole number from 0 to 5"),
        ({"view": "films"}, "view: got 'films', expected one of film, graph, map"),
        ({"up": "lr"}, "up: got 'lr', expected one of batch, memory, l2"),
        ({"by": "time"}, "by: got 'time', expected one of loss, val_loss, accuracy"),
        ({"given": "1~x"}, "given: got '1~x', expected up to 6 numbers .* its default is used instead."),
        ({"moment": "-5", "epochs": "50"}, "moment: got '-5', .* number from 0 to 250; 250 is used instead."),
        ({"noise": "-1"}, "expected a number from 0 to 0.5; its default is used instead."),
        ({"given": "1e9"}, "given: got '1e9', expected up to 6 numbers from .10000 to 10000"),
        ({"activation": "<script>"}, "activation: got '.script.', expected one of sigmoid"),
    ],
)
def test_what_is_wrong_with_a_link_is_named(query, said):
    found, problems = Experiment.from_query(query)
    assert isinstance(found, Experiment)
    assert len(problems) == 1
    assert re.search(said, problems[0].text.en), problems[0].text.en
    assert problems[0].text.ko != problems[0].text.en


def test_what_cannot_be_had_is_refused():
    with pytest.raises(SceneError, match="epochs: got '0'"):
        Experiment(epochs=0)
    with pytest.raises(SceneError, match="init: 'hee' is not known"):
        Experiment(init="hee")


def test_moments_begin_and_end_with_the_training_and_are_closer_together_at_first():
    for made in (Experiment(), FULL, replace(FULL, batch=1, epochs=500), replace(FULL, layers=(100,) * 6, epochs=900)):
        at = made.moments
        assert (at[0], at[-1]) == (0, made.steps)
        assert (np.diff(at) > 0).all()
        lanes = max(len(made.runners), 1) * made.seeds
        if not made.patience:
            assert len(at) <= limits.MOST_MOMENTS
            assert len(at) * made.network.parameters * lanes <= max(
                limits.MOST_KEPT, 4 * made.network.parameters * lanes
            )


def test_work_is_told_before_it_is_done():
    large = Experiment(dataset="digits", samples=1797, layers=(100,) * 6, epochs=1000, runners=FULL.runners)
    assert large.work > limits.MOST_WORK
    assert replace(large, epochs=large.affordable).work < limits.MOST_WORK
    assert replace(large, epochs=large.affordable + 2).work > limits.MOST_WORK


def test_how_it_is_looked_at_is_no_other_training():
    other = replace(FULL, film=Film(), runners=tuple(replace(r, colour=0, shown=True) for r in FULL.runners))
    assert FULL.trained == other.trained
    assert FULL.trained != replace(FULL, epochs=34).trained


def test_the_training_is_the_one_that_was_described():
    done = replace(FULL, epochs=4, patience=0).train()
    assert done.network == FULL.network
    assert done.weights.shape[:2] == (2, 2)
    assert done.each == FULL.each
    assert len(done.data.x) == FULL.kept
    assert {h.name for h in SETTINGS.values()} == set(SETTINGS)


@pytest.mark.parametrize("key", [key for key, o in OPTIMIZERS.items() if not o.plane or plain.accepts(o)])
def test_every_optimizer_learns_at_the_rate_it_is_given(key):
    record = OPTIMIZERS[key]
    done = Experiment(runners=(Runner(key, {"lr": rate_for(record)}),), epochs=30).train()
    assert done.loss[0, 0, -1] < done.loss[0, 0, 0]


def test_what_stands_around_a_runner_of_a_race_is_left_out_and_said():
    mended, faults = Experiment.from_query({"r": ["adam~lr~0.01~clip_norm.norm~1", "sgd"]})
    assert [runner.modifiers for runner in mended.runners] == [{}, {}]
    assert [str(fault) for fault in faults] == [
        "A training clips the gradients of all its runners alike; what stands around a single one was left out."
    ]


def test_what_trains_no_networks_is_left_out_of_a_link_and_said():
    for key in (key for key, record in OPTIMIZERS.items() if not plain.trains(record)):
        mended, faults = Experiment.from_query({"r": [key, "sgd"], "batches": "8_16"})
        assert [runner.optimizer for runner in mended.runners] == ["sgd"]
        assert [str(fault).startswith(f"{OPTIMIZERS[key].name} trains no networks") for fault in faults] == [True]
