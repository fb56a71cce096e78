"""The controls of a trial: which schedules, in which run; and for each schedule a card with its settings."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from core import OPTIMIZERS, SCHEDULES, SURFACES, Formula, Plan
from core.figures.curves import pen
from core.schedules._warmup import CLIMB
from core.spec import Hyper, Text
from pages.shared import controls, programs, ruler, to_race
from pages.shared.address import Address
from pages.shared.scene_bar import NOISE, STEPS
from pages.shared.trial import NAMES, ORDER, RATE, SMOOTHEST, Span, Trial, read, write
from pages.shared.words import say, t

PILLS = "trial.plans"
ADDRESS = Address("trial", NAMES, read, write)
LOW = replace(RATE, name="low", default=RATE.low, high=1.0, label=Text("lowest rate", "가장 낮은 학습률"))
HIGH = replace(RATE, name="high", default=1.0, low=1e-5, label=Text("highest rate", "가장 높은 학습률"))
SMOOTHING = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, SMOOTHEST)
WIDTH = 160


def stripes() -> None:
    """The colour and dash of every schedule along the edge of what belongs to it."""
    dashes = {"solid": "solid", "dash": "dashed", "dot": "dotted", "dashdot": "double"}
    rules = [
        f".st-key-card-{key},.st-key-note-{key}{{padding-left:.7rem;"
        f"border-left:5px {dashes[pen(i).dash]} light-dark({pen(i).light},{pen(i).dark})}}"
        for i, key in enumerate(ORDER)
    ]
    rules.append('[class*="st-key-note-"]{gap:.15rem} [class*="st-key-note-"] .katex{font-size:1em}')
    rules.append('[class*="st-key-note-"] p{overflow-x:auto;overflow-y:hidden} .st-key-trial-bar{flex-wrap:wrap}')
    st.html(f"<style>{''.join(rules)}</style>")


def views(trial: Trial) -> None:
    """What the page is for: to compare schedules, or to find a rate; and the way back to what was opened."""
    names = {False: t("view_schedules"), True: t("view_range")}

    def turn(to_range: bool) -> None:
        now = ADDRESS.shown()
        ADDRESS.change(replace(now, span=Span.around(now.runner.hypers[RATE.name]) if to_range else None))

    with st.container(horizontal=True, horizontal_alignment="distribute", key="trial-views"):
        shown, look = trial.span is not None, {"label_visibility": "collapsed"}
        controls.switch(t("trial_view"), list(names), "trial.view", shown, turn, names.__getitem__, **look)
        controls.reset(ADDRESS.touched(), ADDRESS.reset, t("reset_trial"))


def choose(trial: Trial) -> None:
    """Pills: which schedules are drawn."""
    keys = [plan.schedule for plan in trial.plans]
    if PILLS in st.session_state and set(st.session_state[PILLS]) != set(keys):
        st.session_state[PILLS] = keys
    st.pills(
        t("trial_plans"),
        ORDER,
        selection_mode="multi",
        default=keys,
        key=PILLS,
        format_func=lambda key: say(SCHEDULES[key].name),
        on_change=controls.heard(PILLS, lambda chosen: ADDRESS.change(ADDRESS.shown().choose(chosen))),
        label_visibility="collapsed",
        width="stretch",
        wrap=True,
    )


def bar(trial: Trial) -> None:
    """The run that the schedules are tried in."""
    scene = trial.scene

    def move(surface: str | Formula) -> None:
        now = ADDRESS.shown()
        ADDRESS.change(now.on(surface, now.runner.optimizer))

    def take(optimizer: str) -> None:
        now = ADDRESS.shown()
        ADDRESS.change(now.on(now.scene.surface, optimizer))

    def name(surface: str | Formula) -> str:
        return surface.text if isinstance(surface, Formula) else say(SURFACES[surface].name)

    def set_rate(value: float) -> None:
        _set(runners=(ADDRESS.shown().runner.with_hyper(RATE.name, value),))

    with st.container(horizontal=True, vertical_alignment="top", key="trial-bar"):
        surfaces = list(dict.fromkeys((*SURFACES, scene.surface)))
        controls.choice(t("surface"), surfaces, "trial.surface", scene.surface, move, name, width=WIDTH)
        names, optimizer = {key: record.name for key, record in OPTIMIZERS.items()}, trial.runner.optimizer
        controls.choice(t("runner"), list(names), "trial.optimizer", optimizer, take, names.__getitem__, width=WIDTH)
        if trial.span:
            _span(trial.span)
        else:
            with st.container(width=WIDTH):
                controls.slider(RATE, "trial.lr", trial.runner.hypers[RATE.name], set_rate)
                ruler.draw(scene, trial.runner, plain=True)
        with st.container(width=WIDTH):
            named = replace(STEPS, label=None, symbol=t("steps"))
            controls.slider(named, "trial.steps", float(scene.length), lambda value: _set(steps=int(value)))
        controls.stepped(t("noise"), NOISE, "trial.noise", scene.noise, lambda value: _set(noise=value), width=WIDTH)
        if scene.record.samples:
            most = scene.record.samples.count
            sizes = (0.0, *(float(2**i) for i in range(most.bit_length()) if 2**i < most))
            controls.stepped(
                t("batch_size"),
                sizes,
                "trial.batch",
                float(scene.batch_size),
                lambda value: _set(batch=int(value)),
                lambda value: t("all") if value == 0 else f"{value:.0f}",
                width=WIDTH,
            )


def _span(span: Span) -> None:
    """The ends of a rate-range test, which stay a decade apart at least, and its smoothing."""

    def begin(low: float) -> None:
        change(low=low, high=max(span.high, min(10 * low, HIGH.high)))

    def end(high: float) -> None:
        change(low=min(span.low, float(f"{high / 10:.9g}")), high=high)

    def change(**fields: float) -> None:
        now = ADDRESS.shown()
        ADDRESS.change(replace(now, span=replace(now.span or span, **fields)))

    controls.slider(LOW, "trial.low", span.low, begin, width=WIDTH)
    controls.slider(HIGH, "trial.high", span.high, end, width=WIDTH)
    controls.stepped(
        t("smoothing"),
        SMOOTHING,
        "trial.smoothing",
        span.smoothing,
        lambda value: change(smoothing=value),
        width=WIDTH,
    )


def use(rate: float) -> None:
    """Go on with a rate that was found, and with the schedules."""
    now = ADDRESS.shown()
    runner = now.runner.with_hyper(RATE.name, rate)
    ADDRESS.change(replace(now, scene=replace(now.scene, runners=(runner,)), span=None))


def axes(trial: Trial) -> None:
    """Whether the two pictures are logarithmic."""
    scene = trial.scene

    def rates(log: bool) -> None:
        ADDRESS.change(replace(ADDRESS.shown(), log_rates=log))

    def loss(log: bool) -> None:
        _set(view=replace(ADDRESS.shown().scene.view, loss_axis="log" if log else "linear"))

    with st.container(horizontal=True, gap="medium"):
        if not trial.span:
            controls.toggle(t("log_rates"), "trial.log_rates", trial.log_rates, rates)
        controls.toggle(t("log_loss"), "trial.log_loss", trial.log_loss, loss, disabled=not scene.record.minima)


def cards(trial: Trial) -> None:
    """Every schedule with all its settings, its code, and the way to the race."""

    def warm_up(name: str, value: float) -> None:
        now = ADDRESS.shown()
        ADDRESS.change(now.with_climb({**now.climb, name: value}))

    def slide(hyper: Hyper) -> None:
        controls.slider(
            hyper, f"trial.{hyper.name.removesuffix('_steps')}", trial.climb[hyper.name], partial(warm_up, hyper.name)
        )

    controls.slide_all(CLIMB, trial.climb, "trial.climb", slide, whose=t("warm_up"))
    for plan in trial.plans:
        with st.container(key=f"card-{plan.schedule}", gap="small"):
            _card(trial, plan)


def _card(trial: Trial, plan: Plan) -> None:
    def set_hyper(hyper: Hyper, value: float) -> None:
        now = ADDRESS.shown()
        own = next((other for other in now.plans if other.schedule == plan.schedule), plan)
        ADDRESS.change(now.with_plan(Plan(own.schedule, {**own.hypers, hyper.name: value})))

    runner, name = trial.under(plan), say(plan.record.name)
    st.markdown(f"**{name}**")

    def slide(hyper: Hyper) -> None:
        key = f"trial.{plan.schedule}.{hyper.name}"
        controls.slider(hyper, key, plan.hypers[hyper.name], partial(set_hyper, hyper), whose=name)

    controls.slide_all(plan.record.hypers, plan.hypers, f"trial.{plan.schedule}", slide, whose=name)
    with st.container(horizontal=True, gap="small"):
        if st.button(controls.said(t("code_short"), name), icon=":material/code:", key=f"trial.{plan.schedule}.code"):
            programs.show(replace(trial.scene, runners=(runner,)), runner)
        to_race.button(f"trial.{plan.schedule}.race", runner, whose=name)


def _set(**fields: object) -> None:
    now = ADDRESS.shown()
    ADDRESS.change(replace(now, scene=replace(now.scene, **fields)))  # type: ignore[arg-type]
