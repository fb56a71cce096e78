"""Numbers printed in books, and numbers that a pencil can check."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from dual import through

from core.engine.descend import descend
from core.optimizers import OPTIMIZERS
from core.spec import Optimizer, Paper, Surface, Text
from core.surfaces import SURFACES
from core.theory import stability

BOOK = SURFACES["bowl"]  # x²/20 + y² from (-7, 2): the figure of Deep Learning from Scratch, chapter 6


def stepped(optimizer: Optimizer, gradients: Any, start: Any = 0.0, **hypers: float) -> np.ndarray:
    """Where `update` itself goes when it is told these gradients, the start first."""
    own = optimizer.defaults | hypers
    shape = np.shape(start)
    state = [np.full(shape, optimizer.initial.get(name, 0.0)) for name in optimizer.state]
    points = [np.asarray(start, dtype=float)]
    for t, g in enumerate(gradients, start=1):
        x, *state = optimizer.update(points[-1], np.asarray(g, dtype=float), float(t), *state, **own)
        points.append(x)
    return np.array(points)


def steps(optimizer: Optimizer, gradients: Any, **hypers: float) -> np.ndarray:
    """The updates that `update` makes when it is told these gradients."""
    return np.diff(stepped(optimizer, gradients, **hypers), axis=0)


def plain(value: Callable[..., Any], gradient: Callable[..., Any]) -> Surface:
    """A surface without a story."""
    return Surface(
        value,
        gradient,
        lambda x, y: through(gradient, x, y),
        name=Text("quadratic", "이차 함수"),
        bounds=((-6.0, 6.0), (-6.0, 6.0)),
        start=(-5.0, -2.0),
        minima=((0.0, 0.0),),
        rates=dict.fromkeys(("gradient", "momentum", "adagrad", "adaptive"), 0.1),
        latex="f",
        teaches=Text("Nothing.", "없음."),
        source=Paper("A. Zhang et al.", "Dive into Deep Learning", 2023, "https://d2l.ai"),
        quadratic=True,
    )


# --- Deep Learning from Scratch ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "lr", "point", "loss"),
    [
        ("sgd", 0.95, (-0.38717458, -0.09420257), 1.636933e-2),
        ("momentum", 0.1, (0.81411215, 0.27287785), 1.076013e-1),
        ("adagrad", 1.5, (-0.13618540, 9.07e-17), 9.273232e-4),
        ("adam", 0.3, (0.02014906, 0.32195722), 1.036768e-1),
    ],
)
def test_the_figure_of_the_book(key: str, lr: float, point: tuple[float, float], loss: float) -> None:
    run = descend("bowl", key, start=(-7, 2), steps=30, hypers={"lr": lr}, dialect="book")
    # The book draws the point before each of its 30 updates, so its last point is the 29th.
    assert run.x[29] == pytest.approx(point, abs=0.5e-8)
    assert run.loss[29] == pytest.approx(loss, rel=1e-6)


def test_the_books_rates_are_the_surfaces_own() -> None:
    drawn = {"sgd": 0.95, "momentum": 0.1, "adagrad": 1.5, "adam": 0.3}
    assert {key: BOOK.rate_for(OPTIMIZERS[key]) for key in drawn} == drawn
    assert (BOOK.start, BOOK.steps) == ((-7.0, 2.0), 30)


def test_the_books_adam_differs_from_the_papers_in_epsilon_only() -> None:
    how = {"start": (-7, 2), "steps": 30}
    book = descend("bowl", "adam", hypers={"lr": 0.3}, dialect="book", **how).x[29]
    assert descend("bowl", "adam", hypers={"lr": 0.3}, **how).x[29] == pytest.approx((0.0201572, 0.3219574), abs=5e-8)
    tiny = [descend("bowl", "adam", hypers={"lr": 0.3, "eps": 1e-16}, dialect=d, **how).x for d in ("book", "pytorch")]
    assert 1e-7 < np.abs(book - tiny[0][29]).max() < 1e-4
    assert np.allclose(*tiny, rtol=0, atol=1e-12)


def book_step(key: str, x: float, g: float, t: int, memory: dict[str, float], lr: float) -> float:
    """One update as the book's classes make it (its Nesterov as the Japanese repository corrected it)."""
    v, m, h = (memory.get(name, 0.0) for name in "vmh")
    if key in ("momentum", "nesterov"):
        memory["v"] = 0.9 * v - lr * g
        return x + memory["v"] if key == "momentum" else x + 0.9 * 0.9 * v - (1 + 0.9) * lr * g
    if key == "adam":
        memory["m"], memory["v"] = m + (1 - 0.9) * (g - m), v + (1 - 0.999) * (g**2 - v)
        rate = lr * np.sqrt(1.0 - 0.999**t) / (1.0 - 0.9**t)
        return x - rate * memory["m"] / (np.sqrt(memory["v"]) + 1e-7)
    memory["h"] = {"adagrad": h + g * g, "rmsprop": 0.99 * h + (1 - 0.99) * g * g}.get(key, 0.0)
    return x - lr * g if key == "sgd" else x - lr * g / (np.sqrt(memory["h"]) + 1e-7)


