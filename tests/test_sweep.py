"""Sweeps in parts: progress, cancelling, and the same bits on threads, on processes and on a cluster."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import OPTIMIZERS, SCHEDULES, SURFACES, descend, expression_surface
from core.engine import sweep
from core.schedules.piecewise import with_drops

module = sys.modules["core.engine.descend"]

ROOT = Path(__file__).parents[1]


class Enough(Exception):
    """What a caller raises to stop a sweep."""


def starts(surface: Any, lanes: int) -> np.ndarray:
    (x0, x1), (y0, y1) = surface.bounds
    return np.random.default_rng(4).uniform((x0, y0), (x1, y1), (lanes, 2))


SWEEPS = {
    "basins": (SURFACES["himmelblau"], "adam", {"hypers": {"lr": 0.1}, "keep": "end"}),
    "placed, tolerance": (SURFACES["beale"].placed(20.0, 1.3), "nesterov", {"tolerance": 1e-2}),
    "typed": (expression_surface("x^2 + 3*sin(y)", ((-4, 4), (-4, 4))), "momentum", {"keep": "state"}),
    "examples and noise": (SURFACES["least_squares"], "sam", {"noise": 0.1, "seed": np.arange(300)}),
    "dialect, schedule": (SURFACES["booth"], "adam", {"dialect": "keras", "schedule": "cosine"}),
    "more drops than declared": (
        SURFACES["booth"],
        "sgd",
        {"schedule": with_drops(37), "schedule_hypers": {"drop_21": 9, "gamma_21": 0.5}},
    ),
    "watches the loss": (SURFACES["booth"], "sgd", {"schedule": "plateau", "schedule_hypers": {"patience": 3}}),
    "rates": (SURFACES["rosenbrock"], "rmsprop", {"hypers": {"lr": np.geomspace(1e-4, 1e-1, 300)}}),
}


def run(name: str, **options: Any) -> Any:
    surface, optimizer, own = SWEEPS[name]
    return descend(surface, optimizer, start=starts(surface, 300), steps=40, **own, **options)


def same(a: Any, b: Any) -> bool:
    names = ("x", "loss", "lr", "gradient", "outcome", "when", "minimum")
    return all(getattr(a, n).tobytes() == getattr(b, n).tobytes() for n in names) and all(
        a.state[name].tobytes() == b.state[name].tobytes() for name in {*a.state, *b.state}
    )


@pytest.fixture(scope="module", params=["threads", "processes", "forks", "dask"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    if request.param == "dask":
        from distributed import Client

        with Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client:
            yield client.get_executor()
        return
    kinds = {
        "threads": lambda: ThreadPoolExecutor(2),
        "processes": lambda: ProcessPoolExecutor(2, mp_context=get_context("spawn")),
        "forks": lambda: ProcessPoolExecutor(2, mp_context=get_context("fork")),
    }
    with kinds[request.param]() as pool:
        yield pool


@pytest.mark.slow
@pytest.mark.parametrize("name", SWEEPS)
def test_an_executor_changes_no_bit(name, executor, monkeypatch):
    monkeypatch.setattr(sweep, "FAR", 40 * 64)  # parts of one block: five of them
    told: list[float] = []
    assert same(run(name, executor=executor, progress=told.append), run(name))
    assert told == sorted(told)
    assert len(told) > 1
    assert told[-1] == 1.0


def test_parts_on_this_machine_change_no_bit(monkeypatch):
    whole = {name: run(name) for name in SWEEPS}
    monkeypatch.setattr(sweep, "NEAR", 40 * 64)
    told: list[float] = []
    for name, expected in whole.items():
        assert same(run(name, progress=told.append), expected)
    assert told.count(1.0) == len(SWEEPS)


def test_a_run_without_lanes_tells_its_end_and_needs_no_executor():
    told: list[float] = []
    alone = descend("bowl", "sgd", start=(1.0, 1.0), steps=5, progress=told.append)
    assert told == [1.0]
    with ThreadPoolExecutor(1) as pool:
        assert alone.x.tobytes() == descend("bowl", "sgd", start=(1.0, 1.0), steps=5, executor=pool).x.tobytes()


SLOW = expression_surface(" + ".join(f"sin({k}*x)*cos({k}*y)" for k in range(1, 9)))


@pytest.mark.parametrize(
    ("where", "surface", "lanes", "steps"),
    [
        ("here", SURFACES["rastrigin"], 2**20, 1000),
        ("executor", SURFACES["rastrigin"], 2**20, 1000),
        ("here", SLOW, 2**16, 5000),
        ("here", SLOW, 1, 10**6),
    ],
    ids=["here", "executor", "slow", "long"],
)
def test_what_progress_raises_ends_the_sweep_at_once(where, surface, lanes, steps):
    """A run of minutes. The bar is a tenth of a second; twenty are allowed to a machine that is busy."""
    points = starts(surface, lanes)
    descend(surface, "bfgs", start=points[0], steps=1)  # compiled

    def stop(fraction: float) -> None:
        assert 0 <= fraction < 0.5
        raise Enough

    with ThreadPoolExecutor(2) as pool:
        options = {"executor": pool} if where == "executor" else {}
        began = time.perf_counter()
        with pytest.raises(Enough):
            descend(surface, "bfgs", start=points, steps=steps, keep="end", progress=stop, **options)
        assert time.perf_counter() - began < 2.0
    assert sweep.threads().submit(int).result(timeout=2.0) == 0, "the threads of this machine are free again"
    assert descend("bowl", "sgd", start=(1.0, 1.0), steps=5).outcome == "moving", "the engine is free again"


def test_a_single_long_lane_tells_how_far_it_is():
    told: list[float] = []
    run = descend("rastrigin", "adam", start=(1.3, 1.2), steps=3_000_000, keep="end", progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len([share for share in told if 0 < share < 1]) >= 3
    alone = descend("rastrigin", "adam", start=(1.3, 1.2), steps=3_000_000, keep="end")
    assert (run.outcome, run.when, run.minimum) == (alone.outcome, alone.when, alone.minimum)
    assert run.x.tobytes() == alone.x.tobytes()


def test_a_schedule_is_as_long_as_it_likes_and_stops_too():
    """Its factors are computed before the run, a piece at a time."""

    def stop(fraction: float) -> None:
        assert fraction == 0.0
        raise Enough

    began = time.perf_counter()
    with pytest.raises(Enough):
        descend("bowl", "sgd", start=(1.0, 1.0), steps=10**8, schedule="cosine", keep="end", progress=stop)
    assert time.perf_counter() - began < 2.0


@pytest.mark.parametrize("key", SCHEDULES)
def test_a_schedule_in_pieces_changes_no_bit(key, monkeypatch):
    schedule, warm = SCHEDULES[key], {"warmup_steps": np.array([7.0])}
    columns = {h.name: np.array([h.default]) for h in schedule.hypers} | warm
    columns = {name: value.astype(float)[:, None] for name, value in columns.items()}
    whole = module._ramp_of(schedule, 1000, columns, None)
    for piece in (1, 17, 256):
        monkeypatch.setattr(module, "PIECE", piece)
        assert module._ramp_of(schedule, 1000, columns, None).tobytes() == whole.tobytes()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there a process cannot send itself Ctrl-C")
@pytest.mark.parametrize("lanes", ["(1.3, 1.2)", "np.full((5, 2), 1.3)"])
def test_ctrl_c_ends_a_long_run_at_once(lanes):
    code = f"""
        import os, signal, threading, time
        import numpy as np
        from core import descend
        descend("rastrigin", "adam", start=(1.3, 1.2), steps=5)
        sent = []
        def send():
            sent.append(time.perf_counter())
            os.kill(os.getpid(), signal.SIGINT)
        threading.Timer(1.0, send).start()
        try:
            descend("rastrigin", "adam", start={lanes}, steps=10**8, keep="end")
        except KeyboardInterrupt:
            print(time.perf_counter() - sent[0])
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert float(done.stdout) < 2.0


