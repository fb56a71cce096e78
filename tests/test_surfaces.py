"""Every surface keeps what its record claims: gradient, minima, saddles, rates, texts."""

import inspect
import math
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from derivatives import wrong

from core.curvature import hessian
from core.discover import discover
from core.spec import Text

SURFACES = discover("core.surfaces", "SURFACE")
SLOPES = ("∂f/∂x", "∂f/∂y")
FAMILIES = ("gradient", "momentum", "adagrad", "adaptive")


@pytest.fixture(params=SURFACES)
def surface(request):
    return SURFACES[request.param]


def points(surface, count=200):
    """x, y: (count,) points spread over the bounds, the same in every run."""
    (x0, x1), (y0, y1) = surface.bounds
    u, v = np.random.default_rng(7).random((2, count))
    return x0 + (x1 - x0) * u, y0 + (y1 - y0) * v


def inside(surface, x, y):
    (x0, x1), (y0, y1) = surface.bounds
    return (x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)


def allowed(surface, x, y):
    """Which points the box of a surface leaves free: all, if it has none."""
    (x0, x1), (y0, y1) = surface.box or surface.bounds
    return (x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)


def gradient_by_complex_step(value, x, y, h=1e-30):
    """Exact to rounding where `value` is analytic: f(x + ih) = f(x) + ih f'(x)."""
    return value(x + 1j * h, y).imag / h, value(x, y + 1j * h).imag / h


def gradient_by_differences(value, x, y, h=1e-3):
    """Central differences of sixth order."""
    weights = ((1, 3 / 4), (2, -3 / 20), (3, 1 / 60))
    return (
        sum(w * (value(x + k * h, y) - value(x - k * h, y)) for k, w in weights) / h,
        sum(w * (value(x, y + k * h) - value(x, y - k * h)) for k, w in weights) / h,
    )


def assert_gradient(surface):
    x, y = points(surface)
    g = np.array(surface.gradient(x, y))
    if "abs(" in inspect.getsource(surface.value):  # not analytic: a complex step would be wrong
        expected, tolerance = np.array(gradient_by_differences(surface.value, x, y)), 1e-6
    else:
        expected, tolerance = np.array(gradient_by_complex_step(surface.value, x, y)), 1e-12
    assert not wrong(SLOPES, g, expected, tolerance * (1 + np.abs(g).max(axis=0)), x, y)


def test_gradient_is_the_derivative_of_value(surface):
    assert_gradient(surface)


def test_a_wrong_gradient_is_told_with_its_place_and_size():
    x, y = points(SURFACES["bowl"])
    exact = np.array(SURFACES["bowl"].gradient(x, y))
    by_hand = exact.copy()
    by_hand[1, 7] += 0.5
    told = f"∂f/∂y at ({x[7]:.6g}, {y[7]:.6g}) is {2 * y[7] + 0.5:.6g}, where {2 * y[7]:.6g} is right: off by 0.5; "
    assert wrong(SLOPES, by_hand, exact, 1e-12, x, y) == told + "∂f/∂y at 1 of 200 points"
    by_hand[0, 3] = np.nan
    assert wrong(SLOPES, by_hand, exact, 1e-12, x, y).startswith(f"∂f/∂x at ({x[3]:.6g}, {y[3]:.6g}) is nan")
    assert wrong(SLOPES, exact, exact, 0.0, x, y) == ""


def test_floats_and_arrays_give_the_same(surface):
    x, y = (a.reshape(10, 20) for a in points(surface))
    f, (gx, gy), bend = surface.value(x, y), surface.gradient(x, y), np.broadcast_arrays(*surface.hessian(x, y), x)[:3]
    assert f.shape == gx.shape == gy.shape == (10, 20)
    for at in np.ndindex(10, 20):
        p = float(x[at]), float(y[at])
        np.testing.assert_allclose(surface.value(*p), f[at], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(surface.gradient(*p), (gx[at], gy[at]), rtol=1e-12, atol=1e-11)
        np.testing.assert_allclose(surface.hessian(*p), [row[at] for row in bend], rtol=1e-12, atol=1e-10)


def test_minima_are_minima(surface):
    angle = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    for x, y in surface.minima:
        gradient = np.array(surface.gradient(x, y))
        assert np.isfinite(gradient).all()
        if surface.smooth_at_minimum:
            assert np.hypot(*gradient) < 1e-9
        for radius in (1e-4 * surface.size, 1e-3 * surface.size):
            around = x + radius * np.cos(angle), y + radius * np.sin(angle)
            if surface.box:  # its lowest point lies on a wall, and may be one of many
                ring = surface.value(*around)[allowed(surface, *around)]
                assert surface.value(x, y) <= ring.min() < surface.value(*around).max()
            else:
                assert surface.value(x, y) < surface.value(*around).min()


def test_minima_are_distinct_inside_and_sorted(surface):
    values = [surface.value(x, y) for x, y in surface.minima]
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(values))
    assert all(inside(surface, x, y) for x, y in surface.minima)
    for i, (x, y) in enumerate(surface.minima):
        assert all(np.hypot(x - a, y - b) > 1e-3 * surface.size for a, b in surface.minima[:i])


