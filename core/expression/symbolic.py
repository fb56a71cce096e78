"""The derivative of a tree as another tree: what an exported program writes down. The engine itself needs none."""

from __future__ import annotations

from core.expression.tree import CONDITIONS, Node, node, number, ratio

ZERO, ONE, TWO, MINUS = (Node("number", value=value) for value in (0.0, 1.0, 2.0, -1.0))


def derivative(tree: Node, by: str) -> Node:
    """∂tree/∂x or ∂tree/∂y, with the terms and factors left out that change nothing."""
    if not tree.args:
        return ONE if tree.op == by else ZERO
    if tree.op in CONDITIONS:
        return ZERO
    if tree.op == "if":
        holds, *branches = tree.args
        chosen, other = (derivative(branch, by) for branch in branches)
        return chosen if chosen == other else node("if", holds, chosen, other)
    u, du = tree.args[0], derivative(tree.args[0], by)
    if len(tree.args) == 1:
        return ZERO if du == ZERO else _times(_slope(tree, u), du)
    v, dv = tree.args[1], derivative(tree.args[1], by)
    if tree.op == "add":
        return _plus(du, dv)
    if tree.op == "sub":
        return _minus(du, dv)
    by_u = ZERO if du == ZERO else _times(_first(tree.op, u, v), du)
    by_v = ZERO if dv == ZERO else _times(_second(tree.op, u, v), dv)
    return _plus(by_u, by_v)


def _slope(tree: Node, u: Node) -> Node:
    """The derivative of a function of one argument by it."""
    match tree.op:
        case "neg":
            return MINUS
        case "sin":
            return Node("cos", (u,))
        case "cos":
            return _times(MINUS, Node("sin", (u,)))
        case "tan":
            return _plus(ONE, _power(tree, 2.0))
        case "asin":
            return _over(ONE, _root(u))
        case "acos":
            return _over(MINUS, _root(u))
        case "atan":
            return _over(ONE, _plus(ONE, _power(u, 2.0)))
        case "sinh":
            return Node("cosh", (u,))
        case "cosh":
            return Node("sinh", (u,))
        case "tanh":
            return _over(ONE, _power(Node("cosh", (u,)), 2.0))
        case "exp":
            return tree
        case "expm1":
            return Node("exp", (u,))
        case "log":
            return _over(ONE, u)
        case "log1p":
            return _over(ONE, _plus(ONE, u))
        case "log2" | "log10":
            base = Node("number", value=float(tree.op.removeprefix("log")))
            return _over(ONE, _times(Node("log", (base,)), u))
        case "sqrt":
            return _over(Node("number", value=0.5), tree)
        case "abs":
            return Node("sign", (u,))
    return ZERO  # sign and floor are level wherever they have a slope


def _first(op: str, u: Node, v: Node) -> Node:
    """The derivative of a function of two arguments by the first."""
    match op:
        case "mul":
            return v
        case "div":
            return _over(ONE, v)
        case "pow" if v.op == "number":
            return _times(v, _power(u, v.value - 1.0))
        case "pow" if known := ratio(v):
            p, q = known
            return _times(v, Node("pow", (u, Node("div", (number(p - q), number(q))))))
        case "pow":
            return _times(v, Node("pow", (u, _minus(v, ONE))))
        case "min":
            return _share(_minus(v, u))
        case "max":
            return _share(_minus(u, v))
        case "hypot":
            return _over(u, Node("hypot", (u, v)))
    return _over(v, _plus(_power(u, 2.0), _power(v, 2.0)))  # atan2


def _second(op: str, u: Node, v: Node) -> Node:
    """The derivative of a function of two arguments by the second."""
    match op:
        case "mul":
            return u
        case "div":
            return _times(MINUS, _over(u, _power(v, 2.0)))
        case "pow":
            growth = ONE if u.op == "e" else Node("log", (u,))
            return _times(growth, Node("pow", (u, v)))
        case "min" | "max":
            return _first(op, v, u)
        case "hypot":
            return _over(v, Node("hypot", (u, v)))
    return _times(MINUS, _over(u, _plus(_power(u, 2.0), _power(v, 2.0))))  # atan2


def _root(u: Node) -> Node:
    """√(1 - u²), which keeps its digits where u is close to 1."""
    return Node("sqrt", (_times(_minus(ONE, u), _plus(ONE, u)),))


def _share(ahead: Node) -> Node:
    """1 where one side is ahead of the other, 0 where it is behind, and half where both are level."""
    return _over(_plus(ONE, Node("sign", (ahead,))), TWO)


# --- sums and products without what changes nothing -------------------------------------------------


def _plus(a: Node, b: Node) -> Node:
    if ZERO in (a, b):
        return b if a == ZERO else a
    if a.op == b.op == "number":
        return Node("number", value=a.value + b.value)
    factor, rest = _parted(b)
    return _minus(a, _times(Node("number", value=-factor), rest)) if factor < 0 else Node("add", (a, b))


def _minus(a: Node, b: Node) -> Node:
    if b == ZERO:
        return a
    if a == ZERO:
        return _times(MINUS, b)
    if a.op == b.op == "number":
        return Node("number", value=a.value - b.value)
    factor, rest = _parted(b)
    return Node("add", (a, _times(Node("number", value=-factor), rest))) if factor < 0 else Node("sub", (a, b))


def _times(a: Node, b: Node) -> Node:
    """A product with one number at most, which stands in front; what is divided stays above the line."""
    if ZERO in (a, b):
        return ZERO
    (m, u), (n, v) = _parted(a), _parted(b)
    factor = m * n
    if ONE in (u, v):
        return _scaled(factor, v if u == ONE else u)
    if v.op == "div" and u.op != "div":
        return _scaled(factor, _over(_times(u, v.args[0]), v.args[1]))
    if u.op == "div":
        return _scaled(factor, _over(_times(u.args[0], v), u.args[1]))
    return _scaled(factor, Node("mul", (u, v)))


def _scaled(factor: float, node: Node) -> Node:
    if factor == 1.0:
        return node
    number = Node("number", value=abs(factor))
    if node == ONE:
        return Node("number", value=factor)
    if node.op == "div":
        scaled = _over(number if node.args[0] == ONE else _scaled(abs(factor), node.args[0]), node.args[1])
    elif node.op == "mul":  # from the left, as it is written: 2*x*y
        scaled = Node("mul", (_scaled(abs(factor), node.args[0]), node.args[1]))
    else:
        scaled = node if number == ONE else Node("mul", (number, node))
    return Node("neg", (scaled,)) if factor < 0 else scaled


def _parted(node: Node) -> tuple[float, Node]:
    """The number in front of a product, and the rest of it."""
    if node.op == "number":
        return node.value, ONE
    if node.op == "neg":
        factor, rest = _parted(node.args[0])
        return -factor, rest
    if node.op == "mul" and (factor := _parted(node.args[0])[0]) != 1.0:
        rest = _parted(node.args[0])[1]
        return factor, node.args[1] if rest == ONE else Node("mul", (rest, node.args[1]))
    return 1.0, node


def _over(a: Node, b: Node) -> Node:
    return a if b == ONE or a == ZERO else Node("div", (a, b))


def _power(u: Node, exponent: float) -> Node:
    if exponent == 0.0:
        return ONE
    return u if exponent == 1.0 else Node("pow", (u, Node("number", value=exponent)))
