"""The entries of the catalogue: everything that is declared for a run, and how it is found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Literal, get_args

from core import MODIFIERS, OPTIMIZERS, SCHEDULES, STOPS, SURFACES
from core.presets import PRESETS
from core.spec import Modifier, Optimizer, Paper, Schedule, Stop, Surface, Text
from core.text import LANGUAGES, TABLES
from core.text.terms import other_names

Kind = Literal["optimizers", "schedules", "surfaces", "modifiers", "stops"]
Record = Optimizer | Schedule | Surface | Modifier | Stop
RECORDS: Mapping[Kind, Mapping[str, Record]] = {
    "optimizers": OPTIMIZERS,
    "schedules": SCHEDULES,
    "surfaces": SURFACES,
    "modifiers": MODIFIERS,
    "stops": STOPS,
}
KINDS = get_args(Kind)
NAMES = ("kind", "entry")  # the parameters of a link
UNKNOWN = Text(
    "The link asks for the entry '{entry}', which the catalogue does not have; search for it by name.",
    "링크의 '{entry}' 항목은 도감에 없습니다. 이름으로 찾아보세요.",
)


@dataclass(frozen=True)
class Entry:
    """One page of the catalogue."""

    kind: Kind
    key: str

    @property
    def record(self) -> Record:
        return RECORDS[self.kind][self.key]

    @property
    def name(self) -> Text:
        name = self.record.name
        return name if isinstance(name, Text) else Text(name, name)

    @property
    def source(self) -> Paper | None:
        """Where it was first described; a rule that ends a run has no inventor."""
        if isinstance(self.record, Stop):
            return None
        return self.record.paper if isinstance(self.record, Optimizer | Modifier) else self.record.source

    @property
    def text(self) -> str:
        """Everything that it can be found by, in every language."""
        return _text(self)


def first() -> Entry:
    """What a first visit shows: what comes last in the first race, where the simple come first."""
    return Entry("optimizers", next(iter(PRESETS.values())).scene.runners[-1].optimizer)


def first_of(kind: Kind) -> Entry:
    """What a tab opens with."""
    return first() if kind == first().kind else Entry(kind, next(iter(RECORDS[kind])))


def every(kind: Kind) -> list[Entry]:
    return [Entry(kind, key) for key in RECORDS[kind]]


def found(search: str) -> list[Entry]:
    """Entries in which every word of a search occurs, in each kind those first that are called so."""
    words = search.casefold().split()
    matches = [entry for kind in KINDS for entry in every(kind) if _has(entry.text, words)]
    return sorted(matches, key=lambda entry: (KINDS.index(entry.kind), not _has(_called(entry), words)))


def read(query: Mapping[str, list[str]]) -> tuple[Entry, list[Text]]:
    """The entry of an address, and what was wrong with it. Without a kind, the first that has such an entry."""
    key, kind = (query[name][-1] if query.get(name) else "" for name in reversed(NAMES))
    kinds = [kind] if kind in KINDS else KINDS
    for own in kinds:
        if key in RECORDS[own]:
            return Entry(own, key), []
    faults = [UNKNOWN.format(entry=re.sub(r"[^\w ]|_", "?", key[:30]))] if key else []
    return first_of(kinds[0]), faults


def write(entry: Entry) -> dict[str, str]:
    """The entry as parameters of an address; a first visit has none."""
    return {} if entry == first() else link(entry)


def link(entry: Entry) -> dict[str, str]:
    return dict(zip(NAMES, (entry.kind, entry.key), strict=True))


@cache
def _text(entry: Entry) -> str:
    return _known("\n".join((entry.key, *_words(entry.record), *_family(entry.record))))


@cache
def _called(entry: Entry) -> str:
    """Its names."""
    return _known("\n".join((entry.key, *_words(entry.name))))


def _known(text: str) -> str:
    """A text to be searched, with what its terms are called otherwise; Korean also without spaces, which come and go."""
    names = "\n".join(name for names in other_names(text) for name in names)
    return "\n".join((text, names, re.sub(r"(?<=[가-힣]) +(?=[가-힣])", "", f"{text}\n{names}"))).casefold()


def _has(text: str, words: list[str]) -> bool:
    return all(word in text for word in words)


def _family(record: Record) -> Iterator[str]:
    """The name of the family of an optimizer."""
    if isinstance(record, Optimizer):
        yield from (table[f"family_{record.family}"] for table in TABLES.values())


def _words(thing: object) -> Iterator[str]:
    """Names, years, authors, titles and paragraphs of a record."""
    if isinstance(thing, Text):
        yield from (thing[language] for language in LANGUAGES)
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from _words(value)
    elif isinstance(thing, Paper):
        yield from (thing.authors, thing.title, str(thing.year))
    elif is_dataclass(thing):
        for part in ("name", "key", "about", "teaches", "paper", "source", "differs", "parent"):
            if part in {field.name for field in fields(thing)}:
                value = getattr(thing, part)
                yield from [value] if isinstance(value, str) else _words(value)
