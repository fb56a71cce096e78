"""The one kernel of all typed functions: it runs a program on a block of lanes, with exact derivatives.

A program is an array (instructions, 5) of floats, one row (operation, to, a, b, c): `to`, `a` and `b` are
registers, `c` is a number. A register is three rows of B numbers: a value, its derivative by x and by y
(forward mode). x and y stand in registers 0 and 1; the last instruction leaves the function in its own.
A function is never compiled, so a new one costs microseconds and leaves nothing behind.

`to` is never `a` or `b`, and every operand is a view with plain indices from 0: otherwise LLVM would not
turn the loops over the lanes into vector code.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum, auto
from typing import Any

import numba as nb
import numpy as np

from core.engine.blocks import BLOCK, GX, GY, OPTIONS, STATE, B, F, U, V, built, fingerprint, inline
from core.engine.sight import address, call
from core.engine.vmath import WIDEST, cos, exp, log, sin

REGISTERS = 16
SLOPES = REGISTERS * 3 * B  # two rows: the derivative of an operation by its first and by its second operand
LENGTH = SLOPES + 2 * B  # one number: how many instructions follow
MOST = 250  # instructions
LN2, LN10 = np.log(2.0), np.log(10.0)
TERMS = 11  # of a power series for |u| < 1: what is left out is below 1e-18


class Op(IntEnum):
    """What an instruction can do. u and v are its operands, c is its number."""

    number = 0  # c
    add = auto()
    sub = auto()
    mul = auto()
    div = auto()
    add_c = auto()  # u + c
    mul_c = auto()  # u * c
    div_c = auto()  # u / c
    c_sub = auto()  # c - u
    c_div = auto()  # c / u
    square = auto()
    pow_c = auto()  # u ** c; the first to leave its derivatives to the chain rule at the end
    c_pow = auto()  # c ** u
    sin = auto()
    cos = auto()
    tan = auto()
    asin = auto()
    acos = auto()
    atan = auto()
    sinh = auto()
    cosh = auto()
    tanh = auto()
    exp = auto()
    expm1 = auto()
    log = auto()
    log1p = auto()
    log2 = auto()
    log10 = auto()
    sqrt = auto()
    abs = auto()
    sign = auto()
    floor = auto()
    sinc = auto()  # sin(u) / u, and 1 at 0
    even_c = auto()  # |u| ** c: the real branch of u ** (p/q) with an odd q and an even p
    odd_c = auto()  # the same with the sign of u: an odd p
    pow = auto()  # the first with two operands
    min = auto()
    max = auto()
    hypot = auto()
    atan2 = auto()
    mul_log = auto()  # u * log(v), and 0 where v is 0: for a v that is 0 together with u, as its power
    less = auto()  # 1 where u < v, else 0
    at_most = auto()  # 1 where u <= v, else 0
    when = auto()  # v where u is not 0, else 0, whatever v is there


@inline
def times(a, b):  # type: ignore[no-untyped-def]
    """a * b in the chain rule. What does not change contributes nothing, however steep the other factor is."""
    return 0.0 if a == 0.0 or b == 0.0 else a * b


@inline
def share(u, v):  # type: ignore[no-untyped-def]
    """Derivative of max(u, v) by u. Where both are equal each gets half, so that abs(x) = max(x, -x) everywhere."""
    return 1.0 if u > v else 0.5 if u == v else 0.0


@inline
def of_sinc(u, s, c):  # type: ignore[no-untyped-def]
    """sin(u) / u with its first and second derivative, from the sine and cosine of u; near 0 by their power series.

    There (cos(u) - sin(u) / u) / u would cancel. q is (-1)**k u**(2k - 2) / (2k + 1)! for k = 1, 2, ...
    """
    if abs(u) >= 1.0:
        f = s / u
        slope = (c - f) / u
        return f, slope, -f - 2.0 * slope / u
    slope, bend, q = 0.0, 0.0, -1.0 / 6.0
    for k in range(1, TERMS):
        slope += 2.0 * k * q
        bend += 2.0 * k * (2.0 * k - 1.0) * q
        q *= -u * u / ((2.0 * k + 2.0) * (2.0 * k + 3.0))
    return (s / u if u != 0.0 else 1.0), slope * u, bend


@inline
def waves(sines, cosines, angles, n):  # type: ignore[no-untyped-def]
    """Sine and cosine of a row. Returns whether some number is too large for them, and must be asked for by itself."""
    wide = False
    for j in range(n):
        u = angles[j]
        sines[j], cosines[j] = sin(u), cos(u)
        wide |= abs(u) > WIDEST
    return wide


def kernel() -> Any:
    """Kernel: rows U, V -> rows F, GX, GY, by the program in the surface's own memory."""
    tag = fingerprint(fingerprint)

    @nb.cfunc(BLOCK, **OPTIONS)
    def interpret(P, n, own, _):  # type: ignore[no-untyped-def]
        tag  # noqa: B018  (part of the cache key: an edited engine must be compiled again)
        base = int(own)
        W = nb.carray(P, base + LENGTH + 1 + 5 * MOST)
        S, R = W[base + SLOPES : base + SLOPES + B], W[base + SLOPES + B : base + SLOPES + 2 * B]
        to = base
        for j in range(n):
            W[base + j], W[base + 3 * B + j] = W[U + j], W[V + j]

        for i in range(int(W[base + LENGTH])):
            p = base + LENGTH + 1 + 5 * i
            op, to, c = int(W[p]), base + 3 * B * int(W[p + 1]), W[p + 4]
            a, b = base + 3 * B * int(W[p + 2]), base + 3 * B * int(W[p + 3])
            D, A, E = W[to : to + 3 * B], W[a : a + 3 * B], W[b : b + 3 * B]

            if op == Op.number:
                for j in range(n):
                    D[j], D[B + j], D[2 * B + j] = c, 0.0, 0.0
            elif op == Op.add:
                for j in range(n):
                    D[j], D[B + j], D[2 * B + j] = A[j] + E[j], A[B + j] + E[B + j], A[2 * B + j] + E[2 * B + j]
            elif op == Op.sub:
                for j in range(n):
                    D[j], D[B + j], D[2 * B + j] = A[j] - E[j], A[B + j] - E[B + j], A[2 * B + j] - E[2 * B + j]
            elif op == Op.mul:
                for j in range(n):
                    u, v = A[j], E[j]
                    D[j] = u * v
                    D[B + j] = times(A[B + j], v) + times(u, E[B + j])
                    D[2 * B + j] = times(A[2 * B + j], v) + times(u, E[2 * B + j])
            elif op == Op.div:
                for j in range(n):
                    v = E[j]
                    f = A[j] / v
                    D[j] = f
                    D[B + j] = (A[B + j] - times(f, E[B + j])) / v
                    D[2 * B + j] = (A[2 * B + j] - times(f, E[2 * B + j])) / v
            elif op == Op.add_c:
                for j in range(n):
                    D[j], D[B + j], D[2 * B + j] = A[j] + c, A[B + j], A[2 * B + j]
            elif op == Op.mul_c:
                for j in range(n):
                    D[j], D[B + j], D[2 * B + j] = A[j] * c, A[B + j] * c, A[2 * B + j] * c
            elif op == Op.div_c:
                for j in range(n):
                    D[j], D[B + j], D[2 * B + j] = A[j] / c, A[B + j] / c, A[2 * B + j] / c
            elif op == Op.c_sub:
                for j in range(n):
                    D[j], D[B + j], D[2 * B + j] = c - A[j], -A[B + j], -A[2 * B + j]
            elif op == Op.c_div:
                for j in range(n):
                    u = A[j]
                    f = c / u
                    slope = -f / u
                    D[j], D[B + j], D[2 * B + j] = f, times(slope, A[B + j]), times(slope, A[2 * B + j])
            elif op == Op.square:
                for j in range(n):
                    u = A[j]
                    slope = u + u
                    D[j], D[B + j], D[2 * B + j] = u * u, times(slope, A[B + j]), times(slope, A[2 * B + j])
            elif op == Op.pow_c:
                for j in range(n):
                    D[j], S[j] = A[j] ** c, c * A[j] ** (c - 1.0)
            elif op == Op.c_pow:
                growth = np.log(c) if c != 0.0 else 0.0
                for j in range(n):
                    f = c ** A[j]
                    D[j], S[j] = f, growth * f
            elif op == Op.sin:
                if waves(D, S, A, n):
                    for j in range(n):
                        if abs(A[j]) > WIDEST:
                            D[j], S[j] = np.sin(A[j]), np.cos(A[j])
            elif op == Op.cos:
                if waves(S, D, A, n):
                    for j in range(n):
                        if abs(A[j]) > WIDEST:
                            D[j], S[j] = np.cos(A[j]), np.sin(A[j])
                for j in range(n):
                    S[j] = -S[j]
            elif op == Op.tan:
                for j in range(n):
                    f = np.tan(A[j])
                    D[j], S[j] = f, 1.0 + f * f
            elif op == Op.asin:
                for j in range(n):
                    u = A[j]
                    D[j], S[j] = np.arcsin(u), 1.0 / np.sqrt((1.0 - u) * (1.0 + u))
            elif op == Op.acos:
                for j in range(n):
                    u = A[j]
                    D[j], S[j] = np.arccos(u), -1.0 / np.sqrt((1.0 - u) * (1.0 + u))
            elif op == Op.atan:
                for j in range(n):
                    u = A[j]
                    D[j], S[j] = np.arctan(u), 1.0 / (1.0 + u * u)
            elif op == Op.sinh:
                for j in range(n):
                    D[j], S[j] = np.sinh(A[j]), np.cosh(A[j])
            elif op == Op.cosh:
                for j in range(n):
                    D[j], S[j] = np.cosh(A[j]), np.sinh(A[j])
            elif op == Op.tanh:  # 1 - tanh² would cancel where the curve is flat
                for j in range(n):
                    f = np.cosh(A[j])
                    D[j], S[j] = np.tanh(A[j]), 1.0 / f / f
            elif op == Op.exp:
                for j in range(n):
                    f = exp(A[j])
                    D[j], S[j] = f, f
            elif op == Op.expm1:
                for j in range(n):
                    D[j], S[j] = np.expm1(A[j]), exp(A[j])
            elif op == Op.log:
                for j in range(n):
                    D[j], S[j] = log(A[j]), 1.0 / A[j]
            elif op == Op.log1p:
                for j in range(n):
                    D[j], S[j] = np.log1p(A[j]), 1.0 / (1.0 + A[j])
            elif op == Op.log2:
                for j in range(n):
                    D[j], S[j] = np.log2(A[j]), 1.0 / (LN2 * A[j])
            elif op == Op.log10:
                for j in range(n):
                    D[j], S[j] = np.log10(A[j]), 1.0 / (LN10 * A[j])
            elif op == Op.sqrt:
                for j in range(n):
                    f = np.sqrt(A[j])
                    D[j], S[j] = f, 0.5 / f
            elif op == Op.abs:
                for j in range(n):
                    D[j], S[j] = abs(A[j]), np.sign(A[j])
            elif op == Op.sign:
                for j in range(n):
                    D[j], S[j] = np.sign(A[j]), 0.0
            elif op == Op.floor:
                for j in range(n):
                    D[j], S[j] = np.floor(A[j]), 0.0
            elif op == Op.sinc:
                if waves(D, S, A, n):
                    for j in range(n):
                        if abs(A[j]) > WIDEST:
                            D[j], S[j] = np.sin(A[j]), np.cos(A[j])
                for j in range(n):
                    D[j], S[j], _ = of_sinc(A[j], D[j], S[j])
            elif op == Op.even_c:
                for j in range(n):
                    u = abs(A[j])
                    D[j], S[j] = u**c, times(np.sign(A[j]), c * u ** (c - 1.0))
            elif op == Op.odd_c:
                for j in range(n):
                    u = abs(A[j])
                    D[j], S[j] = np.copysign(u**c, A[j]), c * u ** (c - 1.0)
            elif op == Op.pow:
                for j in range(n):
                    u, v = A[j], E[j]
                    f = u**v
                    D[j], S[j] = f, times(v, u ** (v - 1.0))
                    R[j] = f * np.log(u) if u != 0.0 else 0.0
            elif op == Op.min:
                for j in range(n):
                    u, v = A[j], E[j]
                    D[j], S[j], R[j] = np.minimum(u, v), share(v, u), share(u, v)
            elif op == Op.max:
                for j in range(n):
                    u, v = A[j], E[j]
                    D[j], S[j], R[j] = np.maximum(u, v), share(u, v), share(v, u)
            elif op == Op.hypot:
                for j in range(n):
                    u, v = A[j], E[j]
                    f = np.hypot(u, v)
                    D[j], S[j], R[j] = f, (u / f if f != 0.0 else 0.0), (v / f if f != 0.0 else 0.0)
            elif op == Op.atan2:
                for j in range(n):
                    u, v = A[j], E[j]
                    q = u * u + v * v
                    D[j], S[j], R[j] = np.arctan2(u, v), v / q, -u / q
            elif op == Op.mul_log:
                for j in range(n):
                    u, v = A[j], E[j]
                    S[j] = log(v)
                    D[j], R[j] = (u * S[j], u / v) if v != 0.0 else (0.0, 0.0)
            elif op == Op.less:
                for j in range(n):
                    D[j], S[j], R[j] = (1.0 if A[j] < E[j] else 0.0), 0.0, 0.0
            elif op == Op.at_most:
                for j in range(n):
                    D[j], S[j], R[j] = (1.0 if A[j] <= E[j] else 0.0), 0.0, 0.0
            elif op == Op.when:
                for j in range(n):
                    here = A[j] != 0.0
                    D[j], S[j], R[j] = (E[j], 0.0, 1.0) if here else (0.0, 0.0, 0.0)

            if op >= Op.pow:
                for j in range(n):
                    D[B + j] = times(S[j], A[B + j]) + times(R[j], E[B + j])
                    D[2 * B + j] = times(S[j], A[2 * B + j]) + times(R[j], E[2 * B + j])
            elif op >= Op.pow_c:
                for j in range(n):
                    D[B + j], D[2 * B + j] = times(S[j], A[B + j]), times(S[j], A[2 * B + j])

        Z = W[to : to + 3 * B]
        for j in range(n):
            W[F + j], W[GX + j], W[GY + j] = Z[j], Z[B + j], Z[2 * B + j]

    return interpret


