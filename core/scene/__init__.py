"""A Scene: everything that a picture depends on, validated on the way in, and its one codec.

A share link, a preset, a settings file and an export all hold a Scene. `Scene.mend` reads any nested
plain data, keeps what is right, replaces what is wrong by its default, and says so in one sentence a
fault; every other way in goes through it.

The records, to read first: `runner` (who races), `view` (what is shown), `scene` (all of it), `preset`. What comes in is mended
in `mending`, and goes out in `plain` (nested data) and `query` (a link).
"""

from core.scene.faults import SEPARATOR, SceneError, one_of, refused, whole
from core.scene.ground import placed
from core.scene.limits import MAX_FAULTS, MAX_NTH, MAX_QUERY, MAX_RUNNERS, MAX_STEPS, STRETCH
from core.scene.preset import Claim, Preset, unproven
from core.scene.query import NOBODY, PARAMETERS, TYPED, VIEW
from core.scene.runner import DIALECTS, OURS, OWN, Plan, Runner, Settings, source_of
from core.scene.scene import Scene
from core.scene.values import to_numbers, to_whole
from core.scene.view import View

__all__ = [
    "DIALECTS",
    "MAX_FAULTS",
    "MAX_NTH",
    "MAX_QUERY",
    "MAX_RUNNERS",
    "MAX_STEPS",
    "NOBODY",
    "OURS",
    "OWN",
    "PARAMETERS",
    "SEPARATOR",
    "STRETCH",
    "TYPED",
    "VIEW",
    "Claim",
    "Plan",
    "Preset",
    "Runner",
    "Scene",
    "SceneError",
    "Settings",
    "View",
    "one_of",
    "placed",
    "refused",
    "source_of",
    "to_numbers",
    "to_whole",
    "unproven",
    "whole",
]
