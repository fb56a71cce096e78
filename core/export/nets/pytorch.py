"""Programs for PyTorch."""

from __future__ import annotations

from core.export.asking import made, schedule_written, spelling
from core.export.lesson import Lesson
from core.export.libraries.pytorch import clocked
from core.export.library import Library
from core.export.trained import Training
from core.export.writing import call
from core.nets.layers import affine, batch_norm, dropout
from core.scene import DIALECTS

LEAST_CUT = 1e-8  # a smaller one ReduceLROnPlateau leaves out


def program(task: Training) -> str:
    """A Sequential, a `torch.optim` optimizer, and a loop over epochs and batches."""
    asked = spelling(task)
    task.refuse_single()
    page = Lesson(task, "import torch")
    page.head("torch.set_default_dtype(torch.float64)  # PyTorch's own default keeps half as many digits")
    own = _watcher(task)
    if task.schedule.watches_loss and not own:
        page.copy(task.schedule.factor, name="factor")
    page.settings()
    parts = [("x", ""), ("y", "" if task.classes else ".reshape(-1, 1)")]
    parts += [("vx", ""), ("vy", parts[1][1])] if task.validated else []
    page.data(*(f"{name} = torch.from_numpy({name}{shape})" for name, shape in parts))
    _network(task, page)
    page.add(f"lost = {task.spelled(task.loss)}", "params = list(model.parameters())", *made(task, asked, "lr"))
    if not task.schedule.watches_loss:
        clocked(task, page)
    elif own:
        page.add(*call(f"scheduler = {own}"))
    right = "(out.argmax(dim=1) == y).double().mean().item()" if task.classes else "None"
    page.define(
        "def evaluate(x, y):",
        f'    """Mean loss{" and share of right answers" * task.classes}, nothing being trained."""',
        *["    model.eval()"] * (task.normed or task.thinned),
        "    with torch.no_grad():",
        "        out = model(x)",
        f"        return lost(out, y).item(), {right}",
    )
    _train(task, page, bool(own))
    page.add(
        "losses = np.array(losses)",
        "# PyTorch keeps a row of W for each output.",
        "rows = [p.T.flatten() if p.ndim == 2 else p for p in params]",
        "weights = torch.cat(rows).detach().numpy()",
    )
    return page.text()


def _watcher(task: Training) -> str:
    """PyTorch's own schedule that watches the loss; empty where the rate has to be set by hand.

    It leaves out cuts below 1e-8, and bears no warm-up before it.
    """
    if not task.schedule.watches_loss or task.warmup:
        return ""
    spelled = task.library.asked(task.schedule, task.hypers)
    share, smallest = 1.0, task.runner.hypers["lr"]
    state = [task.schedule.initial.get(name, 0.0) for name in task.schedule.state]
    for epoch in range(task.experiment.epochs):  # at worst, no epoch is any better
        last = share
        share, *state = task.schedule.factor(float(epoch), 1.0, 1.0, *state, *task.hypers.values())
        if share != last:
            smallest = min(smallest, (last - share) * task.runner.hypers["lr"])
    return schedule_written(spelled, task.schedule, task.hypers, "steps") if smallest > LEAST_CUT else ""


def _network(task: Training, page: Lesson) -> None:
    """The layers, with the initial weights."""
    sizes = {"inputs": "inputs", "outputs": "outputs", "rate": "dropout"}
    kinds = [batch_norm.LAYER] * task.normed + [task.activation] + [dropout.LAYER] * task.thinned
    behind = [f"        layers.append({task.spelled(kind).format(**sizes)})" for kind in kinds]
    each = "i, (inputs, outputs) in enumerate(pairwise(sizes))" if task.hidden else "inputs, outputs in pairwise(sizes)"
    page.add(
        "# The network. NumPy draws the initial weights, so that they are those of Descent Lab.",
        "chance = np.random.default_rng([seed, 0])",
        "layers = []",
        f"for {each}:",
        f"    linear = {task.spelled(affine.LAYER).format(**sizes)}",
        "    drawn = chance.normal(size=(inputs, outputs)) * deviation(inputs, outputs)",
        "    linear.weight.data = torch.from_numpy(drawn.T.copy())",
        "    torch.nn.init.zeros_(linear.bias)",
        "    layers.append(linear)",
        *(["    if i < len(sizes) - 2:", *behind] if task.hidden else []),
        "model = torch.nn.Sequential(*layers)",
    )


def _train(task: Training, page: Lesson, own: bool) -> None:
    """The loop."""
    x, y = page.seen
    watches, loss = task.schedule.watches_loss, "loss"
    lines = []
    if watches and not own:
        lines += [f"climb = {task.climb()}  # the warm-up".replace("(t ", "(len(losses) ")] * bool(task.warmup)
        lines += [
            "for group in optimizer.param_groups:",
            f'    group["lr"] = lr * {"climb * " * bool(task.warmup)}share',
        ]
    lines += [f"loss = lost(model({x}), {y})", "losses.append(loss.item())"]
    if task.experiment.l2:
        lines.append("penalty = sum((p**2).sum() for p in params if p.ndim == 2)")
        loss = "(loss + 0.5 * l2 * penalty)"
    lines += ["optimizer.zero_grad()", f"{loss}.backward()"]
    lines += ["torch.nn.utils.clip_grad_norm_(params, clip)"] * bool(task.experiment.clip)
    lines.append("optimizer.step()")
    lines += ["scheduler.step()"] * (task.varies and not watches)
    after = [f"scheduler.step({'val_loss' if task.validated else 'loss'})"] * own
    if task.patience:
        page.imports.add("import copy")
    page.training(
        ["model.train()"] * (task.normed or task.thinned),
        lines,
        after,
        ("best = copy.deepcopy(model.state_dict())",),
        ("model.load_state_dict(best)",),
        by_hand=watches and not own,
    )


LIBRARY = Library(program, name=DIALECTS["pytorch"].en, order=1, cycles=True)
