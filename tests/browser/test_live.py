"""The engine in the browser beside the one on the server: the same runs, in Chromium."""

from __future__ import annotations

import base64
import inspect
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from processes import HALF_STEP, copied, python
from served import opened
from test_scene import some_scene

from core import MODIFIERS, OPTIMIZERS, SCHEDULES, STOPS, SURFACES, Formula, Plan, Run, Runner, Scene
from core.beside import beside
from core.browser import files, runner_header, scene_header
from core.engine.interpreter import Op, bend_kernel, evaluate
from core.engine.outcome import SAID
from core.scene.limits import BESIDE, MAX_NTH
from core.schedules.piecewise import with_drops
from core.theory import growth
from core.tuning import SEEDS, score, sweep_rates

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
NUDGE = 1e-15  # the hair, as a share of what is moved, that shows how a run magnifies rounding errors
MORE = 100 * NUDGE  # what differences of nearly equal gradients make of a hair
MAGNIFIED = 1e-11  # from here on a nudged run is another run
LOST = 1e-3  # and from here on it may end otherwise
SAME = 1e-9
SEARCHED = 1e-7  # of a method that searches along a line: where it ends is within the search's own tolerance
RUN = """async (told) => {
  const { descend } = await import("./descend.js");
  const numbers = [], words = [];
  for (const asked of told) {
    const { x, y, loss, lr, gx, gy, outcome, when, minimum, missing, final, growth, ...more } = descend(asked);
    numbers.push(...x, ...y, ...loss, ...lr, ...gx, ...gy, final, growth, ...missing);
    words.push([outcome, when, minimum, more.stopped, more.rule, more.evaluations]);
  }
  const bytes = new Uint8Array(new Float64Array(numbers).buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return [btoa(text), words];
}"""


@pytest.fixture(scope="module")
def engine(browser: Any) -> Any:
    """A page that can import the modules."""
    return opened(browser, files())


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

    @property
    def lengths(self) -> tuple[int, ...]:
        """How many numbers of each kind the browser sends."""
        return (*[len(values) for values in series(self.run).values()], 4)

    def twins(self) -> Iterator[Run]:
        """The same run, begun a hair beside the start, and with steps a hair shorter or longer; for a method that looks
        around, with a hair of noise, and of its other hyperparameters."""
        start, hypers = np.array(self.scene.start), self.runner.hypers
        again = self.scene.run
        if {"look", "bend", "f"} & set(self.runner.record.update.__code__.co_names):
            whole = {h.name for h in self.runner.record.hypers if h.integer}
            moved = {name: value if name in whole else value * (1 + MORE) or MORE for name, value in hypers.items()}
            yield again(self.runner, hypers=moved)
            if not self.scene.noise:
                yield self.noisy()
        for side in (1.0, -1.0):
            yield again(self.runner, start=start * (1 + NUDGE * np.array([side, 1.0])))
            yield again(self.runner, hypers={**hypers, "lr": hypers["lr"] * (1 + side * NUDGE)})

    def noisy(self) -> Run:
        """The same run with a hair of noise in every gradient, such as the last bit of a sine."""
        steepest = np.nanmax(np.abs(self.run.gradient), initial=0.0)
        return self.scene.run(self.runner, noise=NUDGE * float(steepest) if np.isfinite(steepest) else NUDGE)

    def __str__(self) -> str:
        return self.scene.to_string()