@pytest.mark.parametrize("key", [key for key, optimizer in OPTIMIZERS.items() if "book" in optimizer.dialects])
def test_the_dialect_of_the_book_is_that_of_its_classes(key: str) -> None:
    lr = BOOK.rate_for(OPTIMIZERS[key])
    run = descend("bowl", key, start=(-7, 2), steps=30, hypers={"lr": lr}, dialect="book")
    for axis in (0, 1):
        x, memory = run.x[0, axis], {}
        for t in range(1, 31):
            x = book_step(key, x, run.gradient[t - 1, axis], t, memory, lr)
            assert x == pytest.approx(run.x[t, axis], rel=1e-12, abs=1e-13)


def test_gradient_descent_on_a_quadratic_in_closed_form() -> None:
    run = descend("bowl", "sgd", start=(-7, 2), steps=30, hypers={"lr": 0.95})
    k = np.arange(31)
    assert np.allclose(run.x, np.stack([-7 * 0.905**k, 2 * (-0.9) ** k], axis=1), rtol=1e-13)


@pytest.mark.parametrize(("lr", "shrinks"), [(0.999, True), (1.001, False)])
def test_gradient_descent_diverges_from_two_over_the_curvature_on(lr: float, shrinks: bool) -> None:
    y = descend("bowl", "sgd", start=(0, 1), steps=200, hypers={"lr": lr}).x[:, 1]
    assert (abs(y[-1]) < 1) == shrinks


def test_nesterov_uses_the_old_velocity() -> None:
    run = descend("bowl", "nesterov", start=(-7, 2), steps=30, hypers={"lr": 0.1, "momentum": 0.9}, keep="state")
    assert run.x[30] == pytest.approx((0.68961490, -6.79905836e-4), rel=1e-8)
    # Our x is the point looked ahead to; the point it is looked ahead from lags behind by β·lr·v.
    assert run.x[30] + 0.9 * 0.1 * run.state["v"][30] == pytest.approx((0.61307365, 0.00589895), abs=0.5e-8)
    # The code printed with the book moves the velocity first and ends elsewhere.
    assert np.abs(run.x[30] - (0.52639051, 2.2582e-4)).max() > 0.1


def circle(x, y):
    return x**2 + y**2


def circle_gradient(x, y):
    return 2 * x, 2 * y


@pytest.mark.parametrize("lr", [0.1, 10.0, 1e-10])
def test_the_learning_rates_of_chapter_four(lr: float) -> None:
    run = descend(plain(circle, circle_gradient), "sgd", start=(-3, 4), steps=100, hypers={"lr": lr})
    assert np.allclose(run.x, np.outer((1 - 2 * lr) ** np.arange(101.0), (-3, 4)), rtol=1e-12)
    # The book prints -2.6e13 for lr = 10: its numerical gradient loses all digits there. The exact one does not.
    expected = {0.1: (-6.11110793e-10, 8.14814391e-10), 10.0: (-2.25e128, 3.0e128), 1e-10: (-2.99999994, 3.99999992)}
    assert run.x[-1] == pytest.approx(expected[lr], rel=2e-3 if lr == 10.0 else 1e-8)
    assert (run.outcome == "escaped") == (lr == 10.0)


