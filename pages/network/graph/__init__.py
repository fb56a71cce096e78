"""The computational graph: both passes through it, a node at a time, in the browser."""

from __future__ import annotations

from pathlib import Path

from pages.shared.canvas import Component, pack

__all__ = ["GRAPH", "WORDS", "pack"]

GRAPH = Component("graph", Path(__file__).parent)

# The words that the picture itself writes.
WORDS = (
    *("play", "pause", "speed", "copy_link", "copied", "copy_failed", "copy_long", "fullscreen", "failed"),
    *("graph_back", "graph_ahead", "graph_scrub", "graph_to_start", "graph_count", "graph_moment"),
    *(
        "graph_picture",
        "graph_scrolls",
        "graph_given",
        "graph_key_value",
        "graph_key_slope",
        "graph_forward",
        "graph_backward",
    ),
    *("graph_value", "graph_gradient", "graph_no_gradient", "graph_not_yet"),
)
