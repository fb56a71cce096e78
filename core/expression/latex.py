"""A tree -> LaTeX, so that one sees how a formula was read: every grouping that counts is shown."""

from __future__ import annotations

from core.expression.parse import PRODUCT, SIGN, SUM, Node

POWER, ATOM = 4, 5
NAMES = {
    **{name: rf"\{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "min", "max")},
    **{f"a{name}": rf"\arc{name}" for name in ("sin", "cos", "tan")},
    **{"log": r"\ln", "log2": r"\log_{2}", "log10": r"\log_{10}"},
}
AROUND = {"sqrt": r"\sqrt{%s}", "abs": r"\left|%s\right|", "floor": r"\left\lfloor %s\right\rfloor", "exp": "e^{%s}"}


def latex(tree: Node) -> str:
    """The formula in LaTeX."""
    return _written(tree)[0]


def _written(node: Node) -> tuple[str, int]:
    """LaTeX and how tightly it holds together: SUM, PRODUCT, SIGN, POWER or ATOM."""
    op, args = node.op, node.args
    if op == "number":
        return _number(node.value)
    if not args:
        return (r"\pi" if op == "pi" else op), ATOM
    if op in ("add", "sub"):
        # Only the right side can be misread: a - (b - c), a + (-b).
        right = _within(args[1], SUM if op == "add" else PRODUCT)
        right = _bracketed(right) if right.startswith("-") else right
        return f"{_within(args[0], SUM)} {'+' if op == 'add' else '-'} {right}", SUM
    if op == "neg":
        inner = _within(args[0], PRODUCT)
        return "-" + (_bracketed(inner) if inner.startswith("-") else inner), SIGN
    if op == "mul":
        left, right = _within(args[0], PRODUCT), _within(args[1], PRODUCT)
        right = _bracketed(right) if right.startswith("-") else right
        # A dot where two numbers would run together, or a letter and a parenthesis look like a call.
        call = right.startswith(r"\left(") and left[-1].isalpha()
        dot = r"\cdot " if call or right[0].isdigit() or right.startswith(r"\frac") else ""
        return f"{left} {dot}{right}", PRODUCT
    if op == "div":
        return rf"\frac{{{_written(args[0])[0]}}}{{{_written(args[1])[0]}}}", POWER
    if op == "pow":
        return f"{_within(args[0], ATOM)}^{{{_written(args[1])[0]}}}", POWER
    inside = ", ".join(_written(argument)[0] for argument in args)
    if op in AROUND:
        return AROUND[op] % inside, ATOM if op == "abs" or op == "floor" else POWER
    name = NAMES.get(op) or rf"\operatorname{{{op}}}"
    return rf"{name}\left({inside}\right)", POWER


def _within(node: Node, least: int) -> str:
    """LaTeX of a node, in parentheses where it holds together less tightly than it has to."""
    text, tightness = _written(node)
    return text if tightness >= least else _bracketed(text)


def _bracketed(text: str) -> str:
    return rf"\left({text}\right)"


def _number(value: float) -> tuple[str, int]:
    mantissa, _, exponent = repr(value).removesuffix(".0").partition("e")
    if not exponent:
        return mantissa, ATOM
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}", PRODUCT
