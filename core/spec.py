"""The records that everything is declared with: plain frozen data, checked when it is made.

One optimizer, schedule, surface or preset is one file holding one of these records beside its
formula. A record that contradicts its own formula is refused at import, with the file's name in
the traceback and both sides of the contradiction in the message.
"""

from __future__ import annotations

import importlib
import inspect
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pickle import PicklingError
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

Point = tuple[float, float]
Bounds = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Text:
    """One sentence in every language that the app speaks."""

    en: str
    ko: str

    def __post_init__(self) -> None:
        for language, sentence in vars(self).items():
            if not sentence.strip():
                raise ValueError(f"Text: the sentence in {language!r} is empty; its twin reads {self.en or self.ko!r}")

    def __getitem__(self, language: str) -> str:
        return str(getattr(self, language))

    def format(self, **values: object) -> Text:
        """Fill the same placeholders in every language."""
        return Text(**{language: sentence.format(**values) for language, sentence in vars(self).items()})


@dataclass(frozen=True)
class Paper:
    """Where a method or a function was first described."""

    authors: str
    title: str
    year: int
    url: str


@dataclass(frozen=True)
class Hyper:
    """One hyperparameter: what a slider shows and what the formula receives.

    scale: "log" for rates, "one_minus" for decay rates (even steps of 1 - value, down to 1 - high),
    "linear" for the rest. An integer hyperparameter takes whole numbers only.
    """

    name: str
    symbol: str
    default: float
    low: float
    high: float
    scale: Literal["linear", "log", "one_minus"] = "linear"
    label: Text | None = None
    integer: bool = False

    def __post_init__(self) -> None:
        if not self.low <= self.default <= self.high:
            raise ValueError(f"{self.name}: the default {self.default:g} lies outside [{self.low:g}, {self.high:g}]")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"{self.name}: a logarithmic range must start above 0; it starts at {self.low:g}")
        if self.scale == "one_minus" and self.high >= 1:
            raise ValueError(f"{self.name}: a range even in 1 - value must end below 1; it ends at {self.high:g}")

    def admits(self, value: float) -> bool:
        """Whether a finite `value` lies in the range, and is whole where it has to be."""
        return self.low <= value <= self.high and (not self.integer or float(value).is_integer())


def rate(default: float) -> Hyper:
    """The learning rate, the hyperparameter that every optimizer has."""
    return Hyper("lr", "η", default, 1e-6, 10.0, "log", Text("learning rate", "학습률"))


def decay(name: str, symbol: str, default: float, label: Text) -> Hyper:
    """A forgetting factor: momentum, or the decay of a running mean."""
    return Hyper(name, symbol, default, 0.0, 0.9999, "one_minus", label)


def weight_decay(default: float = 0.0, symbol: str = "λ") -> Hyper:
    """How strongly the weights are pulled towards zero; 0 for not at all."""
    return Hyper("weight_decay", symbol, default, 0.0, 1.0, label=Text("weight decay", "가중치 감쇠"))


def epsilon(default: float) -> Hyper:
    """The small number that keeps a denominator away from zero."""
    return Hyper(
        "eps", "ε", default, 1e-16, 0.1, "log", Text("keeps the divisor above zero", "0으로 나누는 것을 막는 값")
    )


@dataclass(frozen=True)
class Stability:
    """Up to which lr · curvature a linear method is stable on a quadratic.

    bound: called with the method's other hyperparameters by name. formula: the same, for people.
    best(low, high) -> the fastest hyperparameters between two curvatures, by name; what is missing is 0.
    divisor(t, <state>, <hyperparameters>): what a method divides each coordinate by in update t. The bound is
    then one on curvatures divided alike.
    """

    bound: Callable[..., float]
    formula: str
    best: Callable[[float, float], Mapping[str, float]] | None = None
    divisor: Callable[..., Any] | None = None


# Most methods of optax have no weight decay of their own: a step before them adds it to the gradient.
DECAYED = "optax.chain(optax.add_decayed_weights({weight_decay}), "

Family = Literal["gradient", "momentum", "adagrad", "adaptive", "unitless"]
# The family says how long a step is, and so which learning rates make sense together:
#   gradient   lr times the gradient                momentum  lr times a sum of gradients, 1/(1-β) times as long
#   adagrad    lr, shrinking with every step        adaptive  about lr in each coordinate, whatever the gradient
#   unitless   the method sets its own unit; lr = 1 is its paper's form


