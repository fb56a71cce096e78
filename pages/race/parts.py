"""The parts of the page that a change calls for: those that speak of what changed, and no others.

A run of the whole page is some sixty messages. Of a hyperparameter the stage alone speaks, and the ruler on its card,
which the browser draws. Whatever else the page says stays as it is, unless it has just ceased to be true.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import Scene
from pages.shared import best, engine, scene_bar, session
from pages.shared.words import language

STAGE, OBSERVE = (
    "race.stage",
    "race.observe",
)  # the keys of the fragments that draw the stage, and the sentence above it
SAYS = "race.says"  # what the page says as it stands


def begin() -> None:
    """To be called when the whole page begins to be drawn. If that is broken off, nobody knows what the page says."""
    st.session_state[SAYS] = None


def end() -> None:
    """To be called when the whole page has been drawn."""
    st.session_state[SAYS] = _said()


def redraw() -> None:
    """After a change of the scene: have the stage drawn anew, where that is enough.

    It then does not return. To be called by the callback of a widget, at its end; otherwise the whole page is drawn.
    """
    before = st.session_state.get(SAYS)
    now = _said() if before else None
    if before is None or now is None or before[0] != now[0]:
        return
    st.session_state[SAYS] = now
    st.rerun([*(part for part in now[1] if now[1][part] != before[1][part]), STAGE])


def _said() -> tuple[Any, dict[str, Any]] | None:
    """What the page says of the race beside stage and rulers, and of that what is a part of its own.

    None where it says more than is known here.
    """
    state = st.session_state
    if not engine.is_there():  # rulers are drawn with the page
        return None
    if state[session.FAULTS] or any(state.get(name) for name in scene_bar.POPOVERS):
        return None
    scene: Scene = state[session.SCENE]
    rest = language(), tuple(state[session.IDS]), scene.labels(language()), best.fairness(scene)
    return rest, {OBSERVE: session.preset_of(scene), scene_bar.RESET: session.touched()}
