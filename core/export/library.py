"""The record that a library of optimizers is declared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from core.spec import Optimizer, Schedule


@dataclass(frozen=True, eq=False)
class Library:
    """A library that a run can be written for, as a program.

    program(task) -> the text of a program that leaves `path`; raises ExportError where the library cannot draw it.
    order: its place among the tabs. cycles: whether its programs can change the momentum beside the rate.
    optimizers, schedules: key -> how the library is asked for it, as the records of optimizers spell it; for a library
    that these records know nothing of.
    """

    program: Callable[..., str]
    name: str
    order: int
    cycles: bool = False
    optimizers: Mapping[str, str] = field(default_factory=dict)
    schedules: Mapping[str, str] = field(default_factory=dict)
    key: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.program.__module__.rpartition(".")[2])
        for name in ("optimizers", "schedules"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def spells(self, record: Optimizer | Schedule) -> str:
        """How the library is asked for a method, with the names of hyperparameters in braces; empty where it lacks it."""
        own = self.optimizers if isinstance(record, Optimizer) else self.schedules
        return own.get(record.key) or str(getattr(record, self.key, ""))

    def asked(self, record: Optimizer | Schedule, values: Mapping[str, float]) -> str:
        """How the library is asked for a method at some values; empty where it lacks it, or refuses them."""
        own = self.optimizers if isinstance(record, Optimizer) else self.schedules
        return own.get(record.key) or (record.asked(self.key, values) if hasattr(record, self.key) else "")
