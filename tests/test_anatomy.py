"""The anatomy of a step: what it evaluates is what the engine does, and what it writes is what it evaluates."""

import ast
import inspect
import re
from dataclasses import replace

import numpy as np
import pytest

from core import OPTIMIZERS, SCHEDULES, SURFACES, Plan, Runner, Scene, descend
from core.anatomy import dissect, histories, last_step, squares
from core.beside import beside
from core.curvature import curvatures
from core.notation import latex, number, of_people, statements, symbol, without

SPOKEN = [(key, dialect) for key, record in OPTIMIZERS.items() for dialect in ("pytorch", *record.dialects)]
BUSY = {"weight_decay": 0.03, "dampening": 0.4, "momentum": 0.8, "centered": 1.0, "init_acc": 0.1, "lr_decay": 0.05}


def busy(runner):
    """A runner with every setting that can be off switched on."""
    admitted = {h.name: BUSY[h.name] for h in runner.spoken.hypers if h.name in BUSY and h.admits(BUSY[h.name])}
    return replace(runner, hypers={**runner.hypers, **admitted})


SCENES = {
    "plain": Scene(surface="himmelblau", steps=12),
    "turned, noisy and warmed up": Scene(
        surface="rosenbrock", start=(-0.6, 1.3), steps=12, rotation=20, stretch=1.5, noise=0.7, seed=5,
        shared=Plan("cosine", {"warmup_steps": 3}),
    ),
    "by examples": Scene(surface="least_squares", start=(-0.8, 1.8), steps=12, batch=3, seed=2, noise=0.1),
    "typed": Scene(surface="exp(x/3)*sin(y) + x**2/4", start=(2.0, 1.0), steps=12),
}  # fmt: skip


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
@pytest.mark.parametrize(("key", "dialect"), SPOKEN)
def test_lines_lead_to_the_engines_next_point_and_state(scene, key, dialect):
    plain = Runner(key, {"lr": scene.record.rate_for(OPTIMIZERS[key])}, dialect=dialect)
    for runner in (plain, busy(plain)):
        run = scene.run(runner, "state")
        if dialect == "optax" and not run.lr[0] and key in ("prodigy", "dadapt_adam"):
            assert last_step(run) < 2, "optax divides by what the first rate of its warm-up has made 0"
            continue
        assert last_step(run) == scene.length
        for t in range(1, scene.length + 1):
            step = dissect(scene, runner, run, t)
            np.testing.assert_allclose(step.new, run.x[t], rtol=1e-12, atol=1e-14)
            for name in runner.spoken.state:
                np.testing.assert_allclose(step.state[name], run.state[name][t], rtol=1e-12, atol=1e-14)
            told = [value for line in step.lines if line.name in ("x_{t}", "y_{t}") for value in line.values]
            assert told == list(step.new), "the last number on the page is the new point"


READ = [
    (r"\\max\(", "max("), (r"\\min\(", "min("), (r"\\operatorname\{(\w+)\}", r"\1"), (r"\\ln\b", "log"), (r"\\cdot|\\,", "*"), (r"\\;", ""),
    (r"\\(left|right)", ""), (r"\|([^|]*)\|", r"abs(\1)"), (r"\}\{", ")/("), (r"\\frac", ""), (r"\\sqrt", "sqrt"),
    (r"\^", "**"), (r"\{", "("), (r"\}", ")"), (r"\\max", "max"), (r"\\min", "min"),
]  # fmt: skip


def computed(text):
    """The value of a formula in numbers, read from its LaTeX."""
    for pattern, plain in READ:
        text = re.sub(pattern, plain, text)
    functions = {name: getattr(np, name) for name in re.findall(r"[a-z]\w*", text) if hasattr(np, name)}
    return eval(text, {"__builtins__": {}}, functions | {"max": max, "min": min, "abs": abs})


@pytest.mark.parametrize(("key", "dialect"), SPOKEN)
def test_numbers_that_are_put_in_give_the_value_beside_them(key, dialect):
    scene = SCENES["plain"]
    runner = busy(Runner(key, {"lr": 0.003}, dialect=dialect))
    run, checked = scene.run(runner, "state"), 0
    for t in (1, 2, 7):
        for line in dissect(scene, runner, run, t).lines:
            if line.holds or "nabla" in line.symbols:
                continue
            for text, value in zip(line.numbers, line.values, strict=False):
                size = max([1e-3, abs(value), *(abs(float(n)) for n in re.findall(r"\d+\.?\d*", text))])
                assert np.squeeze(computed(text)) == pytest.approx(value, rel=1e-4, abs=1e-5 * size), (line, text)
                checked += 1
    assert checked >= 6


