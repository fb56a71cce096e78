"""The experiment of the page, in step with the address bar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from core.experiments import STUDIES
from core.nets.experiment import PARAMETERS, Experiment
from core.scene import SceneError
from core.scene.faults import SEPARATOR, refused, whole
from core.spec import Text
from pages.network.graph import chosen
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
    found, more = fitted(found)
    return found, [fault.text for fault in (*faults, *more)]


def fitted(experiment: Experiment) -> tuple[Experiment, list[SceneError]]:
    """The experiment, looked at where there is something to be seen, and in what it was not: a moment behind its end, say."""
    film, faults = experiment.film, list[SceneError]()

    def within(name: str, most: int, instead: int) -> None:
        nonlocal film
        got = getattr(film, name)
        if got is not None and got > most:
            faults.append(refused(name, got, whole(0, most), str(most)))
            film = replace(film, **{name: instead})

    if experiment.ready:
        within("moment", experiment.steps, experiment.steps)
    if experiment.runners:
        within("chosen", len(experiment.runners) - 1, len(experiment.runners) - 1)
    if film.given is not None:
        fields = chosen.fields_of(experiment)
        if not chosen.fit(fields, film.given):
            usual = SEPARATOR.join(f"{field.usual:g}" for field in fields)
            got = SEPARATOR.join(f"{value:g}" for value in film.given)
            faults.append(refused("given", got, _numbers(fields), usual))
            film = replace(film, given=None)
    if film.node:
        last = chosen.steps_of(replace(experiment, film=film))
        within("node", last, last)
    return replace(experiment, film=film) if faults else experiment, faults


def _numbers(fields: list[chosen.Field]) -> Text:
    """What is expected of the numbers that go into a graph."""
    ranges = [(f"{field.low:g}", f"{field.high:g}", field.whole) for field in fields]
    en = ", ".join(f"{'a whole one ' if whole else ''}from {low} to {high}" for low, high, whole in ranges)
    ko = ", ".join(f"{low} 이상 {high} 이하의 {'정수' if whole else '수'}" for low, high, whole in ranges)
    count = "a number" if len(fields) == 1 else f"{len(fields)} numbers"
    return Text(f"{count} for this graph: {en}", f"이 그래프에 넣을 수 {len(fields)}개({ko})")


def write(experiment: Experiment) -> Query:
    """The parameters of a link; none for what a first visit shows."""
    return {} if experiment == next(iter(STUDIES.values())).experiment else experiment.to_query()


ADDRESS = Address("network", PARAMETERS, read, write)


def change(**fields: Any) -> None:
    """Replace some of the experiment; nothing, where that cannot be had: two widgets may have moved at once."""
    try:
        ADDRESS.change(fitted(_followed(ADDRESS.shown(), replace(ADDRESS.shown(), **fields)))[0])
    except SceneError:
        return


def _followed(before: Experiment, now: Experiment) -> Experiment:
    """An experiment of another length: who looked at its end still does, and a moment that it no longer has is none."""
    moment = now.film.moment
    if moment is None or not now.ready or before.steps == now.steps:
        return now
    stays = None if moment > now.steps else moment
    return replace(now, film=replace(now.film, moment=now.steps if moment == before.steps else stays))


def opened(plays: bool = False) -> None:
    """Another experiment was opened: the film takes its moment and view from it. plays: and begins by itself."""
    state = st.session_state
    state[EPOCH] = state.get(EPOCH, 0) + 1
    if plays:
        state[PLAYS] = state[EPOCH]
