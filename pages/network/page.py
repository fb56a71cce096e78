"""Networks: the optimizers of the race train something real, and the training is played like a film."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import streamlit as st

from core.experiments import STUDIES
from core.nets.experiment import MOST_WORK, Experiment
from core.nets.study import Study
from pages.network import act, bar, cards, graph_view, ground, map_view, notes, parts
from pages.network.address import ADDRESS, EPOCH, opened, write
from pages.network.film import FILM
from pages.network.picture import picture
from pages.network.reel import Reel, reel_of, work
from pages.shared.address import linked, went_back
from pages.shared.frame import warn
from pages.shared.queue import watched
from pages.shared.words import say, t

LAST, PART = "network.last", "network.part"  # the film that is on the page; what there was when Stop was pressed
STOP = "network.stopping"  # Stop was pressed

if EPOCH not in st.session_state:
    opened(plays=True)
elif went_back():
    opened()
experiment = ADDRESS.now()

parts.begin()
graph_view.switch(experiment)
if experiment.film.view == "graph":
    with st.container():  # as below
        warn(ADDRESS.faults())
    graph_view.draw(experiment)
    st.stop()  # nothing is trained for it
bar.draw(experiment)
with st.sidebar:
    cards.draw(experiment)
with st.container():  # stands there empty too: else the film would be mounted anew when a warning goes
    warn(ADDRESS.faults())
if experiment.film.view == "map":
    map_view.draw(experiment)
    st.stop()


@cache
def _studies() -> Mapping[Experiment, Study]:
    return {study.experiment.trained: study for study in STUDIES.values()}


def observe(experiment: Experiment) -> None:
    """What to look for."""
    study = _studies().get(experiment.trained)
    with st.container(key="observe"):
        if study:
            st.caption(t("observe", sentence=say(study.observe)))
        else:
            st.caption(say(experiment.record.about))


def found(experiment: Experiment) -> Reel | None:
    """The film, if it is there, or what there was of it when Stop was pressed."""
    part = st.session_state.get(PART)
    return reel_of(experiment) or (part if part and part.experiment == experiment.trained else None)


def wait(experiment: Experiment, place: st.delta_generator.DeltaGenerator) -> None:
    """Train in the line; progress and a way to stop are shown, and whatever the visitor does meanwhile ends this run."""
    with place.container(horizontal=True, vertical_alignment="center", key="network-busy"):
        told = st.progress(0.0)
        st.button(t("film_stop"), key="network.stop", on_click=lambda: st.session_state.update({STOP: True}))
    for task in watched(told, experiment.trained, work, lambda share: t("net_trains", share=share)):
        task.stopped |= bool(st.session_state.pop(STOP, False))
    if task.result is not None and not task.result.whole:
        st.session_state[PART] = task.result


@st.fragment(key=parts.FILM)
def show() -> None:
    """The film, and what is said of it. What is done on it runs this part of the page alone."""
    experiment = ADDRESS.shown()
    place = st.empty()
    reel = found(experiment)
    too_much = experiment.work > MOST_WORK
    message = None
    if not experiment.runners:
        message = t("empty")
    elif too_much:
        message = t("net_too_much", times=f"{experiment.work / MOST_WORK:.2g}", epochs=experiment.affordable)
    elif reel is None and experiment.ready:
        message = t("net_begins")
    shown = reel or (None if too_much or not experiment.ready else st.session_state.get(LAST))
    observe(experiment)
    link = linked(write(experiment))
    looked_at = experiment.film.tab == "landscape"
    land = ground.ground_of(shown, experiment.film.directions) if looked_at and shown else None
    header, arrays = picture(experiment, shown, link, message if shown is None else None, land)
    if shown is not None:
        st.session_state[act.MOMENTS] = shown.moments
    FILM.draw(header, arrays, act.on_act)
    ADDRESS.publish()
    if reel is not None:
        st.session_state[LAST] = reel
        notes.draw(experiment, reel)
        if looked_at and land is None and ground.can_be_had(reel):
            ground.wait(reel, experiment.film.directions, place)
            st.rerun()
    elif experiment.ready and not too_much:
        st.empty()  # in the place of the table of the experiment before
        wait(experiment, place)
        st.rerun()


parts.end()
show()
