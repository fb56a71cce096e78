"""Turn a declared formula into a compiled kernel that works on a block of lanes.

A block is `B` lanes side by side. All its numbers stand in one workspace `W`, one row of B numbers
a quantity, at offsets known to the compiler, so that a loop over the lanes becomes vector code:

    rows   X Y         the point              U V    the same rows: the point as the surface was declared for it,
                                                     as long as the surface is asked; meanwhile it waits in KEPT_X KEPT_Y
           F GX GY     loss and gradient      K      the factor of the schedule
           BASE        lr before the schedule HOLD.. the point before the update
           LOW.. HIGH..  the map              LEFT NEAR SINCE REST TAIL..   what becomes of the lane
           GOAL..      the one minimum in reach while the point is within VIEW of VIEW_X VIEW_Y
           NOISE..     added to the gradient  SIGMA ORIGIN  how much of it, and which: the mixed seed
           STREAM      source of random examples
           LOST..      the point that has no value, or no next one, and at which step   LOOP  by how many steps it may repeat
           BEFORE      the loss at the last step  USED  how often it looked elsewhere   STOPPED RULE SPENT  when a rule ended it
           SETTINGS    of the surface, the same for all lanes: see `sight.py`
           AROUND..    of every modifier that is declared: its state for x, then for y, then its hyperparameters
           S..         state of the optimizer: n slots for x, then n for y
           H..         its hyperparameters, then powers of them at this step; nan: not known yet
        Q..         state of the schedule, then its hyperparameters; behind it the last points, see `outcome.py`

Each formula is compiled once, never each pair: the run loop calls kernels by address.
No fastmath and no fused multiply-add: a path must equal PyTorch's, and inf and nan are results.
"""

from __future__ import annotations

import gc
import hashlib
import inspect
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numba as nb
import numpy as np
from numba.extending import intrinsic

from core.engine import store
from core.engine.compiler import KernelCompiler, in_words, inline
from core.engine.shared import Parted, parted
from core.engine.vmath import vectorised
from core.modifiers import MODIFIERS
from core.spec import Modifier, Optimizer, Schedule, Stop, Surface
from core.stops import STOPS

B = 128
X, Y, KEPT_X, KEPT_Y, F, GX, GY, K, BASE, HOLD_X, HOLD_Y, LOW_X, HIGH_X, LOW_Y, HIGH_Y, LEFT, NEAR, SINCE, REST = (
    row * B for row in range(19)
)
U, V = X, Y
GOAL, GOAL_X, GOAL_Y, VIEW, VIEW_X, VIEW_Y, TAIL_X, TAIL_Y = (row * B for row in range(19, 27))
SIGMA, ORIGIN, NOISE_X, NOISE_Y, STREAM, LOST, LOST_X, LOST_Y, LOOP = (row * B for row in range(27, 36))
BEFORE, USED, STOPPED, RULE, SPENT = (row * B for row in range(36, 41))
SETTINGS, AROUND = 41 * B, 42 * B
STATE = AROUND + sum(2 * len(modifier.state) + len(modifier.hypers) for modifier in MODIFIERS.values()) * B
REACH = SETTINGS  # the first of them: how near is at a minimum
BLOCK = nb.types.void(nb.types.CPointer(nb.float64), nb.int64, nb.float64, nb.float64)  # (W, lanes, t, T)
# A surface knows no time. In place of t it is told where in W, behind all rows, its own memory begins.
OPTIONS: dict[str, Any] = {
    "error_model": "numpy",
    "nogil": True,
    "cache": store.folder() is not None,
    "pipeline_class": KernelCompiler,
}


# Each of these is one instruction to Numba. Written in Python they would be a chain of small functions, and to compile
# those would take longer than the formula.


@intrinsic(prefer_literal=True)
def rows(context, W, at, count):  # type: ignore[no-untyped-def]
    """The `count` numbers that stand one row apart from W[at] on, as a tuple."""
    size = count.literal_value

    def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
        numbers = [builder.load(spot) for spot in spots(context, builder, W, *args[:2], size)]
        return context.make_tuple(builder, signature.return_type, numbers)

    return nb.types.UniTuple(nb.float64, size)(W, at, count), build


