"""Programs for NumPy."""

from __future__ import annotations

from core.export.library import Library
from core.export.page import Page
from core.export.rounding import takes_arrays
from core.export.task import Task
from core.export.writing import arguments, call


def program(task: Task) -> str:
    """The formulas themselves, copied, in a plain loop."""
    o, s = task.optimizer, task.schedule
    page = Page(task)
    page.copy(task.runner.spoken.update, name="update")
    if task.scheduled:
        page.copy(s.factor, name="factor")
    if s.momentum and task.cycled:
        page.copy(s.momentum, name="cycled")
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
        before = call(f"share, {seen} = factor(t, steps, {loss}, {seen}{arguments(s.hypers, task.hypers)})")
    elif task.scheduled:
        before = call(f"share = {task.factor('max')}")
    if task.warmup:
        before.append(f"climb = {task.climb()}  # the warm-up")
    if task.varies:
        share = " * ".join(["climb"] * bool(task.warmup) + ["share"] * task.scheduled)
        rate = f"lr * ({share})" if "*" in share else f"lr * {share}"
    hypers = task.settings()
    result = f"point{state}" if state else "(point,)"
    here = ", here" if o.plane else ""
    if o.plane or takes_arrays(o):
        update = call(f"{result} = update(point, g, t + 1{here}{state}, {rate}{hypers})", 4)
    else:  # coordinate by coordinate, as it was written
        each = f"update(x, g, t + 1{state}, {rate}{hypers}) for x, g{state} in zip(point, g{state})"
        update = [*call(f"both = [{each}]", 4), f"    {result} = np.transpose(both)"]
    after = ["point = np.array(point)"] * o.plane + ["point = np.clip(point, low, high)"] * page.boxed
    page.loop(
        "point", page.gradient_at("point"), *page.around(), *before, *(row[4:] for row in update), *after, counted=True
    )
    return page.text()


LIBRARY = Library(program, name="NumPy", order=4, cycles=True)
