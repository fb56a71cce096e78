"""The entries of a kind, group by group, so that forty names are surveyed at a glance."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core import MODIFIERS, OPTIMIZERS, SCHEDULES, SURFACES
from pages.catalogue.entries import Entry, Kind, every
from pages.shared import families, trial
from pages.shared.trial_picture import follows
from pages.shared.words import t


@dataclass(frozen=True)
class Group:
    """Entries under one heading; about: what they have in common, in a sentence."""

    title: str
    entries: list[Entry]
    about: str = ""


def groups(kind: Kind) -> list[Group]:
    """Those of the textbooks come first."""
    made: dict[Kind, Callable[[], list[Group]]] = {
        "optimizers": _optimizers,
        "schedules": _schedules,
        "surfaces": _surfaces,
        "modifiers": _modifiers,
    }
    return made[kind]() if kind in made else [Group("", every(kind))]


def _optimizers() -> list[Group]:
    names, meanings = families.names(), families.meanings()
    others = families.others(OPTIMIZERS)
    return [
        Group(t("nine"), _entries("optimizers", families.taught(OPTIMIZERS))),
        *(
            Group(names[kin], _entries("optimizers", (o for o in others if OPTIMIZERS[o].family == kin)), meanings[kin])
            for kin in families.FAMILIES
        ),
    ]


def _schedules() -> list[Group]:
    taught = [key for key in trial.ORDER if SCHEDULES[key].textbook]
    others: dict[str, list[str]] = {t("follows_steps"): [], t("follows_length"): [], t("follows_loss"): []}
    for key, record in SCHEDULES.items():
        if not record.textbook:
            others[follows(record)].append(key)
    return [
        Group(t("trial_textbook"), _entries("schedules", taught)),
        *(Group(_capital(what), _entries("schedules", keys)) for what, keys in others.items()),
    ]


def _surfaces() -> list[Group]:
    counts = {key: len(surface.minima) for key, surface in SURFACES.items()}
    return [
        Group(t("minima_one"), _entries("surfaces", (key for key, count in counts.items() if count == 1))),
        Group(t("minima_several"), _entries("surfaces", (key for key, count in counts.items() if count > 1))),
        Group(t("minima_none"), _entries("surfaces", (key for key, count in counts.items() if count == 0))),
    ]


def _modifiers() -> list[Group]:
    return [
        Group(t("around_before"), _entries("modifiers", (key for key, one in MODIFIERS.items() if not one.after))),
        Group(t("around_after"), _entries("modifiers", (key for key, one in MODIFIERS.items() if one.after))),
    ]


def _entries(kind: Kind, keys: Iterable[str]) -> list[Entry]:
    return [Entry(kind, key) for key in keys]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
