"""Gradient-descent optimizers, schedules and test surfaces, and an engine that runs them exactly and fast."""

from core.engine.descend import Run, descend
from core.export.code import LIBRARIES, ExportError, export_code
from core.expression import ExpressionError, Formula, expression_surface
from core.optimizers import OPTIMIZERS
from core.scene import Plan, Runner, Scene, SceneError, View
from core.schedules import SCHEDULES
from core.surfaces import SURFACES

__all__ = [
    "LIBRARIES",
    "OPTIMIZERS",
    "SCHEDULES",
    "SURFACES",
    "ExportError",
    "ExpressionError",
    "Formula",
    "Plan",
    "Run",
    "Runner",
    "Scene",
    "SceneError",
    "View",
    "descend",
    "export_code",
    "expression_surface",
]
