"""How a run ended: the same word at every number of steps, and the same for a path as for its end."""

from __future__ import annotations

import itertools

import naive
import numpy as np
import pytest

from core import OPTIMIZERS, SURFACES, descend, expression_surface
from core.engine.outcome import LOOPS, WORDS, circle, period

KINK = expression_surface("abs(x)+abs(y)")


def told(run):
    return str(run.outcome), int(run.when), int(run.minimum)


def around(surface, optimizer, start, lr, steps, **hypers):
    """What is said of a run, by a path and by its end alone."""
    runs = [
        descend(surface, optimizer, start=start, steps=steps, hypers={"lr": lr, **hypers}, keep=keep)
        for keep in ("path", "state", "end")
    ]
    assert len({told(run) for run in runs}) == 1
    return told(runs[0])


# --- loops ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("surface", "optimizer", "start", "lr", "first"),
    [
        ("bowl", "signsgd", (1.05, 1.05), 0.1, 20),
        (KINK, "sgd", (1.0, 1.0), 0.3, 10),
        (KINK, "sgd", (0.305, 0.305), 0.3, 4),  # every other point is within the tolerance
        ("bowl", "sgd", (0.0, 2.0), 1.0, 3),
        ("himmelblau", "sam", (1.0, 1.0), 0.01, 60),
    ],
)
def test_a_run_to_and_fro_has_one_word_at_every_number_of_steps(surface, optimizer, start, lr, first):
    said = {around(surface, optimizer, start, lr, steps) for steps in (*range(first, first + 25), 300, 305, 310, 999)}
    assert said == {("cycling", -1, 0)}


