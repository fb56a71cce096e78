"""One update under the magnifying glass: every line of an optimizer's own `update`, with the numbers of one step.

Nothing here knows any optimizer. The lines are read from the source of `update`, each is evaluated with the numbers of
the step, and what a quantity is for is found out by asking the function itself.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

import numpy as np

from core.course import Course, Done, code, courses
from core.curvature import sharpness
from core.engine import noise
from core.engine.descend import Run
from core.modifiers import MODIFIERS
from core.notation import ATOM, Leaf, Symbol, latex, number, of_people, symbol, without
from core.scene import Runner, Scene
from core.spec import Here, Optimizer, Surface, Text
from core.spec.schedule import cycled
from core.theory import LATER, bound, tension

ROUNDING = 1e-9  # how far beside a line, as a share of its length, a point of it may lie
VISIBLE = 0.005  # as a share of the map's size: some pixels
EPSILON = 1e-15  # a few bits of a coordinate


@dataclass(frozen=True)
class Line:
    """One assignment: name = symbols = numbers = values, all but the last in LaTeX.

    numbers, values: one for both coordinates, or one each for x and y. holds: a condition that was met, without a name.
    of: the coordinate that the line is of, where a condition has parted the ways of the two.
    """

    name: str
    symbols: str
    numbers: tuple[str, ...]
    values: tuple[float, ...]
    holds: bool = False
    of: str = ""


@dataclass(frozen=True)
class Search:
    """The line through a point that a method looked along before it stepped.

    way: (2,) where the line leads, of length 1. at, loss: (n,) how far from the point it looked, in its order, and the
    value of the surface there.
    """

    way: np.ndarray
    at: np.ndarray
    loss: np.ndarray


@dataclass(frozen=True)
class Step:
    """One update, t = 1, 2, ...: from `before` to `after`. Every point is (2,).

    lines: what `update` computes that reaches the new point, in order; `used`: the settings they use, as LaTeX and
    value. gradient: as the optimizer saw it; raw: before anything clipped it, and shown: what each modifier made of
    it, by key. put: the modifiers that have put the point elsewhere after the update. kept: where the companions of
    the method are then. new, state: what the lines lead to; `after` differs from `new` where the point was put back.
    plain: where gradient descent would be at the same rate. carried: the direction in which the memory of past
    gradients pushes, and the state that holds it. ball: of a method that looks ahead, the point that it looks from;
    looked: where else a plane method has looked; search: the line on which that was, if it was one. meanings: what stands
    in the lines and has to be explained, as LaTeX, and what it is.
    """

    t: int
    rate: float
    before: np.ndarray
    after: np.ndarray
    gradient: np.ndarray
    lines: tuple[Line, ...]
    used: tuple[tuple[str, float], ...]
    new: np.ndarray
    state: Mapping[str, np.ndarray]
    carried: np.ndarray | None
    carrier: str
    ball: np.ndarray | None
    looked: tuple[np.ndarray, ...]
    raw: np.ndarray
    shown: Mapping[str, np.ndarray]
    put: tuple[str, ...]
    kept: Mapping[str, np.ndarray]
    search: Search | None
    meanings: tuple[tuple[str, Text], ...]

    @property
    def move(self) -> np.ndarray:
        move: np.ndarray = self.after - self.before
        return move

    @property
    def plain(self) -> np.ndarray:
        plain: np.ndarray = self.before - self.rate * self.raw
        return plain

    @property
    def effective(self) -> np.ndarray:
        """(2,) the rate at which gradient descent would have made the same move; not finite where there is no slope."""
        with np.errstate(all="ignore"):
            rate: np.ndarray = -self.move / self.raw
        return rate


# --- from one step to its lines -------------------------------------------------------------------

Version = tuple[str, int]


@lru_cache(maxsize=4096)
def _folded(node: ast.expr, zeros: frozenset[str]) -> ast.expr:
    return without(copy.deepcopy(node), zeros)


def dissect(scene: Scene, runner: Runner, run: Run, t: int) -> Step:
    """Update t = 1, 2, ... of a run that has kept its state, line by line.

    Raises ValueError where there is no such update, or its numbers are past the range of floats.
    """
    if not 1 <= t <= last_step(run):
        raise ValueError(f"step: expected a whole number from 1 to {last_step(run)}, got {t!r}")
    optimizer = runner.spoken
    before, after, gradient = run.x[t - 1], run.x[t], run.gradient[t - 1]
    hypers = {name: np.float64(value) for name, value in {**runner.hypers, "lr": run.lr[t - 1]}.items()}
    if run.momentum is not None:
        hypers[cycled(hypers)] = np.float64(run.momentum[t - 1])
    state = {name: run.state[name][t - 1] for name in optimizer.state}
    slots = ("p" if optimizer.plane else "x", *optimizer.state)
    looked: list[np.ndarray] = []
    pairs: dict[str, Any] = {slots[0]: before, "g": gradient, **state}
    others: dict[str, Any] = {"t": np.float64(t), **hypers}
    if optimizer.plane:
        pairs = {name: tuple(pair) for name, pair in pairs.items()}
        others["here"] = _here(scene, run, t, looked)
    found = courses(optimizer.update, slots, pairs, others, optimizer.plane)
    told = [_lines(optimizer, course, hypers) for course in found]
    lines, used, meanings = told[0] if len(told) == 1 else _side_by_side(*told)
    point, *new = (
        _both([[course.known[name] for name in course.left[i]] for course in found]) for i in range(len(slots))
    )
    memory = dict(zip(optimizer.state, new, strict=True))
    raw, shown, after_it = _modified(scene, runner, run, t)
    elsewhere = not np.allclose(point, after, rtol=1e-9, atol=1e-12) and not 0 <= run.stopped < t
    put = tuple(after_it) if elsewhere and scene.record.box is None else ()
    carrier, sign = _carrier(optimizer, runner.hypers)
    return Step(
        t=t,
        rate=float(hypers["lr"]),
        before=before,
        after=after,
        gradient=gradient,
        lines=lines,
        used=used,
        new=point,
        state=memory,
        carrier=carrier,
        carried=sign * memory[carrier] if carrier else None,
        ball=_ball(optimizer, hypers, after, memory),
        looked=tuple(looked),
        raw=raw,
        shown=shown,
        put=put,
        kept=_kept(optimizer, t, after, memory, hypers),
        search=_search(scene.record, before, looked),
        meanings=meanings,
    )


def _kept(
    optimizer: Optimizer, t: int, after: np.ndarray, memory: Mapping[str, np.ndarray], hypers: Mapping[str, Any]
) -> dict[str, np.ndarray]:
    """Where the companions of a method are after update t."""
    own = [hypers[h.name] for h in optimizer.hypers]
    with np.errstate(all="ignore"):
        return {
            one.key: np.asarray(one.place(after, np.float64(t), *memory.values(), *own)) for one in optimizer.companions
        }


def _modified(scene: Scene, runner: Runner, run: Run, t: int) -> tuple[np.ndarray, dict[str, np.ndarray], list[str]]:
    """The gradient before it was modified, what each modifier made of it, and those that act after the update."""
    around = [MODIFIERS[key].spoken(runner.dialect) for key in runner.modifiers]
    before = [record for record in around if not record.after]
    raw = run.gradient[t - 1]
    if before:
        _, *slope = _here(scene, run, t, []).look(*run.x[t - 1])
        raw = np.array(slope)
    shown, gradient = {}, raw
    for record in before:
        gradient = np.array(record.change(*map(np.float64, gradient), *runner.modifiers[record.key].values()))
        shown[record.key] = gradient
    return raw, shown, [record.key for record in around if record.after]


def last_step(run: Run) -> int:
    """The last update whose numbers are all floats; 0 where there is none."""
    sound = np.isfinite(run.x[1:]).all(1) & np.isfinite(run.gradient).all(1)
    return len(sound) if sound.all() else int(np.argmin(sound))


def telling_step(scene: Scene, run: Run) -> int:
    """The update that is worth the first look: the last that moved the point visibly, before it arrived or left the map.

    Where none did, the one that moved it furthest; 0 where there is none.
    """
    end = min(last_step(run), run.when) if run.when > 0 else last_step(run)
    if not end:
        return 0
    moves = np.hypot(*np.diff(run.x[: end + 1], axis=0).T)
    seen = np.flatnonzero(moves >= VISIBLE * scene.record.size)
    return int(seen[-1] if seen.size else moves.argmax()) + 1


def _both(values: list[list[Any]]) -> np.ndarray:
    """(2,) what left a course of both coordinates, or one course each."""
    both: np.ndarray = np.ravel(values) * np.ones(2)
    return both


# Lines, the settings in them, and what else in them has a meaning that is to be said.
Told = tuple[tuple[Line, ...], tuple[tuple[str, float], ...], tuple[tuple[str, Text], ...]]


def _side_by_side(x: Told, y: Told) -> Told:
    """The lines of two courses: where they are the same, one line for both coordinates, and else those of each."""
    found: list[Line] = []
    words = [[(line.name, line.symbols) for line in told[0]] for told in (x, y)]
    alike = SequenceMatcher(None, words[0], words[1], autojunk=False)
    for kind, lo, hi, low, high in alike.get_opcodes():
        of_x, of_y = x[0][lo:hi], y[0][low:high]
        if kind == "equal":
            for one, other in zip(of_x, of_y, strict=True):
                same = one == other
                pairs = (one.numbers, one.values) if same else (one.numbers + other.numbers, one.values + other.values)
                found.append(replace(one, numbers=pairs[0], values=pairs[1]))
        else:
            found += [replace(line, of="x") for line in of_x] + [replace(line, of="y") for line in of_y]
    return tuple(found), tuple(dict.fromkeys(x[1] + y[1])), tuple(dict.fromkeys(x[2] + y[2]))


def _lines(optimizer: Optimizer, course: Course, hypers: Mapping[str, Any]) -> Told:
    """The lines that matter for this point or a later one, the settings in them, and what has to be explained."""
    left = course.left
    # What is switched off is left out. A rate of zero is not switched off: it is where a schedule has led.
    off = {name for name, value in hypers.items() if value == 0.0 and name != "lr"}
    formulas = [_folded(done.node, frozenset(off - {n for n, v in done.versions.items() if v})) for done in course.done]
    same: dict[Version, Version] = {}  # what is only another name of something

    def source(name: str, version: int) -> Version:
        while (name, version) in same:
            name, version = same[name, version]
        return name, version

    for done, formula in zip(course.done, formulas, strict=True):
        if len(done.targets) == 1 and isinstance(formula, ast.Name):
            same[done.targets[0], done.version[0]] = source(formula.id, done.versions[formula.id])

    ends = [{source(name, course.versions[name]) for name in names} for names in left]
    needed, wanted = set(ends[0]), True
    while wanted:  # what a later update needs of a state is needed as well
        known, kept = set(needed), []
        for done, formula in zip(reversed(course.done), reversed(formulas), strict=True):
            made = {source(*each) for each in zip(done.targets, done.version, strict=True)}
            if not made or made & known:
                known |= {source(name, done.versions[name]) for name in _reads(formula) if name in done.versions}
                kept.append((done, formula))
        wanted = any(
            (slot, 0) in known and not end <= needed for slot, end in zip(optimizer.state, ends[1:], strict=True)
        )
        needed.update(*(end for slot, end in zip(optimizer.state, ends[1:], strict=True) if (slot, 0) in known))

    naming = _Naming(optimizer, source, ends)
    told = [(d, f) for d, f in reversed(kept) if not (d.parts or {*zip(d.targets, d.version, strict=True)} & {*same})]
    lines = tuple(_line(done, formula, naming, optimizer.plane) for done, formula in told)
    used = [(of_people(h.symbol).latex, float(hypers[h.name])) for h in optimizer.hypers if h.name in naming.used]
    seen = naming.named | {name[0] for name in naming.named if name[1:] in ("x", "y")}  # a coordinate of a pair
    explained = {naming.own(name).latex: told for name, told in optimizer.meanings.items() if name in seen}
    return lines, tuple(used), tuple(explained.items())


def _reads(formula: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(formula) if isinstance(node, ast.Name)}


def _own(name: str, hypers: Mapping[str, Symbol]) -> Symbol:
    """What a variable is called: as people write it, and what is made of a setting like the setting."""
    setting, plain = hypers.get(name.partition("_")[0]), symbol(name)
    return hypers.get(name) or (replace(plain, letter=setting.letter) if setting else plain)


class _Naming:
    """What each version of a variable is called: x_{t-1} and x_t, m_{t-1} and m_t; a version between them has a prime."""

    def __init__(self, optimizer: Optimizer, source: Callable[[str, int], Version], ends: list[set[Version]]) -> None:
        self.plane, self.state, self.source, self.ends = optimizer.plane, optimizer.state, source, ends
        self.hypers = {h.name: of_people(h.symbol) for h in optimizer.hypers}
        self.between: dict[str, list[int]] = {}
        self.used: set[str] = set()  # settings that were named
        self.named: set[str] = set()  # and all else

    def own(self, name: str) -> Symbol:
        """Without a time."""
        return _own(name, self.hypers)

    def __call__(self, name: str, version: int) -> str:
        name, version = self.source(name, version)
        self.named.add(name)
        own, first = self.own(name), version == (1 if self.plane else 0)
        if name == "t" or (name in self.hypers and version == 0):
            self.used.add(name)
            return own.latex
        if (name, version) in self.ends[0] or (name in ("x", "y") and first):
            letter = Symbol(name if self.plane else "x")
            return letter.at("t" if (name, version) in self.ends[0] else "t-1").latex
        if name in self.state:
            if version == 0:
                return own.at("t-1").latex
            if (name, version) in self.ends[1 + self.state.index(name)]:
                new = own.at("t")
                return replace(new, primes=int(new == symbol("g").at("t"))).latex  # what is kept of the gradient
        local = name not in ("x", "y", "g", *self.state)
        if not (self.plane or own.letter.startswith(r"\mathrm")):
            own = own.at("t")
        if name == "g" and first:
            return own.latex
        known = self.between.setdefault(name, [])
        if version not in known:
            known.append(version)
        return replace(own, primes=known.index(version) + (not local)).latex


def _line(done: Done, formula: ast.expr, naming: _Naming, plane: bool) -> Line:
    """One assignment, in symbols and in numbers."""
    shown = [i for i, name in enumerate(done.targets) if name != "_"]
    names = [naming(done.targets[i], done.version[i]) for i in shown]
    values = [done.value[i] for i in shown] if len(done.targets) > 1 else [done.value]

    def symbols(node: ast.expr) -> tuple[str, int] | None:
        match node:
            case ast.Name(id=name):
                return naming(name, done.versions[name]), ATOM
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int() as i)):
                return f"{naming(name, done.versions[name])[:-1]},{'xy'[i]}}}", ATOM  # one more index
        return None

    def numbers(of: int) -> Leaf:
        def numeral(node: ast.expr) -> tuple[str, int] | None:
            if isinstance(node, (ast.Name, ast.Subscript, ast.Attribute)) or (
                isinstance(node, ast.Compare) and node is not formula and done.targets
            ):
                with np.errstate(all="ignore"):
                    value = eval(code(node), {"np": np}, dict(done.known))
                return number(float(value[of] if np.ndim(value) else value))
            return None

        return numeral

    def written(leaf: Leaf) -> str:
        text = latex(formula, leaf)
        # Who asks for the value of f only is not told of its slope.
        return text.replace(r"\nabla f(", "f(", 1) if len(done.targets) > 1 and shown == [0] else text

    both = range(np.size(values)) if not plane and np.ndim(values[0]) else (0,)
    return Line(
        name=names[0] if len(names) == 1 else f"({', '.join(names)})",
        symbols=written(symbols),
        numbers=tuple(written(numbers(of)) for of in both),
        values=tuple(float(value) for value in np.ravel(values)),
        holds=not done.targets,
    )


# --- what a plane method sees ----------------------------------------------------------------------


def _here(scene: Scene, run: Run, t: int, looked: list[np.ndarray]) -> Here:
    """The surface around the point of update t, as the engine shows it; `looked` takes every point that is asked for."""
    surface, (x, y) = scene.record, run.x[t - 1]
    seed, step = np.array([scene.seed], np.uint64), np.array([t - 1], np.uint64)
    drawn = [scene.noise * float(normal[0]) for normal in noise.normals(seed, step)] if scene.noise else [0.0, 0.0]

    def look(u: float, v: float) -> tuple[float, float, float]:
        looked.append(np.array([u, v]))
        gu, gv = _slope(surface, u, v, _examples(scene, t - 1))
        return np.float64(surface.value(u, v)), np.float64(gu + drawn[0]), np.float64(gv + drawn[1])

    def bend() -> tuple[float, float, float]:
        xx, xy, yy = (np.float64(second) for second in surface.hessian(x, y))
        return xx, xy, yy

    return Here(run.loss[t - 1], np.float64(surface.lowest), look, bend)


def _search(surface: Surface, before: np.ndarray, looked: list[np.ndarray]) -> Search | None:
    """The line on which all the points lie that were looked at, where there is one. It leads to the first of them."""
    offsets = np.array([point - before for point in looked if np.isfinite(point).all()]).reshape(-1, 2)
    far = np.hypot(*offsets.T)
    if not far.any():
        return None
    way = offsets[far.argmax()] / far.max()
    way = way * np.sign(offsets[np.flatnonzero(far)[0]] @ way)
    if np.abs(offsets @ (-way[1], way[0])).max() > ROUNDING * far.max() + EPSILON * np.abs(before).max():
        return None
    loss = np.array([surface.value(*(before + offset)) for offset in offsets], float)
    return Search(way, offsets @ way, loss)


def _examples(scene: Scene, step: int) -> list[int]:
    """The examples that an update sees, as the engine draws them; none where it sees them all."""
    samples, size = scene.record.samples, scene.batch_size
    counters = np.arange(step * size, (step + 1) * size, dtype=np.uint64)
    if samples is None or not size:
        return []
    if samples.in_turn:
        return [int(k) for k in counters % np.uint64(samples.count)]
    with np.errstate(over="ignore"):
        stream = noise.stream(np.array([scene.seed], np.uint64))
        return [int(k) for k in noise.example(stream, counters, np.uint64(samples.count))]


def _slope(surface: Surface, x: float, y: float, examples: list[int]) -> tuple[float, float]:
    """The mean gradient of some examples; without them, that of the surface."""
    if not examples or surface.samples is None:
        return surface.gradient(x, y)
    each = [surface.samples.gradient(x, y, k) for k in examples]
    gx, gy = (sum(axis) / len(each) for axis in zip(*each, strict=True))
    return gx, gy


# --- what a state is for, found out by asking ------------------------------------------------------


def _ask(
    optimizer: Optimizer, hypers: Mapping[str, float], g: float = 0.0, at: float = 0.0, **state: float
) -> list[float]:
    """(x, state) after an update at x = 0 from a state of zeros, but for what is given. No weight decay."""
    own = [0.0 if h.name == "weight_decay" else hypers[h.name] for h in optimizer.hypers]
    before = [np.float64(state.get(name, 0.0)) for name in optimizer.state]
    with np.errstate(all="ignore"):
        return [float(value) for value in optimizer.update(np.float64(at), np.float64(g), LATER, *before, *own)]


@lru_cache(maxsize=256)
def _carrier(optimizer: Optimizer, hypers: Mapping[str, float]) -> tuple[str, float]:
    """The state that moves the point on where there is no slope, and the sign with which it does; ("", 0) for none.

    Wherever the point is, it is moved as far. A state that is a point itself moves it to some place instead.
    """
    for name in () if optimizer.plane else optimizer.state:
        x, *_ = _ask(optimizer, hypers, **{name: 1.0})
        beside, *_ = _ask(optimizer, hypers, at=1.0, **{name: 1.0})
        if np.isfinite(x) and x and np.isclose(beside - x, 1.0):
            return name, float(np.sign(x))
    return "", 0.0


def _ball(
    optimizer: Optimizer, hypers: Mapping[str, float], after: np.ndarray, state: Mapping[str, np.ndarray]
) -> np.ndarray | None:
    """The point from which a linear method looks ahead to the new one, where its next gradient is taken.

    A step that is a multiple of the new velocity alone looks nowhere; one that goes on from the gradient step does.
    """
    known = optimizer.stability
    if optimizer.plane or known is None or known.divisor or len(optimizer.state) != 1:
        return None
    (name,) = optimizer.state
    (dx, dv), (gx, gv) = _ask(optimizer, hypers, **{name: 1.0}), _ask(optimizer, hypers, g=1.0)
    if not dv or abs(gx - dx / dv * gv) <= 1e-9 * abs(gx):
        return None
    return np.asarray(after - dx / dv * state[name])


def squares(optimizer: Optimizer, hypers: Mapping[str, float]) -> set[str]:
    """The states that add up squares of gradients: twice the gradient makes them four times as large."""
    if optimizer.plane:
        return set()
    once, twice = (_ask(optimizer, hypers, g=g)[1:] for g in (10.0, 20.0))
    return {name for name, a, b in zip(optimizer.state, once, twice, strict=True) if a > 0 and abs(b / a - 4) < 0.01}


# --- a whole run -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class History:
    """A quantity over a run.

    about: the key of its name: velocity, square, state, rate, angle, slope or sharpness. meaning: what the record says that
    it is, or nothing. symbol: as the formula has it, or nothing. at: (n,) the steps. lines: what is drawn, by name (x, y,
    schedule, limit, or nothing): (n,) each. log: on a logarithmic axis.
    """

    about: str
    symbol: Symbol | None
    at: np.ndarray
    lines: Mapping[str, np.ndarray]
    log: bool = False
    meaning: Text | None = None


def histories(scene: Scene, runner: Runner, run: Run) -> tuple[History, ...]:
    """All that an optimizer keeps and does, over the updates of a run that has kept its state."""
    optimizer, end = runner.spoken, last_step(run)
    points, updates = np.arange(end + 1), np.arange(1, end + 1)
    move, gradient = np.diff(run.x[: end + 1], axis=0), _raw(scene, runner, run, end)
    carrier, _ = _carrier(optimizer, runner.hypers)
    square = squares(optimizer, runner.hypers)
    found, hypers = [], {h.name: of_people(h.symbol) for h in optimizer.hypers}
    for name in optimizer.state:
        values = run.state[name][: end + 1]
        about = "velocity" if name == carrier else "square" if name in square else "state"
        meaning = optimizer.meanings.get(name)
        found.append(History(about, _own(name, hypers), points, _pair(values), about == "square", meaning))
    with np.errstate(all="ignore"):
        cosine = -(move * gradient).sum(1) / (np.hypot(*move.T) * np.hypot(*gradient.T))
        found += [
            History("rate", None, updates, {**_pair(-move / gradient), "schedule": run.lr[:end]}),
            History("angle", None, updates, {"": cosine}),
            History("slope", None, updates, {"": np.hypot(*gradient.T)}, True),
            _sharpness(scene, runner, run, end),
        ]
    return tuple(found)


def _raw(scene: Scene, runner: Runner, run: Run, end: int) -> np.ndarray:
    """(end, 2) the gradients before anything clipped them."""
    if all(MODIFIERS[key].after for key in runner.modifiers):
        return run.gradient[:end]
    return np.array([_here(scene, run, t, []).look(*run.x[t - 1])[1:] for t in range(1, end + 1)]).reshape(-1, 2)


def _pair(values: np.ndarray) -> dict[str, np.ndarray]:
    return {"x": values[:, 0], "y": values[:, 1]}


def _sharpness(scene: Scene, runner: Runner, run: Run, end: int) -> History:
    """The largest curvature where each update starts, beside the largest that its rate is stable at, where that is known.

    Of a method that divides its gradients, it is the curvature divided alike.
    """
    surface, optimizer, at = scene.record, runner.spoken, np.arange(1, end + 1)
    share, largest = tension(surface, optimizer, runner.hypers, run), bound(optimizer, runner.hypers)
    if share is None or largest is None or run.momentum is not None:  # a limit is known for a momentum that stays
        return History("sharpness", None, at, {"": sharpness(surface, run.x[:end])}, True)
    edge = largest / run.lr[:end]
    return History("sharpness", None, at, {"": share[:end] * edge, "limit": edge}, True)
