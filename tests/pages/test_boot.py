"""Start-up: nobody waits for a compiler, and those who have left are forgotten."""

from __future__ import annotations

import gc
import inspect
import io
import threading
import time
import weakref
from types import SimpleNamespace

import pytest
from streamlit.components.v2 import presentation
from streamlit.components.v2.bidi_component import main
from streamlit.proto.NewSession_pb2 import CustomThemeConfig, NewSession
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from core import Runner, Scene
from pages.race import picture
from pages.shared import boot, cache, thrift
from pages.shared.ruler import PLACE

SCENE = Scene("booth", steps=41, runners=(Runner("sgd", {"lr": 0.0123}), Runner("adam", {"lr": 0.0321}, colour=1)))


@pytest.fixture
def cold(monkeypatch):
    """A server whose first kernels are being compiled; whoever asks for a run meanwhile fails."""

    def warm_alone(work):
        def asked(*told):
            assert not boot.is_cold(), "this would wait for the compiler"
            return work(*told)

        return asked

    for room, name in ((picture, "run_of"), (picture, "path_of"), (cache, "ruler_of")):
        monkeypatch.setattr(room, name, warm_alone(getattr(room, name)))
    boot._cold.set()
    yield
    boot._cold.clear()


def test_the_first_page_is_drawn_without_a_run(visit, cold, monkeypatch):
    """And once more with figures as soon as there can be any."""
    drawn = []

    def waited():
        drawn.append("cold")
        boot._cold.clear()

    monkeypatch.setattr(boot, "wait_until_warm", waited)
    at = visit(SCENE.to_string())
    assert not at.exception
    assert drawn == ["cold"]
    assert [html.proto.body for html in at.get("html")].count(PLACE) == 2


def test_without_a_compiler_nobody_waits_for_ever(cold, monkeypatch):
    def fails(**_):
        raise RuntimeError("the compiler")

    monkeypatch.setattr(boot, "compile_all", fails)
    monkeypatch.setattr(boot, "_loaded", lambda *_: False)
    with pytest.raises(RuntimeError):
        boot._prepare()
    assert not boot.is_cold()
    boot.wait_until_warm()


def test_who_has_left_is_forgotten(monkeypatch):
    """A session refers to itself, and Python's own thresholds are far away."""

    class Session:
        def __init__(self):
            self.itself = self

    monkeypatch.setattr(boot, "TIDY", 0.02)
    monkeypatch.setattr(boot, "_many_left", lambda now: True)
    thresholds = gc.get_threshold()
    gc.set_threshold(*boot.COLLECT)
    try:
        visitor = Session()
        gc.collect()  # who stays for a while is no longer looked at with the youngest
        left = weakref.ref(visitor)
        del visitor
        kept = [[] for _ in range(2 * boot.COLLECT[0])]  # what others do meanwhile
        assert left() is not None
        threading.Thread(target=boot._tidy, daemon=True).start()
        end = time.monotonic() + 10
        while left() is not None and time.monotonic() < end:
            time.sleep(0.01)
        assert left() is None
        assert kept
    finally:
        gc.set_threshold(*thresholds)


@pytest.mark.parametrize("page", ["", "anatomy", "maps", "schedules", "networks", "catalogue"])
def test_a_page_that_was_drawn_once_opens_no_file_any_more(visit, monkeypatch, page):
    """Where as many visitors have come as files may be open, the next one would see an error instead of the page."""
    at = visit(page=page)
    opened, real = [], io.open

    def noted(file, *how, **more):
        opened.append(str(file))
        return real(file, *how, **more)

    monkeypatch.setattr("builtins.open", noted)
    monkeypatch.setattr(io, "open", noted)
    assert not at.run().exception
    assert not [name for name in opened if "/pages/" in name and not name.endswith(".py")]


def test_the_theme_is_told_as_streamlit_tells_it(monkeypatch):
    """Composed once, and again when the configuration has been read anew."""
    composed = []

    def compose(message, section="theme"):
        composed.append(section)
        if section != "theme.sidebar":
            message.primary_color = section

    def told(section):
        message = NewSession()
        app_session._populate_theme_msg(message.custom_theme.dark, section)
        return message

    monkeypatch.setattr(app_session, "_populate_theme_msg", compose)
    heard = []
    monkeypatch.setattr(thrift.config, "on_config_parsed", lambda forget, force_connect: heard.append(forget))
    sections = "theme", "theme.dark", "theme.sidebar"
    plain = [told(section) for section in sections]
    thrift._theme()
    composed.clear()
    for _ in range(3):
        assert [told(section) for section in sections] == plain
    assert composed == [*sections]
    (forget,) = heard
    forget()
    assert [told(section) for section in sections] == plain
    assert composed == [*sections] * 2


