"""The visitor's scene: one immutable Scene in the session, in step with the address bar.

Widgets never hold the truth: their callbacks replace the scene, and each run draws them from it.
Every card has an id of its own, so that its widgets stay the same while others come and go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from core import Formula, Runner, Scene
from core.presets import PRESETS
from core.scene import PARAMETERS, placed
from core.spec import Text
from pages.shared.address import parameters, went_back
from pages.shared.words import language

SCENE, IDS, FAULTS, EPOCH, OBSERVE, WRITTEN, LIVE, WHOLE, PLAYS = (
    f"race.{name}" for name in ("scene", "ids", "faults", "epoch", "observe", "written", "live", "whole", "plays")
)


def scene(here: bool = True) -> Scene:
    """The visitor's scene; on a first visit and for the browser's back button, that of the address bar.

    here: whether the address is the race's own.
    """
    first = SCENE not in st.session_state
    if first or (here and went_back()):
        open_address(parameters(PARAMETERS) if here else {})
        if first:
            play()
    return st.session_state[SCENE]


def open_address(address: Mapping[str, list[str]]) -> None:
    """Show the scene of an address; without runners in it, those of the first preset race on its surface."""
    first = next(iter(PRESETS.values()))
    if address:
        found, faults = Scene.from_query(address)
        if "r" not in address:
            rates = ((r, found.record.rate_for(r.record)) for r in first.scene.runners)
            found = replace(found, runners=tuple(r.with_hyper("lr", rate) for r, rate in rates))
        open_scene(found, faults=[fault.text for fault in faults])
    else:
        open_scene(first.scene, observe=first.observe)
    st.session_state[WRITTEN] = {**address, "lang": [language()]}


def open_scene(new: Scene, observe: Text | None = None, faults: list[Text] | None = None) -> None:
    """Show another scene: new cards, and the stage takes its step, camera and window from it."""
    state = st.session_state
    state[SCENE], state[OBSERVE], state[FAULTS] = new, observe, faults or []
    state[EPOCH] = state.get(EPOCH, 0) + 1
    state[IDS] = [f"{state[EPOCH]}.{i}" for i in range(len(new.runners))]


def play() -> None:
    """Let the scene that has just been opened start its run by itself."""
    st.session_state[PLAYS] = st.session_state[EPOCH]


def change(**fields: Any) -> None:
    """Replace fields of the scene."""
    take(replace(st.session_state[SCENE], **fields))


def take(new: Scene) -> None:
    """The same picture with something changed: cards, step and camera stay."""
    st.session_state[SCENE], st.session_state[FAULTS] = new, []


def move_to(surface: str | Formula) -> None:
    """Another surface: its own start and length, and rates at which it shows what it teaches."""
    old: Scene = st.session_state[SCENE]
    runners = tuple(r.with_hyper("lr", placed(surface).rate_for(r.record)) for r in old.runners)
    ids = st.session_state[IDS]
    open_scene(Scene(surface=surface, runners=runners, noise=old.noise, seed=old.seed, shared=old.shared))
    st.session_state[IDS] = ids  # the cards stay where they are


def change_runner(i: int, new: Runner) -> None:
    runners = list(st.session_state[SCENE].runners)
    runners[i] = new
    change(runners=tuple(runners))


def insert_runner(i: int, new: Runner) -> None:
    """Put a runner in front of the i-th, in a colour of its own."""
    state = st.session_state
    new = replace(new, colour=state[SCENE].free_colour(), shown=True)
    runners = list(state[SCENE].runners)
    runners.insert(i, new)
    state["race.count"] = state.get("race.count", 0) + 1
    state[IDS].insert(i, f"n{state['race.count']}")
    change(runners=tuple(runners))


def remove_runner(i: int) -> None:
    runners = list(st.session_state[SCENE].runners)
    del runners[i], st.session_state[IDS][i]
    change(runners=tuple(runners))


def write_address(own: Mapping[str, str] = MappingProxyType({})) -> str:
    """Put the whole scene into the address bar, where it differs; the query string of a link to it.

    own: what another page than the race adds to it.

    Every change there is a step for the back button, so a drag is written once, when it ends.
    """
    current = st.session_state[SCENE]
    query = {name: value if isinstance(value, list) else [value] for name, value in current.to_query().items()}
    query |= {name: [value] for name, value in own.items()}
    query["lang"] = [language()]
    if not st.session_state.get(LIVE) and (query != st.session_state[WRITTEN] or not parameters(PARAMETERS)):
        st.query_params.from_dict(query)
        st.session_state[WRITTEN] = query
    return urlencode(query, doseq=True)