# --- the worked example: gradients 5 and 3, lr 0.1, β 0.9 ------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "second"),
    [("sgd", -0.3), ("momentum", -0.75), ("nesterov", -0.975)],
)
def test_the_worked_example(key: str, second: float) -> None:
    optimizer = OPTIMIZERS[key]
    hypers = {"lr": 0.1, "momentum": 0.9} if "momentum" in optimizer.defaults else {"lr": 0.1}
    assert steps(optimizer, [5, 3], **hypers)[1] == pytest.approx(second, rel=1e-14)


# --- Dive into Deep Learning -----------------------------------------------------------------------------------------


def oval(x, y):
    return x**2 + 2 * y**2


def oval_gradient(x, y):
    return 2 * x, 4 * y


def flat_oval(x, y):
    return 0.1 * x**2 + 2 * y**2


def flat_oval_gradient(x, y):
    return 0.2 * x, 4 * y


@pytest.mark.parametrize(("lr", "printed"), [(0.2, 0.060466), (0.05, 3.486784), (1.1, 61.917364)])
def test_d2l_in_one_dimension(lr: float, printed: float) -> None:
    run = descend(plain(circle, circle_gradient), "sgd", start=(10, 0), steps=10, hypers={"lr": lr})
    assert run.x[-1] == pytest.approx((printed, 0), abs=0.5e-6)


def waves(x, y):
    return x * np.cos(0.15 * np.pi * x)


def waves_gradient(x, y):
    c = 0.15 * np.pi
    return np.cos(c * x) - c * x * np.sin(c * x), 0.0


def test_d2l_in_a_local_minimum() -> None:
    run = descend(plain(waves, waves_gradient), "sgd", start=(10, 0), steps=10, hypers={"lr": 2})
    assert run.x[-1, 0] == pytest.approx(-1.528166, abs=0.5e-6)


@pytest.mark.parametrize(
    ("surface", "key", "hypers", "printed"),
    [
        ((oval, oval_gradient), "sgd", {"lr": 0.1}, (-0.057646, -0.000073)),
        ((flat_oval, flat_oval_gradient), "sgd", {"lr": 0.4}, (-0.943467, -0.000073)),
        ((flat_oval, flat_oval_gradient), "sgd", {"lr": 0.6}, (-0.387814, -1673.365109)),
        ((flat_oval, flat_oval_gradient), "momentum", {"lr": 0.6, "momentum": 0.5}, (0.007188, 0.002553)),
        ((flat_oval, flat_oval_gradient), "momentum", {"lr": 0.6, "momentum": 0.25}, (-0.126340, -0.186632)),
        # d2l has ε = 1e-6 inside the root. Here its six digits cannot tell; for its RMSprop they do.
        ((flat_oval, flat_oval_gradient), "adagrad", {"lr": 0.4}, (-2.382563, -0.158591)),
        ((flat_oval, flat_oval_gradient), "adagrad", {"lr": 2}, (-0.002295, -0.000000)),
    ],
)
def test_d2l_in_two_dimensions(surface: tuple, key: str, hypers: dict, printed: tuple[float, float]) -> None:
    run = descend(plain(*surface), key, start=(-5, -2), steps=20, hypers=hypers)
    assert run.x[-1] == pytest.approx(printed, abs=1e-6)


# --- first steps and steady states -----------------------------------------------------------------------------------

ANY = np.array([-300.0, -2.0, 1e-3, 0.5, 4e5])  # gradients of every size: the step must not care
TOWARDS = -np.sign(ANY)


@pytest.mark.parametrize("key", ["adam", "adamw", "adamax", "amsgrad", "adan", "lion", "signsgd", "rprop"])
def test_the_first_step_is_lr_in_every_coordinate(key: str) -> None:
    optimizer = OPTIMIZERS[key]
    tiny = {"eps": 1e-16} if "eps" in optimizer.defaults else {}
    first = steps(optimizer, [ANY], start=np.zeros(5), lr=0.3, **tiny)
    assert np.allclose(first, 0.3 * TOWARDS, rtol=1e-12)


@pytest.mark.parametrize("key", ["adam", "adamax", "amsgrad", "adan", "lion", "signsgd"])
def test_every_step_is_lr_while_the_gradient_is_constant(key: str) -> None:
    optimizer = OPTIMIZERS[key]
    tiny = {"eps": 1e-16} if "eps" in optimizer.defaults else {}
    assert np.allclose(steps(optimizer, [0.7] * 300, lr=0.3, **tiny), -0.3, rtol=1e-12)


