"""What is to be drawn, and whether another path is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from types import SimpleNamespace

import numpy as np

from core.engine.descend import Run, descend
from core.export.fault import DRAWS, ExportError, refusal
from core.export.library import Library
from core.export.rounding import shaken
from core.export.rules import same_rule
from core.export.writing import arguments
from core.modifiers import MODIFIERS
from core.optimizers import OPTIMIZERS
from core.scene import Plan, Runner, Scene
from core.schedules._warmup import climb_of, from_zero
from core.spec import Optimizer, Schedule, Surface, Text, telling

LEVEL = 1e-15  # losses that differ by no more than this share are told apart by rounding alone
SAME = 1e-12  # paths no further apart than this share of their size are one path
MAGNIFIED = 1e-11  # from here on a run in another arithmetic is another run


class Asked:
    """A runner's optimizer and schedule, which a library is to be asked for; what they work at, a heir knows.

    hypers: of the schedule, as far as they tell anything. begun: the share of the rate at which the warm-up begins; 0 for the usual one.
    rest: updates after the warm-up. scheduled: whether there is more to the schedule than its warm-up; whole: whether it
    begins at lr itself, and not at a share of it. cycled: the hyperparameter of the optimizer that the schedule changes
    beside the rate; empty where there is none. rates: (steps,) of the learning.
    other, instead: what is said where a library does something else, and what does not.
    """

    runner: Runner
    library: Library
    optimizer: Optimizer
    schedule: Schedule
    hypers: dict[str, float]
    warmup: int
    begun: float
    rest: int
    scheduled: bool
    whole: bool
    cycled: str
    lowest: float
    other = Text("would draw another path", "경로가 달라집니다")
    instead = DRAWS

    def plan(self, plan: Plan, schedule: Schedule, steps: int) -> None:
        """Take over a plan for a number of updates. schedule: that of the plan, in the dialect that is followed.

        Raises ExportError where the library cannot change the momentum, and the plan does.
        """
        self.optimizer, self.schedule = self.runner.record, schedule
        self.hypers = {h.name: plan.hypers[h.name] for h in telling(schedule.hypers, plan.hypers)}
        self.warmup, self.begun = int(plan.hypers["warmup_steps"]), plan.hypers["warmup_start"]
        self.rest = max(steps - self.warmup, 1)
        self.scheduled, self.whole = schedule.watches_loss, True
        if not self.scheduled:
            shares = schedule.factor(np.arange(float(self.rest)), float(self.rest), *self.hypers.values())
            self.scheduled = bool(np.any(shares != 1.0))
            self.whole = abs(float(shares[0]) - 1.0) <= SAME
        self.cycled = self._cycled()
        if self.cycled and not self.library.cycles:
            raise self.refusal(
                f"{self.title} has no schedule that changes the momentum beside the rate.",
                f"{self.title}에는 학습률과 함께 모멘텀을 바꾸는 스케줄이 없습니다.",
            )

    def _cycled(self) -> str:
        """The hyperparameter of the optimizer in whose place the schedule puts its own momentum."""
        momentum = self.schedule.momentum
        if momentum is None or np.isnan(momentum(0.0, float(self.rest), *self.hypers.values())):
            return ""
        return self.schedule.replaces(self.optimizer.defaults)

    def refusal(self, en: str, ko: str, reason: Text | None = None) -> ExportError:
        """Why the library cannot do it, what can, and the record's own words on the difference."""
        return refusal(en, ko, reason, self.instead)

    @property
    def rates(self) -> np.ndarray:
        """(steps,) learning rates that the rules are compared at."""
        raise NotImplementedError

    @property
    def title(self) -> str:
        return self.library.name

    @property
    def varies(self) -> bool:
        """Whether the learning rate changes during the run."""
        return self.scheduled or self.warmup > 0

    @property
    def rate(self) -> str:
        """The name of what a program hands to the optimizer as its learning rate."""
        return "schedule" if self.varies and not self.schedule.watches_loss else "lr"

    @property
    def length(self) -> str:
        """The name of the number of updates that the schedule proper has."""
        return "rest" if self.warmup else "steps"

    def factor(self, maximum: str = "", name: str = "factor") -> str:
        """The call of the schedule's own function. maximum: what holds the clock back during the warm-up."""
        clock = f"{maximum}(t - warmup, 0)" if maximum and self.warmup else "t"
        return f"{name}({clock}, {self.length}{arguments(self.schedule.hypers, self.hypers)})"

    def settings(self) -> str:
        """, name=number for every hyperparameter of the optimizer but lr; and what is changed from update to update."""
        kept = {k: v for k, v in self.runner.hypers.items() if k not in ("lr", self.cycled)}
        moved = f", {self.cycled}={self.factor('max', 'cycled')}" if self.cycled else ""
        return arguments(self.optimizer.hypers, kept) + moved

    def climb(self, minimum: str = "min") -> str:
        """The share of the full rate that a warm-up has reached at update t. minimum: what the library calls it."""
        if self.begun:
            return f"{minimum}(t / warmup * (1 - {self.begun!r}) + {self.begun!r}, 1)"
        return f"{minimum}({'t / warmup' if self.from_zero else '(t + 1) / (warmup + 1)'}, 1)"

    @property
    def first(self) -> str:
        """The rate at which a warm-up begins."""
        if self.begun:
            return f"{self.begun!r} * lr"
        return "0.0" if self.from_zero else "lr / (warmup + 1)"

    @property
    def from_zero(self) -> bool:
        """Whether a warm-up begins at no rate at all, as in Keras and optax where they are not told otherwise."""
        return climb_of(self.schedule) is from_zero and not self.begun

    @property
    def own_form(self) -> bool:
        """Whether the schedule's formula is the record's, which the record's spellings ask for."""
        return self.schedule.factor is (self.schedule.spoken_from or self.schedule).factor

    def ruled(self, rule: str) -> Optimizer:
        """The optimizer by a source's rule."""
        return _ruled(self.runner.optimizer, rule, self.runner.dialect)

    def draws_the_same(self, rule: str, hypers: Mapping[str, float]) -> bool:
        """Whether a source's rule with these hyperparameters does the same: if it is the same rule at these rates."""
        return same_rule(self.runner.spoken, self.ruled(rule), self.runner.hypers, hypers, self.rates)


