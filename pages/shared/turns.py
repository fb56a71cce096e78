"""Runs of the page take turns: those of a hundred visitors at once would all be slow, each waiting for Python's lock.

A run takes some milliseconds, nearly all of it with that lock held. Where a hundred threads want the lock, the one that sends
what they have made wants it too, and gets it once in a hundred times: for up to a second nobody was shown anything. So one runs
at a time, in the order in which they came. A run that takes longer (it waits for a map, a search, a compiler) mostly has let go
of the lock, and gives up its place to whoever comes next.

The threads are kept for the next run: whoever starts one waits until it has started, and until then nothing is received.
"""

from __future__ import annotations

import heapq
import itertools
import sys
import threading
import time
from collections.abc import Callable
from contextvars import Context

PLACES = 1  # runs at a time, beside what sends and receives: with two a move costs a tenth more, and nobody is shown it sooner
LONG = 0.1  # seconds after which a run has had its turn
KEPT = 4  # threads that wait for work

Work = Callable[[], object]


class Turns:
    """A door with a queue. places: how many may be inside. long: seconds after which whoever is inside counts no more."""

    def __init__(self, places: int = PLACES, long: float = LONG) -> None:
        self.places, self.long = places, long
        self._door = threading.Lock()
        self._queue: list[tuple[float, int, Work]] = []  # a heap: when whose turn it is
        self._numbers = itertools.count()
        self._inside: dict[int, float] = {}  # since when, by number
        self._idle: list[_Worker] = []
        self._watched = False

    def begin(self, work: Work, later: float = 0.0) -> None:
        """Do some work on another thread, when its turn has come. later: seconds by which those who come meanwhile go first."""
        with self._door:
            heapq.heappush(self._queue, (time.monotonic() + later, next(self._numbers), work))
            self._call()

    def _call(self) -> None:
        """Let in whoever comes next, as long as there is a place. To be called with the door held."""
        now = time.monotonic()
        for number in [number for number, since in self._inside.items() if now - since >= self.long]:
            del self._inside[number]
        while self._queue and len(self._inside) < self.places:
            _, number, work = heapq.heappop(self._queue)
            self._inside[number] = now
            worker = self._idle.pop() if self._idle else _Worker(self)
            worker.do(number, work)
        if self._queue and not self._watched:
            self._watched = True
            threading.Thread(target=self._watch, name="turns", daemon=True).start()

    def _watch(self) -> None:
        """As long as anybody waits, look whether somebody inside has taken too long."""
        while True:
            time.sleep(self.long / 2)
            with self._door:
                self._call()
                self._watched = bool(self._queue)
                if not self._watched:
                    return

    def done(self, number: int, worker: _Worker) -> bool:
        """The work with this number has come to its end. Whether its thread is kept."""
        with self._door:
            self._inside.pop(number, None)
            if kept := len(self._idle) < KEPT:
                self._idle.append(worker)
            self._call()
            return kept


class _Worker(threading.Thread):
    """A thread that does what it is given, one piece after the other, each in a context of its own."""

    def __init__(self, turns: Turns) -> None:
        super().__init__(name="run", daemon=True)
        self.turns = turns
        self.given = threading.Semaphore(0)
        self.work: tuple[int, Work] | None = None
        self.start()

    def do(self, number: int, work: Work) -> None:
        self.work = number, work
        self.given.release()

    def run(self) -> None:
        kept = True
        while kept:
            self.given.acquire()
            assert self.work is not None
            (number, work), self.work = self.work, None
            try:
                Context().run(work)
            except Exception:
                threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), self)))
            del work  # and all that it holds
            kept = self.turns.done(number, self)
