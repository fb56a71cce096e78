"""Exported programs: they draw what the app drew, name only what they define, and where there is none it is said why."""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib.util
import io
import itertools
import json
import os
import re
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from processes import copied, python

from core.export.autograd import TYPED
from core.export.code import LIBRARIES, ExportError, asked, export_code
from core.export.rounding import shaken
from core.export.rules import same_rule, sees_the_first_rate_only
from core.expression import Formula, expression_surface
from core.modifiers import MODIFIERS
from core.optimizers import OPTIMIZERS
from core.scene import DIALECTS, OURS, Plan, Runner, Scene, placed
from core.schedules import SCHEDULES
from core.schedules._warmup import factors, momenta
from core.spec import Text, once
from core.spec.special import special_at
from core.stops import STOPS
from core.surfaces import SURFACES

PACKAGES = {"pytorch": ("torch",), "keras": ("keras", "torch"), "optax": ("jax", "optax"), "numpy": ("numpy",)}
OTHERS = [library for library in LIBRARIES if library != "numpy"]
EQUAL = 1e-9  # what is promised
ROUNDING = 1e-12  # what is kept, unless the program itself warns that rounding is magnified
STEPS = 60
FILES = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in Path(__file__).parent.glob("reference/*.json")
}

each_library = pytest.mark.parametrize("library", LIBRARIES)
each_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS)
WATCHING = next(key for key, s in SCHEDULES.items() if s.watches_loss)
CLOCKED = [key for key, s in SCHEDULES.items() if not s.watches_loss]
FALLING = next(key for key in CLOCKED if SCHEDULES[key].hypers)
SMOOTH = next(key for key, o in OPTIMIZERS.items() if not (o.state or o.plane))  # the plainest there is
APART = [key for key, o in OPTIMIZERS.items() if not o.plane]  # which treat the coordinates apart
PLANES = [key for key, o in OPTIMIZERS.items() if o.plane]
BENDING = [key for key in PLANES if "bend" in OPTIMIZERS[key].update.__code__.co_names]
PLACES = [key for key, s in SURFACES.items() if s.minima and not s.samples][:: max(1, len(SURFACES) // 3)][
    :3
]  # an easy, a middling, a hard one


def race(
    optimizer: str,
    surface: str | Formula = PLACES[0],
    schedule: str = "",
    warmup: int = 0,
    dialect: str = OURS,
    **scene: object,
) -> tuple[Scene, Runner]:
    """A scene with one runner, at the rate that suits it there, and under a schedule that fits into the run."""
    record = placed(surface)
    plan = Plan(schedule, {"warmup_steps": warmup}) if schedule else Plan(hypers={"warmup_steps": warmup})
    runner = Runner(optimizer, {"lr": record.rate_for(OPTIMIZERS[optimizer])}, plan, dialect=dialect)
    return Scene(**{"surface": surface, "steps": STEPS, "runners": (runner,), **scene}), runner


def ran(program: str) -> dict:
    """The names that a program leaves."""
    names: dict = {"__name__": "homework"}
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        exec(compile(program, "homework.py", "exec"), names)
    return names


def apart(scene: Scene, runner: Runner, program: str) -> float:
    """Largest distance between the path of a program and ours, as a share of the path's size (at least 1)."""
    path, x = ran(program)["path"], scene.run(runner).x
    assert path.shape == (scene.length + 1, 2)
    assert path.dtype == np.float64
    if not np.array_equal(np.isnan(path), np.isnan(x)):
        return np.inf
    size = np.maximum(np.fmax.accumulate(np.nan_to_num(np.abs(x).max(axis=1))), 1)
    return float(np.nanmax(np.abs(path - x) / size[:, None]))


def warns(program: str) -> bool:
    """Whether it says that from some update on its path is a matter of rounding."""
    return "magnifies rounding errors" in " ".join(program.split())


def check(scene: Scene, runner: Runner, library: str = "numpy") -> str:
    """Export, run and compare; the program is handed back."""
    program = export_code(scene, runner, library)
    warned = warns(program)
    difference = apart(scene, runner, program)
    assert difference <= EQUAL or warned, f"{difference:.1e} apart:\n{program}"
    if library == "numpy" and not runner.record.plane:  # which divide by differences, and so magnify a little
        assert difference <= ROUNDING or warned, f"{difference:.1e} apart:\n{program}"
    return program


def needs(library: str) -> None:
    for package in PACKAGES[library]:
        if package not in sys.modules and importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed; pip install -e '.[reference]' brings it")


# --- NumPy ---------------------------------------------------------------------------------------


@each_optimizer
def test_numpy_draws_the_path_under_every_schedule(optimizer: str) -> None:
    for i, schedule in enumerate(SCHEDULES, list(OPTIMIZERS).index(optimizer)):
        check(*race(optimizer, PLACES[i % 3], schedule, warmup=7 * (i % 2)))


@pytest.mark.parametrize("surface", SURFACES)
def test_numpy_draws_the_path_on_every_surface(surface: str) -> None:
    first = list(SURFACES).index(surface) % 2  # every other method; its neighbours are drawn on the next surface
    for optimizer, rotation in zip(list(OPTIMIZERS)[first::2], itertools.cycle((0.0, 33.3, -120.0))):
        check(*race(optimizer, surface, rotation=0.0 if SURFACES[surface].box else rotation))


def elsewhere(optimizer: str) -> dict[str, float]:
    """Every hyperparameter away from its default."""
    values = {}
    for h in OPTIMIZERS[optimizer].hypers:
        low, high = max(h.low, 0.7 * h.default), min(h.high, 1.1 * h.default + 0.01)
        values[h.name] = h.default if h.name == "lr" else float(round(high) if h.integer else (low + high) / 2)
        values[h.name] = min(h.high, 20.0) if h.integer and values[h.name] == h.default else values[h.name]
    return values


@each_optimizer
def test_numpy_draws_the_path_with_every_setting_moved(optimizer: str) -> None:
    scene, runner = race(optimizer)
    runner = replace(runner, hypers={**elsewhere(optimizer), "lr": runner.hypers["lr"]})
    check(scene, runner)


@each_optimizer
def test_numpy_draws_noise_turn_and_stop(optimizer: str) -> None:
    for scene in ({"noise": 0.3, "seed": 11}, {"noise": 0.1, "rotation": 20.0, "tolerance": 0.3}, {"tolerance": 0.5}):
        for surface in PLACES:
            check(*race(optimizer, surface, FALLING, 5, steps=120, **scene))


AROUND = [
    {"clip_norm": {"norm": 0.5}},
    {"clip_value": {"value": 0.3}},
    {"lookahead": {"k": 4.0, "alpha": 0.3}},
    {key: {} for key in MODIFIERS},
]


@pytest.mark.parametrize("around", AROUND, ids="-".join)
@each_library
def test_what_stands_around_an_update_is_exported(library: str, around: dict) -> None:
    """In the library's own words where they say the same, else by the formula."""
    needs(library)
    own = {"pytorch": "torch.nn.utils.clip_grad", "keras": "clip", "optax": "optax.clip"}
    for optimizer, dialect in (("sgd", OURS), ("adam", library), ("sam", OURS)):
        dialect = dialect if dialect in OPTIMIZERS[optimizer].dialects else OURS
        scene, runner = race(optimizer, PLACES[1], FALLING, 3, dialect=dialect, noise=0.1)
        runner = replace(runner, modifiers=around)
        with contextlib.suppress(ExportError) if optimizer == "sam" else contextlib.nullcontext():
            program = check(replace(scene, runners=(runner,)), runner, library)
            alone = len(around) == 1 and "lookahead" not in around and optimizer != "sam"
            if alone and library in own and ("clip_value" in around or (dialect == library != "keras")):
                assert own[library] in program, program
            assert "Around it:" in program


@pytest.mark.parametrize("rule", STOPS)
@each_library
def test_a_rule_that_ends_the_run_is_exported(library: str, rule: str) -> None:
    needs(library)
    for optimizer in ("adam", "bfgs"):
        scene, runner = race(
            optimizer, PLACES[1], dialect=library if library in OPTIMIZERS[optimizer].dialects else OURS
        )
        run = scene.run(runner)
        half = {
            "evaluation_budget": 9.0,
            "loss_value": 1.000001 * float(run.loss[4]),
            "gradient_norm": 1.000001 * float(np.hypot(*run.gradient[4])),
        }
        bound = half.get(rule, 1.000001 * float(np.hypot(*(run.x[4] - run.x[3]))))
        with contextlib.suppress(ExportError) if optimizer == "bfgs" else contextlib.nullcontext():
            stopped = replace(scene, stops={rule: bound})
            assert stopped.run(runner).rule == rule
            check(stopped, runner, library)
            check(replace(stopped, tolerance=0.3), runner, library)


FORMULAS = [
    Formula("x^2/10 + y^2 + sin(3*x)"),
    Formula("(1 - x)^2 + 100*(y - x^2)^2", ((-2, 2), (-1, 3))),
    Formula("-20*exp(-0.2*sqrt(0.5*(x^2+y^2)))-exp(0.5*(cos(2*pi*x)+cos(2*pi*y)))+e+20"),
    Formula("abs(x - 0.3) + max(x - y, min(y, 2*y)) + hypot(x, y - 1)"),
    Formula("tanh(x)^2 + atan(y)^2 + log1p(x^2) + log2(1 + y^2) + 2^(x/9)*atan2(x, y + 9)"),
    Formula("asin(x/9)^2 + acos(y/9) + sinh(y/9)*cosh(x/9) + tan(x/9)*expm1(y/9) + log10(9 + x) + floor(y)*sign(x)/9"),
    Formula("(x + 9)^(y/9) + e^(x/3) - x/(y + 9) + sqrt(x + 9)*log(y + 9)", ((-4, 4), (-4, 4))),
    Formula("3 - x"),
    Formula("x^2 - y^2"),
    Formula("(x > 0)*x^2/9 + relu(y - x)/2 + softplus(x*y/4) + sigmoid(x) + x^2/5 + y^2/5"),
]


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.text)
def test_numpy_draws_the_path_on_a_typed_function(formula: Formula) -> None:
    for optimizer, rotation in zip(OPTIMIZERS, itertools.cycle((0.0, 33.3, -120.0))):
        steps = 7 if optimizer in BENDING else STEPS  # Newton runs away, to where the bend of tanh is 0/0
        case = race(optimizer, formula, rotation=rotation, noise=0.01, steps=steps)
        if optimizer in PLANES and not np.isfinite(case[0].run(case[1]).x).all():
            continue  # a search that goes where the function has no value, and its written slopes are 0/0
        assert "Typed" not in check(*case)
    check(*race(SMOOTH, formula, WATCHING, tolerance=0.2))


