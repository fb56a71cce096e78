"""Every optimizer, one file each. Copy one, change the formula, and it is in the app."""

from collections.abc import Mapping
from types import MappingProxyType

from core.discover import discover
from core.spec import Optimizer

# In the order in which they were invented, which is also the order in which they are taught; for contrast, those that
# look around come last.
OPTIMIZERS: Mapping[str, Optimizer] = MappingProxyType(
    dict(sorted(discover(__name__, "OPTIMIZER").items(), key=lambda item: (item[1].plane, item[1].paper.year)))
)
