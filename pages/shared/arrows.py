"""The arrow keys as a control: every press counts, however fast they come.

Streamlit's own shortcuts press a button, and of several presses during one run of the page only one is kept. Here the
browser counts and sends where the visitor wants to be.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager

JS = Path(__file__).with_name("arrows.js")


def arrows(at: int, last: int, of: str, key: str, on_go: Callable[[int], None]) -> None:
    """Listen to ← and →, with shift ten at a time, between 1 and `last`. of: what is stepped through, by any name."""

    def went() -> None:
        wanted = st.session_state[key].get("at")
        if isinstance(wanted, int) and not isinstance(wanted, bool):
            on_go(wanted)

    _declared(id(get_bidi_component_manager()))(key=key, data={"at": at, "last": last, "of": of}, on_at_change=went)


@functools.lru_cache(maxsize=8)
def _declared(manager_id: int) -> Callable[..., Any]:
    """The component on the running server."""
    return st.components.v2.component(
        "descent-lab-arrows", html='<div class="dl-arrows"></div>', js=JS.read_text("utf-8"), isolate_styles=False
    )
