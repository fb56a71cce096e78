"""`descend`: run an optimizer down a surface, over any number of lanes at once."""

from __future__ import annotations

import difflib
import math
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np

from core.engine import kernels, sweep
from core.engine.blocks import AROUND, STATE, B, place_of
from core.engine.given import Items, Values, items, numbers, said, seeds, setting, steps_of
from core.engine.given import points as points_of
from core.engine.noise import sources
from core.engine.outcome import SAID, STILL, UNDEFINED, WORDS
from core.engine.sweep import Progress
from core.modifiers import MODIFIERS
from core.optimizers import OPTIMIZERS
from core.schedules import SCHEDULES
from core.schedules._warmup import CLIMB, factors, replaced
from core.spec import Hyper, Modifier, Optimizer, Schedule, Stop, Surface, telling
from core.stops import STOPS
from core.surfaces import SURFACES

DEFAULT_TOLERANCE = 1e-3  # share of the map's shorter side: about a pixel
KEEP = {"end": 0, "path": 1, "state": 2}  # as the run loop knows it
ON = np.zeros(2, np.int64)  # a line to nobody: go on
LINE = 8  # numbers between a thread and who waits for it, in a line of the cache of their own: see `loop.compiled`
PIECE = 2**18  # factors of the rate that are computed at a time: some milliseconds
WRITTEN = 64 * PIECE  # numbers that are written out for them: 128 megabytes, however many drops there are
LONG = 20_000  # steps: of a longer run nothing is kept for the next (powers for so many are a third of a megabyte)
MOST_DRAWS = 2**17  # steps of lanes for which the noise is kept: two megabytes
NO_DRAWS = np.empty(0)
NOWHERE = np.full(2, np.nan)
NOWHERE.flags.writeable = False
LOST = SAID.index(UNDEFINED)
RULED = ["distance", *STOPS]  # by the number that a rule has in the run loop
RULES = np.array(RULED)
ENDS = 7  # numbers by which the run loop tells how a lane ended
MOST_NAMED = 30  # keys in a sentence

Record = TypeVar("Record", Surface, Optimizer, Schedule, Modifier, Stop)


