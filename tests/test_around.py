"""What is put around an optimizer, and the rules that end a run: beside their slow twin, closed forms and the libraries' own words."""

from __future__ import annotations

import math
import re

import naive
import numpy as np
import pytest
from test_engine import as_its_twin, close, exact, lane, off_centre, same_runs, starts, verdict

from core import OPTIMIZERS, SURFACES, descend
from core.modifiers import MODIFIERS
from core.stops import STOPS

KINDS = ("sgd", "adam", "sam", "bfgs")  # apart and together, with and without a look around
each_modifier = pytest.mark.parametrize("modifier", MODIFIERS)
each_kind = pytest.mark.parametrize("kind", KINDS)
TIGHT = {"clip_norm": {"norm": 0.7}, "clip_value": {"value": 0.4}, "lookahead": {"k": 3.0, "alpha": 0.3}}


def twin(surface, kind, **asked):
    """A run with all it remembers, and the same by the slow twin."""
    start = off_centre(surface)
    hypers = {"lr": surface.rate_for(OPTIMIZERS[kind])}
    told = {"start": start, "steps": 25, "hypers": hypers} | asked
    record = OPTIMIZERS[kind]
    return descend(surface, record, keep="state", **told), naive.descend(surface, record, **told)


@each_modifier
@each_kind
@pytest.mark.parametrize("surface", ["rosenbrock", "beale"])
def test_a_modified_run_equals_its_slow_twin(modifier, kind, surface):
    record = SURFACES[surface]
    run, path = twin(record, kind, modifiers={modifier: TIGHT[modifier]})
    assert as_its_twin(run, path, record.value, record.gradient, OPTIMIZERS[kind].update)
    plain, _ = twin(record, kind)
    assert not same_runs(run, plain), "it changes nothing"


def test_noise_is_clipped_with_the_gradient():
    run, path = twin(SURFACES["rosenbrock"], "sgd", modifiers={"clip_value": {"value": 0.4}}, noise=3.0, seed=4)
    assert np.abs(run.gradient).max() == 0.4
    close(run, path)


@each_kind
def test_all_of_them_together_act_in_their_order(kind):
    record = SURFACES["rosenbrock"]
    run, path = twin(record, kind, modifiers=dict(reversed(TIGHT.items())))
    assert as_its_twin(run, path, record.value, record.gradient, OPTIMIZERS[kind].update)


@each_modifier
def test_its_settings_differ_by_lane(modifier):
    hyper = MODIFIERS[modifier].hypers[0]
    values = np.array([hyper.low if hyper.integer else 0.2, 2.0, 7.0])
    points = starts(SURFACES["beale"], 3)
    asked = {"steps": 60, "hypers": {"lr": 0.05}}
    many = descend("beale", "momentum", start=points, modifiers={modifier: {hyper.name: values}}, **asked)
    for i, value in enumerate(values):
        alone = descend("beale", "momentum", start=points[i], modifiers={modifier: {hyper.name: value}}, **asked)
        assert same_runs(alone, lane(many, i))


def test_a_clipped_gradient_keeps_its_direction_and_never_exceeds_its_length():
    free = descend("beale", "sgd", start=(3.0, 3.0), steps=1, hypers={"lr": 1e-3})
    for dialect, short in (("pytorch", 1e-6), ("keras", 0.0), ("optax", 0.0)):
        run = descend(
            "beale",
            "sgd",
            start=(3.0, 3.0),
            steps=1,
            hypers={"lr": 1e-3},
            modifiers={"clip_norm": {"norm": 2.0}},
            dialect=dialect,
        )
        (gx, gy), (fx, fy) = run.gradient[0], free.gradient[0]
        length = math.hypot(fx, fy)
        assert math.hypot(gx, gy) == pytest.approx(2.0 * length / (length + short), rel=1e-15)
        assert gx / gy == pytest.approx(fx / fy, rel=1e-15)


def test_each_dialect_clips_as_its_library_does():
    by = {d: MODIFIERS["clip_norm"].spoken(d).change(3.0, -4.0, 1.0) for d in ("pytorch", "keras", "optax")}
    assert by["keras"] == (0.6, -0.8)
    assert by["optax"] == (0.6, -0.8)
    assert by["pytorch"] == (3.0 * (1 / (5 + 1e-6)), -4.0 * (1 / (5 + 1e-6)))
    short = {d: MODIFIERS["clip_norm"].spoken(d).change(0.03, -0.04, 1.0) for d in by}
    assert short["pytorch"] == short["keras"] == short["optax"] == (0.03, -0.04)


def test_lookahead_on_a_line_in_closed_form():
    """On f = a x²/2 k steps shrink x by (1 - lr a)^k, and the slow weights go a part α of the way."""
    run = descend(
        "bowl",
        "sgd",
        start=(-7.0, 2.0),
        steps=12,
        hypers={"lr": 0.3},
        modifiers={"lookahead": {"k": 4.0, "alpha": 0.25}},
    )
    shrink = 1 - 0.25 + 0.25 * (1 - 0.3 * np.array([0.1, 2.0])) ** 4
    np.testing.assert_allclose(run.x[::4], np.array([-7.0, 2.0]) * shrink ** np.arange(4)[:, None], rtol=1e-13)


