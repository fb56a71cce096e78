"""What single methods promise: closed forms, papers followed word for word, and the points kept beside the path."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core import OPTIMIZERS, SURFACES, descend
from core.engine.descend import Run
from core.spec import Companion, Dialect, Optimizer, Paper, Text, rate

SURFACE = SURFACES["himmelblau"]
START = (-0.5, -1.5)
SPOKEN = [
    pytest.param(o.spoken(dialect), id=f"{o.key}-{dialect}")
    for o in OPTIMIZERS.values()
    for dialect in ("pytorch", *o.dialects)
    if o.companions
]


def slope(point: np.ndarray) -> np.ndarray:
    return np.array(SURFACE.gradient(*point))


def followed(optimizer: str, steps: int = 60, dialect: str = "pytorch", **hypers: float) -> Run:
    return descend(SURFACE, optimizer, start=START, steps=steps, hypers=hypers, dialect=dialect, keep="state")


def beside(run: Run, optimizer: Optimizer, key: str, **hypers: float) -> np.ndarray:
    """(steps+1, 2) places of a companion. lr is that of the update."""
    place = next(companion.place for companion in optimizer.companions if companion.key == key)
    lr = np.append(run.lr[:1], run.lr)[:, None]
    own = {**optimizer.defaults, **hypers, "lr": lr}
    return place(run.x, np.arange(float(len(run.x)))[:, None], *run.state.values(), *own.values())


def same(ours: np.ndarray, theirs: object) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-11)


# --- points beside the path --------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", SPOKEN)
def test_a_companion_sets_out_from_the_start_and_is_somewhere_else_later(optimizer: Optimizer) -> None:
    run = followed(optimizer.key, dialect=optimizer.dialect, lr=0.01)
    for companion in optimizer.companions:
        places = beside(run, optimizer, companion.key, lr=0.01)
        assert places.shape == run.x.shape
        assert np.isfinite(places).all()
        same(places[0], START)
        for update, (x, lr) in enumerate(zip(run.x[1:], run.lr, strict=True), 1):  # a number at a time
            state = [float(rows[update, 1]) for rows in run.state.values()]
            own = optimizer.defaults | {"lr": float(lr)}
            assert companion.place(float(x[1]), float(update), *state, *own.values()) == places[update, 1]


@pytest.mark.parametrize("t0", [0, 10])
def test_the_mean_of_asgd_is_the_mean_of_its_points(t0: int) -> None:
    run = followed("asgd", lr=0.01, t0=t0)
    means = beside(run, OPTIMIZERS["asgd"], "mean", t0=t0)
    for t in range(t0 + 2, len(run.x)):
        same(means[t], run.x[t0 + 2 : t + 1].mean(axis=0))
    same(means[: t0 + 2], run.x[: t0 + 2])


@pytest.mark.parametrize("dialect", ["pytorch", "keras", "optax", "book"])
def test_the_iterate_of_nesterov_is_the_sequence_that_is_stepped_from_where_the_velocity_leads(dialect: str) -> None:
    """I. Sutskever et al., On the importance of initialization and momentum in deep learning, 2013, equations 3 and 4."""
    lr, momentum = 0.005, 0.8
    run = followed("nesterov", dialect=dialect, lr=lr, momentum=momentum)
    theta, v, points = np.array(START), np.zeros(2), [START]
    for _ in range(60):
        v = momentum * v - lr * slope(theta + momentum * v)
        theta = theta + v
        points.append(theta)
    optimizer = OPTIMIZERS["nesterov"].spoken(dialect)
    same(beside(run, optimizer, "iterate", momentum=momentum), points)
    assert np.abs(run.x - points).max() > 0.1, "the path itself is that of the look-ahead"


def test_nesterov_of_1983_is_the_paper_followed_word_for_word() -> None:
    lr = 0.005
    run = followed("nesterov_1983", lr=lr)
    y = last = np.array(START)
    a, points, iterates = 1.0, [y], [last]
    for _ in range(60):
        x = y - lr * slope(y)
        following = (1 + np.sqrt(4 * a**2 + 1)) / 2
        y = x + (a - 1) * (x - last) / following
        a, last = following, x
        points.append(y)
        iterates.append(x)
    same(run.x, points)
    same(beside(run, OPTIMIZERS["nesterov_1983"], "iterate"), iterates)


def test_nesterov_of_1983_keeps_its_promise_where_descent_could_not() -> None:
    """f - f* <= 4 L |x0 - x*|² / (t + 2)² at lr = 1/L; and its momentum is about (t - 1)/(t + 2)."""
    surface = SURFACES["ill_conditioned"]
    curvature = np.linalg.eigvalsh([[surface.hessian(0, 0)[0], surface.hessian(0, 0)[1]], surface.hessian(0, 0)[1:]])[
        -1
    ]
    run = descend(surface, "nesterov_1983", start=surface.start, steps=400, hypers={"lr": 1 / curvature}, keep="state")
    iterates = beside(run, OPTIMIZERS["nesterov_1983"], "iterate")
    t = np.arange(401)
    loss = surface.value(*iterates.T) - surface.lowest
    far = ((surface.start - np.array(surface.minima[0])) ** 2).sum()
    assert (loss <= 4 * curvature * far / (t + 2) ** 2 + 1e-12).all()
    a = run.state["a"][:, 0]
    np.testing.assert_allclose((a[:-1] - 1) / a[1:], (t[1:] - 1) / (t[1:] + 2), atol=0.05)
    assert np.diff(loss).max() > 0, "it swings past the minimum"


@pytest.mark.parametrize(("optimizer", "share"), [("schedule_free_sgd", "momentum"), ("schedule_free_adamw", "beta1")])
def test_schedule_free_methods_step_between_a_base_point_and_its_mean(optimizer: str, share: str) -> None:
    """Weighed by the largest rate so far, squared: with a rate that rises, and at first is 0, later points count more."""
    record, own = OPTIMIZERS[optimizer], {share: 0.7, "weight_decay": 0.05}
    for schedule in ("constant", "cyclic"):
        run = descend(
            SURFACE, optimizer, start=START, steps=60, hypers={"lr": 0.02, **own}, schedule=schedule,
            schedule_hypers={"up": 20, "down": 20, "floor": 0.0} if schedule == "cyclic" else {}, keep="state",
        )  # fmt: skip
        mean, z = (beside(run, record, key, **own) for key in ("mean", "base"))
        same(run.x, 0.3 * z + 0.7 * mean)
        weights = np.maximum.accumulate(run.lr) ** 2
        for t in np.flatnonzero(weights.cumsum() > 0) + 1:
            same(mean[t], np.average(z[1 : t + 1], axis=0, weights=weights[:t]))
        divisor = 1.0
        if optimizer == "schedule_free_adamw":
            squares = [sum(0.999**i * g**2 for i, g in enumerate(run.gradient[t::-1])) for t in range(60)]
            bias = 1 - 0.999 ** np.arange(1, 61)[:, None]
            divisor = np.sqrt(0.001 * np.array(squares) / bias) + 1e-8
        same(z[1:], z[:-1] - run.lr[:, None] * (run.gradient / divisor + 0.05 * run.x[:-1]))


def test_a_dialect_has_the_companions_of_its_record() -> None:
    def update(x, g, t, v, lr):
        return x - lr * g, v

    def place(x, t, v, lr):
        return x - v

    words = Text("words", "말")
    arguments = {
        "name": "One", "family": "gradient", "hypers": (rate(0.1),), "latex": "x", "about": words,
        "paper": Paper("nobody", "nothing", 2000, "https://example.org"),
    }  # fmt: skip
    one, other = Companion("one", words, place), Companion("other", words, place)
    Optimizer(update, **arguments, companions=(one,), dialects={"keras": Dialect(companions=(one,))})
    with pytest.raises(TypeError, match=r"One: a dialect has other companions, \['other'\]"):
        Optimizer(update, **arguments, companions=(one,), dialects={"keras": Dialect(companions=(other,))})


# --- methods that are others in disguise -------------------------------------------------------------------------


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_a_mean_for_a_velocity_is_the_heavy_ball_at_another_rate(schedule: str) -> None:
    mean, ball = (
        descend(SURFACE, key, start=START, steps=80, hypers={"lr": lr, "momentum": 0.9}, schedule=schedule).x
        for key, lr in (("momentum_mean", 0.05), ("momentum", 0.05 * (1 - 0.9)))
    )
    same(mean, ball)


ALIKE = [
    ("qhm", {"nu": 0.0, "lr": 0.01}, "sgd", {"lr": 0.01}),
    ("qhm", {"nu": 1.0, "momentum": 0.9, "lr": 0.05}, "momentum_mean", {"momentum": 0.9, "lr": 0.05}),
    ("qhm", {"nu": 0.8, "momentum": 0.8, "lr": 0.025}, "nesterov", {"momentum": 0.8, "lr": 0.005}),
    ("ademamix", {"alpha": 0.0, "lr": 0.1, "weight_decay": 0.02}, "adamw", {"lr": 0.1, "weight_decay": 0.02}),
    ("tiger", {"beta": 0.95, "lr": 0.02}, "lion", {"beta1": 0.95, "beta2": 0.95, "lr": 0.02, "weight_decay": 0.01}),
    ("tiger", {"beta": 0.95, "lr": 0.02}, "signsgd", {"momentum": 0.95, "lr": 0.02, "weight_decay": 0.01}),
    ("adabelief", {"lr": 0.1, "eps": 1e-4}, "adabelief", {"lr": 0.1, "eps": 1e-4, "eps_root": 1e-4}),
]


@pytest.mark.parametrize(("one", "its", "other", "others"), ALIKE, ids=[f"{a}-{c}" for a, _, c, _ in ALIKE])
def test_at_some_values_one_method_is_another(one: str, its: dict, other: str, others: dict) -> None:
    same(followed(one, **its).x, followed(other, **others).x)
    assert np.ptp(followed(one, **its).x) > 0.1


# --- papers, followed ----------------------------------------------------------------------------------------------


def path_of(step: Callable[[int, np.ndarray, np.ndarray], np.ndarray], steps: int = 60) -> list[np.ndarray]:
    """Points that a rule (t, x, g) -> x makes of NumPy vectors."""
    points = [np.array(START)]
    for t in range(1, steps + 1):
        points.append(step(t, points[-1], slope(points[-1])))
    return points


def test_aggmo_is_the_mean_of_heavy_balls_that_share_a_path() -> None:
    betas, velocities = [1 - 0.2**i for i in range(3)], [np.zeros(2) for _ in range(3)]

    def step(t: int, x: np.ndarray, g: np.ndarray) -> np.ndarray:
        for i, beta in enumerate(betas):
            velocities[i] = beta * velocities[i] - g
        return x + 0.01 / 3 * sum(velocities)

    same(followed("aggmo", lr=0.01, a=0.2).x, path_of(step))


def test_aggmo_overshoots_less_than_its_longest_memory_alone() -> None:
    surface, lr = SURFACES["bowl"], 0.1
    paths = [
        descend(surface, key, start=(-7.0, 2.0), steps=200, hypers={"lr": lr, **own}).x[:, 0]
        for key, own in (("aggmo", {"a": 0.1}), ("momentum", {"momentum": 0.99}))
    ]
    assert paths[0].max() < 0.8 * paths[1].max()


def test_the_slow_mean_of_ademamix_grows_as_the_paper_has_it() -> None:
    """Algorithm 1, with its two schedulers: α linear, β₃ by even half-lives."""
    lr, beta1, beta2, beta3, alpha, ramp = 0.02, 0.9, 0.999, 0.99, 5.0, 40
    m, slow, v = np.zeros(2), np.zeros(2), np.zeros(2)

    def half_life(beta: float) -> float:
        return np.log(0.5) / np.log(beta)

    def step(t: int, x: np.ndarray, g: np.ndarray) -> np.ndarray:
        nonlocal m, slow, v
        share = min(t / ramp, 1.0)
        life = (1 - share) * half_life(beta1) + share * half_life(beta3)
        kept = 0.5 ** (1 / life)
        m, slow, v = beta1 * m + (1 - beta1) * g, kept * slow + (1 - kept) * g, beta2 * v + (1 - beta2) * g**2
        pushed = m / (1 - beta1**t) + min(share * alpha, alpha) * slow
        return x - lr * pushed / (np.sqrt(v / (1 - beta2**t)) + 1e-8)

    same(followed("ademamix", lr=lr, beta3=beta3, ramp=ramp).x, path_of(step))


@pytest.mark.parametrize("betas", [(0.0, 0.99), (0.9, 0.0), (0.0, 0.0)])
def test_ademamix_grows_from_no_memory_and_to_none(betas: tuple[float, float]) -> None:
    run = followed("ademamix", lr=0.01, beta1=betas[0], beta3=betas[1], ramp=20)
    assert np.isfinite(run.x).all()


def test_cautious_adam_is_the_authors_line_in_adam() -> None:
    """C-Optim: mask = (exp_avg * grad > 0), divided by its mean, which is kept above 1e-3. Decay as AdamW's."""
    lr, decay = 0.15, 0.02
    m, v = np.zeros(2), np.zeros(2)
    waits = []

    def step(t: int, x: np.ndarray, g: np.ndarray) -> np.ndarray:
        nonlocal m, v
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        mask = (m * g > 0).astype(float)
        waits.append(mask.sum())
        mask /= max(mask.mean(), 1e-3)
        return x * (1 - lr * decay) - lr * mask * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)

    same(followed("cautious_adam", lr=lr, weight_decay=decay).x, path_of(step))
    assert set(waits) >= {1.0, 2.0}


