"""Programs for NumPy: every layer forwards and backwards, from scratch."""

from __future__ import annotations

from core.engine import noise
from core.export.copying import copied_class
from core.export.lesson import Lesson
from core.export.library import Library
from core.export.trained import Training
from core.export.writing import call
from core.nets import plain
from core.nets.kernels import TINY
from core.nets.layers import affine, batch_norm, dropout


def program(task: Training) -> str:
    """The layers and the update rule themselves, copied, and backpropagation written out."""
    page = Lesson(task)
    o = task.optimizer
    page.copy(affine.forward, affine.backward, affine.slopes, names=_named("affine", "slopes"))
    if task.normed:
        page.copy(
            batch_norm.statistics, batch_norm.forward, batch_norm.backward, names=_named("batch_norm", "statistics")
        )
    for layer in (*[task.activation] * task.hidden, task.loss):
        page.copy(layer.forward, layer.backward, names=_named(layer.key))
    if task.thinned:
        page.copy(noise.bits)
        page.copy(dropout.stays, dropout.forward, dropout.backward, names=_named("dropout", "stays"))
    page.copy(task.runner.spoken.update, name="update")
    if task.scheduled:
        page.copy(task.schedule.factor, name="factor")
    if task.schedule.momentum and task.cycled:
        page.copy(task.schedule.momentum, name="cycled")
    page.settings()
    page.data("y = y.reshape(-1, 1)", *["vy = vy.reshape(-1, 1)"] * task.validated)
    _network(task, page)
    _gradient(task, page)
    if o.plane:
        page.define(*copied_class(plain.Slice).splitlines())
    _train(task, page)
    return page.text()


def _named(key: str, *more: str) -> dict[str, str]:
    """The functions of a layer by names that no other layer has."""
    return {name: f"{key}_{name}" for name in ("forward", "backward", *more)}


def _network(task: Training, page: Lesson) -> None:
    """The flat vector, the layers as views into it, and the initial weights."""
    normed = task.normed
    parts = "W and b, and γ and β of its normalization," if normed else "W and b"
    page.define(
        "def split(w):",
        f'    """{parts} of every layer, as views into the flat vector."""',
        "    layers, at = [], 0",
        f"    for {'i, (n, m) in enumerate(pairwise(sizes))' if normed else 'n, m in pairwise(sizes)'}:",
        "        W, b = w[at : at + n * m].reshape(n, m), w[at + n * m : at + n * m + m]",
        "        at += n * m + m",
        *(
            [
                "        layers.append([W, b])",
                "        if i < len(sizes) - 2:  # the outputs are not normalized",
                "            layers[i] += [w[at : at + m], w[at + m : at + 2 * m]]",
                "            at += 2 * m",
            ]
            if normed
            else ["        layers.append((W, b))"]
        ),
        "    return layers",
    )
    l2 = bool(task.experiment.l2)
    lines = [
        "chance = np.random.default_rng([seed, 0])  # of the initial weights",
        f"w = np.zeros(sum(n * m + m for n, m in pairwise(sizes)){' + 2 * sum(sizes[1:-1])' * normed})",
    ]
    lines += ["is_weight = np.zeros(len(w))  # 1 for a weight, 0 for a bias"] * l2
    loop = "for W, b, *norm in split(w):" if normed else "for W, _ in split(w):"
    lines += [loop, "    W[:] = chance.normal(size=W.shape) * deviation(*W.shape)"]
    lines += ["    if norm:", "        norm[0][:] = 1  # γ"] * normed
    lines += ["for W, *_ in split(is_weight):" if normed else "for W, _ in split(is_weight):", "    W[:] = 1"] * l2
    if normed:
        lines += [
            "# Mean and variance of every neuron over the last batches, which stand in where there is no batch.",
            "running = [[np.zeros(m), np.ones(m)] for m in sizes[1:-1]]",
        ]
    if task.thinned:
        lines += [
            "# From where every layer draws what drops out.",
            "numbers = np.arange(1, len(sizes) - 1, dtype=np.uint64)",
            "origins = mix(mix(np.array([seed], np.uint64) + GOLDEN) + numbers)",
        ]
    page.add(*lines)


