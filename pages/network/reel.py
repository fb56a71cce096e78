"""A training as the film needs it: single floats, made once for all visitors who open the same experiment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from core import Enough, Network, Training
from core.nets.experiment import Experiment
from core.nets.layers import ACTIVATIONS, batch_norm, softmax_loss
from pages.shared.canvas import content, named
from pages.shared.queue import LINE, Task

SMALL = 4_000  # numbers of weights: those of a larger network travel moment by moment, as they are looked at
BINS, LOOKED_AT = 24, 256  # of a histogram; examples whose activations it counts
LOG = (-12.0, 2.0)  # of sizes of gradients, decimal logarithms
AT_ONCE = 1e9  # of work, that a visitor need not wait in line for: some tens of milliseconds

Sent = tuple[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Lane:
    """What is told of one runner. weights: all moments, or one array a moment. raw: (M, P) weights of the first seed as they were
    trained; running: (M, 2, hidden). end, last: the moment at which the first seed has ended, and the last of all seeds. whole:
    whether it was trained to its end."""

    weights: Sent | tuple[Sent, ...]
    slopes: Sent | None
    curves: dict[str, Sent | None]
    norms: Sent
    ratios: Sent
    predicted: Sent | None
    sure: Sent | None
    exploded: int | None
    best: int | None
    end: int
    last: int
    finals: dict[str, float | None]
    seconds: float
    pace: float  # evaluations of the gradient to one update of the usual size of batches
    whole: bool
    raw: np.ndarray = field(repr=False)
    running: np.ndarray = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return 4 * self.raw.nbytes


@dataclass(frozen=True, eq=False)
class Reel:
    """A whole film."""

    experiment: Experiment
    moments: np.ndarray
    lanes: tuple[Lane, ...]
    x: Sent
    t: Sent
    train: int

    @property
    def whole(self) -> bool:
        """Whether all were trained to their end."""
        return all(lane.whole for lane in self.lanes)

    @property
    def weights(self) -> np.ndarray:
        """(runners, M, P) of the first seed."""
        return np.stack([lane.raw for lane in self.lanes])


def reel_of(experiment: Experiment) -> Reel | None:
    """The film of an experiment, if it has been made, or can be made at once."""
    key = experiment.trained
    found: Reel | None = LINE.kept(key)
    if found is not None or not experiment.ready:
        return found
    if experiment.work < AT_ONCE or all(LINE.kept(each) is not None for each in _keys(experiment)):
        found = made(experiment)
        LINE.keep(key, found, SMALL)
    return found


def work(task: Task[Reel]) -> Reel:
    """Train in the line. Whoever presses Stop has what there is by then; it is kept for nobody else."""
    experiment = task.key
    assert isinstance(experiment, Experiment)

    def told(share: float) -> None:
        task.told(share)
        if task.stopped:
            raise Enough

    found = made(experiment, told)
    if found.whole:
        LINE.keep(experiment, found, SMALL)
    return found


def _keys(experiment: Experiment) -> list[tuple[Any, ...]]:
    """All that the training of each runner depends on."""
    alone, moments = replace(experiment.trained, runners=(), batches=()), experiment.moments.tobytes()
    return [("lane", alone, moments, r.bare, experiment.batch_of(i)) for i, r in enumerate(experiment.runners)]


def made(experiment: Experiment, progress: Any = None) -> Reel:
    """Train those that have not been trained, and make the film of all: of the runners on a page one has changed, mostly."""
    keys = _keys(experiment)
    lanes: list[Lane | None] = [LINE.kept(key) for key in keys]
    todo = [i for i, lane in enumerate(lanes) if lane is None]
    if todo:
        some = replace(
            experiment,
            runners=tuple(experiment.runners[i] for i in todo),
            batches=tuple(experiment.batch_of(i) for i in todo),
        )
        small = experiment.network.parameters <= SMALL
        done = some.train(progress, slopes=small, moments=experiment.moments)
        for at, i in enumerate(todo):
            lanes[i] = lane = _lane(some, done, at)
            if lane.whole:
                LINE.keep(keys[i], lane, lane.size)
    data = experiment.data
    x, t = np.concatenate([data.x, data.vx]), np.concatenate([data.t, data.vt])
    found = tuple(lane for lane in lanes if lane is not None)
    return Reel(experiment.trained, experiment.moments, found, content(x), content(t), len(data.x))


def _held(rows: np.ndarray, sound: bool) -> np.ndarray:
    """A training that patience or a visitor has ended stays as it was."""
    there = np.isfinite(rows.reshape(len(rows), -1)).all(axis=1)
    if not sound or there.all() or not there.any():
        return rows
    rows = rows.copy()
    rows[~there] = rows[there][-1]
    return rows


def _lane(experiment: Experiment, done: Training, i: int) -> Lane:
    network, sound = done.network, bool(done.exploded[i, 0] < 0)
    w, running = _held(done.weights[i, 0], sound), _held(done.running[i, 0], sound)
    folded = np.stack([plainly(network, *pair) for pair in zip(w, running, strict=True)])
    small = network.parameters <= SMALL
    pictures = _pictures(network, done, w, running) if experiment.record.images else (None, None)
    last = done.batch_loss[i, 0, done.eachs[i] * experiment.epochs - 1]
    ends = [_end(done, i, seed) for seed in range(experiment.seeds)]
    return Lane(
        weights=content(folded) if small else tuple(content(row) for row in folded),
        slopes=content(done.slopes[i, 0]) if small else None,
        curves={name: _curve(getattr(done, name)[i]) for name in ("loss", "val_loss", "accuracy", "val_accuracy")},
        norms=content(done.norms[i, 0]),
        ratios=content(done.ratios[i, 0]),
        predicted=pictures[0],
        sure=pictures[1],
        exploded=None if sound else int(done.exploded[i, 0]),
        best=int(np.searchsorted(done.updates[i], done.best_step[i, 0])) if done.best_step[i, 0] >= 0 else None,
        end=ends[0],
        last=max(ends),
        finals={name: _last(getattr(done, name)[i, 0]) for name in ("loss", "accuracy", "val_accuracy")},
        seconds=float(done.seconds[i].mean()),
        pace=done.eachs[i] / done.each * (2 if experiment.runners[i].record.plane else 1),
        whole=bool(np.isfinite(last) or not sound or done.stopped[i, 0] >= 0),
        raw=_single(w),
        running=_single(running),
    )


def _end(done: Training, i: int, seed: int) -> int:
    """The moment at which a training has ended: at its end, or where patience, a visitor or an explosion has ended it."""
    if (exploded := int(done.exploded[i, seed])) >= 0:
        return min(int(np.searchsorted(done.updates[i], exploded)), len(done.updates[i]) - 1)
    noted = np.flatnonzero(~np.isnan(done.loss[i, seed]))
    return int(noted[-1]) if len(noted) else 0


def _single(values: np.ndarray) -> np.ndarray:
    """As single floats; what is too large for them is infinite."""
    with np.errstate(over="ignore"):
        return values.astype(np.float32)


def _curve(values: np.ndarray) -> Sent | None:
    return content(values) if np.isfinite(values).any() else None


def _last(values: np.ndarray) -> float | None:
    there = values[np.isfinite(values)]
    return float(there[-1]) if len(there) else None


def plainly(network: Network, w: np.ndarray, running: np.ndarray) -> np.ndarray:
    """The weights of a network without batch normalization that says the same, γ and β left as they were.

    γ (x W + b − μ)/σ + β is x (W γ/σ) + ((b − μ) γ/σ + β).
    """
    plain, at = np.array(w), 0
    for part in network.parts:
        if part.gamma is None or part.beta is None:
            continue
        columns = slice(at, at := at + part.shape[1])
        scale = w[part.gamma] / np.sqrt(running[1, columns] + batch_norm.EPS)
        plain[part.W] = (w[part.W].reshape(part.shape) * scale).ravel()
        plain[part.b] = (w[part.b] - running[0, columns]) * scale + w[part.beta]
    return plain


def _pictures(network: Network, done: Training, w: np.ndarray, running: np.ndarray) -> tuple[Sent | None, Sent | None]:
    """What is thought of every validation image at every moment, and how sure that is, 0 to 255."""
    if not len(done.data.vx):
        return None, None
    thought = np.zeros((len(w), len(done.data.vx)), np.uint8)
    sure = np.zeros_like(thought)
    for m, (now, means) in enumerate(zip(w, running, strict=True)):
        if np.isfinite(now).all():
            out = network.outputs(now, done.data.vx, means)[-1]
            chances = softmax_loss.forward(out, done.data.vt)[1]
            thought[m] = chances.argmax(axis=1)
            sure[m] = np.rint(255 * chances.max(axis=1))
    return (named(thought), thought.ravel()), (named(sure), sure.ravel())


@lru_cache(maxsize=16)
def histograms(reel: Reel, i: int) -> dict[str, Any] | None:
    """Activations and sizes of gradients, layer by layer, at every moment: bars of 0 to 255 of the tallest, uint8 (M, H, bins).

    The gradient is that of the first examples, of the weights that lead into the layer. dead: share of neurons that are 0
    for all of them, where the activation can be.
    """
    experiment = reel.experiment
    network, data = experiment.network, experiment.data
    hidden = len(network.sizes) - 2
    if not hidden:
        return None
    x, t = data.x[:LOOKED_AT], data.t[:LOOKED_AT]
    m = len(reel.moments)
    some = [network.outputs(w, x, r)[:-1] if np.isfinite(w).all() else None for w, r in _moments(reel, i)]
    found = np.concatenate([np.ravel(layer) for said in some if said for layer in said]) if any(some) else np.zeros(1)
    low, high = (float(v) for v in np.quantile(found, (0.002, 0.998)))
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    activations, slopes = np.zeros((m, hidden, BINS), np.uint8), np.zeros((m, hidden, BINS), np.uint8)
    can_die = ACTIVATIONS[network.activation].forward(-1.0) == 0
    dead = np.full((m, hidden), np.nan)
    for k, ((w, _), said) in enumerate(zip(_moments(reel, i), some, strict=True)):
        if said is None:
            continue
        _, g = network.gradient(w, x, t)
        with np.errstate(divide="ignore"):
            sizes = np.log10(np.abs(g))
        for layer, part in enumerate(network.parts[:-1]):
            activations[k, layer] = _bars(np.clip(said[layer], low, high), (low, high))
            slopes[k, layer] = _bars(np.clip(sizes[part.W], *LOG), LOG)
            dead[k, layer] = (said[layer] == 0).all(axis=0).mean()
    return {
        "activations": (named(activations), activations.ravel()),
        "range": [low, high],
        "gradients": (named(slopes), slopes.ravel()),
        "log_range": list(LOG),
        "bins": BINS,
        "dead": content(dead) if can_die else None,
    }


def _moments(reel: Reel, i: int) -> Any:
    lane = reel.lanes[i]
    return zip(lane.raw.astype(float), lane.running.astype(float), strict=True)


def _bars(values: np.ndarray, span: tuple[float, float]) -> np.ndarray:
    counts, _ = np.histogram(values, BINS, span)
    return np.rint(255 * counts / max(counts.max(), 1)).astype(np.uint8)