def test_adabelief_starts_with_a_longer_step_and_speeds_up_where_nothing_surprises() -> None:
    first = steps(OPTIMIZERS["adabelief"], [ANY], start=np.zeros(5), lr=0.3, beta1=0.9)
    assert np.allclose(first[0, ANY**2 > 1], 0.3 / 0.9 * TOWARDS[ANY**2 > 1], rtol=1e-12)
    made = np.abs(steps(OPTIMIZERS["adabelief"], [0.7] * 100, lr=0.3))
    assert (np.diff(made) > 0).all()
    assert made[-1] > 3 * 0.3


def test_yogi_forgets_a_steep_stretch_more_slowly_than_adam() -> None:
    gradients = [10.0] * 20 + [0.1] * 500
    yogi, adam = (np.abs(steps(OPTIMIZERS[key], gradients, lr=0.3, eps=1e-8)) for key in ("yogi", "adam"))
    assert adam[-1] > 1.2 * yogi[-1]


def test_amsgrad_never_forgets_a_steep_stretch() -> None:
    gradients = [10.0] + [0.1] * 3000
    made = np.abs(steps(OPTIMIZERS["amsgrad"], gradients, lr=0.3))
    largest = np.sqrt(0.001 * 10.0**2 / (1 - 0.999**3001))
    assert made[-1] == pytest.approx(0.3 * 0.1 / largest, rel=1e-6)
    assert np.abs(steps(OPTIMIZERS["adam"], gradients, lr=0.3))[-1] > 2 * made[-1]


def test_radam_divides_from_the_sixth_step_on() -> None:
    made = steps(OPTIMIZERS["radam"], [2.0] * 2000, lr=0.3, beta2=0.999, eps=1e-16)
    assert np.allclose(made[:5], -0.3 * 2.0, rtol=1e-12)
    assert -0.03 < made[5] < 0  # r begins near 0 and grows to 1
    assert (np.diff(np.abs(made[5:])) > 0).all()
    assert made[-1] == pytest.approx(-0.3, rel=0.2)


@pytest.mark.parametrize("beta2", [0.0, 0.3, 0.5, 0.6])
def test_radam_never_divides_where_its_memory_is_short(beta2: float) -> None:
    radam = OPTIMIZERS["radam"]
    for update in (radam.update, radam.spoken("optax").update):
        x, state = 0.0, (0.0, 0.0)
        with np.errstate(all="raise"):
            for t in range(1, 101):
                x, *state = update(x, 2.0, float(t), *state, **(radam.defaults | {"lr": 0.1, "beta2": beta2}))
        assert x == pytest.approx(-0.1 * 2.0 * 100, rel=1e-12)


def test_rprops_step_grows_waits_and_halves() -> None:
    made = steps(OPTIMIZERS["rprop"], [3.0, 9.0, 0.1, -7.0, -7.0, -0.2, 0.0, -1.0], lr=0.1)
    assert made == pytest.approx([-0.1, -0.12, -0.144, 0.0, 0.072, 0.0864, 0.0, 0.0864], rel=1e-12)
    far = steps(OPTIMIZERS["rprop"], [1.0] * 60, lr=0.1)
    assert np.allclose(far, -np.minimum(0.1 * 1.2 ** np.arange(60), 50.0), rtol=1e-12)


def test_asgds_mean_is_that_of_its_points_from_the_start_of_the_mean_on() -> None:
    run = descend("bowl", "asgd", start=(-7, 2), steps=40, hypers={"lr": 0.3, "t0": 10}, noise=0.5, keep="state")
    assert np.allclose(run.state["mean"][5], run.x[5], rtol=1e-12)
    assert np.allclose(run.state["mean"][40], run.x[12:].mean(axis=0), rtol=1e-12)


def test_dampening_spares_the_first_velocity_only() -> None:
    made = steps(OPTIMIZERS["momentum"], [5, 3], lr=0.1, momentum=0.9, dampening=0.9)
    assert made == pytest.approx([-0.5, -0.48], rel=1e-12)


