"""Typed functions: how they are read and refused, their numbers, and that everything works on them."""

from __future__ import annotations

import ast
import cmath
import math
import os
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor

import naive
import numpy as np
import pytest
from dual import derivatives, through

from core import OPTIMIZERS, SURFACES, descend
from core.curvature import hessian
from core.engine import blocks
from core.engine.interpreter import REGISTERS, Op, bend_kernel, evaluate
from core.expression import ExpressionError, Formula, expression_surface
from core.expression.latex import latex
from core.expression.parse import FUNCTIONS, MAX_LENGTH, SPELLINGS, parse
from core.expression.program import program
from core.expression.source import source
from core.expression.symbolic import derivative
from core.figures.relief import relief

HIMMELBLAU = "(x^2 + y - 11)^2 + (x + y^2 - 7)^2"
ROSENBROCK = "(1 - x)^2 + 100*(y - x^2)^2"
BOWL = "x^2/20 + y^2"
RASTRIGIN = "20 + x^2 + y^2 - 10*cos(2*pi*x) - 10*cos(2*pi*y)"
ACKLEY = "-20*exp(-0.2*sqrt(0.5*(x**2 + y**2))) - exp(0.5*(cos(2*pi*x) + cos(2*pi*y))) + e + 20"
BEALE = "(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2"
DECLARED = {
    "bowl": BOWL,
    "rosenbrock": ROSENBROCK,
    "himmelblau": HIMMELBLAU,
    "rastrigin": RASTRIGIN,
    "ackley": ACKLEY,
    "beale": BEALE,
    "three_hump_camel": "2*x^2 - 1.05*x^4 + x^6/6 + x*y + y^2",
    "styblinski_tang": "(x^4 - 16*x^2 + 5*x + y^4 - 16*y^2 + 5*y)/2",
}
POINTS = [(0.7, 1.3), (2.25, 0.4), (1.1, 3.6), (0.31, 0.93)]


def surface(text, bounds=((-5, 5), (-5, 5))):
    return expression_surface(text, bounds)


def close(a, b, rtol=1e-12, atol=0.0):
    np.testing.assert_allclose(a, b, rtol=rtol, atol=atol)


# --- the numbers: Python reads the same text, with complex numbers, whose imaginary part is the derivative -------

ANALYTIC = [
    "x", "y", "3", "1e2", ".5*x + 1.*y", "1_000*x", "-x", "+x", "--x", "-x**2", "(-x)**2", "-x^2", "x^-2", "x**-y",
    "2^x^y", "(2^x)^y", "2**-x**2", "x - -y", "x*-y", "x/y/2", "x/(y/2)", "x-(y-1)", "x - y - 1", "-x*y", "-(x*y)",
    "x^3", "x^5", "x^7*y^11", "x^15", "x^16", "x^17", "x^0", "x^1", "x^0.5", "x^2.5", "x^-1", "x^-3", "x^-0.5", "x^y",
    "pi*x + e*y", "e^x", "e**(-x*y)", "pi^x", "10^x", "x^pi", "0*x", "1/x", "3/x^2", "2 - x", "x - 2", "x/3", "(x+y)^(1+1)",
    "sin(x)", "cos(x*y)", "tan(x/3)", "asin(x/5)", "acos(y/7)", "atan(x*y)", "arcsin(x/4)", "arccos(y/5)", "arctan(x - y)",
    "sinh(x)", "cosh(y)", "tanh(x*y)", "exp(x - y)", "expm1(x)", "log(x)", "log1p(y)", "log2(x + y)", "log10(x)", "sqrt(x)",
    "sin(cos(tan(x/9)))", "exp(sin(x))*log(2 + cos(y))", "sin(2*pi/3)*x", "sqrt(2)*log(10)*y", "x*x*x", "x*(y*(x*(y*(x*y))))",
    "1/(1 + exp(-x))", "sqrt(x^2 + y^2 + 1)", "-cos(x)*cos(y)*exp(-(x - pi)**2 - (y - pi)**2)",
    "(x+1)*(y+2)*(x+3)*(y+4)/((x+5)*(y+6))", "sin(x,)", *DECLARED.values(),
]  # fmt: skip
COMPLEX = {
    **{name: getattr(cmath, name) for name in dir(cmath) if not name.startswith("_")},
    **{f"arc{name}": getattr(cmath, f"a{name}") for name in ("sin", "cos", "tan")},
    "expm1": lambda z: cmath.exp(z) - 1,
    "log1p": lambda z: cmath.log(1 + z),
    "log2": lambda z: cmath.log(z) / math.log(2),
}
KINKED = [  # f, ∂f/∂x, ∂f/∂y at (2, -1)
    ("abs(y)*x", 2, 1, -2),
    ("sign(y)*x", -2, -1, 0),
    ("floor(x/3)*y + floor(-1.5)", -2, 0, 0),
    ("min(x, y)^2", 1, 0, -2),
    ("max(x, y)^2", 4, 4, 0),
    ("min(x, 1) + max(3, y)", 4, 0, 0),
    ("max(2, x)", 2, 0.5, 0),
    ("hypot(x, 2*y)", math.sqrt(8), 2 / math.sqrt(8), -4 / math.sqrt(8)),
    ("atan2(y, x)", math.atan2(-1, 2), 0.2, 0.4),
    ("atan2(1, x)", math.atan2(1, 2), -0.2, 0),
    ("(x*y)^3", -8, -12, 24),
    ("(-8)^(2/2)*y", 8, 0, -8),
]


def reference(text, x, y):
    """f and its derivatives by the complex step: no subtraction, so no digit is lost."""
    code = compile(text.replace("^", "**"), "text", "eval")
    h = 1e-100

    def f(x, y):
        return complex(eval(code, {"__builtins__": {}}, {**COMPLEX, "x": x, "y": y}))

    return f(complex(x), complex(y)).real, f(complex(x, h), complex(y)).imag / h, f(complex(x), complex(y, h)).imag / h


