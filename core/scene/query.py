"""A scene as the parameters of a link, and the parameters of a link as the plain data that `mending` reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from core.expression import BOUNDS, Formula
from core.scene.faults import SEPARATOR
from core.scene.limits import MAX_FAULTS, MAX_QUERY, MAX_RUNNERS
from core.scene.runner import OURS, Plan, Runner
from core.spec import Bounds

if TYPE_CHECKING:
    from core.scene.scene import Scene

VIEW = ("step", "camera", "window", "loss")  # where one looks at it from
PARAMETERS = (  # of a link
    *("surface", "f", "bounds", "start", "steps", "r", "rotation", "stretch", "noise", "batch"),
    *("seed", "tolerance", "stop", "dotted", "shared"),
    *VIEW,
)
NOBODY = "none"  # in the place of the runners of an empty scene: a link to it must not look like one without any
TYPED = "expression"  # in the place of the surface of a typed function, which stands beside it


# --- writing ------------------------------------------------------------------------------------


def write(scene: Scene) -> dict[str, str | list[str]]:
    """A scene as query parameters; what stands at its usual value is left out."""
    query: dict[str, str | list[str]] = {
        **_surface(scene.surface),
        "start": _join(scene.start or ()),
        "steps": str(scene.steps),
        "r": [spell_runner(runner) for runner in scene.runners] or [NOBODY],
    }
    if scene.rotation:
        query["rotation"] = _number(scene.rotation)
    if scene.stretch != 1.0:
        query["stretch"] = _number(scene.stretch)
    if scene.noise:
        query["noise"] = _number(scene.noise)
    if scene.batch is not None:
        query["batch"] = str(scene.batch)
    if scene.seed:
        query["seed"] = str(scene.seed)
    if scene.tolerance is not None:
        query["tolerance"] = _number(scene.tolerance)
    if scene.dotted:
        query["dotted"] = scene.dotted
    if scene.stops:
        query["stop"] = SEPARATOR.join(f"{key}{SEPARATOR}{_number(bound)}" for key, bound in scene.stops.items())
    if scene.shared:
        query["shared"] = _plan(scene.shared)
    if scene.view.step is not None:
        query["step"] = str(scene.view.step)
    if scene.view.camera:
        query["camera"] = _join(scene.view.camera)
    if scene.view.window:
        query["window"] = _join(scene.view.window)
    if scene.view.loss_axis != "log":
        query["loss"] = scene.view.loss_axis
    return query


def _number(value: float) -> str:
    """The shortest text that reads back as the same float."""
    text = repr(float(value))
    return text.removesuffix(".0")


def _join(values: Iterable[float]) -> str:
    return SEPARATOR.join(_number(v) for v in values)


def _edges(bounds: Bounds) -> tuple[float, ...]:
    return tuple(edge for side in bounds for edge in side)


def _surface(surface: str | Formula) -> dict[str, str]:
    """surface=key, or surface=expression with f=text and the edges of a map that is not the usual one."""
    if not isinstance(surface, Formula):
        return {"surface": surface}
    query = {"surface": TYPED, "f": surface.text}
    if surface.bounds != BOUNDS:
        query["bounds"] = _join(_edges(surface.bounds))
    return query


def _plan(plan: Plan) -> str:
    return SEPARATOR.join([plan.schedule, *(f"{k}{SEPARATOR}{_number(v)}" for k, v in plan.told.items())])


def spell_runner(runner: Runner) -> str:
    """optimizer~name~value~...; what belongs to the schedule is marked by `s.`, to a modifier by its key"""
    parts = [runner.optimizer, *(f"{k}{SEPARATOR}{_number(v)}" for k, v in runner.hypers.items())]
    parts += ["colour", str(runner.colour)]
    if runner.plan != Plan():
        parts += ["schedule", runner.plan.schedule]
        parts += [f"s.{k}{SEPARATOR}{_number(v)}" for k, v in runner.plan.told.items()]
    if not runner.shown:
        parts += ["shown", "0"]
    if runner.dialect != OURS:
        parts += ["dialect", runner.dialect]
    for key, settings in runner.modifiers.items():
        parts += [f"{key}.{name}{SEPARATOR}{_number(value)}" for name, value in settings.items()]
    return SEPARATOR.join(parts)


# --- reading ------------------------------------------------------------------------------------


def parse(text: str) -> tuple[dict[str, list[str]], bool]:
    """The parameters of a query string, and whether it was cut: not in the middle of one."""
    cut = len(text) > MAX_QUERY
    text = text[:MAX_QUERY].rpartition("&")[0] if cut else text
    parsed: dict[str, list[str]] = {}
    for name, value in parse_qsl(text.removeprefix("?"), keep_blank_values=True, errors="replace"):
        parsed.setdefault(name, []).append(value)
    return parsed, cut


def last(query: Mapping[str, Any], name: str) -> Any:
    """What a parameter says, the last of it where it is repeated; None where nothing does."""
    value = query.get(name)
    if isinstance(value, (list, tuple)):
        value = value[-1] if value else None
    return value[:MAX_QUERY] if isinstance(value, str) else value


def read(query: Mapping[str, Any]) -> dict[str, Any]:
    """Parsed query parameters -> the nested data of `mend`. The last of a repeated parameter counts."""

    def numbers(name: str) -> Any:
        text = last(query, name)
        return text.split(SEPARATOR) if isinstance(text, str) else text

    shared, stop = last(query, "shared"), last(query, "stop")
    surface = last(query, "surface")
    if surface == TYPED or "f" in query:
        surface = {"f": last(query, "f"), "bounds": numbers("bounds")}
    return {
        "surface": surface,
        **{
            name: last(query, name)
            for name in ("steps", "rotation", "stretch", "noise", "batch", "seed", "tolerance", "dotted")
        },
        "start": numbers("start"),
        "runners": read_runners(query, MAX_RUNNERS),
        "stops": _pairs(stop.split(SEPARATOR)) if isinstance(stop, str) else stop,
        "shared": _read_plan(shared) if isinstance(shared, str) else shared,
        "view": {
            "step": last(query, "step"),
            "camera": numbers("camera"),
            "window": numbers("window"),
            "loss_axis": last(query, "loss"),
        },
    }


def _pairs(parts: list[str]) -> dict[str, str]:
    """name, value, name, value, ...: a name without a value gets the empty text, which no reader accepts."""
    return dict(zip(parts[::2], [*parts[1::2], ""], strict=False))


def _read_plan(text: str) -> dict[str, Any]:
    key, *rest = text.split(SEPARATOR)
    return {"schedule": key, "hypers": _pairs(rest)}


def read_runners(query: Mapping[str, Any], most: int) -> list[Any] | None:
    """The runners of parsed parameters as nested data, and beyond `most` no more than can be told; None where there are none."""
    said = query.get("r")
    if said is None:
        return None
    texts = [text for text in (said if isinstance(said, (list, tuple)) else [said]) if text != NOBODY]
    return [read_runner(text) for text in texts[: most + MAX_FAULTS + 1]]


def read_runner(text: Any) -> Any:
    """What `spell_runner` wrote, as nested data."""
    if not isinstance(text, str):
        return text
    key, *rest = text[:MAX_QUERY].split(SEPARATOR)
    pairs = _pairs(rest)
    raw: dict[str, Any] = {"optimizer": key}
    raw |= {name: pairs.pop(name) for name in ("colour", "shown", "dialect") if name in pairs}
    schedule = pairs.pop("schedule", None)
    of_schedule = {k.removeprefix("s."): pairs.pop(k) for k in list(pairs) if k.startswith("s.")}
    if schedule is not None or of_schedule:
        raw["plan"] = {"schedule": "constant" if schedule is None else schedule, "hypers": of_schedule}
    around: dict[str, dict[str, str]] = {}
    for name in [name for name in pairs if "." in name]:
        key, _, setting = name.partition(".")
        around.setdefault(key, {})[setting] = pairs.pop(name)
    if around:
        raw["modifiers"] = around
    return {**raw, "hypers": pairs}
