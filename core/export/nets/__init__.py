"""Every library that a training of a network can be written for, one file each."""

from collections.abc import Mapping
from types import MappingProxyType

from core.discover import discover
from core.export.library import Library

RECORDS: Mapping[str, Library] = MappingProxyType(
    dict(sorted(discover(__name__, "LIBRARY").items(), key=lambda item: (item[1].order, item[0])))
)
