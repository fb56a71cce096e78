"""Kernels compiled ahead: all of them, once each, whoever else compiles at the same time."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numba.core.errors import TypingError
from processes import environment, python

from core import OPTIMIZERS, SCHEDULES, SURFACES, descend
from core.engine import blocks, kernels, store
from core.engine.compiler import Uncompiled, ready_made
from core.expression.examples import examples

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


def test_the_parts_leave_nothing_to_compile(monkeypatch):
    """What a plain run of anything needs has been asked for by one of the parts."""
    asked = set()
    built = blocks.built

    def noted(make, *arguments):
        asked.add((make, *arguments))
        return built(make, *arguments)

    monkeypatch.setattr(blocks, "built", noted)
    kernels.needed.cache_clear()
    kernels.run_loop.cache_clear()
    for part in kernels.PARTS.values():
        assert list(part())
    ahead = set(asked)
    asked.clear()
    kernels.needed.cache_clear()
    kernels.run_loop.cache_clear()
    typed = examples()[0].formula.surface
    plain = next(iter(OPTIMIZERS.values()))
    for surface in (*SURFACES.values(), typed):
        descend(surface, plain, start=surface.start, steps=1, noise=0.1)
    descend(typed, "newton", start=typed.start, steps=1)
    typed.value(0.5, np.ones(2))
    for optimizer in OPTIMIZERS.values():
        if "bend" not in optimizer.update.__code__.co_names:  # whose surfaces have second derivatives of their own
            descend("bowl", optimizer, start=(1.0, 1.0), steps=1)
    for schedule in SCHEDULES.values():
        descend("bowl", plain, start=(1.0, 1.0), steps=1, schedule=schedule)
    assert asked
    assert asked <= ahead


def test_a_formula_may_use_what_python_has(capfd):
    """Functions and lists of its own; and whoever looks for a mistake in one prints numbers."""

    def value(x, y):
        square = lambda number: number * number  # noqa: E731
        print("at", x)
        return sum([square(number) for number in (x, y)])

    surface = replace(SURFACES["bowl"], value=value, gradient=lambda x, y: (2 * x, 2 * y))
    capfd.readouterr()  # it was run once when the record was made
    run = descend(surface, "sgd", start=(1.0, 2.0), steps=1, hypers={"lr": 0.25})
    assert run.loss.tolist() == [5.0, 1.25]
    assert capfd.readouterr().out == "at 1.0\nat 0.5\n"


def test_who_may_not_compile_takes_what_is_there():
    """And says so at once where there is nothing, in this thread alone; nothing in the store is taken for damaged."""

    def value(x, y):
        return x * x + 3.25 * y * y

    surface = replace(SURFACES["bowl"], value=value, gradient=lambda x, y: (2 * x, 6.5 * y))
    before = store.files()
    with ready_made():
        with pytest.raises(Uncompiled):
            descend(surface, "sgd", start=(1.0, 2.0), steps=1, hypers={"lr": 0.25})
        with ThreadPoolExecutor() as others:
            run = others.submit(descend, surface, "sgd", start=(1.0, 2.0), steps=1, hypers={"lr": 0.25}).result()
        again = descend(surface, "sgd", start=(1.0, 2.0), steps=1, hypers={"lr": 0.25})
    assert run.loss.tolist() == again.loss.tolist() == [14.0, 0.25 + 3.25 * 1.25**2]
    assert set(before) <= set(store.files())


def test_a_kernel_comes_whatever_the_store_does(monkeypatch):
    did = []
    monkeypatch.setattr(blocks.store, "empty", lambda kind: did.append("emptied"))
    monkeypatch.setitem(blocks.OPTIONS, "cache", True)

    def make(fault, times):
        did.append("kept" if blocks.OPTIONS["cache"] else "not kept")
        if blocks.OPTIONS["cache"] and did.count("kept") <= times:
            raise fault
        return "kernel"

    for fault, times, expected in (
        (EOFError(), 1, ["kept", "not kept", "emptied"]),
        (OSError(28, "No space left on device"), 1, ["kept", "not kept"]),
    ):
        did.clear()
        assert blocks.healing(make, fault, times) == "kernel"
        assert did == expected
        assert blocks.OPTIONS["cache"]
    did.clear()
    with pytest.raises(TypingError):
        blocks.healing(make, TypingError("the formula"), 1)


def child(code, folder):
    return subprocess.Popen(
        [sys.executable, *code],
        cwd=ROOT,
        env=environment(NUMBA_CACHE_DIR=str(folder)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_processes_that_compile_at_once_share_what_they_make(tmp_path):
    code = """
from core import OPTIMIZERS
from core.engine import kernels
for key in ("sgd", "momentum", "adagrad"):
    kernels.updating(OPTIMIZERS[key], (False,) * len(OPTIMIZERS[key].hypers))
"""
    for _ in range(2):
        both = [child(["-c", code], tmp_path) for _ in range(2)]
        for process in both:
            _, errors = process.communicate(timeout=120)
            assert process.returncode == 0, errors
        assert len(list(tmp_path.rglob("*.nbc"))) == 3, "one of each, and the second pair finds them"


def test_one_command_fills_the_store(tmp_path):
    process = child(["-m", "core.engine", "typed", "0"], tmp_path)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert list(tmp_path.rglob("interpreter.*.nbc"))


@pytest.mark.parametrize("words", [["nothing", "0"], ["typed"], ["typed", "-3"]])
def test_a_word_too_many_is_told(words, tmp_path):
    process = child(["-m", "core.engine", *words], tmp_path)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "usage: python -m core.engine" in errors


def test_it_says_what_it_does(tmp_path):
    for word in ("--help", "-h"):
        process = child(["-m", "core.engine", word], tmp_path)
        printed, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
        assert printed.startswith("usage: python -m core.engine\n\nCompiles what every plain run needs")
    assert not list(tmp_path.rglob("*.nbc"))


@pytest.mark.parametrize("folder", ["", "/dev/null/kernels"])
def test_without_a_place_to_keep_kernels_it_says_so(folder):
    process = child(["-m", "core.engine"], folder)
    printed, errors = process.communicate(timeout=60)
    assert (process.returncode, printed) == (1, "")
    assert errors.startswith("There is no place to keep kernels")
    assert errors.count("\n") == 1, "in a sentence"


def test_where_nothing_can_be_written_to_kernels_are_compiled():
    """As in a container whose files cannot be changed, and that has no temporary folder. A kernel is what asks for one."""
    code = """
import tempfile

def nowhere(*arguments, **options):
    raise FileNotFoundError(2, "No usable temporary directory found")

tempfile.gettempdir = tempfile.TemporaryFile = tempfile.mkdtemp = nowhere
from core import OPTIMIZERS
from core.engine import kernels, store
print(store.folder(), kernels.updating(OPTIMIZERS["sgd"]) > 0)
store.writable()
"""
    done = python("-c", code)
    assert done.stdout.split() == ["None", "True"], done.stderr
    assert "OSError: There is no place to keep kernels" in done.stderr


def test_a_part_that_fails_is_told():
    with pytest.raises(subprocess.CalledProcessError):
        kernels.compile_all(parts=["nothing"])
