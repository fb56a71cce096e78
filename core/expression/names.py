"""What a name in a formula stands for: a function under any of its spellings, a constant, or one of the two variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import NamedTuple

from core.expression.tree import CONSTANTS, FUNCTIONS, VARIABLES, Node, node, number

ZERO, ONE, TWO, THREE = number(0.0), number(1.0), number(2.0), number(3.0)
PI = Node("pi")


class Made(NamedTuple):
    """A function that is written with others: the least and the most arguments it takes, and the tree it makes of them."""

    least: int
    most: int
    of: Callable[..., Node]


def _over_one(op: str) -> Made:
    return Made(1, 1, lambda u: node("div", ONE, node(op, u)))


def _paired(op: str) -> Made:
    """A function of two arguments that takes any number of them, two by two."""
    return Made(2, 99, lambda *args: reduce(lambda u, v: node(op, u, v), args))


def _relu(u: Node) -> Node:
    """Level at 0, as in every library; max(u, 0) has half a slope there."""
    return node("if", node("more", u, ZERO), u, ZERO)


def _sigmoid(u: Node) -> Node:
    """1/(1 + exp(-u)), of which no part overflows, and no digit is lost where it is small."""
    small, large = node("exp", u), node("exp", node("neg", u))
    above, below = node("div", ONE, node("add", ONE, large)), node("div", small, node("add", ONE, small))
    return node("if", node("more", u, ZERO), above, below)


def _softplus(u: Node) -> Node:
    """log(1 + exp(u)), of which no part overflows that counts."""
    above = node("add", u, node("log1p", node("exp", node("neg", u))))
    return node("if", node("more", u, ZERO), above, node("log1p", node("exp", u)))


def _sinc(u: Node) -> Node:
    return node("div", node("sin", u), u)


MADE = {
    **{name: Made(f.arity, f.arity, lambda *args, op=name: node(op, *args)) for name, f in FUNCTIONS.items()},
    **{name: _paired(name) for name in ("min", "max", "hypot")},
    **{"sec": _over_one("cos"), "csc": _over_one("sin"), "cot": _over_one("tan")},
    **{"sech": _over_one("cosh"), "csch": _over_one("sinh"), "coth": _over_one("tanh")},
    "sinc": Made(1, 1, _sinc),
    "np.sinc": Made(1, 1, lambda u: _sinc(node("mul", PI, u))),
    "ceil": Made(1, 1, lambda u: node("neg", node("floor", node("neg", u)))),
    **{"relu": Made(1, 1, _relu), "sigmoid": Made(1, 1, _sigmoid), "softplus": Made(1, 1, _softplus)},
    "square": Made(1, 1, lambda u: node("pow", u, TWO)),
    "cbrt": Made(1, 1, lambda u: node("pow", u, node("div", ONE, THREE))),
    "root": Made(2, 2, lambda u, n: node("pow", u, node("div", ONE, n))),
    "pow": Made(2, 2, lambda u, v: node("pow", u, v)),
    "where": Made(3, 3, lambda holds, u, v: node("if", holds, u, v)),
}
SPELLINGS = {
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "tan2")},
    **{"ln": "log", "fabs": "abs", "absolute": "abs", "sgn": "sign", "cosec": "csc", "power": "pow"},
    **{"maximum": "max", "minimum": "min"},
}
CALLABLE = {*MADE, *SPELLINGS} - {"np.sinc"}
INVERSE = {name: f"a{name}" for name in ("sin", "cos", "tan")}
TIGHT = {"sqrt", "cbrt"}  # a root without parentheses ends early: √2 x
WORDS = (*VARIABLES, *CONSTANTS, *sorted(CALLABLE))

PAIRS = (VARIABLES, ("X", "Y"), ("w", "b"), ("theta", "phi"))
INDEXED = re.compile(r"(theta|phi|alpha|beta|omega|[A-DF-Za-df-z])(_?)([0-9])")
TYPOS = {"sine": "sin", "cosine": "cos", "cosin": "cos", "tangent": "tan", "squareroot": "sqrt", "sqroot": "sqrt"}
OTHERS = {  # functions that are not here, so that none of them is taken for a slip in the name of another
    *("asinh", "acosh", "atanh", "arsinh", "arcosh", "artanh", "acot", "asec", "acsc", "sqr", "erf", "erfc", "gamma"),
    *(
        "round",
        "trunc",
        "fix",
        "int",
        "mod",
        "rem",
        "sum",
        "prod",
        "mean",
        "norm",
        "det",
        "sind",
        "cosd",
        "cis",
        "vers",
    ),
    *("arg", "lim", "sup", "inf"),
}

Variables = Mapping[str, str]  # a name as it is typed -> x or y


def variables(words: Iterable[str], declared: tuple[str, ...]) -> list[Variables]:
    """Which names are the two variables; more than one answer where the names allow it, as x_1 alone does.

    words: every name in the formula. declared: what stands in the parentheses of `f(u, v) =`.
    """
    words = [word for word in words if word not in WORDS or word in VARIABLES]
    if indexed := _indexed([*words, *declared]):
        return indexed
    own = tuple(name for name in declared if name not in CONSTANTS and name not in CALLABLE)
    pairs = [own] if own == declared and 0 < len(own) <= 2 and not {*own} & {*VARIABLES} else []
    for pair in (*PAIRS[:1], *pairs, *PAIRS[1:]):
        known = dict(zip(pair, VARIABLES, strict=False))
        if words and all(pieces(word, known) for word in words) and (pair in (VARIABLES, *pairs) or pair[0] in words):
            return [known]
    return [dict(zip(VARIABLES, VARIABLES, strict=True))]


def _indexed(words: list[str]) -> list[Variables]:
    """x_1 and x_2, x0 and x1, w[0] and w[1]: nothing where no name has an index."""
    found = [part for word in words if re.fullmatch(f"(?:{INDEXED.pattern})+", word) for part in INDEXED.finditer(word)]
    stems = {part[1] for part in found}
    indices = {int(part[3]) for part in found}
    lost = all(not part[2] and int(part[3]) > 1 for part in found)  # x2 may be x², copied without its superscript
    if len(stems) != 1 or (lost and len(indices) == 1):
        return []
    (stem,) = stems
    firsts = [first for first in (1, 0) if indices <= {first, first + 1}] or [min(1, *indices)]
    return [
        {f"{stem}{mark}{first + k}": name for k, name in enumerate(VARIABLES) for mark in ("", "_")} for first in firsts
    ]


def pieces(word: str, known: Variables) -> list[str]:
    """xy -> x, y and xsin -> x, sin: a word that is made of known names, once e and once pi at most; else nothing.

    A digit after a variable is a piece, too: whether x2 is a power or a product has to be asked.
    """
    if word in known or (word in WORDS and word not in VARIABLES):
        return [word]
    names = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    called = "|".join(sorted(CALLABLE, key=len, reverse=True))
    found = re.fullmatch(rf"((?:{names}|pi|e|(?<=[a-zA-Z])[2-9])+?)({called})?", word)
    if not found:
        return []
    parts = re.findall(rf"{names}|pi|e|[2-9]", found[1])
    once = parts.count("e") <= 1 and parts.count("pi") <= 1 and parts[0] not in "23456789"
    digits = [i for i, part in enumerate(parts) if part.isdigit()]
    if not once or any(parts[i - 1] not in known for i in digits):
        return []
    return [*parts, *([found[2]] if found[2] else [])]


def meant(name: str) -> tuple[str, ...]:
    """The names that may be meant by an unknown one: another case, one slip of the finger, a function run together with x."""
    if name.lower() in WORDS and name.lower() != name:
        return (name.lower(),)
    if name in TYPOS:
        return (TYPOS[name],)
    if together := re.fullmatch(rf"({'|'.join(sorted(FUNCTIONS, key=len))}|ln)(\d*)([xy]*)", name):
        return _run_together(*together.groups())
    if len(name) < 3 or name in OTHERS or not name.isalpha() or not name.islower():
        return ()
    near = [word for word in sorted(CALLABLE) if len(word) > 2 and _one_slip(name, word)]
    return tuple(near) if len({SPELLINGS.get(word, word) for word in near}) == 1 else ()


def _run_together(function: str, digits: str, names: str) -> tuple[str, ...]:
    """sinx is sin(x); sinxy may be sin(x)*y, and sin2x the square of a sine, copied without its superscript."""
    product = "*".join([*([digits] if digits else []), *names])
    if not names:
        return ()
    if digits:
        return f"{function}({product})", f"{function}({'*'.join(names)})^{digits}"
    first, rest = names[0], "*".join(names[1:])
    return (f"{function}({first})",) if not rest else (f"{function}({product})", f"{function}({first})*{rest}")


def _one_slip(typed: str, word: str) -> bool:
    """Whether one letter too many, too few, wrong, or exchanged with its neighbour, makes one of the other."""
    if abs(len(typed) - len(word)) > 1 or typed == word:
        return False
    i = next((i for i, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), min(len(typed), len(word)))
    a, b = typed[i:], word[i:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])
