"""A runner's path as a short program for PyTorch, Keras, optax or NumPy: to read, to run, to hand in.

Formulas are copied from the declarations by their source, so a program needs nothing of Descent Lab. What a library
does is read from the records too: `differs` and `dialects` say by which rule it would run, and that rule is run here
and laid beside the path that was drawn. Only where the two are the same is there a program.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np

from core.engine import noise
from core.engine.descend import Run, descend
from core.engine.interpreter import evaluate
from core.expression import ExpressionError, Formula
from core.expression.parse import VARIABLES
from core.expression.program import program
from core.expression.source import source
from core.expression.symbolic import derivative
from core.optimizers import OPTIMIZERS
from core.scene import DIALECTS, OURS, Runner, Scene
from core.schedules._warmup import climb_of, from_zero
from core.spec import Dialect, Hyper, Optimizer, Schedule, Surface, Text

LIBRARIES = {**{key: DIALECTS[key].en for key in ("pytorch", "keras", "optax")}, "numpy": "NumPy"}
WIDTH = 100  # of a program's own lines; copied formulas keep theirs
NUDGE = 1e-15  # the hair, as a share of what is moved, that shows how a run magnifies rounding errors
MORE = 100 * NUDGE  # what differences of nearly equal gradients make of a hair
LEVEL = 1e-15  # losses that differ by no more than this share are told apart by rounding alone
SAME = 1e-12  # paths no further apart than this share of their size are one path
MAGNIFIED = 1e-11  # from here on a nudged run is another run
NONE = 1e-300  # an ε that changes no digit, and still keeps 0 / 0 away
FEW = 4  # minima that are all written down
SHORT = 30  # updates: in less, the parts of a library's schedule may have no room


class ExportError(ValueError):
    """Why there is no such program, as a sentence in every language."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def export_code(scene: Scene, runner: Runner, library: str) -> str:
    """A program that leaves `path`, shape (steps+1, 2), as `scene.run(runner)` has it.

    library: a key of `LIBRARIES`. Raises ExportError where the library cannot draw that path.
    """
    if library not in LIBRARIES:
        names = ", ".join(LIBRARIES)
        raise ExportError(
            Text(
                f"There is no program for {str(library)[:20]!r}; there are {names}.",
                f"{str(library)[:20]!r}(으)로는 내보낼 수 없습니다. {names} 가운데 하나를 골라 주세요.",
            )
        )
    task = Task(scene, runner, library)
    if np.isnan(task.run.x[0]).any():
        raise ExportError(BEYOND)
    return {"numpy": _numpy, "pytorch": _pytorch, "keras": _keras, "optax": _optax}[library](task)


# --- what is to be drawn, and whether a library draws it ---------------------------------------------


@dataclass
class Task:
    """A runner of a scene, what it drew, and what its program therefore needs."""

    scene: Scene
    runner: Runner
    library: str
    surface: Surface = field(init=False)
    optimizer: Optimizer = field(init=False)
    schedule: Schedule = field(init=False)
    hypers: dict[str, float] = field(init=False)  # of the schedule
    warmup: int = field(init=False)
    rest: int = field(init=False)  # updates after the warm-up
    scheduled: bool = field(init=False)  # whether there is more to the schedule than its warm-up
    whole: bool = field(init=False)  # whether it begins at lr itself, and not at a share of it
    run: Run = field(init=False)
    shaky: np.ndarray = field(init=False)  # (steps+1,) how far a nudged run is away, as a share of the path's size

    def __post_init__(self) -> None:
        plan = self.scene.plan_of(self.runner)
        self.surface, self.optimizer = self.scene.record, self.runner.record
        self.schedule = plan.record.spoken(self.runner.dialect)
        self.hypers = {h.name: plan.hypers[h.name] for h in self.schedule.hypers}
        self.warmup = int(plan.hypers["warmup_steps"])
        self.rest = max(self.scene.length - self.warmup, 1)
        self.scheduled, self.whole = self.schedule.watches_loss, True
        if not self.scheduled:
            shares = self.schedule.factor(np.arange(float(self.rest)), float(self.rest), *self.hypers.values())
            self.scheduled = bool(np.any(shares != 1.0))
            self.whole = abs(float(shares[0]) - 1.0) <= SAME
        self.run = self.scene.run(self.runner)
        self.shaky = np.max([self.apart(twin.x) for twin in self.twins()], axis=0)
        if self.optimizer.plane and {"f", "look"} <= set(self.optimizer.update.__code__.co_names):
            self.shaky = np.maximum(self.shaky, self.blindly)

    @property
    def blindly(self) -> np.ndarray:
        """(steps+1,) how far a search along the line may stray once the loss no longer tells one step from the next."""
        loss = self.run.loss
        level = np.abs(np.diff(loss)) <= LEVEL * np.abs(loss[1:])
        return np.concatenate([[0.0], np.where(np.maximum.accumulate(level), LEVEL**0.5, 0.0)])

    def twins(self) -> Iterator[Run]:
        """The same run, begun a hair beside the start, and with steps a hair shorter or longer.

        A method that divides by what it learns of the curvature can magnify what neither shows: the rounding of the
        gradients whose difference it takes, and more than a hair of its other hyperparameters.
        """
        start, hypers = np.array(self.scene.start), self.runner.hypers
        if self.optimizer.plane:
            yield self.as_run(hypers={name: value * (1 + MORE) or MORE for name, value in hypers.items()})
            steepest = np.nanmax(np.abs(self.run.gradient), initial=0.0)
            yield self.as_run(noise=NUDGE * float(steepest) if np.isfinite(steepest) else NUDGE)
        for side in (1.0, -1.0):
            yield self.as_run(start=start + NUDGE * np.maximum(np.abs(start), 1.0) * (side, 1.0))
            yield self.as_run(hypers={**hypers, "lr": hypers["lr"] * (1 + side * NUDGE)})

    @property
    def title(self) -> str:
        return LIBRARIES[self.library]

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

    def factor(self, maximum: str = "") -> str:
        """The call of the schedule's own function. maximum: what holds the clock back during the warm-up."""
        clock = f"{maximum}(t - warmup, 0)" if maximum and self.warmup else "t"
        return f"factor({clock}, {self.length}{_arguments(self.schedule.hypers, self.hypers)})"

    def climb(self, minimum: str = "min") -> str:
        """The share of the full rate that a warm-up has reached at update t. minimum: what the library calls it."""
        return f"{minimum}({'t / warmup' if self.from_zero else '(t + 1) / (warmup + 1)'}, 1)"

    @property
    def from_zero(self) -> bool:
        """Whether a warm-up begins at no rate at all, as in Keras and optax."""
        return climb_of(self.schedule) is from_zero

    @property
    def own_form(self) -> bool:
        """Whether the schedule's formula is the record's, which the record's spellings ask for."""
        return self.schedule.factor is (self.schedule.spoken_from or self.schedule).factor

    def as_run(
        self, rule: str = "", hypers: Mapping[str, float] | None = None, start: Any = None, noise: float = 0.0
    ) -> Run:
        """What `Scene.run` does: from another start, with other hyperparameters, more noise, or by another source's rule."""
        plan = self.scene.plan_of(self.runner)
        return descend(
            self.surface,
            _ruled(self.runner.optimizer, rule or self.runner.dialect, self.runner.dialect),
            start=self.scene.start if start is None else start,
            steps=self.scene.length,
            hypers=self.runner.hypers if hypers is None else hypers,
            schedule=plan.record,
            schedule_hypers=plan.hypers,
            noise=self.scene.noise + noise,
            seed=self.scene.seed,
            tolerance=self.scene.tolerance,
            dialect=self.runner.dialect,
            batch=self.scene.batch,
        )

    def apart(self, theirs: np.ndarray, ours: np.ndarray | None = None) -> np.ndarray:
        """(steps+1,) distance of a path from ours at every step, as a share of our path's size until then."""
        ours = self.run.x if ours is None else ours
        lost, gone = np.isnan(theirs).any(axis=-1), np.isnan(ours).any(axis=-1)
        with np.errstate(all="ignore"):
            gap = np.abs(ours - theirs).max(axis=-1) / np.maximum.accumulate(np.abs(ours).max(axis=-1))
        return np.where(lost | gone, np.where(lost & gone, 0.0, np.inf), np.nan_to_num(gap))

    def same(self, theirs: np.ndarray, ours: np.ndarray | None = None) -> bool:
        """Whether two paths differ by rounding only, and by what the run makes of it."""
        return bool(np.all(self.apart(theirs, ours) / 1000 <= np.maximum(SAME / 1000, self.shaky)))