@dataclass(frozen=True)
class Dialect:
    """How another source writes the same method.

    update: its formula (of a schedule: its factor), with the same arguments; None: the very same. defaults: its own.
    spelling: how a library is asked for it, where the record's spelling asks for our form instead.
    """

    update: Callable[..., tuple[Any, ...]] | None = None
    defaults: Mapping[str, float] = field(default_factory=dict)
    spelling: str = ""


@dataclass(frozen=True)
class Special:
    """Values at which a library is asked in another way than the record spells it, or takes none at all.

    at: name of a hyperparameter -> its value, or the name of another that it equals. spelling: how the library is asked
    then; empty where it refuses these values.
    """

    library: str
    at: Mapping[str, float | str]
    spelling: str = ""

    def holds(self, values: Mapping[str, float]) -> bool:
        """Whether the values are these."""
        return all(values[name] == (values[v] if isinstance(v, str) else v) for name, v in self.at.items())


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
    where that is not the same call with `DECAYED` taken away. special: values that a library wants to be asked for
    otherwise.

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
    special: tuple[Special, ...] = ()
    key: str = field(init=False, default="")
    state: tuple[str, ...] = field(init=False, default=())
    plane: bool = field(init=False, default=False)
    dialect: str = "pytorch"
    spoken_from: Optimizer | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        own = self.spoken_from or self
        return _said_again, (*_address(own, own.update, "OPTIMIZER"), self.dialect)

    def __post_init__(self) -> None:
        plane = next(iter(inspect.signature(self.update).parameters)) == "p"
        head = ("p", "g", "t", "here") if plane else ("x", "g", "t")
        state = _middle_of_signature(self.update, head, self.hypers, self.name)
        object.__setattr__(self, "plane", plane)
        if "lr" not in [h.name for h in self.hypers]:
            raise TypeError(f"{self.name}: every optimizer needs a hyperparameter named 'lr'")
        if unknown := set(self.initial) - set(state):
            raise TypeError(f"{self.name}: initial names {sorted(unknown)}, but the state is {list(state)}")
        object.__setattr__(self, "state", state)
        object.__setattr__(self, "key", _module_name(self.update))
        object.__setattr__(self, "initial", MappingProxyType(dict(self.initial)))
        _check_dialects(self, head, state, self.name)

    @property
    def defaults(self) -> dict[str, float]:
        """Hyperparameter name -> default value."""
        return {h.name: h.default for h in self.hypers}

    def unspelled(self, library: str) -> tuple[str, ...]:
        """Hyperparameters for which a library's spelling has no place, since the library does not have them."""
        spelling = str(getattr(self, library))
        return tuple(h.name for h in self.hypers if f"{{{h.name}}}" not in spelling)

    def asked(self, library: str, values: Mapping[str, float]) -> str:
        """How a library is asked for it at some values: for weight decay only if there is any. Empty where it refuses them."""
        spelling = _asked(self, library, values)
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
        spoken: Optimizer = _spoken(self, dialect)
        return spoken


