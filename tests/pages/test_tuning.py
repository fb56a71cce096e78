"""Rulers under the learning rates, and the search for best settings, on the race page."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace

import pytest

from core import OPTIMIZERS, Formula, Plan, Runner, Scene
from core.scene import TYPED
from core.text import TABLES
from core.tuning import tune
from pages.shared import best, engine, session

SCENE = Scene(surface="bowl", steps=40, runners=(Runner("sgd", {"lr": 0.3}), Runner("adam", {"lr": 0.3}, colour=1)))


def scene_of(at):
    return at.session_state["race.scene"]


def rulers(at):
    return [block.proto.body for block in at.sidebar.get("html") if "dl-ruler" in block.proto.body]


@pytest.fixture
def alone(monkeypatch):
    """A server that has no folder for the engine in the browser, and draws rulers itself."""
    monkeypatch.setattr(engine, "_published", lambda: None)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_learning_rate_has_a_ruler(visit, alone, lang):
    at = visit(SCENE.to_string(), lang)
    assert not at.exception
    sgd, adam = rulers(at)
    words = TABLES[lang]
    assert words["ruler_limit"].format(rate="1") in sgd, "2/λ with λ = 2"
    assert words["ruler_best"].partition("{rate}")[0].format(steps=SCENE.length) in sgd
    assert words["ruler_best_with"].partition("{rate}")[0].format(steps=SCENE.length, others="β₁, β₂") in adam
    assert words["ruler_limit"].partition("{")[0] not in adam, "theory knows no limit for it"
    for ruler in (sgd, adam):
        shares = [float(share) for share in re.findall(r"left:([\d.]+)%", ruler)]
        assert shares
        assert all(0 <= share <= 100 for share in shares)


def test_the_ruler_moves_with_momentum(visit, alone):
    link = Scene(surface="bowl", runners=(Runner("momentum", {"momentum": 0.5}),)).to_string()
    other = Scene(surface="bowl", runners=(Runner("momentum", {"momentum": 0.0}),)).to_string()
    (slow,), (none,) = rulers(visit(link)), rulers(visit(other))
    assert "1.5" in slow
    assert slow != none


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_momentum_that_the_schedule_sets_is_not_called_the_sliders_own(visit, alone, lang):
    """And no limit is marked that holds for a fixed one."""
    words, cycled = TABLES[lang], Plan("onecycle", {"cycle_momentum": 1.0})
    runners = (Runner("momentum", {"lr": 0.1}, cycled), Runner("adam", {"lr": 0.3}, cycled, colour=1))
    momentum, adam = map(html.unescape, rulers(visit(replace(SCENE, runners=runners).to_string(), lang)))
    assert words["ruler_best_moved"].partition("{rate}")[0].format(steps=SCENE.length, moved="β") in momentum
    told = words["ruler_best_with_moved"].partition("{rate}")[0]
    assert told.format(steps=SCENE.length, others="β₂", moved="β₁") in adam
    assert words["ruler_moved"].format(moved="β") in momentum
    assert words["ruler_limit"].partition("{")[0] not in momentum
    (still,) = rulers(
        visit(replace(SCENE, runners=(Runner("momentum", {"lr": 0.1}, Plan("onecycle")),)).to_string(), lang)
    )
    assert words["ruler_limit"].partition("{")[0] in still
    assert words["ruler_best_with"].partition("{rate}")[0].format(steps=SCENE.length, others="β") in still


def test_tuning_makes_the_race_fair(visit):
    at = visit(SCENE.to_string())
    before = scene_of(at)
    at.session_state["tuning.open"] = True
    at.run()
    assert TABLES["en"]["fair_same"].format(rate="0.3") in [m.value for m in at.markdown]
    at.button(key="best.each").click().run()
    assert not at.exception
    found = scene_of(at)
    expected = [tune(before, runner).runner.hypers for runner in before.runners]
    assert [runner.hypers for runner in found.runners] == expected
    assert [runner.colour for runner in found.runners] == [0, 1]
    (table,) = at.dataframe
    assert list(table.value.iloc[:, 0]) == [OPTIMIZERS["sgd"].name, OPTIMIZERS["adam"].name]
    assert ["there at step" in value for value in table.value.iloc[:, 3]] == [False, True]
    assert all(value.startswith("loss") for value in table.value.iloc[:, 3])
    assert any("400,000" in caption.value or "399," in caption.value for caption in at.sidebar.caption)

    at.button(key="best.same").click().run()
    assert {runner.hypers["lr"] for runner in scene_of(at).runners} == {found.runners[0].hypers["lr"]}
    assert not any("gradients" in caption.value for caption in at.sidebar.caption)


def test_what_was_tuned_for_one_surface_does_not_go_to_another(visit):
    at = visit(SCENE.to_string())
    at.session_state["tuning.open"] = True
    at.run()
    at.button(key="best.each").click().run()
    tuned = scene_of(at).runners[1].hypers
    assert tuned["beta1"] != SCENE.runners[1].hypers["beta1"]
    at.button(key="best.each").click().run()  # what a second search finds stands in the place of the first one's
    key = at.session_state[session.IDS][1]
    at.button(key=f"{key}.open").click().run()
    at.select_slider(key=f"{key}.beta2").set_value(0.9).run()
    for surface in ("rosenbrock", TYPED):
        at.selectbox(key="surface").set_value(surface).run()
        scene = scene_of(at)
        for old, new in zip(SCENE.runners, scene.runners, strict=True):
            by_hand = {"beta2": 0.9} if new.optimizer == "adam" else {}
            rate = scene.record.rate_for(new.record)
            assert new.hypers == {**old.hypers, **by_hand, "lr": rate}


def test_what_was_tuned_for_one_function_does_not_go_to_the_next(visit):
    at = visit(replace(SCENE, surface=Formula("x^2 + 3*y^2"), start=(3.0, 2.0)).to_string())
    at.session_state["tuning.open"] = True
    at.run()
    at.button(key="best.each").click().run()
    assert scene_of(at).runners[1].hypers["beta1"] != SCENE.runners[1].hypers["beta1"]
    at.text_input(key="formula.text").set_value("x^2 + 40*y^4").run()
    assert [runner.hypers for runner in scene_of(at).runners] == [runner.hypers for runner in SCENE.runners]


def test_what_was_found_belongs_to_its_scene(visit):
    at = visit(SCENE.to_string())
    at.session_state["tuning.open"] = True
    at.run()
    at.button(key="best.each").click().run()
    assert at.dataframe
    shared = replace(scene_of(at), shared=Plan("cosine"))
    for other in (shared, replace(scene_of(at), noise=0.1)):
        at.session_state["race.scene"] = other
        assert not at.run().dataframe
        at.session_state["race.scene"] = replace(other, shared=None, noise=0.0)
        assert at.run().dataframe
    at.selectbox(key="surface").select("beale").run()
    assert not at.dataframe


def test_the_file_holds_what_repeats_the_search():
    tuned = tune(SCENE, SCENE.runners[0])
    record = json.loads(json.dumps(best._record(SCENE, "SGD", tuned)))
    scene, faults = Scene.from_query(record["scene"])
    assert not faults
    runner = Runner(record["optimizer"], record["hypers"], dialect=record["dialect"])
    assert scene.run(runner).when == SCENE.run(tuned.runner).when
    assert record["gradients"] <= 400_000


def test_no_runner_nothing_to_tune(visit):
    at = visit("r=none")
    at.session_state["tuning.open"] = True
    at.run()
    assert not at.exception
    assert at.button(key="best.each").disabled


def test_the_schedules_page_has_a_ruler_too(visit):
    at = visit(page="schedules")
    assert not at.exception
    (ruler,) = [block.proto.body for block in at.main.get("html") if "dl-ruler" in block.proto.body]
    assert TABLES["en"]["ruler_best"].partition("{")[0] in ruler
    assert TABLES["en"]["ruler_plain"] in ruler, "each schedule has its own, and its own momentum perhaps"
