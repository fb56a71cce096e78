"""Every data set, one file each. Copy one, change how it is drawn, and it is in the app."""

from collections.abc import Mapping
from types import MappingProxyType

from core.discover import discover
from core.spec import Dataset


def _difficulty(item: tuple[str, Dataset]) -> tuple[object, ...]:
    """Points on a plane first, the fewer classes the sooner, then a regression, then pictures."""
    key, dataset = item
    return dataset.features > 2, dataset.task, len(dataset.labels), dataset.noise, key


DATASETS: Mapping[str, Dataset] = MappingProxyType(dict(sorted(discover(__name__, "DATASET").items(), key=_difficulty)))
