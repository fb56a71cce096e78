"""Run exported trainings with PyTorch and Keras, each in a process of its own, and keep what came out of them.

    pytest --refresh-reference

Of each program the file network_programs.json holds a hash of its text, the losses of some updates, and some of its weights.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from core.export.training import LIBRARIES, export_training
from core.nets.experiment import Experiment
from core.nets.layers import ACTIVATIONS
from core.scene import Plan, Runner

HERE = Path(__file__).parent
FILE = HERE / "network_programs.json"
KEPT = 6  # numbers of the losses and of the weights, at even distances
SMALL: dict[str, Any] = {"dataset": "spirals", "samples": 80, "layers": (6, 5), "batch": 20, "epochs": 12}
SGD = Runner("sgd", {"lr": 0.3})
STEEP = {"reduction": 0.5, "patience": 0}


def cases() -> Iterator[tuple[str, Experiment, Runner, str]]:
    """Name, experiment, runner and library: every layer and every option, each for every library but NumPy."""
    asked: dict[str, tuple[dict[str, Any], Runner]] = {
        f"activation {key}": ({"activation": key}, Runner("momentum", {"lr": 0.1})) for key in ACTIVATIONS
    }
    asked |= {
        "adam": ({}, Runner("adam", {"lr": 0.02})),
        "nadam": ({}, Runner("nadam", {"lr": 0.02})),
        "adagrad, decay": ({}, Runner("adagrad", {"lr": 0.1, "weight_decay": 0.01})),
        "batch norm": ({"batch_norm": True, "l2": 0.02, "clip": 0.5}, SGD),
        "l2 and clip": ({"l2": 0.05, "clip": 0.2}, SGD),
        "all at once": ({"batch": 0}, SGD),
        "one by one": ({"batch": 1, "epochs": 3}, SGD),
        "patience": ({"patience": 2, "validation": 0.3, "epochs": 60, "batch_norm": True}, SGD),
        "cosine": ({}, Runner("sgd", {"lr": 0.3}, Plan("cosine", {"warmup_steps": 7}))),
        "plateau": ({}, Runner("sgd", {"lr": 0.8}, Plan("plateau", STEEP))),
        "plateau after a warm-up": ({}, Runner("sgd", {"lr": 0.8}, Plan("plateau", {**STEEP, "warmup_steps": 9}))),
        "regression": ({"dataset": "wave"}, SGD),
        "no hidden layer": ({"layers": ()}, SGD),
    }
    for name, (changed, runner) in asked.items():
        for library in LIBRARIES:
            own = runner.in_dialect(library) if library in runner.dialects else runner
            if library != "numpy":
                yield f"{library}: {name}", Experiment(**{**SMALL, **changed}, runners=(own,)), own, library


def some(values: Any) -> list[float]:
    """A few of many numbers, the first and the last among them."""
    return [float(values[i]) for i in np.linspace(0, len(values) - 1, KEPT).astype(int)]


def hashed(program: str) -> str:
    return hashlib.sha256(program.encode()).hexdigest()[:16]


def done(program: str) -> dict[str, Any]:
    """What a program leaves, run by itself."""
    with tempfile.TemporaryDirectory() as folder:
        file, left = Path(folder) / "homework.py", Path(folder) / "left.json"
        keep = f"\nimport json\nopen({str(left)!r}, 'w').write(json.dumps([losses.tolist(), weights.tolist()]))\n"
        file.write_text(program + keep, encoding="utf-8")
        quiet = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
        subprocess.run([sys.executable, str(file)], check=True, env=quiet, cwd=folder, stdout=subprocess.DEVNULL)
        losses, weights = json.loads(left.read_text(encoding="utf-8"))
    return {"updates": len(losses), "losses": some(losses), "weights": some(weights)}


def refresh() -> None:
    """Run all of them again and keep it."""
    found = {}
    for name, experiment, runner, library in cases():
        program = export_training(experiment, runner, library)
        found[name] = {"program": hashed(program), **done(program)}
    told = {"torch": version("torch"), "keras": version("keras"), "runs": found}
    FILE.write_text(json.dumps(told, indent=1, allow_nan=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    refresh()
