"""Maps as they travel to the browser: computed coarse first, then fine, and kept for every visitor who asks again."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from core.engine.outcome import ARRIVED, CYCLING, ESCAPED, MOVING, STOPPED, STUCK, UNDEFINED
from core.maps import Basins, Map, basin_map, hyper_map
from pages.maps.atlas import Plate
from pages.shared.canvas import named
from pages.shared.queue import LINE, waited
from pages.shared.words import t

SIZES = {"settings": (64, 256), "starts": (128, 512)}  # cells a side, coarse and fine
FATES = (ARRIVED, MOVING, STUCK, CYCLING, STOPPED, ESCAPED, UNDEFINED, "overflow")  # what became of a cell, by number
ROBUST = 8  # added to the number of a fate where a setting is about as good as the best
NOWHERE = 200  # plus the number of a fate, in the place of the minimum that a start leads to
LEVELS = 4095  # of the loss: some hundredths of a decade each, finer than any colour
AT_ONCE = 2**23  # lane-steps that a visitor need not wait for
KEPT = 48  # sheets; the largest takes 0.8 MB


@dataclass(frozen=True)
class Sheet:
    """A map in whole numbers. planes: name -> (rows * columns,). facts: what a picture says about it besides."""

    size: int
    planes: dict[str, np.ndarray]
    names: dict[str, str]
    facts: dict[str, Any]


_shelf: OrderedDict[tuple[Plate, int], Sheet] = OrderedDict()
_lock = threading.Lock()


def coarse(kind: str, steps: int) -> int:
    """Cells a side of the map that is drawn first: fewer where the runs are long."""
    size = SIZES[kind][0]
    while size**2 * steps > AT_ONCE and size > 16:
        size //= 2
    return size


def kept(plate: Plate, size: int) -> Sheet | None:
    """The sheet, if it has been made and not been pushed out by newer ones."""
    with _lock:
        sheet = _shelf.get((plate, size))
        if sheet is not None:
            _shelf.move_to_end((plate, size))
        return sheet


def made(plate: Plate, size: int, progress: Callable[[float], object] | None = None) -> Sheet:
    """The sheet of a map with so many cells a side."""
    sheet = kept(plate, size)
    if sheet is None:
        sheet = _made(plate, size, progress)
        with _lock:
            _shelf[plate, size] = sheet
            while len(_shelf) > KEPT:
                _shelf.popitem(last=False)
    return sheet


def _made(plate: Plate, size: int, progress: Callable[[float], object] | None) -> Sheet:
    if plate.axes:
        planes, facts = _settings(hyper_map(plate.scene, plate.runner, *plate.axes, size, progress))
    else:
        planes, facts = _starts(basin_map(plate.scene, plate.runner, size, plate.window, progress))
    planes = {name: np.ascontiguousarray(plane).ravel() for name, plane in planes.items()}
    return Sheet(size, planes, {name: named(plane) for name, plane in planes.items()}, facts)


def _settings(found: Map) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Levels of the loss (0: none left; 1 to LEVELS, even in its logarithm), steps of arrival plus one, fates."""
    some = np.isfinite(found.loss) & (found.loss > 0)
    logs = np.log10(found.loss, where=some, out=np.zeros_like(found.loss))
    low, high = (float(logs[some].min()), float(logs[some].max())) if some.any() else (0.0, 1.0)
    level = 1 + np.rint((logs - low) / (high - low or 1.0) * (LEVELS - 1))
    row, column = found.best
    best, robust = float(found.loss[found.best]), found.robust
    fate = _fates(found.outcome)
    fate[found.overflow] = FATES.index("overflow")
    facts = {
        "low": low,
        "high": high,
        "best": {
            "x": float(found.x[column]),
            "y": float(found.y[row]),
            "loss": best if np.isfinite(best) else None,
            "when": int(found.when[found.best]),
        },
        "robust": float(robust.mean()),
    }
    planes = {
        "loss": np.where(some, level, 0).astype(np.uint16),
        "when": (found.when + 1).astype(np.uint16),
        "fate": (fate + ROBUST * (robust & np.isfinite(found.loss))).astype(np.uint8),
    }
    return planes, facts


def _starts(found: Basins) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Minimum reached or circled, or NOWHERE and the number of a fate; steps of arrival or of leaving plus one, else 0."""
    goal = np.where(found.minimum >= 0, np.minimum(found.minimum, NOWHERE - 1), NOWHERE + _fates(found.outcome))
    planes = {"goal": goal.astype(np.uint8), "when": (found.when + 1).astype(np.uint16)}
    return planes, {"shares": [[name, share] for name, share in found.shares().items()]}


def _fates(outcome: np.ndarray) -> np.ndarray:
    codes = np.zeros(outcome.shape, dtype=np.int64)
    for i, word in enumerate(FATES):
        codes[outcome == word] = i
    return codes


def refine(todo: list[Plate], size: int, told: Callable[[float, int], None]) -> None:
    """Make the fine sheets of some maps. told: receives the share done of all, and how many others come before; what it
    raises ends the work.

    Any change that the visitor makes meanwhile raises in there: Streamlit ends a run for the next one wherever the
    run touches the session.
    """
    for i, plate in enumerate(todo):
        for task in waited(("map", plate, size), lambda task: made(task.key[1], task.key[2], task.told)):
            st.session_state.get("maps.atlas")
            told((i + task.share) / len(todo), LINE.ahead(task))


class Teller:
    """Shows progress, and a way to stop, once a visitor has waited for a while."""

    def __init__(self, show: Callable[[], Callable[..., object]], patience: float = 0.4) -> None:
        self.show, self.patience = show, patience
        self.began = self.last = time.monotonic()
        self.bar: Callable[..., object] | None = None

    def __call__(self, share: float, ahead: int = 0) -> None:
        now = time.monotonic()
        if now - self.began < self.patience or now - self.last < 0.1:
            return
        self.last = now
        self.bar = self.bar or self.show()
        self.bar(min(share, 1.0), t("queue_ahead", count=ahead) if ahead else None)
