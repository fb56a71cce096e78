"""Small pictures written by hand as SVG: they follow the page's theme, and replacing one leaves no flicker."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from core.figures.clip import Piece, cut, inside, wider
from core.figures.palette import PENS
from core.spec import Bounds

INK = "light-dark(#1D2733,#E6EBF0)"
QUIETS = ("#5C6672", "#98A3AE")  # on light and on dark: 4.5 to 1 or more against every paper of the house
QUIET = f"light-dark({QUIETS[0]},{QUIETS[1]})"
FRAME = "light-dark(#DDE3E9,#2C3743)"
DASHES = {"solid": "none", "dash": "6 4", "dot": "1.5 4", "dashdot": "7 3 1.5 3"}
MARGIN = 16.0  # pixels beyond the edge of a frame that are still drawn: more than half the width of any mark


def colour(pen: int) -> str:
    """A colour of the palette, on either theme."""
    return f"light-dark({PENS[pen].light},{PENS[pen].dark})"


@dataclass(frozen=True)
class Frame:
    """A part of the plane on a part of the page: what is `shown` of x and of y, and where, in pixels.

    What is drawn in it is cut a little outside of its edge first: numbers may lie millions of pages away.
    """

    shown: Bounds
    left: float
    top: float
    wide: float
    high: float

    @property
    def unit(self) -> tuple[float, float]:
        """Pixels of one in x and of one in y."""
        (x0, x1), (y0, y1) = self.shown
        return self.wide / (x1 - x0), self.high / (y1 - y0)

    @property
    def drawn(self) -> Bounds:
        """What is shown, and a margin around it."""
        return wider(self.shown, (MARGIN / self.wide, MARGIN / self.high))

    def at(self, points: np.ndarray) -> np.ndarray:
        """Where points (..., 2) of the plane lie on the page."""
        p, unit = np.asarray(points, float), self.unit
        (x0, _), (_, y1) = self.shown
        return np.stack([self.left + (p[..., 0] - x0) * unit[0], self.top + (y1 - p[..., 1]) * unit[1]], -1)

    def line(self, points: np.ndarray, stroke: str, width: float = 1.5, dash: str = "none") -> str:
        """A line through points (n, 2) of the plane, broken where one is not finite. Dashes go on behind a cut."""
        pieces = [Piece(self.at(piece.points), piece.skipped) for piece in cut(points, self.drawn, self.unit)]
        if dash == "none":
            path = "".join(_path(piece.points) for piece in pieces)
            return f'<path d="{path}" {_style(stroke, width)}/>' if path else ""
        period = sum(map(float, dash.split()))
        return "".join(
            f'<path d="{_path(piece.points)}" {_style(stroke, width, dash, piece.skipped % period)}/>'
            for piece in pieces
        )

    def dot(self, at: np.ndarray, fill: str, radius: float = 4, stroke: str = "none") -> str:
        """A disc at a point (2,) of the plane, if it can be seen."""
        return dot(self.at(at), fill, radius, stroke) if inside(np.asarray(at, float), self.drawn) else ""


def picture(width: int, height: int, parts: Iterable[str], title: str) -> str:
    """The parts as one picture that is as wide as its place."""
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}" style="width:100%;height:auto;display:block"'
        f' font-size="12" fill="none">{"".join(parts)}</svg>'
    )


def line(points: np.ndarray, stroke: str, width: float = 1.5, dash: str = "none") -> str:
    """A line through points (n, 2) on the page."""
    return f'<path d="{_path(points)}" {_style(stroke, width, dash)}/>'


def dot(at: np.ndarray, fill: str, radius: float = 4, stroke: str = "none", width: float = 2) -> str:
    """A disc at a point (2,) on the page."""
    x, y = at
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" style="fill:{fill};stroke:{stroke};stroke-width:{width:g}"/>'
    )


def arrow(start: np.ndarray, end: np.ndarray, stroke: str, width: float = 2.5, dash: str = "none") -> str:
    """An arrow between two points (2,) on the page, with a head in proportion."""
    along = np.asarray(end, float) - start
    length = float(np.hypot(*along))
    if length < 1:
        return ""
    along /= length
    head = min(length, 4 + 3 * width)
    neck, side = end - head * along, 0.42 * head * np.array([-along[1], along[0]])
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in (end, neck + side, neck - side))
    shaft = line(np.array([start, end - 0.8 * head * along]), stroke, width, dash)
    return f'{shaft}<polygon points="{corners}" style="fill:{stroke}"/>'


def text(x: float, y: float, words: str, anchor: str = "middle", fill: str = QUIET) -> str:
    """Words at a place on the page."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" style="fill:{fill}">{words}</text>'


def ticks(low: float, high: float, wanted: int) -> list[float]:
    """Round numbers from `low` to `high`, about as many as wanted, but two at least."""
    raw = (high - low) / max(wanted, 1)
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * m for m in (1, 2, 5, 10) if unit * m >= raw * 0.999)
    found = [step * k for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
    return found if len(found) > 1 else ticks(low, high, 2 * wanted)


def log_ticks(low: float, high: float, wanted: int) -> list[float]:
    """Round numbers from 10^low to 10^high: every so many decades, or where these are hardly any, finer ones."""
    low, high = max(low, -323.0), min(high, 308.0)  # of floats there are no others
    every = max(1, math.ceil((high - low) / wanted))
    decades = [10.0**k for k in range(math.ceil(low), math.floor(high) + 1) if k % every == 0]
    if len(decades) > 2:
        return decades
    finer = [m * 10.0**k for k in range(math.floor(low), math.floor(high) + 1) for m in (1, 2, 5)]
    found = [value for value in finer if low <= math.log10(value) <= high]
    return found if len(found) > 2 else ticks(10.0**low, 10.0**high, wanted)


def labels(values: Sequence[float]) -> list[str]:
    """Numbers at ticks, with as many digits as tell each from its neighbours: none is said at another's place."""
    at = sorted(values)
    gaps = dict(zip(at, np.minimum(np.diff(at, prepend=-np.inf), np.diff(at, append=np.inf)), strict=True))
    return [_label(value, gaps[value]) for value in values]


def _label(value: float, gap: float) -> str:
    if abs(value) < 1e-300:
        return "0"
    for digits in range(4, 17):
        word = f"{value:.{digits}g}"
        if abs(float(word) - value) <= gap / 10:
            break
    return re.sub(r"e([+-])0*", r"e\1", word).replace("e+", "e").replace("-", "−")


def _path(points: np.ndarray) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _style(stroke: str, width: float, dash: str = "none", skipped: float = 0.0) -> str:
    """skipped: what lies before the line of the pattern of dashes."""
    late = f";stroke-dashoffset:{skipped:.1f}" if skipped > 0 else ""  # no number compares as larger
    return f'style="stroke:{stroke};stroke-width:{width:g};stroke-dasharray:{dash}{late};stroke-linecap:round;stroke-linejoin:round"'
