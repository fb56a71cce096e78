"""The CSV of a scene reads back as exactly the numbers of its runs."""

from __future__ import annotations

import csv
import io
import itertools
import math

import numpy as np
import pytest

from core import Plan, Runner, Scene
from core.export.table import COLUMNS, to_csv
from core.presets import PRESETS

SCENES = {
    "four of them": Scene(
        "rosenbrock",
        steps=40,
        noise=0.3,
        seed=5,
        rotation=33.0,
        runners=(
            Runner("sgd", {"lr": 1e-3}, Plan("cosine", {"floor": 0.1})),
            Runner("momentum", {"lr": 1e-4}, colour=1),
            Runner("adam", {"lr": 0.1}, colour=2, shown=False),
            Runner("adadelta", colour=3),
        ),
    ),
    "overflow": Scene("rosenbrock", steps=30, runners=(Runner("sgd", {"lr": 5.0}), Runner("momentum", {"lr": 10.0}))),
    "twins": Scene("bowl", steps=3, runners=(Runner("sgd", {"lr": 0.1}), Runner("sgd", {"lr": 0.1}, colour=1))),
    "one step": Scene("bowl", steps=1, runners=(Runner("adagrad"),)),
    "nobody": Scene("bowl"),
    "stops": Scene("bowl", steps=200, tolerance=0.01, runners=(Runner("sgd", {"lr": 0.5}),)),
    **{f"preset {key}": preset.scene for key, preset in PRESETS.items()},
}


def read(scene):
    text = to_csv(scene)
    assert text.isascii() or text.encode("utf-8")
    assert "\r" not in text
    return csv.reader(io.StringIO(text))


def same(cell, value):
    """Whether a cell holds exactly this float: to the last bit, and nothing for nan."""
    if math.isnan(value):
        return cell == ""
    return cell != "" and np.float64(cell).tobytes() == np.float64(value).tobytes()


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_every_number_comes_back(scene):
    header, *rows = read(scene)
    assert header[: len(COLUMNS)] == list(COLUMNS)
    assert len(rows) == len(scene.runners) * (scene.length + 1)
    assert all(len(row) == len(header) for row in rows)
    rows = iter(rows)
    for label, runner in zip(scene.labels(), scene.runners, strict=True):
        run = scene.run(runner, keep="state")
        plain = scene.run(runner)
        np.testing.assert_array_equal(run.x, plain.x, "keeping the state changes nothing")
        for t in range(scene.length + 1):
            row = dict(zip(header, next(rows), strict=True))
            assert row["runner"] == label
            assert row["step"] == str(t)
            assert same(row["x"], run.x[t, 0])
            assert same(row["y"], run.x[t, 1])
            assert same(row["loss"], run.loss[t])
            if t < scene.length:
                assert same(row["gradient_x"], run.gradient[t, 0])
                assert same(row["gradient_y"], run.gradient[t, 1])
                assert same(row["lr"], run.lr[t])
            else:
                assert row["gradient_x"] == row["gradient_y"] == row["lr"] == ""
            for name in header[len(COLUMNS) :]:
                state, axis = name[:-2], "xy".index(name[-1])
                if state in run.state:
                    assert same(row[name], run.state[state][t, axis])
                else:
                    assert row[name] == ""


def test_columns_are_named_after_the_states():
    header, *_ = read(SCENES["four of them"])
    assert header[len(COLUMNS) :] == ["v_x", "v_y", "m_x", "m_y", *header[len(COLUMNS) + 4 :]]
    assert len(set(header)) == len(header)
    assert all(name.endswith(("_x", "_y")) for name in header[len(COLUMNS) :])
    header, *rows = read(SCENES["nobody"])
    assert header == list(COLUMNS)
    assert rows == []


def test_what_is_undefined_is_empty():
    header, *rows = read(SCENES["overflow"])
    assert any(math.isnan(v) for v in SCENES["overflow"].run(SCENES["overflow"].runners[0]).loss), "it must overflow"
    cells = {cell.lower() for row in rows for cell in row}
    assert "nan" not in cells
    assert "none" not in cells
    lost = [dict(zip(header, row, strict=True)) for row in rows if row[header.index("loss")] == ""]
    assert lost
    assert all(row["runner"] and row["step"] for row in lost)


def test_hidden_runners_are_in_it_and_names_stay_apart():
    header, *rows = read(SCENES["four of them"])
    assert {row[0] for row in rows} == {"SGD", "Momentum", "Adam", "AdaDelta"}
    _, *rows = read(SCENES["twins"])
    assert len({row[0] for row in rows}) == 2
    assert header[0] == "runner"


def test_the_update_of_a_row_leads_to_the_next():
    """x - lr·g of a row of plain descent is the x of the next: the columns belong together."""
    scene = Scene("bowl", steps=20, noise=0.1, runners=(Runner("sgd", {"lr": 0.3}),))
    header, *rows = read(scene)
    table = [dict(zip(header, row, strict=True)) for row in rows]
    for now, then in itertools.pairwise(table):
        for axis in "xy":
            stepped = float(now[axis]) - float(now["lr"]) * float(now[f"gradient_{axis}"])
            assert float(then[axis]) == pytest.approx(stepped, abs=1e-15, rel=1e-15)