@intrinsic(prefer_literal=True)
def chosen(context, W, at, shared, mask):  # type: ignore[no-untyped-def]
    """`shared` with the numbers from W[at] on in place of those whose bit in `mask` is set."""

    def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
        numbers = [
            builder.load(spot) if mask.literal_value >> i & 1 else builder.extract_value(args[2], i)
            for i, spot in enumerate(spots(context, builder, W, *args[:2], shared.count))
        ]
        return context.make_tuple(builder, signature.return_type, numbers)

    return shared(W, at, shared, mask), build


@intrinsic
def put_rows(context, W, at, numbers):  # type: ignore[no-untyped-def]
    """The reverse of `rows`."""

    def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
        for i, spot in enumerate(spots(context, builder, W, *args[:2], len(numbers))):
            number = builder.extract_value(args[2], i)
            builder.store(context.cast(builder, number, numbers[i], nb.float64), spot)
        return context.get_dummy_value()

    return nb.types.void(W, at, numbers), build


@intrinsic
def widest(context):  # type: ignore[no-untyped-def]
    """The loops of this function use the widest vectors there are.

    LLVM takes half of them on some processors, which suits loops that divide. A long series of products is another thing.
    """

    def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')  # llvmlite does not list this one
        return context.get_dummy_value()

    return nb.types.void(), build


def spots(context, builder, kind, W, at, count):  # type: ignore[no-untyped-def]
    """Pointers to W[at], W[at + B], ... kind: the type of W."""
    first = context.make_array(kind)(context, builder, W).data
    return [builder.gep(first, [builder.add(at, at.type(row * B))]) for row in range(count)]


@inline
def failed(W, j):  # type: ignore[no-untyped-def]
    """Whether nothing came out at a point that is still somewhere."""
    return np.isnan(W[F + j] + W[GX + j] + W[GY + j]) & ~np.isnan(W[U + j] + W[V + j])


def surface_kernel(surface: Surface) -> Any:
    """Kernel: rows U, V -> rows F, GX, GY."""
    value, gradient = inline(surface.value), inline(surface.gradient)
    fast_value, fast_gradient = inline(vectorised(value)), inline(vectorised(gradient))
    tag = fingerprint(surface.value)

    if fast_value is value and fast_gradient is gradient:

        @nb.cfunc(BLOCK, **OPTIONS)
        def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
            tag  # noqa: B018  (part of the cache key: an edited formula must be compiled again)
            W = nb.carray(P, STATE)
            for j in range(n):
                x, y = W[U + j], W[V + j]
                W[F + j] = value(x, y)
                W[GX + j], W[GY + j] = gradient(x, y)

    else:

        @nb.cfunc(BLOCK, **OPTIONS)
        def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
            tag  # noqa: B018
            widest()
            W = nb.carray(P, STATE)
            again = False
            for j in range(n):
                x, y = W[U + j], W[V + j]
                W[F + j] = fast_value(x, y)
                W[GX + j], W[GY + j] = fast_gradient(x, y)
                again |= failed(W, j)
            if again:  # a sine or cosine of a huge number, which only the C library reduces
                for j in range(n):
                    if failed(W, j):
                        x, y = W[U + j], W[V + j]
                        W[F + j] = value(x, y)
                        W[GX + j], W[GY + j] = gradient(x, y)

    return kernel


def bitmask(flags: tuple[bool, ...]) -> int:
    """Flag i as bit i of a number: Numba takes that for a constant, and no tuple."""
    return sum(flag << i for i, flag in enumerate(flags))


@inline
def mark(W, j, t, reach):  # type: ignore[no-untyped-def]
    """Since when lane j has been off the map, in LEFT, and at which minimum it has been since when (-1: it is not).

    LEFT is the step and 2 while it is off the map, less than 0 while it is on it, and -1 as long as it never left.
    Every update begins with it: while the divider is at work on the update, there is time for all of this.
    """
    x, y, left = W[X + j], W[Y + j], W[LEFT + j]
    inside = (x >= W[LOW_X + j]) & (x <= W[HIGH_X + j]) & (y >= W[LOW_Y + j]) & (y <= W[HIGH_Y + j])
    W[LEFT + j] = -abs(left) if inside else (t + 2.0 if left < 0.0 else left)
    dx, dy, near, since = x - W[GOAL_X + j], y - W[GOAL_Y + j], W[NEAR + j], W[SINCE + j]
    at = W[GOAL + j] if dx * dx + dy * dy <= reach * reach else -1.0
    W[SINCE + j] = since if at == near else t
    W[NEAR + j] = at


