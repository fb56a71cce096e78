"""How a run ended, in one of seven words.

The rule, for the points x₀ … x_T of one lane. *Near* is within the tolerance of a known minimum, *off* is off the map
or past what a float can hold, *still* is a millionth of the map's shorter side.

1. It came to a point of the map where the function has no value, or from where the update leads to no number (no slope,
   a division by zero, past what a float can hold): UNDEFINED, at the step of that point. (A start off the map widens the map.)
2. The *period* is the smallest p up to `LOOPS` by which the last points repeat: each of the last p points lies within
   *still* of the one p steps before it. Of a loop (p ≥ 2) that is not enough, for an oscillation that dies out repeats
   nearly as well: it has to be within a thousandth of the loop's span, too. 0: nothing repeats.
3. The whole loop (without a loop, the last point) lies off: ESCAPED, at the step since when it has been off.
4. The whole loop (without a loop, the last point) lies near one minimum: ARRIVED, at the step since when it has been near.
5. A rule has ended it: STOPPED, at the step of its last point. (A rule that stops at a minimum is told as arrived.)
6. There is a loop: CYCLING. It goes around the minimum that is nearest to its middle, the mean of its points, if that
   lies within its radius, the distance to the furthest of them.
7. The period is 1, and the last tenth of the run moved it by no more than *still*: STUCK.
8. MOVING.

So a loop that crosses the edge of the map, or that of a tolerance, has the same word at every number of steps.
"""

from __future__ import annotations

from typing import Any

import numpy as np

ARRIVED = "arrived"  # in the end it stays within the tolerance of a known minimum
MOVING = "moving"  # still on its way when the steps ran out
STUCK = "stuck"  # at rest, but at no known minimum: a saddle, a plateau, a forgotten rate
CYCLING = "cycling"  # goes round the same few points for ever: a rate too large, or a step whose length never shrinks
ESCAPED = "escaped"  # outside the map, or past what a float can hold
UNDEFINED = "undefined"  # came to a point of the map where the function has no value, or from where no update leads on
STOPPED = "stopped"  # a rule of stopping ended it, at no known minimum
SAID = [ESCAPED, ARRIVED, STUCK, MOVING, CYCLING, UNDEFINED, STOPPED]
WORDS = np.array(SAID)

STILL = 1e-6  # moving less than this share of the map during the last tenth of a run is being at rest
LOOPS = 4  # points of the longest loop that is told from being on the way: with each, a map takes a percent longer
LOOK_BACK = 2 * LOOPS  # points that are remembered for it, the last one included
ALIKE = 1e-3  # of its span is how far a loop may miss itself


def period(x: Any, y: Any, at_x: int, at_y: int, apart: int, most: int, still: float) -> int:
    """By how many steps the last points repeat, up to `most`; 0 if they do not.

    x, y: arrays, the last point at the indices at_x and at_y, the one before `apart` further on, and so on: 2 * most of
    them.
    """
    span = 0.0
    for p in range(1, most + 1):
        last = (p - 1) * apart
        dx, dy = x[at_x + last] - x[at_x], y[at_y + last] - y[at_y]
        span = max(span, dx * dx + dy * dy)
        least = still * still if p == 1 else min(still * still, ALIKE * ALIKE * span)
        repeats = True
        for k in range(0, p * apart, apart):
            before = k + p * apart
            dx, dy = x[at_x + before] - x[at_x + k], y[at_y + before] - y[at_y + k]
            repeats &= dx * dx + dy * dy <= least
        if repeats:
            return p
    return 0


def circle(x: Any, y: Any, at_x: int, at_y: int, apart: int, p: int) -> tuple[float, float, float]:
    """The middle of a loop of p points, given as for `period`, which is their mean, and its radius: how far they reach."""
    sum_x = sum_y = square = 0.0
    for k in range(0, p * apart, apart):
        sum_x, sum_y = sum_x + x[at_x + k], sum_y + y[at_y + k]
    middle_x, middle_y = sum_x / p, sum_y / p
    for k in range(0, p * apart, apart):
        dx, dy = x[at_x + k] - middle_x, y[at_y + k] - middle_y
        square = max(square, dx * dx + dy * dy)
    return middle_x, middle_y, np.sqrt(square)


def circled(minima: Any, middle_x: float, middle_y: float, radius: float) -> int:
    """Index of the minimum (number, 2) that a loop goes around: the nearest to its middle within its radius; else -1."""
    found, nearest = -1, radius * radius
    for k in range(minima.shape[0]):
        dx, dy = minima[k, 0] - middle_x, minima[k, 1] - middle_y
        if dx * dx + dy * dy < nearest:
            found, nearest = k, dx * dx + dy * dy
    return found


def verdict(
    steps: int,
    lost: float,
    left: float,
    near: float,
    since: float,
    stopped: float,
    loop: int,
    around: int,
    moved: float,
    still: float,
) -> tuple[int, Any, Any]:
    """How a lane ended, as an index into `WORDS`; the step that belongs to it, else -1; at or around which minimum, else -1.

    lost: step of the point that has no value or no next one, -1 if there is none. left: step from which on the point was
    off the map, -1 if it is on it. near, since: the minimum it is at and since which step, -1 if at none. stopped: the
    step at which a rule ended it, -1 if none did. loop: the `period`. around: the minimum that it goes around. moved:
    distance between the beginning and the end of the last tenth. still: the largest such distance that is rest.
    """
    whole = steps + 1 - max(loop, 1)  # the step at which the loop began, or the last one
    if lost >= 0:  # (np.int64, since `int` would be a function of its own to compile)
        return 5, np.int64(lost), -1
    if 0 <= left <= whole:
        return 0, np.int64(left), -1
    if near >= 0 and since <= whole:
        return 1, np.int64(since), np.int64(near)
    if stopped >= 0:
        return 6, np.int64(stopped), -1
    if loop > 1:
        return 4, -1, around
    return 2 if loop == 1 and moved <= still else 3, -1, -1