def apart(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """(steps,) how far two series are from each other up to every step, as a share of the size reached by then."""
    with np.errstate(all="ignore"):
        size = np.maximum.accumulate(np.maximum(1.0, np.nan_to_num(np.abs(ours), nan=0.0, posinf=np.finfo(float).max)))
        gap = np.abs(ours - theirs) / size
    gap[(ours == theirs) | (np.isnan(ours) & np.isnan(theirs))] = 0.0
    return np.maximum.accumulate(np.nan_to_num(gap, nan=np.inf))


def series(run: Run) -> dict[str, np.ndarray]:
    """What is compared of a run, in the order in which a browser sends it."""
    told = {"x": run.x[:, 0], "y": run.x[:, 1], "loss": run.loss, "lr": run.lr}
    return told | {"gx": run.gradient[:, 0], "gy": run.gradient[:, 1]}


def shakiness(run: Run, twins: list[Run]) -> np.ndarray:
    """(steps+1,) how far nudged runs have come away by every step, as a share of what is moved."""
    shaky = np.zeros(len(run.x))
    for twin in twins:
        for ours, theirs in zip(series(run).values(), series(twin).values(), strict=True):
            gap = apart(ours, theirs)
            shaky[: gap.size] = np.maximum(shaky[: gap.size], gap)
    return np.maximum.accumulate(shaky)


def compared(engine: Any, scenes: list[Scene], least: float = 0.9) -> list[str]:
    """What differs in these scenes between browser and server.

    Numbers are compared up to the step at which a nudged run is another run, and that is asserted to be at least this
    share of all; the word for the end where nudged runs end near each other.
    """
    jobs = [Job(replace(scene, runners=(runner,))) for scene in scenes for runner in scene.runners]
    text, words = engine.evaluate(RUN, json.loads(json.dumps([job.header for job in jobs], allow_nan=False)))
    numbers = iter(np.split(np.frombuffer(base64.b64decode(text)), np.cumsum([n for job in jobs for n in job.lengths])))
    faults, steady, total, spoken = [], 0, 0, 0
    for job, word in zip(jobs, words, strict=True):
        run, twins = job.run, list(job.twins())
        shaky = shakiness(run, twins)
        sound = shaky <= MAGNIFIED
        searches = "while" in inspect.getsource(job.runner.spoken.update)  # in rest it looks at rounding errors
        same = SEARCHED if searches else SAME
        steady, total = steady + int(sound.sum()), total + sound.size
        for (name, theirs), ours in zip(series(run).items(), numbers, strict=False):
            gap = apart(theirs, ours)
            if (
                gap[sound[: theirs.size]] > same
            ).any() and not job.scene.noise:  # at the tip of a cone, every bit tells
                sound &= shakiness(run, [job.noisy()]) <= MAGNIFIED
            gap = gap[sound[: theirs.size]]
            if gap.size and gap[-1] > same:
                faults.append(f"{job}: {name} is {gap[-1]:.1e} apart from step {int(np.argmax(gap > same))} on")
        final, growth, *missing = next(numbers)
        ended = [run.outcome, *map(int, (run.when, run.minimum, run.stopped)), run.rule]
        *word, looks = word
        spoken += int(shaky[-1] <= LOST)
        if sound.all() and word != ended:
            faults.append(f"{job}: {word}, not {ended}")
        elif shaky[-1] <= LOST and word[0] not in {run.outcome, *(twin.outcome for twin in twins)}:
            faults.append(f"{job}: {word[0]}, not {run.outcome}")
        if sound.all() and not searches and looks != run.evaluations:
            faults.append(f"{job}: {looks} evaluations, not {run.evaluations}")
        if sound.all() and not np.allclose(missing, run.missing, rtol=SAME, atol=SAME, equal_nan=True):
            faults.append(f"{job}: there is no value at {missing}, not {run.missing}")
        if sound.all() and apart(run.loss[-1:], np.array([final]))[0] > SAME:
            faults.append(f"{job}: the last loss is {final}, not {run.loss[-1]}")
        if sound.all() and not math.isclose(growth, growth_of(job.scene, run), rel_tol=SAME):
            faults.append(f"{job}: grows by {growth}, not {growth_of(job.scene, run)}")
    assert not next(numbers).size
    print("", *faults[:9], sep="\n")
    print(f"{len(jobs)} runs; compared {steady / total:.2%} of the steps, {spoken / len(jobs):.2%} of the words")
    assert steady / total >= least, "too few of the steps could be compared"
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
    assert not compared(engine, scenes, least=0.75)


def raced(surface: str | Formula, *runners: Runner, **scene: Any) -> Scene:
    return Scene(surface, runners=runners, **{"steps": 60, **scene})


def test_every_dialect_of_every_method_and_schedule(engine):
    scenes = []
    for surface, start in {"rosenbrock": (-1.2, 1.0), "himmelblau": (0.0, -3.0), "least_squares": (4.0, 2.0)}.items():
        for key, record in OPTIMIZERS.items():
            for dialect in record.dialects:
                own = record.spoken(dialect).defaults
                decays = {"weight_decay": 0.03} if "weight_decay" in own else {}
                runners = [Runner(key, own | hypers, dialect=dialect) for hypers in (rate(surface, key), decays)]
                scenes.append(raced(surface, *runners, start=start))
        for plan, schedule in SCHEDULES.items():
            for dialect in ("keras", "optax", "book"):
                hypers = schedule.spoken(dialect).defaults
                for warm in (0, 9):
                    runner = Runner(
                        "momentum",
                        {"lr": 1e-4, "momentum": 0.9},
                        Plan(plan, {**hypers, "warmup_steps": warm}),
                        dialect=dialect,
                    )
                    scenes.append(raced(surface, runner, start=start))
    assert not compared(engine, scenes)


def test_every_modifier_and_every_rule_that_ends_a_run(engine):
    scenes = []
    for surface, start in {"rosenbrock": (-1.2, 1.0), "himmelblau": (0.0, -3.0), "least_squares": (4.0, 2.0)}.items():
        runners = [Runner(key, rate(surface, key)) for key in ("sgd", "adam", "sam", "bfgs")]
        plain = [raced(surface, runner, start=start) for runner in runners]
        for key, record in MODIFIERS.items():
            ends = [{h.name: end} for h in record.hypers for end in (h.low, h.high)]
            put = [replace(runner, modifiers={key: own}) for runner in runners for own in ({}, *ends)]
            put += [replace(runners[1], modifiers={key: {}}, dialect=dialect) for dialect in record.dialects]
            scenes += [raced(surface, runner, start=start) for runner in put]
        together = {key: {} for key in MODIFIERS}
        scenes.append(raced(surface, *(replace(r, modifiers=together) for r in runners), start=start, noise=0.3))
        for scene in plain:
            run = scene.run(scene.runners[0])
            for key, stop in STOPS.items():
                halfway = {"value": float(np.nanmedian(run.loss)), "budget": 30.0}
                bound = next((value for word, value in halfway.items() if word in key), 10 * stop.bound.default)
                scenes.append(replace(scene, stops={key: bound}))
            scenes.append(replace(scene, stops={key: stop.bound.default for key, stop in STOPS.items()}, tolerance=0.3))
    assert not compared(engine, scenes, least=0.8)


def test_a_momentum_that_a_schedule_changes(engine):
    plan = Plan("onecycle", {"cycle_momentum": 1.0, "base_momentum": 0.3, "warmup_steps": 4.0})
    scenes = [raced("rosenbrock", Runner(key, rate("rosenbrock", key), plan), start=(-1.2, 1.0)) for key in OPTIMIZERS]
    assert not compared(engine, scenes, least=0.8)


def test_what_is_drawn_beside_a_path(engine):
    for key in OPTIMIZERS:
        for kind in BESIDE:
            runner = Runner(key, rate("rosenbrock", key), modifiers={"clip_value": {}})
            own = raced("rosenbrock", runner, steps=40, dotted=kind, noise=0.1)
            told = json.loads(json.dumps(Job(own).header))
            found = engine.evaluate(
                """async (asked) => (await import("./descend.js")).descend(asked).beside.map(
                   ({ key, x, y }) => [key, [...x], [...y]])""",
                told,
            )
            ours = beside(own, runner)
            assert [name for name, *_ in found] == list(ours), key
            for name, x, y in found:
                np.testing.assert_allclose(
                    np.transpose([x, y]), ours[name], rtol=1e-7, atol=1e-9, err_msg=f"{key} {name}"
                )


def test_every_schedule_at_the_ends_of_its_range_and_of_the_run(engine):
    scenes = []
    for plan, schedule in SCHEDULES.items():
        settings = [{}] + [{h.name: end} for h in schedule.hypers for end in (h.low, h.high)]
        for steps in (1, 2, 3, 10, 37):
            for warm in (0, 1, 5, 50):
                climb = {"warmup_steps": warm, "warmup_start": 0.3 * (warm == 5)}
                runners = [Runner("sgd", {"lr": 0.05}, Plan(plan, s | climb)) for s in settings]
                scenes.append(raced("bowl", *runners[:10], start=(-7.0, 2.0), steps=steps))
    assert not compared(engine, scenes)


def test_as_many_drops_as_are_made(engine):
    """Those at work are told; what is missing there nobody made. Beyond those that are declared there are others."""
    made, many = (
        {h.name: 1 + 7 * h.nth % 60 if h.integer else 1 - 1 / h.nth for h in with_drops(count).hypers if h.nth}
        for count in (20, MAX_NTH)
    )
    scenes = [
        raced("bowl", Runner("sgd", {"lr": 0.05}, Plan("piecewise", own), dialect=dialect), start=(-7.0, 2.0))
        for own in (made, many, {"twelfth": 9, "gamma_12": 0.5}, {"gamma_20": 0.5}, {"drop_73": 9, "gamma_73": 0.5})
        for dialect in ("pytorch", "keras")
    ]
    assert not compared(engine, scenes)


def test_every_hyperparameter_at_both_ends(engine):
    scenes = []
    for surface in ("styblinski_tang", "beale"):
        for key, record in OPTIMIZERS.items():
            for hyper in record.hypers:
                runners = [Runner(key, rate(surface, key) | {hyper.name: end}) for end in (hyper.low, hyper.high)]
                scenes.append(raced(surface, *runners))
    assert not compared(engine, scenes, least=0.75)


def test_a_surface_turned_and_stretched(engine):
    chance = np.random.default_rng(2)
    looking = [key for key, record in OPTIMIZERS.items() if record.plane]
    scenes = [
        raced(
            surface,
            *(
                Runner(key, rate(surface, key))
                for key in map(str, [*chance.choice(looking, 4, replace=False), *chance.choice(list(OPTIMIZERS), 2)])
            ),
            rotation=rotation,
            stretch=stretch,
            noise=noise,
        )
        for surface in SURFACES
        for rotation, stretch, noise in [(33.0, 1.7, 0.0), (-120.0, 0.3, 0.1), (0.0, 10.0, 0.0), (90.0, 1.0, 0.0)]
    ]
    assert not compared(engine, scenes, least=0.55)


def test_a_few_examples_at_a_time(engine):
    scenes = [
        raced(surface, *(Runner(key, rate(surface, key)) for key in some), batch=batch, noise=noise, rotation=rotation, seed=seed)
        for surface, record in SURFACES.items()
        if record.samples
        for batch in (None, 0, 1, 3, record.samples.count)
        for noise, rotation, seed in [(0.0, 0.0, 0), (0.2, 25.0, 2**31 - 1)]
        for some in (list(OPTIMIZERS)[i : i + 8] for i in range(0, len(OPTIMIZERS), 8))
    ]  # fmt: skip
    assert not compared(engine, scenes, least=0.85)


def test_the_stop_rule(engine):
    chance = np.random.default_rng(3)
    scenes = []
    for surface, record in SURFACES.items():
        for reach in (1e-3, 0.05, 0.4):
            keys, plan = chance.choice(list(OPTIMIZERS), 3), Plan(str(chance.choice(list(SCHEDULES))))
            runners = [Runner(str(key), rate(surface, str(key)), plan) for key in keys]
            noise = float(chance.choice([0.0, 0.05]))
            scenes.append(raced(surface, *runners, tolerance=reach * record.size, steps=150, noise=noise))
    assert not compared(engine, scenes, least=0.85)


def test_odd_starts_and_runs_that_leave(engine):
    """At minima and saddles, on axes, at kinks, off the map, and with rates at which everything flies away."""
    chance = np.random.default_rng(4)
    scenes = []
    for surface, record in SURFACES.items():
        points = [*record.minima[:2], *record.saddles[:1], (0.0, 0.0), record.centre, (-1e5, 3.0), (1.0, 1e6)]
        for point in points:
            keys = [str(key) for key in chance.choice(list(OPTIMIZERS), 2)]
            runners = [Runner(key, {"lr": lr}) for key in keys for lr in (rate(surface, key)["lr"], 10.0)]
            scenes.append(raced(surface, *runners, start=point, steps=100))
    assert not compared(engine, scenes, least=0.65)


def test_every_word_for_the_end(engine):
    """Loops of several lengths, edges of a function's domain, updates that lead nowhere: the same word at every length."""
    rooted, logarithm = Formula("sqrt(x) + y^2"), Formula("log(x) + y^2 + x^2")
    divided, plain, linear = Formula("1/x + y^2"), Formula("x^2/2 + y^2"), Formula("x + y")
    told = [
        ("bowl", "sgd", {"lr": 1.0}, (0.0, 1.0)),
        ("bowl", "sgd", {"lr": 0.999}, (0.0, 1.0)),
        ("bowl", "sgd", {"lr": 1.1}, (3.0, 1.0)),
        ("bowl", "signsgd", {"lr": 0.3, "momentum": 0.0}, (0.45, 0.4)),
        ("bowl", "lion", {"lr": 0.5}, (0.2, 0.3)),
        ("bowl", "rprop", {"lr": 1.0, "step_min": 0.1}, (0.3, 0.3)),
        ("himmelblau", "sgd", {"lr": 0.03}, (0.0, -3.0)),
        ("styblinski_tang", "adam", {"lr": 1.0}, (0.1, 0.2)),
        ("saddle", "sgd", {"lr": 0.1}, (0.0, 0.0)),
        ("saddle", "newton", {"lr": 1.0}, (1.0, 1e-3)),
        ("monkey_saddle", "newton", {"lr": 1.0}, (0.0, 0.0)),
        (rooted, "sgd", {"lr": 0.4}, (0.5, 1.0)),
        (rooted, "momentum", {"lr": 0.01}, (0.0, 0.0)),
        (logarithm, "adam", {"lr": 0.3}, (1.0, 1.0)),
        (logarithm, "sgd", {"lr": 0.1}, (-1.0, 0.0)),
        (divided, "sgd", {"lr": 0.1}, (0.0, 1.0)),
        (divided, "newton", {"lr": 1.0}, (-2.0, 1.0)),
        (plain, "sgd", {"lr": 1.0}, (4.9, -1.0)),
        (plain, "newton", {"lr": 2.0}, (1.0, 2.0)),
        (linear, "newton", {"lr": 1.0}, (1.0, 1.0)),
        (linear, "polyak_step", {"lr": 1.0}, (1.0, 1.0)),
        (linear, "sgd", {"lr": 10.0}, (1.0, 1.0)),
    ]
    scenes = [
        raced(surface, Runner(optimizer, hypers), start=start, steps=steps, tolerance=tolerance)
        for surface, optimizer, hypers, start in told
        for steps in (1, 2, 3, 4, 5, 15, 16, 17, 40, 41, 300)
        for tolerance in (None, 0.2)
    ]
    scenes += [replace(scene, stops=dict.fromkeys(STOPS, 1.0)) for scene in scenes[::5]]
    met = {scene.run(scene.runners[0]).outcome for scene in scenes}
    assert met == set(SAID), f"no run ends {set(SAID) - met}"
    assert not compared(engine, scenes, least=0.8)


TYPED = [
    "x**2/20 + y**2",
    "(1 - x)^2 + 20*(y - sin(x))^2",
    "log(1 + exp(x)) + log(1 + exp(-x + y)) + y^2/9",
    "sqrt(x^2 + y^2 + 1) - 2/(1 + (x - 1)^2 + y^2)",
    "abs(x - 1) + abs(y) * 2",
    "max(x^2, y^2) + min(x, 2 - y)",
    "hypot(x, y) + atan2(y, x + 7) / 3",
    "floor(x) / 3 + sign(y) + x^2 / 9 + y^2 / 4",
    "tanh(x) + cosh(y / 3) + sinh(x / 4)^2",
    "expm1(x / 4)^2 + log1p(y^2) + log2(3 + x^2) + log10(5 + y^2)",
    "asin(x / 9)^2 + acos(y / 9) + atan(x * y / 4)",
    "tan(x / 8) + cos(y) + 2^(x / 4) + (3 + x^2)^(1.5 + y / 20)",
    "(x^2 + 2)^1.7 / 9 + (y^2 + 1)^-3 + 3 / (2 + x^2) - x * y / (9 + y^2)",
    "x^7 / 1e5 + y^4 / 100 - x / 2 + 5 - y - (2 - x)",
    "sin(x) / x + x^2 / 20 + y^2 / 5",
    "(x > 1)*(x - 1)^2 / 9 + relu(y - x - 3)^2 + softplus(x) + sigmoid(y - 1) + x^2 / 20 + y^2 / 5",
    "cbrt(x - 1)^2 + y^(2/3) + x^(5/3) / 50 + abs(y)^1.5",
    "x^2 * log(x^2) + y^2 + x * log(abs(x))",
    "(x^2 if x < y else y^2 + 1) + ceil(x / 3) / 9",
    "where(x > 1, (x - 1)^2, 1 - x) + (y^2 if not (y <= 0 and x != 0) or x == 2 else -y)",
    "exp(-1 / x^2) + y^2",
    "1 / x + y^2",
    "log(x) * y^2 + x",
    "sqrt(x) + sqrt(3 - y) + x^2",
    "x^y",
    "exp(exp(x)) + y^2",
    "3",
    "x",
    "0 * x + y",
    "x**2 + 3*y + max(x, -1e12**20 * 1e12**9)",
    "1e12 * 1e12 * x^2 + y^2 * 1e12",
]


def test_typed_functions(engine):
    formulas = [Formula(text, ((-8.0, 8.0), (-4.0, 4.0))) for text in TYPED]
    used = {int(op) for formula in formulas for op in formula.surface.program[:, 0]}
    assert used == set(Op), f"no formula uses {sorted(set(Op) - used)}"
    chance = np.random.default_rng(5)
    looking = [key for key, record in OPTIMIZERS.items() if record.plane]
    scenes = []
    for formula in formulas:
        for rotation, stretch, noise in [(0.0, 1.0, 0.0), (40.0, 0.6, 0.1)]:
            for start in (formula.surface.start, (0.0, 0.0), (2.0, 2.0), (-3.1, 1.3)):
                keys = map(str, [*chance.choice(looking, 4, replace=False), *chance.choice(list(OPTIMIZERS), 4)])
                if (
                    rotation and not np.isfinite(formula.surface.hessian(*start)).all()
                ):  # zeros of a matrix times infinity
                    keys = [key for key in keys if "bend" not in OPTIMIZERS[key].update.__code__.co_names]
                runners = [Runner(key, {"lr": formula.surface.rate_for(OPTIMIZERS[key])}) for key in keys]
                place = {"rotation": rotation, "stretch": stretch, "noise": noise, "start": start}
                scenes.append(raced(formula, *runners, **place))
    assert not compared(engine, scenes, least=0.65)


def test_every_instruction(engine):
    """Value, slope and curvature at ordinary numbers and at awkward ones, through operands that change along both axes."""
    edges = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -0.3, 1e-9, 30.0, 1e200, -1e200, 4e9]
    points = [(x, y) for x in edges for y in edges]
    lead = [["mul_c", 2, 0, 0, 1.5], ["add", 3, 2, 1, 0.0], ["sub", 4, 0, 1, 0.0]]
    programs = [
        [*lead, [op.name, 5, a, b, c]]
        for op in Op
        for a, b in ((0, 1), (3, 4))
        for c in (2.5, 0.0, -1.0, 1 / 3)
        if op != Op.hypot or a == 0  # its second derivatives cancel there
    ]
    told = engine.evaluate(
        """async ([programs, points]) => {
          const { Program } = await import("./program.js");
          return programs.map((rows) => {
            const program = new Program(rows);
            return points.map(([x, y]) => [program.value(x, y), ...program.gradient(x, y), ...program.hessian(x, y)].map(String));
          });
        }""",
        [programs, points],
    )
    x, y = np.transpose(points)
    faults = []
    for rows, ours in zip(programs, told, strict=True):
        program = np.array([[Op[name], *rest] for name, *rest in rows], float)
        theirs = np.concatenate([evaluate(program, x, y), evaluate(program, x, y, bend_kernel)])
        mine = np.transpose(np.array(ours, float))
        for row, i in np.argwhere(~np.isclose(mine, theirs, rtol=1e-11, atol=1e-300, equal_nan=True)):
            said = ("f", "fx", "fy", "fxx", "fxy", "fyy")[row]
            faults.append(f"{rows[-1]} at {points[i]}: {said} is {mine[row, i]}, not {theirs[row, i]}")
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults)


