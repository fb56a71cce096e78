"""A tree -> LaTeX, so that one sees how a formula was read: every grouping that counts is shown."""

from __future__ import annotations

from core.expression.tree import AND, ATOM, COMPARE, OR, POWER, PRODUCT, SIGN, SUM, Node, ratio

NAMES = {
    **{name: rf"\{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "min", "max")},
    **{f"a{name}": rf"\arc{name}" for name in ("sin", "cos", "tan")},
    **{"log": r"\ln", "log2": r"\log_{2}", "log10": r"\log_{10}"},
}
OTHERWISE = {"less": "at_least", "at_most": "more", "more": "at_most", "at_least": "less", "equal": "differs"}
OTHERWISE |= {"differs": "equal", "and": "or", "or": "and"}
COMPARED = {
    **{"less": "<", "at_most": r"\le", "more": ">", "at_least": r"\ge", "equal": "=", "differs": r"\ne"},
    **{"and": r"\land", "or": r"\lor"},
}
TIGHTNESS = {"and": AND, "or": OR}
AROUND = {"sqrt": r"\sqrt{%s}", "abs": r"\left|%s\right|", "floor": r"\left\lfloor %s\right\rfloor", "exp": "e^{%s}"}


def latex(tree: Node) -> str:
    """The formula in LaTeX."""
    return _written(tree)[0]


def _written(node: Node) -> tuple[str, int]:
    """LaTeX and how tightly it holds together: one of the levels of `core.expression.tree`."""
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
        if args[0].op == "floor" and args[0].args[0].op == "neg":
            return rf"\left\lceil {_written(args[0].args[0].args[0])[0]}\right\rceil", ATOM
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
    if op == "if":
        return _cases(*args), ATOM
    if op == "not":
        return _written(_opposite(args[0]))
    if op in COMPARED:
        binds = TIGHTNESS.get(op, COMPARE)
        left, right = (_within(argument, binds + (binds == COMPARE)) for argument in args)
        return f"{left} {COMPARED[op]} {right}", binds
    if op == "pow" and (known := ratio(args[1])):
        return _real_power(args[0], *known)
    if op == "pow":
        return f"{_within(args[0], ATOM)}^{{{_written(args[1])[0]}}}", POWER
    inside = ", ".join(_written(argument)[0] for argument in args)
    if op in AROUND:
        return AROUND[op] % inside, ATOM if op == "abs" or op == "floor" else POWER
    name = NAMES.get(op) or rf"\operatorname{{{op}}}"
    return rf"{name}\left({inside}\right)", POWER


def _real_power(u: Node, p: int, q: int) -> tuple[str, int]:
    """A root sign says that the real branch is meant: x^{4/3} would leave it open."""
    inner = _written(u)[0] if abs(p) == 1 else f"{_within(u, ATOM)}^{{{abs(p)}}}"
    root = rf"\sqrt[{q}]{{{inner}}}"
    return (rf"\frac{{1}}{{{root}}}" if p < 0 else root), POWER


def _cases(holds: Node, chosen: Node, other: Node) -> str:
    rows = [
        rf"{_written(value)[0]} & {_written(when)[0]}" for value, when in ((chosen, holds), (other, _opposite(holds)))
    ]
    return rf"\begin{{cases}} {rows[0]} \\ {rows[1]} \end{{cases}}"


def _opposite(holds: Node) -> Node:
    """The condition that holds where this one does not: De Morgan's laws, so that no language is needed."""
    if holds.op == "not":
        return holds.args[0]
    args = tuple(map(_opposite, holds.args)) if holds.op in ("and", "or") else holds.args
    return Node(OTHERWISE[holds.op], args, 0.0, holds.size)


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
