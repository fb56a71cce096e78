"""Sine, cosine, exponential and logarithm as plain arithmetic, so that a loop over lanes becomes vector code.

A call of the C library ends vectorisation: one sine at a time costs more than the rest of a step. These forms have
no branch and no call, and stay within two units in the last place of the true value (tests/test_vmath.py).
Coefficients: fdlibm (Sun Microsystems, 1993) for sine, cosine and logarithm, Taylor's for the exponential.

`vectorised` gives a copy of a formula that calls them where the original calls NumPy or math.
"""

from __future__ import annotations

import builtins
import functools
import math
from collections.abc import Callable
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

import numba as nb
import numpy as np
from llvmlite import ir
from numba.extending import intrinsic

from core.engine.compiler import inline

WIDEST = 2.0**30  # sine and cosine of a larger number are nan here: whoever calls them asks the C library
ROUND = 1.5 * 2.0**52  # added to a number, it leaves the nearest whole number in the last bits
PI_2 = 1.5707963267948966, 6.123233995736765e-17, 1.082856673921914e-32  # π/2 to 160 bits, all three above 0
TWO_OVER_PI = 0.6366197723675814
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # the first with 20 zeros at its end
LOG2_E = 1.4426950408889634
EXP_HIGH, EXP_LOW = 710.0, -746.0  # beyond them the exponential is inf or 0
LEAST = 2.0**-1022  # normal number


@intrinsic
def bits(context, x):  # type: ignore[no-untyped-def]
    """The 64 bits of a float."""
    return nb.uint64(nb.float64), lambda context, builder, signature, args: builder.bitcast(args[0], ir.IntType(64))


@intrinsic
def number(context, pattern):  # type: ignore[no-untyped-def]
    """The float of 64 bits."""
    return nb.float64(nb.uint64), lambda context, builder, signature, args: builder.bitcast(args[0], ir.DoubleType())


@intrinsic
def fma(context, a, b, c):  # type: ignore[no-untyped-def]
    """a * b + c, rounded once: what makes the reductions below exact. One instruction on every server of today."""
    return nb.float64(nb.float64, nb.float64, nb.float64), lambda context, builder, signature, args: builder.fma(*args)


U1, U2, U52, U62, BIAS = (np.uint64(n) for n in (1, 2, 52, 62, 1023))
MANTISSA, WHOLE = np.uint64(2**52 - 1), np.uint64(0x433 << 52)  # WHOLE | n is the float 2**52 + n
ROOT_HALF = np.uint64(0x3FE6A09E667F3BCD)  # bits of sqrt(1/2)
ONE_LESS_ROOT_HALF = np.uint64(0x3FF << 52) - ROOT_HALF


@inline
def quadrant(x):  # type: ignore[no-untyped-def]
    """(q, r): x = q·π/2 + r with |r| <= π/4 (Cody and Waite); of q only the two last bits count."""
    shifted = x * TWO_OVER_PI + ROUND
    n = shifted - ROUND
    r = fma(-n, PI_2[2], fma(-n, PI_2[1], fma(-n, PI_2[0], x)))
    return bits(shifted), r if abs(x) <= WIDEST else np.nan


@inline
def waves(r):  # type: ignore[no-untyped-def]
    """(sin r, cos r) for |r| <= π/4."""
    z = r * r
    s = fma(z, fma(z, fma(z, fma(z, fma(z, 1.58969099521155010221e-10, -2.50507602534068634195e-08),
        2.75573137070700676789e-06), -1.98412698298579493134e-04), 8.33333333332248946124e-03),
        -1.66666666666666324348e-01)  # fmt: skip
    c = fma(z, fma(z, fma(z, fma(z, fma(z, -1.13596475577881948265e-11, 2.08757232129817482790e-09),
        -2.75573143513906633035e-07), 2.48015872894767294178e-05), -1.38888888888741095749e-03),
        4.16666666666666019037e-02)  # fmt: skip
    return fma(r * z, s, r) if z > 0.0 else r, fma(z, fma(z, c, -0.5), 1.0)


@inline
def sin(x):  # type: ignore[no-untyped-def]
    """The sine: of the quadrant's sine or cosine, with the quadrant's sign."""
    q, r = quadrant(x)
    s, c = waves(r)
    return number(bits(c if q & U1 else s) ^ ((q & U2) << U62))


@inline
def cos(x):  # type: ignore[no-untyped-def]
    """The cosine: the sine, a quadrant further."""
    q, r = quadrant(x)
    s, c = waves(r)
    return number(bits(s if q & U1 else c) ^ (((q + U1) & U2) << U62))


