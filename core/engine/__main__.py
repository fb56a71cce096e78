"""`python -m core.engine`: compile what every plain run needs ahead."""

import os
import subprocess
import sys

from core.engine import store
from core.engine.kernels import PARTS, compile_all

HELP = """usage: python -m core.engine

Compiles what every plain run needs, so that no run waits for a compiler, and keeps it on disk: beside the source, in the
folder that NUMBA_CACHE_DIR names, or in a temporary one. It takes some seconds, and the next time there is nothing to do.
For the image of a container, say: run it once when the image is made."""


def fill() -> str:
    """Fill the store. The reason why that cannot be done, or nothing."""
    try:
        compile_all()
    except (OSError, subprocess.CalledProcessError) as fault:
        return str(fault)
    kept = [file.stat().st_size for file in store.files()]
    print(f"{len(kept)} files, {sum(kept) / 1e6:.0f} MB, in {store.folder()}")
    return ""


match sys.argv[1:]:
    case []:
        sys.exit(fill() or 0)
    case ["-h" | "--help"]:
        print(HELP)
    case [part, niceness] if part in PARTS and niceness.isdigit():
        if hasattr(os, "nice"):
            os.nice(int(niceness))
        for _ in PARTS[part]():
            pass
    case _:
        sys.exit(f"usage: python -m core.engine; got {' '.join(sys.argv[1:])}")
