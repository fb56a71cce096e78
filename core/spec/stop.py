"""A rule that ends a run."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.spec.address import address, declared
from core.spec.hyper import Hyper
from core.spec.place import of_function
from core.spec.signature import module_name
from core.spec.text import Text

SEEN = ("f", "before", "gx", "gy", "dx", "dy", "used")


@dataclass(frozen=True, eq=False)
class Stop:
    """A rule that ends a run at the first point of which it holds.

    holds(f, before, gx, gy, dx, dy, used, bound) -> whether it does
        f: the loss at the point, before: at the one before it (nan at the start). gx, gy: the gradient there, as the
        optimizer is shown it, noise included, before it is clipped. dx, dy: the last step (nan at the start). used: how
        often value, gradient or half a Hessian were asked for so far. bound: its only setting.

    Raises TypeError, with file and line, when the signature is another.
    """

    holds: Callable[..., Any]
    name: Text
    about: Text
    latex: str
    bound: Hyper
    key: str = field(init=False, default="")

    def __reduce__(self) -> tuple[Any, ...]:
        return declared, address(self, self.holds, "STOP")

    def __post_init__(self) -> None:
        taken = tuple(inspect.signature(self.holds).parameters)
        if taken != (*SEEN, "bound"):
            raise TypeError(
                f"{of_function(self.holds)}: {self.name.en}: a rule takes ({', '.join((*SEEN, 'bound'))}), this one "
                f"({', '.join(taken)})"
            )
        object.__setattr__(self, "key", module_name(self.holds))
