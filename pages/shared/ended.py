"""Where every rule that may end a run would have ended those on screen, in a dialog."""

from __future__ import annotations

import streamlit as st

from core import STOPS, Scene
from core.ending import Ending, bounds_of, endings
from pages.shared.verdicts import number
from pages.shared.words import language, say, t


def show(scene: Scene) -> None:
    """A table with a row a rule and a column a runner."""

    @st.dialog(t("endings"), width="large")
    def opened() -> None:
        st.caption(t("endings_intro", steps=scene.length))
        found = [endings(scene, runner) for runner in scene.runners]
        names = {key: say(stop.name) for key, stop in STOPS.items()} | {"distance": t("endings_distance")}
        bounds = bounds_of(scene)
        rows = [[t("rule"), *scene.labels(language())]]
        rows += [
            [_rule(f"{name} {number(bounds[key])}", key, scene), *(_cell(ends[key]) for ends in found)]
            for key, name in names.items()
        ]
        lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
        lines.insert(1, f"|{' --- |' * len(rows[0])}")
        st.markdown("\n".join(lines))
        for stop in STOPS.values():
            st.caption(f"**{say(stop.name)}** ${stop.latex}$. {say(stop.about)}")
        st.caption(f"**{t('endings_distance')}** {t('stop_help')}")

    opened()


def _rule(name: str, key: str, scene: Scene) -> str:
    """A rule with its bound, bold where the scene ends by it."""
    on = key in scene.stops or (key not in STOPS and scene.tolerance is not None)
    return f"**{name}**" if on else name


def _cell(end: Ending) -> str:
    return "–" if end.step is None else t("endings_cell", step=end.step, loss=number(end.loss))