@pytest.mark.parametrize("text", ANALYTIC)
def test_value_and_gradient(text):
    typed = surface(text)
    for x, y in POINTS:
        f, fx, fy = reference(text, x, y)
        close([typed.value(x, y), *typed.gradient(x, y)], [f, fx, fy], 1e-12, 1e-13)
        close(derivatives(parse(text), x, y), [f, fx, fy], 1e-10, 1e-12)


@pytest.mark.parametrize(("text", "f", "fx", "fy"), KINKED)
def test_value_and_gradient_where_a_function_has_kinks(text, f, fx, fy):
    typed = surface(text)
    close([typed.value(2, -1), *typed.gradient(2, -1)], [f, fx, fy], 1e-15)
    close(derivatives(parse(text), 2.0, -1.0), [f, fx, fy], 1e-15)


@pytest.mark.parametrize(
    ("text", "point", "gradient"),
    [
        ("sqrt(x^2 + y^2)", (0, 0), (0, 0)),
        ("hypot(x, y)", (0, 0), (0, 0)),
        ("sqrt(x) + y^2", (0, 3), (math.inf, 6)),
        ("x*sqrt(x) + y", (0, 1), (0, 1)),
        ("1/(1 + exp(x^2)) + y", (40, 1), (0, 1)),
        ("abs(x) + abs(y)", (0, -2), (0, -1)),
        ("max(x, -x)", (0, 0), (0, 0)),
        ("0^x", (1, 1), (0, 0)),
    ],
)
def test_what_does_not_change_contributes_nothing_to_the_gradient(text, point, gradient):
    close(surface(text).gradient(*point), gradient)


KINKED_TEXTS = [text for text, *_ in KINKED]


@pytest.mark.parametrize(
    "text", [*ANALYTIC, *KINKED_TEXTS, "9^9^9^9*x", "(-8)^(1/3)*x", "min(x, x)", "3 - 2", "x - (-2*y)"]
)
def test_the_formula_and_its_derivatives_written_out_for_numpy(text):
    tree = parse(text)
    trees = [tree, derivative(tree, "x"), derivative(tree, "y")]
    for x, y in POINTS:
        names = {"np": np, "x": np.float64(x), "y": np.float64(y), "__builtins__": {}}
        with np.errstate(all="ignore"):
            written = [eval(source(tree), names) for tree in trees]
            assert np.array(written[1:]).dtype == float
            close(written, evaluate(program(tree), x, y), 1e-12, 1e-13)
            along_y = [eval(source(derivative(tree, "y")), names) for tree in trees[1:]]
            bent = derivatives_twice(text, x, y)
            if np.isfinite(bent).all():
                close(along_y, bent[1:], 1e-9, 1e-11)


def derivatives_twice(text, x, y):
    """∂²f/∂x², ∂²f/∂x∂y and ∂²f/∂y² by dual numbers; nan where they have no value."""
    tree = parse(text)
    return np.array(through(lambda x, y: derivatives(tree, x, y)[1:], x, y))


@pytest.mark.parametrize(
    ("text", "value", "slope"),
    [
        ("x^2/10 + y^2 + sin(3*x)", "x**2 / 10 + y**2 + np.sin(3 * x)", "2 * x / 10 + 3 * np.cos(3 * x)"),
        ("(1 - x)^2 + 100*(y - x^2)^2", "(1 - x)**2 + 100 * (y - x**2)**2", "-2 * (1 - x) - 400 * (y - x**2) * x"),
        ("e^-x + abs(x)/2", "np.exp(-x) + np.abs(x) / 2", "-np.exp(-x) + np.sign(x) / 2"),
        ("y", "y", "0.0"),
    ],
)
def test_what_is_written_out_is_what_one_would_write(text, value, slope):
    assert source(parse(text)) == value
    assert source(derivative(parse(text), "x")) == slope


def test_arrays_of_any_shape_and_kind():
    typed = surface("x^2*y + sin(y)")
    x, y = np.meshgrid(np.linspace(-4, 4, 37), np.linspace(-3, 3, 23))
    close(typed.value(x, y), x**2 * y + np.sin(y), 1e-14, 1e-14)
    gx, gy = typed.gradient(x[::2, ::-1], y[::2, ::-1])
    close(gx, 2 * (x * y)[::2, ::-1], 1e-14)
    assert gy.shape == (12, 37)
    assert typed.value(np.arange(3), 1).shape == (3,)
    assert typed.value(np.float32(2), 1) == typed.value(2, 1.0)
    assert np.ndim(typed.value(1.0, 2.0)) == 0
    assert typed.value(np.zeros((0, 2)), 1.0).shape == (0, 2)
    frozen = np.ones(5)
    frozen.flags.writeable = False
    assert typed.value(frozen, frozen).shape == (5,)


@pytest.mark.parametrize("angle", [0.0, 30.0])
@pytest.mark.parametrize(
    "text", [HIMMELBLAU, "x^y + sinh(x)*atan2(y, x)", "asin(x/9)*acos(y/9) + hypot(x, y)*tan(x/9)"]
)
def test_second_derivatives(text, angle):
    typed, x, y, h = surface(text).placed(angle), 1.3, 0.9, 1e-6
    along_x = (np.array(typed.gradient(x + h, y)) - typed.gradient(x - h, y)) / (2 * h)
    along_y = (np.array(typed.gradient(x, y + h)) - typed.gradient(x, y - h)) / (2 * h)
    close(hessian(typed, x, y), np.stack([along_x, along_y], axis=1), 1e-6, 1e-7)


BENT = [
    *ANALYTIC, *(text for text, *_ in KINKED), "min(x, y)^2 + max(x*y, 2)", "hypot(x, x*y)*atan2(x - y, y)",
    "3^(x*y)", "x^floor(y + 2)", "abs(x - y)^3", "sign(x)*x^2*sqrt(y)", "log2(x*y)*log10(x + y)", "1 - x*y - 2*(x/y)",
]  # fmt: skip


