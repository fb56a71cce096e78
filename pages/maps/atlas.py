"""What the page of maps shows beside the scene of the race, its codec, and the maps that follow from both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from core import OPTIMIZERS, SURFACES, Runner, Scene, View
from core.maps import STEPS, Axis, axes, settled, span
from core.scene import SEPARATOR, one_of, refused, to_numbers, to_whole, whole
from core.scene.faults import DEFAULT
from core.spec import Bounds, Hyper, Text, numeral

Kind = Literal["settings", "starts"]
Colour = Literal["loss", "when", "outcome"]
LONG = 200  # steps
NAMES = ("map", "of", "beside", "across", "up", "colour", "length", "cell", "probe")  # parameters of a link


@dataclass(frozen=True)
class Side:
    """One axis that was asked for: the name of what is varied, and its range (None: one with something to see)."""

    name: str
    range: tuple[float, float] | None = None


@dataclass(frozen=True)
class Atlas:
    """The choices of the page; None is the page's own.

    kind: a map of settings, or one of starts. of: a runner of the race by number, or an optimizer as it comes.
    beside: a second one, or another surface. across, up: the axes. length: steps. cell: values on both axes, whose run
    is shown. probe: the start whose path is shown.
    """

    kind: Kind = "settings"
    of: int | str | None = None
    beside: int | str | None = None
    across: Side | None = None
    up: Side | None = None
    colour: Colour = "loss"
    length: int | None = None
    cell: tuple[float, float] | None = None
    probe: tuple[float, float] | None = None

    def elsewhere(self) -> dict[str, Any]:
        """What changes on another surface: ranges, points and lengths were chosen for the old one."""
        bare = {name: side and Side(side.name) for name, side in (("across", self.across), ("up", self.up))}
        return {**bare, "length": None, "cell": None, "probe": None}

    def steps(self, scene: Scene) -> int:
        """How long the runs are: as in the race, but for starts long enough that most of them get somewhere."""
        return self.length or (max(scene.length, LONG) if self.kind == "starts" else scene.length)


@dataclass(frozen=True)
class Plate:
    """One map of a runner in a scene: over two settings, each (name, axis); without axes, of its starts.

    window: the starts that are shown, low x, high x, low y, high y; None for all of the surface's map.
    """

    scene: Scene
    runner: Runner
    axes: tuple[tuple[str, Axis], ...] = ()
    window: tuple[float, ...] | None = None

    @property
    def shown(self) -> Bounds:
        """The edges of a map of starts."""
        return (self.window[:2], self.window[2:]) if self.window else self.scene.record.bounds  # type: ignore[return-value]

    def at(self, values: tuple[float, float]) -> tuple[Scene, Runner]:
        """Scene and runner of a point of the map."""
        names = [name for name, _ in self.axes] or ["x", "y"]
        return settled(self.scene, self.runner, dict(zip(names, values, strict=True)))

    def nearest(self, values: tuple[float, float]) -> tuple[float, float]:
        """The point of a map of settings that lies nearest to some values."""
        x, y = (
            float(min(max(round(value) if axis.hyper.integer else value, axis.low), axis.high))
            for value, (_, axis) in zip(values, self.axes, strict=True)
        )
        return x, y


def pair(raw: object) -> tuple[float, float] | None:
    """Two finite numbers that came from outside, or None."""
    found = to_numbers(raw, (2,))
    return (found[0], found[1]) if found else None


def subjects(scene: Scene) -> list[int | str]:
    """What a map can be of: the runners of the race, by number, and every optimizer as it comes."""
    return [*range(len(scene.runners)), *OPTIMIZERS]


def subject(scene: Scene, which: int | str) -> Runner:
    """The runner behind a number or a key; a key's is at the rate that the surface recommends."""
    if isinstance(which, int):
        return scene.runners[which]
    return Runner(which, {"lr": scene.record.rate_for(OPTIMIZERS[which])}, colour=scene.free_colour())


def chosen(scene: Scene, atlas: Atlas) -> int | str:
    """What the first map is of: without a choice, the first runner that has a memory to tune beside its rate."""
    if atlas.of in subjects(scene):
        return atlas.of  # type: ignore[return-value]
    return next((i for i, runner in enumerate(scene.runners) if _memory(runner)), subjects(scene)[0])


def _memory(runner: Runner) -> str | None:
    return next((h.name for h in runner.spoken.hypers if h.scale == "one_minus"), None)


def pairs(scene: Scene, atlas: Atlas) -> list[tuple[Scene, Runner]]:
    """Scene and runner of each map, one or two."""
    bare = replace(scene, runners=(), view=View(), steps=atlas.steps(scene))
    first = subject(scene, chosen(scene, atlas))
    found = [(bare, first)]
    if atlas.beside in subjects(scene) and atlas.beside != chosen(scene, atlas):
        found.append((bare, subject(scene, atlas.beside)))  # type: ignore[arg-type]
    elif atlas.beside in SURFACES and atlas.beside != scene.surface:
        found.append((replace(bare, surface=atlas.beside, start=None, batch=None), first))
    return [(place, runner.bare) for place, runner in found]


def common(found: list[tuple[Scene, Runner]]) -> dict[str, list[tuple[str, Hyper]]]:
    """What all maps can vary, by its name on the first: (name, hyperparameter) on each.

    Where the second optimizer has no hyperparameter of that name, its own memory stands for the first one's.
    """
    (scene, runner), *others = found
    alike: dict[str, list[tuple[str, Hyper]]] = {}
    for name, hyper in axes(scene, runner).items():
        row = [(name, hyper)]
        for place, other in others:
            theirs = axes(place, other)
            memory = _memory(other)
            if name in ("x", "y") and place.surface != scene.surface:
                continue  # the map of another surface is another
            if name in theirs:
                row.append((name, theirs[name]))
            elif name == _memory(runner) and memory:
                row.append((memory, theirs[memory]))
        if len(row) == len(found):
            alike[name] = row
    return alike


