"""Run the real libraries, spelled as the records spell them, and keep what they did in one JSON file per library.

    pytest --refresh-reference

Every library is given our own gradient in float64, so that only update rules and schedules are compared. A run lasts
`STEPS` updates, at a rate at which it does not magnify rounding errors: with a few bits changed in its start, in its
rate or in every gradient, it stays where it is. Whether a library does the `same` as we do is measured here;
tests/test_reference.py admits a difference only where the record's `differs` does, and none at all from the record's
dialect of that library.

A file holds, beside the spellings that were run:
    runs     points of paths, at the steps `at`
    defaults what the library takes for the hyperparameters
    quirks   the same of schedules that are asked for in another way than the record's, to show what `differs` says
    rates    what a schedule makes of `LR`, update by update, to beyond the end of the run; and of the momentum
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import itertools
import json
import math
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from core.engine.descend import Run, descend  # noqa: E402
from core.optimizers import OPTIMIZERS  # noqa: E402
from core.schedules import SCHEDULES  # noqa: E402
from core.schedules._warmup import factors  # noqa: E402
from core.spec import Hyper, Optimizer, Schedule, Special, Surface, telling  # noqa: E402
from core.spec.special import asked_at  # noqa: E402
from core.spec.spelling import template  # noqa: E402
from core.surfaces import SURFACES  # noqa: E402

NEEDS = ("torch", "keras", "optax", "jax", "pytorch_optimizer")
STEPS = 500
AT = (0, 1, 2, 5, 10, 50, 100, 200, 350, 500)  # points that are kept
EACH = 6  # surfaces that one optimizer is run on
WARMUP = 25
SHARES = (1.0, 0.3, 0.1, 0.03, 0.01)  # of the surface's own rate, until one is found at which a run is steady
MOVED = 0.02  # share of the map that a run has to cross: one that stands still tells nothing
NUDGE = 1e-15  # a few bits: by how much start, rate and gradients of a twin differ
STEADY = 1e-13  # a run is kept where its nudged twins stay closer than this, as a share of the path's size
SAME = 1e-12  # the largest difference that is rounding, as a share of the path's size
VISIBLE = 1e-9  # the smallest that is not
LENGTH, BEYOND, LR = 120, 15, 0.5  # of a run of which the rates are kept

# Schedules that are asked for as somebody would who does not know what the record's `differs` says.
QUIRKS = {
    "pytorch": {
        "cosine_restarts": "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0={cycle}, "
        "eta_min={floor} * {lr})",
        "cyclic": "torch.optim.lr_scheduler.CyclicLR(optimizer, base_lr={floor} * {lr}, max_lr={lr}, "
        "step_size_up={up}, step_size_down={down})",
        "linear": "torch.optim.lr_scheduler.LinearLR(optimizer)",
        "onecycle": "torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr={lr}, total_steps={T}, pct_start={peak}, "
        "div_factor={div}, final_div_factor={final_div})",
        "polynomial": "torch.optim.lr_scheduler.PolynomialLR(optimizer, total_iters={T}, power={c})",
    },
    "keras": {
        "polynomial": "keras.optimizers.schedules.PolynomialDecay({lr}, decay_steps={T}, power={c})",
    },
}


# --- our side ------------------------------------------------------------------------------------------------------


def repeated(run: dict[str, Any], dialect: str = "", pace: float = 1.0, **changes: Any) -> Run:
    """What a stored run is a run of, run by ourselves. pace: a factor of lr. changes: other arguments of `descend`."""
    dialect = dialect or run.get("dialect", "pytorch")
    usual = {
        "start": run["x"][0],
        "steps": run["steps"],
        "hypers": {**run["hypers"], "lr": run["hypers"]["lr"] * pace},
        "schedule": run.get("schedule"),
        "schedule_hypers": run.get("schedule_hypers"),
        "dialect": dialect,
    }
    return descend(run["surface"], run["optimizer"], **{**usual, **changes})


def apart(ours: Any, theirs: Any) -> float:
    """Largest difference as a share of what is compared; inf where a number is lost."""
    gap = np.abs(np.asarray(ours) - theirs).max() / np.abs(theirs).max()
    return float(gap) if np.isfinite(gap) else np.inf


def shaken(run: dict[str, Any]) -> float:
    """How far our run comes from itself when start, rate or every gradient are changed in their last bits."""
    start = np.array(run["x"][0])
    beside = np.array([(0, 0), (1, 1), (1, -1), (-1, 1), (-1, -1), (0, 0), (0, 0)])
    starts = start + beside * NUDGE * np.maximum(np.abs(start), 1.0)
    path, *twins = repeated(run, start=starts, noise=[0.0] * 5 + [NUDGE] * 2, seed=np.arange(len(starts))).x
    twins += [repeated(run, pace=1 + NUDGE).x, repeated(run, pace=1 - NUDGE).x]
    return apart(twins, path)


def shares(entry: dict[str, Any], dialect: str = "") -> np.ndarray:
    """Our factors of what a stored list of rates is one of."""
    plan = SCHEDULES[entry["schedule"]].spoken(dialect or entry["dialect"])
    hypers, count = entry["schedule_hypers"], len(entry["lr"])
    if "warmup_steps" in hypers:
        return factors(plan, LENGTH, hypers)[:count]
    own = [hypers[h.name] for h in telling(plan.hypers, hypers)]
    if not plan.watches_loss:
        return np.asarray(plan.factor(np.arange(float(count)), float(LENGTH), *own))
    state, found = [plan.initial.get(name, 0.0) for name in plan.state], []
    for t, loss in enumerate(losses(entry["below"])):
        share, *state = plan.factor(float(t), float(LENGTH), loss, *state, *own)
        found.append(share)
    return np.array(found)


def losses(below: bool) -> list[float]:
    """What a schedule that watches the loss is shown: a fall, a creeping, a rest, and the same `below` zero."""
    fall, creep = 10 * 0.8 ** np.arange(40.0), 2e-3 * 0.98 ** np.arange(30.0)
    shown = np.concatenate([fall, creep, np.full(LENGTH - 70, creep[-1])])
    return [float(loss) for loss in (shown - 5 if below else shown)]


# --- the libraries -------------------------------------------------------------------------------------------------


class Library:
    """A library that runs optimizers and schedules, spelled out.

    name: the field of the records that spells optimizers; schedules: the one that spells schedules.
    """

    name: str
    schedules: str
    package: str
    modules: dict[str, Any]  # what spellings are evaluated with

    def defaults(self, record: Optimizer | Schedule) -> dict[str, float]:
        """What the library takes for a record's hyperparameters where it is not told, as far as it has a number."""
        spelling = asked_at(record, self.name, record.defaults)
        bare = spelling.replace("{{", "{").replace("}}", "}")
        asked = ast.parse(re.sub(r"\{(\w+)\}", r"\1", bare), mode="eval").body
        assert isinstance(asked, ast.Call)
        found: dict[str, Any] = {}
        for call in asked.args if ast.unparse(asked.func) == "optax.chain" else [asked]:
            assert isinstance(call, ast.Call)
            taken = inspect.signature(eval(ast.unparse(call.func), self.modules)).parameters
            for name, value in (*zip(taken, call.args, strict=False), *((k.arg, k.value) for k in call.keywords)):
                default = taken[str(name)].default
                if isinstance(value, ast.Name):
                    found[value.id] = default
                elif isinstance(value, ast.Tuple) and isinstance(default, tuple):
                    found |= {
                        part.id: own
                        for part, own in zip(value.elts, default, strict=True)
                        if isinstance(part, ast.Name)
                    }
        return {name: float(found[name]) for name in record.defaults if isinstance(found.get(name), (int, float))}

    def run(
        self, optimizer: str, schedule: str, surface: Surface, warmup: int = 0, autograd: bool = False
    ) -> list[list[float]]:
        """Points of the path, the start first. In `optimizer` the name `schedule` stands for what `schedule` spells."""
        raise NotImplementedError

    def rates(self, schedule: str, count: int, warmup: int = 0, shown: list[float] | None = None) -> list[float]:
        """The learning rate of every update, as far as the library knows one. shown: the losses, where it watches them."""
        raise NotImplementedError

    def warms(self, schedule: Schedule) -> bool:
        """Whether the library can put a warm-up before a schedule."""
        return not schedule.watches_loss


