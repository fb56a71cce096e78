"""A surface as a map with contour lines, what is known of it, and paths over it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.figures.clip import cut, inside, wider
from core.figures.palette import Pen
from core.figures.relief import Relief
from core.figures.svg import QUIETS

MARGIN = 0.05  # share of the map around it on which paths are still drawn
LINES = 18  # contour intervals between the lowest and the highest point
SCALE = {
    True: [[0, "#0d2136"], [0.35, "#16304a"], [0.7, "#24405a"], [1, "#33495d"]],
    False: [[0, "#c9deee"], [0.35, "#dfebf4"], [0.7, "#f0f5f8"], [1, "#fbfaf6"]],
}
CONTOUR = {True: "rgba(190,215,240,0.26)", False: "rgba(35,70,105,0.30)"}
INK = {True: "#f2f2f2", False: "#222222"}
# How a mark of each kind is drawn: a lowest minimum, a local one, a saddle.
SYMBOLS = ("star", "star-open", "x-thin-open")


def contour(
    ground: Relief,
    marks: np.ndarray,
    names: tuple[str, str, str, str],
    start: tuple[float, float],
    paths: Sequence[tuple[str, Pen, np.ndarray]] = (),
    *,
    dark: bool,
    height: int = 360,
) -> go.Figure:
    """The map of a surface. marks: (number, 4), x, y, f and the kind: 0 a lowest minimum, 1 a local one, 2 a saddle.

    names: what the kinds of marks and the start are called. paths: name, pen and (steps+1, 2) points of each.
    """
    figure = go.Figure()
    z = ground.height(ground.f)
    low, high = np.nanmin(z), np.nanmax(z)
    figure.add_contour(
        x=ground.x,
        y=ground.y,
        z=z,
        customdata=ground.f,
        colorscale=SCALE[dark],
        showscale=False,
        line={"color": CONTOUR[dark], "width": 1},
        contours={"start": low, "end": high, "size": (high - low) / LINES or 1},
        hovertemplate="x %{x:.3g}, y %{y:.3g}<br>f %{customdata:.4g}<extra></extra>",
    )
    axes = ((ground.x[0], ground.x[-1]), (ground.y[0], ground.y[-1]))
    drawn = wider(axes, MARGIN)
    for name, pen, points in paths:
        colour = pen.dark if dark else pen.light
        line = {"color": colour, "dash": pen.dash, "width": 2}
        pieces = [np.append(piece.points, [[np.nan, np.nan]], axis=0) for piece in cut(points, drawn)]
        seen = np.concatenate([*pieces, np.empty((0, 2))])
        figure.add_scatter(x=seen[:, 0], y=seen[:, 1], name=name, mode="lines", line=line)
        last = points[np.isfinite(points).all(axis=1)][-1:]
        last = last[inside(last, drawn)]
        figure.add_scatter(
            x=last[:, 0],
            y=last[:, 1],
            mode="markers",
            marker={"color": colour, "size": 8},
            showlegend=False,
            hoverinfo="skip",
        )
    for kind, symbol in enumerate(SYMBOLS):
        here = marks[marks[:, 3] == kind]
        if len(here):
            _mark(figure, here[:, 0], here[:, 1], names[kind], symbol, dark)
    _mark(figure, np.array(start[:1]), np.array(start[1:]), names[-1], "circle-open", dark)
    figure.update_xaxes(range=axes[0], showgrid=False, zeroline=False, tickfont_color=QUIETS[dark])
    figure.update_yaxes(range=axes[1], showgrid=False, zeroline=False, tickfont_color=QUIETS[dark])
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    return figure


def _mark(figure: go.Figure, x: np.ndarray, y: np.ndarray, name: str, symbol: str, dark: bool) -> None:
    marker = {"symbol": symbol, "color": INK[dark], "size": 10, "line": {"width": 2, "color": INK[dark]}}
    template = "x %{x:.4g}, y %{y:.4g}"
    figure.add_scatter(x=x, y=y, mode="markers", name=name, marker=marker, hovertemplate=template)
