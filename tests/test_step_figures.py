"""Pictures of a step: contour lines lie on their level, marks on their points, and an axis leaves nothing out."""

import base64
import re
import zlib

import numpy as np
import pytest

from core.figures import along as line
from core.figures.along import along, span
from core.figures.panels import panel
from core.figures.relief import relief
from core.figures.step_map import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Mark, _level, step_map, swatch, window_of
from core.figures.svg import labels, ticks


def bowl(x, y):
    return x**2 + 4 * y**2


def test_contour_pieces_lie_on_their_level():
    x, y = np.linspace(-3, 3, 61), np.linspace(-2, 2, 61)
    f = bowl(*np.meshgrid(x, y))
    pieces = _level(x, y, f, 2.0)
    assert len(pieces) > 100
    assert bowl(*pieces.reshape(-1, 2).T) == pytest.approx(2.0, abs=0.02)
    around = np.sort(np.arctan2(2 * pieces[:, 0, 1], pieces[:, 0, 0]))
    assert np.diff(around).max() < 0.2, "the ellipse is closed"
    f[30:] = np.nan
    assert np.isfinite(_level(x, y, f, 2.0)).all()


@pytest.mark.parametrize("scale", [1e-5, 1.0, 3e4])
def test_a_window_holds_its_points_and_keeps_the_proportions(scale):
    points = scale * np.random.default_rng(0).normal(size=(5, 2)) + 7 * scale
    (x0, x1), (y0, y1) = window_of(points, scale)
    assert (points > (x0, y0)).all()
    assert (points < (x1, y1)).all()
    assert (x1 - x0) / (y1 - y0) == pytest.approx((WIDTH - LEFT - RIGHT) / (HEIGHT - TOP - BOTTOM))
    assert np.ptp(points, axis=0).max() > (x1 - x0) / 8, "near enough to see the step"
    still = window_of(np.full((2, 2), 3.0), 1.0)
    assert 0 < still[0][1] - still[0][0] < 1e-4


def test_arrows_end_where_they_should():
    path, after = np.array([[1.5, 1.0], [1.0, 0.5]]), np.array([0.6, 0.4])
    marks = [
        Mark("slope", path[-1] - (2.0, 4.0)),
        Mark("plain", np.array([0.8, 0.1])),
        Mark("looked", np.array([1.2, 0.7])),
    ]
    window = window_of(np.array([*path, after]), 4.0)
    svg = step_map(relief(bowl, window, 41), path, after, marks, "title")
    (x0, x1), (y0, y1) = window

    def at(x, y):
        px = LEFT + (x - x0) / (x1 - x0) * (WIDTH - LEFT - RIGHT)
        py = TOP + (y1 - y) / (y1 - y0) * (HEIGHT - TOP - BOTTOM)
        return px, py

    tips = [tuple(map(float, tip.split(","))) for tip in re.findall(r'<polygon points="([^ ]*) ', svg)]
    assert tips[-1] == pytest.approx(at(*after), abs=0.06)
    down = np.subtract(tips[0], at(*path[-1]))
    assert down[1] / -down[0] == pytest.approx(2.0, abs=0.02), "steepest descent, in true proportion"
    dots = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([^"]*)" cy="([^"]*)"', svg)]
    for point in (path[0], path[-1], (0.8, 0.1), (1.2, 0.7)):
        assert min(np.hypot(*np.subtract(dot, at(*point))) for dot in dots) < 0.1
    assert 'aria-label="title"' in svg


@pytest.mark.parametrize("step", [1e-6, 1e-4, 0.1, 2.0])
def test_no_two_ticks_say_the_same(step):
    path, after = np.array([[-2.80474, 3.13108]]), np.array([-2.80474 + step, 3.13108])
    window = window_of(np.array([*path, after]), 10.0)
    pictures = [step_map(relief(bowl, window, 5), path, after, [], "")]
    at = np.arange(20.0)
    pictures.append(panel(at, {"": 3.13108 + step * at}, 3, False, ""))
    for svg in pictures:
        ticks = re.findall(r'<text x="([^"]*)"[^>]*text-anchor="(\w+)"[^>]*>([^<]*)<', svg)
        for anchor in ("middle", "end"):
            words = [word for _, kind, word in ticks if kind == anchor]
            assert len(words) > 1
            assert len(set(words)) == len(words), words
        longest = max((word for _, kind, word in ticks if kind == "end"), key=len)
        assert min(float(x) for x, kind, _ in ticks if kind == "end") >= 6 * len(longest), "nothing is cut off"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ((1000.5, 1001.0, 1001.5), ["1000.5", "1001", "1001.5"]),
        ((-2.0001, -2.0, -1.9999), ["−2.0001", "−2", "−1.9999"]),
        ((1e-5, 1e-4, 1e3, 1e10), ["1e−5", "0.0001", "1000", "1e10"]),
        ((0.1, 0.2, 0.1 + 0.2), ["0.1", "0.2", "0.3"]),
    ],
)
def test_a_tick_is_said_where_it_stands(at, said):
    assert labels(at) == said


def test_low_ground_is_deeper_than_high_ground():
    window = window_of(np.array([[0.0, 0.0], [2.0, 1.0]]), 4.0)
    svg = step_map(relief(bowl, window, 21), np.array([[2.0, 1.0]]), np.array([0.0, 0.0]), [], "")
    png = base64.b64decode(re.search('base64,([^"]*)', svg)[1])
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    size = int.from_bytes(png[33:37], "big")
    rows = np.frombuffer(zlib.decompress(png[41 : 41 + size]), np.uint8).reshape(21, -1)[:, 1:].reshape(21, 21, 4)
    height = np.log10(1 + relief(bowl, window, 21).f)[::-1]
    assert np.corrcoef(rows[..., 3].ravel(), height.ravel())[0, 1] < -0.9


