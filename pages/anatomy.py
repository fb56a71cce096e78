"""The anatomy of a step: one update of one runner, with every number of it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.shared import session, step_bar, step_view
from pages.shared.frame import framed, warn
from pages.shared.words import say, t

framed()
st.html(Path(__file__).parent / "shared/step.css")


@st.fragment
def show() -> None:
    """The whole page: what is done on it runs nothing else, which keeps the arrow keys fluent."""
    who = step_bar.ADDRESS.now()
    scene = session.scene(here=False)
    warn(st.session_state[session.FAULTS])
    example = step_bar.examples(scene)
    if not scene.runners:
        st.info(t("nobody"), icon=":material/info:")
        step_bar.ADDRESS.publish()
        return
    who = min(who, len(scene.runners) - 1)
    runner = scene.runners[who]
    run, found = step_view.run_of(scene, runner)
    last = step_view.steps_of(run)
    at = min(max(scene.shown_step, 1), last)
    step_bar.bar(scene, who, at, last)
    step_bar.ADDRESS.publish()
    if not last:
        st.info(t("no_update"), icon=":material/info:")
        return
    step = step_view.step_of(scene, runner, run, at)
    if example is not None:
        st.caption(t("observe", sentence=say(example.observe)))
    left, right = st.columns([5, 6], gap="medium")
    with left:
        step_view.on_map(scene, run, step)
        step_view.formula(runner)
    with right, st.container(key="step-lines"):
        step_view.lines(step, runner.spoken.plane)
    if last < scene.length:
        st.caption(t("ends_early", step=last))
    step_view.curves(runner, found, at)


show()
