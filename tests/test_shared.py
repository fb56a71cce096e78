"""Division without the divider: the bits of a division, in the formulas where it pays and in no others."""

from __future__ import annotations

import dis
import importlib
import inspect
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core import OPTIMIZERS, descend
from core.engine import kernels
from core.engine.blocks import nb  # whose cache folder is settled first
from core.engine.shared import CALLED, parted, quotient

COUNT = 200_000
NORMAL = 2.0**-969


@nb.njit(error_model="numpy")
def divided(a, b):
    found = np.empty_like(a)
    for i in range(a.size):
        found[i] = quotient(a[i], b[i])
    return found


def same(a, b):
    """Equal to the last bit, signs of zeros among them."""
    with np.errstate(all="ignore"):
        theirs, ours = a / b, divided(a, b)
    return (theirs.view(np.uint64) == ours.view(np.uint64)) | (np.isnan(theirs) & np.isnan(ours))


def any_size(rng, most):
    return rng.standard_normal(COUNT) * 10.0 ** rng.integers(-most, most, COUNT)


DIVISORS = {
    "bias correction": lambda rng: (
        1 - rng.choice([0.5, 0.9, 0.99, 0.999, 0.9999], COUNT) ** rng.integers(1, 5000, COUNT)
    ),
    "just below one": lambda rng: 1 - rng.integers(0, 8, COUNT) * 2.0**-53,
    "just above one": lambda rng: 1 + rng.integers(0, 8, COUNT) * 2.0**-52,
    "any": lambda rng: any_size(rng, 40),
}


@pytest.mark.parametrize("divisor", DIVISORS)
def test_it_is_a_division(divisor):
    rng = np.random.default_rng(0)
    a, b = any_size(rng, 250), DIVISORS[divisor](rng)
    assert np.all(same(a, b) | (np.abs(a) < NORMAL))


def closest(divisor, edges):
    """Numerators whose quotients lie as near as can be to the middle between two floats, `edges` of them."""
    turns = pow(divisor, -1, 2**54)
    middles = ((rest, rest * turns % 2**54) for rest in range(-edges, edges, 2))
    found = [(middle * divisor - rest) >> 54 for rest, middle in middles]
    return np.array([float(a) for a in found if 0 < a < 2**53])


def test_of_the_hardest_numerators_two_at_most_are_off_and_by_one_unit():
    rng = np.random.default_rng(0)
    for divisor in rng.integers(2**52, 2**53, 200) | 1:
        hard = closest(int(divisor), 99)
        off = hard[~same(hard, np.full_like(hard, divisor))]
        assert off.size <= 2
        assert np.all(np.abs(divided(off, np.full_like(off, divisor)) - off / divisor) <= np.spacing(off / divisor))


def test_what_is_not_a_number_any_more():
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -3.0, 1.7e308, -1.7e308, 1e-280, 5e-324])
    a, b = (values.ravel() for values in np.meshgrid(special, [0.0, -0.0, np.inf, np.nan, 1.0, 0.1, -0.3, 1e10, 1e-10]))
    assert np.all(same(a, b) | ((np.abs(a) < NORMAL) & (a != 0)))


def calls(formula):
    return sum(step.argval == CALLED for step in dis.get_instructions(formula))


def spared(formula, shared):
    return parted(formula, frozenset(shared)).update


def test_adam_is_spared_where_its_decay_is_shared():
    adam = OPTIMIZERS["adam"].update
    assert calls(spared(adam, {"t", "lr", "beta1", "beta2", "eps"})) == 2
    assert calls(spared(adam, {"t", "lr", "beta2", "eps"})) == 1
    assert spared(adam, {"lr", "eps"}) is adam, "where the step differs, so does the divisor"
    assert spared(adam, set()) is adam


def shared_by_name(x, t, k):
    c = 1 - k**t
    return x / c


def turns_out_to_differ(x, t, k):
    c = 1 - k**t
    c = c + x
    return x / c


def differs_by_branch(x, t, k):
    c = k
    if x > 0:
        c = 1 - k
    return x / c


def given_on_the_way(x, t, k):
    c = (d := x + k) + 1
    return c / (d - c)


def with_a_choice(x, t, pick=max):
    return pick(x, 0) / (1 - 0.5**t)


def nothing_to_spare(x, t, k):
    return k / t + x / 2 + k / x


