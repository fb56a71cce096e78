"""Every schedule is finite and never negative wherever it is asked; then warm-up; then the numbers of the sources."""

import itertools
import math
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from core.engine.descend import descend
from core.modifiers import MODIFIERS
from core.optimizers import OPTIMIZERS
from core.scene import Plan
from core.schedules import SCHEDULES
from core.schedules._warmup import climb, factors, from_zero
from core.schedules.piecewise import with_drops
from core.spec import Schedule, once, telling
from core.surfaces import SURFACES

EVERY = [pytest.param(schedule, id=schedule.key) for schedule in SCHEDULES.values()]
BY_CLOCK = [pytest.param(schedule, id=schedule.key) for schedule in SCHEDULES.values() if not schedule.watches_loss]
LENGTHS = (1, 2, 3, 10, 200)
PLAIN = next(o for o in OPTIMIZERS.values() if not o.state and not o.plane)
GROUND = next(s for s in SURFACES.values() if s.quadratic)


def extremes(schedule: Schedule) -> list[dict[str, float]]:
    """Every combination of lowest, default and highest hyperparameters; of many, each against all the others.

    Of those that may come in any number all are moved together, and the first alone.
    """
    ends = ("low", "default", "high")
    values = [tuple(getattr(h, end) for end in ends) for h in schedule.hypers]
    if len(values) <= 4:
        return [dict(zip(schedule.defaults, choice, strict=True)) for choice in itertools.product(*values)]
    return [
        {other.name: getattr(other, end if other is h else rest) for other in schedule.hypers}
        for h, end, rest in itertools.product(once(schedule.hypers), ends, ends)
    ]


def over(schedule: Schedule, losses: np.ndarray, T: int, **hypers: float) -> np.ndarray:
    """Factors of a schedule that watches the loss, one a loss."""
    state = [schedule.initial.get(name, 0.0) for name in schedule.state]
    found = []
    for t, loss in enumerate(losses):
        now, *state = schedule.factor(float(t), float(T), loss, *state, *(schedule.defaults | hypers).values())
        found.append(now)
    return np.array(found)


def asked(schedule: Schedule, T: int, **hypers: float) -> np.ndarray:
    """Factors from the first update to three times the length of the run."""
    t = np.arange(3.0 * T + 1)
    if not schedule.watches_loss:
        return schedule.factor(t, T, *hypers.values())
    losses = np.concatenate([1 - t, np.cos(t), np.full(len(t), -2.0), np.full(3, np.nan), np.full(3, np.inf)])
    return over(schedule, losses, T, **hypers)


# --- every schedule ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("schedule", EVERY)
@pytest.mark.parametrize("T", LENGTHS)
def test_finite_and_never_negative(schedule: Schedule, T: int) -> None:
    for hypers in extremes(schedule):
        factor = asked(schedule, T, **hypers)
        assert np.isfinite(factor).all(), hypers
        assert (factor >= 0).all(), hypers
        assert factor.max() <= 1 + 1e-15, f"{hypers}: lr is the highest rate of every schedule"


@pytest.mark.parametrize("schedule", BY_CLOCK)
@pytest.mark.parametrize("T", LENGTHS)
def test_a_number_and_an_array_agree(schedule: Schedule, T: int) -> None:
    t = np.arange(3 * T + 1)
    for hypers in extremes(schedule):
        array = schedule.factor(t.astype(float), T, *hypers.values())
        assert array.shape == t.shape
        for kind in (int, float, np.float64):
            one_by_one = np.array([float(schedule.factor(kind(i), T, *hypers.values())) for i in t])
            # NumPy's power and cosine of an array may differ from those of a number in the last bit.
            assert np.allclose(one_by_one, array, rtol=1e-14, atol=1e-16), (kind, hypers)


@pytest.mark.parametrize("schedule", BY_CLOCK)
def test_hyperparameters_may_be_columns(schedule: Schedule) -> None:
    t, T = np.arange(40.0), 40
    rows = extremes(schedule)
    columns = {name: np.array([[row[name]] for row in rows]) for name in schedule.defaults}
    together = np.broadcast_to(schedule.factor(t, T, *columns.values()), (len(rows), len(t)))
    for row, hypers in zip(together, rows, strict=True):
        assert np.allclose(row, schedule.factor(t, T, *hypers.values()), rtol=1e-14, atol=1e-16), hypers


@pytest.mark.parametrize("schedule", EVERY)
def test_a_whole_number_stays_whole(schedule: Schedule) -> None:
    for h in schedule.hypers:
        assert not h.integer or all(float(v).is_integer() for v in (h.low, h.default, h.high)), h.name


