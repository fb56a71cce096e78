"""Every learning-rate schedule, one file each: a factor of `lr`, defined for every step."""

from collections.abc import Mapping
from types import MappingProxyType

from core.discover import discover
from core.spec import Schedule

# From simple to hard: the fewest settings first, of those that are often moved.
SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    dict(
        sorted(
            discover(__name__, "SCHEDULE").items(),
            key=lambda item: (sum(not hyper.rare for hyper in item[1].hypers), item[0]),
        )
    )
)
