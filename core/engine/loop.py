"""The compiled run loop: for each block of lanes, for each step, surface, schedule, optimizer."""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np
from numba.core import cgutils
from numba.extending import intrinsic

from core.engine import outcome as outcomes
from core.engine.blocks import (
    AROUND,
    BASE,
    BEFORE,
    GOAL,
    GOAL_X,
    GOAL_Y,
    GX,
    GY,
    HIGH_X,
    HIGH_Y,
    HOLD_X,
    HOLD_Y,
    LEFT,
    LOOP,
    LOST,
    LOST_X,
    LOST_Y,
    LOW_X,
    LOW_Y,
    NEAR,
    OPTIONS,
    ORIGIN,
    REACH,
    REST,
    RULE,
    SETTINGS,
    SIGMA,
    SINCE,
    SPENT,
    STATE,
    STOPPED,
    STREAM,
    TAIL_X,
    TAIL_Y,
    USED,
    VIEW,
    VIEW_X,
    VIEW_Y,
    B,
    F,
    K,
    X,
    Y,
    fingerprint,
    inline,
    mark,
)  # fmt: skip
from core.engine.compiler import outside, seldom
from core.engine.sight import CONFINE, OWN, SCRATCH, address, call, look, pointer

judge, repeated = inline(outcomes.verdict), inline(outcomes.period)
circle, circled = inline(outcomes.circle), inline(outcomes.circled)
LOOPS, LOOK_BACK = outcomes.LOOPS, outcomes.LOOK_BACK
OFTEN = 1024  # steps from one report to the next
DEAD = -2.0  # the view of a lane that is given up

long, real, flag = nb.int64, nb.float64, nb.boolean
ARGUMENTS = nb.types.Tuple((
    real[::1], real[::1], real[::1], long, long, real[::1], real[::1], real[:, ::1], real[:, ::1], long, long, real[::1], real[:, ::1],
    real[:, ::1], long, real[::1], real[:, ::1], real[::1], real[:, ::1], real, real, flag, long,
    long[::1], long[::1], real[:, ::1], long[::1], real[::1], long, real[:, ::1],
    real[:, ::1], long, long,
    real[:, :, ::1], real[:, ::1], real[:, ::1], real[:, :, ::1], real[:, :, :, ::1],
    long[:, ::1], long[::1],
))  # fmt: skip


@inline
def wider(low, high, number):  # type: ignore[no-untyped-def]
    """The range low..high with room for a number."""
    return number if number < low else low, number if number > high else high


# The parts of a step. Each is one pass over the lanes that reads, chooses and stores without a branch, so
# that it becomes vector code; a branch or a scattered store here would cost more than the optimizer itself.
# What is seldom needed waits behind a question that one pass can ask for the whole block.


@inline
def astray(W, j, k):  # type: ignore[no-untyped-def]
    """Whether lane j is where lane k could not look, or where there is no value, or nowhere."""
    f, dx, dy = W[F + j], W[X + j] - W[VIEW_X + k], W[Y + j] - W[VIEW_Y + k]
    return not ((dx * dx + dy * dy <= W[VIEW + k]) & (f - f == 0.0))


@inline
def on_map(W, j):  # type: ignore[no-untyped-def]
    """Whether lane j is on the map."""
    x, y = W[X + j], W[Y + j]
    return (x >= W[LOW_X + j]) & (x <= W[HIGH_X + j]) & (y >= W[LOW_Y + j]) & (y <= W[HIGH_Y + j])


@inline
def give_up(W, j, t):  # type: ignore[no-untyped-def]
    """There is no value for lane j, or no position left to tell: nan from here on.

    If it is on the map, or was at the last step, it has not left: LOST is then the step of that point, and if it has no
    value, LOST_X and LOST_Y are where it is.
    """
    if W[VIEW + j] != DEAD:
        W[VIEW + j] = DEAD
        nowhere = np.isnan(W[X + j] + W[Y + j]) | np.isinf(W[X + j] + W[Y + j])
        if on_map(W, j):
            W[LOST + j], W[LOST_X + j], W[LOST_Y + j] = t, W[X + j], W[Y + j]
        elif nowhere & (t > 0.0) & (W[LEFT + j] < 0.0):
            W[LOST + j] = t - 1.0
    W[F + j] = W[X + j] = W[Y + j] = W[GX + j] = W[GY + j] = np.nan


