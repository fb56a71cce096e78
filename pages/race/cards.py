"""Runner cards: name and colour, on or off, the two sliders that matter, the rest folded away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from core import MODIFIERS, OPTIMIZERS, Plan, Runner, Scene
from core.figures.palette import PENS
from core.presets import PRESETS
from core.scene import MAX_RUNNERS, source_of
from core.spec import Hyper
from pages.race import parts
from pages.shared import adder, best, card, controls, engine, programs, ruler, session
from pages.shared.verdicts import around
from pages.shared.words import language, say, t

OPEN = "race.open"  # the card whose settings are unfolded


def draw(scene: Scene) -> None:
    """All cards, and what adds another."""
    ids = st.session_state[session.IDS]
    card.stripes(dict(zip(ids, scene.runners, strict=True)))
    if fair := best.fairness(scene):
        st.caption(fair)
    if scene.shared:
        st.caption(t("shared_on", name=say(scene.shared.record.name)))
    for i, (runner, name) in enumerate(zip(scene.runners, scene.labels(language()), strict=True)):
        with st.container(key=card.css(ids[i]), gap="small"):
            _card(scene, ids[i], runner, name)
    if len(scene.runners) < MAX_RUNNERS:
        adder.draw("add", OPTIMIZERS, _add)
    else:
        st.caption(t("full"))


def empty() -> None:
    """Nobody races yet: say what to do, and offer it."""
    st.subheader(t("empty"), anchor=False)
    with st.container(horizontal=True):
        first = [runner.optimizer for runner in next(iter(PRESETS.values())).scene.runners]
        for key in (*first[:2], first[-1]):
            st.button(OPTIMIZERS[key].name, key=f"begin-{key}", on_click=_add, args=(key,))


def unfolded(key: str) -> bool:
    """Whether the settings of a card are open."""
    return bool(st.session_state.get(OPEN) == key)


def sliders(key: str, runner: Runner) -> Sequence[Hyper]:
    """The hyperparameters that are set on a card."""
    hypers = runner.spoken.hypers
    return hypers if unfolded(key) else controls.columns_of(hypers)


def _card(scene: Scene, key: str, runner: Runner, name: str) -> None:
    def show(on: bool) -> None:
        session.change_runner(key, lambda r: replace(r, shown=on))
        parts.redraw()

    with st.container(key=f"head-{card.css(key)}", horizontal=True, vertical_alignment="center", gap="xsmall"):
        controls.toggle(controls.said(name, t("shown")), f"{key}.shown", runner.shown, show, width="stretch")
        opened = unfolded(key)
        settings = t("fold_of", name=name) if opened else t("settings_of", name=name)
        _icon(":material/tune:", settings, f"{key}.open", lambda: _fold(None if opened else key))
        _icon(
            ":material/content_copy:",
            t("duplicate", name=name),
            f"{key}.copy",
            lambda: session.duplicate_runner(key),
            disabled=len(scene.runners) == MAX_RUNNERS,
        )
        _icon(":material/close:", t("remove", name=name), f"{key}.remove", lambda: session.remove_runner(key))

    def set_hyper(name: str, value: float) -> None:
        session.change_runner(key, lambda r: r.with_hyper(name, value))
        if not unfolded(key):
            parts.redraw()

    def set_plan(plan: Plan) -> None:
        session.change_runner(key, lambda r: replace(r, plan=plan))

    def slide(hyper: Hyper) -> None:
        now, set_now = runner.hypers[hyper.name], partial(set_hyper, hyper.name)
        controls.slider(hyper, f"{key}.{hyper.name}", now, set_now, whose=name)
        if hyper.name == replaced:
            st.caption(t("schedule_sets", symbol=hyper.symbol))

    hypers, replaced = runner.spoken.hypers, scene.replaced(runner)
    main = controls.columns_of(hypers)
    for hyper in main:
        slide(hyper)
        if hyper.name == "lr":
            if engine.is_there():
                ruler.keep_place()  # the browser sweeps
            else:
                ruler.draw(scene, runner)
    if not opened:
        if runner.modifiers:
            st.caption(around(runner))
        return
    if len(runner.dialects) > 1:
        _dialect(key, runner, name)
    for hyper in hypers:
        if hyper not in main:
            slide(hyper)
    _around(key, runner, name)
    for column, hyper in zip(st.columns(len(main)), main, strict=True):
        with column:
            now, set_now = runner.hypers[hyper.name], partial(set_hyper, hyper.name)
            controls.exact(hyper, f"{key}.{hyper.name}.exact", now, set_now, whose=name)
    if scene.shared is None:
        controls.plan(f"{key}.plan", lambda: session.runner(key, runner).plan, set_plan, whose=name)
    if st.button(controls.said(t("code"), name), icon=":material/code:", key=f"{key}.code", width="stretch"):
        programs.show(scene, runner)
    controls.choice(
        controls.said(t("colour"), name),
        range(MAX_RUNNERS),
        f"{key}.colour",
        runner.colour,
        lambda colour: session.change_runner(key, lambda r: replace(r, colour=colour)),
        lambda colour: say(PENS[colour].name),
    )


def _around(key: str, runner: Runner, name: str) -> None:
    """What is put around the optimizer, each with its settings."""
    names = {modifier: say(record.name) for modifier, record in MODIFIERS.items()}

    def choose(chosen: list[str]) -> None:
        session.change_runner(key, lambda r: replace(r, modifiers={one: r.modifiers.get(one, {}) for one in chosen}))

    def set_setting(modifier: str, setting: str, value: float) -> None:
        session.change_runner(key, lambda r: r.modified(modifier, setting, value) if modifier in r.modifiers else r)
        parts.redraw()

    title, widget = controls.said(t("around"), name), f"{key}.around"
    controls.several(title, list(names), widget, runner.modifiers, choose, names.__getitem__, help=t("around_help"))
    for modifier, settings in runner.modifiers.items():
        for hyper in MODIFIERS[modifier].hypers:
            moved = partial(set_setting, modifier, hyper.name)
            whose = f"{names[modifier]}, {name}"
            controls.slider(hyper, f"{key}.{modifier}.{hyper.name}", settings[hyper.name], moved, whose=whose)


def _dialect(key: str, runner: Runner, name: str) -> None:
    """Whose form of the method is followed: with it come that source's defaults, but for what was set by hand."""
    controls.choice(
        controls.said(t("dialect"), name),
        runner.dialects,
        f"{key}.dialect",
        runner.dialect,
        lambda dialect: session.change_runner(key, lambda r: r.in_dialect(dialect)),
        lambda dialect: t("as_in", name=say(source_of(runner.record, dialect))),
        help=t("dialect_help"),
    )


def _icon(icon: str, words: str, key: str, on_click: Callable[[], None], disabled: bool = False) -> None:
    controls.icon(icon, words, key, on_click, type="tertiary", disabled=disabled)


def _fold(key: str | None) -> None:
    st.session_state[OPEN] = key


def _add(key: str) -> None:
    scene: Scene = st.session_state[session.SCENE]
    record = OPTIMIZERS[key]
    session.add_runner(Runner(key, {"lr": scene.record.rate_for(record)}))