@pytest.mark.parametrize("text", BENT)
def test_the_kernel_of_second_derivatives(text):
    x, y = np.array([*POINTS, (-1.7, -0.6)]).T
    expected = derivatives_twice(text, x, y)
    known = np.isfinite(expected).all(axis=0)  # the logarithm of what is negative is no number to either
    assert known[: len(POINTS)].all()
    second = evaluate(program(parse(text)), x, y, bend_kernel)[:, known]
    scale = np.abs(expected[:, known]).max(axis=0)
    assert (np.abs(second - expected[:, known]) <= 1e-10 * scale + 1e-12).all()


def test_every_operation_has_its_second_derivatives_tested():
    assert {Op(int(op)) for text in BENT for op in program(parse(text))[:, 0]} == set(Op)


@pytest.mark.parametrize(
    ("text", "point", "second"),
    [
        ("abs(x) + x*y", (0, 1), (0, 1, 0)),
        ("max(x^2, -x^2)", (0, 3), (0, 0, 0)),
        ("hypot(x, y)", (0, 0), (0, 0, 0)),
        ("x^2*y^0.5", (0, 0), (0, 0, 0)),
        ("0^x", (1, 1), (0, 0, 0)),
        ("1/(1 + exp(x^2)) + y^2", (40, 1), (0, 0, 2)),
        ("max(x, y)^2", (1, 1), (0.5, 0.5, 0.5)),
        ("x^(2 + 0*y)", (0, 1), (2, 0, 0)),
        ("tanh(200*x) + y^2", (4, 1), (0, 0, 2)),
        ("x^2*tanh(300*y)", (3, 4), (2, 0, 0)),
        ("1/cosh(x)^2 + x*y", (400, 1), (0, 1, 0)),
        ("1/(1 + exp(-x)) + x*y", (-400, 1), (0, 1, 0)),
        ("log(1 + exp(100*x)) + y^2", (4, 1), (0, 0, 2)),
        ("log1p(exp(100*x)) + y^2", (4, 1), (0, 0, 2)),
        ("exp(x)/(exp(x) + exp(y)) + x*y", (400, 400), (0, 1, 0)),
        ("log(exp(x) + exp(y))", (400, 400), (0.25, -0.25, 0.25)),
        ("log2(exp(x) + exp(y))*log(2)", (400, 400), (0.25, -0.25, 0.25)),
        ("log10(exp(x) + exp(y))*log(10)", (400, 400), (0.25, -0.25, 0.25)),
        ("sqrt(exp(x))", (600, 0), (math.exp(300) / 4, 0, 0)),
        ("exp(x)^0.1", (600, 0), (math.exp(60) / 100, 0, 0)),
        ("exp(x)^y", (600, 0.1), (math.exp(60) / 100, math.exp(60) * 61, math.exp(60) * 360000)),
    ],
)
def test_second_derivatives_at_kinks_and_far_out(text, point, second):
    close(evaluate(program(parse(text)), *point, bend_kernel), second, 1e-12, 1e-12)


@pytest.mark.parametrize(
    "text", [*BENT, "tanh(200*x) + y^2", "1/cosh(99*x)^2", "1/(1 + exp(-300*x))", "x^2*tanh(300*y)", "max(x, y)^2"]
)
def test_newton_takes_the_hessian_that_is_shown(text):
    """The step of the engine, and the same step from the Hessian of which one reads the sharpness."""
    typed, hypers = surface(text), {"lr": 1.0, "damping": 100.0}  # damped, so that no determinant magnifies rounding
    for start in (*POINTS, (1.0, 1.0), (-4.0, 4.0)):
        run = descend(typed, "newton", start=start, steps=1, hypers=hypers)
        close(run.x[1], naive.descend(typed, OPTIMIZERS["newton"], start, 1, hypers).x[1], 1e-12, 1e-12)


def test_lanes_and_programs_do_not_disturb_one_another():
    x, y = np.random.default_rng(5).normal(size=(2, 200))
    code = program(parse("x^3*y + sin(x*y)"))
    second = evaluate(code, x, y, bend_kernel)
    close(evaluate(code, x, y)[1], 3 * x**2 * y + y * np.cos(x * y), 1e-12, 1e-12)
    close(second[0], 6 * x * y - y**2 * np.sin(x * y), 1e-12, 1e-12)
    close(evaluate(code, x, y, bend_kernel), second, 0)


# --- how it is read -----------------------------------------------------------------------------------------


def random_text(rng, depth=0):
    kind = rng.random()
    if depth > 4 or kind < 0.2:
        return rng.choice(["x", "y", "2", "0.5", "3.", "pi", "e", "x", "y"])
    if kind < 0.3:
        return f"-{random_text(rng, depth + 1)}"
    if kind < 0.45:
        return f"({random_text(rng, depth + 1)})"
    if kind < 0.55:
        return f"{rng.choice(['sin', 'cos', 'tanh', 'atan'])}({random_text(rng, depth + 1)})"
    if kind < 0.65:
        return f"{rng.choice(['x', 'y', '2', '(x + 1)'])}{rng.choice(['**', '^'])}{random_text(rng, depth + 3)}"
    operator = rng.choice([" + ", "-", "*", " / "])
    return f"{random_text(rng, depth + 1)}{operator}{random_text(rng, depth + 1)}"


def test_random_formulas_mean_what_they_mean_in_python():
    rng, compared = random.Random(1), 0
    names = {"__builtins__": {}, "sin": math.sin, "cos": math.cos, "tanh": math.tanh, "atan": math.atan, "pi": math.pi}
    while compared < 400:
        text = random_text(rng)
        if len(text) > MAX_LENGTH:
            continue
        tree = parse(text)
        for x, y in POINTS[:2]:
            try:
                expected = eval(text.replace("^", "**"), names, {"e": math.e, "x": x, "y": y})
                read = eval(plain(latex(tree)), names, {"e": math.e, "x": x, "y": y, "frac": lambda a, b: a / b})
            except (ArithmeticError, ValueError):
                continue
            if isinstance(expected, float) and 1e-100 < abs(expected) < 1e100:
                compared += 1
                close(evaluate(program(tree), x, y)[0], expected, 1e-9)
                close(read, expected, 1e-9)


