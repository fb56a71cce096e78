"""Start-up of the process, once: import and compile what every visitor needs, then freeze it."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import subprocess
import sys
import threading
import time

import streamlit as st

from core.engine.kernels import PARTS, compile_all
from core.presets import PRESETS

COLLECT = (5000, 20, 100)  # objects, and rounds: a full collection walks every session with Python's lock held
HEAPS, LARGE = 2, 1 << 20  # heaps for all threads, and the bytes from which memory goes back to the system at once
PAUSE = 0.05  # seconds between two kernels that are loaded in the background, so that visitors get their turn


@st.cache_resource(show_spinner=False)
def boot() -> bool:
    """Compile the first picture's kernels, keep the start-up heap out of later collections, compile the rest behind.

    Streamlit collects garbage after every run; over the objects of Streamlit and numba that costs
    some 100 ms each time with Python's lock held. The configuration turns it off and freezing makes it free.
    """
    _frugal()
    first = next(iter(PRESETS.values())).scene
    for runner in first.runners:
        first.run(runner)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)
    threading.Thread(target=_compile_rest, name="compile", daemon=True).start()
    return True


def _compile_rest() -> None:
    """Every kernel once: the first visitor who picks a surface should not wait for its compiler.

    Other processes compile, since the compiler holds Python's lock, and visitors would wait for it; this one then
    finds the kernels on disk, or compiles them itself where that has not worked.
    """
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        *early, late = PARTS
        compile_all(niceness=10, parts=early)
        compile_all(niceness=10, parts=[late])
    for part in PARTS.values():
        for _ in part():
            time.sleep(PAUSE)


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