def apart(optimizer: Optimizer, varies: tuple[bool, ...]) -> Parted:
    """The update rule, and what leaves the loop over lanes, where `varies` tells which hyperparameters differ by lane."""
    names = [hyper.name for hyper, own in zip(optimizer.hypers, varies, strict=True) if not own]
    return parted(optimizer.update, frozenset(["t", *names]))


def _none(*parameters):  # type: ignore[no-untyped-def]
    """No powers."""
    return ()


def optimizer_kernel(optimizer: Optimizer, varies: tuple[bool, ...]) -> Any:
    """Kernel: the outcome so far, then one update of rows X, Y and the state. `varies`: which hyperparameters differ by lane."""
    parts, tag = apart(optimizer, varies), fingerprint(optimizer.update)
    update, powers = inline(parts.update), inline(parts.powers or _none)
    slots = len(optimizer.state)
    state_x, state_y, hypers = STATE, STATE + slots * B, STATE + 2 * slots * B
    count, mask, raised = len(varies), bitmask(varies), parts.number
    told = hypers + count * B
    size = told + raised * B

    @nb.cfunc(BLOCK, **OPTIONS)
    def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
        tag  # noqa: B018
        W = nb.carray(P, size)
        shared = rows(W, hypers, count)
        if raised and np.isnan(W[told]):
            put_rows(W, told, powers(W[X], W[GX], t, *rows(W, state_x, slots), *shared))
        known = rows(W, told, raised)
        reach = W[REACH]
        for j in range(n):
            mark(W, j, t - 1.0, reach)
            h = chosen(W, hypers + j, shared, mask)
            new_x = update(W[X + j], W[GX + j], t, *rows(W, state_x + j, slots), *h, *known)
            new_y = update(W[Y + j], W[GY + j], t, *rows(W, state_y + j, slots), *h, *known)
            W[X + j], W[Y + j] = new_x[0], new_y[0]
            put_rows(W, state_x + j, new_x[1:])
            put_rows(W, state_y + j, new_y[1:])

    return kernel


def schedule_kernel(schedule: Schedule, at: int) -> Any:
    """Kernel: multiply row K by the factor of a schedule that watches the loss; its state stands at `at`."""
    factor, tag = inline(schedule.factor), fingerprint(schedule.factor)
    slots, n_hypers = len(schedule.state), len(schedule.hypers)
    hypers = at + slots * B
    size = hypers + n_hypers * B

    @nb.cfunc(BLOCK, **OPTIONS)
    def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
        tag  # noqa: B018
        W = nb.carray(P, size)
        for j in range(n):
            new = factor(t, T, W[F + j], *rows(W, at + j, slots), *rows(W, hypers + j, n_hypers))
            W[K + j] *= new[0]
            put_rows(W, at + j, new[1:])

    return kernel


def place_of(modifier: Modifier) -> int:
    """Where the rows of a modifier begin in the workspace."""
    rows_before = 0
    for key, other in MODIFIERS.items():
        if key == modifier.key:
            break
        rows_before += 2 * len(other.state) + len(other.hypers)
    return AROUND + rows_before * B


def modifier_kernel(modifier: Modifier) -> Any:
    """Kernel: what a modifier does to rows GX, GY before update t, or to rows X, Y after it."""
    change, tag = inline(modifier.change), fingerprint(modifier.change)
    state_x, slots, n_hypers = place_of(modifier), len(modifier.state), len(modifier.hypers)
    state_y, hypers = state_x + slots * B, state_x + 2 * slots * B

    if not modifier.after:

        @nb.cfunc(BLOCK, **OPTIONS)
        def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
            tag  # noqa: B018
            W = nb.carray(P, STATE)
            for j in range(n):
                W[GX + j], W[GY + j] = change(W[GX + j], W[GY + j], *rows(W, hypers + j, n_hypers))

    else:

        @nb.cfunc(BLOCK, **OPTIONS)
        def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
            tag  # noqa: B018
            W = nb.carray(P, STATE)
            for j in range(n):
                h = rows(W, hypers + j, n_hypers)
                new_x = change(W[X + j], W[HOLD_X + j], t, *rows(W, state_x + j, slots), *h)
                new_y = change(W[Y + j], W[HOLD_Y + j], t, *rows(W, state_y + j, slots), *h)
                W[X + j], W[Y + j] = new_x[0], new_y[0]
                put_rows(W, state_x + j, new_x[1:])
                put_rows(W, state_y + j, new_y[1:])

    return kernel


