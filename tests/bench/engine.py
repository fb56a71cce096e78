"""How fast the engine is: beside optax, PyTorch and C++ on the same machine, in one run; its memory; its start.

Run by hand: `python tests/bench/engine.py`. A peer that is not installed (optax with jax, torch, g++) leaves its column
empty. Where a peer ends is compared with where we end before its time counts.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
from common import ROOT, machine, pair, spell, table, verdict, write

from core import OPTIMIZERS, SURFACES, Run, descend
from core.engine import kernels
from core.spec import Optimizer, Surface

try:
    import jax
    import jax.numpy as jnp
    import optax

    jax.config.update("jax_enable_x64", True)
except ImportError:
    optax = None
try:
    import torch

    torch.set_default_dtype(torch.float64)  # NAdam keeps its product of momenta in the default type
except ImportError:
    torch = None

ROUNDS = 7  # everything is timed so often, in turn, so that what else the machine does hits all; the best counts
STEPS, NOISY_STEPS, SLOW_STEPS = 500, 1000, 25
SIDE, FINE, SEEDS = 512, 256, 64
SIGMA, RATE = 0.3, 0.1
ADAM = OPTIMIZERS["adam"]
TEN = [record for record in OPTIMIZERS.values() if record.optax and record.pytorch][:10]
HILLS, VALLEY = SURFACES["himmelblau"], SURFACES["rosenbrock"]
BASINS = [SURFACES[key] for key in ("himmelblau", "rastrigin", "beale")]
BEND = (-1.5, 2.0)  # where runs in the valley begin
FLAGS = {
    "C++, same arithmetic": ["-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off"],
    "C++ -ffast-math": ["-ffast-math"],
}
BY_LANE, DRAWN = "optax, counter by lane", "optax, noise drawn once"
TOLD, SCALAR = "C++ -ffast-math, outcome told", "C++ lane by lane"
PEERS = ("optax", BY_LANE, DRAWN, "torch", *FLAGS, TOLD, SCALAR)
ONCE = {BY_LANE, "torch", SCALAR}  # timed once, since they take seconds

Ends = np.ndarray | None  # (lanes, 3): last point and its loss; None after fewer steps
Call = Callable[[], tuple[float, float, Ends]]  # milliseconds by the clock and of processor time, and what came out


@dataclass
class Work:
    """Something to compute, ours first. bars: a peer's time over ours must be at least so much."""

    name: str
    lane_steps: int
    ours: Call
    peers: dict[str, Call]
    needs: str
    bars: dict[str, float] = field(default_factory=dict)
    limit: float | None = None  # ms


def timed(
    call: Callable[[], Any], number: int = 1, scale: float = 1.0, ends_of: Callable[[Any], np.ndarray] = np.asarray
) -> Call:
    """Medians of `number` calls; scale: how many times more steps the work has; ends_of: what finds the last points."""

    def run() -> tuple[float, float, Ends]:
        clock, processor = [], []
        for _ in range(number):
            begin, busy = time.perf_counter(), time.process_time()
            found = call()
            clock.append(1e3 * (time.perf_counter() - begin))
            processor.append(1e3 * (time.process_time() - busy))
        wall, cpu = scale * statistics.median(clock), scale * statistics.median(processor)
        return wall, cpu, None if found is None else ends_of(found)

    return run


def ends_of(runs: list[Run]) -> np.ndarray:
    return np.concatenate([np.c_[np.atleast_2d(r.x[..., -1, :]), np.atleast_1d(r.loss[..., -1])] for r in runs])


def grid(surface: Surface, side: int) -> np.ndarray:
    """(side * side, 2) starts over the map."""
    axes = (np.linspace(low, high, side) for low, high in surface.bounds)
    return np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)


# --- the peers ----------------------------------------------------------------------------------------------


def written_for(module: Any, formula: Callable[..., Any]) -> Callable[..., Any]:
    """The same formula with another library in place of NumPy."""
    return FunctionType(formula.__code__, {**formula.__globals__, "np": module})


def spelled(spelling: str, record: Optimizer, known: dict[str, Any], **hypers: Any) -> Any:
    words = {**record.defaults, **hypers}
    return eval(spelling.format(**{name: name for name in words}), {**known, **words})


