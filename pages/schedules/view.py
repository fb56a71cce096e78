"""What sets schedules apart, as notes."""

from __future__ import annotations

import streamlit as st

from core import Plan
from pages.shared.trial import Trial
from pages.shared.trial_picture import follows, outcome_of
from pages.shared.verdicts import number
from pages.shared.words import say, t


def notes(trial: Trial) -> None:
    """What each schedule follows, its formula, and how it differs from the others; those of the textbooks first."""
    for textbook in (True, False):
        plans = [plan for plan in trial.plans if bool(plan.record.textbook) == textbook]
        if plans:
            st.markdown(f"#### {t('trial_textbook') if textbook else t('trial_others')}")
        for plan in plans:
            with st.container(key=f"note-{plan.schedule}"):
                _note(trial, plan)


def cycled(trial: Trial) -> str:
    """Whose momentum goes beside the rate; empty where none does."""
    plans = [plan for plan in trial.plans if outcome_of(trial, plan).momentum is not None]
    if not plans:
        return ""
    optimizer = trial.runner.record
    if any(plan.record.replaces(optimizer.defaults) for plan in plans):
        return t("trial_momentum")
    return t("trial_no_momentum", name=optimizer.name)


def _note(trial: Trial, plan: Plan) -> None:
    record, end = plan.record, outcome_of(trial, plan).last
    surface = trial.scene.record
    floor = surface.lowest if surface.minima else 0.0
    low, middle, high = (number(float(edge[0] - floor)) for edge in end)
    span = middle if low == high else t("trial_span", middle=middle, low=low, high=high)
    if surface.minima:
        reached = t("trial_last", steps=trial.scene.length, loss=span)
    else:
        reached = t("trial_last_loss", steps=trial.scene.length, loss=span)
    st.markdown(f"**{say(record.name)}** · {follows(record)}")
    st.markdown(f"${record.latex}$")
    st.caption(f"{say(record.about)} {reached}")