@pytest.mark.parametrize("schedule", EVERY)
@pytest.mark.parametrize("warmup", [0, 10])
def test_the_rates_of_a_run_are_lr_times_the_factor(schedule: Schedule, warmup: int) -> None:
    lr, steps = 0.02, 60
    run = descend(GROUND, PLAIN, start=GROUND.start, steps=steps, hypers={"lr": lr}, schedule=schedule,
                  schedule_hypers={"warmup_steps": warmup})  # fmt: skip
    expected = factors(schedule, steps, {**schedule.defaults, "warmup_steps": warmup})
    if schedule.watches_loss:
        expected = expected * over(schedule, run.loss[:-1], steps, **schedule.defaults)
    assert np.allclose(run.lr, lr * expected, rtol=1e-15, atol=0)
    assert np.allclose(run.x[1:], run.x[:-1] - run.lr[:, None] * run.gradient, rtol=1e-15, atol=1e-15)


# --- warm-up -----------------------------------------------------------------------------------------------------


def test_the_climb_starts_above_zero_and_ends_at_one() -> None:
    assert climb(np.arange(6), 4).tolist() == [0.2, 0.4, 0.6, 0.8, 1.0, 1.0]
    assert climb(np.arange(3), 0).tolist() == [1.0, 1.0, 1.0]


def test_a_climb_from_a_share_is_pytorchs_linear_lr() -> None:
    """start_factor + (1 - start_factor) · min(t, total_iters) / total_iters; and so do Keras and optax, where told."""
    t = np.arange(9)
    for start, w in ((0.25, 4), (1.0, 3), (0.1, 1), (0.5, 0)):
        expected = start + (1 - start) * np.minimum(t, w) / w if w else np.ones(9)
        for up in (climb, from_zero):
            assert np.allclose(up(t, w, start), expected, rtol=1e-15), (start, w)


@pytest.mark.parametrize("schedule", BY_CLOCK)
@pytest.mark.parametrize("w", [1, 10, 59, 60, 200])
def test_warm_up_climbs_to_the_first_rate_and_then_the_schedule_has_the_rest(schedule: Schedule, w: int) -> None:
    steps = 60
    warmed = factors(schedule, steps, {**schedule.defaults, "warmup_steps": w})
    length = max(steps - w, 1)
    wrapped = schedule.factor(np.maximum(np.arange(float(steps)) - w, 0), length, *schedule.defaults.values())
    first = float(schedule.factor(0.0, length, *schedule.defaults.values()))
    rising = warmed[: w + 1]
    assert (warmed <= wrapped).all()
    assert (np.diff(rising) > 0).all()
    assert np.allclose(rising, first * np.arange(1, len(rising) + 1) / (w + 1), rtol=1e-14)
    assert np.array_equal(warmed[w:], wrapped[w:])


@pytest.mark.parametrize("schedule", EVERY)
def test_no_warm_up_is_the_schedule_itself(schedule: Schedule) -> None:
    ramp = factors(schedule, 60, {**schedule.defaults, "warmup_steps": 0})
    alone = 1.0 if schedule.watches_loss else schedule.factor(np.arange(60.0), 60, *schedule.defaults.values())
    assert np.array_equal(ramp, np.broadcast_to(alone, 60))


@pytest.mark.parametrize("schedule", EVERY)
def test_warm_up_with_every_schedule_in_a_run(schedule: Schedule) -> None:
    run = descend(GROUND, PLAIN, start=GROUND.start, steps=40, hypers={"lr": 0.01}, schedule=schedule,
                  schedule_hypers={"warmup_steps": 10})  # fmt: skip
    assert (np.diff(run.lr[:11]) > 0).all()
    assert run.lr.max() <= 0.01
    assert np.isfinite(run.x).all()


@pytest.mark.parametrize("schedule", EVERY)
def test_lanes_with_different_warm_ups(schedule: Schedule) -> None:
    several = [0, 3, 10]
    how = {"start": GROUND.start, "steps": 30, "hypers": {"lr": 0.01}, "schedule": schedule}
    lanes = descend(GROUND, PLAIN, schedule_hypers={"warmup_steps": several}, **how)
    for i, w in enumerate(several):
        assert np.array_equal(lanes.lr[i], descend(GROUND, PLAIN, schedule_hypers={"warmup_steps": w}, **how).lr)


# --- the numbers of the sources ----------------------------------------------------------------------------------


def at(key: str, t: object, T: int = 100, **hypers: float) -> np.ndarray:
    schedule = SCHEDULES[key]
    return schedule.factor(np.asarray(t, dtype=float), T, *(schedule.defaults | hypers).values())


def test_power_falls_as_in_geron() -> None:
    rates = 0.01 * at("power", [0, 1e4, 2e4, 3e4], s=1e4, c=1)
    assert np.allclose(rates, [0.01, 0.005, 0.01 / 3, 0.0025], rtol=1e-15)
    assert np.allclose(at("power", [3.0], s=1, c=2), 1 / 16)


