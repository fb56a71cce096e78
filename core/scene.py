"""A Scene: everything that a picture depends on, validated on the way in, and its one codec.

A share link, a preset, a settings file and an export all hold a Scene. `Scene.mend` reads any nested
plain data, keeps what is right, replaces what is wrong by its default, and says so in one sentence a
fault; every other way in goes through it.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

from core.engine.descend import Run, descend
from core.expression import BOUNDS, ExpressionError, Formula, checked_bounds
from core.optimizers import OPTIMIZERS
from core.schedules import SCHEDULES
from core.schedules._warmup import WARMUP
from core.spec import Bounds, Hyper, Optimizer, Schedule, Surface, Text
from core.surfaces import SURFACES

MAX_RUNNERS = 10
MAX_STEPS = 5000
MAX_QUERY = 8192  # characters; a full scene of ten runners needs about 2000
MOST_NAMED = 12  # of the possible values; whoever needs them all looks at the menu
MAX_FAULTS = 20  # are named; whoever sends more is not reading them
FAR = 1e6  # coordinates beyond this are taken for a slip
PARAMETERS = (  # of a link
    *("surface", "f", "bounds", "start", "steps", "r", "rotation", "stretch", "noise", "batch"),
    *("seed", "tolerance", "shared"),
    *("step", "camera", "window", "loss"),
)
NOBODY = "none"  # in the place of the runners of an empty scene: a link to it must not look like one without any
TYPED = "expression"  # in the place of the surface of a typed function, which stands beside it
SEPARATOR = "~"  # stands unescaped in a URL
STRETCH = (0.1, 10.0)  # least and most
OURS = "pytorch"  # the dialect of a runner that names none
DIALECTS: Mapping[str, Text] = MappingProxyType(
    {
        "pytorch": Text("PyTorch", "PyTorch"),
        "keras": Text("Keras", "Keras"),
        "optax": Text("optax", "optax"),
        "book": Text("the book", "책"),
    }
)
OWN = Text("Descent Lab", "Descent Lab")


class SceneError(ValueError):
    """A fault in a scene, as a sentence in every language."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Settings(dict[str, float]):
    """Names and values that cannot change: hashable, so that a scene can be the key of a cache, and fit to be sent."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return Settings, (dict(self),)

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise TypeError("the settings of a scene cannot be changed; make another with `replace` or `with_hyper`")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse


@dataclass(frozen=True)
class Plan:
    """A schedule with its hyperparameters, warm-up included."""

    schedule: str = "constant"
    hypers: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        record = _known(SCHEDULES, self.schedule, "schedule")
        object.__setattr__(self, "hypers", _checked(self.hypers, (*record.hypers, WARMUP), record.name.en))

    @property
    def record(self) -> Schedule:
        return SCHEDULES[self.schedule]


@dataclass(frozen=True)
class Runner:
    """One optimizer with its settings. `colour` is an index into the palette, which also fixes the dash.

    dialect: the source whose form and defaults it follows; the first of `dialects` is ours. Raises SceneError for an
    unknown optimizer, hyperparameter or dialect, or a value outside its range.
    """

    optimizer: str
    hypers: Mapping[str, float] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    colour: int = 0
    shown: bool = True
    dialect: str = OURS

    def __post_init__(self) -> None:
        _known(OPTIMIZERS, self.optimizer, "optimizer")
        if self.dialect not in self.dialects:
            raise refused("dialect", self.dialect, one_of(self.dialects))
        record = self.spoken
        object.__setattr__(self, "hypers", _checked(self.hypers, record.hypers, record.name))
        if not isinstance(self.plan, Plan):
            raise refused("plan", self.plan, Text("a Plan", "Plan"))
        if isinstance(self.colour, bool) or not (isinstance(self.colour, int) and 0 <= self.colour < MAX_RUNNERS):
            raise refused("colour", self.colour, whole(0, MAX_RUNNERS - 1))
        if not isinstance(self.shown, bool):
            raise refused("shown", self.shown, YES_OR_NO)

    @property
    def record(self) -> Optimizer:
        return OPTIMIZERS[self.optimizer]

    @property
    def dialects(self) -> tuple[str, ...]:
        """The sources that the optimizer is declared for."""
        return _dialects(self.record)

    @property
    def spoken(self) -> Optimizer:
        """The optimizer as its source writes it."""
        return _spoken(self.optimizer, self.dialect)

    @property
    def bare(self) -> Runner:
        """The runner without its look, which changes nothing about its run: the key of a cache."""
        return replace(self, colour=0, shown=True)

    def with_hyper(self, name: str, value: float) -> Runner:
        return replace(self, hypers={**self.hypers, name: value})

    def in_dialect(self, dialect: str) -> Runner:
        """The same runner as another source writes it: what stood at a default goes to that source's own."""
        before, after = self.spoken.defaults, _spoken(self.optimizer, dialect).defaults
        hypers = {name: after[name] if value == before[name] else value for name, value in self.hypers.items()}
        return replace(self, dialect=dialect, hypers=hypers)