def test_cautious_adam_makes_the_steps_that_timm_made() -> None:
    """AdamWLegacy(..., caution=True) of timm 1.0.31, with this surface's gradient in float64."""
    run = followed("cautious_adam", lr=0.15, beta1=0.8, beta2=0.99, eps=1e-4, weight_decay=0.1)
    theirs = {
        1: (-0.6424989285790815, -1.627497857173469),
        10: (-1.9141230333840504, -2.6351831406901987),
        20: (-3.234033663375242, -3.0854743378918306),
        40: (-3.602686670082442, -3.210265240573021),
        60: (-3.6591391480412536, -3.2337411552455335),
    }
    same(run.x[list(theirs)], list(theirs.values()))


def test_cautious_adam_never_goes_uphill_along_a_coordinate() -> None:
    for key in ("rosenbrock", "himmelblau", "bowl", "beale"):
        surface = SURFACES[key]
        cautious, plain = (
            descend(surface, name, start=surface.start, steps=300, hypers={"lr": 0.1})
            for name in ("cautious_adam", "adam")
        )
        assert (np.diff(cautious.x, axis=0) * cautious.gradient <= 0).all()
        assert (np.diff(plain.x, axis=0) * plain.gradient > 0).any()


# --- settings -------------------------------------------------------------------------------------------------------