def plain(formula):
    """LaTeX back to Python: a space between two values is a product."""
    for old, new in (
        (r"\left(", "("), (r"\right)", ")"), ("}{", ","), ("^{", "**("), ("{", "("), ("}", ")"), (r"\cdot", "*"),
        (r"\arc", "a"), ("\\", ""),
    ):  # fmt: skip
        formula = formula.replace(old, new)
    return re.sub(r"(?<=[\w).]) (?=[\w(])", "*", formula)


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("-x^2", "-x^{2}"),
        ("(-x)^2", r"\left(-x\right)^{2}"),
        ("x^-2", "x^{-2}"),
        ("2^x^y", "2^{x^{y}}"),
        ("(2^x)^y", r"\left(2^{x}\right)^{y}"),
        ("(x+y)*2", r"\left(x + y\right) \cdot 2"),
        ("2*(x+y)", r"2 \left(x + y\right)"),
        ("x*(y+1)", r"x \cdot \left(y + 1\right)"),
        ("x+y*2", r"x + y \cdot 2"),
        ("2*x*y", "2 x y"),
        ("x - (y - 1)", r"x - \left(y - 1\right)"),
        ("x - y - 1", "x - y - 1"),
        ("x - -y", r"x - \left(-y\right)"),
        ("x * -y", r"x \cdot \left(-y\right)"),
        ("x/y*2", r"\frac{x}{y} \cdot 2"),
        ("x/(y*2)", r"\frac{x}{y \cdot 2}"),
        ("(x/y)^2", r"\left(\frac{x}{y}\right)^{2}"),
        ("1/2*x", r"\frac{1}{2} x"),
        ("2*pi*x", r"2 \pi x"),
        ("sqrt(x) + abs(y)", r"\sqrt{x} + \left|y\right|"),
        ("exp(-x^2)", "e^{-x^{2}}"),
        ("sin(x)^2", r"\left(\sin\left(x\right)\right)^{2}"),
        (
            "log(x) + log2(y) + log1p(x)",
            r"\ln\left(x\right) + \log_{2}\left(y\right) + \operatorname{log1p}\left(x\right)",
        ),
        ("arcsin(x)*atan(y)", r"\arcsin\left(x\right) \arctan\left(y\right)"),
        ("max(x, -y)", r"\max\left(x, -y\right)"),
        ("floor(x)", r"\left\lfloor x\right\rfloor"),
        ("1e-7*x", r"1 \cdot 10^{-7} x"),
        ("0.10*x", "0.1 x"),
        ("-(x+y)", r"-\left(x + y\right)"),
        ("--x", r"-\left(-x\right)"),
    ],
)
def test_latex_shows_how_it_was_read(text, formula):
    assert latex(parse(text)) == formula
    assert surface(text).latex == f"f(x,y) = {formula}"


# --- how it is refused ------------------------------------------------------------------------------------------

FAULTS = [  # text, position, suggestion, a piece of the sentence
    ("", 0, "", "Type a formula"),
    ("   ", 0, "", "Type a formula"),
    ("sine(x) + y", 0, "sin(x) + y", "did you mean sin?"),
    ("x + cosin(y)", 4, "x + cos(y)", "did you mean cos?"),
    ("ln(x)", 0, "log(x)", "did you mean log?"),
    ("Sin(X)", 0, "sin(x)", "did you mean sin?"),
    ("X^2", 0, "x^2", "did you mean x?"),
    ("PI*x", 0, "pi*x", "did you mean pi?"),
    ("arctan2(y, x)", 0, "atan2(y, x)", "did you mean atan2?"),
    ("x + xy", 4, "x + x*y", "did you mean x*y?"),
    ("sinx", 0, "sin(x)", "did you mean sin(x)?"),
    ("z + x", 0, "", "z is not known"),
    ("pow(x, 2)", 0, "", "Powers"),
    ("2x", 1, "2*x", "2*x"),
    ("3 + 2 x", 6, "3 + 2 *x", "2*x"),
    ("2sin(x)", 1, "2*sin(x)", "2*sin"),
    ("2(x+1)", 1, "2*(x+1)", "*"),
    ("(x+1)(y+1)", 5, "(x+1)*(y+1)", "*"),
    ("x(y+1)", 1, "x*(y+1)", "*"),
    ("(x+1)2", 5, "(x+1)*2", "*"),
    ("((x+y)*2", 0, "((x+y)*2)", "never closed"),
    ("x + sin(y", 7, "x + sin(y)", "never closed"),
    ("sin(", 3, "", "never closed"),
    ("(x+y))*2", 5, "(x+y)*2", "never opened"),
    (")", 0, "", "missing before"),
    ("x +", 2, "", "missing after +"),
    ("x^", 1, "", "missing after ^"),
    ("x + *y", 2, "", "missing after +"),
    ("*x", 0, "", "missing before"),
    ("x ** ** y", 2, "", "missing after **"),
    ("x + ()", 4, "", "nothing inside"),
    ("x, y", 1, "", "comma"),
    ("0,5*x", 1, "0.5*x", "point"),
    ("max(x,,y)", 5, "", "missing after ,"),
    ("sin x", 0, "sin(x)", "parentheses"),
    ("x + sin", 4, "", "parentheses"),
    ("cos(x, y)", 0, "", "one argument"),
    ("x + atan2(y)", 4, "", "two arguments"),
    ("min(x, y, 1)", 0, "", "two arguments"),
    ("sin()", 0, "", "one argument"),
    ("x² + y²", 1, "x^2 + y^2", "^2"),
    ("2×x", 1, "2*x", "*"),
    ("π*x − 1", 0, "pi*x - 1", "pi"),
    ("ｘ + y", 0, "x + y", "x"),
    ("x\u00a0+ y", 1, "x + y", "space"),
    ("|x| + y", 0, "abs(x) + y", "abs(x)"),
    ("||x||", 0, "abs(abs(x))", "abs(x)"),
    ("|x||y|", 0, "abs(x)*abs(y)", "abs(x)"),
    ("x|y|", 1, "x *abs(y)", "abs(x)"),
    ("x | y", 2, "", "abs(x)"),
    ("√x", 0, "sqrt(x)", "sqrt"),
    ("x³+√2", 1, "x^3+sqrt(2)", "^3"),
    ("2√(x+1) + √√y", 1, "2*sqrt(x+1) + sqrt(sqrt(y))", "sqrt"),
    ("√sin(x)*√|π|", 0, "sqrt(sin(x))*sqrt(abs(pi))", "sqrt"),
    ("√-1", 0, "", "sqrt"),
    ("x¹²y", 1, "x^12*y", "^1"),
    ("x.__class__", 1, "", "point only stands inside a number"),
    (".", 0, "", "point only stands inside a number"),
    ("().__class__", 2, "", "point only stands inside a number"),
    ("1.2.3*x", 3, "", "point only stands inside a number"),
    ("np.exp(x) + math.sin(2y)", 2, "exp(x) + sin(2*y)", "point only stands inside a number"),
    ("0．5*x", 1, "0.5*x", "ordinary point"),
    ("x…", 1, "", "character"),
    ("x and y", 2, "", "and is not known"),
    ("x plus y", 2, "", "plus is not known"),
    ("2x + 3y", 1, "2*x + 3*y", "2*x"),
    ("sin 2x", 0, "sin(2*x)", "parentheses"),
    ("z = x^2", 2, "x^2", "equals"),
    ("x + y!", 5, "", "character"),
    ("x\ty", 1, "", "character"),
    ("사인(x)", 0, "", "character"),
    ("007*x", 0, "7*x", "7"),
    ("x*1e13", 2, "", "1e+12"),
    ("x + " + "9" * 60, 4, "", "1e+12"),
    ("x" + "+x" * 99 + "+y", 200, "", "200 characters"),
    ("x+" * 99 + "x", 119, "", "120"),
    ("(" * 90 + "x" + ")" * 90, 65, "", "parentheses"),
    ("sqrt(-1 - x^2)", 0, "", "no finite value"),
    ("log(0)", 0, "", "no finite value"),
]


