"""Words of the interface in the visitor's language."""

from __future__ import annotations

import re
import threading

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.spec import Text
from core.text import LANGUAGES, TABLES

DEFAULT = "en"


_spoken = threading.local()  # of a thread: the run that it has last been asked in, and the language there


def language() -> str:
    """The visitor's language: what was chosen, else what the link says, else what the browser prefers.

    It is the same all through a run, in which every word asks for it.
    """
    run = getattr(get_script_run_ctx(suppress_warning=True), "parallel_coordinator", None)  # every run has its own
    if run is None or getattr(_spoken, "run", None) is not run:
        _spoken.run, _spoken.language = run, _language()
    return str(_spoken.language)


def _language() -> str:
    chosen = st.session_state.get("lang")
    if chosen in LANGUAGES:
        return str(chosen)
    wishes = (st.query_params.get("lang"), (st.context.locale or "")[:2])
    return next((wish for wish in wishes if wish in LANGUAGES), DEFAULT)


def t(key: str, **values: object) -> str:
    """The words behind a key, placeholders filled."""
    return TABLES[language()][key].format(**values)


def say(text: Text) -> str:
    """A bilingual sentence in the visitor's language."""
    return text[language()]


def plain(text: str) -> str:
    """A text as Markdown that shows it as it is: a * in it is a star."""
    return re.sub(r"([\\`*{}\[\]<>#$|~])", r"\\\1", text)