def test_exponential_falls_as_in_geron() -> None:
    rates = 0.01 * at("exponential", [0, 10, 20, 40], gamma=0.1, s=20)
    assert np.allclose(rates, [0.01, 0.01 / math.sqrt(10), 1e-3, 1e-4], rtol=1e-14)


def test_piecewise_drops_at_its_steps_in_either_order() -> None:
    assert at("piecewise", [0, 4, 5, 14, 15], first=5, second=15, gamma=0.5).tolist() == [1, 1, 0.5, 0.5, 0.25]
    assert at("piecewise", [4, 5, 14, 15], first=15, second=5, gamma=0.5).tolist() == [1, 0.5, 0.5, 0.25]
    assert at("piecewise", [4, 5, 6], first=5, second=5, gamma=0.5).tolist() == [1, 0.25, 0.25]


def test_cosine_is_halfway_in_the_middle_and_stays_down() -> None:
    assert np.allclose(at("cosine", [0, 50, 100, 150, 300], floor=0.1), [1, 0.55, 0.1, 0.1, 0.1], rtol=1e-15)
    assert np.allclose(at("cosine", np.arange(101.0)), np.cos(np.pi * np.arange(101) / 200) ** 2, atol=1e-15)


@pytest.mark.parametrize(("T", "peak"), [(100, 0.3), (10, 0.5), (1000, 0.05), (40, 0.95)])
def test_onecycle_peaks_one_step_before_its_share_and_ends_far_below_its_start(T: int, peak: float) -> None:
    factor = at("onecycle", np.arange(2 * T), T, peak=peak, div=25, final_div=1e4)
    top = round(peak * T) - 1
    assert factor[0] == pytest.approx(1 / 25, rel=1e-14)
    assert int(factor.argmax()) == top
    assert factor[top] == pytest.approx(1, rel=1e-14)
    assert factor[T - 1 :] == pytest.approx(1 / 25 / 1e4, rel=1e-9)
    assert (np.diff(factor[: top + 1]) > 0).all()
    assert (np.diff(factor[top:T]) < 0).all()


# What PyTorch 2.13's OneCycleLR does in runs in which its summit lies before the first update, or on it.
VERY_SHORT = {
    (1, 0.3): [4e-06],
    (2, 0.3): [0.811745653949763, 4e-06],
    (3, 0.3): [0.9944154354509117, 0.46263710266697505, 4e-06],
    (3, 0.5): [0.04, 0.750001, 4e-06],
    (4, 0.3): [0.04, 0.811745653949763, 0.28306099820869923, 4e-06],
    (4, 0.5): [0.04, 1.0, 0.500002, 4e-06],
    (5, 0.3): [0.04, 0.9504846320134737, 0.6112620219362893, 0.18825834605023697, 4e-06],
}


@pytest.mark.parametrize(("T", "peak"), VERY_SHORT)
def test_onecycle_of_a_few_updates_is_pytorchs(T: int, peak: float) -> None:
    factor = at("onecycle", np.arange(T + 2), T, peak=peak, div=25, final_div=1e4)
    assert np.allclose(factor[:T], VERY_SHORT[T, peak], rtol=1e-14, atol=0)
    assert (factor[T:] == factor[T - 1]).all()


def test_onecycle_that_begins_at_its_summit() -> None:
    assert at("onecycle", np.arange(4), 4, peak=0.25)[0] == 1  # where PyTorch divides nothing by nothing


@pytest.mark.parametrize("patience", [0, 1, 5])
def test_plateau_cuts_after_more_than_patience_bad_steps(patience: int) -> None:
    plateau = SCHEDULES["plateau"]
    losses = np.full(3 * (patience + 1) + 2, 7.0)
    factor = over(plateau, losses, 100, reduction=0.5, patience=patience)
    # The first loss is the best so far; the step after the one that ran out of patience is the first to be cut.
    cuts = np.flatnonzero(np.diff(factor)) + 1
    assert cuts.tolist() == [2 + patience + k * (patience + 1) for k in range(3)]
    assert np.allclose(factor[cuts], [0.5, 0.25, 0.125])


@pytest.mark.parametrize("offset", [1000.0, 0.0, -1000.0])
def test_plateau_tells_better_from_equal_on_either_side_of_zero(offset: float) -> None:
    plateau = SCHEDULES["plateau"]
    steps = np.arange(40.0)
    falling = over(plateau, offset - 10 * steps, 40, reduction=0.5, patience=2)
    level = over(plateau, np.full(40, offset), 40, reduction=0.5, patience=2)
    rising = over(plateau, offset + 10 * steps, 40, reduction=0.5, patience=2)
    assert (falling == 1).all()
    assert level[-1] < 1e-3
    assert np.array_equal(rising, level)


