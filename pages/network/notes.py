"""Under the film, a row a runner: where it ended, what each rule of stopping would have chosen, how noisy its gradient is."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import streamlit as st

from core.nets.chance import gradient_noise
from core.nets.experiment import Experiment
from core.nets.stopping import Choice, lowest, patience, threshold
from pages.network.picture import labels
from pages.network.reel import Lane, Reel
from pages.shared.verdicts import number
from pages.shared.words import plain, t

WAITS, ENOUGH = 10, 0.1  # epochs of patience, and a training loss


def draw(experiment: Experiment, reel: Reel) -> None:
    """The table."""
    if len(reel.lanes) != len(experiment.runners):
        return
    rows = [_row(experiment, reel, i, name) for i, name in enumerate(labels(experiment))]
    with st.container(key="network-notes"):
        st.markdown(f"##### {t('net_notes')}")
        st.markdown(_table(rows))
        if experiment.validation:
            st.caption(t("net_notes_about", epochs=WAITS, loss=ENOUGH))
        st.caption(t("net_noise_about"))


def _table(rows: list[dict[str, str]]) -> str:
    """As Markdown: for a table of its own Streamlit imports pandas, which takes a second and seventy megabytes."""
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows)]
    return "\n".join("| " + " | ".join(plain(cell) for cell in line) + " |" for line in lines)


def _row(experiment: Experiment, reel: Reel, i: int, name: str) -> dict[str, str]:
    lane = reel.lanes[i]
    ends, loss, seen = _curves(experiment, reel, lane)
    early = lane.end < len(reel.moments) - 1

    def told(choice: Choice, values: np.ndarray) -> str:
        if choice.end is None or choice.kept is None:
            return t("net_before") if early else "–"  # what it would have done later nobody knows
        return t("net_choice", epoch=int(ends[choice.end]), loss=number(float(values[choice.kept])))

    def final(values: np.ndarray) -> str:
        """Where it ended."""
        if lane.curves["loss"] is None:
            return "–"
        if lane.exploded is not None:
            return t("film_infinite", step=lane.exploded)
        there = np.flatnonzero(reel.moments[reel.moments % experiment.each == 0] <= reel.moments[lane.end])
        value = float(values[there[-1]])
        said = t("film_large") if np.isnan(value) else number(value)
        return t("net_choice", epoch=int(ends[there[-1]]), loss=said) if early else said

    row = {t("runner"): name, t("net_final"): final(loss)}
    if seen is not None:
        row |= {
            t("net_fixed"): final(seen),
            t("net_lowest"): told(lowest(seen), seen),
            t("net_patience", epochs=WAITS): told(patience(seen, WAITS, ends.tolist()), seen),
        }
        row[t("net_threshold", loss=ENOUGH)] = told(threshold(loss, ENOUGH), seen)
    row[t("net_noise")] = _noise(reel, i)
    return row


def _curves(experiment: Experiment, reel: Reel, lane: Lane) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """The numbers of the epochs whose ends were looked at, and there the losses of the first seed."""
    at = reel.moments % experiment.each == 0
    epochs = reel.moments[at] // experiment.each
    count = len(reel.moments)

    def first(name: str) -> np.ndarray | None:
        sent = lane.curves[name]
        return None if sent is None else sent[1][:count][at]

    loss = first("loss")
    return epochs, np.full(len(epochs), np.nan) if loss is None else loss, first("val_loss")


def _noise(reel: Reel, i: int) -> str:
    value = _measured(reel, i)
    return "–" if not np.isfinite(value) else number(value)


@lru_cache(maxsize=64)
def _measured(reel: Reel, i: int) -> float:
    experiment = reel.experiment
    w = reel.lanes[i].raw[-1].astype(float)
    if not np.isfinite(w).all():
        return float("nan")
    data, size = experiment.data, experiment.batch_of(i) or experiment.kept
    return gradient_noise(experiment.network, w, data.x, data.t, size)
