"""`descend`: run an optimizer down a surface, over any number of lanes at once."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal, TypeVar

import numpy as np

from core.engine import kernels, sweep
from core.engine.blocks import B
from core.engine.outcome import STILL, WORDS
from core.engine.sweep import Progress
from core.optimizers import OPTIMIZERS
from core.schedules import SCHEDULES
from core.schedules._warmup import WARMUP, factors
from core.spec import Optimizer, Schedule, Surface
from core.surfaces import SURFACES

DEFAULT_TOLERANCE = 1e-3  # share of the map's shorter side: about a pixel

Record = TypeVar("Record", Surface, Optimizer, Schedule)


@dataclass(frozen=True)
class Run:
    """What a run did. Without lanes the first axis of every array is absent.

    x: (lanes, steps+1, 2) points, the start first. loss: (lanes, steps+1), without noise.
    lr: (lanes, steps) learning rates used. gradient: (lanes, steps, 2), with noise, as the optimizer
    saw it. state: name -> (lanes, steps+1, 2), with keep="state". With keep="end" the step axis has
    length one. outcome: (lanes,) words of `core.engine.outcome`; when: (lanes,) the step at which the
    lane arrived or left the map for good, else -1; minimum: (lanes,) index into surface.minima, or -1.
    A lane that overflows keeps its numbers up to there; later rows are nan.
    """

    x: np.ndarray
    loss: np.ndarray
    lr: np.ndarray
    gradient: np.ndarray
    outcome: Any
    when: Any
    minimum: Any
    state: Mapping[str, np.ndarray] = field(default_factory=dict)


def descend(
    surface: str | Surface,
    optimizer: str | Optimizer,
    *,
    start: Any,
    steps: int,
    hypers: Mapping[str, Any] | None = None,
    schedule: str | Schedule | None = None,
    schedule_hypers: Mapping[str, Any] | None = None,
    noise: Any = 0.0,
    seed: Any = 0,
    keep: Literal["path", "state", "end"] = "path",
    tolerance: float | None = None,
    dialect: str = "pytorch",
    batch: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Run:
    """Run `steps` updates of an optimizer on a surface from every start.

    surface, optimizer, schedule: a key or a record. start: (2,) or (lanes, 2). hypers,
    schedule_hypers: name -> number or (lanes,); what is missing takes its default. Every schedule
    takes `warmup_steps` too. noise: standard deviation of the normal noise added to each coordinate
    of the gradient; with seed it is the same in every run; both may be (lanes,).
    tolerance: a distance. A lane that comes within it of a minimum, with a step no longer than it,
    stops there and keeps its last point. Without it every lane runs to the end, and for the outcome a
    thousandth of the map counts as arrived. dialect: the source whose form and defaults are followed.
    batch: how many of the surface's examples an update sees, 0 for all; without it, as many as the surface says.
    progress: called with the fraction done, 0 < fraction <= 1, in the calling thread; what it raises ends the
    run and is raised here. executor: any `concurrent.futures.Executor`, a cluster's among them, to run parts of
    the lanes on; without it the threads of this machine do. The numbers are the same to the last bit.

    Raises ValueError, in one sentence, for what does not exist or does not fit, and PicklingError for a record
    that an executor of processes cannot be sent.
    """
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise ValueError(f"executor: expected a concurrent.futures.Executor, got {executor!r}")
    surface = _record(surface, SURFACES, Surface)
    optimizer = _record(optimizer, OPTIMIZERS, Optimizer).spoken(str(dialect))
    schedule = _record(schedule or "constant", SCHEDULES, Schedule).spoken(str(dialect))
    if keep not in ("path", "state", "end"):
        raise ValueError(f"keep: expected 'path', 'state' or 'end', got {keep!r}")
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)) or steps < 1:
        raise ValueError(f"steps: expected a whole number of at least 1, got {steps!r}")
    if tolerance is not None and not (isinstance(tolerance, (int, float)) and 0 < tolerance < math.inf):
        raise ValueError(f"tolerance: expected a positive distance or None, got {tolerance!r}")

    points = _floats(start)
    if points.ndim not in (1, 2) or points.shape[-1] != 2 or not np.isfinite(points).all():
        raise ValueError(f"start: expected finite numbers of shape (2,) or (lanes, 2), got {start!r}")
    own = _complete(hypers, _defaults(optimizer), optimizer.name)
    plan = _complete(schedule_hypers, _defaults(schedule), schedule.name.en)
    sigma, seeds = _numbers("noise", noise), _seeds(seed)
    if (sigma < 0).any():
        raise ValueError(f"noise: expected a standard deviation of at least 0, got {noise!r}")
    examples = _batch(batch, surface)
    lanes, flat = _lanes([("start", points[..., 0]), *own.items(), *plan.items(), ("noise", sigma), ("seed", seeds)])

    task = Task(surface, optimizer, schedule, points, int(steps), own, plan, sigma, seeds, keep, tolerance, examples)
    if flat:
        run = task.run(1, progress)
        return Run(
            run.x[0], run.loss[0], run.lr[0], run.gradient[0], str(run.outcome[0]), int(run.when[0]),
            int(run.minimum[0]), {name: values[0] for name, values in run.state.items()},
        )  # fmt: skip
    return task.run(lanes, progress) if executor is None else task.run_on(executor, lanes, progress)


@dataclass(frozen=True)
class Task:
    """A checked request: what `descend` was asked, in arrays of one number or one per lane."""

    surface: Surface
    optimizer: Optimizer
    schedule: Schedule
    start: np.ndarray
    steps: int
    hypers: dict[str, np.ndarray]
    plan: dict[str, np.ndarray]
    sigma: np.ndarray
    seeds: np.ndarray
    keep: str
    tolerance: float | None
    batch: int

    def part(self, lo: int, hi: int) -> Task:
        """The lanes lo..hi."""

        def of(values: np.ndarray) -> np.ndarray:
            return values[lo:hi] if values.ndim and values.shape[0] > 1 else values

        return replace(
            self,
            start=self.start[lo:hi] if self.start.ndim == 2 and self.start.shape[0] > 1 else self.start,
            hypers={name: of(values) for name, values in self.hypers.items()},
            plan={name: of(values) for name, values in self.plan.items()},
            sigma=of(self.sigma),
            seeds=of(self.seeds),
        )

    def run_on(self, executor: Executor, lanes: int, progress: Progress | None) -> Run:
        """Run parts of the lanes wherever an executor takes them, and put the results together."""

        def submit(lo: int, hi: int) -> Future[Run]:
            return executor.submit(Task.run, self.part(lo, hi), hi - lo)

        found = dict(sweep.spread(submit, lanes, sweep.part(self.steps, far=True), progress))
        parts = [found[lo] for lo in sorted(found)]
        names = ("x", "loss", "lr", "gradient", "outcome", "when", "minimum")
        whole = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
        state = {name: np.concatenate([part.state[name] for part in parts]) for name in parts[0].state}
        return Run(**whole, state=state)

    def run(self, lanes: int, progress: Progress | None = None) -> Run:
        """Run all lanes on the threads of this machine."""
        surface, optimizer, schedule, steps = self.surface, self.optimizer, self.schedule, self.steps
        ramp = _ramp(schedule, steps, self.plan)
        seen = [_wide(self.plan[h.name], lanes) for h in schedule.hypers] if schedule.watches_loss else []

        width = 1 if self.keep == "end" else steps + 1
        slots = len(optimizer.state)
        x, loss = np.empty((lanes, width, 2)), np.empty((lanes, width))
        lr, gradient = np.empty((lanes, max(width - 1, 1))), np.empty((lanes, max(width - 1, 1), 2))
        states = np.empty((slots, lanes, width, 2) if self.keep == "state" else (slots, 1, 1, 2))
        outcome, when, minimum = np.empty((3, lanes), np.int64)

        table = np.empty((len(self.hypers), lanes))
        for row, values in enumerate(self.hypers.values()):
            table[row] = values

        settings, memory, bounds, minima, size = kernels.seeing(surface, optimizer, self.batch)
        arguments = (
            settings,
            memory,
            kernels.updating(optimizer, _varies(self.hypers, ramp.shape[0] > 1 or schedule.watches_loss)),
            kernels.disturbing() if self.sigma.any() else 0,
            kernels.first_state(optimizer),
            table,
            list(self.hypers).index("lr"),
            *kernels.pacing(schedule, slots, len(optimizer.hypers)),
            np.array(seen, dtype=float).reshape(-1, lanes),
            ramp,
            _wide(self.start, lanes, 2),
            steps,
            self.sigma.reshape(-1),
            self.seeds.reshape(-1),
            bounds,
            minima,
            DEFAULT_TOLERANCE * size if self.tolerance is None else float(self.tolerance),
            STILL * size,
            self.tolerance is not None,
            {"end": 0, "path": 1, "state": 2}[self.keep],
        )
        results = (x, loss, lr, gradient, states, outcome, when, minimum)
        compiled = kernels.run_loop()

        def submit(lo: int, hi: int) -> Future[None]:
            return sweep.threads().submit(compiled, (*arguments, lo, hi, *results))

        few = sweep.part(steps, far=False)
        if lanes <= few:
            compiled((*arguments, 0, lanes, *results))
            if progress is not None:
                progress(1.0)
        else:
            for _ in sweep.spread(submit, lanes, few, progress):
                pass

        named = dict(zip(optimizer.state, states, strict=True)) if self.keep == "state" else {}
        return Run(x, loss, lr, gradient, WORDS[outcome], when, minimum, named)


def _record(what: object, known: Mapping[str, Record], kind: type[Record]) -> Record:
    """The record behind a key, or the record itself."""
    if isinstance(what, kind):
        return what
    name = kind.__name__.lower()
    if not isinstance(what, str):
        raise ValueError(f"{name}: expected a key or a record, got {what!r}")
    if what in known:
        return known[what]
    near = difflib.get_close_matches(what[:40], known, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
    raise ValueError(f"{name}: {what[:40]!r} is not known; {hint}")


def _floats(value: Any) -> np.ndarray:
    """An array of floats; a lone nan where there are none."""
    try:
        return np.array(value, dtype=float)
    except (TypeError, ValueError, OverflowError):
        return np.array(np.nan)


def _numbers(name: str, value: Any) -> Any:
    if type(value) is float and math.isfinite(value):  # the usual case, ten times as fast
        return np.float64(value)
    array = _floats(value)
    if array.ndim > 1 or not np.isfinite(array).all():
        raise ValueError(f"{name}: expected a finite number or one per lane, got {value!r}")
    return array


def _seeds(seed: Any) -> Any:
    if type(seed) is int and 0 <= seed < 2**64:
        return np.uint64(seed)
    array = np.asarray(seed)
    if array.ndim > 1 or array.dtype.kind not in "iu" or (array < 0).any():
        raise ValueError(f"seed: expected a whole number of at least 0 or one per lane, got {seed!r}")
    return array.astype(np.uint64)


def _batch(batch: object, surface: Surface) -> int:
    """How many examples an update sees; 0 for all, which is the only choice where there are none."""
    count = surface.samples.count if surface.samples else 0
    if batch is None:
        return surface.samples.batch if surface.samples else 0
    if isinstance(batch, bool) or not isinstance(batch, (int, np.integer)) or not 0 <= batch <= count:
        has = f"{count} examples, and 0 stands for all" if count else "no examples, so only 0 is possible"
        raise ValueError(f"batch: got {batch!r}, but {surface.name.en} has {has}")
    return int(batch)


@lru_cache(maxsize=256)
def _defaults(record: Optimizer | Schedule) -> dict[str, Any]:
    """Every hyperparameter, in the order of the declaration, with its default. Any schedule can warm up."""
    hypers = (*record.hypers, WARMUP) if isinstance(record, Schedule) else record.hypers
    return {hyper.name: np.float64(hyper.default) for hyper in hypers}


def _complete(given: object, defaults: dict[str, Any], owner: str) -> dict[str, Any]:
    """Every hyperparameter, defaults filled in."""
    if given is None:
        return defaults
    if not isinstance(given, Mapping):
        raise ValueError(f"{owner}: expected hyperparameters as name -> number, got {given!r}")
    for name in given:
        if name not in defaults:
            raise ValueError(f"{owner} has no hyperparameter {str(name)[:40]!r}; it has {', '.join(defaults)}")
    return {name: _numbers(name, given[name]) if name in given else value for name, value in defaults.items()}


def _lanes(arrays: Iterable[tuple[str, np.ndarray]]) -> tuple[int, bool]:
    """Number of lanes, and whether there is no lane axis at all."""
    lengths = [(name, array.shape[0]) for name, array in arrays if array.ndim]
    if not lengths:
        return 1, True
    lanes = max(length for _, length in lengths)
    for name, length in lengths:
        if length == 0:
            raise ValueError(f"{name}: expected at least one lane, got none")
        if length not in (1, lanes):
            raise ValueError(f"{name}: expected 1 or {lanes} lanes, got {length}")
    return lanes, False


def _wide(values: np.ndarray, *shape: int) -> np.ndarray:
    """A value for every lane, in the one layout that the run loop is compiled for."""
    if values.size == math.prod(shape) and values.flags.c_contiguous:
        return values.reshape(shape)
    copy = np.empty(shape, values.dtype)
    copy[...] = values
    return copy


def _ramp(schedule: Schedule, steps: int, plan: Mapping[str, np.ndarray]) -> np.ndarray:
    """Factor of lr for every update: (1, steps), or (lanes, steps) where a hyperparameter differs by lane."""
    if all(value.ndim == 0 for value in plan.values()):
        return _shared_ramp(schedule, steps, tuple(map(float, plan.values())))
    # Written out to full length: NumPy squares where one exponent serves a whole row, and pow() rounds otherwise.
    columns = {name: _wide(np.atleast_1d(value)[:, None], value.size, steps) for name, value in plan.items()}
    return np.array(factors(schedule, steps, columns), order="C")


@lru_cache(maxsize=16)
def _shared_ramp(schedule: Schedule, steps: int, values: tuple[float, ...]) -> np.ndarray:
    names = (*(h.name for h in schedule.hypers), WARMUP.name)
    columns = {name: np.full((1, steps), value) for name, value in zip(names, values, strict=True)}
    return np.array(factors(schedule, steps, columns), order="C")


def _varies(own: Mapping[str, Any], lr_by_lane: bool) -> tuple[bool, ...]:
    """Which hyperparameters differ from lane to lane within a block; the rest are hoisted out of the loop over lanes."""
    return tuple((values.size > 1 and _mixed(values)) or (lr_by_lane and name == "lr") for name, values in own.items())


def _mixed(values: np.ndarray) -> bool:
    """Whether some block of lanes holds different values. (In a map of two hyperparameters one often stays the same.)"""
    whole = values[: values.size // B * B].reshape(-1, B)
    rest = values[whole.size :]
    return bool((whole != whole[:, :1]).any() or (rest != rest[:1]).any())
