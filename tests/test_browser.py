"""The engine in the browser, as far as no browser is needed: what is written, how it is kept, and what cannot be said."""

from __future__ import annotations

import gzip
import inspect
import json
import math
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import MODIFIERS, OPTIMIZERS, SCHEDULES, STOPS, SURFACES, Formula, Plan, Runner, Scene
from core.browser import Unsayable, files, formulas, publish, runner_header, scene_header, version
from core.browser.formulas import written
from core.browser.javascript import Book, literal
from core.nets.layers import ACTIVATIONS

ROOM = 30_000  # bytes, compressed


def test_every_declaration_can_be_said():
    assert not formulas().unsaid


def test_every_formula_of_every_record_is_there():
    """Found by its parameters, which the head of the JavaScript function repeats."""
    text = files()["formulas.js"]
    for records, names in (
        (OPTIMIZERS, ("update",)),
        (SCHEDULES, ("factor",)),
        (SURFACES, ("value", "gradient", "hessian")),
    ):
        for key, record in records.items():
            spoken = [record, *(record.spoken(dialect) for dialect in getattr(record, "dialects", ()))]
            for one in spoken:
                for name in names:
                    formula = getattr(one, name)
                    parameters = inspect.signature(formula).parameters.values()
                    head = ", ".join("..." * (p.kind is p.VAR_POSITIONAL) + p.name for p in parameters)
                    assert f"function {key}${formula.__name__}({head}) {{" in text


def test_the_text_is_the_same_in_every_process():
    told = "from core.browser import version; print(version())"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == version()
    assert written(OPTIMIZERS, SCHEDULES, SURFACES, ACTIVATIONS, MODIFIERS, STOPS).text == formulas().text


def test_the_modules_are_small_and_make_no_code_of_texts():
    assert sum(len(gzip.compress(text.encode(), 9)) for text in files().values()) <= ROOM
    for name, text in files().items():
        assert not re.search(r"\beval\b|\bFunction\b|setTimeout|document|window", text), name


def test_published_once_whole_and_under_a_name_of_its_content(tmp_path):
    home = tmp_path / "engine" / publish(tmp_path / "engine")
    assert {file.name: file.read_text("utf-8") for file in home.iterdir()} == dict(files())
    before = home.stat().st_mtime_ns
    assert publish(tmp_path / "engine") == home.name == version()
    assert home.stat().st_mtime_ns == before
    assert [file.name for file in home.parent.iterdir()] == [home.name]


def test_headers_are_plain_data_that_json_can_carry():
    runner = Runner("adam", {"lr": 0.2}, Plan("cosine", {"warmup_steps": 3}), dialect="keras")
    scene = Scene("least_squares", runners=[runner], rotation=20, noise=0.1, batch=2, tolerance=0.1)
    assert json.loads(json.dumps(scene_header(scene), allow_nan=False)) == {
        "surface": "least_squares",
        "rotation": 20.0,
        "stretch": 1.0,
        "start": list(scene.start),
        "steps": scene.length,
        "noise": 0.1,
        "seed": 0,
        "batch": 2,
        "tolerance": 0.1,
    }
    header = runner_header(scene, runner)
    assert json.loads(json.dumps(header, allow_nan=False)) == header
    assert header["hypers"] == dict(runner.hypers)
    assert header["scheduleHypers"] == {"floor": 0.0, "share": 1.0, "c": 1.0, "warmup_steps": 3.0, "warmup_start": 0.0}
    shared = replace(scene, shared=Plan("step"))
    assert runner_header(shared, runner)["schedule"] == "step"


def test_a_typed_function_travels_as_data():
    formula = Formula("x**2 + 3*y + max(x, -1e12**20 * 1e12**9)")
    surface = json.loads(json.dumps(scene_header(Scene(formula))["surface"], allow_nan=False))
    rows = {name: (to, a, b, c) for name, to, a, b, c in surface["program"]}
    assert {"square", "mul_c", "max"} <= rows.keys()
    assert rows["mul_c"][3] == 3.0
    assert rows["number"][3] == "-Infinity"
    assert surface["bounds"] == [[-5.0, 5.0], [-5.0, 5.0]]


# --- what cannot be said -----------------------------------------------------------------------------


def slices(x, y):
    return x[1:]


def unsayable(x, y):
    """What Python runs, on numbers and on arrays, and JavaScript has no word for."""
    return np.linalg.norm(np.array([math.erf(0.5), 0.0])) * x * y


def words(x, y):
    return "x"


def named(x, y):
    return np.clip(x, a_min=0, a_max=y)


def attribute(x, y):
    return x.real


def unknown(x, y):
    return np.linalg.norm(x)


def comprehension(x, y):
    return sum([k * x for k in range(3)])


def guarded(x, y):
    try:
        return x / y
    except ZeroDivisionError:
        return 0.0


def member(x, y):
    return x in (1, 2)


def given_away(x, y):
    x[0] = y
    return x


