"""The bar above a step: whose step, which one, and worked examples; and the link that brings it all back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from core import Scene
from core.scene import PARAMETERS, Preset
from core.spec import Text
from core.textbook import TEXTBOOK
from pages.anatomy.arrows import arrows
from pages.shared import controls, session
from pages.shared.address import Address, Query
from pages.shared.words import language, say, t

WHO = "who"  # the parameter that tells the runner, from 1
EXAMPLE = "anatomy.example"


def _read(query: Mapping[str, list[str]]) -> tuple[int, list[Text]]:
    """The runner that a link means; its scene becomes the visitor's, as on the race page."""
    scene = {name: values for name, values in query.items() if name != WHO}
    if scene:
        session.open_address(scene)
    race = session.scene(here=False)
    who = query.get(WHO, [""])[-1]
    known = [str(number + 1) for number in range(len(race.runners))]
    return known.index(who) if who in known else _first(race), []


def _write(who: int) -> Query:
    return {**st.session_state[session.SCENE].to_query(), WHO: str(who + 1)}


ADDRESS = Address("anatomy", (*PARAMETERS, WHO), _read, _write)


def _first(scene: Scene) -> int:
    """The first runner that is shown."""
    return next((i for i, runner in enumerate(scene.runners) if runner.shown), 0)


def examples(scene: Scene) -> Preset | None:
    """Chips, one a worked example; the one whose scene is shown, which is marked."""
    here = (key for key, preset in TEXTBOOK.items() if replace(preset.scene, view=scene.view) == scene)
    current = next(here, None)
    controls.put(EXAMPLE, current)

    def choose() -> None:
        preset = TEXTBOOK.get(st.session_state[EXAMPLE] or current or "")
        if preset is not None:
            session.open_scene(preset.scene, observe=preset.observe)
        ADDRESS.change(0)

    st.pills(
        t("worked"),
        list(TEXTBOOK),
        default=current,
        key=EXAMPLE,
        format_func=lambda key: say(TEXTBOOK[key].title),
        on_change=choose,
    )
    return TEXTBOOK[current] if current else None


def bar(scene: Scene, who: int, at: int, last: int) -> None:
    """Whose step, and which: a slider, and the arrow keys as buttons."""

    def go(step: int) -> None:
        session.change(view=replace(st.session_state[session.SCENE].view, step=min(max(step, 1), last)))
        ADDRESS.change(who)

    labels = scene.labels(language())
    with st.container(horizontal=True, vertical_alignment="bottom", key="step-bar"):
        controls.choice(
            t("runner"), range(len(labels)), "anatomy.who", who, ADDRESS.change, labels.__getitem__, width=180
        )
        _turn(":material/chevron_left:", t("back"), at <= 1, lambda: go(at - 1))
        _turn(":material/chevron_right:", t("forward"), at >= last, lambda: go(at + 1))
        if last > 1:
            controls.put("anatomy.at", at)
            st.slider(
                t("update_at"),
                1,
                last,
                at,
                key="anatomy.at",
                on_change=lambda: go(st.session_state["anatomy.at"]),
                width="stretch",
            )
    arrows(at, last, f"{st.session_state[session.EPOCH]}.{who}", "anatomy.arrows", go)


def _turn(icon: str, words: str, disabled: bool, on_click: Callable[[], None]) -> None:
    controls.icon(icon, words, f"anatomy.{icon}", on_click, disabled=disabled)
