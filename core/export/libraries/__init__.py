"""Every library that a run can be written for, one file each."""

from collections.abc import Mapping

from core.export.library import Library, libraries

RECORDS: Mapping[str, Library] = libraries(__name__)