def open_ended(x, **more):
    return x


def shifted(x, y):
    return x << 2


def missing(x, y):
    return nowhere(x)  # noqa: F821


def calls_what_cannot_be_said(x, y):
    return 1 + slices(x, y)


TABLE = {"a": 1}


def looks_up(x, y):
    return TABLE["a"] * x


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (slices, "'1:'"), (words, "'x'"), (named, "np.clip(x, a_min=0, a_max=y)"), (attribute, "x.real"),
        (unknown, "np.linalg.norm(x)"), (comprehension, "[k * x for k in range(3)]"), (guarded, "Try"),
        (member, "x in (1, 2)"), (given_away, "x[0]"), (open_ended, "plain parameters"), (shifted, "x << 2"),
        (missing, "nowhere"), (calls_what_cannot_be_said, "'1:'"), (looks_up, "TABLE"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_named_with_file_line_and_construct(formula, said):
    book = Book()
    with pytest.raises(Unsayable, match=r"^tests/test_browser\.py, line \d+, \w+:") as fault:
        book.function(formula)
    assert said in str(fault.value)
    line = int(re.search(r"line (\d+)", str(fault.value))[1])
    inside = slices if formula is calls_what_cannot_be_said else formula
    first = inside.__code__.co_firstlineno
    assert first <= line <= first + 5
    assert book.text == "", "half a formula was left behind"


def test_a_formula_without_a_source_is_named():
    space: dict = {}
    exec("def typed(x, y):\n    return x", space)
    with pytest.raises(Unsayable, match="line 1, typed: the source is not at hand"):
        Book().function(space["typed"])


def test_a_file_that_was_edited_is_not_taken_for_what_runs(tmp_path, monkeypatch):
    file = tmp_path / "fleeting_formula.py"
    file.write_text("def value(x, y):\n    return x + y\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import fleeting_formula

    file.write_text("def value(x, y):\n    return x - y\n")
    with pytest.raises(Unsayable, match=r"fleeting_formula\.py, line 1, value: .* edited after"):
        Book().function(fleeting_formula.value)


def test_one_record_that_cannot_be_said_leaves_the_others():
    wrong = replace(SURFACES["bowl"], value=unsayable)
    told = written(OPTIMIZERS, SCHEDULES, {**SURFACES, "wrong": wrong}, ACTIVATIONS, MODIFIERS, STOPS)
    assert list(told.unsaid) == ["surfaces.wrong"]
    assert "erf" in told.unsaid["surfaces.wrong"]
    assert re.search(r'^  wrong: "tests/test_browser\.py, line \d+, unsayable: .*",$', told.text, re.MULTILINE)
    assert "bowl$gradient" in told.text


# --- what is written -----------------------------------------------------------------------------------


def new(x, y, function=2):
    """Words that JavaScript keeps for itself."""
    delete, Math = x * function, -y
    return delete, Math


SHIFT, ROWS = -1.5, np.array([[1.0, np.inf], [2.0, 3.0]])


def reads_outside(x, y):
    return x + SHIFT - -SHIFT, ROWS[1, 0], ROWS[-1][x]


def test_what_is_written_reads_like_what_it_was_written_from():
    book = Book()
    assert book.function(new) == "test_browser$new"
    assert book.text == (
        "function test_browser$new(x, y, function$ = 2) {\n"
        "  let Math$, delete$;\n"
        "  delete$ = x * function$;\n"
        "  Math$ = -y;\n"
        "  return [delete$, Math$];\n"
        "}"
    )
    book = Book()
    book.function(reads_outside)
    assert "return [x + -1.5 - -(-1.5), test_browser$ROWS[1][0], test_browser$ROWS.at(-1).at(x)];" in book.text
    assert "const test_browser$ROWS = [[1, Infinity], [2, 3]];" in book.text


def test_two_lambdas_on_a_line_are_told_apart():
    one, other = lambda x: x + 1, lambda x: x + 2
    book = Book()
    assert book.function(one) != book.function(other)
    assert re.findall(r"return (.*);", book.text) == ["x + 1", "x + 2"]
    assert book.function(one) in book.text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (-2.5, "-2.5"), (1e300, "1e+300"), (1e16, "1e+16"), (np.inf, "Infinity"), (-np.inf, "-Infinity"),
     (np.nan, "NaN"), (-0.0, "-0"), (np.pi, "Math.PI"), (True, "true"), (np.float64(0.1), "0.1"), (2**60, "1.152921504606847e+18"),
     (None, "null"), ({}, "{}"), ({"a": [1, (2.5,)]}, "{ a: [1, [2.5]] }")],
)  # fmt: skip
def test_numbers_are_written_as_javascript_reads_them(value, text):
    assert literal(value) == text


def test_static_modules_import_each_other_by_name():
    for text in files().values():
        for name in re.findall(r'from "\./([^"]+)"', text):
            assert name in files()
    assert Path("formulas.js").name in files()