def test_every_line_is_one_of_the_source():
    scene = SCENES["plain"]
    runner = Runner("adam", {"lr": 0.1})
    lines = dissect(scene, runner, scene.run(runner, "state"), 2).lines
    assert [line.name for line in lines] == ["m_{t}", "v_{t}", r"\hat{m}_{t}", r"\hat{v}_{t}", "x_{t}"]
    assert lines[0].symbols == r"\beta_{1}\,m_{t-1} + (1 - \beta_{1})\,g_{t}"
    assert lines[-1].symbols == r"x_{t-1} - \frac{\eta\,\hat{m}_{t}}{\sqrt{\hat{v}_{t}} + \varepsilon}"
    source = inspect.getsource(OPTIMIZERS["adam"].update)
    assert source.count(" = ") + source.count("return") == len(lines) + 1, "all but the decay, which is off"
    with_decay = dissect(scene, busy(runner), scene.run(busy(runner), "state"), 2).lines
    assert with_decay[0].symbols == r"g_{t} + \lambda\,x_{t-1}"
    assert with_decay[0].name in with_decay[1].symbols, "what follows uses the decayed gradient"


def test_what_is_switched_off_is_left_out():
    scene = SCENES["plain"]

    def told(key, **hypers):
        runner = Runner(key, {"lr": 0.01, **hypers})
        step = dissect(scene, runner, scene.run(runner, "state"), 2)
        return [line.name for line in step.lines], [text for text, _ in step.used]

    assert told("rmsprop") == (["s_{t}", r"\mathrm{root}", "x_{t}"], [r"\eta", r"\rho", r"\varepsilon"])
    assert told("rmsprop", momentum=0.5)[0] == ["s_{t}", r"\mathrm{root}", "x_{t}", "v_{t}"]
    assert told("rmsprop", centered=1.0)[0] == ["s_{t}", "m_{t}", r"\mathrm{root}", "x_{t}"]
    assert told("sgd") == (["x_{t}"], [r"\eta"])


def test_a_plane_method_shows_what_it_asks_for():
    scene = SCENES["plain"]
    for key, asked in {"newton": r"\nabla^2 f", "sam": r"\nabla f", "polyak_step": "f^{*}"}.items():
        runner = Runner(key)
        run = scene.run(runner, "state")
        step = dissect(scene, runner, run, 1)
        assert any(asked in line.symbols for line in step.lines), key
        assert len(step.looked) == (key == "sam")
    newton = Runner("newton")
    (bend,) = (line for line in dissect(scene, newton, scene.run(newton, "state"), 1).lines if "nabla" in line.symbols)
    assert bend.values == pytest.approx(scene.record.hessian(*scene.start))


def test_bfgs_tells_its_matrix_and_the_last_size_it_tried():
    scene = Scene(surface="rosenbrock", start=(-0.3, 1.5), steps=20)
    runner = Runner("bfgs")
    run = scene.run(runner, "state")
    steps = [dissect(scene, runner, run, t) for t in range(1, 21)]
    assert any(len(step.looked) > 1 for step in steps), "it has to try shorter steps"
    sizes = [[line for line in step.lines if "s_{x}" in line.name and "v_{x}" in line.symbols] for step in steps]
    assert all(len(lines) == 1 for lines in sizes), "of all the tries the last"
    assert any(line.holds for line in steps[5].lines)


