"""Figures: bands, colours, family trees and maps say what the arrays and records say."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from core import OPTIMIZERS, SURFACES
from core.figures.contour import contour
from core.figures.curves import POINTS, Band, Curve, band, curves, few, pen
from core.figures.family import BOX, PAGE, TRUNK, Member, bands, family, layout
from core.figures.palette import PENS
from core.figures.relief import relief

MEMBERS = [Member(o.key, o.name, o.paper.year, o.parent) for o in OPTIMIZERS.values()]
TITLES = ("rate", "loss", "step", "momentum")
NAMES = ("lowest", "local", "saddle", "start")


def drawn(lines, **settings):
    default = {"floor": 0.0, "start": 1.0, "dark": False, "height": 640}
    return curves(lines, TITLES, settings.pop("axes", ("linear", "log")), **{**default, **settings})


def line(loss, name="one", at=0):
    """A curve whose rate is 1 and whose loss is the same in all runs."""
    loss = np.asarray(loss, dtype=float)
    rates = np.ones(len(loss) - 1)
    return Curve(
        name, pen(at), np.arange(len(rates)), Band(rates, rates, rates), np.arange(len(loss)), Band(loss, loss, loss)
    )


# --- curves ------------------------------------------------------------------------------------------------------


def test_few_points_keep_both_ends():
    for n in (1, 2, POINTS, POINTS + 1, 5001):
        at = few(n)
        assert (at[0], at[-1]) == (0, n - 1)
        assert len(at) == min(n, POINTS)
        assert (np.diff(at) > 0).all()


def test_a_band_holds_the_middle_of_the_runs_and_counts_the_lost_as_high():
    values = np.arange(1.0, 101.0)[:, None]
    assert [float(edge[0]) for edge in band(values)] == [10, 50, 90]
    values[80:] = np.nan
    low, middle, high = band(values)
    assert (low[0], middle[0], high[0]) == (10, 50, np.inf)
    assert np.isnan(values[80:]).all(), "what was given is left alone"


@pytest.mark.parametrize("loss", [[25.0, 4.1, 3.2], [2.0, 1.9999], [1.0, 1e-3, 1e-9]])
def test_what_is_written_at_a_logarithmic_axis_is_the_value_there(loss):
    figure = drawn([line(loss)], axes=("log", "log"), start=loss[0])
    for axis in (figure.layout.yaxis, figure.layout.yaxis2):
        assert len(axis.tickvals) > 1
        assert [float(word.replace("−", "-")) for word in axis.ticktext] == pytest.approx(axis.tickvals, rel=1e-12)
        assert 10 ** axis.range[0] <= min(axis.tickvals) < max(axis.tickvals) <= 10 ** axis.range[1]


def test_no_axis_counts_in_millionths_by_letter():
    """Plotly would write 1μ."""
    figure = drawn([line([2.0, 1.0])], axes=("linear", "linear"))
    assert {axis.exponentformat for axis in (figure.layout.yaxis, figure.layout.yaxis2)} == {"power"}


@pytest.mark.parametrize(("steps", "ticks"), [(1, 1), (9, 1), (10, None)])
def test_no_tick_stands_between_two_steps(steps, ticks):
    assert drawn([line(np.ones(steps + 1))]).layout.xaxis2.dtick == ticks


def test_every_pen_past_the_palette_is_another():
    looks = {(pen(i).light, pen(i).dash) for i in range(2 * len(PENS))}
    assert len(looks) == 2 * len(PENS)
    assert [pen(i) for i in range(len(PENS))] == list(PENS)


def test_curves_are_the_arrays_in_the_colour_of_the_theme():
    for dark in (False, True):
        figure = drawn([line([1, 0.1, 0.01]), line([1, 0.5, 0.25], "two", 1)], dark=dark)
        assert [trace.name for trace in figure.data] == ["one", "one", "two", "two"]
        assert figure.data[0].line.color == (PENS[0].dark if dark else PENS[0].light)
        assert figure.data[3].line.dash == PENS[1].dash
        np.testing.assert_array_equal(figure.data[3].y, [1, 0.5, 0.25])
    assert [a.text for a in figure.layout.annotations] == list(TITLES[:2])


def test_a_band_is_drawn_only_where_the_runs_differ():
    low, middle, high = np.ones(3), np.full(3, 2.0), np.full(3, 3.0)
    noisy = Curve("one", pen(0), np.arange(3), Band(low, low, low), np.arange(3), Band(low, middle, high))
    figure = drawn([noisy])
    filled = [trace for trace in figure.data if trace.fill]
    assert len(figure.data) == 4
    np.testing.assert_array_equal(filled[0].y, low)
    assert {trace.legendgroup for trace in figure.data} == {"one"}


def test_a_logarithmic_axis_is_measured_from_the_floor_and_shows_no_rounding():
    figure = drawn([line([11, 2, 1 + 1e-15, 1.0])], floor=1.0, start=11.0)
    np.testing.assert_allclose(figure.data[1].y[:2], [10, 1])
    assert np.isnan(figure.data[1].y[3]), "the floor itself has no logarithm"
    bottom, top = figure.layout.yaxis2.range
    assert -11.5 < bottom < -10.9, "a trillionth of what it began with"
    assert 1 < top < 1.3


@pytest.mark.parametrize("axis", ["linear", "log"])
def test_what_is_lost_does_not_decide_the_axis(axis):
    wild = [1.0, 1e10, 1e200, np.inf]
    figure = drawn([line([1, 0.5, 0.2, 0.1]), line(wild, "wild", 1)], axes=("linear", axis))
    bottom, top = figure.layout.yaxis2.range
    assert (10**top if axis == "log" else top) < 100
    assert bottom < top
    assert np.isfinite([v for trace in figure.data for v in trace.y if not np.isnan(v)]).all()


def test_nothing_to_draw_is_an_empty_figure():
    assert not drawn([]).data
    assert not np.isfinite(drawn([line([np.inf, np.inf])]).data[1].y).any()


# --- the family tree -----------------------------------------------------------------------------------------------


def test_nobody_is_older_than_its_parent():
    years = {member.key: member.year for member in MEMBERS}
    for member in MEMBERS:
        assert not member.parent or years[member.parent] <= member.year, member.key


def test_no_box_covers_another_and_time_runs_to_the_right():
    places = layout(MEMBERS)
    for a, b in itertools.combinations(MEMBERS, 2):
        p, q = places[a.key], places[b.key]
        if p.row == q.row:
            first, second, width = (p, q, a.width) if p.x < q.x else (q, p, b.width)
            assert first.x + width < second.x, (a.name, b.name)
        else:
            assert abs(p.y - q.y) > BOX
        if a.year < b.year or (a.year == b.year and b.parent == a.key):
            assert p.x < q.x
    assert min(place.row for place in places.values()) == 0


def test_no_branch_runs_through_the_row_of_another_box():
    """From beyond the parent to the child a row holds nobody else."""
    places = layout(MEMBERS)
    for member in MEMBERS:
        if member.parent:
            child, parent = places[member.key], places[member.parent]
            between = [
                m.name
                for m in MEMBERS
                if places[m.key].row == child.row and parent.column < places[m.key].column < child.column
            ]
            assert not between, member.name


def test_no_line_to_a_child_runs_behind_a_box():
    places = layout(MEMBERS)
    for member in MEMBERS:
        if not member.parent:
            continue
        child, parent = places[member.key], places[member.parent]
        passed = range(min(child.row, parent.row) + 1, max(child.row, parent.row))
        over = [
            other.name
            for other in MEMBERS
            if places[other.key].row in passed and -3 < parent.x + TRUNK - places[other.key].x < other.width + 3
        ]
        assert not over, f"{member.parent} → {member.name}"


def test_the_tree_links_every_member_and_points_out_one():
    some = next(member for member in MEMBERS if member.parent and any(m.parent == member.key for m in MEMBERS))
    svg = family(MEMBERS, some.key, lambda key: f'href="?entry={key}"')
    assert re.findall(r'href="\?entry=(\w+)"', svg) == [member.key for member in MEMBERS]
    assert svg.count('aria-current="page"') == 1
    assert re.search(rf'entry={some.key}" class="line" aria-current="page"', svg)
    kin = {some.parent} | {m.key for m in MEMBERS if m.parent == some.key}
    for member in MEMBERS:
        assert (f'entry={member.key}" class="line"' in svg) >= (member.key in kin)
    years = [int(year) for year in re.findall(r'class="year"[^>]*>(\d+)<', svg)]
    assert sorted(years) == sorted({member.year for member in MEMBERS})
    assert svg.count("<path") == sum(bool(member.parent) for member in MEMBERS)


def test_a_wide_tree_is_cut_for_paper_through_no_box():
    """As many again, in the years to come: the tree is then twice as wide as a sheet."""
    more = [Member(f"{m.key}_2", f"{m.name} the second", m.year + 200, m.key) for m in MEMBERS]
    places = layout([*MEMBERS, *more])
    boxes = [(places[m.key].x, places[m.key].x + m.width) for m in (*MEMBERS, *more)]
    cut = bands(boxes)
    assert len(cut) > 1
    assert all(right - left <= PAGE + 2 for left, right in cut)
    assert all(any(left <= a and b <= right for left, right in cut) for a, b in boxes)
    svg = family([*MEMBERS, *more], MEMBERS[0].key, lambda key: f'href="?entry={key}"')
    assert svg.count('<use href="#family"/>') == len(cut)
    assert svg.count('id="family"') == 1
    assert svg.count("href") == 2 * len(MEMBERS) + len(cut), "on the screen every member is there once"
    assert bands([(0.0, 40.0), (50.0, 90.0)]) == [(-1.0, 92.0)]
    assert bands([(0.0, 2.0 * PAGE), (3.0 * PAGE, 3.1 * PAGE)])[0][1] > 2 * PAGE, "a name wider than a page"


def test_a_parent_that_is_walled_in_still_has_its_children_drawn():
    """Seven of one year, each of which begins a line of its own, and in the end all have a second child."""
    many = [Member("root", "Root", 1950, "")]
    many += [Member(f"a{i}", f"A{i}", 1960, "root") for i in range(7)]
    many += [Member(f"{child}{i}", f"{child}{i}", 1970 + j, f"a{i}") for j, child in enumerate("bcd") for i in range(7)]
    places = layout(many)
    spots = {(place.row, place.column) for place in places.values()}
    assert len(spots) == len(many), "no box lies on another"


def test_names_are_escaped():
    svg = family([Member("a", "<b>&", 2000, "")], "a", lambda key: "")
    assert "<b>" not in svg
    assert "&lt;b&gt;&amp;" in svg


# --- maps ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", SURFACES)
def test_a_map_shows_its_marks_start_and_paths(key):
    surface = SURFACES[key]
    ground = relief(surface.value, surface.bounds)
    marks = np.array([(*m, 0.0, 0.0) for m in surface.minima] + [(*s, 0.0, 2.0) for s in surface.saddles]).reshape(
        -1, 4
    )
    path = np.array([surface.start, surface.centre, (np.nan, np.nan)])
    figure = contour(ground, marks, NAMES, surface.start, [("one", PENS[3], path)], dark=True)
    named = {trace.name: trace for trace in figure.data if trace.name}
    assert len(named["lowest"].x if surface.minima else []) == len(surface.minima)
    assert len(named["saddle"].x if surface.saddles else []) == len(surface.saddles)
    assert (named["start"].x[0], named["start"].y[0]) == surface.start
    assert named["one"].line.color == PENS[3].dark
    np.testing.assert_array_equal(named["one"].x, path[:, 0])
    (head,) = [t for t in figure.data[1:] if t.mode == "markers" and not t.name]
    assert (head.x[0], head.y[0]) == surface.centre, "the last point that is a number"
    low, high = figure.data[0].contours.start, figure.data[0].contours.end
    assert np.isfinite([low, high]).all()
    assert low < high
