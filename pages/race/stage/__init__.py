"""The stage: map, 3D surface and loss curves that move in step, drawn and played in the browser."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import plotly
import streamlit as st

from pages.shared.canvas import PROJECT, Arrays, Component, content, pack

__all__ = ["FOLDER", "content", "pack", "stage"]

FOLDER = Path(__file__).parent
STAGE = Component("stage", FOLDER, more=(("plotly", Path(plotly.__file__).parent, "package_data"),))


@functools.cache
def plotly_sources() -> tuple[str, ...]:
    """Where the browser finds plotly.js without a network: Streamlit's own bundle, else the plotly package's copy."""
    found = sorted((Path(st.__file__).parent / "static/static/js").glob("PlotlyChart.*.js"))
    return (*(f"static/js/{path.name}" for path in found), f"_stcore/bidi-components/{PROJECT}.plotly/plotly.min.js")


def stage(
    header: dict[str, Any], arrays: Arrays, on_act: Callable[[dict[str, Any]], None], again: bool = False
) -> None:
    """Draw the stage, as `Component.draw` does."""
    STAGE.draw({**header, "plotly": plotly_sources()}, arrays, on_act, again)
