"""`python -m core.engine`: compile what every plain run needs ahead."""

import os
import sys

from core.engine.kernels import PARTS, compile_all

match sys.argv[1:]:
    case []:
        compile_all()
    case [part, niceness] if part in PARTS and niceness.isdigit():
        if hasattr(os, "nice"):
            os.nice(int(niceness))
        for _ in PARTS[part]():
            pass
    case _:
        sys.exit(f"usage: python -m core.engine; got {' '.join(sys.argv[1:])}")
