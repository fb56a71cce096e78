"""A typed text -> its numbers, names and signs, whatever people write them with: a keyboard, Unicode, code or LaTeX.

Only the spelling is settled here. Every token keeps its place in the text as it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from core.expression.faults import COMMAND, MAX_LENGTH, POINT, STRANGE, TOO_LONG, ExpressionError
from core.expression.names import CALLABLE

RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ˣʸᵉ", "0123456789+-()xye", strict=True))
LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
LOOK_ALIKE = dict(zip("×·⋅∙∗⁎÷∕⁄−–—≤≥≠∣︱′", "******///---≤≥≠||'", strict=True))
GREEK = {"π": "pi", "θ": "theta", "ϑ": "theta", "φ": "phi", "ϕ": "phi", "α": "alpha", "β": "beta", "ω": "omega"}

DIGITS = r"[0-9](?:_?[0-9])*"
NUMBER = rf"(?:{DIGITS}\.?(?:{DIGITS})?|\.{DIGITS})(?:[eE][+-]?{DIGITS})?"
TOKEN = re.compile(
    rf"(?P<space> +|\\[,;:! ]|\\(?:q?quad|displaystyle|limits)(?![A-Za-z]))"
    rf"|(?P<elementwise>\.(?=[*/^]))"  # x.^2, as in MATLAB and Julia
    rf"|(?P<number>{NUMBER})"
    r"|(?P<module>(?:np|numpy|math|Math|torch|jnp)\.(?=[A-Za-z]))"
    r"|(?P<indexed>(?:theta|phi|[A-DF-Za-df-z])(?:\[[0-9]\]|_\{[0-9]\}))"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9₀-₉]*(?:(?<=_)\{[A-Za-z0-9]{1,9}\})?)"
    rf"|(?P<greek>[{''.join(GREEK)}](?:[₀-₉]|_[0-9]|_\{{[0-9]\}}|\[[0-9]\])?)"
    r"|(?P<fence>\\(?:left|right|[bB]igg?[lrm]?)(?![A-Za-z]) *(?:\\[{}]|\\[A-Za-z]+|[()\[\]{}|.]))"
    r"|(?P<words>\\(?:text|mathrm|mathit|mathbf|boldsymbol|bm|rm|operatorname\*?) *\{ *[A-Za-z0-9 ]{0,20}\})"
    r"|(?P<cases>\\(?:begin|end) *\{cases\})"
    r"|(?P<command>\\[A-Za-z]+(?:_[0-9]|_\{[0-9]{1,3}\})?)"
    r"|(?P<sign>\*\*|\\\\|\\[{}]|<=|>=|==|!=|&&|(?<= )\|\|(?= )|[-+*/^(),<>≤≥≠=?:|&√∛∜{}\[\]])"
    rf"|(?P<raised>[{''.join(RAISED)}]+)"
    r"|(?P<vulgar>[¼½¾⅐-⅞])"
)
SAME = {"**": "^", "≤": "<=", "≥": ">=", "≠": "!=", "&&": "and", "||": "or"}
COMMANDS = {
    **dict.fromkeys(("cdot", "times", "ast"), "*"),
    **dict.fromkeys(("le", "leq", "leqslant"), "<="),
    **dict.fromkeys(("ge", "geq", "geqslant"), ">="),
    **dict.fromkeys(("ne", "neq"), "!="),
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), "frac"),
    **dict.fromkeys(("lvert", "rvert", "vert", "mid"), "|"),
    **{"div": "/", "lt": "<", "gt": ">", "land": "and", "wedge": "and", "lor": "or", "vee": "or", "sqrt": "root"},
    **{"lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "lbrace": "{", "rbrace": "}"},
    **{"lbrack": "[", "rbrack": "]", "lnot": "not", "neg": "not"},
}
KEYWORDS = {"and", "or", "not", "if", "else"}
BEFORE_CONDITION = {"if", "for", "when", "where"}  # what LaTeX's cases say before a condition, which adds nothing
OTHERWISE = {"otherwise", "else"}
WRAPPED = re.compile(r" *(?:(\$\$?)(?P<dollars>[^$]*)\1|\\\((?P<round>.*)\\\)|\\\[(?P<square>.*)\\\]) *")
HEADER = re.compile(
    r" *(?:(?:[fghzFGHJLECZ]|loss|cost|energy|error|objective|\\mathcal *\{ *[A-Z] *\}|\\ell)(?= *:?=)"
    r"|(?:[A-Za-z]|loss|cost|energy|error|objective|\\mathcal *\{ *[A-Z] *\}|\\ell) *(?:\\left)?\((?P<of>[^()=]{1,40}?)(?:\\right)?\))"
    r" *:?=(?!=)"
)


class Token(NamedTuple):
    """A number, a name, a sign, or the end; where it begins and where it ends. whole: a name not made of letters."""

    kind: str
    text: str
    at: int
    end: int
    whole: bool = False


class Script(NamedTuple):
    """A text as tokens, the last of which is the end. of: what stands in the parentheses of `f(x, y) =`, as names."""

    tokens: list[Token]
    latex: bool
    of: tuple[str, ...]


def scan(typed: str) -> Script:
    """The tokens of a text. Raises ExpressionError for a character that no formula has."""
    if len(typed) > MAX_LENGTH:
        raise ExpressionError(TOO_LONG, MAX_LENGTH)
    text = "".join(map(_ascii, typed))
    begin, end = _inside(text)
    header = HEADER.match(text, begin, end)
    of: tuple[str, ...] = ()
    if header:
        begin = header.end()
        of = _declared(header["of"] or "")
    tokens = list(_tokens(text, begin, end))
    return Script([*tokens, Token("end", "", end, end)], "\\" in text, of)


def _declared(arguments: str) -> tuple[str, ...]:
    """The names between the parentheses of f(x_1, x_2) =; nothing where they are no names."""
    try:
        tokens = [*_tokens(arguments, 0, len(arguments))]
    except ExpressionError:
        return ()
    return tuple(token.text for token in tokens if token.kind == "name")


def _ascii(character: str) -> str:
    """What is typed in the place of a look-alike: a fullwidth or mathematical letter, another dash, another space."""
    if character in LOOK_ALIKE:
        return LOOK_ALIKE[character]
    if unicodedata.category(character) == "Zs":
        return " "
    if "\uff01" <= character <= "\uff5e" or "\U0001d400" <= character <= "\U0001d7ff":
        return unicodedata.normalize("NFKC", character)
    return character


def _inside(text: str) -> tuple[int, int]:
    """Where a text begins and ends without spaces, the dollars around a formula, and the semicolon of a program."""
    if wrapped := WRAPPED.fullmatch(text):
        begin, end = wrapped.span(str(wrapped.lastgroup))
    else:
        begin, end = 0, len(text)
    inner = text[begin:end].rstrip(" ")
    if inner.endswith(";"):
        inner = inner[:-1].rstrip(" ")
    return begin, begin + len(inner)


def _tokens(text: str, at: int, end: int) -> Iterator[Token]:
    module = ""
    while at < end:
        found = TOKEN.match(text, at, end)
        if found is None:
            raise ExpressionError(POINT if text[at] == "." else STRANGE, at)
        kind, piece, begin, at = str(found.lastgroup), found[0], at, found.end()
        if kind == "module":
            module = piece
            continue
        if module:
            begin, piece, module = begin - len(module), _of_module(module, piece, begin), ""
            yield Token("name", piece, begin, at, True)
        elif kind in ("number", "sign"):
            yield Token(
                kind,
                SAME.get(piece, piece.removeprefix("\\") if len(piece) == 2 and piece[1] in "{}" else piece),
                begin,
                at,
            )
        elif kind in ("name", "indexed"):
            yield _named(piece, begin, at)
        elif kind == "greek":
            yield Token("name", GREEK[piece[0]] + _index(piece[1:]), begin, at, True)
        elif kind == "raised":
            yield from (Token("sign", sign, begin, begin) for sign in "^(")
            inner = "".join(RAISED[character] for character in piece)
            for token in _tokens(inner, 0, len(inner)):
                yield token._replace(at=begin + token.at, end=begin + token.end)
            yield Token("sign", ")", at - 1, at)
        elif kind == "vulgar":
            yield Token("number", unicodedata.normalize("NFKC", piece).replace("⁄", "/"), begin, at)
        elif kind == "fence":
            yield from _fence(piece, begin, at)
        elif kind == "cases":
            yield Token("sign", "cases" if "begin" in piece else "end cases", begin, at)
        elif kind == "words":
            yield from _words(piece, begin, at)
        elif kind == "command":
            yield _command(piece[1:], begin, at)


def _of_module(module: str, name: str, at: int) -> str:
    """A function or constant of NumPy, Python's or JavaScript's math. Raises ExpressionError for what is none."""
    known = {"PI": "pi", "E": "e"}.get(name, name)
    if known == "sinc" and module != "Math.":
        return "np.sinc"  # theirs is sin(πx) / (πx)
    if known not in CALLABLE and known not in GREEK.values() and known != "e":
        raise ExpressionError(POINT, at - 1)
    return known


def _named(piece: str, begin: int, end: int) -> Token:
    if piece in KEYWORDS:
        return Token("sign", piece, begin, end)
    stem = re.fullmatch(r"([A-Za-z]+?)(_\{\w+\}|\[[0-9]\]|[₀-₉]+)", piece)
    text = (stem[1] + _index(stem[2]) if stem else piece.translate(LOWERED)).replace("{", "").replace("}", "")
    return Token("name", text, begin, end, stem is not None)


def _index(typed: str) -> str:
    """₀, _0, _{0} and [0] -> _0."""
    index = re.sub(r"[^A-Za-z0-9]", "", typed.translate(LOWERED))
    return f"_{index}" if index else ""


def _fence(piece: str, begin: int, end: int) -> Iterator[Token]:
    r"""\left( and its kin; bars know which way they face."""
    side, delimiter = re.fullmatch(r"\\(left|right|[bB]igg?[lrm]?) *\\?(.+)", piece).groups()  # type: ignore[union-attr]
    sign = COMMANDS.get(delimiter, delimiter)
    if sign == "|":
        sign = "|(" if side in ("left",) or side.endswith("l") else "|)" if side == "right" or side[-1] == "r" else "|"
    if sign != ".":
        yield Token("sign", sign, begin, end)


def _words(piece: str, begin: int, end: int) -> Iterator[Token]:
    words = piece[piece.index("{") + 1 : -1].split()
    if len(words) == 1 and words[0] in OTHERWISE:
        yield Token("sign", "otherwise", begin, end)
    elif len(words) == 1 and words[0] in ("and", "or"):
        yield Token("sign", words[0], begin, end)
    elif words and not {*words} <= BEFORE_CONDITION:
        yield Token("name", "".join(words), begin, end, len(words) == 1)


def _command(name: str, begin: int, end: int) -> Token:
    stem, _, index = name.partition("_")
    if name in COMMANDS:
        sign = COMMANDS[name]
        facing = {"lvert": "|(", "rvert": "|)"}.get(name, sign)
        return Token("sign", facing, begin, end)
    if stem in GREEK.values() or stem == "log" or name in CALLABLE:
        return Token("name", stem + _index(index), begin, end, True)
    raise ExpressionError(COMMAND, begin)
