"""Our paths and learning rates beside those of real libraries, as tests/reference/make.py stored them."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from reference.make import (
    AT,
    EACH,
    LENGTH,
    LIBRARIES,
    LR,
    NUDGE,
    SAME,
    STEADY,
    STEPS,
    VISIBLE,
    apart,
    joins,
    momenta,
    repeated,
    schedulable,
    shaken,
    shares,
)

from core.engine.descend import descend
from core.optimizers import OPTIMIZERS
from core.schedules import SCHEDULES
from core.spec import Optimizer, Schedule
from core.spec.spelling import template

FILES = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "reference").glob("*.json"))
}
STALE = "the stored runs are out of date; with the reference extra installed, refresh them: pytest --refresh-reference"

each_library = pytest.mark.parametrize("library", [kind.name for kind in LIBRARIES])
each_optimizer = pytest.mark.parametrize(
    ("library", "optimizer"),
    [
        pytest.param(kind, o, id=f"{kind.name}-{o.key}")
        for kind in LIBRARIES
        for o in OPTIMIZERS.values()
        if getattr(o, kind.name)
    ],
)
each_schedule = pytest.mark.parametrize(
    ("library", "schedule"),
    [
        pytest.param(kind, s, id=f"{kind.name}-{s.key}")
        for kind in LIBRARIES
        for s in SCHEDULES.values()
        if kind.schedules == kind.name and getattr(s.spoken(kind.name), kind.name)
    ],
)


def of(library: str, key: str, kind: str = "runs") -> list[dict]:
    """The stored runs of an optimizer, or the stored rates or quirks of a schedule."""
    assert library in FILES, f"tests/reference/{library}.json is missing; {STALE}"
    return [entry for entry in FILES[library][kind] if entry["optimizer" if kind == "runs" else "schedule"] == key]


def spelled(library: str, record: Optimizer | Schedule) -> str:
    """How a library is asked for something, if it has it."""
    return getattr(record, library, "") or (library in record.dialects and record.dialects[library].spelling)


def title(library: str, run: dict) -> str:
    words = [library, run["optimizer"], run.get("dialect", ""), run["surface"], run.get("schedule", "")]
    return "-".join(word for word in words if word) + f" at {run['hypers']} {run.get('schedule_hypers', '')}"


def difference(run: dict, dialect: str = "") -> float:
    """Between a stored run and ours, as a share of the path's size."""
    return apart(repeated(run, dialect=dialect).x[list(AT)], run["x"])


def rates_differ(entry: dict, dialect: str = "") -> np.ndarray:
    """Between stored rates and ours, as a share of lr."""
    return np.abs(LR * shares(entry, dialect) - entry["lr"]) / LR


# --- paths ---------------------------------------------------------------------------------------------------------


@each_optimizer
def test_it_does_what_the_library_does(library: type, optimizer: Optimizer) -> None:
    for run in of(library.name, optimizer.key):
        gap = difference(run)
        if run["same"]:
            assert gap <= SAME, (
                f"{title(library.name, run)}: {gap:.1e} from {FILES[library.name]['library']}, where {SAME:g} of the "
                f"path's size would be rounding. If formula, surface and rates are meant to be so, {STALE}"
            )
        else:
            assert gap >= VISIBLE, (
                f"{title(library.name, run)}: {gap:.1e} is no visible difference, but one was stored. {STALE}"
            )


@each_optimizer
def test_no_run_magnifies_rounding_errors(library: type, optimizer: Optimizer) -> None:
    """Else agreement would be luck, and a difference would say nothing about the rule."""
    for run in of(library.name, optimizer.key):
        assert run["shaken"] <= STEADY, title(library.name, run)
        # Ten times what was stored, for a machine whose sine is rounded otherwise.
        assert shaken(run) <= 10 * max(run["shaken"], NUDGE), title(library.name, run)


@each_optimizer
def test_a_difference_is_admitted_in_the_record(library: type, optimizer: Optimizer) -> None:
    for run in of(library.name, optimizer.key):
        records = [SCHEDULES[run["schedule"]]] if "schedule" in run else []
        records += [optimizer] * ("dialect" not in run)  # in its own dialect, we do what it does
        assert run["same"] or any(library.name in record.differs for record in records), (
            f"{title(library.name, run)}: the library does something else, and no `differs` says so"
        )


@each_optimizer
def test_it_was_run_for_long_on_many_surfaces(library: type, optimizer: Optimizer) -> None:
    name = library.name
    runs = of(name, optimizer.key)
    for dialect in {"", name} & {"", *optimizer.dialects}:
        plain = {r["surface"] for r in runs if "schedule" not in r and r.get("dialect", "") == dialect}
        assert len(plain) >= EACH, f"{optimizer.name} in {dialect or 'our form'}: {STALE}"
    assert {run["steps"] for run in runs} == {STEPS}
    assert STEPS >= 500
    assert EACH >= 6
    assert {len(run["x"]) for run in runs} == {len(AT)}, STALE
    assert all(set(run["hypers"]) == set(optimizer.defaults) for run in runs), STALE


