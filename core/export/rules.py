"""Whether two update rules are the same rule: driven by the same gradients, they make the same steps.

A run on a surface cannot tell. On an axis half of the rule is never asked, and where a run magnifies rounding any two
rules come apart. So the surface is left out: gradients of every size and both signs are made up, zeros among them, and
what one update does has no part in the next gradient.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from core.spec import Optimizer

LANES = 48
SMALLEST, LARGEST = -14.0, 4.0  # powers of ten of the gradients: around every ε, and beyond every slope
ZERO = 0.1  # share of gradients that are exactly zero
BEYOND = 1e200  # a method that runs away does so in both
FALLING = np.linspace(1.0, 0.1, 50)  # learning rates
ROUNDING = 1e-9  # of the distance gone: rules no further apart are one rule


def same_rule(
    one: Optimizer, other: Optimizer, hypers: Mapping[str, float], others: Mapping[str, float], rates: np.ndarray
) -> bool:
    """Whether two rules with their hyperparameters move alike at learning rates (steps,), whatever the gradients.

    Of rules that look around on a surface only those are known to be the same that are one and the same formula.
    """
    if one.update is other.update and dict(hypers) == dict(others):
        return True
    if one.plane or other.plane:
        return False
    return _alike(
        _moved(one, tuple(hypers.items()), rates.tobytes()), _moved(other, tuple(others.items()), rates.tobytes())
    )


def sees_the_first_rate_only(rule: Optimizer, hypers: Mapping[str, float]) -> bool:
    """Whether of its learning rates only the first makes a difference: of any that fall, for a run of one update has none."""
    own, level = tuple(hypers.items()), np.full_like(FALLING, FALLING[0])
    return not rule.plane and _alike(_moved(rule, own, FALLING.tobytes()), _moved(rule, own, level.tobytes()))


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether paths (steps, lanes) differ by rounding only."""
    with np.errstate(all="ignore"):
        size = np.fmax.accumulate(np.fmax(np.abs(one), np.abs(other)))
        gap = np.where(one == other, 0.0, np.abs(one - other))
        lost = np.isnan(one) & np.isnan(other)
        return bool(np.all(lost | (gap <= ROUNDING * size) | (size > BEYOND)))


@lru_cache(maxsize=32)
def _moved(rule: Optimizer, hypers: tuple[tuple[str, float], ...], rates: bytes) -> np.ndarray:
    """(steps, lanes) where a rule takes points: half of them from zero, where a step of any size can be seen."""
    random = np.random.default_rng(0)
    lrs, values = np.frombuffer(rates), dict(hypers)
    start = random.uniform(0.5, 3.0, LANES) * random.choice((-1.0, 1.0), LANES)
    x = np.where(np.arange(LANES) % 2, start, 0.0)
    state = [np.full(LANES, float(rule.initial.get(name, 0.0))) for name in rule.state]
    # In every lane gradients of about one size for a while, so that what is remembered is of that size too.
    sizes = random.uniform(SMALLEST, LARGEST, LANES)
    found = np.empty((len(lrs), LANES))
    with np.errstate(all="ignore"):
        for t, lr in enumerate(lrs):
            g = 10.0 ** (sizes + random.normal(0.0, 0.5, LANES)) * random.choice((-1.0, 1.0, 1.0), LANES)
            g *= random.random(LANES) >= ZERO
            x, *state = rule.update(x, g, float(t + 1), *state, **{**values, "lr": lr})
            found[t] = x
    return found