@pytest.mark.parametrize(("text", "position", "suggestion", "piece"), FAULTS)
def test_a_fault_says_what_and_where_and_how_to_mend_it(text, position, suggestion, piece):
    with pytest.raises(ExpressionError) as caught:
        surface(text)
    fault = caught.value
    assert isinstance(fault, ValueError)
    assert piece in fault.text.en
    assert str(fault) == fault.text.en
    assert re.search("[가-힣]", fault.text.ko)
    assert "{" not in fault.text.en + fault.text.ko
    assert (fault.position, fault.suggestion) == (position, suggestion)


def fault_of(text):
    """The fault in a text, or None."""
    try:
        parse(text)
    except ExpressionError as fault:
        return fault
    return None


HOSTILE = """
__import__('os').system('touch CANARY_PWNED')
open('CANARY_PWNED','w').write('1')
eval("1")
exec('x')
globals()
getattr(x,'y')
print(x)
input()
exit()
breakpoint()
x.__class__.__mro__
(1).__class__
sin.__globals__
x.real
np.exp(x)
math.sin(x)
os.system(x)
__builtins__
__debug__
_
__x__
True
False
None
Ellipsis
NotImplemented
...
nan
inf
lambda: x
lambda x: x
(lambda: x)()
[x for x in y]
{x: y for x in y}
(x for x in y)
[i async for i in x]
f'{x}'
f"{__import__('os')}"
'x'
"x"*10
b'x'
'%s' % x
[x, y]
(x, y)
{x, y}
{x: y}
x[0]
x[::2]
[]
sin(*x)
sin(**y)
sin(x=1)
sin(x)(y)
sin(sin)
sin(cos)
sin + x
(sin)(x)
x(x)
f(x)
sum(x)
range(10)
list(x)
factorial(9)
gamma(x)
diff(x)
Symbol('x')
x == y
x < y < 3
x and y
x or y
not x
x is y
x in y
x if y else 1
x | y
x & y
~x
x << 9
x >> 1
x @ y
x // y
x % y
x = 1
x := 1
(x := 1)
x += 1
x; y
import os
from os import *
del x
return x
yield x
await x
raise x
assert x
pass
while x: y
for x in y: x
def f(): x
class x: y
with x: y
@x
!x
$x
`x`
x?
x#
# comment
x \\
\\x
x'
"
(
)
((x)
(x))
x y
1 2
1.2.3
1..2
1e
1e+
.
..
0x
0b2
01
1__0
1_
_1
1j
2+3j
x*1j
x**
**x
^x
x^
/x
x//
x,
,x
sin(,x)
sin(x,,)
max(x)
max()
max(x,y,x)
atan2(x)
log(x, 2)
pi()
e(x)
x()
<script>alert(1)</script>
[a](javascript:1)
${x}
{{x}}
%(x)s
../../etc/passwd
x; DROP TABLE y
""".strip("\n").split("\n")
STRANGE = [
    "\0x", "x\0", "x\n", "x\ny", "\tx", "x\r", "x\f+y", "\ufeffx", "x\u200b", "\u202ex", "\udcffx", "\ud800", "\U000e0001x",
    "х + y", "ѕin(x)", "e\u0301", "\u0660", "⁰", "½*x", "x𝟐", "ﬁ(x)", "ʇ", "함수", "正弦(x)", "サイン(x)", "\u1100\u1161", "😀",
    "ſin(x)", "ｅｖａｌ('1')", "𝐞𝐯𝐚𝐥(x)", "x\u2028y", "\x1b[31mx", "x\x7f",
]  # fmt: skip
LARGE = [
    "9" * 10**6, "x" * 10**5, "(" * 10**5, ")" * 5000, "-" * 9000 + "x", "~" * 5000 + "x", "+".join("x" * 3000), "sin(" * 5000,
    "(" * 3000 + "x" + ")" * 3000, "**".join("x" * 999), "[" * 5000, "1," * 9999, " " * 10**6 + "x", "1e" + "9" * 5000,
]  # fmt: skip
NOT_TEXT = [None, 1, 1.5, b"x", ["x"], ("x",), {"x": 1}, object(), float]
BOUNDED = [
    "9**9**9", "9**9**9**9", "2**2**2**2**2**2", "x**99999", "x**-99999", "0.0**x", "0**-1*x", "(-8)**(1/3)*x", "(x**2)**0.5",
    "1e-400*x", "0.1**999", "exp(exp(exp(exp(x))))", "exp(1000)*x", "cosh(1000*x)", "1e12**20*x*1e12**20", "x/0", "0/0", "1",
    "log(x)", "log(-x)", "sqrt(x)", "sqrt(sqrt(sqrt(sqrt(x))))", "asin(9*x)", "1/x", "1/(x*y)", "sin(1/x)", "abs(x)/x", "0*x",
    "tan(pi/2)", "tan(1e12*x)", "x**x**x", "x**y**x", "atan2(0, 0)", "hypot(0, 0)", "log1p(-1)", "min(x, log(x))", "floor(x)*0",
    "(" * 50 + "x" + "*y)" * 36, "1/(" * 30 + "x" + "+1)" * 30, "x" + "*x" * 59, "x^16^.5", "(x^15+y^15)^15", "e^e^e^e^x",
    "--------------------------------x", "1e12*1e12*1e12*x", "floor(1e12*x)", "sign(x)*sign(y)", "x^(1/x)", "sin(x)^sin(y)",
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    """The one interpreter is compiled before anything is timed."""
    descend(expression_surface("x^2 + y^2"), "sgd", start=(1.0, 1.0), steps=2)


def refused(text):
    began = time.thread_time()
    with pytest.raises(ExpressionError) as caught:
        expression_surface(text)
    assert time.thread_time() - began < 0.25
    fault = caught.value
    length = len(text) if isinstance(text, str) else 0
    assert 0 <= fault.position <= length
    assert fault.position < length or not length
    assert len(fault.text.en) < 300
    assert not set("<>[]`{}\\$_") & set(fault.text.en + fault.text.ko)
    return fault


@pytest.mark.parametrize("text", [*HOSTILE, *STRANGE])
def test_hostile_text_is_refused(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused(text)
    assert not list(tmp_path.iterdir())


def broken():
    """Formulas with something in them that does not belong there, or without something that does."""
    rng = random.Random(7)
    whole = [text for text in (*ANALYTIC, *(text for text, *_ in KINKED)) if len(text) > 3]
    pieces = [
        *"()|.,*^=√²³…π×·[]{}Xz_é½０．－ \u00a0'!&",
        "||",
        "..",
        " and ",
        "np.",
        "ln",
        "sin",
        "sqrt",
        "2x",
        "⁻¹",
        "|x|",
    ]
    for _ in range(3000):
        text = rng.choice(whole)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(text) + 1)
            text = text[:at] + rng.choice(["", rng.choice(pieces)]) + text[at + rng.randint(0, 2) :]
        yield text


def test_every_suggestion_is_a_function():
    offered = 0
    for text in (*(text for text, *_ in FAULTS), *HOSTILE, *STRANGE, *broken()):
        if (fault := fault_of(text)) and fault.suggestion:
            offered += 1
            assert fault.suggestion != text
            assert evaluate(program(parse(fault.suggestion)), 1.0, 1.0).shape == (3,), text
    assert offered > 500


@pytest.mark.parametrize("text", LARGE, ids=range(len(LARGE)))
def test_large_text_is_refused(text):
    refused(text)


@pytest.mark.parametrize("what", NOT_TEXT, ids=range(len(NOT_TEXT)))
def test_what_is_no_text_is_refused(what):
    refused(what)


@pytest.mark.parametrize("text", BOUNDED)
def test_wild_numbers_are_bounded(text):
    surface(BOWL)  # compiled
    began = time.thread_time()
    try:
        typed = surface(text)
    except ExpressionError:
        return
    finally:
        assert time.thread_time() - began < 0.25
    drawn = relief(typed.value, typed.bounds)
    assert not np.isinf(drawn.f).any()
    for optimizer in ("sgd", "adam"):
        run = descend(typed, optimizer, start=typed.start, steps=100)
        assert not np.isinf(run.x).any()
    assert time.thread_time() - began < 2
    assert all(math.isfinite(v) for point in (typed.start, *typed.minima) for v in point)
    assert all(1e-6 <= rate <= 10 for rate in typed.rates.values())


def test_noise_is_refused_or_read():
    rng = random.Random(7)
    pieces = [*"xye0123456789.+-*/^(),, ", "**", "sin", "max", "(x", "pi", "1e", "_", "__", "²", "'", "x)", "\u3000"]
    for _ in range(3000):
        text = "".join(rng.choices(pieces, k=rng.randrange(1, 25)))
        if fault := fault_of(text):
            assert 0 <= fault.position < max(1, len(text))
        else:
            program(parse(text))
            ast.parse(text.replace("^", "**").strip(), mode="eval")  # what is read is Python's


def test_every_name_can_be_called_and_nothing_else():
    for name in (*FUNCTIONS, *SPELLINGS):
        arity = FUNCTIONS[SPELLINGS.get(name, name)].arity
        parse(f"{name}({', '.join('xy'[:arity])})")
        refused(f"{name}({', '.join('xyx'[: arity + 1])})")
        refused(name)


def test_registers_suffice_for_the_largest_formulas():
    def full(depth, leaf):
        return leaf if depth == 0 else f"({full(depth - 1, leaf)}*{full(depth - 1, leaf)})"

    texts = [full(5, "x"), "+".join(["x"] * 60), "x-(" * 30 + "y" + ")" * 30, "(x+0)^(" * 20 + "y" + ")" * 20]
    texts += [
        "((x*y)^15+(x+y)^15)^15*((x*y)^15+(x+y)^15)^13",
        "max(" * 25 + "x" + ",y)" * 25,
        "max(x," * 25 + "y" + ")" * 25,
    ]
    for text in texts:
        rows = program(parse(text))
        assert rows[:, 1].max() < REGISTERS
        assert (rows[:, 1] != rows[:, 2]).all()
        f = eval(text.replace("^", "**"), {"x": 0.9, "y": 1.1, "max": max})
        close(surface(text).value(0.9, 1.1), f, 1e-10)


# --- on the engine ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", DECLARED)
def test_typed_and_declared_agree(key):
    declared = SURFACES[key]
    typed = surface(DECLARED[key], declared.bounds)
    x, y = (np.linspace(low, high, 50) for low, high in declared.bounds)
    x, y = np.meshgrid(x + 0.01, y + 0.013)
    close(typed.value(x, y), declared.value(x, y), 1e-12, 1e-11)
    for a, b in zip(typed.gradient(x, y), declared.gradient(x, y), strict=True):
        close(a, b, 1e-11, 1e-10)
    known = np.array(declared.minima)
    lowest = declared.value(*known.T).min()
    for minimum in known[declared.value(*known.T) <= lowest + 1e-9]:
        assert np.hypot(*(np.array(typed.minima) - minimum).T).min() < 1e-7
    assert typed.smooth_at_minimum == declared.smooth_at_minimum
    assert typed.quadratic == declared.quadratic


@pytest.mark.parametrize("angle", [0.0, 33.0])
@pytest.mark.parametrize("key", ["bowl", "rosenbrock", "himmelblau"])
def test_a_race_on_a_typed_surface_is_the_race_on_the_declared_one(key, angle):
    declared = SURFACES[key]
    typed = surface(DECLARED[key], declared.bounds).placed(angle)
    for name, optimizer in OPTIMIZERS.items():
        steps = 20 if optimizer.plane else 100  # they divide by small differences, and so magnify rounding
        settings = {"start": declared.start, "steps": steps, "hypers": {"lr": declared.rate_for(optimizer) / 2}}
        a = descend(typed, name, keep="state", **settings)
        b = descend(declared.placed(angle), name, keep="state", **settings)
        within = 1e-9 if angle or optimizer.plane else 1e-12
        close(a.x, b.x, within, within)
        close(a.loss, b.loss, 1e-8, 1e-9)


def test_lanes_noise_schedules_and_stopping():
    typed = surface(HIMMELBLAU)
    rng = np.random.default_rng(0)
    start = rng.uniform(-5, 5, (300, 2))
    rates = rng.uniform(0.001, 0.02, 300)
    settings = {"steps": 60, "schedule": "cosine", "noise": 0.5, "tolerance": 0.01}
    many = descend(typed, "adam", start=start, hypers={"lr": rates}, seed=np.arange(300), **settings)
    for i in (0, 63, 64, 299):
        one = descend(typed, "adam", start=start[i], hypers={"lr": rates[i]}, seed=i, **settings)
        close(many.x[i], one.x)
        assert many.outcome[i] == one.outcome
    ends = descend(typed, "adam", start=start, steps=500, hypers={"lr": 0.1}, keep="end")
    assert (ends.outcome == "arrived").mean() > 0.9
    assert set(ends.minimum) == {0, 1, 2, 3}


def test_turned_surfaces_turn_everything():
    typed = surface(ROSENBROCK, ((-2, 2), (-1, 3)))
    turned = typed.placed(70)
    assert turned.placed() is typed
    for here, there in zip(typed.minima, turned.minima, strict=True):
        close(turned.value(*there), typed.value(*here), 1e-9, 1e-12)
    assert turned.found
    assert relief(turned.value, turned.bounds).f.shape == (121, 121)


@pytest.mark.parametrize(
    ("text", "start", "lr", "word"),
    [
        ("sqrt(x)", (1, 1), 1, "undefined"),
        ("log(x) + y^2", (0.5, 1), 0.5, "undefined"),
        ("x^3", (-1, 1), 1, "escaped"),
        ("1/x + y^2", (1e-3, 1), 1, "escaped"),
        ("x^0.5", (0, 1), 1, "undefined"),
    ],
)
def test_a_run_past_the_edge_of_a_function_tells_whether_it_is_that_of_the_map(text, start, lr, word):
    for optimizer in ("sgd", "momentum"):
        run = descend(surface(text), optimizer, start=start, steps=300, hypers={"lr": lr})
        assert run.outcome == word
        assert np.isfinite(run.x[0]).all()
        assert not np.isinf(run.loss).any()
        gone = np.isnan(run.x).any(axis=1)
        assert gone[gone.argmax() :].all() or not gone.any()


def test_threads_with_functions_of_their_own():
    texts = [f"(x - {i})^2 + {i + 1}*cos(y)^2 + sin(x*y)/{i + 2}" for i in range(8)]
    surfaces = [surface(text) for text in texts]
    alone = [descend(s, "adam", start=(0.5, 0.5), steps=200) for s in surfaces]
    grid = np.random.default_rng(1).uniform(-5, 5, (2, 999))
    values = [s.value(*grid) for s in surfaces]

    def work(i):
        for _ in range(40):
            typed = surface(texts[i])
            np.testing.assert_array_equal(descend(typed, "adam", start=(0.5, 0.5), steps=200).x, alone[i].x)
            np.testing.assert_array_equal(typed.value(*grid), values[i])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))