class PyTorch(Library):
    name, schedules, package = "pytorch", "pytorch", "torch"

    def __init__(self) -> None:
        import torch

        torch.set_default_dtype(torch.float64)  # NAdam keeps its product of momenta in the default type
        self.torch = torch
        self.modules = {"torch": torch, "math": math}

    def run(
        self, optimizer: str, schedule: str, surface: Surface, warmup: int = 0, autograd: bool = False
    ) -> list[list[float]]:
        torch = self.torch
        point = torch.tensor(surface.start, requires_grad=True)
        rule = eval(optimizer, {**self.modules, "params": [point]})
        plan = self.planned(rule, schedule, warmup)
        path = [point.tolist()]
        for _ in range(STEPS):
            if autograd:
                rule.zero_grad()
                surface.value(*point).backward()
            else:
                point.grad = torch.tensor(surface.gradient(*path[-1]))
            rule.step(lambda at=path[-1]: surface.value(*np.array(at)))  # L-BFGS asks for the loss as well
            if isinstance(plan, torch.optim.lr_scheduler.ReduceLROnPlateau):
                plan.step(surface.value(*path[-1]))
            elif plan:
                plan.step()
            path.append(point.tolist())
        return path

    def planned(self, rule: Any, schedule: str, warmup: int) -> Any:
        """The scheduler of an optimizer, after a climb where there is a warm-up."""
        kinds = self.torch.optim.lr_scheduler
        plan = eval(schedule, {**self.modules, "optimizer": rule}) if schedule else None
        if not warmup:
            return plan
        rule.param_groups[0]["lr"] = rule.param_groups[0]["initial_lr"]
        climb = kinds.LinearLR(rule, start_factor=1 / (warmup + 1), total_iters=warmup)
        return kinds.SequentialLR(rule, [climb, plan], milestones=[warmup])

    def rates(self, schedule: str, count: int, warmup: int = 0, shown: list[float] | None = None) -> list[float]:
        rule = self.plainest()
        plan = self.planned(rule, schedule, warmup)
        found = []
        self.momenta: list[float] = []
        for t in range(count):
            found.append(float(rule.param_groups[0]["lr"]))
            self.momenta.append(float(rule.param_groups[0]["momentum"]))
            rule.step()
            try:
                plan.step(*([shown[t]] if shown else []))
            except ValueError:  # past the end there is none
                break
        return found

    def plainest(self) -> Any:
        """An optimizer of nothing, to be scheduled."""
        return self.torch.optim.SGD([self.torch.zeros(1, requires_grad=True)], lr=LR)

    def warms(self, schedule: Schedule) -> bool:
        """A warm-up climbs to what PyTorch takes for the first rate: not to a share of it that a schedule begins with."""
        if not super().warms(schedule):
            return False
        rule, own = self.plainest(), schedule.defaults
        asked = schedule.asked(self.schedules, own)
        self.planned(rule, spelled(asked, schedule.hypers, {"lr": LR, "T": LENGTH, **own}), 0)
        return bool(
            np.isclose(rule.param_groups[0]["initial_lr"], LR * schedule.factor(0.0, float(LENGTH), *own.values()))
        )

    def differentiates(self, surface: Surface) -> bool:
        """Whether the surface is written in plain arithmetic, which autograd can follow."""
        try:
            surface.value(*self.torch.tensor(surface.start, requires_grad=True))
        except (RuntimeError, TypeError):
            return False
        return True


