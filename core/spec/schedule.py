"""A schedule of the learning rate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from core.spec.address import address, said_again
from core.spec.dialect import Dialect, check_dialects, spoken_as
from core.spec.hyper import Hyper
from core.spec.signature import between, module_name
from core.spec.text import Paper, Text


@dataclass(frozen=True, eq=False)
class Schedule:
    """How the learning rate changes during a run, as a factor of `lr`.

    factor(t, T, <hyperparameters>) -> factor
        For the update with index t = 0, 1, ... of a run of T updates; t may be an array, and may lie
        beyond T. Finite and never negative everywhere.
    factor(t, T, loss, <state>, <hyperparameters>) -> (factor, <new state>)
        The form of a schedule that watches the loss: called once an update, in order.

    dialect: the source whose form this is. A warm-up follows it too. textbook: its place among those that
    textbooks teach side by side, 0 for the others.

    Raises TypeError when the signature of `factor`, or that of a dialect, and `hypers` disagree.
    """

    factor: Callable[..., Any]
    name: Text
    hypers: tuple[Hyper, ...]
    latex: str
    about: Text
    source: Paper
    initial: Mapping[str, float] = field(default_factory=dict)
    pytorch: str = ""
    keras: str = ""
    optax: str = ""
    differs: Mapping[str, Text] = field(default_factory=dict)
    dialects: Mapping[str, Dialect] = field(default_factory=dict)
    dialect: str = "pytorch"
    textbook: int = 0
    spoken_from: Schedule | None = None
    key: str = field(init=False, default="")
    state: tuple[str, ...] = field(init=False, default=())
    watches_loss: bool = field(init=False, default=False)

    def __reduce__(self) -> tuple[Any, ...]:
        own = self.spoken_from or self
        return said_again, (*address(own, own.factor, "SCHEDULE"), self.dialect)

    def __post_init__(self) -> None:
        middle = between(("t", "T"), self.hypers, self.factor, self.name.en)
        watches = middle[:1] == ("loss",)
        if middle and not watches:
            raise TypeError(f"{self.name.en}: after t, T comes loss or the first hyperparameter, not {middle[0]!r}")
        object.__setattr__(self, "watches_loss", watches)
        object.__setattr__(self, "state", middle[1:])
        object.__setattr__(self, "key", module_name(self.factor))
        object.__setattr__(self, "initial", MappingProxyType(dict(self.initial)))
        check_dialects(self.dialects, ("t", "T"), middle, self.hypers, self.name.en)

    @property
    def defaults(self) -> dict[str, float]:
        """Hyperparameter name -> default value."""
        return {h.name: h.default for h in self.hypers}

    def spoken(self, dialect: str) -> Schedule:
        """The same schedule as another source writes it: our own form, where that source has no other."""
        spoken: Schedule = self if dialect == self.dialect else spoken_as(self, "factor", dialect)
        return spoken
