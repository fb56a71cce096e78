"""Nothing is drawn far outside of its picture, and what leaves one does so at the right place."""

import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from core import View
from core.anatomy import dissect, histories, last_step
from core.figures.clip import bounded, cut, inside, wider
from core.figures.contour import contour
from core.figures.curves import Band, Curve, curves, pen
from core.figures.palette import PENS
from core.figures.panels import panel
from core.figures.relief import relief
from core.figures.step_map import HEIGHT, WIDTH, Mark, step_map, window_of
from core.figures.svg import MARGIN, Frame
from core.presets import PRESETS
from core.textbook import TEXTBOOK

BOX = ((-3.0, 2.0), (1.0, 4.0))
FAR = (1e3, 1e8, 1e20, 1e300)
SCENES = {**{key: preset.scene for key, preset in PRESETS.items()}, **{k: p.scene for k, p in TEXTBOOK.items()}}


def exact(a, b, box):
    """The part of a segment within a box, by whole-number arithmetic; None where they do not meet."""
    p, q = ([Fraction(float(v)) for v in end] for end in (a, b))
    low, high = Fraction(0), Fraction(1)
    for start, end, edges in zip(p, q, box, strict=True):
        if start == end:
            if not edges[0] <= start <= edges[1]:
                return None
            continue
        shares = sorted((Fraction(edge) - start) / (end - start) for edge in edges)
        low, high = max(low, shares[0]), min(high, shares[1])
    return [[float(s + (e - s) * t) for s, e in zip(p, q, strict=True)] for t in (low, high)] if low <= high else None


@pytest.mark.parametrize("far", [1.0, 4.0, *FAR])
def test_a_segment_is_cut_where_it_meets_the_edge(far):
    draws = np.random.default_rng(1)
    near, away = draws.uniform((-4, 0), (3, 5), (120, 2)), far * draws.normal(size=(120, 2))
    for a, b in [*zip(near, away, strict=True), *zip(away, near, strict=True)]:
        expected, found = exact(a, b, BOX), cut(np.array([a, b]), BOX)
        assert len(found) == (expected is not None)
        if expected:
            (piece,) = found
            assert piece.points == pytest.approx(np.array(expected), abs=1e-12)
            assert piece.skipped == pytest.approx(np.hypot(*(expected[0] - a)), rel=1e-12, abs=1e-12)


def test_a_segment_may_be_longer_than_any_float():
    top = np.finfo(float).max
    (piece,) = cut(np.array([[-top, 2.0], [top, 2.0]]), BOX)
    assert piece.points.tolist() == [[-3.0, 2.0], [2.0, 2.0]]
    assert cut(np.array([[-top, -top], [top, -top]]), BOX) == []


def test_a_line_falls_into_the_pieces_that_are_seen():
    line = np.array([[0, 2], [1, 3], [1, 6], [-9, 6], [-9, 2], [1, 2], [np.nan, 0], [0, 3], [0, 2], [5, 2]], float)
    found = cut(line, BOX)
    assert [piece.points.tolist() for piece in found] == [
        [[0, 2], [1, 3], [1, 4]],
        [[-3, 2], [1, 2]],
        [[0, 3], [0, 2], [2, 2]],
    ]
    way = np.sqrt(2) + 3 + 10 + 4
    assert [piece.skipped for piece in found] == pytest.approx([0, way + 6, way + 10])
    assert cut(line[:1], BOX) == []
    assert cut(line[2:5], BOX) == []


def test_a_curve_runs_along_the_edge_and_the_area_under_it_is_the_same():
    x, y = bounded(np.arange(5), np.array([0.0, 1e6, -3.0, np.nan, np.inf]), -1.0, 2.0)
    assert x.tolist() == pytest.approx([0, 2e-6, 1, 2 - 5 / (1e6 + 3), 2 - 2 / (1e6 + 3), 2, 3, 4])
    assert y.tolist() == pytest.approx([0, 2, 2, 2, -1, -1, np.nan, np.inf], nan_ok=True)
    same = bounded(np.arange(3), np.array([0.0, 1.0, 2.0]), -1.0, 2.0)
    assert [line.tolist() for line in same] == [[0, 1, 2], [0, 1, 2]]


# --- pictures ------------------------------------------------------------------------------------------------------


def paths(svg):
    """(style, [(n, 2) points of every piece]) of each path."""
    for d, style in re.findall(r'<path d="([^"]*)" style="([^"]*)"', svg):
        pieces = [np.array([p.split() for p in piece.split("L")], float) for piece in d.split("M")[1:]]
        yield style, pieces


def reach(svg):
    """The furthest number of all that is drawn."""
    numbers = [np.abs(piece).max() for _, pieces in paths(svg) for piece in pieces]
    numbers += [abs(float(v)) for v in re.findall(r' (?:c?x|c?y|r)="([^"]*)"', svg)]
    numbers += [abs(float(v)) for points in re.findall(r'points="([^"]*)"', svg) for v in re.split("[ ,]", points)]
    return max(numbers)