class PyTorchOptimizer(PyTorch):
    name, package = "pytorch_optimizer", "pytorch-optimizer"

    def __init__(self) -> None:
        super().__init__()
        import pytorch_optimizer

        self.modules["pytorch_optimizer"] = pytorch_optimizer

    def differentiates(self, surface: Surface) -> bool:
        return False  # once is enough


class Keras(Library):
    name, schedules, package = "keras", "keras", "keras"

    def __init__(self) -> None:
        os.environ["KERAS_BACKEND"] = "torch"  # on JAX, its cosine is rounded to float32
        import keras

        keras.config.set_floatx("float64")
        self.keras, self.modules = keras, {"keras": keras, "np": np}

    def run(
        self, optimizer: str, schedule: str, surface: Surface, warmup: int = 0, autograd: bool = False
    ) -> list[list[float]]:
        keras = self.keras
        plan = self.planned(schedule, warmup) if schedule else None
        rule = eval(optimizer, {**self.modules, "schedule": plan})
        point = keras.Variable(np.array(surface.start), dtype="float64")
        rule.build([point])
        watches = self.begun(plan, rule)
        path = [list(surface.start)]
        for t in range(STEPS):
            rule.apply([keras.ops.convert_to_tensor(np.array(surface.gradient(*path[-1])))], [point])
            if watches:
                plan.on_epoch_end(t, {"loss": surface.value(*path[-1])})
            path.append(keras.ops.convert_to_numpy(point).tolist())
        return path

    def planned(self, schedule: str, warmup: int) -> Any:
        """The schedule, begun with the climb that it has itself."""
        plan = eval(schedule, self.modules)
        if not warmup:
            return plan
        own = plan.get_config()
        climb = {"initial_learning_rate": 0.0, "warmup_target": own["initial_learning_rate"], "warmup_steps": warmup}
        return type(plan).from_config({**own, **climb})

    def begun(self, plan: Any, rule: Any) -> bool:
        """Whether a plan is a callback; if so, it has been told whom to watch."""
        if not isinstance(plan, self.keras.callbacks.Callback):
            return False
        plan.set_model(SimpleNamespace(optimizer=rule))
        plan.on_train_begin()
        return True

    def rates(self, schedule: str, count: int, warmup: int = 0, shown: list[float] | None = None) -> list[float]:
        plan = self.planned(schedule, warmup)
        if not shown:
            return [float(plan(t)) for t in range(count)]
        rule = self.keras.optimizers.SGD(learning_rate=LR)
        self.begun(plan, rule)
        found = []
        for t, loss in enumerate(shown):
            found.append(float(rule.learning_rate))
            plan.on_epoch_end(t, {"loss": loss})
        return found

    def warms(self, schedule: Schedule) -> bool:
        numbers = {"lr": LR, "T": LENGTH, **schedule.defaults}
        return (
            super().warms(schedule)
            and "warmup_steps"
            in self.planned(spelled(schedule.asked(self.schedules, numbers), schedule.hypers, numbers), 0).get_config()
        )


