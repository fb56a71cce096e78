"""What the visitor did on the film, turned into a change of the experiment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from core.nets.own import OWN, rows_of
from pages.network import parts
from pages.network.address import ADDRESS, EPOCH, change

MOMENTS = "network.moments"  # the numbers of updates that are on the page


def on_act(act: dict[str, Any]) -> None:
    """Take over a view, a shown runner or points that were placed. It comes from outside: what is malformed is ignored."""
    now = ADDRESS.shown()
    view, epoch = act.get("view"), st.session_state.get(EPOCH)
    if isinstance(view, dict) and view.get("epoch", epoch) == epoch:  # else of a film that has gone
        told = {name: view[name] for name in ("axis", "across", "tab", "chosen", "directions") if name in view}
        if "moment" in view:
            told["moment"] = _update(view["moment"])
            if told["moment"] is None and now.film.moment is not None:
                told["moment"] = now.steps  # whoever has chosen a moment stands at the end: a link to it plays nothing
        found, faults = type(now).mend({**vars(now), "film": {**vars(now.film), **told}})
        if not faults:
            change(film=found.film)
    if "points" in act and now.dataset == OWN and (rows := rows_of(act["points"])) is not None:
        change(own=rows)
    toggled = act.get("toggle")
    runners = list(ADDRESS.shown().runners)
    if type(toggled) is int and 0 <= toggled < len(runners):
        runners[toggled] = replace(runners[toggled], shown=not runners[toggled].shown)
        change(runners=tuple(runners))
    new = ADDRESS.shown()
    if replace(new, film=now.film) != now:
        st.rerun()  # the cards must follow, and the number of rows
    if new != now:
        parts.follow()


def _update(moment: Any) -> int | None:
    """The number of updates made at a moment of the film; None at its end, and for what is no moment."""
    moments: np.ndarray | None = st.session_state.get(MOMENTS)
    if moments is None or type(moment) is not int or not 0 <= moment < len(moments) - 1:
        return None
    return int(moments[moment])
