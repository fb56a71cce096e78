"""What of the picture is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class View:
    """What of the picture is shown: the step (None: the last), the 3D camera, the window of the map, the loss axis.

    camera: eye x, y, z and centre x, y, z in Plotly's units. window: low x, high x, low y, high y.
    """

    step: int | None = None
    camera: tuple[float, ...] | None = None
    window: tuple[float, ...] | None = None
    loss_axis: Literal["log", "linear"] = "log"
