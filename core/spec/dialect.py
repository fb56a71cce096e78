"""How another source writes the same method."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from core.spec.companion import Companion
from core.spec.hyper import Hyper
from core.spec.language import Whose
from core.spec.place import of_function
from core.spec.signature import between
from core.spec.spelling import Spelling


@dataclass(frozen=True)
class Dialect:
    """How another source writes the same method.

    update: its formula (of a schedule: its factor), with the same arguments; None: the very same. defaults: its own.
    spelling: how a library is asked for it, where the record's spelling asks for our form instead. companions: where the
    points beside its own are, if its state does not say so in the record's way; as many, with the same keys.
    """

    update: Callable[..., tuple[Any, ...]] | None = None
    defaults: Mapping[str, float] = field(default_factory=dict)
    spelling: Spelling = ""
    companions: tuple[Companion, ...] = ()


def check_dialects(
    dialects: Mapping[str, Dialect], head: tuple[str, ...], state: tuple[str, ...], hypers: tuple[Hyper, ...], name: str
) -> None:
    """Raises TypeError where a dialect's formula or defaults contradict the record that it belongs to."""
    for key, dialect in dialects.items():
        whose = f"{name}, dialect {key!r}"
        if dialect.update:
            own = between(head, hypers, dialect.update, whose)
            if own != state:
                raise TypeError(
                    f"{of_function(dialect.update)}: {whose}: the state is {list(own)}, that of the record {list(state)}"
                )
        if unknown := set(dialect.defaults) - {h.name for h in hypers}:
            where = f"{of_function(dialect.update)}: " if dialect.update else ""
            raise TypeError(f"{where}{whose}: defaults names {sorted(unknown)}, which are no hyperparameters")


def own_forms(
    dialects: Mapping[str, Dialect], formula: Callable[..., Any], name: str, title: str
) -> list[tuple[Whose, Callable[..., Any], Mapping[str, float]]]:
    """The formula of a record and those of its dialects, with the name and the defaults of each. title: what it is called."""
    found: list[tuple[Whose, Callable[..., Any], Mapping[str, float]]] = [(Whose(name, title), formula, {})]
    for key, dialect in dialects.items():
        if dialect.update:
            found.append(
                (Whose(f"{name}, dialect {key!r},", dialect.update.__name__), dialect.update, dialect.defaults)
            )
    return found


@cache
def spoken_as(record: Any, formula: str, dialect: str) -> Any:
    """A record in a dialect, formula: the field of its function. One of each in a process, since kernels are kept by record."""
    other = record.dialects.get(dialect, Dialect())
    changed: dict[str, Any] = {
        formula: other.update or getattr(record, formula),
        "dialect": dialect,
        "spoken_from": record,
    }
    if other.companions:
        changed["companions"] = other.companions
    if other.spelling:
        changed[dialect] = other.spelling
    own = tuple(replace(h, default=other.defaults.get(h.name, h.default)) for h in record.hypers)
    return replace(record, hypers=own, **changed)