@dataclass(frozen=True, eq=False)
class Schedule:
    """How the learning rate changes during a run, as a factor of `lr`.

    factor(t, T, <hyperparameters>) -> factor
        For the update with index t = 0, 1, ... of a run of T updates; t may be an array, and may lie
        beyond T. Finite and never negative everywhere.
    factor(t, T, loss, <state>, <hyperparameters>) -> (factor, <new state>)
        The form of a schedule that watches the loss: called once an update, in order.

    dialect: the source whose form this is. A warm-up follows it too. textbook: its place among those that
    textbooks teach side by side, 0 for the others. special: values that a library wants to be asked for otherwise.

    Raises TypeError when the signature of `factor`, or that of a dialect, and `hypers` disagree.
    """

    factor: Callable[..., Any]
    name: Text
    hypers: tuple[Hyper, ...]
    latex: str
    about: Text
    source: Paper
    initial: Mapping[str, float] = field(default_factory=dict)
    pytorch: str = ""
    keras: str = ""
    optax: str = ""
    differs: Mapping[str, Text] = field(default_factory=dict)
    dialects: Mapping[str, Dialect] = field(default_factory=dict)
    special: tuple[Special, ...] = ()
    dialect: str = "pytorch"
    textbook: int = 0
    spoken_from: Schedule | None = None
    key: str = field(init=False, default="")
    state: tuple[str, ...] = field(init=False, default=())
    watches_loss: bool = field(init=False, default=False)

    def __reduce__(self) -> tuple[Any, ...]:
        own = self.spoken_from or self
        return _said_again, (*_address(own, own.factor, "SCHEDULE"), self.dialect)

    def __post_init__(self) -> None:
        middle = _middle_of_signature(self.factor, ("t", "T"), self.hypers, self.name.en)
        watches = middle[:1] == ("loss",)
        if middle and not watches:
            raise TypeError(f"{self.name.en}: after t, T comes loss or the first hyperparameter, not {middle[0]!r}")
        object.__setattr__(self, "watches_loss", watches)
        object.__setattr__(self, "state", middle[1:])
        object.__setattr__(self, "key", _module_name(self.factor))
        object.__setattr__(self, "initial", MappingProxyType(dict(self.initial)))
        _check_dialects(self, ("t", "T"), middle, self.name.en)

    @property
    def defaults(self) -> dict[str, float]:
        """Hyperparameter name -> default value."""
        return {h.name: h.default for h in self.hypers}

    def asked(self, library: str, values: Mapping[str, float]) -> str:
        """How a library is asked for it at some values; empty where it lacks it, or refuses them."""
        return _asked(self, library, values)

    def spoken(self, dialect: str) -> Schedule:
        """The same schedule as another source writes it: our own form, where that source has no other."""
        spoken: Schedule = self if dialect == self.dialect else _spoken(self, dialect)
        return spoken


@dataclass(frozen=True, eq=False)
class Samples:
    """A loss that is a mean over examples, of which an optimizer sees a few at a time.

    gradient(x, y, k) -> (∂f/∂x, ∂f/∂y) of example k = 0, 1, ..., count - 1 alone. batch: how many are
    seen in a step, unless a run says otherwise; 0 for all. in_turn: example after example, again and
    again; otherwise each is drawn at random, with replacement.
    """

    gradient: Callable[[Any, Any, Any], tuple[Any, Any]]
    count: int
    batch: int
    in_turn: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.batch <= self.count:
            raise ValueError(f"samples: a batch holds 0 to {self.count} examples, got {self.batch}")


