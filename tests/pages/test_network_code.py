"""The dialog with the training of a runner as a program."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import pytest

from core import Plan, Runner
from core.export.training import LIBRARIES, ExportError, export_training
from core.nets.experiment import Experiment
from core.text import TABLES

SMALL = Experiment(dataset="xor", samples=40, layers=(3,), epochs=4)


def unfolded(visit, experiment, lang="en"):
    """The page with the programs of its first runner on it."""
    at = visit(urlencode(experiment.to_query(), doseq=True), lang, "networks")
    at.button(key="network-0.open").click().run()
    at.button(key="network-0.code").click().run()
    assert not at.exception
    return at


def test_a_tab_for_each_library_with_its_program(visit):
    runner = Runner("sgd")
    at = unfolded(visit, replace(SMALL, runners=(runner,)))
    assert [tab.label for tab in at.tabs][-len(LIBRARIES) :] == list(LIBRARIES.values())
    found = [block.value for block in at.code]
    experiment = replace(SMALL, runners=(runner,))
    assert found == [export_training(experiment, runner, library).strip() for library in LIBRARIES]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_where_a_library_trains_otherwise_it_is_said_and_its_own_way_shown(visit, lang):
    runner = Runner("adam")
    experiment = replace(SMALL, runners=(runner,))
    at = unfolded(visit, experiment, lang)
    with pytest.raises(ExportError) as fault:
        export_training(experiment, runner, "keras")
    said = [info.value for info in at.info]
    assert said == [getattr(fault.value.text, lang)]
    assert TABLES[lang]["net_code_own"].format(library="Keras") in [caption.value for caption in at.caption]
    assert export_training(experiment, runner.in_dialect("keras"), "keras").strip() in [b.value for b in at.code]


def test_where_a_library_has_no_such_method_the_schedule_is_shown(visit):
    at = unfolded(visit, replace(SMALL, runners=(Runner("sam", plan=Plan("cosine")),)))
    assert len(at.info) == 2
    assert sum("CosineAnnealingLR" in block.value for block in at.code) == 1


def test_the_programs_are_those_of_what_is_on_the_page(visit):
    at = unfolded(visit, replace(SMALL, runners=(Runner("sgd", {"lr": 0.25}),)))
    assert all("lr = 0.25" in block.value for block in at.code)


def test_equal_runners_may_have_batches_of_their_own(visit):
    at = unfolded(visit, replace(SMALL, runners=(Runner("sgd"), Runner("sgd")), batches=(5, 7)))
    assert all("batch = 5 " in block.value for block in at.code)
    at.button(key="network-1.open").click().run()
    at.button(key="network-1.code").click().run()
    assert all("batch = 7 " in block.value for block in at.code)