def scan(
    surface: Surface, record: Optimizer, steps: int, keep_path: bool, sigma: float = 0.0, drawn: bool = False
) -> Callable[..., Any]:
    """(start, key, hypers) -> last point with its loss, and the path: one lax.scan with the gradient by hand.

    drawn: instead of the key, the normals of all steps.
    """
    value, gradient = written_for(jnp, surface.value), written_for(jnp, surface.gradient)

    def run(start: Any, key: Any = None, **hypers: Any) -> Any:
        method = spelled(record.asked("optax", record.defaults), record, {"optax": optax, "jnp": jnp}, **hypers)

        def step(carry: Any, key: Any) -> Any:
            p, state = carry
            g = jnp.stack(gradient(p[0], p[1]))
            if sigma:
                g = g + sigma * (key if drawn else jax.random.normal(key, (2,)))
            change, state = method.update(g, state, p)
            return (optax.apply_updates(p, change), state), ((p, value(p[0], p[1]), g) if keep_path else None)

        keys = jax.random.split(key, steps) if sigma and not drawn else key
        (end, _), path = jax.lax.scan(step, (start, method.init(start)), keys, length=steps)
        return jnp.append(end, value(end[0], end[1])), path

    return run


def counted_by_lane(surface: Surface, record: Optimizer, starts: np.ndarray, **hypers: np.ndarray) -> Call:
    """The state made by vmap(init) before the scan, as many write it: then every lane counts its own steps."""
    value, gradient = written_for(jnp, surface.value), written_for(jnp, surface.gradient)

    def method(own: dict[str, Any]) -> Any:
        return spelled(
            record.asked("optax", record.defaults), record, {"optax": optax, "jnp": jnp}, **{"lr": RATE, **own}
        )

    def one(p: Any, state: Any, own: dict[str, Any]) -> Any:
        change, state = method(own).update(jnp.stack(gradient(p[0], p[1])), state, p)
        return optax.apply_updates(p, change), state

    def run(starts: Any, state: Any, own: dict[str, Any]) -> Any:
        step = jax.vmap(one)
        carry, _ = jax.lax.scan(lambda carry, _: (step(*carry, own), None), (starts, state), None, length=STEPS)
        return jnp.c_[carry[0], value(carry[0][:, 0], carry[0][:, 1])], None

    placed, own = jnp.asarray(starts), {name: jnp.asarray(values) for name, values in hypers.items()}
    state = jax.vmap(lambda start, own: method(own).init(start))(placed, own)
    compiled = jax.jit(run)
    return timed(lambda: jax.block_until_ready(compiled(placed, state, own))[0])


def jitted(function: Callable[..., Any], *arguments: Any, number: int = 1) -> Call:
    """`function` compiled by XLA, on arrays that are already where it wants them. It gives (ends, path)."""
    compiled, placed = jax.jit(function), [jnp.asarray(a) for a in arguments]
    return timed(lambda: jax.block_until_ready(compiled(*placed))[0], number)


def torch_loop(
    surface: Surface, record: Optimizer, starts: np.ndarray, steps: int, sigma: float = 0.0, keep_path: bool = False
) -> None:
    """All starts as one tensor, the gradient by hand."""
    value, gradient = written_for(torch, surface.value), written_for(torch, surface.gradient)
    points = torch.tensor(starts, requires_grad=True)
    lr = surface.rate_for(record) if keep_path else RATE
    rule = spelled(record.pytorch, record, {"torch": torch, "params": [points]}, lr=lr)
    kept = []
    for _ in range(steps):
        with torch.no_grad():
            g = torch.stack(gradient(points[..., 0], points[..., 1]), dim=-1)
            points.grad = g + sigma * torch.randn_like(g) if sigma else g
            if keep_path:
                kept.append((points.clone(), value(points[..., 0], points[..., 1]), g))
        rule.step()


def torch_all(starts: np.ndarray, sigma: float, steps: int) -> Call:
    def run() -> None:
        for record in TEN:
            torch_loop(HILLS, record, starts, SLOW_STEPS, sigma, keep_path=True)

    return timed(run, scale=steps / SLOW_STEPS)