def minima_by_newton(surface):
    """(2, n): the minima inside the bounds that Newton's method finds from a grid of starts."""
    x, y = np.meshgrid(*(np.linspace(low, high, 45) for low, high in surface.bounds))
    p = np.array([x.ravel(), y.ravel()])
    with np.errstate(all="ignore"):
        for _ in range(40):
            curvature, slope = np.nan_to_num(hessian(surface, *p)), np.nan_to_num(surface.gradient(*p))
            p = p - (np.linalg.pinv(curvature) @ slope.T[..., None])[..., 0].T
        still = np.hypot(*surface.gradient(*p)) < 1e-9
        curved = np.linalg.eigvalsh(np.nan_to_num(hessian(surface, *p)))[:, 0] > 1e-3
    return p[:, still & curved & inside(surface, *p)]


def test_nothing_lies_below_the_first_minimum(surface):
    if surface.unbounded:
        pytest.skip("has no lowest point")
    lowest = surface.value(*surface.minima[0])
    grid = np.meshgrid(*(np.linspace(low, high, 801) for low, high in surface.bounds))
    for x, y in (grid, points(surface, 100_000), minima_by_newton(surface)):
        x, y = np.asarray(x), np.asarray(y)
        free = allowed(surface, x, y) if surface.box else np.ones(x.shape, bool)
        assert surface.value(x, y)[free].min(initial=np.inf) >= lowest - 1e-12 * (1 + abs(lowest))


def test_saddles_are_saddles(surface):
    for x, y in surface.saddles:
        assert inside(surface, x, y)
        assert np.hypot(*surface.gradient(x, y)) < 1e-9
        low, high = np.linalg.eigvalsh(hessian(surface, x, y))
        assert low < 0 < high or max(abs(low), abs(high)) < 1e-6


def test_start_is_inside_and_on_a_slope(surface):
    assert inside(surface, *surface.start)
    assert np.hypot(*surface.gradient(*surface.start)) > 1e-2
    stationary = surface.minima + surface.saddles
    assert all(np.hypot(surface.start[0] - x, surface.start[1] - y) > 0.05 * surface.size for x, y in stationary)


def run(surface, family, steps=None, lr=None):
    """(steps + 1, 2): a plain loop of the family's simplest member, from the surface's start."""
    lr = lr or surface.rates[family]
    p, m, s = np.array(surface.start), np.zeros(2), np.zeros(2)
    path = [p]
    for t in range(1, (steps or surface.steps) + 1):
        g = np.array(surface.gradient(*p))
        if family == "gradient":
            step = g
        elif family == "momentum":
            step = m = 0.9 * m + g
        elif family == "adagrad":
            s = s + g**2
            step = g / (np.sqrt(s) + 1e-10)
        else:
            m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
            step = m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
        p = p - lr * step
        if surface.box:
            p = np.clip(p, *np.transpose(surface.box))
        path.append(p)
    return np.array(path)


@pytest.mark.parametrize("family", FAMILIES)
def test_recommended_rates_are_stable(surface, family):
    if surface.unbounded:
        pytest.skip("every run leaves")
    path = run(surface, family)
    assert np.isfinite(path).all()
    loss = surface.value(*path.T) - surface.value(*surface.minima[0])
    assert loss.max() < 1000 * loss[0]
    assert loss[-1] < loss[0]
    assert inside(surface, *path.T).all(), "the run leaves the picture"


def test_runs_leave_an_unbounded_surface(surface):
    if not surface.unbounded:
        pytest.skip("has a lowest point")
    for family in FAMILIES:
        path = run(surface, family)
        assert surface.value(*path[-1]) < -0.5
        assert np.isfinite(path).all(), "a run of the default length should end before it overflows"


@pytest.mark.parametrize("stretch", [1.0, 3.0, 0.25])
def test_a_placed_surface_is_the_same_surface_elsewhere(surface, stretch):
    placed = surface.placed(37.0, stretch)
    x, y = points(surface)
    centre = complex(*surface.centre)
    moved = centre + (x - centre.real + 1j * (y - centre.imag) / stretch) * np.exp(1j * np.radians(37.0))
    np.testing.assert_allclose(placed.value(moved.real, moved.imag), surface.value(x, y), rtol=1e-10, atol=1e-10)
    for here, there in zip(surface.minima + surface.saddles, placed.minima + placed.saddles, strict=True):
        assert surface.value(*here) == pytest.approx(placed.value(*there), rel=1e-12, abs=1e-12)
        if surface.smooth_at_minimum:
            assert np.hypot(*placed.gradient(*there)) < 1e-8
    assert placed.centre == pytest.approx(surface.centre)
    for (low, high), (placed_low, placed_high) in zip(surface.bounds, placed.bounds, strict=True):
        assert placed_low <= low < high <= placed_high
    if stretch == 1.0:
        assert_gradient(placed)


