"""An update rule."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Literal, get_args

from core.spec.companion import Companion
from core.spec.dialect import Dialect, check_dialects, own_forms
from core.spec.hyper import Hyper
from core.spec.language import Whose, check
from core.spec.method import Method
from core.spec.place import of_function, of_text
from core.spec.signature import between, check_initial, module_name
from core.spec.special import Special, check_special, special_at
from core.spec.stability import Stability
from core.spec.text import Paper, Text
from core.spec.trial import ASIDE, try_numbers, try_update

# Most methods of optax have no weight decay of their own: a step before them adds it to the gradient.
DECAYED = "optax.chain(optax.add_decayed_weights({weight_decay}), "

Family = Literal["gradient", "momentum", "adagrad", "adaptive", "unitless"]
# The family says how long a step is, and so which learning rates make sense together:
#   gradient   lr times the gradient                momentum  lr times a sum of gradients, 1/(1-β) times as long
#   adagrad    lr, shrinking with every step        adaptive  about lr in each coordinate, whatever the gradient
#   unitless   the method sets its own unit; lr = 1 is its paper's form
SPELLINGS = ("pytorch", "keras", "optax", "optax_plain", "pytorch_optimizer")  # fields of a record


@dataclass(frozen=True, eq=False)
class Optimizer(Method):
    """An update rule and all that is known about it.

    update(x, g, t, <state>, <hyperparameters>) -> (new x, <new state>)
        One coordinate: x, the gradient g there, the number t = 1, 2, ... of the update, then the
        state by name (zero before the first update, unless `initial` says otherwise), then the
        hyperparameters in the order of `hypers`. It works on floats, and compiled.
    update(p, g, t, here, <state>, <hyperparameters>) -> (new p, <new state>)
        The form of a method that cannot treat the coordinates apart (`plane` is then true): p, g and
        every state are pairs, and here shows the surface around p, as `core.spec.Here` does.

    pytorch, keras, optax, pytorch_optimizer: how a library is asked for it, with the names of hyperparameters in braces,
    and {lowest} for the lowest known value of the surface. optax_plain: how optax is asked for it without weight decay,
    where that is not the same call with `core.spec.DECAYED` taken away. special: values that a library wants to be asked
    for otherwise. companions: points that it keeps beside its own, of one coordinate like `update`. meanings: variables of
    `update`, states and others, whose names alone do not say what they are, in words. textbook: its place among those that
    every course teaches, 0 for the others.

    Raises TypeError, with file and line, when the signature of `update`, or that of a dialect, and `hypers` disagree, when
    it gives back more or fewer values than there are states, or when something in it could not be compiled or shown.
    """

    FORMULA, DECLARED = "update", "OPTIMIZER"

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
    special: tuple[Special, ...] = ()
    companions: tuple[Companion, ...] = ()
    meanings: Mapping[str, Text] = field(default_factory=dict)
    textbook: int = 0
    key: str = field(init=False, default="")
    state: tuple[str, ...] = field(init=False, default=())
    plane: bool = field(init=False, default=False)
    dialect: str = "pytorch"
    spoken_from: Optimizer | None = None

    def __post_init__(self) -> None:
        plane = next(iter(inspect.signature(self.update).parameters)) == "p"
        head = ("p", "g", "t", "here") if plane else ("x", "g", "t")
        state = between(head, self.hypers, self.update, self.name)
        object.__setattr__(self, "plane", plane)
        object.__setattr__(self, "state", state)
        object.__setattr__(self, "key", module_name(self.update))
        object.__setattr__(self, "initial", MappingProxyType(dict(self.initial)))
        if self.spoken_from is None:  # a dialect was checked with the record that it belongs to
            self._check(head)

    def _check(self, head: tuple[str, ...]) -> None:
        """Raises TypeError for what contradicts itself, and what the engine could not run or a page not show."""
        known, families = [h.name for h in self.hypers], get_args(Family)
        if "lr" not in known:
            raise TypeError(
                f"{of_function(self.update)}: {self.name}: every optimizer needs a hyperparameter named 'lr'"
            )
        check_initial(self.initial, self.state, self.update, self.name)
        if self.family not in families:
            near = get_close_matches(self.family, families, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"it is one of {', '.join(families)}."
            raise TypeError(
                f"{of_text(self.update, 'family=')}: {self.name}: the family {self.family!r} is unknown; {hint}"
            )
        check_dialects(self.dialects, head, self.state, self.hypers, self.name)
        check_special(self.special, self.hypers, of_text(self.update, "special="), self.name)
        self._check_spellings(SPELLINGS, (*known, "lowest"))
        forms = (self.update, *(dialect.update for dialect in self.dialects.values() if dialect.update))
        if unknown := set(self.meanings) - {name for form in forms for name in form.__code__.co_varnames}:
            where = of_text(self.update, "meanings=")
            raise TypeError(f"{where}: {self.name}: meanings names {sorted(unknown)}, which update does not have")
        state = {name: self.initial.get(name, 0.0) for name in self.state}
        for whose, update, defaults in own_forms(self.dialects, self.update, self.name, "update"):
            check(update, whose)
            try_update(update, whose, state, {**self.defaults, **defaults}, self.plane)
        for dialect in self.dialects.values():
            own = [companion.key for companion in dialect.companions or self.companions]
            if own != [companion.key for companion in self.companions]:
                raise TypeError(
                    f"{of_text(self.update, 'dialects=')}: {self.name}: a dialect has other companions, {own}"
                )
        for companion in (*self.companions, *(c for d in self.dialects.values() for c in d.companions)):
            self._check_companion(companion, state)

    def _check_companion(self, companion: Companion, state: Mapping[str, float]) -> None:
        """Raises TypeError where the place of a companion could not be computed."""
        if self.plane:
            raise TypeError(
                f"{of_text(self.update, 'companions=')}: {self.name}: companions are told by coordinate, but update "
                "moves both coordinates together"
            )
        if between(("x", "t"), self.hypers, companion.place, f"{self.name}, companion {companion.key!r}") != self.state:
            raise TypeError(
                f"{of_function(companion.place)}: {self.name}, companion {companion.key!r}: the state is to stand "
                f"between t and the hyperparameters, {list(self.state)}"
            )
        whose = Whose(f"{self.name}, companion {companion.key!r},", companion.place.__name__)
        try_numbers(companion.place, whose, {"x": ASIDE[0], "t": 1.0, **state, **self.defaults})

    def unspelled(self, library: str) -> tuple[str, ...]:
        """Hyperparameters for which a library's spelling has no place, since the library does not have them."""
        spelling = str(getattr(self, library))
        return tuple(h.name for h in self.hypers if f"{{{h.name}}}" not in spelling)

    def asked(self, library: str, values: Mapping[str, float]) -> str:
        """How a library is asked for it at some values: for weight decay only if there is any. Empty where it refuses them."""
        special, spelling = special_at(self, library, values), str(getattr(self, library))
        if special:
            return special.spelling
        if library != "optax" or values.get("weight_decay"):
            return spelling
        if spelling.startswith(DECAYED):
            return spelling.removeprefix(DECAYED).removesuffix(")")
        return self.optax_plain or spelling

    def spoken(self, dialect: str) -> Optimizer:
        """The same optimizer as another source writes it. Raises ValueError where that source is not declared."""
        if dialect not in (self.dialect, *self.dialects):
            raise ValueError(
                f"dialect: {self.name} is declared for {', '.join(('pytorch', *self.dialects))}, not for {dialect!r}"
            )
        return super().spoken(dialect)
