"""Train the networks of tests/test_nets.py with PyTorch, from the same weights and with the same batches, and keep how it went.

    pytest --refresh-reference

`STEPS` updates in float64. Of each training the file networks.json holds the loss of every batch and the last weights. What
drops out is drawn by us, since nobody could have PyTorch draw the same; what is left is scaled as torch.nn.Dropout does.
"""

from __future__ import annotations

import importlib
import json
import math
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from core.nets.initializations import INITIALIZATIONS
from core.nets.layers import ACTIVATIONS, dropout
from core.nets.train import train
from core.optimizers import OPTIMIZERS

HERE = Path(__file__).parent
FILE = HERE / "networks.json"
STEPS = 100
SMALL: dict[str, Any] = {"dataset": "spirals", "layers": (6, 5), "batch_size": 20, "validation": 0.2, "samples": 100}
PLATEAU = {"reduction": 0.5, "patience": 1}


def cases() -> dict[str, dict[str, Any]]:
    """Name -> what `train` is asked: every layer, initialization, optimizer and option."""
    found: dict[str, dict[str, Any]] = {}
    for key in ACTIVATIONS:
        found[f"activation {key}"] = {"activation": key, "optimizers": "momentum"}
    for key in INITIALIZATIONS:
        found[f"init {key}"] = {"init": key, "optimizers": "adam"}
    for key, record in OPTIMIZERS.items():
        if not record.plane and (record.pytorch or record.pytorch_optimizer):
            found[f"optimizer {key}"] = {"optimizers": key}
    options: dict[str, dict[str, Any]] = {
        "l2": {"l2": 0.1},
        "decay": {"decay": 0.5},
        "dropout": {"dropout": 0.4},
        "batch norm": {"batch_norm": True},
        "batch norm and dropout": {"batch_norm": True, "dropout": 0.25},
        "clip": {"clip": 0.3},
        "all examples": {"batch_size": None},
        "one by one": {"batch_size": 1},
        "a rest": {"batch_size": 33},
        "cosine": {"schedule": "cosine"},
        "plateau": {"schedule": "plateau", "schedule_hypers": PLATEAU},
        "no hidden layer": {"layers": ()},
        "regression": {"dataset": "wave"},
        "seed": {"seeds": 7},
    }
    found |= {f"option {name}": {"optimizers": ("sgd", {"lr": 0.3}), **option} for name, option in options.items()}
    found["option wave, adam"] = {"dataset": "wave", "optimizers": "adam", "activation": "gelu"}
    return {name: SMALL | asked for name, asked in found.items()}


def epochs_of(asked: dict[str, Any]) -> int:
    """As many as make `STEPS` updates, or a few more."""
    kept = 80
    return math.ceil(STEPS / math.ceil(kept / (asked["batch_size"] or kept)))


def ours(asked: dict[str, Any]) -> Any:
    """The training as `train` does it, looked at after `STEPS` updates."""
    return train(**asked, epochs=epochs_of(asked), moments=[STEPS])


