"""The race page: what a visitor changes changes the scene and nothing else, and scene, link and stage agree."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import get_args
from urllib.parse import urlencode

import numpy as np
import pytest
import streamlit as st
from wire import unpack

from core import OPTIMIZERS, SCHEDULES, SURFACES, ExpressionError, Formula, Plan, Runner, Scene, View
from core.export.table import to_csv
from core.expression.examples import examples
from core.figures.palette import PENS
from core.figures.relief import relief
from core.presets import PRESETS
from core.scene import MAX_NTH, MAX_QUERY, MAX_RUNNERS, TYPED
from core.schedules._warmup import CLIMB
from core.spec import Family, at_work
from core.text import LANGUAGES, TABLES
from core.text.terms import long_name
from core.tuning import ruler, searched
from pages.race import parts
from pages.race.act import on_act
from pages.race.picture import WORDS
from pages.race.stage import content, pack
from pages.shared import cache, canvas, engine, formula, scene_bar, session
from pages.shared.controls import spell, stops
from pages.shared.ruler import PLACE
from pages.shared.verdicts import number
from pages.shared.words import plain

FIRST = next(iter(PRESETS.values())).scene
HANGUL = re.compile(r"[가-힣]")

# One of everything, away from every default.
WHOLE = Scene(
    surface="himmelblau",
    start=(1.5, -2.25),
    steps=137,
    rotation=30.0,
    noise=0.3,
    seed=7,
    tolerance=0.004,
    stretch=1.7,
    runners=(
        Runner("adam", {"lr": 0.0123456789, "beta1": 0.87, "beta2": 0.995, "eps": 1e-7}, colour=4),
        Runner("sgd", {"lr": 0.29999999}, Plan("cosine", {"floor": 0.125, "warmup_steps": 3}), colour=2, shown=False),
        Runner("momentum", {"lr": 0.0017, "momentum": 0.93}, Plan("constant", {"warmup_steps": 9}), colour=9),
    ),
    view=View(step=41, camera=(1.0, -1.25, 0.5, 0.0, 0.125, 0.0), window=(-3.0, 3.0, -2.0, 4.0), loss_axis="linear"),
)


TYPED_SCENE = Scene(
    Formula("x^2/10 + y^2 + sin(3*x)", ((-4.0, 4.0), (-3.0, 3.0))),
    start=(-3.0, 2.0),
    steps=80,
    runners=(Runner("sgd", {"lr": 0.1}), Runner("adam", {"lr": 0.3}, colour=1)),
)


def type_in(at, text):
    """What a visitor types into the box of a function."""
    return at.text_input(key=formula.TEXT).set_value(text).run()


def scene_of(at):
    """The scene as the address bar tells it: complete, without a fault, and the one that the page shows."""
    assert not at.exception
    query = {name: value for name, value in at.query_params.items() if name != "lang"}
    scene, faults = Scene.from_query(query)
    assert faults == []
    assert scene == at.session_state[session.SCENE]
    assert Scene.from_query(urlencode(query, doseq=True)) == (scene, [])
    return scene


def card(at, i):
    """What the keys of a card's widgets begin with."""
    return at.session_state[session.IDS][i]


def pick(at, i, name, value):
    return at.select_slider(key=f"{card(at, i)}.{name}").set_value(value).run()


def panel(at, name):
    """Open what is folded away: "settings" or "presets". It is drawn only while it is open."""
    at.session_state[f"{name}.open"] = True
    return at.run()


def press(at, i, what):
    return at.button(key=f"{card(at, i)}.{what}").click().run()


def warnings(at):
    """The sentences about what was wrong with a link."""
    return [sentence for warning in at.warning for sentence in warning.value.split("  \n")]


def message_of(at):
    assert not at.exception
    (stage,) = at.get("bidi_component")
    return stage.proto.bytes


LASTING = {}  # what the browser keeps: name -> the part of a header that seldom changes


def sent(at):
    header, arrays = unpack(message_of(at))
    return joined(header, arrays), arrays


@pytest.fixture(autouse=True)
def _as_a_browser_keeps_it(monkeypatch):
    """The lasting part of a header travels among the arrays, and only once: perhaps with a message that no test looks at."""

    def noted(header, arrays):
        LASTING.update({name: json.loads(array.tobytes()) for name, array in arrays.items() if array.dtype == np.uint8})
        return pack(header, arrays)

    monkeypatch.setattr(canvas, "pack", noted)


def joined(header, arrays):
    """The header with its lasting part."""
    lasting = LASTING[header["lasting"]]
    return {**header, **lasting, "live": {**header["live"], **lasting["live"]}}


def pictures(arrays):
    """The arrays without the stops of the page's sliders."""
    return {name: array for name, array in arrays.items() if array.dtype == np.float32}


def asked_for(at, act, header):
    """The paths of all runners, which a browser asks for that does not find them itself."""
    return sent(act(at, {"need": [runner["path"] for runner in header["runners"]], "id": 99}))[1]


# --- words ------------------------------------------------------------------------------------------

SHOWN = {"label", "help", "body", "content", "placeholder", "options"}  # fields of Streamlit's messages that are read


def strings(proto):
    for field, value in proto.ListFields():
        repeated = isinstance(value, (list, tuple)) or hasattr(value, "add") or hasattr(value, "append")
        for each in value if repeated else [value]:
            if hasattr(each, "ListFields"):
                yield from strings(each)
            elif isinstance(each, str) and field.name in SHOWN:
                yield each


def words_on(at):
    """Every piece of text on the page, Streamlit's and the stage's."""
    found = []
    for node in at._tree:
        proto = getattr(node, "proto", None)
        if proto is not None and node.type not in ("bidi_component", "html"):
            found += strings(proto)
    for component in at.get("bidi_component"):
        header = joined(*unpack(component.proto.bytes))
        found += header["words"].values()
        found += [runner[name] for runner in header["runners"] for name in ("label", "verdict")]
    return {text for text in found if text.strip() and "<style" not in text}


FORMULAS = {  # the same in every language
    *("2x + cosin(y)", "2x + cosin(y)\n     ^", plain("2x + cos(y)")),
    *(TYPED_SCENE.surface.text, f"${TYPED_SCENE.record.latex}$"),
}
NAMES = sorted({*(record.name for record in OPTIMIZERS.values()), *LANGUAGES.values()}, key=len, reverse=True)
ICON = re.compile(r":material/\w+:")


@pytest.fixture(scope="module")
def unfolded():
    """A link under which as much as possible stands on the page."""
    return replace(WHOLE, shared=Plan("onecycle")).to_string()


@pytest.mark.parametrize("lang", TABLES)
@pytest.mark.parametrize("of", ["first visit", "unfolded", "one card open", "empty", "faults", "typed", "mistyped"])
def test_draws_in_each_language_with_no_word_of_another(visit, unfolded, lang, of):
    link = {
        "unfolded": unfolded,
        "empty": "surface=bowl&r=none",
        "faults": "surface=nowhere&steps=x&r=warp",
        "first visit": "",
        "typed": TYPED_SCENE.to_string(),
        "mistyped": TYPED_SCENE.to_string(),
    }
    at = visit(link.get(of, WHOLE.to_string()), lang)
    if of == "typed":
        at = panel(panel(at, "settings"), "examples")
    if of == "mistyped":
        type_in(at, "2x + cosin(y)")
    if of == "one card open":
        press(at, 1, "open")
    if of in ("unfolded", "faults"):
        panel(panel(at, "settings"), "presets")
    assert not at.exception
    assert at.query_params["lang"] == lang
    found = words_on(at)
    templates = {TABLES[lang][key] for key in WORDS}  # the stage fills these itself
    assert TABLES[lang]["surface"] in found
    for text in found - FORMULAS:
        assert "{" not in text or text in templates, f"an unfilled placeholder: {text}"
        assert text not in TABLES[lang] or text in TABLES[lang].values(), f"a bare key: {text}"
        rest = ICON.sub("", text)
        for name in NAMES:
            rest = rest.replace(name, "")
        if lang == "en":
            assert not HANGUL.search(rest), text
        elif not HANGUL.search(rest) and rest not in TABLES["ko"]["app"]:
            assert not re.search(r"[A-Za-z]{3,}", re.sub(r"'[^']*'|lr·λmax", "", rest)), f"not translated: {text}"


def test_language_of_the_switch_wins_and_stays(visit):
    at = visit(WHOLE.to_string(), "ko")
    assert at.caption[-1].value  # what the surface teaches
    assert scene_of(at) == WHOLE
    at.button_group(key="lang").set_value("en").run()
    assert at.selectbox(key="surface").label == TABLES["en"]["surface"]
    assert at.query_params["lang"] == "en"
    assert scene_of(at) == WHOLE
    pick(at, 0, "lr", 0.12)
    assert at.query_params["lang"] == "en"
    panel(at, "presets").button(key="open-narrow_ravine").click().run()
    assert at.query_params["lang"] == "en"


def test_an_unknown_language_is_that_of_the_browser_or_english(visit):
    at = visit("lang=<script>")
    assert not at.exception
    assert at.query_params["lang"] == "en"
    assert scene_of(at) == FIRST


# --- the scene --------------------------------------------------------------------------------------


def test_a_first_visit_sees_the_first_preset(visit):
    at = visit()
    assert scene_of(at) == FIRST
    assert at.selectbox(key="surface").value == FIRST.surface
    assert at.select_slider(key="steps").value == FIRST.length
    switches = [toggle.label for toggle in at.toggle if toggle.key.endswith(".shown")]
    assert [label.partition("\n\n")[0] for label in switches] == list(FIRST.labels())
    assert next(iter(PRESETS.values())).observe.en in at.main.caption[-1].value


