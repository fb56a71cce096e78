"""Catalogue: every optimizer, schedule and surface, with formula, source, defaults, and the code that runs here."""

from __future__ import annotations

# Before plotly, which looks for it among half-imported modules: another visitor's page may be importing it.
import pandas  # noqa: F401
import streamlit as st

from pages.catalogue import entries, index, view
from pages.shared.frame import warn

entry = index.ADDRESS.now()

search = index.bar(entry)
warn(index.ADDRESS.faults())
left, page = st.columns([1, 4], gap="medium")
with left:
    index.draw(entry, entries.found(search) if search else None)
with page:
    view.draw(entry, index.pick)
index.ADDRESS.publish()
