"""The landscape of a film: its loss on a plane through the weights, and how sharply it bends, made once for all visitors."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import streamlit as st

from core.nets.experiment import Experiment
from core.nets.landscape import Directions, heights, plane_of
from core.nets.sharpness import edge, sharpness
from core.theory import written_bound
from pages.network.reel import Lane, Reel, Sent
from pages.shared.canvas import Arrays, content
from pages.shared.queue import LINE, Task, watched
from pages.shared.words import t

SIZES = (64, 48, 40, 32, 24)  # points of the grid along a side, as many as can be afforded
ITERATIONS = 25  # of Lanczos at most
FEWEST = 8  # moments of which the sharpness is computed at least
LEAST = 64  # examples that are looked at, at least
MAP, BENDS = 4e9, 3e10  # of work that may go into the map, and into the sharpness: some seconds of one core
AT_ONCE = 4e8  # of work of the map, that a visitor need not wait in line for: some tenths of a second
BENDS_COST = 0.25  # of a unit of work of the sharpness, in units of the map: large products go fast
BENT: WeakKeyDictionary[Lane, tuple[tuple[tuple[int, ...], int], Sent]] = WeakKeyDictionary()  # at, examples; sharpness
PART = "network.ground"  # of a training that was stopped, which is kept for nobody else


@dataclass(frozen=True)
class Plan:
    """What can be afforded: the grid, the moments of which the sharpness is computed, and how many examples are looked at.

    map, bends: how much work that is.
    """

    size: int
    at: tuple[int, ...]
    examples: int
    map: float
    bends: float


@dataclass(frozen=True, eq=False)
class Seen:
    """One runner. where: (M × 2) in the plane; off: (M) its share of the way from the centre that lies outside of it.

    sharpness: one a moment of `at`; edge: as many, beyond which the runner is not stable, with its formula.
    """

    where: Sent
    off: Sent
    sharpness: Sent
    edge: Sent | None
    formula: str


@dataclass(frozen=True, eq=False)
class Ground:
    """A whole landscape. centre: the runner through whose end the plane goes; heights: (size × size), rows along bounds[1]."""

    directions: Directions
    plan: Plan
    centre: int
    bounds: tuple[tuple[float, float], tuple[float, float]]
    heights: Sent
    lanes: tuple[Seen, ...]

    @property
    def bytes(self) -> int:
        """How many."""
        return self.heights[1].nbytes + sum(lane.where[1].nbytes * 2 for lane in self.lanes)

    def told(self, arrays: Arrays) -> dict[str, Any]:
        """The `landscape` of a header; null in its place while it is not looked at, or not there yet.

        {directions: "paths" | "random", centre: index of a runner, bounds: [[low, high], [low, high]], size, heights: <float32
        size × size>, examples: how many the loss is of, at: [moments of which the sharpness is known], runners: [{where:
        <float32 M × 2>, off: <float32 M>, sharpness: <float32>, edge: <float32> | null, both one a moment of at, formula:
        what the edge is}, …]}. Rows of the grid go along the second of the bounds, from its low end on.
        """
        return {
            "directions": self.directions,
            "centre": self.centre,
            "bounds": self.bounds,
            "size": self.plan.size,
            "heights": arrays.take(*self.heights),
            "examples": self.plan.examples,
            "at": self.plan.at,
            "runners": [
                {
                    "where": arrays.take(*lane.where),
                    "off": arrays.take(*lane.off),
                    "sharpness": arrays.take(*lane.sharpness),
                    "edge": arrays.take(*lane.edge) if lane.edge else None,
                    "formula": lane.formula,
                }
                for lane in self.lanes
            ],
        }


def plan(experiment: Experiment, moments: int) -> Plan:
    """What can be afforded of an experiment with so many moments."""
    network, lanes = experiment.network, len(experiment.runners)
    neurons = network.hidden + network.sizes[-1]
    point = (
        network.parameters - network.parts[0].b.stop + 15 * neurons
    )  # the first layer of the map costs next to nothing
    bend = ITERATIONS * (6 * network.parameters + 40 * neurons)
    examples = experiment.kept
    for most, each in ((MAP, SIZES[-1] ** 2 * point), (BENDS, FEWEST * lanes * bend)):
        examples = min(examples, max(LEAST, int(most / each)))
    size = next((size for size in SIZES if size**2 * examples * point <= MAP), SIZES[-1])
    count = int(np.clip(BENDS // (lanes * examples * bend), FEWEST, moments))
    at = np.unique(np.linspace(0, moments - 1, count).round().astype(int))
    costs = size**2 * examples * point, BENDS_COST * len(at) * lanes * examples * bend
    return Plan(size, tuple(at.tolist()), examples, *costs)


def can_be_had(reel: Reel) -> bool:
    """Whether there is a network to look at: a training may have been stopped before it began."""
    return any(np.isfinite(lane.raw[0]).all() for lane in reel.lanes)


def _key(reel: Reel, directions: Directions) -> Hashable:
    return (reel.experiment if reel.whole else reel), directions


def ground_of(reel: Reel, directions: Directions) -> Ground | None:
    """The landscape of a film, if it has been made, or can be made at once."""
    key = _key(reel, directions)
    part = st.session_state.get(PART)
    found: Ground | None = part[1] if part and part[0] == key else LINE.kept(key)
    if found is None and can_be_had(reel):
        chosen = plan(reel.experiment, len(reel.moments))
        todo = len(reel.lanes) - len(_known(reel, chosen))
        if chosen.map + chosen.bends * todo / len(reel.lanes) < AT_ONCE:
            found = made(reel, directions)
            _keep(reel, found)
    return found


def _known(reel: Reel, chosen: Plan) -> dict[int, Sent]:
    """The sharpness of those of whom it has been computed: it is the same in every plane, and beside other runners."""
    found = {i: BENT.get(lane) for i, lane in enumerate(reel.lanes)}
    return {i: known[1] for i, known in found.items() if known and known[0] == (chosen.at, chosen.examples)}


def _keep(reel: Reel, ground: Ground) -> None:
    key = _key(reel, ground.directions)
    if reel.whole:
        LINE.keep(key, ground, ground.bytes)
    else:
        st.session_state[PART] = key, ground


def wait(reel: Reel, directions: Directions, place: st.delta_generator.DeltaGenerator) -> None:
    """Make it in the line, with progress; whatever the visitor does meanwhile ends this run."""
    told = place.progress(0.0)
    *_, task = watched(
        told, _key(reel, directions), partial(work, reel, directions), lambda share: t("net_surveys", share=share)
    )
    if task.result is not None:
        _keep(reel, task.result)


def work(reel: Reel, directions: Directions, task: Task[Ground]) -> Ground:
    """Make it in the line."""
    return made(reel, directions, task.told)


def made(reel: Reel, directions: Directions, progress: Any = None) -> Ground:
    """Compute it, but for the sharpness of runners of whom it is known."""
    experiment, moments, chosen = reel.experiment, reel.moments, plan(reel.experiment, len(reel.moments))
    network, data, count = experiment.network, experiment.data, len(reel.moments)
    data = replace(data, x=data.x[: chosen.examples], t=data.t[: chosen.examples])
    running = np.stack([lane.running for lane in reel.lanes])
    loss = np.full((len(reel.lanes), count), np.nan)
    for row, lane in zip(loss, reel.lanes, strict=True):
        if curve := lane.curves["loss"]:
            row[:] = curve[1][:count]
    surface = plane_of(network, reel.weights, running, loss, directions)
    bends = _known(reel, chosen)
    todo = [i for i in range(len(reel.lanes)) if i not in bends]
    share = 0.3 if todo else 1.0

    def first(done: float) -> None:
        if progress:
            progress(share * done)

    def then(done: float) -> None:
        if progress:
            progress(share + (1 - share) * done)

    grid = heights(network, data, surface, chosen.size, first)
    if todo:
        at = list(chosen.at)
        some = np.stack([reel.lanes[i].raw[at] for i in todo])
        means = running[todo][:, at]
        found = sharpness(network, some, data.x, data.t, ITERATIONS, running=means, progress=then)
        for i, row in zip(todo, found, strict=True):
            bends[i] = content(row)
            BENT[reel.lanes[i]] = (chosen.at, chosen.examples), bends[i]
    lanes = []
    for i, runner in enumerate(experiment.runners):
        own = replace(experiment, batch=experiment.batch_of(i), batches=()).steps
        updates = np.rint(moments[list(chosen.at)] * (own / experiment.steps)).astype(int)
        limit = edge(runner, own, updates, experiment.l2)
        lanes.append(
            Seen(
                where=content(surface.coordinates[i]),
                off=content(surface.share[i]),
                sharpness=bends[i],
                edge=None if limit is None else content(limit),
                formula="" if limit is None else _written(runner, experiment.l2),
            )
        )
    return Ground(directions, chosen, surface.lane, surface.bounds, content(grid), tuple(lanes))


def _written(runner: Any, l2: float) -> str:
    """What the edge is, in symbols."""
    formula = f"{written_bound(runner.spoken, runner.hypers)}/lr"
    return f"{formula} − λ" if l2 or runner.hypers.get("weight_decay") else formula
