"""Worked examples from the textbooks, one file each: scenes in which every number of a step is known beforehand."""

from collections.abc import Mapping

from core.discover import discover
from core.scene import Preset

TEXTBOOK: Mapping[str, Preset] = dict(
    sorted(discover(__name__, "PRESET").items(), key=lambda item: item[1].order),
)
