"""The experiment of the page, in step with the address bar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from core.experiments import STUDIES
from core.nets.experiment import PARAMETERS, Experiment
from core.scene import SceneError
from core.spec import Text
from pages.shared.address import Address, Query

EPOCH, PLAYS = "network.epoch", "network.plays"


def read(query: Mapping[str, list[str]]) -> tuple[Experiment, list[Text]]:
    """The experiment of a link; without runners in it, those of the first study."""
    first = next(iter(STUDIES.values())).experiment
    if not query:
        return first, []
    found, faults = Experiment.from_query(query)
    if "r" not in query:
        found = replace(found, runners=first.runners)
    return found, [fault.text for fault in faults]


def write(experiment: Experiment) -> Query:
    """The parameters of a link; none for what a first visit shows."""
    return {} if experiment == next(iter(STUDIES.values())).experiment else experiment.to_query()


ADDRESS = Address("network", PARAMETERS, read, write)


def change(**fields: Any) -> None:
    """Replace some of the experiment; nothing, where that cannot be had: two widgets may have moved at once."""
    try:
        ADDRESS.change(replace(ADDRESS.shown(), **fields))
    except SceneError:
        return


def opened(plays: bool = False) -> None:
    """Another experiment was opened: the film takes its moment and view from it. plays: and begins by itself."""
    state = st.session_state
    state[EPOCH] = state.get(EPOCH, 0) + 1
    if plays:
        state[PLAYS] = state[EPOCH]
