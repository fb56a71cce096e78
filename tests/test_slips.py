"""Slips of whoever adds something: each is a sentence at import that names the file, the line and the cure."""

from __future__ import annotations

import importlib.util
import linecache
import textwrap
from dataclasses import replace

import numpy as np
import pytest

from core import MODIFIERS, OPTIMIZERS, SCHEDULES, SURFACES, descend
from core.discover import discover
from core.engine import blocks

QHM = '''"""Quasi-hyperbolic momentum."""

import numpy as np

from core.spec import Dialect, Hyper, Optimizer, Paper, Text, decay, rate

BETA = 0.9


def halved(g):
    return 0.5 * g


def forgetful(x, g, t, m, lr, beta, nu):
    return (x - lr * np.sqrt(g),)


def update(x, g, t, m, lr, beta, nu):
    m = beta * m + (1 - beta) * g
    return x - lr * ((1 - nu) * g + nu * m), m


OPTIMIZER = Optimizer(
    update,
    name="QHM",
    family="gradient",
    hypers=(
        rate(1.0),
        decay("beta", "β", 0.999, Text("decay of the mean", "평균의 감쇠율")),
        Hyper("nu", "ν", 0.7, 0.0, 1.0, label=Text("share of the mean", "평균의 비중")),
    ),
    latex="x",
    paper=Paper("nobody", "nothing", 2018, "https://example.org"),
    about=Text("Words.", "말."),
    pytorch="qhm({lr}, {beta}, {nu})",
)
'''
BODY = QHM[QHM.index("    m = beta") : QHM.index("\n\n\nOPTIMIZER")]
ALLOWED = "it may use its arguments (x, g, t, m, lr, beta, nu), what it computes from them, and np."


