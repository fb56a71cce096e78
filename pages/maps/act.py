"""The choices of the page in the session and in the address bar, and what the visitor does on the maps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from core import Scene
from core.scene import MAX_RUNNERS
from pages.maps.atlas import NAMES, Atlas, Plate, pair, plates, read
from pages.shared import session
from pages.shared.address import parameters, went_back

ATLAS, GROUND, FAULTS, STOPPED, LEAVE = (f"maps.{name}" for name in ("atlas", "ground", "faults", "stopped", "leave"))


def atlas(scene: Scene) -> Atlas:
    """The visitor's choices; on a first visit and for the browser's back button, those of the address bar."""
    state = st.session_state
    if ATLAS not in state or went_back():
        state[ATLAS], state[FAULTS] = read(parameters(NAMES), scene)
    elif state[GROUND] != _ground(scene):
        change(**state[ATLAS].elsewhere())
    state[GROUND] = _ground(scene)
    return state[ATLAS]


def _ground(scene: Scene) -> str | None:
    """The surface of the race; all functions of the visitor's own are one, as they change with every letter."""
    return scene.surface if isinstance(scene.surface, str) else None


def change(**fields: Any) -> None:
    """Replace some of the choices."""
    st.session_state[ATLAS], st.session_state[FAULTS] = replace(st.session_state[ATLAS], **fields), []


def on_act(act: dict[str, Any]) -> None:
    """Take over a cell, a start or a wish. It comes from outside: what is malformed is ignored."""
    state = st.session_state
    scene, now = state[session.SCENE], state[ATLAS]
    drawn = plates(scene, now)
    for name in ("cell", "probe"):
        if (spot := pair(act.get(name))) is not None:
            change(**{name: spot})
    if (spot := pair(act.get("start"))) is not None:
        change(probe=None)
        session.change(start=spot)
    state[session.LIVE] = act.get("live") is True
    sent, cell = act.get("send"), pair(act.get("at"))
    if type(sent) is int and 0 <= sent < len(drawn) and cell and drawn[sent].axes and len(scene.runners) < MAX_RUNNERS:
        _send(drawn[sent], cell)


def _send(plate: Plate, cell: tuple[float, float]) -> None:
    """The run of a cell to the race: its runner, and what of its scene the axes or the page have changed."""
    place, runner = plate.at(plate.nearest(cell))
    if place.surface != st.session_state[session.SCENE].surface:
        session.move_to(place.surface)
    race: Scene = st.session_state[session.SCENE]
    session.take(replace(place, runners=race.runners, view=race.view))
    session.add_runner(runner)
    st.session_state[LEAVE] = True
