"""The account that the run loop keeps of each lane, against the same account drawn up from the whole path."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core import OPTIMIZERS, SURFACES, descend
from core.engine.blocks import B
from core.engine.descend import DEFAULT_TOLERANCE

STEPS, LANES = 120, 300


def trailing(holds):
    """(lanes, columns) of booleans -> the column since which each lane's holds to the end, else -1."""
    length = np.cumprod(holds[:, ::-1], axis=1).sum(axis=1)
    return np.where(length > 0, holds.shape[1] - length, -1)


def account(surface, x, reach):
    """(outcome escaped or arrived, when, minimum) of every lane of paths x (lanes, steps+1, 2)."""
    (x0, x1), (y0, y1) = surface.bounds
    low, high = np.minimum((x0, y0), x[:, 0]), np.maximum((x1, y1), x[:, 0])
    with np.errstate(all="ignore"):
        outside = ~((x >= low[:, None]) & (x <= high[:, None])).all(axis=-1)
        distant = np.full(x.shape[:2], np.inf)  # of no minimum
        squares = np.stack([((x - m) ** 2).sum(axis=-1) for m in surface.minima] or [distant], axis=-1)
    within = squares <= reach * reach
    at = np.where(within.any(axis=-1), within.argmax(axis=-1), -1)
    left, here = trailing(outside), trailing((at == at[:, -1:]) & (at >= 0))
    return left, np.where(left >= 0, left, here), np.where(left >= 0, -1, at[:, -1])


def crowded(surface, reach):
    """Minima so close that a point may be within reach of two or three, of which the first declared counts."""
    return replace(surface, minima=((3.0, 2.0), (3.0 + reach, 2.0), (3.0, 2.0 + 0.4 * reach), (-2.8, 3.1)))


@pytest.mark.parametrize("key", ["rastrigin", "himmelblau", "beale", "ackley", "saddle"])
@pytest.mark.parametrize("optimizer", ["adam", "momentum"])
@pytest.mark.parametrize("share", [DEFAULT_TOLERANCE, 0.08])
def test_verdicts_are_those_of_the_path(key, optimizer, share, monkeypatch):
    surface = SURFACES[key]
    reach = share * surface.size
    monkeypatch.setattr("core.engine.descend.DEFAULT_TOLERANCE", share)
    if key == "himmelblau":
        surface = crowded(surface, reach)
    (x0, x1), (y0, y1) = surface.bounds
    starts = np.random.default_rng(1).uniform((x0, y0), (x1, y1), (LANES, 2)) * np.linspace(0.2, 1.2, LANES)[:, None]
    rates = np.geomspace(0.02, 20, LANES) * surface.rate_for(OPTIMIZERS[optimizer])
    run = descend(surface, optimizer, start=starts, steps=STEPS, hypers={"lr": rates}, noise=0.01)
    left, when, minimum = account(surface, run.x, reach)
    assert ((run.outcome == "escaped") == (left >= 0)).all()
    assert run.when.tolist() == when.tolist()
    assert run.minimum.tolist() == minimum.tolist()
    assert len(set(run.when.tolist())) > 5


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_a_block_at_rest_skips_to_its_end_unnoticed(noise):
    starts = np.random.default_rng(2).uniform(-0.4, 0.4, (200, 2))
    for schedule in ("constant", "cosine", "plateau"):
        arguments = {"start": starts, "steps": 300, "hypers": {"lr": 0.2}, "tolerance": 0.3, "schedule": schedule}
        path, end = (descend("bowl", "momentum", **arguments, noise=noise, keep=keep) for keep in ("path", "end"))
        assert (path.x[:, 250] == path.x[:, -1]).all(), "all must rest before the end"
        for name in ("x", "loss", "lr", "gradient"):
            np.testing.assert_array_equal(getattr(path, name)[:, -1], getattr(end, name)[:, -1])
        for name in ("outcome", "when", "minimum"):
            np.testing.assert_array_equal(getattr(path, name), getattr(end, name))


@pytest.mark.parametrize("lanes", [2 * B, 3 * B + 5, B - 1])
def test_hyperparameters_that_are_the_same_within_a_block(lanes):
    """They are worked out once a block; a lane must not notice."""
    blocks, within = np.arange(lanes) // B, np.linspace(0.01, 0.2, lanes)
    for beta1 in (0.5 + 0.1 * blocks, np.where(np.arange(lanes) == lanes - 2, 0.3, 0.8), np.full(lanes, 0.7)):
        arguments = {"start": (-1.0, 1.5), "steps": 30}
        crowd = descend("beale", "adam", **arguments, hypers={"lr": within, "beta1": beta1})
        for i in (0, B - 2, lanes - 2, lanes - 1):
            alone = descend("beale", "adam", **arguments, hypers={"lr": within[i], "beta1": beta1[i]})
            np.testing.assert_array_equal(crowd.x[i], alone.x)
