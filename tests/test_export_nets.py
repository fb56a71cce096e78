"""Exported trainings: they end where the app's end, name only what they define, and where there is none it is said why."""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import json
import re
import sys
import warnings
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from reference import programs

from core.export.code import LIBRARIES as OF_THE_RACE
from core.export.training import LIBRARIES, ExportError, export_training
from core.nets import plain
from core.nets.datasets import DATASETS
from core.nets.experiment import Experiment, rate_for
from core.nets.layers import ACTIVATIONS
from core.nets.own import OWN
from core.optimizers import OPTIMIZERS
from core.scene import Plan, Runner
from core.schedules import SCHEDULES

EQUAL = 1e-9  # what is promised
STORED = json.loads(programs.FILE.read_text("utf-8"))["runs"]
CASES = {name: rest for name, *rest in programs.cases()}
SMALL = {"dataset": "spirals", "samples": 60, "layers": (5, 4), "batch": 16, "epochs": 6}
POINTS = tuple((round(0.1 * i, 3), round((0.37 * i) % 1, 3), float(i % 3)) for i in range(20))
ADAM = Runner("adam", {"lr": 0.02})
SGD = Runner("sgd", {"lr": 0.3})
WATCHING = next(key for key, s in SCHEDULES.items() if s.watches_loss)
LOOKING = next(
    key for key, o in OPTIMIZERS.items() if o.plane and plain.accepts(o) and "look" in o.update.__code__.co_names
)
STEEP = Plan(WATCHING, {"reduction": 0.5, "patience": 0})
OPTIONS = {
    **{f"activation {key}": ({"activation": key}, Runner("momentum", {"lr": 0.1})) for key in ACTIVATIONS},
    **{f"data {key}": ({"dataset": key, "samples": 60}, ADAM) for key in DATASETS},
    "own": ({"dataset": OWN, "own": POINTS}, ADAM),
    "own regression": ({"dataset": OWN, "own": tuple(row[:2] for row in POINTS)}, ADAM),
    "batch norm": ({"batch_norm": True}, SGD),
    "l2": ({"l2": 0.1}, ADAM),
    "clip": ({"clip": 0.2}, SGD),
    "dropout": ({"dropout": 0.3, "batch_norm": True}, SGD),
    "patience": ({"patience": 2, "validation": 0.3, "epochs": 60, "batch_norm": True}, SGD),
    "patience without validation": ({"patience": 2, "validation": 0.0}, SGD),
    "all at once": ({"batch": 0, "l2": 0.05, "clip": 0.2, "batch_norm": True}, SGD),
    "one by one": ({"batch": 1, "epochs": 2, "batch_norm": True}, SGD),
    "no hidden layer": ({"layers": (), "dropout": 0.2, "batch_norm": True}, ADAM),
    "cosine": ({}, replace(ADAM, plan=Plan("cosine", {"warmup_steps": 5}))),
    "warm-up": ({}, replace(ADAM, plan=Plan(hypers={"warmup_steps": 5}))),
    "a warm-up that never ends": ({}, replace(SGD, plan=Plan("cosine", {"warmup_steps": 500}))),
    "plateau": ({"epochs": 15}, Runner("sgd", {"lr": 0.8}, STEEP)),
    "plateau of training": ({"validation": 0.0, "epochs": 15}, Runner("sgd", {"lr": 0.8}, STEEP)),
    "looking around": ({"l2": 0.02, "clip": 0.4, "batch_norm": True, "dropout": 0.2}, Runner(LOOKING)),
}  # fmt: skip

each_library = pytest.mark.parametrize("library", LIBRARIES)


def asked(changed: dict, runner: Runner) -> Experiment:
    return Experiment(**{**SMALL, **changed}, runners=(runner,))


@pytest.fixture(autouse=True)
def scikit_learn(monkeypatch):
    """Its digits, which are those of the package, row by row (checked against scikit-learn 1.9), where it is not installed."""
    x, t = DATASETS["digits"].draw.__globals__["_written"]()
    module = ModuleType("sklearn.datasets")
    module.load_digits = lambda: SimpleNamespace(data=x * 16.0, target=t)
    monkeypatch.setitem(sys.modules, "sklearn", ModuleType("sklearn"))
    monkeypatch.setitem(sys.modules, "sklearn.datasets", module)


def ran(program: str) -> dict:
    """The names that a program leaves, and what it said."""
    names: dict = {"__name__": "homework"}
    with contextlib.redirect_stdout(io.StringIO()) as said, warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(compile(program, "homework.py", "exec"), names)
    return {**names, "said": said.getvalue()}


def ours(experiment: Experiment):
    """Losses, weights and which of them mean something: a bias before a normalization is carried about by rounding."""
    done = experiment.train()
    weights = done.best[0, 0] if done.best_step[0, 0] >= 0 else done.weights[0, 0, -1]
    losses = done.batch_loss[0, 0]
    sound = np.ones(len(weights), bool)
    if experiment.batch_norm:
        for part in done.network.parts[:-1]:
            sound[part.b] = False
    return losses[np.isfinite(losses)], weights, sound, done


def check(experiment: Experiment) -> dict:
    """Export for NumPy, run, compare."""
    left = ran(export_training(experiment, experiment.runners[0], "numpy"))
    losses, weights, sound, done = ours(experiment)
    assert left["losses"].shape == losses.shape
    assert left["weights"].shape == weights.shape
    assert np.abs(left["losses"] - losses).max() < EQUAL
    assert np.abs(left["weights"] - weights)[sound].max() < EQUAL
    told = [float(number) for number in re.findall(r": loss ([\d.]+)", left["said"])]
    ends = np.isin(done.moments, np.arange(1, experiment.epochs + 1) * done.each)
    seen = [done.loss[0, 0], done.val_loss[0, 0]] if len(done.data.vx) else [done.loss[0, 0]]
    expected = np.stack(seen, axis=1)[ends]
    expected = expected[np.isfinite(expected).all(axis=1)]
    assert np.allclose(np.array(told).reshape(-1, len(seen)), expected, atol=1e-6)
    return left


