"""The chart: what becomes of one runner's training over two of its settings, a cell a training."""

from __future__ import annotations

from pathlib import Path

from pages.shared.canvas import Component, pack

__all__ = ["CHART", "WORDS", "pack"]

CHART = Component("chart", Path(__file__).parent)

# The words that the chart itself writes.
WORDS = (
    *(
        "failed",
        "net_exploded",
        "net_map_hint",
        "net_map_exploded",
        "net_map_train",
        "net_map_unknown",
        "net_map_blank",
    ),
    *("net_map_loss", "net_map_val_loss", "net_map_accuracy", "net_map_val_accuracy"),
)
