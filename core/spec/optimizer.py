"""An update rule."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from core.spec.address import address, said_again
from core.spec.dialect import Dialect, check_dialects, spoken_as
from core.spec.hyper import Hyper
from core.spec.signature import between, module_name
from core.spec.stability import Stability
from core.spec.text import Paper, Text

# Most methods of optax have no weight decay of their own: a step before them adds it to the gradient.
DECAYED = "optax.chain(optax.add_decayed_weights({weight_decay}), "

Family = Literal["gradient", "momentum", "adagrad", "adaptive", "unitless"]
# The family says how long a step is, and so which learning rates make sense together:
#   gradient   lr times the gradient                momentum  lr times a sum of gradients, 1/(1-β) times as long
#   adagrad    lr, shrinking with every step        adaptive  about lr in each coordinate, whatever the gradient
#   unitless   the method sets its own unit; lr = 1 is its paper's form


@dataclass(frozen=True, eq=False)
class Optimizer:
    """An update rule and all that is known about it.

    update(x, g, t, <state>, <hyperparameters>) -> (new x, <new state>)
        One coordinate: x, the gradient g there, the number t = 1, 2, ... of the update, then the
        state by name (zero before the first update, unless `initial` says otherwise), then the
        hyperparameters in the order of `hypers`. It works on floats, on NumPy arrays, and compiled.
    update(p, g, t, here, <state>, <hyperparameters>) -> (new p, <new state>)
        The form of a method that cannot treat the coordinates apart (`plane` is then true): p, g and
        every state are pairs, and `here` shows the surface around p, as `Here` does.

    pytorch, keras, optax, pytorch_optimizer: how a library is asked for it, with the names of hyperparameters in braces,
    and {lowest} for the lowest known value of the surface. optax_plain: how optax is asked for it without weight decay,
    where that is not the same call with `DECAYED` taken away.

    Raises TypeError when the signature of `update`, or that of a dialect, and `hypers` disagree.
    """

    update: Callable[..., tuple[Any, ...]]
    name: str
    family: Family
    hypers: tuple[Hyper, ...]
    latex: str
    paper: Paper
    about: Text
    parent: str = ""
    initial: Mapping[str, float] = field(default_factory=dict)
    stability: Stability | None = None
    pytorch: str = ""
    keras: str = ""
    optax: str = ""
    optax_plain: str = ""
    pytorch_optimizer: str = ""  # the package of that name: for what the three lack, or do only differently
    differs: Mapping[str, Text] = field(default_factory=dict)
    dialects: Mapping[str, Dialect] = field(default_factory=dict)
    key: str = field(init=False, default="")
    state: tuple[str, ...] = field(init=False, default=())
    plane: bool = field(init=False, default=False)
    dialect: str = "pytorch"
    spoken_from: Optimizer | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        own = self.spoken_from or self
        return said_again, (*address(own, own.update, "OPTIMIZER"), self.dialect)

    def __post_init__(self) -> None:
        plane = next(iter(inspect.signature(self.update).parameters)) == "p"
        head = ("p", "g", "t", "here") if plane else ("x", "g", "t")
        state = between(head, self.hypers, self.update, self.name)
        object.__setattr__(self, "plane", plane)
        if "lr" not in [h.name for h in self.hypers]:
            raise TypeError(f"{self.name}: every optimizer needs a hyperparameter named 'lr'")
        if unknown := set(self.initial) - set(state):
            raise TypeError(f"{self.name}: initial names {sorted(unknown)}, but the state is {list(state)}")
        object.__setattr__(self, "state", state)
        object.__setattr__(self, "key", module_name(self.update))
        object.__setattr__(self, "initial", MappingProxyType(dict(self.initial)))
        check_dialects(self.dialects, head, state, self.hypers, self.name)

    @property
    def defaults(self) -> dict[str, float]:
        """Hyperparameter name -> default value."""
        return {h.name: h.default for h in self.hypers}

    def unspelled(self, library: str) -> tuple[str, ...]:
        """Hyperparameters for which a library's spelling has no place, since the library does not have them."""
        spelling = str(getattr(self, library))
        return tuple(h.name for h in self.hypers if f"{{{h.name}}}" not in spelling)

    def asked(self, library: str, values: Mapping[str, float]) -> str:
        """How a library is asked for it at some values: for weight decay only if there is any."""
        spelling = str(getattr(self, library))
        if library != "optax" or values.get("weight_decay"):
            return spelling
        if spelling.startswith(DECAYED):
            return spelling.removeprefix(DECAYED).removesuffix(")")
        return self.optax_plain or spelling

    def spoken(self, dialect: str) -> Optimizer:
        """The same optimizer as another source writes it. Raises ValueError where that source is not declared."""
        if dialect == self.dialect:
            return self
        if dialect not in self.dialects:
            raise ValueError(
                f"dialect: {self.name} is declared for {', '.join(('pytorch', *self.dialects))}, not for {dialect!r}"
            )
        spoken: Optimizer = spoken_as(self, "update", dialect)
        return spoken
