"""The page of networks: what a link shows, what may be done there, and the line in which trainings wait."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st
from wire import unpack

from core import OPTIMIZERS, Network, Plan, Runner
from core.experiments import STUDIES
from core.nets import plain
from core.nets.experiment import MOST_LANES, Experiment, Film, rate_for
from core.nets.network import Network as Net
from core.scene import MAX_NTH
from core.text import TABLES
from pages.network import act as acts
from pages.network import parts, reel
from pages.network.address import ADDRESS, fitted, read, write
from pages.shared.queue import Left, Queue
from pages.shared.words import plain as plainly

SMALL = Experiment(dataset="xor", samples=40, layers=(3,), epochs=4, runners=(Runner("sgd"), Runner("adam", colour=1)))
EN = TABLES["en"]


def link(experiment):
    return "&".join(
        f"{name}={part}"
        for name, value in experiment.to_query().items()
        for part in (value if isinstance(value, list) else [value])
    )


def header_of(at):
    """What the film was sent: its header, with what lasts, and arrays."""
    (component,) = at.get("bidi_component")
    header, arrays = unpack(component.proto.bytes)
    return header, arrays


def test_a_first_visit_shows_the_first_study(visit):
    at = visit("", "en", "networks")
    header, arrays = header_of(at)
    first = next(iter(STUDIES.values())).experiment
    assert [runner["label"] for runner in header["runners"]] == ["SGD", "Momentum", "AdaGrad", "Adam"]
    assert header["plays"]
    assert header["network"]["sizes"] == [2, 8, 8, 2]
    assert len(arrays[header["film"]["moments"]]) == len(first.moments)
    for runner in header["runners"]:
        assert arrays[runner["weights"]].size == len(first.moments) * first.network.parameters
    assert at.query_params.get("dataset") is None


def test_whatever_can_train_can_be_added(visit):
    at = visit(link(SMALL), "en", "networks")
    trains = {key for key, o in OPTIMIZERS.items() if not o.plane or plain.accepts(o)}
    pills, box = at.button_group(key="network.add"), at.selectbox(key="network.add.other")
    assert set(pills.options) == {OPTIMIZERS[key].name for key in trains if OPTIMIZERS[key].textbook}
    every = {option.partition(" · ")[0] for option in box.options}
    assert every == {OPTIMIZERS[key].name for key in trains}

    at.button_group(key="network.add").set_value("nadam").run()
    while len(at.session_state["network.state"].runners) < MOST_LANES:
        at.selectbox(key="network.add.other").set_value("lion").run()
    runners = at.session_state["network.state"].runners
    assert [runner.optimizer for runner in runners] == ["sgd", "adam", "nadam", *["lion"] * (MOST_LANES - 3)]
    assert runners[-1].hypers["lr"] == rate_for(OPTIMIZERS["lion"])
    assert len({runner.colour for runner in runners}) == MOST_LANES
    assert EN["net_full"].format(count=MOST_LANES) in [caption.value for caption in at.caption]
    assert "network.add.other" not in [box.key for box in at.selectbox]


@pytest.mark.parametrize("tab", ["curves", "layers"])
def test_a_link_restores_the_picture(visit, tab):
    experiment = replace(SMALL, film=Film(3, "linear", "evaluation", tab, 1))
    at = visit(link(experiment), "en", "networks")
    header, _ = header_of(at)
    assert header["view"] == {
        "moment": 3,
        "axis": "linear",
        "across": "evaluation",
        "tab": tab,
        "chosen": 1,
        "directions": "paths",
    }
    assert not header["plays"] or header["view"]["moment"] is not None
    assert bool(header["runners"][0]["histograms"]) == (tab == "layers")
    assert np.ravel(at.query_params.get("tab", "curves")).tolist() == [tab]


def test_what_is_too_much_for_a_link_leaves_the_address_that_fitted(visit):
    """And it comes back to whoever comes back from another page."""
    at = visit(link(SMALL), "en", "networks")
    before = dict(at.query_params)
    many = Plan("piecewise", {f"gamma_{i}": 0.99 for i in range(3, MAX_NTH + 1)})
    crowd = replace(SMALL, runners=tuple(replace(runner, plan=many) for runner in SMALL.runners))
    at.session_state["network.state"] = crowd
    at.run()
    assert [toast.value for toast in at.toast] == [EN["link_long"]]
    assert (dict(at.query_params), header_of(at)[0]["link"]) == (before, "")
    for name in before:
        del at.query_params[name]
    at.run()
    assert {**at.query_params, "lang": before["lang"]} == before
    assert not at.toast, "said once"
    at.session_state["network.state"] = fewer = replace(crowd, runners=crowd.runners[:1])
    at.run()
    assert read({name: np.ravel(value).tolist() for name, value in at.query_params.items()}) == (fewer, [])


@pytest.mark.parametrize("beyond", [0, 1])
def test_a_link_to_the_end_stands_there(visit, act, beyond):
    at = visit(f"{link(SMALL)}&moment={SMALL.steps + beyond}", "en", "networks")

    def seen():
        experiment = at.session_state["network.state"]
        moment = header_of(at)[0]["view"]["moment"]
        assert moment == len(experiment.moments) - 1, "a film that begins somewhere does not play by itself"
        return experiment.film.moment

    assert seen() == SMALL.steps
    view = {**header_of(at)[0]["view"], "moment": None, "axis": "linear"}  # as the film tells of its end
    at = act(at, {"view": view, "id": 1})
    assert seen() == SMALL.steps
    at.select_slider(key="network.epochs").set_value(10.0).run()
    assert seen() == at.session_state["network.state"].steps > SMALL.steps, "it is followed"


def test_digits_come_with_what_is_thought_of_them(visit):
    at = visit("dataset=digits&samples=100&layers=4&epochs=2&r=sgd", "ko", "networks")
    header, arrays = header_of(at)
    runner = header["runners"][0]
    assert header["data"]["images"] == [8, 8]
    assert arrays[runner["predicted"]].size == arrays[runner["sure"]].size == len(header_moments(header, arrays)) * 25
    assert header["data"]["train"] == 75


def header_moments(header, arrays):
    return arrays[header["film"]["moments"]]


def test_large_networks_send_their_weights_moment_by_moment(visit):
    at = visit("dataset=digits&samples=60&layers=100&epochs=2&r=sgd", "en", "networks")
    header, arrays = header_of(at)
    names = header["runners"][0]["weights"]
    assert len(names) == len(header_moments(header, arrays))
    assert not set(names) & set(arrays), "they are asked for as they are needed"


def test_nobody_trains(visit):
    at = visit("dataset=moons&r=none", "en", "networks")
    header, _ = header_of(at)
    assert header["message"] == EN["empty"]
    assert header["film"] is None


def test_too_much_work_is_refused_with_the_way_round_it(visit):
    at = visit("dataset=digits&layers=100-100-100-100-100-100&epochs=1000&r=sgd&r=adam", "en", "networks")
    header, _ = header_of(at)
    assert "core.train" in header["message"]
    told = int(header["message"].split("With ")[1].split()[0])
    large = Experiment(dataset="digits", layers=(100,) * 6, epochs=told, runners=(Runner("sgd"), Runner("adam")))
    assert large.work < 1.01e11


def test_what_is_wrong_with_a_link_is_said(visit):
    at = visit("dataset=moon&epochs=0&r=sgd", "en", "networks")
    assert [w.value for w in at.warning] != []
    assert "did you mean moons" in at.warning[0].value


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("moment=121", "moment: got '121', expected a whole number from 0 to 120; 120 is used instead."),
        ("moment=-5", "moment: got '-5', expected a whole number from 0 to 120; 120 is used instead."),
        ("chosen=2", "chosen: got '2', expected a whole number from 0 to 1; 1 is used instead."),
        ("view=graph&node=20", "node: got '20', expected a whole number from 0 to 9; 9 is used instead."),
        (
            "view=graph&graph=sigmoid&given=11",
            "given: got '11', expected a number for this graph: from -10 to 10; 1 is used instead.",
        ),
        (
            "view=graph&given=2~100~150~3.5~1.1",
            "given: got '2~100~150~3.5~1.1', expected 5 numbers for this graph: a whole one from 0 to 100, from 0 to "
            "10000, from 0 to 10000, a whole one from 0 to 100, from 0 to 10; 2~100~150~3~1.1 is used instead.",
        ),
    ],
)
def test_a_number_in_a_link_that_leads_nowhere_is_said(visit, query, said):
    sized = "samples=40&epochs=60&batch=16&validation=0.25"
    at = visit(f"dataset=moons&{sized}&r=sgd&r=adam&{query}", "en", "networks")
    assert [warning.value for warning in at.warning] == [plainly(said)]
    experiment = at.session_state["network.state"]
    assert fitted(experiment) == (experiment, [])
    at = visit(f"dataset=moons&{sized}&r=sgd&r=adam&{query}", "ko", "networks")
    assert "쓸 수 없는 값입니다" in at.warning[0].value


def test_what_is_looked_at_goes_with_what_it_was_of(visit):
    at = visit(link(replace(SMALL, film=Film(moment=SMALL.steps - 1, chosen=1))), "en", "networks")
    at.button(key="network-1.remove").click().run()
    assert at.session_state["network.state"].film.chosen == 0
    at.select_slider(key="network.epochs").set_value(2.0).run()
    assert at.session_state["network.state"].film.moment is None


def test_a_number_and_a_look_draw_the_film_alone(visit, act, monkeypatch):
    at, asked, rerun = visit(link(SMALL), "en", "networks"), [], st.rerun
    monkeypatch.setattr(st, "rerun", lambda scope="app": asked.append(scope) or rerun(scope))

    def drawn(run):
        asked.clear()
        assert not run().exception
        return asked.copy()

    rate = at.select_slider(key="network-0.lr")
    assert drawn(rate.set_value(0.22).run) == [[parts.RESET, parts.FILM]], "now there is a way back"
    assert header_of(at)[0]["runners"][0]["verdict"]
    assert drawn(at.select_slider(key="network-0.lr").set_value(0.33).run) == [[parts.FILM]]
    view = {**header_of(at)[0]["view"], "moment": 2}
    assert drawn(lambda: act(at, {"view": view, "id": 1})) == []
    assert at.session_state["network.state"].film.moment == 2
    assert drawn(lambda: act(at, {"toggle": 1, "id": 2})) == ["app"]
    assert not at.toggle(key="network-1.shown").value


def test_a_warning_about_a_link_goes_with_the_first_look(visit, act):
    at = visit(f"{link(SMALL)}&chosen=7", "en", "networks")
    assert len(at.warning) == 1
    at = act(at, {"view": {**header_of(at)[0]["view"], "tab": "network"}, "id": 1})
    assert len(at.warning) == 0


def test_cards_add_change_and_remove(visit):
    at = visit(link(SMALL), "en", "networks")
    at.button(key="network-0.copy").click().run()
    assert [r["label"] for r in header_of(at)[0]["runners"]] == ["SGD", "SGD #2", "Adam"]
    at.button(key="network-1.remove").click().run()
    at.button(key="network-1.remove").click().run()
    assert [r["label"] for r in header_of(at)[0]["runners"]] == ["SGD"]
    at.button(key="network-0.remove").click().run()
    assert header_of(at)[0]["message"] == EN["empty"]


def test_a_study_is_opened_and_comes_back(visit):
    key, study = list(STUDIES.items())[-1]
    at = visit(link(SMALL), "en", "networks")
    at.session_state["net-cards.open"] = True
    at.run()
    at.button(key=f"open-{key}").click().run()
    assert at.session_state["network.state"] == study.experiment
    at.toggle(key="network-0.shown").set_value(False).run()
    at.button(key="reset").click().run()
    assert at.session_state["network.state"] == study.experiment


@pytest.mark.parametrize(
    "own", ["", "0,0,1", "0,0,0;1,1,0;0.5,0,0;1,0,0", "0,0,0;1,1,1;0.5,0,0;1,0,1", "0,1;1,2;2,3;4,5"]
)
def test_own_points_are_shown_from_the_first_on_and_trained_when_there_are_enough(visit, own):
    at = visit(f"dataset=own&own={own}&epochs=2&r=sgd", "ko", "networks")
    header, arrays = header_of(at)
    rows = [row.split(",") for row in own.split(";") if row]
    assert arrays[header["data"]["t"]].size == len(rows)
    assert header["data"]["own"] == (not rows or len(rows[0]) == 3)
    enough = own.endswith(("1,0,1", "4,5"))
    assert bool(header["film"]) == enough
    assert header["message"] is None


# --- the film ---------------------------------------------------------------------------------------------


def test_folded_weights_say_the_same():
    net = Net((2, 5, 4, 3), "tanh", batch_norm=True)
    chance = np.random.default_rng(0)
    w, x = chance.normal(size=net.parameters), chance.normal(size=(9, 2))
    running = np.stack([chance.normal(size=net.hidden), chance.uniform(0.5, 2, size=net.hidden)])
    plain = Network(net.sizes, "tanh")
    folded = reel.plainly(net, w, running)
    without = np.concatenate([np.concatenate([folded[part.W], folded[part.b]]) for part in net.parts])
    assert plain.outputs(without, x)[-1] == pytest.approx(net.outputs(w, x, running)[-1], abs=1e-12)


def test_histograms_count_everything_and_see_the_dead():
    experiment = replace(SMALL, activation="relu", init="zeros")
    made = reel.made(experiment)
    bars = reel.histograms(made, 0)
    assert bars["activations"][1].size == len(made.moments) * 1 * bars["bins"]
    assert bars["activations"][1].max() == 255
    assert (bars["dead"][1] == 1).all(), "with weights of zero no ReLU ever speaks"
    assert reel.histograms(reel.made(replace(SMALL, layers=())), 0) is None


def test_a_training_that_patience_ended_stays_as_it_was():
    experiment = Experiment(
        dataset="gaussians",
        samples=60,
        layers=(32, 32),
        epochs=200,
        validation=0.4,
        patience=3,
        runners=(Runner("adam", {"lr": 0.05}),),
    )
    made = reel.made(experiment)
    assert np.isfinite(made.weights).all()
    assert made.lanes[0].best is not None
    assert made.whole
    done = experiment.train(moments=experiment.moments)
    assert 0 < done.stopped[0, 0] < experiment.steps
    assert made.moments[made.lanes[0].end] == done.stopped[0, 0]
    assert made.lanes[0].last == made.lanes[0].end


def test_the_film_is_told_where_each_training_has_ended(visit):
    pair = (Runner("sgd", {"lr": 1.0}), Runner("adam", colour=1))
    explodes = replace(SMALL, dataset="wave", batch=0, epochs=200, layers=(20, 20), runners=pair)
    header, arrays = header_of(visit(link(explodes), "en", "networks"))
    gone, stays = header["runners"]
    moments = header_moments(header, arrays)
    assert stays["end"] == stays["last"] == len(moments) - 1
    assert moments[gone["end"] - 1] < gone["ended"] <= moments[gone["end"]] < moments[-1]
    assert np.isnan(arrays[gone["loss"]][gone["end"] + 1 :]).all()
    several = reel.made(replace(SMALL, seeds=3))
    assert [lane.last for lane in several.lanes] == [len(several.moments) - 1] * 2


def table_of(at):
    """The table under the film: a row a runner, by what stands over its cells."""
    (said,) = (markdown.value for markdown in at.markdown if markdown.value.startswith("| "))
    head, _, *rows = ([cell.strip() for cell in line.strip("| ").split(" | ")] for line in said.split("\n"))
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_table_says_what_became_infinite_and_what_was_too_large(visit):
    wave = Experiment(dataset="wave", batch=0, epochs=200, layers=(20, 20), runners=(Runner("sgd", {"lr": 1.0}),))
    at = visit(link(wave), "en", "networks")
    header, arrays = header_of(at)
    (gone,), (row,) = header["runners"], table_of(at)
    assert np.isnan(arrays[gone["loss"]][20]), "long before it is infinite single floats do not hold it"
    assert gone["end"] > 20
    said = EN["film_infinite"].format(step=gone["ended"])
    assert row[EN["net_final"]] == row[EN["net_fixed"]] == said
    assert row[EN["net_threshold"].format(loss=0.1)] == EN["net_before"]
    (row,) = table_of(visit(link(replace(wave, epochs=gone["ended"] - 10)), "en", "networks"))
    assert row[EN["net_final"]] == EN["film_large"]
    assert row[EN["net_threshold"].format(loss=0.1)] == "–", "it was trained to its end"


def test_the_table_says_where_patience_has_ended_a_training(visit):
    stops = Experiment(
        dataset="gaussians", samples=60, layers=(16, 16), epochs=150, validation=0.4, patience=3,
        runners=(Runner("sgd", {"lr": 0.1}), Runner("adam", {"lr": 0.01}, colour=1)),
    )  # fmt: skip
    at = visit(link(stops), "en", "networks")
    header, arrays = header_of(at)
    for runner, row in zip(header["runners"], table_of(at), strict=True):
        epoch = header_moments(header, arrays)[runner["end"]] / stops.each
        assert row[EN["net_fixed"]].startswith(EN["net_choice"].format(epoch=int(epoch), loss=""))
        assert row[EN["net_patience"].format(epochs=10)] == EN["net_before"]


def test_one_training_serves_all_who_open_it(monkeypatch):
    calls, made = [], reel.made
    monkeypatch.setattr(reel, "LINE", Queue(10**8))
    monkeypatch.setattr(reel, "made", lambda experiment: calls.append(1) or made(experiment))
    for _ in range(3):
        assert reel.reel_of(replace(SMALL, film=Film(tab="network"))) is not None
    assert len(calls) == 1


def test_a_runner_that_stays_is_not_trained_again(monkeypatch):
    monkeypatch.setattr(reel, "LINE", Queue(10**8))
    first = reel.made(SMALL)
    other = replace(SMALL, runners=(Runner("sgd", {"lr": 0.3}), SMALL.runners[1]))
    second = reel.made(other)
    assert second.lanes[1] is first.lanes[1]
    assert second.lanes[0] is not first.lanes[0]
    alone = other.train()
    assert (second.weights[0] == alone.weights[0, 0].astype(np.float32)).all()
    assert reel.made(replace(other, runners=other.runners[::-1])).lanes == second.lanes[::-1]


def test_stop_keeps_what_there_is():
    class Asked:
        key = replace(SMALL, dataset="digits", samples=1797, layers=(64,), epochs=900).trained
        stopped = False

        def told(self, share):
            self.stopped = share > 0.01

    part = reel.work(Asked())
    assert not part.whole
    assert reel.LINE.kept(Asked.key) is None
    assert np.isfinite(part.weights).all(), "it stays as it was"
    assert 0 < np.isfinite(part.lanes[0].curves["loss"][1]).sum() < len(part.moments)


# --- the line ---------------------------------------------------------------------------------------------


def until(done):
    for _ in range(400):
        if done():
            return
        time.sleep(0.01)
    raise AssertionError("it never comes")


def test_at_most_so_many_at_once_and_the_others_know_their_place():
    line, gate, begun = Queue(10**6, at_once=1), threading.Event(), []

    def make(task):
        begun.append(task.key)
        gate.wait(5)
        return task.key

    tasks = [line.ask(key, make, f"visitor {key}") for key in "abc"]
    until(lambda: begun == ["a"])
    assert [line.ahead(task) for task in tasks] == [0, 1, 2]
    gate.set()
    until(lambda: all(task.done.is_set() for task in tasks))
    assert begun == ["a", "b", "c"]
    assert [task.result for task in tasks] == ["a", "b", "c"]


def test_whoever_asks_for_something_else_gives_up_what_came_before():
    line, gate, begun = Queue(10**6, at_once=1), threading.Event(), []

    def make(task):
        begun.append(task.key)
        gate.wait(5)
        for share in np.linspace(0, 1, 50):
            task.told(float(share))
        return task.key

    first = line.ask("a", make, "one")
    until(lambda: begun)
    second = line.ask("b", make, "one")
    third = line.ask("c", make, "one")
    gate.set()
    until(lambda: third.done.is_set())
    assert isinstance(first.fault, Left)
    assert begun == ["a", "c"]
    assert not second.running
    assert third.result == "c"


def test_what_two_want_is_made_once_and_goes_on_when_one_leaves():
    line, gate, begun = Queue(10**6), threading.Event(), []

    def make(task):
        begun.append(task.key)
        gate.wait(5)
        task.told(0.5)
        return 7

    tasks = [line.ask("a", make, visitor) for visitor in ("one", "two")]
    assert tasks[0] is tasks[1]
    line.leave("one")
    gate.set()
    until(lambda: tasks[0].done.is_set())
    assert (tasks[0].result, begun) == (7, ["a"])


def test_a_fault_is_told_and_the_line_goes_on():
    line = Queue(10**6, at_once=1)

    def fail(task):
        raise ValueError("odd")

    task = line.ask("a", fail, "one")
    until(lambda: task.done.is_set())
    assert isinstance(task.fault, ValueError)
    after = line.ask("b", lambda task: 1, "one")
    until(lambda: after.done.is_set())
    assert after.result == 1


def test_no_more_is_kept_than_there_is_room_for():
    line = Queue(100)
    for key in range(5):
        line.keep(key, key, 30)
    assert [line.kept(key) for key in range(5)] == [None, None, 2, 3, 4]
    line.keep("large", "large", 1000)
    assert line.kept("large") == "large"


# --- what comes from outside --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"view": 3}, {"view": {"tab": "<script>"}}, {"view": {"chosen": -1}}, {"view": {"moment": "x", "axis": None}},
        {"toggle": 99}, {"toggle": "0"}, {"toggle": True}, {"stop": 1}, {"points": [[1]]}, {"unknown": {}}, {},
    ],
    ids=str,
)  # fmt: skip
def test_a_forged_act_changes_nothing(monkeypatch, wrong):
    now, changed = SMALL, []
    monkeypatch.setattr(type(ADDRESS), "shown", lambda self: now)
    monkeypatch.setattr(acts, "change", lambda **fields: changed.append(fields))
    monkeypatch.setattr(acts.st, "session_state", {})
    acts.on_act(wrong)
    assert all(fields.get("film", now.film) == now.film and "runners" not in fields for fields in changed)


def test_an_address_without_runners_gets_those_of_the_first_study():
    found, faults = read({"dataset": ["circles"]})
    assert [runner.optimizer for runner in found.runners][:2] == ["sgd", "momentum"]
    assert not faults
    assert write(next(iter(STUDIES.values())).experiment) == {}
