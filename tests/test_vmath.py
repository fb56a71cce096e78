"""The vector forms of sine, cosine, exponential and logarithm, and the formulas that call them."""

from __future__ import annotations

import math

import naive
import numba as nb
import numpy as np
import pytest
from numpy import sin as imported_sine

from core import SURFACES, descend
from core.engine import vmath
from core.expression import expression_surface

POINTS = 100_000
WORST = 2.0  # units in the last place
each = pytest.mark.parametrize("name", sorted(vmath.NAMES))
extended = pytest.mark.skipif(np.finfo(np.longdouble).nmant < 60, reason="no longer float here to compare with")


def column(function):
    """A formula of one number, compiled over an array."""
    function = vmath.inline(function)

    @nb.njit(error_model="numpy")
    def over(x, out):
        for i in range(x.size):
            out[i] = function(x[i])

    def applied(x):
        x = np.asarray(x, dtype=float)
        out = np.empty_like(x)
        over(x, out)
        return out

    return applied


COMPILED = {name: column(getattr(vmath, name)) for name in vmath.NAMES}


def ranges(name):
    """Where each function has something to do: every binade, the ends, and where results are small."""
    random = np.random.default_rng(0)
    tiny = random.uniform(-1, 1, POINTS) * 10 ** random.uniform(-320, 0, POINTS)
    if name == "exp":
        yield from (tiny, random.uniform(-745.2, 709.8, POINTS), random.uniform(-745.2, -708, POINTS))
    elif name == "log":
        yield from (abs(tiny), 10 ** random.uniform(-307, 308, POINTS), random.uniform(0.5, 2, POINTS))
        yield 1 + tiny
    else:
        yield from (tiny, random.uniform(-7, 7, POINTS), random.uniform(-vmath.WIDEST, vmath.WIDEST, POINTS))
        yield np.floor(10 ** random.uniform(0, 8.8, POINTS)) * (np.pi / 2)  # next to their zeros and peaks


@extended
@each
def test_within_two_units_in_the_last_place(name):
    for x in ranges(name):
        true = getattr(np, name)(x.astype(np.longdouble))
        error = np.abs(COMPILED[name](x) - true) / np.spacing(np.abs(true.astype(float)))
        assert error.max() < WORST, x[error.argmax()]


@each
def test_where_floats_end(name):
    ends = [0.0, -0.0, np.inf, -np.inf, np.nan, -1.0, 5e-324, -5e-324, 2.0**-1022, -(2.0**-1022), 2.0**30, -(2.0**30)]
    if name in ("exp", "log"):
        ends += [np.finfo(float).max, -np.finfo(float).max, 709.78271289338397, 709.782712893384, -745.1332191019411,
                 -745.1332191019412, -746.0, 1e300, -1e300]  # fmt: skip
    with np.errstate(all="ignore"):
        expected = getattr(np, name)(ends)
    found = COMPILED[name](ends)
    np.testing.assert_allclose(found, expected, rtol=4e-16)
    assert (np.signbit(found) == np.signbit(expected))[~np.isnan(expected)].all()


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_what_cannot_be_reduced_is_left_to_somebody_else(name):
    assert np.isnan(COMPILED[name]([1.0001 * vmath.WIDEST, -1e18, 1e300])).all()


# --- formulas ---------------------------------------------------------------------------------------------


def helper(x):
    return np.exp(math.sin(x)) * np.pi


def with_helper(x):
    return helper(x) + math.log(2 + np.sqrt(abs(x)))


def with_import(x):
    return imported_sine(x) ** 2


def polynomial(x):
    return np.sqrt(x * x + np.e) * math.floor(x)


def enclosed(amplitude, wave):
    return lambda x: amplitude * wave(x)


FORMULAS = {f.__name__: f for f in (with_helper, with_import)}
FORMULAS |= {"closure": enclosed(3.0, helper), "closure of a function": enclosed(0.5, np.cos)}


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)
def test_a_formula_and_its_helpers_use_the_vector_forms(formula):
    copy = vmath.vectorised(formula)
    x = np.linspace(-3, 3, 50)
    assert copy is not formula
    np.testing.assert_allclose(column(copy)(x), [formula(value) for value in x], rtol=1e-14, atol=1e-15)
    assert np.isnan(column(copy)([1e15])).all(), "the C library would know"


def test_a_formula_that_needs_none_of_them_stays_what_it_is():
    assert vmath.vectorised(polynomial) is polynomial


def test_vector_code():
    """What this file is for: no call of the C library is left, and two numbers or more are worked on at once."""
    fast = vmath.inline(vmath.vectorised(SURFACES["rastrigin"].value))

    @nb.njit(error_model="numpy")
    def values(x, y, out):
        for i in range(64):
            out[i] = fast(x[i], y[i])

    values(np.ones(64), np.ones(64), np.empty(64))
    (assembly,) = values.inspect_asm().values()
    assert "mulpd" in assembly or "fmul.2d" in assembly or "v0.2d" in assembly
    (code,) = values.inspect_llvm().values()
    assert "@sin" not in code
    assert "@cos" not in code


@pytest.mark.parametrize("surface", [s for s in SURFACES.values() if not s.samples], ids=lambda s: s.key)
def test_surfaces_far_from_their_map(surface):
    """Where the vector forms give up, the C library answers; for a lane that is lost nobody does."""
    points = np.array([(3e9, -1.0), (2.0, 1e12), (-1e17, 4e300), (0.3, 0.2)])
    run = descend(surface, "sgd", start=points, steps=1, hypers={"lr": 1e-300}, keep="path")
    with np.errstate(all="ignore"):
        losses = np.array([surface.value(*map(naive.number, point)) for point in points]).ravel()
        gradients = np.squeeze([surface.gradient(*map(naive.number, point)) for point in points])
    alive = np.isfinite(losses)
    np.testing.assert_allclose(run.loss[:, 0], np.where(alive, losses, np.nan), rtol=1e-12)
    np.testing.assert_allclose(run.gradient[alive, 0], gradients[alive], rtol=1e-12)


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_typed_waves_far_out(name):
    """Beside lanes that the vector forms can do, some that only the C library can, and one that is lost."""
    points = np.array([(0.3, 0.0), (1e10, 0.0), (-1e300, 0.0), (2.0**30, 0.0), (0.0, -7.0), (1.7e308, 1.7e308)])
    run = descend(expression_surface(f"{name}(x + y)"), "sgd", start=points, steps=1, hypers={"lr": 1e-300})
    slope = {"sin": np.cos, "cos": lambda u: -np.sin(u)}[name]
    sums = points[:-1].sum(axis=1)
    np.testing.assert_allclose(run.loss[:-1, 0], getattr(np, name)(sums), rtol=1e-14)
    np.testing.assert_allclose(run.gradient[:-1, 0, 1], slope(sums), rtol=1e-14)
    assert np.isnan(run.loss[-1]).all()