def bend_kernel() -> Any:
    """Kernel: rows U, V -> rows F, GX, GY: the second derivatives by xx, xy and yy, lane by lane.

    A register is six numbers here: a value, its derivatives by x and y, and by xx, xy and yy. All of them fit
    into the rows of slopes. s and r are an operation's derivatives by u and v; uu, uv and vv its second ones.
    Where u or v may have grown beyond all bounds while the result has not, as in log(1 + exp(x)), 1/u² would be
    lost: there ff, fu and fv go with products of slopes of which one or both are those of the result itself.
    """
    tag = fingerprint(fingerprint)

    @nb.cfunc(BLOCK, **OPTIONS)
    def interpret(P, n, own, _):  # type: ignore[no-untyped-def]
        tag  # noqa: B018
        base = int(own)
        W = nb.carray(P, base + LENGTH + 1 + 5 * MOST)
        registers = base + SLOPES
        for j in range(n):
            X, Y, to = W[registers : registers + 6], W[registers + 6 : registers + 12], registers
            X[:], Y[:] = 0.0, 0.0
            X[0], X[1], Y[0], Y[2] = W[U + j], 1.0, W[V + j], 1.0

            for i in range(int(W[base + LENGTH])):
                p = base + LENGTH + 1 + 5 * i
                op, to, c = int(W[p]), registers + 6 * int(W[p + 1]), W[p + 4]
                a, b = registers + 6 * int(W[p + 2]), registers + 6 * int(W[p + 3])
                D, A, E = W[to : to + 6], W[a : a + 6], W[b : b + 6]
                u, v = A[0], E[0]
                f = s = r = uu = uv = vv = ff = fu = fv = 0.0

                if op == Op.number:
                    f = c
                elif op == Op.add:
                    f, s, r = u + v, 1.0, 1.0
                elif op == Op.sub:
                    f, s, r = u - v, 1.0, -1.0
                elif op == Op.mul:
                    f, s, r, uv = u * v, v, u, 1.0
                elif op == Op.div:
                    f, s = u / v, 1.0 / v
                    r, fv = -f / v, -s
                elif op == Op.add_c:
                    f, s = u + c, 1.0
                elif op == Op.mul_c:
                    f, s = u * c, c
                elif op == Op.div_c:
                    f, s = u / c, 1.0 / c
                elif op == Op.c_sub:
                    f, s = c - u, -1.0
                elif op == Op.c_div:
                    f = c / u
                    s, fu = -f / u, -1.0 / u
                elif op == Op.square:
                    f, s, uu = u * u, u + u, 2.0
                elif op == Op.pow_c:
                    f, s = u**c, c * u ** (c - 1.0)
                    if u != 0.0:
                        fu = (c - 1.0) / 2.0 / u
                    else:
                        uu = c * (c - 1.0) * u ** (c - 2.0)
                elif op == Op.c_pow:
                    growth = np.log(c) if c != 0.0 else 0.0
                    f = c**u
                    s, uu = growth * f, growth * growth * f
                elif op == Op.sin:
                    f, s, uu = np.sin(u), np.cos(u), -np.sin(u)
                elif op == Op.cos:
                    f, s, uu = np.cos(u), -np.sin(u), -np.cos(u)
                elif op == Op.tan:
                    f = np.tan(u)
                    s = 1.0 + f * f
                    uu = 2.0 * f * s
                elif op == Op.asin:
                    f, s = np.arcsin(u), 1.0 / np.sqrt((1.0 - u) * (1.0 + u))
                    uu = u * s * s * s
                elif op == Op.acos:
                    f, s = np.arccos(u), -1.0 / np.sqrt((1.0 - u) * (1.0 + u))
                    uu = u * s * s * s
                elif op == Op.atan:
                    f, s = np.arctan(u), 1.0 / (1.0 + u * u)
                    uu = -2.0 * u * s * s
                elif op == Op.sinh:
                    f, s, uu = np.sinh(u), np.cosh(u), np.sinh(u)
                elif op == Op.cosh:
                    f, s, uu = np.cosh(u), np.sinh(u), np.cosh(u)
                elif op == Op.tanh:
                    f, s = np.tanh(u), 1.0 / np.cosh(u) / np.cosh(u)
                    uu = -2.0 * f * s
                elif op == Op.exp:
                    f = s = uu = np.exp(u)
                elif op == Op.expm1:
                    f, s, uu = np.expm1(u), np.exp(u), np.exp(u)
                elif op == Op.log:
                    f, s, ff = np.log(u), 1.0 / u, -1.0
                elif op == Op.log1p:
                    f, s, ff = np.log1p(u), 1.0 / (1.0 + u), -1.0
                elif op == Op.log2:
                    f, s, ff = np.log2(u), 1.0 / (LN2 * u), -LN2
                elif op == Op.log10:
                    f, s, ff = np.log10(u), 1.0 / (LN10 * u), -LN10
                elif op == Op.sqrt:
                    f = np.sqrt(u)
                    s, ff = 0.5 / f, -1.0 / f
                elif op == Op.abs:
                    f, s = abs(u), np.sign(u)
                elif op == Op.sign:
                    f = np.sign(u)
                elif op == Op.floor:
                    f = np.floor(u)
                elif op == Op.sinc:
                    f, s, uu = of_sinc(u, np.sin(u), np.cos(u))
                elif op == Op.even_c:
                    f, s = abs(u) ** c, times(np.sign(u), c * abs(u) ** (c - 1.0))
                    if u != 0.0:
                        fu = (c - 1.0) / 2.0 / u
                    else:
                        uu = c * (c - 1.0) * abs(u) ** (c - 2.0)
                elif op == Op.odd_c:
                    f, s = np.copysign(abs(u) ** c, u), c * abs(u) ** (c - 1.0)
                    fu = (c - 1.0) / 2.0 / u if u != 0.0 else 0.0
                elif op == Op.pow:
                    f, less = u**v, u ** (v - 1.0)
                    growth = np.log(u) if u != 0.0 else 0.0
                    s, r = times(v, less), f * growth
                    vv = r * growth
                    if u != 0.0:
                        fu, uv = (v - 1.0) / 2.0 / u, less * (1.0 + (v + 1.0) / 2.0 * growth)
                    else:
                        uu, uv = times(v * (v - 1.0), u ** (v - 2.0)), less
                elif op == Op.min:
                    f, s, r = np.minimum(u, v), share(v, u), share(u, v)
                elif op == Op.max:
                    f, s, r = np.maximum(u, v), share(u, v), share(v, u)
                elif op == Op.hypot:
                    f = np.hypot(u, v)
                    if f != 0.0:
                        s, r = u / f, v / f
                        uu, uv, vv = r * r / f, -s * r / f, s * s / f
                elif op == Op.atan2:
                    q = u * u + v * v
                    f, s, r = np.arctan2(u, v), v / q, -u / q
                    uu, uv, vv = 2.0 * s * r, r * r - s * s, -2.0 * s * r
                elif op == Op.mul_log:
                    s, uv = np.log(v), 1.0 / v
                    if v != 0.0:
                        f, r = u * s, u / v
                        vv = -r / v
                elif op == Op.less:
                    f = 1.0 if u < v else 0.0
                elif op == Op.at_most:
                    f = 1.0 if u <= v else 0.0
                elif op == Op.when:
                    f, r = (v, 1.0) if u != 0.0 else (0.0, 0.0)

                D[0] = f
                for k in range(1, 6):
                    D[k] = times(s, A[k]) + times(r, E[k])
                for k in range(3):
                    one, two = max(1, k), min(2, k + 1)  # xx, xy, yy
                    D[3 + k] += times(times(uu, A[one]), A[two]) + times(times(vv, E[one]), E[two])
                    D[3 + k] += times(uv, times(A[one], E[two]) + times(A[two], E[one]))
                    D[3 + k] += times(ff, times(D[one], D[two]))
                    D[3 + k] += times(times(fu, D[one]), A[two]) + times(times(fu, D[two]), A[one])
                    D[3 + k] += times(times(fv, D[one]), E[two]) + times(times(fv, D[two]), E[one])

            W[F + j], W[GX + j], W[GY + j] = W[to + 3], W[to + 4], W[to + 5]

    return interpret


