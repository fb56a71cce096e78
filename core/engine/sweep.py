"""Many lanes in parts: on the threads of this machine or on any executor, with progress, and stopped at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from core.engine.blocks import B

Progress = Callable[[float], object]

NEAR = 2**20  # lane-steps in a part that a thread takes: some milliseconds, so that a sweep stops soon
FAR = 2**23  # in one that travels to another process or machine
LONG = 2**22  # so many take some twenty milliseconds: whoever wants to stop a longer one must not wait in it
BRIEF = 2**16  # so many are not long, whatever an update costs
SHARED = 2**17  # lane-steps that are worth waking a second thread for: half a millisecond
MOST = 4096  # lanes in a part that a thread takes: their rows still lie in the processor's cache
PAUSE = 0.04  # seconds to wait between two calls of `progress`: with all that is around it, a twentieth of a second
NEARLY = 1 - 2.0**-20  # is done as long as the last part has not been handed in
WINDOW = 64  # parts handed out at a time to others: a sweep of any size needs no more memory than its result
AHEAD = 2  # parts handed out at a time for each thread here: whoever sweeps meanwhile waits for no more of them


@cache
def threads() -> ThreadPoolExecutor:
    """One pool for the process: kernels leave Python's lock, so plain threads use every core."""
    return ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="descend")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=threads.cache_clear)  # a forked process inherits the pool without its threads


def part(steps: int, far: bool) -> int:
    """How many lanes make a part: whole blocks."""
    whole = (FAR if far else NEAR) // (steps * B) * B
    return max(B, whole if far else min(whole, MOST))


@lru_cache(maxsize=256)
def share(steps: int, lanes: int) -> int:
    """How many of so many lanes a thread takes, so that all threads have work: a part, or half or a quarter of a block,
    and so always lanes that share what a block does."""
    most = part(steps, far=False)
    if lanes * steps < SHARED:
        return most
    each = -(-lanes // (os.cpu_count() or 1))
    return min(most, next((few for few in (B // 4, B // 2) if each <= few), -(-each // B) * B))


def spread(
    submit: Callable[[int, int], Future[Any]],
    lanes: int,
    size: int,
    progress: Progress | None,
    halt: Callable[[], object] = bool,
    share: Callable[[], float] | None = None,
    window: int = AHEAD * (os.cpu_count() or 1),
) -> Iterator[tuple[int, Any]]:
    """(first lane, result) of every part, as they are done. What `progress` raises ends the sweep and goes on up.

    It is called every so often whether a part is done or not. halt: makes parts that have begun end soon. share: tells how
    much is done, of the parts that are not finished too; without it whole parts count. window: parts handed out at a time.
    """
    spans = ((lo, min(lo + size, lanes)) for lo in range(0, lanes, size))
    running: dict[Future[Any], tuple[int, int]] = {submit(*span): span for span in islice(spans, window)}
    done = 0

    def reached() -> float:
        return done / lanes if share is None or done == lanes else min(share(), NEARLY)

    try:
        while running:
            finished, _ = wait(
                running, PAUSE, return_when=FIRST_COMPLETED
            )  # (where it waits for ever, Ctrl-C may, too)
            for future in finished:
                lo, hi = running.pop(future)
                yield lo, future.result()
                done += hi - lo
                for span in islice(spans, 1):
                    running[submit(*span)] = span
                if progress is not None:
                    progress(reached())
            if progress is not None and not finished:
                progress(reached())
    finally:
        halt()
        for future in running:
            future.cancel()
