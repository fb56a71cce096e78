"""The frame around every page: that it stands there at all, what its link had wrong, and its look."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from core.spec import Text
from pages.shared.words import plain, say

CSS = Path(__file__).with_name("frame.css")


def framed() -> None:
    """To be called first by every page: makes sure that it runs inside of app.py.

    Until the first st.navigation of the process Streamlit takes pages/ for a menu in its old way, and a visitor whose
    link leads to a page would wake a cold server to that page alone.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


def warn(faults: Iterable[Text]) -> None:
    """What was wrong with the link that was opened, a line a fault; nothing where nothing was."""
    if lines := [plain(say(fault)) for fault in faults]:  # they quote the link, so nothing in them may be Markdown
        st.warning("  \n".join(lines), icon=":material/link_off:")


def dark() -> bool:
    """Whether the visitor's theme is dark, for pictures that are drawn here and not in the browser."""
    return st.context.theme.type == "dark"


def style() -> None:
    """The look: less air, the language in the top bar."""
    st.html(CSS)
