"""Links that stay in the session: a click on one comes back to Python instead of opening the page anew.

Each is a real link, so it can be opened in another tab, copied, and reached by the keyboard.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from pages.shared.canvas import declared

ASSETS = Path(__file__).parent / "assets"


def attributes(name: str, query: dict[str, str]) -> str:
    """Of an <a> that `links` reports as `name`, and that leads to this page with a query."""
    return f'href="?{escape(urlencode(query))}" data-name="{escape(name)}"'


def links(html: str, key: str, on_pick: Callable[[str], None]) -> None:
    """Show HTML; `on_pick` receives the name of a link that was clicked. What visitors type must not be in the HTML."""

    def picked() -> None:
        name = st.session_state[key].get("picked")
        if isinstance(name, str):
            on_pick(name)

    css, js = ASSETS / "links.css", ASSETS / "links.js"
    component = declared("descent-lab-links", html='<div class="links"></div>', css=css, js=js)
    component(key=key, data=[html], on_picked_change=picked)
