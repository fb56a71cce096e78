"""A run, taken away: tables and programs."""

from core.export.code import LIBRARIES, ExportError, export_code

__all__ = ["LIBRARIES", "ExportError", "export_code"]