def test_a_stretch_widens_the_map_where_it_pulls_a_surface_apart(surface):
    (x0, x1), (y0, y1) = surface.bounds
    (_, cy), width, height = surface.centre, x1 - x0, y1 - y0
    along_y, along_x = surface.placed(0.0, 0.5), surface.placed(90.0, 0.5)
    np.testing.assert_allclose(along_y.bounds, ((x0, x1), (cy - height, cy + height)))
    np.testing.assert_allclose(np.ptp(along_x.bounds, axis=1), (max(width, 2 * height), height))
    for minimum in along_y.minima:
        assert inside(along_y, *minimum)


def test_placing_starts_from_the_surface_as_declared(surface):
    x, y = points(surface)
    assert surface.placed(37.0, 2.0).placed() is surface.placed(-360.0) is surface
    twice, once = surface.placed(20.0, 3.0).placed(50.0), surface.placed(50.0)
    assert (twice.rotation, twice.stretch, twice.key) == (50.0, 1.0, surface.key)
    np.testing.assert_array_equal(twice.value(x, y), once.value(x, y))
    for stretch in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="positive stretch"):
            surface.placed(0.0, stretch)


def test_record_is_complete(surface):
    assert SURFACES[surface.key] is surface
    assert set(surface.rates) == set(FAMILIES)
    assert all(rate > 0 for rate in surface.rates.values())
    assert 20 <= surface.steps <= 5000
    assert surface.latex.startswith("f(x,y) = ")
    assert surface.source.url.startswith("https://")
    assert isinstance(surface.teaches, Text)
    assert re.search("[가-힣]", surface.teaches.ko)
    assert not re.search("[가-힣]", surface.teaches.en)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bounds": ((1.0, -1.0), (-1.0, 1.0))}, "bounds"),
        ({"bounds": ((-1.0, 1.0), (1.0, 1.0))}, "bounds"),
        ({"bounds": (-8, 8, -4, 4)}, r"got \(-8, 8, -4, 4\); write \(\(-8, 8\), \(-4, 4\)\)"),
        ({"bounds": 5}, "bounds: expected .* got 5"),
        ({"bounds": (("a", 1), (0, 1))}, "bounds: expected .* got"),
        ({"minima": (), "unbounded": False}, "minimum"),
        ({"rates": {"gradient": 0.1, "momentum": 0.1, "adagrad": 1.0}}, "adaptive"),
    ],
)
def test_contradictions_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(next(iter(SURFACES.values())), **change)


# What only one surface claims.


@pytest.mark.parametrize("key", sorted(set(SURFACES) - {"ackley"}))  # whose dimples are left out on purpose
def test_no_minimum_is_missing(key):
    surface = SURFACES[key]
    for x, y in minima_by_newton(surface).T:
        assert any(np.hypot(x - a, y - b) < 1e-6 for a, b in surface.minima), f"undeclared minimum at ({x}, {y})"


@pytest.mark.parametrize(
    ("key", "lowest", "count"),
    [
        ("styblinski_tang", -78.33233140754282, 4),
        ("three_hump_camel", 0.0, 3),
        ("himmelblau", 0.0, 4),
        ("rastrigin", 0.0, 121),
        ("ackley", 0.0, 1),
        ("booth", 0.0, 1),
        ("matyas", 0.0, 1),
        ("six_hump_camel", -1.031628453489877, 6),
        ("goldstein_price", 3.0, 4),
        ("levy", 0.0, 40),
        ("griewank", 0.0, 17),
        ("mccormick", -math.sqrt(3) / 2 - math.pi / 3, 2),
        ("easom", -1.0, 5),
    ],
)
def test_published_minima(key, lowest, count):
    surface = SURFACES[key]
    assert surface.value(*surface.minima[0]) == pytest.approx(lowest, rel=1e-14, abs=1e-14)
    assert len(surface.minima) == count


def test_bowl_repeats_the_figure_of_the_book():
    bowl = SURFACES["bowl"]
    assert run(bowl, "gradient")[29] == pytest.approx((-0.38717458, -0.09420257), abs=1e-8)
    assert run(bowl, "momentum")[29] == pytest.approx((0.81411215, 0.27287785), abs=1e-8)
    assert run(bowl, "adagrad")[29] == pytest.approx((-0.13618540, 0.0), abs=1e-7)


