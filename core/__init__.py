"""Gradient-descent optimizers, schedules and test surfaces, and an engine that runs them exactly and fast."""

from core.engine.descend import Run, descend
from core.export import LIBRARIES, ExportError, export_code
from core.expression import ExpressionError, Formula, expression_surface
from core.optimizers import OPTIMIZERS
from core.scene import Plan, Runner, Scene, SceneError, View
from core.schedules import SCHEDULES
from core.spec import Bounds, Optimizer, Schedule, Surface
from core.surfaces import SURFACES

__version__ = "0.2.0"

__all__ = [
    "LIBRARIES",
    "OPTIMIZERS",
    "SCHEDULES",
    "SURFACES",
    "Bounds",
    "ExportError",
    "ExpressionError",
    "Formula",
    "Optimizer",
    "Plan",
    "Run",
    "Runner",
    "Scene",
    "SceneError",
    "Schedule",
    "Surface",
    "View",
    "descend",
    "export_code",
    "expression_surface",
]