@pytest.mark.parametrize("key", [key for key, o in OPTIMIZERS.items() if "weight_decay" in o.defaults and not o.plane])
@pytest.mark.parametrize("dialect", ["pytorch", "keras", "optax", "book"])
def test_weight_decay_is_a_gradient_or_a_factor(key: str, dialect: str) -> None:
    if dialect not in ("pytorch", *OPTIMIZERS[key].dialects):
        pytest.skip("not declared")
    optimizer = OPTIMIZERS[key].spoken(dialect)
    lr, decay = 0.1, 0.5
    outside = stepped(optimizer, [0.0], start=3.0, lr=lr, weight_decay=decay)[1]
    inside = stepped(optimizer, [decay * 3.0], start=3.0, lr=lr, weight_decay=0.0)[1]
    drift = stepped(optimizer, [0.0], start=3.0, lr=lr, weight_decay=0.0)[1] - 3  # Yogi's mean does not start at zero
    made = {"factor": 3 * (1 - lr * decay) + drift, "division": 3 / (1 + lr * decay), "gradient": inside}
    assert [form for form, x in made.items() if x == pytest.approx(outside, rel=1e-12)]


@pytest.mark.parametrize(
    ("key", "hypers", "bound"),
    [
        ("sgd", {}, 2.0),
        ("sgd", {"weight_decay": 0.5}, 2.0),
        ("momentum", {"momentum": 0.9}, 3.8),
        ("momentum", {"momentum": 0.9, "dampening": 0.9}, 38.0),
        ("momentum", {"momentum": 0.9, "dampening": 0.5, "weight_decay": 0.5}, 7.6),
        ("nesterov", {"momentum": 0.9}, 3.8 / 2.8),
        ("nesterov", {"momentum": 0.9, "weight_decay": 0.5}, 3.8 / 2.8),
    ],
)
def test_the_largest_stable_rate(key: str, hypers: dict[str, float], bound: float) -> None:
    surface, optimizer = plain(circle, circle_gradient), OPTIMIZERS[key]
    hypers = optimizer.defaults | hypers
    curvature = 2 + hypers["weight_decay"]
    for share, stable in ((0.98, True), (1.02, False)):
        lr = share * bound / curvature
        check = stability(surface, optimizer, hypers | {"lr": lr}, lr)
        assert check is not None
        assert (check.bound, check.stable) == (pytest.approx(bound), stable)
        run = descend(surface, optimizer, start=(0, 1), steps=2000, hypers=hypers | {"lr": lr}, keep="end")
        assert (run.loss[-1] < 1) == stable


def test_epsilon_shortens_adams_step_by_its_share_of_the_gradient() -> None:
    assert steps(OPTIMIZERS["adam"], [1e-3], lr=0.3, eps=1e-3)[0] == pytest.approx(-0.15, rel=1e-12)


@pytest.mark.parametrize(("rho", "times"), [(0.99, 10.0), (0.75, 2.0)])
def test_rmsprop_starts_with_a_leap(rho: float, times: float) -> None:
    first = steps(OPTIMIZERS["rmsprop"], [ANY], start=np.zeros(5), lr=0.01, rho=rho, eps=1e-16)
    assert np.allclose(first, 0.01 * times * TOWARDS, rtol=1e-11)


def test_rmsprop_settles_to_lr_on_a_constant_gradient() -> None:
    t = np.arange(1, 2001)
    made = steps(OPTIMIZERS["rmsprop"], [0.7] * 2000, lr=0.01, rho=0.99, eps=1e-16)
    assert np.allclose(made, -0.01 / np.sqrt(1 - 0.99**t), rtol=1e-12)
    assert made[-1] == pytest.approx(-0.01, rel=1e-8)


def test_adagrad_steps_die_like_one_over_the_root_of_t() -> None:
    t = np.arange(1, 401)
    made = steps(OPTIMIZERS["adagrad"], [-2.5] * 400, lr=0.1, eps=1e-16)
    assert np.allclose(made, 0.1 / np.sqrt(t), rtol=1e-12)
    assert made.sum() == pytest.approx(2 * 0.1 * np.sqrt(400), rel=0.05)


