"""What may stand between a gradient and an update, or between an update and the next gradient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.spec.dialect import Dialect, check_dialects, own_forms
from core.spec.hyper import Hyper
from core.spec.language import check
from core.spec.method import Method
from core.spec.signature import between, module_name
from core.spec.text import Paper, Text
from core.spec.trial import try_change


@dataclass(frozen=True, eq=False)
class Modifier(Method):
    """What can be put around every optimizer.

    change(gx, gy, <hyperparameters>) -> (gx, gy)
        Before each update: the gradient that the optimizer is shown in place of (gx, gy).
    change(x, before, t, <state>, <hyperparameters>) -> (new x, <new state>)
        After update t = 1, 2, ... (`after` is then true), one coordinate: where the point is put in place of x, to which
        the update led from the point before. The state is zero before the first update.

    Where several are put around one optimizer, they act in the order of `core.modifiers.MODIFIERS`.

    pytorch, keras, optax: how a library is asked for it, with the names of hyperparameters in braces. Of Keras it is an
    argument of its optimizers; of optax a transformation that stands before the optimizer, or, after an update, one that
    is given the {optimizer}; of PyTorch a line before the step, or one that wraps the {optimizer}.

    Raises TypeError, with file and line, when the signature of `change`, or that of a dialect, and `hypers` disagree, or
    when something in it could not be compiled or shown.
    """

    FORMULA, DECLARED = "change", "MODIFIER"

    change: Callable[..., tuple[Any, ...]]
    name: Text
    hypers: tuple[Hyper, ...]
    latex: str
    about: Text
    paper: Paper
    pytorch: str = ""
    keras: str = ""
    optax: str = ""
    differs: Mapping[str, Text] = field(default_factory=dict)
    dialects: Mapping[str, Dialect] = field(default_factory=dict)
    dialect: str = "pytorch"
    spoken_from: Modifier | None = None
    key: str = field(init=False, default="")
    state: tuple[str, ...] = field(init=False, default=())
    after: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        after = self.change.__code__.co_varnames[0] == "x"
        head = ("x", "before", "t") if after else ("gx", "gy")
        object.__setattr__(self, "after", after)
        object.__setattr__(self, "state", between(head, self.hypers, self.change, self.name.en))
        object.__setattr__(self, "key", module_name(self.change))
        if self.spoken_from is None:  # a dialect was checked with the record that it belongs to
            check_dialects(self.dialects, head, self.state, self.hypers, self.name.en)
            self._check_spellings(("pytorch", "keras", "optax"), (*self.defaults, "optimizer"))
            for whose, change, defaults in own_forms(self.dialects, self.change, self.name.en, "change"):
                check(change, whose)
                given = dict.fromkeys(self.state, 0.0) | self.defaults | dict(defaults)
                try_change(change, whose, given, ("x", *self.state) if after else head)