def resident():
    """Bytes of memory that the process holds."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="reads /proc")
def test_two_hundred_functions_leave_nothing_behind():
    def visit(i):
        typed = surface(f"(x - {i}/100)^2 + y^2*{i + 1} + sin({i}*x)")
        descend(typed, "adam", start=typed.start, steps=50)
        typed.placed(10).value(*np.zeros((2, 50)))

    for i in range(20):
        visit(i)
    kernels, before = len(blocks._built), resident()
    for i in range(200):
        visit(i)
    assert len(blocks._built) == kernels, "a typed function was compiled"
    assert resident() - before < 4e6


def seconds(work, repeat=7):
    """The shortest time of several, on this thread's own clock."""
    times = []
    for _ in range(repeat):
        began = time.thread_time()
        work()
        times.append(time.thread_time() - began)
    return min(times)


def test_speed():
    declared, typed = SURFACES["himmelblau"], surface(HIMMELBLAU)
    start = np.random.default_rng(0).uniform(-5, 5, (4096, 2))

    def race(which):
        return lambda: descend(which, "adam", start=start, steps=100, keep="end")

    race(declared)(), race(typed)()
    assert seconds(race(typed)) < 5 * seconds(race(declared))
    assert seconds(lambda: [program(parse(HIMMELBLAU)) for _ in range(100)]) < 100 * 500e-6


