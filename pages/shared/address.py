"""What a page shows, kept in the session and in step with the address bar, so that a link restores it.

The race has an address of its own kind, which `session` keeps; every other page uses this one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.scene import MAX_QUERY
from core.spec import Text
from pages.shared.words import language, t

T = TypeVar("T")
Query = Mapping[str, str | list[str]]
LONG = "address.long"  # whether the visitor was told that what is shown is too much for a link


def went_back() -> bool:
    """Whether this run is for the browser's back or forward button, and the address bar says what is to be shown.

    The address that comes with any other run cannot tell: it may be one change old.
    """
    run = get_script_run_ctx()
    return run is not None and run.is_history_navigation


def parameters(names: Collection[str]) -> dict[str, list[str]]:
    """What the address bar says of some parameters."""
    return {name: st.query_params.get_all(name) for name in st.query_params if name in names}


def linked(query: Query) -> str:
    """The query string of a link in the visitor's language; empty, and they are told, where it is longer than one that is read."""
    link = urlencode({**query, "lang": language()}, doseq=True)
    long = len(link) > MAX_QUERY
    if long and not st.session_state.get(LONG):
        st.toast(t("link_long"), icon=":material/link_off:", duration="long")
    st.session_state[LONG] = long
    return "" if long else link


@dataclass(frozen=True)
class Address(Generic[T]):
    """How the state of a page is read from an address and written to it.

    page: its name, and the beginning of its keys in the session. names: the parameters that are its own.
    read(parameters) -> state, and what was wrong with them; it never raises. write(state) -> parameters; none for what
    a first visit shows.
    """

    page: str
    names: tuple[str, ...]
    read: Callable[[Mapping[str, list[str]]], tuple[T, list[Text]]]
    write: Callable[[T], Query]

    def now(self) -> T:
        """What the page shows; on a first visit and for the browser's back button, what the address says."""
        state = st.session_state
        if f"{self.page}.state" not in state or went_back():
            state[f"{self.page}.state"], state[f"{self.page}.faults"] = self.read(parameters(self.names))
            state[f"{self.page}.written"] = None
            state.setdefault(f"{self.page}.origin", state[f"{self.page}.state"])
        return state[f"{self.page}.state"]

    def shown(self) -> T:
        """What a callback may change: two widgets may have moved before the page is drawn again."""
        return st.session_state[f"{self.page}.state"]

    def faults(self) -> list[Text]:
        """What was wrong with the address that was opened, until something is changed."""
        return list(st.session_state[f"{self.page}.faults"])

    def change(self, new: T) -> None:
        """A widget has made it another state. To be called in its callback."""
        state = st.session_state
        state[f"{self.page}.state"], state[f"{self.page}.faults"] = new, []

    def open(self, new: T) -> None:
        """Show another state, which is then the one to come back to."""
        st.session_state[f"{self.page}.origin"] = new
        self.change(new)

    def touched(self) -> bool:
        """Whether the page shows something else than when it was opened."""
        return bool(st.session_state[f"{self.page}.state"] != st.session_state[f"{self.page}.origin"])

    def reset(self) -> None:
        """Show what was opened."""
        self.change(st.session_state[f"{self.page}.origin"])

    def publish(self) -> None:
        """Put the state and the language into the address bar, where they differ.

        What comes with a run of what stands there may be one change old: what was written last counts too. It also stands
        for what is too much for a link.
        """
        state = st.session_state
        written = self.write(state[f"{self.page}.state"])
        query = {name: value if isinstance(value, list) else [value] for name, value in written.items()}
        there, before = parameters(self.names), state.get(f"{self.page}.written")
        if query != before and not linked(query):
            query = there if before is None else before
        state[f"{self.page}.written"] = query
        if query != there or (before is not None and query != before):
            st.query_params.from_dict({**query, "lang": [language()]})
        elif st.query_params.get("lang") != language():
            st.query_params["lang"] = language()
