"""Python in a process of its own, beside a copy of core that a test may change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

# An optimizer that nobody has, as a file of its own.
HALF_STEP = '''"""Half a step of gradient descent."""

from core.spec import Optimizer, Paper, Text, rate


def update(x, g, t, lr):
    return (x - 0.5 * lr * g,)


OPTIMIZER = Optimizer(
    update,
    name="Half step",
    family="gradient",
    hypers=(rate(0.01),),
    latex="x",
    paper=Paper("nobody", "nothing", 2000, "https://example.org"),
    about=Text("Half a step.", "반걸음."),
)
'''


def copied(folder: Path) -> Path:
    """The folder, with a copy of core in it."""
    shutil.copytree(ROOT / "core", folder / "core", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def environment(folder: Path = ROOT, **more: str) -> dict[str, str]:
    """For a process that takes core from a folder. What is set for Numba here does not reach it."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA")}
    return own | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"} | more


def python(*arguments: str, folder: Path = ROOT, timeout: float = 120, **more: str) -> subprocess.CompletedProcess[str]:
    """What became of `python <arguments>`, begun in that folder; more: for its environment."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=timeout,
    )