@pytest.mark.parametrize("far", FAR)
def test_dashes_go_on_behind_a_cut(far):
    frame = Frame(((0.0, 10.0), (0.0, 10.0)), 0, 0, 100, 100)
    whole = np.array([[-far, 5.0], [5.0, 5.0], [5.0, far], [7.0, far], [7.0, 5.0]])
    drawn = list(paths(frame.line(whole, "red", dash="6 4")))
    assert [pieces[0].tolist() for _, pieces in drawn] == [
        [[-MARGIN, 50], [50, 50], [50, -MARGIN]],
        [[70, -MARGIN], [70, 50]],
    ]
    if far < 1e8:
        offsets = [float(re.search("dashoffset:([^;]*)", style)[1]) for style, _ in drawn]
        length = [10 * far - MARGIN, 10 * far + 50 + 2 * (10 * far - 50) + 20 - 50 - MARGIN]
        assert offsets == pytest.approx(np.mod(length, 10), abs=0.06)
    assert frame.line(whole, "red").count("<path") == 1


def pictures_of(scene, runner, step_of):
    """What the page of anatomy draws of a step."""
    run = scene.run(runner, "state")
    last = last_step(run)
    if not last:
        return
    step = dissect(scene, runner, run, step_of(last))
    path = run.x[max(0, step.t - 9) : step.t]
    marks = [Mark("plain", step.plain), Mark("slope", step.before - step.gradient)]
    marks += [Mark("memory", step.before + step.carried)] if step.carried is not None else []
    marks += [Mark("ball", step.ball)] if step.ball is not None else []
    marks += [Mark("looked", point) for point in step.looked]
    window = window_of(np.array([step.before, step.after]), scene.record.size)
    yield step_map(relief(scene.record.value, window, 9), path, step.after, marks, "")
    for history in histories(scene, runner, run):
        yield panel(history.at, history.lines, step.t, history.log, "")


@pytest.mark.parametrize("key", SCENES)
def test_no_picture_of_a_step_reaches_far_outside(key):
    """Every preset and textbook example as it is, at hopeless rates, and from the end of the world."""
    scene = replace(SCENES[key], view=View(), steps=min(SCENES[key].length, 60))
    wild = [r.with_hyper(h.name, h.high) for r in scene.runners for h in r.spoken.hypers if h.name == "lr"]
    away = replace(scene, start=(1e6, -1e6))
    count = 0
    for place, runners in ((scene, scene.runners), (scene, wild), (away, scene.runners)):
        for runner in runners:
            for step_of in (lambda last: min(last, 2), lambda last: last):
                for svg in pictures_of(place, runner, step_of):
                    count += 1
                    assert "nan" not in svg
                    assert "inf" not in svg
                    assert reach(svg) <= max(WIDTH, HEIGHT) + 2 * MARGIN
    assert count > 10


@pytest.mark.parametrize("far", [1e3, 1e12, 1e200])
def test_no_chart_reaches_far_outside(far):
    bounds = ((-2.0, 2.0), (-1.0, 1.0))
    ground = relief(lambda x, y: x**2 + y**2, bounds, 9)
    path = np.array([[1.0, 0.5], [-far, far], [0.0, 0.0], [far, 0.5 * far]])
    figure = contour(ground, np.empty((0, 4)), ("", "", "", ""), (1.0, 0.5), [("one", PENS[0], path)], dark=False)
    seen, head = [np.stack([trace.x, trace.y], -1).astype(float) for trace in figure.data[1:3]]
    known = seen[np.isfinite(seen).all(1)]
    assert inside(known, wider(bounds, 0.06)).all()
    assert inside(known, bounds).sum() == 2, "the start, and the one point that comes back"
    assert known[-1] == pytest.approx([2.2, 1.1]), "where it leaves"
    assert not len(head), "it ends elsewhere"

    steps = np.arange(6)
    loss = np.array([1.0, 2.0, far, -far, 0.5, far * far])
    lines = [
        Curve("one", pen(0), steps[:-1], Band(*[np.ones(5)] * 3), steps, Band(loss - 0.1, loss, loss + 0.1)),
        Curve("two", pen(1), steps[:-1], Band(*[np.ones(5)] * 3), steps, Band(*[np.linspace(1, 0.1, 6)] * 3)),
    ]
    for axis in ("linear", "log"):
        figure = curves(lines, ("", "", "", ""), ("linear", axis), floor=0.0, start=1.0, dark=False, height=400)
        low, high = figure.layout.yaxis2.range
        for trace in figure.data:
            y = np.asarray(trace.y, float)
            y = np.log10(y[y > 0]) if axis == "log" and trace.yaxis == "y2" else y[np.isfinite(y)]
            if trace.mode == "lines" and trace.yaxis == "y2":
                assert y.min() >= low - 0.06 * (high - low)
                assert y.max() <= high + 0.06 * (high - low)
        (told,) = [trace for trace in figure.data if trace.mode == "none"]
        assert told.y[2] == far, "the pointer still reads the true value"
        assert [trace.name for trace in figure.data if trace.name] == ["one", "one", "two", "two"]
