"""A rate-range test as a curve: losses over rates that grow, with the steepest point and the explosion marked."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures.clip import bounded
from core.figures.palette import PENS
from core.figures.svg import QUIETS, labels, log_ticks

Mark = tuple[int | None, str]  # which of the rates, and what is written above it
CURVE, STEEP, BLOWN, INK = PENS[0], PENS[2], PENS[1], PENS[5]
EDGE = 0.24  # share of the axis that a name of a mark may take
TALL = 36  # pixels of such a name
CLEAR = 9  # pixels between it and the edge of the picture, on which half a mark may stand
MARGIN = 0.05  # share of the axis beyond its ends on which curves are still drawn
ROOM = 0.6  # share of the height of the curve that is left above its start, for the beginning of the explosion


def range_curve(
    rates: np.ndarray,
    loss: np.ndarray,
    smooth: np.ndarray,
    steepest: Mark,
    blown: Mark,
    titles: tuple[str, str, str],
    *,
    floor: float | None,
    start: float,
    log: bool,
    dark: bool,
    height: int,
) -> go.Figure:
    """Losses (n,) and their running mean over rates (n,). titles: of the rates, of the losses, of the mean.

    floor: the lowest loss, which a logarithmic axis is measured from; None where there is none. start: the loss before.
    """
    below = floor if log and floor is not None else 0.0
    window = _window(smooth[: blown[0]] - below, start - below, None if log else floor, log)
    figure = go.Figure()
    colour = CURVE.dark if dark else CURVE.light
    across = np.log10(rates)
    for values, look in ((loss, {"width": 1, "color": colour}), (smooth, {"width": 3, "color": colour})):
        mean = values is smooth
        at, seen = _seen(across, values - below, window, log)
        name = titles[2] if mean else titles[1]
        mode = "lines" if len(rates) > 1 else "markers"  # of a single rate there is no line
        drawn: dict[str, Any] = {"mode": mode, "line": look, "marker": {"size": 9, "color": colour}}
        drawn |= {"opacity": 1.0 if mean else 0.35, "hoverinfo": "skip"}
        figure.add_scatter(x=10.0**at, y=seen, name=name, showlegend=False, **drawn)
        if mean:  # what is cut still tells its values
            figure.add_scatter(x=rates, y=_finite(values - below), name=name, mode="none", showlegend=False,
                               hovertemplate="η %{x:.3g}<br>%{y:.3g}<extra></extra>")  # fmt: skip
    top = 10.0 ** window[1] if log else window[1]
    for (index, words), pen, symbol, place in zip(
        (steepest, blown), (STEEP, BLOWN), ("circle", "x"), _places(across, steepest[0], blown[0]), strict=True
    ):
        if index is None:
            continue
        own, here = pen.dark if dark else pen.light, float(smooth[index] - below)
        here = min(here, top) if np.isfinite(here) else top
        figure.add_vline(x=float(rates[index]), line={"color": own, "width": 1.5, "dash": "dot"})
        figure.add_scatter(x=[float(rates[index])], y=[here], mode="markers", showlegend=False, hoverinfo="skip",
                           marker={"size": 11, "color": own, "symbol": symbol}, cliponaxis=False)  # fmt: skip
        figure.add_annotation(x=float(across[index]), y=1.0, yref="paper", yanchor="bottom", showarrow=False, text=words,
                              font={"color": INK.dark if dark else INK.light, "size": 13}, **place)  # fmt: skip
    first, last = float(across[0]), float(across[-1])
    reach = [first, last] if last > first else [first - 1, first + 1]
    marks = log_ticks(reach[0], reach[1], 8)
    figure.update_xaxes(type="log", range=reach, tickvals=marks, ticktext=labels(marks), title_text=titles[0])
    figure.update_yaxes(type="log" if log else "linear", range=window, title_text=titles[1], nticks=6)
    if log:
        marks = log_ticks(window[0], window[1], 6)
        figure.update_yaxes(tickvals=marks, ticktext=labels(marks))
    figure.update_xaxes(tickfont_color=QUIETS[dark], title_font_color=QUIETS[dark], showgrid=True)
    figure.update_yaxes(tickfont_color=QUIETS[dark], title_font_color=QUIETS[dark], exponentformat="power")
    figure.update_layout(
        height=height, margin={"l": 8, "r": 24, "t": 46 + TALL + CLEAR, "b": 8}, hovermode="x", uirevision="range"
    )
    return figure


def _places(across: np.ndarray, steepest: int | None, blown: int | None) -> list[dict[str, Any]]:
    """On which side of its line each mark is named, inside of the picture; one above the other where they would meet."""
    length = float(across[-1] - across[0]) or 1.0
    left, right = (0.5 if i is None else float(across[i] - across[0]) / length for i in (steepest, blown))
    before, after = left > EDGE, right < 1 - EDGE
    room = (not before) * EDGE + (not after) * EDGE  # what the names take of the space between the lines
    meet = steepest is not None and blown is not None and right - left < room
    return [
        {"xanchor": side, "align": side, "yshift": CLEAR + TALL * above}
        for side, above in (("right" if before else "left", False), ("left" if after else "right", meet))
    ]


def _window(smooth: np.ndarray, start: float, floor: float | None, log: bool) -> list[float]:
    """Range of the axis of the losses: from the lowest of the mean to somewhat above where it began."""
    known = smooth[np.isfinite(smooth)]
    low = min(float(known.min()) if known.size else start, start)
    if log:
        high = max(start, float(known.max()) if known.size else start, 1e-300)
        low = max(min(float(known[known > 0].min()) if (known > 0).any() else high, high), high * 1e-12)
        return [float(np.log10(low)) - 0.3, float(np.log10(high)) + 0.4]
    low = low if floor is None else min(low, floor)
    span = max(start - low, 1e-300)
    return [low - 0.04 * span, start + ROOM * span]


def _seen(x: np.ndarray, y: np.ndarray, window: list[float], log: bool) -> tuple[np.ndarray, np.ndarray]:
    """A curve cut a little outside of the range of its axis."""
    room = MARGIN * (window[1] - window[0])
    with np.errstate(all="ignore"):
        at, cut = bounded(x, np.log10(y) if log else y, window[0] - room, window[1] + room)
    return at, _finite(10.0**cut if log else cut)


def _finite(y: np.ndarray) -> np.ndarray:
    return np.where(np.abs(y) < 1e300, y, np.nan)  # Plotly's axes end below the range of floats
