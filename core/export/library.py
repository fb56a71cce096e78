"""The record that a library of optimizers is declared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from core.discover import discover
from core.export.fault import ExportError
from core.spec import Optimizer, Schedule, Text
from core.spec.spelling import template


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
        return own.get(record.key) or template(getattr(record, self.key, ""), record.defaults)

    def asked(self, record: Optimizer | Schedule, values: Mapping[str, float]) -> str:
        """How the library is asked for a method at some values; empty where it lacks it, or refuses them."""
        own = self.optimizers if isinstance(record, Optimizer) else self.schedules
        return own.get(record.key) or (record.asked(self.key, values) if hasattr(record, self.key) else "")


def libraries(package: str) -> Mapping[str, Library]:
    """Every library that a package declares, by its key, in the order of the tabs."""
    found = discover(package, "LIBRARY").items()
    return MappingProxyType(dict(sorted(found, key=lambda item: (item[1].order, item[0]))))


def chosen(records: Mapping[str, Library], library: str) -> Library:
    """The library of this key. Raises ExportError, which names those that there are."""
    if library not in records:
        names = ", ".join(records)
        raise ExportError(
            Text(
                f"There is no program for {str(library)[:20]!r}; there are {names}.",
                f"{str(library)[:20]!r}(으)로는 내보낼 수 없습니다. {names} 가운데 하나를 골라 주세요.",
            )
        )
    return records[library]
