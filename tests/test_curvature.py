"""Hessians by hand against dual numbers through the gradient, against differences and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from derivatives import wrong
from dual import through

from core import SURFACES, expression_surface
from core.curvature import curvatures, hessian, sharpness
from core.engine.blocks import nb  # whose cache folder is settled first
from core.spec import Surface

BOWL = SURFACES["bowl"]
PLACED = [pytest.param((0.0, 1.0), id="flat"), pytest.param((37.0, 2.0), id="placed")]


def points(surface: Surface, count: int = 200) -> np.ndarray:
    """(2, count) points spread over the bounds."""
    low, high = np.array(surface.bounds).T
    return (low + (high - low) * np.random.default_rng(3).random((count, 2))).T


@pytest.mark.parametrize("key", SURFACES)
@pytest.mark.parametrize("place", PLACED)
def test_the_hessian_by_hand_is_the_derivative_of_the_gradient(key: str, place: tuple[float, float]) -> None:
    surface = SURFACES[key].placed(*place)
    x, y = points(surface)
    exact = np.array(through(surface.gradient, x, y))
    by_hand = np.array(np.broadcast_arrays(*surface.hessian(x, y), x)[:3])
    scale = np.abs(exact).max(axis=0)
    bound = 1e-10 * scale + 1e-14 * scale.max()  # plateau: 1 - σ is rounded
    assert not wrong(("∂²f/∂x²", "∂²f/∂x∂y", "∂²f/∂y²"), by_hand, exact, bound, x, y)


@pytest.mark.parametrize("key", SURFACES)
def test_the_hessian_compiles(key: str) -> None:
    surface = SURFACES[key]
    compiled = nb.njit(surface.hessian, error_model="numpy")
    for x, y in points(surface, 5).T:
        np.testing.assert_allclose(compiled(x, y), surface.hessian(x, y), rtol=1e-12, atol=1e-10)


@pytest.mark.parametrize("key", SURFACES)
def test_where_it_is_not_finite_nothing_is_raised(key: str) -> None:
    far = np.array([0.0, -0.0, 1e200, -1e200, np.inf, np.nan])
    with np.errstate(all="ignore"):
        SURFACES[key].hessian(*np.meshgrid(far, far))


def test_dual_numbers_agree_with_differences_of_the_gradient() -> None:
    surface, h = SURFACES["himmelblau"].placed(33.0, 1.5), 1e-5
    x, y = points(surface, 20)
    along_x = np.subtract(surface.gradient(x + h, y), surface.gradient(x - h, y)) / (2 * h)
    along_y = np.subtract(surface.gradient(x, y + h), surface.gradient(x, y - h)) / (2 * h)
    np.testing.assert_allclose(through(surface.gradient, x, y), [*along_x, along_y[1]], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("key", SURFACES)
def test_minima_curve_up_and_saddles_both_ways(key: str) -> None:
    surface = SURFACES[key]
    for minimum in surface.minima if surface.smooth_at_minimum else ():
        assert curvatures(surface, *minimum)[0] > -1e-8
    for saddle in surface.saddles:
        low, high = curvatures(surface, *saddle)
        assert low <= 0 <= high


def test_closed_forms() -> None:
    np.testing.assert_array_equal(hessian(BOWL, 3.0, -2.0), [[0.1, 0.0], [0.0, 2.0]])
    np.testing.assert_array_equal(hessian(SURFACES["rosenbrock"], 1.0, 1.0), [[802.0, -400.0], [-400.0, 200.0]])
    np.testing.assert_allclose(hessian(SURFACES["factored"], 2, 0.5), [[0.25, 1.0], [1.0, 4.0]])
    np.testing.assert_allclose(hessian(BOWL.placed(90.0, 2.0), 1.0, 1.0), [[8.0, 0.0], [0.0, 0.1]], atol=1e-14)


@pytest.mark.parametrize("shape", [(2,), (7, 2), (3, 5, 2), (0, 2)])
def test_along_a_path_of_any_shape(shape: tuple[int, ...]) -> None:
    path = np.random.default_rng(0).random(shape)
    sharp = sharpness(SURFACES["rosenbrock"], path)
    assert sharp.shape == shape[:-1]
    for at in np.ndindex(sharp.shape):
        matrix = np.array(through(SURFACES["rosenbrock"].gradient, *path[at]))[[0, 1, 1, 2]].reshape(2, 2)
        np.testing.assert_allclose(sharp[at], np.linalg.eigvalsh(matrix)[-1], rtol=1e-12)
    np.testing.assert_array_equal(sharpness(BOWL, path), np.full(shape[:-1], 2.0))


def test_where_there_is_no_hessian_it_is_nan() -> None:
    path = np.array([[np.nan, 0.0], [1.0, 1.0], [np.inf, 2.0]])
    for key in ("ackley", "rosenbrock", "bowl"):
        assert np.isnan(sharpness(SURFACES[key], path)).tolist() == [True, False, True]


def test_a_typed_function_bends_as_the_declared_one() -> None:
    typed = expression_surface("(1 - x)^2 + 100*(y - x^2)^2").placed(20.0, 1.5)
    x, y = points(typed, 30).reshape(2, 5, 6)
    declared = SURFACES["rosenbrock"]
    np.testing.assert_allclose(typed.flat.hessian(x, y), np.broadcast_arrays(*declared.hessian(x, y)), rtol=1e-12)
    assert curvatures(typed, x, y).shape == (5, 6, 2)
    root = expression_surface("sqrt(x) + y^2")
    np.testing.assert_array_equal(
        sharpness(root, np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.0]])), [2.0, np.nan, np.nan]
    )
