"""How a library is asked for what a runner does, and whether it then draws the same path."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

import numpy as np

from core.export.rules import same_rule
from core.export.task import Asked, Task
from core.export.writing import Simplified, call, written
from core.modifiers import MODIFIERS
from core.scene import DIALECTS, OURS
from core.spec import Dialect, Optimizer, Schedule

NONE = 1e-300  # an ε that changes no digit, and still keeps 0 / 0 away
SHORT = 21  # updates: in less, the rising part of a library's 1cycle may have no room


def spelling(task: Asked) -> str:
    """The record's spelling of the optimizer by which the library draws the very same path.

    Raises ExportError where there is none.
    """
    o, library, title = task.optimizer, task.library.key, task.title
    own, dialect = task.library.spells(o), o.dialects.get(library)
    mine = task.runner.hypers
    if not own and library in o.differs:
        en, ko = f"{title} has no {o.name} just like this one.", f"{title}에는 이와 똑같은 {o.name}이(가) 없습니다."
        raise task.refusal(en, ko, o.differs[library])
    if not own:
        raise task.refusal(f"{title} has no {o.name}.", f"{title}에는 {o.name} 옵티마이저가 없습니다.")

    # The record's spelling asks for the dialect's rule, unless the dialect has a spelling of its own: then for ours.
    spellings = [] if dialect and not dialect.spelling else [(o, OURS)]
    if dialect:
        spellings.append((o.spoken(library), library))
    fixed: dict[str, float] = {}
    for spelt, rule in spellings:
        absent = {h.name: h.default for h in spelt.hypers if f"{{{h.name}}}" not in task.library.spells(spelt)}
        hypers = {**mine, **absent}
        if task.draws_the_same(rule, hypers) and (rule == library or _as_asked(task, dialect, hypers)):
            return _brief(_taken(task, spelt), mine, spelt.defaults)
        fixed = {name: value for name, value in absent.items() if value != mine[name]}
    if fixed:
        en = ", ".join(f"{name} is {value:g} there and {mine[name]:g} here" for name, value in fixed.items())
        ko = ", ".join(f"{name} = {value:g}(여기서는 {mine[name]:g})" for name, value in fixed.items())
        raise task.refusal(
            f"Not all settings of {title}'s {o.name} can be changed: {en}.",
            f"{title}의 {o.name}에서는 다음 설정을 바꿀 수 없습니다: {ko}.",
        )
    if task.runner.dialect not in (OURS, library):
        whose = DIALECTS[task.runner.dialect]
        raise task.refusal(
            f"This runner follows {whose.en}; {title} {task.other.en}.",
            f"이 옵티마이저는 {whose.ko}의 방식을 따르므로 {title}로 실행하면 {task.other.ko}.",
            o.differs.get(task.runner.dialect),
        )
    raise task.refusal(f"{title} {task.other.en}.", f"{title}로 실행하면 {task.other.ko}.", o.differs.get(library))


def _as_asked(task: Asked, dialect: Dialect | None, hypers: Mapping[str, float]) -> bool:
    """Whether a library that is asked for our form runs by our rule under a schedule too.

    It is asked where to put ε. A velocity that keeps lr inside, which a constant lr hides, it does not give up for
    that; so the two rules are run without ε.
    """
    if not (dialect and dialect.spelling and task.varies):
        return True
    bare = {**hypers, "eps": NONE}
    return same_rule(task.ruled(task.library.key), task.ruled(OURS), bare, bare, task.rates)


def _taken(task: Asked, spelt: Optimizer) -> str:
    """The record's spelling at the runner's values. Raises ExportError where the library refuses them."""
    mine = task.runner.hypers
    asked = task.library.asked(spelt, mine)
    if not asked:
        refused = {name for special in spelt.special if special.holds(mine) for name in special.at}
        said = ", ".join(f"{h.symbol} = {mine[h.name]:g}" for h in spelt.hypers if h.name in refused)
        raise task.refusal(
            f"{task.title}'s {spelt.name} refuses {said}.",
            f"{task.title}의 {spelt.name}은(는) {said} 값을 받지 않습니다.",
        )
    return asked


def _brief(spelling: str, values: Mapping[str, float], defaults: Mapping[str, float]) -> str:
    """A spelling without the arguments that switch something off that is off by default."""
    for name, value in values.items():
        if value == defaults[name] == 0.0:
            spelling = re.sub(rf", \w+={{{name}}}(?=[,)])", "", spelling)
    return spelling


def _watching(task: Task) -> str:
    """The spelling of a schedule that watches the loss. Raises ExportError where the library has none like it."""
    s, library, title = task.schedule, task.library.key, task.title
    reason, own_rule = s.differs.get(library), s.dialect == library and not task.own_form
    spelling = task.library.asked(s, task.hypers) if own_rule or task.own_form else ""
    if not spelling:
        raise task.refusal(
            f"{title} has no schedule that watches the loss just as {s.name.en} does here.",
            f"{title}에는 {s.name.ko} 스케줄과 똑같은 방식으로 손실을 지켜보는 스케줄이 없습니다.",
            reason,
        )
    if task.warmup:
        raise task.refusal(
            f"{title} cannot put a warm-up before a schedule that watches the loss.",
            f"{title}에서는 손실을 지켜보는 스케줄 앞에 워밍업을 붙일 수 없습니다.",
        )
    if own_rule:
        return spelling
    # What the record's words on the difference are about: losses below zero, and cuts too small to be made.
    cuts = -np.diff(task.rates)
    if reason and (np.nanmin(task.run.loss) < 0 or np.any((cuts > 0) & (cuts <= 1e-8))):
        raise task.refusal(f"{title} may draw another path here.", f"{title}에서는 경로가 달라질 수 있습니다.", reason)
    return spelling


def made(task: Asked, spelling: str, rate: str) -> list[str]:
    """The line that makes the optimizer."""
    values = {**task.runner.hypers, "lr": rate, "lowest": task.lowest}
    return call(f"optimizer = {written(spelling, task.optimizer.hypers, values)}")


def modifier_call(task: Task, key: str) -> str:
    """How the library is asked for a modifier of the runner."""
    record = MODIFIERS[key]
    return written(getattr(record, task.library.key), record.hypers, task.runner.modifiers[key])


def schedule_call(task: Asked) -> str:
    """The library's own schedule, simplified where a number leaves nothing to compute; empty where it has none that fits.

    Raises ExportError where the schedule watches the loss and the library has none like it.
    """
    if not task.scheduled:
        return ""
    asks = task.own_form or task.schedule.dialect == task.library.key
    if task.schedule.watches_loss:
        assert isinstance(task, Task)
        spelling = _watching(task)
    else:
        spelling = task.library.asked(task.schedule, task.hypers) * asks
    if not spelling or ("{T}" in spelling and task.rest < SHORT):
        return ""
    return schedule_written(spelling, task.schedule, task.hypers, task.length)


def schedule_written(spelling: str, schedule: Schedule, values: Mapping[str, float], length: str) -> str:
    """A spelling of a schedule at some values, simplified; empty where there is none. length: the name of its updates' number."""
    if not spelling:
        return ""
    line = written(spelling, schedule.hypers, {"lr": "lr", "T": length, **values})
    return ast.unparse(Simplified().visit(ast.parse(line, mode="eval")))