@dataclass(frozen=True, eq=False)
class Surface:
    """A function of two variables, its derivatives by hand, and what is known about it.

    value(x, y) -> f, gradient(x, y) -> (∂f/∂x, ∂f/∂y) and hessian(x, y) -> (∂²f/∂x², ∂²f/∂x∂y, ∂²f/∂y²)
    work on floats, on arrays, and compiled. A second derivative that is the same everywhere may stay a plain number.
    minima: every known minimum in the bounds, the lowest first. rates: a learning rate per family
    at which the surface shows what it teaches. unbounded: the function has no lowest point.
    samples: the examples that the function is a mean of. box: where a point is allowed to be; it is
    put back to the nearest allowed point after every update.
    program: what a typed function runs as, on the interpreter (None: its formulas are compiled).
    found: its minima were searched for, so there may be others, or none in `minima`.
    placed_from, rotation, stretch: of a surface made by `placed`. made_by: a function and its arguments, which
    make the same surface again in another process.
    """

    value: Callable[[Any, Any], Any]
    gradient: Callable[[Any, Any], tuple[Any, Any]]
    hessian: Callable[[Any, Any], tuple[Any, Any, Any]]
    name: Text
    bounds: Bounds
    start: Point
    minima: tuple[Point, ...]
    rates: Mapping[str, float]
    latex: str
    teaches: Text
    source: Paper
    saddles: tuple[Point, ...] = ()
    steps: int = 200
    quadratic: bool = False
    unbounded: bool = False
    smooth_at_minimum: bool = True
    samples: Samples | None = None
    box: Bounds | None = None
    key: str = field(default="")
    placed_from: Surface | None = None
    rotation: float = 0.0
    stretch: float = 1.0
    program: np.ndarray | None = None
    found: bool = False
    made_by: tuple[Callable[..., Surface], tuple[Any, ...]] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        if self.placed_from is not None:
            return _placed_again, (self.placed_from, self.rotation, self.stretch)
        return self.made_by or (_declared, _address(self, self.value, "SURFACE"))

    def __post_init__(self) -> None:
        (x0, x1), (y0, y1) = self.bounds
        if not (x0 < x1 and y0 < y1):
            raise ValueError(f"{self.name.en}: bounds must be ((low, high), (low, high)), got {self.bounds}")
        if not (self.minima or self.unbounded or self.found):
            raise ValueError(f"{self.name.en}: a surface needs a minimum, or unbounded=True")
        if missing := {"gradient", "momentum", "adagrad", "adaptive"} - set(self.rates):
            raise ValueError(f"{self.name.en}: rates lacks {sorted(missing)}")
        if not self.key:
            object.__setattr__(self, "key", _module_name(self.value))
        object.__setattr__(self, "rates", MappingProxyType(dict(self.rates)))

    @property
    def centre(self) -> Point:
        """The middle of the bounds, about which the surface turns."""
        (x0, x1), (y0, y1) = self.bounds
        return (x0 + x1) / 2, (y0 + y1) / 2

    @property
    def size(self) -> float:
        """The shorter side of the bounds."""
        (x0, x1), (y0, y1) = self.bounds
        return min(x1 - x0, y1 - y0)

    @property
    def flat(self) -> Surface:
        """The surface as it is declared."""
        return self.placed_from or self

    @property
    def lowest(self) -> float:
        """The lowest known value: at the best minimum, or where there is none, on a grid over the bounds."""
        if self.minima:
            return min(float(self.value(*point)) for point in self.minima)
        axes = (np.linspace(low, high, 101) for low, high in self.bounds)
        with np.errstate(all="ignore"):
            return float(np.nanmin(self.value(*np.meshgrid(*axes))))

    @property
    def placement(self) -> tuple[float, float, float, float]:
        """The matrix A, row by row, that takes an offset from the centre to that of the surface as declared."""
        c, s = math.cos(math.radians(self.rotation)), math.sin(math.radians(self.rotation))
        return c, s, -s * self.stretch, c * self.stretch

    def placed(self, rotation: float = 0.0, stretch: float = 1.0) -> Surface:
        """The declared surface, squeezed along y by `stretch`, then turned anticlockwise by `rotation` degrees.

        Both happen about the middle of its bounds, which widen where a stretch below 1 pulls the surface apart.
        Raises ValueError for a stretch that is not positive.
        """
        if not (math.isfinite(rotation) and 0 < stretch < math.inf):
            raise ValueError(f"expected a finite rotation and a positive stretch, got {rotation!r} and {stretch!r}")
        flat, rotation = self.flat, rotation % 360.0
        if rotation == 0.0 and stretch == 1.0:
            return flat
        (cx, cy), ((x0, x1), (y0, y1)) = flat.centre, flat.bounds
        width, height = (x1 - x0) / 2, (y1 - y0) / 2
        c, s = math.cos(math.radians(rotation)), math.sin(math.radians(rotation))
        xx, xy, yx, yy = c, s, -s * stretch, c * stretch

        def back(x: Any, y: Any) -> tuple[Any, Any]:
            dx, dy = x - cx, y - cy
            return cx + xx * dx + xy * dy, cy + yx * dx + yy * dy

        def put(p: Point) -> Point:
            dx, dy = p[0] - cx, (p[1] - cy) / stretch
            return cx + c * dx - s * dy, cy + s * dx + c * dy

        def pull(g: tuple[Any, Any]) -> tuple[Any, Any]:
            return xx * g[0] + yx * g[1], xy * g[0] + yy * g[1]

        def hessian(x: Any, y: Any) -> tuple[Any, Any, Any]:
            p, q, r = flat.hessian(*back(x, y))
            return (
                xx * xx * p + 2 * xx * yx * q + yx * yx * r,
                xx * xy * p + (xx * yy + xy * yx) * q + yx * yy * r,
                xy * xy * p + 2 * xy * yy * q + yy * yy * r,
            )

        samples = flat.samples
        if samples is not None:
            of_one = samples.gradient
            samples = replace(samples, gradient=lambda x, y, k: pull(of_one(*back(x, y), k)))
        wide = (max(width, abs(s) * height / stretch), max(height, abs(c) * height / stretch))
        return replace(
            flat,
            value=lambda x, y: flat.value(*back(x, y)),
            gradient=lambda x, y: pull(flat.gradient(*back(x, y))),
            hessian=hessian,
            samples=samples,
            bounds=flat.bounds if stretch >= 1 else ((cx - wide[0], cx + wide[0]), (cy - wide[1], cy + wide[1])),
            minima=tuple(put(p) for p in flat.minima),
            saddles=tuple(put(p) for p in flat.saddles),
            placed_from=flat,
            rotation=rotation,
            stretch=stretch,
        )

    def rate_for(self, optimizer: Optimizer) -> float:
        """The learning rate at which this surface shows what it teaches, for one optimizer."""
        return float(self.rates.get(optimizer.family, optimizer.defaults["lr"]))


