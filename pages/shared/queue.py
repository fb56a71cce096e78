"""Long work for visitors: at most as much at once as there are cores, everybody else in a line, and what is made is for all.

A visitor has one place in the line: whoever asks for something else gives up what they asked for before. Work that nobody
looks at any more ends by itself. Two visitors who ask for the same thing wait for one piece of work.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.words import t

T = TypeVar("T")
PAUSE = 0.05  # seconds between two signs of a visitor
PATIENCE = 3.0  # seconds without a sign of a visitor after which they are gone
Progress = Callable[[float], object]


class Left(Exception):
    """Nobody waits for it any more."""


@dataclass(eq=False)
class Task(Generic[T]):
    """A piece of work. share: how much is done. stopped: whether a visitor wants what there is by now."""

    key: Hashable
    make: Callable[[Task[T]], T]
    seen: dict[str, float] = field(default_factory=dict)
    share: float = 0.0
    running: bool = False
    stopped: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    result: T | None = None
    fault: Exception | None = None

    @property
    def wanted(self) -> bool:
        """Whether somebody still waits."""
        now = time.monotonic()
        return any(now - seen < PATIENCE for seen in list(self.seen.values()))

    def told(self, share: float) -> None:
        """The work says how far it is. Raises Left where nobody waits any more."""
        self.share = share
        if not self.wanted:
            raise Left


class Queue:
    """The line. size: of what has been made, the least recently asked for is dropped beyond so many bytes."""

    def __init__(self, size: int, at_once: int | None = None) -> None:
        self.size, self.at_once = size, at_once or os.cpu_count() or 1
        self.waiting: list[Task[Any]] = []
        self.running: list[Task[Any]] = []
        self.made: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self.lock = threading.RLock()

    def kept(self, key: Hashable) -> Any:
        """What has been made under a key, if it is still there."""
        with self.lock:
            if key in self.made:
                self.made.move_to_end(key)
                return self.made[key][0]
        return None

    def keep(self, key: Hashable, result: Any, size: int) -> None:
        """Keep what was made, for everybody."""
        with self.lock:
            self.made[key] = result, size
            self.made.move_to_end(key)
            while len(self.made) > 1 and sum(size for _, size in self.made.values()) > self.size:
                self.made.popitem(last=False)

    def ask(self, key: Hashable, make: Callable[[Task[Any]], Any], visitor: str) -> Task[Any]:
        """Wait for something, and for nothing else any more. To be called again and again: it is a sign of the visitor."""
        with self.lock:
            task = next((task for task in (*self.running, *self.waiting) if task.key == key), None)
            for other in (*self.running, *self.waiting):
                if other is not task:
                    other.seen.pop(visitor, None)
            if task is None:
                task = Task(key, make)
                self.waiting.append(task)
            task.seen[visitor] = time.monotonic()
            self._begin()
            return task

    def leave(self, visitor: str) -> None:
        """The visitor waits for nothing any more."""
        with self.lock:
            for task in (*self.running, *self.waiting):
                task.seen.pop(visitor, None)

    def ahead(self, task: Task[Any]) -> int:
        """How many tasks come before this one; 0 if it is being worked on."""
        with self.lock:
            self._begin()
            return self.waiting.index(task) + 1 if task in self.waiting else 0

    def _begin(self) -> None:
        """Begin what comes next, as far as there is room. What nobody waits for leaves the line."""
        self.waiting = [task for task in self.waiting if task.wanted]
        while self.waiting and len(self.running) < self.at_once:
            task = self.waiting.pop(0)
            task.running = True
            self.running.append(task)
            threading.Thread(target=self._work, args=(task,), name="queue", daemon=True).start()

    def _work(self, task: Task[Any]) -> None:
        try:
            task.result = task.make(task)
        except Exception as fault:  # told to whoever waits
            task.fault = fault
        with self.lock:
            self.running.remove(task)
            self._begin()
        task.done.set()


LINE = Queue(size=64_000_000)  # of the process: of whatever takes long, no more than this is done at once


def waited(key: Hashable, make: Callable[[Task[Any]], Any]) -> Iterator[Task[Any]]:
    """Wait in the line for the visitor whose run this is, with a moment to tell them about it every twentieth of a second.

    Whatever ends the run meanwhile gives up the place. Raises what the work raises.
    """
    run = get_script_run_ctx()
    visitor = run.session_id if run else ""
    while True:
        task = LINE.ask(key, make, visitor)
        if task.done.wait(PAUSE):
            break
        yield task
    yield task
    if task.fault:
        raise task.fault


def watched(
    bar: Any, key: Hashable, make: Callable[[Task[Any]], Any], words: Callable[[int], str]
) -> Iterator[Task[Any]]:
    """Wait as `waited` does, with the share that is done on a bar, or the place in the line. words: for so many percent."""
    for task in waited(key, make):
        ahead = LINE.ahead(task)
        said = t("queue_ahead", count=ahead) if ahead else words(round(100 * task.share))
        bar.progress(min(task.share, 1.0), said)
        yield task
