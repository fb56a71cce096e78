"""The store of compiled kernels on disk: where it is, for one process at a time, and nothing damaged in it."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import numba as nb

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

HOME = Path(__file__).parent
HOMES = (HOME.name, "nets")  # folders whose formulas are compiled
_sound: dict[str, bool] = {}


def _choose() -> str:
    """Where compiled kernels are kept: beside the source, else in a temporary folder, else nowhere ("").

    Numba raises at the first cached function where it finds no folder to write to, so this is settled first.
    What lies there is run, so a folder that somebody else may write to is not taken.
    """
    user = os.getuid() if hasattr(os, "getuid") else 0
    folders = [HOME / "__pycache__"]
    with suppress(OSError):  # where no folder can be written to, there is no temporary one either
        folders.append(Path(tempfile.gettempdir()) / f"descent-lab-{user}")
    for folder in folders:
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.stat()
            if folder.parent != HOME and hasattr(os, "getuid") and (found.st_uid != user or found.st_mode & 0o022):
                continue
            with tempfile.TemporaryFile(dir=folder):
                return str(folder)
        except OSError:
            continue
    return ""


os.environ.setdefault("NUMBA_CACHE_DIR", _choose())
# Numba has read its settings when it was first imported, perhaps before this.
nb.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]  # type: ignore[attr-defined]


def folder() -> Path | None:
    """The store; None where there is no place for one."""
    return Path(os.environ["NUMBA_CACHE_DIR"]) if os.environ["NUMBA_CACHE_DIR"] else None


def writable() -> Path:
    """The store, where something can be kept in it. Raises OSError where nothing can."""
    store = folder()
    if store is None:
        raise OSError(
            f"There is no place to keep kernels: NUMBA_CACHE_DIR is empty, or neither {HOME / '__pycache__'} nor a "
            "temporary folder can be written to. Let it name a folder that can."
        )
    try:
        store.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=store):
            return store
    except OSError as fault:
        raise OSError(
            f"There is no place to keep kernels: {store}, as NUMBA_CACHE_DIR says, is none ({fault})."
        ) from None


@contextmanager
def opened(kind: str) -> Iterator[bool]:
    """The store of the kernels of a kind, for this process alone; whether what is in it can be trusted.

    Numba's index lists all of a kind: two processes that add to it at once may exchange their kernels. And the one that
    has waited finds what the other has compiled. Machine code with one wrong bit may end the process or, worse, give
    other numbers, so sums are kept, and what does not fit its sum is deleted before Numba sees it. (Sums against
    accidents: who may write here may write sums as well.)
    """
    store = folder()
    if store is None:
        yield True
        return
    with ExitStack() as stack:
        with suppress(OSError):
            store.mkdir(parents=True, exist_ok=True)
        if fcntl is not None:
            with suppress(OSError):  # a folder that cannot be written to is none to Numba, and nothing will be read
                held = stack.enter_context((store / f"{kind}.lock").open("w"))
                fcntl.flock(held, fcntl.LOCK_EX)
        sums = _sums(store, kind)
        if kind not in _sound:
            wrong = [file for file in _files(store, kind) if sums.get(_name(file)) != _sum(file)]
            for file in wrong:
                _delete(file)
            _sound[kind] = not any(file.exists() for file in wrong)
        before = _stamps(store, kind)
        yield _sound[kind]
        after = _stamps(store, kind)
        if after != before:
            kept = {name: sums[name] for name in sums if name in after}
            new = {
                _name(file): _sum(file) for file in _files(store, kind) if after[_name(file)] != before.get(_name(file))
            }
            _write(store, kind, kept | new)


def files(kind: str = "*") -> list[Path]:
    """All that this package has in the store, of a kind."""
    store = folder()
    return _files(store, kind) if store else []


def empty(kind: str) -> None:
    """Delete all kernels of a kind."""
    for file in files(kind):
        _delete(file)


def _files(store: Path, kind: str) -> list[Path]:
    """Indexes and kernels; Numba names a subfolder after that of the source."""
    return [file for home in HOMES for file in store.glob(f"{home}_*/{kind}.locals.*.nb[ci]")]


def _name(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def _sum(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def _stamps(store: Path, kind: str) -> dict[str, tuple[int, int]]:
    """When each file was written, and its size."""
    found = {}
    for file in _files(store, kind):
        with suppress(OSError):
            state = file.stat()
            found[_name(file)] = state.st_mtime_ns, state.st_size
    return found


def _sums(store: Path, kind: str) -> dict[str, str]:
    try:
        sums = json.loads((store / f"{kind}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return sums if isinstance(sums, dict) else {}


def _write(store: Path, kind: str, sums: dict[str, str]) -> None:
    """Write sums down; where that fails, the files will be compiled again one day."""
    new = store / f"{kind}.{os.getpid()}"
    with suppress(OSError):
        new.write_text(json.dumps(sums), "utf-8")
        new.replace(store / f"{kind}.json")


def _delete(file: Path) -> None:
    with suppress(OSError):
        file.unlink()
