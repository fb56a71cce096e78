"""The anatomy of a step: one update of one runner, with every number of it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.anatomy import telling_step
from pages.anatomy import bar, view
from pages.shared import session
from pages.shared.frame import sheet, warn
from pages.shared.words import say, t

sheet(Path(__file__).with_name("step.css"))


@st.fragment
def show() -> None:
    """The whole page: what is done on it runs nothing else, which keeps the arrow keys fluent."""
    look = bar.ADDRESS.now()
    scene = look.scene
    warn(bar.ADDRESS.faults() if look.example else st.session_state[session.FAULTS])
    example = bar.examples(look)
    if not scene.runners:
        st.info(t("nobody"), icon=":material/info:")
        bar.ADDRESS.publish()
        return
    runner = scene.runners[min(look.who, len(scene.runners) - 1)]
    run, found = view.run_of(scene, runner)
    last = view.steps_of(run)
    asked = telling_step(scene, run) if scene.view.step is None else scene.view.step
    at = min(max(asked, 1), last)
    bar.bar(look, at, last)
    bar.ADDRESS.publish()
    if not last:
        st.info(t("no_update"), icon=":material/info:")
        return
    step = view.step_of(scene, runner, run, at)
    if example is not None:
        st.caption(t("observe", sentence=say(example.observe)))
    left, right = st.columns([5, 6], gap="medium")
    with left:
        view.on_map(scene, runner, run, step)
        view.on_line(scene, step)
        view.formula(runner)
    with right, st.container(key="step-lines"):
        view.lines(step, runner.spoken.plane)
    if last < scene.length:
        st.caption(t("ends_early", step=last))
    view.curves(runner, found, at)


show()