def test_a_sweep_holds_few_parts_at_a_time(monkeypatch):
    monkeypatch.setattr(sweep, "FAR", 64)
    waiting, most = set(), 0

    class Counting(ThreadPoolExecutor):
        def submit(self, *given: Any) -> Any:
            nonlocal most
            future = super().submit(*given)
            waiting.add(future)
            future.add_done_callback(waiting.discard)
            most = max(most, len(waiting))
            return future

    points = starts(SURFACES["bowl"], 64 * 200)
    with Counting(2) as pool:
        descend("bowl", "sgd", start=points, steps=1, keep="end", executor=pool)
    assert 1 <= most <= sweep.WINDOW


def test_a_small_sweep_does_not_wait_for_a_giant_one():
    """The threads are everybody's, and take what comes in turn: of one sweep little may be waiting there."""
    small, order, begun = Future(), [], threading.Event()

    def part(lo: int) -> int:
        begun.set()
        time.sleep(0.005)
        order.append(lo)
        return lo

    def giant() -> None:
        for _ in sweep.spread(lambda lo, hi: sweep.threads().submit(part, lo), 200, 1, None):
            pass

    giants = threading.Thread(target=giant)
    giants.start()
    begun.wait(10)
    sweep.threads().submit(lambda: small.set_result(len(order)))
    before = small.result(10)
    giants.join()
    assert before <= 4 * (os.cpu_count() or 1)
    assert sorted(order) == list(range(200))