def torch_map(lr: np.ndarray, beta1: np.ndarray, steps: int) -> None:
    """torch.optim takes one rate for all, so Adam is written out here."""
    gradient = written_for(torch, VALLEY.gradient)
    lr, b1 = torch.tensor(lr)[:, None], torch.tensor(beta1)[:, None]
    p = torch.tensor(BEND).expand(len(lr), 2).clone()
    m, v, b2 = torch.zeros_like(p), torch.zeros_like(p), ADAM.defaults["beta2"]
    for t in range(1, steps + 1):
        g = torch.stack(gradient(p[:, 0], p[:, 1]), dim=-1)
        m.mul_(b1).add_((1 - b1) * g)
        v.mul_(b2).addcmul_(g, g, value=1 - b2)
        p -= lr / (1 - b1**t) * m / ((v / (1 - b2**t)).sqrt() + ADAM.defaults["eps"])


def program(folder: str, peer: str) -> Path | None:
    """peer.cpp, compiled with one set of flags; nothing without a compiler."""
    if not shutil.which("g++"):
        return None
    out = Path(folder, peer.replace(" ", "_"))
    flags = ["-O3", "-march=native", "-mprefer-vector-width=512", "-fopenmp", *FLAGS[peer]]
    subprocess.run(["g++", *flags, str(Path(__file__).with_name("peer.cpp")), "-o", str(out)], check=True)
    return out


def cpp(file: Path, surface: Surface, form: str, side: int) -> Call:
    def run() -> tuple[float, float, Ends]:
        with tempfile.NamedTemporaryFile() as out:
            command = [file, surface.key, form, str(side), str(STEPS), "2", out.name]
            quiet = os.environ | {"OMP_WAIT_POLICY": "passive"}
            done = subprocess.run(command, check=True, capture_output=True, env=quiet)
            wall, cpu = np.reshape(list(map(float, done.stdout.split())), (-1, 2)).min(axis=0)
            return wall, cpu, np.fromfile(out.name).reshape(4, -1).T[:, :3]

    return run


def in_cpp(programs: dict[str, Path], surface: Surface, side: int) -> dict[str, Call]:
    """A map in C++, as every compiler makes it; by the fastest also with its outcomes told, and lane by lane."""
    peers = {peer: cpp(file, surface, "block", side) for peer, file in programs.items()}
    if programs:
        peers[TOLD] = cpp(programs["C++ -ffast-math"], surface, "told", side)
        peers[SCALAR] = cpp(programs["C++ -ffast-math"], surface, "lane", side)
    return peers


# --- the work -----------------------------------------------------------------------------------------------


def race() -> Work:
    """Ten runs as the app asks for them: one call a runner, with the path."""

    def ours() -> list[Run]:
        return [descend(HILLS, r, start=HILLS.start, steps=STEPS, hypers=hypers) for r, hypers in settings]

    rate = HILLS.rate_for
    settings = [(r, {"lr": rate(r)}) for r in TEN]
    peers: dict[str, Call] = {}
    if optax:
        runs = [scan(HILLS, r, STEPS, keep_path=True) for r in TEN]

        def all_ten(start: Any) -> Any:
            ends, paths = zip(*(run(start, lr=rate(r)) for run, r in zip(runs, TEN, strict=True)), strict=True)
            return jnp.stack(ends), paths

        peers["optax"] = jitted(all_ten, HILLS.start, number=40)
    if torch:
        peers["torch"] = torch_all(np.array(HILLS.start), 0.0, STEPS)
    name = f"W1: {len(TEN)} optimizers × {STEPS} steps, paths"
    needs = "one core; arrays allocated per call, arguments checked, outcome told"
    return Work(name, len(TEN) * STEPS, timed(ours, 40, ends_of=ends_of), peers, needs, {"optax": 1.0}, limit=0.4)


