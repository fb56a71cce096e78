"""Every declaration as JavaScript: the module `formulas.js`, made from the records, of which nobody keeps a list.

Beside them stand what the engine itself decides by: the verdict on a run, and the rules of its interpreter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from inspect import signature
from typing import Any

from core.beside import AVERAGING
from core.browser.javascript import Book, Unsayable, literal
from core.engine import interpreter, outcome
from core.engine.descend import DEFAULT_TOLERANCE
from core.modifiers import MODIFIERS
from core.nets.layers import ACTIVATIONS
from core.optimizers import OPTIMIZERS
from core.schedules import SCHEDULES
from core.schedules._warmup import CLIMB, climb_of
from core.spec import Layer, Modifier, Optimizer, Schedule, Stop, Surface
from core.spec.schedule import CYCLED
from core.stops import STOPS
from core.surfaces import SURFACES
from core.tuning import COARSE, EQUAL, FINE, SEEDS, mark

HEAD = """// The formulas of every optimizer, schedule, surface and activation: written from their Python, construct for construct.
// Made by core/browser/formulas.py; to change a formula, change the file that declares it.
import * as $ from "./numbers.js";
"""
RULES: tuple[Callable[..., Any], ...] = (
    *AVERAGING.values(),
    *(outcome.verdict, outcome.period, outcome.circle, outcome.circled),
    *(interpreter.times, interpreter.share, interpreter.of_sinc),
    mark,
)


Spoken = Optimizer | Schedule | Modifier
KINDS: Mapping[str, type[Spoken]] = {"optimizers": Optimizer, "schedules": Schedule, "modifiers": Modifier}


@dataclass(frozen=True)
class Formulas:
    """The text of the module, and what it lacks: "optimizers.adam" -> why that cannot be said."""

    text: str
    unsaid: Mapping[str, str]


@cache
def formulas() -> Formulas:
    """The module of all declarations. The same text in every process that has the same declarations.

    In the place of a record, or of a dialect, that has no JavaScript stands a sentence that says why: the others run.
    """
    return written(OPTIMIZERS, SCHEDULES, SURFACES, ACTIVATIONS, MODIFIERS, STOPS)


def written(
    optimizers: Mapping[str, Optimizer],
    schedules: Mapping[str, Schedule],
    surfaces: Mapping[str, Surface],
    activations: Mapping[str, Layer],
    modifiers: Mapping[str, Modifier],
    stops: Mapping[str, Stop],
) -> Formulas:
    """The module of these declarations."""
    maker = _Maker()
    speaking: list[Spoken] = [*optimizers.values(), *schedules.values(), *modifiers.values()]
    spoken = sorted({dialect for record in speaking for dialect in record.dialects})
    told = {
        "optimizers": maker.table("optimizers", optimizers, lambda record: maker.dialects(record, spoken)),
        "schedules": maker.table("schedules", schedules, lambda record: maker.dialects(record, spoken)),
        "modifiers": maker.table("modifiers", modifiers, lambda record: maker.dialects(record, spoken)),
        "stops": maker.table("stops", stops, maker.stop),
        "surfaces": maker.table("surfaces", surfaces, maker.surface),
        "activations": maker.table("activations", activations, maker.activation),
    }
    constants = {
        **{rule.__name__: maker.name(rule) for rule in RULES},
        "words": f"[{', '.join(map(_quoted, outcome.SAID))}]",
        **{word: _quoted(word) for word in (outcome.ARRIVED, outcome.CYCLING, outcome.ESCAPED)},
        "cycled": f"[{', '.join(map(_quoted, CYCLED))}]",
        "averages": f"{{{', '.join(f'{kind}: {maker.name(rule)}' for kind, rule in AVERAGING.items())}}}",
        "longest": literal(outcome.LOOPS),
        "still": literal(outcome.STILL),
        "reach": literal(DEFAULT_TOLERANCE),
        "swept": literal({"coarse": COARSE, "fine": FINE, "seeds": SEEDS, "alike": EQUAL}),
    }
    tables = [f"export const {name} = {text};" for name, text in (told | constants).items()]
    return Formulas("\n\n".join((HEAD, maker.book.text, *tables)) + "\n", maker.unsaid)


class _Maker:
    """Makes the entries of the tables, and notes what cannot be said."""

    def __init__(self) -> None:
        self.book = Book()
        self.unsaid: dict[str, str] = {}

    def table(self, kind: str, records: Mapping[str, Any], entry: Callable[[Any], dict[str, Any]]) -> str:
        lines = (
            f"  {key}: {literal(self.tried(f'{kind}.{key}', entry, record))},\n" for key, record in records.items()
        )
        return f"{{\n{''.join(lines)}}}"

    def tried(self, name: str, entry: Callable[[Any], dict[str, Any]], record: Any) -> Any:
        """An entry, or why there is none."""
        try:
            return entry(record)
        except Unsayable as fault:
            self.unsaid[name] = str(fault)
            return _quoted(str(fault))

    def dialects(self, record: Any, spoken: list[str]) -> dict[str, Any]:
        """An optimizer or a schedule, and in what other sources differ."""
        own = self.plain(record)
        kind = next(name for name, of in KINDS.items() if isinstance(record, of))
        others: dict[str, Any] = {}
        for dialect in spoken:
            if dialect in record.dialects or not isinstance(record, Optimizer):
                name = f"{kind}.{record.key}.{dialect}"
                other = self.tried(name, self.plain, record.spoken(dialect))
                if isinstance(other, str):
                    others[dialect] = other
                else:
                    others[dialect] = {key: value for key, value in other.items() if value != own[key]}
        differing = {dialect: other for dialect, other in others.items() if other or isinstance(record, Optimizer)}
        return {**own, "dialects": differing} if differing else own

    def plain(self, record: Any) -> dict[str, Any]:
        """An optimizer or a schedule in one dialect."""
        hypers: dict[str, float] = {h.name: h.default for h in record.hypers if not h.nth}
        initial = {} if isinstance(record, Modifier) else record.initial
        state = [initial.get(name, 0.0) for name in record.state]
        if isinstance(record, Optimizer):
            entry = {"update": self.name(record.update), "plane": record.plane, "state": state, "hypers": hypers}
            if record.stability and not record.stability.divisor:
                entry["bound"] = self.name(record.stability.bound)
                entry["bounded"] = [_quoted(name) for name in signature(record.stability.bound).parameters]
            if record.companions:
                entry["companions"] = {companion.key: self.name(companion.place) for companion in record.companions}
            return entry
        if isinstance(record, Modifier):
            return {"change": self.name(record.change), "after": record.after, "state": state, "hypers": hypers}
        return {
            "factor": self.name(record.factor),
            "climb": self.name(climb_of(record)),
            "watches": record.watches_loss,
            **({"momentum": self.name(record.momentum)} if record.momentum else {}),
            "state": state,
            "hypers": {**{h.name: h.default for h in CLIMB}, **hypers},
            **({"any": True} if record.last_nth else {}),
        }

    def surface(self, record: Surface) -> dict[str, Any]:
        """A surface as it is declared."""
        entry: dict[str, Any] = {name: self.name(getattr(record, name)) for name in ("value", "gradient", "hessian")}
        entry |= {"bounds": record.bounds, "minima": record.minima}
        if record.box:
            entry["box"] = record.box
        if samples := record.samples:
            told = {"count": samples.count, "batch": samples.batch, "inTurn": samples.in_turn}
            entry["samples"] = {"gradient": self.name(samples.gradient), **told}
        return entry

    def stop(self, record: Stop) -> dict[str, Any]:
        """A rule that ends a run."""
        return {"holds": self.name(record.holds)}

    def activation(self, layer: Layer) -> dict[str, Any]:
        """An activation of a network."""
        return {name: self.name(getattr(layer, name)) for name in ("forward", "backward")}

    def name(self, function: Callable[..., Any]) -> str:
        return self.book.function(function)  # type: ignore[arg-type]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
