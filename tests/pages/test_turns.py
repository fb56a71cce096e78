"""What Streamlit is spared: runs that take turns and begin with what was asked for, and what is kept of visitors."""

from __future__ import annotations

import contextvars
import inspect
import threading
import time
from copy import deepcopy
from types import SimpleNamespace

import pytest
from streamlit.cursor import LockedCursor, RunningCursor
from streamlit.elements.lib import options_selector_utils
from streamlit.elements.widgets import select_slider
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.parallel_coordinator import ParallelFragmentCoordinator
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.testing.v1 import AppTest

from pages.shared import controls, session, thrift
from pages.shared.turns import KEPT, Turns

AS_IT_IS = AppTest._run  # as Streamlit has it
PATIENCE = 10
SLOW = 60.0  # seconds in which nothing that is tested here counts as long


@pytest.fixture
def gate():
    """A piece of work that has begun, and ends when the gate is opened."""
    gate = threading.Event()
    yield gate
    gate.set()


def until(known, what):
    end = time.monotonic() + PATIENCE
    while not known():
        assert time.monotonic() < end, what
        time.sleep(0.002)


def test_they_come_in_the_order_in_which_they_asked_and_whoever_may_wait_comes_later(gate):
    turns, seen, done = Turns(1, SLOW), [], threading.Event()
    turns.begin(gate.wait)
    for name, later in (("opens", 30.0), ("first", 0.0), ("second", 0.0), ("third", 0.0)):
        turns.begin(lambda name=name: seen.append(name), later)
    turns.begin(done.set, 60.0)
    assert seen == []
    gate.set()
    assert done.wait(PATIENCE)
    assert seen == ["first", "second", "third", "opens"]


def test_who_may_wait_does_not_wait_for_ever(gate):
    turns, seen, done = Turns(1, SLOW), [], threading.Event()
    turns.begin(gate.wait)
    turns.begin(lambda: seen.append("opens"), 0.02)
    time.sleep(0.05)
    turns.begin(lambda: seen.append("moves"))
    turns.begin(done.set, 60.0)
    gate.set()
    assert done.wait(PATIENCE)
    assert seen == ["opens", "moves"]


@pytest.mark.parametrize("places", [1, 2, 5])
def test_so_many_run_at_a_time_and_no_more(places):
    turns, lock, inside, most, done = Turns(places, SLOW), threading.Lock(), [0], [0], []

    def work():
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.005)
        with lock:
            inside[0] -= 1
            done.append(1)

    for _ in range(40):
        turns.begin(work)
    until(lambda: len(done) == 40, "all of them")
    assert most[0] == places


def test_whoever_takes_long_gives_up_the_place(gate):
    """Else two who wait for a map would stop the page of everybody."""
    turns, seen = Turns(2, 0.05), []
    for _ in range(2):
        turns.begin(gate.wait)
    for i in range(3):
        turns.begin(lambda i=i: seen.append(i))
    until(lambda: sorted(seen) == [0, 1, 2], "those who come after them")
    assert not gate.is_set()
    gate.set()
    turns.begin(lambda: seen.append(3))
    until(lambda: sorted(seen) == [0, 1, 2, 3] and turns._inside == {}, "those who come when they have ended")


def test_what_fails_takes_nobody_along(monkeypatch):
    turns, told, done = Turns(1, SLOW), [], threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda fault: told.append(str(fault.exc_value)))
    turns.begin(lambda: [][0])
    turns.begin(done.set)
    assert done.wait(PATIENCE)
    assert told == ["list index out of range"]


def test_a_thread_is_used_again_and_remembers_nothing():
    spoken, turns, seen = contextvars.ContextVar("spoken", default=0), Turns(1, SLOW), []

    def work():
        seen.append((threading.get_ident(), spoken.get()))
        spoken.set(1)

    for i in range(5):
        turns.begin(work)
        until(lambda i=i: len(seen) == i + 1 and len(turns._idle) == 1, "a run")
    assert {context for _, context in seen} == {0}
    assert len({thread for thread, _ in seen}) == 1


