r"""A formula as Python writes it -> LaTeX: `beta1 * m + (1 - beta1) * g` -> \beta_{1}\,m_{t-1} + (1 - \beta_{1})\,g_{t}.

What a leaf of the formula is called, or which number stands in its place, is decided by the caller.
"""

from __future__ import annotations

import ast
import math
import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)  # how tightly a piece of LaTeX holds together
DIGITS = 6  # significant ones, of every number
Leaf = Callable[[ast.expr], "tuple[str, int] | None"]  # LaTeX of a node and how tightly it holds; None: go on inside

AROUND = {"sqrt": (r"\sqrt{%s}", ATOM), "abs": (r"\left|%s\right|", ATOM), "exp": ("e^{%s}", POWER)}
NAMES = {"maximum": r"\max", "minimum": r"\min", "log": r"\ln", "sign": r"\operatorname{sign}"}
SIGNS = {ast.Gt: ">", ast.Lt: "<", ast.GtE: r"\ge", ast.LtE: r"\le", ast.Eq: "=", ast.NotEq: r"\ne"}
OVER = {"hat": "\u0302", "bar": "\u0304"}  # marks on a letter, as Unicode joins them to it
LETTERS = {"lamda": "lambda", "epsilon": "varepsilon"}  # of Unicode, in LaTeX
SHOWN = {"look": r"\nabla f", "bend": r"\nabla^2 f", "f": r"f(x_{t-1}, y_{t-1})", "lowest": r"f^{*}"}  # of `Here`


@dataclass(frozen=True)
class Symbol:
    """A letter with what is written around it."""

    letter: str
    below: str = ""
    above: str = ""
    primes: int = 0

    @property
    def latex(self) -> str:
        text = self.letter + (f"^{{{self.above}}}" if self.above else "") + (f"_{{{self.below}}}" if self.below else "")
        return f"{{{text}}}" + "'" * self.primes if self.primes else text

    @property
    def html(self) -> str:
        """The same without LaTeX."""
        word = re.fullmatch(r"\\mathrm{(.*)}", self.letter)
        letter = word[1] if word else f"<i>{_unicode(self.letter)}</i>"
        above = re.sub(r"\\mathrm{(.*)}", r"\1", self.above)
        return letter + (f"<sup>{above}</sup>" if above else "") + (f"<sub>{self.below}</sub>" if self.below else "")

    def at(self, time: str) -> Symbol:
        """The same at a time, which is not written beside another index."""
        return self if self.below else replace(self, below=time)


def symbol(name: str) -> Symbol:
    r"""What a variable is called: `v_hat` -> \hat{v}, `x_bar` -> \bar{x}, `mu_next` -> \mu_{t+1}, `v_max` -> v^{\max}, `gx` -> g_{x}."""
    if re.fullmatch("[xy]{2}", name):  # a second derivative, as `Here.bend` names them
        return Symbol("f", name)
    if re.fullmatch("[a-z][xy]", name):
        return Symbol(name[0], name[1])
    word, *marks = name.split("_")
    letters, digits = re.fullmatch(r"(\D*)(\d*)", word).groups()  # type: ignore[union-attr]
    letters = _greek_word(letters) or letters
    found = Symbol(letters if len(letters) == 1 or letters[:1] == "\\" else rf"\mathrm{{{letters}}}", digits)
    for mark in marks:
        if mark in OVER:
            found = replace(found, letter=rf"\{mark}{{{found.letter}}}")
        elif mark in ("next", "t"):
            found = replace(found, below="t+1" if mark == "next" else "t")
        elif mark != "last":  # the state before an update is the last one anyway
            found = replace(found, above=rf"\mathrm{{{mark}}}")
    return found


def of_people(text: str) -> Symbol:
    r"""A symbol as it is written for people: "β₁" -> \beta_{1}, "η⁺" -> \eta^{+}, "Δmin" -> \Delta_{\mathrm{min}}."""
    found, below = Symbol(_greek(text[0])), ""
    for character in text[1:]:
        kind, _, code = unicodedata.decomposition(character).partition(" ")
        if kind == "<super>":
            found = replace(found, above=chr(int(code, 16)).replace("−", "-"))
        elif character != "_":
            below += chr(int(code, 16)) if kind == "<sub>" else character
    return replace(found, below=rf"\mathrm{{{below}}}" if len(below) > 1 else below)