@cache
def _ruled(optimizer: str, rule: str, dialect: str) -> Optimizer:
    """An optimizer by one source's rule, to be run under another's schedules."""
    return replace(OPTIMIZERS[optimizer].spoken(rule), dialect=dialect)


BEYOND = Text(
    "At the start the surface is higher than a number can say, so there is no path to write a program for.",
    "시작점에서 지형의 높이가 컴퓨터가 다룰 수 있는 수의 범위를 넘습니다. 경로가 없으므로 내보낼 코드도 없습니다.",
)


def _spelling(task: Task) -> str:
    """The record's spelling of the optimizer by which the library draws the very same path.

    Raises ExportError where there is none.
    """
    o, library, title = task.optimizer, task.library, task.title
    own, dialect = str(getattr(o, library)), o.dialects.get(library)
    mine = task.runner.hypers
    if not own and library in o.differs:
        en, ko = f"{title} has no {o.name} just like this one.", f"{title}에는 이와 똑같은 {o.name}이(가) 없습니다."
        raise _refusal(en, ko, o.differs[library])
    if not own:
        raise _refusal(f"{title} has no {o.name}.", f"{title}에는 {o.name} 옵티마이저가 없습니다.")

    # The record's spelling asks for the dialect's rule, unless the dialect has a spelling of its own: then for ours.
    spellings = [] if dialect and not dialect.spelling else [(o, OURS)]
    if dialect:
        spellings.append((o.spoken(library), library))
    fixed: dict[str, float] = {}
    for spelt, rule in spellings:
        absent = {name: spelt.defaults[name] for name in spelt.unspelled(library)}
        hypers = {**mine, **absent}
        if task.same(task.as_run(rule, hypers).x) and (rule == library or _as_asked(task, dialect, hypers)):
            return _brief(spelt.asked(library, mine), mine, spelt.defaults)
        fixed = {name: value for name, value in absent.items() if value != mine[name]}
    if fixed:
        en = ", ".join(f"{name} is {value:g} there and {mine[name]:g} here" for name, value in fixed.items())
        ko = ", ".join(f"{name} = {value:g}(이 장면에서는 {mine[name]:g})" for name, value in fixed.items())
        raise _refusal(
            f"Not all settings of {title}'s {o.name} can be changed: {en}.",
            f"{title}의 {o.name}에서는 다음 설정을 바꿀 수 없습니다: {ko}.",
        )
    if task.runner.dialect not in (OURS, library):
        whose = DIALECTS[task.runner.dialect]
        raise _refusal(
            f"This runner follows {whose.en}; {title} would draw another path.",
            f"이 경주자는 {whose.ko}의 방식을 따르므로 {title}로 실행하면 경로가 달라집니다.",
            o.differs.get(task.runner.dialect),
        )
    raise _refusal(
        f"{title} would draw another path.", f"{title}로 실행하면 경로가 달라집니다.", o.differs.get(library)
    )


def _as_asked(task: Task, dialect: Dialect | None, hypers: Mapping[str, float]) -> bool:
    """Whether a library that is asked for our form runs by our rule under a schedule too.

    It is asked where to put ε. A velocity that keeps lr inside, which a constant lr hides, it does not give up for
    that; so the two rules are run without ε.
    """
    if not (dialect and dialect.spelling and task.varies):
        return True
    bare = {**hypers, "eps": NONE}
    return task.same(task.as_run(task.library, bare).x, task.as_run(OURS, bare).x)


