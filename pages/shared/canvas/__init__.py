"""What the components of the house share: how arrays travel to the browser, and helpers for drawing there.

Python sends a JSON header and arrays in one message of raw bytes; an array is named by the hash of its content and
sent only while the browser does not hold it, so a slider sends one path and a new surface sends one grid. The
browser sends back what the visitor did.
"""

from __future__ import annotations

import functools
import hashlib
import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

PROJECT = "descent-lab"
FOLDER = Path(__file__).parent
SMALL = 32_000  # bytes up to which what has been deflated is kept


def pack(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> bytes:
    """Length of the header, the header as deflated JSON with the place of every array in it, the arrays.

    A place is [offset, length] of single floats, which travel as they are, or [offset, bytes, type] of other numbers,
    which are deflated. Offsets count in fours of bytes.
    """
    places: dict[str, list[Any]] = {}
    parts, at = [], 0
    for name, array in arrays.items():
        if array.dtype == np.float32:
            raw, places[name] = array.tobytes(), [at, array.size]
        else:
            raw = array.tobytes()
            raw = _deflated(raw) if len(raw) < SMALL else zlib.compress(raw, 1)
            places[name] = [at, len(raw), array.dtype.name]
        raw += bytes(-len(raw) % 4)
        parts.append(raw)
        at += len(raw) // 4
    text = json.dumps({**header, "arrays": places}, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    head = zlib.compress(text.encode(), 1)
    pad = bytes(-len(head) % 4)  # float32 arrays must begin at a multiple of four
    return struct.pack("<I", len(head)) + head + pad + b"".join(parts)


@functools.lru_cache(maxsize=64)
def _deflated(raw: bytes) -> bytes:
    """Words and lists: they are the same for every visitor of a page."""
    return zlib.compress(raw, 1)


def content(*columns: np.ndarray) -> tuple[str, np.ndarray]:
    """Columns end to end as float32, named by their content. What a float32 cannot hold is nan: off the page."""
    with np.errstate(all="ignore"):
        flat = np.concatenate([np.ravel(column) for column in columns]).astype(np.float32)
    flat[~np.isfinite(flat)] = np.nan
    return named(flat), flat


def named(array: np.ndarray) -> str:
    """The name of an array: that of its content."""
    return hashlib.blake2b(array.tobytes(), digest_size=8).hexdigest()


class Arrays(dict[str, np.ndarray]):
    """What a message carries beside its header, by name. spare: what it carries only if the browser asks, and how it is made."""

    def __init__(self) -> None:
        self.spare: dict[str, Callable[[], np.ndarray]] = {}

    def keep(self, *columns: np.ndarray) -> str:
        """Take columns along, end to end; the name that they are sent by."""
        return self.take(*content(*columns))

    def take(self, name: str, flat: np.ndarray) -> str:
        """Take along what has been named already."""
        self[name] = flat
        return name

    def text(self, data: dict[str, Any]) -> str:
        """Take along plain data that seldom changes, so that it need not travel with every header."""
        flat = np.frombuffer(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), np.uint8)
        return self.take(named(flat), flat)

    def offer(self, name: str, make: Callable[[], np.ndarray]) -> str:
        """Be ready to take along what the browser can make by itself, and mostly does."""
        self.spare[name] = make
        return name


@dataclass(frozen=True)
class Component:
    """A Streamlit v2 component: `<name>.html` in its folder, `<name>.js` and `<name>.css` in the `assets` there.

    more: what else the server has to hand out for it, as (name, folder, folder within).
    """

    name: str
    folder: Path
    more: tuple[tuple[str, Path, str], ...] = ()

    def draw(
        self,
        header: dict[str, Any],
        arrays: Arrays,
        on_act: Callable[[dict], None],
        again: bool = False,
    ) -> None:
        """Draw it. `header` names arrays by the keys of `arrays`; `on_act` receives what the visitor did.

        again: the page will be drawn anew at once, and Streamlit drops what has not left the server by then.
        """
        state, ack, kept, wanted, helpless = (
            st.session_state,
            *(f"{self.name}.{word}" for word in ("ack", "held", "wanted", "helpless")),
        )

        def acted() -> None:
            act = state[self.name].get("act")
            if isinstance(act, dict):
                state[ack] = act.get("id")
                need = act.get("need")
                state[wanted] = {str(name) for name in need} if isinstance(need, list) else set()
                state[helpless] = act.get("helpless") is True or state.get(helpless, False)
                if act.keys() - {
                    "need",
                    "helpless",
                    "id",
                }:  # else the browser asks for what it lacks, in mid-drag perhaps
                    on_act(act)

        asked: set[str] = state.pop(wanted, set())
        held: set[str] = state.setdefault(kept, set()) - asked
        offered = {name: make for name, make in arrays.spare.items() if name in asked or state.get(helpless)}
        new = {name: array for name, array in arrays.items() if name not in held}
        new |= {name: make() for name, make in offered.items() if name not in held}
        state[kept] = held & (arrays.keys() | arrays.spare.keys()) if again else arrays.keys() | offered.keys()
        if again:
            state[wanted] = asked
        component = served(self.name, self.folder, self.more)
        component(key=self.name, data=pack({**header, "ack": state.get(ack)}, new), on_act_change=acted)


def served(name: str, folder: Path, more: tuple[tuple[str, Path, str], ...] = ()) -> Callable[..., Any]:
    """A Streamlit v2 component whose files the server hands out once, instead of sending them with every rerun.

    They are those that `Component` speaks of, the style sheet only where there is one. Its script may import from the
    `assets` here, as `../descent-lab.canvas/<file>`.
    """
    return _served(name, folder, more, get_bidi_component_manager())


@functools.lru_cache(maxsize=32)
def _served(name: str, folder: Path, more: tuple[tuple[str, Path, str], ...], manager: object) -> Callable[..., Any]:
    for part, root, within in ((name, folder, "assets"), ("canvas", FOLDER, "assets"), *more):
        serve(part, root, within)
    style = {"css": f"{name}.css"} if (folder / "assets" / f"{name}.css").exists() else {}
    html = folder / f"{name}.html"
    return declared(f"{PROJECT}.{name}", html=html, js=f"{name}.js", isolate_styles=False, **style)


def serve(name: str, root: Path, within: str) -> None:
    """Let the server hand out the files of a folder, as _stcore/bidi-components/<project>.<name>/<file>."""
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(f"{PROJECT}.{name}") is None:
        # As the server does for components of installed packages.
        manager.register_from_manifest(ComponentManifest(PROJECT, "1", [ComponentConfig(name, within)]), root)


def declared(name: str, **made_of: Any) -> Callable[..., Any]:
    """A Streamlit v2 component on the running server, which is told of it once. Of a Path it gets what stands there.

    Its data are bytes, a list, or a dict of numbers and texts: in anything else Streamlit looks for a table, for which it
    imports pandas and pyarrow, a second and seventy megabytes.
    """
    return _declared(name, tuple(made_of.items()), get_bidi_component_manager())


@functools.lru_cache(maxsize=32)
def _declared(name: str, made_of: tuple[tuple[str, Any], ...], manager: object) -> Callable[..., Any]:
    read = {key: what.read_text("utf-8") if isinstance(what, Path) else what for key, what in made_of}
    return st.components.v2.component(name, **read)
