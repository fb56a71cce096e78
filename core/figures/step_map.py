"""One step on the map of its surface, from near: where it came from, what pushed it, and where it went."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.figures.relief import Relief
from core.figures.svg import DASHES, FRAME, INK, QUIET, Frame, arrow, colour, dot, labels, line, picture, text, ticks
from core.spec import Bounds

WIDTH, HEIGHT = 560, 440
LEFT, TOP, RIGHT, BOTTOM = 62, 8, 8, 26  # margins
ASPECT = (WIDTH - LEFT - RIGHT) / (HEIGHT - TOP - BOTTOM)
LEVELS = 16
REACH = 78.0  # length of an arrow that is only a direction
CONTOUR = "light-dark(rgba(35,70,105,.30),rgba(190,215,240,.26))"  # as on the stage
DEEP = (11, 110, 153)  # the lowest ground, over the paper of either theme

Role = Literal["step", "slope", "memory", "plain", "ball", "looked", "along", "kept", "path"]
STROKES: dict[Role, str] = {
    "path": QUIET,
    "step": INK,
    "slope": colour(0),
    "memory": colour(1),
    "plain": colour(2),
    "ball": colour(3),
    "looked": colour(9),
    "along": colour(9),
    "kept": colour(5),
}


@dataclass(frozen=True)
class Mark:
    """Something beside the step itself.

    letter: what the point is called. to: (2,) the point meant; of `along`, where a line ends; of a slope or a memory,
    only the direction counts.
    """

    role: Role
    to: np.ndarray
    letter: str = ""


def window_of(points: np.ndarray, size: float) -> Bounds:
    """What of the map to show around points (n, 2), as wide as the picture; at least a millionth of the map's `size`.

    The zoom goes by factors of two and the middle by quarters, so that it seldom moves from one step to the next.
    """
    low, high = points.min(0), points.max(0)
    half = float(max((high[0] - low[0]) / ASPECT, high[1] - low[1], 1e-6 * size)) / 2
    half = 2.0 ** np.ceil(np.log2(half * 1.15))
    x, y = np.round((low + high) / half) * half / 2
    half *= 1.25
    return (float(x - half * ASPECT), float(x + half * ASPECT)), (float(y - half), float(y + half))


def step_map(relief: Relief, path: np.ndarray, after: np.ndarray, marks: Sequence[Mark], title: str) -> str:
    """The picture. relief: the surface over the window. path: (n, 2) the points before the step; `after` is where it led."""
    (x0, x1), (y0, y1) = shown = (relief.x[0], relief.x[-1]), (relief.y[0], relief.y[-1])
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    frame = Frame(shown, LEFT, TOP, wide, high)
    at = frame.at
    height = np.log10(1 + np.maximum(relief.f - relief.low, 0) / relief.unit) if relief.scale == "log" else relief.f
    clip = 'clip-path="inset(0)"'
    box = f'x="{LEFT}" y="{TOP}" width="{wide}" height="{high}"'
    nested = f'<svg {box} viewBox="{LEFT} {TOP} {wide} {high}" style="overflow:hidden">'
    parts = [f'<image {box} preserveAspectRatio="none" href="{_shade(height)}" {clip}/>', nested]
    known = _known(height)
    if known.size and np.ptp(known) > 0:
        steps = np.linspace(known.min(), known.max(), 2 * LEVELS + 1)[1::2]
        parts += [_contour(at(_level(relief.x, relief.y, height, float(level)))) for level in steps]
    before = at(path[-1])
    parts.append(frame.line(path, STROKES["path"], 1.5))
    parts += [frame.dot(point, STROKES["path"], 2.5) for point in path[:-1]]
    for mark in marks:
        stroke = STROKES[mark.role]
        if mark.role in ("slope", "memory"):
            parts.append(arrow(before, before + REACH * _direction(mark.to - path[-1], frame.unit), stroke, 2))
        elif mark.role == "along":
            parts.append(frame.line(np.array([path[-1], mark.to]), stroke, 1.2, DASHES["dot"]))
        elif mark.role == "looked":
            parts.append(frame.dot(mark.to, "none", 5, stroke))
        elif mark.role == "kept":
            parts.append(frame.dot(mark.to, stroke, 4))
            x, y = at(mark.to)
            parts.append(text(float(x) + 9, float(y) - 7, mark.letter, fill=stroke))
        else:
            start = path[-1] if mark.role == "plain" else after
            parts.append(frame.line(np.array([start, mark.to]), stroke, 1.5, "5 4"))
            parts.append(
                frame.dot(mark.to, "none", 5 if mark.role == "plain" else 9, stroke)
            )  # they may be at one place
    parts.append(arrow(before, at(after), STROKES["step"], 3))
    parts.append(dot(before, STROKES["step"], 4.5))
    parts.append("</svg>")
    parts.append(f'<rect {box} style="stroke:{FRAME}"/>')
    across, up = ticks(x0, x1, 5), ticks(y0, y1, 5)
    for value, word in zip(across, labels(across), strict=True):
        parts.append(text(float(at(np.array([value, y0]))[0]), HEIGHT - 8, word))
    for value, word in zip(up, labels(up), strict=True):
        parts.append(text(LEFT - 6, float(at(np.array([x0, value]))[1]) + 4, word, "end"))
    return picture(WIDTH, HEIGHT, parts, title)


def swatch(role: Role) -> str:
    """What a role looks like, for a legend."""
    start, middle, late, end = (np.array([x, 8.0]) for x in (2.0, 16.0, 24.0, 30.0))
    stroke = STROKES[role]
    match role:
        case "step" | "slope" | "memory":
            drawn = arrow(start, end, stroke, 3 if role == "step" else 2)
        case "path":
            drawn = line(np.array([start, end]), stroke) + dot(middle, stroke, 2.5)
        case "along":
            drawn = line(np.array([start, end]), stroke, 1.2, DASHES["dot"])
        case "kept":
            drawn = dot(middle, stroke, 4)
        case "looked":
            drawn = dot(middle, "none", 5, stroke)
        case _:
            drawn = line(np.array([start, late]), stroke, 1.5, "5 4") + dot(late, "none", 5, stroke)
    return f'<svg viewBox="0 0 32 16" width="32" height="16" fill="none" aria-hidden="true">{drawn}</svg>'


def _direction(way: np.ndarray, unit: tuple[float, float]) -> np.ndarray:
    """Of a way (2,) in the plane, as a way of length 1 on the page; (0, 0) where there is none."""
    longest = np.abs(way).max()
    if not 0 < longest < np.inf:
        return np.zeros(2)
    seen = way / longest * unit * (1, -1)  # first so: what is squared may overflow
    return np.asarray(seen / np.hypot(*seen))


def _known(values: np.ndarray) -> np.ndarray:
    return np.asarray(values[np.isfinite(values)])


def _level(x: np.ndarray, y: np.ndarray, f: np.ndarray, level: float) -> np.ndarray:
    """(n, 2, 2) straight pieces of the line where f = level: f is taken as a plane on each half of a cell."""
    grid = np.stack([*np.meshgrid(x, y), f - level], -1)
    cells = np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, :-1], grid[1:, 1:]])
    below = (cells[..., 2] < 0).sum(0)
    a, b, c, d = cells[:, (below > 0) & (below < 4)]  # the others are not crossed
    pieces = []
    for corners in ((a, b, c), (d, c, b)):
        ends = []
        for p, q in zip(corners, (*corners[1:], corners[0]), strict=True):
            cut = (p[..., 2] < 0) != (q[..., 2] < 0)
            with np.errstate(all="ignore"):
                share = (p[..., 2] / (p[..., 2] - q[..., 2]))[..., None]
                ends.append((cut, p[..., :2] + share * (q[..., :2] - p[..., :2])))
        for i, j in ((0, 1), (1, 2), (2, 0)):
            both = ends[i][0] & ends[j][0]
            pieces.append(np.stack([ends[i][1][both], ends[j][1][both]], 1))
    found = np.concatenate(pieces)
    return np.asarray(found[np.isfinite(found).all((1, 2))])


def _contour(pieces: np.ndarray) -> str:
    path = (
        "M%.1f %.1fL%.1f %.1f" * len(pieces) % tuple(pieces.ravel())
    )  # one piece at a time would take ten times as long
    return f'<path d="{path}" style="stroke:{CONTOUR};stroke-width:1"/>' if path else ""


def _shade(height: np.ndarray) -> str:
    """The ground as a picture, the lower the deeper its colour; nothing where there is no value."""
    known = _known(height)
    low, span = (known.min(), np.ptp(known) or 1.0) if known.size else (0.0, 1.0)
    depth = np.where(np.isfinite(height), 1 - (height - low) / span, 0.0)[::-1]
    pixels = np.empty((*height.shape, 4), np.uint8)
    pixels[..., :3], pixels[..., 3] = DEEP, np.round(70 * depth)
    return "data:image/png;base64," + base64.b64encode(_png(pixels)).decode()


def _png(pixels: np.ndarray) -> bytes:
    """(rows, columns, 4) bytes as a PNG file."""
    rows, columns, _ = pixels.shape
    raw = b"".join(b"\0" + row.tobytes() for row in pixels)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", columns, rows, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
