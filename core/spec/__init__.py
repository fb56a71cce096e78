"""The records that everything is declared with: plain frozen data, checked when it is made. One file is one record.

One optimizer, schedule, surface or preset is one file holding one of these records beside its
formula. A record that contradicts its own formula is refused at import, with the file's name in
the traceback and both sides of the contradiction in the message.
"""

from core.spec.companion import Companion
from core.spec.dialect import Dialect
from core.spec.here import Here
from core.spec.hyper import (
    Hyper,
    at_work,
    decay,
    epsilon,
    epsilon_root,
    momentum_against,
    once,
    rate,
    telling,
    weight_decay,
)
from core.spec.modifier import Modifier
from core.spec.net import Dataset, Initialization, Layer
from core.spec.optimizer import DECAYED, Family, Optimizer
from core.spec.schedule import Schedule
from core.spec.special import Special
from core.spec.stability import Stability
from core.spec.stop import Stop
from core.spec.surface import Bounds, Point, Samples, Surface
from core.spec.text import Paper, Text, digits_apart, numeral

__all__ = [
    "DECAYED",
    "Bounds",
    "Companion",
    "Dataset",
    "Dialect",
    "Family",
    "Here",
    "Hyper",
    "Initialization",
    "Layer",
    "Modifier",
    "Optimizer",
    "Paper",
    "Point",
    "Samples",
    "Schedule",
    "Special",
    "Stability",
    "Stop",
    "Surface",
    "Text",
    "at_work",
    "decay",
    "digits_apart",
    "epsilon",
    "epsilon_root",
    "momentum_against",
    "numeral",
    "once",
    "rate",
    "telling",
    "weight_decay",
]