def test_plateau_does_not_count_a_hair_as_better() -> None:
    plateau = SCHEDULES["plateau"]
    creeping = 1 - 1e-6 * np.arange(20)
    assert over(plateau, creeping, 20, reduction=0.5, patience=3)[-1] < 1
    striding = 0.999 ** np.arange(20)
    assert (over(plateau, striding, 20, reduction=0.5, patience=3) == 1).all()


def test_plateau_rests_after_a_cut_and_stops_at_its_floor() -> None:
    plateau = SCHEDULES["plateau"]
    factor = over(plateau, np.full(40, 7.0), 40, reduction=0.5, patience=2, cooldown=4, floor=0.2)
    # The first loss is the best; three more run out of patience; then four rest and three run out of it again.
    assert (np.flatnonzero(np.diff(factor)) + 1).tolist() == [4, 11, 18]
    assert factor[[4, 11, 18, 39]].tolist() == [0.5, 0.25, 0.2, 0.2]


@pytest.mark.parametrize(("absolute", "cuts"), [(0, 0), (1, 1)])
def test_plateau_asks_for_a_share_or_for_an_amount(absolute: int, cuts: int) -> None:
    small = 1e-3 * 0.9 ** np.arange(9)  # a tenth better every time, and never by a hundredth
    factor = over(SCHEDULES["plateau"], small, 9, reduction=0.5, patience=5, threshold=0.01, absolute=absolute)
    assert factor[-1] == 0.5**cuts


def test_constant_is_one() -> None:
    assert at("constant", np.arange(300)).tolist() == [1.0] * 300


def test_step_drops_at_every_multiple() -> None:
    assert at("step", [0, 9, 10, 19, 20, 30], gamma=0.5, s=10).tolist() == [1, 1, 0.5, 0.5, 0.25, 0.125]


def test_linear_goes_straight_and_stays() -> None:
    assert np.allclose(at("linear", [0, 25, 100, 300], start=1, end=0.2), [1, 0.8, 0.2, 0.2], rtol=1e-15)
    assert np.allclose(at("linear", [0, 50, 100, 300], start=0.1, end=0.5), [0.1, 0.3, 0.5, 0.5], rtol=1e-15)


def test_polynomial_is_linear_at_one_and_lands_softly_above() -> None:
    t = np.arange(201)
    assert np.allclose(at("polynomial", t, c=1, floor=0.25), at("linear", t, start=1, end=0.25), rtol=1e-15)
    assert np.allclose(at("polynomial", [0, 50, 100, 150], c=2, floor=0), [1, 0.25, 0, 0], atol=1e-15)


def test_inverse_time_is_power_of_one() -> None:
    assert np.allclose(at("inverse_time", [0, 100, 200], rate=4, s=100), [1, 1 / 5, 1 / 9], rtol=1e-15)
    t = np.arange(500)
    assert np.allclose(at("inverse_time", t, rate=4, s=100), at("power", t, s=25, c=1), rtol=1e-14)


@pytest.mark.parametrize("mult", [1, 2, 3, 5])
@pytest.mark.parametrize("cycle", [5, 7, 30, 100, 333])
def test_restarts_come_on_time_however_late(cycle: int, mult: int) -> None:
    """Counted here, computed with a logarithm there, which rounding must not put a step late."""
    begun, length, steps = 0, cycle, 15_000
    expected = np.empty(steps)
    for t in range(steps):
        if t == begun + length:
            begun, length = t, length * mult
        expected[t] = 0.1 + 0.9 * (1 + math.cos(math.pi * (t - begun) / length)) / 2
    assert np.allclose(at("cosine_restarts", np.arange(steps), cycle=cycle, mult=mult, floor=0.1), expected, atol=1e-11)


@pytest.mark.parametrize(("cycle", "mult"), [(10, 1.5), (5, 1.2), (8, 2.75), (1, 1.3), (4, 1.0)])
def test_restarts_of_fractional_cycles_each_to_a_lower_summit(cycle: int, mult: float) -> None:
    begun, length, n, expected = 0.0, float(cycle), 0, []
    for t in range(300):
        while t >= (begun + length) * (1 - 1e-12):
            begun, length, n = begun + length, length * mult, n + 1
        expected.append(0.1 + 0.9 * 0.8**n * (1 + math.cos(math.pi * max(t - begun, 0) / length)) / 2)
    found = at("cosine_restarts", np.arange(300), cycle=cycle, mult=mult, floor=0.1, peak=0.8)
    assert np.allclose(found, expected, atol=1e-11)


