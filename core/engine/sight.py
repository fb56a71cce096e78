"""What the engine sees of a surface: its value and slope at a block of points, and around the point of one lane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numba as nb
import numpy as np
from llvmlite import ir
from numba.extending import intrinsic, overload_method

from core.engine import noise
from core.engine.blocks import (
    BLOCK,
    GX,
    GY,
    NOISE_X,
    NOISE_Y,
    OPTIONS,
    SETTINGS,
    STATE,
    STREAM,
    B,
    F,
    U,
    V,
    X,
    Y,
    chooser,
    fingerprint,
    inline,
    reader,
)  # fmt: skip
from core.spec import Optimizer, Surface

# The settings, one number each: addresses of kernels (0: there is none) and of the scratch workspace; where in
# the workspace the surface's own memory begins; the matrix of its placement and its centre; the batch; the
# lowest known value.
SURFACE, SAMPLE, BEND, SCRATCH, OWN, PLACED, XX, XY, YX, YY, CX, CY, BATCH, LOWEST = range(SETTINGS, SETTINGS + 14)

for _name in ("bits", "mix"):
    inline(getattr(noise, _name))
example = inline(noise.example)


@intrinsic
def call(context, address, workspace, lanes, t, T):  # type: ignore[no-untyped-def]
    """Call a block kernel by address. (A typed function pointer would cost 27 µs an argument.)"""

    def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
        double, long = ir.DoubleType(), ir.IntType(64)
        kind = ir.FunctionType(ir.VoidType(), [double.as_pointer(), long, double, double])
        function = builder.inttoptr(args[0], kind.as_pointer())
        builder.call(function, [builder.inttoptr(args[1], double.as_pointer()), *args[2:]])
        return context.get_dummy_value()

    return nb.types.void(nb.int64, nb.int64, nb.int64, nb.float64, nb.float64), build


@intrinsic
def pointer(context, address):  # type: ignore[no-untyped-def]
    """An address as what `carray` makes an array of."""

    def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.inttoptr(args[0], ir.DoubleType().as_pointer())

    return nb.types.CPointer(nb.float64)(nb.int64), build


@inline
def look(W, P, n, t):  # type: ignore[no-untyped-def]
    """Rows X, Y -> loss and gradient, through the placement of the surface, of the examples of step t = 0, 1, ..."""
    xx, xy, yx, yy, cx, cy = W[XX], W[XY], W[YX], W[YY], W[CX], W[CY]
    placed = W[PLACED] != 0.0
    if placed:
        for j in range(n):
            dx, dy = W[X + j] - cx, W[Y + j] - cy
            W[U + j], W[V + j] = cx + xx * dx + xy * dy, cy + yx * dx + yy * dy
    else:
        for j in range(n):
            W[U + j], W[V + j] = W[X + j], W[Y + j]
    call(int(W[SURFACE]), P, n, W[OWN], 0.0)
    if W[SAMPLE] != 0.0:
        call(int(W[SAMPLE]), P, n, t, W[BATCH])
    if placed:
        for j in range(n):
            gx, gy = W[GX + j], W[GY + j]
            W[GX + j], W[GY + j] = xx * gx + yx * gy, xy * gx + yy * gy


@inline
def confine(W, n, box, inverse):  # type: ignore[no-untyped-def]
    """Put every point back to the nearest one that the box allows. inverse: of the placement's matrix."""
    xx, xy, yx, yy, cx, cy = W[XX], W[XY], W[YX], W[YY], W[CX], W[CY]
    placed = W[PLACED] != 0.0
    for j in range(n):
        px, py = W[X + j], W[Y + j]
        dx, dy = px - cx, py - cy
        u, v = (cx + xx * dx + xy * dy, cy + yx * dx + yy * dy) if placed else (px, py)
        new_u = box[0] if u < box[0] else box[1] if u > box[1] else u
        new_v = box[2] if v < box[2] else box[3] if v > box[3] else v
        outside = (new_u != u) | (new_v != v)
        du, dv = (new_u - cx, new_v - cy) if placed else (0.0, 0.0)
        new_x = cx + inverse[0] * du + inverse[1] * dv if placed else new_u
        new_y = cy + inverse[2] * du + inverse[3] * dv if placed else new_v
        W[X + j], W[Y + j] = new_x if outside else px, new_y if outside else py


def sample_kernel(surface: Surface) -> Any:
    """Kernel: rows U, V -> rows GX, GY, the mean gradient of the T examples of step t."""
    assert surface.samples is not None
    samples = surface.samples
    gradient, tag = inline(samples.gradient), fingerprint(samples.gradient)
    count, in_turn = samples.count, samples.in_turn

    @nb.cfunc(BLOCK, **OPTIONS)
    def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
        tag  # noqa: B018  (part of the cache key: an edited formula must be compiled again)
        W = nb.carray(P, STATE)
        batch = int(T)
        first = int(t) * batch
        for j in range(n):
            x, y, sum_x, sum_y = W[U + j], W[V + j], 0.0, 0.0
            for i in range(first, first + batch):
                k = i % count if in_turn else int(example(np.uint64(W[STREAM + j]), np.uint64(i), np.uint64(count)))
                gx, gy = gradient(x, y, k)
                sum_x, sum_y = sum_x + gx, sum_y + gy
            W[GX + j], W[GY + j] = sum_x / batch, sum_y / batch

    return kernel


