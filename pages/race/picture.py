"""A scene as the stage draws it: a header of plain data, and arrays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager

from core import Plan, Runner, Scene
from core.engine.outcome import SAID
from core.figures.palette import PENS
from core.scene.limits import AVERAGES
from core.text import TABLES
from pages.race.act import STEPS
from pages.race.cards import OPEN
from pages.race.live import awaited, compared, lasting, live
from pages.shared import ruler, scene_bar, session
from pages.shared.boot import is_cold
from pages.shared.cache import path_of, place_of, run_of, scene_at
from pages.shared.canvas import Arrays
from pages.shared.ground import ground
from pages.shared.verdicts import growth_of, verdict
from pages.shared.words import language, say

UNKNOWN = {
    "outcome": "",
    "when": 0,
    "left": None,
    "growth": None,
    "final": None,
    "arrived": None,
    "minimum": None,
    "verdict": "",
}
SIGNS = "⋯", "– –"  # of what is drawn beside a path: the first is dotted, another dashed
TOLD = "race.told"  # what the page was told last of its runners

# The words that the stage itself writes.
WORDS = (
    *(
        "play",
        "pause",
        "back",
        "forward",
        "replay",
        "scrub",
        "strip_steps",
        "speed",
        "copy_link",
        "copied",
        "copy_failed",
        "copy_long",
        "fullscreen",
    ),
    *("zoom_in", "zoom_out", "start_handle", "reset_view", "map_view", "relief_view", "loss_view"),
    *("loss_log", "loss_linear", "axis_log", "axis_linear", "axis_to_log", "axis_to_linear"),
    *("step", "loss", "above", "start", "left_at", "grows", "outside", "show", "no_webgl", "failed"),
    *("runner", "now", "final", "arrived_in", "which", "outcome"),
    *("all_steps", "rate", "gradient_x", "gradient_y"),
    *("choose", "steps", "link_lost"),
    "beside_none",
    *("which_found", "lowest", "mark_minimum", "mark_local", "mark_saddle", "mark_found", "mark_others"),
)


def picture(scene: Scene, link: str) -> tuple[dict[str, Any], Arrays]:
    """Header and arrays of the stage: the surface once, then a path (x, y, loss above `floor`) a runner."""
    arrays = Arrays()
    lasting, floor, kept = _lasting(_Frame(_frame(scene), scene))
    arrays.update(kept)
    header = {
        "lasting": lasting,
        "runners": _sketched(scene) if is_cold() else _runners(scene, arrays, floor),
        "steps_of": _steps_of(scene, st.session_state.get(STEPS), arrays),
        "start": scene.start,
        "steps": scene.length,
        "view": scene.to_dict()["view"],
        "epoch": st.session_state[session.EPOCH],
        "link": link,
        "plays": st.session_state.get(session.PLAYS) == st.session_state[session.EPOCH],
        "live": live(scene),
    }
    return header, arrays


@dataclass(frozen=True)
class _Frame:
    """What of the stage stays the same wherever the sliders stand. scene: any that has it."""

    what: tuple[Any, ...]
    scene: Scene = field(compare=False)


def _frame(scene: Scene) -> tuple[Any, ...]:
    """All that `_lasting` speaks of."""
    opened = st.session_state.get(OPEN)
    return (
        *(
            scene.surface,
            scene.rotation,
            scene.stretch,
            scene.batch_size,
            scene.tolerance is None,
            tuple(scene.stops),
            scene.dotted,
        ),
        scene.shared and scene.shared.schedule,
        awaited(scene, opened),
        tuple(
            [(r.optimizer, r.dialect, r.plan.schedule, tuple(r.modifiers), scene.replaced(r)) for r in scene.runners]
        ),
        tuple(st.session_state[session.IDS]),
        opened,
        language(),
        get_bidi_component_manager(),  # of the server, which hands out the engine
    )


@lru_cache(maxsize=64)  # 10 kB of words each
def _lasting(frame: _Frame) -> tuple[str, float, Arrays]:
    """What the header of a race has besides, under the name it is sent by; the lowest loss; and the arrays for it."""
    arrays, scene = Arrays(), frame.scene
    surface = ground(scene, arrays)
    told = {
        "surface": surface,
        "live": lasting(scene, arrays),
        "besides": besides(scene),
        "rulers": [ruler.told(scene, runner) for runner in scene.runners],
        "pointed": not scene.record.smooth_at_minimum,
        "unbounded": scene.record.unbounded,
        "fates": {word: TABLES[language()][f"fate_{word}"] for word in SAID},
        "words": {key: TABLES[language()][key] for key in WORDS},
    }
    return arrays.text(told), surface["floor"] or 0.0, arrays


def besides(scene: Scene) -> dict[str, str]:
    """What is drawn beside the paths, in words: by optimizer and key where each has its own."""
    if scene.dotted in AVERAGES:
        return {scene.dotted: f"{SIGNS[0]} {scene_bar.besides()[scene.dotted]}"}
    records = {runner.optimizer: runner.record for runner in scene.runners} if scene.dotted else {}
    return {
        f"{key}.{one.key}": f"{SIGNS[min(which, 1)]} {record.name}: {say(one.name)}"
        for key, record in records.items()
        for which, one in enumerate(record.companions)
    }


def _steps_of(scene: Scene, which: int | None, arrays: Arrays) -> dict[str, Any] | None:
    """What each update of a runner used, learning rate and gradient: beside its path, all of a table of its steps."""
    if which is None or not 0 <= which < len(scene.runners):
        return None
    run = run_of(scene, scene.runners[which])
    return {"runner": which, "used": arrays.keep(run.lr, *run.gradient.T)}


def _sketched(scene: Scene) -> list[dict[str, Any]]:
    """What is told of every runner before anything has been run here: the browser has the rest from its own engine."""
    labels = scene.labels(language())
    return [
        {"label": label, **_looks(runner), "path": None, **UNKNOWN}
        for runner, label in zip(scene.runners, labels, strict=True)
    ]


def _looks(runner: Runner) -> dict[str, Any]:
    pen = PENS[runner.colour]
    return {"light": pen.light, "dark": pen.dark, "dash": pen.dash, "shown": runner.shown}


def _runners(scene: Scene, arrays: Arrays, floor: float) -> list[dict[str, Any]]:
    """What is told of every runner. Of all on a page one has changed, mostly: the page remembers what was told last."""
    before: dict[Any, tuple[dict[str, Any], str]] = st.session_state.get(TOLD, {})
    place, spoken, found, now = place_of(scene), language(), [], {}
    for runner, label in zip(scene.runners, scene.labels(spoken), strict=True):
        key = place, runner, scene.shared, floor, spoken
        told, name = now[key] = before.get(key) or _told(*key)
        path = arrays.offer(name, lambda runner=runner: path_of(scene, runner, floor)[1])
        found.append({"label": label, **told, "path": path})
    st.session_state[TOLD] = now
    return found


@lru_cache(maxsize=512)  # 2 kB each
def _told(
    place: tuple[Any, ...], runner: Runner, shared: Plan | None, floor: float, language: str
) -> tuple[dict[str, Any], str]:
    """What is told of a runner, in the language of the visitor who asks; and the name of its path."""
    scene = replace(scene_at(place), shared=shared, runners=(runner,))
    run = run_of(scene, runner)
    escaped = run.outcome == "escaped"
    final = float(run.loss[-1])
    told = {
        **_looks(runner),
        "compared": compared(run),
        "outcome": run.outcome,
        "when": run.when,
        "left": run.when if escaped else None,
        "growth": growth_of(scene, run) or None,
        "final": final if np.isfinite(final) else None,
        "arrived": run.when if run.outcome == "arrived" else None,
        "minimum": [float(v) for v in scene.record.minima[run.minimum]] if run.minimum >= 0 else None,
        "verdict": verdict(scene, runner, run),
    }
    return told, path_of(scene, runner, floor)[0]