def test_what_would_divide_nothing_by_nothing_is_not_written() -> None:
    scene, runner = race(SMOOTH, Formula("hypot(x, y)"), start=(0.0, 0.0))
    assert "0/0" in refusal(scene, runner, "numpy").en
    check(replace(scene, start=(1.0, 0.3)), runner)


def test_second_derivatives_that_overflow_when_written_out_are_not_written() -> None:
    """Infinity over infinity in the derivative of 1/cosh(200*x)²; a method that asks for slopes only has its program."""
    formula = Formula("tanh(200*x) + y^2")
    scene, runner = race(BENDING[0], formula, start=(4.0, 1.0))
    assert "0/0" in refusal(scene, runner, "numpy").en
    check(*race(SMOOTH, formula, start=(4.0, 1.0)))


def test_a_function_of_the_greatest_size_is_written_or_refused() -> None:
    for text in (
        "*".join(["(x+y)"] * 30),
        "sin(" * 30 + "x*y" + ")" * 30,
        "+".join(["x*y"] * 24),
        "(" * 60 + "x" + ")" * 60,
    ):
        scene, runner = race(SMOOTH, Formula(text, ((-1, 1), (-1, 1))), steps=10)
        with contextlib.suppress(ExportError):  # as `refusal` would have it
            program = export_code(scene, runner, "numpy")
            assert apart(scene, runner, program) < EQUAL
            assert len(program) < 40_000
            continue
        assert "too long" in refusal(scene, runner, "numpy").en


SAMPLED = [key for key, s in SURFACES.items() if s.samples]


@pytest.mark.parametrize("optimizer", PLANES)
def test_numpy_draws_the_path_of_a_method_that_looks_around(optimizer: str) -> None:
    turned = {"rotation": 25.0, "stretch": 1.7, "noise": 0.01}
    for surface in (*PLACES, *FORMULAS[:4], SAMPLED[0]):
        for scene in ({}, turned, {"stretch": 0.6, "tolerance": 0.1}, {"rotation": -100.0, "schedule": FALLING}):
            check(*race(optimizer, surface, **scene))


@pytest.mark.parametrize("surface", SAMPLED)
@each_library
def test_the_same_examples_are_drawn(library: str, surface: str) -> None:
    needs(library)
    for batch in (None, 0, 2):
        for optimizer in (SMOOTH, "momentum"):
            check(*race(optimizer, surface, batch=batch, seed=5), library)
    check(*race(SMOOTH, surface, noise=0.1, schedule=FALLING), library)
    for turn in ({"rotation": 40.0}, {"stretch": 2.0}):
        if SURFACES[surface].box:
            assert "box" in refusal(*race(SMOOTH, surface, **turn), library).en
        else:
            check(*race(SMOOTH, surface, **turn), library)


@each_library
def test_a_stretched_surface(library: str) -> None:
    needs(library)
    for scene in (
        {"stretch": 3.0},
        {"stretch": 0.5, "rotation": 70.0},
        {"stretch": 0.2, "tolerance": 0.1, "noise": 0.02},
    ):
        for surface in (*PLACES, FORMULAS[0]):
            check(*race(SMOOTH, surface, **scene), library)


DIALECTAL = [(key, name) for key, o in OPTIMIZERS.items() for name in o.dialects]


@pytest.mark.parametrize(("optimizer", "dialect"), DIALECTAL)
def test_numpy_draws_the_path_of_every_dialect(optimizer: str, dialect: str) -> None:
    first = DIALECTAL.index((optimizer, dialect))
    for i, schedule in itertools.islice(enumerate(("", *SCHEDULES), first), first % 2, None, 2):
        program = check(*race(optimizer, PLACES[i % 3], schedule, warmup=9 * (i % 2), dialect=dialect))
        assert f"Form of the update: {DIALECTS[dialect].en}." in " ".join(program.split())


@pytest.mark.parametrize("dialect", ["keras", "optax", "book"])
@each_library
def test_schedules_of_every_dialect(library: str, dialect: str) -> None:
    needs(library)
    optimizer = next(key for key, o in OPTIMIZERS.items() if dialect in o.dialects and not o.dialects[dialect].update)
    written = set()
    for schedule in SCHEDULES:
        for warmup in (0, 1, 9, 2 * STEPS):
            with contextlib.suppress(ExportError):
                check(*race(optimizer, schedule=schedule, warmup=warmup, dialect=dialect), library)
                written.add(schedule)
    assert written >= set(CLOCKED)


@pytest.mark.parametrize(("optimizer", "dialect"), [pair for pair in DIALECTAL if pair[1] in ("keras", "optax")])
def test_a_library_watches_the_loss_in_its_own_way(optimizer: str, dialect: str) -> None:
    needs(dialect)
    scene, runner = race(
        optimizer, schedule=WATCHING, dialect=dialect, noise=1.0
    )  # so that the loss rises now and then
    runner = replace(runner, plan=Plan(WATCHING, {"patience": 1, "reduction": 0.6}))
    scene = replace(scene, runners=(runner,))
    if not getattr(OPTIMIZERS[optimizer], dialect):
        assert "has no" in refusal(scene, runner, dialect).en
        return
    if dialect == "optax" and OPTIMIZERS[optimizer].plane:
        assert "cannot put" in refusal(scene, runner, dialect).en
        return
    if dialect == "optax" and optimizer in ("rmsprop", "rprop", "schedule_free_sgd", "schedule_free_adamw"):
        # whose state holds the rate, or a point that was stepped by it
        assert "finished step" in refusal(scene, runner, dialect).en
        return
    program = check(scene, runner, dialect)
    run = scene.run(runner)
    assert run.lr[-1] < run.lr[0] or np.all(np.diff(run.loss) < 0)
    assert ("watcher.on_epoch_end" if dialect == "keras" else "value=value(*path[-1])") in program


