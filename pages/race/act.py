"""What the visitor did on the stage, turned into a change of the scene."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from core import Scene
from pages.race import parts
from pages.shared import session

STEPS = "race.steps"  # the runner whose every step is on the page in numbers, if any


def on_act(act: dict[str, Any]) -> None:
    """Take over a start, a view, a shown runner or the table that is open. It comes from outside: what is malformed is ignored."""
    before: Scene = st.session_state[session.SCENE]
    new = before
    if act.get("start") is not None:
        new = _with(new, start=act["start"])
    if isinstance(act.get("view"), dict):
        new = _with(new, view={**new.to_dict()["view"], **act["view"]})
    for name, value in act["set"].items() if isinstance(act.get("set"), dict) else ():
        new = _set(new, name, value)
        st.session_state[session.WHOLE] = True  # the sliders of the page must follow
    toggled = act.get("toggle")
    if type(toggled) is int and 0 <= toggled < len(new.runners):
        runners = list(new.runners)
        runners[toggled] = replace(runners[toggled], shown=not runners[toggled].shown)
        new = replace(new, runners=tuple(runners))
        st.session_state[session.WHOLE] = True  # its card must follow
    if "steps" in act:
        st.session_state[STEPS] = act["steps"] if type(act["steps"]) is int else None
    if new != before:
        if st.session_state.get(session.FAULTS):
            st.session_state[session.WHOLE] = True  # the warning about the link is history, and stands above the stage
        session.take(new)
    live, dragged = act.get("live") is True, st.session_state.get(session.LIVE)
    st.session_state[session.LIVE] = live
    if not live and (dragged or new.start != before.start):  # what the page says of the scene speaks of the start
        if not st.session_state.get(session.WHOLE):
            parts.redraw()
        st.session_state[session.WHOLE] = True


def _set(scene: Scene, name: object, value: object) -> Scene:
    """The scene with a slider of the stage at another value: `steps`, or the number of a runner and a hyperparameter."""
    runner, _, hyper = str(name).partition(".")
    if name == "steps":
        return _with(scene, steps=value)
    runners = list(scene.to_dict()["runners"])
    if not (runner.isdecimal() and int(runner) < len(runners)):
        return scene
    own = runners[int(runner)]
    runners[int(runner)] = {**own, "hypers": {**own["hypers"], hyper: value}}
    return _with(scene, runners=runners)


def _with(scene: Scene, **fields: Any) -> Scene:
    """The scene with something replaced, or as it was where the codec finds fault with that."""
    new, faults = Scene.mend({**scene.to_dict(), **fields})
    return scene if faults else new