def _greek(letter: str) -> str:
    """A Greek letter in LaTeX; another stays as it is."""
    _, _, name = unicodedata.name(letter).partition("GREEK ")
    case, _, word = name.partition(" LETTER ")
    word = LETTERS.get(word.lower(), word.lower())
    return ("\\" + (word if case == "SMALL" else word.capitalize())) if name else letter


def _unicode(letter: str) -> str:
    """A letter of LaTeX as a character, with the mark on it as another."""
    if marked := re.fullmatch(r"\\(\w+)\{(.*)\}", letter):
        return _unicode(marked[2]) + OVER[marked[1]]
    word = {latex: name for name, latex in LETTERS.items()}.get(letter[1:], letter[1:])
    return unicodedata.lookup(f"GREEK SMALL LETTER {word}") if letter.startswith("\\") else letter


def _greek_word(word: str) -> str:
    """The letter that a word spells, in LaTeX, if it spells one."""
    spelled = {"lambda": "lamda", "lambd": "lamda"}.get(
        word, word
    )  # as Unicode has it; Python keeps "lambda" to itself
    try:
        return _greek(unicodedata.lookup(f"GREEK SMALL LETTER {spelled}"))
    except KeyError:
        return ""


def number(value: float) -> tuple[str, int]:
    """A number to six significant digits; a dash for what is none, such as the rate of a step where there is no slope."""
    if not math.isfinite(value):
        return (r"\text{–}", ATOM) if math.isnan(value) else (r"\infty", ATOM) if value > 0 else (r"-\infty", SIGN)
    mantissa, _, exponent = f"{value:.{DIGITS}g}".partition("e")
    tightness = ATOM
    if exponent:
        power = f"10^{{{int(exponent)}}}"
        mantissa, tightness = {"1": (power, POWER), "-1": (f"-{power}", SIGN)}.get(
            mantissa, (rf"{mantissa} \cdot {power}", PRODUCT)
        )
    return mantissa, min(tightness, SIGN) if value < 0 else tightness


@lru_cache
def statements(formula: str) -> tuple[str, ...]:
    """The statements of a formula, which wide spaces separate wherever they do not stand in a group of their own."""
    found, depth, begin = [], 0, 0
    for sign in re.finditer(r"\\begin\b|\\end\b|\\[{}]|[{}]|,?\s*\\q?quad\b", formula):
        depth += (sign[0] in ("{", r"\begin")) - (sign[0] in ("}", r"\end"))
        if depth == 0 and sign[0].endswith("quad"):
            found.append(formula[begin : sign.start()])
            begin = sign.end()
    return tuple(part.strip() for part in (*found, formula[begin:]) if part.strip())


def latex(node: ast.expr, leaf: Leaf) -> str:
    """The formula in LaTeX. Raises TypeError for what a formula of an update has no need of."""
    return _written(node, leaf)[0]


