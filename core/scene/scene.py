"""A scene: a surface, a start, a length, and the runners that race there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

from core.engine.descend import Run, descend
from core.expression import Formula
from core.modifiers import MODIFIERS
from core.scene import plain
from core.scene.faults import TOO_LONG, SceneError, told
from core.scene.ground import placed
from core.scene.limits import MAX_RUNNERS
from core.scene.mending import mend
from core.scene.query import parse, read, write
from core.scene.runner import OURS, OWN, Plan, Runner, source_of
from core.scene.view import View
from core.schedules._warmup import replaced
from core.spec import Surface, digits_apart, numeral


@dataclass(frozen=True)
class Scene:
    """A surface, a start, a length, and the runners that race there. Immutable; `dataclasses.replace` makes another.

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
    stops: Mapping[str, float] = field(default_factory=dict, kw_only=True)  # a key of STOPS -> the bound of the rule
    dotted: str = field(default="", kw_only=True)  # what is drawn beside the paths: one of BESIDE, or nothing
    runners: tuple[Runner, ...] = ()
    shared: Plan | None = None  # one schedule for all runners
    view: View = field(default_factory=View)

    def __post_init__(self) -> None:
        fields, problems = mend(vars(self))
        if problems:
            raise problems[0].refusal
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

    def replaced(self, runner: Runner) -> str:
        """The hyperparameter of a runner, by name, in whose place its schedule puts values of its own; empty for none."""
        plan = self.plan_of(runner)
        if plan.record.momentum is None:
            return ""
        row, values = replaced(plan.record, self.length, runner.hypers, plan.hypers)
        return [*runner.hypers][row] if values.size else ""

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
            "modifiers": runner.modifiers,
            "stops": self.stops,
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
            if len(twins) == 1:
                names.append(name)
                continue
            marks = [
                f"{h.symbol} {numeral(runner.hypers[h.name], digits_apart(values))}"
                for h in runner.record.hypers
                if len(values := {r.hypers[h.name] for r in twins}) > 1
            ]
            if len({self.plan_of(r) == self.plan_of(runner) for r in twins}) > 1:
                marks.append(runner.plan.record.name[language].lower())
            if len({hash(r.modifiers) for r in twins}) > 1:
                marks += [_modified(key, own, language) for key, own in runner.modifiers.items()]
            names.append(" ".join((name, ", ".join(marks))).strip())
        before = [names[:i].count(name) for i, name in enumerate(names)]
        return tuple(f"{name} #{n + 1}" if n else name for name, n in zip(names, before, strict=True))

    # --- in and out ------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Nested plain data that `from_dict` and `mend` read."""
        return plain.scene(self)

    @classmethod
    def from_dict(cls, data: Any) -> Scene:
        """The scene that `to_dict` wrote. Raises SceneError for the first fault."""
        scene, problems = cls.mend(data)
        if problems:
            raise problems[0].refusal
        return scene

    @classmethod
    def mend(cls, data: Any) -> tuple[Scene, list[SceneError]]:
        """A sound scene from any data, and what was wrong with it. Never raises."""
        fields, problems = mend(data)
        return cls(**fields), told(problems)

    def to_query(self) -> dict[str, str | list[str]]:
        """The scene as query parameters; numbers are written so that they come back to the last bit."""
        return write(self)

    def to_string(self) -> str:
        """The query string of a link."""
        return urlencode(self.to_query(), doseq=True)

    @classmethod
    def from_query(cls, query: str | Mapping[str, Any]) -> tuple[Scene, list[SceneError]]:
        """The scene of a query string or of parsed parameters, and what was wrong with it. Never raises."""
        cut = False
        if isinstance(query, str):
            query, cut = parse(query)
        scene, problems = cls.mend(read(query) if isinstance(query, Mapping) else query)
        return scene, [*problems, TOO_LONG] if cut else problems


def _modified(key: str, settings: Mapping[str, float], language: str) -> str:
    """A modifier with its settings, in a few letters."""
    record = MODIFIERS[key]
    told = ", ".join(f"{h.symbol} {numeral(settings[h.name], 3)}" for h in record.hypers)
    return f"{record.name[language].lower()} {told}"