class Optax(Library):
    name, schedules, package = "optax", "optax", "optax"

    def __init__(self) -> None:
        import jax
        import optax

        jax.config.update("jax_enable_x64", True)
        self.jax, self.optax, self.modules = jax, optax, {"optax": optax}

    def run(
        self, optimizer: str, schedule: str, surface: Surface, warmup: int = 0, autograd: bool = False
    ) -> list[list[float]]:
        plan = self.planned(schedule, warmup) if schedule else None
        rule = eval(optimizer, {**self.modules, "schedule": plan})
        if isinstance(plan, self.optax.GradientTransformationExtraArgs):
            rule = self.optax.chain(rule, plan)
        asked = inspect.signature(rule.update).parameters
        watches = any(asks.kind is asks.VAR_KEYWORD for asks in asked.values())
        around = {"grad_fn": lambda p, _: self.slope_at(surface, p)} if "grad_fn" in asked else {}
        update = self.jax.jit(lambda g, state, point, **value: rule.update(g, state, point, **value, **around))
        point = np.array(surface.start)
        state = rule.init(point)
        path = [list(surface.start)]
        for _ in range(STEPS):
            with np.errstate(all="ignore"):  # a path may differ from ours by leaving for good
                value = {"value": surface.value(*np.array(path[-1]))} if watches else {}
            change, state = update(np.array(surface.gradient(*path[-1])), state, point, **value)
            point = point + np.asarray(change)  # which optax.apply_updates does, more slowly
            path.append(point.tolist())
        return path

    def slope_at(self, surface: Surface, point: Any) -> Any:
        """The gradient at a point that only the library knows."""
        return self.jax.pure_callback(lambda p: np.array(surface.gradient(*p)), point, point)

    def planned(self, schedule: str, warmup: int) -> Any:
        """The schedule, after a climb where there is a warm-up; or what watches the loss."""
        plan = eval(schedule, self.modules)
        if isinstance(plan, self.optax.GradientTransformationExtraArgs):
            return plan
        if warmup:
            climb = self.optax.linear_schedule(0.0, float(plan(0)), warmup)
            plan = self.optax.join_schedules([climb, plan], [warmup])
        return lambda count: plan(count * np.float64(1))  # optax counts in int32, and would go on in float32

    def rates(self, schedule: str, count: int, warmup: int = 0, shown: list[float] | None = None) -> list[float]:
        plan = self.planned(schedule, warmup)
        if not shown:
            return self.jax.jit(self.jax.vmap(plan))(np.arange(float(count))).tolist()
        one, update, found = np.ones(1), self.jax.jit(plan.update), []
        state = plan.init(one)
        for loss in shown:
            change, state = update(LR * one, state, value=loss)
            found.append(float(change[0]))
        return found


