"""Schedules: how the learning rate changes over a run, and what that does to it; and how a rate is found."""

from __future__ import annotations

# Before plotly, which looks for it among half-imported modules: another visitor's page may be importing it.
import pandas  # noqa: F401
import streamlit as st

from pages.schedules import bar, ranging, view
from pages.shared import trial_picture
from pages.shared.frame import warn
from pages.shared.trial import SEEDS
from pages.shared.words import t

trial = bar.ADDRESS.now()

bar.stripes()
bar.views(trial)
if not trial.span:
    bar.choose(trial)
bar.bar(trial)
if not trial.span:
    with st.sidebar:
        bar.cards(trial)
warn(bar.ADDRESS.faults())

picture, notes = st.columns([3, 2], gap="medium")
with picture:
    if trial.span:
        bar.axes(trial)
        ranging.draw(trial, trial.span)
    elif trial.plans:
        bar.axes(trial)
        st.plotly_chart(trial_picture.figure(trial), key="trial.figure", config={"displayModeBar": False})
        st.caption(t("trial_band", runs=SEEDS) if trial.scene.noisy else t("trial_single"))
        if told := view.cycled(trial):
            st.caption(told)
    else:
        st.subheader(t("trial_empty"), anchor=False)
with notes:
    if trial.span:
        ranging.read(trial, trial.span)
    else:
        view.notes(trial)
bar.ADDRESS.publish()
