"""Best settings: one seeded search for every runner within the same budget, so that a race can be fair."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import streamlit as st

from core import Runner, Scene
from core.tuning import Tuned, least_budget, tune
from pages.shared import cache, session
from pages.shared.controls import spell
from pages.shared.queue import LINE, waited
from pages.shared.verdicts import number
from pages.shared.words import language, t

BUDGETS = (100_000, 200_000, 400_000, 1_000_000, 4_000_000)
FOUND, PLACE, ASKED, BUDGET = "best.found", "best.place", "best.asked", "best.budget"


def draw(scene: Scene) -> None:
    """What is on, the two ways to a fair race, and what the last search found."""
    st.caption(t("tune_help"))
    st.select_slider(t("tune_budget"), BUDGETS, value=400_000, key=BUDGET, format_func=lambda n: f"{n:,}")
    with st.container(horizontal=True):
        st.button(t("tune_each"), type="primary", on_click=_ask, disabled=not scene.runners, key="best.each")
        st.button(t("tune_same"), on_click=_same_rate, disabled=len(scene.runners) < 2, key="best.same")
    if st.session_state.pop(ASKED, False):
        _search(scene)
    st.markdown(fairness(scene) or t("fair_none"))
    found, names = _found(scene), zip(scene.labels(language()), scene.runners, strict=True)
    lines = [(name, found[runner.bare]) for name, runner in names if runner.bare in found]
    if lines:
        st.dataframe([_row(scene, *line) for line in lines], hide_index=True, height="content", key="best.table")
        text = json.dumps([_record(scene, *line) for line in lines], indent=1, ensure_ascii=False)
        st.download_button(
            t("tune_export"),
            text,
            "descent-lab-settings.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )


def fairness(scene: Scene) -> str:
    """Which kind of fair race is on, in one sentence; empty for none."""
    found = _found(scene)
    if found and scene.runners and all(runner.bare in found for runner in scene.runners):
        return t("fair_best", budget=f"{max(tuned.spent for tuned in found.values()):,}")
    rates = {runner.hypers["lr"] for runner in scene.runners}
    if len(scene.runners) > 1 and len(rates) == 1:
        return t("fair_same", rate=spell(rates.pop()))
    return ""


def _found(scene: Scene) -> dict[Runner, Tuned]:
    """What the last search found, if it was for this scene: settings are the best for one place only."""
    found: dict[Runner, Tuned] = st.session_state.get(FOUND, {})
    return found if found and st.session_state[PLACE] == _place(scene) else {}


def _ask() -> None:
    st.session_state[ASKED] = True


def _search(scene: Scene) -> None:
    """Tune every runner; each gets the same number of gradients."""
    bar, count = st.progress(0.0), len(scene.runners)
    budget = max(int(st.session_state[BUDGET]), least_budget(scene))
    found, runners = {}, []
    for i, runner in enumerate(scene.runners):
        key = "tune", _place(scene), runner.bare, budget
        for task in waited(key, lambda task, runner=runner: tune(scene, runner, budget, progress=task.told)):
            ahead = LINE.ahead(task)
            bar.progress((i + min(task.share, 1.0)) / count, t("queue_ahead", count=ahead) if ahead else None)
        tuned: Tuned = task.result
        runners.append(replace(runner, hypers=tuned.runner.hypers))
        session.tuned(runner, runners[-1])
        found[runners[-1].bare] = tuned
    session.change(runners=tuple(runners))
    st.session_state[FOUND], st.session_state[PLACE] = found, _place(scene)
    st.rerun()


def _same_rate() -> None:
    """Everybody runs at the first runner's rate."""
    scene: Scene = st.session_state[session.SCENE]
    session.change(runners=tuple(runner.with_hyper("lr", scene.runners[0].hypers["lr"]) for runner in scene.runners))


def _place(scene: Scene) -> tuple[Any, ...]:
    """All of the scene that settings are the best for: a shared schedule too, which no runner names."""
    return cache.place_of(scene), scene.shared


def _row(scene: Scene, name: str, tuned: Tuned) -> dict[str, str]:
    symbols = {h.name: h.symbol for h in tuned.runner.spoken.hypers}
    moved = {k: v for k, v in tuned.runner.hypers.items() if v != tuned.came.hypers[k]}
    return {
        t("runner"): name,
        t("tune_settings"): ", ".join(f"{symbols[k]} {spell(v)}" for k, v in moved.items()) or "–",
        t("tune_before"): _ended(scene, tuned.came),
        t("tune_after"): _ended(scene, tuned.runner),
    }


def _ended(scene: Scene, runner: Runner) -> str:
    """How well a runner does, in a word or two."""
    run = cache.run_of(scene, runner)
    if run.outcome == "arrived":
        return t("tune_arrives", loss=number(run.loss[-1]), step=run.when)
    return t("tune_ends", loss=number(run.loss[-1]))


def _record(scene: Scene, name: str, tuned: Tuned) -> dict[str, Any]:
    """One entry of the file: enough to repeat the search and the run."""
    return {
        "runner": name,
        "optimizer": tuned.runner.optimizer,
        "dialect": tuned.runner.dialect,
        "hypers": dict(tuned.runner.hypers),
        "score": tuned.score,
        "score before": tuned.before,
        "gradients": tuned.spent,
        "scene": scene.to_string(),
    }