def test_sliders_change_one_value_each(visit):
    at = visit()
    expected = scene_of(at)
    for i, name, value in [(0, "lr", 0.82), (1, "momentum", 0.95), (3, "beta1", 0.5), (3, "lr", 1.2), (1, "lr", 0.001)]:
        pick(at, i, name, value)
        runners = list(expected.runners)
        runners[i] = runners[i].with_hyper(name, value)
        expected = replace(expected, runners=tuple(runners))
        assert scene_of(at) == expected
        assert at.select_slider(key=f"{card(at, i)}.{name}").value == value
    at.select_slider(key="steps").set_value(120.0).run()
    assert scene_of(at) == replace(expected, steps=120)


def test_a_value_between_two_stops_stays_when_something_else_moves(visit):
    at = visit(
        "surface=bowl&r=sgd~lr~0.29999999&r=momentum~lr~0.0123456789~momentum~0.87&steps=137&noise=0.3&rotation=7.5"
    )
    before = scene_of(at)
    assert before.runners[0].hypers["lr"] == 0.29999999
    pick(at, 1, "momentum", 0.9)
    assert scene_of(at) == replace(before, runners=(before.runners[0], before.runners[1].with_hyper("momentum", 0.9)))


def test_a_slider_shows_every_stop_by_a_name_of_its_own():
    for record in (*OPTIMIZERS.values(), *SCHEDULES.values()):
        for hyper in record.hypers:
            names = [spell(value) for value in stops(hyper)]
            assert len(set(names)) == len(names), hyper
            assert all(hyper.admits(value) for value in stops(hyper))
            assert hyper.default in stops(hyper)


def test_toggles_hide_a_runner_and_show_it_again(visit):
    at = visit()
    key = f"{card(at, 1)}.shown"
    at.toggle(key=key).set_value(False).run()
    assert [runner.shown for runner in scene_of(at).runners] == [True, False, True, True]
    assert [runner["shown"] for runner in sent(at)[0]["runners"]] == [True, False, True, True]
    at.toggle(key=key).set_value(True).run()
    assert scene_of(at) == FIRST


def test_duplicate_remove_and_add(visit):
    at = visit()
    press(at, 1, "copy")
    scene = scene_of(at)
    assert [r.optimizer for r in scene.runners] == ["sgd", "momentum", "momentum", "adagrad", "adam"]
    assert scene.runners[2] == replace(FIRST.runners[1], colour=4)
    assert len({r.colour for r in scene.runners}) == 5

    pick(at, 2, "momentum", 0.5)  # the copy has widgets of its own
    scene = scene_of(at)
    assert [r.hypers["momentum"] for r in scene.runners[1:3]] == [0.9, 0.5]
    assert at.select_slider(key=f"{card(at, 1)}.momentum").value == 0.9

    press(at, 1, "remove")  # the others keep theirs
    scene = scene_of(at)
    assert [r.optimizer for r in scene.runners] == ["sgd", "momentum", "adagrad", "adam"]
    assert scene.runners[1].hypers["momentum"] == 0.5
    assert at.select_slider(key=f"{card(at, 1)}.momentum").value == 0.5

    at.button_group(key="add").set_value("nadam").run()
    scene = scene_of(at)
    new = scene.runners[-1]
    assert new.optimizer == "nadam"
    assert new.colour not in [r.colour for r in scene.runners[:-1]]
    assert new.hypers == {**OPTIMIZERS["nadam"].defaults, "lr": SURFACES["bowl"].rate_for(OPTIMIZERS["nadam"])}
    assert at.button_group(key="add").value is None, "the pill is free for the next one"
    at.button_group(key="add").set_value("nadam").run()
    assert [r.optimizer for r in scene_of(at).runners[-2:]] == ["nadam", "nadam"]


def test_a_slider_that_a_schedule_replaces_says_so(visit):
    plan = Plan("cyclic", {"cycle_momentum": 1.0})
    runners = (Runner("momentum", {"lr": 0.1}, plan), Runner("sgd", {"lr": 0.1}, plan))
    said = [c.value for c in visit(Scene("bowl", runners=runners).to_string()).caption]
    assert said.count(TABLES["en"]["schedule_sets"].format(symbol="β")) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_optimizer_can_be_added_the_nine_of_the_textbooks_at_hand(visit, lang):
    at = visit(lang=lang)
    names = {family: TABLES[lang][f"family_{family}"] for family in get_args(Family)}
    told = {
        key: " · ".join(filter(None, (o.name, long_name(o.name, lang), names[o.family])))
        for key, o in OPTIMIZERS.items()
    }
    taught = sorted((o for o in OPTIMIZERS.values() if o.textbook), key=lambda o: o.textbook)
    assert at.button_group(key="add").options == [o.name for o in taught]
    box = at.selectbox(key="add.other")
    assert sorted(box.options) == sorted(told.values()), "those at hand, too: who types their name shall find them"
    kinds = [option.rpartition(" · ")[2] for option in box.options]
    assert kinds == sorted(kinds, key=list(names.values()).index), "family by family"
    assert box.value is None

    for _ in range(2):
        at.selectbox(key="add.other").set_value("lion").run()
        assert scene_of(at).runners[-1].optimizer == "lion"
        assert at.selectbox(key="add.other").value is None, "free for the next one"
    assert len(scene_of(at).runners) == len(FIRST.runners) + 2


def test_another_surface_brings_its_own_start_length_and_rates(visit):
    at = panel(visit(WHOLE.to_string()), "settings")
    press(at, 2, "open")
    cards = list(at.session_state[session.IDS])
    at.selectbox(key="surface").set_value("rosenbrock").run()
    scene = scene_of(at)
    flat = SURFACES["rosenbrock"]
    assert (scene.surface, scene.start, scene.length) == ("rosenbrock", flat.start, flat.steps)
    assert scene.view == View(), "step, camera and window were those of another picture"
    assert (scene.noise, scene.seed) == (WHOLE.noise, WHOLE.seed)
    for old, new in zip(WHOLE.runners, scene.runners, strict=True):
        assert new == old.with_hyper("lr", flat.rate_for(old.record))
    assert at.session_state[session.IDS] == cards
    assert at.select_slider(key="steps").value == flat.steps
    assert at.number_input(key="start.0").value == flat.start[0]
    for i, runner in enumerate(scene.runners):
        assert at.select_slider(key=f"{card(at, i)}.lr").value == runner.hypers["lr"]


@pytest.mark.parametrize("surface", SURFACES)
def test_every_surface_can_be_chosen(visit, surface):
    at = visit("surface=bowl&r=sgd&r=adam" if surface != "bowl" else "surface=beale&r=sgd&r=adam")
    at.selectbox(key="surface").set_value(surface).run()
    assert scene_of(at).surface == surface
    header, arrays = sent(at)
    assert np.isfinite(arrays[header["surface"]["grid"]]).any()


def test_scene_settings(visit):
    at = panel(visit(replace(FIRST, view=View()).to_string()), "settings")
    expected = replace(FIRST, view=View())

    def now(**fields):
        nonlocal expected
        expected = replace(expected, **fields)
        assert scene_of(at) == expected

    at.number_input(key="start.0").set_value(3.25).run()
    now(start=(3.25, 2.0))
    at.number_input(key="start.1").set_value(-0.125).run()
    now(start=(3.25, -0.125))
    at.slider(key="rotation").set_value(-35.0).run()
    now(rotation=-35.0)
    at.select_slider(key="stretch").set_value(3.3).run()
    now(stretch=3.3)
    at.select_slider(key="noise").set_value(0.2).run()
    now(noise=0.2)
    at.number_input(key="seed").set_value(12345).run()
    now(seed=12345)
    at.toggle(key="stop").set_value(True).run()
    assert scene_of(at).tolerance > 0
    at.select_slider(key="tolerance").set_value(0.0012).run()
    now(tolerance=0.0012)
    at.toggle(key="stop").set_value(False).run()
    now(tolerance=None)

    at.toggle(key="shared").set_value(True).run()
    now(shared=Plan())
    at.selectbox(key="shared.plan.schedule").set_value("cosine").run()
    now(shared=Plan("cosine"))
    at.select_slider(key="shared.plan.floor").set_value(0.25).run()
    now(shared=Plan("cosine", {"floor": 0.25}))
    assert any("Cosine" in caption.value for caption in at.sidebar.caption), "the cards say that a schedule is shared"
    press(at, 0, "open")
    assert f"{card(at, 0)}.plan.schedule" not in [box.key for box in at.selectbox], "it is set in one place only"
    at.toggle(key="shared").set_value(False).run()
    now(shared=None)


def test_the_sliders_of_a_scene_far_out_show_it(visit):
    for scene in (
        Scene("bowl", rotation=200.0, noise=7.3, start=(-1e6, 1e6), seed=2**31 - 1, tolerance=5e5, steps=4321),
        Scene("bowl", rotation=-360.0, noise=1000.0, start=(1e-9, 0.0), tolerance=1e-12, steps=1),
        Scene("bowl", (0.1 + 0.2, 1 / 3), rotation=1 / 3, noise=1e-9),
    ):
        at = panel(visit(scene.to_string()), "settings")
        assert scene_of(at) == scene
        at.button_group(key="add").set_value("sgd").run()
        assert replace(scene_of(at), runners=()) == scene, "adding a runner changes nothing else"


# --- a function of one's own --------------------------------------------------------------------------