@inline
def watch(W, n, t, minima, reach):  # type: ignore[no-untyped-def]
    """See to it that every lane has in view the one minimum that it may be at, or is given up."""
    any_astray = False
    for j in range(n):
        any_astray |= astray(W, j, j)
    if any_astray:
        look_after(W, n, t, minima, reach)


@outside
def look_after(W, n, t, minima, reach):  # type: ignore[no-untyped-def]
    """Of the lanes that are astray, give up those that are nowhere, and choose a goal for the others."""
    seldom()
    for j in range(n):
        f, x, y = W[F + j], W[X + j], W[Y + j]
        if (f - f != 0.0) | (x - x != 0.0) | (y - y != 0.0):
            give_up(W, j, t)
        elif astray(W, j, j):
            if j > 0 and not astray(W, j, j - 1):  # neighbours see much the same
                for row in range(GOAL, TAIL_X, B):
                    W[row + j] = W[row + j - 1]
            else:
                aim(W, j, minima, reach)


@inline
def aim(W, j, minima, reach):  # type: ignore[no-untyped-def]
    """Choose the goal of lane j: the nearest minimum, of several within reach the first declared.

    Until the point has moved by its distance to the next one, less the reach, it can be at no other.
    """
    goal, nearest, second = -1, np.inf, np.inf
    for k in range(minima.shape[0]):
        dx, dy = W[X + j] - minima[k, 0], W[Y + j] - minima[k, 1]
        square = dx * dx + dy * dy
        square = 0.0 if square <= reach * reach else square
        if square < nearest:
            goal, nearest, second = k, square, nearest
        elif square < second:
            second = square
    if goal >= 0:
        W[GOAL + j], W[GOAL_X + j], W[GOAL_Y + j] = goal, minima[goal, 0], minima[goal, 1]
    free = np.sqrt(second) - reach
    W[VIEW_X + j], W[VIEW_Y + j] = W[X + j], W[Y + j]
    W[VIEW + j] = free * free * (1.0 - 1e-9) if free > 0.0 else -1.0  # a little less, whatever is rounded


@inline
def settle(W, n, stop, reach, t):  # type: ignore[no-untyped-def]
    """After the update from point t: what a rule has stopped takes the step back, and so does, if `stop`, what is at a
    minimum and not just flying through it. From there on it rests.

    Returns whether all lanes rest.
    """
    all_rest = True
    for j in range(n):
        x, y, hold_x, hold_y = W[X + j], W[Y + j], W[HOLD_X + j], W[HOLD_Y + j]
        dx, dy = x - hold_x, y - hold_y
        short = dx * dx + dy * dy <= reach * reach
        rested = W[REST + j] != 0.0
        rest = rested | (stop & short & (W[NEAR + j] >= 0.0))
        W[STOPPED + j] = t if rest & ~rested else W[STOPPED + j]
        W[SPENT + j] = W[USED + j] if rest & ~rested else W[SPENT + j]
        W[REST + j] = 1.0 if rest else 0.0
        W[X + j] = hold_x if rest else x
        W[Y + j] = hold_y if rest else y
        all_rest &= rest
    return all_rest


@intrinsic
def unowned(context, array):  # type: ignore[no-untyped-def]
    """The same array without its owner, who must stay alive elsewhere.

    Numba counts the references to an owner wherever an array is handed on: at every step, that would take longer than
    to move one lane.
    """

    def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
        view = context.make_array(array)(context, builder, args[0])
        view.meminfo = cgutils.get_null_value(view.meminfo.type)
        return view._getvalue()

    return array(array), build


