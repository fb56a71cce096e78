"""The rules by which a run may end before its steps run out, one file each."""

from collections.abc import Mapping
from types import MappingProxyType

from core.discover import discover
from core.spec import Stop

STOPS: Mapping[str, Stop] = MappingProxyType(discover(__name__, "STOP"))
