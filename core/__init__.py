"""Gradient-descent optimizers, schedules, test surfaces and small networks, and an engine that runs them exactly and fast."""

from core.engine.descend import Run, descend
from core.export import LIBRARIES, ExportError, export_code
from core.expression import ExpressionError, Formula, expression_surface
from core.modifiers import MODIFIERS
from core.nets.check import gradient_check, numerical_gradient
from core.nets.data import Data, examples
from core.nets.datasets import DATASETS
from core.nets.initializations import INITIALIZATIONS
from core.nets.layers import LAYERS
from core.nets.network import Network
from core.nets.task import Enough
from core.nets.train import Training, train
from core.optimizers import OPTIMIZERS
from core.scene import Plan, Runner, Scene, SceneError, View
from core.schedules import SCHEDULES
from core.spec import Bounds, Modifier, Optimizer, Schedule, Stop, Surface
from core.stops import STOPS
from core.surfaces import SURFACES

__version__ = "0.4.0"

__all__ = [
    "DATASETS",
    "INITIALIZATIONS",
    "LAYERS",
    "LIBRARIES",
    "MODIFIERS",
    "OPTIMIZERS",
    "SCHEDULES",
    "STOPS",
    "SURFACES",
    "Bounds",
    "Data",
    "Enough",
    "ExportError",
    "ExpressionError",
    "Formula",
    "Modifier",
    "Network",
    "Optimizer",
    "Plan",
    "Run",
    "Runner",
    "Scene",
    "SceneError",
    "Schedule",
    "Stop",
    "Surface",
    "Training",
    "View",
    "descend",
    "examples",
    "export_code",
    "expression_surface",
    "gradient_check",
    "numerical_gradient",
    "train",
]
