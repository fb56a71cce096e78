"""Every library that a training of a network can be written for, one file each."""

from collections.abc import Mapping

from core.export.library import Library, libraries

RECORDS: Mapping[str, Library] = libraries(__name__)