@dataclass
class Task(Asked):
    """A runner of a scene, what it drew, and what its program therefore needs."""

    scene: Scene
    runner: Runner
    library: Library

    def __post_init__(self) -> None:
        plan = self.scene.plan_of(self.runner)
        self.surface: Surface = self.scene.record
        self.lowest = float(self.surface.lowest)
        self.plan(plan, plan.record.spoken(self.runner.dialect), self.scene.length)
        self.run: Run = self.scene.run(self.runner)

    @property
    def rates(self) -> np.ndarray:
        """(steps,) of the run."""
        return self.run.lr

    @cached_property
    def shaky(self) -> np.ndarray:
        """(steps+1,) how far another arithmetic leads away, as a share of the path's size."""
        found = np.max([self.apart(path) for path in shaken(self.scene, self.runner)], axis=0)
        asked = set(self.runner.spoken.update.__code__.co_names) if self.optimizer.plane else set()
        if {"f", "look"} <= asked:
            found = np.maximum(found, self.blindly)
        if {"f", "lowest"} <= asked and not self.optimizer.state:
            found = np.maximum(found, self.aground)
        return np.asarray(found)

    @property
    def blindly(self) -> np.ndarray:
        """(steps+1,) how far a search along the line may stray once the loss no longer tells one step from the next."""
        loss = self.run.loss
        level = np.abs(np.diff(loss)) <= LEVEL * np.abs(loss[1:])
        return np.concatenate([[0.0], np.where(np.maximum.accumulate(level), LEVEL**0.5, 0.0)])

    @property
    def aground(self) -> np.ndarray:
        """(steps+1,) how far steps stray that are as long as the height above the bottom, once that height is rounding."""
        run, lowest = self.run, self.lowest
        update, hypers = self.runner.spoken.update, {**self.runner.hypers}
        stray = np.zeros(len(run.loss))
        updates = zip(run.x[:-1].tolist(), run.gradient.tolist(), run.loss[:-1].tolist(), run.lr.tolist(), strict=True)
        for t, (p, g, f, hypers["lr"]) in enumerate(updates, 1):
            hair = LEVEL * max(abs(f), abs(lowest))
            one, other = (
                update(p, g, float(t), SimpleNamespace(f=f + off, lowest=lowest), **hypers)[0] for off in (-hair, hair)
            )
            stray[t] = max(abs(a - b) for a, b in zip(one, other, strict=True))
        with np.errstate(all="ignore"):
            return np.nan_to_num(stray / np.maximum.accumulate(np.abs(run.x).max(axis=-1)))

    @property
    def unsteady_from(self) -> int | None:
        """The update from which on another arithmetic may draw another path; None where it never does."""
        found = np.flatnonzero(self.shaky > MAGNIFIED)
        return int(found[0]) if len(found) else None

    def as_run(self, rule: str, hypers: Mapping[str, float]) -> Run:
        """What `Scene.run` does by another source's rule and with other hyperparameters."""
        plan = self.scene.plan_of(self.runner)
        return descend(
            self.surface,
            self.ruled(rule),
            start=self.scene.start,
            steps=self.scene.length,
            hypers=hypers,
            schedule=plan.record,
            schedule_hypers=plan.hypers,
            noise=self.scene.noise,
            seed=self.scene.seed,
            tolerance=self.scene.tolerance,
            dialect=self.runner.dialect,
            batch=self.scene.batch,
            modifiers=self.runner.modifiers,
            stops=self.scene.stops,
        )

    def clips_alike(self, key: str) -> bool:
        """Whether the library itself does to gradients what a modifier of the runner does."""
        record, library = MODIFIERS[key], self.library.key
        return bool(
            not record.after
            and getattr(record, library, "")
            and record.spoken(library).change is record.spoken(self.runner.dialect).change
        )

    def draws_the_same(self, rule: str, hypers: Mapping[str, float]) -> bool:
        """Whether a source's rule with these hyperparameters draws this path.

        It does if it is the same rule at these rates; or if, being another, it draws the very same path, which no
        arithmetic can lead away from.
        """
        if super().draws_the_same(rule, hypers):
            return True
        return self.unsteady_from is None and bool(np.all(self.apart(self.as_run(rule, hypers).x) <= SAME))

    def apart(self, theirs: np.ndarray) -> np.ndarray:
        """(steps+1,) distance of a path from ours at every step, as a share of our path's size until then."""
        ours = self.run.x
        lost, gone = np.isnan(theirs).any(axis=-1), np.isnan(ours).any(axis=-1)
        with np.errstate(all="ignore"):
            gap = np.abs(ours - theirs).max(axis=-1) / np.maximum.accumulate(np.abs(ours).max(axis=-1))
        return np.where(lost | gone, np.where(lost & gone, 0.0, np.inf), np.nan_to_num(gap))


@cache
def _ruled(optimizer: str, rule: str, dialect: str) -> Optimizer:
    """An optimizer by one source's rule, to be run under another's schedules."""
    return replace(OPTIMIZERS[optimizer].spoken(rule), dialect=dialect)
