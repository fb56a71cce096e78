"""What can be put around every optimizer, one file each: before its update, or after it."""

from collections.abc import Mapping
from types import MappingProxyType

from core.discover import discover
from core.spec import Modifier

# Those that change the gradient come first, and act in this order.
MODIFIERS: Mapping[str, Modifier] = MappingProxyType(
    dict(sorted(discover(__name__, "MODIFIER").items(), key=lambda item: (item[1].after, item[0])))
)