@dataclass(frozen=True)
class View:
    """What of the picture is shown: the step (None: the last), the 3D camera, the window of the map, the loss axis.

    camera: eye x, y, z and centre x, y, z in Plotly's units. window: low x, high x, low y, high y.
    """

    step: int | None = None
    camera: tuple[float, ...] | None = None
    window: tuple[float, ...] | None = None
    loss_axis: Literal["log", "linear"] = "log"


@dataclass(frozen=True)
class Scene:
    """A surface, a start, a length, and the runners that race there. Immutable; `replace` makes another.

    surface: a key, or a Formula. A text that is no key is taken for a formula, if it can be read as one.
    """

    surface: str | Formula = "bowl"
    start: tuple[float, float] | None = None  # None: the surface's own
    steps: int | None = None  # None: the surface's own
    rotation: float = 0.0  # degrees, anticlockwise
    stretch: float = field(default=1.0, kw_only=True)  # squeezes along the surface's own y axis, before it is turned
    noise: float = 0.0
    batch: int | None = field(default=None, kw_only=True)  # examples an update sees; 0: all; None: the surface's own
    seed: int = 0
    tolerance: float | None = None  # stop within this distance of a minimum; None runs to the end
    runners: tuple[Runner, ...] = ()
    shared: Plan | None = None  # one schedule for all runners
    view: View = field(default_factory=View)

    def __post_init__(self) -> None:
        fields, problems = _mend(vars(self))
        if problems:
            raise problems[0]
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    @property
    def record(self) -> Surface:
        """The surface, stretched and turned as the scene says."""
        return placed(self.surface, self.rotation, self.stretch)

    @property
    def batch_size(self) -> int:
        """How many examples an update sees; 0 for all of them, or where there are none."""
        samples = self.record.samples
        return (samples.batch if self.batch is None else self.batch) if samples else 0

    @property
    def noisy(self) -> bool:
        """Whether another seed is another run."""
        samples = self.record.samples
        return bool(self.noise or (self.batch_size and samples and not samples.in_turn))

    @property
    def shown_step(self) -> int:
        return self.length if self.view.step is None else min(self.view.step, self.length)

    @property
    def length(self) -> int:
        return int(self.steps or 1)

    def plan_of(self, runner: Runner) -> Plan:
        """The schedule that a runner really follows: the shared one, where there is one."""
        return self.shared or runner.plan

    def run(self, runner: Runner, keep: Literal["path", "state", "end"] = "path", **instead: Any) -> Run:
        """Run one runner of this scene. instead: arguments of `descend` in place of the scene's own, lanes for example."""
        plan = self.plan_of(runner)
        own: dict[str, Any] = {
            "start": self.start,
            "steps": self.length,
            "hypers": runner.hypers,
            "schedule": plan.record,
            "schedule_hypers": plan.hypers,
            "noise": self.noise,
            "seed": self.seed,
            "tolerance": self.tolerance,
            "dialect": runner.dialect,
            "batch": self.batch,
        }
        return descend(self.record, runner.record, keep=keep, **{**own, **instead})

    def free_colour(self) -> int:
        """The first colour that no runner has."""
        taken = {runner.colour for runner in self.runners}
        return next((c for c in range(MAX_RUNNERS) if c not in taken), 0)

    def labels(self, language: str = "en") -> tuple[str, ...]:
        """A name for every runner: the optimizer's, and where it runs twice, what sets the two apart."""
        names = []
        for runner in self.runners:
            same = [r for r in self.runners if r.optimizer == runner.optimizer]
            twins = [r for r in same if r.dialect == runner.dialect]
            name = runner.record.name
            source = source_of(runner.record, runner.dialect)
            if source != OWN and (runner.dialect != OURS or len(twins) < len(same)):
                name = f"{name} ({source[language]})"
            marks = [
                f"{h.symbol} {runner.hypers[h.name]:.3g}"
                for h in runner.record.hypers
                if len({r.hypers[h.name] for r in twins}) > 1
            ]
            if len({self.plan_of(r) == self.plan_of(runner) for r in twins}) > 1:
                marks.append(runner.plan.record.name[language].lower())
            names.append(" ".join((name, ", ".join(marks))).strip())
        before = [names[:i].count(name) for i, name in enumerate(names)]
        return tuple(f"{name} #{n + 1}" if n else name for name, n in zip(names, before, strict=True))

    # --- the codec -----------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Nested plain data that `from_dict` and `mend` read."""
        return {
            "surface": _plain_surface(self.surface),
            "start": self.start,
            "steps": self.steps,
            "rotation": self.rotation,
            "stretch": self.stretch,
            "noise": self.noise,
            "batch": self.batch,
            "seed": self.seed,
            "tolerance": self.tolerance,
            "runners": [
                {
                    "optimizer": r.optimizer,
                    "hypers": dict(r.hypers),
                    "plan": _plan_to_dict(r.plan),
                    "colour": r.colour,
                    "shown": r.shown,
                    "dialect": r.dialect,
                }
                for r in self.runners
            ],
            "shared": _plan_to_dict(self.shared) if self.shared else None,
            "view": {
                "step": self.view.step,
                "camera": self.view.camera,
                "window": self.view.window,
                "loss_axis": self.view.loss_axis,
            },
        }

    @classmethod
    def from_dict(cls, data: Any) -> Scene:
        """The scene that `to_dict` wrote. Raises SceneError for the first fault."""
        scene, problems = cls.mend(data)
        if problems:
            raise problems[0]
        return scene

    @classmethod
    def mend(cls, data: Any) -> tuple[Scene, list[SceneError]]:
        """A sound scene from any data, and what was wrong with it. Never raises."""
        fields, problems = _mend(data)
        if len(problems) > MAX_FAULTS:
            problems = [*problems[:MAX_FAULTS], MORE_FAULTS]
        return cls(**fields), problems

    def to_query(self) -> dict[str, str | list[str]]:
        """The scene as query parameters; numbers are written so that they come back to the last bit."""
        query: dict[str, str | list[str]] = {
            **_write_surface(self.surface),
            "start": _join(self.start or ()),
            "steps": str(self.steps),
            "r": [_write_runner(r) for r in self.runners] or [NOBODY],
        }
        if self.rotation:
            query["rotation"] = _number(self.rotation)
        if self.stretch != 1.0:
            query["stretch"] = _number(self.stretch)
        if self.noise:
            query["noise"] = _number(self.noise)
        if self.batch is not None:
            query["batch"] = str(self.batch)
        if self.seed:
            query["seed"] = str(self.seed)
        if self.tolerance is not None:
            query["tolerance"] = _number(self.tolerance)
        if self.shared:
            query["shared"] = _write_plan(self.shared)
        if self.view.step is not None:
            query["step"] = str(self.view.step)
        if self.view.camera:
            query["camera"] = _join(self.view.camera)
        if self.view.window:
            query["window"] = _join(self.view.window)
        if self.view.loss_axis != "log":
            query["loss"] = self.view.loss_axis
        return query

    def to_string(self) -> str:
        """The query string of a link."""
        return urlencode(self.to_query(), doseq=True)

    @classmethod
    def from_query(cls, query: str | Mapping[str, Any]) -> tuple[Scene, list[SceneError]]:
        """The scene of a query string or of parsed parameters, and what was wrong with it. Never raises."""
        cut = isinstance(query, str) and len(query) > MAX_QUERY
        if isinstance(query, str):
            parsed: dict[str, Any] = {}
            uncut = query[:MAX_QUERY].rpartition("&")[0] if cut else query  # not half a parameter
            for key, value in parse_qsl(uncut.removeprefix("?"), keep_blank_values=True, errors="replace"):
                parsed.setdefault(key, []).append(value)
            query = parsed
        scene, problems = cls.mend(_read_query(query) if isinstance(query, Mapping) else query)
        return scene, [*problems, TOO_LONG] if cut else problems


