"""A hyperparameter, and those that many methods share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from core.spec.text import Text


@dataclass(frozen=True)
class Hyper:
    """One hyperparameter: what a slider shows and what the formula receives.

    scale: "log" for rates, "one_minus" for decay rates (even steps of 1 - value, down to 1 - high),
    "linear" for the rest. An integer hyperparameter takes whole numbers only; one from 0 to 1 is a `switch`, and its
    label says what it means to be on. rare: seldom moved, and so folded away where room is short.
    beyond: source -> its default, where that lies beyond the range. after: the hyperparameter that has to be moved from its
    default before this one means anything; empty for none. nth: of what may come in any number, such as the drops of a rate,
    the number of the one that this belongs to; 0 for all else. Those with a number stand last, and at their defaults they
    change nothing.
    """

    name: str
    symbol: str
    default: float
    low: float
    high: float
    scale: Literal["linear", "log", "one_minus"] = "linear"
    label: Text | None = None
    integer: bool = False
    rare: bool = False
    after: str = ""
    nth: int = 0
    beyond: Mapping[str, float] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if not self.low <= self.default <= self.high:
            raise ValueError(f"{self.name}: the default {self.default:g} lies outside [{self.low:g}, {self.high:g}]")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"{self.name}: a logarithmic range must start above 0; it starts at {self.low:g}")
        if self.scale == "one_minus" and self.high >= 1:
            raise ValueError(f"{self.name}: a range even in 1 - value must end below 1; it ends at {self.high:g}")
        if within := [source for source, value in self.beyond.items() if self.low <= value <= self.high]:
            raise ValueError(
                f"{self.name}: the default of {', '.join(within)} is not beyond the range; a dialect tells it"
            )

    @property
    def switch(self) -> bool:
        """Whether it is either off, 0, or on, 1."""
        return self.integer and (self.low, self.high) == (0, 1)

    def admits(self, value: float) -> bool:
        """Whether a finite `value` lies in the range, and is whole where it has to be."""
        return self.low <= value <= self.high and (not self.integer or float(value).is_integer())


def at_work(hypers: Sequence[Hyper], values: Mapping[str, float]) -> list[Hyper]:
    """Those that mean anything where the values are these, and those that were moved all the same."""
    defaults = {hyper.name: hyper.default for hyper in hypers}
    return [h for h in hypers if not h.after or values[h.after] != defaults[h.after] or values[h.name] != h.default]


def telling(hypers: Sequence[Hyper], values: Mapping[str, Any]) -> list[Hyper]:
    """Those without which nobody knows what the values are: of what may come in any number, only what was moved.

    values: name -> number, or an array of them; of what may come in any number some may be missing.
    """
    moved = {h.nth for h in hypers if h.nth and h.name in values and _differs(values[h.name], h.default)}
    return [h for h in hypers if not h.nth or h.nth in moved]


def _differs(value: Any, default: float) -> bool:
    """Whether a number, or any of many, is not the default."""
    found = value != default
    return found if isinstance(found, bool) else bool(np.any(found))  # (which takes longer than all the rest)


def once(hypers: Sequence[Hyper]) -> list[Hyper]:
    """One of each kind: of what may come in any number, the first."""
    first = min((h.nth for h in hypers if h.nth), default=0)
    return [h for h in hypers if h.nth in (0, first)]


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


def epsilon_root(label: Text | None = None) -> Hyper:
    """A second ε, inside the root, where what is drawn through it has a slope even at zero."""
    return Hyper("eps_root", "ε₂", 0.0, 0.0, 0.01, label=label or Text("ε inside the root", "제곱근 안의 ε"), rare=True)


def momentum_against(low: float, high: float) -> tuple[Hyper, Hyper, Hyper]:
    """A momentum that a schedule moves against the rate: whether it does, and between which two."""
    goes = Text("momentum goes the other way", "모멘텀은 반대로")
    lowest = Text("momentum at the highest rate", "학습률이 가장 높을 때의 모멘텀")
    highest = Text("momentum at the lowest rate", "학습률이 가장 낮을 때의 모멘텀")
    return (
        Hyper("cycle_momentum", "β↻", 0, 0, 1, label=goes, integer=True, rare=True),
        Hyper("base_momentum", "β₋", low, 0.0, 0.999, label=lowest, rare=True, after="cycle_momentum"),
        Hyper("max_momentum", "β₊", high, 0.0, 0.999, label=highest, rare=True, after="cycle_momentum"),
    )
