"""Runner cards of the networks: name and colour, on or off, the two sliders that matter, the rest folded away."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from core import OPTIMIZERS, Plan, Runner, Scene
from core.export.training import LIBRARIES, export_training
from core.nets import plain
from core.nets.experiment import MOST_LANES, SETTINGS, Experiment, rate_for
from pages.network import parts
from pages.network.address import ADDRESS, change
from pages.network.picture import labels
from pages.shared import adder, card, controls, programs
from pages.shared.words import say, t

USUAL = -1  # the size of the batches that all have
OPEN = "network.card"  # the number of the card whose settings are unfolded


def draw(experiment: Experiment) -> None:
    """All cards, and what adds another."""
    keys = [f"network-{i}" for i in range(len(experiment.runners))]
    card.stripes(dict(zip(keys, experiment.runners, strict=True)))
    for i, key in enumerate(keys):
        with st.container(key=card.css(key), gap="small"):
            _card(experiment, i, key)
    if len(experiment.runners) == MOST_LANES:
        st.caption(t("net_full", count=MOST_LANES))
        return
    adder.draw("network.add", [key for key, record in OPTIMIZERS.items() if plain.trains(record)], _add)


def _add(key: str) -> None:
    runners = ADDRESS.shown().runners
    if len(runners) < MOST_LANES:
        new = Runner(key, {"lr": rate_for(OPTIMIZERS[key])}, colour=Scene(runners=runners).free_colour())
        change(runners=(*runners, new))


def _sizes(experiment: Experiment, order: list[int]) -> tuple[int, ...]:
    """The sizes of the batches of runners in another order."""
    own = experiment.batches
    return tuple(own[j] if j < len(own) else USUAL for j in order)


def _set(i: int, **fields: object) -> None:
    """Change a runner; nothing, if its card has gone meanwhile."""
    runners = list(ADDRESS.shown().runners)
    if i < len(runners):
        runners[i] = replace(runners[i], **fields)  # type: ignore[arg-type]
        change(runners=tuple(runners))


def _size(experiment: Experiment, size: int) -> str:
    """A size of batches in words."""
    if size == USUAL:
        return t("net_usual")
    return t("batch_all", count=experiment.kept) if size == 0 else str(size)


def _card(experiment: Experiment, i: int, key: str) -> None:
    runner, name = experiment.runners[i], labels(experiment)[i]

    def remove() -> None:
        now = ADDRESS.shown()
        kept = [j for j in range(len(now.runners)) if j != i]
        change(runners=tuple(now.runners[j] for j in kept), batches=_sizes(now, kept))
        st.session_state[OPEN] = None

    def copy() -> None:
        now = ADDRESS.shown()
        runners = now.runners
        if i < len(runners) < MOST_LANES:
            order = [*range(i + 1), i, *range(i + 1, len(runners))]
            copied = [runners[j] for j in order]
            copied[i + 1] = replace(runners[i], colour=Scene(runners=runners).free_colour())
            change(runners=tuple(copied), batches=_sizes(now, order))

    def fold() -> None:
        st.session_state[OPEN] = None if st.session_state.get(OPEN) == i else i

    def show(on: bool) -> None:
        _set(i, shown=on)
        parts.redraw()

    opened = st.session_state.get(OPEN) == i
    with st.container(key=f"head-{card.css(key)}", horizontal=True, vertical_alignment="center", gap="xsmall"):
        shown = controls.said(name, t("shown"))
        controls.toggle(shown, f"{key}.shown", runner.shown, show, width="stretch")
        words = t("fold_of", name=name) if opened else t("settings_of", name=name)
        controls.icon(":material/tune:", words, f"{key}.open", fold, type="tertiary")
        full = len(experiment.runners) == MOST_LANES
        controls.icon(
            ":material/content_copy:", t("duplicate", name=name), f"{key}.copy", copy, type="tertiary", disabled=full
        )
        controls.icon(":material/close:", t("remove", name=name), f"{key}.remove", remove, type="tertiary")

    def set_hyper(hyper: str, value: float) -> None:
        runners = ADDRESS.shown().runners
        if i < len(runners) and hyper in runners[i].hypers:
            _set(i, hypers={**runners[i].hypers, hyper: value})
            parts.redraw()

    hypers = runner.spoken.hypers
    main = controls.columns_of(hypers)
    for hyper in hypers if opened else main:
        move = partial(set_hyper, hyper.name)
        controls.slider(hyper, f"{key}.{hyper.name}", runner.hypers[hyper.name], move, whose=name)
    if opened:

        def plan_now() -> Plan:
            runners = ADDRESS.shown().runners
            return runners[i].plan if i < len(runners) else runner.plan

        def resize(size: int) -> None:
            now = ADDRESS.shown()
            if i < len(now.runners):
                sizes = list(_sizes(now, list(range(len(now.runners)))))
                sizes[i] = size
                change(batches=tuple(sizes))

        own = experiment.batches[i] if i < len(experiment.batches) else USUAL
        rests = [USUAL, *(2**k for k in range(experiment.kept.bit_length()) if 2**k < experiment.kept), 0]
        rests = rests if own in rests else [USUAL, *sorted({*rests[1:-1], own}), 0]
        title = controls.said(controls.label(SETTINGS["batch"]), name)
        controls.stepped(title, rests, f"{key}.batch", own, resize, lambda size: _size(experiment, size))
        controls.plan(f"{key}.plan", plan_now, lambda plan: _set(i, plan=plan), whose=name)
        code = controls.said(t("net_code_button"), name)
        if st.button(code, icon=":material/code:", key=f"{key}.code", width="stretch"):
            _programs(replace(experiment, runners=(runner,), batch=experiment.batch_of(i), batches=()), runner)
        st.caption(say(runner.record.about))


def _programs(experiment: Experiment, runner: Runner) -> None:
    """The training of a runner, alone in its experiment, as a program for each library."""

    def write(who: Runner, library: str) -> str:
        return export_training(experiment, who, library)

    def own(library: str) -> str:
        return t("net_code_own", library=library)

    programs.dialog(t("net_code_title"), LIBRARIES, write, runner, runner.plan, own)
