"""How fast networks are trained: beside jax with optax and a PyTorch loop on the same machine, in one run.

Run by hand: `python tests/bench/nets.py`. A peer that is not installed leaves its column empty. All begin with the same weights
and see the same batches, and the losses that they come to are compared before their time counts.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from common import machine, spell, table, verdict, write

from core import OPTIMIZERS, Network, Training, gradient_check, train
from core.nets import kernels
from core.nets.train import _order

try:
    import jax
    import jax.numpy as jnp
    import optax

    jax.config.update("jax_enable_x64", True)
except ImportError:
    optax = None
try:
    import torch

    torch.set_default_dtype(torch.float64)
except ImportError:
    torch = None

ROUNDS = 5  # in turn, so that what else the machine does hits all; the best counts
SIX = ("sgd", "momentum", "adagrad", "rmsprop", "adam", "nadam")
SEEDS, EPOCHS, BATCH = (0, 1, 2, 3), 30, 32
FEW = 2  # epochs of one seed that PyTorch is given; its time is scaled up
RATES = {"sgd": 0.05, "momentum": 0.02, "adagrad": 0.05, "rmsprop": 0.002, "adam": 0.002, "nadam": 0.002}
LIKE = 1e-6  # by how much the losses may differ


def ours(epochs: int = EPOCHS, seeds: Sequence[int] = SEEDS, ends: bool = False) -> Training:
    """6 optimizers, each with some seeds, 64-32-10 on the digits. ends: evaluated over all examples after each epoch, too."""
    asked = [(key, {"lr": RATES[key]}) for key in SIX]
    moments = None if ends else [0]
    return train(
        "digits",
        asked,
        layers=(32,),
        activation="relu",
        init="he",
        batch_size=BATCH,
        epochs=epochs,
        seeds=seeds,
        moments=moments,
    )


def batches(data: Any, seed: int, epochs: int) -> np.ndarray:
    """(updates, batch) rows; the last batch of an epoch begins anew at its front, for a compiled loop knows one size only."""
    order = _order(seed, len(data.x), epochs, BATCH)
    each = -(-len(data.x) // BATCH)
    rows = [np.resize(epoch[k * BATCH : (k + 1) * BATCH], BATCH) for epoch in order for k in range(each)]
    return np.array(rows)


def by_jax(done: Training) -> Callable[[], np.ndarray]:
    """The same as one jitted program: for each optimizer a scan over updates, vectorised over seeds. Gives (6, 4) losses."""
    data, net = done.data, done.network
    x, t = jnp.array(data.x), jnp.array(data.t[:, 0].astype(int))
    rows = jnp.array(np.stack([batches(data, seed, EPOCHS) for seed in SEEDS]))
    start = [jnp.array(np.stack([net.initial("he", seed)[part] for seed in SEEDS])) for part in _slices(net)]

    def loss(w: Any, x: Any, t: Any) -> Any:
        for i, (part, W, b) in enumerate(zip(net.parts, w[::2], w[1::2], strict=True)):
            x = x @ W.reshape(part.shape) + b
            x = jnp.maximum(x, 0) if i < len(net.parts) - 1 else x
        return optax.softmax_cross_entropy_with_integer_labels(x, t).mean()

    def lane(rule: Any) -> Any:
        def go(w: Any, rows: Any) -> Any:
            def step(carried: Any, some: Any) -> Any:
                w, state = carried
                value, g = jax.value_and_grad(loss)(w, x[some], t[some])
                moves, state = rule.update(g, state, w)
                return (optax.apply_updates(w, moves), state), value

            return jax.lax.scan(step, (w, rule.init(w)), rows)[1]

        return jax.vmap(go)

    rules = {
        "sgd": optax.sgd(RATES["sgd"]), "momentum": optax.sgd(RATES["momentum"], momentum=0.9),
        "adagrad": optax.adagrad(RATES["adagrad"], initial_accumulator_value=0.0, eps=1e-10),
        "rmsprop": optax.rmsprop(RATES["rmsprop"], decay=0.99, eps=1e-8, eps_in_sqrt=False),
        "adam": optax.adam(RATES["adam"]), "nadam": optax.nadam(RATES["nadam"]),
    }  # fmt: skip
    program = jax.jit(lambda start, rows: [lane(rules[key])(start, rows) for key in SIX])
    return lambda: np.array(jax.block_until_ready(program(start, rows)))


def _slices(net: Network) -> list[slice]:
    return [place for part in net.parts for place in (part.W, part.b)]


def by_torch(done: Training) -> tuple[float, np.ndarray]:
    """Milliseconds of the whole, scaled up from a few epochs of one seed, and (6, updates) losses: a plain loop, as courses have it."""
    data, net = done.data, done.network
    x, t = torch.tensor(data.x), torch.tensor(data.t[:, 0].astype(int))
    w, losses, spent = net.initial("he", 0), [], 0.0
    for key in SIX:
        layers = []
        for part in net.parts:
            layer = torch.nn.Linear(*part.shape)
            layer.weight.data = torch.tensor(w[part.W].reshape(part.shape).T.copy())
            layer.bias.data = torch.tensor(w[part.b].copy())
            layers += [layer, torch.nn.ReLU()]
        model, cross = torch.nn.Sequential(*layers[:-1]), torch.nn.CrossEntropyLoss()
        values = OPTIMIZERS[key].defaults | {"lr": RATES[key]}
        spelled = OPTIMIZERS[key].asked("pytorch", values).format(**values)
        rule = eval(spelled, {"torch": torch, "params": model.parameters()})
        own, begun = [], time.perf_counter()
        for epoch in _order(0, len(x), FEW, BATCH):
            for lo in range(0, len(epoch), BATCH):
                some = torch.from_numpy(epoch[lo : lo + BATCH])
                rule.zero_grad()
                lost = cross(model(x[some]), t[some])
                lost.backward()
                rule.step()
                own.append(lost.item())
        spent += time.perf_counter() - begun
        losses.append(own)
    return 1e3 * spent * EPOCHS / FEW * len(SEEDS), np.array(losses)


def small() -> Training:
    """The film's own size: 2-8-8-2 on 200 points, 4 optimizers, every moment evaluated."""
    return train("moons", ["sgd", "momentum", "adagrad", "adam"], layers=(8, 8), samples=200, epochs=100)


