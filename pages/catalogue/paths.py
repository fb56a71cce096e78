"""Two paths over a surface that the visitor chooses, side by side with what they are of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from core import SURFACES
from core.figures.contour import contour
from core.figures.palette import PENS
from pages.shared import controls
from pages.shared.cache import marks_of, relief_of
from pages.shared.frame import dark
from pages.shared.words import say, t

COMPARED = "catalogue.compared"
GROUND = "ground"


FIRST = next(iter(SURFACES))
SLOW = max((key for key, surface in SURFACES.items() if not surface.samples), key=lambda key: SURFACES[key].steps)


def ground(default: str = FIRST) -> str:
    """The surface that is chosen."""
    return chosen(GROUND, default)


def choose_ground(now: str) -> None:
    """A box to choose another."""
    names = {key: say(surface.name) for key, surface in SURFACES.items()}
    controls.choice(t("surface"), list(names), "catalogue.ground", now, keep(GROUND), names.__getitem__)


def chosen(what: str, default: str) -> str:
    """What the visitor has chosen to compare."""
    return str(st.session_state.get(COMPARED, {}).get(what, default))


def keep(what: str) -> Callable[[str], None]:
    """What keeps such a choice."""

    def kept(choice: str) -> None:
        st.session_state[COMPARED] = {**st.session_state.get(COMPARED, {}), what: choice}

    return kept


def draw(place: Any, surface: str, key: str, paths: Sequence[tuple[str, np.ndarray]] = (), **look: Any) -> None:
    """A map with its marks and up to two paths, each with a name. place: where on the page; key: of the chart."""
    place.plotly_chart(
        contour(
            relief_of(surface, 0.0, 1.0),
            marks_of(surface, 0.0, 1.0),
            (t("lowest_minimum"), t("local_minimum"), t("saddle_point"), t("start")),
            SURFACES[surface].start,
            [(name, pen, path) for (name, path), pen in zip(paths, (PENS[0], PENS[7]), strict=False)],
            dark=dark(),
            **look,
        ),
        key=key,
        config={"displayModeBar": False},
    )
