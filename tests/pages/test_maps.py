"""The maps page: what it draws is what the engine found, and choices, link and session agree."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlencode

import numpy as np
import pytest
from wire import unpack

from core import OPTIMIZERS, SURFACES, Plan, Runner, Scene, View
from core.maps import basin_map, hyper_map, settled
from core.presets import PRESETS
from core.scene import MAX_RUNNERS
from core.text import TABLES
from core.tuning import ruler
from pages.maps import act as acts
from pages.maps import sheet
from pages.maps.atlas import NAMES, Atlas, Side, plates, read, write
from pages.maps.picture import WORDS
from pages.maps.sheet import FATES, LEVELS, NOWHERE, ROBUST, SIZES
from pages.shared import controls, session
from pages.shared.canvas import pack
from pages.shared.verdicts import number

FIRST = next(iter(PRESETS.values())).scene
HANGUL = re.compile(r"[가-힣]")
SCENE = Scene("himmelblau", steps=60, runners=(Runner("adam", {"lr": 0.1}), Runner("momentum", {"lr": 0.01}, colour=1)))
WHOLE = Atlas(
    of=1,
    beside=0,
    across=Side("lr", (0.002, 0.5)),
    up=Side("momentum", (0.1, 0.95)),
    colour="when",
    length=40,
    cell=(0.0123456789, 0.5),
    probe=(1.5, -2.25),
)


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """Maps of few cells: what is tested is not how many there are."""
    monkeypatch.setattr(sheet, "SIZES", SIZES)
    for kind, sizes in {"settings": (8, 16), "starts": (8, 16)}.items():
        monkeypatch.setitem(SIZES, kind, sizes)


@pytest.fixture
def open_page(visit):
    """open_page(scene=None, atlas=None, lang=None): the maps page, opened with a link to both."""

    def open_page(scene=None, atlas=None, lang=None):
        query = {**(scene.to_query() if scene else {}), **(write(atlas) if atlas else {})}
        return visit(urlencode(query, doseq=True), lang, "maps")

    return open_page


def sent(at):
    """The header and arrays that the browser gets, as its wire.js reads them."""
    assert not at.exception
    (component,) = at.get("bidi_component")
    return unpack(component.proto.bytes)


def whole(at, act):
    """The same with every array, also those that the browser holds already."""
    header, _ = sent(at)
    names = [name for plate in header["plates"] for name in (*plate["planes"].values(), plate["run"]["path"])]
    return sent(act(at, {"need": names, "id": 99}))


def shown(at):
    """The choices as the session has them, which are those of the address, without a fault."""
    assert not at.exception
    atlas, scene = at.session_state[acts.ATLAS], at.session_state[session.SCENE]
    query = {name: at.query_params[name] for name in NAMES if name in at.query_params}
    assert read(query, scene) == (atlas, [])
    return atlas


def warnings(at):
    return [sentence for warning in at.warning for sentence in warning.value.split("  \n")]


# --- the codec -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("atlas", [Atlas(), WHOLE, Atlas("starts", of="sgd", beside="beale"), Atlas(up=Side("noise"))])
def test_a_link_brings_every_choice_back(open_page, atlas):
    assert read({name: [value] for name, value in write(atlas).items()}, SCENE) == (atlas, [])
    at = open_page(SCENE, atlas)
    assert not at.warning
    assert shown(at) == atlas
    assert at.session_state[session.SCENE] == SCENE


ANYBODY = replace(WHOLE, up=Side("noise", (0.1, 0.95)))  # axes that every optimizer has
HOSTILE = [
    ({"map": "<script>"}, {"kind": "settings"}),
    ({"of": "99"}, {"of": None}),
    ({"of": "-1"}, {"of": None}),
    ({"beside": "nobody"}, {"beside": None}),
    ({"across": "lr~5~1"}, {"across": Side("lr")}),
    ({"across": "lr~nan~inf"}, {"across": Side("lr")}),
    ({"across": "lr~0.01"}, {"across": Side("lr")}),
    ({"across": "wings~1~2"}, {"across": None}),
    ({"up": "steps~1.5~20"}, {"up": Side("steps")}),
    ({"up": "beta1~0~0.5"}, {"up": None}),
    ({"colour": "red"}, {"colour": "loss"}),
    ({"length": "inf"}, {"length": None}),
    ({"length": "-5"}, {"length": None}),
    ({"length": "9" * 5000}, {"length": None}),
    ({"cell": "nan~1"}, {"cell": None}),
    ({"cell": "1"}, {"cell": None}),
    ({"probe": "1e999~0"}, {"probe": None}),
]


@pytest.mark.parametrize(
    ("wrong", "instead"), HOSTILE, ids=lambda d: "&".join(f"{k}={str(v)[:20]}" for k, v in d.items())
)
@pytest.mark.parametrize("lang", TABLES)
def test_a_hostile_link_is_mended_with_one_sentence(open_page, visit, lang, wrong, instead):
    query = {**SCENE.to_query(), **write(ANYBODY), **wrong}
    at = visit(urlencode(query, doseq=True), lang, "maps")
    (fault,) = at.session_state[acts.FAULTS]
    assert len(warnings(at)) == 1
    assert shown(at) == replace(ANYBODY, **instead)
    assert not re.search(r"<|\]\(|://", fault[lang])
    at.select_slider(key="maps.length").set_value(100.0).run()
    assert not at.warning, "once something is changed the link is history"
    assert shown(at) == replace(ANYBODY, **{**instead, "length": 100})


def test_no_name_means_two_things():
    """A runner, an optimizer and a surface are told apart by their keys alone."""
    assert not set(OPTIMIZERS) & set(SURFACES)


# --- what is drawn -------------------------------------------------------------------------------------------------


def test_a_map_of_settings_is_what_the_engine_found(open_page, act):
    atlas = replace(WHOLE, beside=None)
    header, arrays = whole(open_page(SCENE, atlas), act)
    (plate,) = header["plates"]
    assert plate["size"] == SIZES["settings"][1], "fine in the end"
    (drawn,) = plates(SCENE, atlas)
    found = hyper_map(drawn.scene, drawn.runner, *drawn.axes, plate["size"])
    fate = arrays[plate["planes"]["fate"]].reshape(found.loss.shape)
    names = np.array(FATES)[fate & (ROBUST - 1)]
    np.testing.assert_array_equal(names == "overflow", found.overflow)
    np.testing.assert_array_equal(names[~found.overflow], found.outcome[~found.overflow])
    np.testing.assert_array_equal(fate >= ROBUST, found.robust)
    np.testing.assert_array_equal(arrays[plate["planes"]["when"]].reshape(found.when.shape), found.when + 1)
    level = arrays[plate["planes"]["loss"]].reshape(found.loss.shape).astype(float)
    some = np.isfinite(found.loss) & (found.loss > 0)
    np.testing.assert_array_equal(level > 0, some)
    step = (plate["high"] - plate["low"]) / (LEVELS - 1)
    back = plate["low"] + (level[some] - 1) * step
    np.testing.assert_allclose(back, np.log10(found.loss[some]), atol=0.51 * step)
    assert plate["best"]["loss"] == found.loss[found.best]
    assert [plate[axis]["name"] for axis in "xy"] == ["lr", "momentum"]
    assert (plate["edge"] is not None, plate["optimum"]) == (True, None)


def test_the_run_beside_a_map_is_that_of_the_cell(open_page, act):
    header, arrays = whole(open_page(SCENE, WHOLE), act)
    for plate, drawn in zip(header["plates"], plates(SCENE, WHOLE), strict=True):
        scene, runner = settled(
            drawn.scene, drawn.runner, {drawn.axes[0][0]: WHOLE.cell[0], drawn.axes[1][0]: WHOLE.cell[1]}
        )
        run = scene.run(runner)
        path = arrays[plate["run"]["path"]].reshape(3, -1)
        assert scene.length == WHOLE.length
        np.testing.assert_array_equal(path[:2], run.x.T.astype(np.float32))
        assert plate["at"] == list(WHOLE.cell)
    assert [plate["y"]["name"] for plate in header["plates"]] == ["momentum", "beta1"], "each with its own memory"
    assert [plate["label"] for plate in header["plates"]] == ["Momentum", "Adam"]


def test_a_map_of_starts_is_what_the_engine_found(open_page, act):
    atlas = Atlas("starts", of=0, beside=1, probe=(1.0, 2.0))
    header, arrays = whole(open_page(SCENE, atlas), act)
    scene = replace(SCENE, steps=200)  # long enough that most starts get somewhere
    for plate, runner in zip(header["plates"], SCENE.runners, strict=True):
        found = basin_map(scene, runner, plate["size"])
        goal = arrays[plate["planes"]["goal"]].reshape(found.minimum.shape)
        np.testing.assert_array_equal(np.where(goal < NOWHERE, goal.astype(int), -1), found.minimum)
        np.testing.assert_array_equal(np.array(FATES)[goal[goal >= NOWHERE] - NOWHERE], found.outcome[goal >= NOWHERE])
        assert sum(row["share"] for row in plate["shares"]) == pytest.approx(1)
        run = replace(scene, start=atlas.probe).run(runner)
        np.testing.assert_array_equal(arrays[plate["run"]["path"]].reshape(3, -1)[:2], run.x.T.astype(np.float32))


def sliders(at):
    """Values of the sliders of what the maps are of, by key."""
    keys = [slider.key for slider in at.select_slider if slider.key and slider.key.count(".") > 1]
    return {key: at.select_slider(key=key).value for key in keys if not key.endswith(".range")}


@pytest.mark.parametrize("lang", TABLES)
def test_a_map_of_starts_has_the_sliders_of_its_runners_and_their_rulers(open_page, act, lang):
    at = open_page(SCENE, Atlas("starts", of=0, beside=1), lang)
    ids = at.session_state[session.IDS]
    assert sliders(at) == {
        f"maps.{ids[0]}.lr": 0.1,
        f"maps.{ids[0]}.beta1": 0.9,
        f"maps.{ids[1]}.lr": 0.01,
        f"maps.{ids[1]}.momentum": 0.9,
    }
    place = replace(SCENE, steps=Atlas("starts").steps(SCENE))
    rulers = [html.value for html in at.html if 'class="dl-ruler"' in html.value]
    for runner, html in zip(SCENE.runners, rulers, strict=True):
        assert number(ruler(place, runner).best) in html
    before, _ = sent(at)
    at.select_slider(key=f"maps.{ids[1]}.lr").set_value(0.001).run()
    scene = replace(SCENE, runners=(SCENE.runners[0], SCENE.runners[1].with_hyper("lr", 0.001)))
    assert at.session_state[session.SCENE] == scene, "it is the runner of the race"
    header, arrays = whole(at, act)
    found = basin_map(replace(place, runners=(), start=None), scene.runners[1].bare, 16)
    goals = arrays[header["plates"][1]["planes"]["goal"]].reshape(16, 16)
    np.testing.assert_array_equal(goals < NOWHERE, found.minimum >= 0)
    assert header["plates"][0]["planes"] == before["plates"][0]["planes"], "the other map is the same"


def test_an_optimizer_as_it_comes_is_changed_in_the_race(open_page):
    at = open_page(SCENE, Atlas("starts", of="momentum"))
    rate = SCENE.record.rate_for(OPTIMIZERS["momentum"])
    assert sliders(at) == {"maps.momentum.lr": rate, "maps.momentum.momentum": 0.9}
    assert at.select_slider(key="maps.momentum.lr").disabled
    at.button(key="maps.adopt.0").click().run()
    added = at.session_state[session.SCENE].runners[2]
    assert (added.optimizer, added.hypers["lr"], shown(at).of) == ("momentum", rate, 2)
    key = f"maps.{at.session_state[session.IDS][2]}.momentum"
    at.select_slider(key=key).set_value(0.5).run()
    assert at.session_state[session.SCENE].runners[2].hypers["momentum"] == 0.5
    full = replace(SCENE, runners=tuple(Runner("sgd", {"lr": 0.01}, colour=i) for i in range(MAX_RUNNERS)))
    assert open_page(full, Atlas("starts", of="adam")).button(key="maps.adopt.0").disabled


def test_what_an_axis_varies_has_no_slider(open_page):
    at = open_page(SCENE, Atlas(of=0, across=Side("lr"), up=Side("noise")))
    assert list(sliders(at)) == [f"maps.{at.session_state[session.IDS][0]}.beta1"]
    assert not sliders(open_page(SCENE, Atlas(of=0, across=Side("lr"), up=Side("beta1"))))


def test_starts_run_at_least_as_long_as_the_race():
    assert Atlas().steps(SCENE) == SCENE.length
    assert Atlas("starts").steps(SCENE) > SCENE.length
    assert Atlas("starts").steps(replace(SCENE, steps=3000)) == 3000
    assert Atlas("starts", length=7).steps(SCENE) == 7


def test_a_map_of_starts_shows_what_the_race_shows(open_page, act):
    zoomed = replace(SCENE, view=View(window=(-1.0, 3.0, 0.0, 2.0)))
    header, arrays = whole(open_page(zoomed, Atlas("starts", of=0)), act)
    (plate,) = header["plates"]
    assert [(plate[axis]["low"], plate[axis]["high"]) for axis in "xy"] == [(-1.0, 3.0), (0.0, 2.0)]
    scene = replace(SCENE, steps=Atlas("starts").steps(SCENE))
    found = basin_map(scene, SCENE.runners[0], plate["size"], (-1.0, 3.0, 0.0, 2.0))
    goal = arrays[plate["planes"]["goal"]].reshape(found.minimum.shape).astype(int)
    np.testing.assert_array_equal(np.where(goal < NOWHERE, goal, -1), found.minimum)


def test_the_known_optimum_and_the_edge_stand_on_a_quadratic(open_page):
    scene = Scene("x^2/2 + 50*y^2", start=(-4.0, 1.0), runners=(Runner("momentum"), Runner("adam")))
    (plate,) = sent(open_page(scene))[0]["plates"]
    assert plate["optimum"] == {"x": pytest.approx(0.0330579, abs=5e-8), "y": pytest.approx(0.669421, abs=5e-7)}
    assert "100" in plate["edge_told"]
    (plate,) = sent(open_page(scene, Atlas(of=1)))[0]["plates"]
    assert (plate["edge"], plate["optimum"]) == (None, None), "theory has none for a method that divides its gradients"


def test_an_edge_that_does_not_cross_the_map_is_not_spoken_of(open_page):
    """Neither axis is the rate: the whole map lies on one side of it."""
    scene = Scene("bowl", runners=(Runner("momentum", {"lr": 0.01}),))
    (plate,) = sent(open_page(scene, Atlas(across=Side("x"), up=Side("y"))))[0]["plates"]
    assert (plate["edge"], plate["edge_told"]) == (None, None)


def test_what_stands_around_a_runner_is_said(open_page):
    around = {"clip_norm": {"norm": 2.0}, "lookahead": {}}
    scene = Scene("bowl", runners=(Runner("momentum", modifiers=around), Runner("adam", colour=1)))
    at = open_page(scene, Atlas(of=0, beside=1))
    one, other = sent(at)[0]["plates"]
    told = "Around its update: Clip by norm c 2 · Lookahead"
    assert told in one["run"]["verdict"]
    assert "Around" not in other["run"]["verdict"]
    assert any(caption.value.startswith("Clip by norm c 2 · Lookahead") for caption in at.caption)
    assert one["label"] == "Momentum", "names stay short"


def test_arrays_are_sent_once_and_small(open_page, act):
    at = open_page(SCENE, WHOLE)
    assert sent(at)[1]
    assert sent(at.run())[1] == {}
    colour, none = sent(at.button_group(key="maps.colour").set_value("outcome").run())
    assert (colour["colour"], none) == ("outcome", {})
    cell, new = sent(act(at, {"cell": [0.01, 0.2], "id": 1}))
    assert set(new) == {plate["run"]["path"] for plate in cell["plates"]}
    lost = cell["plates"][0]["planes"]["fate"]
    assert set(sent(act(at, {"need": [lost], "id": 2}))[1]) == {lost}


def test_whole_numbers_travel_deflated():
    message = pack({}, {"a": np.arange(5, dtype=np.uint16), "b": np.float32([1, 2]), "c": np.zeros(9999, np.uint8)})
    header, arrays = unpack(message)
    assert [kind for *_, kind in (header["arrays"][name] for name in "ac")] == ["uint16", "uint8"]
    assert header["arrays"]["c"][1] < 100
    np.testing.assert_array_equal(arrays["b"], [1, 2])
    np.testing.assert_array_equal(arrays["a"], np.arange(5, dtype=np.uint16))


# --- what the visitor does -----------------------------------------------------------------------------------------


def test_the_first_visit_maps_rate_and_memory_of_a_runner_of_the_race(open_page):
    at = open_page()
    assert shown(at) == Atlas()
    (plate,) = sent(at)[0]["plates"]
    momentum = next(runner for runner in FIRST.runners if "momentum" in runner.hypers)
    assert plate["label"] == momentum.record.name
    assert [plate[axis]["name"] for axis in "xy"] == ["lr", "momentum"]
    assert plate["edge"] is not None


def test_an_axis_that_waits_for_another_setting_is_not_offered(open_page):
    """Unless a link asked for it."""
    runner = Runner("sgd", {"lr": 0.1}, Plan("piecewise", {"gamma_3": 0.5}))
    for asked in (None, Side("s.twentieth")):
        at = open_page(Scene(runners=(runner,)), Atlas(across=asked))
        offered = set(at.selectbox(key="maps.across").options)
        drops = {controls.label(h) for h in runner.plan.record.hypers if h.nth}
        made = {controls.label(h) for h in runner.plan.record.hypers if h.name in ("third", "gamma_3", "gamma_4")}
        last = {controls.label(h) for h in runner.plan.record.hypers if asked and h.name == "twentieth"}
        assert offered & drops == made | last


def test_axes_are_chosen_swapped_and_stretched(open_page):
    at = open_page(SCENE, Atlas(of=1))
    at.selectbox(key="maps.across").set_value("x").run()
    assert (shown(at).across, shown(at).up) == (Side("x"), Side("momentum")), "the other axis stays"
    at.selectbox(key="maps.across").set_value("momentum").run()
    assert [side.name for side in (shown(at).across, shown(at).up)] == ["momentum", "x"]
    at.select_slider(key="maps.up.range").set_range(-2.0, 1.0).run()
    assert shown(at).up == Side("x", (-2.0, 1.0))
    (plate,) = sent(at)[0]["plates"]
    assert (plate["y"]["low"], plate["y"]["high"]) == (-2.0, 1.0)
    at.selectbox(key="maps.of").set_value("sgd").run()
    (plate,) = sent(at)[0]["plates"]
    assert "momentum" not in (plate["x"]["name"], plate["y"]["name"]), "it has none"
    assert plate["y"]["name"] == "x"


def test_what_was_chosen_for_one_surface_does_not_go_to_another(open_page, go_back):
    at = open_page(SCENE, WHOLE)
    before = dict(at.query_params)
    assert at.session_state[acts.ATLAS] == WHOLE
    at.selectbox(key="surface").set_value("bowl").run()
    kept = replace(WHOLE, across=Side("lr"), up=Side("momentum"), length=None, cell=None, probe=None)
    assert at.session_state[acts.ATLAS] == kept
    assert at.select_slider(key="maps.length").value == SURFACES["bowl"].steps
    go_back(at, before)
    assert at.session_state[acts.ATLAS] == WHOLE
    assert at.session_state[session.SCENE] == SCENE


def test_every_optimizer_and_surface_can_be_compared(open_page):
    at = open_page(SCENE, Atlas(of=0))
    for key in OPTIMIZERS:
        at.selectbox(key="maps.beside").set_value(key).run()
        first, second = sent(at)[0]["plates"]
        assert first["label"] == "Adam"
        assert OPTIMIZERS[key].name in second["label"]
    at.selectbox(key="maps.beside").set_value("saddle").run()
    first, second = sent(at)[0]["plates"]
    assert second["label"] == f"Adam · {SURFACES['saddle'].name.en}"
    assert [first[axis] for axis in "xy"] == [second[axis] for axis in "xy"], "linked axes"
    at.selectbox(key="maps.beside").set_value("").run()
    assert len(sent(at)[0]["plates"]) == 1


def test_a_cell_goes_to_the_race_with_all_that_makes_its_run(open_page, act):
    atlas = replace(WHOLE, beside=None, across=Side("lr"), up=Side("x", (-4.0, 4.0)))
    at = open_page(SCENE, atlas)
    act(at, {"send": 0, "at": [0.02, 1.5], "id": 1})
    scene = at.session_state[session.SCENE]
    assert (scene.start, scene.steps) == ((1.5, SCENE.start[1]), WHOLE.length)
    assert scene.runners[:2] == SCENE.runners
    assert scene.runners[2].hypers["lr"] == 0.02
    assert scene.runners[2].colour == 2
    (stage,) = at.get("bidi_component")
    assert "epoch" in sent(at)[0], "the race stands there"
    assert stage.proto.component_name.endswith("stage")


def test_a_cell_of_another_surface_takes_the_race_there(open_page, act):
    at = open_page(SCENE, Atlas(of=0, beside="beale"))
    act(at, {"send": 1, "at": [0.02, 0.5], "id": 1})
    scene = at.session_state[session.SCENE]
    assert (scene.surface, scene.start) == ("beale", SURFACES["beale"].start)
    assert [runner.optimizer for runner in scene.runners] == ["adam", "momentum", "adam"]
    assert scene.runners[2].hypers["beta1"] == 0.5


def test_a_full_race_takes_no_more(open_page, act):
    full = replace(SCENE, runners=tuple(Runner("sgd", colour=i) for i in range(MAX_RUNNERS)))
    at = open_page(full)
    assert sent(at)[0]["full"] is True
    act(at, {"send": 0, "at": [0.02, 0.5], "id": 1})
    assert at.session_state[session.SCENE] == full


def test_dragging_shows_a_path_and_clicking_moves_the_start(open_page, act):
    at = open_page(SCENE, Atlas("starts", of=0))
    before = dict(at.query_params)
    act(at, {"probe": [1.0, 2.0], "live": True, "id": 1})
    assert sent(at)[0]["plates"][0]["at"] == [1.0, 2.0]
    assert dict(at.query_params) == before, "a drag is written once, when it ends"
    act(at, {"probe": [1.5, 2.0], "live": False, "id": 2})
    assert shown(at).probe == (1.5, 2.0)
    act(at, {"start": [-1.0, 0.5], "live": False, "id": 3})
    assert shown(at).probe is None
    assert at.session_state[session.SCENE] == replace(SCENE, start=(-1.0, 0.5))
    assert sent(at)[0]["plates"][0]["at"] == [-1.0, 0.5]


def test_what_is_dragged_is_refined_when_the_drag_ends(open_page, act):
    coarse, fine = SIZES["starts"]
    at = open_page(replace(SCENE, steps=333), Atlas())
    at.session_state[session.LIVE] = True
    at.button_group(key="maps.kind").set_value("starts").run()
    assert [plate["size"] for plate in sent(at)[0]["plates"]] == [coarse]
    act(at, {"probe": [1.0, 1.0], "live": False, "id": 1})
    assert [plate["size"] for plate in sent(at)[0]["plates"]] == [fine]


def test_a_map_that_was_stopped_stays_coarse_until_it_is_wanted(open_page):
    at = open_page(replace(SCENE, steps=34), Atlas())
    (drawn,) = plates(replace(SCENE, steps=39), Atlas(of=0))
    at.session_state[acts.STOPPED] = [drawn]
    at.select_slider(key="maps.length").set_value(39.0).run()
    assert [plate["size"] for plate in sent(at)[0]["plates"]] == [SIZES["settings"][0]]
    at.button(key="maps.refine").click().run()
    assert [plate["size"] for plate in sent(at)[0]["plates"]] == [SIZES["settings"][1]]


def test_the_back_button_undoes(open_page, act, go_back):
    at = open_page(SCENE, WHOLE)
    before = dict(at.query_params)
    act(at, {"cell": [0.01, 0.2], "id": 1})
    assert shown(at).cell == (0.01, 0.2)
    go_back(at, before)
    assert shown(at) == WHOLE


@pytest.mark.parametrize(
    "nonsense",
    [{"cell": "x"}, {"cell": [1]}, {"cell": [1e400, 0]}, {"probe": {"x": 1}}, {"start": [None, 1]}, {"send": 9}, {"send": 0},
     {"send": "0", "at": [1, 1]}, {"send": True, "at": [1, 1]}, {"live": "x"}, {"need": 5}, "a text", None, [1]],
    ids=str,
)  # fmt: skip
def test_nonsense_from_the_maps_breaks_nothing(open_page, act, nonsense):
    at = open_page(SCENE, WHOLE)
    act(at, nonsense)
    assert shown(at) == WHOLE
    assert at.session_state[session.SCENE] == SCENE


@pytest.mark.parametrize("far", [[1e5, -7.0], [0.0, 1.0]])
def test_a_cell_off_the_map_is_the_nearest_on_it(open_page, act, far):
    at = open_page(SCENE, replace(WHOLE, beside=None))
    act(at, {"cell": far, "id": 1})
    (plate,) = sent(at)[0]["plates"]
    for value, axis in zip(plate["at"], "xy", strict=True):
        assert plate[axis]["low"] <= value <= plate[axis]["high"]
    act(at, {"send": 0, "at": far, "id": 2})
    assert len(at.session_state[session.SCENE].runners) == 3


@pytest.mark.parametrize("lang", TABLES)
@pytest.mark.parametrize(
    "atlas", [Atlas(), WHOLE, Atlas("starts", of=0, beside="rastrigin")], ids=["first", "two", "starts"]
)
def test_every_word_is_of_one_language(open_page, atlas, lang):
    at = open_page(SCENE, atlas, lang)
    header, _ = sent(at)
    assert header["words"] == {key: TABLES[lang][key] for key in WORDS}
    told = [*header["fate_words"], *(plate["run"]["verdict"] for plate in header["plates"])]
    for plate in header["plates"]:
        told += [sentence for sentence in (*plate.get("told", []), plate.get("edge_told")) if sentence]
    told += [widget.label for kind in ("selectbox", "select_slider", "button_group") for widget in at.get(kind)]
    for sentence in told:
        assert "{" not in sentence
        assert bool(HANGUL.search(sentence)) == (lang == "ko"), sentence


def test_a_typed_function_has_maps_too(open_page):
    at = open_page(Scene("x**2/4 + sin(3*x) + y**2", runners=(Runner("adam", {"lr": 0.1}),)), Atlas("starts"))
    (plate,) = sent(at)[0]["plates"]
    assert len([row for row in plate["shares"] if row["goal"] is not None and row["goal"] < NOWHERE]) > 1


def test_an_empty_race_maps_an_optimizer_as_it_comes(open_page):
    at = open_page(Scene("beale"))
    (plate,) = sent(at)[0]["plates"]
    assert plate["label"] == TABLES["en"]["map_default"].format(name=next(iter(OPTIMIZERS.values())).name)