def _brief(spelling: str, values: Mapping[str, float], defaults: Mapping[str, float]) -> str:
    """A spelling without the arguments that switch something off that is off by default."""
    for name, value in values.items():
        if value == defaults[name] == 0.0:
            spelling = re.sub(rf", \w+={{{name}}}(?=[,)])", "", spelling)
    return spelling


def _refusal(en: str, ko: str, reason: Text | None = None) -> ExportError:
    """Why a library cannot do it, what can, and the record's own words on the difference."""
    text = Text(f"{en} The NumPy program draws this path.", f"{ko} NumPy 코드로는 이 경로를 그릴 수 있습니다.")
    if reason:
        text = Text(f"{text.en} What differs: {reason.en}", f"{text.ko} 다른 점: {reason.ko}")
    return ExportError(text)


def _watching(task: Task) -> str:
    """The spelling of a schedule that watches the loss. Raises ExportError where the library has none like it."""
    s, title, reason = task.schedule, task.title, task.schedule.differs.get(task.library)
    own_rule = s.dialect == task.library and not task.own_form
    spelling = str(getattr(s, task.library)) if own_rule or task.own_form else ""
    if not spelling:
        raise _refusal(
            f"{title} has no schedule that watches the loss just as {s.name.en} does here.",
            f"{title}에는 {s.name.ko} 스케줄과 똑같은 방식으로 손실을 지켜보는 스케줄이 없습니다.",
            reason,
        )
    if task.warmup:
        raise _refusal(
            f"{title} cannot put a warm-up before a schedule that watches the loss.",
            f"{title}에서는 손실을 지켜보는 스케줄 앞에 워밍업을 붙일 수 없습니다.",
        )
    if own_rule and task.library == "optax":
        o = task.optimizer.name
        if task.optimizer.plane:
            raise _refusal(
                f"{title} cannot put a schedule that watches the loss behind {o} as it is done here.",
                f"{title}에서는 여기와 같은 방식으로 {o} 뒤에 손실을 지켜보는 스케줄을 붙일 수 없습니다.",
            )
        if not _only_scales(task):
            raise _refusal(
                f"{title} shortens the finished step; here the rate is cut, which {o} keeps in its state.",
                f"{title}는 계산이 끝난 스텝을 줄이지만, 여기서는 {o}의 상태에 들어가는 학습률을 낮춥니다.",
                reason,
            )
    if own_rule:
        return spelling
    # What the record's words on the difference are about: losses below zero, and cuts too small to be made.
    cuts = -np.diff(task.run.lr)
    if reason and (np.nanmin(task.run.loss) < 0 or np.any((cuts > 0) & (cuts <= 1e-8))):
        raise _refusal(f"{title} may draw another path here.", f"{title}에서는 경로가 달라질 수 있습니다.", reason)
    return spelling


def _only_scales(task: Task) -> bool:
    """Whether half the rate makes half the step and leaves the state as it is."""
    o, hypers = task.runner.spoken, task.runner.hypers
    slots = [0.0 + o.initial.get(name, 0.0) for name in o.state]
    for t in range(1, 4):
        whole = o.update(0.5, 0.25, float(t), *slots, **hypers)
        half = o.update(0.5, 0.25, float(t), *slots, **{**hypers, "lr": hypers["lr"] / 2})
        if not np.allclose([*half[1:], 2 * (half[0] - 0.5)], [*whole[1:], whole[0] - 0.5], rtol=1e-9, atol=1e-12):
            return False
        slots = list(whole[1:])
    return True


# --- the programs ------------------------------------------------------------------------------------


def _numpy(task: Task) -> str:
    o, s = task.optimizer, task.schedule
    page = Page(task)
    page.copy(task.runner.spoken.update, name="update")
    if task.scheduled:
        page.copy(s.factor, name="factor")
    page.settings()

    state = "".join(f", {name}" for name in o.state)
    zeros = [f"np.full(2, {o.initial[name]!r})" if name in o.initial else "np.zeros(2)" for name in o.state]
    page.add("point = np.array(start)", *(f"{name} = {zero}" for name, zero in zip(o.state, zeros, strict=True)))
    rate, before = "lr", []
    if s.watches_loss:
        seen = ", ".join(s.state)
        zeros = [repr(float(s.initial.get(name, 0.0))).replace("inf", "np.inf") for name in s.state]
        page.add(f"{seen} = {', '.join(zeros)}  # what the schedule remembers")
        loss = f"{page.value}(*point)"
        before = _call(f"share, {seen} = factor(t, steps, {loss}, {seen}{_arguments(s.hypers, task.hypers)})")
    elif task.scheduled:
        before = _call(f"share = {task.factor('max')}")
    if task.warmup:
        before.append(f"climb = {task.climb()}  # the warm-up")
    if task.varies:
        share = " * ".join(["climb"] * bool(task.warmup) + ["share"] * task.scheduled)
        rate = f"lr * ({share})" if "*" in share else f"lr * {share}"
    hypers = _arguments(o.hypers, {k: v for k, v in task.runner.hypers.items() if k != "lr"})
    result = f"point{state}" if state else "(point,)"
    here = ", here" if o.plane else ""
    update = _call(f"{result} = update(point, g, t + 1{here}{state}, {rate}{hypers})", 4)
    after = ["point = np.array(point)"] * o.plane + ["point = np.clip(point, low, high)"] * page.boxed
    page.loop(
        "point", page.gradient_at("point"), *page.around(), *before, *(row[4:] for row in update), *after, counted=True
    )
    return page.text()


