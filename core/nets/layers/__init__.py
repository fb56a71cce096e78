"""Every layer, one file each: forward and backward side by side. Copy an activation, change it, and it is in the app."""

from collections.abc import Mapping
from types import MappingProxyType

from core.discover import discover
from core.spec import Layer

LAYERS: Mapping[str, Layer] = MappingProxyType(
    dict(sorted(discover(__name__, "LAYER").items(), key=lambda item: (item[1].source.year, item[0])))
)
ACTIVATIONS: Mapping[str, Layer] = MappingProxyType({k: v for k, v in LAYERS.items() if v.kind == "activation"})