@pytest.mark.parametrize(
    ("formula", "changed"),
    [
        (shared_by_name, True),
        (turns_out_to_differ, False),
        (differs_by_branch, False),
        (given_on_the_way, False),
        (nothing_to_spare, False),
    ],
    ids=lambda case: getattr(case, "__name__", ""),
)
def test_only_what_is_the_same_for_all_lanes(formula, changed):
    assert calls(spared(formula, {"t", "k"})) == changed


def test_a_file_that_was_edited_since_is_not_what_runs(tmp_path, monkeypatch):
    file = tmp_path / "edited.py"
    file.write_text("def update(x, t):\n    return x / (1 - 0.5**t)\n")
    monkeypatch.syspath_prepend(tmp_path)
    update = importlib.import_module("edited").update
    assert calls(spared(update, {"t"})) == 1
    file.write_text("def update(x, t):\n    return x / (2 + 0.5**t) + x\n")
    parted.cache_clear()
    assert spared(update, {"t"}) is update


def two_powers(x, t, lr, k, m):
    m = m + 1
    return x * k**t - k**t / m**t + (0.5 * k) ** (t + 1), lr**t, x**t


def test_powers_of_what_is_shared_leave_the_formula():
    update, powers, number = parted(two_powers, frozenset({"t", "lr", "k", "m"}))
    given = (1.5, 3.0, 0.1, 0.9, 0.7)
    assert number == 2, "lr is changed by schedules, m by the formula, and x differs by lane"
    assert powers(*given) == (0.9**3, 0.45**4)
    assert update(*given, *powers(*given)) == two_powers(*given)
    assert parted(two_powers, frozenset({"k", "m"})).powers is None, "where the step differs, so does every power"


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_an_update_in_parts_is_the_update(key):
    optimizer = OPTIMIZERS[key]
    if optimizer.plane:
        pytest.skip("its update is not taken apart")
    names = [hyper.name for hyper in optimizer.hypers]
    update, powers, number = parted(optimizer.update, frozenset(["t", *names]))
    given = (0.3, -0.7, 5.0, *(0.2 for _ in optimizer.state), *optimizer.defaults.values())
    known = powers(*given) if powers else ()
    assert len(known) == number
    ours, theirs = compiled(update)(*given, *known), optimizer.update(*given)
    assert ours == pytest.approx(theirs, rel=1e-15)


def compiled(formula):
    """A formula that calls `quotient` runs compiled only."""
    jitted = nb.njit(error_model="numpy")(formula)
    return lambda *given: jitted(*given)


def test_powers_are_kept_from_run_to_run_for_the_same_numbers_only():
    alone = {beta: descend("bowl", "adam", start=(1.0, 2.0), steps=40, hypers={"beta1": beta}).x for beta in (0.9, 0.5)}
    again = {beta: descend("bowl", "adam", start=(1.0, 2.0), steps=40, hypers={"beta1": beta}).x for beta in (0.5, 0.9)}
    longer = descend("bowl", "adam", start=(1.0, 2.0), steps=60, hypers={"beta1": 0.9}).x
    both = descend("bowl", "adam", start=(1.0, 2.0), steps=40, hypers={"beta1": [0.9, 0.5]}).x
    assert np.array_equal(alone[0.9], again[0.9])
    assert np.array_equal(alone[0.5], again[0.5])
    assert np.array_equal(alone[0.9], longer[:41])
    assert not np.array_equal(alone[0.9], alone[0.5])
    assert np.allclose(both, [alone[0.9], alone[0.5]], rtol=1e-12)


def test_threads_that_write_powers_down_at_once_read_no_gaps():
    def run(beta):
        return descend("bowl", "adan", start=(1.0, 2.0), steps=2000, hypers={"beta1": beta}, keep="end").x

    with ThreadPoolExecutor(8) as pool:
        for beta in np.linspace(0.5, 0.9, 60):
            kernels.powers.cache_clear()
            ends = list(pool.map(run, [float(beta)] * 8))
            assert all(np.array_equal(end, ends[0]) for end in ends)
            assert np.isfinite(ends[0]).all()


def test_the_signature_stays_with_its_defaults():
    copy = spared(with_a_choice, {"t", "pick"})
    assert calls(copy) == 1
    assert inspect.signature(copy) == inspect.signature(with_a_choice)


def test_without_a_source_it_stays():
    space = {}
    exec("def update(x, t):\n    return x / t", space)
    assert spared(space["update"], {"t"}) is space["update"]
