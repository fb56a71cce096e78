"""A message to a picture in the browser, as `wire.js` there reads it."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

import numpy as np


def unpack(message: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header of a message, and its arrays by name."""
    (length,) = struct.unpack_from("<I", message)

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    header = json.loads(zlib.decompress(message[4 : 4 + length]), parse_constant=refuse)
    body, arrays, used = message[4 + length + -length % 4 :], {}, 0
    for name, (at, size, *kind) in header["arrays"].items():
        raw = body[4 * at : 4 * at + (size if kind else 4 * size)]
        arrays[name] = np.frombuffer(zlib.decompress(raw), kind[0]) if kind else np.frombuffer(raw, "<f4")
        used += len(raw) + -len(raw) % 4
    assert used == len(body), "every byte belongs to an array"
    return header, arrays
