"""A runner's path as a short program for PyTorch, Keras, optax or NumPy: to read, to run, to hand in.

Formulas are copied from the declarations by their source, so a program needs nothing of Descent Lab. What a library
does is read from the records too: `differs` and `dialects` say by which rule it would run, and that rule is run here
and laid beside the path that was drawn. Only where the two are the same is there a program.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from core.export.asking import schedule_written
from core.export.fault import BEYOND, ExportError
from core.export.libraries import RECORDS
from core.export.library import chosen
from core.export.task import Task
from core.export.writing import written
from core.scene import Runner, Scene
from core.spec import Modifier, Optimizer, Schedule

__all__ = ["LIBRARIES", "ExportError", "asked", "export_code"]

LIBRARIES: Mapping[str, str] = MappingProxyType({key: library.name for key, library in RECORDS.items()})


def export_code(scene: Scene, runner: Runner, library: str) -> str:
    """A program that leaves `path`, shape (steps+1, 2), as `scene.run(runner)` has it.

    library: a key of `LIBRARIES`. Raises ExportError where the library cannot draw that path.
    """
    record = chosen(RECORDS, library)
    task = Task(scene, runner, record)
    if np.isnan(task.run.x[0]).any():
        raise ExportError(BEYOND)
    return record.program(task)


def asked(record: Optimizer | Schedule | Modifier, library: str, values: Mapping[str, float] | None = None) -> str:
    """The line by which a library is asked for a method in its own form; empty where it lacks it, or refuses the values.

    library: any that the records know how to ask. values: name -> hyperparameter; None: the library's defaults. What is put
    around an update may be an argument of the library's optimizers, or be given an `optimizer`.
    """
    own = record.spoken(library) if library in record.dialects else record
    given = own.defaults if values is None else {h.name: values.get(h.name, h.default) for h in own.hypers}
    if isinstance(own, Modifier):
        return written(getattr(own, library, ""), own.hypers, {**given, "optimizer": "optimizer"})
    spelling = RECORDS[library].asked(own, given) if library in RECORDS else own.asked(library, given)
    if isinstance(own, Schedule):
        return schedule_written(spelling, own, given, "steps")
    return written(spelling, own.hypers, {**given, "lowest": "lowest"})
