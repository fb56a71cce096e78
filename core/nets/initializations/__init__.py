"""Every way to draw initial weights, one file each: how far they scatter around zero."""

from collections.abc import Mapping
from types import MappingProxyType

from core.discover import discover
from core.spec import Initialization

# From the smallest weights of a layer of a hundred to the largest.
INITIALIZATIONS: Mapping[str, Initialization] = MappingProxyType(
    dict(sorted(discover(__name__, "INITIALIZATION").items(), key=lambda item: item[1].deviation(100, 100)))
)