def basins(surface: Surface, programs: dict[str, Path]) -> Work:
    """Where every start of a fine grid ends."""
    starts = grid(surface, SIDE)

    def ours() -> list[Run]:
        return [descend(surface, ADAM, start=starts, steps=STEPS, hypers={"lr": RATE}, keep="end")]

    peers: dict[str, Call] = {}
    if optax:
        run = scan(surface, ADAM, STEPS, keep_path=False)
        peers["optax"] = jitted(jax.vmap(lambda start: run(start, lr=RATE)), starts)
        peers[BY_LANE] = counted_by_lane(surface, ADAM, starts)
    if torch:
        peers["torch"] = timed(lambda: torch_loop(surface, ADAM, starts, SLOW_STEPS), scale=STEPS / SLOW_STEPS)
    peers |= in_cpp(programs, surface, SIDE)
    name = f"W2: basin map {SIDE} × {SIDE} × {STEPS}, Adam on {surface.name.en}"
    needs = 'both cores, AVX-512, float64, `keep="end"`; the outcome of every lane is told, too'
    bars = {"optax": 6, BY_LANE: 6, "C++ -ffast-math": 0.7, TOLD: 0.7}
    return Work(name, SIDE * SIDE * STEPS, timed(ours, ends_of=ends_of), peers, needs, bars)


def hypers(programs: dict[str, Path]) -> Work:
    """Where every pair of learning rate and momentum ends."""
    share = np.linspace(0, 1, FINE)
    lr, beta1 = (a.ravel() for a in np.meshgrid(10 ** (3 * share - 3), 1 - 10 ** (-3 * share)))

    def ours() -> list[Run]:
        return [descend(VALLEY, ADAM, start=BEND, steps=STEPS, hypers={"lr": lr, "beta1": beta1}, keep="end")]

    peers: dict[str, Call] = {}
    if optax:
        run = scan(VALLEY, ADAM, STEPS, keep_path=False)
        peers["optax"] = jitted(jax.vmap(lambda a, b: run(jnp.array(BEND), lr=a, beta1=b)), lr, beta1)
        many = np.tile(BEND, (lr.size, 1))
        peers[BY_LANE] = counted_by_lane(VALLEY, ADAM, many, lr=lr, beta1=beta1)
    if torch:
        peers["torch"] = timed(lambda: torch_map(lr, beta1, SLOW_STEPS), scale=STEPS / SLOW_STEPS)
    peers |= in_cpp(programs, VALLEY, FINE)
    name = f"W3: map of η and β₁, {FINE} × {FINE} × {STEPS}, Adam on {VALLEY.name.en}"
    needs = 'both cores, AVX-512, float64, `keep="end"`, hyperparameters by lane'
    return Work(name, FINE * FINE * STEPS, timed(ours, ends_of=ends_of), peers, needs, {"optax": 7, BY_LANE: 7})


def fan() -> Work:
    """Many seeds of the noise, everything recorded."""
    seeds = np.arange(SEEDS)

    def ours() -> None:
        kernels.draws.cache_clear()  # the ten share their noise, but nothing is left of the time before
        for r in TEN:
            descend(HILLS, r, start=HILLS.start, steps=NOISY_STEPS, hypers={"lr": rate(r)}, noise=SIGMA, seed=seeds)

    rate = HILLS.rate_for
    peers: dict[str, Call] = {}
    if optax:
        for peer, once in (("optax", False), (DRAWN, True)):
            runs = [scan(HILLS, r, NOISY_STEPS, keep_path=True, sigma=SIGMA, drawn=once) for r in TEN]

            def all_ten(keys: Any, runs: Any = runs, once: bool = once) -> Any:
                start = jnp.array(HILLS.start)
                noise = jax.vmap(lambda key: jax.random.normal(key, (NOISY_STEPS, 2)))(keys) if once else keys
                every = [jax.vmap(lambda k: run(start, k, lr=rate(r)))(noise) for run, r in zip(runs, TEN, strict=True)]  # noqa: B023
                return None, every

            peers[peer] = jitted(all_ten, jax.random.split(jax.random.key(0), SEEDS), number=5)
    if torch:
        peers["torch"] = torch_all(np.tile(HILLS.start, (SEEDS, 1)), SIGMA, NOISY_STEPS)
    name = f"W4: {SEEDS} seeds × {len(TEN)} optimizers × {NOISY_STEPS} steps, noise, paths"
    needs = "one core, AVX-512, float64, noise from a counter, drawn once for all ten, everything recorded"
    return Work(name, SEEDS * len(TEN) * NOISY_STEPS, timed(ours, 5), peers, needs, {"optax": 12})


