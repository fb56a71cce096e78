"""The landscape on the page of networks: what its tab is sent, and when it is computed."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import numpy as np
import pytest
from wire import unpack

from core import Runner
from core.nets.experiment import Experiment, Film
from pages.network import ground, reel
from pages.shared.queue import LINE

SMALL = Experiment(
    dataset="xor",
    samples=40,
    layers=(3,),
    epochs=4,
    runners=(Runner("sgd", {"lr": 0.2}), Runner("adam", colour=1)),
    film=Film(tab="landscape"),
)


def link(experiment):
    return urlencode(experiment.to_query(), doseq=True)


def header_of(at):
    (component,) = at.get("bidi_component")
    return unpack(component.proto.bytes)


@pytest.mark.parametrize("directions", ["paths", "random"])
def test_the_tab_is_sent_the_landscape_of_all_runners(visit, directions):
    at = visit(link(replace(SMALL, film=Film(tab="landscape", directions=directions))), "en", "networks")
    header, arrays = header_of(at)
    land, count = header["landscape"], len(SMALL.moments)
    assert header["view"]["directions"] == land["directions"] == directions
    assert arrays[land["heights"]].size == land["size"] ** 2
    assert (arrays[land["heights"]] > 0).all()
    (x0, x1), (y0, y1) = land["bounds"]
    assert x1 - x0 == pytest.approx(y1 - y0)
    assert land["examples"] == SMALL.kept
    for lane in land["runners"]:
        where, off = arrays[lane["where"]].reshape(count, 2), arrays[lane["off"]]
        assert ((where > (x0, y0)) & (where < (x1, y1))).all()
        assert ((off >= 0) & (off <= 1)).all()
        assert len(arrays[lane["sharpness"]]) == len(land["at"])
    assert arrays[land["runners"][land["centre"]]["where"]][-2:] == pytest.approx(0, abs=1e-5)
    sgd, adam = land["runners"]
    assert (sgd["formula"], adam["edge"]) == ("2/lr", None)
    assert arrays[sgd["edge"]] == pytest.approx(10)


def test_it_is_computed_only_while_it_is_looked_at(visit, monkeypatch):
    def never(*_):
        raise AssertionError("nobody looks at it")

    monkeypatch.setattr(ground, "made", never)
    header, _ = header_of(visit(link(replace(SMALL, film=Film())), "en", "networks"))
    assert header["landscape"] is None


def test_other_directions_come_with_the_same_sharpness(visit, act):
    at = visit(link(replace(SMALL, data_seed=3)), "en", "networks")
    before, _ = header_of(at)
    at = act(at, {"view": {**before["view"], "directions": "random"}})
    after, _ = header_of(at)
    assert np.ravel(at.query_params["directions"]).tolist() == ["random"]
    assert after["landscape"]["directions"] == "random"
    assert after["landscape"]["heights"] != before["landscape"]["heights"]
    for one, other in zip(before["landscape"]["runners"], after["landscape"]["runners"], strict=True):
        assert one["sharpness"] == other["sharpness"]


def test_of_runners_only_those_that_have_changed_are_computed(monkeypatch):
    asked = []
    compute = ground.sharpness
    monkeypatch.setattr(
        ground, "sharpness", lambda network, w, *a, **k: asked.append(len(w)) or compute(network, w, *a, **k)
    )
    one = reel.made(replace(SMALL, data_seed=7))
    other = reel.made(replace(SMALL, data_seed=7, runners=(SMALL.runners[0], Runner("adam", {"lr": 0.02}))))
    before, after = ground.made(one, "paths"), ground.made(other, "paths")
    assert asked == [2, 1]
    assert before.lanes[0].sharpness == after.lanes[0].sharpness
    assert before.lanes[1].sharpness != after.lanes[1].sharpness


def test_long_work_waits_in_the_line_and_is_kept_for_all(visit, monkeypatch):
    monkeypatch.setattr(ground, "AT_ONCE", 0)
    experiment = replace(SMALL, data_seed=5)
    header, _ = header_of(visit(link(experiment), "en", "networks"))
    assert header["landscape"]["directions"] == "paths"
    assert LINE.kept((experiment.trained, "paths")) is not None


def test_a_film_without_an_end_and_one_that_exploded_have_a_landscape(visit):
    explodes = replace(
        SMALL, dataset="wave", batch=0, epochs=200, layers=(20, 20), runners=(Runner("sgd", {"lr": 1.0}),)
    )
    header, arrays = header_of(visit(link(explodes), "ko", "networks"))
    assert header["runners"][0]["ended"] is not None
    assert np.isfinite(header["landscape"]["bounds"]).all()
    assert np.isnan(arrays[header["landscape"]["runners"][0]["where"]][-1])


def test_a_stopped_training_is_kept_for_nobody_else(visit):
    experiment = replace(SMALL, data_seed=6)
    done = reel.made(experiment)
    stopped = replace(done, lanes=tuple(replace(lane, whole=False) for lane in done.lanes))
    assert ground.can_be_had(stopped)
    never = tuple(replace(lane, raw=np.full_like(lane.raw, np.nan)) for lane in done.lanes)
    assert not ground.can_be_had(replace(done, lanes=never))
    made = ground.made(stopped, "paths")
    ground._keep(stopped, made)
    assert ground.ground_of(stopped, "paths") is made
    assert LINE.kept((experiment.trained, "paths")) is None


def test_what_cannot_be_afforded_is_made_coarser():
    small = ground.plan(SMALL, len(SMALL.moments))
    assert (small.size, small.examples, len(small.at)) == (ground.SIZES[0], SMALL.kept, len(SMALL.moments))
    large = Experiment(dataset="digits", samples=1797, layers=(100,) * 6, epochs=20, runners=SMALL.runners)
    chosen = ground.plan(large, len(large.moments))
    assert chosen.size < small.size
    assert ground.LEAST <= chosen.examples < large.kept
    assert chosen.map <= ground.MAP
    assert chosen.bends <= ground.BENDS * ground.BENDS_COST
    assert (chosen.at[0], chosen.at[-1]) == (0, len(large.moments) - 1)


def test_the_edge_of_a_runner_with_batches_of_its_own_follows_its_own_schedule():
    runner = Runner("sgd", {"lr": 0.1}, plan=replace(Runner("sgd").plan, schedule="linear"))
    experiment = replace(SMALL, batch=0, batches=(8, -1), epochs=10, runners=(runner, Runner("sgd", {"lr": 0.1})))
    one, other = ground.made(reel.made(experiment), "paths").lanes
    assert one.edge[1][0] == pytest.approx(20)
    assert one.edge[1][-1] > 100
    assert other.edge[1] == pytest.approx(20)
