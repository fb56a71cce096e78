"""Methods that treat both coordinates together, surfaces made of examples, and points confined to a box."""

from __future__ import annotations

from itertools import pairwise

import naive
import numpy as np
import pytest
from scipy.optimize import BFGS

from core import OPTIMIZERS, SURFACES, descend
from core.engine import noise

PLANE = [key for key, record in OPTIMIZERS.items() if record.plane]
SAMPLED = [key for key, surface in SURFACES.items() if surface.samples]


def agree(surface, optimizer, start, steps, **options):
    """A run of the engine, after it was found equal to its slow twin."""
    run = descend(surface, optimizer, start=start, steps=steps, keep="state", **options)
    path = naive.descend(surface, OPTIMIZERS[optimizer], start, steps, **options)
    for name, ours in {"x": run.x, "loss": run.loss, "gradient": run.gradient, "lr": run.lr, **run.state}.items():
        twin = path.state[name] if name in run.state else getattr(path, name)
        np.testing.assert_allclose(ours, twin, rtol=1e-9, atol=1e-9, err_msg=name)
    return run


# --- methods ------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", PLANE)
@pytest.mark.parametrize("placement", [(0.0, 1.0), (33.0, 1.7)])
def test_plane_methods_equal_the_twin_where_they_look_around(optimizer, placement):
    for surface, options in {
        "rosenbrock": {"hypers": {"lr": 0.001}},
        "styblinski_tang": {"noise": 0.5, "seed": 3, "hypers": {"lr": 0.01}},
        "least_squares": {"batch": 2, "seed": 5, "hypers": {"lr": 0.1}},
    }.items():
        agree(SURFACES[surface].placed(*placement), optimizer, (-1.3, 1.1), 12, **options)


def test_newton_makes_its_published_steps():
    """From (-1.2, 1) on Rosenbrock's function; J. E. Dennis, R. B. Schnabel, 1983, and any textbook since."""
    run = descend("rosenbrock", "newton", start=(-1.2, 1.0), steps=6)
    expected = [(-1.17528, 1.38067), (0.763115, -3.17503), (0.763430, 0.582825), (0.999995, 0.944027)]
    np.testing.assert_allclose(run.x[1:5], expected, rtol=1e-5)
    assert run.loss[6] < 1e-18


def test_newton_solves_a_quadratic_in_one_step_and_loves_saddles():
    for key in ("bowl", "ill_conditioned"):
        surface = SURFACES[key].placed(25.0, 3.0)
        run = descend(surface, "newton", start=(-2.0, 1.0), steps=1)
        np.testing.assert_allclose(run.x[1], surface.minima[0], atol=1e-12)
    run = descend("saddle", "newton", start=SURFACES["saddle"].start, steps=5)
    np.testing.assert_allclose(run.x[-1], (0.0, 0.0), atol=1e-12)
    assert run.outcome == "stuck"


def test_damping_turns_newton_into_descent():
    """(H + μI)⁻¹ g tends to g/μ."""
    run = descend("bowl", "newton", start=(-2.0, 1.0), steps=1, hypers={"lr": 10.0, "damping": 100.0})
    g = np.array(SURFACES["bowl"].gradient(-2.0, 1.0))
    np.testing.assert_allclose(run.x[1], (-2.0, 1.0) - 10 * g / (100 + np.array([0.1, 2.0])), rtol=1e-12)


@pytest.mark.parametrize("surface", ["rosenbrock", "himmelblau", "ill_conditioned"])
def test_bfgs_learns_the_matrix_that_scipy_learns(surface):
    run = descend(surface, "bfgs", start=SURFACES[surface].start, steps=15, keep="state")
    theirs = BFGS(exception_strategy="skip_update", init_scale="auto")
    theirs.initialize(2, "inv_hess")
    learnt = 0
    for t in range(1, 15):
        s, q = run.x[t] - run.x[t - 1], run.gradient[t] - run.gradient[t - 1]
        if s @ q <= 1e-8 * np.linalg.norm(s) * np.linalg.norm(q):
            continue
        theirs.update(s, q)
        ours = np.stack([run.state["row_x"][t + 1], run.state["row_y"][t + 1]])
        np.testing.assert_allclose(ours, theirs.get_matrix(), rtol=1e-6, atol=1e-9)
        learnt += 1
    assert learnt > 4