@inline
def repeat(W, n, past, most, still):  # type: ignore[no-untyped-def]
    """LOOP: the least number of steps, up to `most`, by which the last of the points kept at `past` repeats; 0 for none."""
    for j in range(n):
        W[LOOP + j] = 0.0
    for p in range(most, 0, -1):
        for j in range(n):
            dx, dy = W[past + p * B + j] - W[past + j], W[past + (LOOK_BACK + p) * B + j] - W[past + LOOK_BACK * B + j]
            W[LOOP + j] = p if dx * dx + dy * dy <= still * still else W[LOOP + j]


@inline
def note(pairs, numbers, W, a, b, c, first, n, step):  # type: ignore[no-untyped-def]
    """Rows a, b, c -> pairs[step, 0], pairs[step, 1] and numbers[step]."""
    to = np.uint64(step)  # unsigned: the compiler need not think of -1, the last
    for j in range(n):
        i = np.uint64(first + j)
        pairs[to, 0, i], pairs[to, 1, i] = W[a + j], W[b + j]
    if numbers.shape[1] == 1:  # the same for all lanes
        numbers[to, 0] = W[c]
    else:
        for j in range(n):
            numbers[to, np.uint64(first + j)] = W[c + j]


@outside
def tell(W, past, first, n, steps, minima, still, ends, points):  # type: ignore[no-untyped-def]
    """How every lane of a block has ended."""
    seldom()
    most = min(LOOPS, (steps + 1) // 2)
    repeat(W, n, past, most, still)
    for j in range(n):
        i, at = first + j, past + j
        dx, dy = W[X + j] - W[TAIL_X + j], W[Y + j] - W[TAIL_Y + j]
        moved = np.sqrt(dx * dx + dy * dy)
        loop = np.int64(W[LOOP + j])
        if loop > 1:
            loop = repeated(W, W, at, at + LOOK_BACK * B, B, most, still)
        around = circled(minima, *circle(W, W, at, at + LOOK_BACK * B, B, loop)) if loop > 1 else -1
        ends[0, i], ends[1, i], ends[2, i] = judge(
            steps, W[LOST + j], W[LEFT + j] - 2.0, W[NEAR + j], W[SINCE + j], W[STOPPED + j], loop, around, moved, still
        )
        ends[3, i] = np.int64(W[LEFT + j] != -1.0)
        ends[4, i], ends[5, i] = np.int64(W[STOPPED + j]), np.int64(W[RULE + j])
        ends[6, i] = np.int64(W[STOPPED + j] + W[SPENT + j]) if W[STOPPED + j] >= 0.0 else np.int64(steps + W[USED + j])
        if W[LOST_X + j] == W[LOST_X + j]:
            points[-1, 0, i], points[-1, 1, i] = W[LOST_X + j], W[LOST_Y + j]


def compiled() -> Any:
    """The run loop, compiled for the types of `ARGUMENTS` only: another kind of array would cost another second."""
    tag = fingerprint(fingerprint)

    @nb.njit(nb.void(ARGUMENTS), **OPTIONS | {"no_cfunc_wrapper": True})
    def run(arguments):  # type: ignore[no-untyped-def]
        """Run the lanes lo..hi and write what they did into the arrays x to ends.

        room: where this thread works: `Needed.room` numbers or more, of which the first begins a line of the cache.
        optimizer, schedule, disturb: kernel addresses (schedule 0: the factors are the whole schedule; disturb 0:
        there is no noise). settings: of the surface, as in `sight.py`. memory: what its kernel keeps in the workspace
        (nothing, unless it interprets a program). draws: (steps, lanes, 2), in one row, normals of the noise, filled
        here where it holds nan; empty: not to be kept. state: (slots,) values before the first update.
        hypers: (number, lanes or 1). powers: (number, steps) of them, filled here where it holds nan; (number, 0): not to be
        kept. factors: (lanes or 1, steps). sigma: (lanes or 1,). chance: (2, lanes or 1): `noise.sources`.
        bounds: (low x, high x, low y, high y), the map; a start outside widens it. minima: (number, 2).
        first_of, after: addresses of the kernels that modify the gradient before an update, and the point after it;
        around: (rows, lanes or 1) what the rows from AROUND on hold at first; (0, 1) where nothing is modified.
        rules, limits: addresses of the rules that end a run, and their bounds. paced_row: of the hyperparameter that
        changes with the schedule, and tempo (lanes or 1, steps) what it is; (1, 0): none does.
        ends: (7, lanes) what `outcome.verdict` says; whether it has ever been off the map; at which step a rule ended it, and
        its number (0: the distance to a minimum); how many evaluations it took. Of a lane that came to a point without a
        value, that point stands in the last column of x.
        record: 0 keeps the last column, 1 the path, 2 the state too. line: [0] not 0 to end all this, at any time;
        [1] receives how many lane-steps are done.
        """
        tag  # noqa: B018  (part of the cache key: an edited engine must be compiled again)
        (
            room, settings, memory, optimizer, disturb, draws, state, hypers, powers, lr_row, schedule, schedule_state, schedule_hypers,
            factors, steps, sigma, chance, bounds, minima, tolerance, still, stop, record,
            first_of, after, around, rules, limits, paced_row, tempo, start, lo, hi,
            x, loss, lr, gradient, states, ends, line,
        ) = arguments  # fmt: skip
        slots, n_hypers, n_seen = state.size, hypers.shape[0], schedule_hypers.shape[0]
        H = STATE + 2 * slots * B
        E = H + n_hypers * B
        n_powers, known = powers.shape
        Q = E + n_powers * B
        past = Q + (schedule_state.size + n_seen) * B
        own = past + 2 * LOOK_BACK * B
        P = address(room)
        aside = P + 8 * (own + memory.size)  # where a plane method looks around
        W, goals, points, losses, slopes, rates, words = (
            unowned(room), unowned(minima), unowned(x), unowned(loss), unowned(gradient), unowned(lr), unowned(ends)
        )  # fmt: skip
        scratch = nb.carray(pointer(aside), STATE + memory.size)
        for i in range(memory.size):  # (an assignment of a slice would cost two seconds of compilation)
            W[own + i] = scratch[STATE + i] = memory[i]
        for i in range(settings.size):
            scratch[SETTINGS + i] = settings[i]
        scratch[OWN] = STATE
        tail = steps - (steps // 10 if steps >= 10 else 1)  # the last tenth begins here
        remembered = min(tail, steps + 1 - LOOK_BACK)  # the first step whose point is
        T = float(steps)
        holding = stop or after.size > 0 or rules.size > 0

        for first in range(lo, hi, B):
            n = B if first + B <= hi else hi - first
            for row in range(0, past, B):
                for j in range(n):
                    W[row + j] = 0.0
            for i in range(settings.size):
                W[SETTINGS + i] = settings[i]
            W[OWN], W[SCRATCH] = own, aside
            W[REACH] = tolerance
            paced = np.nan
            for j in range(n):
                i = first + j
                W[X + j], W[Y + j] = start[i, 0], start[i, 1]
                W[LOW_X + j], W[HIGH_X + j] = wider(bounds[0], bounds[1], start[i, 0])
                W[LOW_Y + j], W[HIGH_Y + j] = wider(bounds[2], bounds[3], start[i, 1])
                W[LEFT + j] = W[NEAR + j] = W[SINCE + j] = W[GOAL + j] = W[VIEW + j] = W[LOST + j] = W[
                    STOPPED + j
                ] = -1.0
                W[LOST_X + j] = W[LOST_Y + j] = W[BEFORE + j] = W[HOLD_X + j] = W[HOLD_Y + j] = np.nan
                for k in range(around.shape[0]):
                    W[AROUND + k * B + j] = around[k, i if around.shape[1] > 1 else 0]
                column = i if hypers.shape[1] > 1 else 0
                W[BASE + j] = hypers[lr_row, column]
                W[SIGMA + j] = sigma[i if sigma.size > 1 else 0]
                one = i if chance.shape[1] > 1 else 0
                W[ORIGIN + j], W[STREAM + j] = chance[0, one], chance[1, one]
                for k in range(slots):
                    W[STATE + k * B + j] = W[STATE + (slots + k) * B + j] = state[k]
                for k in range(n_hypers):
                    W[H + k * B + j] = hypers[k, column]
                for k in range(schedule_state.size):
                    W[Q + k * B + j] = schedule_state[k]
                for k in range(n_seen):
                    W[Q + (schedule_state.size + k) * B + j] = schedule_hypers[k, i]

            t = event = 0  # event: when there is something to do besides
            while True:
                look(W, P, n, float(t))
                watch(W, n, float(t), goals, tolerance)
                if t >= event:
                    line[1] = (first - lo) * steps + t * n
                    if t == tail:
                        for j in range(n):
                            W[TAIL_X + j], W[TAIL_Y + j] = W[X + j], W[Y + j]
                    if steps - t < LOOK_BACK:
                        row = past + (steps - t) * B
                        for j in range(n):
                            W[row + j], W[row + LOOK_BACK * B + j] = W[X + j], W[Y + j]
                    event = min(t + OFTEN, remembered if t < remembered else max(t + 1, steps + 1 - LOOK_BACK))
                if record or t == steps:
                    note(points, losses, W, X, Y, F, first, n, t if record else 0)
                if record == 2:
                    for j in range(n):
                        for k in range(slots):
                            states[k, first + j, t, 0] = W[STATE + k * B + j]
                            states[k, first + j, t, 1] = W[STATE + (slots + k) * B + j]
                if t == steps:
                    for j in range(n):
                        mark(W, j, float(t), tolerance)
                    break

                if disturb:
                    kept = address(draws) + 16 * (t * points.shape[2] + first) if draws.size else 0
                    call(disturb, P, n, float(t), float(kept))
                if rules.size:
                    for k in range(rules.size):
                        call(rules[k], P, n, float(t), limits[k])
                    for j in range(n):
                        W[BEFORE + j] = W[F + j]
                for k in range(first_of.size):
                    call(first_of[k], P, n, float(t + 1), T)
                if factors.shape[0] > 1 or schedule:
                    for j in range(n):
                        W[K + j] = factors[first + j if factors.shape[0] > 1 else 0, t]
                    if schedule:
                        call(schedule, P, n, float(t), T)
                    for j in range(n):
                        W[H + lr_row * B + j] = W[BASE + j] * W[K + j]
                elif factors[0, t] != paced:
                    paced = factors[0, t]
                    for j in range(n):
                        W[H + lr_row * B + j] = W[BASE + j] * paced
                if tempo.shape[1]:
                    for j in range(n):
                        W[H + paced_row * B + j] = tempo[first + j if tempo.shape[0] > 1 else 0, t]
                if record or t == steps - 1:
                    note(slopes, rates, W, GX, GY, H + lr_row * B, first, n, t if record else 0)
                if holding:
                    for j in range(n):
                        W[HOLD_X + j], W[HOLD_Y + j] = W[X + j], W[Y + j]
                whole = 0.0
                for k in range(n_powers):
                    W[E + k * B] = powers[k, t] if known else np.nan
                    whole += W[E + k * B]
                if np.isnan(whole):  # none is known, or another thread is just writing them down
                    W[E] = np.nan
                call(optimizer, P, n, float(t + 1), T)
                if known:
                    for k in range(n_powers):
                        powers[k, t] = W[E + k * B]
                for k in range(after.size):
                    call(after[k], P, n, float(t + 1), T)
                if W[CONFINE] != 0.0:
                    call(np.int64(W[CONFINE]), P, n, 0.0, 0.0)
                if line[0]:  # nobody waits for the rest any more
                    return
                t += 1
                if (
                    (stop or rules.size)
                    and settle(W, n, stop, tolerance, t - 1.0)
                    and not record
                    and not schedule
                    and t < steps - LOOK_BACK
                ):
                    # Nothing moves any more: on to the last points, which are kept.
                    if t <= tail:
                        for j in range(n):
                            W[TAIL_X + j], W[TAIL_Y + j] = W[X + j], W[Y + j]
                    t = steps - LOOK_BACK

            tell(W, past, first, n, steps, goals, still, words, points)
            line[1] = (first - lo + n) * steps

    return run
