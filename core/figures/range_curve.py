"""A rate-range test as a curve: losses over rates that grow, with the steepest point and the explosion marked."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures.clip import bounded
from core.figures.palette import PENS
from core.figures.svg import QUIETS, labels, log_ticks

Mark = tuple[int | None, str]  # which of the rates, and what is said there
CURVE, STEEP, BLOWN = PENS[0], PENS[2], PENS[1]
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
        drawn: dict[str, Any] = {"mode": "lines", "line": look, "opacity": 1.0 if mean else 0.35, "hoverinfo": "skip"}
        figure.add_scatter(x=10.0**at, y=seen, name=name, showlegend=False, **drawn)
        if mean:  # what is cut still tells its values
            figure.add_scatter(x=rates, y=_finite(values - below), name=name, mode="none", showlegend=False,
                               hovertemplate="η %{x:.3g}<br>%{y:.3g}<extra></extra>")  # fmt: skip
    ink = "#F2F2F2" if dark else "#222222"
    for (index, words), pen, symbol in ((steepest, STEEP, "circle"), (blown, BLOWN, "x")):
        if index is None:
            continue
        own = pen.dark if dark else pen.light
        rate, here = float(rates[index]), float(smooth[index] - below)
        top = 10.0 ** window[1] if log else window[1]
        here = min(here, top) if np.isfinite(here) else top
        figure.add_vline(x=rate, line={"color": own, "width": 1.5, "dash": "dot"})
        figure.add_scatter(x=[rate], y=[here], mode="markers", showlegend=False, hoverinfo="skip", cliponaxis=False,
                           marker={"size": 11, "color": own, "symbol": symbol})  # fmt: skip
        side = "left" if np.log10(rate) < np.log10(rates[[0, -1]]).mean() else "right"
        figure.add_annotation(x=np.log10(rate), y=1.0, yref="paper", yanchor="bottom", xanchor="center", showarrow=False,
                              text=f"{words}<br>η = {labels([rate])[0] if rate >= 1e-3 else f'{rate:.1e}'}",
                              font={"color": ink, "size": 13}, align=side)  # fmt: skip
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
    figure.update_layout(height=height, margin={"l": 8, "r": 24, "t": 52, "b": 8}, hovermode="x", uirevision="range")
    return figure


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
    """A curve cut where it leaves the axis."""
    with np.errstate(all="ignore"):
        at, cut = bounded(x, np.log10(y) if log else y, *window)
    return at, _finite(10.0**cut if log else cut)


def _finite(y: np.ndarray) -> np.ndarray:
    return np.where(np.abs(y) < 1e300, y, np.nan)  # Plotly's axes end below the range of floats