def stop_kernel(stop: Stop) -> Any:
    """Kernel: which lanes end at point t by a rule whose bound is T. HOLD.. and BEFORE hold the point and the loss before it."""
    holds, tag = inline(stop.holds), fingerprint(stop.holds)
    number = 1.0 + list(STOPS).index(stop.key)

    @nb.cfunc(BLOCK, **OPTIONS)
    def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
        tag  # noqa: B018
        W = nb.carray(P, STATE)
        for j in range(n):
            dx, dy = W[X + j] - W[HOLD_X + j], W[Y + j] - W[HOLD_Y + j]
            ends = holds(W[F + j], W[BEFORE + j], W[GX + j], W[GY + j], dx, dy, t + W[USED + j], T)
            ends &= W[REST + j] == 0.0
            W[STOPPED + j] = t if ends else W[STOPPED + j]
            W[RULE + j] = number if ends else W[RULE + j]
            W[SPENT + j] = W[USED + j] if ends else W[SPENT + j]
            W[REST + j] = 1.0 if ends else W[REST + j]

    return kernel


def fingerprint(function: Callable[..., Any]) -> str:
    """Hash of the file that declares a formula, and of the engine. Numba itself does not notice an edit in another
    file: where rows have moved, an old kernel would read and write the wrong ones.

    A formula typed at a prompt has no file; its code is then already in Numba's key.
    """
    try:
        source = inspect.getsource(inspect.getmodule(function) or function)
    except (OSError, TypeError):
        source = ""
    return hashlib.sha256((source + _engine()).encode()).hexdigest()


@cache
def _engine() -> str:
    return "".join(file.read_text("utf-8") for file in sorted(store.HOME.glob("*.py")))


@contextmanager
def _garbage_left() -> Iterator[None]:
    """Nothing is searched for garbage meanwhile: compiling makes a million small objects, and a tenth of its time goes there."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


_built: dict[tuple[Any, ...], Any] = {}
_lock = threading.RLock()
if hasattr(os, "register_at_fork"):  # a process forked in the middle of a compilation would wait for its end for ever
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


def built(make: Callable[..., Any], *arguments: Any) -> Any:
    """make(*arguments), compiled at the first call and kept for the process."""
    found = _built.get((make, *arguments))
    if found is None:
        with _lock:
            found = _built.get((make, *arguments))
            if found is None:
                with store.opened(kind_of(make)) as sound, _garbage_left(), in_words(arguments):
                    found = _built[(make, *arguments)] = (healing if sound else _unkept)(make, *arguments)
    return found


def kind_of(make: Callable[..., Any]) -> str:
    """What the kernels that a function makes are called in the store."""
    return f"{make.__module__.rpartition('.')[2]}.{make.__name__}"


def kernel(make: Callable[..., Any], *arguments: Any) -> int:
    """Address of the kernel `make(*arguments)`."""
    return int(built(make, *arguments).address)


def healing(make: Callable[..., Any], *arguments: Any) -> Any:
    """make(*arguments), whatever state the store is in.

    A damaged index makes Numba raise at every later start until somebody deletes it, and a full disk whenever it has
    something to keep. What fails without the store as well is no damage: the formula is at fault, and the store stays.
    """
    try:
        return make(*arguments)
    except nb.core.errors.NumbaError:
        raise
    except OSError:
        return _unkept(make, *arguments)
    except Exception:
        made = _unkept(make, *arguments)
        store.empty(kind_of(make))
        return made


def _unkept(make: Callable[..., Any], *arguments: Any) -> Any:
    """make(*arguments), for this process only."""
    cached = OPTIONS["cache"]
    OPTIONS["cache"] = False
    try:
        return make(*arguments)
    finally:
        OPTIONS["cache"] = cached
