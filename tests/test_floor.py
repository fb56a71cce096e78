"""What lies below a point: a minimum alone, a line or a curve of them, or none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core import SURFACES, expression_surface
from core.floor import floor_below, form_of


@pytest.mark.parametrize(
    ("text", "near", "form", "point", "lowest", "normal"),
    [
        ("x^4/2", (0.0356, 0.0), "line", (0.0, 0.0), True, (1.0, 0.0)),
        ("x^4 - 3*x^2 + x + 1", (1.1, 0.5), "line", (1.1309011, 0.5), False, (1.0, 0.0)),
        ("x^4 - 3*x^2 + x + 1", (-1.3, 0.5), "line", (-1.3008396, 0.5), True, (1.0, 0.0)),
        ("y^2", (1.0, 0.01), "line", (1.0, 0.0), True, (0.0, 1.0)),
        ("(2*x-y+1)^2", (0.0, 1.0), "line", (0.0, 1.0), True, (1.0, -0.5)),
        ("(x^2+y^2-1)^2", (0.8, 0.8), "curve", (math.sqrt(0.5), math.sqrt(0.5)), True, (0.0, 0.0)),
        ("(x^2+y^2-1)^2 + (x-3)^2*0", (0.0, 1.1), "curve", (0.0, 1.0), True, (0.0, 0.0)),
        ("x^4+y^4", (0.01, 0.02), "point", (0.0, 0.0), True, (0.0, 0.0)),
        ("x^2+y^4", (0.0, 0.0), "point", (0.0, 0.0), True, (0.0, 0.0)),
        ("x^2-y^2", (0.0, 0.0), "none", (0.0, 0.0), False, (0.0, 0.0)),
        ("x^3+y^2", (0.0, 0.0), "none", (0.0, 0.0), False, (0.0, 0.0)),
        ("1+0*x", (1.0, 2.0), "none", (1.0, 2.0), False, (0.0, 0.0)),
    ],
)
def test_the_floor_below_a_point(text, near, form, point, lowest, normal):
    found = floor_below(expression_surface(text), near)
    assert (found.form, found.lowest) == (form, lowest)
    np.testing.assert_allclose(found.point, point, atol=1e-6)
    np.testing.assert_allclose(found.normal, normal, atol=1e-6)


def test_what_only_runs_down_has_no_floor():
    assert floor_below(expression_surface("exp(x)"), (-4.0, 0.0)).form == "none"
    assert floor_below(expression_surface("log(x)"), (0.0, 0.0)).form == "none"


@pytest.mark.parametrize(
    "key", [key for key, surface in SURFACES.items() if surface.minima and surface.smooth_at_minimum]
)
def test_declared_minima_are_points_but_for_the_valley_of_two_factors(key):
    surface = SURFACES[key]
    lowest = min(float(surface.value(*minimum)) for minimum in surface.minima)
    for minimum in surface.minima:
        found = floor_below(surface, minimum)
        assert found.form == form_of(surface, minimum) == ("curve" if key == "factored" else "point")
        assert math.dist(found.point, minimum) < 1e-6 * surface.size
        assert found.lowest == (float(surface.value(*minimum)) - lowest <= 1e-9 * max(1.0, abs(lowest)))
