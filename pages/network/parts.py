"""The parts of the page that a change calls for: those that speak of what changed, and no others.

Whoever looks at another moment, or moves a learning rate, changes the film, and perhaps whether there is a way back. All the
rest of the page, some dozens of messages, says what it said.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.network.address import ADDRESS
from pages.network.picture import labels
from pages.shared.words import language

FILM, RESET = "network.film", "network.reset"  # the keys of the fragments that draw the film, and the way back
SAYS = "network.says"  # what the page says as it stands


def begin() -> None:
    """To be called when the whole page begins to be drawn. If that is broken off, nobody knows what the page says."""
    st.session_state[SAYS] = None


def end() -> None:
    """To be called when all around the film has been drawn."""
    st.session_state[SAYS] = _said()


def redraw() -> None:
    """After a change on a card: have the film drawn anew, and what else speaks of it, where that is enough.

    It then does not return. To be called by the callback of a widget, at its end; otherwise the whole page is drawn.
    """
    if (also := _also()) is not None:
        st.rerun([*also, FILM])


def follow() -> None:
    """After a look at the film, which is drawn anew anyway: have drawn what else speaks of it, the whole page at need."""
    also = _also()
    if also is None:
        st.rerun()
    if also:
        st.rerun([*also, FILM])


def _also() -> list[str] | None:
    """The parts beside the film that have to be drawn anew; None where that is the whole page."""
    before, now = st.session_state.get(SAYS), _said()
    if before is None or now is None or before[0] != now[0]:
        return None
    st.session_state[SAYS] = now
    return [RESET] if before[1] != now[1] else []


def _said() -> tuple[Any, bool] | None:
    """What the page says beside the film, and whether there is a way back; None where a link was faulty, which is said too."""
    if ADDRESS.faults():
        return None
    experiment = ADDRESS.shown()
    return (language(), experiment.film.view, labels(experiment)), ADDRESS.touched()
