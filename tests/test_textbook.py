"""Every worked example is a sound scene, and every number in its sentence is one that the anatomy of a step shows."""

import re

import pytest

from core.scene import Scene
from core.textbook import TEXTBOOK


@pytest.mark.parametrize("preset", TEXTBOOK.values(), ids=TEXTBOOK)
def test_examples_are_sound_and_short(preset):
    assert Scene.from_query(preset.scene.to_string()) == (preset.scene, [])
    assert 1 <= preset.scene.view.step <= preset.scene.length
    assert len(preset.observe.en) <= 170
    assert re.search("[가-힣]", preset.observe.ko)


@pytest.mark.parametrize("preset", TEXTBOOK.values(), ids=TEXTBOOK)
def test_every_sentence_is_true(preset):
    assert preset.unproven() == []
