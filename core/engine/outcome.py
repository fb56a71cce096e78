"""How a run ended, in one of four words."""

from __future__ import annotations

from typing import Any

import numpy as np

ARRIVED = "arrived"  # in the end it stays within the tolerance of a known minimum
MOVING = "moving"  # still on its way when the steps ran out
STUCK = "stuck"  # at rest, but at no known minimum: a saddle, a plateau, a forgotten rate
ESCAPED = "escaped"  # outside the map, or past what a float can hold
SAID = [ESCAPED, ARRIVED, STUCK, MOVING]
WORDS = np.array(SAID)

STILL = 1e-6  # moving less than this share of the map during the last tenth of a run is being at rest


def verdict(left: float, near: float, since: float, moved: float, still: float) -> tuple[int, Any, Any]:
    """How a lane ended, as an index into `WORDS`; at which step it arrived or left, else -1; at which minimum, else -1.

    left: step from which on the point was off the map, -1 if it is on it. near, since: the minimum it is at and since
    which step, -1 if at none. moved: distance between the beginning and the end of the last tenth. still: the largest
    such distance that is rest.
    """
    if left >= 0:  # (np.int64, since `int` would be a function of its own to compile)
        return 0, np.int64(left), -1
    if near >= 0:
        return 1, np.int64(since), np.int64(near)
    return 2 if moved <= still else 3, -1, -1