def test_few_threads_stay_when_many_have_run():
    turns, before = Turns(50, SLOW), threading.active_count()
    for _ in range(50):
        turns.begin(lambda: time.sleep(0.05))
    until(lambda: not turns._inside and threading.active_count() <= before + KEPT, "the end of the others")
    assert len(turns._idle) == KEPT


def test_a_page_that_is_opened_lets_those_go_first_who_are_at_work(monkeypatch):
    thrift.save()
    begun = []
    monkeypatch.setattr(thrift, "TURNS", SimpleNamespace(begin=lambda work, later: begun.append(later)))

    def asked(page, widgets=(), fragments=()):
        return SimpleNamespace(
            page_script_hash=page, widget_states=SimpleNamespace(widgets=widgets), fragment_id_queue=fragments
        )

    for rerun in (
        asked(""),
        asked("race"),
        asked("race", ["η"]),
        asked("race", (), ["stage"]),
        asked("maps", ["η"]),
        None,
    ):
        runner = ScriptRunner.__new__(ScriptRunner)
        runner._requests = SimpleNamespace(_rerun_data=rerun)
        runner._pages_manager = SimpleNamespace(current_page_script_hash="race")
        ScriptRunner.start(runner)
    assert begun == [thrift.OPENS, thrift.OPENS, 0.0, 0.0, thrift.OPENS, thrift.OPENS]


# --- what was set is heard before a run begins ------------------------------------------------------------


def page():
    import streamlit as st

    state = st.session_state
    state.drawn = [*state.get("drawn", []), "page"]
    state.setdefault("heard", [])

    def moved():
        state.heard = [*state.heard, state["a"]]
        st.rerun(["line"])

    def whole():
        state.heard = [*state.heard, state["b"]]

    def fails():
        raise ValueError("this callback fails")

    def pressed():
        state.heard = [*state.heard, "pressed"]
        st.toast("opened by a callback")

    st.slider("parts", 0, 10, key="a", on_change=moved)
    st.slider("page", 0, 10, key="b", on_change=whole)
    st.slider("fault", 0, 10, key="c", on_change=fails)
    st.button("press", key="d", on_click=pressed)

    @st.fragment(key="line")
    def line():
        state.drawn = [*state.drawn, "line"]
        st.text(f"{state['a']} {state['b']}")

    line()


@pytest.fixture
def runs(monkeypatch):
    """The runs that have begun, each as how many parts of the page it is of."""
    runs, reset = [], ScriptRunContext.reset

    def begun(self, *told, **named):
        runs.append(len(named["fragment_ids_this_run"] or ()))
        reset(self, *told, **named)

    monkeypatch.setattr(ScriptRunContext, "reset", begun)
    monkeypatch.setattr(AppTest, "_run", AS_IT_IS)
    return runs


@pytest.fixture
def played(monkeypatch, runs):
    """played(act, theirs=False): a page on which somebody has acted, and the runs for it."""
    thrift.save()
    ours = ScriptRunner._run_script

    def played(act, theirs=False):
        monkeypatch.setattr(ScriptRunner, "_run_script", inspect.unwrap(ours) if theirs else ours)
        at = AppTest.from_function(page).run()
        assert not at.exception
        assert runs == [0]
        runs.clear()
        at = act(at)
        found = [*runs]
        runs.clear()
        return at, found

    return played


def told(at):
    """All that is shown and remembered."""
    state = at.session_state
    shown = (
        [text.value for text in at.text],
        [toast.value for toast in at.toast],
        [fault.value for fault in at.exception],
    )
    return *shown, state["drawn"], state["heard"]


def slid(which, value):
    return lambda at: at.slider(key=which).set_value(value).run()


