"""The field: maps of what becomes of a runner for many settings or many starts, with one run of each beside it."""

from __future__ import annotations

from pathlib import Path

from pages.shared.canvas import Component

FIELD = Component("field", Path(__file__).parent)
