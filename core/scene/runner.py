"""Who races: an optimizer with its settings, its schedule and its colour, as one source writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from core.modifiers import MODIFIERS
from core.optimizers import OPTIMIZERS
from core.scene.faults import YES_OR_NO, SceneError, known, refused, unknown, whole
from core.scene.limits import MAX_NTH, MAX_RUNNERS
from core.scene.values import hypers_of, to_mapping
from core.schedules import SCHEDULES
from core.schedules._warmup import CLIMB
from core.spec import Hyper, Modifier, Optimizer, Schedule, Text, at_work, telling

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


class Settings(dict[str, Any]):
    """Names and values that cannot change: hashable, so that a scene can be the key of a cache, and fit to be sent."""

    @cached_property
    def _hash(self) -> int:
        return hash(frozenset(self.items()))

    def __hash__(self) -> int:  # type: ignore[override]
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        return Settings, (dict(self),)

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise TypeError("the settings of a scene cannot be changed; make another with `replace` or `with_hyper`")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse


@dataclass(frozen=True)
class Plan:
    """A schedule with its hyperparameters, warm-up included.

    record: the schedule; of one that has what may come in any number, such as drops, the record with one more than are made.
    """

    schedule: str = "constant"
    hypers: Mapping[str, float] = field(default_factory=dict)
    record: Schedule = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        record, hypers, problems = record_for(known(SCHEDULES, self.schedule, "schedule"), self.hypers)
        if problems:
            raise problems[0].refusal
        object.__setattr__(self, "record", record)
        object.__setattr__(self, "hypers", Settings(hypers))

    @property
    def settings(self) -> tuple[Hyper, ...]:
        """All that can be set: what the schedule has, and the climb before it."""
        return (*self.record.hypers, *CLIMB)

    @property
    def at_work(self) -> list[Hyper]:
        """Those of them that mean anything as the others stand, and those that were moved all the same."""
        return at_work(self.settings, self.hypers)

    @property
    def told(self) -> dict[str, float]:
        """The hyperparameters that are to be written down: those of drops and the like that nobody moved are many."""
        return {hyper.name: self.hypers[hyper.name] for hyper in telling(self.settings, self.hypers)}


@dataclass(frozen=True)
class Runner:
    """One optimizer with its settings. `colour` is an index into the palette, which also fixes the dash.

    dialect: the source whose form and defaults it follows; the first of `dialects` is ours. modifiers: what is put around
    it, a key of `MODIFIERS` -> its settings. Raises SceneError for an unknown optimizer, hyperparameter, modifier or
    dialect, or a value outside its range.
    """

    optimizer: str
    hypers: Mapping[str, float] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    colour: int = 0
    shown: bool = True
    dialect: str = OURS
    modifiers: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known(OPTIMIZERS, self.optimizer, "optimizer")
        if self.dialect not in self.dialects:
            raise unknown("dialect", self.dialect, self.dialects)
        record = self.spoken
        object.__setattr__(self, "hypers", _checked(self.hypers, record.hypers, record.name))
        if not isinstance(self.plan, Plan):
            raise refused("plan", self.plan, Text("a Plan", "Plan"))
        if isinstance(self.colour, bool) or not (isinstance(self.colour, int) and 0 <= self.colour < MAX_RUNNERS):
            raise refused("colour", self.colour, whole(0, MAX_RUNNERS - 1))
        if not isinstance(self.shown, bool):
            raise refused("shown", self.shown, YES_OR_NO)
        modifiers, problems = modifiers_of(self.modifiers)
        if problems:
            raise problems[0].refusal
        object.__setattr__(self, "modifiers", modifiers)

    @property
    def record(self) -> Optimizer:
        return OPTIMIZERS[self.optimizer]

    @property
    def dialects(self) -> tuple[str, ...]:
        """The sources that the optimizer is declared for."""
        return dialects_of(self.record)

    @property
    def spoken(self) -> Optimizer:
        """The optimizer as its source writes it."""
        return _spoken(self.optimizer, self.dialect)

    @cached_property
    def bare(self) -> Runner:
        """The runner without its look, which changes nothing about its run: the key of a cache."""
        return replace(self, colour=0, shown=True)

    @property
    def by_its_rule(self) -> bool:
        """Whether every point is where the update put it, so that what theory says of the update holds of the run."""
        return not any(MODIFIERS[key].after for key in self.modifiers)

    def with_hyper(self, name: str, value: float) -> Runner:
        return replace(self, hypers={**self.hypers, name: value})

    def modified(self, key: str, name: str, value: float) -> Runner:
        """The same runner with another setting of one of its modifiers."""
        return replace(self, modifiers={**self.modifiers, key: {**self.modifiers[key], name: value}})

    def in_dialect(self, dialect: str) -> Runner:
        """The same runner as another source writes it: what stood at a default goes to that source's own."""
        before, after = self.spoken.defaults, _spoken(self.optimizer, dialect).defaults
        hypers = {name: after[name] if value == before[name] else value for name, value in self.hypers.items()}
        return replace(self, dialect=dialect, hypers=hypers)


def _checked(given: Mapping[str, Any], hypers: tuple[Hyper, ...], owner: str) -> Mapping[str, float]:
    """Every hyperparameter as a float in its range. Raises SceneError for the first that is not."""
    values, problems = hypers_of(given, hypers, owner)
    if problems:
        raise problems[0].refusal
    return Settings(values)


def record_for(declared: Schedule, given: Any) -> tuple[Schedule, dict[str, float], list[SceneError]]:
    """The record of a plan with these hyperparameters, all of them by name, and what was wrong.

    Of what may come in any number it has one more than are made, and none less than are declared.
    """
    if not declared.last_nth:
        return declared, *hypers_of(given, (*declared.hypers, *CLIMB), declared.name.en)
    own = (*declared.hypers, *CLIMB)
    more = isinstance(given, Mapping) and not {h.name for h in own}.issuperset(given)
    widest = declared.reaching(MAX_NTH) if more else declared
    values, problems = hypers_of(given, (*widest.hypers, *CLIMB), declared.name.en, own)
    made = max(h.nth for h in telling(widest.hypers, values))
    record = declared.reaching(min(made + 1, MAX_NTH))
    return record, {h.name: values.get(h.name, float(h.default)) for h in (*record.hypers, *CLIMB)}, problems


def modifiers_of(given: Any) -> tuple[Mapping[str, Settings], list[SceneError]]:
    """Every modifier with all its settings, in the order in which they act, and what was wrong."""
    problems: list[SceneError] = []
    given = to_mapping("modifiers", {} if given is None else given, problems)
    problems += [unknown("modifier", key, MODIFIERS) for key in given if key not in MODIFIERS]
    found = {}
    for key, record in MODIFIERS.items():
        if key in given:
            values, faults = hypers_of(given[key], record.hypers, record.name.en)
            problems += faults
            found[key] = Settings(values)
    return Settings(found), problems


def source_of(record: Optimizer | Schedule | Modifier, dialect: str) -> Text:
    """Whose form of a method a dialect is. Ours is that of PyTorch, where PyTorch has the optimizer."""
    ours = dialect == OURS and not (isinstance(record, Optimizer) and record.pytorch)
    return OWN if ours else DIALECTS[dialect]


def dialects_of(record: Optimizer) -> tuple[str, ...]:
    """The sources that an optimizer is declared for, ours first."""
    return (OURS, *record.dialects)


@lru_cache(maxsize=128)
def _spoken(optimizer: str, dialect: str) -> Optimizer:
    return OPTIMIZERS[optimizer].spoken(dialect)