def test_bfgs_knows_a_quadratic_after_a_few_steps_and_searches_along_the_line():
    surface = SURFACES["ill_conditioned"]
    run = descend(surface, "bfgs", start=surface.start, steps=30, keep="state")
    assert run.outcome == "arrived"
    fxx, fxy, fyy = surface.hessian(0.0, 0.0)
    matrix = np.stack([run.state["row_x"][run.when], run.state["row_y"][run.when]])
    np.testing.assert_allclose(matrix @ [[fxx, fxy], [fxy, fyy]], np.eye(2), atol=0.05)
    hills = descend("rosenbrock", "bfgs", start=(-1.2, 1.0), steps=60)
    assert (np.diff(hills.loss) <= 0).all(), "no step of the line search may lead up"
    assert hills.outcome == "arrived"


def test_sam_and_polyak_step_make_the_steps_of_optax():
    """Every fifth of 20 steps on Himmelblau from (0, -3): optax 0.2.8, float64, gradients by autodiff.

    optax.contrib.sam(optax.sgd(0.01), optax.chain(optax.contrib.normalize(), optax.sgd(0.3)), opaque_mode=True)
    and optax.polyak_sgd(max_learning_rate=10.0).
    """
    sam = [(-0.16369693626009457, -1.9537326704055276), (-0.17946109272521943, -1.9596788837988726)]
    polyak = [(-1.7327125783361426, 3.2157855848941974), (-2.780961133301329, 3.128906728851118)]
    polyak += [(-2.8043684413370444, 3.131247178579316), (-2.8050946611047234, 3.1313105386156135)]
    run = descend("himmelblau", "sam", start=(0.0, -3.0), steps=20, hypers={"lr": 0.01, "rho": 0.3})
    np.testing.assert_allclose(run.x[5:15:5], sam, rtol=1e-9)
    run = descend("himmelblau", "polyak_step", start=(0.0, -3.0), steps=20)
    np.testing.assert_allclose(run.x[5::5], polyak, rtol=1e-12)


def test_polyak_step_never_moves_away_on_a_convex_function():
    surface = SURFACES["ill_conditioned"]
    run = descend(surface, "polyak_step", start=surface.start, steps=200)
    away = np.hypot(*(run.x - surface.minima[0]).T)
    assert (np.diff(away) <= 1e-15).all()
    assert descend(surface, "polyak_step", start=surface.minima[0], steps=3).outcome == "arrived"


def test_lanes_of_plane_methods_are_runs_of_their_own():
    starts = np.random.default_rng(1).uniform(-2, 2, (70, 2))
    rates = np.linspace(0.1, 1.0, 70)
    for optimizer in PLANE:
        many = descend("styblinski_tang", optimizer, start=starts, steps=8, hypers={"lr": rates})
        for i in (0, 1, 63, 64, 69):
            one = descend("styblinski_tang", optimizer, start=starts[i], steps=8, hypers={"lr": rates[i]})
            np.testing.assert_array_equal(many.x[i], one.x)


