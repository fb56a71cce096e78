"""Start-up of the process, once: import and compile what every visitor needs, then freeze it."""

from __future__ import annotations

import contextlib
import gc
import subprocess
import threading
import time

import streamlit as st

from core.engine.kernels import PARTS, compile_all
from core.presets import PRESETS

PAUSE = 0.05  # seconds between two kernels that are loaded in the background, so that visitors get their turn


@st.cache_resource(show_spinner=False)
def boot() -> bool:
    """Compile the first picture's kernels, keep the start-up heap out of later collections, compile the rest behind.

    Streamlit collects garbage after every run; over the objects of pandas, plotly and numba that costs
    some 100 ms each time with Python's lock held. The configuration turns it off and freezing makes it free.
    """
    first = next(iter(PRESETS.values())).scene
    for runner in first.runners:
        first.run(runner)
    gc.collect()
    gc.freeze()
    threading.Thread(target=_compile_rest, name="compile", daemon=True).start()
    return True


def _compile_rest() -> None:
    """Every kernel once: the first visitor who picks a surface should not wait for its compiler.

    Other processes compile, since the compiler holds Python's lock, and visitors would wait for it; this one then
    finds the kernels on disk, or compiles them itself where that has not worked.
    """
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        compile_all(niceness=10)
    for part in PARTS.values():
        for _ in part():
            time.sleep(PAUSE)