def test_a_sixth_more_steps_do_not_delay_a_restart() -> None:
    """5 steps and 5 · 1.2 = 6 more: the third cycle begins at step 11 itself, however 1.2² is rounded."""
    assert at("cosine_restarts", [0, 5, 11], cycle=5, mult=1.2).tolist() == [1, 1, 1]


def test_drops_of_many_steps_have_their_own_factors() -> None:
    own = {"first": 2, "second": 4, "gamma": 0.5, "gamma_2": 0.1, "third": 6, "gamma_3": 0.3}
    assert np.allclose(at("piecewise", [1, 2, 4, 6, 9], **own), [1, 0.5, 0.05, 0.015, 0.015], rtol=1e-15)
    more = {"fourth": 1, "gamma_4": 0.2, "fifth": 9, "gamma_5": 0.9}
    assert np.allclose(at("piecewise", [0, 1, 9], **own, **more), [1, 0.2, 0.015 * 0.2 * 0.9], rtol=1e-15)


STEPS = {h.name: f"gamma{f'_{i}' * (i > 1)}" for i, h in enumerate(
    [h for h in SCHEDULES["piecewise"].hypers if h.integer], 1
)}  # fmt: skip


def test_twenty_drops_at_steps_in_any_order_by_factors_of_their_own() -> None:
    random = np.random.default_rng(4)
    steps, by = random.permutation(np.arange(3, 99, 5)), random.uniform(0.3, 1.0, 20)
    assert len(STEPS) == len(steps) == 20
    own = dict(zip(STEPS, map(float, steps), strict=True)) | dict(zip(STEPS.values(), map(float, by), strict=True))
    t = np.arange(120)
    expected = [np.prod(by[steps <= now]) for now in t]
    assert np.allclose(at("piecewise", t, **own), expected, rtol=1e-14)
    run = descend(GROUND, PLAIN, start=GROUND.start, steps=120, hypers={"lr": 0.5}, schedule="piecewise", schedule_hypers=own)  # fmt: skip
    assert np.allclose(run.lr, 0.5 * np.array(expected), rtol=1e-14)
    spoken = SCHEDULES["piecewise"].spoken("keras")
    later = spoken.factor(t + 1.0, 100, *(spoken.defaults | own).values())
    assert np.array_equal(later, at("piecewise", t, **own)), "Keras changes a step later"


def many_drops(count: int, by: np.ndarray) -> tuple[Schedule, np.ndarray, dict[str, float]]:
    """A schedule with so many drops by these factors, (count,) the steps of the drops, in no order, and its hyperparameters."""
    schedule, steps = with_drops(count), np.random.default_rng(5).permutation(np.arange(3, 3 + 2 * count, 2))
    names = [[h.name for h in schedule.hypers if h.integer is whole] for whole in (True, False)]
    return schedule, steps, dict(zip(itertools.chain(*names), [*map(float, steps), *map(float, by)], strict=True))


@pytest.mark.parametrize("count", [2, 3, 19, 21, 37, 250])
def test_any_number_of_drops_each_by_a_factor_of_its_own(count: int) -> None:
    by = np.random.default_rng(count).uniform(0.8, 1.0, count)
    schedule, steps, own = many_drops(count, by)
    asked = {"start": (-7.0, 2.0), "steps": 2 * count + 9, "hypers": {"lr": 0.5}, "schedule": schedule}
    expected = np.array([0.5 * np.prod(by[steps <= t]) for t in range(asked["steps"])])
    ours = descend("bowl", "sgd", **asked, schedule_hypers=own)
    assert np.allclose(ours.lr, expected, rtol=1e-12)
    assert len(set(ours.lr)) == count + 1, "every drop is one"
    keras = descend("bowl", "sgd", **asked, schedule_hypers=own, dialect="keras")
    assert np.array_equal(keras.lr[1:], ours.lr[:-1]), "Keras changes a step later"
    lanes = descend("bowl", "sgd", **asked, schedule_hypers=own | {"gamma": np.array([own["gamma"], 1.0])})
    assert np.array_equal(lanes.lr[0], ours.lr)
    assert np.allclose(lanes.lr[1], expected / np.where(np.arange(asked["steps"]) < own["first"], 1, by[0]), rtol=1e-12)