@each_optimizer
def test_it_was_run_under_every_schedule(library: type, optimizer: Optimizer) -> None:
    """In the dialect of the library where there is one."""
    name = library.name
    dialect = name if name in optimizer.dialects else ""
    runs = [r for r in of(name, optimizer.key) if "schedule" in r and r.get("dialect", "") == dialect]
    if not schedulable(optimizer, library):
        assert not runs
        return
    plans = [s.spoken(dialect or "pytorch") for s in SCHEDULES.values()]
    wanted = {plan.key for plan in plans if getattr(plan, library.schedules) and joins(optimizer, plan)}
    assert {run["schedule"] for run in runs} == wanted, f"{optimizer.name}: {STALE}"
    for key in wanted:
        surfaces = {run["surface"] for run in runs if run["schedule"] == key}
        assert len(surfaces) >= EACH, f"{optimizer.name} under {key}: {STALE}"
        told = {name for run in runs if run["schedule"] == key for name in run["schedule_hypers"]}
        assert set(SCHEDULES[key].defaults) <= told, f"{optimizer.name} under {key}, with all that it takes: {STALE}"
    for run in runs:
        plan = SCHEDULES[run["schedule"]]
        told = set(run["schedule_hypers"]) - {"warmup_steps"}
        assert {h.name for h in plan.hypers if not h.nth} <= told <= set(plan.defaults), STALE
        ours = repeated(run)
        assert len(set(ours.lr)) > 1, f"{title(name, run)}: the rate never changes"


# --- rates ---------------------------------------------------------------------------------------------------------


@each_schedule
def test_rates_are_those_of_the_library(library: type, schedule: Schedule) -> None:
    entries = of(library.name, schedule.key, "rates")
    assert entries, STALE
    for entry in entries:
        gap = rates_differ(entry)
        told = {"same": gap[:LENGTH].max()} | ({"beyond": gap[LENGTH:].max()} if "beyond" in entry else {})
        for part, largest in told.items():
            admitted = entry[part] or library.name in schedule.differs
            assert admitted, f"{schedule.name.en}: {library.name} differs, and no `differs` says so"
            assert largest <= SAME if entry[part] else largest >= VISIBLE, f"{entry}: {largest:.1e}. {STALE}"


@each_schedule
def test_the_momentum_beside_the_rates_is_that_of_the_library(library: type, schedule: Schedule) -> None:
    stored = of(library.name, schedule.key, "rates")
    told = [entry for entry in stored if "momentum" in entry]
    moved = [entry for entry in stored if entry["schedule_hypers"].get("cycle_momentum")]
    assert told == (moved if library.name == "pytorch" else []), STALE
    assert len(told) >= 4 * (library.name == "pytorch" and schedule.momentum is not None), STALE
    for entry in told:
        assert np.abs(momenta(entry) - entry["momentum"]).max() <= SAME


@each_schedule
def test_in_its_own_dialect_every_rate_is_the_same(library: type, schedule: Schedule) -> None:
    own = [e for e in of(library.name, schedule.key, "rates") if e["dialect"] == library.name != "pytorch"]
    assert all(entry["same"] for entry in own)
    assert bool([e for e in own if "warmup_steps" not in e["schedule_hypers"]]) == (library.name in schedule.dialects)


def test_warm_up_is_pytorchs_sequence_of_linear_and_schedule() -> None:
    warmed = {e["schedule"] for e in FILES["pytorch"]["rates"] if "warmup_steps" in e["schedule_hypers"] and e["same"]}
    plans = [s for s in SCHEDULES.values() if s.pytorch and not s.watches_loss]
    # What begins below lr is warmed up only where PyTorch takes that for its first rate.
    assert {s.key for s in plans if s.factor(0.0, 100.0, *s.defaults.values()) == 1} < warmed <= {s.key for s in plans}


@pytest.mark.parametrize("library", ["keras", "optax"])
def test_warm_up_of_the_others_begins_at_zero(library: str) -> None:
    warmed = [e for e in FILES[library]["rates"] if "warmup_steps" in e["schedule_hypers"]]
    assert warmed
    for entry in warmed:
        assert entry["lr"][0] == 0 < entry["lr"][1]
        assert rates_differ(entry).max() <= SAME
        assert rates_differ(entry, "pytorch").max() >= VISIBLE