@pytest.mark.parametrize("key", [key for key, o in OPTIMIZERS.items() if "look" in o.update.__code__.co_names])
def test_the_line_of_a_search_holds_all_its_tries(key):
    scene = Scene(surface="rosenbrock", start=(-0.3, 1.5), steps=12)
    searching = {"shrink": 0.5} if "shrink" in OPTIMIZERS[key].defaults else {}
    runner = Runner(key, {"lr": scene.record.rate_for(OPTIMIZERS[key]), **searching})
    run, tries = scene.run(runner, "state"), []
    for t in range(1, 13):
        step = dissect(scene, runner, run, t)
        search = step.search
        assert np.hypot(*search.way) == pytest.approx(1.0)
        assert search.at[0] > 0, "it leads to where it looked first"
        np.testing.assert_allclose(step.before + search.at[:, None] * search.way, step.looked, rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(search.loss, [scene.record.value(*point) for point in step.looked])
        tries.append(len(search.at))
        if len(search.at) > 1:  # who tries again stays on the line, and ends where it tried last or best
            assert step.move @ search.way == pytest.approx(np.hypot(*step.move))
            assert np.abs(search.at - step.move @ search.way).min() <= 1e-9 * np.abs(search.at).max()
    assert max(tries) > 1 or key == "sam"


def test_who_looks_nowhere_has_no_line():
    scene = SCENES["plain"]
    for key in ("newton", "polyak_step", "lbfgs", "prodigy", "adam"):
        runner = Runner(key)
        assert dissect(scene, runner, scene.run(runner, "state"), 2).search is None


# --- what is beside the lines ---------------------------------------------------------------------


def keeps_a_point(optimizer):
    """Whether a place beside the path is one of its states."""
    places = [
        companion.place(0.0, 1.0, *(float(slot == name) for slot in optimizer.state), *optimizer.defaults.values())
        for companion in optimizer.companions
        for name in optimizer.state
    ]
    return 1.0 in places


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_memory_pushes_where_the_point_goes_without_a_slope(key):
    """Over an edge, behind which all is flat, whoever remembers goes on; the arrow is there for those, and for nobody else."""
    scene, runner = Scene(surface="max(x, 0) + max(y, 0)", start=(1e-6, 1e-6), steps=4), busy(Runner(key, {"lr": 0.01}))
    if OPTIMIZERS[key].plane:
        plain = SCENES["plain"]
        assert not dissect(plain, runner, plain.run(runner, "state"), 2).carrier
        return
    if "weight_decay" in runner.hypers:
        runner = runner.with_hyper("weight_decay", 0.0)
    run = scene.run(runner, "state")
    step, moves = dissect(scene, runner, run, 2), np.diff(run.x[:, 0])
    if keeps_a_point(OPTIMIZERS[key]):
        assert not step.carrier, "what it remembers is a place, and no velocity"
        return
    assert run.gradient[1:].max() == 0 < run.gradient[0].min()
    assert bool(step.carrier) == (abs(moves[1]) > 1e-3 * abs(moves[0]))
    if step.carrier:
        assert step.carried @ step.move > 0
        assert np.sign(step.carried[0]) == np.sign(moves[1])


def test_squares_grow_fourfold_with_twice_the_slope():
    assert squares(OPTIMIZERS["adam"], OPTIMIZERS["adam"].defaults) == {"v"}
    assert squares(OPTIMIZERS["momentum"], OPTIMIZERS["momentum"].defaults) == set()


def test_a_point_that_is_put_back_is_not_where_the_lines_lead():
    stops = Scene(surface="bowl", start=(0.5, 0.1), steps=300, tolerance=0.1)
    runner = Runner("sgd", {"lr": 0.3})
    step = dissect(stops, runner, stops.run(runner, "state"), 300)
    assert (step.move == 0).all()
    assert (step.new != step.after).any()


def test_a_run_that_escapes_ends_before_its_numbers_do():
    scene = Scene(surface="rosenbrock", steps=200)
    runner = Runner("sgd", {"lr": 5.0})
    run = scene.run(runner, "state")
    end = last_step(run)
    assert 1 < end < 200
    assert np.isfinite(dissect(scene, runner, run, end).new).all()
    for t in (0, end + 1):
        with pytest.raises(ValueError, match=f"from 1 to {end}"):
            dissect(scene, runner, run, t)
    assert all(np.isfinite(h.at).all() and h.at[-1] == end for h in histories(scene, runner, run))


def test_histories_tell_the_state_and_what_follows_from_it():
    scene = Scene(surface="ill_conditioned", steps=30)
    runner = Runner("momentum", {"lr": 0.01}, Plan("cosine"))
    run = scene.run(runner, "state")
    found = {history.about: history for history in histories(scene, runner, run)}
    assert list(found) == ["velocity", "rate", "angle", "slope", "sharpness"]
    assert (found["velocity"].lines["y"] == run.state["v"][:, 1]).all()
    assert (found["rate"].lines["schedule"] == run.lr).all()
    move = np.diff(run.x, axis=0)
    assert found["rate"].lines["x"] == pytest.approx(-move[:, 0] / run.gradient[:, 0])
    assert found["angle"].lines[""][0] == pytest.approx(1.0)
    steepest = curvatures(scene.record, *scene.start)[1]
    assert found["sharpness"].lines[""] == pytest.approx(steepest)
    assert found["sharpness"].lines["limit"] == pytest.approx(2 * 1.9 / run.lr)


def test_every_panel_has_a_name():
    """The bare name of a variable is no title: what no test of the function tells, the record says."""
    scene, unnamed = Scene(surface="rosenbrock", steps=3), []
    for key in OPTIMIZERS:
        runner = Runner(key)
        found = histories(scene, runner, scene.run(runner, "state"))
        unnamed += [f"{key}: {h.symbol}" for h in found if h.about == "state" and h.meaning is None]
    assert unnamed == []


def test_a_panel_and_the_lines_write_a_state_alike():
    scene, runner = Scene(surface="bowl", steps=3), Runner("schedule_free_sgd")
    run = scene.run(runner, "state")
    lines = " ".join(line.name for line in dissect(scene, runner, run, 2).lines)
    for history in histories(scene, runner, run):
        assert history.symbol is None or history.symbol.at("t").latex in lines


def test_a_limit_is_drawn_for_a_momentum_that_stays_only():
    scene, plan = Scene(surface="ill_conditioned", steps=30), Plan("onecycle", {"cycle_momentum": 1.0})
    for own, drawn in ((Plan("onecycle"), True), (plan, False)):
        runner = Runner("momentum", {"lr": 0.01}, own)
        *_, sharp = histories(scene, runner, scene.run(runner, "state"))
        assert ("limit" in sharp.lines) == drawn


# --- notation --------------------------------------------------------------------------------------


def formula(text):
    return ast.parse(text, mode="eval").body


def named(node):
    return (node.id, 4) if isinstance(node, ast.Name) else None


@pytest.mark.parametrize(
    ("python", "written"),
    [
        ("a - (b - c)", "a - (b - c)"),
        ("a * (b + c) / d", r"\frac{a\,(b + c)}{d}"),
        ("a / (b / c)", r"\frac{a}{\frac{b}{c}}"),
        ("(a / b) ** 2", r"\left(\frac{a}{b}\right)^{2}"),
        ("-(a + b)", "-(a + b)"),
        ("a - -b", "a - (-b)"),
        ("2 * 3 * a", r"2 \cdot 3\,a"),
        ("np.sqrt(a) * np.abs(b)", r"\sqrt{a}\,\left|b\right|"),
        ("np.maximum(a, 1e-8)", r"\max(a,\; 10^{-8})"),
        ("a * (t > 1)", r"a\,\left[t > 1\right]"),
    ],
)
def test_formulas_keep_every_grouping(python, written):
    assert latex(formula(python), named) == written


def test_formulas_refuse_what_they_cannot_write():
    with pytest.raises(TypeError, match="'a @ b' is not a formula"):
        latex(formula("a @ b"), named)


@pytest.mark.parametrize(
    ("python", "rest"),
    [("g + off * x", "g"), ("a * (1 - off)", "a"), ("(1 - off * c) * g + off", "g"), ("s - (off * m) ** 2", "s"),
     ("lr / (1 + t * off)", "lr"), ("np.sqrt(off + s)", "np.sqrt(s)"), ("a + b", "a + b")],
)  # fmt: skip
def test_what_is_zero_vanishes_with_all_it_multiplies(python, rest):
    assert ast.unparse(without(formula(python), {"off"})) == rest


def test_symbols_and_numbers():
    names = ["beta1", "m_hat", "x_bar", "mu_next", "v_max", "gx", "xx", "lambd", "root", "g_last"]
    assert [symbol(name).latex for name in names] == [
        r"\beta_{1}", r"\hat{m}", r"\bar{x}", r"\mu_{t+1}", r"v^{\mathrm{max}}", "g_{x}", "f_{xx}", r"\lambda", r"\mathrm{root}", "g",
    ]  # fmt: skip
    assert [symbol(name).html for name in ("beta1", "m_hat", "x_bar", "mean")] == [
        "<i>β</i><sub>1</sub>", "<i>m\u0302</i>", "<i>x\u0304</i>", "mean",
    ]  # fmt: skip
    people = {
        "β₁": r"\beta_{1}",
        "η⁻": r"\eta^{-}",
        "Δmin": r"\Delta_{\mathrm{min}}",
        "ε": r"\varepsilon",
        "s₀": "s_{0}",
    }
    assert {text: of_people(text).latex for text in people} == people
    values = [0.1, -2.0, 1e-8, -3.25e-7, float("nan"), float("inf")]
    assert [number(value)[0] for value in values] == [
        "0.1", "-2", "10^{-8}", r"-3.25 \cdot 10^{-7}", r"\text{–}", r"\infty",
    ]  # fmt: skip


def test_every_symbol_of_every_record_can_be_written():
    for record in OPTIMIZERS.values():
        for hyper in record.hypers:
            assert of_people(hyper.symbol).latex.isascii(), hyper.symbol
    assert SURFACES


def test_a_formula_falls_into_statements_between_groups_only():
    text = r"m = \{a, b\}, \quad x = \begin{cases} a, & g > 0 \\ \quad b \end{cases}\qquad{} \quadratic y"
    assert statements(text) == (
        r"m = \{a, b\}",
        r"x = \begin{cases} a, & g > 0 \\ \quad b \end{cases}",
        r"{} \quadratic y",
    )
    assert statements(r"\frac{a \quad b}{c}") == (r"\frac{a \quad b}{c}",)


@pytest.mark.parametrize("records", [OPTIMIZERS, SCHEDULES, SURFACES], ids=["optimizers", "schedules", "surfaces"])
def test_the_statements_of_every_formula_are_whole(records):
    for record in records.values():
        rest = record.latex
        for piece in statements(record.latex):
            before, found, rest = rest.partition(piece)
            assert found
            assert re.fullmatch(r"\s*|,?\s*\\q?quad\s*", before), f"{record.name}: {before} is lost"
            assert piece.count("{") == piece.count("}"), piece
            assert piece.count(r"\begin") == piece.count(r"\end"), piece
            assert piece.count(r"\left") == piece.count(r"\right"), piece
        assert not rest.strip()
        assert not re.search(r"\\q?quad[A-Za-z]", record.latex), f"{record.name}: a command runs into a letter"


def test_a_rate_that_does_not_exist_is_a_dash():
    """x^2 has no slope along y, so no rate makes the step that is not made there."""
    scene = Scene("x^2 + 0*y", start=(1.0, 1.0), steps=3, runners=(Runner("sgd", {"lr": 0.1}),))
    step = dissect(scene, scene.runners[0], scene.run(scene.runners[0], "state"), 1)
    assert number(step.effective[0])[0] == "0.1"
    assert number(step.effective[1])[0] == r"\text{–}"


def test_a_clipped_gradient_is_shown_before_and_after():
    runner = Runner("sgd", {"lr": 0.01}, modifiers={"clip_value": {"value": 0.5}, "clip_norm": {"norm": 0.25}})
    scene = Scene("beale", start=(3.0, 3.0), steps=4, runners=(runner,), noise=0.2, seed=3)
    run = scene.run(runner, "state")
    step = dissect(scene, runner, run, 2)
    free = descend("beale", "sgd", start=step.before, steps=1, hypers={"lr": 0.01})
    assert np.abs(step.raw - free.gradient[0]).max() < 1.0, "the slope and its noise"
    assert list(step.shown) == ["clip_norm", "clip_value"]
    assert np.hypot(*step.shown["clip_norm"]) == pytest.approx(0.25, rel=1e-5)
    np.testing.assert_allclose(step.shown["clip_value"], step.gradient, rtol=1e-12)
    assert (step.gradient == run.gradient[1]).all()


def test_lookahead_says_when_it_puts_the_point_back():
    runner = Runner("sgd", {"lr": 0.1}, modifiers={"lookahead": {"k": 3.0}})
    scene = Scene("bowl", steps=9, runners=(runner,))
    run = scene.run(runner, "state")
    assert [t for t in range(1, 10) if dissect(scene, runner, run, t).put] == [3, 6, 9]


@pytest.mark.parametrize("key", [key for key, record in OPTIMIZERS.items() if record.companions])
def test_what_a_method_keeps_beside_its_point_stands_where_its_path_has_it(key):
    runner = Runner(key, {"lr": 0.05}, Plan("onecycle", {"cycle_momentum": 1.0}))
    scene = Scene("bowl", steps=12, runners=(runner,), dotted="own")
    run = scene.run(runner, "state")
    for t in (1, 5, 12):
        kept = dissect(scene, runner, run, t).kept
        for name, place in beside(scene, runner).items():
            np.testing.assert_allclose(kept[name], place[t], rtol=1e-12)