@pytest.mark.parametrize("rule", STOPS)
@each_kind
@pytest.mark.parametrize("surface", ["bowl", "rosenbrock"])
def test_a_stopped_run_equals_its_slow_twin(rule, kind, surface):
    record = SURFACES[surface]
    plain, _ = twin(record, kind)
    bound = {
        "evaluation_budget": 9.0,
        "loss_value": float(plain.loss[11]),
        "gradient_norm": float(np.hypot(*plain.gradient[11])),
    }.get(rule)
    if bound is None:  # what happens at point 11
        dx = np.hypot(*(plain.x[11] - plain.x[10]))
        bound = float(dx if rule == "step_length" else abs(plain.loss[11] - plain.loss[10]))
    run, path = twin(record, kind, stops={rule: bound * (1 + 1e-12)})
    assert as_its_twin(run, path, record.value, record.gradient, OPTIMIZERS[kind].update)
    assert 0 <= run.stopped <= 11
    assert (run.stopped, run.rule, run.evaluations) == (path.stopped, path.rule, path.evaluations)
    assert run.rule == rule
    assert verdict(run) == naive.outcome(record, path, None)
    assert (run.x[run.stopped :] == run.x[run.stopped]).all()
    assert (run.x[: run.stopped + 1] == plain.x[: run.stopped + 1]).all()
    if exact(record.value):
        end = descend(
            record,
            kind,
            start=off_centre(record),
            steps=25,
            hypers={"lr": record.rate_for(OPTIMIZERS[kind])},
            keep="end",
            stops={rule: bound * (1 + 1e-12)},
        )
        assert (end.stopped, end.rule, end.evaluations, end.outcome) == (
            run.stopped,
            run.rule,
            run.evaluations,
            run.outcome,
        )
        assert (end.x[0] == run.x[-1]).all()


def test_the_first_rule_that_holds_counts_and_lanes_end_each_for_itself():
    points = starts(SURFACES["bowl"], 200, seed=3)
    rules = {"gradient_norm": 0.5, "loss_value": 0.2, "evaluation_budget": 60.0}
    run = descend("bowl", "momentum", start=points, steps=100, hypers={"lr": 0.05}, stops=rules, keep="end")
    assert set(run.rule) == {"gradient_norm", "loss_value"}
    for i in (0, 57, 199):
        alone = descend("bowl", "momentum", start=points[i], steps=100, hypers={"lr": 0.05}, stops=rules)
        assert (alone.rule, alone.stopped, alone.evaluations) == (run.rule[i], run.stopped[i], run.evaluations[i])


def test_evaluations_are_counted_as_they_are_made():
    asked = {"start": (-3.0, 2.0), "steps": 10}
    assert descend("himmelblau", "adam", **asked).evaluations == 10
    assert descend("himmelblau", "sam", **asked).evaluations == 20
    assert descend("himmelblau", "newton", **asked).evaluations == 30
    assert descend("himmelblau", "sam", stops={"evaluation_budget": 8.0}, **asked).stopped == 4


def test_a_rule_that_stops_at_a_minimum_is_told_as_arrived():
    run = descend("bowl", "sgd", start=(-7.0, 2.0), steps=2000, hypers={"lr": 0.5}, stops={"gradient_norm": 1e-9})
    assert (run.outcome, run.rule) == ("arrived", "gradient_norm")
    far = descend("bowl", "sgd", start=(-7.0, 2.0), steps=2000, hypers={"lr": 0.5}, stops={"gradient_norm": 0.1})
    assert (far.outcome, far.when) == ("stopped", far.stopped)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"modifiers": {"clip": {}}}, "modifier: 'clip' is not known; did you mean 'clip_norm'?"),
        ({"modifiers": {"clip_norm": {"most": 1.0}}}, "Clip by norm has no hyperparameter 'most'; it has norm"),
        ({"modifiers": {"clip_norm": {"norm": -1.0}}}, "norm: expected a number of at least 0, got -1"),
        ({"modifiers": "clip_norm"}, "modifiers: expected a modifier -> its hyperparameters, got 'clip_norm'"),
        ({"stops": {"grad": 1.0}}, "stop: 'grad' is not known; there are evaluation_budget"),
        ({"stops": {"loss_value": math.nan}}, "stops loss_value: expected a finite number or one per lane, got nan"),
        (
            {"stops": {"loss_value": np.ones(2)}},
            "stops loss_value: expected one bound for all lanes, got an array of shape (2,)",
        ),
        ({"stops": ["loss_value"]}, "stops: expected a rule -> its bound, got ['loss_value']"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(asked, said):
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        descend("bowl", "sgd", start=(1.0, 1.0), steps=3, **asked)