@pytest.mark.parametrize("scale", [0.9, 1.0, 1.1])
def test_momentum_rolls_through_the_local_well(scale):
    well = SURFACES["local_well"]
    deep, shallow = well.minima
    assert well.rates["gradient"] == well.rates["momentum"]
    assert run(well, "gradient", lr=scale * well.rates["gradient"])[-1] == pytest.approx(shallow, abs=1e-3)
    assert run(well, "momentum", lr=scale * well.rates["momentum"])[-1] == pytest.approx(deep, abs=1e-2)


def test_gradient_at_the_tip_of_the_cone():
    gradient = SURFACES["ackley"].gradient
    assert gradient(0.0, 0.0) == (0.0, 0.0)
    for tiny in (1e-320, 1e-200, 1e-100):
        assert np.hypot(*gradient(tiny, -tiny)) < 3
    assert np.hypot(*gradient(1e-100, 0.0)) == pytest.approx(2 * np.sqrt(2))


def test_published_heights_of_the_wells():
    heights = {key: [SURFACES[key].value(*p) for p in SURFACES[key].minima] for key in ("goldstein_price", "easom")}
    assert heights["goldstein_price"] == pytest.approx([3, 30, 84, 840], rel=1e-13)
    assert heights["easom"] == pytest.approx([-1, *4 * [-8.11e-5]], rel=1e-3)


@pytest.mark.parametrize(
    ("key", "family", "end"),
    [
        ("six_hump_camel", "gradient", 4),
        ("six_hump_camel", "momentum", 0),
        ("goldstein_price", "gradient", 1),
        ("goldstein_price", "momentum", 0),
        ("goldstein_price", "adagrad", 1),
        ("levy", "gradient", 18),
        ("levy", "momentum", 0),
        ("two_gaussians", "gradient", 1),
        ("two_gaussians", "momentum", 0),
        ("two_gaussians", "adaptive", 0),
        ("mccormick", "gradient", 1),
        ("mccormick", "momentum", 1),
        ("griewank", "gradient", 15),
        ("griewank", "momentum", 15),
        ("griewank", "adaptive", 15),
    ],
)
@pytest.mark.parametrize("scale", [0.95, 1.0, 1.05])
def test_every_method_ends_in_the_well_that_the_text_names(key, family, end, scale):
    surface = SURFACES[key]
    last = run(surface, family, lr=scale * surface.rates[family])[-1]
    distances = [np.hypot(*(last - minimum)) for minimum in surface.minima]
    assert int(np.argmin(distances)) == end
    assert distances[end] < 0.01 * surface.size


def test_booth_loses_a_fifth_in_either_direction():
    booth = SURFACES["booth"]
    error = run(booth, "gradient") - booth.minima[0]
    along, across = error[:, 0] - error[:, 1], error[:, 0] + error[:, 1]
    np.testing.assert_allclose(along[1:], 0.8 * along[:-1], rtol=0, atol=1e-12)
    np.testing.assert_allclose(across[1:], -0.8 * across[:-1], rtol=0, atol=1e-12)


def test_momentum_of_twice_the_rate_leaves_mccormicks_trough():
    trough = SURFACES["mccormick"]
    assert trough.value(*run(trough, "momentum", lr=2 * trough.rates["momentum"])[-1]) < trough.value(*trough.minima[0])


@pytest.mark.parametrize(("lr", "sharpness"), [(0.05, 16.03), (0.10, 16.03), (0.15, 9.76), (0.19, 2.05), (0.20, 2.34)])
def test_a_large_rate_is_thrown_out_of_the_sharp_end(lr, sharpness):
    """At a minimum of (xy − 1)²/2 the larger curvature is x² + y²; plain descent can only rest where it is below 2/lr."""
    path = run(SURFACES["factored"], "gradient", steps=300, lr=lr)
    x, y = path[-1]
    assert x * y == pytest.approx(1, abs=1e-6)
    assert x**2 + y**2 == pytest.approx(sharpness, abs=0.005)
    assert sharpness < 2 / lr


@pytest.mark.parametrize(("key", "wait"), [("plateau", 80), ("easom", 32)])
def test_plain_descent_waits_where_the_gradient_vanishes(key, wait):
    surface = SURFACES[key]
    way = math.dist(surface.start, surface.minima[0])
    plain, scaled = (np.hypot(*(run(surface, family) - surface.start).T) for family in ("gradient", "adagrad"))
    assert plain[wait // 2] < 0.1 * way
    assert plain[wait] < 0.4 * way
    assert scaled[wait // 2] > 0.9 * way
    assert np.hypot(*(run(surface, "gradient")[-1] - surface.minima[0])) < 1e-3 * surface.size
