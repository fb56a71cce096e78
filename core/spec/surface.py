"""A function of two variables, as a mean over examples too, and as it stands stretched and turned."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from core.spec.address import address, declared
from core.spec.language import Whose
from core.spec.optimizer import Optimizer
from core.spec.signature import module_name
from core.spec.text import Paper, Text
from core.spec.trial import try_function

Point = tuple[float, float]
Bounds = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Samples:
    """A loss that is a mean over examples, of which an optimizer sees a few at a time.

    gradient(x, y, k) -> (∂f/∂x, ∂f/∂y) of example k = 0, 1, ..., count - 1 alone. batch: how many are
    seen in a step, unless a run says otherwise; 0 for all. in_turn: example after example, again and
    again; otherwise each is drawn at random, with replacement.
    """

    gradient: Callable[[Any, Any, Any], tuple[Any, Any]]
    count: int
    batch: int
    in_turn: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.batch <= self.count:
            raise ValueError(f"samples: a batch holds 0 to {self.count} examples, got {self.batch}")


@dataclass(frozen=True, eq=False)
class Surface:
    """A function of two variables, its derivatives by hand, and what is known about it.

    value(x, y) -> f, gradient(x, y) -> (∂f/∂x, ∂f/∂y) and hessian(x, y) -> (∂²f/∂x², ∂²f/∂x∂y, ∂²f/∂y²)
    work on floats, on arrays, and compiled. A second derivative that is the same everywhere may stay a plain number.
    minima: every known minimum in the bounds, the lowest first. rates: a learning rate per family
    at which the surface shows what it teaches. unbounded: the function has no lowest point.
    samples: the examples that the function is a mean of. box: where a point is allowed to be; it is
    put back to the nearest allowed point after every update.
    program: what a typed function runs as, on the interpreter (None: its formulas are compiled).
    found: its minima were searched for, so there may be others, or none in `minima`.
    placed_from, rotation, stretch: of a surface made by `placed`. made_by: a function and its arguments, which
    make the same surface again in another process.
    """

    value: Callable[[Any, Any], Any]
    gradient: Callable[[Any, Any], tuple[Any, Any]]
    hessian: Callable[[Any, Any], tuple[Any, Any, Any]]
    name: Text
    bounds: Bounds
    start: Point
    minima: tuple[Point, ...]
    rates: Mapping[str, float]
    latex: str
    teaches: Text
    source: Paper
    saddles: tuple[Point, ...] = ()
    steps: int = 200
    quadratic: bool = False
    unbounded: bool = False
    smooth_at_minimum: bool = True
    samples: Samples | None = None
    box: Bounds | None = None
    key: str = field(default="")
    placed_from: Surface | None = None
    rotation: float = 0.0
    stretch: float = 1.0
    program: np.ndarray | None = None
    found: bool = False
    made_by: tuple[Callable[..., Surface], tuple[Any, ...]] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        if self.placed_from is not None:
            return _placed_again, (self.placed_from, self.rotation, self.stretch)
        return self.made_by or (declared, address(self, self.value, "SURFACE"))

    def __post_init__(self) -> None:
        if not _is_map(self.bounds):
            expected = f"expected ((low, high), (low, high)), got {self.bounds!r}{in_pairs(self.bounds)}"
            raise ValueError(f"{self.name.en}: bounds: {expected}")
        if not (self.minima or self.unbounded or self.found):
            raise ValueError(f"{self.name.en}: a surface needs a minimum, or unbounded=True")
        if missing := {"gradient", "momentum", "adagrad", "adaptive"} - set(self.rates):
            raise ValueError(f"{self.name.en}: rates lacks {sorted(missing)}")
        if not self.key:
            object.__setattr__(self, "key", module_name(self.value))
        object.__setattr__(self, "rates", MappingProxyType(dict(self.rates)))
        if not (self.placed_from or self.made_by):  # whose formulas are those of a declared surface, or a program
            self._check()

    def _check(self) -> None:
        """Raises TypeError unless the formulas give one, two and three numbers."""
        name, point = self.name.en, self.start
        try_function(self.value, Whose(name, "value"), ("f",), point)
        try_function(self.gradient, Whose(name, "gradient"), ("∂f/∂x", "∂f/∂y"), point)
        try_function(self.hessian, Whose(name, "hessian"), ("∂²f/∂x²", "∂²f/∂x∂y", "∂²f/∂y²"), point)
        if self.samples is not None:
            whose = Whose(name, "the gradient of an example")
            try_function(self.samples.gradient, whose, ("∂f/∂x", "∂f/∂y"), point, (0,))

    @property
    def centre(self) -> Point:
        """The middle of the bounds, about which the surface turns."""
        (x0, x1), (y0, y1) = self.bounds
        return (x0 + x1) / 2, (y0 + y1) / 2

    @property
    def size(self) -> float:
        """The shorter side of the bounds."""
        (x0, x1), (y0, y1) = self.bounds
        return min(x1 - x0, y1 - y0)

    @property
    def flat(self) -> Surface:
        """The surface as it is declared."""
        return self.placed_from or self

    @property
    def lowest(self) -> float:
        """The lowest known value: at the best minimum, or where there is none, on a grid over the bounds."""
        if self.minima:
            return min(float(self.value(*point)) for point in self.minima)
        axes = (np.linspace(low, high, 101) for low, high in self.bounds)
        with np.errstate(all="ignore"):
            return float(np.nanmin(self.value(*np.meshgrid(*axes))))

    @property
    def placement(self) -> tuple[float, float, float, float]:
        """The matrix A, row by row, that takes an offset from the centre to that of the surface as declared."""
        c, s = math.cos(math.radians(self.rotation)), math.sin(math.radians(self.rotation))
        return c, s, -s * self.stretch, c * self.stretch

    def placed(self, rotation: float = 0.0, stretch: float = 1.0) -> Surface:
        """The declared surface, squeezed along y by `stretch`, then turned anticlockwise by `rotation` degrees.

        Both happen about the middle of its bounds, which widen where a stretch below 1 pulls the surface apart.
        Raises ValueError for a stretch that is not positive.
        """
        if not (math.isfinite(rotation) and 0 < stretch < math.inf):
            raise ValueError(f"expected a finite rotation and a positive stretch, got {rotation!r} and {stretch!r}")
        flat, rotation = self.flat, rotation % 360.0
        if rotation == 0.0 and stretch == 1.0:
            return flat
        (cx, cy), ((x0, x1), (y0, y1)) = flat.centre, flat.bounds
        width, height = (x1 - x0) / 2, (y1 - y0) / 2
        c, s = math.cos(math.radians(rotation)), math.sin(math.radians(rotation))
        xx, xy, yx, yy = c, s, -s * stretch, c * stretch

        def back(x: Any, y: Any) -> tuple[Any, Any]:
            dx, dy = x - cx, y - cy
            return cx + xx * dx + xy * dy, cy + yx * dx + yy * dy

        def put(p: Point) -> Point:
            dx, dy = p[0] - cx, (p[1] - cy) / stretch
            return cx + c * dx - s * dy, cy + s * dx + c * dy

        def pull(g: tuple[Any, Any]) -> tuple[Any, Any]:
            return xx * g[0] + yx * g[1], xy * g[0] + yy * g[1]

        def hessian(x: Any, y: Any) -> tuple[Any, Any, Any]:
            p, q, r = flat.hessian(*back(x, y))
            return (
                xx * xx * p + 2 * xx * yx * q + yx * yx * r,
                xx * xy * p + (xx * yy + xy * yx) * q + yx * yy * r,
                xy * xy * p + 2 * xy * yy * q + yy * yy * r,
            )

        samples = flat.samples
        if samples is not None:
            of_one = samples.gradient
            samples = replace(samples, gradient=lambda x, y, k: pull(of_one(*back(x, y), k)))
        wide = (max(width, abs(s) * height / stretch), max(height, abs(c) * height / stretch))
        return replace(
            flat,
            value=lambda x, y: flat.value(*back(x, y)),
            gradient=lambda x, y: pull(flat.gradient(*back(x, y))),
            hessian=hessian,
            samples=samples,
            bounds=flat.bounds if stretch >= 1 else ((cx - wide[0], cx + wide[0]), (cy - wide[1], cy + wide[1])),
            minima=tuple(put(p) for p in flat.minima),
            saddles=tuple(put(p) for p in flat.saddles),
            placed_from=flat,
            rotation=rotation,
            stretch=stretch,
        )

    def rate_for(self, optimizer: Optimizer) -> float:
        """The learning rate at which this surface shows what it teaches, for one optimizer."""
        return float(self.rates.get(optimizer.family, optimizer.defaults["lr"]))


def in_pairs(bounds: Any) -> str:
    """How to mend bounds that are four numbers in a row; "" for anything else."""
    flat = isinstance(bounds, (tuple, list)) and len(bounds) == 4 and all(isinstance(b, (int, float)) for b in bounds)
    return f"; write {(tuple(bounds[:2]), tuple(bounds[2:]))}" if flat else ""


def _is_map(bounds: Any) -> bool:
    try:
        (x0, x1), (y0, y1) = bounds
        return bool(x0 < x1 and y0 < y1)
    except (TypeError, ValueError):
        return False


def _placed_again(flat: Surface, rotation: float, stretch: float) -> Surface:
    return flat.placed(rotation, stretch)
