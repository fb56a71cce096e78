"""A typed formula -> its tree. Nothing is ever evaluated: the text meets a closed grammar, or an ExpressionError.

The grammar is Python's for numbers, + - * / ** ( ) and calls, with ^ as another spelling of **. The tree can
hold nothing but numbers, x, y, pi, e, five operations, the sign and the functions of FUNCTIONS.
"""

from __future__ import annotations

import difflib
import keyword
import math
import re
import unicodedata
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from core.spec import Text

MAX_LENGTH = 200  # characters
MAX_NODES = 120
MAX_DEPTH = 64  # of parentheses, signs and right-hand sides in one another
MAX_NUMBER = 1e12
MAX_MENDS = 20  # faults in one text that a suggestion mends


class ExpressionError(ValueError):
    """A fault in a typed formula: a sentence in every language, and where it is.

    position: index into the text as it was typed. suggestion: the whole text with this fault mended, and those
    that come after it too, or "". What is suggested is always a formula.
    """

    def __init__(self, text: Text, position: int, suggestion: str = "") -> None:
        super().__init__(text.en)
        self.text = text
        self.position = position
        self.suggestion = suggestion


class Node(NamedTuple):
    """A number ("number", with its value), a constant by name, x, y, or an operation on other nodes."""

    op: str
    args: tuple[Node, ...] = ()
    value: float = 0.0
    size: int = 1  # nodes, this one included


class Function(NamedTuple):
    """How many arguments a function takes, and the function itself, for numbers known beforehand."""

    arity: int
    of: Callable[..., Any]


FUNCTIONS = {
    **{name: Function(1, getattr(math, name)) for name in ("sin", "cos", "tan", "asin", "acos", "atan")},
    **{name: Function(1, getattr(math, name)) for name in ("sinh", "cosh", "tanh", "exp", "expm1")},
    **{name: Function(1, getattr(math, name)) for name in ("log", "log1p", "log2", "log10", "sqrt")},
    "abs": Function(1, abs),
    "sign": Function(1, lambda u: float((u > 0) - (u < 0))),
    "floor": Function(1, math.floor),
    "min": Function(2, min),
    "max": Function(2, max),
    "hypot": Function(2, math.hypot),
    "atan2": Function(2, math.atan2),
}
SPELLINGS = {"arcsin": "asin", "arccos": "acos", "arctan": "atan"}
CONSTANTS = {"pi": math.pi, "e": math.e}
VARIABLES = ("x", "y")
WORDS = (*VARIABLES, *CONSTANTS, *FUNCTIONS, *SPELLINGS)
MEANT = {"ln": "log", "fabs": "abs", "sgn": "sign", "arctan2": "atan2"}

TOKEN = re.compile(
    r" *(?:(?P<number>(?:[0-9](?:_?[0-9])*\.?(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<sign>\*\*|[-+*/^(),]))"
)
SUM, PRODUCT, SIGN, POWER = 1, 2, 3, 4  # what binds how tightly
BINARY = {
    "+": (SUM, "add"),
    "-": (SUM, "sub"),
    "*": (PRODUCT, "mul"),
    "/": (PRODUCT, "div"),
    "**": (POWER, "pow"),
    "^": (POWER, "pow"),
}
TYPED = {"×": "*", "·": "*", "⋅": "*", "∙": "*", "÷": "/", "−": "-", "–": "-", "π": "pi"}
TYPED |= {"[": "(", "]": ")", "{": "(", "}": ")"}
RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
BETWEEN_BARS = re.compile(r"([A-Za-z_]?)\|([^|]+)\|")  # the innermost ones, and a letter that abs must not run into
CALL = rf"(?:{'|'.join(FUNCTIONS)})\([^()]*\)"
ROOT = re.compile(rf"([A-Za-z_]?)√ *({CALL}|[0-9.]+|[A-Za-z]+|π|\|[^|]+\||(?=\())")
MODULE = re.compile(r"\b(?:np|numpy|math)\.(?=[A-Za-z])")


