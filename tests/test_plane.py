"""Methods that treat both coordinates together, surfaces made of examples, and points confined to a box."""

from __future__ import annotations

from itertools import pairwise

import naive
import numpy as np
import pytest
from scipy.optimize import BFGS, brentq, minimize

from core import OPTIMIZERS, SURFACES, Scene, descend
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


# --- searches along a line ------------------------------------------------------------------------

SEARCHING = ["line_search", "cg_fletcher_reeves", "cg_polak_ribiere"]
ROUND = Scene(surface="2*x^2 + y^2").record


def test_a_line_search_on_a_quadratic_makes_the_steps_of_the_closed_form():
    """η = g'g / g'Hg; f. e. 80/288 from (-2, -2)."""
    for surface, start in ((ROUND, (-2.0, -2.0)), (SURFACES["ill_conditioned"], (-2.5, 1.0))):
        (xx, xy, yy), x = surface.hessian(0.0, 0.0), np.array(start)
        run = descend(surface, "line_search", start=start, steps=8)
        for t in range(8):
            g = np.array(surface.gradient(*x))
            x = x - g * (g @ g) / (g @ [[xx, xy], [xy, yy]] @ g)
            np.testing.assert_allclose(run.x[t + 1], x, rtol=1e-9, atol=1e-12)
    first = descend(ROUND, "line_search", start=(-2.0, -2.0), steps=1).x[1]
    np.testing.assert_allclose(first, (-2 + 8 * 80 / 288, -2 + 4 * 80 / 288), rtol=1e-12)


@pytest.mark.parametrize("ratio", [2.0, 10.0, 300.0])
def test_it_zigzags_at_the_rate_of_kantorovich(ratio):
    """From the worst start every step keeps ((κ-1)/(κ+1))² of the loss, and every second one is parallel."""
    surface = Scene(surface=f"{ratio}*x^2/2 + y^2/2").record
    run = descend(surface, "line_search", start=(1 / ratio, 1.0), steps=30)
    np.testing.assert_allclose(run.loss[1:] / run.loss[:-1], ((ratio - 1) / (ratio + 1)) ** 2, rtol=1e-9)
    move = np.diff(run.x, axis=0)
    np.testing.assert_allclose(move[2] / move[0], ((ratio - 1) / (ratio + 1)) ** 2, rtol=1e-8)
    relaxed = descend(surface, "line_search", start=(1 / ratio, 1.0), steps=30, hypers={"lr": 0.8})
    assert relaxed.loss[-1] < run.loss[-1] / (1000 if ratio > 2 else 1)


@pytest.mark.parametrize("optimizer", SEARCHING)
@pytest.mark.parametrize("surface", ["rosenbrock", "himmelblau", "beale", "three_hump_camel", "goldstein_price"])
def test_a_search_ends_where_the_line_is_level_and_lower(optimizer, surface):
    run = descend(surface, optimizer, start=SURFACES[surface].start, steps=12)
    assert (np.diff(run.loss) <= 0).all()
    for before, after in pairwise(run.x[run.loss > run.loss[-1] + 1e-9]):
        g, old = (np.array(SURFACES[surface].gradient(*point)) for point in (after, before))
        along = (after - before) / np.hypot(*(after - before))
        assert abs(g @ along) <= 1e-9 * abs(old @ along)


@pytest.mark.parametrize("optimizer", SEARCHING)
def test_a_search_bears_edges_holes_and_lines_without_an_end(optimizer):
    edge = descend(Scene(surface="abs(x) + 2*abs(y)").record, optimizer, start=(3.0, -1.3), steps=20)
    assert (np.diff(edge.loss) <= 0).all()
    np.testing.assert_allclose(edge.x[1], (2.35, 0.0), atol=1e-9)  # at the edge, where the slope leaps
    hole = descend(Scene(surface="-x - log(1 - x^2 - y^2)/100").record, optimizer, start=(0.0, 0.1), steps=5)
    np.testing.assert_allclose(hole.x[-1], ((10001**0.5 - 1) / 100, 0.0), atol=1e-4)  # past 1 there is nothing
    assert descend("saddle", optimizer, start=SURFACES["saddle"].start, steps=20).outcome == "escaped"
    level = descend("bowl", optimizer, start=SURFACES["bowl"].minima[0], steps=3)
    assert (level.x == SURFACES["bowl"].minima[0]).all()


@pytest.mark.parametrize("optimizer", SEARCHING[1:])
@pytest.mark.parametrize("surface", ["bowl", "booth", "matyas", "ill_conditioned"])
def test_conjugate_gradients_solve_a_quadratic_in_two_steps(optimizer, surface):
    for turned in (0.0, 31.0):
        placed = SURFACES[surface].placed(turned, 1.4)
        run = descend(placed, optimizer, start=placed.start, steps=2)
        np.testing.assert_allclose(run.x[2], placed.minima[0], atol=1e-9)


