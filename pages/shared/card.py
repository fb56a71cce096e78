"""The edge of a runner's card, in its colour and dash."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core import Runner
from core.figures.palette import PENS

DASHES = {"solid": "solid", "dash": "dashed", "dot": "dotted", "dashdot": "double"}


def css(key: str) -> str:
    """The key of the container of a card."""
    return f"card-{key.replace('.', '-')}"


def stripes(runners: Mapping[str, Runner]) -> None:
    """The edges of all cards, by their keys."""
    st.html(f"<style>{''.join(_stripe(key, runner) for key, runner in runners.items())}</style>")


def _stripe(key: str, runner: Runner) -> str:
    pen = PENS[runner.colour]
    line = f"5px {DASHES[pen.dash]} light-dark({pen.light},{pen.dark})"
    return f".st-key-{css(key)}{{border-left:{line};padding-left:.7rem}}"
