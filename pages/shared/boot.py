"""Start-up of the process, once: what every visitor needs is loaded and frozen, what is not compiled yet is compiled behind.

Nobody waits for a compiler. While there is none of the kernels yet, the first pictures are made by the engine in the browser
alone, and the server's word on them comes later.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator

import streamlit as st
from streamlit.runtime import exists, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.engine.compiler import Uncompiled, ready_made
from core.engine.kernels import PARTS, compile_all
from core.presets import PRESETS
from pages.shared import thrift

COLLECT = (5000, 20, 100)  # objects, and rounds: a full collection walks every session with Python's lock held
HEAPS, LARGE = 2, 1 << 20  # heaps for all threads, and the bytes from which memory goes back to the system at once
SETTLED = (
    3.0  # seconds in which whoever came first or has been waiting gets their picture, before the next work behind it
)
TIDY = 30.0  # seconds between two looks at who has left
LEFT = 20  # so many who have left are worth a full collection
FORGOTTEN = 180.0  # seconds after which Streamlit has dropped for sure who has left
PAUSE = 0.05  # seconds between two kernels that are loaded in the background, so that visitors get their turn
ROUNDS = (("loop", "rules"), ("places", "typed"), ("nets",))  # what is compiled together, what is needed first before
_cold = threading.Event()
_here: set[str] = set()  # the sessions that were there when it was last looked
_left: list[float] = []  # when others were found to have left who may not have been collected


@st.cache_resource(show_spinner=False)
def boot() -> bool:
    """Load the first picture's kernels, keep the start-up heap out of later collections, and see to all other kernels.

    Streamlit collects garbage after every run; over the objects of Streamlit and numba that costs
    some 100 ms each time with Python's lock held. The configuration turns it off and freezing makes it free.
    """
    _frugal()
    thrift.save()
    if not _loaded(_first_picture()):
        _cold.set()
    _freeze()
    gc.set_threshold(*COLLECT)
    threading.Thread(target=_prepare, name="compile", daemon=True).start()
    threading.Thread(target=_tidy, name="tidy", daemon=True).start()
    return True


def is_cold() -> bool:
    """Whether the first kernels have yet to be compiled: who asks for a run would wait for seconds."""
    return _cold.is_set()


def wait_until_warm() -> None:
    """Wait for the first kernels. Whatever the visitor does meanwhile breaks off the run of the page, as it does elsewhere."""
    while _cold.is_set():
        time.sleep(PAUSE)
        "lang" in st.session_state  # noqa: B015  (here Streamlit looks whether this run has been overtaken)


def _freeze() -> None:
    gc.collect()
    gc.freeze()


def visited() -> None:
    """To be called whenever somebody is shown a page."""
    if run := get_script_run_ctx():
        _here.add(run.session_id)


def _tidy() -> None:
    """Collect the sessions of those who have left, and their last pictures: they refer to themselves.

    By its thresholds Python would wait for ten thousand of them. As long as all are there who were, there is little to
    find, and to look for it holds up a class of 250 for half a second.
    """
    while True:
        time.sleep(TIDY)
        now = time.monotonic()
        if _many_left(now) and any(gc.get_count()[1:]):
            gc.collect()
            _left[:] = [when for when in _left if now - when < FORGOTTEN]


def _many_left(now: float) -> bool:
    """Whether many have left who may not have been collected, or all."""
    gone = {session for session in [*_here] if exists() and not get_instance().is_active_session(session)}
    _here.difference_update(gone)
    _left.extend([now] * len(gone))
    return len(_left) >= LEFT or bool(_left and not _here)


def _prepare() -> None:
    """Every kernel once: the first visitor who picks a surface should not wait for its compiler.

    Other processes compile, since the compiler holds Python's lock, and visitors would wait for it; this one then
    finds the kernels on disk, or compiles them itself where that has not worked.
    """
    try:
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            for parts in ROUNDS:
                if not is_cold():
                    time.sleep(SETTLED)
                if missing := [part for part in parts if not _loaded(PARTS[part](), PAUSE)]:
                    compile_all(niceness=10, parts=missing)
                _warm()
        _warm()
    finally:
        _cold.clear()  # whatever has gone wrong, nobody waits for ever
    for part in PARTS.values():
        _load(part(), PAUSE)


def _warm() -> None:
    """The first round is over: whoever has been waiting for the server's word shall have it."""
    if is_cold():
        _load(_first_picture())
        _freeze()
        _cold.clear()


def _first_picture() -> Iterator[object]:
    """What whoever comes without a scene sees."""
    scene = next(iter(PRESETS.values())).scene
    for runner in scene.runners:
        yield scene.run(runner)


def _load(kernels: Iterable[object], pause: float = 0.0) -> None:
    """Load kernels one by one, compiled here where they are not yet."""
    for _ in kernels:
        time.sleep(pause)


def _loaded(kernels: Iterable[object], pause: float = 0.0) -> bool:
    """Load kernels as far as they are compiled; whether all of them are."""
    try:
        with ready_made():
            _load(kernels, pause)
    except Uncompiled:
        return False
    return True


def _frugal() -> None:
    """Give memory back, and take as many visitors as the system allows.

    Every thread of the C library has a heap of its own, and what a sweep leaves free there stays with the process. A
    visit holds three files, of which many systems allow 1,024 unless they are asked for more.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            library = ctypes.CDLL(None)
            for option, value in (
                (-8, HEAPS),
                (-3, LARGE),
                (-1, LARGE),
            ):  # M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD
                library.mallopt(option, value)
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
