"""The page of networks with a computational graph in the place of the film: which, its numbers, and both passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import streamlit as st

from core import DATASETS, INITIALIZATIONS
from core.nets.experiment import Example, Experiment, View
from core.nets.layers import ACTIVATIONS
from core.nets.own import OWN
from core.text import TABLES
from pages.network.address import ADDRESS, EPOCH, change, write
from pages.network.graph import GRAPH, WORDS
from pages.network.graph.chosen import Field, fields_of, given_of, graph_of, tiny
from pages.network.graph.places import Places
from pages.network.graph.told import Told, named, short
from pages.shared import controls
from pages.shared.address import linked
from pages.shared.canvas import Arrays
from pages.shared.words import language, say, t


def switch(experiment: Experiment) -> None:
    """Whether the page shows the training, a graph or a map."""
    names: dict[str, str] = {"film": t("graph_film"), "graph": t("graph_graph"), "map": t("net_map")}
    with st.container(horizontal=True, key="graph-switch"):
        controls.switch(
            t("graph_view"), list(get_args(View)), "network.view", experiment.film.view, _look("view"),
            names.__getitem__, label_visibility="collapsed",
        )  # fmt: skip
        if experiment.film.view == "graph":
            _which(experiment)


def draw(experiment: Experiment) -> None:
    """The graph, and all that it depends on."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="graph-bar"):
        _choices(experiment)
        for i, (field, value) in enumerate(zip(fields_of(experiment), given_of(experiment), strict=True)):
            _number(experiment, i, field, value)
    st.caption(_about(experiment))
    header, arrays = picture(experiment)
    GRAPH.draw(header, arrays, on_act)
    ADDRESS.publish()


def on_act(act: dict[str, Any]) -> None:
    """Take over how far the passes have come. It comes from outside: what is malformed is ignored."""
    view = act.get("view")
    if isinstance(view, dict) and "node" in view:
        now = ADDRESS.shown()
        found, faults = Experiment.mend({**vars(now), "film": {**vars(now.film), "node": view["node"]}})
        if not faults:
            change(film=found.film)


def _look(name: str, **more: Any) -> Callable[[Any], None]:
    return lambda new: change(film=replace(ADDRESS.shown().film, **{name: new}, **more))


# --- what is chosen ----------------------------------------------------------------------------------


def _which(experiment: Experiment) -> None:
    """Which graph, and the way back to its own numbers."""
    names: dict[str, str] = {
        "apples": t("graph_apples"),
        "sigmoid": t("graph_sigmoid"),
        "network": t("graph_network"),
    }
    controls.switch(
        t("graph_which"), list(get_args(Example)), "network.graph", experiment.film.graph,
        _look("graph", node=0, given=None), names.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    st.button(
        t("graph_usual"), icon=":material/restart_alt:", key="network.graph.usual", help=t("graph_usual_help"),
        disabled=given_of(experiment) == [field.usual for field in fields_of(experiment)],
        on_click=lambda: _look("given")(None),
    )  # fmt: skip


def _choices(experiment: Experiment) -> None:
    """What a network is for, and what it is made of."""
    if experiment.film.graph != "network":
        return
    for name, words, records in (
        ("dataset", t("net_data"), DATASETS),
        ("activation", t("net_activation"), ACTIVATIONS),
        ("init", t("net_init"), INITIALIZATIONS),
    ):
        called = {key: say(record.name) for key, record in records.items()}
        if name == "dataset":
            called[OWN] = t("net_own")
        controls.choice(
            words,
            list(called),
            f"network.{name}",
            getattr(experiment, name),
            _take(name),
            called.__getitem__,
            width=200,
        )


def _take(name: str) -> Callable[[Any], None]:
    """Another network; other data also has other examples, as many and as noisy as suits it."""

    def take(new: Any) -> None:
        film = ADDRESS.shown().film
        if name == "dataset":
            change(dataset=new, samples=None, noise=None, film=replace(film, given=None, node=0))
        else:
            change(**{name: new})

    return take


def _number(experiment: Experiment, i: int, field: Field, value: float) -> None:
    key = f"network.given.{experiment.film.graph}.{experiment.dataset}.{i}"

    def put(new: Any) -> None:
        now = ADDRESS.shown()
        numbers = given_of(now)
        if isinstance(new, (int, float)) and field.low <= new <= field.high and i < len(numbers):
            numbers[i] = float(new)
            _look("given")(tuple(numbers))

    kind = int if field.whole else float
    controls.put(key, kind(value))
    low, high, step = (kind(v) for v in (field.low, field.high, field.step))
    st.number_input(
        field.name, low, high, kind(value), step, format="%d" if field.whole else "%g", key=key,
        on_change=controls.heard(key, put), width=118,
    )  # fmt: skip


def _about(experiment: Experiment) -> str:
    if experiment.film.graph == "apples":
        return t("graph_about_apples")
    if experiment.film.graph == "sigmoid":
        return t("graph_about_sigmoid")
    return t(
        "graph_about_network",
        sizes="-".join(map(str, tiny(experiment).sizes)),
        init=say(INITIALIZATIONS[experiment.init].name),
    )


# --- what is sent ------------------------------------------------------------------------------------


def picture(experiment: Experiment) -> tuple[dict[str, Any], Arrays]:
    """Header and arrays."""
    graph = graph_of(experiment)
    told, places, order, values, back = Told(graph), Places(graph), graph.order, graph.forward(), graph.backward()
    begins = len(order) + 1  # the step with which the gradients set out
    done = {i: k for k, i in enumerate(order, start=1)}
    sent = {i: begins + k for k, i in enumerate(reversed(order), start=1)}
    steps = [
        {"pass": "given", "node": None, "text": t("graph_starts")},
        *({"pass": "forward", "node": i, "text": told.forward(i)} for i in order),
        {"pass": "backward", "node": None, "text": t("graph_begins")},
        *({"pass": "backward", "node": i, "text": told.backward(i)} for i in reversed(order)),
    ]
    arrays = Arrays()
    header = {
        "lasting": arrays.text({"words": {key: TABLES[language()][key] for key in WORDS}}),
        "epoch": f"{st.session_state.get(EPOCH, 0)} {experiment.film.graph}",
        "link": linked(write(experiment)),
        "at": min(experiment.film.node, len(steps) - 1),
        "result": named(graph.result),
        "nodes": [
            {
                "name": named(node.name),
                "kind": node.operation.kind if node.operation else node.role,
                "given": not node.operation,
                "column": places.columns[i],
                "row": places.rows[i],
                "forward": done.get(i),
                "backward": sent.get(i),
            }
            for i, node in enumerate(graph.nodes)
        ],
        "edges": [
            {
                "from": edge.source,
                "to": edge.target,
                "row": places.landing.get(k),
                "value": _number_of(value),
                "gradient": _number_of(slope),
                "forward": done.get(edge.source, 0),
                "backward": begins if edge.target is None else sent[edge.target],
            }
            for k, (edge, value, slope) in enumerate(zip(graph.edges, values, back, strict=True))
        ],
        "steps": steps,
    }
    return header, arrays


def _number_of(value: float | None) -> list[str] | None:
    """A number as the picture has room for it, and whole."""
    return None if value is None else [short(value), f"{value:.15g}".replace("-", "−")]
