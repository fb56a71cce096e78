"""The visitor's scene: one immutable Scene in the session, in step with the address bar.

Widgets never hold the truth: their callbacks replace the scene, and each run draws them from it.
Every card has an id of its own, so that its widgets stay the same while others come and go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

import streamlit as st

from core import Formula, Runner, Scene
from core.presets import PRESETS
from core.scene import MAX_RUNNERS, PARAMETERS, VIEW, Preset, placed
from core.spec import Text
from pages.shared.address import linked, parameters, went_back
from pages.shared.cache import place_of
from pages.shared.words import language

SCENE, ORIGIN, ORIGINS, TUNED, IDS, FAULTS, EPOCH, WRITTEN, LIVE, WHOLE, PLAYS = (
    f"race.{name}"
    for name in ("scene", "origin", "origins", "tuned", "ids", "faults", "epoch", "written", "live", "whole", "plays")
)
REMEMBERED = 200  # scenes whose origin the back button brings along


def scene(here: bool = True) -> Scene:
    """The visitor's scene; on a first visit and for the browser's back button, that of the address bar.

    here: whether the address is the race's own.
    """
    first = SCENE not in st.session_state
    if first or (here and went_back()):
        open_address(parameters(PARAMETERS) if here else {})
        if first:
            play()
    return st.session_state[SCENE]


def open_address(address: Mapping[str, list[str]]) -> None:
    """Show the scene of an address; without runners in it, those of the first preset race on its surface."""
    found, faults = next(iter(PRESETS.values())).scene, []
    if address:
        runners = found.runners
        found, faults = Scene.from_query(address)
        if "r" not in address:
            rates = ((r, found.record.rate_for(r.record)) for r in runners)
            found = replace(found, runners=tuple(r.with_hyper("lr", rate) for r, rate in rates))
    open_scene(found, [fault.text for fault in faults])
    if went_back():
        st.session_state[ORIGIN] = st.session_state.get(ORIGINS, {}).get(_trace(found.to_query()), found)
    st.session_state[WRITTEN] = {**address, "lang": [language()]}


def open_scene(new: Scene, faults: list[Text] | None = None) -> None:
    """Show another scene: new cards, and the stage takes its step, camera and window from it."""
    state = st.session_state
    state[SCENE], state[ORIGIN], state[FAULTS] = new, new, faults or []
    state[EPOCH] = state.get(EPOCH, 0) + 1
    state[IDS] = [f"{state[EPOCH]}.{i}" for i in range(len(new.runners))]


def play() -> None:
    """Let the scene that has just been opened start its run by itself."""
    st.session_state[PLAYS] = st.session_state[EPOCH]


def reset() -> None:
    """Show the scene as it was opened."""
    open_scene(st.session_state[ORIGIN])


def touched() -> bool:
    """Whether the scene is another one than was opened. Where one looks at it from does not count."""
    return _picture(st.session_state[SCENE]) != _picture(st.session_state[ORIGIN])


def preset_of(scene: Scene) -> Preset | None:
    """The preset that a scene is, from whichever side one looks at it."""
    return _presets().get(_picture(scene))


@cache
def _presets() -> Mapping[tuple[Any, ...], Preset]:
    return {_picture(preset.scene): preset for preset in PRESETS.values()}


def _picture(scene: Scene) -> tuple[Any, ...]:
    """All of a scene but the view."""
    return (*place_of(scene), scene.runners, scene.shared)


def change(**fields: Any) -> None:
    """Replace fields of the scene. Raises SceneError for what it cannot be."""
    take(replace(st.session_state[SCENE], **fields))


def take(new: Scene) -> None:
    """The same picture with something changed: cards, step and camera stay."""
    st.session_state[SCENE], st.session_state[FAULTS] = new, []


def move_to(surface: str | Formula) -> None:
    """Another surface: its own start and length, and rates at which it shows what it teaches."""
    old: Scene = st.session_state[SCENE]
    runners = tuple(untuned(r).with_hyper("lr", placed(surface).rate_for(r.record)) for r in old.runners)
    ids = st.session_state[IDS]
    open_scene(Scene(surface=surface, runners=runners, noise=old.noise, seed=old.seed, shared=old.shared))
    st.session_state[IDS] = ids  # the cards stay where they are


def tuned(before: Runner, after: Runner) -> None:
    """Keep what stood in the place of each value that a search has found: what is best for one surface is for no other."""
    kept = st.session_state.setdefault(TUNED, {})
    own = untuned(before).hypers
    kept |= {_setting(after, name): own[name] for name, value in after.hypers.items() if value != own[name]}


def untuned(runner: Runner) -> Runner:
    """A runner with what stood there before in the place of every value that a search has found."""
    kept = st.session_state.get(TUNED, {})
    return replace(runner, hypers={k: kept.get(_setting(runner, k), v) for k, v in runner.hypers.items()})


def _setting(runner: Runner, name: str) -> tuple[str, str, str, float]:
    return runner.optimizer, runner.dialect, name, runner.hypers[name]


def runner(key: str, default: Runner) -> Runner:
    """The runner of a card, or `default` where the card has gone."""
    ids = st.session_state[IDS]
    return st.session_state[SCENE].runners[ids.index(key)] if key in ids else default


def change_runner(key: str, new: Callable[[Runner], Runner]) -> None:
    """Make another runner of that of a card; nothing, if the card went while the visitor moved what is on it."""
    ids, runners = st.session_state[IDS], list(st.session_state[SCENE].runners)
    if key in ids:
        runners[ids.index(key)] = new(runners[ids.index(key)])
        change(runners=tuple(runners))


def add_runner(new: Runner, at: int | None = None) -> None:
    """Put a runner in front of the one with this number, or behind all, in a colour of its own; a full race stays."""
    state = st.session_state
    runners = list(state[SCENE].runners)
    if len(runners) == MAX_RUNNERS:
        return
    at = len(runners) if at is None else at
    runners.insert(at, replace(new, colour=state[SCENE].free_colour(), shown=True))
    state["race.count"] = state.get("race.count", 0) + 1
    state[IDS].insert(at, f"n{state['race.count']}")
    change(runners=tuple(runners))


def duplicate_runner(key: str) -> None:
    ids = st.session_state[IDS]
    if key in ids:
        add_runner(st.session_state[SCENE].runners[ids.index(key)], ids.index(key) + 1)


def remove_runner(key: str) -> None:
    ids, runners = st.session_state[IDS], list(st.session_state[SCENE].runners)
    if key in ids:
        del runners[ids.index(key)]
        ids.remove(key)
        change(runners=tuple(runners))


def write_address(own: Mapping[str, str] = MappingProxyType({})) -> str:
    """Put the whole scene into the address bar, where it differs; the query string of a link to it.

    own: what another page than the race adds to it.

    Every change there is a step for the back button, so a drag is written once, when it ends. What is too much for a link is
    not written, and its query string is empty: what was written last stays, or comes back to a page that is come back to.
    """
    told = st.session_state[SCENE].to_query()
    query = {name: value if isinstance(value, list) else [value] for name, value in told.items()}
    query |= {name: [value] for name, value in own.items()}
    query["lang"] = [language()]
    link = linked(query)
    if not link:
        query = {**st.session_state[WRITTEN], "lang": [language()]}
    if not st.session_state.get(LIVE) and (query != st.session_state[WRITTEN] or not parameters(PARAMETERS)):
        st.query_params.from_dict(query)
        st.session_state[WRITTEN] = query
        if link:
            _remember(_trace(told))
    return link


def _trace(query: Mapping[str, str | list[str]]) -> bytes:
    """What a scene is known by again, from whichever side one looks at it: of every visitor hundreds are kept."""
    picture = [pair for pair in query.items() if pair[0] not in VIEW]
    return blake2b(repr(picture).encode(), digest_size=16).digest()


def _remember(trace: bytes) -> None:
    """Keep what a scene was made of, for whoever comes back to it."""
    origins: dict[bytes, Scene] = st.session_state.setdefault(ORIGINS, {})
    origins.pop(trace, None)
    origins[trace] = st.session_state[ORIGIN]
    while len(origins) > REMEMBERED:
        del origins[next(iter(origins))]