def test_there_is_one_declaration_of_the_drops() -> None:
    declared, more = SCHEDULES["piecewise"], with_drops(137)
    assert with_drops(20) is declared
    assert with_drops(np.int64(137)) is more
    assert more.hypers[: len(declared.hypers)] == declared.hypers
    assert with_drops(7).hypers == declared.hypers[: 2 * 7]
    for told in ([h.name for h in more.hypers], [h.symbol for h in more.hypers],
                 [h.label.en for h in more.hypers], [h.label.ko for h in more.hypers]):  # fmt: skip
        assert len(set(told)) == 2 * 137
    assert all(h.name.isidentifier() for h in more.hypers)
    told = {h.name: (h.symbol, h.label.en, h.label.ko) for h in more.hypers}
    assert told["drop_21"] == ("t₂₁", "21st drop at step", "21번째로 낮추는 스텝")
    assert told["gamma_113"] == ("γ₁₁₃", "factor of the 113th drop (1: none)", "113번째에 곱하는 값(1이면 없음)")
    for i, nth in ((22, "22nd"), (23, "23rd"), (24, "24th"), (101, "101st"), (111, "111th")):
        assert told[f"drop_{i}"][1] == f"{nth} drop at step"


@pytest.mark.parametrize("count", [1, 0, -3, 2.5, 3.0, True, "3", None, [3], np.nan])
def test_a_number_of_drops_is_whole_and_at_least_two(count: object) -> None:
    with pytest.raises(ValueError, match=r"^with_drops: expected a whole number of at least 2, got "):
        with_drops(count)  # type: ignore[arg-type]