def written_out(surface, start, steps, beta_of, restart=0):
    """Nonlinear conjugate gradients as the textbooks have them, with SciPy's root of the slope along the line."""
    x, path, d, old = np.array(start), [start], np.zeros(2), None
    for t in range(steps):
        g = np.array(surface.gradient(*x))
        fresh = old is None or (restart and t % restart == 0)
        d = -g + (0.0 if fresh else beta_of(g, old)) * d

        def slope(s, x=x, d=d):
            return np.array(surface.gradient(*(x + s * d))) @ d

        end = 0.01 / np.hypot(*d)
        while slope(end) < 0 and surface.value(*(x + end * d)) <= surface.value(*x):
            end = 2 * end + 0.01 / np.hypot(*d)
        x, old = x + brentq(slope, 0.0, end, xtol=1e-16, rtol=1e-15) * d, g
        path.append(x)
    return np.array(path)


@pytest.mark.parametrize("surface", ["rosenbrock", "beale", "three_hump_camel"])
def test_conjugate_gradients_are_those_of_the_textbook(surface):
    record = SURFACES[surface]
    twin = written_out(record, record.start, 7, lambda g, old: (g @ g) / (old @ old), restart=3)
    run = descend(record, "cg_fletcher_reeves", start=record.start, steps=7)
    np.testing.assert_allclose(run.x, twin, rtol=1e-9, atol=1e-9)
    twin = written_out(record, record.start, 7, lambda g, old: max(0.0, g @ (g - old) / (old @ old)))
    run = descend(record, "cg_polak_ribiere", start=record.start, steps=7)
    np.testing.assert_allclose(run.x, twin, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("surface", ["rosenbrock", "himmelblau", "goldstein_price", "beale", "saddle"])
def test_the_three_searches_are_one(surface):
    """An update shows all of its lines, so each has the search written out; started afresh, all three make the same step."""
    record = SURFACES[surface]
    search = descend(record, "line_search", start=record.start, steps=40)
    afresh = descend(record, "cg_fletcher_reeves", start=record.start, steps=40, hypers={"restart": 1})
    np.testing.assert_array_equal(afresh.x, search.x)
    first = descend(record, "cg_polak_ribiere", start=search.x[:-1][np.isfinite(search.x[:-1]).all(axis=1)], steps=1)
    np.testing.assert_array_equal(first.x[:, 1], search.x[1 : len(first.x) + 1])


@pytest.mark.parametrize("surface", ["rosenbrock", "beale", "himmelblau"])
def test_conjugate_gradients_need_no_more_steps_than_scipys(surface):
    record = SURFACES[surface]
    theirs = minimize(
        lambda p: record.value(*p),
        record.start,
        jac=lambda p: np.array(record.gradient(*p)),
        method="CG",
        options={"gtol": 1e-8},
    )
    run = descend(record, "cg_polak_ribiere", start=record.start, steps=theirs.nit)
    assert theirs.success
    assert min(np.hypot(*(run.x[-1] - at)) for at in record.minima) < 1e-6


@pytest.mark.parametrize("hypers", [{}, {"lr": 3.0, "c": 0.5, "shrink": 0.9}, {"lr": 10.0, "c": 0.1, "shrink": 0.05}])
def test_backtracking_takes_the_first_step_that_pays(hypers):
    own = {**OPTIMIZERS["backtracking"].defaults, **hypers}
    for key in ("rosenbrock", "himmelblau", "ill_conditioned"):
        surface, x = SURFACES[key], np.array(SURFACES[key].start)
        run = descend(surface, "backtracking", start=surface.start, steps=15, hypers=hypers)
        for t in range(15):
            g, size = np.array(surface.gradient(*x)), own["lr"]
            while surface.value(*(x - size * g)) > surface.value(*x) - own["c"] * size * (g @ g):
                size *= own["shrink"]
            x = x - size * g
            np.testing.assert_allclose(run.x[t + 1], x, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("memory", [1, 2, 3])
@pytest.mark.parametrize("surface", ["beale", "three_hump_camel", "goldstein_price"])
def test_lbfgs_steps_by_the_matrix_of_its_last_pairs(memory, surface):
    """H, started as a multiple of I and made by the formula of BFGS from no more than the last m pairs."""
    run = descend(surface, "lbfgs", start=SURFACES[surface].start, steps=12, hypers={"memory": memory})
    kept = []
    for t in range(1, 12):
        s, q = run.x[t] - run.x[t - 1], run.gradient[t] - run.gradient[t - 1]
        if s @ q > 1e-10:
            kept.append((s, q))
        h = np.eye(2) * (kept[-1][0] @ kept[-1][1]) / (kept[-1][1] @ kept[-1][1]) if kept else np.eye(2)
        for s, q in kept[-memory:]:
            v = np.eye(2) - np.outer(q, s) / (s @ q)
            h = v.T @ h @ v + np.outer(s, s) / (s @ q)
        if np.hypot(*run.gradient[t]) > 1e-3:  # below, a move is the difference of two rounded points
            np.testing.assert_allclose(run.x[t + 1] - run.x[t], -h @ run.gradient[t], rtol=1e-7, atol=1e-9)


def test_lbfgs_makes_pytorchs_steps_where_its_search_takes_the_first_try():
    """torch.optim.LBFGS(params, lr=1, max_iter=1, max_eval=30, history_size=3, tolerance_grad=0, tolerance_change=0,
    line_search_fn="strong_wolfe"), 2.13.0, float64. On these surfaces its search finds nothing to mend.
    """
    for surface, at, points in (
        ("bowl", (2, 5), [(-6.297700068913718, -0.05510487560299526), (-0.076975460438232, -0.07284593707943104)]),
        ("beale", (6, 10), [(2.5050411556781196, 0.45666022158037534), (2.7043907968109733, 0.43007285775946147)]),
        (
            "goldstein_price",
            (3, 6),
            [
                (-0.387319736425448, -0.38735356043680996),
                (-0.6052857016807771, -0.3923764019209298),
            ],
        ),
    ):
        for shrink in (0.0, 0.5):
            run = descend(surface, "lbfgs", start=SURFACES[surface].start, steps=at[-1], hypers={"shrink": shrink})
            np.testing.assert_allclose(run.x[list(at)], points, rtol=1e-9, err_msg=surface)
    search = descend("rosenbrock", "lbfgs", start=(-1.2, 1.0), steps=60, hypers={"shrink": 0.5})
    assert (np.diff(search.loss) <= 0).all()
    assert search.outcome == "arrived"


# --- matrices and distances -----------------------------------------------------------------------


def test_shampoo_divides_by_the_root_of_the_matrix():
    """numpy.linalg.eigh; and it does not know how the axes lie."""
    surface = SURFACES["ill_conditioned"]
    run = descend(surface, "shampoo", start=surface.start, steps=40, hypers={"lr": 0.5, "eps": 1e-3}, keep="state")
    matrix = 1e-3 * np.eye(2)
    for t in range(40):
        matrix = matrix + np.outer(run.gradient[t], run.gradient[t])
        values, axes = np.linalg.eigh(matrix)
        step = axes @ (axes.T @ run.gradient[t] / np.sqrt(values))
        np.testing.assert_allclose(run.x[t + 1], run.x[t] - 0.5 * step, rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose([run.state["row_x"][t + 1], run.state["row_y"][t + 1]], matrix, rtol=1e-12)
    turn = np.array([[np.cos(0.7), -np.sin(0.7)], [np.sin(0.7), np.cos(0.7)]])
    plain, turned = Scene(surface="x^2/20 + y^2").record, Scene(surface=TURNED).record
    options = {"steps": 30, "hypers": {"lr": 0.5}}
    one = descend(plain, "shampoo", start=(-7.0, 2.0), **options).x
    other = descend(turned, "shampoo", start=turn @ (-7.0, 2.0), **options).x
    np.testing.assert_allclose(one @ turn.T, other, atol=1e-7)
    adagrads = [
        descend(record, "adagrad", start=start, **options).x[-1]
        for record, start in ((plain, (-7.0, 2.0)), (turned, turn @ (-7.0, 2.0)))
    ]
    assert np.hypot(*(turn @ adagrads[0] - adagrads[1])) > 0.1


TURNED = "(cos(0.7)*x + sin(0.7)*y)^2/20 + (cos(0.7)*y - sin(0.7)*x)^2"


def test_soap_is_adam_along_the_axes_of_shampoo():
    """As the paper has it (algorithms 3 and 4), with numpy's eigh and qr."""
    surface, hypers = SURFACES["rosenbrock"], {"lr": 0.1, "eps": 1e-4, "weight_decay": 0.01, "period": 5}
    run = descend(surface, "soap", start=(-1.2, 1.0), steps=60, hypers=hypers)
    x, m, v, matrix, b = np.array([-1.2, 1.0]), np.zeros(2), np.zeros(2), np.zeros((2, 2)), 0.95
    for t in range(60):
        g = np.array(surface.gradient(*x))
        if t == 0:
            axes = np.linalg.eigh(np.outer(g, g))[1][:, ::-1]
        else:
            m, v = b * m + (1 - b) * g, b * v + (1 - b) * (axes.T @ g) ** 2
            size = 0.1 * np.sqrt(1 - b**t) / (1 - b**t)
            x = (x - size * axes @ (axes.T @ m / (np.sqrt(v) + 1e-4))) * (1 - 0.1 * 0.01)
        matrix = b * matrix + (1 - b) * np.outer(g, g)
        if t and t % 5 == 0:
            order = np.argsort(-np.einsum("ij,ij->j", axes, matrix @ axes))
            axes, v = np.linalg.qr(matrix @ axes[:, order])[0], v[order]
        np.testing.assert_allclose(run.x[t + 1], x, rtol=1e-9, atol=1e-9)


def test_soap_and_sophia_make_the_steps_of_pytorch_optimizer():
    """Version 4.1.0 in float64: SOAP with its decomposition in float64 as well (it takes float32), and SophiaH, which is told
    the Hessian's diagonal: lr = 0.2, betas = (0.9, 0.8), p = 0.5, eps = 2e-12, every fifth step.
    """
    hypers = {"lr": 0.1, "eps": 1e-4, "weight_decay": 0.01, "period": 5}
    run = descend("rosenbrock", "soap", start=(-1.2, 1.0), steps=60, hypers=hypers)
    points = [(-0.8214577121623594, 0.7182895643158518), (-0.4347992623226922, 0.2564633833376484)]
    points.append((0.048198625419431526, -0.06465827023280149))
    np.testing.assert_allclose(run.x[[10, 30, 60]], points, rtol=1e-9)
    hypers = {"lr": 0.1, "beta1": 0.9, "beta2": 0.8, "gamma": 0.5, "eps": 1e-12, "period": 5}
    run = descend("himmelblau", "sophia", start=(0.0, -3.0), steps=40, hypers=hypers)
    points = [(-0.5, -2.536585365853658), (-1.5, -1.8248895764160211), (-4.0, -3.3373952334623906)]
    np.testing.assert_allclose(run.x[[5, 15, 40]], points, rtol=1e-9)


def test_no_step_of_sophia_is_longer_than_lr_whatever_the_curvature():
    run = descend("saddle", "sophia", start=SURFACES["saddle"].start, steps=50, hypers={"lr": 0.05})
    assert (np.abs(np.diff(run.x, axis=0)) <= 0.05 * (1 + 1e-9)).all()
    assert run.loss[-1] < run.loss[0] - 0.1, "it leaves a saddle, to which Newton runs"


def test_prodigy_and_d_adaptation_make_the_steps_of_their_authors():
    """prodigyopt 1.1.2, Prodigy(params, lr=1), and dadaptation 3.2, DAdaptAdam(params, lr=0.3,
    weight_decay=0.01, decouple=True), in float64 on Himmelblau's function from (0, -3).
    """
    run = descend("himmelblau", "prodigy", start=(0.0, -3.0), steps=60, keep="state")
    points = [(-0.010994738305589469, -2.988944042901266), (-3.4294127748413854, 0.4396808260803118)]
    points.append((-3.6050142880557123, -2.8379499928978884))
    np.testing.assert_allclose(run.x[[10, 30, 60]], points, rtol=1e-9)
    assert (np.diff(run.state["d"][1:], axis=0) >= 0).all()
    hypers = {"weight_decay": 0.01, "lr": 0.3}
    run = descend("himmelblau", "dadapt_adam", start=(0.0, -3.0), steps=60, hypers=hypers, keep="state")
    points = [(-0.0013025519938335687, -2.9986797642486858), (0.8967206289601872, -6.338851393213259)]
    points.append((3.5586140693673265, 1.3689297326382486))
    np.testing.assert_allclose(run.x[[10, 30, 60]], points, rtol=1e-9)
    assert (np.diff(run.state["d"][1:], axis=0) >= 0).all()


def test_the_distance_that_prodigy_estimates_is_no_larger_than_the_true_one():
    """‖x₀ - x*‖∞, on a convex function; D-Adaptation's for Adam is an estimate only."""
    beyond = 0
    for key in ("bowl", "booth", "matyas", "ill_conditioned"):
        surface = SURFACES[key]
        away = np.abs(np.subtract(surface.start, surface.minima[0])).max()
        theirs, ours = (
            descend(surface, optimizer, start=surface.start, steps=300, keep="state").state["d"][-1, 0]
            for optimizer in ("dadapt_adam", "prodigy")
        )
        assert away / 20 < ours <= away
        beyond += theirs > away
    assert beyond


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