@dataclass(frozen=True)
class Preset:
    """A scene worth showing, with a title and the one thing to look at. Cards stand in the order of `order`."""

    title: Text
    observe: Text
    scene: Scene
    order: int
    source: str = ""


@lru_cache(maxsize=128)
def placed(surface: str | Formula, rotation: float = 0.0, stretch: float = 1.0) -> Surface:
    """The surface of a scene, stretched and turned."""
    flat = surface.surface if isinstance(surface, Formula) else SURFACES[surface]
    return flat.placed(rotation, stretch)


def source_of(record: Optimizer | Schedule, dialect: str) -> Text:
    """Whose form of a method a dialect is. Ours is that of PyTorch, where PyTorch has the optimizer."""
    ours = dialect == OURS and not (isinstance(record, Optimizer) and record.pytorch)
    return OWN if ours else DIALECTS[dialect]


def _dialects(record: Optimizer) -> tuple[str, ...]:
    return (OURS, *record.dialects)


@lru_cache(maxsize=128)
def _spoken(optimizer: str, dialect: str) -> Optimizer:
    return OPTIMIZERS[optimizer].spoken(dialect)


def _plain_surface(surface: str | Formula) -> str | dict[str, Any]:
    return {"f": surface.text, "bounds": surface.bounds} if isinstance(surface, Formula) else surface


