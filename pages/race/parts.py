"""The parts of the page that a moved slider calls for: those that speak of what it changed, and no others.

A run of the whole page is some sixty messages. Of a learning rate the stage alone speaks; of a decay the ruler on its
card, too; of the steps every ruler. Whatever else the page says stays as it is, unless it has just ceased to be true.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from core import Scene
from pages.shared import best, scene_bar, session
from pages.shared.words import language

STAGE = "race.stage"  # the key of the fragment that draws the stage
DRAWN = "race.drawn"  # the cards that have a ruler on the page


def ruler(card: str) -> str:
    """The key of the fragment that draws the ruler of a card."""
    return f"ruler.{card}"


@contextmanager
def only(*cards: str) -> Iterator[None]:
    """Change the scene in this block; then the stage and the rulers of these cards are drawn anew, where that is enough."""
    before = _said()
    yield
    if before is not None and _said() == before and set(cards) <= st.session_state.get(DRAWN, set()):
        st.rerun([*map(ruler, cards), STAGE])


def _said() -> tuple[Any, ...] | None:
    """What the page says of the race beside stage and rulers; None where it says more than is known here."""
    state = st.session_state
    if state[session.FAULTS] or any(state.get(name) for name in scene_bar.POPOVERS):
        return None
    scene: Scene = state[session.SCENE]
    return scene.labels(language()), best.fairness(scene), session.preset_of(scene), session.touched()