def sides(found: list[tuple[Scene, Runner]], atlas: Atlas) -> tuple[Side, Side]:
    """The two axes as they are drawn: those asked for where they can be had, with their ranges."""
    scene, runner = found[0]
    known = common(found)
    usual = [name for name in ("lr", _memory(runner), "x", "steps") if name in known]
    names = [side.name if side and side.name in known else None for side in (atlas.across, atlas.up)]
    across = names[0] or next(name for name in usual if name != names[1])
    up = names[1] if names[1] not in (None, across) else next(name for name in usual if name != across)

    def ranged(name: str, side: Side | None) -> Side:
        asked = side.range if side and side.name == name else None
        return Side(name, asked if asked and _fits(known[name][0][1], asked) else span(scene, runner, name))

    return ranged(across, atlas.across), ranged(str(up), atlas.up)


def _fits(hyper: Hyper, asked: tuple[float, float]) -> bool:
    return hyper.low <= asked[0] < asked[1] <= hyper.high and (hyper.admits(asked[0]) and hyper.admits(asked[1]))


def plates(scene: Scene, atlas: Atlas) -> list[Plate]:
    """The maps that are drawn: one, or two with the same axes."""
    found = pairs(scene, atlas)
    if atlas.kind == "starts":
        window = scene.view.window  # as the race shows it
        return [
            Plate(replace(place, start=None), runner, window=window if place.surface == scene.surface else None)
            for place, runner in found
        ]
    known = common(found)
    drawn = []
    for i, (place, runner) in enumerate(found):
        both = []
        for side in sides(found, atlas):
            name, hyper = known[side.name][i]
            low, high = side.range  # type: ignore[misc]
            both.append((name, Axis(hyper, max(low, hyper.low), min(high, hyper.high))))
        drawn.append(Plate(place, runner, tuple(both)))
    return drawn


# --- links ---------------------------------------------------------------------------------------


def write(atlas: Atlas) -> dict[str, str]:
    """The choices as parameters of a link; what is the page's own is left out."""

    def joined(*values: float) -> str:
        return SEPARATOR.join(repr(float(value)).removesuffix(".0") for value in values)

    def side(asked: Side) -> str:
        return SEPARATOR.join([asked.name, *([joined(*asked.range)] if asked.range else [])])

    query = {"map": atlas.kind}
    for name, value in (("of", atlas.of), ("beside", atlas.beside), ("length", atlas.length)):
        if value is not None:
            query[name] = str(value)
    for name, asked in (("across", atlas.across), ("up", atlas.up)):
        if asked:
            query[name] = side(asked)
    for name, point in (("cell", atlas.cell), ("probe", atlas.probe)):
        if point:
            query[name] = joined(*point)
    if atlas.colour != Atlas.colour:
        query["colour"] = atlas.colour
    return query


def read(query: Mapping[str, Any], scene: Scene) -> tuple[Atlas, list[Text]]:
    """The choices of a link, and a sentence for each that cannot be had. Never raises."""
    faults: list[Text] = []

    def last(name: str) -> str | None:
        value = query.get(name)
        value = value[-1] if isinstance(value, list) and value else value
        return value[:200] if isinstance(value, str) else None

    def refuse(name: str, expected: Text, instead: str | Text = DEFAULT) -> None:
        faults.append(refused(name, last(name), expected, instead).text)

    def named(name: str, known: Any, default: Any) -> Any:
        text = last(name)
        if text is None:
            return default
        found = next((value for value in known if str(value) == text), None)
        if found is None:
            refuse(name, one_of(str(value) for value in known), default or DEFAULT)
            return default
        return found

    def two(name: str) -> Any:
        text = last(name)
        point = pair(text.split(SEPARATOR)) if text is not None else None
        if text is not None and point is None:
            refuse(name, Text("two finite numbers", "유한한 수 두 개"))
        return point

    atlas = Atlas(
        kind=named("map", get_args(Kind), Atlas.kind),
        of=named("of", subjects(scene), None),
        beside=named("beside", [*subjects(scene), *SURFACES], None),
        colour=named("colour", get_args(Colour), Atlas.colour),
        cell=two("cell"),
        probe=two("probe"),
    )
    length = last("length")
    if length is not None:
        steps = to_whole(length, int(STEPS.low), int(STEPS.high))
        if steps is None:
            refuse("length", whole(int(STEPS.low), int(STEPS.high)))
        atlas = replace(atlas, length=steps)
    known = common(pairs(scene, atlas))
    for name in ("across", "up"):
        text = last(name)
        if text is None:
            continue
        axis, *rest = text.split(SEPARATOR)
        if axis not in known:
            refuse(name, one_of(known))
            continue
        hyper = known[axis][0][1]
        ends = pair(rest)
        if rest and not (ends and _fits(hyper, ends)):
            refuse(name, _range(hyper))
            ends = None
        atlas = replace(atlas, **{name: Side(axis, ends)})
    return atlas, faults


def _range(hyper: Hyper) -> Text:
    low, high = numeral(hyper.low), numeral(hyper.high)
    kind = Text("whole numbers", "정수") if hyper.integer else Text("numbers", "수")
    return Text(
        f"two {kind.en} within {low} to {high}, the lower one first",
        f"{low} 이상 {high} 이하의 {kind.ko} 두 개(작은 것 먼저)",
    )