LIBRARIES = (PyTorch, PyTorchOptimizer, Keras, Optax)


# --- what is run ---------------------------------------------------------------------------------------------------


def elsewhere(hyper: Hyper) -> float:
    """A value away from the default, so that an argument that is not passed on is noticed, and a small ε too."""
    if hyper.integer:
        return float(max(hyper.low, hyper.default // 2) if hyper.default else hyper.high)
    if hyper.scale == "one_minus":
        return round(1 - 2 * (1 - hyper.default), 6) if hyper.default > 0.5 else 0.5
    if hyper.scale == "log":
        return float(f"{(hyper.default * hyper.high**2) ** (1 / 3):.3g}")
    return round(0.75 * hyper.default + 0.25 * (hyper.high if hyper.default < hyper.high else hyper.low), 6)


def schedulable(o: Optimizer, library: type[Library] | Library) -> bool:
    """Whether a library takes a schedule for an optimizer: all but PyTorch refuse where lr is the first step only."""
    if o.plane:  # which none is
        return True
    slow, fast = (o.update(1.0, 1.0, 9.0, *(1.0 for _ in o.state), **(o.defaults | {"lr": lr}))[0] for lr in (1.0, 2.0))
    return library.schedules == PyTorch.schedules or bool(slow != fast)


def joins(o: Optimizer, plan: Schedule) -> bool:
    """Whether a schedule can follow an optimizer: not, where both want to be told more than the gradient."""
    return not (o.plane and plan.watches_loss)


def variants(record: Optimizer | Schedule, library: Library) -> list[dict[str, float]]:
    """The hyperparameters without lr: all that the library has elsewhere, and all at their defaults.

    None of what may come in any number: see `crowd`.
    """
    plain = {h.name: h.default for h in record.hypers if h.name != "lr" and not h.nth}
    fixed = record.unspelled(library.name) if isinstance(record, Optimizer) else ()
    moved = plain | {h.name: elsewhere(h) for h in record.hypers if h.name in plain and h.name not in fixed}
    if isinstance(record, Schedule):
        moved |= {h.name: h.default for h in switches(record)}
        if record.watches_loss:  # at a cut every few steps nothing would soon be left
            moved |= {h.name: 8.0 * h.default if h.default else 9.0 for h in record.hypers if waits(h)}
    return [moved, plain] if moved != plain else [plain]


def waits(hyper: Hyper) -> bool:
    """Whether a hyperparameter counts steps."""
    return hyper.integer and hyper.high > 9


def switches(schedule: Schedule) -> list[Hyper]:
    """The hyperparameters that choose between a few forms of a schedule."""
    return [h for h in schedule.hypers if h.integer and not waits(h)]


def crowd(schedule: Schedule) -> dict[str, float]:
    """What may come in any number, all within the run and each otherwise."""
    more = [h for h in schedule.hypers if h.nth]
    return {h.name: 37 * h.nth % LENGTH + 1.0 if waits(h) else round(1 - 1 / h.nth, 6) for h in more}


def every_form(schedule: Schedule, library: Library) -> Iterator[dict[str, float]]:
    """What a schedule is asked for: with all moved, with all at their defaults, in every form of both, in what the
    library wants to be asked for otherwise, and with as many drops or the like as there may be."""
    forms = [dict(zip((h.name for h in switches(schedule)), chosen, strict=True)) for chosen in itertools.product(
        *(range(int(h.low), int(h.high) + 1) for h in switches(schedule))
    )]  # fmt: skip
    moved = variants(schedule, library)[0]
    found = [own | form for own in variants(schedule, library) for form in forms]
    found += [moved | numbers(special) for special in schedule.special if special.library == library.schedules]
    found += [moved | more] if (more := crowd(schedule)) else []
    seen = []
    for own in ({name: float(value) for name, value in own.items()} for own in found):
        if own not in seen and schedule.asked(library.schedules, own):
            seen.append(own)
            yield own


def numbers(special: Special) -> dict[str, float]:
    """The values of which a library has its own opinion."""
    return {name: value for name, value in special.at.items() if isinstance(value, (int, float))}


def spelled(template: str, hypers: tuple[Hyper, ...], values: dict[str, Any]) -> str:
    """A record's spelling with its numbers. Only whole hyperparameters are written whole: Keras refuses lr=1."""
    whole = {h.name for h in hypers if h.integer}
    return template.format(**{k: int(v) if k in whole else v for k, v in values.items()})


def order(o: Optimizer) -> list[Surface]:
    """Every surface that a library can be run on, the first six of them far apart, and others for another optimizer."""
    plain = [s for s in SURFACES.values() if not s.samples and not s.box]
    apart = -(-len(plain) // EACH)
    begin = list(OPTIMIZERS).index(o.key)
    spread = [plain[(begin + i + k * apart) % len(plain)] for i in range(apart) for k in range(EACH)]
    return list(dict.fromkeys(spread))


def steady(
    o: Optimizer,
    dialect: str,
    own: dict[str, float],
    places: list[Surface],
    plan: Schedule | None = None,
    plan_hypers: dict[str, float] | None = None,
) -> Iterator[dict[str, Any]]:
    """Runs of an optimizer that get somewhere and do not magnify rounding errors, one a surface, yet to be measured."""
    rate = next(h for h in o.hypers if h.name == "lr")
    for s in places:
        for share in SHARES:
            lr = float(f"{s.rate_for(OPTIMIZERS[o.key]) * share:.3g}")
            run: dict[str, Any] = {"optimizer": o.key, "surface": s.key, "steps": STEPS, "hypers": {"lr": lr, **own}}
            if dialect:
                run["dialect"] = dialect
            if plan:
                run |= {"schedule": plan.key, "schedule_hypers": plan_hypers}
            run["x"] = [list(s.start)]
            if rate.admits(lr) and tells(repeated(run), s, plan) and (moved := shaken(run)) <= STEADY:
                yield run | {"shaken": float(f"{moved:.1e}")}
                break


def tells(ours: Run, s: Surface, plan: Schedule | None) -> bool:
    """Whether a run stays on the map and crosses some of it; under a schedule that watches the loss, whether it acts."""
    if ours.outcome == "escaped" or np.abs(ours.x - ours.x[0]).max() < MOVED * s.size:
        return False
    return not (plan and plan.watches_loss) or bool(ours.lr[-1] < ours.lr[0] and ours.loss.min() >= 0)


def measured(
    library: Library, o: Optimizer, run: dict[str, Any], asked: str = "", autograd: bool = False
) -> dict[str, Any]:
    """A run with the library's points, and whether they are ours. asked: another spelling of the schedule."""
    s, hypers = SURFACES[run["surface"]], run["hypers"]
    schedule, values, options = "", hypers, {}
    if "schedule" in run:
        plan = SCHEDULES[run["schedule"]].spoken(run.get("dialect", "pytorch"))
        own = dict(run["schedule_hypers"])
        warmup = int(own.pop("warmup_steps", 0))
        numbers = {"lr": hypers["lr"], "T": STEPS - warmup, **own}
        schedule = spelled(asked or plan.asked(library.schedules, own), plan.hypers, numbers)
        options["warmup"] = warmup
        if not isinstance(library, PyTorch) and not plan.watches_loss:
            values = {**hypers, "lr": "schedule"}
    if autograd:  # a run of its own: the one with our gradient stays as it is
        run, options["autograd"] = run | {"autograd": True}, True
    optimizer = spelled(o.asked(library.name, hypers), o.hypers, {**values, "lowest": float(s.lowest)})
    path = library.run(optimizer, schedule, s, **options)
    points = [path[t] for t in AT]
    return run | {"same": told(apart(repeated(run).x[list(AT)], points)), "x": points}


def told(gap: float) -> bool | None:
    """Whether two are the same; None where they are too close to differ and too far apart to be one."""
    return True if gap <= SAME else False if gap >= VISIBLE else None


def forms(o: Optimizer, library: Library) -> Iterator[tuple[str, Optimizer]]:
    """The record's own form, and the library's where there is a dialect of it."""
    for dialect in ("", library.name) if library.name in o.dialects else ("",):
        yield dialect, o.spoken(dialect) if dialect else o


def runs(library: Library) -> Iterator[dict[str, Any]]:
    """Optimizers at a constant rate, on six surfaces each."""
    for record in OPTIMIZERS.values():
        if not getattr(record, library.name):
            continue
        for dialect, o in forms(record, library):
            for own in variants(o, library):
                found: list[dict[str, Any]] = []
                vague: list[dict[str, Any]] = []  # a difference may be too small to see on a surface
                for run in steady(o, dialect, own, order(o)):
                    run = measured(library, o, run)
                    (vague if run["same"] is None else found).append(run)
                    if len(found) == EACH:
                        break
                different = any(not run["same"] for run in found)
                yield from found if different else [*found, *vague]
                if different:  # a default ε would be too small to show it
                    break
            if isinstance(library, PyTorch):
                followed = [run for run in found if library.differentiates(SURFACES[run["surface"]])]
                yield from (measured(library, o, run, autograd=True) for run in followed)


def scheduled_runs(library: Library) -> Iterator[dict[str, Any]]:
    """Every optimizer under every schedule in the library's dialect, on six surfaces; and glances at what else there is.

    One run of every warm-up, one with as many drops or the like as there may be, and one of our own form where the library
    has another.
    """
    for record in OPTIMIZERS.values():
        if not getattr(record, library.name) or not schedulable(record, library):
            continue
        for dialect, o in forms(record, library):
            plans = [s.spoken(dialect or "pytorch") for s in SCHEDULES.values()]
            plans = [plan for plan in plans if getattr(plan, library.schedules) and joins(o, plan)]
            cases = [(plan, next(own for own in variants(plan, library) if plan.asked(library.schedules, own)), EACH)
                     for plan in plans]  # fmt: skip
            if library.name in record.dialects and not dialect:
                cases = [(*cases[0][:2], 1)]
            else:
                warm = [plan for plan in plans if library.warms(plan)]
                cases += [(plan, {**variants(plan, library)[-1], "warmup_steps": float(WARMUP)}, 1) for plan in warm]
                cases += [(plan, variants(plan, library)[0] | crowd(plan), 1) for plan in plans if crowd(plan)]
            visits: Counter[str] = Counter()
            for plan, plan_hypers, count in cases:
                places = sorted(order(o), key=lambda s: visits[s.key])  # first those that it has seen least of
                found = scheduled_run(library, o, dialect, places, plan, plan_hypers)
                for run in islice(found, count):
                    visits[run["surface"]] += 1
                    yield run


def scheduled_run(
    library: Library,
    o: Optimizer,
    dialect: str,
    places: list[Surface],
    plan: Schedule,
    plan_hypers: dict[str, float],
) -> Iterator[dict[str, Any]]:
    """A run on every surface that tells whether both do the same."""
    met = set()
    for own in variants(o, library):
        for run in steady(o, dialect, own, [s for s in places if s.key not in met], plan, plan_hypers):
            run = measured(library, o, run)
            if run["same"] is not None:
                met.add(run["surface"])
                yield run


def quirks(library: Library) -> Iterator[dict[str, Any]]:
    """Schedules asked for as in `QUIRKS`, under an optimizer whose momentum they may change as well."""
    o = next(o for o in OPTIMIZERS.values() if o.family == "momentum")
    for key, asked in QUIRKS.get(library.name, {}).items():
        plan = SCHEDULES[key]
        for own in variants(plan, library):
            run = measured(library, o, next(steady(o, "", variants(o, library)[-1], order(o), plan, own)), asked)
            if run["same"] is False:
                yield run | {"asked": asked}
                break


def rates(library: Library) -> Iterator[dict[str, Any]]:
    """Every schedule by itself, in the record's form and in the library's, with its warm-up and past its end."""
    for key, record in SCHEDULES.items():
        for dialect in dict.fromkeys(("pytorch", library.schedules)):
            plan = record.spoken(dialect)
            told_apart = dialect == "pytorch" or dialect in record.dialects
            if not getattr(plan, library.schedules):
                continue
            cases: list[dict[str, Any]] = []
            for own in every_form(plan, library) if told_apart else []:
                cases += [
                    {"schedule_hypers": own, "below": b} for b in ((False, True) if plan.watches_loss else (False,))
                ]
            if library.warms(plan) and dialect == library.schedules:
                cases.append(
                    {"schedule_hypers": {**variants(plan, library)[-1], "warmup_steps": float(WARMUP)}, "below": False}
                )
            for case in cases:
                yield asked_for(library, plan, {"schedule": key, "dialect": dialect, **case})


def asked_for(library: Library, plan: Schedule, entry: dict[str, Any]) -> dict[str, Any]:
    """The rates of one schedule, and whether they are ours: up to the end, and beyond."""
    own = dict(entry["schedule_hypers"])
    warmup = int(own.pop("warmup_steps", 0))
    asked = spelled(plan.asked(library.schedules, own), plan.hypers, {"lr": LR, "T": LENGTH - warmup, **own})
    shown = losses(entry["below"]) if plan.watches_loss else None
    entry["lr"] = library.rates(asked, LENGTH if shown or warmup else LENGTH + BEYOND, warmup, shown)
    gap = np.abs(LR * shares(entry) - entry["lr"]) / LR
    entry["same"] = told(gap[:LENGTH].max())
    if len(gap) > LENGTH:
        entry["beyond"] = told(gap[LENGTH:].max())
    if isinstance(library, PyTorch) and np.isfinite(momenta(entry)).any():
        entry["momentum"] = library.momenta[:LENGTH]
    return entry


def momenta(entry: dict[str, Any]) -> np.ndarray:
    """(LENGTH,) what our schedule makes of the momentum, beside a stored list of rates; nan where it leaves it alone."""
    plan, t = SCHEDULES[entry["schedule"]], np.arange(float(LENGTH))
    if not plan.momentum:
        return np.full_like(t, np.nan)
    return np.asarray(
        plan.momentum(t, float(LENGTH), **{name: entry["schedule_hypers"][name] for name in plan.defaults})
    )


def refresh() -> None:
    """Write every file anew. Exits with a sentence where a library is missing."""
    if missing := [name for name in NEEDS if importlib.util.find_spec(name) is None]:
        sys.exit(f"refreshing needs {', '.join(missing)}: pip install -e '.[reference]'")
    for kind in LIBRARIES:
        library = kind()
        records = (*OPTIMIZERS.values(), *(SCHEDULES.values() if library.schedules == library.name else ()))
        head = {
            "library": f"{library.package} {version(library.package)}",
            "at": AT,
            "defaults": {
                r.key: library.defaults(own)
                for r in records
                if getattr(own := r.spoken(library.name) if library.name in r.dialects else r, library.name)
            },
            "spelling": {
                r.key: template(getattr(r, library.name), r.defaults) for r in records if getattr(r, library.name)
            },
            "dialect": {
                r.key: template(r.dialects[library.name].spelling, r.defaults)
                for r in records
                if library.name in r.dialects and r.dialects[library.name].spelling
            },
        }
        lists = {
            "rates": list(rates(library)) if library.schedules == library.name else [],
            "quirks": list(quirks(library)),
            "runs": [*runs(library), *scheduled_runs(library)],
        }
        if unclear := [entry for found in lists.values() for entry in found if entry["same"] is None]:
            sys.exit(f"{library.name}: neither rounding nor a difference in {unclear}")
        text = json.dumps(head, indent=1, ensure_ascii=False)[:-2]
        for name, found in lists.items():
            lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in found)
            text += f',\n "{name}": [\n{lines}\n]'
        (HERE / f"{library.name}.json").write_text(text + "}\n", encoding="utf-8")
        print(f"{library.name}.json: {len(lists['runs'])} runs, {len(text) // 1024} kB")


if __name__ == "__main__":
    refresh()