@dataclass(frozen=True)
class Here:
    """What a plane method may ask of the surface around its point.

    f: the value at p. lowest: that of the lowest known minimum. look(x, y) -> (f, ∂f/∂x, ∂f/∂y) elsewhere,
    with the same examples and the same noise as the gradient at p. bend() -> (∂²f/∂x², ∂²f/∂x∂y, ∂²f/∂y²) at p.
    """

    f: float
    lowest: float
    look: Callable[[float, float], tuple[float, float, float]]
    bend: Callable[[], tuple[float, float, float]]


def _middle_of_signature(
    function: Callable[..., Any], head: tuple[str, ...], hypers: tuple[Hyper, ...], name: str
) -> tuple[str, ...]:
    """The parameter names between a fixed head and the hyperparameters, which come last."""
    names = tuple(inspect.signature(function).parameters)
    tail = tuple(h.name for h in hypers)
    middle = names[len(head) : len(names) - len(tail)]
    if names != (*head, *middle, *tail):
        wanted = ", ".join((*head, "<state>", *tail))
        raise TypeError(f"{name}: the record asks for ({wanted}), the function takes ({', '.join(names)})")
    return middle


def _check_dialects(record: Optimizer | Schedule, head: tuple[str, ...], state: tuple[str, ...], name: str) -> None:
    """Raises TypeError where a dialect's formula or defaults, or what is special, contradict the record."""
    for special in record.special:
        named = {*special.at, *(value for value in special.at.values() if isinstance(value, str))}
        if unknown := named - {h.name for h in record.hypers}:
            raise TypeError(f"{name}: special names {sorted(unknown)}, which are no hyperparameters")
    for key, dialect in record.dialects.items():
        whose = f"{name}, dialect {key!r}"
        if dialect.update:
            own = _middle_of_signature(dialect.update, head, record.hypers, whose)
            if own != state:
                raise TypeError(f"{whose}: the state is {list(own)}, that of the record {list(state)}")
        if unknown := set(dialect.defaults) - {h.name for h in record.hypers}:
            raise TypeError(f"{whose}: defaults names {sorted(unknown)}, which are no hyperparameters")


def _asked(record: Optimizer | Schedule, library: str, values: Mapping[str, float]) -> str:
    """How a library is asked for a method at some values."""
    for special in record.special:
        if special.library == library and special.holds({**record.defaults, **values}):
            return special.spelling
    return str(getattr(record, library, ""))


@cache
def _spoken(record: Any, dialect: str) -> Any:
    """An optimizer or schedule in a dialect: one record of each in a process, since kernels are kept by record."""
    formula = "update" if isinstance(record, Optimizer) else "factor"
    other = record.dialects.get(dialect, Dialect())
    changed: dict[str, Any] = {
        formula: other.update or getattr(record, formula),
        "dialect": dialect,
        "spoken_from": record,
    }
    if other.spelling:
        changed[dialect] = other.spelling
    own = tuple(replace(h, default=other.defaults.get(h.name, h.default)) for h in record.hypers)
    return replace(record, hypers=own, **changed)


# A record holds functions, which cannot travel to another process; its address can.


def _address(record: Any, function: Callable[..., Any], attribute: str) -> tuple[str, str]:
    """Module and name of a declared record. Raises PicklingError for one that is found nowhere."""
    module = function.__module__
    if getattr(sys.modules.get(module), attribute, None) is not record:
        raise PicklingError(
            f"{record.name} cannot be sent to another process: it is not what its module {module} declares as "
            f"{attribute}. Declare it so, in a file that the other process can import."
        )
    return module, attribute


def _declared(module: str, attribute: str) -> Any:
    return getattr(importlib.import_module(module), attribute)


def _said_again(module: str, attribute: str, dialect: str) -> Any:
    return _declared(module, attribute).spoken(dialect)


def _placed_again(flat: Surface, rotation: float, stretch: float) -> Surface:
    return flat.placed(rotation, stretch)


def _module_name(function: Callable[..., Any]) -> str:
    return function.__module__.rpartition(".")[2]
