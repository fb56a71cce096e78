"""What schedules do to a run, as curves; and what a schedule looks at, in words."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import plotly.graph_objects as go

from core import SCHEDULES, Plan
from core.figures.curves import Curve, curves, pen
from core.spec import Schedule
from pages.shared.frame import dark
from pages.shared.trial import ORDER, SEEDS, Outcome, Trial, outcome
from pages.shared.words import say, t


def figure(trial: Trial, height: int = 640) -> go.Figure:
    """Learning rates above losses."""
    surface = trial.scene.record
    lines = [
        Curve(
            say(plan.record.name),
            pen(ORDER.index(plan.schedule)),
            found.at,
            found.rates,
            found.now,
            found.loss,
            found.momentum,
        )
        for plan in trial.plans
        for found in [outcome_of(trial, plan)]
    ]
    return curves(
        lines,
        (t("rate"), t("loss_log") if trial.log_loss else t("loss_linear"), t("step"), t("cycled")),
        ("log" if trial.log_rates else "linear", "log" if trial.log_loss else "linear"),
        floor=surface.lowest,
        start=float(surface.value(*(trial.scene.start or surface.start))),
        dark=dark(),
        height=height,
    )


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


def outcome_of(trial: Trial, plan: Plan) -> Outcome:
    """What the run does under one of the schedules: many seeds where there is noise."""
    return outcome(trial.scene, plan, SEEDS if trial.scene.noisy else 1)
