"""Pictures that Python draws as SVG: Streamlit's own HTML lets none through, and an image would not follow the theme."""

from __future__ import annotations

from pages.shared.canvas import declared

JS = "export default ({ parentElement, data }) => { parentElement.querySelector('.dl-drawn').innerHTML = data.at(0); };"


def drawn(html: str, key: str) -> None:
    """Show HTML with SVG in it. It replaces what stood there without a flicker. What visitors type must not be in it."""
    component = declared("descent-lab-drawn", html='<div class="dl-drawn"></div>', js=JS, isolate_styles=False)
    component(key=key, data=[html])
