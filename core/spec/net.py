"""What a network is made of: layers, initial weights, and data to learn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from core.spec.place import of_function, of_text
from core.spec.signature import module_name
from core.spec.text import Paper, Text

Kind = Literal["activation", "affine", "norm", "dropout", "loss"]
Task = Literal["classes", "regression"]


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer of a network: what it makes of its input, and what it hands back of the slope of the loss.

    kind "activation", one number at a time, on floats and arrays alike, and compiled:
        forward(x) -> y and backward(dy, x, y) -> dx, with dy = ∂L/∂y and dx = ∂L/∂x.
    The other kinds work on a batch: x is (samples, inputs). What else they take and give, their files say.

    short: what a selection calls it. pytorch, keras: how a library is asked for it. Raises TypeError, with file and line,
    for an activation of another form, or a kind that does not exist.
    """

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    name: Text
    latex: str
    about: Text
    source: Paper
    kind: Kind = "activation"
    pytorch: str = ""
    keras: str = ""
    key: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", module_name(self.forward))
        if self.kind not in get_args(Kind):
            where = of_text(self.forward, "kind=")
            raise TypeError(
                f"{where}: {self.name.en}: the kind {self.kind!r} is unknown; it is one of {', '.join(get_args(Kind))}"
            )
        if self.kind == "activation":
            for function, wanted in ((self.forward, ("x",)), (self.backward, ("dy", "x", "y"))):
                code = function.__code__
                found = code.co_varnames[: code.co_argcount]
                if found != wanted:
                    raise TypeError(
                        f"{of_function(function)}: {self.name.en}: an activation has forward(x) and backward(dy, x, y); "
                        f"this function takes ({', '.join(found)})"
                    )


@dataclass(frozen=True, eq=False)
class Initialization:
    """How far initial weights scatter around zero: deviation(inputs, outputs) of a layer. Biases begin at zero."""

    deviation: Callable[[int, int], float]
    name: Text
    latex: str
    about: Text
    source: Paper
    key: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", module_name(self.deviation))


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples to learn from.

    draw(samples, noise, chance) -> (x, t)
        x (samples, features) and t (samples,): the number of the class, or the value of a regression. noise: a standard
        deviation; chance: a `numpy.random.Generator`, the only source of chance.

    labels: what the classes are called. most: how many samples there are, 0 for any number. images: (rows, columns) where
    the features are the pixels of a picture. bounds: of the map on which the data is shown, ((low x, high x), (low y,
    high y)); for a regression the second is that of the value. elsewhere: where they come from a file of this package, the
    lines that get them without it, for a program that is taken away.
    """

    draw: Callable[..., Any]
    name: Text
    about: Text
    source: Paper
    features: int = 2
    task: Task = "classes"
    labels: tuple[str, ...] = ("0", "1")
    samples: int = 200
    noise: float = 0.1
    most: int = 0
    images: tuple[int, int] | None = None
    bounds: tuple[tuple[float, float], tuple[float, float]] = ((-1.0, 1.0), (-1.0, 1.0))
    elsewhere: str = ""
    key: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", module_name(self.draw))
        if self.task not in get_args(Task):
            where = of_text(self.draw, "task=")
            raise TypeError(
                f"{where}: {self.name.en}: the task {self.task!r} is unknown; it is one of {', '.join(get_args(Task))}"
            )

    @property
    def outputs(self) -> int:
        """How many numbers a network gives for an example: one a class, or the value."""
        return len(self.labels) if self.task == "classes" else 1