def test_the_surface_menu_offers_a_function_of_ones_own(visit):
    at = visit()
    at.selectbox(key="surface").set_value(TYPED).run()
    scene, first = scene_of(at), examples()[0].formula
    assert scene.surface == first
    assert (scene.start, scene.length) == (first.surface.start, first.surface.steps)
    for old, new in zip(FIRST.runners, scene.runners, strict=True):
        assert new == old.with_hyper("lr", first.surface.rate_for(old.record))
    assert at.text_input(key=formula.TEXT).value == first.text
    assert f"${first.surface.latex}$" in [markdown.value for markdown in at.main.markdown]
    assert sent(at)[0]["surface"]["found"] is True
    assert TABLES["en"]["found"].format(count=len(first.surface.minima)) in [c.value for c in at.main.caption]

    type_in(at, "x^2 + 3*y^2")
    at.selectbox(key="surface").set_value("beale").run()
    assert formula.TEXT not in [box.key for box in at.text_input]
    assert sent(at)[0]["surface"]["found"] is False
    at.selectbox(key="surface").set_value(TYPED).run()
    assert scene_of(at).surface == Formula("x^2 + 3*y^2"), "what was typed is still there"


def test_what_is_typed_is_drawn(visit, act):
    at = visit(TYPED_SCENE.to_string())
    assert scene_of(at) == TYPED_SCENE
    assert at.selectbox(key="surface").value == TYPED
    grid = sent(at)[0]["surface"]
    type_in(at, " x^2/10 + y^2 ")
    expected = Formula("x^2/10 + y^2", TYPED_SCENE.surface.bounds)
    scene = scene_of(at)
    assert scene == replace(TYPED_SCENE, surface=expected, runners=scene.runners)
    assert at.text_input(key=formula.TEXT).value == " x^2/10 + y^2 ", "nobody's cursor is moved while they type"
    assert sent(at)[0]["surface"]["key"] != grid["key"]
    assert sent(at)[0]["surface"]["bounds"] == [[-4.0, 4.0], [-3.0, 3.0]]
    run = scene.run(scene.runners[0])
    at = visit(scene.to_string())
    arrays = asked_for(at, act, sent(at)[0])
    header, _ = sent(at)
    np.testing.assert_array_equal(arrays[header["runners"][0]["path"]][: scene.length + 1], run.x[:, 0].astype("f4"))
    assert to_csv(scene).count("\n") == 2 * (scene.length + 1) + 1


def test_what_was_set_by_hand_stays_when_the_function_changes(visit):
    own = Scene(examples()[0].formula, runners=(Runner("sgd"), Runner("adam", colour=1)))
    rate = own.record.rate_for(OPTIMIZERS["sgd"])
    scene = replace(own, runners=(own.runners[0].with_hyper("lr", rate), own.runners[1].with_hyper("lr", 0.123)))
    at = visit(scene.to_string())
    type_in(at, "100*x^2 + 50*y^2")
    new = scene_of(at)
    assert new.start == new.record.start
    assert new.runners[0].hypers["lr"] == new.record.rate_for(OPTIMIZERS["sgd"]) != rate
    assert new.runners[1].hypers["lr"] == 0.123
    act_start = visit(replace(scene, start=(1.0, 1.0)).to_string())
    type_in(act_start, "100*x^2 + 50*y^2")
    assert scene_of(act_start).start == (1.0, 1.0)


@pytest.mark.parametrize("lang", TABLES)
@pytest.mark.parametrize(
    "text", ["x^2 + 1/2y", "x^2+y^2=1", "x^2 +", "cosin(x)", "(x", "", "x^2 + $y$", "**x**", "log(-1 - x^2)", "x" * 200]
)
def test_a_wrong_text_is_explained_and_the_picture_stays(visit, text, lang):
    at = visit(TYPED_SCENE.to_string(), lang)
    before = sent(at)[0]["surface"]
    type_in(at, text)
    assert scene_of(at) == TYPED_SCENE
    assert sent(at)[0]["surface"] == before
    assert at.text_input(key=formula.TEXT).value == text
    with pytest.raises(ExpressionError) as caught:
        Formula(text)
    fault = caught.value
    assert plain(fault.text[lang]) in [markdown.value for markdown in at.main.markdown]
    (mark,) = [block.proto.body for block in at.get("html") if "::after{content:" in block.proto.body]
    assert TABLES[lang]["old_function"].format(formula=TYPED_SCENE.surface.text) in mark, "the picture is the old one"
    if text:
        shown, caret = at.main.text[0].value.split("\n")
        assert caret.strip() == "^"
        assert shown[len(caret) - 1 :][:1] == text[fault.position :][:1], "the caret stands under the fault"
        assert len(shown) <= 62
    mend = [button for button in at.button if button.key == "formula.mend"]
    assert bool(mend) == bool(fault.suggestion)
    if mend:
        mend[0].click().run()
        assert at.text_input(key=formula.TEXT).value == fault.suggestion
    for i, reading in enumerate(fault.readings):
        at.button(key=f"formula.reading-{i}").click().run()
        assert at.text_input(key=formula.TEXT).value == scene_of(at).surface.text == reading
        assert not at.main.text
        type_in(at, text)
    type_in(at, "x^2 + y^2")
    assert not at.main.text
    assert not [block for block in at.get("html") if "::after{content:" in block.proto.body]
    assert scene_of(at).surface.text == "x^2 + y^2"


@pytest.mark.parametrize("lang", TABLES)
@pytest.mark.parametrize(
    "text",
    [r"\frac{1}{2}x^2 + \sin\left(y\right)", "(w - 1)² + 2b²", "x^(4/3) + y²", "1/x + y^2", "|x| if x < y else e^{-x}"],
)
def test_what_was_understood_is_shown_and_what_was_typed_stays(visit, text, lang):
    at = visit(TYPED_SCENE.to_string(), lang)
    type_in(at, text)
    typed = scene_of(at).surface
    assert at.text_input(key=formula.TEXT).value == typed.text == text
    assert f"${typed.surface.latex}$" in [markdown.value for markdown in at.main.markdown]
    captions = " ".join(caption.value for caption in at.main.caption)
    assert all(plain(note[lang]) in captions for note in typed.notes)
    assert Scene.from_query(scene_of(at).to_string())[0] == scene_of(at), "a link holds it as it was typed"


def test_a_wrong_text_goes_when_another_surface_comes(visit, go_back):
    at = visit(TYPED_SCENE.to_string())
    type_in(at, "x +")
    assert at.main.text
    query = dict(at.query_params)
    panel(at, "presets").button(key="open-narrow_ravine").click().run()
    assert not at.main.text
    at.selectbox(key="surface").set_value(TYPED).run()
    assert not at.exception
    type_in(at, "y +")
    go_back(at, {**query, "f": "x^2 + 7*y^2"})
    assert not at.main.text
    assert at.text_input(key=formula.TEXT).value == "x^2 + 7*y^2"


def test_examples_can_be_taken(visit):
    at = visit(TYPED_SCENE.to_string())
    for i, example in enumerate(examples()):
        at = panel(at, "examples")
        at.button(key=f"example-{i}").click().run()
        assert scene_of(at).surface == example.formula
        assert at.text_input(key=formula.TEXT).value == example.formula.text
        assert example.formula.surface.minima
    assert len({example.formula for example in examples()}) == len(examples())


def test_the_map_of_a_typed_function(visit):
    at = panel(visit(TYPED_SCENE.to_string()), "settings")
    assert [at.number_input(key=f"bounds.{i}").value for i in range(4)] == [-4.0, 4.0, -3.0, 3.0]
    at.number_input(key="bounds.0").set_value(-2.5).run()
    scene = scene_of(at)
    assert scene.surface.bounds == ((-2.5, 4.0), (-3.0, 3.0))
    assert scene.start == scene.record.start, "the old one lies off the map"
    at.number_input(key="bounds.1").set_value(-3.0).run()
    assert scene_of(at) == scene
    assert any(TABLES["en"]["bounds_wrong"] in caption.value for caption in at.caption)
    assert at.number_input(key="bounds.1").value == 4.0
    at.number_input(key="bounds.3").set_value(5.0).run()
    assert scene_of(at).surface.bounds == ((-2.5, 4.0), (-3.0, 5.0))
    assert not any(TABLES["en"]["bounds_wrong"] in caption.value for caption in at.caption)
    at.selectbox(key="surface").set_value("bowl").run()
    assert "bounds.0" not in [box.key for box in at.number_input]


def test_a_typed_function_turns_stretches_and_is_exported(visit):
    at = panel(visit(TYPED_SCENE.to_string()), "settings")
    at.slider(key="rotation").set_value(30.0).run()
    at.select_slider(key="stretch").set_value(2.2).run()
    scene = scene_of(at)
    assert scene == replace(TYPED_SCENE, rotation=30.0, stretch=2.2)
    press(at, 0, "open")
    press(at, 0, "code")
    assert not at.exception
    programs = [block.value for block in at.code]
    assert len(programs) == 4
    assert all("sin(3 * x)" in program and "STRETCH = 2.2" in program for program in programs)


def test_the_batch_of_a_surface_with_examples(visit):
    key = next(key for key, surface in SURFACES.items() if surface.samples)
    samples = SURFACES[key].samples
    at = panel(visit(f"surface={key}&r=sgd"), "settings")
    slider = at.select_slider(key="batch")
    assert slider.value == samples.batch
    assert slider.options[-1] == TABLES["en"]["batch_all"].format(count=samples.count)
    slider.set_value(0).run()
    assert scene_of(at).batch == 0
    at.select_slider(key="batch").set_value(1).run()
    assert scene_of(at).batch == 1
    at.selectbox(key="surface").set_value("bowl").run()
    assert scene_of(at).batch is None
    assert "batch" not in [slider.key for slider in at.select_slider]


# --- one card ---------------------------------------------------------------------------------------


