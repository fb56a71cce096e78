"""Schedules: how the learning rate changes over a run, and what that does to it."""

from __future__ import annotations

import streamlit as st

from pages.shared import trial_bar, trial_view
from pages.shared.frame import framed, warn
from pages.shared.trial import SEEDS
from pages.shared.words import t

framed()
trial = trial_bar.ADDRESS.now()

trial_bar.stripes()
trial_bar.choose(trial)
trial_bar.bar(trial)
with st.sidebar:
    trial_bar.cards(trial)
warn(trial_bar.ADDRESS.faults())

picture, notes = st.columns([3, 2], gap="medium")
with picture:
    if trial.plans:
        trial_bar.axes(trial)
        st.plotly_chart(trial_view.figure(trial), key="trial.figure", config={"displayModeBar": False})
        st.caption(t("trial_band", runs=SEEDS) if trial.scene.noisy else t("trial_single"))
    else:
        st.subheader(t("trial_empty"), anchor=False)
with notes:
    trial_view.notes(trial)
trial_bar.ADDRESS.publish()
