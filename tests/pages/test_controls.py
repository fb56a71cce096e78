"""What a control shows and what the page computes are the same, whatever the browser sends: on every page, for every widget."""

from __future__ import annotations

import math
from typing import Any

import pytest
from streamlit.proto.ButtonGroup_pb2 import ButtonGroup
from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.Selectbox_pb2 import Selectbox
from streamlit.proto.SelectWidgetFilterMode_pb2 import SelectWidgetFilterMode
from tab import Tab, kind_of, options

from core import SURFACES, Plan, Runner, Scene
from core.expression.examples import examples
from pages.maps.sheet import SIZES

SAMPLED = next(key for key, surface in SURFACES.items() if surface.samples)
TWO = (Runner("adam", {"lr": 0.1}), Runner("adam", {"lr": 0.1}, Plan("cosine"), colour=1))
RACE = Scene(SAMPLED, runners=TWO, tolerance=0.01)

# Links under which as many kinds of widgets as possible stand on the pages; and what is to be opened there.
VISITS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "race": ("", RACE.to_string(), ("settings", "presets", "tuning", "card")),
    "race, one schedule": ("", Scene("bowl", runners=TWO, shared=Plan("cosine")).to_string(), ("settings",)),
    "race, typed": ("", Scene(examples()[0].formula, runners=TWO).to_string(), ("settings", "examples")),
    "anatomy": ("anatomy", f"{Scene('himmelblau', runners=TWO).to_string()}&who=2", ()),
    "maps of settings": ("maps", Scene("bowl", steps=20, runners=TWO).to_string(), ()),
    "maps of starts": ("maps", Scene("bowl", steps=20, runners=TWO).to_string() + "&map=starts", ()),
    "schedules": ("schedules", f"surface={SAMPLED}&plan=cosine&plan=power", ()),
    "networks": ("networks", "epochs=3&r=sgd&r=adam", ("net-network", "net-data", "net-training", "net-card")),
    "graph of a basket": ("networks", "view=graph", ()),
    "graph of a network": ("networks", "view=graph&graph=network", ()),
    "optimizer": ("catalogue", "entry=adam", ()),
    "surface": ("catalogue", "kind=surfaces&entry=beale", ()),
}


@pytest.fixture(params=VISITS)
def opened(request, visit, monkeypatch):
    """opened(lang): a tab with the page, everything on it unfolded; maps are drawn once, for AppTest knows the last run only."""
    for kind in SIZES:
        monkeypatch.setitem(SIZES, kind, (16, 16))

    def opened(lang: str = "en") -> Tab:
        page, query, unfold = VISITS[request.param]
        at = visit(query, lang, page)
        for name in unfold:
            if name == "card":
                at.button(key=f"{at.session_state['race.ids'][1]}.open").click().run()
            elif name == "net-card":
                at.button(key="network-1.open").click().run()
            else:
                at.session_state[f"{name}.open"] = True
                at.run()
        return Tab(at, tuple(name for name in unfold if name not in ("card", "net-card")))

    return opened


STATE = (
    "race.scene",
    "maps.atlas",
    "anatomy.state",
    "trial.state",
    "network.state",
    "catalogue.state",
    "catalogue.compared",
)


def state(tab: Tab) -> dict[str, Any]:
    """What the pages show, whatever the language."""
    return {key: tab.at.session_state[key] for key in STATE if key in tab.at.session_state}


def another(proto: Any, held: Any) -> Any:
    """What a widget holds once a visitor has moved it."""
    names = options(proto)
    kind = type(proto).__name__
    if kind == "Checkbox":
        return not held
    if kind == "TextInput":
        return "0.02" if "exact" in proto.id else "x^2 + 3*y^2"
    if kind == "NumberInput":
        return held + proto.step if held + proto.step <= proto.max else held - proto.step
    if kind == "Slider" and not names:
        return [held[0] + proto.step if held[0] + proto.step <= proto.max else held[0] - proto.step]
    if kind == "Slider":
        low = names.index(held[0])
        moved = names[low + 1] if low + 1 < len(names) else names[low - 1]
        return [moved, *held[1:]]
    other = next(name for name in names if name not in (held if isinstance(held, list) else [held]))
    return other if kind == "Selectbox" else [other]


def in_its_words(moved: Any, proto: Any, other: Any) -> Any:
    """The same move where the options have other names."""
    mine, theirs = options(proto), options(other)
    if isinstance(proto, ButtonGroup):
        return [theirs[mine.index(one)] for one in moved]
    return theirs[mine.index(moved)] if isinstance(moved, str) and moved in mine else moved


