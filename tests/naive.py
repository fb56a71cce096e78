"""The slow, obvious twin of the engine: one lane, one loop, nothing compiled.

A number is an array of length one, because that overflows to inf as a processor does, where a Python
float raises. Whole powers are products, which is how the compiler writes them; `pow` rounds otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.engine import noise as noise_source
from core.modifiers import MODIFIERS
from core.spec import Here, Optimizer, Schedule, Surface
from core.stops import STOPS


class Number(np.ndarray):
    """An array of length one."""

    def __pow__(self, power: Any) -> Any:
        if not isinstance(power, int):
            return super().__pow__(power)
        result, square = 1.0, self
        while power:
            if power & 1:
                result = result * square
            power, square = power >> 1, square * square
        return result

    # What stands for a number is not changed in place, `m *= beta` or not: others may still need it.
    __iadd__ = np.ndarray.__add__
    __isub__ = np.ndarray.__sub__
    __imul__ = np.ndarray.__mul__
    __itruediv__ = np.ndarray.__truediv__
    __imod__ = np.ndarray.__mod__
    __ifloordiv__ = np.ndarray.__floordiv__
    __ipow__ = __pow__


def number(value: Any) -> Number:
    return np.array([value], dtype=float).reshape(1).view(Number)


@dataclass
class Path:
    """What the twin saw: x (steps+1, 2), loss (steps+1,), lr (steps,), gradient (steps, 2), state name -> (steps+1, 2).

    missing: the first point that has no value; None if there is none.
    """

    x: np.ndarray
    loss: np.ndarray
    lr: np.ndarray
    gradient: np.ndarray
    state: dict[str, np.ndarray]
    missing: tuple[float, float] | None = None
    stopped: int = -1
    rule: str = ""
    evaluations: int = 0


def descend(
    surface: Surface,
    optimizer: Optimizer,
    start: Any,
    steps: int,
    hypers: dict[str, float] | None = None,
    schedule: Schedule | None = None,
    schedule_hypers: dict[str, float] | None = None,
    noise: float = 0.0,
    seed: int = 0,
    tolerance: float | None = None,
    batch: int | None = None,
    modifiers: dict[str, dict[str, float]] | None = None,
    stops: dict[str, float] | None = None,
) -> Path:
    """One lane, one step after the other."""
    if batch is None:
        batch = surface.samples.batch if surface.samples else 0
    own, plan = hypers or {}, schedule_hypers or {}
    with np.errstate(all="ignore"):
        return _descend(
            surface,
            optimizer,
            start,
            steps,
            own,
            schedule,
            plan,
            noise,
            seed,
            tolerance,
            batch,
            modifiers or {},
            stops or {},
        )


def _descend(
    surface, optimizer, start, steps, hypers, schedule, schedule_hypers, noise, seed, tolerance, batch, modifiers, stops
):
    around = {
        key: [record, {**record.defaults, **modifiers[key]}, [], []]
        for key, record in MODIFIERS.items()
        if key in modifiers
    }
    for entry in around.values():
        entry[2:] = [[number(0.0) for _ in entry[0].state] for _ in "xy"]
    past, looked, told = (number(np.nan), number(np.nan), number(np.nan)), [], (-1, "", 0)
    hypers = {h.name: float(hypers.get(h.name, h.default)) for h in optimizer.hypers}
    lr, own_momentum = hypers["lr"], dict(hypers)
    factor_of = _schedule(schedule, steps, schedule_hypers)
    x, y = number(start[0]), number(start[1])
    first = [float(optimizer.initial.get(name, 0.0)) for name in optimizer.state]
    state_x, state_y = [number(v) for v in first], [number(v) for v in first]
    points, losses, rates, gradients, states = [], [], [], [], []
    resting, missing = False, None

    for t in range(steps + 1):
        f, gx, gy = look(surface, x, y, picks(surface, batch, seed, t))
        if not (np.isfinite(f) and np.isfinite(x) and np.isfinite(y)):
            if np.isfinite(x) and np.isfinite(y):
                missing = float(x[0]), float(y[0])
            x, y, f, gx, gy = (number(np.nan) for _ in range(5))
        points.append((x[0], y[0]))
        losses.append(f[0])
        states.append([(sx[0], sy[0]) for sx, sy in zip(state_x, state_y, strict=True)])
        if t == steps:
            break

        nx = ny = 0.0
        if noise:
            nx, ny = noise_source.normals(np.array([seed], dtype=np.uint64), np.array([t], dtype=np.uint64))
            nx, ny = noise * nx, noise * ny
            gx, gy = gx + nx, gy + ny
        ends = [
            key
            for key, bound in stops.items()
            if STOPS[key].holds(
                f[0], past[2][0], gx[0], gy[0], (x - past[0])[0], (y - past[1])[0], t + len(looked), bound
            )
        ]
        if ends and not resting:
            resting, told = True, (t, ends[0], t + len(looked))
        past = x, y, f
        for record, own, *_ in around.values():
            if not record.after:
                gx, gy = (number(v) for v in record.change(gx, gy, *own.values()))
        hypers["lr"] = lr * factor_of(t, f)
        if schedule is not None and (cycled := schedule.replaces(hypers)):
            warm = float(schedule_hypers.get("warmup_steps", 0))
            given = [float(schedule_hypers.get(h.name, h.default)) for h in schedule.hypers]
            momentum = float(np.squeeze(schedule.momentum(max(t - warm, 0.0), max(steps - warm, 1), *given)))
            hypers[cycled] = own_momentum[cycled] if np.isnan(momentum) else momentum
        rates.append(hypers["lr"])
        gradients.append((gx[0], gy[0]))

        if optimizer.plane:
            here = sight(surface, x, y, f, nx, ny, picks(surface, batch, seed, t), looked)
            pairs = zip(state_x, state_y, strict=True)
            moved = optimizer.update((x, y), (gx, gy), float(t + 1), here, *pairs, *hypers.values())
            (new_x, *state_x), (new_y, *state_y) = ([number(v) for v in axis] for axis in zip(*moved, strict=True))
        else:
            new_x, *state_x = (number(v) for v in optimizer.update(x, gx, float(t + 1), *state_x, *hypers.values()))
            new_y, *state_y = (number(v) for v in optimizer.update(y, gy, float(t + 1), *state_y, *hypers.values()))
        for entry in around.values():
            record, own, slow_x, slow_y = entry
            if record.after:
                new_x, *slow_x = (number(v) for v in record.change(new_x, x, float(t + 1), *slow_x, *own.values()))
                new_y, *slow_y = (number(v) for v in record.change(new_y, y, float(t + 1), *slow_y, *own.values()))
                entry[2:] = slow_x, slow_y
        if surface.box is not None:
            new_x, new_y = confined(surface, new_x, new_y)
        if tolerance is not None and not resting:
            step = (new_x - x) ** 2 + (new_y - y) ** 2
            resting = near(surface, x[0], y[0], tolerance) >= 0 and step <= tolerance * tolerance
            told = (t, "distance", t + len(looked)) if resting else told
        x, y = (x, y) if resting else (new_x, new_y)

    table = np.array(states, dtype=float).reshape(steps + 1, len(optimizer.state), 2)
    return Path(
        np.array(points),
        np.array(losses),
        np.array(rates, dtype=float),
        np.array(gradients),
        {name: table[:, i] for i, name in enumerate(optimizer.state)},
        missing,
        *(told if resting else (-1, "", steps + len(looked))),
    )


def picks(surface: Surface, batch: int, seed: int, t: int) -> list[int]:
    """The examples of step t; none where the gradient is that of all."""
    if not batch:
        return []
    count, counters = surface.samples.count, range(t * batch, (t + 1) * batch)
    if surface.samples.in_turn:
        return [i % count for i in counters]
    with np.errstate(over="ignore"):
        stream = noise_source.stream(np.uint64(seed))
        return [int(noise_source.example(stream, np.uint64(i), np.uint64(count))) for i in counters]


def look(surface: Surface, x: Number, y: Number, examples: list[int]) -> tuple[Number, Number, Number]:
    """Loss and gradient, also of a placed surface: the point is put back, and the gradient pulled forth."""
    flat, placed = surface.flat, surface.placed_from is not None
    xx, xy, yx, yy = surface.placement
    (cx, cy), u, v = flat.centre, x, y
    if placed:
        dx, dy = x - cx, y - cy
        u, v = cx + xx * dx + xy * dy, cy + yx * dx + yy * dy
    gu, gv = flat.gradient(u, v)
    if examples:
        each = [flat.samples.gradient(u, v, k) for k in examples]
        gu, gv = (sum(axis) / len(examples) for axis in zip(*each, strict=True))
    if placed:
        gu, gv = xx * gu + yx * gv, xy * gu + yy * gv
    return number(flat.value(u, v)), number(gu), number(gv)


def sight(surface, x, y, f, nx, ny, examples, looked) -> Here:
    """What a plane method may ask for; looked: notes every time it does."""

    def elsewhere(u, v):
        looked.append("look")
        f, gx, gy = look(surface, number(u), number(v), examples)
        return f, gx + nx, gy + ny

    def bend():
        looked.extend(["look"] * 2)
        return tuple(number(h) for h in surface.hessian(x, y))

    return Here(f, surface.lowest, elsewhere, bend)


def confined(surface: Surface, x: Number, y: Number) -> tuple[Number, Number]:
    """The nearest point that the box allows, measured in the surface's own coordinates."""
    (x0, x1), (y0, y1) = surface.box
    (cx, cy), placed = surface.centre, surface.placed_from is not None
    u, v = x, y
    if placed:
        xx, xy, yx, yy = surface.placement
        u, v = cx + xx * (x - cx) + xy * (y - cy), cy + yx * (x - cx) + yy * (y - cy)
    new_u, new_v = number(min(max(u[0], x0), x1)), number(min(max(v[0], y0), y1))
    if new_u == u and new_v == v:
        return x, y
    if not placed:
        return new_u, new_v
    xx, xy, yx, yy = np.linalg.inv(np.reshape(surface.placement, (2, 2))).ravel()
    return cx + xx * (new_u - cx) + xy * (new_v - cy), cy + yx * (new_u - cx) + yy * (new_v - cy)