class Token(NamedTuple):
    """A number, a name, a sign, or the end."""

    kind: str
    text: str
    at: int


def parse(text: object) -> Node:
    """The tree of a formula. Raises ExpressionError, and nothing else, for whatever is not one."""
    if not isinstance(text, str):
        raise ExpressionError(EMPTY, 0)
    try:
        return _read(text)
    except ExpressionError as fault:
        raise ExpressionError(fault.text, fault.position, _mended(fault.suggestion)) from None


def _read(text: str) -> Node:
    """The tree of a formula; a fault suggests the text with only itself mended, whatever else may be wrong."""
    if not text.strip(" "):
        raise ExpressionError(EMPTY, 0)
    if len(text) > MAX_LENGTH:
        raise ExpressionError(TOO_LONG, MAX_LENGTH)
    return _Parser(text).whole()


def _mended(text: str) -> str:
    """The formula that a suggestion leads to; "" where it leads to none, for whoever takes it wants to be done."""
    for _ in range(MAX_MENDS):
        try:
            _read(text)
        except ExpressionError as fault:
            text = fault.suggestion
        else:
            return text
    return ""


class _Parser:
    """Precedence climbing (Richards 1979; Norvell 1999): an operand, then operators that bind tightly enough."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.i = 0
        self.nodes = 0

    def whole(self) -> Node:
        tree = self.expression(0, 0)
        token = self.tokens[self.i]
        if token.kind != "end":
            self.not_an_operator(token)
        return tree

    def expression(self, above: int, depth: int) -> Node:
        """The longest expression from here whose operators bind more tightly than `above`."""
        if depth > MAX_DEPTH:
            raise ExpressionError(TOO_DEEP, self.tokens[self.i].at)
        left = self.operand(depth)
        while True:
            token = self.tokens[self.i]
            binding, op = BINARY.get(token.text, (0, ""))
            if binding <= above:
                return left
            self.i += 1
            # The exponent may carry a sign, and powers group from the right: 2^-x^2 is 2^(-(x^2)).
            right = self.expression(SIGN if binding == POWER else binding, depth + 1)
            left = self.node(op, (left, right), token.at)

    def operand(self, depth: int) -> Node:
        token = self.tokens[self.i]
        self.i += 1
        if token.kind == "number":
            return self.node("number", (), token.at, self.number(token))
        if token.kind == "name":
            return self.name(token, depth)
        if token.text == "(":
            inner = self.expression(0, depth + 1)
            self.close(token)
            return inner
        if token.text in ("-", "+"):
            inner = self.expression(SIGN, depth + 1)
            return self.node("neg", (inner,), token.at) if token.text == "-" else inner
        self.no_operand(token)

    def node(self, op: str, args: tuple[Node, ...], at: int, value: float = 0.0) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ExpressionError(TOO_MANY, at)
        return Node(op, args, value, 1 + sum([a.size for a in args]))

    def number(self, token: Token) -> float:
        whole = token.text.replace("_", "")
        if whole[0] == "0" and whole.isdigit() and whole.strip("0"):
            raise self.fault(LEADING_ZERO, token.at, token.text, token.text.lstrip("0_"))
        value = float(whole)
        if value > MAX_NUMBER:
            raise ExpressionError(TOO_LARGE, token.at)
        return value

    def name(self, token: Token, depth: int) -> Node:
        name, following = SPELLINGS.get(token.text, token.text), self.tokens[self.i]
        called = following.text == "("
        if name in FUNCTIONS:
            if not called:
                raise self.bare_function(token, following)
            self.i += 1
            args = self.arguments(depth)
            self.close(following)
            if len(args) != FUNCTIONS[name].arity:
                sentence = ONE_ARGUMENT if FUNCTIONS[name].arity == 1 else TWO_ARGUMENTS
                raise ExpressionError(sentence.format(name=token.text), token.at)
            return self.node(name, args, token.at)
        if name in VARIABLES or name in CONSTANTS:
            return self.node(name, (), token.at, CONSTANTS.get(name, 0.0))
        raise self.unknown(token)

    def arguments(self, depth: int) -> tuple[Node, ...]:
        """What stands between the parentheses of a call; as in Python, a comma may follow the last argument."""
        args: list[Node] = []
        while self.tokens[self.i].text != ")":
            args.append(self.expression(0, depth + 1))
            if self.tokens[self.i].text != ",":
                break
            self.i += 1
        return tuple(args)

    def close(self, opening: Token) -> None:
        token = self.tokens[self.i]
        if token.text == ")":
            self.i += 1
        elif token.kind == "end":
            raise ExpressionError(NEVER_CLOSED, opening.at, self.text.rstrip(" ") + ")")
        else:
            self.not_an_operator(token)

    # --- what went wrong ---------------------------------------------------------------------------

    def fault(self, text: Text, at: int, old: str, new: str) -> ExpressionError:
        """A fault that is mended by another text in place of `old`, which stands at `at`."""
        mended = self.text[:at] + new + self.text[at + len(old) :]
        return ExpressionError(text.format(new=new), at, mended)

    def not_an_operator(self, token: Token) -> NoReturn:
        """After a whole operand stands something that cannot follow it."""
        before = self.tokens[self.i - 1]
        if token.text == ")":
            raise self.fault(NEVER_OPENED, token.at, ")", "")
        if token.text == ",":
            if before.kind == "number" and self.tokens[self.i + 1].kind == "number":
                raise self.fault(DECIMAL_COMMA, token.at, ",", ".")
            raise ExpressionError(COMMA, token.at)
        if token.text[0:1] == "." and token.at == before.at + len(before.text):
            raise ExpressionError(POINT, token.at)  # 1.2.3: no product of 1.2 and .3
        if token.kind == "name" and token.text not in WORDS and not (fault := self.unknown(token)).suggestion:
            raise fault  # x and y: no product sign would help
        shown = all(piece.text != ")" and token.text != "(" and _shown(piece.text) for piece in (before, token))
        sentence = PRODUCT_SIGN.format(product=f"{before.text}*{token.text}") if shown else PRODUCT_MISSING
        raise ExpressionError(sentence, token.at, self.text[: token.at] + "*" + self.text[token.at :])

    def no_operand(self, token: Token) -> NoReturn:
        """Where a number, a variable or a function is due stands something else, or nothing."""
        before = self.tokens[self.i - 2] if self.i > 1 else None
        if before is None:
            at, sentence = token.at, NOTHING_BEFORE
        elif before.text == "(" and token.text == ")":
            at, sentence = before.at, NOTHING_INSIDE
        elif token.kind == "end" and before.text == "(":
            raise ExpressionError(NEVER_CLOSED, before.at)
        else:
            at, sentence = before.at, NOTHING_AFTER.format(sign=before.text)
        raise ExpressionError(sentence, at)

    def bare_function(self, token: Token, following: Token) -> ExpressionError:
        sentence = BARE_FUNCTION.format(name=token.text)
        if following.kind in ("number", "name") and following.text not in FUNCTIONS:
            argument = re.match(r"[\w.]+", self.text[following.at :], re.ASCII)  # sin 2x: all of 2x
            assert argument
            rest = self.text[following.at + argument.end() :]
            return ExpressionError(sentence, token.at, f"{self.text[: token.at]}{token.text}({argument[0]}){rest}")
        return ExpressionError(sentence, token.at)

    def unknown(self, token: Token) -> ExpressionError:
        name = token.text
        if name == "pow":
            return ExpressionError(POWERS, token.at)
        near = MEANT.get(name) or (name.lower() if name.lower() in WORDS else "") or _taken_apart(name)
        if not near and len(name) > 2 and not keyword.iskeyword(name):  # and: not tan
            lower = name[:20].lower()
            alike = difflib.get_close_matches(lower, WORDS)
            near = max(alike, key=lambda word: word[0] == lower[0], default="")  # cosin: cos rather than sin
        if near and _shown(name):
            return self.fault(DID_YOU_MEAN.format(name=name, new=near), token.at, name, near)
        return ExpressionError(UNKNOWN.format(name=name) if _shown(name) else UNKNOWN_WORD, token.at)


def _tokens(text: str) -> list[Token]:
    tokens, at, end = [], 0, len(text.rstrip(" "))
    while at < end:
        found = TOKEN.match(text, at)
        if found is None:
            raise _strange(text, len(text) - len(text[at:].lstrip(" ")))
        kind = str(found.lastgroup)
        tokens.append(Token(kind, found[kind], found.start(kind)))
        at = found.end()
    tokens.append(Token("end", "", end))
    return tokens


def _strange(text: str, at: int) -> ExpressionError:
    """A character that no formula has; what was probably meant, where that can be told."""
    character = text[at]
    if character == "=":
        return ExpressionError(EQUALS, at, text.rpartition("=")[2].strip(" "))
    if character == "|":
        return ExpressionError(BARS, at, BETWEEN_BARS.sub(lambda found: f"{_apart(found[1])}abs({found[2]})", text))
    if character == ".":
        return ExpressionError(POINT, at, MODULE.sub("", text))
    meant = "sqrt" if character == "√" else _plain(character)
    if re.fullmatch(r"[-+*/^(),\w ]+|\.", meant, re.ASCII):
        sentence = {" ": SPACE, ".": OTHER_POINT}.get(meant.strip(" ") or " ") or WRITE.format(new=meant)
        return ExpressionError(sentence, at, _plain(text))
    return ExpressionError(STRANGE, at)


def _plain(text: str) -> str:
    """x² -> x^2, √x -> sqrt(x), 2×ｘ -> 2*x: what can be typed in place of look-alikes."""
    text = RAISED.sub(lambda found: f"^{unicodedata.normalize('NFKC', found[0])}", text)
    text = ROOT.sub(lambda found: f"{_apart(found[1])}sqrt" + (f"({found[2]})" if found[2] else ""), text)
    return "".join(TYPED.get(character) or unicodedata.normalize("NFKC", character) for character in text)


def _apart(letter: str) -> str:
    """A letter, if there is one, that does not run together with the name behind it."""
    return f"{letter} " if letter else ""


def _taken_apart(name: str) -> str:
    """xy -> x*y, 2pi -> 2*pi, sinx -> sin(x); nothing where the name is not made of known ones."""
    if function := re.fullmatch(rf"({'|'.join(FUNCTIONS)})(x|y|pi)", name):
        return f"{function[1]}({function[2]})"
    if re.fullmatch(r"(?:x|y|pi|e)+", name):
        return "*".join(re.findall(r"x|y|pi|e", name))
    return ""


def _shown(name: str) -> bool:
    """Whether a piece of the text may stand in a sentence: short, and no markup anywhere."""
    return len(name) <= 20 and "_" not in name


EMPTY = Text("Type a formula in x and y, for example x^2 + y^2.", "x^2 + y^2처럼 x와 y로 된 식을 입력하세요.")
TOO_LONG = Text(
    f"A formula has at most {MAX_LENGTH} characters; the mark shows where this one has to end.",
    f"식은 {MAX_LENGTH}자까지 쓸 수 있습니다. 표시한 곳에서 끝나야 합니다.",
)
TOO_DEEP = Text("Too many parentheses and signs inside one another.", "괄호나 부호가 너무 여러 겹입니다.")
TOO_MANY = Text(
    f"A formula has at most {MAX_NODES} numbers, names and signs; this one has more.",
    f"수와 이름, 연산 기호는 모두 합쳐 {MAX_NODES}개까지 쓸 수 있습니다.",
)
TOO_LARGE = Text(f"Numbers go up to {MAX_NUMBER:g}; this one is larger.", f"{MAX_NUMBER:g}보다 큰 수는 쓸 수 없습니다.")
LEADING_ZERO = Text(
    "A whole number does not begin with 0: write {new}.", "정수는 0으로 시작하지 않습니다. {new}로 쓰세요."
)
NEVER_CLOSED = Text("This parenthesis is never closed: a ) is missing.", "괄호가 닫히지 않았습니다. )가 빠졌습니다.")
NEVER_OPENED = Text(
    "This parenthesis was never opened: there is a ) too many.", "열지 않은 괄호를 닫았습니다. )가 하나 더 있습니다."
)
DECIMAL_COMMA = Text("Decimals are written with a point, not with a comma.", "소수점은 쉼표가 아니라 마침표로 씁니다.")
COMMA = Text(
    "A comma only stands between the two arguments of a function, as in max(x, y).",
    "쉼표는 max(x, y)처럼 함수의 두 인수 사이에만 씁니다.",
)
PRODUCT_SIGN = Text("Products are written with *: {product}.", "곱셈은 {product}처럼 기호 *를 써서 적습니다.")
PRODUCT_MISSING = Text(
    "An operator is missing here; products are written with *.", "연산 기호가 빠졌습니다. 곱셈은 *로 씁니다."
)
NOTHING_BEFORE = Text("Something is missing before this sign.", "이 기호 앞에 값이 없습니다.")
NOTHING_INSIDE = Text("There is nothing inside these parentheses.", "괄호 안이 비어 있습니다.")
NOTHING_AFTER = Text("Something is missing after {sign}.", "{sign} 다음에 값이 없습니다.")
BARE_FUNCTION = Text(
    "{name} needs its argument in parentheses, as in {name}(x).", "{name}(x)처럼 인수를 괄호 안에 써야 합니다."
)
ONE_ARGUMENT = Text("{name} takes one argument.", "{name} 함수의 인수는 하나입니다.")
TWO_ARGUMENTS = Text(
    "{name} takes two arguments, separated by a comma.", "{name} 함수의 인수는 쉼표로 나눈 두 개입니다."
)
DID_YOU_MEAN = Text("{name} is not known; did you mean {new}?", "{name}: 알 수 없는 이름입니다. 혹시 {new}인가요?")
_NAMES = ", ".join((*CONSTANTS, *FUNCTIONS))
UNKNOWN = Text(
    f"{{name}} is not known. A formula is made of x, y, numbers and {_NAMES}.",
    f"{{name}}: 알 수 없는 이름입니다. 쓸 수 있는 것은 x, y, 수와 {_NAMES}입니다.",
)
UNKNOWN_WORD = Text(
    f"This name is not known. A formula is made of x, y, numbers and {_NAMES}.",
    f"알 수 없는 이름입니다. 쓸 수 있는 것은 x, y, 수와 {_NAMES}입니다.",
)
POWERS = Text("Powers are written x^y.", "거듭제곱은 x^y로 씁니다.")
EQUALS = Text("Type only what stands to the right of the equals sign.", "등호 오른쪽의 식만 입력하세요.")
BARS = Text("The absolute value is written abs(x).", "절댓값은 abs(x)로 씁니다.")
WRITE = Text("This character has to be written as {new}.", "이 문자는 {new}(으)로 써야 합니다.")
POINT = Text("A point only stands inside a number, as in 0.5.", "점(.)은 0.5처럼 수 안에서만 쓸 수 있습니다.")
OTHER_POINT = Text("This is not an ordinary point.", "보통의 마침표가 아닌 문자입니다.")
SPACE = Text("This is not an ordinary space.", "보통의 빈칸이 아닌 문자입니다.")
STRANGE = Text("This character cannot stand in a formula.", "식에 쓸 수 없는 문자입니다.")
