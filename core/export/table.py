"""Every step of a scene as one table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from core.scene import Scene

COLUMNS = ("runner", "step", "x", "y", "loss", "gradient_x", "gradient_y", "lr")


def to_csv(scene: Scene) -> str:
    """CSV with one row a runner and step: point, loss, and what the update from there used.

    Columns: those of COLUMNS, then every state of any runner as <name>_x, <name>_y. `gradient`, with its
    noise, and `lr` belong to the update that leaves the row's point, so the last row of a runner has
    none; state is as it stands at that point. What is undefined is left empty.
    """
    runs = [(label, scene.run(r, keep="state")) for label, r in zip(scene.labels(), scene.runners, strict=True)]
    names = list(dict.fromkeys(name for _, run in runs for name in run.state))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, *(f"{name}_{axis}" for name in names for axis in "xy")])

    def rows() -> Iterator[list[object]]:
        for label, run in runs:
            for t in range(len(run.loss)):
                step = [*run.gradient[t], run.lr[t]] if t < len(run.lr) else [None] * 3
                state = [v for name in names for v in (run.state[name][t] if name in run.state else (None, None))]
                yield [label, t, *(_cell(v) for v in (*run.x[t], run.loss[t], *step, *state))]

    writer.writerows(rows())
    return out.getvalue()


def _cell(value: float | None) -> str:
    """The shortest text that reads back as the same float; nothing for nan."""
    return "" if value is None or value != value else repr(float(value))
