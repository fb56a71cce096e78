"""A runner's run as a program for each library, in a dialog, to copy."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core import Runner, Scene
from core.export.code import LIBRARIES, ExportError, asked, export_code
from pages.shared.words import say, t


def show(scene: Scene, runner: Runner) -> None:
    """One tab a library: the program with a copy button, or why there is none, and what comes nearest."""

    @st.dialog(t("code_title"), width="large")
    def dialog() -> None:
        for library, tab in zip(LIBRARIES, st.tabs(list(LIBRARIES.values())), strict=True):
            with tab:
                try:
                    st.code(export_code(scene, runner, library), language="python", height=520)
                except ExportError as fault:
                    st.info(say(fault.text), icon=":material/info:")
                    _nearest(scene, runner, library)

    dialog()


def _nearest(scene: Scene, runner: Runner, library: str) -> None:
    """The same run by the library's own rules, or at least the line that asks for the schedule."""
    title = LIBRARIES[library]
    try:
        own = runner.in_dialect(library) if library in runner.dialects else runner
        program = export_code(replace(scene, runners=(own,)), own, library) if own != runner else ""
    except ExportError:
        program = ""
    if program:
        st.caption(t("code_own", library=title))
        st.code(program, language="python", height=440)
        return
    plan = scene.plan_of(runner)
    if line := asked(plan.record, library, plan.hypers):
        st.caption(t("code_line", library=title, name=say(plan.record.name)))
        st.code(line, language="python", wrap_lines=True)