def test_a_card_unfolds_and_folds(visit):
    at = visit()
    adam = card(at, 3)
    sliders = {slider.key for slider in at.select_slider}
    assert {f"{adam}.lr", f"{adam}.beta1"} <= sliders
    assert f"{adam}.beta2" not in sliders
    press(at, 3, "open")
    sliders = {slider.key for slider in at.select_slider}
    assert {f"{adam}.beta2", f"{adam}.eps", f"{adam}.plan.warmup_steps"} <= sliders
    assert scene_of(at) == FIRST
    press(at, 0, "open")  # one card at a time
    assert f"{adam}.beta2" not in {slider.key for slider in at.select_slider}
    press(at, 0, "open")
    assert not at.text_input


def move(at, hyper, key, value):
    """Set a hyperparameter by its widget: a switch is turned, a slider moved."""
    (at.toggle(key=key).set_value(bool(value)) if hyper.switch else at.select_slider(key=key).set_value(value)).run()


def widgets(at):
    """The keys of everything that a hyperparameter may be set by."""
    return {widget.key for widget in (*at.select_slider, *at.toggle)}


def test_the_folded_hyperparameters_of_every_optimizer(visit):
    for key, record in OPTIMIZERS.items():
        at = visit(f"surface=bowl&r={key}")
        press(at, 0, "open")
        shown = {slider.key.rpartition(".")[2] for slider in at.sidebar.select_slider}
        assert {hyper.name for hyper in record.hypers if not hyper.switch} <= shown, key
        assert {f"{card(at, 0)}.{hyper.name}" for hyper in record.hypers} <= widgets(at), key
        for hyper in record.hypers:
            other = 1.0 - hyper.default if hyper.switch else stops(hyper)[len(stops(hyper)) // 3]
            move(at, hyper, f"{card(at, 0)}.{hyper.name}", other)
            assert scene_of(at).runners[0].hypers[hyper.name] == other


def exact(at, i, name):
    return at.text_input(key=f"{card(at, i)}.{name}.exact")


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0.123456789", 0.123456789), ("1e-3", 1e-3), (" 2.5 ", 2.5), ("1e−3", 1e-3), ("0,25", 0.25), ("10", 10.0)],
)
def test_an_exact_value(visit, typed, value):
    at = visit()
    press(at, 0, "open")
    assert exact(at, 0, "lr").value == "0.95"
    exact(at, 0, "lr").set_value(typed).run()
    assert scene_of(at).runners[0].hypers["lr"] == value
    assert at.select_slider(key=f"{card(at, 0)}.lr").value == value
    assert float(exact(at, 0, "lr").value) == value


@pytest.mark.parametrize("typed", ["abc", "", "inf", "-inf", "nan", "0", "-1", "10.0001", "1e400", "<script>", "0.1.2"])
def test_a_value_that_cannot_be_is_refused(visit, typed):
    at = visit()
    press(at, 0, "open")
    exact(at, 0, "lr").set_value(typed).run()
    assert scene_of(at) == FIRST
    assert exact(at, 0, "lr").value == "0.95", "the old value stands in the box again"
    pick(at, 1, "lr", 0.12)
    assert scene_of(at).runners[0] == FIRST.runners[0]


def test_a_schedule_of_one_card(visit):
    at = visit()
    press(at, 2, "open")
    plan = f"{card(at, 2)}.plan"
    for key, record in SCHEDULES.items():
        at.selectbox(key=f"{plan}.schedule").set_value(key).run()
        assert scene_of(at).runners[2].plan == Plan(key)
        shown = widgets(at)
        for hyper in record.hypers:
            other = stops(hyper)[1]
            assert (f"{plan}.{hyper.name}" in shown) != hyper.rare, "what is seldom moved is folded away"
            if not hyper.rare:
                move(at, hyper, f"{plan}.{hyper.name}", other)
                assert scene_of(at).runners[2].plan.hypers[hyper.name] == other
    at.select_slider(key=f"{plan}.warmup_steps").set_value(10.0).run()
    at.selectbox(key=f"{plan}.schedule").set_value("constant").run()
    scene = scene_of(at)
    assert scene.runners[2].plan == Plan("constant", {"warmup_steps": 10}), "warm-up belongs to every schedule"
    assert scene.runners[:2] == FIRST.runners[:2]


def test_a_setting_that_means_nothing_yet_is_not_shown(visit):
    """The momentum's two ends wait for its switch, the fourth drop for the third, and so on without an end.

    Those that are shown follow, too, while they are held, whether they came with the link or with the last move.
    """
    eighteen, all_but_one = ("".join(f"~s.gamma_{i}~0.9" for i in range(3, end)) for end in (19, MAX_NTH - 1))
    for key, before, switch, value, waiting, later in (
        ("onecycle", "", "cycle_momentum", 1, {"base_momentum", "max_momentum"}, set()),
        ("piecewise", "", "gamma_3", 0.5, {"third", "gamma_4"}, {"fourth", "gamma_5", "gamma_6", "gamma_20"}),
        ("piecewise", eighteen, "gamma_19", 0.5, {"nineteenth", "gamma_20"}, {"twentieth"}),
        ("piecewise", f"{eighteen}~s.gamma_19~0.9", "gamma_20", 0.5, {"twentieth", "gamma_21"}, {"drop_21"}),
        ("piecewise", all_but_one, f"gamma_{MAX_NTH - 1}", 0.5, {f"drop_{MAX_NTH - 1}", f"gamma_{MAX_NTH}"}, set()),
    ):

        def shows(at, given, switch=switch, waiting=waiting, later=later):
            shown = {name.removeprefix(f"{card(at, 0)}.plan.") for name in widgets(at)}
            assert switch in shown, "it is what they wait for"
            assert (waiting <= shown) == given
            assert not later & shown
            sliding = {h.name for h in scene_of(at).runners[0].plan.record.hypers if not h.switch} & shown
            follows = {name.rpartition("-plan-")[2] for name in sent(at)[0]["live"]["sliders"] if "-plan-" in name}
            assert follows - {h.name for h in CLIMB} == sliding

        link = f"surface=beale&r=sgd~lr~0.01~schedule~{key}~s.warmup_start~0.5{before}"
        at = visit(link)
        press(at, 0, "open")
        shows(at, False)
        runner = scene_of(at).runners[0]
        moved = replace(runner, plan=Plan(key, {**runner.plan.hypers, switch: float(value)}))
        at.session_state[session.SCENE] = replace(scene_of(at), runners=(moved,))
        at.run()
        shows(at, True)
        at = visit(f"{link}~s.{switch}~{value}")
        press(at, 0, "open")
        shows(at, True)


def test_what_was_moved_of_a_schedule_is_not_folded_away(visit):
    for key in ("plateau", "exponential"):
        rare = [hyper for hyper in SCHEDULES[key].hypers if hyper.rare]
        moved, other = rare[0], stops(rare[-1])[1]
        at = visit(f"surface=beale&r=sgd~lr~0.01~schedule~{key}~s.{moved.name}~{moved.high}")
        press(at, 0, "open")
        plan = f"{card(at, 0)}.plan"
        assert {f"{plan}.{hyper.name}" for hyper in rare} <= widgets(at)
        move(at, rare[-1], f"{plan}.{rare[-1].name}", other)
        own = scene_of(at).runners[0].plan.hypers
        assert (own[moved.name], own[rare[-1].name]) == (moved.high, other)


SWITCHES = {key: [h.name for h in record.hypers if h.switch] for key, record in SCHEDULES.items()}


def test_a_setting_that_is_on_or_off_is_a_switch_that_says_what_it_does(visit):
    """And what the link says of it stays 0 or 1."""
    assert {*SWITCHES["exponential"], *SWITCHES["polynomial"]} == {"staircase", "cycle"}
    at = visit("surface=beale&r=sgd~lr~0.01~schedule~exponential~s.staircase~1")
    press(at, 0, "open")
    switch = at.toggle(key=f"{card(at, 0)}.plan.staircase")
    assert switch.value is True
    assert "1:" not in switch.label
    assert switch.key not in {slider.key for slider in at.select_slider}
    assert f"st-key-{switch.key.replace('.', '-')}" not in sent(at)[0]["live"]["sliders"], (
        "the browser reads sliders, and this is none"
    )
    switch.set_value(False).run()
    assert scene_of(at).runners[0].plan.hypers["staircase"] == 0.0
    at.select_slider(key=f"{card(at, 0)}.plan.s").set_value(10.0).run()
    assert "s.staircase~0~" in "".join(at.query_params["r"])


@pytest.mark.parametrize("period", [1.0, 30.0])
def test_what_was_a_slider_may_be_a_switch_under_another_schedule(visit, period):
    """Both are called cycle, and 1.0 == True."""
    at = visit(f"surface=beale&r=sgd~lr~0.01~schedule~cosine_restarts~s.cycle~{period}")
    press(at, 0, "open")
    plan = f"{card(at, 0)}.plan"
    for on in (True, False):
        at.session_state[session.SCENE] = replace(
            scene_of(at), runners=(replace(scene_of(at).runners[0], plan=Plan("polynomial", {"cycle": float(on)})),)
        )
        at.session_state[f"{plan}.polynomial.more"] = True
        at.run()
        assert at.toggle(key=f"{plan}.cycle").value is on
        at.session_state[session.SCENE] = replace(
            scene_of(at), runners=(replace(scene_of(at).runners[0], plan=Plan("cosine_restarts", {"cycle": period})),)
        )
        at.run()
        assert at.select_slider(key=f"{plan}.cycle").value == period