def _gradient(task: Training, page: Lesson) -> None:
    """Forwards through the layers and back, and forwards alone."""
    act, loss = task.network.activation, task.network.loss
    normed, thinned, plane = task.normed, task.thinned, task.optimizer.plane
    numbered = normed or thinned
    layer = "(W, b, gamma, beta)" if normed else "(W, b)"
    each = f"for i, {layer} in enumerate(hidden):" if numbered else f"for {layer[1:-1]} in hidden:"
    told = ", t" * thinned + ", learns=True" * (normed and plane)
    kept = "x, a, mean, var, z, h" if normed else "x, z, h"
    kept += ", mask" * thinned
    forth: list[str] = []
    back: list[str] = []
    if task.hidden:
        forth += ["    memory = []", f"    {each}"]
        if normed:
            forth += [
                "        a = affine_forward(x, W, b)",
                "        mean, var = batch_norm_statistics(a)",
                "        z = batch_norm_forward(a, gamma, beta, mean, var)",
            ]
            keep = [
                "now = (mean, var * len(a) / max(len(a) - 1, 1))",
                f"running[i] = [old + {batch_norm.MOMENTUM!r} * (new - old) for old, new in zip(running[i], now)]",
            ]
            forth += ["        if learns:"] * plane + [f"        {'    ' * plane}{line}" for line in keep]
        else:
            forth.append("        z = affine_forward(x, W, b)")
        forth.append(f"        h = {act}_forward(z)")
        if thinned:
            forth += [
                "        numbers = np.uint64(t) * np.uint64(2**32) + np.arange(h.size, dtype=np.uint64)",
                "        mask = dropout_stays(origins[i], numbers, dropout).reshape(h.shape)",
            ]
        forth.append(f"        memory.append(({kept}))")
        forth.append(f"        x = {'dropout_forward(h, mask, dropout)' if thinned else 'h'}")
        back += [
            "    dy = affine_backward(dy, last[0])",
            "    for layer, slope, seen in zip(hidden[::-1], slopes[::-1], memory[::-1]):",
            f"        {'W, b, gamma, beta' if normed else 'W, b'} = layer",
            f"        {'dW, db, dgamma, dbeta' if normed else 'dW, db'} = slope",
            f"        {kept} = seen",
        ]
        back += ["        dy = dropout_backward(dy, mask, dropout)"] * thinned
        back.append(f"        dy = {act}_backward(dy, z, h)")
        back += ["        dy, dgamma[:], dbeta[:] = batch_norm_backward(dy, a, gamma, mean, var)"] * normed
        back += ["        dW[:], db[:] = affine_slopes(dy, x)", "        dy = affine_backward(dy, W)"]
    parts = "*hidden, last" if task.hidden else "(last,)"
    page.define(
        f"def gradient(w, x, y{told}):",
        '    """The loss of a batch and its gradient: forwards through the layers, and back."""',
        f"    {parts} = split(w)",
        *forth,
        f"    loss, answer = {loss}_forward(affine_forward(x, *last), y)",
        "",
        "    g = np.empty(len(w))",
        f"    {'*slopes, (dW, db)' if task.hidden else '((dW, db),)'} = split(g)",
        f"    dy = {loss}_backward(answer, y)",
        "    dW[:], db[:] = affine_slopes(dy, x)",
        *back,
        "    return loss, g",
    )
    right = "(out.argmax(axis=1) == y[:, 0]).mean()" if task.classes else "None"
    forth = []
    if task.hidden:
        forth = [f"    {each if normed else each.replace('i, (W, b) in enumerate(hidden)', 'W, b in hidden')}"]
        z = "affine_forward(x, W, b)"
        z = f"batch_norm_forward({z}, gamma, beta, *running[i])" if normed else z
        forth.append(f"        x = {act}_forward({z})")
    page.define(
        "def evaluate(x, y):",
        f'    """Mean loss{" and share of right answers" * task.classes}, nothing being trained."""',
        f"    {parts} = split(w)",
        *forth,
        "    out = affine_forward(x, *last)",
        f"    return {loss}_forward(out, y)[0], {right}",
    )
    if plane:
        _slope(task, page, told)


def _slope(task: Training, page: Lesson, told: str) -> None:
    """The gradient that an update gets, for methods that look around."""
    lines = [f"    loss, g = gradient(w, x, y{told.replace('=True', '=learns')})"]
    page.define(
        f"def slope(w, x, y{told}):",
        '    """Loss and gradient as the update sees them."""',
        *lines,
        *(f"    {line}" for line in _changed(task)),
        "    return loss, g",
    )


def _changed(task: Training) -> list[str]:
    """What is done to a gradient before the update."""
    lines = ["g += l2 * is_weight * w"] * bool(task.experiment.l2)
    return lines + [f"g *= min(1, clip / (np.sqrt(g @ g) + {TINY!r}))"] * bool(task.experiment.clip)


def _train(task: Training, page: Lesson) -> None:
    """The loop."""
    o = task.optimizer
    x, y = page.seen
    ends, watches = ", t" * task.thinned, task.schedule.watches_loss
    rate = []
    if task.scheduled and not watches:
        rate += call(f"share = {task.factor('max')}")
    rate += [f"climb = {task.climb()}  # the warm-up"] * bool(task.warmup)
    shares = ["climb"] * bool(task.warmup) + ["share"] * task.scheduled
    lr = " * ".join(["lr", *shares])
    rest = task.settings()
    lines = ["t = len(losses)"]
    if o.plane:
        looks = ", learns=False" * task.normed
        lines += [
            f"loss, g = slope(w, {x}, {y}{ends})",
            "losses.append(loss)",
            *rate,
        ]
        lines += call(f"here = Slice(lambda w: slope(w, {x}, {y}{ends}{looks}), w, g, loss, {task.lowest!r})")
        lines += call(f"((along, across),) = update((0.0, 0.0), (here.length, 0.0), t + 1, here, {lr}{rest})")
        lines.append("w = w + along * here.axis + across * here.other")
    else:
        state = ", *state" if o.state else ""
        lines += [f"loss, g = gradient(w, {x}, {y}{ends})", "losses.append(loss)", *_changed(task), *rate]
        lines += call(f"{'w' if o.state else '(w,)'}{state} = update(w, g, t + 1{state}, {lr}{rest})")
        if o.state:
            zeros = [
                f"np.full(len(w), {o.initial[name]!r})" if o.initial.get(name) else "np.zeros(len(w))"
                for name in o.state
            ]
            page.add(*call(f"state = [{', '.join(zeros)}]", note=f"  # {', '.join(o.state)}"))
    kept = ("best, means = w.copy(), list(running)",) if task.normed else ("best = w.copy()",)
    back = ("w, running = best, means",) if task.normed else ("w = best",)
    page.training([], lines, [], kept, back, by_hand=watches)
    page.add("losses, weights = np.array(losses), w")


LIBRARY = Library(program, name="NumPy", order=3, cycles=True)