def theirs(asked: dict[str, Any]) -> dict[str, Any]:
    """The same by PyTorch."""
    torch = importlib.import_module("torch")
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    from core.nets import train as training

    done = ours(asked)
    network, data, seed = done.network, done.data, done.seeds[0]
    spelled = {"torch": torch, "pytorch_optimizer": importlib.import_module("pytorch_optimizer")}
    w = torch.tensor(network.initial(asked.get("init", "xavier"), seed))
    layers, weights, others = [], [], []
    for i, part in enumerate(network.parts):
        layer = torch.nn.Linear(*part.shape)
        layer.weight.data, layer.bias.data = w[part.W].reshape(part.shape).T.clone(), w[part.b].clone()
        weights.append(layer.weight)
        others.append(layer.bias)
        norm = torch.nn.BatchNorm1d(part.shape[1]) if part.gamma else None
        others += list(norm.parameters()) if norm else []
        bend = eval(ACTIVATIONS[network.activation].pytorch, spelled) if i < len(network.parts) - 1 else None
        layers.append((layer, norm, bend))
    modules = [module for group in layers for module in group if module is not None]
    lost = torch.nn.CrossEntropyLoss() if data.classes else torch.nn.MSELoss()
    origins = network.origins(seed)

    def through(x: Any, step: int | None) -> Any:
        for i, (layer, norm, bend) in enumerate(layers):
            x = layer(x)
            x = norm(x) if norm else x
            x = bend(x) if bend else x
            if bend and network.dropout and step is not None:
                counter = np.uint64(step) * np.uint64(2**32) + np.arange(x.numel(), dtype=np.uint64)
                mask = dropout.stays(origins[i], counter, network.dropout)
                x = x * torch.tensor(mask).reshape(x.shape) / (1 - network.dropout)
        return x

    def target(t: np.ndarray) -> Any:
        return torch.tensor(t[:, 0].astype(int)) if data.classes else torch.tensor(t)

    key, hypers = asked["optimizers"] if isinstance(asked["optimizers"], tuple) else (asked["optimizers"], {})
    record = OPTIMIZERS[key]
    values = record.defaults | hypers
    library = "pytorch" if record.pytorch else "pytorch_optimizer"
    spelling = record.asked(library, values).format(**values)
    decay = asked.get("decay", 0.0)
    groups = [weights, others]
    rules = [eval(spelling, {**spelled, "params": group}) for group in groups]
    plans = []
    if asked.get("schedule") == "cosine":
        plans = [torch.optim.lr_scheduler.CosineAnnealingLR(rule, T_max=len(done.batch_loss[0, 0])) for rule in rules]
    if asked.get("schedule") == "plateau":
        plans = [
            torch.optim.lr_scheduler.ReduceLROnPlateau(rule, factor=PLATEAU["reduction"], patience=PLATEAU["patience"])
            for rule in rules
        ]
    order = training._order(seed, len(data.x), epochs_of(asked), done.batch)
    losses: list[float] = []
    for epoch in order:
        for lo in range(0, len(epoch), done.batch):
            if len(losses) == STEPS:
                break
            rows = epoch[lo : lo + done.batch]
            loss = lost(through(torch.tensor(data.x[rows]), len(losses)), target(data.t[rows]))
            losses.append(loss.item())
            if asked.get("l2"):
                loss = loss + 0.5 * asked["l2"] * sum((weight**2).sum() for weight in weights)
            for rule in rules:
                rule.zero_grad()
            loss.backward()
            if asked.get("clip"):
                torch.nn.utils.clip_grad_norm_([*weights, *others], asked["clip"])
            if decay:
                for weight in weights:
                    weight.data *= 1 - rules[0].param_groups[0]["lr"] * decay
            for rule in rules:
                rule.step()
            if asked.get("schedule") == "cosine":
                for plan in plans:
                    plan.step()
        if asked.get("schedule") == "plateau":
            for module in modules:
                module.eval()
            with torch.no_grad():
                seen = lost(through(torch.tensor(data.vx), None), target(data.vt)).item()
            for module in modules:
                module.train()
            for plan in plans:
                plan.step(seen)
    last = []
    for layer, norm, _ in layers:
        last += [*layer.weight.detach().T.flatten().tolist(), *layer.bias.detach().tolist()]
        last += [*norm.weight.detach().tolist(), *norm.bias.detach().tolist()] if norm else []
    return {"asked": spelling, "loss": losses, "weights": last}


def refresh() -> None:
    """Train all of them again and keep it."""
    found = {name: theirs(asked) for name, asked in cases().items()}
    told = {"torch": version("torch"), "pytorch_optimizer": version("pytorch_optimizer"), "runs": found}
    FILE.write_text(json.dumps(told, separators=(",", ":"), allow_nan=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    refresh()