def test_another_source_of_a_method(visit):
    at = visit("surface=beale&r=adam~lr~0.05&r=adam~lr~0.05~colour~1")
    press(at, 1, "open")
    box = at.selectbox(key=f"{card(at, 1)}.dialect")
    assert box.value == "pytorch"
    assert box.options == ["as in PyTorch", "as in Keras", "as in optax", "as in the book"]
    box.set_value("keras").run()
    scene = scene_of(at)
    assert scene.runners[1] == Runner("adam", {"lr": 0.05}, colour=1, dialect="keras")
    assert scene.runners[1].hypers["eps"] == OPTIMIZERS["adam"].dialects["keras"].defaults["eps"]
    assert [runner["label"] for runner in sent(at)[0]["runners"]] == ["Adam (PyTorch)", "Adam (Keras)"]
    paths = [runner["path"] for runner in sent(at)[0]["runners"]]
    assert paths[0] != paths[1]
    pick(at, 1, "eps", 1e-3)
    at.selectbox(key=f"{card(at, 1)}.dialect").set_value("pytorch").run()
    assert scene_of(at).runners[1] == Runner("adam", {"lr": 0.05, "eps": 1e-3}, colour=1)
    plain_methods = [key for key, record in OPTIMIZERS.items() if not record.dialects]
    at = visit(f"surface=bowl&r={plain_methods[0]}")
    press(at, 0, "open")
    assert f"{card(at, 0)}.dialect" not in [box.key for box in at.selectbox]


def test_a_colour_of_ones_own(visit):
    at = visit()
    press(at, 0, "open")
    at.selectbox(key=f"{card(at, 0)}.colour").set_value(7).run()
    assert scene_of(at).runners[0] == replace(FIRST.runners[0], colour=7)
    first = sent(at)[0]["runners"][0]
    assert (first["light"], first["dark"], first["dash"]) == (PENS[7].light, PENS[7].dark, PENS[7].dash)


# --- presets, nobody, everybody ---------------------------------------------------------------------


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_button_opens_its_scene(visit, key):
    at = panel(visit(WHOLE.to_string()), "presets")
    epoch = sent(at)[0]["epoch"]
    at.button(key=f"open-{key}").click().run()
    preset = PRESETS[key]
    assert scene_of(at) == preset.scene
    assert preset.observe.en in at.main.caption[-1].value
    header, _ = sent(at)
    assert header["epoch"] != epoch, "the stage takes step, camera and window from the scene"
    assert header["view"] == json.loads(json.dumps(preset.scene.to_dict()["view"]))
    assert not at.warning
    assert f"open-{key}" not in [button.key for button in at.button], "the cards fold away again"
    pick(at, 0, "lr", 0.0012)
    assert scene_of(at).runners[0].hypers["lr"] == 0.0012
    panel(at, "presets").button(key=f"open-{key}").click().run()
    assert scene_of(at) == preset.scene


def told(at):
    """The sentence under the bar."""
    assert not at.exception
    return at.main.caption[0].value


@pytest.mark.parametrize("lang", TABLES)
@pytest.mark.parametrize("key", PRESETS)
def test_the_sentence_of_a_preset_belongs_to_its_scene(visit, go_back, lang, key):
    preset, words = PRESETS[key], TABLES[lang]
    observe = words["observe"].format(sentence=preset.observe[lang])
    changed = words["observe_changed"].format(title=preset.title[lang])
    at = visit(preset.scene.to_string(), lang)
    assert told(at) == observe, "a link of an unchanged preset brings it along"
    assert at.button(key="reset").disabled
    before = dict(at.query_params)
    pick(at, 0, "lr", stops_of(preset.scene.runners[0])[3])
    assert told(at) == changed
    after = dict(at.query_params)
    assert not at.button(key="reset").disabled
    go_back(at, before)
    assert told(at) == observe
    assert at.button(key="reset").disabled
    go_back(at, after)
    assert told(at) == changed, "the browser's forward button brings the way back along"
    at.button(key="reset").click().run()
    assert scene_of(at) == preset.scene
    assert told(at) == observe


def stops_of(runner):
    return stops(next(hyper for hyper in runner.spoken.hypers if hyper.name == "lr"))


@pytest.fixture
def ran(monkeypatch):
    """ran(): the parts of the page that have been run alone since the last time; empty where the whole page was run."""
    scopes, rerun = [], st.rerun

    def noted(scope="app"):
        scopes.append(scope)
        rerun(scope)

    monkeypatch.setattr(st, "rerun", noted)

    def ran():
        (found,) = scopes or [[]]
        scopes.clear()
        return [] if found == "app" else found

    return ran


def test_a_slider_runs_only_what_speaks_of_it(visit, ran):
    at = visit(WHOLE.to_string())
    cards = at.session_state[session.IDS]
    rates = stops_of(WHOLE.runners[0])
    pick(at, 0, "lr", rates[3])
    assert ran() == [scene_bar.RESET, parts.STAGE], "the scene is changed now"
    assert not at.button(key="reset").disabled
    shown = at.toggle(key=f"{cards[2]}.shown")
    shown.set_value(not shown.value).run()
    assert ran() == [parts.STAGE]
    pick(at, 0, "lr", rates[4])
    assert ran() == [parts.STAGE]
    assert at.session_state[session.SCENE].runners[0].hypers["lr"] == rates[4]
    pick(at, 2, "momentum", 0.5)
    assert ran() == [parts.STAGE], "rulers are the browser's own"
    at.select_slider(key="steps").set_value(12.0).run()
    assert ran() == [parts.STAGE]
    assert scene_of(at).length == 12
    press(at, 0, "open")
    pick(at, 0, "lr", rates[5])
    assert ran() == [], "its box shows the rate, too"
    pick(at, 2, "momentum", 0.9)
    assert ran() == [parts.STAGE], "another card is not unfolded"
    panel(at, "tuning")
    pick(at, 2, "momentum", 0.5)
    assert ran() == [], "what is tuned is told there"


def test_the_first_change_of_a_preset_runs_what_is_said_of_it_too(visit, ran, act):
    at = visit()
    act(at, {"start": [1, 1], "live": False, "id": 2})
    assert ran() == [parts.OBSERVE, scene_bar.RESET, parts.STAGE]
    assert told(at) == TABLES["en"]["observe_changed"].format(title=next(iter(PRESETS.values())).title.en)
    act(at, {"start": [1, 2], "id": 3})
    assert ran() == [parts.STAGE], "a click"
    at.button(key="reset").click().run()
    assert ran() == [], "all of the page is as it was"
    assert scene_of(at) == FIRST
    assert at.button(key="reset").disabled


def test_a_page_that_was_not_drawn_to_its_end_is_drawn_whole(visit, ran, monkeypatch):
    """Who moves a slider while the page is being drawn breaks that off: what stands there is then not known."""
    at = visit(WHOLE.to_string())
    rates = stops_of(WHOLE.runners[0])
    pick(at, 0, "lr", rates[3])
    assert ran() == [scene_bar.RESET, parts.STAGE]
    with monkeypatch.context() as broken_off:
        broken_off.setattr(parts, "end", lambda: None)
        at.run()
    pick(at, 0, "lr", rates[4])
    assert ran() == []
    pick(at, 0, "lr", rates[5])
    assert ran() == [parts.STAGE]


def test_a_slider_runs_all_that_says_something_else_now(visit, ran):
    one = Runner("sgd", {"lr": 0.1})
    at = visit(Scene("bowl", runners=(one, Runner("momentum", {"lr": 0.2}, colour=1))).to_string())
    pick(at, 1, "lr", 0.27)
    ran()
    pick(at, 1, "lr", 0.1)
    assert ran() == [], "the race is fair now, and the page says so"
    assert TABLES["en"]["fair_same"].format(rate="0.1") in [caption.value for caption in at.sidebar.caption]
    pick(at, 1, "lr", 0.12)
    assert ran() == []
    pick(at, 1, "lr", 0.15)
    assert ran() == [parts.STAGE]
    twice = visit(Scene("bowl", runners=(one, Runner("sgd", {"lr": 0.22}, colour=1))).to_string() + "&steps=many")
    pick(twice, 1, "lr", 0.27)
    assert ran() == [], "the warning about the link goes"


def test_looking_from_elsewhere_changes_no_scene(visit, act):
    at = visit()
    observe = told(at)
    act(at, {"view": {"step": 3, "window": [-5, 5, -5, 5], "loss_axis": "linear"}, "id": 1})
    assert told(at) == observe
    assert at.button(key="reset").disabled
    act(at, {"start": [1, 1], "id": 2})
    assert told(at) == TABLES["en"]["observe_changed"].format(title=next(iter(PRESETS.values())).title.en)


def test_reset_leads_back_to_what_was_opened(visit):
    at = visit(WHOLE.to_string())
    press(at, 0, "remove")
    at.select_slider(key="steps").set_value(12.0).run()
    at.button(key="reset").click().run()
    assert scene_of(at) == WHOLE, "a link"
    at.selectbox(key="surface").set_value("beale").run()
    chosen = scene_of(at)
    assert at.button(key="reset").disabled
    assert told(at) == SURFACES["beale"].teaches.en
    pick(at, 0, "lr", 0.12)
    at.button(key="reset").click().run()
    assert scene_of(at) == chosen, "a surface"
    panel(at, "presets").button(key="open-narrow_ravine").click().run()
    assert at.button(key="reset").disabled