def _pytorch(task: Task) -> str:
    spelling = _spelling(task)
    page = Page(task, "import torch")
    page.head("torch.set_default_dtype(torch.float64)  # PyTorch's own default keeps half as many digits")
    page.settings()
    page.add("point = torch.tensor(start, requires_grad=True)", "params = [point]", *_made(task, spelling, "lr"))

    kinds, own = "torch.optim.lr_scheduler", _schedule(task)
    if task.warmup and not task.from_zero and (task.whole if own else not task.scheduled):
        name = "climb" if own else "scheduler"
        lines = ["# The warm-up: a straight climb to the full rate."]
        lines += _call(f"{name} = {kinds}.LinearLR(optimizer, start_factor=1 / (warmup + 1), total_iters=warmup)")
        if own:
            lines += _call(f"schedule = {own}")
            lines += _call(f"scheduler = {kinds}.SequentialLR(optimizer, [climb, schedule], milestones=[warmup])")
        page.add(*lines)
    elif own and not task.warmup:
        page.add(*_call(f"scheduler = {own}"))
    elif task.varies:
        parts = ["climb"] * bool(task.warmup)
        if task.scheduled:
            page.copy(task.schedule.factor, name="factor")
            parts.append(f"float({task.factor('max')})")
        says = ": a straight climb" * bool(task.warmup) + ", and then `factor`" * bool(task.warmup and task.scheduled)
        page.define(
            "def share(t):",
            f'    """The share of lr at update t{says}."""',
            *[f"    climb = {task.climb()}"] * bool(task.warmup),
            *_call(f"return {' * '.join(parts)}", 4),
        )
        page.add(f"scheduler = {kinds}.LambdaLR(optimizer, share)")
    after = ["with torch.no_grad():", "    point.clamp_(torch.tensor(low), torch.tensor(high))"] * page.boxed
    if task.schedule.watches_loss:
        after.append(f"scheduler.step({page.value}(*path[-1]))  # the loss before this update")
    elif task.varies:
        after.append("scheduler.step()")
    page.loop(
        "point.detach().numpy().copy()",
        page.gradient_at("path[-1]"),
        "point.grad = torch.from_numpy(g)  # which loss.backward() does elsewhere",
        "optimizer.step()",
        *after,
    )
    return page.text()


def _keras(task: Task) -> str:
    spelling = _spelling(task)
    page = Page(task, "import keras")
    page.first = ["import os", "", 'os.environ["KERAS_BACKEND"] = "torch"  # before the import']
    page.head('keras.config.set_floatx("float64")  # the default, float32, keeps half as many digits')
    page.settings()
    own, watches = _schedule(task), task.schedule.watches_loss
    if watches:
        page.first.insert(1, "from types import SimpleNamespace")
        page.add(*_call(f"watcher = {own}"))
    elif own and not task.warmup:
        page.add(*_call(f"schedule = {own}"))
    elif task.varies:
        says, rate = [], "lr"
        if task.warmup:
            says.append("a straight climb to the full rate")
            rate = "lr * climb"
        if own:
            page.add(*_call(f"decay = {own}"))
            says.append("`decay`")
            rate = "climb * decay(max(t - warmup, 0))"
        elif task.scheduled:
            page.copy(task.schedule.factor, name="factor")
            says.append("the share `factor` of lr")
            rate = f"{rate} * float({task.factor('max')})"
        says[0] = says[0][0].upper() + says[0][1:]
        page.define(
            "class Schedule(keras.optimizers.schedules.LearningRateSchedule):",
            f'    """{", then ".join(says)}."""',
            "",
            "    def __call__(self, step):",
            "        t = float(step)",
            *[f"        climb = {task.climb()}"] * bool(task.warmup),
            *_call(f"return {rate}", 8),
        )
        page.add("schedule = Schedule()")
    page.add(
        "point = keras.Variable(np.array(start))",
        *_made(task, spelling, task.rate),
        "optimizer.build([point])",
    )
    if watches:
        page.add(
            "watcher.set_model(SimpleNamespace(optimizer=optimizer))  # of a model it asks no more than that",
            "watcher.on_train_begin()",
        )
    page.loop(
        "keras.ops.convert_to_numpy(point).copy()",
        page.gradient_at("path[-1]"),
        "optimizer.apply([keras.ops.convert_to_tensor(g)], [point])",
        *["point.assign(np.clip(keras.ops.convert_to_numpy(point), low, high))"] * page.boxed,
        *[f'watcher.on_epoch_end(t, {{"loss": {page.value}(*path[-1])}})  # the loss before this update'] * watches,
        counted=watches,
    )
    return page.text()


def _optax(task: Task) -> str:
    spelling = _spelling(task)
    page = Page(task, "import jax", "import jax.numpy as jnp", "import optax")
    page.head('jax.config.update("jax_enable_x64", True)  # the default, float32, keeps half as many digits')
    page.settings()
    own, watches = _schedule(task), task.schedule.watches_loss
    if task.varies and not watches:
        rate = "lr * climb" if task.warmup else "lr"
        if own:
            page.add(*_call(f"decay = {own}"))
            rate = "climb * decay(jnp.maximum(t - warmup, 0))" if task.warmup else "decay(t)"
        elif task.scheduled:
            page.copy(task.schedule.factor, name="factor", instead={"np": "jnp"})
            rate = f"{rate} * {task.factor('jnp.maximum')}"
        page.define(
            "def schedule(count):",
            "    t = jnp.float64(count)  # optax counts in int32, and would go on in float32",
            *[f"    climb = {task.climb('jnp.minimum')}  # the warm-up"] * bool(task.warmup),
            *_call(f"return {rate}", 4),
        )
    looks = "look" in page.asked  # and then calls NumPy, which cannot be compiled
    page.add(
        *_made(task, spelling, task.rate),
        *(_call(f"optimizer = optax.chain(optimizer, {own})") if watches else []),
        *["update = jax.jit(optimizer.update)  # compiled once: much faster than step by step"] * (not looks),
        "point = jnp.array(start)",
        "state = optimizer.init(point)",
    )
    told = f", value={page.value}(*path[-1])" if watches or "f" in page.asked else ""
    told += f", grad_fn=lambda p, _: jnp.array(look(*p{page.looks})[1:])" if looks else ""
    change = _call(f"change, state = {'optimizer.' * looks}update(jnp.array(g), state, point{told})", 4)
    page.loop(
        "np.array(point)",
        page.gradient_at("path[-1]"),
        *(row[4:] for row in change),
        "point = optax.apply_updates(point, change)",
        *["point = jnp.clip(point, jnp.array(low), jnp.array(high))"] * page.boxed,
    )
    return page.text()