@pytest.fixture
def declare(tmp_path):
    """Write a file of this text and import it."""

    def declare(text, name="qhm"):
        file = tmp_path / f"{name}.py"
        file.write_text(text, encoding="utf-8")
        linecache.checkcache()
        spec = importlib.util.spec_from_file_location(name, file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return declare


def written(body, whole=QHM, old=BODY):
    """The file with another body of its formula."""
    assert old in whole
    return whole.replace(old, textwrap.indent(textwrap.dedent(body).strip("\n"), "    "))


def refused(declare, tmp_path, text, line, sentence, name="qhm"):
    with pytest.raises(TypeError) as fault:
        declare(text, name)
    assert str(fault.value) == f"{tmp_path / name}.py, line {line}: {sentence}"


RETURNED = {
    "one too many": (
        "m = beta * m\nreturn x - lr * m, m, g", 20,
        "returns 3 values, (x - lr * m, m, g), where 2 values are expected, (x, m)",
    ),
    "many too many": (
        "return (x,) + (m,) * 150, m", 19,
        "returns a tuple of 151 for x, where a number is expected.",
    ),
    "one too few": (
        "m = beta * m\nreturn (x - lr * m,)", 20,
        "returns 1 value, (x - lr * m,), where 2 values are expected, (x, m)",
    ),
    "no tuple": (
        "m = beta * m\nreturn x - lr * m", 20,
        "returns one number, x - lr * m, where 2 values are expected, (x, m)",
    ),
    "a list": (
        "return [x - lr * g, m]", 19,
        "returns [x - lr * g, m], where a tuple is expected: the new x and the new state, one after the other, as in "
        "`return x - lr * m, m`.",
    ),
    "nothing": ("m = beta * m", 18, "returns nothing where 2 values are expected, (x, m)"),
    "no number": ("return x - lr * 1j, m", 18, "returns a complex128 (0.7-1j) for x, where a number is expected."),
}  # fmt: skip


@pytest.mark.parametrize(("body", "line", "sentence"), RETURNED.values(), ids=RETURNED)
def test_what_an_update_returns_is_counted(declare, tmp_path, body, line, sentence):
    end = "" if sentence.endswith(".") else "; return it and every state, in the order of the arguments."
    line = 18 if "for x" in sentence else line
    refused(declare, tmp_path, written(body), line, f"update of QHM {sentence}{end}")


SLIPS = {
    "an undefined name": ("return x - lr * mm, m", 19, f"uses 'mm': {ALLOWED} Did you mean 'm'?"),
    "one on a way that is not taken": (
        "if g > 100:\n    m = m + gg\nreturn x - lr * m, m", 20, f"uses 'gg': {ALLOWED} Did you mean 'g'?",
    ),
    "a function of one's own": (
        "return x - lr * halved(g), m", 19,
        f"uses 'halved': {ALLOWED} Write out what halved does, for a page shows the update line by line.",
    ),
    "a number of the file": (
        "return x - lr * BETA * g, m", 19,
        f"uses 'BETA': {ALLOWED} Make it a hyperparameter, or give it a value first.",
    ),
    "Python's max": ("return x - lr * max(g, 1.0), m", 19, f"uses 'max': {ALLOWED} Write np.maximum."),
    "a function without np": (
        "return x - lr * sqrt(g), m", 19, "cannot be computed: name 'sqrt' is not defined. Write np.sqrt.",
    ),
    "a function of math": (
        "return x - lr * math.sqrt(g), m", 19, "uses math.sqrt, which takes no more than one number; write np.sqrt.",
    ),
    "what NumPy has not": (
        "return x - lr * np.sqr(g), m", 19, "uses np.sqr, which NumPy does not have; did you mean np.sqrt?",
    ),
    "what takes arrays": (
        "return x - lr * np.clip(g, -1, 1), m", 19,
        "uses np.clip, which is no function of single numbers; use np.minimum(np.maximum(...), ...).",
    ),
    "what lies deeper": (
        "return x - lr * np.linalg.norm(g), m", 19,
        "has no use for `np.linalg.norm(g)`: it may call the functions of np, by position.",
    ),
    "a name for an argument": (
        "return x - lr * np.sqrt(x=g), m", 19,
        "has no use for `np.sqrt(x=g)`: it may call the functions of np, by position.",
    ),
    "a loop over something": (
        "for k in range(3):\n    m = m + g\nreturn x - lr * m, m", 19,
        "has no use for `for k in range(3):`: write it as assignments, conditions and while loops.",
    ),
    "a function in a function": (
        "half = lambda z: 0.5 * z\nreturn x - lr * half(g), m", 19,
        "has no use for `lambda z: 0.5 * z`: it computes with numbers, and returns a tuple.",
    ),
    "an assignment in a formula": (
        "return x - lr * (m := g), m", 19,
        "has no use for `(m := g)`: it computes with numbers, and returns a tuple.",
    ),
    "a value that is not always there": (
        "if g < -5:\n    q = 1.0\nreturn x - lr * q * m, m", 21,
        "cannot be computed: cannot access local variable 'q' where it is not associated with a value. "
        "Give it a value on every way that leads there.",
    ),
    "an index": (
        "return x[0] - lr, m", 19,
        "cannot be computed: invalid index to scalar variable. It was asked for plain numbers.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "line", "sentence"), SLIPS.values(), ids=SLIPS)
def test_a_slip_in_an_update_is_told(declare, tmp_path, body, line, sentence):
    refused(declare, tmp_path, written(body), line, f"update of QHM {sentence}")


def test_a_forgotten_import_is_told(declare, tmp_path):
    text = written("return x - lr * np.sign(g), m").replace("import numpy as np\n\n", "").replace("np.sqrt(g)", "g")
    refused(declare, tmp_path, text, 17, f"update of QHM uses 'np': {ALLOWED} Add `import numpy as np` at the top.")


RECORDS = {
    "a placeholder": (
        ("qhm({lr}", "qhm({lrr}"), 35,
        "QHM: its spelling in pytorch asks for {lrr}, which is no hyperparameter; did you mean {lr}?",
    ),
    "a brace": (("{nu})", "{nu)"), 35, "QHM: its spelling in pytorch cannot be read: expected '}' before end of string."),
    "a family": (('"gradient"', '"gradiant"'), 26, "QHM: the family 'gradiant' is unknown; did you mean 'gradient'?"),
    "no rate": (
        ("rate(1.0)", 'Hyper("rate", "η", 1.0, 0.0, 10.0)'), 18,
        "QHM: the record asks for (x, g, t, <state>, rate, beta, nu), the function takes (x, g, t, m, lr, beta, nu). "
        "The state stands in the middle, and the hyperparameters last, in the order of `hypers`.",
    ),
    "the state of nobody": (
        ("    latex=", '    initial={"v": 1.0},\n    latex='), 32,
        "QHM: initial names ['v'], but the state is ['m']",
    ),
    "a meaning of nothing": (
        ("    latex=", '    meanings={"velocity": Text("velocity", "속도")},\n    latex='), 32,
        "QHM: meanings names ['velocity'], which update does not have",
    ),
    "a dialect with too few": (
        ("    latex=", '    dialects={"book": Dialect(forgetful)},\n    latex='), 15,
        "forgetful of QHM, dialect 'book', returns 1 value, (x - lr * np.sqrt(g),), where 2 values are expected, (x, m); "
        "return it and every state, in the order of the arguments.",
    ),
    "a dialect without a name": (
        ("    latex=", '    dialects={"book": Dialect(lambda x, g, t, m, lr, beta, nu: (x, m))},\n    latex='), 32,
        "<lambda> of QHM, dialect 'book', is a lambda; write it as `def`, for a page shows its lines.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "line", "sentence"), RECORDS.values(), ids=RECORDS)
def test_a_slip_in_a_record_is_told(declare, tmp_path, change, line, sentence):
    refused(declare, tmp_path, QHM.replace(*change), line, sentence)


def test_a_slip_in_a_spelling_of_a_modifier_is_told():
    said = r"line \d+: Lookahead: its spelling in optax asks for {every}, which is no hyperparameter; it may ask for k, alpha, optimizer\."
    with pytest.raises(TypeError, match=said):
        replace(MODIFIERS["lookahead"], optax="optax.lookahead({optimizer}, {every}, {alpha})")


def test_an_unknown_parent_is_told(tmp_path, monkeypatch):
    package = tmp_path / "house_of_methods"
    package.mkdir()
    child = QHM.replace("    latex=", '    parent="momentun",\n    latex=')
    for name, text in {"__init__": "", "momentum": QHM, "qhm": child}.items():
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ImportError) as fault:
        discover("house_of_methods", "OPTIMIZER")
    sentence = "the parent 'momentun' is unknown; did you mean 'momentum'?"
    assert str(fault.value) == f"{package / 'qhm.py'}, line 32: {sentence}"


PAIR = QHM.replace("(x, g, t, m, lr, beta, nu):\n    m =", "(p, g, t, here, m, lr, beta, nu):\n    m =")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("return p, m, g", "returns 3 values, (p, m, g), where 2 values are expected, (p, m); return it and every state, "
                           "in the order of the arguments."),
        ("return here.f, m", "returns one number, (here.f, m), where 2 values are expected, (p_x, p_y)."),
        ("return p, (m[0], g)", "returns a tuple of 2 for m, where a number is expected."),
        ("return here.slope, m", "has no use for `here.slope`: it may call the functions of np, by position."),
    ],
)  # fmt: skip
def test_a_plane_method_returns_pairs(declare, body, sentence):
    with pytest.raises(TypeError) as fault:
        declare(written(body, PAIR))
    assert str(fault.value).endswith(f"update of QHM {sentence}")


# --- schedules and surfaces -------------------------------------------------------------------------


def constant_pair(t, T):
    return 1.0, t


def by_condition(t, T):
    return 1.0 if t < 5 else 0.5


def in_place(t, T):
    t /= T
    return 1 - t


def forgetful(t, T, loss, best, reduced, waited, resting, gamma, patience, threshold, cooldown, floor):
    return gamma, best


@pytest.mark.parametrize(
    ("schedule", "factor", "sentence"),
    [
        ("constant", constant_pair, "returns a tuple of 2, where one number is expected: the factor."),
        ("constant", by_condition, "does not take arrays: The truth value of an array with more than one element is "
                                   "ambiguous. Use a.any() or a.all() Write np.where(test, a, b) for `a if test else b`."),
        ("constant", in_place, "changes t itself, which others still use; write `t = t ...`, not `t ...=`."),
    ],
)  # fmt: skip
def test_a_factor_is_one_number_for_each_t(schedule, factor, sentence):
    with pytest.raises(TypeError) as fault:
        replace(SCHEDULES[schedule], factor=factor)
    assert str(fault.value).endswith(sentence)
    assert f"tests/test_slips.py, line {factor.__code__.co_firstlineno}: " in str(fault.value)


def counted(t, T, gamma, *later):
    return np.where(t < 5, 1.0, gamma) * np.where(t < later[0], 1.0, later[1]) if later else np.where(t < 5, 1.0, gamma)


def named(t, T, gamma, third, gamma_3):
    return np.where(t < 5, 1.0, gamma)


def never_idle(t, T, gamma, *later):
    return gamma / (1 + len(later))


GAMMA, *LATER = (
    h for h in SCHEDULES["piecewise"].hypers if h.name in ("gamma", "third", "gamma_3", "fourth", "gamma_4")
)


@pytest.mark.parametrize(
    ("factor", "hypers", "sentence"),
    [
        (counted, (GAMMA, replace(LATER[0], nth=0)), "the record asks for (t, T, <state>, gamma, third, *later), the function "
                            "takes (t, T, gamma, *later). The state stands in the middle, and the hyperparameters last, in the "
                            "order of `hypers`. What may come in any number is numbered by `nth`, and goes into a last "
                            "parameter `*name`."),
        (named, (GAMMA, *LATER[:2]), "the record asks for (t, T, <state>, gamma, *<any number>), the function takes (t, T, "
                                     "gamma, third, gamma_3)."),
        (counted, (*LATER, GAMMA), "what goes into *later stands last in `hypers`, in the order of its `nth`, which is 3, 3, "
                                   "4, 4, 0"),
        (never_idle, (GAMMA, *LATER), "factor of Piecewise constant is 0.2 without fourth, gamma_3, gamma_4, third, and 0.04 "
                                      "with them at their defaults; what may come in any number is to change nothing there."),
    ],
)  # fmt: skip
def test_what_may_come_in_any_number_goes_into_a_parameter_with_a_star(factor, hypers, sentence):
    plain = {"pytorch": "", "keras": "", "optax": "", "dialects": {}}
    with pytest.raises(TypeError) as fault:
        replace(SCHEDULES["piecewise"], factor=factor, hypers=hypers, **plain)
    assert sentence in str(fault.value)
    assert f"tests/test_slips.py, line {factor.__code__.co_firstlineno}: " in str(fault.value)
    for sound in ((GAMMA, *LATER), (GAMMA,)):  # none is a number too
        assert replace(SCHEDULES["piecewise"], factor=counted, hypers=sound, **plain).state == ()


def test_an_update_takes_each_number_by_its_name(declare):
    slip = QHM.replace("lr, beta, nu):\n    m = ", "lr, beta, *more):\n    nu = 0.5\n    m = ")
    slip = slip.replace('label=Text("share', 'nth=1, label=Text("share')
    with pytest.raises(
        TypeError, match=r"update of QHM takes any number of arguments; a page shows each by its name\."
    ):
        declare(slip.replace(', {nu})"', ')"'))


def test_a_schedule_that_watches_gives_back_its_state():
    plateau = SCHEDULES["plateau"]
    names = plateau.factor.__code__.co_varnames[: plateau.factor.__code__.co_argcount]
    scope = {"__name__": "prompt"}
    exec(f"def factor({', '.join(names)}):\n    return 1.0, loss", scope)
    with pytest.raises(TypeError) as fault:
        replace(plateau, factor=scope["factor"])
    states = ", ".join(plateau.state)
    assert f"returns 2 values where {1 + len(plateau.state)} values are expected, (factor, {states})" in str(
        fault.value
    )


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"value": lambda x, y: (x, y)}, "value of Stretched bowl returns a tuple of 2, where one number is expected: f."),
        ({"gradient": lambda x, y: (x, y, x)}, "gradient of Stretched bowl returns 3 values where 2 values are expected, (∂f/∂x, ∂f/∂y)."),
        ({"gradient": lambda x, y: x}, "gradient of Stretched bowl returns one number where 2 values are expected, (∂f/∂x, ∂f/∂y)."),
        ({"hessian": lambda x, y: (x, y)}, "hessian of Stretched bowl returns 2 values where 3 values are expected, "
                                           "(∂²f/∂x², ∂²f/∂x∂y, ∂²f/∂y²)."),
        ({"hessian": lambda x, y: (x, None, y)}, "hessian of Stretched bowl returns nothing for ∂²f/∂x∂y, where a number is expected."),
        ({"value": lambda x, y: x + zz}, "value of Stretched bowl cannot be computed: name 'zz' is not defined. "  # noqa: F821
                                         "Mind its spelling, or define it in the file."),
        ({"value": lambda x, y: x if x > 0 else y}, "Write np.where(test, a, b) for `a if test else b`."),
    ],
    ids=["value", "gradient", "one slope", "hessian", "nothing", "undefined", "condition"],
)  # fmt: skip
def test_a_surface_gives_one_two_and_three_numbers(changed, sentence):
    with pytest.raises(TypeError) as fault:
        replace(SURFACES["bowl"], **changed)
    assert str(fault.value).endswith(sentence)
    assert "tests/test_slips.py, line " in str(fault.value)


