"""Which kernels a run needs, what they are told, and those of every plain run compiled ahead.

Compiled kernels stay on disk beside the source. `python -m core.engine` fills that store, in the image of a container
say, and then no plain run waits for a compiler. What is rarer (hyperparameters that differ by lane, another dialect,
Newton's method on another surface) is compiled when it is first asked for, mostly in a fifth of a second.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from core.engine import blocks, interpreter, loop, sight, store
from core.engine.outcome import LOOK_BACK
from core.modifiers import MODIFIERS
from core.optimizers import OPTIMIZERS
from core.schedules import SCHEDULES
from core.spec import Modifier, Optimizer, Schedule, Stop, Surface
from core.stops import STOPS
from core.surfaces import SURFACES

ROOT = Path(__file__).parents[2]
LINE = 64  # bytes in a line of the processor's cache


@cache
def run_loop() -> Any:
    """The compiled run loop."""
    return blocks.built(loop.compiled)


class _Room(threading.local):
    """Where the run loop works: memory that a thread keeps from run to run."""

    numbers = np.empty(0)

    def of(self, size: int) -> np.ndarray:
        """So many numbers or more. The first begins a line of the cache, so that no vector lies across two."""
        if self.numbers.size < size:
            memory = np.empty(size + LINE // 8)
            self.numbers = memory[-memory.ctypes.data % LINE // 8 :]
        return self.numbers


_room = _Room()


def run(room: int, *told: Any) -> None:
    """The run loop at work in this thread: as `loop.compiled` says, but for the first, which is the size of its room."""
    run_loop()((_room.of(room), *told))


def disturbing() -> int:
    """Address of the kernel that adds noise."""
    return blocks.kernel(sight.noise_kernel)


def placing() -> int:
    """Address of the kernel that turns and stretches."""
    return blocks.kernel(sight.place_kernel)


def drawing(surface: Surface) -> int:
    """Address of the kernel that draws examples."""
    return blocks.kernel(sight.sample_kernel, surface)


def updating(optimizer: Optimizer, varies: tuple[bool, ...] = ()) -> int:
    """Address of the kernel of an update rule. varies: which hyperparameters differ from lane to lane, if any does."""
    make = sight.plane_kernel if optimizer.plane else blocks.optimizer_kernel
    return blocks.kernel(make, optimizer, varies or (False,) * len(optimizer.hypers))


def modifying(modifier: Modifier) -> int:
    """Address of the kernel of a modifier."""
    return blocks.kernel(blocks.modifier_kernel, modifier)


def stopping(stop: Stop) -> int:
    """Address of the kernel of a rule that ends runs."""
    return blocks.kernel(blocks.stop_kernel, stop)


class Needed(NamedTuple):
    """What the run loop is told of a surface, an optimizer and a schedule."""

    room: int  # how many numbers it takes to work
    settings: np.ndarray  # of the surface, see `sight.py`
    memory: np.ndarray  # of the surface's kernel
    bounds: np.ndarray
    minima: np.ndarray
    size: float
    update: int  # address of a kernel
    state: np.ndarray  # (slots,) before the first update
    lr_row: int
    powers: int  # how many powers of the hyperparameters the update rule needs at every step
    watch: int  # address of the kernel of a schedule that watches the loss; 0 for the others
    watch_state: np.ndarray


@lru_cache(maxsize=128)
def needed(surface: Surface, optimizer: Optimizer, schedule: Schedule, batch: int, varies: tuple[bool, ...]) -> Needed:
    """All kernels of a run, compiled where they are not. varies: which hyperparameters differ from lane to lane."""
    state = np.array([optimizer.initial.get(name, 0.0) for name in optimizer.state], float)
    powers = 0 if optimizer.plane else blocks.apart(optimizer, varies).number
    lr_row = [hyper.name for hyper in optimizer.hypers].index("lr")
    seen = seeing(surface, optimizer, batch)
    pace = pacing(schedule, state.size, len(optimizer.hypers) + powers)
    rows = 2 * state.size + len(optimizer.hypers) + powers + len(schedule.state) + len(schedule.hypers) + 2 * LOOK_BACK
    room = rows * blocks.B + 2 * (blocks.STATE + seen[1].size)
    return Needed(room, *seen, updating(optimizer, varies), state, lr_row, powers, *pace)


@lru_cache(maxsize=64)
def powers(update: int, count: int, hypers: tuple[float, ...], steps: int) -> np.ndarray:
    """(count, steps) where the run loop keeps the powers of these hyperparameters for all runs to come."""
    return np.full((count, steps), np.nan)


@lru_cache(maxsize=8)
def draws(seeds: bytes, lanes: int, steps: int) -> np.ndarray:
    """Where the run loop keeps the noise of these seeds for all runs to come: (steps, lanes, 2), in one row."""
    return np.full(2 * steps * lanes, np.nan)


def pacing(schedule: Schedule, slots: int, n_hypers: int) -> tuple[int, np.ndarray]:
    """Address of the kernel of a schedule that watches the loss (0 for the others), and its first state."""
    if not schedule.watches_loss:
        return 0, np.empty(0)
    at = blocks.STATE + (2 * slots + n_hypers) * blocks.B
    state = np.array([schedule.initial.get(name, 0.0) for name in schedule.state])
    return blocks.kernel(blocks.schedule_kernel, schedule, at), state


def seeing(
    surface: Surface, optimizer: Optimizer, batch: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float]:
    """Of a surface: its settings, the memory of its kernel, its bounds, minima and size."""
    bends, plane = optimizer.plane and "bend" in optimizer.update.__code__.co_names, optimizer.plane
    flat, typed = surface.flat, surface.program is not None
    addresses = (
        blocks.kernel(interpreter.kernel) if typed else blocks.kernel(blocks.surface_kernel, flat),
        drawing(flat) if batch else 0,
        (blocks.kernel(interpreter.bend_kernel) if typed else blocks.kernel(sight.bend_kernel, flat)) if bends else 0,
        blocks.kernel(sight.confine_kernel) if surface.box else 0,
        blocks.kernel(sight.look_kernel) if plane else 0,
    )
    placed = placing() if surface.placed_from is not None else 0
    lowest = surface.lowest if plane else 0.0
    box = (*np.ravel(surface.box), *np.linalg.inv(np.reshape(surface.placement, (2, 2))).flat) if surface.box else ()
    settings = (0, *addresses, 0, 0, placed, *surface.placement, *surface.centre, batch, lowest, *box)
    memory = np.empty(0) if surface.program is None else interpreter.memory(surface.program)
    bounds, minima = np.ravel(surface.bounds), np.array(surface.minima, dtype=float).reshape(-1, 2)
    return np.array(settings, dtype=float), memory, bounds.astype(float), minima, surface.size


def _loop() -> Iterator[object]:
    """The run loop, which takes longer than anything else."""
    yield run_loop()


def _rules() -> Iterator[object]:
    """Everything that moves a point by its slope alone, and chance."""
    for optimizer in OPTIMIZERS.values():
        if not optimizer.plane:
            yield updating(optimizer)
    plain = next(iter(OPTIMIZERS.values()))
    for schedule in SCHEDULES.values():
        if schedule.watches_loss:  # every lane has a rate of its own
            yield pacing(schedule, len(plain.state), len(plain.hypers))
            yield updating(plain, tuple(hyper.name == "lr" for hyper in plain.hypers))
    yield disturbing()
    for modifier in MODIFIERS.values():
        yield modifying(modifier)
    for stop in STOPS.values():
        yield stopping(stop)
    for surface in SURFACES.values():
        if surface.samples:
            yield drawing(surface)


def _places() -> Iterator[object]:
    """Every surface, turned too, and the methods that look around, with what they look at on the first one."""
    yield placing()
    plain, *others = OPTIMIZERS.values()
    for surface in SURFACES.values():
        yield seeing(surface, plain, 0)
    first = next(iter(SURFACES.values()))
    for optimizer in others:
        if optimizer.plane:
            yield seeing(first, optimizer, 0), updating(optimizer)


def _typed() -> Iterator[object]:
    """The interpreter: the few kernels of all typed functions."""
    yield blocks.kernel(interpreter.kernel)
    yield blocks.built(interpreter.grid)
    yield blocks.kernel(interpreter.bend_kernel)


def _nets() -> Iterator[object]:
    """The training of networks, by everything that treats the weights apart."""
    from core.nets import kernels as training  # which needs this package
    from core.nets.layers import ACTIVATIONS

    yield training.loop()
    for key in ACTIVATIONS:
        yield training.activating(key)
    for optimizer in OPTIMIZERS.values():
        if not optimizer.plane:
            yield training.updating(optimizer)
    for schedule in SCHEDULES.values():
        yield training.watching(schedule)


# Each has its kernels ready one by one, so that whoever asks may pause between two. What comes first is needed first.
PARTS: Mapping[str, Callable[[], Iterator[object]]] = {
    part.__name__[1:]: part for part in (_loop, _rules, _places, _typed, _nets)
}


def compile_all(niceness: int = 0, parts: Iterable[str] = tuple(PARTS)) -> None:
    """Put the kernels of every plain run on disk, compiled by processes of their own, so that this one stays free for others.

    niceness: how much lower their priority is than that of this process, where the system knows such a thing.
    Raises subprocess.CalledProcessError where one of them fails, and OSError where none can be started or nothing kept.
    """
    store.writable()
    command = [sys.executable, "-m", __package__]
    running = [subprocess.Popen([*command, part, str(niceness)], cwd=ROOT) for part in parts]
    codes = [process.wait() for process in running]
    if any(codes):
        raise subprocess.CalledProcessError(max(codes, key=abs), command)