def near(surface: Surface, x: float, y: float, tolerance: float) -> int:
    """Index of the first minimum within the tolerance, or -1."""
    for k, (mx, my) in enumerate(surface.minima):
        if (x - mx) * (x - mx) + (y - my) * (y - my) <= tolerance * tolerance:
            return k
    return -1


def _schedule(schedule, steps, given):
    """(t, loss) -> factor of lr, warm-up included."""
    warm, begun = float(given.get("warmup_steps", 0)), float(given.get("warmup_start", 0))

    def climb(t):
        if begun:
            return begun + (1 - begun) * t / warm if t < warm else 1.0
        return min((t + 1) / (warm + 1), 1.0)

    if schedule is None:
        return lambda t, loss: climb(t)
    hypers = [float(given.get(h.name, h.default)) for h in schedule.hypers]
    if not schedule.watches_loss:
        rest = max(steps - warm, 1)
        return lambda t, loss: climb(t) * float(np.squeeze(schedule.factor(max(t - warm, 0.0), rest, *hypers)))

    state = [float(schedule.initial.get(name, 0.0)) for name in schedule.state]

    def watch(t, loss):
        factor, *state[:] = schedule.factor(float(t), float(steps), float(loss[0]), *state, *hypers)
        return climb(t) * float(factor)

    return watch


