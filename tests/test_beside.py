"""Points beside a path: averages in closed form and beside PyTorch's, and the points that methods keep for themselves."""

from __future__ import annotations

import numpy as np
import pytest

from core import OPTIMIZERS, Runner, Scene
from core.beside import averaged, beside
from core.scene.limits import AVERAGES, BESIDE, DECAY

KEEPING = [key for key, record in OPTIMIZERS.items() if record.companions]


def scene(optimizer: str, kind: str, **more: object) -> tuple[Scene, Runner]:
    runner = Runner(optimizer, {"lr": 0.05})
    return Scene("bowl", steps=80, runners=(runner,), noise=0.3, dotted=kind, **more), runner


def test_the_mean_is_the_mean() -> None:
    x = np.random.default_rng(0).normal(size=(50, 2))
    means = averaged("mean", x)
    assert (means[0] == x[0]).all()
    for t in (1, 2, 17, 49):
        np.testing.assert_allclose(means[t], x[1 : t + 1].mean(axis=0), rtol=1e-12)


def test_the_moving_average_forgets() -> None:
    x = np.random.default_rng(1).normal(size=(40, 2))
    means = averaged("ema", x)
    weights = DECAY ** np.arange(38, -1, -1.0) * (1 - DECAY)
    weights[0] = DECAY**38  # it begins at the first point, at full weight
    np.testing.assert_allclose(means[39], (weights[:, None] * x[1:]).sum(axis=0), rtol=1e-12)


@pytest.mark.parametrize("kind", AVERAGES)
def test_pytorch_averages_the_same(kind: str) -> None:
    torch = pytest.importorskip("torch")
    from torch.optim.swa_utils import AveragedModel, get_ema_avg_fn

    own, runner = scene("sgd", kind)
    x = own.run(runner).x
    model = torch.nn.Linear(2, 1, bias=False, dtype=torch.float64)
    other = AveragedModel(model, avg_fn=get_ema_avg_fn(DECAY) if kind == "ema" else None)
    found = beside(own, runner)[kind]
    for t in range(1, len(x)):
        with torch.no_grad():
            model.weight.copy_(torch.from_numpy(x[t])[None])
        other.update_parameters(model)
        np.testing.assert_allclose(found[t], other.module.weight.detach().numpy()[0], rtol=1e-9)


@pytest.mark.parametrize("optimizer", KEEPING)
def test_a_companion_begins_at_the_start_and_rests_with_its_runner(optimizer: str) -> None:
    own, runner = scene(optimizer, "own", stops={"evaluation_budget": 30.0})
    found = beside(own, runner)
    assert set(found) == {companion.key for companion in OPTIMIZERS[optimizer].companions}
    for place in found.values():
        assert place.shape == (81, 2)
        assert (place[0] == own.start).all()
        assert (place[30:] == place[30]).all()


def test_nothing_is_drawn_unless_it_was_asked_for() -> None:
    assert beside(*scene("sgd", "")) == {}
    assert beside(*scene("sgd", "own")) == {}
    assert set(BESIDE) == {"own", *AVERAGES}
    mended, faults = Scene.from_query("dotted=median")
    assert mended.dotted == ""
    assert str(faults[0]).startswith("dotted: got 'median', expected own, mean or ema")