@pytest.mark.parametrize("name", OPTIONS)
def test_numpy_trains_the_same(name):
    check(asked(*OPTIONS[name]))


@pytest.mark.parametrize("key", [key for key, o in OPTIMIZERS.items() if not o.plane or plain.accepts(o)])
def test_numpy_trains_the_same_with_every_optimizer(key):
    record = OPTIMIZERS[key]
    for dialect in ("pytorch", *record.dialects):
        runner = Runner(key, dialect=dialect).with_hyper("lr", rate_for(record))
        check(asked({"epochs": 3}, runner))


def test_the_best_is_what_patience_keeps():
    experiment = asked(*OPTIONS["patience"])
    left = check(experiment)
    done = experiment.train()
    assert done.stopped[0, 0] == len(left["losses"]) < experiment.steps
    assert left["least"] == pytest.approx(np.nanmin(done.val_loss), abs=EQUAL)


def test_a_runner_with_batches_of_its_own():
    experiment = Experiment(**SMALL, runners=(SGD, ADAM), batches=(-1, 5))
    done = experiment.train()
    for i, runner in enumerate(experiment.runners):
        left = ran(export_training(experiment, runner, "numpy"))
        losses = done.batch_loss[i, 0]
        assert np.abs(left["losses"] - losses[np.isfinite(losses)]).max() < EQUAL
    assert "batch = 5" in export_training(experiment, ADAM, "numpy")


# --- the other libraries ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_pytorch_and_keras_train_the_same(name):
    experiment, runner, library = CASES[name]
    program = export_training(experiment, runner, library)
    assert name in STORED, "refresh them: pytest --refresh-reference"
    stored = STORED[name]
    assert stored["program"] == programs.hashed(program), "another program than was run: pytest --refresh-reference"
    losses, weights, _, _ = ours(experiment)
    assert stored["updates"] == len(losses)
    assert np.abs(np.subtract(stored["losses"], programs.some(losses))).max() < EQUAL
    assert np.abs(np.subtract(stored["weights"], programs.some(weights))).max() < EQUAL


def test_nothing_stored_is_of_something_gone():
    assert STORED.keys() == CASES.keys(), "refresh them: pytest --refresh-reference"


def names_of(program: str) -> tuple[set[str], set[str]]:
    """The names that a program reads, and those that it or Python makes."""
    tree = ast.parse(program)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    made = {node.id for node in nodes if not isinstance(node.ctx, ast.Load)} | set(dir(builtins))
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            made.add(node.name)
        elif isinstance(node, ast.arg):
            made.add(node.arg)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            made |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return {node.id for node in nodes if isinstance(node.ctx, ast.Load)}, made


@each_library
@pytest.mark.parametrize("name", OPTIONS)
def test_a_program_names_what_it_defines_and_imports_what_it_uses(name, library):
    changed, runner = OPTIONS[name]
    own = runner.in_dialect(library) if library in runner.dialects else runner
    try:
        program = export_training(asked(changed, own), own, library)
    except ExportError:
        assert library != "numpy"
        return
    read, made = names_of(program)
    assert read <= made
    imported = {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.parse(program).body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert imported <= read
    assert "core" not in imported
    assert max(map(len, program.splitlines())) <= 140
    assert ast.get_docstring(ast.parse(program)).endswith(("b.", "β."))


@pytest.mark.parametrize("library", [library for library in LIBRARIES if library != "numpy"])
def test_what_drops_out_is_left_to_the_library_and_said(library):
    program = export_training(asked({"dropout": 0.25}, SGD), SGD, library)
    assert "What drops out is drawn by" in " ".join(program.split())
    assert "Dropout(dropout)" in program


# --- where there is none ----------------------------------------------------------------------------


def refusal(changed: dict, runner: Runner, library: str):
    with pytest.raises(ExportError) as fault:
        export_training(asked(changed, runner), runner, library)
    return fault.value.text


def test_it_is_said_why_there_is_no_program():
    assert "has no SAM" in refusal({}, Runner("sam"), "pytorch").en
    assert "여기와 똑같이" in refusal({}, Runner("sam"), "keras").ko
    assert "would train otherwise" in refusal({}, ADAM, "keras").en
    assert "This runner follows Keras" in refusal({}, ADAM.in_dialect("keras"), "pytorch").en
    assert "moves all weights together" in refusal({}, Runner("bfgs"), "numpy").en
    assert "single example" in refusal({"batch": 1, "batch_norm": True}, SGD, "pytorch").en
    assert "single example" in refusal({"samples": 60, "batch": 44, "batch_norm": True}, SGD, "keras").en
    assert "up to 150 rows" in refusal({"dataset": OWN, "own": POINTS * 8}, SGD, "numpy").en
    assert "enough points" in refusal({"dataset": OWN, "own": POINTS[:3]}, SGD, "numpy").en
    assert "there are pytorch, keras, numpy" in refusal({}, SGD, "matlab").en


def test_cuts_that_pytorchs_scheduler_leaves_out_are_made_by_hand():
    for epochs, own in ((5, True), (300, False)):
        runner = replace(SGD, plan=STEEP)
        program = export_training(asked({"epochs": epochs}, runner), runner, "pytorch")
        assert ("ReduceLROnPlateau" in program) == own


def test_the_libraries_are_those_of_the_race():
    assert LIBRARIES.items() <= OF_THE_RACE.items()
