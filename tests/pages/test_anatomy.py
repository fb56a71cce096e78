"""The anatomy page: it shows the step that the race shows, every number of it, and a link brings it back."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from streamlit.runtime.state.query_params_proxy import QueryParamsProxy
from tab import Tab

from core import OPTIMIZERS, Plan, Runner, Scene, View
from core.anatomy import dissect
from core.presets import PRESETS
from core.text import TABLES
from core.textbook import TEXTBOOK
from pages.anatomy import view
from pages.shared import session
from pages.shared.verdicts import number

BACK, FORWARD = (f"anatomy.:material/chevron_{way}:" for way in ("left", "right"))
HANGUL = re.compile(r"[가-힣]")
RACE = Scene(
    surface="himmelblau",
    start=(1.5, -2.0),
    steps=40,
    runners=(
        Runner("sgd", {"lr": 0.01}, colour=0),
        Runner("adam", {"lr": 0.2, "weight_decay": 0.01}, Plan("cosine"), colour=1, dialect="keras"),
        Runner("nesterov", {"lr": 0.005}, colour=2),
    ),
    view=View(step=7),
)


@pytest.fixture
def anatomy(visit):
    """anatomy(query="", lang=None): the page as a link opens it."""
    return lambda query="", lang=None: visit(query, lang, "anatomy")


def link(scene, who=1):
    return f"{scene.to_string()}&who={who}"


def drawn(at):
    """What the pictures hold."""
    assert not at.exception
    sent = [json.loads(component.proto.json) for component in at.get("bidi_component")]
    return [html for data in sent if isinstance(data, list) for html in data]


def words(at):
    return [element.value for element in (*at.markdown, *at.caption)]


def scene_on(at):
    """The scene that the page takes apart: a worked example's, or that of the visitor's race."""
    return at.session_state["anatomy.state"].example or at.session_state[session.SCENE]


def shown(at):
    scene = scene_on(at)
    return scene.runners[at.selectbox(key="anatomy.who").value], scene.shown_step


def test_a_link_restores_runner_and_step(anatomy):
    at = anatomy(link(RACE, 2))
    assert at.session_state[session.SCENE] == RACE
    assert shown(at) == (RACE.runners[1], 7)
    assert at.slider(key="anatomy.at").value == 7
    assert at.query_params["who"] == "2"
    query = {name: values for name, values in at.query_params.items() if name not in ("lang", "who")}
    assert Scene.from_query(query) == (RACE, [])


@pytest.mark.parametrize("who", ["0", "4", "x", "-1", "1e9"])
def test_an_unknown_runner_is_the_first(anatomy, who):
    at = anatomy(link(RACE, who))
    assert shown(at) == (RACE.runners[0], 7)


def test_faults_of_a_link_are_named(anatomy):
    at = anatomy("surface=nowhere&r=sgd")
    assert "nowhere" in at.warning[0].value
    assert r"'\~x\~'" in anatomy("steps=~x~&r=sgd").warning[0].value, "shown, not struck out"


def test_every_line_stands_on_the_page_with_its_value(anatomy):
    at = anatomy(link(RACE, 2))
    runner = RACE.runners[1]
    step = dissect(RACE, runner, RACE.run(runner, "state"), 7)
    text = "\n".join(words(at))
    for line in step.lines:
        assert line.symbols in text
        assert all(numbers in text for numbers in line.numbers)
    for value in step.after:
        assert f"\\mathbf{{{value:.6g}}}" in text
    assert TABLES["en"]["as_written"].format(source="Keras") in text
    assert number(step.rate) in text


def test_buttons_slider_and_runner_move_and_are_remembered(anatomy):
    at = anatomy(link(RACE))
    at.button(key=FORWARD).click().run()
    assert shown(at) == (RACE.runners[0], 8)
    at.button(key=BACK).click().run()
    at.button(key=BACK).click().run()
    assert shown(at)[1] == 6
    at.slider(key="anatomy.at").set_value(40).run()
    assert at.button(key=FORWARD).disabled
    assert not at.button(key=BACK).disabled
    at.selectbox(key="anatomy.who").set_value(2).run()
    assert shown(at) == (RACE.runners[2], 40)
    assert (at.query_params["who"], at.query_params["step"]) == ("3", "40")
    assert TABLES["en"]["mark_ball"] in drawn(at)[0]


def arrow_keys(at, wanted):
    """The browser reports where the arrow keys have led."""
    from streamlit.components.v2.bidi_component.main import _make_trigger_id

    (component,) = (each for each in at.get("bidi_component") if isinstance(json.loads(each.proto.json), dict))
    states = at._tree.get_widget_states()
    message = states.widgets.add()
    message.id = _make_trigger_id(component.proto.id, "events")
    message.json_trigger_value = json.dumps([{"event": "at", "value": wanted}])
    return at._run(states)


def test_arrow_keys_lead_where_the_browser_says_and_nowhere_else(anatomy):
    at = anatomy(link(RACE))
    assert shown(arrow_keys(at, 17))[1] == 17
    for wanted, taken in ((99, 40), (-3, 1), (10**30, 40)):
        assert shown(arrow_keys(at, wanted))[1] == taken
    for wanted in ("5", None, True, 2.5, {"at": 3}):
        assert shown(arrow_keys(at, wanted))[1] == 40


def test_what_the_browser_has_yet_to_take_in_is_told_over(anatomy, monkeypatch):
    """Of fast presses over a slow link one comes with the step and the address of two before."""
    at, written = anatomy(link(RACE)), []
    first = dict(at.query_params)
    monkeypatch.setattr(QueryParamsProxy, "from_dict", lambda _, query: written.append(query["step"]))
    arrow_keys(at, 8)
    at.slider(key="anatomy.at").set_value(7)
    at.query_params = first
    arrow_keys(at, 7)
    assert shown(at)[1] == 7
    assert written == [["8"], ["7"]]
    assert (at.slider(key="anatomy.at").proto.set_value, at.slider(key="anatomy.at").value) == (True, 7)


def test_it_begins_with_the_races_step_and_hands_its_own_back(visit):
    at = visit(RACE.to_string())
    at.query_params = {}  # as the browser does on the way to another page
    at.switch_page("pages/anatomy/page.py").run()
    assert shown(at) == (RACE.runners[0], 7)
    at.button(key=FORWARD).click().run()
    at.query_params = {}
    at.switch_page("pages/race/page.py").run()
    assert at.session_state[session.SCENE] == replace(RACE, view=View(step=8))


@pytest.mark.parametrize("lang", TABLES)
@pytest.mark.parametrize("key", TEXTBOOK)
def test_examples_open_with_their_sentence(anatomy, key, lang):
    at = anatomy("", lang)
    at.button_group(key="anatomy.example").set_value(key).run()
    preset = TEXTBOOK[key]
    assert scene_on(at) == preset.scene
    assert shown(at) == (preset.scene.runners[0], preset.scene.view.step)
    assert at.button_group(key="anatomy.example").value == key
    assert TABLES[lang]["observe"].format(sentence=preset.observe[lang]) in [c.value for c in at.caption]
    pictures = drawn(at)
    assert len(pictures) == 2
    assert "<svg" in pictures[0]
    for picture in pictures:
        assert bool(HANGUL.search(picture)) == (lang == "ko")
    assert bool(HANGUL.search(" ".join(words(at)[1:]))) == (lang == "ko")


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_every_optimizer_can_be_taken_apart(anatomy, key):
    scene = Scene(surface="rosenbrock", start=(-0.5, 1.0), steps=12, runners=(Runner(key),), view=View(step=3))
    at = anatomy(link(scene))
    assert not at.exception
    told = re.sub('base64,[^"]*', "", " ".join(drawn(at)))  # the letters of an image may spell anything
    assert not re.search(r"\bnan\b", told)
    for state in OPTIMIZERS[key].state:
        assert state.split("_")[0][:1] in drawn(at)[-1]
    searched = {"look"} & {*OPTIMIZERS[key].update.__code__.co_names} and OPTIMIZERS[key].defaults.get("shrink") != 0.0
    assert len(drawn(at)) == (3 if searched else 2), "who looks along a line shows it"


def test_a_link_to_an_example_says_its_sentence_and_another_scene_none(anatomy):
    for key, preset in TEXTBOOK.items():
        at = anatomy(link(preset.scene))
        assert at.button_group(key="anatomy.example").value == key
        assert any(preset.observe.en in caption.value for caption in at.caption)
    at = anatomy(link(RACE))
    assert at.button_group(key="anatomy.example").value is None
    assert not any(caption.value.startswith("Observe") for caption in at.caption)


@pytest.mark.parametrize("key", TEXTBOOK)
def test_no_picture_of_an_example_reaches_outside(anatomy, key):
    """A dashed line of millions of pixels would keep the browser busy for minutes."""
    at = anatomy()
    at.button_group(key="anatomy.example").set_value(key).run()
    picture, panels = drawn(at)
    for html, most in ((picture, 600), (panels, 360)):
        numbers = [
            float(v) for d in re.findall(r' (?:d|points|cx|cy)="([^"]*)"', html) for v in re.findall(r"-?[\d.]+", d)
        ]
        assert len(numbers) > 20
        assert min(numbers) > -30
        assert max(numbers) < most


def computed(at):
    """The optimizer whose formula stands on the page, and the name in the box, as a browser shows it."""
    scene = scene_on(at)
    written = [m.value for m in at.markdown]
    return [name for name, r in zip(scene.labels("en"), scene.runners, strict=True) if view.written(r) in written]


def test_the_box_shows_whose_numbers_these_are_after_every_click_back_and_link(anatomy, go_back):
    """A browser holds names: an example has other runners, and so other names, under the same numbers."""
    tab = Tab(anatomy())
    addresses = [dict(tab.at.query_params)]

    def agrees(what):
        look = tab.at.session_state["anatomy.state"]
        name = scene_on(tab.at).labels("en")[look.who]
        assert tab.held["anatomy.who"] == name, what
        assert name in computed(tab.at), what
        before = look
        tab.send({})
        assert tab.at.session_state["anatomy.state"] == before, what

    titles = {key: preset.title.en for key, preset in TEXTBOOK.items()}
    for key, preset in TEXTBOOK.items():
        tab.send({"anatomy.example": [titles[key]]})
        agrees(key)
        for name in preset.scene.labels("en"):
            tab.send({"anatomy.who": name})
            assert tab.held["anatomy.who"] == name
            agrees(f"{key}, {name}")
            addresses.append(dict(tab.at.query_params))
        if preset.scene.runners[0].optimizer in ("momentum", "adam"):
            tab.send({"anatomy.example": []})
            agrees(f"the race after {key}")
    for address in (*reversed(addresses), *addresses):
        go_back(tab.at, address)
        tab.take()
        agrees(address)
    for address in addresses[1:]:
        other = Tab(anatomy(urlencode(address, doseq=True)))
        assert other.held["anatomy.who"] == scene_on(other.at).labels("en")[int(address["who"][-1]) - 1]


def test_a_worked_example_leaves_the_race_alone(visit, go_back):
    at = visit(RACE.to_string())
    at.query_params = {}
    at.switch_page("pages/anatomy/page.py").run()
    race = dict(at.query_params)
    keys = list(TEXTBOOK)
    at.button_group(key="anatomy.example").set_value(keys[0]).run()
    assert scene_on(at) == TEXTBOOK[keys[0]].scene
    assert at.session_state[session.SCENE] == RACE
    at.button(key=FORWARD).click().run()
    example = dict(at.query_params)
    assert scene_on(at).shown_step == TEXTBOOK[keys[0]].scene.shown_step + 1
    assert at.session_state[session.SCENE] == RACE, "its steps are its own as well"
    at.button(key="anatomy.leave").click().run()
    assert shown(at) == (RACE.runners[0], 7)
    assert "anatomy.leave" not in [button.key for button in at.button]
    at.button_group(key="anatomy.example").set_value(keys[1]).run()
    at.button_group(key="anatomy.example").set_value(None).run()
    assert shown(at) == (RACE.runners[0], 7), "the chip pressed again"
    go_back(at, example)
    assert scene_on(at).shown_step == TEXTBOOK[keys[0]].scene.shown_step + 1
    assert at.session_state[session.SCENE] == RACE
    go_back(at, race)
    assert shown(at) == (RACE.runners[0], 7)
    go_back(at, example)
    at.query_params = {}
    at.switch_page("pages/race/page.py").run()
    assert at.session_state[session.SCENE] == RACE


def test_a_link_to_an_example_brings_no_other_race(visit):
    preset = next(iter(TEXTBOOK.values()))
    at = visit(link(preset.scene), page="anatomy")
    assert scene_on(at) == preset.scene
    at.query_params = {}
    at.switch_page("pages/race/page.py").run()
    assert at.session_state[session.SCENE] == next(iter(PRESETS.values())).scene


def test_odd_runs_are_told_in_words(anatomy):
    gone = replace(RACE, surface="rosenbrock", runners=(Runner("sgd", {"lr": 9.0}),), view=View())
    at = anatomy(link(gone))
    assert not at.exception
    last = int(at.slider(key="anatomy.at").max)
    assert last < 40
    assert TABLES["en"]["ends_early"].format(step=last) in [caption.value for caption in at.caption]
    cliff = Scene(surface="exp(exp(3*x)) + y", start=(3.0, 0.0), steps=9, runners=(Runner("sgd"), Runner("adam")))
    for who in (1, 2):
        at = anatomy(link(cliff, who))
        assert not at.exception
        assert TABLES["en"]["no_update"] in [info.value for info in at.info]
        assert at.button(key=BACK).disabled
        assert at.button(key=FORWARD).disabled
    one = replace(RACE, steps=1, view=View())
    at = anatomy(link(one))
    assert not at.exception
    assert not [slider for slider in at.slider if slider.key == "anatomy.at"]
    rests = Scene(surface="bowl", start=(0.3, 0.1), steps=200, tolerance=0.1, runners=(Runner("sgd", {"lr": 0.3}),))
    rests = replace(rests, view=View(step=200))
    assert TABLES["en"]["put_back"] in [info.value for info in anatomy(link(rests)).info]
    assert TABLES["en"]["nobody"] in [info.value for info in anatomy(link(replace(RACE, runners=()))).info]


def test_without_a_step_it_opens_where_there_is_something_to_see(anatomy):
    """Long after the arrival every number is a zero; far off the map none can be read."""
    arrives = Scene(
        surface="bowl", steps=2000, runners=(Runner("sgd", {"lr": 0.3}), Runner("sgd", {"lr": 1.3}, colour=1))
    )
    at = anatomy(link(arrives))
    run = arrives.run(arrives.runners[0])
    assert at.slider(key="anatomy.at").value <= run.when < 1000
    assert "step" not in at.query_params, "who goes on to the race is not led elsewhere"
    at.selectbox(key="anatomy.who").set_value(1).run()
    assert 1 <= at.slider(key="anatomy.at").value <= arrives.run(arrives.runners[1]).when < 1000
    assert anatomy(link(replace(arrives, view=View(step=1500)))).slider(key="anatomy.at").value == 1500


@pytest.mark.parametrize("lang", TABLES)
def test_what_a_letter_does_not_say_is_said(anatomy, lang):
    runners = (Runner("schedule_free_sgd"), Runner("line_search", colour=1))
    scene = Scene(surface="beale", steps=12, runners=runners, view=View(step=3))
    free, search = (OPTIMIZERS[runner.optimizer].meanings for runner in runners)
    panels = drawn(anatomy(link(scene), lang))[-1]
    assert all(free[name][lang] in panels for name in OPTIMIZERS["schedule_free_sgd"].state)
    said = " ".join(words(anatomy(link(scene, 2), lang)))
    for name in ("low", "high", "s"):
        letter = name if len(name) == 1 else rf"\mathrm{{{name}}}"
        assert f"${letter}$: {search[name][lang]}" in said


def test_a_step_forward_is_quick(anatomy):
    at = anatomy(link(replace(RACE, steps=2000), 2))
    took = []
    for _ in range(8):
        begin = time.process_time()
        at.button(key=FORWARD).click().run()
        took.append(time.process_time() - begin)
    assert sorted(took)[2] < 0.3  # of processor time, the whole page and the test's own work included
