"""What the engine sees of a surface: its value and slope at a block of points, and around the point of one lane."""

from __future__ import annotations

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
    KEPT_X,
    KEPT_Y,
    NOISE_X,
    NOISE_Y,
    OPTIONS,
    ORIGIN,
    REACH,
    SIGMA,
    STATE,
    STREAM,
    USED,
    B,
    F,
    U,
    V,
    X,
    Y,
    bitmask,
    chosen,
    fingerprint,
    inline,
    mark,
    rows,
    spots,
    widest,
)  # fmt: skip
from core.engine.noise import example, uniforms
from core.engine.vmath import bits, vectorised
from core.spec import Optimizer, Surface

# The settings, one number each: addresses of kernels (0: there is none) and of the scratch workspace; where in
# the workspace the surface's own memory begins; the matrix of its placement and its centre; the batch; the
# lowest known value; the box where points may be, and the inverse of the placement's matrix.
SURFACE, SAMPLE, BEND, CONFINE, LOOK, SCRATCH, OWN, PLACED, XX, XY, YX, YY, CX, CY, BATCH, LOWEST, BOX = range(
    REACH + 1, REACH + 18
)

THERE, BACK = 0.0, 1.0

for _function in (noise.bits, noise.mix, noise.example, noise.uniforms):
    inline(_function)
round_a_circle = inline(vectorised(noise.round_a_circle))


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


@intrinsic
def address(context, what):  # type: ignore[no-untyped-def]
    """The reverse of `pointer`, or where an array begins. (`array.ctypes.data` would take a tenth of a second to compile.)"""

    def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
        begin = (
            context.make_array(what)(context, builder, args[0]).data if isinstance(what, nb.types.Array) else args[0]
        )
        return builder.ptrtoint(begin, ir.IntType(64))

    return nb.int64(what), build


@inline
def look(W, P, n, t):  # type: ignore[no-untyped-def]
    """Rows X, Y -> loss and gradient, through the placement of the surface, of the examples of step t = 0, 1, ..."""
    placed = np.int64(W[PLACED])  # (`int` would be a function of its own to compile)
    if placed:
        call(placed, P, n, THERE, 0.0)
    call(np.int64(W[SURFACE]), P, n, W[OWN], 0.0)
    if W[SAMPLE] != 0.0:
        call(np.int64(W[SAMPLE]), P, n, t, W[BATCH])
    if placed:
        call(placed, P, n, BACK, 0.0)


def place_kernel() -> Any:
    """Kernel: X, Y -> the point as the surface was declared for it (t = THERE); back again, and with it the gradient as
    the map shows it (t = BACK)."""
    tag = fingerprint(fingerprint)

    @nb.cfunc(BLOCK, **OPTIONS)
    def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
        tag  # noqa: B018  (part of the cache key: an edited engine must be compiled again)
        W = nb.carray(P, STATE)
        xx, xy, yx, yy, cx, cy = W[XX], W[XY], W[YX], W[YY], W[CX], W[CY]
        if t == THERE:
            for j in range(n):
                x, y = W[X + j], W[Y + j]
                dx, dy = x - cx, y - cy
                W[KEPT_X + j], W[KEPT_Y + j] = x, y
                W[U + j], W[V + j] = cx + xx * dx + xy * dy, cy + yx * dx + yy * dy
        else:
            for j in range(n):
                gx, gy = W[GX + j], W[GY + j]
                W[X + j], W[Y + j] = W[KEPT_X + j], W[KEPT_Y + j]
                W[GX + j], W[GY + j] = xx * gx + yx * gy, xy * gx + yy * gy

    return kernel


def look_kernel() -> Any:
    """Kernel: `look`, for the methods that do so several times a step."""
    tag = fingerprint(fingerprint)

    @nb.cfunc(BLOCK, **OPTIONS)
    def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
        tag  # noqa: B018
        look(nb.carray(P, STATE), address(P), n, t)

    return kernel


def confine_kernel() -> Any:
    """Kernel: puts every point of rows X, Y back to the nearest one that the box allows."""
    tag = fingerprint(fingerprint)

    @nb.cfunc(BLOCK, **OPTIONS)
    def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
        tag  # noqa: B018
        W = nb.carray(P, STATE)
        low_u, high_u, low_v, high_v = W[BOX], W[BOX + 1], W[BOX + 2], W[BOX + 3]
        back_xx, back_xy, back_yx, back_yy = W[BOX + 4], W[BOX + 5], W[BOX + 6], W[BOX + 7]
        cx, cy, placed = W[CX], W[CY], np.int64(W[PLACED])
        if placed:
            call(placed, address(P), n, THERE, 0.0)
        for j in range(n):
            u, v = W[U + j], W[V + j]
            px, py = (W[KEPT_X + j], W[KEPT_Y + j]) if placed else (u, v)
            new_u = low_u if u < low_u else high_u if u > high_u else u
            new_v = low_v if v < low_v else high_v if v > high_v else v
            outside = (new_u != u) | (new_v != v)
            du, dv = (new_u - cx, new_v - cy) if placed else (0.0, 0.0)
            new_x = cx + back_xx * du + back_xy * dv if placed else new_u
            new_y = cy + back_yx * du + back_yy * dv if placed else new_v
            W[X + j], W[Y + j] = new_x if outside else px, new_y if outside else py

    return kernel