def _plan_to_dict(plan: Plan) -> dict[str, Any]:
    return {"schedule": plan.schedule, "hypers": dict(plan.hypers)}


# --- faults --------------------------------------------------------------------------------------


def refused(name: str, got: object, expected: Text, instead: str | None = None) -> SceneError:
    """The fault of a value that cannot be had: what came, what was expected, and what is used instead."""
    got = _quoted(got)
    en = f"{name}: got {got}, expected {expected.en}"
    ko = f"{name}: {got}은(는) 쓸 수 없는 값입니다. 필요한 값: {expected.ko}."
    if instead is None:
        return SceneError(Text(f"{en}.", ko))
    return SceneError(Text(f"{en}; {instead} is used instead.", f"{ko} 대신 {instead}을(를) 씁니다."))


def _unreadable(fault: ExpressionError, instead: str) -> SceneError:
    """A formula that is none, in the words of its parser."""
    en, ko, name = fault.text.en, fault.text.ko, SURFACES[instead].name
    return SceneError(Text(f"f: {en} The surface is {name.en} instead.", f"f: {ko} 대신 지형은 ‘{name.ko}’입니다."))


def _quoted(got: object) -> str:
    """What came, safe to show: short, and without anything that could be markup or a link."""
    text = SEPARATOR.join(_named(v) for v in got[:16]) if isinstance(got, (list, tuple)) else _named(got)
    # Kept are letters, digits and .,+-~_ except where a dot could make an address, or ~~ and _x_ a style.
    text = re.sub(r"[^\w .,+~-]|\b_+|_+\b|(?<=[^\W\d_])\.|~~+", "?", text[:31])
    return f"'{text[:30]}…'" if len(text) > 30 else f"'{text}'"


def _named(got: object) -> str:
    """A text or a number as it is, anything else by its kind; a number of thousands of digits has no text."""
    if isinstance(got, str):
        return got[:31]
    if got is None or isinstance(got, (bool, float)) or (isinstance(got, int) and abs(got) < 1e30):
        return str(got)
    return type(got).__name__


def _between(low: float, high: float) -> Text:
    return Text(f"a number from {low:g} to {high:g}", f"{low:g} 이상 {high:g} 이하의 수")