# --- what is found out about it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "minima"),
    [
        (BOWL, [(0, 0)]),
        ("1e-8*(x^2 + y^2) - 3", [(0, 0)]),
        ("1e9*((x - 1)^2 + (y + 2)^2)", [(1, -2)]),
        ("(x^2 + y^2)^3", [(0, 0)]),
        ("x^4 + y^4 + 1", [(0, 0)]),
        ("abs(x - 0.3) + abs(y + x - 1)", [(0.3, 0.7)]),
        ("hypot(x, y)", [(0, 0)]),
        ("max(abs(x - 1), abs(y))", [(1, 0)]),
        ("sin(x)*sin(y)", [(s * math.pi / 2, -s * t * math.pi / 2) for s in (1, -1) for t in (1,)] + [
            (s * 3 * math.pi / 2, s * 3 * math.pi / 2 * t) for s, t in ((1, -1), (-1, -1))
        ] + [(s * 3 * math.pi / 2, s * math.pi / 2) for s in (1, -1)] + [(s * math.pi / 2, s * 3 * math.pi / 2) for s in (1, -1)]),
        ("x^3 - 3*x + y^2", [(1, 0)]),
        ("x + y", []), ("x*y", []), ("x^3 - 3*x*y^2", []), ("exp(x)", []), ("1/x", []), ("log(x^2 + y^2)", []), ("sqrt(x)", []),
    ],
)  # fmt: skip
def test_minima_are_found(text, minima):
    typed = surface(text)
    assert typed.found
    assert len(typed.minima) == len(minima)
    for minimum in minima:
        assert np.hypot(*(np.array(typed.minima) - minimum).T).min() < 1e-6
    assert typed.unbounded == (not minima and text != "sqrt(x)")
    heights = [typed.value(*m) for m in typed.minima]
    close(heights, sorted(heights), 1e-9, 1e-9)


