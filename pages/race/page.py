"""The race: several optimizers down one surface, as map, 3D surface and loss curves in step."""

from __future__ import annotations

from uuid import uuid4

import streamlit as st

from core import Formula, Scene
from core.export.table import to_csv
from pages.race import cards, parts
from pages.race.act import on_act
from pages.race.picture import picture
from pages.race.stage import stage
from pages.shared import boot, formula, scene_bar, session
from pages.shared.frame import warn
from pages.shared.words import say, t

ASKED = "race.asked"  # for the table of every step: the name of a click

parts.begin()
cold = boot.is_cold()  # the stage is then drawn without what the server knows, and once more when it knows
scene = session.scene()

scene_bar.draw(scene, stepped=parts.redraw)
with st.container():  # stands there empty too: else the stage would be mounted anew when a surface is chosen
    if isinstance(scene.surface, Formula):
        formula.draw(scene, scene.surface)
with st.sidebar:
    cards.draw(scene)

with st.container():  # so does this, for a warning that goes
    warn(st.session_state[session.FAULTS])


@st.fragment(key=parts.OBSERVE)
def observe() -> None:
    """What to look for."""
    scene: Scene = st.session_state[session.SCENE]
    preset, opened = session.preset_of(scene), session.preset_of(st.session_state[session.ORIGIN])
    if shown := preset or opened:
        with st.container(key="observe"):
            if not preset:  # over the sentence, which keeps its place: the picture under it must not jump
                st.caption(t("observe_changed", title=say(shown.title)))
            st.caption(t("observe", sentence=say(shown.observe)))
    elif scene.record.found:
        st.caption(t("found", count=len(scene.record.minima)) if scene.record.minima else t("found_none"))
    else:
        st.caption(say(scene.record.teaches))


observe()
with st.container():
    if not scene.runners:
        cards.empty()


@st.fragment(key=parts.STAGE)
def show() -> None:
    """The stage. What is done on it runs this part of the page alone, which keeps a drag fluent."""
    whole = st.session_state.pop(session.WHOLE, False)
    scene: Scene = st.session_state[session.SCENE]
    header, arrays = picture(scene, session.write_address())
    if not whole and (asked := st.session_state.pop(ASKED, None)):
        header["file"] = {"id": asked, "name": "descent-lab.csv", "text": arrays.text({"text": to_csv(scene)})}
    stage(header, arrays, on_act, again=whole)
    if cold:
        boot.wait_until_warm()
        st.rerun()
    if whole:
        st.rerun()  # only now that the stage is drawn: left out, it would be taken down and mounted anew


def ask() -> None:
    """Send the table of every step along with the picture.

    For each file that somebody may download Streamlit looks through those of all visitors at every run, and everybody
    waits for that.
    """
    st.session_state[ASKED] = uuid4().hex
    parts.redraw()


over = st.container()
st.button(t("csv"), key="csv", icon=":material/download:", on_click=ask)
with over:
    show()
parts.end()