def test_the_remembered_theme_is_that_of_the_house():
    thrift.save()
    remembered = app_session._populate_theme_msg
    for part in ("", ".light", ".dark", ".sidebar", ".light.sidebar", ".dark.sidebar"):
        told = [CustomThemeConfig() for _ in range(3)]
        for message, tell in zip(told, (inspect.unwrap(remembered), remembered, remembered), strict=True):
            tell(message, f"theme{part}")
        assert told[0] == told[1] == told[2]
        assert bool(told[0].ByteSize()) == (part != ".sidebar"), "those that config.toml sets"


def test_nobody_waits_for_a_collection_as_long_as_all_are_there(monkeypatch):
    there = {f"visitor {i}" for i in range(250)}
    monkeypatch.setattr(boot, "_here", {*there})
    monkeypatch.setattr(boot, "_left", [])
    monkeypatch.setattr(boot, "exists", lambda: True)
    monkeypatch.setattr(boot, "get_instance", lambda: SimpleNamespace(is_active_session=there.__contains__))
    assert not boot._many_left(0.0)
    for _ in range(boot.LEFT - 1):
        there.pop()
    assert not boot._many_left(30.0), "a few"
    there.pop()
    assert boot._many_left(600.0), "many, if slowly"
    there.clear()
    boot._left.clear()
    assert boot._many_left(900.0), "all"


def test_who_has_left_is_looked_for_until_streamlit_has_dropped_them(monkeypatch):
    class Enough(Exception):
        pass

    now, collected = [0.0], []

    def sleep(seconds):
        if now[0] > 2 * boot.FORGOTTEN:
            raise Enough
        now[0] += seconds

    monkeypatch.setattr(boot, "time", SimpleNamespace(sleep=sleep, monotonic=lambda: now[0]))
    counted = SimpleNamespace(collect=lambda: collected.append(now[0]), get_count=lambda: (0, 1, 0))
    monkeypatch.setattr(boot, "gc", counted)
    monkeypatch.setattr(boot, "exists", lambda: True)
    monkeypatch.setattr(boot, "get_instance", lambda: SimpleNamespace(is_active_session=lambda session: True))
    monkeypatch.setattr(boot, "_here", {"who stays"})
    monkeypatch.setattr(boot, "_left", [0.0] * boot.LEFT)
    with pytest.raises(Enough):
        boot._tidy()
    assert collected == [boot.TIDY * i for i in range(1, 1 + round(boot.FORGOTTEN / boot.TIDY))]


def test_a_run_that_has_ended_is_forgotten_at_once(visit):
    """Else its thread, its context and its runner wait for a collection, which holds up everybody."""

    def alive():
        return sum(type(one) is ScriptRunContext for one in gc.get_objects())

    at = visit(SCENE.to_string())
    gc.collect()
    gc.disable()
    try:
        before = alive()
        for _ in range(5):
            at.run()
        assert not at.exception
        assert alive() <= before + 1
    finally:
        gc.enable()


@pytest.mark.parametrize("happened", [None, {"event": "act", "value": {"id": 1}}, [{"event": "act", "value": 2}, "?"]])
@pytest.mark.parametrize("base", [{}, {"back": 3}, None, 4])
def test_the_value_of_a_component_is_what_streamlit_makes_of_it(happened, base):
    thrift.save()

    class States(dict):
        pass

    state = SimpleNamespace(_new_widget_state=States(events=happened))
    state._new_widget_state.widget_metadata = {"events": SimpleNamespace(value_type="json_trigger_value")}
    theirs, ours = presentation.make_bidi_component_presenter("events"), main.make_bidi_component_presenter("events")
    assert theirs is not ours
    assert ours(base, state) == theirs(base, state)
    state._new_widget_state.clear()
    assert ours(base, state) == theirs(base, state)