def whole(low: int, high: int) -> Text:
    """What is expected where `to_whole` reads."""
    return Text(f"a whole number from {low} to {high}", f"{low} 이상 {high} 이하의 정수")


def one_of(names: Iterable[str]) -> Text:
    """What is expected where a name is chosen; of many names the first dozen."""
    names = [*names]
    named, rest = ", ".join(names[:MOST_NAMED]), len(names) - MOST_NAMED
    if rest > 0:
        return Text(f"one of {named} and {rest} more", f"{named} 외 {rest}개 가운데 하나")
    return Text(f"one of {named}", f"{named} 가운데 하나")


EDGES = Text("low x, high x, low y, high y", "x의 최소와 최대, y의 최소와 최대")
YES_OR_NO = Text("true or false", "true 또는 false")
MAPPING = Text("a mapping of names to values", "이름과 값의 대응")
TOO_MANY = SceneError(
    Text(
        f"A scene holds at most {MAX_RUNNERS} runners; the rest were left out.",
        f"한 장면에는 경주자를 {MAX_RUNNERS}개까지 넣을 수 있어 나머지는 뺐습니다.",
    )
)
MORE_FAULTS = SceneError(
    Text(
        f"There are more faults; only the first {MAX_FAULTS} are named.",
        f"잘못된 곳이 더 있지만 처음 {MAX_FAULTS}개만 알려 드립니다.",
    )
)
TOO_LONG = SceneError(
    Text(
        f"The link is longer than {MAX_QUERY} characters; what follows was left out.",
        f"링크가 {MAX_QUERY}자보다 길어 그 뒤는 읽지 않았습니다.",
    )
)


def _known(records: Mapping[str, Any], key: object, kind: str) -> Any:
    if isinstance(key, str) and key in records:
        return records[key]
    near = difflib.get_close_matches(key[:40], records, 1) if isinstance(key, str) else []
    raise refused(kind, key, one_of(near or records))


def _checked(given: Mapping[str, Any], hypers: tuple[Hyper, ...], owner: str) -> Mapping[str, float]:
    """Every hyperparameter as a float in its range. Raises SceneError for the first that is not."""
    values, problems = _mend_hypers(given, hypers, owner)
    if problems:
        raise problems[0]
    return Settings(values)


# --- mending -------------------------------------------------------------------------------------


def _mend(data: Any) -> tuple[dict[str, Any], list[SceneError]]:
    """Arguments for Scene from any data, and what was wrong with it."""
    problems: list[SceneError] = []
    data = _mapping("scene", data, problems)

    def read(name: str, reader: Callable[[Any], Any], expected: Text, default: Any) -> Any:
        raw = data.get(name)
        if raw is None:
            return default
        value = reader(raw)
        if value is None:
            problems.append(refused(name, raw, expected, _spelled(default)))
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
        "rotation": read("rotation", lambda raw: _float(raw, -360, 360), _between(-360, 360), 0.0),
        "stretch": read("stretch", lambda raw: _float(raw, *STRETCH), _between(*STRETCH), 1.0),
        "noise": read("noise", lambda raw: _float(raw, 0, 1000), _between(0, 1000), 0.0),
        "batch": read("batch", lambda raw: to_whole(raw, 0, count) if count else None, examples, None),
        "seed": read("seed", lambda raw: to_whole(raw, 0, 2**31 - 1), whole(0, 2**31 - 1), 0),
        "tolerance": read("tolerance", lambda raw: _float(raw, 1e-12, FAR), _between(1e-12, FAR), None),
        "runners": _mend_runners(data.get("runners"), problems),
        "shared": _mend_plan(data["shared"], problems) if data.get("shared") is not None else None,
    }
    view = data.get("view")
    data = vars(view) if isinstance(view, View) else _mapping("view", {} if view is None else view, problems)
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
    problems.append(refused("surface", raw, one_of(SURFACES), default))
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
        problems.append(refused("bounds", raw, EDGES, _spelled(_edges(BOUNDS))))
        return BOUNDS


def _mapping(name: str, data: Any, problems: list[SceneError]) -> Mapping[Any, Any]:
    """`data` if it is a mapping, else an empty one."""
    if isinstance(data, Mapping):
        return data
    problems.append(refused(name, data, MAPPING))
    return {}