def test_nobody_races_yet(visit):
    at = visit()
    for _ in FIRST.runners:
        press(at, 0, "remove")
    assert scene_of(at).runners == ()
    assert sent(at)[0]["runners"] == []
    assert at.subheader[0].value == TABLES["en"]["empty"]
    buttons = [button for button in at.button if button.key.startswith("begin-")]
    assert len(buttons) == 3
    for button in buttons:
        at = visit("surface=beale&r=none")
        at.button(key=button.key).click().run()
        (runner,) = scene_of(at).runners
        assert runner.record.name == button.label
        assert runner.hypers["lr"] == SURFACES["beale"].rate_for(runner.record)
        assert len(sent(at)[0]["runners"]) == 1
        assert not at.subheader


def test_no_more_than_ten(visit):
    at = visit("surface=bowl&r=sgd")
    while len(scene_of(at).runners) < MAX_RUNNERS:
        press(at, 0, "copy")
    scene = scene_of(at)
    assert sorted(runner.colour for runner in scene.runners) == list(range(MAX_RUNNERS))
    assert len(set(scene.labels())) == MAX_RUNNERS
    assert all(at.button(key=f"{card(at, i)}.copy").disabled for i in range(MAX_RUNNERS))
    assert "add" not in [group.key for group in at.button_group]
    assert "add.other" not in [box.key for box in at.selectbox]
    assert TABLES["en"]["full"] in [caption.value for caption in at.sidebar.caption]
    press(at, 4, "remove")
    at.button_group(key="add").set_value("adam").run()
    again = scene_of(at)
    assert len(again.runners) == MAX_RUNNERS
    assert again.runners[-1].colour == scene.runners[4].colour, "the colour that had become free"


# --- the link ---------------------------------------------------------------------------------------


def test_a_link_restores_every_value(visit):
    at = panel(visit(WHOLE.to_string()), "settings")
    assert scene_of(at) == WHOLE
    assert not at.warning
    assert at.selectbox(key="surface").value == "himmelblau"
    assert at.select_slider(key="steps").value == 137
    assert at.number_input(key="start.0").value == 1.5
    assert at.number_input(key="start.1").value == -2.25
    assert at.slider(key="rotation").value == 30.0
    assert at.select_slider(key="noise").value == 0.3
    assert at.number_input(key="seed").value == 7
    assert at.select_slider(key="tolerance").value == 0.004
    for i, runner in enumerate(WHOLE.runners):
        press(at, i, "open")
        for name, value in runner.hypers.items():
            assert at.select_slider(key=f"{card(at, i)}.{name}").value == value
        assert at.selectbox(key=f"{card(at, i)}.plan.schedule").value == runner.plan.schedule
        hypers = (*runner.plan.record.hypers, *CLIMB)
        rare = [h for h in hypers if h.rare]
        idle = {h.name for h in hypers} - {h.name for h in at_work(hypers, runner.plan.hypers)}
        folded = [h.name for h in rare] * all(runner.plan.hypers[h.name] == h.default for h in rare)
        for name, value in runner.plan.hypers.items():
            if name not in folded and name not in idle:
                key = f"{card(at, i)}.plan.{name}"
                widget = at.toggle(key=key) if name in SWITCHES[runner.plan.schedule] else at.select_slider(key=key)
                assert widget.value == value
        assert at.selectbox(key=f"{card(at, i)}.colour").value == runner.colour
        assert at.toggle(key=f"{card(at, i)}.shown").value == runner.shown
    assert scene_of(at) == WHOLE
    assert sent(at)[0]["view"] == json.loads(json.dumps(WHOLE.to_dict()["view"]))


def test_a_short_link_is_completed(visit):
    at = visit("r=sgd")
    assert scene_of(at) == Scene("bowl", runners=(Runner("sgd"),))
    assert set(at.query_params) >= {"surface", "start", "steps", "r", "lang"}
    at = visit("surface=beale&steps=77")
    scene, beale = scene_of(at), SURFACES["beale"]
    assert replace(scene, runners=()) == Scene("beale", steps=77)
    assert scene.runners == tuple(r.with_hyper("lr", beale.rate_for(r.record)) for r in FIRST.runners)
    assert scene_of(visit("surface=beale&r=none")) == Scene("beale")


def test_the_link_to_copy_is_the_scene(visit):
    at = visit(WHOLE.to_string(), "ko")
    pick(at, 0, "lr", 0.12)
    link = sent(at)[0]["link"]
    assert link.endswith("&lang=ko")
    assert scene_of(visit(link)) == scene_of(at)
    assert visit(link).selectbox(key="surface").label == TABLES["ko"]["surface"]


def test_what_is_too_much_for_a_link_is_told_and_not_written(visit):
    """Ten runners with two hundred drops each: the address keeps what fitted, and is written again once all fits."""
    many = Plan("piecewise", {f"gamma_{i}": 0.99 for i in range(3, MAX_NTH + 1)})
    crowd = replace(FIRST, runners=tuple(replace(FIRST.runners[0], colour=i, plan=many) for i in range(MAX_RUNNERS)))
    assert len(crowd.to_string()) > MAX_QUERY > len(replace(crowd, runners=crowd.runners[:1]).to_string())
    at = visit()
    before = dict(at.query_params)
    at.session_state[session.SCENE] = crowd
    at.session_state[session.IDS] = [f"n.{i}" for i in range(MAX_RUNNERS)]
    at.run()
    told = TABLES["en"]["link_long"]
    assert [toast.value for toast in at.toast] == [told]
    assert (dict(at.query_params), sent(at)[0]["link"]) == (before, "")
    pick(at, 0, "lr", 0.12)
    assert not at.toast, "said once"
    changed = at.session_state[session.SCENE]
    assert (changed.runners[0].hypers["lr"], dict(at.query_params)) == (0.12, before)
    for lang in ("ko", "en"):
        at.segmented_control(key="lang").set_value(lang).run()
        assert dict(at.query_params) == {**before, "lang": lang}
    for name in before:  # as another page leaves the address
        del at.query_params[name]
    at.run()
    assert dict(at.query_params) == {**before, "lang": "en"}
    for _ in range(MAX_RUNNERS - 1):
        press(at, 1, "remove")
    assert scene_of(visit(sent(at)[0]["link"])) == scene_of(at)
    assert dict(at.query_params) != before


def test_the_back_button_undoes(visit, go_back):
    at = visit()
    before = dict(at.query_params)
    pick(at, 0, "lr", 0.12)
    after, changed = dict(at.query_params), scene_of(at)
    for query, scene in ((before, FIRST), (after, changed), (before, FIRST)):
        go_back(at, query)
        assert scene_of(at) == scene
        assert at.select_slider(key=f"{card(at, 0)}.lr").value == scene.runners[0].hypers["lr"]
    go_back(at, {})
    assert scene_of(at) == FIRST, "back to where a first visit began"


@pytest.mark.parametrize("what", ["another slider", "unfold", "settings", "language"])
def test_a_click_that_overtakes_the_address_undoes_nothing(visit, what):
    """The browser sends its address along; right after a change it may still be the one before."""
    at = visit("lang=en")
    before = dict(at.query_params)
    pick(at, 0, "lr", 0.12)
    changed = scene_of(at)
    at.query_params = before
    if what == "another slider":
        pick(at, 1, "momentum", 0.95)
        changed = replace(
            changed, runners=(changed.runners[0], changed.runners[1].with_hyper("momentum", 0.95), *changed.runners[2:])
        )
    elif what == "unfold":
        press(at, 2, "open")
    elif what == "settings":
        panel(at, "settings")
    else:
        at.button_group(key="lang").set_value("ko").run()
    assert not at.exception
    assert at.session_state[session.SCENE] == changed
    if dict(at.query_params) != before:  # what the page has written is the scene that it shows
        assert scene_of(at) == changed
    at.select_slider(key="steps").set_value(120.0).run()
    assert scene_of(at) == replace(changed, steps=120)


BASE = Scene(
    "himmelblau",
    (1.5, -2.25),
    37,
    30.0,
    0.25,
    7,
    0.01,
    (Runner("adam", {"lr": 0.125}), Runner("sgd", {"lr": 0.01}, colour=1)),
)
PARAMETERS = {**BASE.to_query(), "lang": "en"}
RUNNERS = PARAMETERS["r"]
HOSTILE = [
    ({"steps": "inf"}, {"steps": SURFACES["himmelblau"].steps}),
    ({"steps": "nan"}, {"steps": SURFACES["himmelblau"].steps}),
    ({"steps": "1e999"}, {"steps": SURFACES["himmelblau"].steps}),
    ({"steps": "-5"}, {"steps": SURFACES["himmelblau"].steps}),
    ({"steps": "3.7"}, {"steps": SURFACES["himmelblau"].steps}),
    ({"steps": "9" * 5000}, {"steps": SURFACES["himmelblau"].steps}),
    ({"r": ["<script>alert(1)</script>"]}, {"runners": ()}),
    ({"r": [*RUNNERS, "javascript:alert(1)"]}, {}),
    ({"r": [RUNNERS[0], "sgd~lr~nan~colour~1"]}, {"runners": (BASE.runners[0], Runner("sgd", colour=1))}),
    ({"r": [RUNNERS[0], "sgd~lr~inf~colour~1"]}, {"runners": (BASE.runners[0], Runner("sgd", colour=1))}),
    ({"r": [*RUNNERS, "momentum~wings~3~colour~2"]}, {"runners": (*BASE.runners, Runner("momentum", colour=2))}),
    ({"r": [*RUNNERS, "momentum~colour~99"]}, {"runners": (*BASE.runners, Runner("momentum", colour=2))}),
    ({"r": [*RUNNERS, "momentum~colour~2~shown~maybe"]}, {"runners": (*BASE.runners, Runner("momentum", colour=2))}),
    ({"r": [*RUNNERS, "momentum~colour~2~schedule~warp"]}, {"runners": (*BASE.runners, Runner("momentum", colour=2))}),
    ({"r": [*RUNNERS, ""]}, {}),
    (
        {"r": [f"sgd~colour~{i % 10}" for i in range(11)]},
        {"runners": tuple(Runner("sgd", colour=i) for i in range(10))},
    ),
    ({"surface": "nowhere"}, {"surface": "bowl"}),
    ({"surface": "<img src=x onerror=alert(1)>"}, {"surface": "bowl"}),
    ({"start": "1"}, {"start": SURFACES["himmelblau"].start}),
    ({"start": "1~nan"}, {"start": SURFACES["himmelblau"].start}),
    ({"start": "1e300~0"}, {"start": SURFACES["himmelblau"].start}),
    ({"rotation": "[click](https://example.org)"}, {"rotation": 0.0}),
    ({"noise": "-1"}, {"noise": 0.0}),
    ({"seed": "1.5"}, {"seed": 0}),
    ({"tolerance": "0"}, {"tolerance": None}),
    ({"camera": "1~2"}, {}),
    ({"window": "3~1~0~1"}, {}),
    ({"loss": "cubic"}, {}),
    ({"step": "-3"}, {}),
    ({"shared": "warp~floor~1"}, {"shared": Plan()}),
    ({"stretch": "0"}, {"stretch": 1.0}),
    ({"batch": "3"}, {}),
    ({"surface": TYPED, "f": "2x*[a](javascript:alert(1))"}, {"surface": "bowl"}),
    ({"surface": TYPED, "f": "<script>alert(1)</script>"}, {"surface": "bowl"}),
    ({"surface": TYPED, "f": "x**" * 99}, {"surface": "bowl"}),
    ({"surface": TYPED, "f": "x^2 + y^2", "bounds": "1~0~0~1"}, {"surface": Formula("x^2 + y^2")}),
    ({"r": [*RUNNERS, "adam~dialect~warp~colour~2"]}, {"runners": (*BASE.runners, Runner("adam", colour=2))}),
]


