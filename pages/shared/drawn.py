"""Pictures that Python draws as SVG: Streamlit's own HTML lets none through, and an image would not follow the theme."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager

JS = "export default ({ parentElement, data }) => { parentElement.querySelector('.dl-drawn').innerHTML = data; };"


def drawn(html: str, key: str) -> None:
    """Show HTML with SVG in it. It replaces what stood there without a flicker. What visitors type must not be in it."""
    _declared(id(get_bidi_component_manager()))(key=key, data=html)


@functools.lru_cache(maxsize=8)
def _declared(manager_id: int) -> Callable[..., Any]:
    """The component on the running server."""
    return st.components.v2.component(
        "descent-lab-drawn", html='<div class="dl-drawn"></div>', js=JS, isolate_styles=False
    )