def _made(task: Task, spelling: str, rate: str) -> list[str]:
    """The line that makes the optimizer."""
    values = {**task.runner.hypers, "lr": rate, "lowest": float(task.surface.lowest)}
    return _call(f"optimizer = {_written(spelling, task.optimizer.hypers, values)}")


def _schedule(task: Task) -> str:
    """The library's own schedule, simplified where a number leaves nothing to compute; empty where it has none that fits.

    Raises ExportError where the schedule watches the loss and the library has none like it.
    """
    if not task.scheduled:
        return ""
    asks = task.own_form or task.schedule.dialect == task.library
    spelling = _watching(task) if task.schedule.watches_loss else str(getattr(task.schedule, task.library)) * asks
    if not spelling or ("{T}" in spelling and task.rest < SHORT):
        return ""
    values = {"lr": "lr", "T": task.length, **task.hypers}
    tree = ast.parse(_written(spelling, task.schedule.hypers, values), mode="eval")
    return ast.unparse(Simplified().visit(tree))


# --- a page of code ----------------------------------------------------------------------------------


class Page:
    """A program in the making: header, imports, definitions, settings, set-up, loop."""

    def __init__(self, task: Task, *imports: str) -> None:
        self.task = task
        self.first: list[str] = []  # lines before all imports but those of the standard library
        self.imports = {"import numpy as np", *imports}
        self.blocks: list[tuple[bool, str]] = []  # (whether it is a function or class, text)
        self.placed = ""  # what was done to the surface
        surface, scene = task.surface, task.scene
        asked = set(task.runner.spoken.update.__code__.co_names) if task.optimizer.plane else set()
        self.asked = [name for name in ("f", "lowest", "look", "bend") if name in asked]
        self.bends = "bend" in asked
        self.boxed = surface.box is not None
        if self.boxed and surface.placed_from:
            raise ExportError(TURNED_BOX)
        self.value, self.gradient, self.hessian, self.clock = "value", "gradient", "hessian", ""
        if isinstance(scene.surface, Formula):
            self.formula(scene.surface)
        else:
            flat = surface.flat
            slope = flat.samples.gradient if flat.samples and scene.batch_size else flat.gradient
            self.copy(flat.value, slope, *[flat.hessian] * self.bends)
        self.rest = "rest = steps - warmup  # the updates that are left to the schedule"
        if task.warmup >= scene.length:
            self.rest = "rest = 1  # the run ends before the warm-up does"
        if scene.batch_size:
            self.examples(surface.flat)
        if surface.placed_from:
            self.place(surface)
        self.chance()

    def add(self, *lines: str) -> None:
        """Some statements that belong together."""
        self.blocks.append((False, "\n".join(lines)))

    def define(self, *lines: str) -> None:
        """A function or a class."""
        self.blocks.append((True, "\n".join(lines)))

    def head(self, line: str) -> None:
        """A statement right after the imports."""
        self.blocks.insert(0, (False, line))

    def copy(self, *functions: Callable[..., Any], name: str = "", instead: Mapping[str, str] | None = None) -> None:
        """The source of functions of one module, with all that they need of it.

        name: what a single function is called here. instead: modules by another name.
        """
        for kind, text in _needed(*functions):
            for old, new in (instead or {}).items():
                text = re.sub(rf"\b{old}\.", f"{new}.", text)
            if kind is ast.Import:
                self.imports.add(text)
                continue
            if name:
                text = text.replace(f"def {functions[0].__name__}(", f"def {name}(")
            if kind is ast.Assign and self.blocks and not self.blocks[-1][0]:
                self.blocks[-1] = (False, f"{self.blocks[-1][1]}\n{text}")
            else:
                self.blocks.append((kind is ast.FunctionDef, text))

    def formula(self, formula: Formula) -> None:
        """A typed function and its derivatives, written out. Raises ExportError where the path meets a 0/0 in them."""
        slopes = [derivative(formula.tree, by) for by in VARIABLES]
        seconds = [derivative(slopes[i], by) for i, by in ((0, "x"), (0, "y"), (1, "y"))] if self.bends else []
        surface, path = self.task.surface, self.task.run.x[:-1]
        a = np.array(surface.placement).reshape(2, 2)
        points = (path[np.isfinite(path).all(axis=1)] - surface.centre) @ a.T + surface.centre
        known = [*surface.flat.gradient(*points.T), *(surface.flat.hessian(*points.T) if seconds else ())]
        try:
            written = [evaluate(program(tree), *points.T)[0] for tree in (*slopes, *seconds)]
        except ExpressionError as fault:
            raise ExportError(TOO_INVOLVED) from fault
        with np.errstate(all="ignore"):
            if not np.allclose(written, known, rtol=1e-9, atol=1e-9, equal_nan=True):
                raise ExportError(NO_SLOPE)
        self.define("def value(x, y):", *_folded(f"return {source(formula.tree)}"))
        lines = [*_folded(f"slope_x = {source(slopes[0])}"), *_folded(f"slope_y = {source(slopes[1])}")]
        self.define("def gradient(x, y):", *lines, "    return slope_x, slope_y")
        if seconds:
            named = zip(("xx", "xy", "yy"), seconds, strict=True)
            lines = [row for name, second in named for row in _folded(f"{name} = {source(second)}")]
            self.define("def hessian(x, y):", *lines, "    return xx, xy, yy")

    def place(self, surface: Surface) -> None:
        """The stretched and turned surface, in terms of the declared one."""
        (cx, cy), angle, stretch = surface.centre, float(surface.rotation), float(surface.stretch)
        done, lines = [], [f"CX, CY = {float(cx)!r}, {float(cy)!r}" if angle else f"CY = {float(cy)!r}"]
        if stretch != 1.0:
            done.append(f"squeezed by {stretch!r} along y")
            lines.append(f"STRETCH = {stretch!r}")
        if angle:
            done.append(f"turned by {angle:g} degrees")
            self.imports.add("import math")
            lines.append(f"COS, SIN = math.cos(math.radians({angle!r})), math.sin(math.radians({angle!r}))")
        self.placed = f"The surface is {', then '.join(done)}, about the middle of its map."
        self.add(f"# {self.placed}", *lines)
        by = "STRETCH * " if stretch != 1.0 else ""
        inner = f"{by}(COS * (y - CY) - SIN * (x - CX))" if by else "COS * (y - CY) - SIN * (x - CX)"
        point = f"CX + COS * (x - CX) + SIN * (y - CY), CY + {inner}" if angle else "x, CY + STRETCH * (y - CY)"
        slope = f"COS * gx - SIN * {by}gy, SIN * gx + COS * {by}gy" if angle else "gx, STRETCH * gy"
        self.define(
            "def back(x, y):",
            '    """The point that (x, y) was before."""',
            f"    return {point}",
        )
        self.define("def placed_value(x, y):", "    return value(*back(x, y))")
        self.define(
            f"def placed_gradient(x, y{self.clock}):",
            f"    gx, gy = {self.gradient}(*back(x, y){self.clock})",
            f"    return {slope}",
        )
        if self.bends:
            lines = ["    xx, xy, yy = hessian(*back(x, y))"]
            lines += ["    xy, yy = STRETCH * xy, STRETCH**2 * yy"] * (stretch != 1.0)
            turned = [
                "    return (",
                "        COS**2 * xx - 2 * COS * SIN * xy + SIN**2 * yy,",
                "        COS * SIN * (xx - yy) + (COS**2 - SIN**2) * xy,",
                "        SIN**2 * xx + 2 * COS * SIN * xy + COS**2 * yy,",
                "    )",
            ]
            self.define("def placed_hessian(x, y):", *lines, *(turned if angle else ["    return xx, xy, yy"]))
        self.value, self.gradient, self.hessian = "placed_value", "placed_gradient", "placed_hessian"

    def examples(self, flat: Surface) -> None:
        """The gradient that update t sees: the mean over its examples."""
        assert flat.samples is not None
        name, batch = flat.samples.gradient.__name__, self.task.scene.batch_size
        seen = f"mean gradient of the {batch} examples" if batch > 1 else "gradient of the example"
        self.define(
            "def batch_gradient(x, y, t):",
            f'    """The {seen} of update t."""',
            f"    slopes = [{name}(x, y, k) for k in examples[t]]",
            "    return sum(gx for gx, _ in slopes) / batch, sum(gy for _, gy in slopes) / batch",
        )
        self.gradient, self.clock = "batch_gradient", ", t"

    @property
    def draws(self) -> bool:
        """Whether examples are drawn at random."""
        samples = self.task.surface.samples
        return bool(self.task.scene.batch_size and samples and not samples.in_turn)

    def chance(self) -> None:
        """What turns the seed into noise and examples, and what a plane method sees around its point."""
        scene = self.task.scene
        functions: list[Callable[..., Any]] = [noise.example, noise.stream] if self.draws else []
        if scene.noise:
            functions.append(noise.normals)
        if functions:
            self.copy(*functions, name="draw" if self.draws else "")
        if "look" in self.asked:
            slope = f"{self.gradient}(x, y{self.clock})"
            self.define(
                f"def look(x, y{self.looks}):",
                '    """The loss and its slope elsewhere, as the update sees them."""',
                f"    gx, gy = {f'np.array({slope}) + noise[t]' if scene.noise else slope}",
                f"    return {self.value}(x, y), gx, gy",
            )

    @property
    def looks(self) -> str:
        """What `look` is told besides the point: the number of the update, where chance has a part in it."""
        return ", t" if self.task.scene.noise or self.clock else ""

    def around(self) -> list[str]:
        """The lines of the loop that make `here`, which a plane method may ask."""
        if not self.asked:
            return []
        answers = {
            "f": f"{self.value}(*point)",
            "lowest": repr(float(self.task.surface.lowest)),
            "look": "lambda x, y, t=t: look(x, y, t)" if self.looks else "look",
            "bend": f"lambda point=point: {self.hessian}(*point)",
        }
        self.imports.add("from types import SimpleNamespace")
        made = ", ".join(f"{name}={answers[name]}" for name in self.asked)
        return [row[4:] for row in _call(f"here = SimpleNamespace({made})", 4)]

    def settings(self) -> None:
        """Start, length and rate, and what the scene adds to them."""
        task, scene = self.task, self.task.scene
        x, y = scene.start or (0.0, 0.0)
        lines = [f"start = ({x!r}, {y!r})", f"steps = {scene.length}", f"lr = {task.runner.hypers['lr']!r}"]
        if task.warmup:
            lines.append(f"warmup = {task.warmup}")
            if task.scheduled:
                lines.append(self.rest)
        self.add(*lines)
        if scene.noise or self.draws:
            self.add(f"seed = np.array([{scene.seed}], dtype=np.uint64)  # what is drawn follows from it alone")
        if scene.batch_size:
            count = task.surface.samples.count if task.surface.samples else 0
            numbers = "np.arange(steps * batch)"
            made = f"{numbers} % {count}  # one after the other"
            if self.draws:
                numbers = "np.arange(steps * batch, dtype=np.uint64)"
                made = f"draw(stream(seed), {numbers}, np.uint64({count})).astype(int)"
            self.add(
                "# Row t holds the numbers of the examples that update t sees.",
                f"batch = {scene.batch_size}",
                f"numbers = {made}",
                "examples = numbers.reshape(steps, batch)",
            )
        if self.boxed and task.surface.box:
            (x0, x1), (y0, y1) = task.surface.box
            self.add(
                "# Where the point may be; it is put back to the nearest such place after every update.",
                f"low, high = ({float(x0)!r}, {float(y0)!r}), ({float(x1)!r}, {float(y1)!r})",
            )
        if scene.noise:
            self.add(
                "# Row t is the noise on gradient t.",
                f"noise = {scene.noise!r} * np.stack(normals(seed, np.arange(steps, dtype=np.uint64)), axis=1)",
            )
        if self.stops:
            end = np.array(task.run.x[-1])
            minima = task.surface.minima
            note = ""
            if len(minima) > FEW:
                note = f"  # of {len(minima)}, the one next to where this run ends"
                minima = tuple(sorted(minima, key=lambda p: float(np.sum((np.array(p) - end) ** 2)))[:1])
            points = ", ".join(f"[{float(px)!r}, {float(py)!r}]" for px, py in minima)
            self.add(*_call(f"minima = np.array([{points}])", note=note), f"tolerance = {scene.tolerance!r}")
            self.define(
                "def at_rest(last, new):",
                '    """At a minimum, and with a step no longer than the tolerance."""',
                "    near = ((minima - last) ** 2).sum(axis=1).min() <= tolerance**2",
                "    return near and ((new - last) ** 2).sum() <= tolerance**2",
            )

    @property
    def overflows(self) -> bool:
        return bool(np.isnan(self.task.run.x).any())

    @property
    def stops(self) -> bool:
        """Whether there is a minimum to stop at."""
        return self.task.scene.tolerance is not None and bool(self.task.surface.minima) and not self.overflows

    def gradient_at(self, point: str) -> str:
        """The line that computes the gradient, with its noise."""
        return f"g = np.array({self.gradient}(*{point}{self.clock}))" + (" + noise[t]" * bool(self.task.scene.noise))

    def loop(self, new: str, *body: str, counted: bool = False) -> None:
        """The loop over the updates; `new` is the point after one as an array that stays as it is."""
        t = "t" if counted or self.task.scene.noise or self.clock else "_"
        lines = ["path = [np.array(start)]", f"for {t} in range(steps):", *body]
        if self.overflows or self.stops:
            if new != "point":
                lines.append(f"new = {new}")
                new = "new"
            if self.overflows:
                lines.append(f"if not np.isfinite([*{new}, {self.value}(*{new})]).all():  # past the range of floats")
            else:
                lines.append(f"if at_rest(path[-1], {new}):")
            lines.append("    break")
        lines.append(f"path.append({new})")
        lines[2:] = [f"    {line}" for line in lines[2:]]
        if self.overflows:
            lines.append("path += [np.full(2, np.nan)] * (steps + 1 - len(path))  # from there on, nowhere")
        elif self.stops:
            lines.append("path += [path[-1]] * (steps + 1 - len(path))  # from there on, it stays")
        self.add(*lines, "path = np.array(path)")
        self.add(f'print(f"after {{steps}} updates: {{path[-1]}}, loss {{{self.value}(*path[-1]):.6g}}")')

    def text(self) -> str:
        """The whole program."""
        nodes = [node for _, text in self.blocks for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
        used = {node.id for node in nodes if isinstance(node.ctx, ast.Load)}
        if "rest" not in used:  # not every schedule asks how long the run is
            self.blocks = [(kind, text.replace(f"\n{self.rest}", "")) for kind, text in self.blocks]
        standard: list[str] = []
        other: list[str] = []
        for line in sorted(self.imports, key=lambda line: (line.startswith("from"), line)):
            names = [alias.asname or alias.name for alias in ast.parse(line).body[0].names]  # type: ignore[attr-defined]
            if not used.isdisjoint(names):
                (standard if line.split()[1] in sys.stdlib_module_names else other).append(line)
        tops = [self.header(), "\n".join(standard), "\n".join(self.first), "\n".join(other)]
        if self.first and standard:  # one paragraph for the standard library
            tops[1:3] = ["\n".join(sorted((*standard, self.first[0]))) + "\n" + "\n".join(self.first[1:])]
        text = "\n\n".join(part for part in tops if part)
        was_function = False
        for is_function, block in self.blocks:
            text += ("\n\n\n" if is_function or was_function else "\n\n") + block
            was_function = is_function
        return text + "\n"

    def header(self) -> str:
        """What this is, as the docstring of the program."""
        task, scene = self.task, self.task.scene
        x, y = scene.start or (0.0, 0.0)
        said = [
            f"{scene.length} updates from ({x!r}, {y!r}) with {_listed(task.optimizer.hypers, task.runner.hypers)}."
        ]
        if task.scheduled:
            own = f" ({_listed(task.schedule.hypers, task.hypers)})" if task.hypers else ""
            said.append(f"Schedule of the learning rate: {task.schedule.name.en}{own}.")
        if task.warmup:
            said.append(f"Warm-up: {task.warmup} steps.")
        if self.placed:
            said.append(self.placed)
        if scene.noise:
            said.append(
                f"Every gradient carries normal noise of standard deviation {scene.noise!r} (seed {scene.seed})."
            )
        if scene.batch_size and task.surface.samples:
            how = "in turn" if task.surface.samples.in_turn else f"drawn at random (seed {scene.seed})"
            count = task.surface.samples.count
            said.append(f"Examples that an update sees: {scene.batch_size} of {count}, {how}.")
        if self.boxed:
            said.append("After every update the point is put back into its box.")
        if self.stops:
            said.append(f"It stops within {scene.tolerance!r} of a minimum.")
        if task.runner.dialect != OURS:
            said.append(f"Form of the update: {DIALECTS[task.runner.dialect].en}.")
        elif reason := task.optimizer.differs.get(task.library):
            said.append(f"{task.title} and Descent Lab agree in this run; what differs elsewhere: {reason.en}")
        said.append(f"`path` holds the start and the point after every update: shape ({scene.length + 1}, 2).")
        shaky = np.flatnonzero(task.shaky > MAGNIFIED)
        if len(shaky):
            said.append(
                f"From about update {shaky[0]} on this run magnifies rounding errors, so that another computer may "
                "see another path."
            )
        lines = textwrap.wrap(" ".join(said), WIDTH - 10)
        where = "a typed function" if isinstance(scene.surface, Formula) else task.surface.name.en
        title = f"{task.optimizer.name} on {where}, with {task.title}. Made by Descent Lab."
        return "\n".join(('"""' + title, "", *lines, '"""'))


def _listed(hypers: tuple[Hyper, ...], values: Mapping[str, float]) -> str:
    return _arguments(hypers, values).removeprefix(", ").replace("=", " ")


# --- writing calls -----------------------------------------------------------------------------------


def _written(spelling: str, hypers: tuple[Hyper, ...], values: Mapping[str, Any]) -> str:
    """A spelling with its numbers, each so that it comes back exactly; whole ones are written whole."""
    whole = {h.name for h in hypers if h.integer}
    return spelling.format(**{name: int(v) if name in whole else v for name, v in values.items()})


class Simplified(ast.NodeTransformer):
    """0.0 + x, 1 * x, x - 0.0 and x ** 1.0 become x, and 0.0 * x becomes 0.0."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Leave out what changes nothing."""
        self.generic_visit(node)
        left, right = (v.value if isinstance(v, ast.Constant) else None for v in (node.left, node.right))
        match node.op:
            case ast.Mult() if left == 0.0 or right == 0.0:
                return ast.Constant(0.0)
            case ast.Add() if left == 0.0:
                return node.right
            case ast.Mult() if left == 1.0:
                return node.right
            case ast.Add() | ast.Sub() if right == 0.0:
                return node.left
            case ast.Mult() | ast.Pow() if right == 1.0:
                return node.left
        return node


def _arguments(hypers: Iterable[Hyper], values: Mapping[str, float]) -> str:
    """, name=number for every one of `values`."""
    whole = {h.name for h in hypers if h.integer}
    return "".join(f", {name}={int(v) if name in whole else v!r}" for name, v in values.items())


def _folded(line: str) -> list[str]:
    """A statement of a function, with a long sum in it spread over lines, a term each."""
    if len(line) + 4 <= WIDTH:
        return [f"    {line}"]
    head, _, body = line.partition(" ") if line.startswith("return ") else line.partition(" = ")
    terms, depth, begin = [], 0, 0
    for i, sign in enumerate(body):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and body[i : i + 3] in (" + ", " - "):
            terms.append(body[begin:i])
            begin = i + 1
    head = head if head == "return" else f"{head} ="
    return [f"    {head} (", *(f"        {term}" for term in (*terms, body[begin:])), "    )"]


def _call(line: str, indent: int = 0, note: str = "") -> list[str]:
    """A statement or an argument, spread over lines at its first bracket where it is too long for one."""
    pad = " " * indent
    bracket = re.compile(r"[(\[{]").search(line, 1)
    if bracket is None or len(pad + line + note) <= WIDTH:
        return [pad + line + note]
    parts, depth, begin = [], 0, bracket.end()
    for i in range(bracket.start(), len(line)):
        depth += (line[i] in "([{") - (line[i] in ")]}")
        if depth == 0 or (depth == 1 and line[i] == ","):
            parts.append(line[begin:i].strip())
            begin = i + 1
        if depth == 0:
            break
    inner = ", ".join(parts)
    if len(pad) + 4 + len(inner) <= WIDTH:
        spread = [f"{pad}    {inner}"]
    else:
        comma = "" if " for " in inner else ","
        spread = [row for part in parts for row in _call(part + comma, indent + 4)]
    return [f"{pad}{line[: bracket.end()]}{note}", *spread, pad + line[begin - 1 :]]


# --- copying source ----------------------------------------------------------------------------------


def _needed(*functions: Callable[..., Any]) -> Iterator[tuple[type, str]]:
    """(ast.Import, ast.Assign or ast.FunctionDef, source) of functions and of all that they use of their module."""
    module = inspect.getmodule(functions[0])
    if module is None or any(getattr(module, f.__name__, None) is not f for f in functions):
        raise ExportError(SOURCELESS)
    text = inspect.getsource(module)
    lines, tree = text.splitlines(), ast.parse(text)
    made = {name: node for node in tree.body for name in _names(node)}
    used: set[str] = set()
    waiting = [f.__name__ for f in functions]
    while waiting:
        name = waiting.pop()
        if name in made and name not in used:
            used.add(name)
            waiting += _read(made[name])
    for node in tree.body:
        if used.isdisjoint(_names(node)):
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            source = f"from {node.module} " if isinstance(node, ast.ImportFrom) else ""
            wanted = [ast.unparse(alias) for alias in node.names if (alias.asname or alias.name) in used]
            yield ast.Import, f"{source}import {', '.join(wanted)}"
            continue
        copied = lines[node.lineno - 1 : node.end_lineno]
        if isinstance(node, ast.FunctionDef):  # its first lines anew, without types
            head = f"def {node.name}({', '.join(a.arg for a in node.args.args)}):"
            copied[: node.body[0].lineno - node.lineno] = [head]
        yield type(node), "\n".join(copied)


def _names(node: ast.stmt) -> list[str]:
    """The names that a statement of a module makes."""
    match node:
        case ast.Import() | ast.ImportFrom():
            return [alias.asname or alias.name for alias in node.names]
        case ast.FunctionDef():
            return [node.name]
        case ast.Assign():
            return [n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)]
    return []


def _read(node: ast.stmt) -> set[str]:
    """The names that a statement takes from its module; types aside, which are not copied."""
    parts = node.body if isinstance(node, ast.FunctionDef) else [node]
    names = [n for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)]
    own = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    if isinstance(node, ast.FunctionDef):
        own |= {a.arg for a in node.args.args}
    return {n.id for n in names} - own


SOURCELESS = Text(
    "The formula of this surface has no source to copy.",
    "이 지형의 수식은 소스 코드가 없어 옮겨 적을 수 없습니다.",
)
NO_SLOPE = Text(
    "This path meets a point at which the derivatives, written out, are 0/0.",
    "이 경로는 식으로 쓴 도함수가 0/0이 되는 점을 지나므로 코드로 옮길 수 없습니다.",
)
TOO_INVOLVED = Text(
    "The derivatives of this function are too long to be written out.",
    "이 함수의 도함수는 너무 길어 코드로 옮겨 적을 수 없습니다.",
)
TURNED_BOX = Text(
    "On this surface the point is kept in a box, and there is a program only while the box is neither turned nor stretched.",
    "이 지형에서는 점이 상자 안에만 머뭅니다. 상자를 돌리거나 늘이지 않았을 때만 코드로 내보낼 수 있습니다.",
)
