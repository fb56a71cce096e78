"""Words of the interface, one table a language: a file here is a language in the app."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

TABLES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        path.stem: MappingProxyType(tomllib.loads(path.read_text("utf-8")))
        for path in sorted(Path(__file__).parent.glob("*.toml"))
    }
)
LANGUAGES: Mapping[str, str] = MappingProxyType({key: table["language_name"] for key, table in TABLES.items()})
