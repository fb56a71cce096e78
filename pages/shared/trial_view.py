"""What schedules do to a run, as curves, and what sets them apart, as notes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core import SCHEDULES, Plan
from core.figures.curves import Curve, curves, pen
from core.spec import Schedule
from pages.shared.frame import dark
from pages.shared.trial import ORDER, SEEDS, Outcome, Trial, outcome
from pages.shared.verdicts import number
from pages.shared.words import say, t


def figure(trial: Trial, height: int = 640) -> go.Figure:
    """Learning rates above losses."""
    surface = trial.scene.record
    lines = [
        Curve(say(plan.record.name), pen(ORDER.index(plan.schedule)), found.at, found.rates, found.now, found.loss)
        for plan in trial.plans
        for found in [_outcome(trial, plan)]
    ]
    return curves(
        lines,
        (t("rate"), t("loss_log") if trial.log_loss else t("loss_linear"), t("step")),
        ("log" if trial.log_rates else "linear", "log" if trial.log_loss else "linear"),
        floor=surface.lowest,
        start=float(surface.value(*(trial.scene.start or surface.start))),
        dark=dark(),
        height=height,
    )


def notes(trial: Trial) -> None:
    """What each schedule follows, its formula, and how it differs from the others; those of the textbooks first."""
    for textbook in (True, False):
        plans = [plan for plan in trial.plans if bool(plan.record.textbook) == textbook]
        if plans:
            st.markdown(f"##### {t('trial_textbook') if textbook else t('trial_others')}")
        for plan in plans:
            with st.container(key=f"note-{plan.schedule}"):
                _note(trial, plan)


def _note(trial: Trial, plan: Plan) -> None:
    record, end = plan.record, _outcome(trial, plan).last
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


def follows(record: Schedule) -> str:
    """What a schedule looks at."""
    if record.watches_loss:
        return t("follows_loss")
    return t("follows_length") if _knows_the_end(record.key) else t("follows_steps")


@lru_cache
def _knows_the_end(key: str) -> bool:
    """Whether a run of another length has other rates from its beginning on."""
    record, t = SCHEDULES[key], np.arange(50.0)
    short, long = (record.factor(t, T, *record.defaults.values()) for T in (50.0, 5000.0))
    return not np.array_equal(short, long)


def _outcome(trial: Trial, plan: Plan) -> Outcome:
    return outcome(trial.scene, plan, SEEDS if trial.scene.noisy else 1)