def agree(tab: Tab) -> None:
    """Every widget holds an option."""
    for key, held in tab.held.items():
        assert held is None or tab.offered(key), f"{key} shows {held!r}, which is no option"


def test_what_is_typed_into_a_box_has_to_stand_in_the_name(opened):
    """Prod is Prodigy, and not Rprop, whose letters come in the same order."""
    boxes = [proto for proto in opened().protos.values() if isinstance(proto, Selectbox)]
    assert all(proto.filter_mode == SelectWidgetFilterMode.FILTER_MODE_CONTAINS for proto in boxes)


def test_every_widget_moves_after_a_change_of_language(opened):
    plain, switched = opened("ko"), opened("en")
    keys = [key for key in plain.protos if key != "lang"]
    assert len(keys) > 1
    for i, key in enumerate(keys):
        if key not in plain.protos or plain.protos[key].disabled:
            continue
        before = state(switched)
        for _ in range(1 + bool(switched.open)):  # in another language popovers are new, and have to be opened again
            switched.send({"lang": ["English" if i % 2 else "한국어"]})
            assert state(switched) == before, "what the widgets hold, sent again, is not what was computed"
            agree(switched)
        proto = switched.protos[key]
        moved = another(plain.protos[key], plain.held[key])
        plain.send({key: moved})
        switched.send({key: in_its_words(moved, plain.protos.get(key, proto), proto)})
        assert state(switched) == state(plain), key
        agree(switched)
        assert switched.held.keys() == plain.held.keys()


def test_what_the_browser_has_sent_is_not_told_back(opened):
    """When the answer comes, a slider on which a key is held has moved on: told back, it would lose those presses."""
    tab = opened()
    for key, proto in list(tab.protos.items()):
        for _ in range(2):
            if type(proto).__name__ == "Slider" and key in tab.protos:
                tab.send({key: another(tab.protos[key], tab.held[key])})
                assert key not in tab.protos or not tab.protos[key].set_value, key


# What no widget offers, by how it travels. A forged message may hold any of it, one that was overtaken some.
GARBAGE: dict[str, list[Any]] = {
    "string_value": [" ", "-", "<script>alert(1)</script>", "__class__", "x" * 9999, "\x00", "Stretched bowl?"],
    "string_array_value": [["<b>"], [""], ["a", "b"], ["1", "2", "3"], ["no", "none"]],
    "double_array_value": [[float("nan")], [float("inf")], [1e300], [-1e9], [], [1.0, 2.0, 3.0]],
    "double_value": [float("nan"), float("inf"), 1e300, -1e300],
    "bool_value": [],
}


def garbage(tab: Tab, turn: int) -> dict[str, Any]:
    """For every widget something that it does not offer."""
    found = {}
    for key, proto in tab.protos.items():
        kinds = GARBAGE[str(kind_of(proto))]
        several = isinstance(proto, ButtonGroup) and proto.click_mode == ButtonGroup.MULTI_SELECT  # may all be off
        whole = isinstance(proto, NumberInput) and proto.data_type == NumberInput.INT  # Streamlit itself reads these
        value = kinds[turn % len(kinds)] if kinds else None
        if kinds and key not in FREE and not (proto.disabled or several or (whole and not math.isfinite(value))):
            found[key] = value
    return found


FREE = {"formula.text", "catalogue.search"}  # into which anything may be typed; it is searched for, or explained


def test_what_is_no_option_is_ignored_and_the_widget_set_right(opened):
    tab = opened()
    before = state(tab)
    for turn in range(max(map(len, GARBAGE.values()))):
        tab.send(garbage(tab, turn))
        assert state(tab) == before
    for key, wrong in garbage(tab, 0).items():
        tab.send({key: wrong}, forget=True)
        assert state(tab) == before, key
        if isinstance(tab.protos[key], Selectbox):
            assert tab.held[key] is None or tab.offered(key), f"{key} still shows {tab.held[key]!r}"
    for key in tab.protos:
        if key in FREE:
            for text in GARBAGE["string_value"]:
                tab.send({key: text})
                assert state(tab) == before


@pytest.mark.parametrize("backwards", [False, True])
def test_widgets_that_move_at_once_break_nothing(opened, backwards):
    """While the page is busy the browser gathers what the visitor does, and one may have changed what another offers."""
    tab = opened()
    moves = {key: another(tab.protos[key], held) for key, held in tab.held.items() if not tab.protos[key].disabled}
    if backwards:
        moves = dict(reversed(moves.items()))
        tab.held = dict(reversed(tab.held.items()))
    tab.send(moves)
    agree(tab)
    shown = state(tab)
    tab.send({})
    assert state(tab) == shown