def bend_kernel(surface: Surface) -> Any:
    """Kernel: rows U, V -> rows F, GX, GY: the second derivatives by xx, xy and yy."""
    hessian, tag = inline(surface.hessian), fingerprint(surface.hessian)

    @nb.cfunc(BLOCK, **OPTIONS)
    def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
        tag  # noqa: B018
        W = nb.carray(P, STATE)
        for j in range(n):
            W[F + j], W[GX + j], W[GY + j] = hessian(W[U + j], W[V + j])

    return kernel


class Sight(NamedTuple):
    """The compiled form of `core.spec.Here`: lane j of the workspace W at step t, and a scratch workspace S at Q."""

    W: Any
    S: Any
    Q: int
    j: int
    t: float
    f: float
    lowest: float


@overload_method(nb.types.NamedTuple, "look", inline="always")
def _look(here, x, y):  # type: ignore[no-untyped-def]
    if here.instance_class is not Sight:
        return None

    def elsewhere(here, x, y):  # type: ignore[no-untyped-def]
        W, S, j = here.W, here.S, here.j
        S[X], S[Y], S[STREAM] = x, y, W[STREAM + j]
        look(S, here.Q, 1, here.t - 1.0)
        return S[F], S[GX] + W[NOISE_X + j], S[GY] + W[NOISE_Y + j]

    return elsewhere


@overload_method(nb.types.NamedTuple, "bend", inline="always")
def _bend(here):  # type: ignore[no-untyped-def]
    if here.instance_class is not Sight:
        return None

    def second(here):  # type: ignore[no-untyped-def]
        W, S, j = here.W, here.S, here.j
        S[U], S[V] = W[U + j], W[V + j]
        call(int(S[BEND]), here.Q, 1, S[OWN], 0.0)
        p, q, r = S[F], S[GX], S[GY]
        xx, xy, yx, yy = S[XX], S[XY], S[YX], S[YY]
        return (
            xx * xx * p + 2 * xx * yx * q + yx * yx * r,
            xx * xy * p + (xx * yy + xy * yx) * q + yx * yy * r,
            xy * xy * p + 2 * xy * yy * q + yy * yy * r,
        )

    return second


def pairs(count: int) -> Callable[..., Any]:
    """(xs, ys) -> ((x, y), ...) of two tuples of `count` numbers."""
    if count == 0:
        return inline(lambda xs, ys: ())
    rest = pairs(count - 1)
    return inline(lambda xs, ys: ((xs[0], ys[0]), *rest(xs[1:], ys[1:])))


def pair_writer(count: int) -> Callable[..., Any]:
    """(W, at_x, at_y, ((x, y), ...)): writes `count` pairs one row apart."""
    if count == 0:
        return inline(lambda W, at_x, at_y, values: None)
    rest = pair_writer(count - 1)

    @inline
    def write(W, at_x, at_y, values):  # type: ignore[no-untyped-def]
        W[at_x], W[at_y] = values[0]
        rest(W, at_x + B, at_y + B, values[1:])

    return write


def plane_kernel(optimizer: Optimizer, varies: tuple[bool, ...]) -> Any:
    """Kernel: one update of a plane method, lane by lane. `varies` tells which hyperparameters differ by lane."""
    update, tag = inline(optimizer.update), fingerprint(optimizer.update)
    slots = len(optimizer.state)
    state_x, state_y, hypers = STATE, STATE + slots * B, STATE + 2 * slots * B
    size = hypers + len(varies) * B
    read, pair, write = reader(slots), pairs(slots), pair_writer(slots)
    read_shared, choose = reader(len(varies)), chooser(varies)

    @nb.cfunc(BLOCK, **OPTIONS)
    def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
        tag  # noqa: B018
        W = nb.carray(P, size)
        Q = int(W[SCRATCH])
        S = nb.carray(pointer(Q), STATE)
        shared = read_shared(W, hypers)
        for j in range(n):
            here = Sight(W, S, Q, j, t, W[F + j], W[LOWEST])
            state = pair(read(W, state_x + j), read(W, state_y + j))
            h = choose(W, hypers + j, shared)
            new = update((W[X + j], W[Y + j]), (W[GX + j], W[GY + j]), t, here, *state, *h)
            W[X + j], W[Y + j] = new[0]
            write(W, state_x + j, state_y + j, new[1:])

    return kernel
