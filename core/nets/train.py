"""`train`: optimizers train the same network side by side, from the same weights, with the same batches in the same order."""

from __future__ import annotations

import contextlib
import difflib
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.engine import sweep
from core.engine.blocks import B
from core.engine.given import said, setting
from core.engine.sweep import Progress
from core.nets import kernels, plain
from core.nets.data import Data, examples
from core.nets.initializations import INITIALIZATIONS
from core.nets.layers import ACTIVATIONS
from core.nets.network import Network
from core.nets.task import Enough, Job, Record
from core.optimizers import OPTIMIZERS
from core.scene import Plan, Runner
from core.schedules import SCHEDULES
from core.schedules._warmup import CLIMB, factors, replaced
from core.spec import Dataset, Optimizer, Schedule

Racer = str | Optimizer | Runner | tuple[str, Mapping[str, float]]
MOMENTS = 200  # at most so many, unless a caller names them
LINE = 8  # numbers between a thread and who waits for it, in a line of the cache of their own


@dataclass(frozen=True, eq=False)
class Training:
    """How networks were trained: optimizers × seeds lanes, written (O, S) below. M moments, P parameters, L affine layers.

    moments: (M,) numbers of updates made; the first is 0, the last `steps`. each: updates in an epoch. updates: (O, M) the
    same of each optimizer, which differ where the sizes of their batches do, as their numbers in an epoch, `eachs`, do.
    weights: (O, S, M, P); running: (O, S, M, 2, hidden), the running means and variances of batch normalization.
    loss, accuracy, val_loss, val_accuracy: (O, S, M), over all training and all validation examples, nothing dropping out;
    accuracy is nan for a regression, and both of the validation where there is none.
    batch_loss: (O, S, steps), of each batch before its update, nan behind the last. lr: (O, steps), nan there too, and where the
    schedule watches the loss.
    norms: (O, S, M, L) length of the gradient of the next batch, layer by layer; ratios: (O, S, M, L) length of the next
    update over that of the weights it changes. slopes: (O, S, M, P) that gradient, if it was asked for.
    exploded: (O, S) the update at which the loss was no finite number any more, else -1. stopped: (O, S) the update after
    which patience ended, else -1; what comes after either is nan. best_step, best, best_running: (O, S), (O, S, P),
    (O, S, 2, hidden): of the best validation loss at the end of an epoch, -1 and nan without patience.
    seconds: (O, S) each took.
    """

    network: Network
    data: Data
    labels: tuple[str, ...]
    seeds: tuple[int, ...]
    moments: np.ndarray
    each: int
    batch: int
    updates: np.ndarray
    eachs: tuple[int, ...]
    weights: np.ndarray
    running: np.ndarray
    loss: np.ndarray
    accuracy: np.ndarray
    val_loss: np.ndarray
    val_accuracy: np.ndarray
    batch_loss: np.ndarray
    lr: np.ndarray
    norms: np.ndarray
    ratios: np.ndarray
    slopes: np.ndarray
    exploded: np.ndarray
    stopped: np.ndarray
    best_step: np.ndarray
    best: np.ndarray
    best_running: np.ndarray
    seconds: np.ndarray

    @property
    def steps(self) -> int:
        """Updates in all, where the batches are of the usual size."""
        return int(self.moments[-1])


