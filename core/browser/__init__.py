"""The engine in the browser: the very formulas of the records, as JavaScript, in a run loop that mirrors `core.engine`.

So a picture can follow a finger: what is held and moved is computed where it is drawn, and `core.descend` remains the
authority for what is kept. The numbers are those of `descend` to about the last digit (a browser's own exponential may
round otherwise), and a test in a browser says so.

    files()                   the modules: name -> text; the one to import is `descend.js`, whose head says how it is called
    publish(folder)           writes them into a folder named by their content, and gives its name
    scene_header(scene), runner_header(scene, runner)
                              what `descend({...scene, ...runner})` takes, as plain data
    formulas()                the module made from the records, and why one of them could not be said, if one could not

An optimizer, a schedule or a surface is in `formulas.js` because its file exists. A typed function travels as a program of
data for the interpreter in `program.js`; nothing that a visitor typed ever becomes code.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from core.browser.formulas import Formulas, formulas
from core.browser.header import runner_header, scene_header
from core.browser.javascript import Unsayable

__all__ = ["Formulas", "Unsayable", "files", "formulas", "publish", "runner_header", "scene_header", "version"]

ASSETS = Path(__file__).parent / "assets"
# By a browser: comments of whole lines, and indents.
UNREAD = re.compile(r"^[ \t]*(?://.*|/\*\*(?:.|\n)*?\*/)[ \t]*\n|^[ \t]+", re.M)


@cache
def files() -> Mapping[str, str]:
    """The modules of the engine in the browser: file name -> text. They import each other by these names."""
    written = {file.name: file.read_text("utf-8") for file in sorted(ASSETS.glob("*.js"))}
    written["formulas.js"] = formulas().text
    return MappingProxyType({name: UNREAD.sub("", text) for name, text in written.items()})


@cache
def version() -> str:
    """A name of what `files` holds, by its content: a browser that knows it need not ask again."""
    told = "\0".join(part for pair in sorted(files().items()) for part in pair)
    return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()


def publish(folder: Path) -> str:
    """Write the modules into `folder/<version>`, unless they are there, and return the version.

    Whoever looks into the folder, in this process or another, sees all of them or none.
    """
    home = folder / version()
    if not home.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=folder))
        for name, text in files().items():
            (fresh / name).write_text(text, "utf-8")
        fresh.chmod(0o755)
        try:
            os.rename(fresh, home)
        except OSError:  # another process was faster
            shutil.rmtree(fresh)
            if not home.is_dir():
                raise
    return version()
