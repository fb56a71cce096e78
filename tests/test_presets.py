"""Every preset is a sound scene, and its sentence is true of the runs: a number said is a number computed here."""

import re
from dataclasses import replace

import numpy as np
import pytest
from processes import python

from core.discover import discover
from core.scene import Scene

PRESETS = discover("core.presets", "PRESET")


@pytest.fixture(params=PRESETS)
def preset(request):
    return PRESETS[request.param]


def off_map(scene, run):
    """(steps + 1,) whether each point lies outside the bounds."""
    low, high = np.array(scene.record.bounds).T
    return ~((run.x >= low) & (run.x <= high)).all(1)


# --- every preset ---------------------------------------------------------------------------------


def test_scene_survives_a_link_and_a_file(preset):
    for scene, problems in (
        Scene.from_query(preset.scene.to_string()),
        Scene.from_query(preset.scene.to_query()),
        Scene.mend(preset.scene.to_dict()),
    ):
        assert not problems
        assert scene == preset.scene


def test_scene_is_of_a_size_to_show(preset):
    scene = preset.scene
    assert 30 <= scene.steps <= 500
    assert 2 <= len(scene.runners) <= 6
    assert [runner.colour for runner in scene.runners] == list(range(len(scene.runners)))
    assert all(runner.shown for runner in scene.runners)
    assert len(set(scene.labels())) == len(scene.runners)


def test_words_fit_a_card(preset):
    assert 2 <= len(preset.title.en.split()) <= 5
    assert len(preset.observe.en) <= 160
    for text in (preset.title, preset.observe):
        assert re.search("[가-힣]", text.ko)
        assert not re.search("[가-힣]", text.en)
        for sentence in vars(text).values():
            assert not re.search(r"[\n*_`$~<>\[\]#]", sentence), "a card would read this as markup"


def test_nobody_leaves_the_map_unsaid(preset):
    scene = preset.scene
    for runner in scene.runners:
        run = scene.run(runner)
        assert np.isfinite(run.x).all()
        if off_map(scene, run).any():
            assert run.outcome == "escaped", "off the map and back looks like a fault of the picture"
            assert "leave" in preset.observe.en
            assert re.search("벗어[나난]|빠져나", preset.observe.ko)


def test_titles_and_places_are_distinct():
    for language in ("en", "ko"):
        assert len({preset.title[language] for preset in PRESETS.values()}) == len(PRESETS)
    assert len({preset.order for preset in PRESETS.values()}) == len(PRESETS)


def test_every_sentence_is_true(preset):
    assert preset.unproven() == []


def test_the_books_figure_is_what_a_visitor_sees_first():
    assert min(PRESETS.values(), key=lambda preset: preset.order) is PRESETS["book_figure"]


# --- and a claim can fail ----------------------------------------------------------------------------


def of(*parts):
    """A preset that claims this."""

    def claim(scene, *runs):
        yield from parts

    return replace(PRESETS["rate_too_large"], claim=claim)


@pytest.mark.slow
def test_nobody_waits_for_a_compiler_before_the_first_preset(tmp_path):
    """A cold server has its scenes at once. On a typed function one would have to be searched for minima first."""
    asked = "from core.engine.compiler import ready_made\nwith ready_made():\n    import core.presets, core.experiments"
    done = python("-c", asked, NUMBA_CACHE_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr


def test_what_is_not_so_is_told():
    assert of("17", True, "±2", np.True_).unproven() == []
    (fault,) = of(np.bool_(False)).unproven()
    assert re.fullmatch(r"line \d+: this is not so", fault)
    told = of("18", "-2").unproven()
    assert [fault.partition(": ")[2] for fault in told] == [
        f"the sentence in {code!r} does not say {number}" for number in ("18", "−2") for code in ("en", "ko")
    ]
    assert of("7").unproven(), "a digit of another number is not enough"
    assert of().unproven() == ["the claim says nothing"]