def measured(work: Work) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Best milliseconds of everybody by the clock and of processor time, and the share of lanes that end where ours do."""
    calls = {"ours": work.ours, **work.peers}
    found = {name: [call()] for name, call in calls.items()}  # compiles, too
    for done in range(ROUNDS):
        for name, call in calls.items():
            if not (done and name in ONCE):
                found[name].append(call())
    wall, cpu = ({name: min(run[k] for run in runs) for name, runs in found.items()} for k in (0, 1))
    ours = found["ours"][0][2]
    ends = {name: runs[0][2] for name, runs in found.items() if name != "ours"}
    same = {name: agreement(ours, e) for name, e in ends.items() if e is not None and ours is not None}
    return wall, cpu, same


def agreement(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Share of lanes whose last points are the same to six digits; lanes that are lost count where both are."""
    near = np.linalg.norm(ours[:, :2] - theirs[:, :2], axis=1) <= 1e-6 * (1 + np.linalg.norm(ours[:, :2], axis=1))
    return float(np.mean(near | ~(np.isfinite(ours[:, 2]) | np.isfinite(theirs[:, 2]))))


def speeds(works: list[Work]) -> tuple[str, str]:
    """Two tables: times with ratios and bars, and what each needs."""
    rows, notes = [], []
    for work in works:
        times, busy, same = measured(work)
        mine = times["ours"]
        ratio = {peer: cpu / busy["ours"] for peer, cpu in busy.items()}
        cells = [f"{spell(times[p])} ({spell(ratio[p])}×)" if p in times else "–" for p in PEERS]
        bars = [
            f"≥ {bar:g}× {peer}: {'met' if ratio[peer] >= bar else '**missed**'}"
            for peer, bar in work.bars.items()
            if peer in times
        ]
        bars += [verdict(mine, work.limit, "ms")] if work.limit else []
        speed = spell(work.lane_steps / mine / 1e3)
        rows.append((work.name, f"**{spell(mine)}** ({speed} M/s)", *cells, "; ".join(bars)))
        found = ", ".join(f"{peer} {share:.2%}" for peer, share in same.items()) or "–"
        notes.append((work.name, work.needs, found))
        print(" | ".join((*rows[-1], found)), file=sys.stderr)
    head = ("ms (lane-steps; processor time, theirs over ours)", "ours", *PEERS, "bars")
    return table(head, rows), table(("", "what our figure needs", "lanes that end where ours do, to six digits"), notes)


# --- memory and start -----------------------------------------------------------------------------------------

PEAK = """
import re
from pathlib import Path
import numpy as np
from core import descend
starts = np.stack(np.meshgrid(*[np.linspace(-5, 5, 512)] * 2), axis=-1).reshape(-1, 2)
descend("himmelblau", "adam", start=starts[:5000], steps=5, keep="end")
Path("/proc/self/clear_refs").write_text("5")  # Linux forgets the peak so far
rows = lambda: re.findall(r"Vm(?:HWM|RSS):\\s*(\\d+)", Path("/proc/self/status").read_text())
before = int(rows()[1])
descend("himmelblau", "adam", start=starts, steps=500, keep="end")
print((int(rows()[0]) - before) / 1024)
"""
FIRST = "from core import descend; descend('himmelblau', 'adam', start=(0.0, -3.0), steps=500)"
ALL = """
from core import OPTIMIZERS, SURFACES, descend
from core.engine.kernels import compile_all
compile_all()
for optimizer in OPTIMIZERS.values():
    descend("bowl", optimizer, start=(1.0, 1.0), steps=2)
for surface in SURFACES.values():
    descend(surface, "sgd", start=surface.start, steps=2)
"""


# Numba imports these where they are, and here they are because of the peers.
HIDE = "import sys; sys.modules.update(dict.fromkeys(['scipy', 'yaml']))"


def fresh(code: str, folder: str | None = None) -> tuple[float, str]:
    """Seconds and output of a new process as the project's own dependencies make it, its kernels kept in `folder`."""
    environment = dict(os.environ)
    if folder:
        Path(folder, "sitecustomize.py").write_text(HIDE, "utf-8")
        environment |= {"NUMBA_CACHE_DIR": folder, "PYTHONPATH": folder}
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, capture_output=True)
    return time.perf_counter() - begin, done.stdout.decode()


