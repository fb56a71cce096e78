"""Curves over the steps of a run: learning rates above, losses below, each as a line in a band over many runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.figures.clip import bounded
from core.figures.palette import PENS, Dash, Pen
from core.figures.svg import QUIETS, labels, log_ticks

POINTS = 601  # of a curve: more than a screen has pixels for
SHARES = 0.1, 0.5, 0.9  # of the runs that lie below the lower edge, the line and the upper edge
DEEP = 1e-12  # a logarithmic axis shows this much of what a run began with
HIGH = 30.0  # and this many times more
MARGIN = 0.05  # share of an axis beyond its ends on which curves are still drawn
NEXT: dict[Dash, Dash] = {"solid": "dot", "dash": "dashdot", "dot": "dash", "dashdot": "solid"}


class Band(NamedTuple):
    """(n,) edges and middle of many curves."""

    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Curve:
    """One schedule: its rates at updates `at`, the losses after `now` updates; the momentum, if it changes that."""

    name: str
    pen: Pen
    at: np.ndarray
    rates: Band
    now: np.ndarray
    loss: Band
    momentum: np.ndarray | None = None


def few(n: int) -> np.ndarray:
    """Indices of at most POINTS out of n, evenly spaced, the first and the last among them."""
    return np.unique(np.linspace(0, n - 1, min(n, POINTS)).round().astype(int))


def band(values: np.ndarray) -> Band:
    """Median and the edges that hold the middle 80 % of (runs, n) values; a nan, of a run that is lost, counts as inf."""
    known = np.where(np.isnan(values), np.inf, values)
    return Band(*np.quantile(known, SHARES, axis=0, method="inverted_cdf"))


def pen(i: int) -> Pen:
    """The i-th pen; past the last the colours begin again, with other dashes."""
    own = PENS[i % len(PENS)]
    return replace(own, dash=NEXT[own.dash]) if i >= len(PENS) else own


def curves(
    lines: Sequence[Curve],
    titles: tuple[str, str, str, str],
    axes: tuple[Literal["linear", "log"], Literal["linear", "log"]],
    *,
    floor: float,
    start: float,
    dark: bool,
    height: int,
) -> go.Figure:
    """Rates above losses over the same steps; between them the momentum, where some schedule changes it.

    titles: of the rates, of the losses, of the steps, of the momentum.
    axes: of the rates and of the losses. floor: the lowest loss, which a logarithmic axis is measured from.
    start: the loss that all begin with.
    """
    log_loss = axes[1] == "log"
    cycled = [line for line in lines if line.momentum is not None]
    last = 3 if cycled else 2
    figure = make_subplots(
        rows=last,
        cols=1,
        shared_xaxes=True,
        vertical_spacing=46 / height,
        row_heights=[0.36, 0.14, 0.5] if cycled else [0.42, 0.58],
        subplot_titles=(titles[0], *[titles[3]] * bool(cycled), titles[1]),
    )
    figure.update_annotations(x=0, xanchor="left", font_size=13, font_color=QUIETS[dark])
    windows = (_rates(lines) if axes[0] == "log" else None, _window(lines, floor, start, log_loss))
    for line in lines:
        colour = line.pen.dark if dark else line.pen.light
        losses = Band(*(_above(edge, floor) if log_loss else edge for edge in line.loss))
        for row, x, y in ((1, line.at, line.rates), (last, line.now, losses)):
            common: dict[str, Any] = {"legendgroup": line.name}
            reach = (windows[1] if row == last else None, log_loss)  # the axis of the rates holds them all
            if not np.array_equal(y.low, y.high, equal_nan=True):
                edge = {**common, "mode": "lines", "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
                for values, fill in ((y.high, {}), (y.low, {"fill": "tonexty", "fillcolor": _veil(colour)})):
                    at, seen = _seen(x, values, *reach)
                    figure.add_scatter(x=at, y=seen, **edge, **fill, row=row, col=1)
            told = {"name": line.name, "hovertemplate": "%{y:.3g}"}
            at, seen = _seen(x, y.middle, *reach)
            if len(at) > len(x):  # what is cut still tells its values
                figure.add_scatter(
                    x=x, y=_drawn(y.middle), **common, **told, mode="none", showlegend=False, row=row, col=1
                )
                told = {"hoverinfo": "skip"}
            figure.add_scatter(
                x=at,
                y=seen,
                **common,
                **told,
                **_look(line.pen, colour, len(at)),
                showlegend=row == 1 and len(lines) > 1,
                row=row,
                col=1,
            )
        if line.momentum is not None:
            figure.add_scatter(
                x=line.at,
                y=line.momentum,
                name=line.name,
                legendgroup=line.name,
                hovertemplate="%{y:.3g}",
                **_look(line.pen, colour, len(line.at)),
                showlegend=False,
                row=2,
                col=1,
            )
    if axes[0] == "linear":
        figure.update_yaxes(rangemode="tozero", row=1, col=1)
    figure.update_yaxes(exponentformat="power", nticks=6)
    if cycled:
        figure.update_yaxes(nticks=3, row=2, col=1)
    for row, kind, window in zip((1, last), axes, windows, strict=True):
        figure.update_yaxes(type=kind, range=window, row=row, col=1)
        if kind == "log" and window:  # Plotly's own ticks within a decade say 2 where they mean 20
            marks = log_ticks(window[0], window[1], 6)
            figure.update_yaxes(tickvals=marks, ticktext=labels(marks), row=row, col=1)
    figure.update_xaxes(title_text=titles[2], row=last, col=1)
    figure.update_xaxes(tickfont_color=QUIETS[dark], title_font_color=QUIETS[dark])
    figure.update_yaxes(tickfont_color=QUIETS[dark])
    if lines and max(line.now[-1] for line in lines) < 10:  # there is no half a step
        figure.update_xaxes(dtick=1)
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        hovermode="x unified",
        hoversubplots="axis",
        legend={"orientation": "h", "y": -64 / height, "yanchor": "top", "x": 0},
        uirevision="curves",
    )
    return figure


def _above(loss: np.ndarray, floor: float) -> np.ndarray:
    """The loss above the floor; what lies on it has no logarithm."""
    return np.where(loss > floor, loss - floor, np.nan)


def _seen(x: np.ndarray, y: np.ndarray, window: list[float] | None, log: bool) -> tuple[np.ndarray, np.ndarray]:
    """A curve cut a little outside of the range of its axis; itself where it stays within."""
    if window is None:
        return x, _drawn(y)
    with np.errstate(all="ignore"):
        height = np.log10(y) if log else y
    room = MARGIN * (window[1] - window[0])
    at, cut = bounded(x, height, window[0] - room, window[1] + room)
    if len(at) == len(x):
        return x, _drawn(y)
    return at, _drawn(10.0**cut if log else cut)


def _drawn(y: np.ndarray) -> np.ndarray:
    return np.where(np.abs(y) < 1e300, y, np.nan)  # Plotly's axes end below the range of floats


def _look(pen: Pen, colour: str, points: int) -> dict[str, Any]:
    """A line, or a dot where there is a single point, which no line can show."""
    mark = {"mode": "markers", "marker": {"color": colour, "size": 8}}
    return mark if points == 1 else {"mode": "lines", "line": {"color": colour, "dash": pen.dash, "width": 2}}


def _veil(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.14)"


def _rates(lines: Sequence[Curve]) -> list[float] | None:
    """Range of a logarithmic axis of the rates."""
    known = np.concatenate([edge for line in lines for edge in line.rates]) if lines else np.array([])
    known = known[(known > 0) & np.isfinite(known)]
    return [float(np.log10(known.min()) - 0.1), float(np.log10(known.max()) + 0.1)] if known.size else None


def _window(lines: Sequence[Curve], floor: float, start: float, log: bool) -> list[float] | None:
    """Range of the loss axis: whole, but for what has been lost, and for depths that only rounding decides."""
    known = np.concatenate([edge for line in lines for edge in line.loss]) if lines else np.array([])
    known = known[np.isfinite(known)]
    if not known.size:
        return None
    span = max(start - floor, 1e-300)
    top = min(known.max(), floor + HIGH * span) if log else min(known.max(), floor + 1.5 * span)
    if not log:
        return [float(min(known.min(), floor)), float(top + 0.04 * (top - floor))]
    inside = known[known > floor] - floor
    bottom = max(inside.min(), DEEP * span) if inside.size else DEEP * span
    return [float(np.log10(bottom) - 0.15), float(np.log10(max(top - floor, 2 * bottom)) + 0.15)]
