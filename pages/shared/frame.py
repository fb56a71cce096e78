"""The frame around every page: how it comes to stand there, what its link had wrong, and its look."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

from core.spec import Text
from pages.shared.words import plain, say

CSS = Path(__file__).with_name("frame.css")
ICON = Path(__file__).with_name("icon.svg").read_text("utf-8")
HISTORY = Path(__file__).with_name("history.js").read_text("utf-8")
LOOKS = ("camera", "window", "node", "lang")  # parameters of a link that say how one looks at the scene


def in_old_mode() -> bool:
    """Whether Streamlit runs app.py as a page of its own, as it did before st.navigation.

    It does so for every session that begins before the first st.navigation of the process, because there is a folder
    called pages/. What such a run draws belongs to another page in Streamlit's eyes: the first change of a widget
    would be lost.
    """
    run = get_script_run_ctx()
    return run is not None and ThreadState.get().active_script_hash != run.pages_manager.main_script_hash


def warn(faults: Iterable[Text]) -> None:
    """What was wrong with the link that was opened, a line a fault; nothing where nothing was."""
    if lines := [plain(say(fault)) for fault in faults]:  # they quote the link, so nothing in them may be Markdown
        st.warning("  \n".join(lines), icon=":material/link_off:")


def dark() -> bool:
    """Whether the visitor's theme is dark, for pictures that are drawn here and not in the browser."""
    return st.context.theme.type == "dark"


def style() -> None:
    """The look: less air, the language in the top bar.

    Popovers and dialogs stand outside of what Streamlit tells whether it is dark; they have to know it too.
    """
    sheet(CSS)
    st.html(f"<style>:root{{color-scheme:{'dark' if dark() else 'light'}}}</style>")


class _Sheet:
    """A style sheet as Streamlit takes it without a file."""

    def __init__(self, css: str) -> None:
        self.html = f"<style>{css}</style>"

    def _repr_html_(self) -> str:
        return self.html


@lru_cache
def _read(file: Path) -> _Sheet:
    return _Sheet(file.read_text("utf-8"))


def sheet(file: Path) -> None:
    """Put a style sheet on the page. It is read once: where no more files may be open, a visitor who comes sees the page."""
    st.html(_read(file))


def keep_history() -> None:
    """Let one step of the browser's history be one act of the visitor."""
    st.html(f"<script>({HISTORY})({json.dumps(LOOKS)})</script>", unsafe_allow_javascript=True)
