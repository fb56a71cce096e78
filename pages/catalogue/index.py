"""The list of the catalogue: tabs, search, and a link to every entry, group by group."""

from __future__ import annotations

from html import escape

import streamlit as st

from pages.catalogue.entries import KINDS, NAMES, RECORDS, Entry, Kind, first_of, found, link, read, write
from pages.catalogue.groups import Group, groups
from pages.catalogue.links import attributes, links
from pages.shared import controls
from pages.shared.address import Address
from pages.shared.words import say, t

TABS, SEARCH = "catalogue.kind", "catalogue.search"
ADDRESS = Address("catalogue", NAMES, read, write)


def bar(entry: Entry) -> str:
    """Tabs and search; what is searched for."""
    titles = _titles()
    with st.container(horizontal=True, vertical_alignment="center", key="catalogue-bar"):
        controls.switch(
            t("catalogue"),
            KINDS,
            TABS,
            entry.kind,
            lambda kind: ADDRESS.change(first_of(kind)),
            titles.__getitem__,
            label_visibility="collapsed",
        )
        return st.text_input(
            t("search"),
            key=SEARCH,
            on_change=_seek,
            live=True,
            autocomplete="off",
            placeholder=t("search"),
            max_chars=80,
            icon=":material/search:",
            label_visibility="collapsed",
            width=360,
        )


def draw(entry: Entry, matches: list[Entry] | None) -> None:
    """The entries of the tab, or of every tab those that were found."""
    if matches == []:
        st.caption(t("nothing_found"))
        return
    if matches:
        titles = _titles()
        shown = [Group(titles[kind], [e for e in matches if e.kind == kind]) for kind in KINDS]
    else:
        shown = groups(entry.kind)
    html = "".join(_group(group, entry) for group in shown if group.entries)
    links(f"<nav>{html}</nav>", "catalogue.list", pick)


def _seek() -> None:
    """Something was typed: where it leaves one entry only, or is the name of one, that is shown."""
    typed = st.session_state[SEARCH].strip().casefold()
    matches = found(typed)
    named = [entry for entry in matches if say(entry.name).casefold() == typed]
    if len(matches) == 1 or named:
        ADDRESS.change((named or matches)[0])


def pick(name: str) -> None:
    """A link was clicked; its name comes from the browser."""
    kind, _, key = name.partition("/")
    for own in KINDS:
        if own == kind and key in RECORDS[own]:
            ADDRESS.change(Entry(own, key))


def _group(group: Group, current: Entry) -> str:
    about = f' title="{escape(group.about)}"' if group.about else ""
    head = f"<h4{about}>{escape(group.title)}</h4>" if group.title else ""
    return f"{head}<div>{''.join(_item(entry, entry == current) for entry in group.entries)}</div>"


def _item(entry: Entry, current: bool) -> str:
    now = ' aria-current="page"' if current else ""
    where = attributes(f"{entry.kind}/{entry.key}", link(entry))
    year = f"<small>{entry.source.year}</small>" if entry.source else ""
    return f"<a {where}{now}><span>{escape(say(entry.name))}</span>{year}</a>"


def _titles() -> dict[Kind, str]:
    return {
        "optimizers": t("optimizers"),
        "schedules": t("schedules"),
        "surfaces": t("surfaces"),
        "modifiers": t("around"),
        "stops": t("stops"),
    }