def starts() -> str:
    cold, warm, everything = [], [], []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            cold.append(fresh(FIRST, folder)[0])
            warm += [fresh(FIRST, folder)[0] for _ in range(3)]
        with tempfile.TemporaryDirectory() as folder:
            everything.append(fresh(ALL, folder)[0])
    peak = float(fresh(PEAK)[1])
    new = "new process, nothing compiled"
    first = "imports + first run (s)"
    everything_there = (
        f"all {len(OPTIMIZERS)} optimizers, {len(SURFACES)} surfaces and the interpreter of typed functions, "
        "as `python -m core.engine` does it (s)"
    )
    return table(
        ("start and memory", "figure", "bar"),
        [
            (
                f"new process, kernels on disk: {first}, median / p95",
                pair(warm),
                verdict(statistics.median(warm), 1, "s"),
            ),
            (f"{new}: {first}, best of 3", spell(min(cold)), verdict(min(cold), 4, "s")),
            (f"{new}: {everything_there}, best of 3", spell(min(everything)), verdict(min(everything), 10, "s")),
            (f"what a map of {SIDE} × {SIDE} × {STEPS} adds to memory (MB)", spell(peak), verdict(peak, 200, "MB")),
        ],
    )


def divider(file: Path) -> str:
    """The bound that no program with the same arithmetic can pass."""

    def nanoseconds(what: str) -> float:
        done = subprocess.run([file, what, "-", "0", "0", "5", "-"], check=True, capture_output=True)
        return min(map(float, done.stdout.split()))

    divide, root = nanoseconds("divide"), nanoseconds("root")
    exact, fast = (SIDE**2 * STEPS / (os.cpu_count() or 1) * (n * divide + 2 * root) / 1e6 for n in (6, 2))
    return (
        f"The divider alone, one core, AVX-512: {divide:.3f} ns a division, {root:.3f} ns a square root. Adam as its "
        f"record writes it has six divisions and two roots a lane-step, {exact:.0f} ms for a map of W2. Four of the six "
        f"are by 1 - βᵗ, which all lanes share: with two divisions it takes {fast:.0f} ms. C++ -ffast-math and XLA multiply "
        f"by a reciprocal instead, we by one in two floats, which keeps the bits (`core/engine/shared.py`)."
    )


NOTES = """\
Milliseconds are by the clock, the best of several runs, both cores where there are lanes enough; ratios are of
processor time, which what else the machine does changes less. float64 everywhere, the same starts, the same gradients
by hand. torch is given 25 steps and its time scaled up; it cannot do less than a Python call per operation. Our
figures include what `descend` does for every lane besides: the loss at every step, when it reached which minimum or
left the map, arguments checked. Numbers are rounded as PyTorch rounds them: no reciprocal in place of a division, no
fused product in place of two roundings (the column *same arithmetic* has the same rule, and g++ 12 without -ffast-math).
How we stand to the others depends on the processor: on one whose divider is fast (AMD EPYC, Zen 4) the ratios to optax
were 0.9, 4.0, 0.9, 4.3 and 9.5 for W2 to W4, before `shared.py`. *optax* is its best form,
`jit(vmap(lax.scan))` with the state made inside, so that the step counter is one number for all lanes; made by
`vmap(init)` outside, as many write it, there is a counter, and so two powers a step, by lane (*counter by lane*):
that is the form the bars 6× and 7× were set against. (Nothing in double precision can be six times as fast as the
best form where dividing takes as long as here: fast-math C++ is two to three times as fast on Himmelblau.) *Outcome
told* is C++ that computes the loss at every step and since when each lane has been low or off the map; we tell at
which of the minima, too. Ten runs are one program for optax, its hyperparameters and
surface compiled in (its seconds of compilation in every process are not shown), and ten calls for us. In W4 optax
draws from threefry, run by run, and spends most of its time on that; we draw from SplitMix64, once for the ten, which
see the same noise. *Noise drawn once* is optax handed the normals of a key once for the ten, written by hand."""


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        programs = {peer: file for peer in FLAGS if (file := program(folder, peer))}
        works = [race(), *(basins(surface, programs) for surface in BASINS), hypers(programs), fan()]
        blocks = [*speeds(works), starts()]
        if programs:
            blocks.append(divider(programs["C++ -ffast-math"]))
        blocks.append(" ".join(NOTES.split("\n")))
    write("engine", machine("numpy", "numba", "optax", "jax", "torch"), *blocks)