def memory(program: np.ndarray) -> np.ndarray:
    """What the kernel works in: empty registers, x and y knowing their derivatives, then the program."""
    room = np.zeros(LENGTH + 1 + program.size)
    room[B : 2 * B] = room[5 * B : 6 * B] = 1.0  # dx/dx and dy/dy
    room[LENGTH] = len(program)
    room[LENGTH + 1 :] = program.ravel()
    return room


def grid() -> Any:
    """(kernel, W, x, y, out): the function at the points x, y (points,) into out (3, points): f, ∂f/∂x, ∂f/∂y."""
    tag = fingerprint(fingerprint)
    long, row = nb.int64, nb.float64[::1]

    @nb.njit(nb.void(long, row, row, row, nb.float64[:, ::1]), **OPTIONS)
    def evaluate(kernel, W, x, y, out):  # type: ignore[no-untyped-def]
        tag  # noqa: B018
        P = address(W)
        for first in range(0, x.size, B):
            n = min(B, x.size - first)
            for j in range(n):
                W[U + j], W[V + j] = x[first + j], y[first + j]
            call(kernel, P, n, float(STATE), 0.0)
            for j in range(n):
                out[0, first + j], out[1, first + j], out[2, first + j] = W[F + j], W[GX + j], W[GY + j]

    return evaluate


def evaluate(program: np.ndarray, x: Any, y: Any, by: Callable[[], Any] = kernel) -> np.ndarray:
    """f, ∂f/∂x and ∂f/∂y, shape (3, ...), at numbers or arrays x and y that broadcast against each other.

    by: `bend_kernel` for the second derivatives in their place.
    """
    points = np.array(np.broadcast_arrays(x, y), dtype=float)
    shape, (px, py) = points.shape, points.reshape(2, -1)
    W = np.concatenate([np.zeros(STATE), memory(program)])
    out = np.empty((3, px.size))
    built(grid)(int(built(by).address), W, px, py, out)
    return out.reshape(3, *shape[1:])
