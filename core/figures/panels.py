"""Small curves side by side, one quantity each, with the current step marked."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from core.figures.svg import DASHES, FRAME, INK, QUIET, Frame, colour, labels, line, log_ticks, picture, text, ticks

WIDTH, HEIGHT = 320, 150
LEFT, TOP, RIGHT, BOTTOM = 46, 8, 18, 22
DIGIT = 6.2  # width of one in a label
POINTS = 240  # of a line: about one a pixel
ROUNDING = 1e-9  # differences below this share of a value are not shown
STYLES = {  # name of a line -> colour and dash
    "x": (colour(9), DASHES["solid"]),
    "y": (colour(4), DASHES["solid"]),
    "schedule": (INK, DASHES["dash"]),
    "limit": (colour(1), DASHES["dash"]),
    "": (INK, DASHES["solid"]),
}


def panel(at: np.ndarray, lines: Mapping[str, np.ndarray], now: int, log: bool, title: str) -> str:
    """Curves over steps `at` (n,), each (n,), marked at the step `now`.

    Logarithmic if asked for and everything is positive where it is not zero; else linear, without what juts out so far
    that nothing else could be seen.
    """
    every = np.concatenate([np.ravel(values) for values in lines.values()])
    known = every[np.isfinite(every) & (every != 0)]
    log = log and known.size > 0 and bool((known > 0).all()) and known.max() > 30 * known.min()
    with np.errstate(all="ignore"):
        heights = {name: np.log10(values) if log else np.asarray(values, float) for name, values in lines.items()}
    low, high = _range(np.concatenate(list(heights.values())))
    first, last = float(at[0]), float(max(at[-1], at[0] + 1))
    marks = log_ticks(low, high, 4) if log else ticks(low, high, 4)
    words = labels(marks)
    left = max(LEFT, 5 + DIGIT * max(map(len, words), default=0))
    wide, tall = WIDTH - left - RIGHT, HEIGHT - TOP - BOTTOM
    frame = Frame(((first, last), (low, high)), left, TOP, wide, tall)

    parts = []
    for value, word in zip(marks, words, strict=True):
        y = float(frame.at(np.array([first, math.log10(value) if log else value]))[1])
        parts.append(line(np.array([[left, y], [WIDTH - RIGHT, y]]), FRAME, 1))
        parts.append(text(left - 5, y + 4, word, "end"))
    steps = sorted({int(t) for t in ticks(first, last, 4) if float(t).is_integer() and t >= first})
    parts += [text(float(frame.at(np.array([t, low]))[0]), HEIGHT - 6, str(t)) for t in steps]
    x = float(frame.at(np.array([now, low]))[0])
    parts.append(line(np.array([[x, TOP], [x, HEIGHT - BOTTOM]]), QUIET, 1, "2 3"))
    box = f'x="{left - 5}" y="{TOP - 5}" width="{wide + 10}" height="{tall + 10}"'
    parts.append(f'<svg {box} viewBox="{left - 5} {TOP - 5} {wide + 10} {tall + 10}" style="overflow:hidden">')
    thin = np.unique(np.linspace(0, len(at) - 1, POINTS).round().astype(int))
    for name, values in heights.items():
        stroke, dash = STYLES[name]
        parts.append(frame.line(np.stack([at[thin], values[thin]], -1), stroke, 1.6, dash))
    for name, values in heights.items():
        (here,) = np.flatnonzero(at == now)[:1] if (at == now).any() else (None,)
        if here is not None and np.isfinite(values[here]) and low <= values[here] <= high:
            parts.append(frame.dot(np.array([at[here], values[here]]), STYLES[name][0], 3.2))
    parts.append("</svg>")
    return picture(WIDTH, HEIGHT, parts, title)


def _range(values: np.ndarray) -> tuple[float, float]:
    """Lowest and highest value of an axis; what juts out by more than three times the range of the rest is left out.

    What differs by no more than rounding is the same: a constant is drawn as one, not its last bits.
    """
    known = np.sort(values[np.isfinite(values)])
    if not known.size:
        return -1.0, 1.0
    low, high = known[0], known[-1]
    inner = known[int(0.05 * known.size) : int(np.ceil(0.95 * known.size))]
    span = inner[-1] - inner[0]
    if span > 0:
        low, high = max(low, inner[0] - 3 * span), min(high, inner[-1] + 3 * span)
    if high - low <= ROUNDING * max(abs(low), abs(high)):
        low = high = (low + high) / 2
    room = 0.06 * (high - low) or 0.5 * abs(high) or 1.0
    return float(low - room), float(high + room)
