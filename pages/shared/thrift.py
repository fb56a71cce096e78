"""What Streamlit does at every run although nothing calls for it, done once, or with less; it has no setting for any of it.

A moved slider was two runs. At each of them Streamlit looked six times through all of its options for the theme, and the two
declared four classes and left two hundred objects that refer to each other: a tenth of what a move cost, and as much garbage
as held up everybody for half a second, twice a minute, in a class of 250. And the runs of all visitors went on at once, each in
the others' way. A version of Streamlit that is built otherwise goes on as it does.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import cache, lru_cache, wraps
from typing import Any

from streamlit import config

from pages.shared.turns import Turns

# What is there for one run, and gone: a press, and what happened in a component.
PRESSED = {"trigger_value", "string_trigger_value", "json_trigger_value", "chat_input_value"}
OPENS = 1.0  # seconds by which the runs of those who are at work go before those of whoever opens a page
AWAY = 64  # who may come back to a page that stands as they left it
TURNS = Turns()


@cache
def save() -> None:
    """Save all of it, in this process."""
    for saving in (_theme, _values_of_components, _names, _contexts, _cursors, _beside, _away, _first_runs, _turns):
        with contextlib.suppress(ImportError, AttributeError):
            saving()


def _theme() -> None:
    """Each part of the theme is composed once, and again when the configuration has been read anew."""
    from streamlit.runtime import app_session

    compose = app_session._populate_theme_msg
    parts: dict[str, Any] = {}

    @wraps(compose)
    def composed(message: Any, section: str = "theme") -> None:
        if section not in parts:
            compose(message, section)
            parts[section] = type(message)()
            parts[section].CopyFrom(message)
        elif parts[section].ByteSize():  # an empty part is left out, as it was
            message.MergeFrom(parts[section])

    app_session._populate_theme_msg = composed
    config.on_config_parsed(parts.clear, force_connect=True)


def _values_of_components() -> None:
    """What a component holds is a plain dictionary: its state, and what has just happened there.

    Streamlit makes a class of it for each time that it is looked at, so that the page can set what a component holds: no
    page here does.
    """
    from streamlit.components.v2.bidi_component import main

    def presenter(aggregator_id: str, *_: Any, **__: Any) -> Callable[[Any, Any], Any]:
        def present(base: Any, state: Any) -> Any:
            if not isinstance(base, dict):
                return base
            try:
                events = state._new_widget_state[aggregator_id]
            except KeyError:
                return base
            happened = events if isinstance(events, list) else [events]
            return {**{one["event"]: one.get("value") for one in happened if isinstance(one, dict)}, **base}

        return present

    main.make_bidi_component_presenter = presenter


def _names() -> None:
    """What the rests of a slider are called is listed once for all visitors, where the words are remembered anyway.

    Streamlit makes the list and a table of it for every slider of every visitor, at every run, and keeps them: a tenth of what
    a visitor takes up.
    """
    from streamlit.elements.widgets import select_slider

    make = select_slider.create_mappings
    remembered = lru_cache(maxsize=1024)(make)

    @wraps(make)
    def named(options: Any, format_func: Any = str) -> Any:
        if not hasattr(format_func, "cache_info"):  # it may depend on who asks
            return make(options, format_func)
        return remembered(tuple(options), format_func)

    select_slider.create_mappings = named


def _contexts() -> None:
    """A run that has ended is forgotten at once: its thread, its context and its runner refer to each other."""
    from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
    from streamlit.runtime.scriptrunner_utils.script_run_context_attr import SCRIPT_RUN_CONTEXT_ATTR_NAME

    run = ScriptRunner._run_script_thread

    @wraps(run)
    def ran(self: ScriptRunner) -> None:
        try:
            run(self)
        finally:
            vars(threading.current_thread()).pop(SCRIPT_RUN_CONTEXT_ATTR_NAME, None)
            with contextlib.suppress(AttributeError):
                object.__setattr__(self._session_state, "_yield_callback", _nothing)

    ScriptRunner._run_script_thread = ran


def _cursors() -> None:
    """Where a part of the page is written is copied as what it is, some numbers: once for a part and at each of its runs.

    Streamlit looks through each of them for what else there might be to copy.
    """
    from streamlit.cursor import Cursor, SparseList

    def copied(self: Any, memo: dict[int, Any]) -> Any:
        new = memo[id(self)] = object.__new__(type(self))
        for name, value in vars(self).items():
            vars(new)[name] = value if value is None or type(value) in (int, tuple) else deepcopy(value, memo)
        return new

    for kind in (Cursor, SparseList):
        kind.__deepcopy__ = copied


def _turns() -> None:
    """Runs take turns, on threads that are kept; see `Turns`."""
    from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

    start, run = ScriptRunner.start, ScriptRunner._run_script_thread

    @wraps(start)
    def started(self: ScriptRunner) -> None:
        if type(self) is not ScriptRunner:  # that of a test waits for the end of its thread
            return start(self)

        def work() -> None:
            self._script_thread = threading.current_thread()
            run(self)

        return TURNS.begin(work, later=0.0 if _goes_on(self, getattr(self._requests, "_rerun_data", None)) else OPENS)

    ScriptRunner.start = started


def _goes_on(runner: Any, asked: Any) -> bool:
    """Whether somebody has done something on a page that they see."""
    try:
        there = bool(asked.fragment_id_queue or (asked.widget_states and asked.widget_states.widgets))
        return there and asked.page_script_hash == runner._pages_manager.current_page_script_hash
    except AttributeError:
        return False


def _beside() -> None:
    """Threads for parts of a page that run side by side are made where a page has such parts, not for every run."""
    from streamlit.runtime import parallel_coordinator

    make = parallel_coordinator.ThreadPoolExecutor

    class Threads:
        def __init__(self, **told: Any) -> None:
            self.told = told
            self.made: Any = None

        def submit(self, *work: Any, **told: Any) -> Any:
            self.made = self.made or make(**self.told)
            return self.made.submit(*work, **told)

        def shutdown(self, **told: Any) -> None:
            if self.made:
                self.made.shutdown(**told)

    parallel_coordinator.ThreadPoolExecutor = Threads


def _away() -> None:
    """Of those whose connection broke the last so many find their page as they left it; all others find their scene, which the
    address tells. Streamlit keeps 128, each with a quarter of a megabyte.
    """
    from streamlit.runtime.memory_session_storage import MemorySessionStorage

    save = MemorySessionStorage.save

    @wraps(save)
    def saved(self: MemorySessionStorage, session_info: Any) -> None:
        save(self, session_info)
        with contextlib.suppress(AttributeError):
            while len(self._cache) > AWAY:
                self._cache.popitem()

    MemorySessionStorage.save = saved


def _first_runs() -> None:
    """The callback of what was set, a slider for instance, is called before a run begins, which then is of what it asks for.

    Streamlit begins a run of the whole page for it, breaks that off where the callback asks for parts of the page, and begins
    another. What is pressed stays with Streamlit: a dialog that it opens is written by its callback, which takes a run.
    """
    from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
    from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests, ScriptRequestType
    from streamlit.runtime.state.safe_session_state import SafeSessionState

    run, context_of = ScriptRunner._run_script, ScriptRunner._get_script_run_ctx
    call_back, next_of = SafeSessionState.on_script_will_rerun, ScriptRequests.on_scriptrunner_yield

    def merely_set(runner: ScriptRunner, asked: Any) -> bool:
        return (
            _goes_on(runner, asked)
            and bool(asked.widget_states)
            and not (asked.is_history_navigation or asked.replay_trigger_states or asked.replay_trigger_values)
            and not any(pressed(widget) for widget in asked.widget_states.widgets)
        )

    def pressed(widget: Any) -> bool:
        kind = widget.WhichOneof("value")
        return kind in PRESSED and bool(getattr(widget, kind))

    def heard(runner: ScriptRunner, asked: Any, context: Any) -> Any:
        """What is to be run after the callbacks; None if it shall end here."""
        context.query_string, context.context_info = asked.query_string, asked.context_info
        context.cached_message_hashes = asked.cached_message_hashes
        context.fragment_ids_this_run = [*asked.fragment_id_queue] or None
        context.parallel_coordinator = None  # of the run before, if there was one on this thread
        call_back(runner._session_state, asked.widget_states)
        wanted = next_of(runner._requests)
        if wanted is None:
            return replace(asked, widget_states=None)
        return wanted.rerun_data if wanted.type == ScriptRequestType.RERUN else None

    @wraps(run)
    def ran(self: ScriptRunner, asked: Any) -> None:
        if not merely_set(self, asked):
            return run(self, asked)
        context = context_of(self)
        try:
            wanted = heard(self, asked, context)
        except Exception as error:
            wanted, fault = replace(asked, widget_states=None), error

            def fail() -> None:
                raise fault

            context.on_script_start = fail  # within the run, which tells it as it would have
        if wanted is None:
            return None
        try:
            return run(self, wanted)
        finally:
            vars(context).pop("on_script_start", None)

    ScriptRunner._run_script = ran


def _nothing() -> None:
    """What is done between two steps of a run that has ended."""