def test_adadelta_starts_at_the_root_of_epsilon() -> None:
    rho, eps = 0.9, 1e-6
    first = steps(OPTIMIZERS["adadelta"], [ANY], start=np.zeros(5), rho=rho, eps=eps)
    assert np.allclose(first, -ANY * np.sqrt(eps / ((1 - rho) * ANY**2 + eps)), rtol=1e-12)
    large = np.abs(ANY) > 0.1
    assert np.allclose(first[0, large], np.sqrt(eps / (1 - rho)) * TOWARDS[large], rtol=1e-3)


@pytest.mark.parametrize(("steps", "point"), [(30, (-6.859, 1.862)), (1000, (-2.133, 0.0))])
def test_adadelta_hardly_moves_at_first(steps: int, point: tuple[float, float]) -> None:
    run = descend("bowl", "adadelta", start=(-7, 2), steps=steps, hypers={"rho": 0.95})
    assert run.x[-1] == pytest.approx(point, abs=5e-4)


@pytest.mark.parametrize(("lr", "moved"), [(0.001, 0.002), (1.0, 1.9)])
def test_adadelta_at_the_rate_of_keras_and_at_its_own(lr: float, moved: float) -> None:
    run = descend("bowl", "adadelta", start=(-7, 2), steps=1000, hypers={"lr": lr, "rho": 0.95, "eps": 1e-7})
    assert run.x[-1, 0] + 7 == pytest.approx(moved, rel=0.1)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.99])
def test_momentum_grows_to_its_terminal_velocity(beta: float) -> None:
    t = np.arange(1, 3001)
    made = steps(OPTIMIZERS["momentum"], [2.0] * 3000, lr=0.01, momentum=beta)
    assert np.allclose(made, -0.02 * (1 - beta**t) / (1 - beta), rtol=1e-9)
    assert made[-1] == pytest.approx(-0.02 / (1 - beta), rel=1e-9)


def test_nesterov_has_the_same_terminal_velocity() -> None:
    assert steps(OPTIMIZERS["nesterov"], [2.0] * 3000, lr=0.01, momentum=0.9)[-1] == pytest.approx(-0.2, rel=1e-9)


@pytest.mark.parametrize("key", ["momentum", "nesterov"])
def test_without_momentum_it_is_gradient_descent(key: str) -> None:
    how = {"start": BOOK.start, "steps": 50}
    still = descend("bowl", key, hypers={"lr": 0.3, "momentum": 0.0}, **how)
    assert np.array_equal(still.x, descend("bowl", "sgd", hypers={"lr": 0.3}, **how).x)


def test_adamw_without_decay_is_adam_and_decay_alone_is_geometric() -> None:
    how = {"start": BOOK.start, "steps": 50}
    none = descend("bowl", "adamw", hypers={"lr": 0.3, "weight_decay": 0.0}, **how)
    assert np.array_equal(none.x, descend("bowl", "adam", hypers={"lr": 0.3}, **how).x)
    alone = stepped(OPTIMIZERS["adamw"], [0.0] * 20, start=3.0, lr=0.1, weight_decay=0.5)
    assert np.allclose(alone, 3 * 0.95 ** np.arange(21), rtol=1e-13)


def test_nadams_first_step_is_made_of_todays_and_tomorrows_momentum() -> None:
    beta, psi, lr = 0.9, 0.004, 0.3
    mu = [beta * (1 - 0.5 * 0.96 ** (t * psi)) for t in (1, 2)]
    expected = mu[1] * (1 - beta) / (1 - mu[0] * mu[1]) + (1 - mu[0]) / (1 - mu[0])
    first = steps(OPTIMIZERS["nadam"], [ANY], start=np.zeros(5), lr=lr, beta1=beta, momentum_decay=psi, eps=1e-16)
    assert np.allclose(first, lr * expected * TOWARDS, rtol=1e-12)


def test_nadam_without_momentum_is_adam_without_momentum() -> None:
    how = {"start": BOOK.start, "steps": 50}
    nadam, adam = (descend("bowl", key, hypers={"lr": 0.3, "beta1": 0.0}, **how).x for key in ("nadam", "adam"))
    assert np.allclose(nadam, adam, rtol=0, atol=1e-13)


def test_nadam_settles_to_lr_on_a_constant_gradient() -> None:
    made = steps(OPTIMIZERS["nadam"], [0.7] * 5000, lr=0.3, eps=1e-16)
    assert made[-1] == pytest.approx(-0.3, rel=1e-3)
