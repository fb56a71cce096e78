"""The arrow keys as a control: every press counts, however fast they come.

Streamlit's own shortcuts press a button, and of several presses during one run of the page only one is kept. Here the
browser counts and sends where the visitor wants to be.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from pages.shared.canvas import served

FOLDER = Path(__file__).parent


def arrows(at: int, last: int, of: str, slider: str, key: str, on_go: Callable[[int], None]) -> None:
    """Listen to ← and →, with shift ten at a time, and to Home and End, between 1 and `last`.

    of: what is stepped through, by any name. slider: the class of the one that stands at the same step.
    """

    def went() -> None:
        wanted = st.session_state[key].get("at")
        if isinstance(wanted, int) and not isinstance(wanted, bool):
            on_go(wanted)

    served("arrows", FOLDER)(key=key, data={"at": at, "last": last, "of": of, "slider": slider}, on_at_change=went)