@pytest.mark.parametrize("dialect", ["pytorch", "keras"])
def test_without_momentum_there_is_no_velocity_to_dampen(dialect: str) -> None:
    """PyTorch's SGD looks at `dampening` only if there is a momentum: 20 steps down the bowl in closed form."""
    hypers = {"lr": 0.3, "momentum": 0.0, "dampening": 0.5}
    run = descend("bowl", "momentum", start=(-7.0, 2.0), steps=20, hypers=hypers, dialect=dialect)
    shrinks = (1 - 0.3 * np.array([1 / 10, 2.0])) ** np.arange(21)[:, None]
    assert np.allclose(run.x, np.array([-7.0, 2.0]) * shrinks, rtol=1e-13, atol=0)


# --- what the records say of other sources -------------------------------------------------------------------------


def seen(library: str, record: Optimizer | Schedule) -> Iterator[bool]:
    """Whether something stored shows that a library differs from the record's own form."""
    defaults = FILES[library]["defaults"].get(record.key, {})
    yield any(defaults[name] != record.defaults[name] for name in defaults)
    if isinstance(record, Optimizer):
        yield from (difference(run, "pytorch") >= VISIBLE for run in of(library, record.key))
    else:
        yield from (run["same"] is False for run in of(library, record.key, "quirks"))
        yield from (rates_differ(entry, "pytorch").max() >= VISIBLE for entry in of(library, record.key, "rates"))


@each_library
def test_what_a_record_says_differs_was_seen(library: str) -> None:
    for record in (*OPTIMIZERS.values(), *SCHEDULES.values()):
        if library in record.differs and spelled(library, record):
            assert any(seen(library, record)), f"{record.key}: nothing shows what differs in {library}"


@each_library
def test_quirks_are_seen_in_the_path(library: str) -> None:
    for run in FILES[library]["quirks"]:
        assert not run["same"]
        assert difference(run) >= VISIBLE, f"{run['asked']}: {STALE}"
        assert library in SCHEDULES[run["schedule"]].differs


@each_optimizer
def test_a_dialect_has_the_defaults_of_the_library(library: type, optimizer: Optimizer) -> None:
    if library.name not in optimizer.dialects:
        return
    ours = optimizer.spoken(library.name).defaults
    most = {h.name: h.high for h in optimizer.hypers}
    for name, theirs in FILES[library.name]["defaults"][optimizer.key].items():
        switch = (
            optimizer.family == "momentum" and name == "momentum"
        )  # at its default of 0, it would be another method
        whole = most[name] == ours[name] < theirs  # more than there is room for on a plane
        assert theirs == ours[name] or (switch and theirs == 0) or whole, f"{optimizer.name}, {name}: {theirs} there"


@each_schedule
def test_a_schedules_dialect_has_the_defaults_of_the_library(library: type, schedule: Schedule) -> None:
    if library.name != "pytorch":
        ours = schedule.spoken(library.name).defaults
        assert FILES[library.name]["defaults"].get(schedule.key, {}).items() <= ours.items()


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=list(OPTIMIZERS))
def test_we_speak_the_dialect_of_every_library_that_has_the_method(optimizer: Optimizer) -> None:
    spelled = {library for library in ("keras", "optax") if getattr(optimizer, library)}
    assert spelled == set(optimizer.dialects) & {"keras", "optax"}


@each_library
def test_every_spelling_was_run_and_none_is_left_of_something_gone(library: str) -> None:
    records = {**OPTIMIZERS, **(SCHEDULES if library != "pytorch_optimizer" else {})}
    asked = {key: template(getattr(record, library), record.defaults) for key, record in records.items()}
    spelling = {key: words for key, words in asked.items() if words}
    assert FILES[library]["spelling"] == spelling, STALE
    spoken = {key: r for key, r in records.items() if library in r.dialects}
    own = {key: template(r.dialects[library].spelling, r.defaults) for key, r in spoken.items()}
    assert FILES[library]["dialect"] == {key: words for key, words in own.items() if words}, STALE
    assert FILES[library]["at"] == list(AT), STALE


# --- the book's schedules ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("T", [30, 100, 157, 500])
def test_one_cycle_of_the_book(T: int) -> None:
    """A. Géron, chapter 11: `OneCycleScheduler`, told in our own words."""
    plan = SCHEDULES["onecycle"].spoken("book")
    last = T // 10 + 1
    half = (T - last) // 2
    expected = np.interp(range(T), [0, half, 2 * half, T], [1 / 10, 1.0, 1 / 10, 1 / 10 / 1000])
    assert np.allclose(plan.factor(np.arange(float(T)), float(T), **plan.defaults), expected, rtol=1e-12)


def test_the_performance_schedule_of_the_book_is_keras_at_half_and_five() -> None:
    plan = SCHEDULES["plateau"].spoken("book")
    assert plan.defaults == SCHEDULES["plateau"].defaults | {"reduction": 0.5, "patience": 5}
    assert plan.factor is SCHEDULES["plateau"].spoken("keras").factor