def rotating(angle):
    """x -> x turned by an angle: gradient descent at rate 1 on a field that has no potential."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    def path(start, steps):
        points = [np.array(start)]
        for _ in range(steps):
            points.append(turn @ points[-1])
        return np.array(points)

    return path


@pytest.mark.parametrize("p", range(2, LOOPS + 1))
def test_the_period_of_a_circle(p):
    points = rotating(2 * np.pi / p)((1.0, 0.5), 40)[::-1]
    x, y = np.ascontiguousarray(points.T)
    assert period(x, y, 0, 0, 1, LOOPS, 1e-6) == p
    middle_x, middle_y, radius = circle(x, y, 0, 0, 1, p)
    assert radius == pytest.approx(np.hypot(1.0, 0.5))
    assert np.hypot(middle_x, middle_y) < 1e-9


def test_what_only_seems_to_go_round():
    fading = 0.01 * (-0.999) ** np.arange(40.0)[::-1]
    assert period(fading, np.zeros(40), 0, 0, 1, LOOPS, 1e-4) == 0, "near enough, but it loses a thousandth a step"
    assert period(fading, np.zeros(40), 0, 0, 1, LOOPS, 1.0) == 1, "at rest, for one who looks from afar"
    assert period(np.arange(40.0), np.zeros(40), 0, 0, 1, LOOPS, 1e-6) == 0
    assert period(np.full(40, np.nan), np.zeros(40), 0, 0, 1, LOOPS, 1e-6) == 0


def test_an_oscillation_that_dies_out_is_on_its_way():
    """It turns the sign of its error at every step, and so repeats every other step the better the later."""
    words = [around("bowl", "sgd", (0.0, 2.0), 0.9999, steps)[0] for steps in (*range(100, 112), 3000, 3001)]
    assert set(words) == {"moving"}


def test_a_loop_within_the_tolerance_has_arrived():
    run = descend("bowl", "signsgd", start=(1.005, 1.005), steps=200, hypers={"lr": 0.01})
    assert run.outcome == "arrived"


def test_a_loop_across_the_edge_of_the_map_has_not_left():
    surface = expression_surface("x^2/2 + y^2/2", bounds=((-2, 4), (-3, 3)))
    assert {around(surface, "sgd", (3.0, 0.0), 2.0, steps)[0] for steps in range(20, 32)} == {"cycling"}
    assert around(surface, "sgd", (-30.0, 0.0), 2.0, 20)[0] == "cycling", "a start outside widens the map"


def test_a_loop_outside_has_left():
    surface = expression_surface("x^2/2 + y^2/2", bounds=((-2, 2), (-2, 2)))
    # Two loops apart from each other would need another function; a run that stays off the map does.
    assert around(surface, "sgd", (1.0, 0.0), 2.5, 60)[0] == "escaped"


def test_sam_circles_around_the_minima():
    """Its look ahead has a fixed length, so it never comes to rest: most of the map leads to a loop around a minimum."""
    surface = SURFACES["himmelblau"]
    starts = np.stack(np.meshgrid(*(np.linspace(low, high, 24) for low, high in surface.bounds)), -1).reshape(-1, 2)
    runs = [descend(surface, "sam", start=starts, steps=n, hypers={"lr": 0.01}, keep="end") for n in (200, 201)]
    for run in runs:
        assert (run.outcome == "cycling").mean() > 0.99
        assert set(run.minimum[run.outcome == "cycling"]) == {0, 1, 2, 3}
    np.testing.assert_array_equal(runs[0].minimum, runs[1].minimum)


@pytest.mark.parametrize("key", ["bowl", "himmelblau", "rosenbrock", "saddle", "ackley"])
def test_words_are_those_of_the_twin(key):
    """Every optimizer at three rates: what the run loop says of a lane is what can be read off its path."""
    surface = SURFACES[key]
    (x0, x1), (y0, y1) = surface.bounds
    starts = np.random.default_rng(3).uniform((x0, y0), (x1, y1), (40, 2))
    seen = set()
    for optimizer, times, steps in itertools.product(OPTIMIZERS.values(), (1, 5, 20), (7, 64, 201)):
        hypers = {"lr": times * surface.rate_for(optimizer)}
        run = descend(surface, optimizer, start=starts, steps=steps, hypers=hypers)
        for i in range(0, 40, 3):
            point = None if np.isnan(run.missing[i]).any() else tuple(run.missing[i])
            path = naive.Path(run.x[i], run.loss[i], run.lr[i], run.gradient[i], {}, point)
            said = (str(run.outcome[i]), int(run.when[i]), int(run.minimum[i]))
            assert said == naive.outcome(surface, path, None), (optimizer.key, times, steps, i)
            seen.add(said[0])
    assert len(seen) >= 3


# --- no value here ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "when", "point"),
    [
        ("sqrt(x)+y^2", (1.0, 0.0), 15, (-0.3316, 0.0)),
        ("x*log(y)", (1.0, 1.0), 6, (1.2676, -0.1023)),
        ("log(x)+y", (0.0, 1.0), 0, (0.0, 1.0)),
    ],
)
def test_leaving_the_domain_is_not_leaving_the_map(text, start, when, point):
    surface = expression_surface(text)
    for keep in ("path", "end"):
        run = descend(surface, "sgd", start=start, steps=60, hypers={"lr": 0.1}, keep=keep)
        assert told(run) == ("undefined", when, -1)
        np.testing.assert_allclose(run.missing, point, atol=1e-4)
    crowd = descend(surface, "sgd", start=[start, (1.5, 1.5)], steps=60, hypers={"lr": 0.1})
    assert crowd.outcome[0] == "undefined"
    np.testing.assert_allclose(crowd.missing[0], point, atol=1e-4)


def test_a_point_without_a_next_one():
    """The root has a value at 0, but no slope: nothing leads on from there."""
    surface = expression_surface("sqrt(x)+y^2")
    for keep in ("path", "end"):
        run = descend(surface, "sgd", start=(0.0, 1.0), steps=20, hypers={"lr": 0.1}, keep=keep)
        assert told(run) == ("undefined", 0, -1)
        assert np.isnan(run.missing).all()


def test_off_the_map_and_without_a_value_has_left():
    surface = expression_surface("sqrt(x)+y^2")
    run = descend(surface, "sgd", start=(1.0, 0.0), steps=20, hypers={"lr": 20.0})
    assert told(run) == ("escaped", 1, -1), "(-9, 0) lies outside"
    far = descend("rosenbrock", "sgd", start=(-1.5, 2.0), steps=40, hypers={"lr": 1.0})
    assert far.outcome == "escaped"
    assert np.isnan(far.x[-1]).all(), "it overflowed"
    assert np.isnan(far.missing).all()


def test_a_neighbour_does_not_notice():
    """The lanes of a block look at the map together; one that has no value any more is no help to the next."""
    surface = expression_surface("sqrt(x)+y^2")
    starts = np.array([(1.0 + 0.01 * (i % 3), 0.5) for i in range(300)])
    starts[::2] = 0.05, 0.5
    crowd = descend(surface, "sgd", start=starts, steps=10, hypers={"lr": 0.1}, keep="end")
    for i in (0, 1, 2, 128, 129, 299):
        alone = descend(surface, "sgd", start=starts[i], steps=10, hypers={"lr": 0.1}, keep="end")
        assert told(alone) == (crowd.outcome[i], crowd.when[i], crowd.minimum[i])
        np.testing.assert_array_equal(alone.missing, crowd.missing[i])


def test_the_docstring_names_every_word():
    from core.engine.descend import Run

    for word in WORDS:
        assert f'"{word}"' in Run.__doc__