@pytest.mark.parametrize(
    ("act", "needed", "before"),
    [
        (slid("a", 3), [1], [0, 1]),
        (slid("b", 3), [0], [0]),
        (slid("c", 3), [0], [0]),
        (lambda at: at.button(key="d").click().run(), [0], [0]),
        (lambda at: at.run(), [0], [0]),
        (lambda at: at.slider(key="a").set_value(1) and at.slider(key="b").set_value(2).run(), [0], [0, 0]),
        (lambda at: slid("a", 4)(slid("a", 3)(at).run()), [1, 0, 1], [0, 1, 0, 0, 1]),
        (lambda at: slid("a", 4)(slid("c", 3)(at).run()), [0, 0, 1], [0, 0, 0, 1]),
    ],
    ids=["its parts", "the whole page", "a fault", "a press", "nothing", "both at once", "twice", "after a fault"],
)
def test_what_was_set_is_heard_before_a_run_begins_which_then_is_of_what_it_asks_for(played, act, needed, before):
    """And all that is shown and remembered is what Streamlit makes of it."""
    (ours, found), (theirs, spent) = played(act), played(act, theirs=True)
    assert told(ours) == told(theirs)
    assert (found, spent) == (needed, before)


def test_a_moved_slider_of_the_race_is_one_run(visit, runs):
    at = visit()
    runs.clear()
    (card, *_) = at.session_state[session.IDS]
    at.select_slider(key=f"{card}.lr").set_value(0.12).run()
    assert not at.exception
    assert at.session_state[session.SCENE].runners[0].hypers["lr"] == 0.12
    (parts,) = runs
    assert parts >= 1, "the stage, and what has ceased to be true beside it"


# --- where a part is written ------------------------------------------------------------------------------


def test_where_a_part_of_the_page_is_written_is_copied_as_it_is():
    thrift.save()
    for place in (RunningCursor(0, (3, 1)), LockedCursor(1, (2,), 5)):
        place._transient_elements[2] = element = ["spinner"]
        place._transient_index = 2
        copy = deepcopy(place)
        assert type(copy) is type(place)
        assert copy.delta_path == place.delta_path
        assert copy.transient_index == 2
        assert copy.transient_elements[2] == element
        assert copy.transient_elements[2] is not element
        copy._transient_elements[3] = []
        assert len(place.transient_elements) == 1
        if isinstance(place, RunningCursor):
            copy.lock_element()
            assert (copy.index, place.index) == (1, 0)
    both = deepcopy([place, place])
    assert both[0] is both[1] is not place


# --- parts that run side by side ---------------------------------------------------------------------------


def test_threads_for_parts_that_run_side_by_side_are_made_where_there_are_such_parts():
    thrift.save()
    before, seen = threading.active_count(), []
    for parts in (0, 3):
        beside = ParallelFragmentCoordinator(lambda: None, max_workers=2)
        for part in range(parts):
            beside.submit(seen.append, None, part)
        beside.join()
        beside.drain()
        assert sorted(seen) == [*range(parts)]
        assert parts or threading.active_count() == before


# --- who has left -----------------------------------------------------------------------------------------


def test_the_last_who_left_find_their_page_as_it_was():
    thrift.save()
    kept = MemorySessionStorage()
    left = [SimpleNamespace(session=SimpleNamespace(id=str(i))) for i in range(thrift.AWAY + 10)]
    for one in left:
        kept.save(one)
    assert kept.list() == left[10:]
    assert kept.get("9") is None
    assert kept.get("10") is left[10]


# --- what the rests of a slider are called ----------------------------------------------------------------


def test_names_that_are_the_same_for_everybody_are_listed_once():
    thrift.save()
    theirs = options_selector_utils.create_mappings
    ours = select_slider.create_mappings
    rests = [0.001, 0.5, 1, 2.0]
    assert ours(rests, controls.spell) == theirs(rests, controls.spell)
    assert ours(rests, controls.spell)[1] is ours([*rests], controls.spell)[1]
    assert ours([1, 2], controls.spell) == theirs([1, 2], controls.spell), "other rests"

    def asked(value):
        asked.times += 1
        return f"{value} {asked.times}"

    asked.times = 0
    assert ours([1], asked) != ours([1], asked), "they may be in another language the next time"