def _written(node: ast.expr, leaf: Leaf) -> tuple[str, int]:
    if (known := leaf(node)) is not None:
        return known
    match node:
        case ast.Constant(value=bool() | int() | float() as value):
            return number(float(value))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            text = _within(inner, PRODUCT, leaf)
            return "-" + (_bracketed(text) if text.startswith("-") else text), SIGN
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _written(inner, leaf)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return rf"\neg\,{_within(inner, ATOM, leaf)}", PRODUCT
        case ast.BoolOp(op=op, values=values):
            sign = r" \wedge " if isinstance(op, ast.And) else r" \vee "
            return sign.join(_within(value, PRODUCT, leaf) for value in values), SUM
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            plus = isinstance(op, ast.Add)
            text = _within(right, SUM if plus else PRODUCT, leaf)
            text = _bracketed(text) if text.startswith("-") else text
            return f"{_within(left, SUM, leaf)} {'+' if plus else '-'} {text}", SUM
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(_within(left, PRODUCT, leaf), _within(right, PRODUCT, leaf)), PRODUCT
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return rf"\frac{{{_written(left, leaf)[0]}}}{{{_written(right, leaf)[0]}}}", POWER
        case ast.BinOp(left=left, op=ast.FloorDiv(), right=right):
            return rf"\left\lfloor\frac{{{_written(left, leaf)[0]}}}{{{_written(right, leaf)[0]}}}\right\rfloor", ATOM
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            return rf"{_within(left, POWER, leaf)} \bmod {_within(right, POWER, leaf)}", PRODUCT
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr() as op, right=right):
            sign = r"\wedge" if isinstance(op, ast.BitAnd) else r"\vee"
            return rf"{_within(left, POWER, leaf)} {sign} {_within(right, POWER, leaf)}", SUM
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base = _within(left, ATOM, leaf)
            base = f"{{{base}}}" if "'" in base else _bracketed(base) if "^" in base else base
            return f"{base}^{{{_written(right, leaf)[0]}}}", POWER
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return rf"\left[{_written(left, leaf)[0]} {SIGNS[type(op)]} {_written(right, leaf)[0]}\right]", ATOM
        case ast.Tuple(elts=parts):
            return _bracketed(r",\; ".join(_written(part, leaf)[0] for part in parts)), ATOM
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr=function), args=args):
            inside = r",\; ".join(_written(argument, leaf)[0] for argument in args)
            if function in AROUND:
                frame, tightness = AROUND[function]
                return frame % inside, tightness
            return NAMES.get(function, rf"\operatorname{{{function}}}") + _bracketed(inside), POWER
        case ast.Call(func=ast.Attribute(value=ast.Name(id="here"), attr=ask), args=args):
            at = r",\; ".join(_written(argument, leaf)[0] for argument in args) or "x_{t-1}, y_{t-1}"
            return SHOWN[ask] + _bracketed(at), POWER
        case ast.Attribute(value=ast.Name(id="np"), attr="pi" | "e" as constant):
            return "\\pi" if constant == "pi" else "e", ATOM
        case ast.Attribute(value=ast.Name(id="np"), attr=constant):
            return number(float(getattr(np, constant)))
        case ast.Attribute(value=ast.Name(id="here"), attr=ask):
            return SHOWN[ask], POWER
    raise TypeError(f"{ast.unparse(node)!r} is not a formula that can be written in LaTeX")


def _product(left: str, right: str) -> str:
    """Side by side, with a dot where two numbers would run together."""
    right = _bracketed(right) if right.startswith("-") else right
    numbers = (left[-1].isdigit() and right.startswith(("(", r"\left", r"\sqrt"))) or re.match(r"\(?-?\d[^ ]*$", right)
    return left + (r" \cdot " if numbers or right[0].isdigit() or right.startswith(r"\frac") else r"\,") + right


def _within(node: ast.expr, least: int, leaf: Leaf) -> str:
    """LaTeX of a node, in parentheses where it holds together less tightly than it has to."""
    text, tightness = _written(node, leaf)
    # A negative number is a SIGN: as tight as a product needs, and bracketed by it on the right.
    return text if tightness >= least else _bracketed(text)


def _bracketed(text: str) -> str:
    """Parentheses that grow only where something tall stands inside: a line can break within the others."""
    return rf"\left({text}\right)" if r"\frac" in text or r"\sqrt" in text else f"({text})"


class _Without(ast.NodeTransformer):
    def __init__(self, zeros: Collection[str]) -> None:
        self.zeros = zeros

    def visit_Name(self, node: ast.Name) -> Any:
        return ast.Constant(0.0) if node.id in self.zeros else node

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        left, right = self.visit(node.left), self.visit(node.right)
        a, b = _constant(left), _constant(right)
        match node.op:
            case ast.Add() if a == 0:
                return right
            case ast.Add() | ast.Sub() if b == 0:
                return left
            case ast.Mult() if a == 0 or b == 0:
                return ast.Constant(0.0)
            case ast.Mult() if a == 1:
                return right
            case ast.Mult() | ast.Div() if b == 1:
                return left
            case ast.Div() | ast.Pow() if a == 0:
                return ast.Constant(0.0)
        return ast.BinOp(left, node.op, right)


def _constant(node: ast.expr) -> float | None:
    return float(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) else None


def without(node: ast.expr, zeros: Collection[str]) -> ast.expr:
    """The formula without what is switched off: names that are zero, and all that they make vanish."""
    found: ast.expr = _Without(zeros).visit(node)
    return found
