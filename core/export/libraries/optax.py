"""Programs for optax."""

from __future__ import annotations

import ast
import re

import numpy as np

from core.export.around import Around
from core.export.asking import made, modifier_call, schedule_call, spelling
from core.export.fault import refusal
from core.export.library import Library
from core.export.page import Page
from core.export.rules import sees_the_first_rate_only
from core.export.task import Task
from core.export.writing import Simplified, call
from core.scene import DIALECTS


def program(task: Task) -> str:
    """A transformation that turns gradients into changes, under a schedule that it is handed."""
    asked = spelling(task)
    page = Page(task, "import jax", "import jax.numpy as jnp", "import optax")
    page.head('jax.config.update("jax_enable_x64", True)  # the default, float32, keeps half as many digits')
    clips = [key for key in task.runner.modifiers if task.clips_alike(key) and not task.optimizer.plane]
    around = Around(page, clips)
    page.settings()
    own, watches = schedule_call(task), task.schedule.watches_loss
    if watches:
        _refuse_behind(task)
    if task.varies and not watches:
        _schedule(task, page, own)
    looks = "look" in page.asked  # and then calls NumPy, which cannot be compiled
    rate, note = task.rate, []
    if rate == "schedule" and sees_the_first_rate_only(task.runner.spoken, task.runner.hypers):
        rate, note = "schedule(0)", ["# Of a schedule this method takes the first rate only, as a number."]
    page.add(
        *note,
        *made(task, asked, rate),
        *(call(f"optimizer = optax.chain(optimizer, {own})") if watches else []),
        *[
            line
            for key in reversed(clips)
            for line in call(f"optimizer = optax.chain({modifier_call(task, key)}, optimizer)")
        ],
        *["update = jax.jit(optimizer.update)  # compiled once: much faster than step by step"] * (not looks),
        "point = jnp.array(start)",
        "state = optimizer.init(point)",
        *around.begin(),
    )
    told = f", value={page.value}(*path[-1])" if watches or "f" in page.asked else ""
    told += f", grad_fn=lambda p, _: jnp.array(look(*p{page.looks})[1:])" if looks else ""
    change = call(f"change, state = {'optimizer.' * looks}update(jnp.array(g), state, point{told})", 4)
    put = around.after("new")
    if put:
        put = ["new = np.array(point)", *put, "point = jnp.array(new)"]
    page.loop(
        "np.array(point)",
        page.gradient_at("path[-1]"),
        *around.before(page.loss("path[-1]")),
        *(row[4:] for row in change),
        "point = optax.apply_updates(point, change)",
        *put,
        *["point = jnp.clip(point, jnp.array(low), jnp.array(high))"] * page.boxed,
        counted=around.counts,
    )
    return page.text()


def _schedule(task: Task, page: Page, own: str) -> None:
    """The function `schedule`: one of optax, after a warm-up of optax, wherever it has such."""
    clock = "  # optax counts in int32, and would go on in float32"
    warmed = _warmed(task, own) if task.warmup else own
    if warmed:
        page.add(*call(f"decay = {_counted(warmed, task)}"))
        page.define("def schedule(count):", f"    return decay(jnp.float64(count)){clock}")
        return
    rate = "lr * climb" if task.warmup else "lr"
    if own:
        page.add(*call(f"decay = {own}"))
        rate = "climb * decay(jnp.maximum(t - warmup, 0))"
    elif task.scheduled:
        page.copy(task.schedule.factor, name="factor", instead={"np": "jnp"})
        rate = f"{rate} * {task.factor('jnp.maximum')}"
    page.define(
        "def schedule(count):",
        f"    t = jnp.float64(count){clock}",
        *[f"    climb = {task.climb('jnp.minimum')}  # the warm-up"] * bool(task.warmup),
        *call(f"return {rate}", 4),
    )


def _warmed(task: Task, own: str) -> str:
    """A warm-up of optax, and then its own schedule or none; nothing where that begins below lr."""
    first = task.first
    if not task.scheduled:
        return f"optax.warmup_constant_schedule({first}, peak_value=lr, warmup_steps=warmup)"
    if not (own and task.whole):
        return ""
    cosine = re.fullmatch(r"optax\.cosine_decay_schedule\(lr, decay_steps=rest, alpha=(\S+)\)", own)
    if cosine:
        end = "0.0" if float(cosine[1]) == 0 else f"{cosine[1]} * lr"
        return (
            f"optax.warmup_cosine_decay_schedule({first}, peak_value=lr, warmup_steps=warmup, decay_steps=steps, "
            f"end_value={end})"
        )
    climb = f"optax.linear_schedule({first}, lr, transition_steps=warmup)"
    return f"optax.join_schedules([{climb}, {own}], boundaries=[warmup])"


def _counted(own: str, task: Task) -> str:
    """A schedule of cycles with no more of them than the run begins, so that none has to be kept from growing too long."""
    tree = ast.parse(own, mode="eval")
    for node in ast.walk(tree):
        if not isinstance(node, ast.ListComp):
            continue
        limit = next(n for n in ast.walk(node.elt) if isinstance(n, ast.Call) and ast.unparse(n.func) == "min")
        length = compile(ast.Expression(limit.args[0]), "length", "eval")
        count = begun = 0
        while begun < task.rest:
            begun += eval(length, {"i": count})
            count += 1
        node.generators[0].iter.args = [ast.Constant(count)]  # type: ignore[attr-defined]
        for keyword in (n for n in ast.walk(node.elt) if isinstance(n, ast.keyword) and n.value is limit):
            keyword.value = limit.args[0]
    return ast.unparse(Simplified().visit(tree))


def _refuse_behind(task: Task) -> None:
    """Raises ExportError where optax' schedule that watches the loss does another thing behind the optimizer."""
    o, title = task.optimizer.name, task.title
    if task.optimizer.plane:
        raise refusal(
            f"{title} cannot put a schedule that watches the loss behind {o} as it is done here.",
            f"{title}에서는 여기와 같은 방식으로 {o} 뒤에 손실을 지켜보는 스케줄을 붙일 수 없습니다.",
        )
    if not _only_scales(task):
        raise refusal(
            f"{title} shortens the finished step; here the rate is cut, which {o} keeps in its state.",
            f"{title}는 계산이 끝난 스텝을 줄이지만, 여기서는 {o}의 상태에 들어가는 학습률을 낮춥니다.",
            task.schedule.differs.get(task.library.key),
        )


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


LIBRARY = Library(program, name=DIALECTS["optax"].en, order=3)