# --- examples -----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", SAMPLED)
def test_the_gradient_is_the_mean_of_its_examples(key):
    surface = SURFACES[key].placed(20.0, 1.5)
    each = [surface.samples.gradient(0.3, -0.7, k) for k in range(surface.samples.count)]
    np.testing.assert_allclose(np.mean(each, axis=0), surface.gradient(0.3, -0.7), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("key", SAMPLED)
@pytest.mark.parametrize("placement", [(0.0, 1.0), (33.0, 1.7)])
@pytest.mark.parametrize("batch", [None, 0, 1, 3])
def test_batches_equal_the_twin(key, placement, batch):
    surface = SURFACES[key].placed(*placement)
    agree(surface, "momentum", surface.start, 20, batch=batch, seed=11, hypers={"lr": 0.01})


def test_a_batch_is_a_draw_of_its_own_in_every_step_and_seed():
    first, again, other = (
        descend("least_squares", "sgd", start=(0.0, 0.0), steps=50, batch=1, seed=seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.x, again.x)
    assert not np.allclose(first.gradient[0], other.gradient[0])
    count = SURFACES["least_squares"].samples.count
    streams = noise.stream(np.arange(400, dtype=np.uint64))
    drawn = noise.example(streams[:, None], np.arange(200, dtype=np.uint64), np.uint64(count))
    seen = np.bincount(drawn.ravel().astype(int), minlength=count)
    expected = drawn.size / count
    assert ((seen - expected) ** 2 / expected).sum() < 61.1  # χ² with 31 degrees of freedom, 0.1 %
    assert abs(np.corrcoef(drawn[:, :-1].ravel(), drawn[:, 1:].ravel())[0, 1]) < 0.02


def test_the_noise_of_batches_falls_with_their_size_and_is_not_gone_at_the_minimum():
    surface = SURFACES["least_squares"]
    spread = [
        descend(surface, "sgd", start=surface.minima[0], steps=1, batch=b, seed=np.arange(4000)).gradient[:, 0].std(0)
        for b in (1, 4, 16)
    ]
    assert spread[0].min() > 0.1
    for wide, narrow in pairwise(spread):
        np.testing.assert_allclose(wide / narrow, 2.0, rtol=0.1)
    full = descend(surface, "sgd", start=surface.minima[0], steps=5, batch=0)
    np.testing.assert_allclose(full.gradient, 0.0, atol=1e-12)


def test_least_squares_finds_the_line_of_numpy():
    from core.surfaces.least_squares import X, Y

    surface = SURFACES["least_squares"]
    np.testing.assert_allclose(surface.minima[0], np.polyfit(X, Y, 1), rtol=1e-12)
    np.testing.assert_allclose(surface.value(0.4, 0.9), np.mean((0.4 * X + 0.9 - Y) ** 2) / 2, rtol=1e-12)


@pytest.mark.parametrize(
    ("surface", "batch", "message"),
    [
        ("least_squares", 33, "32 examples"),
        ("least_squares", -1, "32 examples"),
        ("least_squares", 1.5, "32 examples"),
        ("least_squares", True, "32 examples"),
        ("bowl", 1, "no examples"),
    ],
)
def test_a_batch_that_cannot_be_is_refused(surface, batch, message):
    with pytest.raises(ValueError, match=message):
        descend(surface, "sgd", start=(0.0, 0.0), steps=1, batch=batch)


# --- the online problems ------------------------------------------------------------------------


def test_adam_runs_to_the_worst_point_and_amsgrad_to_the_best():
    """Reddi et al. 2018, theorem 1: C = 3, β1 = 0, β2 = 1/(1+C²), lr ~ 1/√t on [-1, 1]."""
    settings = {"start": (0.0, 0.0), "steps": 3000, "schedule": "power", "schedule_hypers": {"s": 1, "c": 0.5}}
    hypers = {"beta1": 0.0, "beta2": 0.1, "lr": 0.5}
    adam = descend("online_three", "adam", hypers=hypers, **settings)
    amsgrad = descend("online_three", "amsgrad", hypers=hypers, **settings)
    sgd = descend("online_three", "sgd", hypers={"lr": 0.5}, **settings)
    assert adam.x[-1, 0] == 1.0
    assert amsgrad.x[-1, 0] == pytest.approx(-0.9936, abs=1e-4)
    assert sgd.x[-1, 0] < -0.97
    for run in (adam, amsgrad, sgd):
        assert (np.abs(run.x[:, 0]) <= 1.0).all()
        assert (run.x[:, 1] == 0.0).all()


def test_the_rare_example_wins_with_amsgrad_only():
    """Their experiment: 1010x once in 101 steps, else -10x, β = (0.9, 0.99)."""
    settings = {"start": (0.0, 0.0), "steps": 5000, "schedule": "power", "schedule_hypers": {"s": 1, "c": 0.5}}
    hypers = {"beta1": 0.9, "beta2": 0.99, "lr": 0.5}
    adam = descend("online_rare", "adam", hypers=hypers, **settings)
    amsgrad = descend("online_rare", "amsgrad", hypers=hypers, **settings)
    assert adam.x[-100:, 0].mean() > 0.3
    assert amsgrad.x[-100:, 0].mean() < -0.8


@pytest.mark.parametrize("placement", [(0.0, 1.0), (40.0, 0.5)])
def test_a_point_never_leaves_the_box(placement):
    surface = SURFACES["online_three"].placed(*placement)
    (cx, cy), a = surface.centre, np.reshape(surface.placement, (2, 2))
    run = descend(surface, "sgd", start=(0.2, 0.1), steps=300, hypers={"lr": 3.0})
    own = (run.x - (cx, cy)) @ a.T + (cx, cy)
    (x0, x1), (y0, y1) = surface.box
    assert own[:, 0].min() >= x0 - 1e-12
    assert own[:, 0].max() <= x1 + 1e-12
    assert own[:, 1].min() >= y0 - 1e-12
    assert own[:, 1].max() <= y1 + 1e-12
    assert np.isclose(own[:, 0], [[x0], [x1]]).any(axis=1).all(), "it has been at both walls"