def train(
    dataset: str | Dataset | tuple[Any, Any] | Data,
    optimizers: Racer | Iterable[Racer],
    *,
    layers: Sequence[int] = (8, 8),
    activation: str = "tanh",
    init: str = "xavier",
    batch_size: int | None = 32,
    batches: Sequence[int | None] | None = None,
    epochs: int = 100,
    seeds: int | Sequence[int] = 0,
    samples: int | None = None,
    noise: float | None = None,
    data_seed: int = 0,
    validation: float = 0.0,
    schedule: str | Schedule | None = None,
    schedule_hypers: Mapping[str, float] | None = None,
    l2: float = 0.0,
    decay: float = 0.0,
    dropout: float = 0.0,
    batch_norm: bool = False,
    clip: float | None = None,
    patience: int | None = None,
    moments: Sequence[int] | None = None,
    slopes: bool = False,
    dialect: str = "pytorch",
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Training:
    """Train a network once for every optimizer and seed: a fair race, with the same weights and batches for all optimizers.

    dataset: a key of DATASETS, a record, (x, t) as `examples` takes them, or what it gave. optimizers: keys, records,
    (key, hyperparameters), or Runners, which bring a schedule along. layers: widths of the hidden layers, none for a linear
    model. batch_size: examples an update sees, None for all; batches: the same for each optimizer, where they differ. seeds:
    of initial weights, order and dropout. samples, noise, data_seed, validation: of the data, see `examples`.
    l2: adds l2·w to the gradient of every weight; decay: takes lr·decay·w off it beside the update (both spare biases, unlike
    an optimizer's own weight_decay). clip: the longest a gradient may be, as torch.nn.utils.clip_grad_norm_ has it.
    A schedule that watches the loss is told the validation loss (without one, that of training) at the end of every epoch, as
    PyTorch's is, and counts epochs.
    patience: ends a lane after so many epochs without a better validation loss. moments: the numbers of updates after which
    everything is noted; without it the ends of the epochs, or 200 of them. slopes: keep gradients too.
    progress, executor: as `core.descend` has them; where progress raises `core.Enough`, what has been noted by then is the result.

    A lane whose loss becomes infinite ends there, and the training says so. Raises ValueError, in one sentence, for what does
    not exist or does not fit.
    """
    data = (
        dataset
        if isinstance(dataset, Data)
        else examples(dataset, samples=samples, noise=noise, seed=data_seed, validation=validation)
    )
    racers = [_racer(one, dialect) for one in _several(optimizers)]
    chosen = _seeds(seeds)
    network = _network(data, layers, activation, batch_norm, dropout)
    _known("init", init, INITIALIZATIONS)
    for name, value in (("l2", l2), ("decay", decay), ("clip", clip or 0.0)):
        if not (isinstance(value, (int, float, np.floating)) and 0 <= value < np.inf):
            raise ValueError(f"{name}: expected a finite number of at least 0, got {said(value)}")
    batch, rounds = min(_whole("batch_size", batch_size, len(data.x)), len(data.x)), _whole("epochs", epochs, 1)
    sizes = (
        [batch] * len(racers)
        if batches is None
        else [min(_whole("batches", b, len(data.x)), len(data.x)) for b in batches]
    )
    if len(sizes) != len(racers):
        raise ValueError(f"batches: expected one for each of {len(racers)} optimizers, got {len(sizes)}")
    waits = 0 if patience is None else _whole("patience", patience, 1)
    if waits and not len(data.vx):
        raise ValueError("patience: it watches the validation loss, and there is none; set validation to 0.2, say")
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise ValueError(f"executor: expected a concurrent.futures.Executor, got {executor!r}")

    each = -(-len(data.x) // batch)
    seen_at = _moments(moments, each, rounds, bool(waits))
    record = schedule if isinstance(schedule, Schedule) else _known("schedule", schedule or "constant", SCHEDULES)
    shared = record, {h.name: (schedule_hypers or {}).get(h.name, h.default) for h in (*record.hypers, *CLIMB)}
    if unknown := set(schedule_hypers or {}) - set(shared[1]):
        raise ValueError(f"schedule_hypers: {record.name.en} has {', '.join(shared[1])}, not {', '.join(unknown)}")

    jobs, eachs, updates, places = [], [], [], []
    for (optimizer, hypers, plan), size in zip(racers, sizes, strict=True):
        own = -(-len(data.x) // size)
        steps = own * rounds
        exact, place = np.unique(np.rint(seen_at * (own / each)).astype(np.int64), return_inverse=True)
        eachs.append(own)
        updates.append(exact[place])
        places += [place] * len(chosen)
        pace, values = (plan.record, dict(plan.hypers)) if plan else shared
        ramp = np.array(np.broadcast_to(factors(pace, steps, values), (steps,)), float)
        tempo = replaced(pace, steps, hypers, values)[1][0]
        watched = tuple(values[h.name] for h in pace.hypers) if pace.watches_loss else ()
        jobs += [
            Job(
                network, data, optimizer, hypers, network.initial(init, seed), network.origins(seed),
                _order(seed, len(data.x), rounds, size), size, pace, ramp, tempo, watched, float(l2), float(decay), float(clip or 0.0),
                waits, exact, slopes,
            )
            for seed in chosen
        ]  # fmt: skip
    notes = _run(jobs, progress, executor)

    def told(name: str, along: int | None = None) -> np.ndarray:
        rows = [getattr(note, name) for note in notes]
        if along is not None:
            rows = [
                np.take(row, place, along) if row.shape[along] else row for row, place in zip(rows, places, strict=True)
            ]
        found = np.array(rows)
        return found.reshape(len(racers), len(chosen), *found.shape[1:])

    history = told("history", 1)
    if not data.classes:
        history[:, :, [1, 3]] = np.nan
    if not len(data.vx):
        history[:, :, 2:] = np.nan
    most = max(eachs) * rounds
    for note in notes:
        note.batch_loss = _padded(note.batch_loss, most)
    lr = np.array([_padded(_rates(job), most) for job in jobs[:: len(chosen)]])
    loss, accuracy, val_loss, val_accuracy = np.moveaxis(history, 2, 0)
    return Training(
        network, data, tuple(optimizer.name for optimizer, _, _ in racers), chosen, seen_at, each, batch, np.array(updates),
        tuple(eachs), told("weights", 0), told("running", 0), loss, accuracy, val_loss, val_accuracy, told("batch_loss"), lr,
        told("norms", 0), told("ratios", 0), told("slopes", 0), told("exploded"), told("stopped"), told("best_step"),
        told("best"), told("best_running"), told("seconds"),
    )  # fmt: skip


def _padded(row: np.ndarray, length: int) -> np.ndarray:
    """A row with nan behind it."""
    return np.concatenate([row, np.full(length - len(row), np.nan)])


# --- what was asked -------------------------------------------------------------------------------


def _several(optimizers: Racer | Iterable[Racer]) -> list[Racer]:
    """One optimizer, or some. A pair of a key and settings is one."""
    one = isinstance(optimizers, (str, Optimizer, Runner))
    pair = isinstance(optimizers, tuple) and len(optimizers) == 2 and isinstance(optimizers[1], Mapping)
    found: list[Racer] = [optimizers] if one or pair else list(optimizers)  # type: ignore[list-item, arg-type]
    if not found:
        raise ValueError("optimizers: expected at least one")
    return found


def _racer(given: Racer, dialect: str) -> tuple[Optimizer, dict[str, float], Plan | None]:
    """The record in its dialect, its hyperparameters in order, and its own schedule."""
    if isinstance(given, Runner):
        if given.modifiers:
            raise ValueError(
                f"{given.record.name}: got {', '.join(given.modifiers)}; a training has `clip` for all its runners"
            )
        plan = given.plan if given.plan != Plan() else None
        return _fit(given.spoken), {h.name: given.hypers[h.name] for h in given.spoken.hypers}, plan
    key, own = given if isinstance(given, tuple) else (given, {})
    record = key if isinstance(key, Optimizer) else _known("optimizer", key, OPTIMIZERS)
    record = _fit(record.spoken(dialect) if dialect == record.dialect or dialect in record.dialects else record)
    if unknown := set(own) - set(record.defaults):
        raise ValueError(f"hypers: {record.name} has {', '.join(record.defaults)}, not {', '.join(sorted(unknown))}")
    return record, {h.name: float(setting(h, own.get(h.name, h.default))) for h in record.hypers}, None


def _fit(record: Optimizer) -> Optimizer:
    """Raises ValueError for a method that a network has no use for."""
    if not plain.trains(record):
        raise ValueError(
            f"{record.name} moves all weights together, and what it remembers or asks for is written for two of them here; "
            "on a plane it can race, a network it does not train"
        )
    return record


def _known(what: str, key: Any, table: Mapping[str, Any]) -> Any:
    if not isinstance(key, str):
        if key in table.values():
            return key
        raise ValueError(f"{what}: expected one of {', '.join(table)}, got {said(key)}")
    if key not in table:
        near = difflib.get_close_matches(key, table, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(table)}"
        raise ValueError(f"{what}: {key!r} is unknown; {hint}")
    return table[key]


def _whole(name: str, value: Any, default: int) -> int:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{name}: expected a whole number of at least 1, got {said(value)}")
    return int(value)


def _seeds(seeds: Any) -> tuple[int, ...]:
    found = (seeds,) if np.ndim(seeds) == 0 else tuple(seeds)
    if not found or any(isinstance(s, bool) or not isinstance(s, (int, np.integer)) or s < 0 for s in found):
        raise ValueError(f"seeds: expected whole numbers of at least 0, got {said(seeds)}")
    return tuple(int(s) for s in found)


def _network(data: Data, layers: Sequence[int], activation: str, batch_norm: bool, dropout: float) -> Network:
    if isinstance(layers, (str, int)) or any(_whole("layers", width, 0) < 1 for width in layers):
        raise ValueError(f"layers: expected widths of hidden layers, as (8, 8), got {said(layers)}")
    _known("activation", activation, ACTIVATIONS)
    if not (isinstance(dropout, (int, float)) and 0 <= dropout < 1):
        raise ValueError(f"dropout: expected a share from 0 to below 1, got {said(dropout)}")
    sizes = (data.x.shape[1], *(int(width) for width in layers), data.outputs)
    loss = "softmax_loss" if data.classes else "squared_loss"
    return Network(sizes, activation, loss, bool(batch_norm), float(dropout))


def _moments(given: Sequence[int] | None, each: int, epochs: int, all_ends: bool) -> np.ndarray:
    """The numbers of updates after which everything is noted, the first and the last among them."""
    steps = each * epochs
    if given is None:
        kept = np.arange(epochs + 1) if epochs <= MOMENTS or all_ends else np.linspace(0, epochs, MOMENTS + 1).round()
        return (kept * each).astype(np.int64)
    found = np.unique(np.asarray(given))
    if found.dtype.kind not in "iu" or not len(found) or found[0] < 0 or found[-1] > steps:
        raise ValueError(f"moments: expected whole numbers from 0 to {steps}, the number of updates, got {said(given)}")
    more: Any = np.arange(epochs + 1) * each if all_ends else []
    return np.unique([*found, 0, steps, *more]).astype(np.int64)


def _order(seed: int, examples: int, epochs: int, batch: int) -> np.ndarray:
    """(epochs, examples) in which order they are seen: every epoch another one, but for batches of all."""
    if batch == examples:
        always = np.arange(examples)[
            np.newaxis
        ]  # of one epoch as it is: a broadcast cannot be written to, nor compiled for
        return always if epochs == 1 else np.broadcast_to(always, (epochs, examples))
    chance = np.random.default_rng([seed, 1])
    return np.array([chance.permutation(examples) for _ in range(epochs)])


def _rates(job: Job) -> np.ndarray:
    return np.full(job.steps, np.nan) if job.schedule.watches_loss else job.hypers["lr"] * job.factors


# --- at work --------------------------------------------------------------------------------------


def _run(jobs: list[Job], progress: Progress | None, executor: Executor | None) -> list[Record]:
    """Every job, on the threads of this machine or on an executor, with progress, and stopped at once."""
    if executor is not None:
        return [
            note
            for _, note in sorted(sweep.spread(lambda lo, hi: executor.submit(one, jobs[lo]), len(jobs), 1, progress))
        ]
    lines = np.zeros((len(jobs), LINE), np.int64)
    running: dict[int, Future[Record]] = {}

    def submit(lo: int, hi: int) -> Future[Record]:
        running[lo] = sweep.threads().submit(one, jobs[lo], lines[lo])
        return running[lo]

    def halt() -> None:
        lines[:, 0] = 1

    def done() -> float:
        return float(lines[:, 1].sum()) / sum(job.steps for job in jobs)

    with contextlib.suppress(Enough):
        found = dict(sweep.spread(submit, len(jobs), 1, progress, halt, done))
        return [found[i] for i in range(len(jobs))]
    begun = {i: future for i, future in running.items() if not future.cancelled()}
    return [begun[i].result() if i in begun else Record.empty(job) for i, job in enumerate(jobs)]


def one(job: Job, line: np.ndarray | None = None) -> Record:
    """Train one network. line: [0] not 0 to end it at any time; [1] receives how many updates are done."""
    line = np.zeros(LINE, np.int64) if line is None else line
    begun = time.perf_counter()
    record = plain.train(job, line) if job.optimizer.plane else _compiled(job, line)
    record.seconds = time.perf_counter() - begun
    return record


def _compiled(job: Job, line: np.ndarray) -> Record:
    """By the compiled loop."""
    network, data, optimizer, record = job.network, job.data, job.optimizer, Record.empty(job)
    first, slots, blocks = kernels.head(optimizer), len(optimizer.state), -(-network.parameters // B)
    room = np.zeros(first + blocks * (2 + slots) * B)
    for k, value in enumerate(job.hypers.values()):
        room[k * B] = value
    states = room[first:].reshape(blocks, 2 + slots, B)
    for k, name in enumerate(optimizer.state):
        states[:, 2 + k] = optimizer.initial.get(name, 0.0)
    watching = np.zeros((2 + len(job.schedule.state) + len(job.seen)) * B)
    watching[2 * B :: B][: len(job.schedule.state)] = [job.schedule.initial.get(n, 0.0) for n in job.schedule.state]
    watching[(2 + len(job.schedule.state)) * B :: B][: len(job.seen)] = job.seen
    best = np.full(network.parameters + 2 * network.hidden, np.nan)
    forward, backward = kernels.activating(network.activation)
    kernels.loop()(
        np.array(network.sizes, np.int64), int(network.batch_norm), forward, backward, kernels.LOSSES[network.loss],
        job.origins, room, first, slots, kernels.updating(optimizer), list(job.hypers).index("lr"),
        (job.l2, job.decay, job.clip, network.dropout, job.hypers["lr"]), network.weighty, job.w.copy(), network.fresh(),
        data.x, data.t, data.vx, data.vt, np.ascontiguousarray(job.order, np.int64), job.batch, job.factors,
        list(job.hypers).index(job.schedule.replaces(job.hypers) or "lr"), job.momenta,
        kernels.watching(job.schedule), watching, job.patience, job.moments, record.weights, record.running, record.history,
        record.batch_loss, record.norms, record.ratios, record.slopes, best, line,
    )  # fmt: skip
    record.exploded, record.stopped, record.best_step = (int(n) for n in line[2:5])
    record.best, record.best_running = best[: network.parameters], best[network.parameters :].reshape(2, -1)
    return record
