"""Schedules on trial: one run, repeated under each of them, and its codec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from core import OPTIMIZERS, SCHEDULES, SURFACES, Formula, Plan, Runner, Scene
from core.figures.curves import Band, band, few
from core.scene import NOBODY, PARAMETERS, SEPARATOR, refused, to_numbers
from core.schedules._warmup import CLIMB, WARMUP, factors, momenta
from core.spec import Text, numeral, rate

SEEDS = 64  # runs that a band is drawn from
SCHEDULE, RATES, SPAN = "plan", "rates", "range"  # the parameters that a trial adds to those of its scene
NAMES = (*PARAMETERS, SCHEDULE, RATES, SPAN)
RATE = rate(1e-2)
SMOOTHEST = 0.99  # of the running mean of a rate-range test

SPANS = Text(
    f"two rates from {numeral(RATE.low)} to {numeral(RATE.high)}, the lower first, and a smoothing from 0 to {SMOOTHEST}",
    f"{numeral(RATE.low)} 이상 {numeral(RATE.high)} 이하의 학습률 두 개(작은 것부터)와 0 이상 {SMOOTHEST} 이하의 평활 계수",
)

# Those of the textbooks first: they take the colours that are furthest apart.
ORDER = tuple(sorted(SCHEDULES, key=lambda key: SCHEDULES[key].textbook or len(SCHEDULES)))
GROUND = next(key for key, surface in SURFACES.items() if surface.samples)
PLAINEST = next(key for key, optimizer in OPTIMIZERS.items() if optimizer.family == "gradient")


@dataclass(frozen=True)
class Span:
    """The rates that a rate-range test goes through, low < high, and how much its losses are smoothed, in [0, SMOOTHEST]."""

    low: float
    high: float
    smoothing: float = 0.9

    @classmethod
    def around(cls, rate: float) -> Span:
        """Three decades below a rate that works, and as many above, within what a rate may be."""
        low, high = (float(f"{rate * by:.1g}") for by in (1e-3, 1e3))
        return cls(max(low, RATE.low), min(high, RATE.high))

    @classmethod
    def of(cls, text: str) -> Span | None:
        """What an address says, if it is a span."""
        found = to_numbers(text.split(SEPARATOR), (3,))
        if found and RATE.low <= found[0] < found[1] <= RATE.high and 0 <= found[2] <= SMOOTHEST:
            return cls(*found)
        return None

    @property
    def spelled(self) -> str:
        """The same for people."""
        return SEPARATOR.join(map(numeral, (self.low, self.high, self.smoothing)))

    def __str__(self) -> str:
        return SEPARATOR.join(repr(value) for value in (self.low, self.high, self.smoothing))


@dataclass(frozen=True)
class Trial:
    """A run that schedules are tried in.

    scene: the run, with one runner, whose own schedule does not count. plans: the schedules that it is repeated under.
    span: the rates that it meets instead, where the rate-range test is shown.
    """

    scene: Scene
    plans: tuple[Plan, ...]
    log_rates: bool = False
    span: Span | None = None

    @property
    def runner(self) -> Runner:
        return self.scene.runners[0]

    @property
    def climb(self) -> dict[str, float]:
        """The climb that stands before every one of the schedules, name -> value."""
        return {hyper.name: self.plans[0].hypers[hyper.name] if self.plans else hyper.default for hyper in CLIMB}

    @property
    def warmup(self) -> float:
        """Steps of that climb."""
        return self.climb[WARMUP.name]

    @property
    def log_loss(self) -> bool:
        """Whether the losses are drawn in logarithms: only where they have a floor to be measured from."""
        return self.scene.view.loss_axis == "log" and bool(self.scene.record.minima)

    def under(self, plan: Plan) -> Runner:
        """The runner as it follows one of the schedules."""
        return replace(self.runner, plan=plan, colour=0)

    def on(self, surface: str | Formula, optimizer: str) -> Trial:
        """The same schedules in another run, at the rate and for the length that the surface recommends."""
        bare = Scene(surface=surface, noise=self.scene.noise, seed=self.scene.seed, view=self.scene.view)
        rate = bare.record.rate_for(OPTIMIZERS[optimizer])
        span = self.span and replace(Span.around(rate), smoothing=self.span.smoothing)
        return replace(self, scene=replace(bare, runners=(Runner(optimizer, {"lr": rate}),)), span=span)

    def choose(self, keys: list[str]) -> Trial:
        """These schedules: those that are there already as they are, the others as they are declared."""
        kept = {plan.schedule: plan for plan in self.plans}
        return replace(self, plans=tuple(kept.get(key) or Plan(key, self.climb) for key in ORDER if key in keys))

    def with_plan(self, plan: Plan) -> Trial:
        """One of the schedules with other settings."""
        return replace(self, plans=tuple(plan if plan.schedule == old.schedule else old for old in self.plans))

    def with_warmup(self, steps: float) -> Trial:
        """A climb of so many steps before every one of the schedules."""
        return self.with_climb({**self.climb, WARMUP.name: steps})

    def with_climb(self, climb: Mapping[str, float]) -> Trial:
        """The same climb before every one of the schedules."""
        return replace(self, plans=tuple(Plan(plan.schedule, {**plan.hypers, **climb}) for plan in self.plans))


@dataclass(frozen=True)
class Outcome:
    """A trial of one schedule: the learning rate at updates `at`, the loss after `now` updates, and the last loss.

    momentum: at the same updates as the rate; None where the schedule leaves it alone.
    """

    at: np.ndarray
    rates: Band
    now: np.ndarray
    loss: Band
    last: Band
    momentum: np.ndarray | None


def first() -> Trial:
    """What a first visit shows: no schedule beside the five of the textbooks, where the noise is real."""
    trial = Trial(Scene(), (Plan(),)).on(GROUND, PLAINEST)
    return trial.choose([*(key for key in ORDER if SCHEDULES[key].textbook), Plan().schedule])


def read(query: Mapping[str, list[str]]) -> tuple[Trial, list[Text]]:
    """The trial of an address, and what was wrong with it. Never raises."""
    default = first()
    scene, faults = Scene.from_query({name: values for name, values in query.items() if name in PARAMETERS})
    surface = scene.surface if {"surface", "f"} & query.keys() else default.scene.surface
    runner = scene.runners[0] if scene.runners else default.runner
    trial = default.on(surface, runner.optimizer)
    own: dict[str, Any] = {name: getattr(scene, name) for name in ("noise", "batch", "seed", "view")}
    if "steps" in query:
        own["steps"] = scene.steps
    if scene.runners:
        own["runners"] = (trial.runner.with_hyper("lr", runner.hypers["lr"]),)
    trial = replace(trial, scene=replace(trial.scene, **own), log_rates=query.get(RATES, [""])[-1] == "log")
    if SPAN in query:
        usual = Span.around(trial.runner.hypers["lr"])
        span = Span.of(query[SPAN][-1])
        trial = replace(trial, span=span or usual)
        if not span:
            faults.append(refused(SPAN, query[SPAN][-1], SPANS, usual.spelled))
    if SCHEDULE not in query:
        return trial, [fault.text for fault in faults]

    plans: dict[str, Plan] = {}
    for text in query[SCHEDULE][: len(SCHEDULES)]:
        if text == NOBODY:
            continue
        found, wrong = Scene.from_query({"shared": text})
        faults += wrong
        if found.shared and found.shared.schedule == text.partition(SEPARATOR)[0]:
            plans.setdefault(found.shared.schedule, found.shared)
    trial = replace(trial, plans=tuple(plans[key] for key in ORDER if key in plans))
    return trial.with_climb(trial.climb), [fault.text for fault in faults]


def write(trial: Trial) -> Mapping[str, str | list[str]]:
    """The trial as parameters of an address; a first visit has none."""
    if trial == first():
        return {}
    plans = [str(Scene(shared=plan).to_query()["shared"]) for plan in trial.plans]
    return {
        **trial.scene.to_query(),
        SCHEDULE: plans or [NOBODY],
        **({RATES: "log"} if trial.log_rates else {}),
        **({SPAN: str(trial.span)} if trial.span else {}),
    }


@lru_cache(maxsize=256)  # 50 kB each
def outcome(scene: Scene, plan: Plan, lanes: int) -> Outcome:
    """What the runner of a scene does under a schedule, with as many seeds as there are lanes."""
    runner, steps = scene.runners[0], scene.length
    run = scene.run(replace(runner, plan=plan), seed=scene.seed + np.arange(lanes))
    rates = run.lr
    if not plan.record.watches_loss:  # known also where the run has left the range of floats
        columns = {name: np.full((1, steps), value) for name, value in plan.hypers.items()}
        rates = runner.hypers["lr"] * factors(plan.record, steps, columns)
    at, now = few(steps), few(steps + 1)
    momentum = momenta(plan.record, steps, dict(plan.hypers), at.astype(float))
    moves = momentum if np.isfinite(momentum).any() else None
    return Outcome(at, band(rates[:, at]), now, band(run.loss[:, now]), band(run.loss[:, -1:]), moves)
