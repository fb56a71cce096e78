"""Every preset, one file each: a scene with a title and one thing to observe."""

from collections.abc import Mapping

from core.discover import discover
from core.scene import Preset

PRESETS: Mapping[str, Preset] = dict(
    sorted(discover(__name__, "PRESET").items(), key=lambda item: item[1].order),
)
