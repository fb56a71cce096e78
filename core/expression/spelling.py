"""A tree -> the plainest text that is read as this tree and nothing else."""

from __future__ import annotations

from core.expression.tree import AND, ATOM, CHOICE, COMPARE, NOT, OR, POWER, PRODUCT, SIGN, SUM, Node

SIGNS = {
    **{"add": (" + ", SUM), "sub": (" - ", SUM), "mul": ("*", PRODUCT), "div": ("/", PRODUCT)},
    **{"less": (" < ", COMPARE), "at_most": (" <= ", COMPARE), "more": (" > ", COMPARE), "at_least": (" >= ", COMPARE)},
    **{"equal": (" == ", COMPARE), "differs": (" != ", COMPARE), "and": (" and ", AND), "or": (" or ", OR)},
}


def spelled(tree: Node) -> str:
    """The text of a formula."""
    return _written(tree)[0]


def _written(node: Node) -> tuple[str, int]:
    """The text, and how tightly it holds together."""
    op, args = node.op, node.args
    if op == "number":
        return repr(node.value).removesuffix(".0"), ATOM
    if not args:
        return op, ATOM
    if op == "neg":
        return f"-{_within(args[0], POWER)}", SIGN
    if op == "not":
        return f"not {_within(args[0], COMPARE)}", NOT
    if op == "if":
        holds, chosen, other = (_within(argument, OR) for argument in args)
        return f"{holds} ? {chosen} : {other}", CHOICE
    if op == "pow":
        return f"{_within(args[0], ATOM)}^{_within(args[1], ATOM)}", POWER
    if op in SIGNS:
        sign, binds = SIGNS[op]
        right = _within(args[1], binds + (op != "and" and op != "or"))
        right = f"({right})" if right[0] == "-" else right
        return f"{_within(args[0], binds + (binds == COMPARE))}{sign}{right}", binds
    return f"{op}({', '.join(_written(argument)[0] for argument in args)})", ATOM


def _within(node: Node, least: int) -> str:
    text, tightness = _written(node)
    return text if tightness >= least else f"({text})"