def test_an_example_has_two_slopes():
    surface = SURFACES["least_squares"]
    with pytest.raises(
        TypeError, match=r"the gradient of an example of .* returns one number where 2 values are expected"
    ):
        replace(surface, samples=replace(surface.samples, gradient=lambda x, y, k: x))


# --- and what only the compiler sees ----------------------------------------------------------------


def unsupported(x, g, t, lr, weight_decay):
    return (x - lr * np.heaviside(g, 0.5),)


def of_two_kinds(x, g, t, lr, weight_decay):
    if g > 3:
        return x - lr * g, x
    return (x - lr * g,)


@pytest.mark.parametrize(
    ("update", "line", "sentence"),
    [
        (unsupported, 1, "Use of unsupported NumPy function 'numpy.heaviside' or unsupported use of the function."),
        (
            of_two_kinds,
            3,
            "Can't unify return type from the following types: UniTuple(float64 x 1), UniTuple(float64 x 2)",
        ),
    ],
)
def test_what_cannot_be_compiled_is_told_in_a_sentence(update, line, sentence):
    mine = replace(OPTIMIZERS["sgd"], update=update)
    with pytest.raises(TypeError) as fault:
        descend("bowl", mine, start=(1.0, 1.0), steps=1)
    said = str(fault.value)
    assert said.endswith(f"SGD cannot be compiled: {sentence}")
    assert said.startswith("tests/test_slips.py, line ")
    assert abs(int(said.split("line ")[1].split(":")[0]) - update.__code__.co_firstlineno - line) <= 1


def test_a_formula_at_fault_leaves_the_store_alone(monkeypatch):
    """Only damage to the store heals the store: what fails without it as well is no damage."""
    emptied = []
    monkeypatch.setattr(blocks.store, "empty", emptied.append)
    monkeypatch.setitem(blocks.OPTIONS, "cache", True)

    def make(fault):
        raise fault

    for fault in (AttributeError("'tuple' object has no attribute 'size'"), IndexError(3), AssertionError()):
        with pytest.raises(type(fault)):
            blocks.healing(make, fault)
    assert not emptied

    def damaged():
        if blocks.OPTIONS["cache"]:
            raise EOFError
        return "kernel"

    assert blocks.healing(damaged) == "kernel"
    assert emptied == [blocks.kind_of(damaged)]