@pytest.mark.parametrize("alike", [True, False])
@pytest.mark.parametrize("library", ["pytorch", "keras", "optax"])
def test_a_library_makes_any_number_of_drops_as_it_is_asked(
    library: str, alike: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = np.full(37, 0.9) if alike else np.random.default_rng(6).uniform(0.8, 1.0, 37)
    schedule, _, own = many_drops(37, by)
    line = schedule.spoken(library).asked(library, own)
    told = [h.integer for h in schedule.hypers if f"{{{h.name}}}" in line]
    assert told.count(True) == 37, "every step"
    assert told.count(False) == (1 if alike and library != "optax" else 37), "and every factor, or that of all"
    if library == "pytorch":
        assert ("MultiStepLR" in line) == alike
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    module = pytest.importorskip({"pytorch": "torch"}.get(library, library))
    line = line.format(lr=0.5, **{h.name: int(own[h.name]) if h.integer else own[h.name] for h in schedule.hypers})
    known = {"math": math, "np": np, module.__name__: module}
    if library == "pytorch":
        rule = module.optim.SGD([module.zeros(1, requires_grad=True)], lr=0.5)
        plan, rates = eval(line, known | {"optimizer": rule}), []
        for _ in range(90):
            rates += plan.get_last_lr()
            rule.step()
            plan.step()
    else:
        rates = [float(rate) for rate in map(eval(line, known), range(90))]
    ours = descend(GROUND, PLAIN, start=GROUND.start, steps=90, hypers={"lr": 0.5}, schedule=schedule,
                   schedule_hypers=own, dialect=library)  # fmt: skip
    assert np.allclose(rates, ours.lr, rtol=1e-12 if library == "pytorch" else 1e-5)  # the others count in float32


def test_many_drops_over_many_steps_take_little_memory() -> None:
    """Written out at once, 500 drops over 60,000 steps would take half a gigabyte."""
    schedule = with_drops(500)
    own = {h.name: 0.99 for h in schedule.hypers if not h.integer}
    asked = {"steps": 60_000, "hypers": {"lr": 0.1}, "keep": "end"}
    tracemalloc.start()
    run = descend("bowl", "sgd", start=(-7.0, 2.0), **asked, schedule=schedule, schedule_hypers=own)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2e8
    made = sum(h.integer and h.default < asked["steps"] for h in schedule.hypers)
    assert run.lr[-1] == pytest.approx(0.1 * 0.99**made)


def test_drops_that_nobody_made_may_be_left_out() -> None:
    """And the others go on to be multiplied in their order: the very bits stay."""
    schedule, t = SCHEDULES["piecewise"], np.arange(6000.0)
    own = schedule.defaults | {"gamma_3": 0.7, "sixth": 90.0, "gamma_6": 0.3, "gamma_20": 0.9}
    few = [own[h.name] for h in telling(schedule.hypers, own)]
    assert len(few) == 4 + 2 * 3
    assert np.array_equal(schedule.factor(t, 100, *few), schedule.factor(t, 100, *own.values()))
    assert telling(schedule.hypers, schedule.defaults) == telling(schedule.hypers, {}) == list(schedule.hypers[:4])
    columns = {name: np.array([[value], [schedule.defaults[name]]]) for name, value in own.items()}
    assert telling(schedule.hypers, columns) == telling(schedule.hypers, own)
    both = factors(schedule, 6000, columns | {"warmup_steps": np.array([[0.0], [0.0]])})
    assert np.array_equal(both, [schedule.factor(t, 6000, *values.values()) for values in (own, schedule.defaults)])


def test_every_drop_is_told_by_its_number_in_both_languages() -> None:
    schedule = SCHEDULES["piecewise"]
    told = {h.name: (h.symbol, h.label.en, h.label.ko) for h in schedule.hypers}
    assert told["sixth"] == ("t₆", "sixth drop at step", "여섯 번째로 낮추는 스텝")
    assert told["gamma_12"] == ("γ₁₂", "factor of the twelfth drop (1: none)", "12번째에 곱하는 값(1이면 없음)")
    steps = [h.default for h in schedule.hypers if h.integer]
    assert steps == sorted(set(steps)), "each comes after the one before"
    assert [h.name for h in once(schedule.hypers)] == ["first", "second", "gamma", "gamma_2", "third", "gamma_3"]


@pytest.mark.parametrize("given", [{}, {"first": 300, "second": 7}, {"first": 9, "gamma": 0.9}])
def test_a_link_that_knows_two_drops_by_one_factor_keeps_its_rates(given: dict) -> None:
    t = np.arange(6000)
    told = {"first": 50, "second": 120, "gamma": 0.2} | given
    expected = told["gamma"] ** (0.0 + (t >= told["first"]) + (t >= told["second"]))
    assert np.allclose(at("piecewise", t, **Plan("piecewise", given).record.defaults | given), expected, rtol=1e-15)


def test_stairs_keep_what_the_slope_has_at_their_edges() -> None:
    t = np.arange(200)
    for key, own in (("exponential", {"gamma": 0.3, "s": 7}), ("inverse_time", {"rate": 2.0, "s": 7})):
        assert np.array_equal(at(key, t, staircase=1, **own), at(key, t // 7 * 7, **own)), key
    assert np.array_equal(at("exponential", t, staircase=1, gamma=0.3, s=7), at("step", t, gamma=0.3, s=7))


def test_low_start_jumps_and_inverse_root_is_the_transformers() -> None:
    assert at("low_start", [0, 4, 5, 99], share=0.1, s=5).tolist() == [0.1, 0.1, 1, 1]
    n, width, s = np.arange(1, 300), 512, 40
    paper = width**-0.5 * np.minimum(n**-0.5, n * s**-1.5)  # section 5.3; its summit is at n = s
    assert np.allclose(at("inverse_sqrt", n - 1, s=s), paper / paper.max(), rtol=1e-14)
    assert at("inverse_sqrt", [0, 3, 8], s=1).tolist() == [1, 0.5, 1 / 3]


@pytest.mark.parametrize(("shape", "halfway"), [(0, 0.55), (1, 0.1 + 0.9 * (1 - 0.5**0.5)), (2, 0.1**0.5)])
def test_stable_decay_holds_and_then_falls_as_it_is_shaped(shape: int, halfway: float) -> None:
    own = {"decay": 0.2, "floor": 0.1, "shape": shape}
    assert np.allclose(at("stable_decay", [0, 50, 80, 90, 100, 300], **own), [1, 1, 1, halfway, 0.1, 0.1], rtol=1e-14)


def test_polynomial_rises_again_to_less_and_less() -> None:
    factor = at("polynomial", [0, 10, 20, 21, 40, 41, 60], c=1, floor=0.0, share=0.2, cycle=1)
    assert np.allclose(factor, [1, 0.5, 0, 1 - 21 / 40, 0, 1 - 41 / 60, 0], atol=1e-15)
    assert at("polynomial", [0, 10, 20, 60], c=1, share=0.2).tolist() == [1, 0.5, 0, 0]


def test_cyclic_summits_sink_by_cycle_or_by_step() -> None:
    summits = np.arange(5) * 12 + 4
    assert at("cyclic", summits, up=4, down=8, floor=0, shrink=0.5).tolist() == [1, 0.5, 0.25, 0.125, 0.0625]
    assert np.allclose(at("cyclic", summits, up=4, down=8, floor=0, gamma=0.99), 0.99**summits, rtol=1e-13)


@pytest.mark.parametrize(("T", "peak"), [(100, 0.3), (40, 0.5), (61, 0.1)])
def test_onecycle_along_straight_lines(T: int, peak: float) -> None:
    t, top = np.arange(T), peak * T - 1
    two = np.interp(t, [0, top, T - 1], [1 / 25, 1, 1 / 25 / 1e4])
    assert np.allclose(at("onecycle", t, T, peak=peak, linear=1), two, rtol=1e-12)
    three = np.interp(t, [0, top, 2 * top, T - 1], [1 / 25, 1, 1 / 25, 1 / 25 / 1e4])
    assert np.allclose(at("onecycle", t, T, peak=peak, linear=1, three_phase=1), three, rtol=1e-12)


# --- the momentum beside the rate --------------------------------------------------------------------------------


def test_onecycle_lowers_the_momentum_while_it_raises_the_rate() -> None:
    onecycle, t = SCHEDULES["onecycle"], np.arange(300.0)
    for linear, three in itertools.product((0, 1), repeat=2):
        own = onecycle.defaults | {"cycle_momentum": 1, "linear": linear, "three_phase": three, "peak": 0.25}
        momentum, rate = onecycle.momentum(t, 100, **own), onecycle.factor(t, 100, **own)
        assert momentum.shape == t.shape
        assert (momentum[0], momentum[24], momentum[99], momentum[299]) == pytest.approx((0.95, 0.85, 0.95, 0.95))
        assert np.allclose(momentum, [float(onecycle.momentum(float(i), 100, **own)) for i in t], rtol=1e-15)
        moving = slice(0, 48 if three else 99)
        assert (np.diff(momentum[moving]) * np.diff(rate[moving]) < 0).all(), "against the rate"
    assert np.isnan(onecycle.momentum(t, 100, **onecycle.defaults)).all(), "switched off: the optimizer keeps its own"


@pytest.mark.parametrize(
    "record", [*SCHEDULES.values(), *OPTIMIZERS.values(), *MODIFIERS.values()], ids=lambda r: r.key
)
def test_a_setting_waits_for_one_that_there_is(record) -> None:
    names = {hyper.name for hyper in record.hypers}
    assert {hyper.after for hyper in record.hypers if hyper.after} <= names


def test_cyclic_lowers_the_momentum_while_it_raises_the_rate() -> None:
    """As torch.optim.lr_scheduler.CyclicLR does it: from the highest at the bottom to the lowest at the first summit."""
    cyclic, t = SCHEDULES["cyclic"], np.arange(200.0)
    own = cyclic.defaults | {"cycle_momentum": 1, "up": 10, "down": 30, "base_momentum": 0.5, "max_momentum": 0.9}
    momentum, rate = cyclic.momentum(t, 100, **own), cyclic.factor(t, 100, **own)
    assert (momentum[0], momentum[10], momentum[25], momentum[40]) == pytest.approx((0.9, 0.5, 0.7, 0.9))
    assert (np.diff(momentum) * np.diff(rate) < 0).all(), "against the rate"
    shrunk = cyclic.momentum(t, 100, **own | {"shrink": 0.5})
    assert (shrunk[10], shrunk[50], shrunk[90]) == pytest.approx((0.5, 0.7, 0.8)), (
        "it sinks less deep where summits sink"
    )
    assert np.isnan(cyclic.momentum(t, 100, **cyclic.defaults)).all(), "switched off: the optimizer keeps its own"


@pytest.mark.parametrize(("share", "c"), [(1.0, 1.0), (0.4, 1.0), (1.0, 2.0), (0.55, 0.3)])
def test_cosine_over_a_part_of_the_run_and_with_an_exponent(share: float, c: float) -> None:
    t, n = np.arange(150), max(round(100 * share), 1)
    expected = 0.1 + 0.9 * np.cos(np.pi / 2 * np.minimum(t / n, 1)) ** (2 * c)  # (1 + cos 2a)/2 is cos² a
    assert np.allclose(at("cosine", t, 100, floor=0.1, share=share, c=c), expected, rtol=1e-12)


@pytest.mark.parametrize("schedule", [s for s in EVERY if s.values[0].momentum])
def test_momentum_is_a_number_below_one_for_every_lane(schedule: Schedule) -> None:
    assert schedule.momentum
    rows = [own for own in extremes(schedule) if own["cycle_momentum"]]
    for T in LENGTHS:
        t = np.arange(3.0 * T + 1)
        for own in rows:
            momentum = schedule.momentum(t, T, **own)
            assert ((momentum >= 0) & (momentum < 1)).all(), own
        columns = {name: np.array([[row[name]] for row in rows]) for name in schedule.defaults}
        for row, own in zip(schedule.momentum(t, T, **columns), rows, strict=True):
            assert np.allclose(row, schedule.momentum(t, T, **own), rtol=1e-14)


def test_a_momentum_that_asks_for_the_loss_is_refused() -> None:
    def momentum(t, T, loss):
        return loss

    with pytest.raises(TypeError, match=r"momentum of Constant goes by the clock alone; it cannot ask for loss"):
        replace(SCHEDULES["constant"], momentum=momentum)


def test_cyclic_swings_between_floor_and_full_rate() -> None:
    factor = at("cyclic", [0, 2, 4, 5, 12, 13, 16, 17], up=4, down=8, floor=0.2)
    assert np.allclose(factor, [0.2, 0.6, 1, 0.9, 0.2, 0.4, 1, 0.9], rtol=1e-14)