def test_every_role_has_a_swatch_of_its_own():
    roles = ("step", "slope", "memory", "plain", "ball", "looked", "along", "path")
    assert len({swatch(role) for role in roles}) == len(roles)


@pytest.mark.parametrize(
    ("low", "high", "wanted"), [(0.0, 1.0, 4), (-3e-5, 2e-5, 5), (1e6, 1.001e6, 4), (-7.0, 250.0, 3)]
)
def test_ticks_are_round_and_inside(low, high, wanted):
    found = ticks(low, high, wanted)
    assert 2 <= len(found) <= 2 * wanted + 1
    assert low <= found[0] + 1e-9 * abs(found[0])
    assert found[-1] <= high * (1 + 1e-9)
    step = found[1] - found[0]
    assert f"{step:.0e}"[0] in "125"


def test_a_panel_holds_all_that_a_float_can():
    words = re.findall(
        r"<text[^>]*>([^<]*)<", panel(np.arange(300), {"": 10.0 ** np.linspace(22, 308, 300)}, 3, True, "")
    )
    assert len({word for word in words if "e" in word}) > 1


def test_a_panel_is_logarithmic_where_that_shows_more():
    at = np.arange(0, 101)
    falling = 10.0 ** (-at / 20)
    words = re.findall(r"<text[^>]*>([^<]*)<", panel(at, {"": falling}, 40, True, ""))
    assert {"1", "0.01"} <= {*words}
    flat = re.findall(r"<text[^>]*>([^<]*)<", panel(at, {"": 2.0 + 0 * falling}, 40, True, ""))
    assert "2" in flat
    noisy = re.findall(r"<text[^>]*>([^<]*)<", panel(at, {"": 2.0 + 4e-16 * (-1.0) ** at}, 40, True, ""))
    assert noisy == flat, "the last bits of a constant are no curve"
    signed = panel(at, {"x": falling, "y": -falling}, 40, True, "")
    assert "−" in "".join(re.findall(r"<text[^>]*>([^<]*)<", signed))


def test_a_panel_survives_what_cannot_be_drawn():
    at = np.arange(1, 31)
    values = np.where(at % 7 == 0, np.nan, 1.0 / (at - 15.0 + 1e-12))
    svg = panel(at, {"x": values, "y": np.full(30, np.inf)}, 5, False, "")
    assert "nan" not in svg
    assert "inf" not in svg
    assert svg.count("<circle") == 1
    assert "<path" in panel(at[:1], {"": np.array([3.0])}, 1, False, "")


# --- along a line -----------------------------------------------------------------------------------


def dots(svg):
    return [(float(x), float(y), float(r)) for x, y, r in re.findall(r'<circle cx="(.*?)" cy="(.*?)" r="(.*?)"', svg)]


def numbers(svg):
    return [
        int(word) for word in re.findall(r'text-anchor="middle" style="fill:[^"]*">(\d+)<', svg.split("</svg>", 1)[1])
    ]


def test_tries_lie_on_the_curve_in_their_order():
    tried = np.array([0.2, 1.0, 0.6])
    at = span(tried)
    assert at[0] < 0.0 < 1.0 < at[-1]
    svg = along(at, (at - 0.5) ** 2, tried, (tried - 0.5) ** 2, 0.6, "title")
    origin, taken, *rings = dots(svg)
    assert [r for _, _, r in rings] == [5, 5, 5]
    assert taken[:2] == rings[2][:2]
    across = [(x - origin[0]) / (taken[0] - origin[0]) * 0.6 for x, _, _ in rings]
    assert across == pytest.approx(tried, abs=0.01)
    assert origin[1] == pytest.approx(rings[1][1], abs=1), "0 and 1 are as high"
    assert rings[2][1] > rings[0][1] > rings[1][1], "the lower the loss, the further down the page"
    assert numbers(svg) == [1, 2, 3]


def test_a_try_far_above_is_marked_at_the_edge_and_what_is_not_a_number_too():
    tried = np.array([8.0, 4.0, 0.5])
    at = span(tried)
    found = np.array([np.nan, 1e6, -0.5])
    svg = along(at, np.where(at < 5, at**4 - at, np.nan), tried, found, None, "title")
    origin, *rings = dots(svg)
    assert len(rings) == 3, "no step is drawn that leaves the line"
    assert rings[0][1] == rings[1][1] == pytest.approx(line.TOP, abs=1)
    assert origin[1] > line.TOP + 20
    assert "nan" not in svg


def test_a_line_that_leads_uphill_is_shown_whole():
    tried = np.array([0.3])
    at = span(tried)
    svg = along(at, 40 + 100 * at, tried, 40 + 100 * tried, None, "title")
    origin, ring = dots(svg)
    assert line.TOP < ring[1] < line.TOP + 30
    assert origin[1] > ring[1] + 80


def test_numbers_that_would_cover_each_other_are_left_out_but_for_the_last():
    tried = np.array([0.1, 1.0, *(0.5 + 0.001 * np.arange(30))])
    at = span(tried)
    svg = along(at, at**2 - at, tried, tried**2 - tried, 0.529, "title")
    assert numbers(svg) == [1, 2, 32]
    level = np.zeros(3)
    assert along(span(level + 1), np.zeros(line.POINTS), level + 1, level, 1.0, "title")