def noise_kernel() -> Any:
    """Kernel: adds the noise of step t to the gradients.

    T: where in memory it is kept from run to run, two normals a lane; nan: not known yet. 0: it is not kept.
    """
    tag = fingerprint(fingerprint)

    @nb.cfunc(BLOCK, **OPTIONS)
    def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
        tag  # noqa: B018
        widest()
        W = nb.carray(P, STATE)
        kept = nb.carray(pointer(np.int64(T)), 2 * n)
        known = T != 0.0
        if T != 0.0:
            for j in range(n):
                nx, ny = kept[2 * j], kept[2 * j + 1]
                W[NOISE_X + j], W[NOISE_Y + j] = nx, ny
                known &= nx + ny == nx + ny  # or another thread is just writing it down
        if not known:
            # In two loops: of a long chain of operations the processor has too few under way at once.
            for j in range(n):
                W[NOISE_X + j], W[NOISE_Y + j] = uniforms(bits(W[ORIGIN + j]), np.uint64(t))
            for j in range(n):
                W[NOISE_X + j], W[NOISE_Y + j] = round_a_circle(W[NOISE_X + j], W[NOISE_Y + j])
            if T != 0.0:
                for j in range(n):
                    kept[2 * j], kept[2 * j + 1] = W[NOISE_X + j], W[NOISE_Y + j]
        for j in range(n):
            sigma, gx, gy = W[SIGMA + j], W[GX + j], W[GY + j]
            nx, ny = sigma * W[NOISE_X + j], sigma * W[NOISE_Y + j]
            W[NOISE_X + j], W[NOISE_Y + j] = nx, ny
            W[GX + j] = gx + nx if sigma != 0.0 else gx
            W[GY + j] = gy + ny if sigma != 0.0 else gy

    return kernel


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
        batch = np.int64(T)
        first = np.int64(t) * batch
        for j in range(n):
            x, y, sum_x, sum_y = W[U + j], W[V + j], 0.0, 0.0
            for i in range(first, first + batch):
                k = (
                    i % count
                    if in_turn
                    else np.int64(example(np.uint64(W[STREAM + j]), np.uint64(i), np.uint64(count)))
                )
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
        W[USED + j] += 1.0
        call(np.int64(S[LOOK]), here.Q, 1, here.t - 1.0, 0.0)
        return S[F], S[GX] + W[NOISE_X + j], S[GY] + W[NOISE_Y + j]

    return elsewhere


@overload_method(nb.types.NamedTuple, "bend", inline="always")
def _bend(here):  # type: ignore[no-untyped-def]
    if here.instance_class is not Sight:
        return None

    def second(here):  # type: ignore[no-untyped-def]
        W, S, j = here.W, here.S, here.j
        S[X], S[Y] = W[X + j], W[Y + j]
        W[USED + j] += 2.0  # as many gradients as it has columns
        if S[PLACED] != 0.0:
            call(np.int64(S[PLACED]), here.Q, 1, THERE, 0.0)
        call(np.int64(S[BEND]), here.Q, 1, S[OWN], 0.0)
        p, q, r = S[F], S[GX], S[GY]
        if S[PLACED] == 0.0:  # and no zero of the matrix meets an infinity
            return p, q, r
        xx, xy, yx, yy = S[XX], S[XY], S[YX], S[YY]
        return (
            xx * xx * p + 2 * xx * yx * q + yx * yx * r,
            xx * xy * p + (xx * yy + xy * yx) * q + yx * yy * r,
            xy * xy * p + 2 * xy * yy * q + yy * yy * r,
        )

    return second


@intrinsic(prefer_literal=True)
def pairs(context, W, at_x, at_y, count):  # type: ignore[no-untyped-def]
    """((x, y), ...): the `count` numbers from W[at_x] on with those from W[at_y] on, each one row apart."""
    size, pair = count.literal_value, nb.types.UniTuple(nb.float64, 2)

    def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
        sides = [spots(context, builder, signature.args[0], args[0], at, size) for at in args[1:3]]
        made = [
            context.make_tuple(builder, pair, [builder.load(spot) for spot in both])
            for both in zip(*sides, strict=True)
        ]
        return context.make_tuple(builder, signature.return_type, made)

    return nb.types.UniTuple(pair, size)(W, at_x, at_y, count), build


@intrinsic
def put_pairs(context, W, at_x, at_y, numbers):  # type: ignore[no-untyped-def]
    """The reverse of `pairs`."""

    def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
        for side in (0, 1):
            for i, spot in enumerate(spots(context, builder, signature.args[0], args[0], args[1 + side], len(numbers))):
                number = builder.extract_value(args[3], (i, side))
                builder.store(context.cast(builder, number, numbers[i][side], nb.float64), spot)
        return context.get_dummy_value()

    return nb.types.void(W, at_x, at_y, numbers), build


def plane_kernel(optimizer: Optimizer, varies: tuple[bool, ...]) -> Any:
    """Kernel: one update of a plane method, lane by lane. `varies` tells which hyperparameters differ by lane."""
    update, tag = inline(optimizer.update), fingerprint(optimizer.update)
    slots = len(optimizer.state)
    state_x, state_y, hypers = STATE, STATE + slots * B, STATE + 2 * slots * B
    count, mask = len(varies), bitmask(varies)
    size = hypers + count * B

    @nb.cfunc(BLOCK, **OPTIONS)
    def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
        tag  # noqa: B018
        W = nb.carray(P, size)
        Q = np.int64(W[SCRATCH])
        S = nb.carray(pointer(Q), STATE)
        shared = rows(W, hypers, count)
        for j in range(n):
            mark(W, j, t - 1.0, W[REACH])
            here = Sight(W, S, Q, j, t, W[F + j], W[LOWEST])
            state = pairs(W, state_x + j, state_y + j, slots)
            h = chosen(W, hypers + j, shared, mask)
            new = update((W[X + j], W[Y + j]), (W[GX + j], W[GY + j]), t, here, *state, *h)
            W[X + j], W[Y + j] = new[0]
            put_pairs(W, state_x + j, state_y + j, new[1:])

    return kernel
