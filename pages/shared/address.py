"""What a page shows, kept in the session and in step with the address bar, so that a link restores it.

The race has an address of its own kind, which the stage keeps; every other page uses this one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st

from core.spec import Text
from pages.shared.words import language

T = TypeVar("T")
Query = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Address(Generic[T]):
    """How the state of a page is read from an address and written to it.

    page: its name, and the beginning of its keys in the session. names: the parameters that are its own.
    widget: the key of a widget that is always on the page. read(parameters) -> state, and what was wrong with them;
    it never raises. write(state) -> parameters; none for what a first visit shows.
    """

    page: str
    names: tuple[str, ...]
    widget: str
    read: Callable[[Mapping[str, list[str]]], tuple[T, list[Text]]]
    write: Callable[[T], Query]

    def now(self) -> T:
        """What the page shows: what a widget has just made it, else what the address says, else what it showed last."""
        state, address = st.session_state, self._address()
        changed = state.pop(f"{self.page}.changed", False)
        stays = self.widget in state  # Streamlit forgets the widgets of a page that is left
        opened = (
            bool(address) or stays
        )  # an empty address is that of a first visit, unless another page was left for it
        if f"{self.page}.state" not in state or (opened and not changed and address != state[f"{self.page}.address"]):
            state[f"{self.page}.state"], state[f"{self.page}.faults"] = self.read(address)
        return state[f"{self.page}.state"]

    def faults(self) -> list[Text]:
        """What was wrong with the address that was opened, until something is changed."""
        return list(st.session_state[f"{self.page}.faults"])

    def change(self, new: T) -> None:
        """A widget has made it another state. To be called in its callback."""
        state = st.session_state
        state[f"{self.page}.state"], state[f"{self.page}.faults"], state[f"{self.page}.changed"] = new, [], True

    def publish(self) -> None:
        """Put the state into the address bar, where it differs."""
        written = self.write(st.session_state[f"{self.page}.state"])
        query = {name: value if isinstance(value, list) else [value] for name, value in written.items()}
        if query != self._address():
            st.query_params.from_dict({**query, "lang": [language()]})
        st.session_state[f"{self.page}.address"] = query

    def _address(self) -> dict[str, list[str]]:
        return {name: st.query_params.get_all(name) for name in st.query_params if name in self.names}
