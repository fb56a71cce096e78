"""Values of which a library has its own opinion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.spec.hyper import Hyper
from core.spec.spelling import template


@dataclass(frozen=True)
class Special:
    """Values at which a library is asked in another way than the record spells it, or takes none at all.

    at: name of a hyperparameter -> its value, or the name of another that it equals, or a test of its value. spelling:
    how the library is asked then; empty where it refuses these values. Of several that hold, the first counts.
    """

    library: str
    at: Mapping[str, float | str | Callable[[float], bool]]
    spelling: str = ""

    def holds(self, values: Mapping[str, float]) -> bool:
        """Whether the values are these."""
        return all(
            v(values[name]) if callable(v) else values[name] == (values[v] if isinstance(v, str) else v)
            for name, v in self.at.items()
        )


def check_special(special: Iterable[Special], hypers: tuple[Hyper, ...], where: str, name: str) -> None:
    """Raises TypeError where what is special contradicts the record that it belongs to."""
    for one in special:
        named = {*one.at, *(value for value in one.at.values() if isinstance(value, str))}
        if unknown := named - {h.name for h in hypers}:
            raise TypeError(f"{where}: {name}: special names {sorted(unknown)}, which are no hyperparameters")


def special_at(record: Any, library: str, values: Mapping[str, float]) -> Special | None:
    """What is special of some values in a library, the first of it that holds."""
    known = {**record.defaults, **values}
    return next((special for special in record.special if special.library == library and special.holds(known)), None)


def asked_at(record: Any, library: str, values: Mapping[str, float]) -> str:
    """How a library is asked for an optimizer or a schedule at some values; empty where it lacks this form altogether."""
    usual = getattr(record, library, "")
    special = special_at(record, library, values) if usual else None
    return template(special.spelling if special else usual, {**record.defaults, **values})
