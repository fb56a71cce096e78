"""Runner cards of the networks: name and colour, on or off, the two sliders that matter, the rest folded away."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from core import OPTIMIZERS, Plan, Runner
from core.nets import plain
from core.nets.experiment import MOST_LANES, Experiment, rate_for
from pages.network.address import ADDRESS, change
from pages.network.picture import labels
from pages.shared import card, controls
from pages.shared.words import say, t

OPEN = "network.card"  # the number of the card whose settings are unfolded


def draw(experiment: Experiment) -> None:
    """All cards, and what adds another."""
    keys = [f"network-{i}" for i in range(len(experiment.runners))]
    card.stripes(dict(zip(keys, experiment.runners, strict=True)))
    for i, (runner, name) in enumerate(zip(experiment.runners, labels(experiment), strict=True)):
        with st.container(key=card.css(keys[i]), gap="small"):
            _card(i, keys[i], runner, name, len(experiment.runners))
    if len(experiment.runners) == MOST_LANES:
        st.caption(t("full"))
        return
    names = {key: record.name for key, record in OPTIMIZERS.items() if not record.plane or plain.accepts(record)}

    def add(key: str) -> None:
        now = ADDRESS.shown()
        free = next(c for c in range(MOST_LANES + 1) if c not in {runner.colour for runner in now.runners})
        change(runners=(*now.runners, Runner(key, {"lr": rate_for(OPTIMIZERS[key])}, colour=free)))
        st.session_state["network.add"] = None  # free for the next one

    heard = controls.heard("network.add", add, names)
    st.pills(t("add"), list(names), key="network.add", format_func=names.__getitem__, on_change=heard)


def _set(i: int, **fields: object) -> None:
    """Change a runner; nothing, if its card has gone meanwhile."""
    runners = list(ADDRESS.shown().runners)
    if i < len(runners):
        runners[i] = replace(runners[i], **fields)  # type: ignore[arg-type]
        change(runners=tuple(runners))


def _card(i: int, key: str, runner: Runner, name: str, count: int) -> None:
    def remove() -> None:
        change(runners=tuple(r for j, r in enumerate(ADDRESS.shown().runners) if j != i))
        st.session_state[OPEN] = None

    def copy() -> None:
        now = ADDRESS.shown().runners
        if i < len(now) < MOST_LANES:
            free = next(c for c in range(MOST_LANES + 1) if c not in {r.colour for r in now})
            change(runners=(*now[: i + 1], replace(now[i], colour=free), *now[i + 1 :]))

    def fold() -> None:
        st.session_state[OPEN] = None if st.session_state.get(OPEN) == i else i

    opened = st.session_state.get(OPEN) == i
    with st.container(key=f"head-{card.css(key)}", horizontal=True, vertical_alignment="center", gap="xsmall"):
        shown = controls.said(name, t("shown"))
        controls.toggle(shown, f"{key}.shown", runner.shown, lambda on: _set(i, shown=on), width="stretch")
        words = t("fold_of", name=name) if opened else t("settings_of", name=name)
        controls.icon(":material/tune:", words, f"{key}.open", fold, type="tertiary")
        full = count == MOST_LANES
        controls.icon(
            ":material/content_copy:", t("duplicate", name=name), f"{key}.copy", copy, type="tertiary", disabled=full
        )
        controls.icon(":material/close:", t("remove", name=name), f"{key}.remove", remove, type="tertiary")

    def set_hyper(hyper: str, value: float) -> None:
        runners = ADDRESS.shown().runners
        if i < len(runners) and hyper in runners[i].hypers:
            _set(i, hypers={**runners[i].hypers, hyper: value})

    hypers = runner.spoken.hypers
    main = controls.columns_of(hypers)
    for hyper in hypers if opened else main:
        move = partial(set_hyper, hyper.name)
        controls.slider(hyper, f"{key}.{hyper.name}", runner.hypers[hyper.name], move, whose=name)
    if opened:

        def plan_now() -> Plan:
            runners = ADDRESS.shown().runners
            return runners[i].plan if i < len(runners) else runner.plan

        controls.plan(f"{key}.plan", plan_now, lambda plan: _set(i, plan=plan), whose=name)
        st.caption(say(runner.record.about))
