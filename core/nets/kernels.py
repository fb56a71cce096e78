"""The training loop, compiled: the layers as their files declare them, the optimizer as its file does.

Each formula is compiled once, never each network: activations and update rules are called by address, and the sizes of the
layers are data.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numba as nb
import numpy as np

from core.engine import blocks
from core.engine.blocks import BLOCK, OPTIONS, B, apart, fingerprint, inline, put_rows, rows
from core.engine.compiler import outside, seldom
from core.engine.sight import address, call
from core.engine.vmath import vectorised
from core.nets import matrix
from core.nets.layers import ACTIVATIONS, affine, batch_norm, dropout, softmax_loss, squared_loss
from core.spec import Layer, Optimizer, Schedule

LOSSES = {"softmax_loss": 0, "squared_loss": 1}  # as the loop knows them
CHUNK = 64  # examples that are evaluated at a time, at least
OFTEN = 16  # updates between two looks at whether anybody still waits
TINY = 1e-6  # PyTorch's clip_grad_norm_ adds it to the norm

stays = inline(dropout.stays)


def once(formula: Callable[..., Any]) -> Any:
    """A formula that is compiled once, however often it is called."""
    part = inline(formula)

    def called(*arguments):  # type: ignore[no-untyped-def]
        seldom()
        return part(*arguments)

    return outside(called)


forward, backward, slopes = once(affine.forward), once(affine.backward), once(affine.slopes)
normed, unnormed, statistics = once(batch_norm.forward), once(batch_norm.backward), once(batch_norm.statistics)
thinned, unthinned = once(dropout.forward), once(dropout.backward)
entropy, from_entropy = once(softmax_loss.forward), once(softmax_loss.backward)
squares, from_squares = once(squared_loss.forward), once(squared_loss.backward)


@cache
def _sources() -> str:
    """Hash of all that the loop is made of: an edited layer must be compiled again."""
    parts = (affine, batch_norm, dropout, softmax_loss, squared_loss, matrix, sys.modules[__name__])
    return hashlib.sha256("".join(inspect.getsource(part) for part in parts).encode()).hexdigest()


def forward_kernel(layer: Layer) -> Any:
    """Kernel: n numbers x -> the n behind them, y."""
    formula, tag = inline(vectorised(layer.forward)), fingerprint(layer.forward)

    @nb.cfunc(BLOCK, **OPTIONS)
    def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
        tag  # noqa: B018  (part of the cache key: an edited formula must be compiled again)
        W = nb.carray(P, 2 * n)
        for j in range(n):
            W[n + j] = formula(W[j])

    return kernel


def backward_kernel(layer: Layer) -> Any:
    """Kernel: n numbers x, n y, n dy -> dx in the place of dy."""
    formula, tag = inline(vectorised(layer.backward)), fingerprint(layer.backward)

    @nb.cfunc(BLOCK, **OPTIONS)
    def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
        tag  # noqa: B018
        W = nb.carray(P, 3 * n)
        for j in range(n):
            W[2 * n + j] = formula(W[2 * n + j], W[j], W[n + j])

    return kernel


def head(optimizer: Optimizer) -> int:
    """How many numbers stand before the first block of weights: hyperparameters and their powers, a row each."""
    return B * (len(optimizer.hypers) + powers(optimizer))


def powers(optimizer: Optimizer) -> int:
    """How many powers of the hyperparameters the update rule needs at every step."""
    return apart(optimizer, (False,) * len(optimizer.hypers)).number


def weights_kernel(optimizer: Optimizer) -> Any:
    """Kernel: one update of n blocks of weights, each B numbers x, B of the gradient, then B of each state."""
    parts, tag = apart(optimizer, (False,) * len(optimizer.hypers)), fingerprint(optimizer.update)
    update, raise_ = inline(parts.update), inline(parts.powers or _none)
    count, raised, slots = len(optimizer.hypers), parts.number, len(optimizer.state)
    told, first, width = count * B, (count + raised) * B, (2 + slots) * B

    @nb.cfunc(BLOCK, **OPTIONS)
    def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
        tag  # noqa: B018
        W = nb.carray(P, first + n * width)
        shared = rows(W, 0, count)
        put_rows(W, told, raise_(W[first], W[first + B], t, *rows(W, first + 2 * B, slots), *shared))
        known = rows(W, told, raised)
        for block in range(n):
            at = first + block * width
            for j in range(B):
                new = update(W[at + j], W[at + B + j], t, *rows(W, at + 2 * B + j, slots), *shared, *known)
                W[at + j] = new[0]
                put_rows(W, at + 2 * B + j, new[1:])

    return kernel


def _none(*parameters):  # type: ignore[no-untyped-def]
    """No powers."""
    return ()


def watching_kernel(schedule: Schedule) -> Any:
    """Kernel: the factor of a schedule that watches the loss into W[0], from the loss in W[B]; behind it state and hypers."""
    factor, tag = inline(schedule.factor), fingerprint(schedule.factor)
    slots, count = len(schedule.state), len(schedule.hypers)

    @nb.cfunc(BLOCK, **OPTIONS)
    def kernel(P, n, t, T):  # type: ignore[no-untyped-def]
        tag  # noqa: B018
        W = nb.carray(P, (2 + slots + count) * B)
        new = factor(t, T, W[B], *rows(W, 2 * B, slots), *rows(W, (2 + slots) * B, count))
        W[0] = new[0]
        put_rows(W, 2 * B, new[1:])

    return kernel


def updating(optimizer: Optimizer) -> int:
    """Address of the kernel of an update rule."""
    return blocks.kernel(weights_kernel, optimizer)


def activating(key: str) -> tuple[int, int]:
    """Addresses of the kernels of an activation, forwards and backwards."""
    return blocks.kernel(forward_kernel, ACTIVATIONS[key]), blocks.kernel(backward_kernel, ACTIVATIONS[key])


def watching(schedule: Schedule) -> int:
    """Address of the kernel of a schedule that watches the loss; 0 for the others."""
    return blocks.kernel(watching_kernel, schedule) if schedule.watches_loss else 0


@cache
def loop() -> Any:
    """The compiled training loop."""
    return blocks.built(compiled)


@inline
def view(memory, n, k):  # type: ignore[no-untyped-def]
    """The first n k numbers of a row as a matrix."""
    return memory[: n * k].reshape(n, k)


@outside
def norm(g):  # type: ignore[no-untyped-def]
    """Its length."""
    seldom()
    total = 0.0
    for i in range(g.size):
        total += g[i] * g[i]
    return np.sqrt(total)


@outside
def put(source, to):  # type: ignore[no-untyped-def]
    """Copy a row to the beginning of another. (An assignment to a slice would take half a second to compile.)"""
    seldom()
    for i in range(source.size):
        to[i] = source[i]


@outside
def answer(sizes, with_norm, act, w, running, x, cells):  # type: ignore[no-untyped-def]
    """The outputs for some examples, nothing being trained."""
    seldom()
    n, at, columns, last = x.shape[0], 0, 0, sizes.size - 2
    for i in range(last + 1):
        a, k = sizes[i], sizes[i + 1]
        W, b = w[at : at + a * k].reshape(a, k), w[at + a * k : at + a * k + k]
        at += a * k + k
        out = forward(x, W, b)
        if i == last:
            return out
        if with_norm:
            gamma, beta = w[at : at + k], w[at + k : at + 2 * k]
            at += 2 * k
            out = normed(out, gamma, beta, running[0, columns : columns + k], running[1, columns : columns + k])
        columns += k
        put(out.ravel(), cells[i])
        call(act, address(cells[i]), n * k, 0.0, 0.0)
        x = view(cells[i][n * k :], n, k).copy()
    return x


@outside
def evaluate(sizes, with_norm, act, loss, w, running, x, t, chunk, cells):  # type: ignore[no-untyped-def]
    """Mean loss and share of right answers over all examples."""
    seldom()
    total, right, n = 0.0, 0, x.shape[0]
    for lo in range(0, n, chunk):
        some, truth = x[lo : min(lo + chunk, n)], t[lo : min(lo + chunk, n)]
        out = answer(sizes, with_norm, act, w, running, some, cells)
        if loss == 0:
            lost, _ = entropy(out, truth)
            for s in range(some.shape[0]):
                right += np.int64(out[s].argmax() == np.int64(truth[s, 0]))
        else:
            lost, _ = squares(out, truth)
        total += lost * some.shape[0]
    return total / max(n, 1), right / max(n, 1)


@outside
def slope(sizes, with_norm, act, back, loss, rate, origins, step, w, running, x, t, g, cells, sums, masks):  # type: ignore[no-untyped-def]
    """The loss of a batch in training; its gradient -> g. The same way as `Network.gradient`."""
    seldom()
    n, at, columns, last = x.shape[0], 0, 0, sizes.size - 2
    inputs = [x]
    for i in range(last):
        a, k = sizes[i], sizes[i + 1]
        W, b = w[at : at + a * k].reshape(a, k), w[at + a * k : at + a * k + k]
        at += a * k + k
        out = forward(inputs[i], W, b)
        if with_norm:
            sums[i] = out
            mean, var = statistics(out)
            out = normed(out, w[at : at + k], w[at + k : at + 2 * k], mean, var)
            at += 2 * k
            for j in range(k):
                running[0, columns + j] += batch_norm.MOMENTUM * (mean[j] - running[0, columns + j])
                unbiased = var[j] * n / max(n - 1, 1)
                running[1, columns + j] += batch_norm.MOMENTUM * (unbiased - running[1, columns + j])
            columns += k
        put(out.ravel(), cells[i])
        call(act, address(cells[i]), n * k, 0.0, 0.0)
        y = view(cells[i][n * k :], n, k)
        if rate > 0.0:
            mask = view(masks[i], n, k)
            for s in range(n):
                for j in range(k):
                    counter = np.uint64(step) * np.uint64(2**32) + np.uint64(s * k + j)
                    mask[s, j] = stays(origins[i], counter, rate)
            inputs.append(thinned(y, mask, rate))
        else:
            inputs.append(y.copy())

    a, k = sizes[last], sizes[last + 1]
    W, b = w[at : at + a * k].reshape(a, k), w[at + a * k : at + a * k + k]
    out = forward(inputs[last], W, b)
    if loss == 0:
        lost, said = entropy(out, t)
        dy = from_entropy(said, t)
    else:
        lost, said = squares(out, t)
        dy = from_squares(said, t)
    dW, db = slopes(dy, inputs[last])
    put(dW.ravel(), g[at:])
    put(db, g[at + a * k :])
    dy = backward(dy, W)

    for i in range(last - 1, -1, -1):
        a, k = sizes[i], sizes[i + 1]
        at -= a * k + k + (2 * k if with_norm else 0)
        if rate > 0.0:
            dy = unthinned(dy, view(masks[i], n, k), rate)
        put(dy.ravel(), cells[i][2 * n * k :])
        call(back, address(cells[i]), n * k, 0.0, 0.0)
        dy = view(cells[i][2 * n * k :], n, k).copy()
        if with_norm:
            more = at + a * k + k
            mean, var = statistics(sums[i])
            dy, dgamma, dbeta = unnormed(dy, sums[i], w[more : more + k], mean, var)
            put(dgamma, g[more:])
            put(dbeta, g[more + k :])
        dW, db = slopes(dy, inputs[i])
        put(dW.ravel(), g[at:])
        put(db, g[at + a * k :])
        if i > 0:
            dy = backward(dy, w[at : at + a * k].reshape(a, k))
    return lost


INT, NUMBER, ROW, TABLE, CUBE = nb.int64, nb.float64, nb.float64[::1], nb.float64[:, ::1], nb.float64[:, :, ::1]
INTS, CHANCE = nb.int64[::1], nb.uint64[::1]
TYPES = (
    INTS, INT, INT, INT, INT, CHANCE, ROW, INT, INT, INT, INT, nb.types.UniTuple(NUMBER, 5), ROW, ROW, TABLE, TABLE, TABLE,
    TABLE, TABLE, nb.int64[:, ::1], INT, ROW, INT, ROW, INT, ROW, INT, INTS, TABLE, CUBE, TABLE, ROW, TABLE, TABLE, TABLE, ROW, INTS,
)  # fmt: skip


def compiled() -> Any:
    """The training loop, compiled for the types of `TYPES` only."""
    tag = fingerprint(fingerprint) + _sources()

    @nb.njit(nb.void(*TYPES), **OPTIONS | {"no_cfunc_wrapper": True})
    def train(  # type: ignore[no-untyped-def]
        sizes,
        with_norm,
        act,
        back,
        loss,
        origins,
        room,
        first,
        slots,
        update,
        lr_row,
        told,
        weighty,
        w,
        running,
        x,
        t,
        vx,
        vt,
        order,
        batch,
        factors,
        paced_row,
        tempo,
        watch,
        watching,
        patience,
        moments,
        weights,
        means,
        history,
        steps_loss,
        norms,
        ratios,
        slopes_at,
        best,
        line,
    ):
        """Train one network and note how it went.

        sizes: of the layers. act, back, update, watch: addresses of kernels (watch 0: the factors are the whole schedule).
        origins: of dropout. room: the optimizer's, with its hyperparameters in it; `first` numbers stand before its blocks.
        told: the strength of L2 and of decoupled decay, the longest gradient (0: any), the rate of dropout, lr.
        w (parameters,) and running (2, hidden) are trained in place. x, t: training examples; vx, vt: those of the validation,
        perhaps none. order: (epochs, examples). factors: (steps,) of the rate. paced_row,
        tempo: the hyperparameter that changes beside it, and (steps or 0,) what it is.
        watching: room of the schedule's kernel. patience: epochs without a better validation loss before it ends; 0: never.
        moments: (M,) numbers of updates, in order. At each: weights (M, parameters), means (M, 2, hidden), history (4, M):
        loss, accuracy, and both of the validation; norms, ratios (M, layers): of the gradient, and of the update over the
        weights; slopes_at (M or 0, parameters): the gradient. steps_loss: (steps,). best: (parameters + 2 hidden,), filled with
        patience alone. line: [0] not 0 to end all this, [1] how many updates are done, [2] the update at which the loss was no
        number any more, or -1, [3] the update at which patience ended, or -1, [4] that with the best validation, or -1.
        """
        tag  # noqa: B018
        l2, decay, clip, rate, base = told
        n, epochs, steps = order.shape[1], order.shape[0], steps_loss.size
        each, chunk = -(-n // batch), max(batch, CHUNK)
        layers, last = sizes.size - 1, sizes.size - 2
        cells = [np.empty(3 * chunk * sizes[i + 1]) for i in range(last)]
        masks = [np.empty(batch * sizes[i + 1] if rate > 0.0 else 0) for i in range(last)]
        sums = [np.empty((0, 0)) for i in range(last)]
        g, before = np.empty(w.size), np.empty(w.size)
        width = (2 + slots) * B
        n_blocks = -(-w.size // B)
        m = waited = 0
        least, factor = np.inf, 1.0
        line[2] = line[3] = line[4] = -1
        for s in range(steps + 1):
            if s % OFTEN == 0:
                line[1] = s
                if line[0]:
                    return
            epoch, part = min(s, steps - 1) // each, min(s, steps - 1) % each
            size = min(batch, n - part * batch)
            some, truth = np.empty((size, x.shape[1])), np.empty((size, t.shape[1]))
            for i in range(size):
                row = order[epoch, part * batch + i]
                put(x[row], some[i])
                put(t[row], truth[i])

            if patience > 0 and s % each == 0 and vx.shape[0] > 0:
                now, _ = evaluate(sizes, with_norm, act, loss, w, running, vx, vt, chunk, cells)
                waited = 0 if now < least else waited + 1
                if now < least:
                    least = now
                    line[4] = s
                    put(w, best)
                    put(running.ravel(), best[w.size :])
                if waited >= patience:
                    line[3] = s
            if watch and s % each == 0 and s < steps:
                if s > 0:  # what the epoch has come to
                    if vx.shape[0] > 0:
                        seen, _ = evaluate(sizes, with_norm, act, loss, w, running, vx, vt, chunk, cells)
                    else:
                        seen, _ = evaluate(sizes, with_norm, act, loss, w, running, x, t, chunk, cells)
                    watching[B] = seen
                    call(watch, address(watching), 1, float(s // each - 1), float(epochs))
                ahead = watching.copy()  # the factor of the next epoch, whose loss nobody knows yet
                call(watch, address(ahead), 1, float(s // each), float(epochs))
                factor = ahead[0]

            at_moment = m < moments.size and moments[m] == s
            if at_moment:
                put(w, weights[m])
                put(running.ravel(), means[m].ravel())
                history[0, m], history[1, m] = evaluate(sizes, with_norm, act, loss, w, running, x, t, chunk, cells)
                history[2, m], history[3, m] = evaluate(sizes, with_norm, act, loss, w, running, vx, vt, chunk, cells)
            kept = running.copy() if s == steps else running  # the last batch is looked at, and not learnt from
            lost = slope(
                sizes, with_norm, act, back, loss, rate, origins, s, w, kept, some, truth, g, cells, sums, masks
            )
            if lost - lost != 0.0:
                line[2] = s
                return
            if l2 > 0.0:
                for i in range(w.size):
                    g[i] += l2 * weighty[i] * w[i]
            if clip > 0.0:
                share = clip / (norm(g) + TINY)
                if share < 1.0:
                    for i in range(w.size):
                        g[i] *= share
            if at_moment:
                at = 0
                for i in range(layers):
                    upto = at + sizes[i] * sizes[i + 1] + sizes[i + 1]
                    norms[m, i] = norm(g[at:upto])
                    at = upto + (2 * sizes[i + 1] if with_norm and i < last else 0)
                if slopes_at.shape[0] > 0:
                    put(g, slopes_at[m])
                put(w, before)
            if s == steps or line[3] == s:
                if at_moment:
                    put(np.full(layers, np.nan), ratios[m])
                break

            steps_loss[s] = lost
            lr = base * factors[s] * factor
            room[lr_row * B] = lr
            if tempo.size:
                room[paced_row * B] = tempo[s]
            if decay > 0.0:
                for i in range(w.size):
                    w[i] *= 1.0 - lr * decay * weighty[i]
            for block in range(n_blocks):
                lo, to = block * B, first + block * width
                some_of = min(B, w.size - lo)
                put(w[lo : lo + some_of], room[to:])
                put(g[lo : lo + some_of], room[to + B :])
            call(update, address(room), n_blocks, float(s + 1), float(steps))
            for block in range(n_blocks):
                lo, to = block * B, first + block * width
                some_of = min(B, w.size - lo)
                put(room[to : to + some_of], w[lo:])

            if at_moment:
                at = 0
                for i in range(layers):
                    upto = at + sizes[i] * sizes[i + 1]
                    ratios[m, i] = norm(w[at:upto] - before[at:upto]) / norm(before[at:upto])
                    at = upto + sizes[i + 1] + (2 * sizes[i + 1] if with_norm and i < last else 0)
                m += 1
        line[1] = steps

    return train