def test_many_minima_are_cut_to_the_lowest():
    typed = surface(RASTRIGIN)
    assert len(typed.minima) == 20
    assert typed.minima[0] == (0, 0)


@pytest.mark.parametrize("text", ["x^2", "(x - y)^2", "1", "floor(x)"])
def test_of_a_level_floor_one_minimum_is_kept(text):
    assert len(surface(text).minima) == 1


@pytest.mark.parametrize(
    "text", [*DECLARED.values(), "x^2", "abs(x) + abs(y)", "exp(x^2 + y^2)", "1e-3*(x^2+y^2)", "sin(x) + cos(y)"]
)
def test_start_and_rates_are_sensible(text):
    typed = surface(text)
    (x0, x1), (y0, y1) = typed.bounds
    assert x0 < typed.start[0] < x1
    assert y0 < typed.start[1] < y1
    assert math.hypot(*typed.gradient(*typed.start)) > 0
    run = descend(typed, "sgd", start=typed.start, steps=typed.steps, hypers={"lr": typed.rates["gradient"]})
    assert run.outcome != "escaped"
    assert run.loss[-1] < run.loss[0]


def test_the_record():
    typed = expression_surface(" x^2 + y^2 ", bounds=((-1, 2), (0, 3)))
    assert typed.key == "expression:x^2 + y^2@-1.0~2.0~0.0~3.0", "other bounds, another surface"
    assert typed.bounds == ((-1.0, 2.0), (0.0, 3.0))
    assert typed.quadratic
    close(hessian(typed, 0.3, 0.4), [[2, 0], [0, 2]])
    with pytest.raises(ValueError, match="read-only"):
        typed.program[0, 0] = 3


def test_a_formula_is_its_text_and_its_map():
    formula = Formula("  x^2 + y^2 ", [[-1, 2], [0, 3]])
    assert formula == Formula("x^2 + y^2", ((-1.0, 2.0), (0.0, 3.0)))
    assert hash(formula) == hash(Formula("x^2 + y^2", ((-1.0, 2.0), (0.0, 3.0))))
    assert formula.surface is Formula("x^2 + y^2", ((-1, 2), (0, 3))).surface
    with pytest.raises(ExpressionError) as caught:
        Formula("  x^2 + 2y")
    assert caught.value.position == 9, "in the text as it was typed"
    for nothing in (None, 5, ["x"], ""):
        with pytest.raises(ExpressionError):
            Formula(nothing)


@pytest.mark.parametrize(
    "bounds", [((1, 0), (0, 1)), ((0, 0), (0, 1)), ((0, math.inf), (0, 1)), ((math.nan, 1), (0, 1)), ((0, 1),), None, "ab",
               ((0, 1e300), (0, 1)), ((0, 1e-9), (0, 1)), ((10**400, 1), (0, 1))],
)  # fmt: skip
def test_bounds_that_are_no_map(bounds):
    with pytest.raises(ValueError, match="bounds: expected"):
        expression_surface("x", bounds)