@inline
def exp(x):  # type: ignore[no-untyped-def]
    """2ⁿ times the series of what is left of x, |r| <= ln 2 / 2."""
    x = EXP_HIGH if x > EXP_HIGH else x
    x = EXP_LOW if x < EXP_LOW else x
    shifted = x * LOG2_E + ROUND
    n = shifted - ROUND
    r = fma(-n, LN2_LOW, fma(-n, LN2_HIGH, x))
    p = fma(r, 1 / 6227020800, 1 / 479001600)
    p = fma(r, fma(r, fma(r, fma(r, fma(r, p, 1 / 39916800), 1 / 3628800), 1 / 362880), 1 / 40320), 1 / 5040)
    p = fma(r, fma(r, fma(r, fma(r, fma(r, p, 1 / 720), 1 / 120), 1 / 24), 1 / 6), 0.5)
    p = fma(r, fma(r, p, 1.0), 1.0)
    # 2**n as two factors: it may lie below the smallest normal number, or just above the largest.
    half = bits(n * 0.5 + ROUND)
    return p * number((half + BIAS) << U52) * number((bits(shifted) - half + BIAS) << U52)


@inline
def log(x):  # type: ignore[no-untyped-def]
    """k ln 2 + ln(1 + f), the second by the series of fdlibm in s = f / (2 + f)."""
    tiny = x < LEAST
    pattern = bits(x * 2.0**54 if tiny else x) + ONE_LESS_ROOT_HALF
    k = number((pattern >> U52) | WHOLE) - (2.0**52 + 1023.0 + (54.0 if tiny else 0.0))
    f = number((pattern & MANTISSA) + ROOT_HALF) - 1.0  # x = 2**k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2)
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * fma(w, fma(w, 1.531383769920937332e-01, 2.222219843214978396e-01), 3.999999999940941908e-01)
    odd = z * fma(w, fma(w, fma(w, 1.479819860511658591e-01, 1.818357216161805012e-01), 2.857142874366239149e-01),
        6.666666666666735130e-01)  # fmt: skip
    half_square = 0.5 * f * f
    y = s * (half_square + (even + odd)) + k * LN2_LOW - half_square + f + k * LN2_HIGH
    y = -np.inf if x == 0.0 else y
    return y if 0.0 <= x < np.inf else (x if x > 0.0 else np.nan)


NAMES = {"sin", "cos", "exp", "log"}
FAST = {getattr(module, name): globals()[name] for module in (np, math) for name in NAMES}


@functools.cache
def _stand_in(module: ModuleType) -> ModuleType:
    """The same module with our functions in it. (Numba looks a module's attributes up when it compiles.)"""
    ours = ModuleType(module.__name__)
    vars(ours).update(vars(module) | {name: globals()[name] for name in NAMES})
    return ours


def _known(what: Any) -> bool:
    try:
        return what in FAST
    except TypeError:  # not hashable
        return False


def vectorised(function: Callable[..., Any]) -> Callable[..., Any]:
    """A copy of a formula, and of the helper functions it calls, that uses the functions of this file.

    The formula itself, where it uses none of them.
    """
    return _vectorised(function, {})


def _vectorised(function: Callable[..., Any], done: dict[Callable[..., Any], Callable[..., Any]]) -> Callable[..., Any]:
    if function in done:
        return done[function]
    names = _names(function.__code__)
    globals_ = {name: what for name, what in function.__globals__.items() if name in names}
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    done[function] = function  # while the helpers are looked at: a formula that calls itself stays as it is
    swapped = {name: _swapped(what, names, done) for name, what in globals_.items()}
    enclosed = [_swapped(what, names, done) for what in cells]
    if all(a is b for a, b in zip([*swapped.values(), *enclosed], [*globals_.values(), *cells], strict=True)):
        return function
    copy = FunctionType(
        function.__code__,
        {"__builtins__": builtins, "__name__": function.__module__, **swapped},
        function.__name__,
        function.__defaults__,
        tuple(CellType(what) for what in enclosed),
    )
    done[function] = copy
    return copy


def _swapped(what: Any, names: set[str], done: dict[Callable[..., Any], Callable[..., Any]]) -> Any:
    """What stands in a copied formula in place of a module, a function or a number of the original."""
    if what in (np, math):
        return _stand_in(what) if names & NAMES else what
    if isinstance(what, FunctionType):
        return inline(_vectorised(what, done))
    return FAST[what] if _known(what) else what


def _names(code: CodeType) -> set[str]:
    """Every global and attribute that a piece of code mentions, with the lambdas inside it."""
    inner = (_names(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*inner)
