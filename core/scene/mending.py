"""A sound scene from any nested plain data: what is right is kept, what is wrong is replaced and named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from core.expression import BOUNDS, ExpressionError, Formula, checked_bounds
from core.optimizers import OPTIMIZERS
from core.scene.faults import (
    DEFAULT,
    EDGES,
    MAPPING,
    TOO_MANY,
    YES_OR_NO,
    SceneError,
    between,
    known,
    left_out,
    refused,
    spelled,
    unknown,
    whole,
)
from core.scene.ground import placed
from core.scene.limits import BESIDE, FAR, MAX_FAULTS, MAX_RUNNERS, MAX_STEPS, STRETCH
from core.scene.runner import OURS, Plan, Runner, Settings, dialects_of, modifiers_of, record_for
from core.scene.values import hypers_of, to_flag, to_float, to_mapping, to_numbers, to_whole
from core.scene.view import View
from core.schedules import SCHEDULES
from core.spec import Bounds, Hyper, Text
from core.stops import STOPS
from core.surfaces import SURFACES


def mend(data: Any) -> tuple[dict[str, Any], list[SceneError]]:
    """Arguments for Scene from any data, and what was wrong with it."""
    problems: list[SceneError] = []
    data = to_mapping("scene", data, problems)

    def read(name: str, reader: Callable[[Any], Any], expected: Text, default: Any) -> Any:
        raw = data.get(name)
        if raw is None:
            return default
        value = reader(raw)
        if value is None:
            problems.append(refused(name, raw, expected, spelled(default) or DEFAULT))
            return default
        return value

    surface = _mend_surface(data.get("surface"), problems)
    flat = placed(surface)
    count = flat.samples.count if flat.samples else 0
    examples = (
        whole(0, count) if count else Text("none, for this surface has no examples", "예제가 없는 지형이므로 비움")
    )
    pair = Text("two finite coordinates", "유한한 좌표 두 개")
    fields = {
        "surface": surface,
        "start": read("start", _point, pair, flat.start),
        "steps": read("steps", lambda raw: to_whole(raw, 1, MAX_STEPS), whole(1, MAX_STEPS), flat.steps),
        "rotation": read("rotation", lambda raw: to_float(raw, -360, 360), between(-360, 360), 0.0),
        "stretch": read("stretch", lambda raw: to_float(raw, *STRETCH), between(*STRETCH), 1.0),
        "noise": read("noise", lambda raw: to_float(raw, 0, 1000), between(0, 1000), 0.0),
        "batch": read("batch", lambda raw: to_whole(raw, 0, count) if count else None, examples, None),
        "seed": read("seed", lambda raw: to_whole(raw, 0, 2**31 - 1), whole(0, 2**31 - 1), 0),
        "tolerance": read("tolerance", lambda raw: to_float(raw, 1e-12, FAR), between(1e-12, FAR), None),
        "dotted": read("dotted", _dotted, Text("own, mean or ema", "own, mean 또는 ema"), ""),
        "stops": _mend_stops(data.get("stops"), problems),
        "runners": mend_runners(data.get("runners"), problems),
        "shared": _mend_plan(data["shared"], problems) if data.get("shared") is not None else None,
    }
    view = data.get("view")
    data = vars(view) if isinstance(view, View) else to_mapping("view", {} if view is None else view, problems)
    axis = Text("log or linear", "log 또는 linear")
    camera = Text("three or six numbers", "수 세 개 또는 여섯 개")
    fields["view"] = View(
        step=read("step", lambda raw: to_whole(raw, 0, MAX_STEPS), whole(0, MAX_STEPS), None),
        camera=read("camera", _camera, camera, None),
        window=read("window", _window, EDGES, None),
        loss_axis=read("loss_axis", _loss_axis, axis, "log"),
    )
    return fields, problems


def _mend_surface(raw: Any, problems: list[SceneError]) -> str | Formula:
    default = "bowl"
    if raw is None:
        return default
    if isinstance(raw, Formula) or (isinstance(raw, str) and raw in SURFACES):
        return raw
    try:
        if isinstance(raw, Mapping):
            return Formula(raw.get("f"), _mend_bounds(raw.get("bounds"), problems))  # type: ignore[arg-type]
        if isinstance(raw, str) and not raw.isidentifier():  # a single word is a slip in a key
            return Formula(raw)
    except ExpressionError as fault:
        if isinstance(raw, Mapping):
            problems.append(_unreadable(fault, default))
            return default
    problems.append(unknown("surface", raw, SURFACES, default))
    return default


def _mend_bounds(raw: Any, problems: list[SceneError]) -> Bounds:
    """((low x, high x), (low y, high y)) from that, or from the four numbers in a row."""
    if raw is None:
        return BOUNDS
    sides = raw if isinstance(raw, (list, tuple)) else ()
    flat = to_numbers([edge for side in sides for edge in (side if isinstance(side, (list, tuple)) else (side,))], (4,))
    try:
        return checked_bounds((flat[:2], flat[2:]) if flat else None)
    except ValueError:
        problems.append(refused("bounds", raw, EDGES, spelled(sum(BOUNDS, ()))))
        return BOUNDS


def mend_runners(data: Any, problems: list[SceneError]) -> tuple[Runner, ...]:
    """The runners of any data; what is wrong with them is added to the problems."""
    if not isinstance(data, (list, tuple)):
        if data is not None:
            problems.append(refused("runners", data, Text("a list", "목록")))
        return ()
    runners: list[Runner] = []
    for raw in data:
        if len(problems) > MAX_FAULTS:
            break
        if len(runners) == MAX_RUNNERS:
            problems.append(TOO_MANY)
            break
        if isinstance(raw, Runner):
            runners.append(raw)
            continue
        if not isinstance(raw, Mapping):
            problems.append(left_out(refused("runner", raw, MAPPING)))
            continue
        try:
            record = known(OPTIMIZERS, raw.get("optimizer"), "optimizer")
        except SceneError as fault:
            problems.append(left_out(fault))
            continue
        dialect = raw.get("dialect", OURS)
        if not (isinstance(dialect, str) and dialect in dialects_of(record)):
            problems.append(unknown("dialect", dialect, dialects_of(record), OURS))
            dialect = OURS
        record = record.spoken(dialect)
        hypers, faults = hypers_of(raw.get("hypers"), record.hypers, record.name)
        problems.extend(faults)
        colour = to_whole(raw.get("colour", len(runners)), 0, MAX_RUNNERS - 1)
        if colour is None:
            colour = len(runners)
            problems.append(refused("colour", raw["colour"], whole(0, MAX_RUNNERS - 1), str(colour)))
        shown = to_flag(raw.get("shown", True))
        if shown is None:
            shown = True
            problems.append(refused("shown", raw["shown"], YES_OR_NO, "true"))
        plan = _mend_plan(raw["plan"], problems) if raw.get("plan") is not None else Plan()
        modifiers, faults = modifiers_of(raw.get("modifiers"))
        problems.extend(faults)
        runners.append(Runner(record.key, hypers, plan, colour, shown, dialect, modifiers))
    return tuple(runners)


def _mend_stops(given: Any, problems: list[SceneError]) -> Settings:
    """The rules that end a run, each with its bound."""
    given = to_mapping("stops", {} if given is None else given, problems)
    values, faults = hypers_of(given, _bounds(), "stop")
    problems.extend(faults)
    return Settings({key: value for key, value in values.items() if key in given})


@cache
def _bounds() -> tuple[Hyper, ...]:
    """What may be set of each rule, under its key."""
    return tuple(replace(stop.bound, name=key) for key, stop in STOPS.items())


def _mend_plan(data: Any, problems: list[SceneError]) -> Plan:
    if isinstance(data, Plan):
        return data
    data = to_mapping("plan", data, problems)
    key = data.get("schedule", "constant")
    if not (isinstance(key, str) and key in SCHEDULES):
        problems.append(unknown("schedule", key, SCHEDULES, "constant"))
        return Plan()
    _, hypers, faults = record_for(SCHEDULES[key], data.get("hypers"))
    problems.extend(faults)
    return Plan(key, hypers)


def _point(raw: Any) -> tuple[float, ...] | None:
    return to_numbers(raw, (2,))


def _camera(raw: Any) -> tuple[float, ...] | None:
    return to_numbers(raw, (3, 6))


def _dotted(raw: Any) -> str | None:
    return raw if isinstance(raw, str) and raw in ("", *BESIDE) else None


def _loss_axis(raw: Any) -> str | None:
    return raw if isinstance(raw, str) and raw in ("log", "linear") else None


def _window(raw: Any) -> tuple[float, ...] | None:
    window = to_numbers(raw, (4,))
    return window if window and window[0] < window[1] and window[2] < window[3] else None


def _unreadable(fault: ExpressionError, instead: str) -> SceneError:
    """A formula that is none, in the words of its parser."""
    alone, name = Text(f"f: {fault.text.en}", f"f: {fault.text.ko}"), SURFACES[instead].name
    told = Text(f"{alone.en} The surface is {name.en} instead.", f"{alone.ko} 대신 지형은 ‘{name.ko}’입니다.")
    return SceneError(told, alone)
