"""Ten thousand scenes from link to picture, with `--thorough`: nothing raises, and what is sent to the browser is finite."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from test_scene import some_scene

from core import Scene
from pages.race import picture as pictures
from pages.shared import session
from pages.shared.canvas import pack
from pages.shared.words import language

pytestmark = pytest.mark.slow

SCENES = 10_000
SHORT, SELDOM = 200, 50  # steps; one in so many scenes is as long as it comes


def drawn(scene: Scene, state: dict[str, Any]) -> None:
    """What the stage is sent of a scene, whole."""
    state.update({session.SCENE: scene, session.IDS: [f"1.{i}" for i in range(len(scene.runners))], session.EPOCH: 1})
    header, arrays = pictures.picture(scene, scene.to_string())
    paths = {name: make() for name, make in arrays.spare.items()}
    assert len(pack(header, {**arrays, **paths})) > 100, "which refuses a number that is not finite"
    assert not any(np.isinf(array).any() for array in [*arrays.values(), *paths.values()])


def test_any_scene_can_be_drawn(part, parts, monkeypatch):
    state: dict[str, Any] = {"lang": "en"}
    monkeypatch.setattr("streamlit.session_state", state)
    assert language() == "en"
    for seed in range(part, SCENES, parts):
        scene = some_scene(seed, runners=seed % 3)
        if seed % SELDOM:
            scene = replace(scene, steps=min(scene.length, SHORT))
        assert Scene.from_query(scene.to_string()) == (scene, [])
        drawn(scene, state)