def _mend_runners(data: Any, problems: list[SceneError]) -> tuple[Runner, ...]:
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
            problems.append(refused("runner", raw, MAPPING))
            continue
        try:
            record = _known(OPTIMIZERS, raw.get("optimizer"), "optimizer")
        except SceneError as fault:
            problems.append(fault)
            continue
        dialect = raw.get("dialect", OURS)
        if not (isinstance(dialect, str) and dialect in _dialects(record)):
            problems.append(refused("dialect", dialect, one_of(_dialects(record)), OURS))
            dialect = OURS
        record = _spoken(record.key, dialect)
        hypers, faults = _mend_hypers(raw.get("hypers"), record.hypers, record.name)
        problems.extend(faults)
        colour = to_whole(raw.get("colour", len(runners)), 0, MAX_RUNNERS - 1)
        if colour is None:
            colour = len(runners)
            problems.append(refused("colour", raw["colour"], whole(0, MAX_RUNNERS - 1), str(colour)))
        shown = _flag(raw.get("shown", True))
        if shown is None:
            shown = True
            problems.append(refused("shown", raw["shown"], YES_OR_NO, "true"))
        plan = _mend_plan(raw["plan"], problems) if raw.get("plan") is not None else Plan()
        runners.append(Runner(record.key, hypers, plan, colour, shown, dialect))
    return tuple(runners)


def _mend_plan(data: Any, problems: list[SceneError]) -> Plan:
    if isinstance(data, Plan):
        return data
    data = _mapping("plan", data, problems)
    key = data.get("schedule", "constant")
    if not (isinstance(key, str) and key in SCHEDULES):
        problems.append(refused("schedule", key, one_of(SCHEDULES), "constant"))
        return Plan()
    record = SCHEDULES[key]
    hypers, faults = _mend_hypers(data.get("hypers"), (*record.hypers, WARMUP), record.name.en)
    problems.extend(faults)
    return Plan(key, hypers)


def _mend_hypers(given: Any, hypers: tuple[Hyper, ...], owner: str) -> tuple[dict[str, float], list[SceneError]]:
    problems: list[SceneError] = []
    given = _mapping(owner, {} if given is None else given, problems)
    names = [h.name for h in hypers]
    problems += [refused(owner, name, one_of(names)) for name in given if name not in names]
    values = {}
    for h in hypers:
        values[h.name] = float(h.default)
        if h.name in given:
            value = _float(given[h.name], h.low, h.high)
            if value is None or not h.admits(value):
                expected = whole(int(h.low), int(h.high)) if h.integer else _between(h.low, h.high)
                problems.append(refused(f"{owner} {h.name}", given[h.name], expected, _spelled(h.default)))
            else:
                values[h.name] = value
    return values, problems


def _float(raw: Any, low: float, high: float) -> float | None:
    if isinstance(raw, bool) or (isinstance(raw, str) and ("_" in raw or not raw.isascii())):
        return None
    try:
        value = float(raw)
    except (TypeError, ValueError, OverflowError):
        return None
    return value if math.isfinite(value) and low <= value <= high else None


def to_whole(raw: Any, low: int, high: int) -> int | None:
    """A whole number in a range, from anything; None for what is none."""
    value = _float(raw, low, high)
    return int(value) if value is not None and value.is_integer() else None


def _flag(raw: Any) -> bool | None:
    """true or false, in JSON or in a link."""
    if isinstance(raw, str):
        return {"0": False, "1": True}.get(raw)
    return raw if isinstance(raw, bool) else None


def to_numbers(raw: Any, lengths: tuple[int, ...]) -> tuple[float, ...] | None:
    """So many finite numbers as one of the lengths says, from anything; None for what is none."""
    if not isinstance(raw, (list, tuple)) or len(raw) not in lengths:
        return None
    values = [_float(v, -FAR, FAR) for v in raw]
    return None if None in values else tuple(v for v in values if v is not None)


def _point(raw: Any) -> tuple[float, ...] | None:
    return to_numbers(raw, (2,))


def _camera(raw: Any) -> tuple[float, ...] | None:
    return to_numbers(raw, (3, 6))