def test_the_first_step_tells_where_an_epsilon_and_an_initial_mean_stand() -> None:
    g = slope(np.array(START))
    adam = followed("adam", 1, lr=0.1, eps=1e-3, eps_root=0.01)
    same(adam.x[1], START - 0.1 * g / (np.sqrt(g**2 + 0.01) + 1e-3))
    yogi = followed("yogi", 1, lr=0.1, init_acc=0.5)
    m, v = (0.9 * 0.5 + 0.1 * g) / 0.1, (0.5 + 0.001 * np.sign(g**2 - 0.5) * g**2) / 0.001
    same(yogi.x[1], START - 0.1 * m / (np.sqrt(v) + 1e-3))
    belief = followed("adabelief", 1, lr=0.1, eps=1e-3, eps_root=0.01)
    same(belief.x[1], START - 0.1 * g / (np.sqrt((0.001 * (0.9 * g) ** 2 + 0.01) / 0.001) + 1e-3))
    for no_prox, decayed in ((0, lambda x, step: (x - step) / 1.03), (1, lambda x, step: 0.97 * x - step)):
        adan = followed("adan", 1, lr=0.1, weight_decay=0.3, no_prox=no_prox)
        same(adan.x[1], decayed(np.array(START), 0.1 * g / (np.abs(g) + 1e-8)))


def test_what_is_asked_at_special_values_is_asked_before_all_else() -> None:
    belief, yogi = OPTIMIZERS["adabelief"], OPTIMIZERS["yogi"]
    assert belief.asked("optax", belief.defaults).startswith("optax.adabelief(")
    assert "eps_root={eps})" in belief.asked("optax", belief.defaults)
    assert "eps_root={eps_root})" in belief.asked("optax", {**belief.defaults, "eps_root": 1e-3})
    assert "add_decayed_weights" in belief.asked("optax", {**belief.defaults, "weight_decay": 0.1})
    assert yogi.asked("optax", yogi.defaults).startswith("optax.yogi(")
    assert "initial_accumulator_value={init_acc}" in yogi.asked("optax", {**yogi.defaults, "init_acc": 0.1})
    for key, name in (("schedule_free_sgd", "momentum"), ("schedule_free_adamw", "beta1")):
        record = OPTIMIZERS[key]
        for library in ("optax", "pytorch_optimizer"):
            assert record.asked(library, record.defaults)
            assert record.asked(library, {**record.defaults, name: 0.0}) == "", "the library divides by it"