@pytest.mark.parametrize(
    ("wrong", "instead"), HOSTILE, ids=lambda d: "&".join(f"{k}={str(v)[-24:]}" for k, v in d.items())
)
@pytest.mark.parametrize("lang", TABLES)
def test_a_hostile_link(visit, lang, wrong, instead):
    at = visit(urlencode({**PARAMETERS, **wrong}, doseq=True), lang)
    assert scene_of(at) == replace(BASE, **instead), "the fault is mended and the rest kept"
    (fault,) = Scene.from_query({**PARAMETERS, **wrong})[1]
    assert warnings(at) == [plain(fault.text[lang])]
    assert not re.search(r"<|\]\(|://", fault.text[lang])
    at.run()
    assert scene_of(at) == replace(BASE, **instead)
    at.select_slider(key="steps").set_value(120.0).run()
    assert not at.warning, "once something is changed the link is history"


def test_many_faults_at_once(visit):
    query = {
        "surface": "x",
        "steps": "x",
        "start": "x",
        "noise": "x",
        "seed": "x",
        "rotation": "x",
        "r": ["x", "sgd~lr~x"],
    }
    at = visit(urlencode(query, doseq=True))
    assert scene_of(at) == Scene(runners=(Runner("sgd"),))
    assert len(warnings(at)) == 8
    at = visit(urlencode({"r": [f"no{i}" for i in range(500)]}, doseq=True))
    assert scene_of(at) == Scene()
    faults = Scene.from_query({"r": [f"no{i}" for i in range(500)]})[1]
    assert warnings(at) == [fault.text.en for fault in faults]
    assert len(faults) <= 22


def test_a_bare_or_foreign_query_is_a_first_visit(visit):
    for query in ("utm_source=x", "lang=ko", "x[]=1&__proto__=2", "%00=%00&%ff=%fe", "r2=1"):
        at = visit(query)
        assert scene_of(at) == FIRST, query
        assert not at.warning


# --- what the stage gets ----------------------------------------------------------------------------


def test_packing_and_unpacking():
    header, arrays = unpack(
        pack({"word": "최솟값", "none": None}, {"a": np.float32([1, np.nan]), "b": np.float32([2])})
    )
    assert (header["word"], header["none"]) == ("최솟값", None)
    np.testing.assert_array_equal(arrays["a"], np.float32([1, np.nan]))
    np.testing.assert_array_equal(arrays["b"], [2])
    with pytest.raises(ValueError, match="JSON"):
        pack({"x": float("nan")}, {})
    name, flat = content(np.array([1.0, 1e300]), np.array([-np.inf, np.nan]))
    np.testing.assert_array_equal(flat, np.float32([1, np.nan, np.nan, np.nan]))
    assert content(np.array([1.0, np.inf, np.nan, np.nan]))[0] == name, "equal content, equal name"


SCENES = {
    "whole": WHOLE,
    "escaping": Scene("bowl", steps=500, runners=(Runner("sgd", {"lr": 1.2}), Runner("momentum", {"lr": 10.0}))),
    "bottomless": Scene(
        "monkey_saddle", start=(1.0, 0.5), steps=300, runners=(Runner("sgd", {"lr": 0.5}), Runner("adam"))
    ),
    "on the saddle": Scene("saddle", start=(1.0, 0.0), steps=200, runners=(Runner("sgd", {"lr": 0.1}),)),
    "nobody": Scene("bowl"),
    "typed": TYPED_SCENE,
    "typed, turned, stretched": replace(TYPED_SCENE, rotation=40.0, stretch=0.5),
    "typed, half undefined": Scene(Formula("sqrt(x)*y^2 + x"), start=(2.0, 2.0), runners=(Runner("sgd", {"lr": 0.1}),)),
    "another dialect": Scene("bowl", runners=(Runner("adam"), Runner("adam", dialect="keras"))),
    "examples": Scene(next(key for key, s in SURFACES.items() if s.samples), batch=2, runners=(Runner("sgd"),)),
    "one step": Scene("ackley", steps=1, runners=(Runner("adagrad"),)),
    **{f"preset {key}": preset.scene for key, preset in PRESETS.items()},
}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_the_stage_gets_the_exact_paths(visit, act, scene):
    at = visit(scene.to_string())
    header, arrays = sent(at)
    paths = asked_for(at, act, header)
    surface = scene.record
    floor = float(surface.value(*surface.minima[0])) if surface.minima else None
    assert header["surface"]["floor"] == floor
    assert header["steps"] == scene.length
    assert tuple(header["start"]) == scene.start
    assert header["words"] == {key: TABLES["en"][key] for key in WORDS}
    assert header["ack"] is None
    assert [runner["label"] for runner in header["runners"]] == list(scene.labels())

    expected = relief(surface.value, surface.bounds)
    assert header["surface"]["n"] == len(expected.x)
    assert (header["surface"]["scale"], header["surface"]["low"]) == (expected.scale, expected.low)
    np.testing.assert_array_equal(arrays[header["surface"]["grid"]], expected.f.astype(np.float32).ravel())
    marks = arrays[header["surface"]["marks"]].reshape(-1, 4)
    assert len(marks) == len(surface.minima) + len(surface.saddles)
    np.testing.assert_allclose(marks[:, :2], np.reshape([*surface.minima, *surface.saddles], (-1, 2)), atol=1e-6)

    for runner, drawn in zip(scene.runners, header["runners"], strict=True):
        run = scene.run(runner)
        with np.errstate(all="ignore"):
            rows = np.stack([run.x[:, 0], run.x[:, 1], run.loss - (floor or 0.0)]).astype(np.float32)
        rows[~np.isfinite(rows)] = np.nan
        assert drawn["path"] not in arrays, "the browser finds it by itself"
        np.testing.assert_array_equal(paths[drawn["path"]], rows.ravel())
        for step, x, y in drawn["compared"]:
            told = np.array([np.nan if v is None else v for v in (x, y)], dtype=float)
            np.testing.assert_allclose(told, np.where(np.isfinite(run.x[step]), run.x[step], np.nan), rtol=1e-8)
        assert drawn["compared"][-1][0] == scene.length
        assert (drawn["outcome"], drawn["when"]) == (run.outcome, run.when)
        assert drawn["left"] == (run.when if run.outcome == "escaped" else None)
        assert drawn["arrived"] == (run.when if run.outcome == "arrived" else None)
        assert drawn["final"] == (run.loss[-1] if np.isfinite(run.loss[-1]) else None)
        assert drawn["shown"] == runner.shown
        assert drawn["verdict"].strip().endswith((".", "0")) or re.search(r"\d", drawn["verdict"])


def test_arrays_are_sent_once(visit, act):
    at = visit()
    header, arrays = sent(at)
    paths = {runner["path"] for runner in header["runners"]}
    rests = {slider[3] for slider in header["live"]["sliders"].values() if slider[3]}
    assert set(arrays) == {header["lasting"], header["surface"]["grid"], header["surface"]["marks"], *rests}

    again, none = sent(at.run())
    assert none == {}
    assert {runner["path"] for runner in again["runners"]} == paths

    changed, none = sent(pick(at, 1, "lr", 0.12))
    assert none == {}, "the browser finds the new path by itself"
    (new,) = {runner["path"] for runner in changed["runners"]} - paths
    assert new == changed["runners"][1]["path"], "one path for one rate"
    assert len(message_of(at)) < 8000
    assert set(asked_for(at, act, changed)) == {runner["path"] for runner in changed["runners"]}

    colour, none = sent(at.toggle(key=f"{card(at, 0)}.shown").set_value(False).run())
    assert none == {}
    assert colour["runners"][0]["shown"] is False

    turned, new = sent(panel(at, "settings").slider(key="rotation").set_value(45.0).run())
    assert turned["surface"]["grid"] in new
    assert turned["surface"]["key"] != header["surface"]["key"]

    other, new = sent(at.selectbox(key="surface").set_value("beale").run())
    assert set(pictures(new)) == {other["surface"]["grid"], other["surface"]["marks"]}
    back, new = sent(at.selectbox(key="surface").set_value("bowl").run())
    assert back["surface"]["grid"] in new, "the browser has let go of it meanwhile"

    lost = [back["runners"][2]["path"], back["surface"]["grid"]]
    at.session_state[session.LIVE] = True
    _, new = sent(act(at, {"need": lost, "id": 1}))
    assert at.session_state[session.LIVE] is True, "a drag goes on"
    assert set(new) == set(lost), "what the browser lacks is sent again"

    helpless, new = sent(act(at, {"need": lost[:1], "helpless": True, "id": 2}))
    assert {runner["path"] for runner in helpless["runners"]} <= {*new, *lost}
    changed, new = sent(pick(at, 1, "lr", 0.15))
    assert set(new) == {changed["runners"][1]["path"]}, "a browser without the engine gets every path, unasked"