@pytest.mark.parametrize(("optimizer", "dialect"), [pair for pair in DIALECTAL if pair[1] in LIBRARIES])
def test_a_library_has_its_own_dialect(optimizer: str, dialect: str) -> None:
    record = OPTIMIZERS[optimizer]
    scene, runner = race(optimizer, dialect=dialect)
    if not getattr(record, dialect):
        assert "has no" in refusal(scene, runner, dialect).en
        return
    program = export_code(scene, runner, dialect)
    if all(importlib.util.find_spec(package) for package in PACKAGES[dialect]):
        assert apart(scene, runner, program) < EQUAL
    for other in OTHERS:
        if other == dialect:
            continue
        with contextlib.suppress(ExportError):
            program = export_code(scene, runner, other)
            if all(importlib.util.find_spec(package) for package in PACKAGES[other]):
                assert apart(scene, runner, program) < EQUAL
            continue
        text = refusal(scene, runner, other).en
        assert f"follows {DIALECTS[dialect].en};" in text or "has no" in text or "Not all settings" in text


# --- the parts of a program ------------------------------------------------------------------------

VARIANTS: dict[str, dict] = {
    "plain": {},
    "turned": {"rotation": 30.0},
    "noisy": {"noise": 0.1, "seed": 3},
    "stopping": {"tolerance": 0.2, "steps": 200},
    "warm": {"warmup": 8},
    "typed": {"surface": FORMULAS[0]},
    "typed, turned, falling": {"surface": FORMULAS[2], "rotation": 30.0, "schedule": FALLING, "tolerance": 0.3},
    "warm all along": {"schedule": FALLING, "warmup": 2 * STEPS},
    "warm and falling": {"schedule": FALLING, "warmup": 8, "noise": 0.1, "rotation": 30.0, "tolerance": 0.2},
    **{schedule: {"schedule": schedule} for schedule in SCHEDULES},
    **{f"warm {schedule}": {"schedule": schedule, "warmup": 1} for schedule in SCHEDULES},
}


def top_level(tree: ast.Module) -> list[str]:
    """Names of the functions, classes and constants that a program makes."""
    found = []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.append(node.name)
        elif isinstance(node, ast.Assign):
            found += [n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)]
    return found


