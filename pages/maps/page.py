"""Maps: what becomes of a runner over two of its settings, and where every start of a surface leads."""

from __future__ import annotations

import streamlit as st

from core import Formula
from pages.maps import act, bar
from pages.maps.atlas import write
from pages.maps.field import FIELD
from pages.maps.picture import picture
from pages.shared import formula, session
from pages.shared.frame import warn
from pages.shared.words import t

scene = session.scene()
atlas = act.atlas(scene)

place = bar.top(scene, atlas)
if isinstance(scene.surface, Formula):
    formula.draw(scene, scene.surface)
with st.sidebar:
    bar.side(scene, atlas)
with st.container():  # stands there empty too: else the maps would be mounted anew when a warning goes
    warn([*st.session_state[session.FAULTS], *st.session_state[act.FAULTS]])
st.caption(t("map_settings_about") if atlas.kind == "settings" else t("map_starts_about"))

header, arrays, todo = picture(scene, atlas)
session.write_address(write(atlas))
FIELD.draw(header, arrays, act.on_act)
if st.session_state.pop(act.LEAVE, False):
    st.switch_page("pages/race/page.py")
bar.finish(atlas, todo, place)
