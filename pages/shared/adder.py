"""What adds an optimizer: those of the textbooks at hand, and all in a box that narrows while one types."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache

import streamlit as st

from core import OPTIMIZERS
from core.text.terms import long_name
from pages.shared import controls, families
from pages.shared.words import language, t


def draw(key: str, offered: Collection[str], add: Callable[[str], None]) -> None:
    """key: of the pills, and the beginning of that of the box. add(key of an optimizer) is called with what was chosen."""
    first, every, spoken = families.taught(offered), families.by_family(offered), language()
    box = f"{key}.other"
    for widget in (key, box):
        controls.put(widget, None)  # free for the next one
    st.pills(
        t("add"),
        first,
        key=key,
        format_func=lambda one: OPTIMIZERS[one].name,
        on_change=controls.heard(key, add, first),
    )
    st.selectbox(
        t("add_other"),
        every,
        index=None,
        key=box,
        format_func=lambda one: _names(one, spoken),
        on_change=controls.heard(box, add, every),
        placeholder=t("add_other"),
        label_visibility="collapsed",
        filter_mode=controls.FILTER,
    )


@lru_cache(maxsize=256)  # every visitor's box holds the same words
def _names(key: str, language: str) -> str:
    """What the box shows of an optimizer, in the language of the visitor who asks, and so what it is found by."""
    record = OPTIMIZERS[key]
    return " · ".join(filter(None, (record.name, long_name(record.name, language), families.names()[record.family])))
