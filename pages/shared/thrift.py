"""What Streamlit does at every run although nothing calls for it, done once, or with less; it has no setting for any of it.

A moved slider is two runs. At each of them Streamlit looked six times through all of its options for the theme, and the two
declared four classes and left two hundred objects that refer to each other: a tenth of what a move costs, and as much garbage
as held up everybody for half a second, twice a minute, in a class of 250. A version of Streamlit that is built otherwise goes
on as it does.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from streamlit import config


@cache
def save() -> None:
    """Save all of it, in this process."""
    for saving in (_theme, _values_of_components, _contexts):
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


def _nothing() -> None:
    """What is done between two steps of a run that has ended."""
