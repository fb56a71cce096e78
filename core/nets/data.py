"""Examples to train with: drawn from a data set or brought along, in an order of chance, a part kept for validation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.engine.given import said
from core.nets.datasets import DATASETS
from core.spec import Dataset


@dataclass(frozen=True, eq=False)
class Data:
    """Examples: x (training, features) and t (training, 1), vx and vt those of the validation, which may be none.

    t holds numbers of classes 0, 1, ..., or with classes = 0 the values of a regression.
    """

    x: np.ndarray
    t: np.ndarray
    vx: np.ndarray
    vt: np.ndarray
    classes: int

    @property
    def outputs(self) -> int:
        """How many outputs a network needs for them."""
        return self.classes or 1


def examples(
    dataset: str | Dataset | tuple[Any, Any],
    *,
    samples: int | None = None,
    noise: float | None = None,
    seed: int = 0,
    validation: float = 0.0,
) -> Data:
    """Draw a data set, or take (x, t) as they come, and keep a share of it for validation.

    x: (samples, features), or (samples,) of a single one; t: (samples,) whole numbers 0, 1, ... for classes, other numbers
    for a regression. Raises ValueError, in one sentence, for what does not fit.
    """
    chance = np.random.default_rng(seed)
    if not 0 <= validation < 1:
        raise ValueError(f"validation: expected a share from 0 to below 1, got {said(validation)}")
    if isinstance(dataset, tuple):
        x, t, classes = _brought(*dataset)
    else:
        record = _known(dataset)
        count = record.samples if samples is None else samples
        if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < 2:
            raise ValueError(f"samples: expected a whole number of at least 2, got {said(count)}")
        if record.most and count > record.most:
            raise ValueError(f"samples: {record.name.en} has {record.most} examples, got {count}")
        x, t = record.draw(int(count), record.noise if noise is None else float(noise), chance)
        classes = len(record.labels) if record.task == "classes" else 0
    order = chance.permutation(len(x))
    x, t = np.ascontiguousarray(x[order], float), np.ascontiguousarray(t[order], float).reshape(len(x), 1)
    kept = len(x) - round(validation * len(x))
    if kept < 1:
        raise ValueError(f"validation: a share of {validation:g} of {len(x)} examples leaves none to train with")
    return Data(x[:kept], t[:kept], x[kept:], t[kept:], classes)


def _known(dataset: str | Dataset) -> Dataset:
    if isinstance(dataset, Dataset):
        return dataset
    if isinstance(dataset, str) and dataset in DATASETS:
        return DATASETS[dataset]
    raise ValueError(f"dataset: expected one of {', '.join(DATASETS)}, a Dataset or (x, t), got {said(dataset)}")


def _brought(x: Any, t: Any) -> tuple[np.ndarray, np.ndarray, int]:
    """Arrays of a caller, checked."""
    x, t = np.asarray(x), np.asarray(t)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or x.dtype.kind not in "iufb" or not len(x) or not np.isfinite(x.astype(float)).all():
        raise ValueError(f"x: expected finite numbers of shape (samples, features), got {said(x)}")
    if t.shape != (len(x),) or t.dtype.kind not in "iufb" or not np.isfinite(t.astype(float)).all():
        raise ValueError(f"t: expected {len(x)} finite numbers, one for each row of x, got {said(t)}")
    if t.dtype.kind == "f":
        return x, t, 0
    found = np.unique(t)
    if len(found) < 2 or found[0] < 0 or found[-1] != len(found) - 1:
        raise ValueError(
            f"t: expected the classes 0, 1, ... with two of them at least, got {', '.join(map(str, found[:8].tolist()))}; "
            "a regression has decimal numbers"
        )
    return x, t.astype(int), len(found)
