"""Programs for PyTorch."""

from __future__ import annotations

from core.export.around import Around
from core.export.asking import made, modifier_call, schedule_call, spelling
from core.export.autograd import finds_the_gradients
from core.export.library import Library
from core.export.page import Page
from core.export.sheet import Sheet
from core.export.task import Asked, Task
from core.export.writing import call
from core.scene import DIALECTS


def program(task: Task) -> str:
    """A tensor, a `torch.optim` optimizer, and one of PyTorch's schedulers."""
    asked = spelling(task)
    page = Page(task, "import torch", tensors="torch" if finds_the_gradients(task) else "", sees=False)
    page.head("torch.set_default_dtype(torch.float64)  # PyTorch's own default keeps half as many digits")
    own = [key for key in task.runner.modifiers if task.clips_alike(key)]
    around = Around(page, own)
    page.settings()
    page.add(
        "point = torch.tensor(start, requires_grad=True)", "params = [point]", *made(task, asked, "lr"), *around.begin()
    )
    clocked(task, page)
    put = around.after("new")
    after = []
    if put:
        put = ["new = point.detach().numpy().copy()", *put]
        after += [*put, "with torch.no_grad():", "    point.copy_(torch.from_numpy(new))"]
    after += ["with torch.no_grad():", "    point.clamp_(torch.tensor(low), torch.tensor(high))"] * page.boxed
    if task.schedule.watches_loss:
        loss = "loss.item()" if page.tensors else page.loss("path[-1]")
        after.append(f"scheduler.step({loss})  # the loss before this update")
    elif task.varies:
        after.append("scheduler.step()")
    if page.tensors:
        slope = ["optimizer.zero_grad()", f"loss = {page.value}(*point)", "loss.backward()"]
        slope += ["point.grad += torch.from_numpy(noise[t])"] * bool(task.scene.noise)
        if around.shows:
            slope += [
                "g = point.grad.numpy().copy()",
                *around.before("loss.item()"),
                "point.grad = torch.from_numpy(g)",
            ]
    else:
        slope = [
            page.gradient_at("path[-1]"),
            *around.before(page.loss("path[-1]")),
            "point.grad = torch.from_numpy(g)  # which loss.backward() does elsewhere",
        ]
    slope += [line for key in own for line in call(modifier_call(task, key))]
    # What treats the coordinates together is L-BFGS, which wants to be told the loss as well.
    told = f"lambda: {page.loss('path[-1]')}" if task.optimizer.plane else ""
    page.loop("point.detach().numpy().copy()", *slope, f"optimizer.step({told})", *after, counted=around.counts)
    return page.text()


def clocked(task: Asked, page: Sheet) -> None:
    """The scheduler of whatever changes the rate, one of PyTorch's own wherever there is one that fits."""
    kinds, own = "torch.optim.lr_scheduler", schedule_call(task)
    if not task.cycled:  # PyTorch would refuse, or change a momentum that there is none of here
        own = own.replace("cycle_momentum=True", "cycle_momentum=False")
    if task.warmup and not task.from_zero and (task.whole if own else not task.scheduled):
        name, first = "climb" if own else "scheduler", repr(task.begun) if task.begun else "1 / (warmup + 1)"
        lines = ["# The warm-up: a straight climb to the full rate."]
        lines += call(f"{name} = {kinds}.LinearLR(optimizer, start_factor={first}, total_iters=warmup)")
        if own:
            lines += call(f"schedule = {own}")
            lines += call(f"scheduler = {kinds}.SequentialLR(optimizer, [climb, schedule], milestones=[warmup])")
        page.add(*lines)
    elif own and not task.warmup:
        page.add(*call(f"scheduler = {own}"))
    elif task.cycled:
        raise task.refusal(
            f"{task.title} cannot change the momentum beside the rate in so short a run, or behind a warm-up.",
            f"{task.title}에서는 이렇게 짧은 학습이나 워밍업 뒤에서는 학습률과 함께 모멘텀을 바꿀 수 없습니다.",
        )
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
            *call(f"return {' * '.join(parts)}", 4),
        )
        page.add(f"scheduler = {kinds}.LambdaLR(optimizer, share)")


LIBRARY = Library(program, name=DIALECTS["pytorch"].en, order=1, cycles=True)