@dataclass(frozen=True)
class Run:
    """What a run did. Without lanes the first axis of every array is absent.

    x: (lanes, steps+1, 2) points, the start first. loss: (lanes, steps+1), without noise.
    lr: (lanes, steps) learning rates used; read-only where all lanes share them. gradient: (lanes,
    steps, 2), with noise, as the optimizer saw it. momentum: (lanes or 1, steps) what a schedule has put in the place of the
    optimizer's own, None where it left that alone. state: name -> (lanes, steps+1, 2), with
    keep="state". With keep="end" the step axis has length one. A lane that overflows or leaves the
    domain of the function keeps its numbers up to there; later rows are nan.

    outcome: (lanes,) one of seven words, exactly told in `core.engine.outcome`:
        "arrived": it has stayed within the tolerance of a minimum, minimum, since step when.
        "moving": still on its way when the steps ran out.
        "stuck": at rest away from every known minimum.
        "cycling": it goes round the same few points for ever; minimum is the one in their middle, or -1.
        "escaped": it has been off the map since step when.
        "undefined": at step when it was at a point of the map where the function has no value, missing, or
            from where the update led to no number (missing is nan then, and the point in the path).
        "stopped": a rule of stopping ended it at step when, at no known minimum.
    when, minimum: (lanes,) whole numbers, -1 where the word tells of none; minimum is an index into surface.minima.
    missing: (lanes, 2), nan where there is no such point; read-only where none of the lanes has one.
    strayed: (lanes,) whether it has ever been off the map, or nowhere; a start off the map belongs to it.
    stopped: (lanes,) the step of the last point, where it was stopped before its steps ran out; else -1. rule: (lanes,) by
    what: a key of `STOPS`, "distance" for the tolerance, "" for nothing. evaluations: (lanes,) how often value and gradient
    were asked for; a Hessian counts as two.
    """

    x: np.ndarray
    loss: np.ndarray
    lr: np.ndarray
    gradient: np.ndarray
    outcome: Any
    when: Any
    minimum: Any
    missing: np.ndarray
    strayed: Any
    stopped: Any
    rule: Any
    evaluations: Any
    momentum: np.ndarray | None = None
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
    modifiers: Mapping[str, Mapping[str, Any]] | None = None,
    stops: Mapping[str, float] | None = None,
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
    modifiers: what is put around the optimizer, a key of `MODIFIERS` -> its hyperparameters (numbers or (lanes,); what is
    missing takes its default). The gradient of the run is then what the optimizer was shown. stops: rules that end a lane
    where it is, a key of `STOPS` -> its bound; the first that holds counts.
    keep: what comes back. "path": every point, loss, rate and gradient. "state": what the optimizer remembers, too.
    "end": of each the last alone, which takes no more memory for more steps; the words and numbers are the same.
    progress: called with the fraction done, 0 to 1, in the calling thread, every twentieth of a second or sooner;
    what it raises ends the run and is raised here. executor: any `concurrent.futures.Executor`, a cluster's
    among them, to run parts of the lanes on; without it the threads of this machine do. The numbers are the same
    to the last bit.

    How each run ended is its outcome, a word, with when and minimum beside it: see `Run`.

    Raises ValueError, in one sentence, for what does not exist or does not fit, and PicklingError for a record
    that an executor of processes cannot be sent.
    """
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise ValueError(f"executor: expected a concurrent.futures.Executor, got {executor!r}")
    if progress is not None and not callable(progress):
        raise ValueError(f"progress: expected a function of the fraction done, got {progress!r}")
    points = points_of(start)
    flat = points.ndim == 1
    request = (
        surface, optimizer, schedule, steps, items(hypers), items(schedule_hypers), noise, seed, keep, tolerance, dialect, batch,
        items(modifiers), items(stops),
    )  # fmt: skip
    try:
        long = isinstance(steps, (int, np.integer)) and steps > LONG
        task, alone = _prepared(flat, request, progress) if long else _remembered(flat, *request)
    except TypeError:  # an array, which cannot be remembered
        task, alone = _prepared(flat, request, progress)
    if alone:
        return task.run_alone(alone, points, progress)
    lanes = _lanes(points, task)
    return task.run(points, lanes, progress) if executor is None else task.run_on(executor, points, lanes, progress)


class Alone(NamedTuple):
    """What a run of a single lane needs besides the start: what the run loop is told, and the shapes of its results."""

    told: tuple[Any, ...]
    shapes: tuple[tuple[int, ...], ...]


class Task(NamedTuple):
    """A checked request: what `descend` was asked, except from where."""

    surface: Surface
    optimizer: Optimizer
    schedule: Schedule
    steps: int
    hypers: dict[str, Values]
    plan: dict[str, Values]
    sigma: Values
    seeds: int | np.ndarray
    keep: str
    tolerance: float | None
    batch: int
    modifiers: tuple[tuple[Modifier, dict[str, Values]], ...]
    stops: tuple[tuple[str, float], ...]

    def part(self, lo: int, hi: int) -> Task:
        """The lanes lo..hi."""
        return self._replace(
            hypers={name: _slice(values, lo, hi) for name, values in self.hypers.items()},
            plan={name: _slice(values, lo, hi) for name, values in self.plan.items()},
            sigma=_slice(self.sigma, lo, hi),
            seeds=_slice(self.seeds, lo, hi),
            modifiers=tuple(
                (record, {name: _slice(values, lo, hi) for name, values in own.items()})
                for record, own in self.modifiers
            ),
        )

    def run_on(self, executor: Executor, start: np.ndarray, lanes: int, progress: Progress | None) -> Run:
        """Run parts of the lanes wherever an executor takes them, and put the results together."""

        def submit(lo: int, hi: int) -> Future[Run]:
            from_here = _slice(start, lo, hi) if start.ndim == 2 else start
            return executor.submit(Task.run, self.part(lo, hi), from_here, hi - lo)

        found = dict(sweep.spread(submit, lanes, sweep.part(self.cost, far=True), progress, window=sweep.WINDOW))
        parts = [found[lo] for lo in sorted(found)]
        names = [field.name for field in fields(Run) if field.name not in ("state", "momentum")]
        whole = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
        state = {name: np.concatenate([part.state[name] for part in parts]) for name in parts[0].state}
        momenta_of = [part.momentum for part in parts]
        momentum = momenta_of[0]
        if momentum is not None and momentum.shape[0] > 1:
            momentum = np.concatenate(momenta_of)
        return Run(**whole, momentum=momentum, state=state)

    def run(self, start: np.ndarray, lanes: int, progress: Progress | None = None) -> Run:
        """Run all lanes on the threads of this machine."""
        told = self.told(lanes, progress)
        *seen, states = self.shapes(lanes)
        results = (*_together(*seen), np.empty(states), np.empty((ENDS, lanes), np.int64))
        points = _wide(start, lanes, 2)

        # (Threads that record a few lanes together wait for the same memory.)
        few = sweep.share(self.cost, lanes) if self.keep == "end" else sweep.part(self.cost, far=False)
        self.work(told, points, lanes, few, results, progress)

        x, loss, lr, gradient, slots, (outcome, when, minimum, strayed, stopped, rule, evaluations) = results
        missing = _missing(x[-1], outcome)
        x, gradient = x.transpose(2, 0, 1), gradient.transpose(2, 0, 1)
        rates = lr.T if lr.shape[1] == lanes else _alike(lr, lanes)
        words, out, by = WORDS[outcome], strayed != 0, np.where(stopped >= 0, RULES[rule], "")
        ends = words, when, minimum, missing, out, stopped, by, evaluations
        return Run(x, loss.T, rates, gradient, *ends, _told(told), self.named(slots))

    def run_alone(self, alone: Alone, start: np.ndarray, progress: Progress | None) -> Run:
        """Run the only lane; the results have no axis for it."""
        x, loss, lr, gradient, states = map(np.empty, alone.shapes)
        ending = np.empty((ENDS, 1), np.int64)
        self.work(alone.told, start[None], 1, 1, (x, loss, lr, gradient, states, ending), progress)
        outcome, when, minimum, strayed, stopped, rule, evaluations = ending[:, 0].tolist()
        word, by = SAID[outcome], RULED[rule] if stopped >= 0 else ""
        missing = _missing(x[-1], ending[0])[0] if word is UNDEFINED else NOWHERE
        state = self.named(states[:, 0]) if self.keep == "state" else {}
        seen = x[..., 0], loss[:, 0], lr[:, 0], gradient[..., 0]
        ends = word, when, minimum, missing, strayed != 0, stopped, by, evaluations
        momentum = _told(alone.told)
        return Run(*seen, *ends, momentum if momentum is None else momentum[0], state)

    def work(
        self,
        told: tuple[Any, ...],
        points: np.ndarray,
        lanes: int,
        few: int,
        results: tuple[np.ndarray, ...],
        progress: Progress | None,
    ) -> None:
        """Let the run loop fill the results, so many lanes at a time. What does not take long is done right here."""
        brief = progress is None and lanes * self.steps <= sweep.BRIEF
        if lanes <= few and (brief or lanes * self.cost < (sweep.LONG if progress is None else sweep.SHARED)):
            kernels.run(*told, points, 0, lanes, *results, ON)
            if progress is not None:
                progress(1.0)
            return
        lines = np.zeros((-(-lanes // few), LINE), np.int64)

        def submit(lo: int, hi: int) -> Future[None]:
            return sweep.threads().submit(kernels.run, *told, points, lo, hi, *results, lines[lo // few])

        def halt() -> None:
            lines[:, 0] = 1

        def done() -> float:
            return float(lines[:, 1].sum()) / (lanes * self.steps)

        for _ in sweep.spread(submit, lanes, few, progress, halt, done):
            pass

    @property
    def cost(self) -> int:
        """Of a lane, in plain updates on a plain surface: roughly, and for the slowest of a kind rather too few."""
        return self.steps * (16 if self.optimizer.plane else 1) * (4 if self.surface.program is not None else 1)

    def told(self, lanes: int, progress: Progress | None = None) -> tuple[Any, ...]:
        """What the run loop is told, in the order in which it is told."""
        surface, optimizer, schedule, steps, hypers, plan, sigma, seeds, keep, tolerance, batch, modifiers, stops = self
        ramp = _ramp(schedule, steps, plan, progress)
        seen = [_wide(plan[hyper.name], lanes) for hyper in schedule.hypers] if schedule.watches_loss else []
        row, tempo = replaced(schedule, steps, hypers, plan)
        by_lane = {[*hypers][row]: tempo.shape[0] > 1, "lr": ramp.shape[0] > 1 or schedule.watches_loss}
        varies = _varies(hypers, by_lane if lanes > 1 else {})
        needed = kernels.needed(surface, optimizer, schedule, batch, varies)
        seeds, noisy = np.array(seeds, np.uint64, ndmin=1), _any(sigma > 0)
        return (
            needed.room,
            needed.settings,
            needed.memory,
            needed.update,
            kernels.disturbing() if noisy else 0,
            _draws(seeds, lanes, steps) if noisy else NO_DRAWS,
            needed.state,
            _table(hypers),
            np.empty((needed.powers, 0)) if tempo.size else _powers(needed, hypers, steps),
            needed.lr_row,
            needed.watch,
            needed.watch_state,
            np.array(seen, dtype=float).reshape(-1, lanes),
            ramp,
            steps,
            np.array(sigma, ndmin=1),
            sources(seeds),
            needed.bounds,
            needed.minima,
            DEFAULT_TOLERANCE * needed.size if tolerance is None else float(tolerance),
            STILL * needed.size,
            tolerance is not None,
            KEEP[keep],
            *_around(modifiers),
            np.array([kernels.stopping(STOPS[key]) for key, _ in stops], np.int64),
            np.array([bound for _, bound in stops], float),
            row,
            tempo,
        )

    def shapes(self, lanes: int) -> tuple[tuple[int, ...], ...]:
        """Of the arrays for points, losses, rates, gradients and states."""
        updates, points = (1, 1) if self.keep == "end" else (self.steps, self.steps + 1)
        slots = len(self.optimizer.state)
        rates = lanes if self.schedule.watches_loss or _differ((self.hypers["lr"], *self.plan.values())) else 1
        states = (slots, lanes, points, 2) if self.keep == "state" else (slots, 1, 1, 2)
        return (points, 2, lanes), (points, lanes), (updates, rates), (updates, 2, lanes), states

    def named(self, states: np.ndarray) -> dict[str, np.ndarray]:
        return dict(zip(self.optimizer.state, states, strict=True)) if self.keep == "state" else {}


def _checked(
    surface: Any,
    optimizer: Any,
    schedule: Any,
    steps: Any,
    hypers: Any,
    schedule_hypers: Any,
    noise: Any,
    seed: Any,
    keep: Any,
    tolerance: Any,
    dialect: Any,
    batch: Any,
    modifiers: Any,
    stops: Any,
) -> Task:
    """The request, or ValueError with one sentence on what is wrong with it."""
    surface = _record(surface, SURFACES, Surface)
    optimizer = _record(optimizer, OPTIMIZERS, Optimizer).spoken(str(dialect))
    schedule = _record(schedule or "constant", SCHEDULES, Schedule).spoken(str(dialect))
    if not isinstance(keep, str) or keep not in KEEP:
        raise ValueError(f"keep: expected 'path', 'state' or 'end', got {said(keep)}")
    steps = steps_of(steps)
    distance = isinstance(tolerance, (int, float, np.integer, np.floating)) and not isinstance(tolerance, bool)
    if tolerance is not None and not (distance and 0 < tolerance < math.inf):
        raise ValueError(f"tolerance: expected a positive distance or None, got {said(tolerance)}")
    own, plan = _complete(hypers, optimizer), _complete(schedule_hypers, schedule)
    sigma, of_noise = numbers("noise", noise), seeds(seed)
    if _any(sigma < 0):
        raise ValueError(f"noise: expected a standard deviation of at least 0, got {said(noise)}")
    examples = _batch(batch, surface)
    around, rules = _modifiers(modifiers, str(dialect)), _stops(stops)
    return Task(
        surface, optimizer, schedule, steps, own, plan, sigma, of_noise, keep, tolerance, examples, around, rules
    )


def _by_name(argument: str, given: Any, expected: str) -> dict[str, Any]:
    """What was given by name; nothing for None."""
    if given is not None and not isinstance(given, (Mapping, Items)):
        raise ValueError(f"{argument}: expected {expected}, got {said(given)}")
    return dict(given or {})


def _modifiers(given: Any, dialect: str) -> tuple[tuple[Modifier, dict[str, Values]], ...]:
    """What is put around the optimizer, in the order in which it acts, with all its hyperparameters."""
    asked = _by_name("modifiers", given, "a modifier -> its hyperparameters")
    for key in asked:
        _record(key, MODIFIERS, Modifier)
    spoken = [record.spoken(dialect) for key, record in MODIFIERS.items() if key in asked]
    return tuple((record, dict(_complete(asked[record.key], record))) for record in spoken)


def _stops(given: Any) -> tuple[tuple[str, float], ...]:
    """The rules that end a run, and their bounds."""
    found = []
    for key, bound in _by_name("stops", given, "a rule -> its bound").items():
        value = numbers(f"stops {_record(key, STOPS, Stop).key}", bound)
        if isinstance(value, np.ndarray):
            raise ValueError(f"stops {key}: expected one bound for all lanes, got {said(bound)}")
        found.append((key, value))
    return tuple(found)


def _told(told: tuple[Any, ...]) -> np.ndarray | None:
    """The momentum that the run loop was told to use, if any."""
    tempo: np.ndarray = told[-1]
    return tempo if tempo.size else None


def _around(modifiers: tuple[tuple[Modifier, dict[str, Values]], ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Addresses of the kernels before and after the update, and (rows, lanes or 1) what they begin with."""
    before = np.array([kernels.modifying(record) for record, _ in modifiers if not record.after], np.int64)
    after = np.array([kernels.modifying(record) for record, _ in modifiers if record.after], np.int64)
    if not modifiers:
        return before, after, np.empty((0, 1))
    lanes = max(np.size(values) for _, own in modifiers for values in own.values())
    rows = np.zeros(((STATE - AROUND) // B, lanes))
    for record, own in modifiers:
        first = (place_of(record) - AROUND) // B + 2 * len(record.state)
        for row, values in enumerate(own.values(), first):
            rows[row] = values
    return before, after, rows


@lru_cache(maxsize=64, typed=True)
def _remembered(flat: bool, *request: Any) -> tuple[Task, Alone | None]:
    """The request, checked, and what a run without a lane axis needs (flat: the start has none).

    A dragged start asks again and again.
    """
    return _prepared(flat, request, None)


def _prepared(flat: bool, request: tuple[Any, ...], progress: Progress | None) -> tuple[Task, Alone | None]:
    task = _checked(*request)
    return task, Alone(task.told(1, progress), task.shapes(1)) if flat and not _arrays(task) else None


def _record(what: object, known: Mapping[str, Record], kind: type[Record]) -> Record:
    """The record behind a key, or the record itself."""
    if isinstance(what, kind):
        return what
    name = kind.__name__.lower()
    if not isinstance(what, str):
        raise ValueError(f"{name}: expected a key or a record, got {said(what)}")
    if what in known:
        return known[what]
    if kind is Surface and not what.isidentifier():
        raise ValueError(
            f"surface: {what[:40]!r} is not known; expression_surface({what[:40]!r}) makes a surface of a formula"
        )
    near = difflib.get_close_matches(what[:40], known, 1)
    some = [*known][:MOST_NAMED] + [f"{len(known) - MOST_NAMED} more"] * (len(known) > MOST_NAMED)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(some)}"
    raise ValueError(f"{name}: {what[:40]!r} is not known; {hint}")


def _any(answer: Any) -> bool:
    """Whether a question to a number, or to one of an array, has the answer yes."""
    return bool(answer.any()) if isinstance(answer, np.ndarray) else bool(answer)


def _batch(batch: object, surface: Surface) -> int:
    """How many examples an update sees; 0 for all, which is the only choice where there are none."""
    if batch is None:
        return surface.samples.batch if surface.samples else 0
    count = surface.samples.count if surface.samples else 0
    if isinstance(batch, bool) or not isinstance(batch, (int, np.integer)) or not 0 <= batch <= count:
        has = f"{count} examples, and 0 stands for all" if count else "no examples, so only 0 is possible"
        raise ValueError(f"batch: got {said(batch)}, but {surface.name.en} has {has}")
    return int(batch)


@lru_cache(maxsize=256)
def _hypers(record: Optimizer | Schedule | Modifier) -> dict[str, Hyper]:
    """Every hyperparameter by its name, in the order of the declaration. Any schedule can warm up."""
    return {
        hyper.name: hyper for hyper in ((*record.hypers, *CLIMB) if isinstance(record, Schedule) else record.hypers)
    }


@lru_cache(maxsize=256)
def _defaults(record: Optimizer | Schedule | Modifier) -> dict[str, Values]:
    return {name: float(hyper.default) for name, hyper in _hypers(record).items()}


def _complete(given: object, record: Optimizer | Schedule | Modifier) -> dict[str, Values]:
    """Every hyperparameter, defaults filled in."""
    if given is None:
        return _defaults(record)
    if isinstance(given, Items):
        given = dict(given)
    owner = record.name if isinstance(record, Optimizer) else record.name.en
    if not isinstance(given, Mapping):
        raise ValueError(f"{owner}: expected hyperparameters as name -> number, got {said(given)}")
    values, hypers = dict(_defaults(record)), _hypers(record)
    for name, value in given.items():
        if name not in hypers:
            raise ValueError(f"{owner} has no hyperparameter {str(name)[:40]!r}; it has {', '.join(hypers)}")
        values[name] = setting(hypers[name], value)
    return values


def _differ(many: Iterable[Any]) -> bool:
    """Whether one of them has a lane axis."""
    return np.ndarray in map(type, many)


def _arrays(task: Task) -> list[tuple[str, np.ndarray]]:
    """Whatever has a lane axis."""
    around = [pair for _, own in task.modifiers for pair in own.items()]
    named = (*task.hypers.items(), *task.plan.items(), *around, ("noise", task.sigma), ("seed", task.seeds))
    return [(name, values) for name, values in named if isinstance(values, np.ndarray)]


def _lanes(points: np.ndarray, task: Task) -> int:
    lengths = [(name, values.shape[0]) for name, values in _arrays(task)]
    if points.ndim == 2:
        lengths.insert(0, ("start", points.shape[0]))
    lanes: int = max(length for _, length in lengths)
    for name, length in lengths:
        if length == 0:
            raise ValueError(f"{name}: expected at least one lane, got none")
        if length not in (1, lanes):
            raise ValueError(f"{name}: expected 1 or {lanes} lanes, got {length}")
    return lanes


def _slice(values: Any, lo: int, hi: int) -> Any:
    """The lanes lo..hi of what has one value for each; anything else as it is."""
    return values[lo:hi] if isinstance(values, np.ndarray) and values.shape[0] > 1 else values


def _table(hypers: Mapping[str, Values]) -> np.ndarray:
    """(number, lanes) the hyperparameters, a row each; (number, 1) where all lanes share them."""
    table = np.empty((len(hypers), max(np.size(values) for values in hypers.values())))
    for row, values in enumerate(hypers.values()):
        table[row] = values
    return table


def _alike(column: np.ndarray, lanes: int) -> np.ndarray:
    """(lanes, rows) what all lanes have in common; it takes the room of one, and so cannot be written to."""
    view = np.ndarray((lanes, column.shape[0]), buffer=column, strides=(0, column.itemsize))
    view.flags.writeable = False
    return view


def _together(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    """Arrays of these shapes in one piece of memory."""
    sizes = [math.prod(shape) for shape in shapes]
    room, at = np.empty(sum(sizes)), 0
    made = []
    for shape, size in zip(shapes, sizes, strict=True):
        made.append(room[at : at + size].reshape(shape))
        at += size
    return made


def _missing(last: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """(lanes, 2) the points without a value, which the run loop has left in the last column (2, lanes), where nobody is."""
    lost = np.flatnonzero(outcome == LOST)
    if not lost.size:
        return _alike(NOWHERE, len(outcome))
    missing = np.full((len(outcome), 2), np.nan)
    missing[lost] = last[:, lost].T
    last[:, lost] = np.nan
    return missing


def _powers(needed: kernels.Needed, hypers: Mapping[str, Values], steps: int) -> np.ndarray:
    """Where the powers of the hyperparameters are kept from run to run: nowhere, if they differ by lane or are many."""
    if not needed.powers or steps > LONG:
        return np.empty((needed.powers, 0))
    numbers = tuple({**hypers, "lr": 0.0}.values())
    if _differ(numbers):
        return np.empty((needed.powers, 0))
    return kernels.powers(needed.update, needed.powers, numbers, steps)


def _draws(seeds: np.ndarray, lanes: int, steps: int) -> np.ndarray:
    """Where the noise is kept from run to run: nowhere, if it is much."""
    return kernels.draws(seeds.tobytes(), lanes, steps) if lanes * steps <= MOST_DRAWS else NO_DRAWS


def _wide(values: Values, *shape: int) -> np.ndarray:
    """A value for every lane, in the one layout that the run loop is compiled for."""
    array = np.asarray(values)
    if array.size == math.prod(shape) and array.flags.c_contiguous:
        return array.reshape(shape)
    copy = np.empty(shape, array.dtype)
    copy[...] = array
    return copy


def _ramp(schedule: Schedule, steps: int, plan: Mapping[str, Values], progress: Progress | None) -> np.ndarray:
    """Factor of lr for every update: (1, steps), or (lanes, steps) where a hyperparameter differs by lane."""
    if not _differ(plan.values()) and steps <= LONG:
        return _shared_ramp(schedule, steps, tuple(plan.values()))
    columns = {name: np.atleast_1d(values)[:, None] for name, values in plan.items()}
    return _ramp_of(schedule, steps, columns, progress)


@lru_cache(maxsize=16)
def _shared_ramp(schedule: Schedule, steps: int, values: tuple[float, ...]) -> np.ndarray:
    names = tuple(h.name for h in (*schedule.hypers, *CLIMB))
    columns = {name: np.full((1, 1), value) for name, value in zip(names, values, strict=True)}
    return _ramp_of(schedule, steps, columns, None)


def _ramp_of(
    schedule: Schedule, steps: int, columns: Mapping[str, np.ndarray], progress: Progress | None
) -> np.ndarray:
    """(rows, steps) the factors for hyperparameters (lanes or 1, 1), a piece at a time: whoever waits may want to stop."""
    ramp = np.empty((max(column.size for column in columns.values()), steps))
    idle = set(schedule.defaults).difference(hyper.name for hyper in telling(schedule.hypers, columns))
    working = {name: column for name, column in columns.items() if name not in idle}
    length = max(min(PIECE // len(ramp), WRITTEN // sum(column.size for column in working.values())), 1)
    told = time.monotonic()
    for begin in range(0, steps, length):
        t = np.arange(begin, min(begin + length, steps), dtype=float)
        # Written out to full length: NumPy squares where one exponent serves a whole row, and pow() rounds otherwise.
        full = {name: _wide(column, column.size, t.size) for name, column in working.items()}
        ramp[:, begin : begin + t.size] = factors(schedule, steps, full, t)
        del full  # before the next are written
        if progress is not None and time.monotonic() - told > sweep.PAUSE:
            progress(0.0)
            told = time.monotonic()
    return ramp


def _varies(own: Mapping[str, Values], by_lane: Mapping[str, bool]) -> tuple[bool, ...]:
    """Which hyperparameters differ from lane to lane within a block; the rest are hoisted out of the loop over lanes.

    by_lane: of those that a schedule changes, whether it does so in each lane by itself.
    """
    return tuple(
        [
            by_lane.get(name, False) or (isinstance(values, np.ndarray) and values.size > 1 and _mixed(values))
            for name, values in own.items()
        ]
    )


def _mixed(values: np.ndarray) -> bool:
    """Whether some block of lanes holds different values. (In a map of two hyperparameters one often stays the same.)"""
    whole = values[: values.size // B * B].reshape(-1, B)
    rest = values[whole.size :]
    return bool((whole != whole[:, :1]).any() or (rest != rest[:1]).any())
