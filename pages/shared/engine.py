"""The engine in the browser, as files that the server hands out once."""

from __future__ import annotations

import functools
import logging
import os
import tempfile
from pathlib import Path

from core.browser import publish
from pages.shared.canvas import PROJECT, serve


def engine() -> str | None:
    """The address of the folder with the engine's modules, which is named by what is in it; None without a folder."""
    version = _published()
    if version is None:
        return None
    name = f"engine-{version}"
    serve(name, _folder(), version)
    return f"_stcore/bidi-components/{PROJECT}.{name}/"


def is_there() -> bool:
    """Whether the browser can have it."""
    return _published() is not None


@functools.cache
def _published() -> str | None:
    try:
        return publish(_folder())
    except OSError as fault:  # nowhere to write: the server goes on drawing every path
        logging.getLogger(__name__).warning("no folder for the engine in the browser: %s", fault)
        return None


@functools.cache
def _folder() -> Path:
    """A folder of this user's own: nobody else may put scripts into it."""
    folder = Path(tempfile.gettempdir()) / f"descent-lab-{os.getuid() if hasattr(os, 'getuid') else 'web'}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    own = folder.stat()
    if hasattr(os, "getuid") and (own.st_uid != os.getuid() or own.st_mode & 0o022):
        return Path(tempfile.mkdtemp(prefix="descent-lab-"))
    return folder
