"""A training of a network as a complete program for PyTorch, Keras or NumPy: to read, to run, to hand in.

Data, layers and update rules are copied from the declarations by their source, and chance is drawn in the same order, so that
a program begins with the same weights, sees the same batches, and ends with the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.export.fault import ExportError
from core.export.library import chosen
from core.export.nets import RECORDS
from core.export.trained import Training
from core.nets.experiment import Experiment
from core.scene import Runner

__all__ = ["LIBRARIES", "ExportError", "export_training"]

LIBRARIES: Mapping[str, str] = MappingProxyType({key: library.name for key, library in RECORDS.items()})


def export_training(experiment: Experiment, runner: Runner, library: str) -> str:
    """A program that leaves `losses`, one of each update, and `weights`, as `Experiment.train` has them for the first seed.

    weights: those at the end, or with patience the best. library: a key of `LIBRARIES`. Raises ExportError where the library
    cannot train so.
    """
    record = chosen(RECORDS, library)
    return record.program(Training(experiment, runner, record))
