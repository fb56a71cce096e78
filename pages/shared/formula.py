"""A function of the visitor's own: typed, echoed as it was read, and drawn as soon as it can be read.

While what stands in the box is no formula, the last good one stays on the stage, and is marked as the old one.
"""

from __future__ import annotations

import json
from dataclasses import replace

import streamlit as st

from core import ExpressionError, Formula, Scene
from core.expression.examples import Example, examples
from core.expression.parse import MAX_LENGTH
from core.scene import placed
from pages.shared import controls, session
from pages.shared.words import plain, say, t

TEXT, DRAFT, LAST, MENU = "formula.text", "formula.draft", "formula.last", "examples.open"
PICTURES = ":is(.dl-views,.dl-plates)"  # of the race and of the maps
OLD = (
    f"{PICTURES}{{position:relative}}{PICTURES}>*{{opacity:.35}}"
    f"{PICTURES}::after{{position:absolute;top:.6rem;left:50%;translate:-50%;padding:.2rem .8rem;border-radius:1rem;"
    "max-width:90%;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;"
    "color:var(--st-background-color);background:var(--st-text-color)}"
)
REACH = 30  # characters of a wrong text that are shown on either side of the fault


def last() -> Formula:
    """The function that the visitor typed last, or the first example."""
    return st.session_state.get(LAST, examples()[0].formula)


def draw(scene: Scene, formula: Formula) -> None:
    """The box and examples, and under it how its text was read or what is wrong with it."""
    st.session_state[LAST] = formula
    before, fault = st.session_state.get(DRAFT, (None, None))
    if before != formula:
        fault = None  # the surface has changed since: by a link, a preset, the back button
        if st.session_state.get(TEXT, "").strip(" ") != formula.text:
            controls.put(TEXT, formula.text)
    with st.container(horizontal=True, vertical_alignment="center", key="formula"):
        st.text_input(
            t("formula"),
            value=formula.text,
            max_chars=MAX_LENGTH,
            key=TEXT,
            on_change=_read,
            live=True,
            autocomplete="off",
            label_visibility="collapsed",
            icon=":material/function:",
            width=480,
        )
        menu = st.popover(t("examples"), icon=":material/lightbulb:", key=MENU, on_change="rerun")
        if menu.open:
            with menu:
                for i, example in enumerate(examples()):
                    st.button(
                        f"{say(example.name)}\u2002`{example.formula.text}`",
                        key=f"example-{i}",
                        type="tertiary",
                        on_click=_show,
                        args=(example,),
                    )
        with st.container(key="formula-echo"):
            if fault is None:
                st.markdown(f"${formula.surface.latex}$")
                if formula.notes:
                    st.caption(plain(" ".join(map(say, formula.notes))))
            else:
                _explain(fault, st.session_state[TEXT], formula)


def follow(old: Scene, new: Formula) -> Scene:
    """The scene on another function: what was the old one's own, start and rates, becomes the new one's own."""
    before, after = old.record, placed(new, old.rotation, old.stretch)
    same = isinstance(old.surface, Formula) and old.surface.text == new.text
    runners = tuple(
        r.with_hyper("lr", after.rate_for(r.record)) if r.hypers["lr"] == before.rate_for(r.record) else r
        for r in (old.runners if same else map(session.untuned, old.runners))
    )
    start = old.start or after.start
    inside = all(low <= v <= high for v, (low, high) in zip(start, after.bounds, strict=True))
    start = start if inside and start != before.start else after.start
    return replace(old, surface=new, start=start, runners=runners, view=replace(old.view, window=None))


def _read() -> None:
    """Take over what was typed, if it is a formula; if not, keep why."""
    scene: Scene = st.session_state[session.SCENE]
    if not isinstance(scene.surface, Formula):
        return  # typed in the moment in which another surface came
    try:
        session.take(follow(scene, Formula(st.session_state[TEXT], scene.surface.bounds)))
        st.session_state.pop(DRAFT, None)
    except ExpressionError as fault:
        st.session_state[DRAFT] = (scene.surface, fault)


def _explain(fault: ExpressionError, text: str, old: Formula) -> None:
    """The text with a caret under the offending place, what is wrong there, and how it might be mended or read.

    old: the function that the picture still shows, which is said on the picture.
    """
    begin = max(0, fault.position - REACH)
    excerpt = ("…" if begin else "") + text[begin : fault.position + REACH]
    if text.strip(" "):
        st.text(f"{excerpt}\n{' ' * (fault.position - begin + (begin > 0))}^")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(plain(say(fault.text)), width="content")
        if fault.suggestion:
            st.button(
                t("mend"),
                key="formula.mend",
                type="tertiary",
                icon=":material/auto_fix_high:",
                help=plain(fault.suggestion),
                on_click=_mend,
                args=(fault.suggestion,),
            )
        for i, reading in enumerate(fault.readings):
            st.button(f"`{reading}`", key=f"formula.reading-{i}", type="tertiary", on_click=_mend, args=(reading,))
    told = json.dumps(t("old_function", formula=old.text), ensure_ascii=False).replace("<", r"\3c ")
    st.html(f"<style>{OLD}{PICTURES}::after{{content:{told}}}</style>")


def _mend(suggestion: str) -> None:
    st.session_state[TEXT] = suggestion
    _read()


def _show(example: Example) -> None:
    scene: Scene = st.session_state[session.SCENE]
    session.take(follow(scene, example.formula))
    st.session_state.pop(DRAFT, None)
    st.session_state[TEXT] = example.formula.text
    st.session_state[MENU] = False
