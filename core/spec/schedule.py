"""A schedule of the learning rate."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from core.spec.dialect import Dialect, check_dialects, own_forms
from core.spec.hyper import Hyper
from core.spec.language import Whose
from core.spec.method import Method
from core.spec.place import of_function, of_text
from core.spec.signature import between, check_initial, module_name
from core.spec.special import Special, asked_at, check_special
from core.spec.spelling import Spelling
from core.spec.text import Paper, Text
from core.spec.trial import try_factor, try_without

CYCLED = ("momentum", "beta1")  # in whose place a schedule puts its momentum: the first that the optimizer has


def cycled(hypers: Collection[str]) -> str:
    """The one of an optimizer's hyperparameters that is its momentum; empty where it has none."""
    return next((name for name in CYCLED if name in hypers), "")


@dataclass(frozen=True, eq=False)
class Schedule(Method):
    """How the learning rate changes during a run, as a factor of `lr`.

    factor(t, T, <hyperparameters>) -> factor
        For the update with index t = 0, 1, ... of a run of T updates; t may be an array, and may lie
        beyond T. Finite and never negative everywhere.
    factor(t, T, loss, <state>, <hyperparameters>) -> (factor, <new state>)
        The form of a schedule that watches the loss: called once an update, in order.

    momentum(t, T, <hyperparameters>) -> momentum
        What a schedule makes of the momentum beside the rate, with the same arguments and hyperparameters: the number
        in [0, 1) that stands in the place of the hyperparameter `replaces` of the optimizer at the update with index t;
        nan where the optimizer keeps its own. An array of t gives an array. None for a schedule that leaves the momentum
        alone.

    Hyperparameters of what may come in any number, such as drops, are numbered by their nth. They go into a last parameter
    *name of these functions, in the order of `hypers`, and those of one number may be left out at their defaults. Such a
    record is `made_by` a function of the last number, so that there can be more of them.

    pytorch, keras, optax: how a library is asked for it, with the names of hyperparameters in braces; or a function of all
    hyperparameters by name that gives such a line, where their number depends on their values.
    dialect: the source whose form this is. A warm-up follows it too. textbook: its place among those that
    textbooks teach side by side, 0 for the others. special: values that a library wants to be asked for otherwise.
    made_by: a function and its arguments, which give this very record, and make it again in another process.

    Raises TypeError, with file and line, when the signature of `factor`, that of `momentum` or that of a dialect, and
    `hypers` disagree, or when it does not give back one number, or one and every state.
    """

    FORMULA, DECLARED = "factor", "SCHEDULE"

    factor: Callable[..., Any]
    name: Text
    hypers: tuple[Hyper, ...]
    latex: str
    about: Text
    source: Paper
    initial: Mapping[str, float] = field(default_factory=dict)
    momentum: Callable[..., Any] | None = None
    pytorch: Spelling = ""
    keras: Spelling = ""
    optax: Spelling = ""
    differs: Mapping[str, Text] = field(default_factory=dict)
    dialects: Mapping[str, Dialect] = field(default_factory=dict)
    special: tuple[Special, ...] = ()
    dialect: str = "pytorch"
    textbook: int = 0
    spoken_from: Schedule | None = None
    made_by: tuple[Callable[..., Schedule], tuple[Any, ...]] | None = None
    key: str = field(init=False, default="")
    state: tuple[str, ...] = field(init=False, default=())
    watches_loss: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        middle = between(("t", "T"), self.hypers, self.factor, self.name.en)
        watches = middle[:1] == ("loss",)
        if middle and not watches:
            where = of_function(self.factor)
            raise TypeError(
                f"{where}: {self.name.en}: after t, T comes loss or the first hyperparameter, not {middle[0]!r}"
            )
        object.__setattr__(self, "watches_loss", watches)
        object.__setattr__(self, "state", middle[1:])
        object.__setattr__(self, "key", module_name(self.factor))
        object.__setattr__(self, "initial", MappingProxyType(dict(self.initial)))
        if self.spoken_from is None:  # a dialect was checked with the record that it belongs to
            self._check(middle)

    def _check(self, middle: tuple[str, ...]) -> None:
        """Raises TypeError for what contradicts itself, and what could not be run."""
        name = self.name.en
        check_initial(self.initial, self.state, self.factor, name)
        check_special(self.special, self.hypers, of_text(self.factor, "special="), name)
        check_dialects(self.dialects, ("t", "T"), middle, self.hypers, name)
        self._check_spellings(("pytorch", "keras", "optax"), (*self.defaults, "lr", "T"))
        state = {name: self.initial.get(name, 0.0) for name in self.state} if self.watches_loss else None
        for whose, factor, defaults in own_forms(self.dialects, self.factor, name, "factor"):
            own = {**self.defaults, **defaults}
            try_factor(factor, whose, state, own)
            try_without(factor, whose, state, own, {h.name for h in self.hypers if h.nth})
        if self.momentum:
            self._check_momentum(self.momentum)

    def _check_momentum(self, momentum: Callable[..., Any]) -> None:
        """Raises TypeError where the momentum asks for what a clock does not know, or is not one number."""
        whose = Whose(self.name.en, "momentum")
        if state := between(("t", "T"), self.hypers, momentum, str(whose)):
            where = of_function(momentum)
            raise TypeError(f"{where}: {whose} goes by the clock alone; it cannot ask for {', '.join(state)}")
        try_factor(momentum, whose, None, self.defaults)

    def replaces(self, hypers: Collection[str]) -> str:
        """The one of an optimizer's hyperparameters that `momentum` takes the place of: its `momentum`, else its `beta1`.

        Empty where there is neither, or the schedule has no momentum: it then changes the rate alone.
        """
        return cycled(hypers) if self.momentum else ""

    @property
    def last_nth(self) -> int:
        """The number of the last of what may come in any number; 0 where nothing does."""
        return self.hypers[-1].nth if self.hypers else 0

    def reaching(self, nth: int) -> Schedule:
        """Its record with what may come in any number up to this one; itself, where it goes as far or has nothing like that."""
        if not 0 < self.last_nth < nth or self.made_by is None:
            return self
        make, _ = self.made_by
        return make(nth).spoken(self.dialect)

    def asked(self, library: str, values: Mapping[str, float]) -> str:
        """How a library is asked for it at some values; empty where it lacks it, or refuses them."""
        return asked_at(self, library, values)