# --- beyond what is declared ---------------------------------------------------------------------

TOLD = """
import json
from core import Runner, Scene
from core.browser import files, runner_header, scene_header
scene = Scene("himmelblau", steps=50, runners=[Runner("halfstep", {"lr": 0.01})])
runner = scene.runners[0]
told = {**scene_header(scene), **runner_header(scene, runner)}
print(json.dumps([dict(files()), told, scene.run(runner).x.tolist()]))
"""


@pytest.mark.slow
def test_a_new_optimizer_is_one_file_here_too(browser, tmp_path):
    (copied(tmp_path) / "core/optimizers/halfstep.py").write_text(HALF_STEP, encoding="utf-8")
    done = python("-c", TOLD, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    modules, asked, path = json.loads(done.stdout)
    page = opened(browser, modules)
    text, _ = page.evaluate(RUN, [asked])
    x, y = np.frombuffer(base64.b64decode(text))[: 2 * len(path)].reshape(2, -1)
    np.testing.assert_allclose(np.stack([x, y], 1), path, rtol=SAME)


SWEEP = """async (told) => {
  const { sweepOf } = await import("./sweep.js");
  return told.map((given) => {
    const sweep = sweepOf(...given);
    for (let step = sweep.next(); ; step = sweep.next()) if (step.done) return step.value;
  });
}"""


def test_a_sweep_finds_the_rate_that_the_server_finds(engine):
    """Where some do equally well but for rounding errors, another of them."""
    chance, jobs = np.random.default_rng(3), []
    for optimizer in OPTIMIZERS:
        for _ in range(3):
            surface = str(chance.choice(list(SURFACES)))
            plan = Plan(str(chance.choice(list(SCHEDULES))))
            runner = Runner(optimizer, rate(surface, optimizer), plan)
            noise = float(chance.choice([0.0, 0.0, 0.0, 0.3]))
            start = tuple(float(chance.uniform(*ends)) for ends in SURFACES[surface].bounds)
            jobs.append((Scene(surface, steps=40, start=start, noise=noise, seed=5), runner))
    jobs += [
        (Scene(Formula("x + y^2"), steps=40), Runner("sgd")),
        (Scene(Formula("log(x) + y^2 + x^2"), start=(1.0, 1.0), steps=40), Runner("adam")),
        (Scene("himmelblau", steps=100), Runner("signsgd")),
    ]
    asked = []
    for scene, runner in jobs:
        lr = next(hyper for hyper in runner.spoken.hypers if hyper.name == "lr")
        asked.append(
            [{**scene_header(scene), **runner_header(scene, runner)}, [lr.low, lr.high], scene.record.unbounded]
        )
    same, faults = 0, []
    for (scene, runner), found in zip(jobs, engine.evaluate(SWEEP, json.loads(json.dumps(asked))), strict=True):
        sweep = sweep_rates(scene, runner)
        same += found == sweep.best
        if found != sweep.best and not shaken(scene, runner, sweep.best):
            seeds = scene.seed + np.arange(SEEDS if scene.noisy else 1)
            runs = [scene.run(runner, hypers={**runner.hypers, "lr": np.array([found])}, seed=int(s)) for s in seeds]
            worse = float(np.mean([score(run, scene.record)[0] for run in runs])) - sweep.least
            faults += [(scene.to_string(), runner.optimizer, found, sweep.best, worse)] * (worse > 1e-6)
    assert faults == []
    assert same > 0.95 * len(jobs), f"{same} of {len(jobs)}"


def shaken(scene: Scene, runner: Runner, best: float) -> bool:
    """Whether a hair at the start makes another rate the best: with rounding errors other runs win."""
    x, y = scene.start or scene.record.start
    starts = [(x * (1 + NUDGE * hair), y * (1 + NUDGE * other)) for hair in (-1, 0, 1) for other in (-1, 0, 1)]
    return any(sweep_rates(replace(scene, start=start), runner).best != best for start in starts)


def test_what_is_not_known_is_said_in_a_sentence(engine):
    told = {"surface": "bowl", "start": [1, 1], "steps": 3, "optimizer": "sgd", "schedule": "constant"}
    for change, sentence in {
        "optimizer": "there is no optimizer nothing",
        "schedule": "there is no schedule nothing",
        "surface": "there is no surface nothing",
    }.items():
        with pytest.raises(Exception, match=sentence):
            engine.evaluate(RUN, [{**told, change: "nothing"}])
    program = {"program": [["leap", 2, 0, 1, 0]], "bounds": [[-1, 1], [-1, 1]], "minima": []}
    for change, sentence in (
        ({"hypers": {"beta": 1}}, "optimizer sgd has no hyperparameter beta"),
        ({"scheduleHypers": {"floor": 1}}, "schedule constant has no hyperparameter floor"),
        ({"surface": program}, "the interpreter has no instruction leap"),
    ):
        with pytest.raises(Exception, match=sentence):
            engine.evaluate(RUN, [{**told, **change}])


def test_any_scene_runs(engine, part, parts):
    """Of ten thousand none raises, and none tells of an infinite number. (Far out a slope may be, where the value is not.)"""
    script = """async (told) => {
      const { descend } = await import("./descend.js");
      const wrong = [];
      for (const [i, asked] of told.entries()) {
        try {
          const { x, y, loss, lr, gx, gy, outcome, missing, final, growth } = descend(asked);
          const near = (slope) => slope.filter((_, i) => Math.hypot(x[i], y[i]) < 1e100);
          const numbers = [x, y, loss, lr, near(gx), near(gy), missing, [final, growth]];
          if (numbers.some((all) => all.some((v) => Math.abs(v) === Infinity))) wrong.push([i, "infinite"]);
          if (typeof outcome !== "string" || x.length !== asked.steps + 1) wrong.push([i, outcome, x.length]);
        } catch (error) {
          wrong.push([i, String(error)]);
        }
      }
      return wrong;
    }"""
    seeds = range(part, 10_000, parts)
    for first in range(0, len(seeds), 500):
        scenes = [some_scene(seed, runners=1) for seed in seeds[first : first + 500]]
        scenes = [replace(scene, steps=min(scene.length, 200)) for scene in scenes]
        headers = [Job(scene).header for scene in scenes]
        wrong = engine.evaluate(script, json.loads(json.dumps(headers, allow_nan=False)))
        assert [(scenes[i].to_string(), *what) for i, *what in wrong] == []
