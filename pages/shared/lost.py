"""Whoever looks for a page that there is not is brought to the first one, and told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import streamlit as st

from pages.shared.words import t


def astray(pages: Sequence[Any]) -> list[Any]:
    """A hidden page in the place of the one that the address names and there is not; mostly none.

    Without it Streamlit would put a sentence of its own over the page, in English.
    """
    home = str(st.get_option("server.baseUrlPath") or "").strip("/")
    path = unquote(urlsplit(st.context.url or "").path).strip("/").removeprefix(home).strip("/")
    if not path.isidentifier() or path in {page.url_path for page in pages}:
        return []
    return [st.Page(lambda: None, title=t("race"), url_path=path, visibility="hidden")]


def bring_back(page: Any, pages: Sequence[Any]) -> None:
    """Go on to the first page, if this one is none, and say so there until the next thing is done."""
    if page not in pages:
        st.session_state["lost"] = True
        asked = {name: st.query_params.get_all(name) for name in st.query_params}  # a copy: they are emptied first
        st.switch_page(pages[0], query_params=asked)
    if st.session_state.pop("lost", False):
        st.warning(t("no_page"), icon=":material/explore_off:")