def test_moving_the_start_is_cheap(visit, act):
    names = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "nadam"]
    scene = Scene(
        "rosenbrock", steps=500, runners=tuple(Runner(name, {"lr": 1e-3}, colour=i) for i, name in enumerate(names))
    )
    at = visit(scene.to_string(), "ko")
    act(at, {"start": [0.5, 1.5], "id": 1})
    header, arrays = sent(at)
    assert scene_of(at) == replace(scene, start=(0.5, 1.5))
    assert arrays == {}
    assert len(message_of(at)) <= 20_000
    assert len(asked_for(at, act, header)) == 8
    assert len(message_of(at)) <= 80_000


# --- what the stage says ----------------------------------------------------------------------------


def test_what_the_visitor_does_on_the_stage(visit, act):
    at = visit()
    epoch = sent(at)[0]["epoch"]
    act(at, {"start": [3.5, -1.25], "id": 41})
    expected = replace(FIRST, start=(3.5, -1.25))
    assert scene_of(at) == expected
    header, _ = sent(at)
    assert header["ack"] == 41
    assert header["epoch"] == epoch, "the stage keeps its own step and camera"

    view = {"step": 12, "camera": [1, 1, 1], "window": [-5, 5, -5, 5], "loss_axis": "linear"}
    act(at, {"view": view, "id": 42})
    expected = replace(expected, view=View(12, (1.0, 1.0, 1.0), (-5.0, 5.0, -5.0, 5.0), "linear"))
    assert scene_of(at) == expected
    act(at, {"view": {"step": None}, "id": 43})
    expected = replace(expected, view=replace(expected.view, step=None))
    assert scene_of(at) == expected

    assert panel(at, "settings").number_input(key="start.0").value == 3.5

    act(at, {"toggle": 2, "id": 44})
    assert [runner.shown for runner in scene_of(at).runners] == [True, True, False, True]
    assert at.toggle(key=f"{card(at, 2)}.shown").value is False


@pytest.mark.parametrize(
    "nonsense",
    [
        {"start": "x"},
        {"start": [1]},
        {"start": [1e400, 0]},
        {"start": {"x": 1}},
        {"start": None},
        {"start": [1, 2, 3], "toggle": True},
        {"view": {"step": 3, "window": [1, 0, 0, 1]}},
        {"view": {"loss_axis": "cubic"}},
        {"toggle": True},
        {"toggle": False},
        {"view": {"camera": [1, 2], "step": "a", "window": [1, 0, 0, 1], "loss_axis": "<b>"}},
        {"view": [1]},
        {"toggle": 99},
        {"toggle": -1},
        {"toggle": "0"},
        {"toggle": 0.5},
        {"runners": "x"},
        {"need": 5},
        {"need": [None, {}, "unknown"]},
        {"id": {"a": []}},
        "a text",
        None,
        [1, 2],
    ],
    ids=str,
)
def test_nonsense_from_the_stage_breaks_nothing(visit, act, nonsense):
    """It takes a forged message to send this; it changes nothing."""
    at = visit()
    act(at, nonsense)
    assert scene_of(at) == FIRST
    pick(at, 1, "lr", 0.12)
    assert scene_of(at).runners[1].hypers["lr"] == 0.12


@pytest.mark.parametrize("what", [{"start": [2, 3]}, {"view": {"step": 3}}, {"toggle": 0}], ids=str)
def test_the_warning_about_a_link_goes_with_the_next_act(visit, act, what):
    at = visit("surface=bowl&r=sgd&steps=many")
    assert len(warnings(at)) == 1
    act(at, {"id": 1, "need": ["something"]})
    assert len(warnings(at)) == 1, "the browser asks for an array: nobody has done anything"
    act(at, {"id": 2, **what})
    assert not at.warning


def test_on_act_needs_no_page(monkeypatch):
    """The handler alone, with a session of its own."""
    state = {session.SCENE: FIRST, session.IDS: ["a", "b", "c", "d"]}
    monkeypatch.setattr("streamlit.session_state", state)
    on_act({"start": (2, 3), "toggle": 0})
    assert state[session.SCENE].start == (2.0, 3.0)
    assert [runner.shown for runner in state[session.SCENE].runners] == [False, True, True, True]


def test_the_whole_page_follows_when_the_start_has_come_to_rest(monkeypatch):
    """Where it is not known what the page says; the stage runs alone while a drag goes on."""
    state = {session.SCENE: FIRST, session.IDS: ["a", "b", "c", "d"]}
    monkeypatch.setattr("streamlit.session_state", state)

    def follows(**what):
        on_act(what)
        return state.pop(session.WHOLE, False)

    assert not follows(start=(2, 3), live=True)
    assert not follows(start=(3, 3), live=True)
    assert follows(start=(3, 3), live=False), "the drag ends where it was seen last"
    assert not follows(start=(3, 3), live=False), "nothing has moved"
    assert follows(start=(4, 3)), "a click"
    assert not follows(view={"step": 3})


@pytest.fixture
def sweeps(monkeypatch):
    """The scenes for which the server has swept over learning rates."""
    found = []
    monkeypatch.setattr(cache, "ruler", lambda scene, runner: found.append(scene) or ruler(scene, runner))
    cache._ruler.cache_clear()
    return found


def test_the_race_has_nothing_swept_for_its_rulers(visit, act, sweeps):
    """They are drawn by the browser, in places that the page keeps, from sentences that it is told."""
    at = visit(WHOLE.to_string())
    act(at, {"start": [3.4, -1.9], "live": False, "id": 1})
    pick(at, 2, "momentum", 0.5)
    at.select_slider(key="steps").set_value(12.0).run()
    assert not at.exception
    assert sweeps == []
    assert drawn_rulers(at) == [PLACE] * len(WHOLE.runners)
    assert [told["best"] for told in sent(at)[0]["rulers"]] == [
        TABLES["en"]["ruler_best_with" if others else "ruler_best"].replace("{others}", others)
        for others in (", ".join(h.symbol for h in searched(r) if h.name != "lr") for r in WHOLE.runners)
    ]


def test_without_the_engine_in_the_browser_rulers_follow_too(visit, act, ran, monkeypatch):
    """Where the server has no folder for it."""
    monkeypatch.setattr(engine, "_published", lambda: None)
    scene = Scene("himmelblau", runners=(Runner("momentum", {"lr": 0.01}),))
    at = visit(scene.to_string())
    act(at, {"start": [3.4, -1.9], "live": False, "id": 1})
    pick(at, 0, "momentum", 0.5)
    assert ran() == [], "they come with the whole page"
    marks = ruler(scene_of(at), scene_of(at).runners[0])
    (drawn,) = drawn_rulers(at)
    assert number(marks.start) != number(ruler(scene, scene.runners[0]).start)
    assert number(marks.start) in drawn
    assert number(marks.best) in drawn


def drawn_rulers(at):
    return [block.proto.body for block in at.sidebar.get("html") if "dl-ruler" in block.proto.body]


def test_a_table_of_steps_costs_nothing_until_it_is_open(visit, act):
    scene = Scene("rosenbrock", start=(-1.2, 1.0), steps=60, noise=0.1, runners=(
        Runner("sgd", {"lr": 0.9}), Runner("adam", {"lr": 0.1}, Plan("cosine"), colour=1)))  # fmt: skip
    at = visit(scene.to_string())
    header, _ = sent(at)
    assert header["steps_of"] is None
    for which, runner in enumerate(scene.runners):
        act(at, {"steps": which, "id": 1 + which})
        header, arrays = sent(at)
        assert header["steps_of"]["runner"] == which
        run = scene.run(runner)
        used = np.stack([run.lr, *run.gradient.T]).astype(np.float32)
        used[~np.isfinite(used)] = np.nan
        np.testing.assert_array_equal(arrays[header["steps_of"]["used"]].reshape(3, -1), used)
    assert scene_of(at) == scene, "no part of the scene, nor of a link"
    for wish in (None, 7, -1, True, "1", [0], {}):
        act(at, {"steps": 0, "id": 10})
        act(at, {"steps": wish, "id": 11})
        header, _ = sent(at)
        assert header["steps_of"] is None, wish


def test_the_table_of_words_is_the_stage_s(visit):
    """Every word that the stage's own files ask for is sent."""
    from pages.race.stage import FOLDER

    asked = set()
    for script in (FOLDER / "assets").glob("*.js"):
        asked |= set(re.findall(r"\bwords\.(\w+)", script.read_text("utf-8")))
    assert asked <= set(WORDS) | {"replace"}
    assert SimpleNamespace(**{key: TABLES["ko"][key] for key in WORDS})
