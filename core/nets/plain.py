"""The training loop in NumPy: slower, to be read, and for methods that look around before they step.

The compiled loop does the same, update by update; a test compares them.
"""

from __future__ import annotations

import dis
from collections.abc import Callable
from functools import partial

import numpy as np

from core.nets import kernels
from core.nets.network import Network
from core.nets.task import Job, Record
from core.spec import Optimizer

IN_A_LOOP = 12
Slope = Callable[[np.ndarray], tuple[float, np.ndarray]]


class Slice:
    """What a method on the plane sees of a network: the loss along the gradient, and along whatever it finds besides.

    The plane goes through the weights. Its first axis is the gradient's direction, its second the rest of the first gradient
    that is found elsewhere. A method that remembers nothing and looks once, or along its gradient only, steps in that plane
    and no other, so its formula needs no other form for a network.
    """

    def __init__(self, slope: Slope, w: np.ndarray, g: np.ndarray, f: float, lowest: float) -> None:
        self.slope, self.w, self.f, self.lowest = slope, w, f, lowest
        self.length = float(np.sqrt(g @ g))
        self.axis = g / self.length if self.length else np.zeros_like(g)
        self.other = np.zeros_like(g)

    def look(self, x: float, y: float) -> tuple[float, float, float]:
        """Loss and gradient at a point of the plane, the gradient in its two axes."""
        f, g = self.slope(self.w + x * self.axis + y * self.other)
        along = float(g @ self.axis)
        if not self.other.any():
            rest = g - along * self.axis
            size = float(np.sqrt(rest @ rest))
            self.other = rest / size if size else rest
        return f, along, float(g @ self.other)


def accepts(optimizer: Optimizer) -> bool:
    """Whether a method that looks around keeps to one plane: it remembers nothing and asks for no curvature."""
    return not optimizer.state and "bend" not in optimizer.update.__code__.co_names


def trains(optimizer: Optimizer) -> bool:
    """Whether a method trains networks: coordinate by coordinate, or in one plane."""
    return not optimizer.plane or accepts(optimizer)


def gradients(optimizer: Optimizer) -> int:
    """How many gradients an update takes, roughly: one, and those that it looks for, which in a loop are many."""
    code = optimizer.update.__code__
    if "look" not in code.co_names:
        return 1
    return IN_A_LOOP if any("JUMP_BACKWARD" in step.opname for step in dis.get_instructions(code)) else 2


def train(job: Job, line: np.ndarray) -> Record:
    """Train one network, as `kernels.compiled` does. line: [0] not 0 to end it; [1] receives how many updates are done."""
    network, data, optimizer = job.network, job.data, job.optimizer
    w, running, hypers = job.w.copy(), network.fresh(), dict(job.hypers)
    state = [np.full_like(w, optimizer.initial.get(name, 0.0)) for name in optimizer.state]
    record, steps, each = Record.empty(job), job.steps, job.each
    base, factor, least, waited, m = hypers["lr"], 1.0, np.inf, 0, 0
    seen = 0.0
    watched = [job.schedule.initial.get(name, 0.0) for name in job.schedule.state]
    for s in range(steps + 1):
        line[1] = s
        if line[0]:
            return record
        epoch, part = divmod(min(s, steps - 1), each)
        rows = job.order[epoch, part * job.batch : (part + 1) * job.batch]
        batch = data.x[rows], data.t[rows]

        if s % each == 0 and job.patience and len(data.vx):
            now = network.lost(w, data.vx, data.vt, running)
            waited = 0 if now < least else waited + 1
            if now < least:
                least, record.best_step, record.best, record.best_running = now, s, w.copy(), running.copy()
            if waited >= job.patience:
                record.stopped = s
        if job.schedule.watches_loss and s % each == 0 and s < steps:
            rounds, rule = float(len(job.order)), job.schedule.factor
            if s > 0:  # what the epoch has come to
                seen = network.lost(w, *((data.vx, data.vt) if len(data.vx) else (data.x, data.t)), running)
                _, *watched = rule(float(s // each - 1), rounds, seen, *watched, *job.seen)
            factor = rule(float(s // each), rounds, seen, *watched, *job.seen)[0]  # whose loss nobody knows yet

        at_moment = m < len(job.moments) and job.moments[m] == s
        if at_moment:
            record.weights[m], record.running[m] = w, running
            record.history[:, m] = (
                *evaluated(network, w, data.x, data.t, running),
                *evaluated(network, w, data.vx, data.vt, running),
            )
        slope = partial(_slope, job, batch, s)
        f, g = slope(w, running.copy() if s == steps else running)
        if not np.isfinite(f):
            record.exploded = s
            break
        if at_moment:
            record.norms[m] = [
                np.sqrt(g[part.W.start : part.b.stop] @ g[part.W.start : part.b.stop]) for part in network.parts
            ]
            if len(record.slopes):
                record.slopes[m] = g
        if s == steps or record.stopped == s:
            break

        before = w.copy()
        record.batch_loss[s] = f
        hypers["lr"] = base * job.factors[s] * factor
        if job.momenta.size:
            hypers[job.schedule.replaces(hypers)] = job.momenta[s]
        if job.decay:
            w = w * (1 - hypers["lr"] * job.decay * network.weighty)
        if optimizer.plane:
            here = Slice(slope, w, g, f, job.lowest)
            ((x, y),) = optimizer.update((0.0, 0.0), (here.length, 0.0), float(s + 1), here, *hypers.values())
            w = w + x * here.axis + y * here.other
        else:
            w, *state = optimizer.update(w, g, float(s + 1), *state, *hypers.values())
        if at_moment:
            moved = w - before
            with np.errstate(all="ignore"):
                record.ratios[m] = [_norm(moved[part.W]) / _norm(before[part.W]) for part in network.parts]
            m += 1
    line[1] = steps
    return record


def _slope(
    job: Job, batch: tuple[np.ndarray, np.ndarray], step: int, w: np.ndarray, running: np.ndarray | None = None
) -> tuple[float, np.ndarray]:
    """Loss and gradient of a batch at any weights, with what drops out at this step, the penalty, and the clipping."""
    f, g = job.network.gradient(w, *batch, running, step, job.origins)
    if job.l2:
        g += job.l2 * job.network.weighty * w
    if job.clip:
        g *= min(1.0, job.clip / (np.sqrt(g @ g) + kernels.TINY))
    return f, g


def _norm(values: np.ndarray) -> float:
    return float(np.sqrt(values @ values))


def evaluated(
    network: Network, w: np.ndarray, x: np.ndarray, t: np.ndarray, running: np.ndarray | None = None
) -> tuple[float, float]:
    """Mean loss and share of right answers over some examples; 0 and 0 without any, and no share for a regression."""
    if not len(x):
        return 0.0, 0.0
    out = network.outputs(w, x, running)[-1]
    right = float((out.argmax(axis=1) == t[:, 0]).mean()) if network.loss == "softmax_loss" else 0.0
    return network.lost(w, x, t, running), right
