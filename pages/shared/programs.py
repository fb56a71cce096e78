"""What a runner does as a program for each library, in a dialog, to copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from core import Plan, Runner, Scene
from core.export.code import LIBRARIES, ExportError, asked, export_code
from pages.shared.words import say, t

Writer = Callable[[Runner, str], str]  # the program of a runner for a library; raises ExportError where there is none


def show(scene: Scene, runner: Runner) -> None:
    """The run of a scene: one tab a library, with the program and a copy button, or why there is none."""

    def write(who: Runner, library: str) -> str:
        return export_code(scene if who == runner else replace(scene, runners=(who,)), who, library)

    def own(library: str) -> str:
        return t("code_own", library=library)

    dialog(t("code_title"), LIBRARIES, write, runner, scene.plan_of(runner), own)


def dialog(
    title: str, libraries: Mapping[str, str], write: Writer, runner: Runner, plan: Plan, own: Callable[[str], str]
) -> None:
    """One tab a library: the program with a copy button, or why there is none, and what comes nearest.

    own: what is said above the program that a library writes by its own rules.
    """

    @st.dialog(title, width="large")
    def opened() -> None:
        for library, tab in zip(libraries, st.tabs(list(libraries.values())), strict=True):
            with tab:
                try:
                    st.code(write(runner, library), language="python", height=520)
                except ExportError as fault:
                    st.info(say(fault.text), icon=":material/info:")
                    _nearest(library, libraries[library], write, runner, plan, own)

    opened()


def _nearest(library: str, title: str, write: Writer, runner: Runner, plan: Plan, own: Callable[[str], str]) -> None:
    """The same by the library's own rules, or at least the line that asks for the schedule."""
    try:
        spoken = runner.in_dialect(library) if library in runner.dialects else runner
        program = write(spoken, library) if spoken != runner else ""
    except ExportError:
        program = ""
    if program:
        st.caption(own(title))
        st.code(program, language="python", height=440)
        return
    if line := asked(plan.record, library, plan.hypers):
        st.caption(t("code_line", library=title, name=say(plan.record.name)))
        st.code(line, language="python", wrap_lines=True)