def test_only_an_executor_is_an_executor():
    with pytest.raises(ValueError, match=r"executor: expected a concurrent\.futures\.Executor, got 2"):
        descend("bowl", "sgd", start=(1.0, 1.0), steps=5, executor=2)  # type: ignore[arg-type]


def test_declared_records_come_back_as_themselves():
    for records in (OPTIMIZERS, SCHEDULES, SURFACES):
        for record in records.values():
            assert pickle.loads(pickle.dumps(record)) is record
    keras = OPTIMIZERS["adam"].spoken("keras")
    assert pickle.loads(pickle.dumps(keras)) is keras
    for made in (with_drops(37), with_drops(37).spoken("keras")):
        assert pickle.loads(pickle.dumps(made)) is made
    placed = pickle.loads(pickle.dumps(SURFACES["beale"].placed(30.0, 2.0)))
    assert (placed.flat, placed.rotation, placed.stretch) == (SURFACES["beale"], 30.0, 2.0)
    typed = expression_surface("x*x + y", ((0, 1), (0, 2)))
    assert pickle.loads(pickle.dumps(typed)) is typed


def test_a_record_made_at_a_prompt_is_refused_in_words():
    homemade = replace(OPTIMIZERS["adam"], name="Homemade")
    with pytest.raises(pickle.PicklingError, match=r"Homemade cannot be sent .* Declare it so"):
        pickle.dumps(homemade)
    altered = replace(with_drops(37), latex="")
    with pytest.raises(pickle.PicklingError, match=r"^Piecewise constant cannot be sent "):
        pickle.dumps(altered)


def test_a_map_keeps_no_paths():
    """512 x 512 lanes of 500 steps, in a process of its own: the peak of its memory beyond that of a small run."""
    script = textwrap.dedent(
        """
        import resource
        import numpy as np
        from core import SURFACES, descend

        def peak():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

        axes = (np.linspace(low, high, 512) for low, high in SURFACES["himmelblau"].bounds)
        points = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
        descend("himmelblau", "adam", start=points[:9000], steps=500, keep="end")
        before = peak()
        descend("himmelblau", "adam", start=points, steps=500, keep="end")
        print(peak() - before)
        """
    )
    out = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(out.stdout) < 200


def test_eight_sweeps_at_once_change_no_bit():
    expected = run("basins")
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: run("basins", progress=lambda fraction: None), range(16)):
            assert same(found, expected)
    assert threading.active_count() < 40