def _loss_axis(raw: Any) -> str | None:
    return raw if isinstance(raw, str) and raw in ("log", "linear") else None


def _window(raw: Any) -> tuple[float, ...] | None:
    window = to_numbers(raw, (4,))
    return window if window and window[0] < window[1] and window[2] < window[3] else None


def _spelled(value: Any) -> str | None:
    """A default as it is named in a fault."""
    if value is None:
        return None
    if isinstance(value, tuple):
        return f"({', '.join(f'{v:g}' for v in value)})"
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


# --- query strings -------------------------------------------------------------------------------


def _number(value: float) -> str:
    """The shortest text that reads back as the same float."""
    text = repr(float(value))
    return text.removesuffix(".0")


def _join(values: Iterable[float]) -> str:
    return SEPARATOR.join(_number(v) for v in values)


def _edges(bounds: Bounds) -> tuple[float, ...]:
    return tuple(edge for side in bounds for edge in side)


def _write_surface(surface: str | Formula) -> dict[str, str]:
    """surface=key, or surface=expression with f=text and the edges of a map that is not the usual one."""
    if not isinstance(surface, Formula):
        return {"surface": surface}
    query = {"surface": TYPED, "f": surface.text}
    if surface.bounds != BOUNDS:
        query["bounds"] = _join(_edges(surface.bounds))
    return query


def _write_plan(plan: Plan) -> str:
    return SEPARATOR.join([plan.schedule, *(f"{k}{SEPARATOR}{_number(v)}" for k, v in plan.hypers.items())])


def _write_runner(runner: Runner) -> str:
    """optimizer~name~value~...; what belongs to the schedule is marked by `s.`"""
    parts = [runner.optimizer, *(f"{k}{SEPARATOR}{_number(v)}" for k, v in runner.hypers.items())]
    parts += ["colour", str(runner.colour)]
    if runner.plan != Plan():
        parts += ["schedule", runner.plan.schedule]
        parts += [f"s.{k}{SEPARATOR}{_number(v)}" for k, v in runner.plan.hypers.items()]
    if not runner.shown:
        parts += ["shown", "0"]
    if runner.dialect != OURS:
        parts += ["dialect", runner.dialect]
    return SEPARATOR.join(parts)


def _pairs(parts: list[str]) -> dict[str, str]:
    """name, value, name, value, ...: a name without a value gets the empty text, which no reader accepts."""
    return dict(zip(parts[::2], [*parts[1::2], ""], strict=False))


def _read_plan(text: str) -> dict[str, Any]:
    key, *rest = text.split(SEPARATOR)
    return {"schedule": key, "hypers": _pairs(rest)}


def _read_runner(text: Any) -> Any:
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
    return {**raw, "hypers": pairs}


def _read_query(query: Mapping[str, Any]) -> dict[str, Any]:
    """Parsed query parameters -> the nested data of `mend`. The last of a repeated parameter counts."""

    def last(name: str) -> Any:
        value = query.get(name)
        if isinstance(value, (list, tuple)):
            value = value[-1] if value else None
        return value[:MAX_QUERY] if isinstance(value, str) else value

    def numbers(name: str) -> Any:
        text = last(name)
        return text.split(SEPARATOR) if isinstance(text, str) else text

    runners = query.get("r")
    runners = runners if isinstance(runners, (list, tuple)) or runners is None else [runners]
    runners = runners and [text for text in runners if text != NOBODY]
    shared = last("shared")
    surface = last("surface")
    if surface == TYPED or "f" in query:
        surface = {"f": last("f"), "bounds": numbers("bounds")}
    return {
        "surface": surface,
        **{name: last(name) for name in ("steps", "rotation", "stretch", "noise", "batch", "seed", "tolerance")},
        "start": numbers("start"),
        "runners": runners and [_read_runner(text) for text in runners[: MAX_RUNNERS + MAX_FAULTS + 1]],
        "shared": _read_plan(shared) if isinstance(shared, str) else shared,
        "view": {
            "step": last("step"),
            "camera": numbers("camera"),
            "window": numbers("window"),
            "loss_axis": last("loss"),
        },
    }
