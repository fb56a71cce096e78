"""The frame around every page: that it stands there at all, and its look: less air, the language in the top bar."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

CSS = Path(__file__).with_name("frame.css")


def framed() -> None:
    """To be called first by every page: makes sure that it runs inside of app.py.

    Until the first st.navigation of the process Streamlit takes pages/ for a menu in its old way, and a visitor whose
    link leads to a page would wake a cold server to that page alone.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


def style() -> None:
    st.html(CSS)