@pytest.mark.parametrize("variant", VARIANTS)
@each_library
def test_a_program_defines_what_it_names_and_names_what_it_defines(library: str, variant: str) -> None:
    written = 0
    every = 1 if library == "keras" else 5  # which has few of them; the other variants try the others
    first = list(VARIANTS).index(variant) % every
    has = [key for key, record in OPTIMIZERS.items() if library == "numpy" or getattr(record, library)]
    for optimizer, surface in itertools.islice(zip(has, itertools.cycle(SURFACES)), first, None, every):
        scene, runner = race(optimizer, **{"surface": surface, **VARIANTS[variant]})
        with contextlib.suppress(ExportError):
            # Half as long: a program's names are those of its scene, and what is looked at takes as long as the run.
            program = export_code(replace(scene, steps=scene.steps // 2), runner, library)
            written += 1
            tree = ast.parse(program)
            names = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
            imported = [
                a.asname or a.name
                for n in ast.walk(tree)
                if isinstance(n, (ast.Import, ast.ImportFrom))
                for a in n.names
            ]
            arguments = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
            read = {n.id for n in names if isinstance(n.ctx, ast.Load)}
            made = {n.id for n in names if isinstance(n.ctx, ast.Store)} | set(top_level(tree))
            assert not read - made - arguments - set(imported) - set(vars(builtins)), program
            assert not {*top_level(tree), *imported} - read - {"path"}, f"dead code:\n{program}"
            twice = [name for name, times in Counter(top_level(tree)).items() if times > 1]
            assert set(twice) <= {"path"}, f"one name for two things: {twice}\n{program}"
            assert not {"core", "streamlit", "pages"} & {name.partition(".")[0] for name in imported}
            assert " core" not in program
            assert ast.get_docstring(tree)
            assert "Descent Lab" in ast.get_docstring(tree)
    assert written or variant.endswith(WATCHING)


def test_nothing_is_written_that_a_scene_does_not_have() -> None:
    for library in LIBRARIES:
        program = export_code(*race(SMOOTH), library)
        for word in (
            "noise",
            "normals",
            "placed",
            "schedule",
            "scheduler",
            "climb",
            "factor",
            "minima",
            "break",
            "weight_decay=",
        ):
            assert word not in program.replace(
                "weight_decay=0.0)", "" if library == "numpy" else "weight_decay=0.0)"
            ), (library, word)
        assert program.count("\n") < 55


def test_numbers_come_back_to_the_last_bit() -> None:
    scene, runner = race(SMOOTH, start=(0.1 + 0.2, -1 / 3), noise=1e-7 / 3, seed=2**31 - 1)
    runner = runner.with_hyper("lr", 1 / 7)
    names = ran(export_code(scene, runner, "numpy"))
    assert names["start"] == (0.1 + 0.2, -1 / 3)
    assert names["lr"] == 1 / 7
    assert isinstance(ran(export_code(*race(SMOOTH), "numpy"))["lr"], float)
    assert "lr = 1.0\n" in export_code(scene, runner.with_hyper("lr", 1), "numpy")


@each_library
def test_slopes_are_floats_where_they_are_whole_numbers(library: str) -> None:
    for text in ("0 if x*y > 0 else x^2*y^2", "3*2*x - 2*5*y", "3 if x > 0 else 3*(-2)*x + y", "x if x < y else 2*y"):
        scene, runner = race(SMOOTH, Formula(text), start=(3.0, 1.0), rotation=90.0 * (text[0] == "x"))
        slopes = ran(export_code(scene, runner, "numpy"))["gradient"](3.0, 1.0)
        assert all(isinstance(slope, float) for slope in slopes), slopes
        if library == "numpy" or all(importlib.util.find_spec(package) for package in PACKAGES[library]):
            check(scene, runner, library)


def test_a_run_past_the_range_of_floats_ends_in_nan() -> None:
    ended = 0
    for surface in SURFACES:
        scene, runner = race(SMOOTH, surface, steps=400)
        wild = runner.with_hyper("lr", 10.0)
        lost = bool(np.isnan(scene.run(wild).x).any())
        assert ("np.nan" in check(scene, wild)) == lost
        ended += lost
    assert ended


def test_of_many_minima_the_one_that_counts_is_written() -> None:
    many = next(key for key, s in SURFACES.items() if len(s.minima) > 20)
    scene, runner = race(SMOOTH, many, tolerance=0.2, steps=200)
    program = check(scene, runner)
    assert program.count("[[") == 1
    assert scene.run(runner).outcome == "arrived"
    assert len(ran(program)["minima"]) == 1


def test_a_run_that_magnifies_rounding_says_so() -> None:
    many = max(SURFACES, key=lambda key: len(SURFACES[key].minima))
    scene, runner = race(SMOOTH, many, steps=200)
    assert not warns(export_code(scene, runner, "numpy"))
    assert warns(export_code(scene, runner.with_hyper("lr", 0.05), "numpy"))


# --- what cannot be done -----------------------------------------------------------------------------


def refusal(*arguments: object) -> Text:
    with pytest.raises(ExportError) as caught:
        export_code(*arguments)
    text = caught.value.text
    assert str(caught.value) == text.en
    assert text.en.isascii() or "Keras" in text.en or "optax" in text.en or "PyTorch" in text.en
    assert any("가" <= char <= "힣" for char in text.ko)
    assert "{" not in text.en + text.ko
    return text


def test_what_a_library_lacks_is_said() -> None:
    lacking = [(o, library) for o in OPTIMIZERS.values() for library in OTHERS if not getattr(o, library)]
    assert lacking
    for o, library in lacking:
        text = refusal(*race(o.key), library)
        assert f"{LIBRARIES[library]} has no {o.name}{' just like this one' * (library in o.differs)}." in text.en
        assert o.name in text.ko


def stored(library: str) -> list[tuple[dict, Scene, Runner]]:
    """The runs of a real library that are kept in tests/reference, as scenes."""
    found = []
    for run in FILES[library]["runs"]:
        if "dialect" not in run and not run.get("autograd"):
            plan = Plan(run["schedule"], run["schedule_hypers"]) if run.get("schedule") else Plan()
            runner = Runner(run["optimizer"], run["hypers"], plan)
            start = tuple(run["x"][0])
            found.append((run, Scene(run["surface"], start=start, steps=run["steps"], runners=(runner,)), runner))
    return found


@pytest.mark.parametrize("library", ["keras", "optax"])
def test_a_rule_that_differs_is_said_in_the_words_of_the_record(library: str) -> None:
    other = {run["optimizer"]: (scene, runner) for run, scene, runner in stored(library) if run["same"] is False}
    assert other
    for key, (scene, runner) in other.items():
        text, reason = refusal(scene, runner, library), OPTIMIZERS[key].differs[library]
        assert text.en.endswith(f"What differs: {reason.en}") or "Not all settings" in text.en
        assert text.ko.endswith(f"다른 점: {reason.ko}") or "다음 설정을 바꿀 수 없습니다" in text.ko


def test_settings_that_a_library_does_not_have_are_named() -> None:
    found = 0
    for o, library in itertools.product(OPTIMIZERS.values(), OTHERS):
        if not getattr(o, library) or o.differs.get(library):
            continue
        for name in o.unspelled(library):
            scene, runner = race(o.key)
            text = refusal(scene, runner.with_hyper(name, elsewhere(o.key)[name]), library)
            assert name in text.en
            assert name in text.ko
            found += 1
    assert found


def test_a_schedule_that_watches_the_loss() -> None:
    scene, runner = race(SMOOTH, schedule=WATCHING)
    assert "scheduler.step(loss.item())" in export_code(scene, runner, "pytorch")
    assert "warm-up" in refusal(*race(SMOOTH, schedule=WATCHING, warmup=3), "pytorch").en
    below = next(key for key, s in SURFACES.items() if s.minima and s.value(*s.minima[0]) < -1)
    assert SCHEDULES[WATCHING].differs["pytorch"].ko in refusal(*race(SMOOTH, below, WATCHING), "pytorch").ko
    for library in ("keras", "optax"):
        assert "watches the loss" in refusal(scene, runner, library).en
        theirs = race(
            next(o for o, dialect in DIALECTAL if dialect == library), schedule=WATCHING, warmup=3, dialect=library
        )
        assert "warm-up" in refusal(*theirs, library).en


def test_a_library_that_is_none() -> None:
    assert "pytorch, keras, optax, numpy" in refusal(*race(SMOOTH), "tensorflow").en


@each_library
def test_no_path_no_program(library: str) -> None:
    far = (1e6, -1e6)
    with np.errstate(all="ignore"):
        beyond = [key for key, s in SURFACES.items() if not np.isfinite(s.value(*np.array(far)))]
    for surface in beyond:
        assert "no path" in refusal(*race(SMOOTH, surface, start=far), library).en


@pytest.mark.parametrize("library", OTHERS)
def test_there_is_a_program_exactly_where_the_library_did_the_same(library: str) -> None:
    """The stored runs of the real libraries are the judge: of the rules, and of schedules that watch the loss."""
    counted: Counter = Counter()
    runs = stored(library)
    for i, (run, scene, runner) in enumerate(runs):
        if run.get("schedule") and len(runs) > 500 and i % 7 != i // 7 % 7:
            continue  # each pair of method and schedule has seven runs, on other surfaces
        short = replace(scene, steps=120 if run.get("schedule") else 50)  # a rule is the same at every length
        try:
            export_code(short, runner, library)
            exported = True
        except ExportError:
            exported = False
        counted[exported, run["same"]] += 1
        careful = run.get("schedule") == WATCHING or runner.record.plane  # there a refusal is a precaution
        sure = not (careful and run["same"])
        assert exported == run["same"] or not (exported or sure), run
    assert counted[True, True]


# --- whose rule it is ------------------------------------------------------------------------------------


def lone(
    optimizer: str, hypers: dict, plan: Plan | None = None, dialect: str = OURS, **scene: object
) -> tuple[Scene, Runner]:
    runner = Runner(optimizer, hypers, plan or Plan(), dialect=dialect)
    return Scene(**{"steps": STEPS, "runners": (runner,), **scene}), runner


def offered(scene: Scene, runner: Runner, library: str) -> bool:
    with contextlib.suppress(ExportError):
        return bool(export_code(scene, runner, library))
    return False


def test_a_run_along_an_axis_hides_no_difference_of_rules() -> None:
    """Keras keeps lr inside the velocity; on the axis a nudged run is another one, and that excuses nothing."""
    for start in ((4.0, 0.1), (4.0, 0.0), (0.0, 1.0)):
        scene, runner = lone("rmsprop", {"lr": 0.1, "momentum": 0.9}, Plan("cosine"), start=start)
        assert refusal(scene, runner, "keras").en.endswith(OPTIMIZERS["rmsprop"].differs["keras"].en)


@pytest.mark.parametrize("library", ["keras", "optax"])
def test_what_is_offered_off_the_axes_is_what_is_offered_on_them(library: str) -> None:
    off, on = [], []
    for optimizer in APART:
        record = OPTIMIZERS[optimizer]
        for schedule in ("", FALLING):
            for found, start in ((off, (4.0, 1.3)), (on, (4.0, 0.0))):
                scene, runner = race(optimizer, schedule=schedule, start=start, steps=120)
                moved = {h.name: 0.9 for h in record.hypers if h.name == "momentum"} | {
                    h.name: 1e-3 for h in record.hypers if h.name == "eps"
                }
                found.append(
                    (optimizer, schedule, offered(scene, replace(runner, hypers={**runner.hypers, **moved}), library))
                )
    assert on == off
    assert {True, False} <= {answer for *_, answer in off}


def test_rules_are_the_same_rule_or_they_are_not() -> None:
    falling, level = np.linspace(1.0, 0.1, 50), np.full(50, 0.5)
    momentum, adam, rmsprop, adagrad = (OPTIMIZERS[key] for key in ("momentum", "adam", "rmsprop", "adagrad"))
    cases = [  # (optimizer, dialect, changed, rates, whether it is the same)
        (momentum, "keras", {}, level, True),
        (momentum, "keras", {}, falling, False),
        (momentum, "keras", {"momentum": 0.0}, falling, True),
        (momentum, "keras", {"weight_decay": 1e-3}, level, False),
        (adam, "optax", {}, falling, True),
        (adam, "keras", {}, level, False),
        (adam, "keras", {"eps": 1e-16}, level, False),
        (rmsprop, "optax", {"momentum": 0.9}, level, False),
        (adagrad, "optax", {"eps": 1e-16}, level, False),
    ]
    for record, dialect, changed, rates, same in cases:
        hypers = {**record.defaults, **changed}
        assert same_rule(record, record.spoken(dialect), hypers, hypers, rates) is same, (record.name, dialect, changed)
        assert same_rule(record, record, hypers, {**hypers, "lr": 3.0}, rates)  # the rates are those that are given
    assert not same_rule(momentum, momentum, momentum.defaults, {**momentum.defaults, "momentum": 0.9 + 1e-7}, level)
    assert [key for key, o in OPTIMIZERS.items() if sees_the_first_rate_only(o, o.defaults)] == ["rprop"]


# --- another arithmetic ----------------------------------------------------------------------------------


def test_another_arithmetic_is_another_path_by_a_few_digits() -> None:
    scene, runner = race(SMOOTH, noise=0.1, rotation=30.0, schedule=FALLING, warmup=5)
    ours, theirs = scene.run(runner).x, shaken(scene, runner)
    assert len({path.tobytes() for path in theirs}) == len(theirs)
    assert 0 < np.abs(theirs - ours).max() < 1e-13 * np.abs(ours).max()


@pytest.fixture
def at_odds() -> Iterator[None]:
    """Threads that change places as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_another_arithmetic_is_the_same_one_whoever_asks_meanwhile(at_odds: None) -> None:
    cases = [race(optimizer, noise=0.1, start=(3.0, 1.5)) for optimizer in (SMOOTH, "adam")]
    alone = [shaken.__wrapped__(*case) for case in cases]
    for _ in range(5):
        with ThreadPoolExecutor(2) as threads:
            together = list(threads.map(lambda case: shaken.__wrapped__(*case), cases))
        assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))


@pytest.mark.parametrize("optimizer", APART)
def test_another_arithmetic_draws_every_kind_of_run(optimizer: str) -> None:
    cases: list[dict] = [{"schedule": key, "warmup": 3} for key in SCHEDULES]
    cases += [
        {"surface": SAMPLED[0], "batch": 2},
        {"surface": FORMULAS[0], "start": (-2.97, 2.43)},
        {"tolerance": 0.3, "steps": 100},
    ]
    for case in cases:
        scene, runner = race(optimizer, **{"steps": 30, **case})
        ours, theirs = scene.run(runner).x, shaken(scene, runner)
        assert theirs[0].shape == ours.shape
        near = np.abs(theirs - ours).max() <= 1e-9 * np.abs(ours).max()
        assert near or warns(export_code(scene, runner, "numpy")), case  # which side of zero it is, rounding may decide


@pytest.mark.parametrize("optimizer", [key for key in APART if not OPTIMIZERS[key].initial])
def test_on_an_axis_every_arithmetic_keeps_to_the_axis(optimizer: str) -> None:
    scene, runner = race(optimizer, "bowl", start=(4.0, 0.0))
    assert (shaken(scene, runner)[..., 1] == 0).all()
    assert not warns(export_code(scene, runner, "numpy"))


def test_a_run_that_settles_first_and_is_unstable_later_says_so() -> None:
    """RMSprop divides by what it remembers of gradients, which at a minimum is rounding and nothing else."""
    scene, runner = lone("rmsprop", {"lr": 0.03, "rho": 0.9}, surface="six_hump_camel", steps=1000)
    early = replace(scene, steps=50)
    assert not warns(export_code(early, runner, "numpy"))
    program = " ".join(export_code(scene, runner, "numpy").split())
    since = int(re.search(r"From about update (\d+) on", program)[1])
    x, minima = scene.run(runner).x, np.array(SURFACES["six_hump_camel"].minima)
    assert np.abs(x[since] - minima).max(axis=1).min() < 0.05, "it is where it wanted to be"
    assert 50 < since < 300


@pytest.mark.parametrize("start", [(-(2**0.5), 0.0), (2**0.5, 1e-9)])
def test_a_step_as_long_as_the_height_above_the_bottom_says_where_that_is_rounding(start: tuple) -> None:
    """Polyak's step divides f - f* by the slope; at the bottom the one is as much rounding as the other."""
    scene, runner = lone("polyak_step", {"lr": 2.5, "cap": 10.0}, surface=Formula("x^4/4 - x^2 + y^2"), start=start)
    assert warns(export_code(scene, runner, "numpy"))
    assert not warns(export_code(*lone("polyak_step", {"lr": 0.5}, surface="bowl", steps=5), "numpy"))


@pytest.mark.parametrize("optimizer", ["rprop", "signsgd"])
def test_a_method_that_asks_for_signs_only_is_unsteady_where_rounding_has_the_say(optimizer: str) -> None:
    wavy = Formula("sinc(x) + x^2/20 + y^2")
    for start in expression_surface(wavy.text).minima:
        scene, runner = lone(optimizer, {"lr": 0.24}, surface=wavy, start=start)
        assert (
            warns(export_code(scene, runner, "numpy")) or apart(scene, runner, export_code(scene, runner, "numpy")) == 0
        )


# --- values that a library takes in another way, or not at all --------------------------------------------


def test_values_that_a_library_refuses_are_said() -> None:
    for o in OPTIMIZERS.values():
        for special in o.special:
            dialect = special.library if special.library in o.dialects else OURS
            scene, runner = race(o.key, dialect=dialect)
            runner = replace(runner, hypers={**runner.hypers, **special.at})
            if special_at(o, special.library, runner.hypers) is not special or special.library not in LIBRARIES:
                continue  # an earlier one tells more of these values, or programs are written for others
            if special.spelling:
                line = export_code(scene, runner, special.library).split("\noptimizer = ")[1].partition("\n")[0]
                assert line.split("(")[0] == special.spelling.split("(")[0]
                assert not any(f"{name}=" in line for name in special.at if f"{name}=" not in special.spelling)
            else:
                assert (
                    f"{DIALECTS[special.library].en}'s {o.name} refuses" in refusal(scene, runner, special.library).en
                )
    assert "nesterov" not in export_code(*lone("nesterov", {"momentum": 0.0}), "pytorch").partition("optimizer =")[2]
    assert "refuses β₁ = 0." in refusal(*lone("lion", {"beta1": 0.0}), "keras").en


def test_two_drops_at_one_step_are_both_made() -> None:
    plan = Plan("piecewise", {"first": 20, "second": 20, "gamma": 0.5})
    assert "{20: 0.5 * 0.5}" in export_code(*lone(SMOOTH, {"lr": 0.3}, plan), "optax")
    assert SCHEDULES["piecewise"].asked("optax", plan.hypers).count("{first}") == 1
    with contextlib.suppress(pytest.skip.Exception):
        needs("optax")
        check(*lone(SMOOTH, {"lr": 0.3}, plan), "optax")


SEVEN = {"first": 20, "second": 50, "gamma_2": 0.7, "third": 10, "gamma_3": 0.5, "fourth": 30, "gamma_4": 0.8,
         "sixth": 60, "gamma_6": 0.3, "twelfth": 40, "gamma_12": 0.9, "twentieth": 20, "gamma_20": 0.6}  # fmt: skip
SAID = {  # of seven drops, the fifth of which nobody made; and of four by one factor
    ("pytorch", "many"): "lr_scheduler.LambdaLR(optimizer,lambda t: math.prod([gamma for at, gamma in [(10, 0.5), (20, 0.2), "
                         "(20, 0.6), (30, 0.8), (40, 0.9), (50, 0.7), (60, 0.3)] if t >= at]))",
    ("pytorch", "alike"): "lr_scheduler.MultiStepLR(optimizer, milestones=[15, 20, 35, 50], gamma=0.2)",
    ("keras", "many"): "PiecewiseConstantDecay([10, 20, 20, 30, 40, 50, 60],"
                       "np.cumprod([lr, 0.5, 0.2, 0.6, 0.8, 0.9, 0.7, 0.3]).tolist())",
    ("keras", "alike"): "PiecewiseConstantDecay([15, 20, 35, 50], [lr * 0.2 ** i for i in range(5)])",
    ("optax", "many"): "piecewise_constant_schedule(lr, "
                       "{10: 0.5, 20: 0.2 * 0.6, 30: 0.8, 40: 0.9, 50: 0.7, 60: 0.3})",
    ("optax", "alike"): "piecewise_constant_schedule(lr, {15: 0.2, 20: 0.2, 35: 0.2, 50: 0.2})",
    ("numpy", "many"): "factor(t, steps, 20, 50, 0.2, 0.7, 10, 0.5, 30, 0.8, 60, 0.3, 40, 0.9, 20, 0.6)",
    ("numpy", "alike"): "factor(t, steps, 20, 50, 0.2, 0.0, 15, 0.2, 35, 0.2)",
}  # fmt: skip


@pytest.mark.parametrize(("library", "drops"), SAID)
def test_as_many_drops_as_are_made_are_told_in_the_words_of_the_library(library: str, drops: str) -> None:
    own = (
        SEVEN
        if drops == "many"
        else {"first": 20, "second": 50, "third": 15, "gamma_3": 0.2, "fifth": 35, "gamma_5": 0.2}
    )
    case = race("adam", dialect=library if library in OPTIMIZERS["adam"].dialects else OURS, steps=90)
    scene, runner = case[0], replace(case[1], plan=Plan("piecewise", own))
    program = export_code(scene, runner, library)

    def bare(text: str) -> str:  # however it is spread over lines
        return re.sub(r",(?=[)\]}])", "", re.sub(r"\s+", "", text))

    assert bare(SAID[library, drops]) in bare(program)
    assert ("import math" in program) == ("math.prod" in program)
    with contextlib.suppress(pytest.skip.Exception):
        needs(library)
        check(scene, runner, library)


def line_of(program: str) -> str:
    """The schedule of a program, spelled in one line."""
    for node in ast.parse(program).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in (
            "schedule",
            "decay",
            "scheduler",
            "watcher",
        ):
            return ast.unparse(node.value)
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("optax.chain(optimizer, "):
            return ast.unparse(node.value).removeprefix("optax.chain(optimizer, ")[:-1]
    return ""


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("library", OTHERS)
def test_the_line_of_a_schedule_is_that_of_its_program(library: str, schedule: str) -> None:
    dialect = library if library in OPTIMIZERS["adam"].dialects else OURS
    seen = 0
    for case in at_the_ends(SCHEDULES[schedule].spoken(dialect).hypers):
        scene, runner = race("adam", dialect=dialect, steps=90)
        runner = replace(runner, plan=Plan(schedule, case))
        line = asked(SCHEDULES[schedule], library, scene.plan_of(runner).hypers)
        with contextlib.suppress(ExportError):
            found = line_of(export_code(scene, runner, library))
            if found and "Schedule()" not in found and not found.endswith(", share)"):
                if " for i in range(" in line:  # a program has no more cycles than its run begins
                    line, found = (text.partition("decay_steps")[0] for text in (line, found))
                assert line == found
                seen += bool(line)
    assert seen or not line


def test_a_line_says_what_a_library_wants_at_these_values() -> None:
    record = SCHEDULES["piecewise"]
    twice = {"first": 20, "second": 20, "gamma": 0.5}
    assert asked(record, "optax", twice) == "optax.piecewise_constant_schedule(lr, {20: 0.5 * 0.5})"
    assert asked(record, "optax", {**twice, "second": 30}).endswith("(lr, {20: 0.5, 30: 0.5})")
    assert asked(OPTIMIZERS["lion"], "keras", {**OPTIMIZERS["lion"].defaults, "beta1": 0.0}) == ""


@pytest.mark.parametrize("steps", [1, 2])
@each_library
def test_a_run_of_one_update_has_its_program(library: str, steps: int) -> None:
    there = all(importlib.util.find_spec(package) for package in PACKAGES[library])
    written = 0
    for optimizer, dialect in [(key, OURS) for key in OPTIMIZERS] + [pair for pair in DIALECTAL if pair[1] == library]:
        few = optimizer not in (SMOOTH, "adam", "rprop")
        for i, (schedule, warmup) in enumerate(itertools.product(("", *SCHEDULES), (0, 1, 5))):
            if few and i % 5:
                continue
            scene, runner = race(optimizer, schedule=schedule, warmup=warmup, dialect=dialect, steps=steps)
            with contextlib.suppress(ExportError):
                program = check(scene, runner, library) if there else export_code(scene, runner, library)
                assert ("schedule(0)" in program) == (optimizer == "rprop" and "def schedule(" in program)
                written += 1
    assert written > 100


def test_of_a_schedule_rprop_takes_the_first_rate_in_optax_too() -> None:
    for plan in (Plan("cyclic"), Plan("linear", {"start": 0.3}), Plan(hypers={"warmup_steps": 9})):
        case = lone("rprop", {"lr": 0.1}, plan, dialect="optax")
        assert "optax.rprop(schedule(0)," in export_code(*case, "optax").replace("\n    ", "")
    assert "optax.rprop(lr," in export_code(*lone("rprop", {"lr": 0.1}, dialect="optax"), "optax").replace("\n    ", "")


ENDS = ("low", "high", "default")


def at_the_ends(hypers: tuple) -> list[dict[str, float]]:
    """Each slider at either end, all of them at once, and each at one end while the rest are at the other.

    Of those that may come in any number all are moved together, and the first alone.
    """
    found = [{h.name: getattr(h, end) for h in hypers} for end in ENDS]
    for h, end, others in itertools.product(once(hypers), ENDS[:2], ENDS):
        found.append({**{other.name: getattr(other, others) for other in hypers}, h.name: getattr(h, end)})
    return list({tuple(case.items()): case for case in found}.values())


@each_library
@each_optimizer
def test_what_the_ends_of_the_sliders_make_is_written_or_refused(library: str, optimizer: str) -> None:
    """And if the library is there, it runs, and draws the path."""
    there = all(importlib.util.find_spec(package) for package in PACKAGES[library])
    record = OPTIMIZERS[optimizer]
    for dialect in dict.fromkeys((OURS, library if library in record.dialects else OURS)):
        for case in at_the_ends(record.spoken(dialect).hypers):
            scene, runner = race(optimizer, dialect=dialect, steps=8)
            runner = replace(runner, hypers={**case, "lr": min(case["lr"], 1.0)})
            with contextlib.suppress(ExportError):
                check(scene, runner, library) if there else export_code(scene, runner, library)


@pytest.mark.parametrize("schedule", SCHEDULES)
@each_library
def test_what_the_ends_of_a_schedules_sliders_make_is_written_or_refused(library: str, schedule: str) -> None:
    there = all(importlib.util.find_spec(package) for package in PACKAGES[library])
    for dialect in dict.fromkeys((OURS, library if library in OPTIMIZERS[SMOOTH].dialects else OURS)):
        for i, case in enumerate(at_the_ends(SCHEDULES[schedule].spoken(dialect).hypers)):
            scene, runner = race(SMOOTH, dialect=dialect, steps=(3, 30, 60)[i % 3])
            warmup = 0 if SCHEDULES[schedule].watches_loss else (0, 2, 35, 1000)[i % 4]
            runner = replace(runner, plan=Plan(schedule, {**case, "warmup_steps": warmup}))
            with contextlib.suppress(ExportError):
                check(scene, runner, library) if there else export_code(scene, runner, library)


# --- as practitioners write it ----------------------------------------------------------------------------


def test_pytorch_finds_the_gradient_by_itself() -> None:
    found = Counter()
    for surface, optimizer in itertools.product((*SURFACES, *FORMULAS), (SMOOTH, "adam")):
        with contextlib.suppress(ExportError):
            program = export_code(*race(optimizer, surface, batch=0 if surface in SAMPLED else None), "pytorch")
            by_itself = "loss.backward()\n" in program
            found[by_itself] += 1
            assert by_itself == ("def gradient" not in program)
            assert by_itself == ("optimizer.zero_grad()" in program)
            assert by_itself or "which loss.backward() does elsewhere" in program
    assert found[True] >= 0.9 * found.total()


@pytest.mark.parametrize(
    ("surface", "start"),
    [
        ("ackley", (0.0, 0.0)),  # a root of zero
        (Formula("abs(x - 0.3) + max(x - y, 0.5)"), (1.0, 1.0)),  # the greater of a tensor and a number
        (Formula("sqrt(2)*x^2 + y^2"), (1.0, 1.0)),  # a root of a number
        (Formula("cbrt(x^2 + y^2)"), (1.0, 1.0)),  # which PyTorch does not have
        (Formula("abs(x)^(1/3) + y^2"), (1.0, 1.0)),
        (Formula("3"), (1.0, 1.0)),  # no tensor
        (Formula("3 if x > 0 else x"), (1.0, 1.0)),
        (Formula("abs(2 if x > y else x) + y^2"), (1.0, 0.5)),
    ],
)
def test_where_pytorch_does_not_find_it_the_gradient_is_written(surface: str | Formula, start: tuple) -> None:
    scene, runner = race(SMOOTH, surface, start=start)
    program = export_code(scene, runner, "pytorch")
    assert "def gradient" in program
    assert "loss.backward()\n" not in program
    needs("pytorch")
    check(scene, runner, "pytorch")


@pytest.mark.parametrize(
    "text", ["(0 if x > 0 else x) + y^2", "x^2/3 if x > -1 else y^2/9", "x^2/9 + (1 if x > y else 2)*y^2"]
)
def test_pytorch_finds_the_gradient_of_what_has_a_condition(text: str) -> None:
    scene, runner = race(SMOOTH, Formula(text), start=(2.0, 1.5))
    assert "loss.backward()\n" in export_code(scene, runner, "pytorch")
    needs("pytorch")
    check(scene, runner, "pytorch")


def test_pytorch_has_what_a_typed_function_may_call() -> None:
    needs("pytorch")
    import torch

    assert not [name for name in TYPED if not hasattr(torch, name)]


def test_a_run_that_magnifies_rounding_is_told_the_gradient_that_was_used_here() -> None:
    many = max(SURFACES, key=lambda key: len(SURFACES[key].minima))
    scene, runner = race(SMOOTH, many, steps=200)
    assert "loss.backward()\n" in export_code(scene, runner, "pytorch")
    assert "def gradient" in export_code(scene, runner.with_hyper("lr", 0.05), "pytorch")


def test_warm_up_is_the_librarys_own() -> None:
    def program(library: str, schedule: str, dialect: str = "", **hypers: float) -> str:
        plan = Plan(schedule, {"warmup_steps": 10, **hypers})
        return export_code(*lone("adam", {}, plan, dialect or library), library)

    keras = program("keras", "cosine", floor=0.1)
    assert "keras.optimizers.schedules.CosineDecay(\n    0.0, decay_steps=rest, alpha=0.1, warmup_target=lr" in keras
    assert "class Schedule" not in keras
    assert "PolynomialDecay(\n    0.0, decay_steps=warmup, end_learning_rate=lr" in program("keras", "constant")
    assert "class Schedule" in program("keras", "exponential")
    optax = program("optax", "cosine", floor=0.1)
    assert "decay = optax.warmup_cosine_decay_schedule(\n    0.0, peak_value=lr" in optax
    assert "decay_steps=steps, end_value=0.1 * lr" in optax
    assert "optax.warmup_constant_schedule(0.0, peak_value=lr, warmup_steps=warmup)" in program("optax", "constant")
    joined = program("optax", "exponential")
    assert "decay = optax.join_schedules(" in joined
    assert "boundaries=[warmup]" in joined
    assert "optax.linear_schedule(lr / (warmup + 1), lr" in program("optax", "exponential", OURS)
    assert "join_schedules" not in program("optax", "linear", start=0.5)  # it climbs to half of lr


# --- the momentum beside the rate ------------------------------------------------------------------------------


def cycled_by_hand(scene: Scene, runner: Runner) -> np.ndarray:
    """(steps+1, 2) the path of a runner whose schedule puts its momentum in the place of the optimizer's."""
    o, plan, steps = runner.spoken, runner.plan, scene.length
    (name,) = {o_name for o_name in ("momentum", "beta1") if o_name in o.defaults}
    t = np.arange(float(steps))
    rates = runner.hypers["lr"] * factors(plan.record, steps, dict(plan.hypers), t)
    moved = momenta(plan.record, steps, dict(plan.hypers), t)
    point, state = np.array(scene.start or scene.record.start), [np.zeros(2) + o.initial.get(s, 0.0) for s in o.state]
    path = [point]
    for i in range(steps):
        g = np.array(scene.record.gradient(*point))
        own = {**runner.hypers, "lr": rates[i], name: moved[i]}
        both = [o.update(point[k], g[k], i + 1.0, *(s[k] for s in state), **own) for k in (0, 1)]
        point, *state = np.transpose(both)
        path.append(point)
    return np.array(path)


CYCLING = [Plan(key, {"cycle_momentum": 1}) for key, s in SCHEDULES.items() if s.momentum]
FORMS = [
    *CYCLING,
    Plan("onecycle", {"cycle_momentum": 1, "three_phase": 1}),
    Plan("cyclic", {"cycle_momentum": 1, "shrink": 0.7}),
]


@pytest.mark.parametrize("plan", FORMS, ids=str)
@pytest.mark.parametrize(
    "optimizer", [key for key, o in OPTIMIZERS.items() if o.pytorch and {"momentum", "beta1"} & {*o.defaults}]
)
@pytest.mark.parametrize("library", ["numpy", "pytorch"])
def test_a_program_changes_the_momentum_beside_the_rate(library: str, optimizer: str, plan: Plan) -> None:
    if library != "numpy":
        needs(library)
    scene, runner = race(optimizer, steps=60)
    plan = replace(plan, hypers={**plan.hypers, "warmup_steps": 5.0 * (library == "numpy")})
    runner = replace(runner, plan=plan)
    path = ran(export_code(scene, runner, library))["path"]
    assert np.allclose(path, cycled_by_hand(scene, runner), rtol=0, atol=1e-9 * np.abs(path).max())
    other = replace(plan, hypers={**plan.hypers, "base_momentum": 0.3})
    assert not np.allclose(path, cycled_by_hand(scene, replace(runner, plan=other)))


@pytest.mark.parametrize("plan", CYCLING, ids=str)
def test_where_there_is_no_momentum_the_rate_is_changed_alone(plan: Plan) -> None:
    case = lone(SMOOTH, {}, plan, steps=60)
    assert "cycle_momentum=False" in export_code(*case, "pytorch").replace("\n    ", "")
    for library in ("keras", "optax"):
        export_code(*case, library)
        refused = refusal(*lone("momentum", {}, plan, dialect=library, steps=60), library)
        assert "no schedule that changes the momentum" in refused.en
    warm = replace(plan, hypers={**plan.hypers, "warmup_steps": 3.0})
    assert "warm-up" in refusal(*lone("momentum", {}, warm), "pytorch").en


@pytest.mark.parametrize("dialect", [OURS, "keras", "optax"])
@each_library
def test_a_warm_up_from_a_share_is_drawn_too(library: str, dialect: str) -> None:
    needs(library)
    written = 0
    for schedule in ("", *SCHEDULES):
        scene, runner = race("adam", schedule=schedule, dialect=dialect)
        runner = replace(runner, plan=Plan(schedule or "constant", {"warmup_steps": 9, "warmup_start": 0.3}))
        with contextlib.suppress(ExportError):
            program = check(scene, runner, library)
            written += 1
            assert "from 0.3 of the rate" in " ".join(program.split())
    assert written > len(CLOCKED) or library not in (dialect, "numpy")


def test_cycles_are_as_many_as_the_run_begins() -> None:
    def line(mult: int, steps: int, cycle: int = 30) -> str:
        program = export_code(
            *lone(SMOOTH, {}, Plan("cosine_restarts", {"mult": mult, "cycle": cycle}), steps=steps), "optax"
        )
        return " ".join(program.partition("decay = ")[2].partition("def schedule")[0].split())

    assert "decay_steps=30 * 2.0 ** i, end_value=0.0) for i in range(3)" in line(2, 200)
    assert "decay_steps=30, end_value=0.0) for i in range(7)" in line(1, 200)
    assert "for i in range(1)" in line(5, 30)
    assert "for i in range(2)" in line(5, 31)
    assert "min(" not in line(3, 5000, 5)


def test_a_keras_program_counts_in_float64_with_every_backend() -> None:
    program = export_code(*race(SMOOTH), "keras")
    assert 'os.environ.setdefault("KERAS_BACKEND", "torch")' in program
    assert (
        'if keras.backend.backend() == "jax":\n    import jax\n\n    jax.config.update("jax_enable_x64", True)'
        in program
    )


@pytest.mark.slow
@pytest.mark.parametrize(("schedule", "kept"), [("exponential", EQUAL), ("", EQUAL), ("cosine", 1e-6)])
def test_a_keras_program_draws_the_path_with_jax(tmp_path: Path, schedule: str, kept: float) -> None:
    """But for cosines, which Keras takes in float32 with this backend, as the program says."""
    needs("keras")
    needs("optax")
    scene, runner = race("adam", schedule=schedule, warmup=7, dialect="keras")
    program = export_code(scene, runner, "keras")
    assert ("With JAX, Keras takes the cosine of a schedule in float32" in program) == (kept > EQUAL)
    file = tmp_path / "homework.py"
    file.write_text(program + "\nnp.save('path.npy', path)\n", encoding="utf-8")
    environment = os.environ | {"KERAS_BACKEND": "jax"}
    subprocess.run([sys.executable, file], cwd=tmp_path, env=environment, check=True, capture_output=True, timeout=300)
    assert np.abs(np.load(tmp_path / "path.npy") - scene.run(runner).x).max() < kept


# --- the real libraries --------------------------------------------------------------------------------


@pytest.mark.parametrize("library", OTHERS)
@each_optimizer
def test_the_library_draws_the_path(library: str, optimizer: str) -> None:
    needs(library)
    cases = [{"surface": surface} for surface in PLACES]
    for i, schedule in enumerate(SCHEDULES):
        cases.append({"surface": PLACES[i % len(PLACES)], "schedule": schedule, "warmup": 7 * (i % 2)})
    cases += [{**VARIANTS["warm and falling"], "steps": 100}, VARIANTS["warm all along"], VARIANTS["warm"]]
    cases += [{"surface": formula} for formula in FORMULAS[:4]]
    exported = 0
    for case in cases:
        scene, runner = race(optimizer, **{"steps": 40, **case})
        try:
            check(scene, runner, library)
            exported += 1
        except ExportError:
            continue
    record = OPTIMIZERS[optimizer]
    assert exported or not getattr(record, library) or library in record.differs


@each_library
def test_schedules_that_begin_below_lr_and_runs_that_are_too_short_for_them(library: str) -> None:
    needs(library)
    for schedule, s in SCHEDULES.items():
        moved = {h.name: round((h.low * h.default) ** 0.5) if h.integer else (h.low + h.default) / 2 for h in s.hypers}
        for steps, warmup in ((1, 0), (3, 1), (40, 6), (9, 30)):
            scene, runner = race(SMOOTH, steps=steps)
            runner = replace(runner, plan=Plan(schedule, {**moved, "warmup_steps": warmup}))
            with contextlib.suppress(ExportError):
                check(scene, runner, library)


@pytest.mark.parametrize("library", OTHERS)
def test_the_library_ends_in_nan_where_we_do(library: str) -> None:
    needs(library)
    scene, runner = race(SMOOTH, steps=2500)
    runner = runner.with_hyper("lr", 5.0)
    assert np.isnan(scene.run(runner).x).any()
    check(scene, runner, library)


@pytest.mark.parametrize("library", OTHERS)
def test_the_library_draws_the_path_with_every_setting_moved(library: str) -> None:
    needs(library)
    for optimizer in OPTIMIZERS:
        scene, runner = race(optimizer, steps=40)
        moved = {k: v for k, v in elsewhere(optimizer).items() if k not in OPTIMIZERS[optimizer].unspelled(library)}
        with contextlib.suppress(ExportError):
            check(scene, replace(runner, hypers={**runner.hypers, **moved, "lr": runner.hypers["lr"]}), library)


@pytest.mark.parametrize(
    "optimizer", [key for key, o in OPTIMIZERS.items() if o.optax and "weight_decay" in o.defaults]
)
def test_optax_decays_weights_whether_its_method_knows_how_or_not(optimizer: str) -> None:
    needs("optax")
    record = OPTIMIZERS[optimizer]
    assert "weight_decay" not in record.unspelled("optax")
    few = ("", FALLING, WATCHING)
    for dialect, decay, schedules in (("optax", 0.1, ("", *SCHEDULES)), (OURS, 0.1, few), ("optax", 0.0, few)):
        for i, schedule in enumerate(schedules):
            scene, runner = race(
                optimizer, PLACES[i % 3], schedule, warmup=0 if schedule == WATCHING else 7 * (i % 2), dialect=dialect
            )
            runner = runner.with_hyper("weight_decay", decay)
            scene = replace(scene, steps=40, runners=(runner,))
            program = ""
            with contextlib.suppress(ExportError):
                program = check(scene, runner, "optax")
            if not program:  # for the rule's sake or the schedule's, never for the decay's
                assert "weight_decay" not in refusal(scene, runner, "optax").en
                assert "optax" in record.differs or schedule == WATCHING
                continue
            asked = program.split("\noptimizer = ")[1].split("\nupdate = ")[0]
            assert ("add_decayed_weights(0.1)" in asked or "weight_decay=0.1" in asked) == bool(decay)
            whole = record.optax.count("optax.chain(") < 2  # else it is made of parts, with decay or without
            assert decay or not whole or "chain" not in asked.partition("\n")[0]


# --- adding a library is adding one file -----------------------------------------------------------------

ROOT = Path(__file__).parent.parent

FIFTH = '''"""Plain Python, which has one optimizer."""

from core.export.asking import made, spelling
from core.export.library import Library
from core.export.page import Page


def program(task):
    page = Page(task)
    page.define("def descent(rate):", "    return lambda slope: -rate * slope")
    page.settings()
    page.add("point = np.array(start)", *made(task, spelling(task), "lr"))
    page.loop("point", page.gradient_at("path[-1]"), "point = point + optimizer(g)")
    return page.text()


LIBRARY = Library(program, name="Plain Python", order=5, optimizers={"SMOOTH": "descent({lr})"})
'''

ALONE = '''"""A method that sees both coordinates, and nothing around them."""

from core.spec import Optimizer, Paper, Text, rate


def update(p, g, t, here, lr):
    (x, y), (gx, gy) = p, g
    length = (gx * gx + gy * gy) ** 0.5
    return ((x - lr * gx / (length + 1.0), y - lr * gy / (length + 1.0)),)


OPTIMIZER = Optimizer(
    update,
    name="Alone",
    family="gradient",
    hypers=(rate(0.01),),
    latex="x",
    paper=Paper("nobody", "nothing", 2000, "https://example.org"),
    about=Text("It asks nothing.", "아무것도 묻지 않는다."),
)
'''

UNASKED = """
import numpy as np
from core import Runner, Scene, export_code
runner = Runner("alone", {"lr": 0.2})
scene, names = Scene(steps=30, runners=(runner,)), {}
exec(export_code(scene, runner, "numpy"), names)
assert np.abs(names["path"] - scene.run(runner).x).max() < 1e-12
"""

ASKING = """
import numpy as np
from core import Runner, Scene, export_code
runner = Runner("asking", {"lr": 0.2})
scene, names = Scene(steps=30, runners=(runner,)), {}
exec(export_code(scene, runner, "numpy"), names)
assert np.abs(names["path"] - scene.run(runner).x).max() < 1e-12
"""

CONDITIONS = (
    ALONE.replace("both coordinates, and nothing around them", "one coordinate, and asks what it is")
    .replace(
        """def update(p, g, t, here, lr):
    (x, y), (gx, gy) = p, g
    length = (gx * gx + gy * gy) ** 0.5
    return ((x - lr * gx / (length + 1.0), y - lr * gy / (length + 1.0)),)
""",
        """def update(x, g, t, m, lr):
    m *= 0.5
    if g > 1.0:
        m += 1.0
    else:
        m += g
    x -= lr * m
    return x, m
""",
    )
    .replace("Alone", "Asking")
)

USED = """
import numpy as np
from core import LIBRARIES, ExportError, Runner, Scene, export_code
assert list(LIBRARIES)[4:] == ["fifth"] and LIBRARIES["fifth"] == "Plain Python", LIBRARIES
runner = Runner("SMOOTH", {"lr": 0.2})
scene = Scene(steps=30, runners=(runner,))
program, names = export_code(scene, runner, "fifth"), {}
exec(program, names)
assert "with Plain Python. Made by" in program and np.abs(names["path"] - scene.run(runner).x).max() < 1e-12
for hypers, reason in ({"weight_decay": 0.1}, "weight_decay is 0 there and 0.1 here"), ({}, "Plain Python has no OTHER."):
    try:
        export_code(scene, Runner("SMOOTH" if hypers else "OTHER_KEY", hypers), "fifth")
    except ExportError as fault:
        assert reason in str(fault), fault
    else:
        raise AssertionError(reason)
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of core: each test has one file in it that is new, and finds compiled what the one before has compiled."""
    return copied(tmp_path_factory.mktemp("copy"))


def in_a_copy(folder: Path, file: str, text: str, code: str) -> None:
    """Run code beside a copy of core in which one file is new."""
    new = folder / "core" / file
    new.write_text(text, encoding="utf-8")
    done = python("-c", code, folder=folder)
    new.unlink()
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_fifth_library_is_one_file(copy: Path) -> None:
    other = next(key for key in OPTIMIZERS if key != SMOOTH)
    code = USED.replace("SMOOTH", SMOOTH).replace("OTHER_KEY", other).replace("OTHER", OPTIMIZERS[other].name)
    in_a_copy(copy, "export/libraries/fifth.py", FIFTH.replace("SMOOTH", SMOOTH), code)


@pytest.mark.slow
def test_a_plane_method_that_asks_nothing_has_its_program(copy: Path) -> None:
    in_a_copy(copy, "optimizers/alone.py", ALONE, UNASKED)


@pytest.mark.slow
def test_an_update_with_conditions_has_its_program(copy: Path) -> None:
    in_a_copy(copy, "optimizers/asking.py", CONDITIONS, ASKING)


def test_one_library_never_imports_another() -> None:
    for file in (ROOT / "core" / "export" / "libraries").glob("[!_]*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert not str(node.module).startswith("core.export.libraries"), file
