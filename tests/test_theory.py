"""Theory against the truth: limits, growth, the words about them, and the scale on which a surface is drawn."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest

from core import OPTIMIZERS, SURFACES, Formula, Plan, Runner, Scene, descend
from core.curvature import curvatures
from core.curvature import hessian as hessian_at
from core.figures.relief import SPAN, relief
from core.text import TABLES
from core.theory import best, bound, classic_nesterov, growth, iteration, limit, rate, stability, tension
from pages.shared import words
from pages.shared.verdicts import growth_of, number, point, verdict

LINEAR = [key for key, record in OPTIMIZERS.items() if record.stability and not record.stability.divisor]
DIVIDING = [key for key, record in OPTIMIZERS.items() if record.stability and record.stability.divisor]
TUNED = [key for key in LINEAR if OPTIMIZERS[key].stability.best]
QUADRATICS = [key for key, record in SURFACES.items() if record.quadratic and not record.unbounded]
BETAS = (0.0, 0.3, 0.5, 0.9, 0.99)


def sharpest(surface):
    return float(curvatures(SURFACES[surface], 0.0, 0.0)[-1])


def settings(optimizer):
    """Hyperparameters of a linear method: several momenta, then everything that it has away from zero."""
    names = OPTIMIZERS[optimizer].defaults
    plain = [{"momentum": beta} for beta in BETAS] if "momentum" in names else [{}]
    others = {"momentum": 0.6, "dampening": 0.5, "weight_decay": 0.3}
    undampened = [{"momentum": 0.0, "dampening": 0.5}] * ("dampening" in names)  # where there is nothing to dampen
    return [*plain, *undampened, {name: value for name, value in others.items() if name in names}]


CASES = [
    pytest.param(surface, optimizer, hypers, id="-".join((surface, optimizer, *map(str, hypers.values()))))
    for surface, optimizer in itertools.product(QUADRATICS, LINEAR)
    for hypers in settings(optimizer)
]


# --- the limit of stability -------------------------------------------------------------------------


def test_the_linear_methods_are_tested():
    assert {"sgd", "momentum", "nesterov"} <= set(TUNED)
    assert {"bowl", "ill_conditioned"} <= set(QUADRATICS)


@pytest.mark.parametrize(("surface", "optimizer", "hypers"), CASES)
def test_a_run_settles_below_its_bound_and_leaves_above_it(surface, optimizer, hypers):
    record = SURFACES[surface]
    all_hypers = {**OPTIMIZERS[optimizer].defaults, **hypers}
    once = stability(record, OPTIMIZERS[optimizer], all_hypers, 1.0)
    hessian = hessian_at(record, 0.0, 0.0)
    decay = hypers.get("weight_decay", 0.0)
    rest = np.linalg.solve(hessian + decay * np.eye(2), hessian @ record.minima[0])  # decay pulls it to the origin
    start = rest + 0.1 * np.array((1.0, -0.7))
    for side, stays in ((0.995, True), (1.005, False)):
        lr = side * once.bound / once.product
        check = stability(record, OPTIMIZERS[optimizer], {**all_hypers, "lr": lr}, lr)
        assert check.product == pytest.approx(side * check.bound)
        assert check.stable is stays
        run = descend(surface, optimizer, start=start, steps=6000, hypers={**hypers, "lr": lr}, batch=0)
        distance = np.hypot(*(run.x - rest).T)
        if stays:
            assert run.outcome != "escaped"
            assert distance[-1] < 1e-5 * distance[0]
        else:
            assert run.outcome == "escaped"
            assert distance[np.isfinite(distance)].max() > 1e5
            assert growth(distance) > 1


@pytest.mark.parametrize(("surface", "optimizer", "hypers"), CASES)
def test_the_written_bound_is_the_computed_one(surface, optimizer, hypers):
    record = OPTIMIZERS[optimizer]
    all_hypers = {**record.defaults, **hypers}
    check = stability(SURFACES[surface], record, all_hypers, 0.1)
    assert check.product == pytest.approx(0.1 * (sharpest(surface) + hypers.get("weight_decay", 0.0)))
    dampens = all_hypers.get("dampening", 0.0) > 0 and all_hypers["momentum"] > 0
    assert ("τ" in check.formula) == dampens, "a divisor that changes nothing is not written"
    written = check.formula.replace("−", "-").replace("²", "**2")
    for hyper in record.hypers:
        written = written.replace(hyper.symbol, f"({all_hypers[hyper.name]})")
    assert eval(re.sub(r"(\d|\))(?=\()", r"\1*", written)) == pytest.approx(check.bound)


def test_the_textbook_bounds():
    bowl = SURFACES["bowl"]
    for beta in BETAS:
        for key, largest in (("sgd", 2), ("momentum", 2 * (1 + beta)), ("nesterov", 2 * (1 + beta) / (1 + 2 * beta))):
            defaults = OPTIMIZERS[key].defaults
            hypers = {**defaults, **({"momentum": beta} if "momentum" in defaults else {})}
            assert stability(bowl, OPTIMIZERS[key], hypers, 0.1).bound == pytest.approx(largest)


def test_the_bound_holds_on_a_turned_surface():
    scene = Scene("bowl", rotation=37.0, runners=(Runner("sgd", {"lr": 0.95}),))
    check = stability(scene.record, OPTIMIZERS["sgd"], scene.runners[0].hypers, 0.95)
    assert check.product == pytest.approx(1.9)


def test_where_theory_says_nothing():
    assert stability(SURFACES["rosenbrock"], OPTIMIZERS["sgd"], OPTIMIZERS["sgd"].defaults, 1.0) is None
    assert stability(SURFACES["saddle"], OPTIMIZERS["sgd"], OPTIMIZERS["sgd"].defaults, 1.0) is None, (
        "it has no minimum"
    )
    assert stability(SURFACES["bowl"], OPTIMIZERS["adam"], OPTIMIZERS["adam"].defaults, 1.0) is None


# --- rates and tunings ------------------------------------------------------------------------------


def by_hand(optimizer, lr, curvature, beta=0.0, dampening=0.0):
    """The iteration matrix of (x, v), written down from the update rule."""
    g, mean, step = curvature, (1 - beta) * curvature, lr * curvature
    nu = OPTIMIZERS["qhm"].defaults["nu"]
    matrices = {
        "sgd": [[1 - step]],
        "momentum": [[1 - (1 - dampening) * step, -lr * beta], [(1 - dampening) * g, beta]],
        "momentum_mean": [[1 - lr * mean, -lr * beta], [mean, beta]],
        "nesterov": [[1 - step * (1 + beta), -lr * beta**2], [g, beta]],
        "qhm": [[1 - (1 - nu) * step - nu * lr * mean, -nu * lr * beta], [mean, beta]],
        "aggmo": [
            [1 - step, 0, -lr * 0.3, -lr * 0.33],
            [g, 0, 0, 0],
            [g, 0, 0.9, 0],
            [g, 0, 0, 0.99],
        ],  # a third of each
    }
    return np.array(matrices[optimizer])


def given(optimizer, **hypers):
    names = OPTIMIZERS[optimizer].defaults
    return {**names, **{name: value for name, value in hypers.items() if name in names}}


@pytest.mark.parametrize("optimizer", LINEAR)
@pytest.mark.parametrize("curvature", [0.0, 0.1, 3.0, -2.0])
def test_the_iteration_matrix_and_its_spectral_radius(optimizer, curvature):
    for lr, beta, dampening in itertools.product((0.01, 0.3, 2.0), BETAS, (0.0, 0.4)):
        dampening *= optimizer == "momentum" and beta > 0
        matrix = by_hand(optimizer, lr, curvature, beta, dampening)
        hypers = given(optimizer, lr=lr, momentum=beta, dampening=dampening)
        np.testing.assert_allclose(iteration(OPTIMIZERS[optimizer], hypers, curvature), matrix, rtol=1e-14, atol=1e-14)
        radius = np.abs(np.linalg.eigvals(matrix)).max()
        assert rate(OPTIMIZERS[optimizer], hypers, curvature) == pytest.approx(radius, rel=1e-12)


@pytest.mark.parametrize("optimizer", LINEAR)
@pytest.mark.parametrize("curvature", [0.1, 1.0, 100.0])
@pytest.mark.parametrize("decay", [0.0, 0.7])
def test_at_the_limit_the_spectral_radius_passes_one(optimizer, curvature, decay):
    record = OPTIMIZERS[optimizer]
    for beta, dampening in itertools.product((0.0, 0.5, 0.9, 0.99), (0.0, 0.9)):
        hypers = given(optimizer, momentum=beta, dampening=dampening, weight_decay=decay)
        largest = limit(record, hypers, curvature)
        assert largest == pytest.approx(bound(record, hypers) / (curvature + decay))
        at, below, above = (rate(record, {**hypers, "lr": share * largest}, curvature) for share in (1, 0.999, 1.001))
        assert at == pytest.approx(1)
        assert below < 1 < above


def test_the_limits_in_closed_form():
    assert limit(OPTIMIZERS["sgd"], given("sgd"), 4.0) == 0.5
    assert limit(OPTIMIZERS["momentum"], given("momentum", momentum=0.9), 2.0) == pytest.approx(1.9)
    assert limit(OPTIMIZERS["nesterov"], given("nesterov", momentum=0.9), 1.0) == pytest.approx(3.8 / 2.8)
    mean = given("momentum", momentum=0.9, dampening=0.9)
    assert limit(OPTIMIZERS["momentum"], mean, 1.0) == pytest.approx(38), "a mean of gradients, as in Adam"
    assert limit(OPTIMIZERS["adam"], given("adam"), 1.0) == pytest.approx(38)
    assert limit(OPTIMIZERS["rmsprop"], given("rmsprop", momentum=0.5), 1.0) == pytest.approx(3)
    assert limit(OPTIMIZERS["lion"], given("lion"), 1.0) is None


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam", "rmsprop"])
def test_decay_outside_the_gradient_has_other_limits(optimizer):
    keras = OPTIMIZERS[optimizer].spoken("keras")
    assert bound(keras, given(optimizer)) == bound(OPTIMIZERS[optimizer], given(optimizer))
    decayed = bound(keras, given(optimizer, weight_decay=0.1))
    assert decayed == (2 if optimizer == "sgd" else None), "of gradient descent it is the same"


@pytest.mark.parametrize("optimizer", LINEAR)
def test_the_rate_is_that_of_a_long_run(optimizer):
    for beta in (0.0, 0.5, 0.9):
        hypers = given(optimizer, lr=0.15, momentum=beta, weight_decay=0.05)
        run = descend("bowl", optimizer, start=(0.0, 1.0), steps=600, hypers=hypers)
        y = np.abs(run.x[100:, 1])
        peaks = np.maximum.accumulate(y[::-1])[::-1]  # of an oscillation, its envelope
        measured = (peaks[-50] / peaks[0]) ** (1 / (len(y) - 50))
        assert measured == pytest.approx(rate(OPTIMIZERS[optimizer], hypers, 2.0), abs=0.01)


RATES = {
    "sgd": lambda k: (k - 1) / (k + 1),
    "momentum": lambda k: (np.sqrt(k) - 1) / (np.sqrt(k) + 1),
    "momentum_mean": lambda k: (np.sqrt(k) - 1) / (np.sqrt(k) + 1),
    "nesterov": lambda k: 1 - 2 / np.sqrt(3 * k + 1),
}


@pytest.mark.parametrize("optimizer", TUNED)
@pytest.mark.parametrize("curvatures", [(1.0, 1.0), (1.0, 2.0), (1.0, 100.0), (0.3, 900.0)])
def test_the_best_tuning_is_best(optimizer, curvatures):
    low, high = curvatures
    record = OPTIMIZERS[optimizer]
    tuning = best(record, low, high)
    assert tuning.rate == pytest.approx(RATES[optimizer](high / low), abs=2e-7)  # a double root: half the digits

    def radius(hypers):
        return max(rate(record, hypers, curvature) for curvature in np.geomspace(low, high, 9))

    assert radius(tuning.hypers) == pytest.approx(tuning.rate, abs=1e-6), "the curvatures between are no slower"
    for lr, beta in itertools.product(np.linspace(0.5, 1.5, 11), np.linspace(0, 0.99, 23)):
        other = {
            **tuning.hypers,
            "lr": lr * tuning.hypers["lr"],
            **({"momentum": beta} if "momentum" in tuning.hypers else {}),
        }
        assert radius(other) >= tuning.rate - 1e-6


def test_tunings_for_curvatures_1_and_100():
    polyak = best(OPTIMIZERS["momentum"], 1, 100)
    assert polyak.hypers["lr"] == pytest.approx(0.0330579, abs=5e-8)
    assert polyak.hypers["momentum"] == pytest.approx(0.669421, abs=5e-7)
    assert polyak.rate == pytest.approx(9 / 11)
    assert best(OPTIMIZERS["sgd"], 1, 100).hypers["lr"] == pytest.approx(2 / 101)
    nesterov = best(OPTIMIZERS["nesterov"], 1, 100)
    assert nesterov.hypers["lr"] == pytest.approx(4 / 301)
    classic = given("nesterov", **classic_nesterov(1, 100))
    assert (classic["lr"], classic["momentum"]) == pytest.approx((0.01, 9 / 11))
    slowest = max(rate(OPTIMIZERS["nesterov"], classic, curvature) for curvature in (1, 100))
    assert slowest == pytest.approx(0.9, abs=1e-6)
    assert nesterov.rate < slowest


@pytest.mark.parametrize(
    ("optimizer", "curvatures", "message"),
    [
        ("adam", (1, 2), "no optimal tuning is known for Adam"),
        ("sgd", (2, 1), "0 < low <= high"),
        ("sgd", (0, 1), "got 0"),
    ],
)
def test_no_best_tuning(optimizer, curvatures, message):
    with pytest.raises(ValueError, match=message):
        best(OPTIMIZERS[optimizer], *curvatures)


# --- the edge of stability --------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", LINEAR)
def test_the_tension_of_a_run_on_a_quadratic_is_that_of_the_rate(optimizer):
    hypers = given(optimizer, lr=0.3, weight_decay=0.1)
    run = descend("bowl", optimizer, start=(-7.0, 2.0), steps=40, hypers=hypers, schedule="cosine")
    record = OPTIMIZERS[optimizer]
    np.testing.assert_allclose(tension(SURFACES["bowl"], record, hypers, run), run.lr / limit(record, hypers, 2.0))


def test_descent_leaves_a_sharp_valley_for_one_at_the_edge():
    surface, hypers = SURFACES["factored"], given("sgd", lr=0.19)
    run = descend(surface, "sgd", start=surface.start, steps=100, hypers=hypers)
    share = tension(surface, OPTIMIZERS["sgd"], hypers, run)
    assert share[0] == pytest.approx(0.19 * curvatures(surface, *surface.start)[1] / 2)
    assert share[0] > 1 > share[-1]


def test_without_a_known_limit_there_is_no_tension():
    run = descend("bowl", "lion", start=(1.0, 1.0), steps=3, keep="state")
    assert tension(SURFACES["bowl"], OPTIMIZERS["lion"], OPTIMIZERS["lion"].defaults, run) is None


def test_the_tension_of_lanes_and_past_an_overflow():
    surface, hypers = SURFACES["rosenbrock"], given("sgd", lr=0.01)
    run = descend(surface, "sgd", start=np.array([[-1.2, 1.0], [1.0, 1.0]]), steps=30, hypers=hypers)
    share = tension(surface, OPTIMIZERS["sgd"], hypers, run)
    assert share.shape == (2, 30)
    assert np.isnan(share[0, -1])
    np.testing.assert_allclose(share[1], 0.01 * curvatures(surface, 1.0, 1.0)[1] / 2)


@pytest.mark.parametrize("optimizer", DIVIDING)
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_a_divided_method_is_stable_up_to_its_bound_while_its_divisor_stays(optimizer, beta):
    record, curvature, late = OPTIMIZERS[optimizer], 3.0, 1e9
    hypers = given(optimizer, beta1=beta, momentum=beta, eps=1e-16)
    frozen = {"v": 0.04} if optimizer == "adam" else {"s": 0.04}
    state = {name: frozen.get(name, 0.0) for name in record.state}
    divisor = record.stability.divisor(t=late, **state, **hypers)
    assert divisor == pytest.approx(0.2)
    for share, stays in ((0.98, True), (1.02, False)):
        lr = share * limit(record, hypers, curvature / divisor)
        x, now = 1e-9, dict(state)
        for _ in range(3000):
            x, *new = record.update(
                x, curvature * x, late, *now.values(), *({**hypers, "lr": lr}[h.name] for h in record.hypers)
            )
            now = {**dict(zip(record.state, new, strict=True)), **frozen}
            if abs(x) > 1e-6:
                break
        assert (abs(x) < 1e-9) == stays


@pytest.mark.parametrize("surface", ["bowl", "rosenbrock", "himmelblau"])
def test_rmsprop_ends_at_the_edge(surface):
    """As its gradients shrink it divides by less, until the edge of stability holds it: it never settles."""
    record, hypers = SURFACES[surface], given("rmsprop", lr=0.05)
    run = descend(surface, "rmsprop", start=record.start, steps=4000, hypers=hypers, keep="state")
    assert tension(record, OPTIMIZERS["rmsprop"], hypers, run)[-200:].mean() == pytest.approx(1, abs=0.02)
    assert np.hypot(*np.diff(run.x[-200:], axis=0).T).min() > 0.01


# --- growth -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [0.5, 0.99, 1.0, 1.4, 7.25])
def test_growth_of_a_geometric_sequence(factor):
    sequence = 3.0 * factor ** np.arange(50.0)
    assert growth(sequence) == pytest.approx(factor)
    assert growth(sequence[:2]) == pytest.approx(factor)
    assert growth(np.concatenate([sequence, [np.inf, np.nan]])) == pytest.approx(factor), "only what is finite counts"
    assert growth(np.concatenate([[0.0], sequence])) == pytest.approx(factor)


def test_growth_looks_at_the_last_steps():
    assert growth(np.concatenate([np.full(100, 2.0), 2.0 * 3.0 ** np.arange(21.0)])) == pytest.approx(3.0)
    assert growth(np.concatenate([np.full(100, 2.0), 2.0 * 3.0 ** np.arange(6.0)]), window=5) == pytest.approx(3.0)


@pytest.mark.parametrize("nothing", [[], [1.0], [0.0, 0.0], [np.nan, np.nan], [np.inf, 1.0]])
def test_growth_of_nothing_is_one(nothing):
    assert growth(np.array(nothing)) == 1.0


def test_growth_of_a_run_is_the_factor_of_its_method():
    run = descend("bowl", "sgd", start=(0.0, 1.0), steps=60, hypers={"lr": 1.2})
    assert growth(np.hypot(*run.x.T)) == pytest.approx(abs(1 - 1.2 * 2.0))


@pytest.mark.parametrize(("factor", "told"), [(1.0, ""), (0.9, ""), (1.004, ""), (1.01, "1.01"), (2.0, "2")])
def test_a_runner_that_left_grows_or_nothing_is_said(factor, told):
    scene = Scene("bowl", start=(0.0, 1.0), steps=60, runners=(Runner("sgd", {"lr": 1.2}),))
    run = scene.run(scene.runners[0])
    assert run.outcome == "escaped"
    x = np.stack([20.0 * factor ** np.arange(len(run.x)), np.zeros(len(run.x))], axis=1)
    assert growth_of(scene, replace(run, x=x)) == told


# --- words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.0, "1"),
        (-0.5, "−0.5"),
        (0.1 + 0.2, "0.3"),
        (3.14159, "3.14"),
        (0.00123456, "0.00123"),
        (0.000123, "1.23e−4"),
        (1e-12, "1e−12"),
        (999.4, "999"),
        (999.9, "1000"),
        (-999.96, "−1000"),
        (123456.0, "1.23e5"),
        (1e300, "1e300"),
        (float("nan"), "–"),
        (float("-inf"), "–"),
    ],
)
def test_three_significant_digits(value, text):
    assert number(value) == text


def test_a_point():
    assert point((1.0, -2.5)) == "(1, −2.5)"
    assert point(np.array([0.0, 1e-9])) == "(0, 1e−9)"


def one(surface, optimizer, steps, start=None, plan=None, **hypers):
    return Scene(surface, start=start, steps=steps, runners=(Runner(optimizer, hypers, plan or Plan()),))


def numbers_of(scene):
    """What the sentences may name, computed anew."""
    run = scene.run(scene.runners[0])
    record = scene.record
    end = run.x[-1]
    expected = {
        "step": str(run.when),
        "steps": str(scene.length),
        "gradient": number(float(np.hypot(*run.gradient[-1]))),
    }
    if run.outcome == "arrived":
        expected["point"] = point(record.minima[run.minimum])
    if record.found:  # minima that form a line or a curve are no list
        return expected
    return {**expected, "distance": number(min((float(np.hypot(*(end - m))) for m in record.minima), default=np.nan))}


# More hollows than a search lists, all as low and not; two rings of minima, the inner one higher.
EGGS, UNEVEN_EGGS = Formula("sin(5*x)^2+sin(5*y)^2"), Formula("sin(5*x)^2+sin(5*y)^2+(x^2+y^2)/50")
RADIUS = "sqrt(x^2+y^2)"
TWO_RINGS = Formula(f"({RADIUS}-1)^2*({RADIUS}-3)^2+0.2*(3-{RADIUS})")

# Scene, outcome, the keys of its words, and what else they must say.
VERDICTS = {
    "arrived": (one("bowl", "sgd", 200, lr=0.5), "arrived", ["arrived"], ["(0, 0)"]),
    "arrived elsewhere": (
        one("himmelblau", "sgd", 300, start=(-3.0, 3.0), lr=0.01),
        "arrived",
        ["arrived"],
        ["(−2.81, 3.13)"],
    ),
    "moving": (one("bowl", "sgd", 10, lr=0.01), "moving", ["moving"], []),
    "moving without a floor": (one("saddle", "sgd", 3, lr=0.01), "moving", ["moving_free"], []),
    "on the saddle": (one("saddle", "sgd", 400, start=(1.0, 0.0), lr=0.1), "stuck", ["stuck_saddle"], []),
    "stuck": (one("bowl", "sgd", 20, start=(7.0, 0.0), lr=1e-6), "stuck", ["stuck"], [number(0.7)]),
    "on the floor": (one("factored", "sgd", 400, lr=0.05), "stuck", ["stuck_curve"], []),
    "on a line": (one(Formula("x^2"), "sgd", 200, (3, 0), lr=0.1), "stuck", ["stuck_line"], ["x = 0"]),
    "on a line aslant": (
        one(Formula("(2*x-y+1)^2"), "sgd", 200, (3, 0), lr=0.1),
        "stuck",
        ["stuck_line"],
        ["x − 0.5y = −0.5"],
    ),
    "on a higher line": (
        one(Formula("x^4 - 3*x^2 + x + 1"), "sgd", 300, (2, 0), lr=0.01),
        "stuck",
        ["stuck_line_local"],
        ["x = 1.13"],
    ),
    "on a higher curve": (
        one(TWO_RINGS, "sgd", 300, (1.2, 0.2), lr=0.02),
        "stuck",
        ["stuck_curve_local"],
        [],
    ),
    "in a hollow as low": (one(EGGS, "sgd", 300, (4.3, 4.3), lr=0.01), "stuck", ["stuck_minimum"], ["(4.4, 4.4)"]),
    "in a higher hollow": (
        one(UNEVEN_EGGS, "sgd", 300, (4.3, 4.3), lr=0.01),
        "stuck",
        ["stuck_minimum_local"],
        ["(4.39, 4.39)"],
    ),
    "towards a line": (
        one(Formula("x^4/2"), "sgd", 200, (1, 0), lr=0.9),
        "moving",
        ["moving_line"],
        ["0.0356", "x = 0"],
    ),
    "towards a curve": (
        one(Formula("(x^2+y^2-1)^2"), "sgd", 20, (1.5, 0), lr=0.01),
        "moving",
        ["moving_curve"],
        ["0.0541"],
    ),
    "no value": (
        one(Formula("sqrt(x)+y^2"), "sgd", 60, (1, 0), lr=0.1),
        "undefined",
        ["no_value"],
        ["15", "(−0.332, 0)"],
    ),
    "no value at the start": (one(Formula("log(x)"), "sgd", 9, (0, 1)), "undefined", ["no_value_start"], ["(0, 1)"]),
    "no slope": (one(Formula("sqrt(x)+y^2"), "sgd", 9, (0, 1)), "undefined", ["no_slope"], ["(0, 1)"]),
    "no next point": (one(Formula("cosh(x)+y^2"), "sgd", 9, (710, 0), lr=3.0), "undefined", ["no_next"], ["(710, 0)"]),
    "arrived, left, arrived": (
        one("bowl", "adam", 3000, lr=0.1, beta2=0.99),
        "arrived",
        ["arrived", "arrived_before"],
        ["1545", "130", "(0, 0)"],
    ),
    "escaped downhill": (one("saddle", "sgd", 200, lr=0.1), "escaped", ["escaped_down"], []),
    "rate too large": (
        one("bowl", "sgd", 60, lr=1.2),
        "escaped",
        ["escaped_growing", "reason"],
        ["lr·λmax = 2.4 > 2", "×1.4"],
    ),
    "momentum": (
        one("bowl", "momentum", 60, lr=2.0, momentum=0.5),
        "escaped",
        ["escaped_growing", "reason"],
        ["lr·λmax = 4 > 2(1+β)", " = 3"],
    ),
    "nesterov": (
        one("bowl", "nesterov", 60, lr=0.9, momentum=0.9),
        "escaped",
        ["escaped_growing", "reason"],
        ["lr·λmax = 1.8 > 2(1+β)/(1+2β) = 1.36"],
    ),
    "weight decay": (
        one("bowl", "sgd", 60, lr=0.9, weight_decay=0.5),
        "escaped",
        ["escaped_growing", "reason"],
        ["lr·(λmax + weight_decay) = 2.25 > 2"],
    ),
    "dampened": (
        one("bowl", "momentum", 60, lr=4.0, momentum=0.5, dampening=0.5),
        "escaped",
        ["escaped_growing", "reason"],
        ["lr·λmax = 8 > 2(1+β)/(1−τ) = 6"],
    ),
    "no theory": (one("rosenbrock", "adam", 1, lr=3.0), "escaped", ["escaped"], []),
    "too sharp from the start": (
        one("rosenbrock", "sgd", 100, lr=0.02),
        "escaped",
        ["escaped_growing", "reason_start"],
        ["lr·λmax = 30.1 > 2"],
    ),
    "too sharp on the way": (
        one("himmelblau", "sgd", 60, start=(0.0, 0.0), lr=0.06),
        "escaped",
        ["escaped_growing", "reason_path"],
        ["2", "lr·λmax = 10.2 > 2"],
    ),
    "never too sharp": (
        one("mccormick", "momentum", 100, lr=0.05, momentum=0.95),
        "escaped",
        ["escaped_growing"],
        [],
    ),
    "too sharp a minimum": (
        one("himmelblau", "sgd", 100, lr=0.025),
        "moving",
        ["moving", "reason_minimum"],
        ["(3.58, −1.85)", "lr·λmax = 2.64 > 2"],
    ),
    "back and forth": (one("bowl", "sgd", 100, start=(0.0, 2.0), lr=1.0), "cycling", ["cycling"], ["(0, 0)", "4", "2"]),
    "back and forth where it is too sharp": (
        one("styblinski_tang", "sgd", 100, lr=0.06),
        "cycling",
        ["cycling", "reason_minimum"],
        ["0.567", "lr·λmax = 2.07 > 2"],
    ),
    "at the bound itself": (
        one("bowl", "momentum", 200, start=(-7.0, 2.0), lr=1.9),
        "escaped",
        ["escaped", "reason_edge"],
        ["lr·λmax = 3.8", "2(1+β)", " = 3.8"],
    ),
    "a hair above it": (
        one("bowl", "sgd", 200, start=(-7.0, 2.0), lr=1.0001),
        "moving",
        ["moving", "reason_minimum"],
        ["lr·λmax = 2.0002 > 2"],
    ),
    "over the edge, but stable": (
        one("bowl", "momentum", 8, start=(9.9, 9.9), lr=0.9, momentum=0.99),
        "escaped",
        ["escaped", "reason_stable"],
        ["lr·λmax = 1.8", "2(1+β)", " = 3.98"],
    ),
}


@pytest.fixture
def speak(monkeypatch):
    """The words of one language, as if a visitor had chosen it."""
    return lambda lang: monkeypatch.setattr(words, "language", lambda: lang)


@pytest.mark.parametrize("lang", TABLES)
@pytest.mark.parametrize(("scene", "outcome", "keys", "says"), VERDICTS.values(), ids=VERDICTS)
def test_the_verdict_names_what_happened(speak, lang, scene, outcome, keys, says):
    speak(lang)
    runner = scene.runners[0]
    run = scene.run(runner)
    assert run.outcome == outcome
    sentence = verdict(scene, runner, run)
    pattern = " ".join(re.escape(TABLES[lang][key]) for key in keys)
    named: set[str] = set()

    def group(match: re.Match[str]) -> str:
        name = "" if match[1] in named else f"?P<{match[1]}>"
        named.add(match[1])
        return f"({name}.+?)"

    pattern = re.sub(r"\\{(\w+)\\}", group, pattern)
    found = re.fullmatch(pattern, sentence)
    assert found, sentence
    expected = numbers_of(scene)
    for name, value in found.groupdict().items():
        if name in expected:
            assert value == expected[name], sentence
    for part in says:
        assert part in sentence, sentence
    assert "nan" not in sentence.lower()
    assert "{" not in sentence


@pytest.mark.parametrize(
    "key",
    [
        key
        for key in TABLES["en"]
        if re.match("arrived$|arrived_before|moving|stuck|cycling|no_value|no_slope|no_next|escaped|reason", key)
    ],
)
def test_every_outcome_has_been_seen(key):
    assert key in {k for _, _, keys, _ in VERDICTS.values() for k in keys}


def test_a_rate_that_rises_past_the_bound_is_named(speak):
    """The reason looks at the largest rate that the schedule reached, not at the one on the slider."""
    speak("en")
    scene = one("bowl", "sgd", 60, lr=1.2, plan=Plan("constant", {"warmup_steps": 10}))
    run = scene.run(scene.runners[0])
    assert run.lr[0] < 1 < run.lr[-1]
    assert "lr·λmax = 2.4 > 2" in verdict(scene, scene.runners[0], run)


def test_overflow_does_not_spoil_the_words(speak):
    speak("en")
    scene = one("rosenbrock", "sgd", 300, lr=5.0)
    run = scene.run(scene.runners[0])
    assert np.isnan(run.x[-1]).any()
    sentence = verdict(scene, scene.runners[0], run)
    assert "nan" not in sentence
    assert f"step {run.when}" in sentence


# --- relief -----------------------------------------------------------------------------------------

SQUARE = ((-1.0, 1.0), (0.0, 3.0))


def test_a_gentle_surface_is_drawn_as_it_is():
    drawn = relief(lambda x, y: 3 * x + y, SQUARE, n=31)
    assert drawn.scale == "linear"
    assert drawn.f.shape == (31, 31)
    assert (drawn.x[0], drawn.x[-1], drawn.y[0], drawn.y[-1]) == (-1, 1, 0, 3)
    assert drawn.f[0, -1] == 3.0, "a row is a y, a column an x"
    assert drawn.f[-1, 0] == 0.0
    assert drawn.low == -3.0


def test_a_steep_surface_is_drawn_in_logarithms():
    drawn = relief(lambda x, y: np.exp(4 * y) + 0 * x - 5, SQUARE, n=61)
    assert drawn.scale == "log"
    assert drawn.low == pytest.approx(-4)
    height = np.log10(1 + (drawn.f - drawn.low) / drawn.unit)
    assert np.isfinite(height).all()
    assert height.min() == 0
    assert np.ptp(height) < 40
    assert 0.1 < np.median(height) / height.max() < 0.9, "its middle is not squeezed against an end"


@pytest.mark.parametrize("key", SURFACES)
def test_the_scale_of_every_surface(key):
    record = SURFACES[key]
    drawn = relief(record.value, record.bounds)
    low, middle, high = np.nanmin(drawn.f), np.nanmedian(drawn.f), np.nanmax(drawn.f)
    assert (drawn.scale == "linear") == (high - low <= SPAN * (middle - low))
    assert drawn.unit > 0
    assert np.isfinite([drawn.low, drawn.unit]).all()
    i, j = 17, 90
    assert drawn.f[i, j] == record.value(drawn.x[j], drawn.y[i])


def test_what_is_not_finite_is_left_out():
    def holed(x, y):
        return np.where(x < 0, np.nan, np.where(y > 2.9, np.inf, x + y))

    drawn = relief(holed, SQUARE, n=41)
    assert np.isnan(drawn.f[:, 0]).all()
    assert np.isnan(drawn.f[-1]).all()
    assert np.isfinite(drawn.f[0, -1])
    assert drawn.scale == "linear"
    assert drawn.low == pytest.approx(0.0)


@pytest.mark.parametrize("value", [lambda x, y: x * np.nan, lambda x, y: np.full_like(x, -np.inf)])
def test_a_surface_that_is_nowhere(value):
    drawn = relief(value, SQUARE, n=11)
    assert np.isnan(drawn.f).all()
    assert (drawn.scale, drawn.low, drawn.unit) == ("linear", 0.0, 1.0)


def test_flat_surfaces_and_single_peaks():
    flat = relief(lambda x, y: 0 * x + 4.0, SQUARE, n=11)
    assert (flat.scale, flat.low) == ("linear", 4.0)
    spike = relief(lambda x, y: np.where((abs(x) < 0.1) & (abs(y - 1.5) < 0.1), 1e6, 0.0), SQUARE, n=41)
    assert spike.scale == "log"
    assert spike.unit > 0
    assert np.isfinite(np.log10(1 + (spike.f - spike.low) / spike.unit)).all()
