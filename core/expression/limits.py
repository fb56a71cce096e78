"""Where a formula has a limit but no value: sin(x)/x and x*log(x) at 0. Two operations of the engine know it there.

Only what can be told from the tree is replaced: a sine over its own argument, and a logarithm of what is a power of
a factor beside it. What is left without a value is named by `core.expression.notes`.
"""

from __future__ import annotations

from functools import reduce

from core.expression.tree import Node, constant, node, number, value

LOGS = {"log": 1.0, "log2": 1 / value(node("log", number(2.0))), "log10": 1 / value(node("log", number(10.0)))}


def continued(tree: Node) -> Node:
    """The same function, with `sinc` and `mul_log` where they give it a limit."""
    if tree.op in ("mul", "div") and not constant(tree):
        above, below = _factors(tree)
        changed = _sines(above, below) | _logarithms(above, below)
        if changed:
            tree = _product(above)
            tree = node("div", tree, _product(below)) if below else tree
            if tree.op not in ("mul", "div"):
                return Node(tree.op, tuple(map(continued, tree.args)), 0.0, tree.size)
    return Node(tree.op, tuple(map(continued, tree.args)), tree.value, tree.size) if tree.args else tree


def _factors(tree: Node) -> tuple[list[Node], list[Node]]:
    """What stands above and below the line of a product."""
    if tree.op == "mul":
        (a, b), (c, d) = map(_factors, tree.args)
        return a + c, b + d
    if tree.op == "div":
        (a, b), (c, d) = map(_factors, tree.args)
        return a + d, b + c
    if tree.op == "neg":
        above, below = _factors(tree.args[0])
        return [number(-1.0), *above], below
    return [tree], []


def _product(factors: list[Node]) -> Node:
    return reduce(lambda u, v: node("mul", u, v), factors) if factors else number(1.0)


def _parted(tree: Node) -> tuple[float, Node]:
    """A constant factor, and the rest."""
    above, below = _factors(tree)
    known = value(_product([f for f in above if constant(f)])) / (
        value(_product([f for f in below if constant(f)])) or 1.0
    )
    rest_above, rest_below = ([f for f in part if not constant(f)] for part in (above, below))
    rest = _product(rest_above)
    return known, node("div", rest, _product(rest_below)) if rest_below else rest


def _sines(above: list[Node], below: list[Node]) -> bool:
    """sin(k u) / u -> k sinc(k u), and so for the tangent, which is the sine over the cosine."""
    changed = False
    for i, factor in enumerate(above):
        if factor.op not in ("sin", "tan"):
            continue
        k, u = _parted(factor.args[0])
        rest = list(below)
        wanted = _factors(u)[0]
        if not k or not all(part in rest and not rest.remove(part) for part in wanted):  # type: ignore[func-returns-value]
            continue
        below[:] = [*rest, node("cos", factor.args[0])] if factor.op == "tan" else rest
        sinc = node("sinc", factor.args[0])
        above[i] = sinc if k == 1.0 else node("mul", number(k), sinc)
        changed = True
    return changed


def _logarithms(above: list[Node], below: list[Node]) -> bool:
    """u log(v) -> mul_log(u, v), where u and v are positive powers of the same."""
    for i, factor in enumerate(above):
        if factor.op not in LOGS:
            continue
        inside = _root(_parted(factor.args[0])[1])
        for j, other in enumerate(above):
            if j != i and not constant(other) and _root(other) == inside and all(_root(f) != inside for f in below):
                joined = node("mul_log", other, factor.args[0])
                share = LOGS[factor.op]
                above[i] = joined if share == 1.0 else node("mul", number(share), joined)
                del above[j]
                return True
    return False


def _root(tree: Node) -> Node:
    """u of u^p with p > 0, of √u and of |u|."""
    while tree.op in ("abs", "sqrt") or (tree.op == "pow" and constant(tree.args[1]) and value(tree.args[1]) > 0):
        tree = tree.args[0]
    return tree
