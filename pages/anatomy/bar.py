"""The bar above a step: whose step, which one, and worked examples; and the link that brings it all back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

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


@dataclass(frozen=True)
class Look:
    """What the page looks at. who: the runner, from 0. example: the scene of a worked example; None: the visitor's race."""

    who: int = 0
    example: Scene | None = None

    @property
    def scene(self) -> Scene:
        return self.example or st.session_state[session.SCENE]

    def at(self, step: int) -> Look:
        """The same at another step. The race shares it with the race page, an example keeps it to itself."""
        view = replace(self.scene.view, step=step)
        if self.example:
            return replace(self, example=replace(self.example, view=view))
        session.change(view=view)
        return self


def _read(query: Mapping[str, list[str]]) -> tuple[Look, list[Text]]:
    """What a link means: a worked example, or else a scene that becomes the visitor's, as on the race page."""
    address = {name: values for name, values in query.items() if name != WHO}
    found, faults = Scene.from_query(address)
    example = found if example_of(found) else None
    if address and not example:
        session.open_address(address)
    race = session.scene(here=False)
    look = Look(example=example) if example else Look(_first(race))
    who = query.get(WHO, [""])[-1]
    known = [str(number + 1) for number in range(len(look.scene.runners))]
    look = replace(look, who=known.index(who)) if who in known else look
    return look, [fault.text for fault in faults]


def _write(look: Look) -> Query:
    return {**look.scene.to_query(), WHO: str(min(look.who, max(len(look.scene.runners) - 1, 0)) + 1)}


ADDRESS = Address("anatomy", (*PARAMETERS, WHO), _read, _write)


def _first(scene: Scene) -> int:
    """The first runner that is shown."""
    return next((i for i, runner in enumerate(scene.runners) if runner.shown), 0)


def example_of(scene: Scene) -> str | None:
    """The worked example that a scene is, at whichever step."""
    return next((key for key, preset in TEXTBOOK.items() if replace(preset.scene, view=scene.view) == scene), None)


def examples(look: Look) -> Preset | None:
    """Chips, one a worked example; the one that is shown, which is marked; and the way back to the race."""
    current = example_of(look.example) if look.example else None
    controls.put(EXAMPLE, current)

    def leave() -> None:
        ADDRESS.change(Look(_first(st.session_state[session.SCENE])))

    def choose(key: str | None) -> None:
        if key is None:
            leave()
        else:
            ADDRESS.change(Look(example=TEXTBOOK[key].scene))

    with st.container(horizontal=True, vertical_alignment="bottom", key="step-examples"):
        st.pills(
            t("worked"),
            list(TEXTBOOK),
            default=current,
            key=EXAMPLE,
            format_func=lambda key: say(TEXTBOOK[key].title),
            on_change=controls.heard(EXAMPLE, choose, (*TEXTBOOK, None)),
        )
        if current:
            st.button(t("own_race"), icon=":material/undo:", key="anatomy.leave", type="tertiary", on_click=leave)
    return TEXTBOOK[current] if current else None


def bar(look: Look, at: int, last: int) -> None:
    """Whose step, and which: a slider, and the arrow keys as buttons."""
    scene, who = look.scene, min(look.who, len(look.scene.runners) - 1)

    def go(step: int) -> int:
        """To the step, or the nearest one that there is; which that was."""
        there = min(max(step, 1), last)
        ADDRESS.change(ADDRESS.shown().at(there))
        return there

    def lead(step: int) -> None:
        """Elsewhere than by the slider, which is told in any case: the browser may just be taking in another step."""
        st.session_state["anatomy.at"] = go(step)

    def follow(who: int) -> None:
        ADDRESS.change(replace(ADDRESS.shown(), who=who))

    labels = scene.labels(language())
    with st.container(horizontal=True, vertical_alignment="bottom", key="step-bar"):
        controls.choice(t("runner"), range(len(labels)), "anatomy.who", who, follow, labels.__getitem__, width=180)
        _turn(":material/chevron_left:", t("back"), at <= 1, lambda: lead(at - 1))
        _turn(":material/chevron_right:", t("forward"), at >= last, lambda: lead(at + 1))
        if last > 1:
            controls.put("anatomy.at", at)
            st.slider(
                t("update_at"),
                1,
                last,
                at,
                key="anatomy.at",
                on_change=controls.heard("anatomy.at", go),
                width="stretch",
            )
    of = example_of(look.example) if look.example else st.session_state[session.EPOCH]
    arrows(at, last, f"{of}.{who}", "st-key-anatomy-at", "anatomy.arrows", lead)


def _turn(icon: str, words: str, disabled: bool, on_click: Callable[[], None]) -> None:
    controls.icon(icon, words, f"anatomy.{icon}", on_click, disabled=disabled)
