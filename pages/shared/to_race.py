"""From another page to the race: a runner more, another surface, or a rule that ends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from core import Plan, Runner, Scene
from core.scene import MAX_RUNNERS
from pages.shared import controls, session
from pages.shared.words import t


def button(
    key: str,
    new: Runner | None = None,
    surface: str | None = None,
    stops: Mapping[str, float] | None = None,
    whose: str = "",
    **look: object,
) -> None:
    """A button that adds a runner to the visitor's race, moves the race to a surface or ends it by more rules, and goes there.

    whose: is said, and not shown, where several stand on one page.
    """
    race = session.scene(here=False)
    full = new is not None and len(race.runners) == MAX_RUNNERS
    pressed = st.button(
        controls.said(t("to_race"), whose),
        icon=":material/flag:",
        key=key,
        disabled=full,
        help=t("full") if full else None,
        **look,  # type: ignore[arg-type]
    )
    if pressed:
        if surface is not None:
            session.move_to(surface)
        if new is not None:
            _join(race, new)
        if stops is not None:
            session.change(stops={**race.stops, **stops})
        st.switch_page("pages/race/page.py")


def _join(race: Scene, new: Runner) -> None:
    """A runner with a schedule of its own keeps it: where one was shared, each of the others takes it for its own."""
    if race.shared is not None and new.plan != Plan():
        own = tuple(replace(runner, plan=race.shared) for runner in race.runners)
        session.take(replace(race, runners=own, shared=None))
    rate = race.record.rate_for(new.record)
    session.add_runner(new.with_hyper("lr", rate))