def outcome(surface: Surface, path: Path, tolerance: float | None) -> tuple[str, int, int]:
    """(word, step, minimum), read off a finished path with hindsight."""
    (x0, x1), (y0, y1) = surface.bounds
    sx, sy = path.x[0]
    on_map = [
        bool(min(x0, sx) <= x <= max(x1, sx) and min(y0, sy) <= y <= max(y1, sy)) for x, y in path.x
    ]  # nan is nowhere
    steps, still = len(path.lr), 1e-6 * surface.size
    gone = [bool(np.isnan(x)) for x, _ in path.x]
    if gone[-1]:
        last = _since(gone)
        if last == 0 or on_map[last - 1]:
            return _lost(surface, path, last)
    points = path.x[::-1]
    loop = next((p for p in range(1, 5) if 2 * p <= steps + 1 and _repeats(points, p, still)), 0)
    begun = steps + 1 - max(loop, 1)
    if not any(on_map[begun:]):
        return "escaped", _since(on_map), -1
    reach = tolerance if tolerance is not None else 1e-3 * surface.size
    where = [near(surface, x, y, reach) for x, y in path.x]
    if where[-1] >= 0 and len(set(where[begun:])) == 1:
        return "arrived", _since(where), where[-1]
    if path.stopped >= 0:
        return "stopped", path.stopped, -1
    if loop > 1:
        return "cycling", -1, _circled(surface, points[:loop])
    moved = math.dist(path.x[-1], path.x[steps - max(1, steps // 10)])
    return ("stuck" if loop == 1 and moved <= still else "moving"), -1, -1


def _lost(surface: Surface, path: Path, last: int) -> tuple[str, int, int]:
    """Of a path whose row `last` is the first that is not there, and none before it off the map."""
    if path.missing is None:
        return "undefined", last - 1, -1  # the update led nowhere
    (x0, x1), (y0, y1) = surface.bounds
    x, y = path.missing
    sx, sy = path.x[0] if last else path.missing
    inside = min(x0, sx) <= x <= max(x1, sx) and min(y0, sy) <= y <= max(y1, sy)
    return ("undefined" if inside else "escaped"), last, -1


def _repeats(points: np.ndarray, p: int, still: float) -> bool:
    """Whether the last points, the last one first, go round in p steps."""
    span = max(math.dist(points[0], points[k]) for k in range(p))
    far = max(math.dist(points[k], points[k + p]) for k in range(p))  # (nan is never small)
    return far <= (still if p == 1 else min(still, 1e-3 * span))


def _circled(surface: Surface, loop: np.ndarray) -> int:
    """The minimum nearest to the middle of a loop, if it lies within its radius."""
    middle = loop.mean(axis=0)
    radius = max(math.dist(middle, point) for point in loop)
    k = min(range(len(surface.minima)), key=lambda k: math.dist(middle, surface.minima[k]), default=-1)
    return k if k >= 0 and math.dist(middle, surface.minima[k]) < radius else -1


def _since(values: list) -> int:
    """Index from which on the last value holds."""
    i = len(values) - 1
    while i and values[i - 1] == values[-1]:
        i -= 1
    return i
