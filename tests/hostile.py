"""What comes from outside, taken in and held against what is promised: whatever it is, a sound scene comes of it, soon."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs

import numpy as np

from core import Formula, Runner, Scene, descend
from core.expression.faults import MAX_LENGTH
from core.presets import PRESETS
from core.text import LANGUAGES
from pages.catalogue import entries
from pages.maps import act as map_act
from pages.maps import atlas
from pages.race import act as race_act
from pages.shared import session

SECONDS = 1.0  # of processor time, that anything may take
FIRST = next(iter(PRESETS.values())).scene


def sound(scene: Scene) -> None:
    """A scene that can be sent on as a link and comes back the same."""
    assert Scene.from_query(scene.to_string()) == (scene, [])


def link(query: str) -> None:
    """An address of the race, of a map and of the catalogue."""
    scene, faults = Scene.from_query(query)
    sound(scene)
    assert all(len(getattr(fault.text, language)) < 400 for fault in faults for language in LANGUAGES)
    asked = parse_qs(query, keep_blank_values=True)
    shown, _ = atlas.read({name: values[-1] for name, values in asked.items()}, scene)
    assert atlas.read(atlas.write(shown), scene) == (shown, [])
    entry, _ = entries.read(asked)
    assert entries.read({name: [value] for name, value in entries.write(entry).items()}) == (entry, [])


def refused(fault: ValueError) -> None:
    """What is no function is told so, in a sentence or two."""
    assert 0 < len(str(fault)) < 400


def function(text: str) -> None:
    """A function that somebody types."""
    try:
        formula = Formula(text)
    except ValueError as fault:
        refused(fault)
        return
    assert len(text) <= MAX_LENGTH
    assert all(isinstance(note.en, str) for note in formula.notes)
    run = descend(formula.surface, "sgd", start=formula.surface.start, steps=3)
    assert not np.isinf(run.x).any()
    assert not np.isinf(run.loss).any()
    sound(Scene(formula, runners=(Runner("sgd"),)))


def act(data: Any) -> None:
    """What the stage, or a map, says that a visitor has done."""
    if not isinstance(data, dict):
        return
    state: dict[str, Any] = {
        session.SCENE: FIRST,
        session.IDS: [str(i) for i in range(len(FIRST.runners))],
        map_act.ATLAS: atlas.Atlas(),
    }
    with patch("streamlit.session_state", state):
        race_act.on_act(data)
        map_act.on_act(data)
    sound(state[session.SCENE])


def timed(take: Callable[[Any], None], data: Any) -> None:
    """Take it in, and not for long."""
    begin = time.thread_time()
    take(data)
    spent = time.thread_time() - begin
    assert spent < SECONDS, f"{spent:.1f} s for {data!r}"
