"""The loss along a line that a method looked along, with the places that it tried, in their order."""

from __future__ import annotations

import numpy as np

from core.figures.step_map import STROKES
from core.figures.svg import FRAME, INK, QUIET, Frame, labels, line, picture, text, ticks

WIDTH, HEIGHT = 560, 190
LEFT, TOP, RIGHT, BOTTOM = 62, 20, 14, 24
DIGIT = 6.4  # width of one in a label
APART = 13.0  # pixels between two numbers that can be told apart
ABOVE = 2.0  # how much of a rise is shown, as a multiple of the largest fall
POINTS = 241  # of the curve


def span(tried: np.ndarray) -> np.ndarray:
    """(POINTS,) places on the line from before its first to behind its last try, the origin among them."""
    low, high = min(0.0, float(tried.min())), max(0.0, float(tried.max()))
    room = 0.06 * (high - low)
    return np.linspace(low - room, high + room, POINTS)


def along(
    at: np.ndarray, loss: np.ndarray, tried: np.ndarray, found: np.ndarray, taken: float | None, title: str
) -> str:
    """The picture. at, loss: (n,) the curve over the distance from the point; tried, found: (m,) the same of the tries.

    taken: how far the step goes; None where it leaves the line. What rises far above the point is cut off: a try up
    there is marked at the upper edge.
    """
    low, high = _heights(at, loss, tried, found)
    across, up = ticks(float(at[0]), float(at[-1]), 6), ticks(low, high, 4)
    words = labels(up)
    left = max(LEFT, 5 + DIGIT * max(map(len, words)))
    frame = Frame(((float(at[0]), float(at[-1])), (low, high)), left, TOP, WIDTH - left - RIGHT, HEIGHT - TOP - BOTTOM)

    def place(s: float, f: float) -> np.ndarray:
        return np.array([s, min(max(f, low), high) if np.isfinite(f) else high])

    parts = []
    for value, word in zip(up, words, strict=True):
        y = float(frame.at(np.array([0.0, value]))[1])
        parts += [line(np.array([[left, y], [WIDTH - RIGHT, y]]), FRAME, 1), text(left - 6, y + 4, word, "end")]
    for value, word in zip(across, labels(across), strict=True):
        parts.append(text(float(frame.at(np.array([value, low]))[0]), HEIGHT - 7, word))
    box = f'x="{left}" y="{TOP - 6}" width="{WIDTH - left - RIGHT}" height="{HEIGHT - TOP - BOTTOM + 12}"'
    view = f'viewBox="{left} {TOP - 6} {WIDTH - left - RIGHT} {HEIGHT - TOP - BOTTOM + 12}"'
    curve = frame.line(np.stack([at, loss], -1), INK, 1.6)
    parts.append(f'<svg {box} {view} style="overflow:hidden">{curve}</svg>')
    origin = float(np.interp(0.0, at, loss))
    parts.append(frame.dot(place(0.0, origin), STROKES["step"], 4.5))
    if taken is not None and np.isfinite(taken):
        parts.append(frame.dot(place(taken, float(np.interp(taken, at, loss))), STROKES["step"], 3.5))
    parts += [frame.dot(place(s, f), "none", 5, STROKES["looked"]) for s, f in zip(tried, found, strict=True)]
    spots = [frame.at(place(s, f)) for s, f in zip(tried, found, strict=True)]
    parts += [text(float(spots[i][0]), float(spots[i][1]) - 9, str(i + 1), fill=QUIET) for i in _numbered(spots)]
    return picture(WIDTH, HEIGHT, parts, title)


def _heights(at: np.ndarray, loss: np.ndarray, tried: np.ndarray, found: np.ndarray) -> tuple[float, float]:
    """Lowest and highest loss that is shown: all of it where the tries lead up only."""
    known = np.concatenate([loss[np.isfinite(loss)], found[np.isfinite(found)]])
    if not known.size:
        return -1.0, 1.0
    origin, low, high = float(np.interp(0.0, at, loss)), float(known.min()), float(known.max())
    among = loss[(at >= min(0.0, tried.min())) & (at <= max(0.0, tried.max())) & np.isfinite(loss)]
    if among.size and origin > among.min():
        high = min(high, origin + ABOVE * (origin - float(among.min())))
    room = 0.08 * (high - low) or 0.5 * abs(high) or 1.0
    return low - room, high + room


def _numbered(spots: list[np.ndarray]) -> list[int]:
    """Whose numbers can be read: the last, and of the others the earlier ones."""
    shown: list[int] = []
    for i in (len(spots) - 1, *range(len(spots) - 1)):
        if all(np.hypot(*(spots[i] - spots[j])) >= APART for j in shown):
            shown.append(i)
    return sorted(shown)