def book() -> Training:
    """The book's comparison: four hidden layers of 100, 4 optimizers, 20 epochs."""
    return train(
        "digits",
        ["sgd", "momentum", "adagrad", "adam"],
        layers=(100,) * 4,
        activation="relu",
        init="he",
        batch_size=128,
        epochs=20,
    )


def best(work: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    begun = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - begun)


def main() -> None:
    kernels.loop()
    done = ours()
    ours(1, ends=True), small(), book()
    peers: dict[str, Callable[[], object]] = {
        "ours": ours,
        "ends": lambda: ours(ends=True),
        "small": small,
        "book": book,
    }
    if optax:
        jitted = by_jax(done)
        theirs = jitted()  # compiled now
        before = done.each - 1  # up to the first batch that is filled up
        same = [SIX.index(key) for key in ("sgd", "momentum", "rmsprop", "adam")]  # optax has its own AdaGrad and NAdam
        gap = np.abs(theirs[same, :, :before] - done.batch_loss[same, :, :before]).max()
        assert gap < LIKE, f"jax comes to other losses: {gap}"
        peers["jax"] = jitted
    times: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(ROUNDS):
        for name, work in peers.items():
            times[name].append(best(work))
    found = {name: min(spent) for name, spent in times.items()}
    slow = None
    if torch:
        slow, losses = by_torch(done)
        assert np.abs(losses - done.batch_loss[:, 0, : losses.shape[1]]).max() < LIKE, "PyTorch comes to other losses"
    mine = found["ours"]

    def against(peer: float | None) -> str:
        return f"{spell(peer)} ({spell(peer / mine)}×)" if peer else "–"

    bars = [verdict(found["jax"] / mine, 1, "× jax", least=True)] if optax else []
    bars += [verdict(slow / mine, 20, "× PyTorch", least=True)] if slow else []
    dash = ["–", "–"]
    rows = [
        [
            "6 optimizers × 4 seeds, 64-32-10, digits, batch 32, 30 epochs",
            mine,
            against(found.get("jax")),
            against(slow),
            "; ".join(bars),
        ],
        ["the same, evaluated over all 1,797 examples after every epoch", found["ends"], *dash, "–"],
        [
            "4 optimizers, 2-8-8-2, 200 points, 100 epochs, evaluated after each",
            found["small"],
            *dash,
            verdict(found["small"], 60, "ms"),
        ],
        ["the book's comparison: 4 optimizers, 64-100-100-100-100-10, batch 128, 20 epochs", found["book"], *dash, "–"],
    ]
    rows = [[name, f"**{spell(own)}**", *rest] for name, own, *rest in rows]
    net = Network((64, 32, 10))
    w, data = net.initial("he", 0), done.data
    checks = [gradient_check(net, w, data.x[:32], data.t[:32], 1e-6) for _ in range(3)]
    ratio = statistics.median(check.numerical_seconds / check.seconds for check in checks)
    write(
        "nets",
        machine("numpy", "numba", "jax", "optax", "torch"),
        table(["ms", "ours", "jax `jit(vmap(scan))`", "PyTorch loop", "bars"], rows),
        f"float64 everywhere, the same weights and batches; the best of {ROUNDS} rounds, in turn. Our figure takes both cores, "
        "without fast-math and without fused products, so that it is the same to the last bit on every machine. jax is "
        "compiled beforehand (seconds, in every process); it knows one size of batches only, so the last of an epoch is filled up. "
        f"PyTorch is given {FEW} epochs of one seed and its time scaled up.",
        f"Backpropagation for 64-32-10 and 32 examples is {ratio:.0f} times as fast as four differences a weight.",
    )


if __name__ == "__main__":
    sys.exit(main())
