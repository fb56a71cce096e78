"""Catalogue: every optimizer, schedule and surface, with formula, source, defaults, and the code that runs here."""

from __future__ import annotations

import streamlit as st

from pages.shared import entries, entry_list, entry_view
from pages.shared.frame import framed, warn

framed()
entry = entry_list.ADDRESS.now()

search = entry_list.bar(entry)
warn(entry_list.ADDRESS.faults())
index, page = st.columns([1, 4], gap="medium")
with index:
    entry_list.draw(entry, entries.found(search) if search else None)
with page:
    entry_view.draw(entry, entry_list.pick)
entry_list.ADDRESS.publish()
