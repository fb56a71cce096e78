"""The list of the catalogue: tabs, search, and a link to every entry."""

from __future__ import annotations

from html import escape

import streamlit as st

from pages.catalogue.entries import KINDS, NAMES, RECORDS, Entry, Kind, every, first_of, found, link, read, write
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
    titles = _titles()
    groups = (
        {kind: [e for e in matches if e.kind == kind] for kind in KINDS} if matches else {entry.kind: every(entry.kind)}
    )
    html = ""
    for kind, own in groups.items():
        head = f"<h4>{escape(titles[kind])}</h4>" if matches and own else ""
        html += f"{head}<div>{''.join(_item(e, e == entry) for e in own)}</div>"
    links(f"<nav>{html}</nav>", "catalogue.list", pick)


def _seek() -> None:
    """Something was typed: where it leaves one entry only, that is shown."""
    matches = found(st.session_state[SEARCH])
    if len(matches) == 1:
        ADDRESS.change(matches[0])


def pick(name: str) -> None:
    """A link was clicked; its name comes from the browser."""
    kind, _, key = name.partition("/")
    for own in KINDS:
        if own == kind and key in RECORDS[own]:
            ADDRESS.change(Entry(own, key))


def _item(entry: Entry, current: bool) -> str:
    now = ' aria-current="page"' if current else ""
    where = attributes(f"{entry.kind}/{entry.key}", link(entry))
    return f"<a {where}{now}><span>{escape(say(entry.name))}</span><small>{entry.source.year}</small></a>"


def _titles() -> dict[Kind, str]:
    return {"optimizers": t("optimizers"), "schedules": t("schedules"), "surfaces": t("surfaces")}
