"""The engine in the browser beside the one on the server: the same runs, in Chromium."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pytest

from core import OPTIMIZERS, SCHEDULES, SURFACES, Plan, Run, Runner, Scene
from core.browser import files, runner_header, scene_header
from core.theory import growth

pytestmark = pytest.mark.browser

HOME = "http://engine.test/"
NUDGE = 1e-15  # the hair, as a share of what is moved, that shows how a run magnifies rounding errors
MORE = 100 * NUDGE  # what differences of nearly equal gradients make of a hair
MAGNIFIED = 1e-11  # from here on a nudged run is another run
SAME = 1e-9
RUN = """async (told) => {
  const { descend } = await import("./descend.js");
  const numbers = [], words = [];
  for (const asked of told) {
    const { x, y, loss, lr, gx, gy, outcome, when, minimum, final, growth } = descend(asked);
    numbers.push(...x, ...y, ...loss, ...lr, ...gx, ...gy, final, growth);
    words.push([outcome, when, minimum]);
  }
  const bytes = new Uint8Array(new Float64Array(numbers).buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return [btoa(text), words];
}"""


@pytest.fixture(scope="module")
def engine(browser: Any) -> Any:
    """A page that can import the modules."""
    page = browser.new_page()

    def serve(route: Any) -> None:
        name = route.request.url.removeprefix(HOME)
        kind = "text/javascript" if name.endswith(".js") else "text/html"
        route.fulfill(body=files().get(name, "<!doctype html>"), content_type=kind)

    page.route(f"{HOME}**", serve)
    page.goto(HOME)
    return page


@dataclass(frozen=True)
class Job:
    """One runner in one scene."""

    scene: Scene

    @property
    def runner(self) -> Runner:
        return self.scene.runners[0]

    @property
    def header(self) -> dict[str, Any]:
        return {**scene_header(self.scene), **runner_header(self.scene, self.runner)}

    @cached_property
    def run(self) -> Run:
        return self.scene.run(self.runner)

    def twins(self) -> Iterator[Run]:
        """The same run, begun a hair beside the start, and with steps a hair shorter or longer; for a method that looks
        around, with a hair of noise, and of its other hyperparameters."""
        start, hypers = np.array(self.scene.start), self.runner.hypers
        again = self.scene.run
        if self.runner.record.plane:
            yield again(self.runner, hypers={name: value * (1 + MORE) or MORE for name, value in hypers.items()})
            if not self.scene.noise:
                steepest = np.nanmax(np.abs(self.run.gradient), initial=0.0)
                yield again(self.runner, noise=NUDGE * float(steepest) if np.isfinite(steepest) else NUDGE)
        for side in (1.0, -1.0):
            yield again(self.runner, start=start + NUDGE * np.maximum(np.abs(start), 1.0) * (side, 1.0))
            yield again(self.runner, hypers={**hypers, "lr": hypers["lr"] * (1 + side * NUDGE)})

    def __str__(self) -> str:
        return self.scene.to_string()


def size_of(values: np.ndarray) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return max(1.0, float(finite.max(initial=0.0)))


def apart(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """(steps,) how far two series are from each other up to every step, as a share of the size reached by then."""
    with np.errstate(all="ignore"):
        size = np.maximum.accumulate(np.maximum(1.0, np.nan_to_num(np.abs(ours), nan=0.0, posinf=np.finfo(float).max)))
        gap = np.abs(ours - theirs) / size
    gap[(ours == theirs) | (np.isnan(ours) & np.isnan(theirs))] = 0.0
    return np.maximum.accumulate(np.nan_to_num(gap, nan=np.inf))


def compared(engine: Any, scenes: list[Scene]) -> list[str]:
    """What differs in these scenes between browser and server; the share of steps that could be compared is asserted."""
    jobs = [Job(replace(scene, runners=(runner,))) for scene in scenes for runner in scene.runners]
    text, words = engine.evaluate(RUN, json.loads(json.dumps([job.header for job in jobs], allow_nan=False)))
    numbers = np.frombuffer(base64.b64decode(text))
    faults, at, steady, total = [], 0, 0, 0
    for job, word in zip(jobs, words, strict=True):
        run = job.run
        twins = list(job.twins())
        shaky = np.max([apart(run.x[:, axis], twin.x[:, axis]) for twin in twins for axis in (0, 1)], axis=0)
        sound = shaky <= MAGNIFIED
        series = {"x": run.x[:, 0], "y": run.x[:, 1], "loss": run.loss}
        series |= {"lr": run.lr, "gx": run.gradient[:, 0], "gy": run.gradient[:, 1]}
        for name, theirs in series.items():
            ours = numbers[at : at + theirs.size]
            at += theirs.size
            gap = apart(theirs, ours)[sound[: theirs.size]]
            if gap.size and gap[-1] > SAME:
                faults.append(f"{job}: {name} is {gap[-1]:.1e} apart from step {int(np.argmax(gap > SAME))} on")
        final, growth = numbers[at : at + 2]
        at += 2
        ended = (run.outcome, int(run.when), int(run.minimum))
        if sound.all():
            if tuple(word) != ended:
                faults.append(f"{job}: {word}, not {ended}")
            if final != run.loss[-1] and apart(run.loss[-1:], np.array([final]))[0] > SAME:
                faults.append(f"{job}: the last loss is {final}, not {run.loss[-1]}")
            if not math.isclose(growth, growth_of(job.scene, run), rel_tol=SAME):
                faults.append(f"{job}: grows by {growth}, not {growth_of(job.scene, run)}")
        elif word[0] not in {run.outcome, *(twin.outcome for twin in twins)}:
            faults.append(f"{job}: {word[0]}, not {run.outcome}")
        steady, total = steady + int(sound.sum()), total + sound.size
    assert at == numbers.size
    print(f"{len(jobs)} runs, {steady / total:.2%} of their steps comparable, {len(faults)} faults")
    return faults


def growth_of(scene: Scene, run: Run) -> float:
    return growth(np.hypot(*(run.x[run.when :] - scene.record.centre).T)) if run.outcome == "escaped" else 1.0


def rate(scene_surface: str, optimizer: str) -> dict[str, float]:
    return {"lr": SURFACES[scene_surface].rate_for(OPTIMIZERS[optimizer])}


def test_every_optimizer_on_every_surface(engine):
    chance = np.random.default_rng(1)
    plans = list(SCHEDULES)
    scenes = [
        Scene(
            surface,
            steps=200,
            noise=float(chance.choice([0.0, 0.0, 0.3])),
            seed=int(chance.integers(2**31)),
            runners=[
                Runner(
                    optimizer,
                    rate(surface, optimizer),
                    Plan(plans[chance.integers(len(plans))], {"warmup_steps": float(chance.choice([0, 0, 7]))}),
                )
            ],
        )
        for surface in SURFACES
        for optimizer in OPTIMIZERS
    ]
    assert not compared(engine, scenes)
