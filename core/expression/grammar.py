"""The grammar of typed formulas: tokens -> a tree, in one of the ways in which they may be read."""

from __future__ import annotations

from typing import NoReturn

from core.expression import faults
from core.expression.faults import MAX_DEPTH, MAX_NODES, MAX_NUMBER, ExpressionError
from core.expression.names import INDEXED, INVERSE, MADE, SPELLINGS, TIGHT, Variables, meant, pieces
from core.expression.tokens import Script, Token
from core.expression.tree import (
    AND,
    CHOICE,
    COMPARE,
    CONDITIONS,
    CONSTANTS,
    NOT,
    OR,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    VARIABLES,
    Node,
    number,
)

BINARY = {
    **{"?": (CHOICE, "if"), "if": (CHOICE, "if"), "or": (OR, "or"), "and": (AND, "and")},
    **{"<": (COMPARE, "less"), "<=": (COMPARE, "at_most"), ">": (COMPARE, "more"), ">=": (COMPARE, "at_least")},
    **{"==": (COMPARE, "equal"), "!=": (COMPARE, "differs")},
    **{"+": (SUM, "add"), "-": (SUM, "sub"), "*": (PRODUCT, "mul"), "/": (PRODUCT, "div"), "^": (POWER, "pow")},
}
CLOSING = {"(": ")", "[": "]", "{": "}", "⌊": "⌋", "⌈": "⌉", "|(": "|)"}
OPENING = {*CLOSING, "√", "∛", "∜", "frac", "root", "cases"}  # signs that an operand may begin with
ROOTS = {"√": "sqrt", "∛": "cbrt", "∜": "∜"}
NOWHERE = Node("div", (number(0.0), number(0.0)), size=3)  # where cases name no value


class Parser:
    """Precedence climbing (Richards 1979; Norvell 1999): an operand, then operators that bind tightly enough.

    outward: which of the bars that could open or close an absolute value open one, a bit each. second: whatever else is
    in doubt is read in the second way. doubt: where that begins to matter, -1 where it does not. used: the names that
    stood for x and y.
    """

    def __init__(self, text: str, script: Script, names: Variables, outward: int, second: bool) -> None:
        self.text, self.latex = text, script.latex
        self.tokens = list(script.tokens)
        self.names, self.outward, self.second = names, outward, second
        self.used: dict[str, str] = {}
        self.turned: dict[int, int] = {}  # bars that could face either way, by their place
        self.in_cases = False  # where LaTeX compares with a plain =
        self.barred = False  # whether a bar that is open may be closed here
        self.doubt = -1
        self.i = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.i]

    def whole(self) -> Node:
        tree = self.expression(0, 0)
        if self.now.kind != "end":
            self.not_an_operator(self.now)
        return self.number_of(tree, self.tokens[0])

    def expression(self, above: int, depth: int) -> Node:
        """The longest expression from here whose operators bind more tightly than `above`."""
        if depth > MAX_DEPTH:
            raise ExpressionError(faults.TOO_DEEP, self.now.at)
        begin = self.now
        left, last = self.operand(depth), None
        while True:
            token = self.now
            binding, op = self.operator(token)
            if binding <= above:
                return left
            if token.kind == "sign" and token.text not in OPENING and token.text != "|":
                self.i += 1
            if op == "if":
                left = self.choice(left, token, begin, depth)
            elif binding == COMPARE:
                left, last = self.comparison(op, left, last, token, depth)
            elif op == "pow" and token.kind == "number":  # x2: the second reading of what is no product
                left = self.node("pow", (left, self.operand(depth)), token.at)
            elif op == "pow":
                left = self.node(op, (self.number_of(left, token), self.exponent(left, depth)), token.at)
            else:
                right = self.expression(binding, depth + 1)
                if token.text == "/":
                    right = self.denominator(right, depth)
                check = self.condition if op in ("and", "or") else self.counted
                left = self.node(op, (check(left, token), check(right, token)), token.at)

    def operator(self, token: Token) -> tuple[int, str]:
        """How tightly the next operator binds, and what it does: 0 where there is none. None is written before 2 x."""
        sign = "==" if token.text == "=" and self.in_cases else token.text
        if token.kind == "sign" and sign in BINARY:
            return BINARY[sign]
        if not self.begins(token):
            return 0, ""
        if token.kind == "number":
            before = self.tokens[self.i - 1]
            if before.kind == "number":
                point = token.text[0] == "." and before.end == token.at  # 1.2.3: no product of 1.2 and .3
                raise ExpressionError(faults.POINT if point else faults.PRODUCT_MISSING, token.at)
            return (POWER, "pow") if self.doubted(token) else (PRODUCT, "mul")
        before, after = self.tokens[self.i - 1], self.tokens[self.i + 1]
        if before.kind == "number" and before.end == token.at:
            unfinished = token.text == "e" and after.text != "^" and not self.begins(after)  # 1e, 2e + x
            if unfinished or (before.text == "0" and token.text[0] in "xbo"):  # 0x1F
                raise ExpressionError(faults.PRODUCT_MISSING, token.at)
        return PRODUCT, "mul"

    def begins(self, token: Token) -> bool:
        """Whether an operand begins with a token that follows another one, so that they are multiplied."""
        if token.kind in ("number", "name"):
            return True
        if token.text == "|":
            following = self.tokens[self.i + 1]
            opens = following.kind in ("number", "name") or following.text in OPENING
            return not self.barred or (opens and self.opens(token))
        return token.kind == "sign" and token.text in OPENING and (self.latex or token.text not in ("[", "{"))

    def opens(self, bar: Token) -> bool:
        """Whether a bar that could close an absolute value opens another one."""
        self.turned.setdefault(bar.at, len(self.turned))
        return bool(self.outward >> self.turned[bar.at] & 1)

    def doubted(self, token: Token) -> bool:
        """Note that what is read here has a second reading. Returns whether that one is wanted."""
        self.doubt = token.at if self.doubt < 0 else self.doubt
        return self.second

    # --- after an operator ---------------------------------------------------------------------------

    def exponent(self, base: Node, depth: int) -> Node:
        """What stands above: it may carry a sign, and powers group from the right: 2^-x^2 is 2^(-(x^2)).

        x^2y is a product, but e^2x may be e^(2x): a base that is a number, or an exponent that is a name, leaves it open.
        """
        braces = self.now.text == "{"
        right = self.group(depth) if braces and not self.latex else self.expression(SIGN, depth + 1)
        before, token = self.tokens[self.i - 1], self.now
        plain = before.kind == "number" and base.op != "number" and base.op not in CONSTANTS
        open_ended = before.kind in ("number", "name") and not plain and not self.latex
        if not open_ended or token.kind == "number" or not self.begins(token):
            return self.number_of(right, before)
        glued = token.at == before.end
        if (glued or token.text in OPENING) and self.doubted(token):
            while self.begins(self.now) and self.now.kind != "number":
                right = self.node("mul", (right, self.expression(PRODUCT, depth + 1)), token.at)
        return self.number_of(right, before)

    def denominator(self, right: Node, depth: int) -> Node:
        """What is divided by. 1/2x may be 1/2*x or 1/(2*x)."""
        if self.begins(self.now) and self.now.kind != "number" and self.doubted(self.now):
            while self.begins(self.now) and self.now.kind != "number":
                token = self.now
                right = self.node("mul", (right, self.expression(PRODUCT, depth + 1)), token.at)
        return right

    def comparison(self, op: str, left: Node, last: Node | None, token: Token, depth: int) -> tuple[Node, Node]:
        """A comparison with what stands to the left, or in a chain as 0 < x < 1 with its last part."""
        right = self.number_of(self.expression(COMPARE, depth + 1), token)
        one = self.node(op, (last or self.number_of(left, token), right), token.at)
        return (self.node("and", (left, one), token.at) if last else one), right

    def choice(self, left: Node, token: Token, begin: Token, depth: int) -> Node:
        """condition ? a : b, or a if condition else b."""
        if token.text == "?":
            holds, chosen = self.condition(left, token), self.expression(0, depth + 1)
            self.separator(":", token)
        else:
            holds, chosen = self.condition(self.expression(CHOICE, depth + 1), token), left
            self.separator("else", token)
        other = self.expression(0, depth + 1)
        return self.node("if", (holds, self.number_of(chosen, begin), self.number_of(other, token)), token.at)

    def separator(self, sign: str, token: Token) -> None:
        if self.now.text != sign:
            raise ExpressionError(faults.HALF_CHOICE, token.at)
        self.i += 1

    def condition(self, node: Node, token: Token) -> Node:
        if node.op not in CONDITIONS:
            raise ExpressionError(faults.NO_CONDITION, token.at)
        return node

    def counted(self, node: Node, token: Token) -> Node:
        """A number of a sum or a product: a condition in parentheses is one, 1 where it holds and else 0 (Iverson 1962)."""
        return self.node("if", (node, number(1.0), number(0.0)), token.at) if node.op in CONDITIONS else node

    def number_of(self, node: Node, token: Token) -> Node:
        if node.op in CONDITIONS:
            raise ExpressionError(faults.CONDITION, token.at)
        return node

    # --- operands ------------------------------------------------------------------------------------

    def operand(self, depth: int) -> Node:
        token = self.now
        self.i += 1
        if token.kind == "number":
            return self.number(token)
        if token.kind == "name":
            return self.name(token, depth)
        if token.text in ("-", "+"):
            inner = self.counted(self.expression(SIGN, depth + 1), token)
            return self.node("neg", (inner,), token.at) if token.text == "-" else inner
        if token.text == "not":
            return self.node("not", (self.condition(self.expression(NOT, depth + 1), token),), token.at)
        if token.text in ROOTS:
            return self.bare(ROOTS[token.text], token, depth)
        if token.text == "frac":
            above, below = self.braced(token, depth), self.braced(token, depth)
            return self.node("div", (above, below), token.at)
        if token.text == "root":
            return self.latex_root(token, depth)
        if token.text == "cases":
            return self.cases(token, depth)
        if token.text == "|":
            return self.bars(token, depth)
        if token.text in CLOSING and (self.latex or token.text != "{"):
            self.i -= 1
            return self.group(depth)
        self.no_operand(token)

    def node(self, op: str, args: tuple[Node, ...], at: int) -> Node:
        return self.sized(Node(op, args, 0.0, 1 + sum([argument.size for argument in args])), at)

    def sized(self, node: Node, at: int) -> Node:
        if node.size > MAX_NODES:
            raise ExpressionError(faults.TOO_MANY, at)
        return node

    def number(self, token: Token) -> Node:
        above, _, below = token.text.replace("_", "").partition("/")
        if above[0] == "0" and above.isdigit() and above.strip("0"):
            new = token.text.lstrip("0_")
            raise ExpressionError(faults.LEADING_ZERO.format(new=new), token.at, self.replaced(token, new))
        if float(above) > MAX_NUMBER:
            raise ExpressionError(faults.TOO_LARGE, token.at)
        if below:
            return self.node("div", (number(float(above)), number(float(below))), token.at)
        return number(float(above))

    def group(self, depth: int) -> Node:
        """What stands between two brackets. Square ones may be Gauss's, who takes the whole part."""
        opening, barred = self.now, self.barred
        self.i += 1
        self.barred = False
        inner = self.expression(0, depth + 1)
        self.close(opening)
        self.barred = barred
        if opening.text == "⌈":
            return self.sized(MADE["ceil"].of(self.number_of(inner, opening)), opening.at)
        op = {"⌊": "floor", "|(": "abs"}.get(opening.text, "")
        if opening.text == "[" and not self.latex and self.doubted(opening):
            op = "floor"
        return self.node(op, (self.number_of(inner, opening),), opening.at) if op else inner

    def bars(self, opening: Token, depth: int) -> Node:
        barred, self.barred = self.barred, True
        inner = self.number_of(self.expression(0, depth + 1), opening)
        if self.now.text not in ("|", "|)"):
            raise ExpressionError(faults.BARS, opening.at)
        self.i += 1
        self.barred = barred
        return self.node("abs", (inner,), opening.at)

    def close(self, opening: Token) -> None:
        token = self.now
        if token.text == CLOSING[opening.text]:
            self.i += 1
        elif token.kind == "end":
            offered = [
                self.text[: t.end] + ")" + self.text[t.end :]
                for t in self.tokens[self.i - 1 :: -1]
                if t.at > opening.at
            ]
            raise ExpressionError(faults.NEVER_CLOSED, opening.at, "", tuple(offered))
        elif token.text in CLOSING.values():
            raise ExpressionError(faults.OTHER_BRACKET, token.at)
        else:
            self.not_an_operator(token)

    # --- names -----------------------------------------------------------------------------------------

    def name(self, token: Token, depth: int) -> Node:
        word = SPELLINGS.get(token.text, token.text)
        if word in self.names:
            self.used[word] = self.names[word]
            return Node(self.names[word])
        if word in MADE:
            return self.function(word, token, depth)
        if word in CONSTANTS:
            return self.constant(word)
        if word.startswith("log_") and word[4:].isdigit():
            return self.function(word, token, depth)
        if parts := pieces(word, self.names):
            self.take_apart(token, parts)
            return self.operand(depth)
        raise self.unknown(token)

    def constant(self, word: str) -> Node:
        """pi or e. ex and e(x) may be products with e, or eˣ copied without its superscript."""
        before, token = self.tokens[self.i - 1], self.now
        apart = before.end == token.at and before.kind == token.kind == "name" and not (before.whole or token.whole)
        called = before.end == token.at and token.text == "("
        raised = called or (apart and token.text in self.names)
        if word == "e" and raised and not self.latex and self.doubted(token):
            self.tokens.insert(self.i, Token("sign", "^", token.at, token.at))
        return Node(word)

    def take_apart(self, token: Token, parts: list[str]) -> None:
        at, tokens = token.at, []
        for part in parts:
            end = at + len(part) if len("".join(parts)) == token.end - token.at else token.end
            tokens.append(Token("number" if part.isdigit() else "name", part, at, end))
            at = end
        self.i -= 1
        self.tokens[self.i : self.i + 1] = tokens

    def function(self, name: str, token: Token, depth: int) -> Node:
        """A function of what stands in parentheses, or behind it: sin(x), sin^2(x), sin 2x, ln|x|."""
        power = None
        if self.now.text == "^" and self.tokens[self.i + 1].kind != "end":
            power = self.function_power(token, depth)
            if power == -1.0 and name in INVERSE and not self.doubted(token):
                name, power = INVERSE[name], None
        index = self.now.text == "[" and name in TIGHT and not self.latex  # sqrt[3](x), which is LaTeX by half
        if self.now.text in ("(", "[", "{") and not index:
            opening = self.now
            self.i += 1
            barred, self.barred = self.barred, False
            args = self.arguments(depth, opening)
            self.close(opening)
            self.barred = barred
            value = self.made(name, args, token)
        else:
            value = self.bare(name, token, depth)
        return value if power is None else self.node("pow", (value, number(power)), token.at)

    def function_power(self, token: Token, depth: int) -> float:
        self.i += 1
        power = self.expression(SIGN, depth + 1)
        value = -power.args[0].value if power.op == "neg" and power.args[0].op == "number" else power.value
        whole = power.op in ("number", "neg") and value.is_integer() and value
        if not whole:
            raise ExpressionError(faults.FUNCTION_POWER, token.at)
        return value

    def arguments(self, depth: int, opening: Token) -> tuple[Node, ...]:
        """What stands between the parentheses of a call; as in Python, a comma may follow the last argument."""
        args: list[Node] = []
        while self.now.text != CLOSING[opening.text]:
            args.append(self.expression(0, depth + 1))
            if self.now.text != ",":
                break
            self.i += 1
        return tuple(args)

    def made(self, name: str, args: tuple[Node, ...], token: Token) -> Node:
        """The tree of a function. Raises ExpressionError for a wrong number of arguments, or one of the wrong kind."""
        if name == "∜":
            return self.node("pow", (*args, self.node("div", (number(1.0), number(4.0)), token.at)), token.at)
        if name.startswith("log_") and name not in MADE:
            base = float(name[4:])
            if not 2 <= base <= 1000 or len(args) != 1:
                raise ExpressionError(faults.ONE_ARGUMENT.format(name="log"), token.at)
            if base in (2.0, 10.0):
                return self.node(f"log{base:g}", args, token.at)
            return self.node(
                "div", (self.node("log", args, token.at), self.node("log", (number(base),), token.at)), token.at
            )
        least, most, of = MADE[name]
        if not least <= len(args) <= most:
            sentence = {(1, 1): faults.ONE_ARGUMENT, (2, 2): faults.TWO_ARGUMENTS, (3, 3): faults.THREE_ARGUMENTS}
            raise ExpressionError(
                sentence.get((least, most), faults.MANY_ARGUMENTS).format(name=token.text.removeprefix("np.")), token.at
            )
        for i, argument in enumerate(args):
            check = self.condition if name == "where" and i == 0 else self.number_of
            check(argument, token)
        return self.sized(of(*args), token.at)

    # --- a function without parentheses ------------------------------------------------------------------

    def bare(self, name: str, token: Token, depth: int) -> Node:
        """A function of what follows it. Where that ends is often a matter of taste, so then it is in doubt."""
        following = self.now
        signed = following.text == "-" and token.end < following.at and following.end == self.tokens[self.i + 1].at
        if signed and name not in TIGHT:  # sin -x, but neither sin-x nor sin - x
            self.i += 1
            return self.made(name, (self.node("neg", (self.factors(token, depth),), following.at),), token)
        argued = following.kind in ("number", "name") or following.text in OPENING or following.text == "|"
        if not argued or (following.text == "[" and not self.latex):
            shown = _shown(token.text.partition("_")[0])
            raise ExpressionError(faults.BARE_FUNCTION.format(name=shown), token.at)
        if name in TIGHT or name == "∜":
            return self.made(name, (self.radicand(depth),), token)
        return self.made(name, (self.factors(token, depth),), token)

    def radicand(self, depth: int) -> Node:
        """What a root is taken of: √2 x ends after the 2, while √2x and √x^2 are in doubt."""
        inner = self.number_of(self.operand(depth + 1), self.now)
        if self.tokens[self.i - 1].kind == "sign":  # a closing bracket
            return inner
        token = self.now
        if token.text == "^" and self.doubted(token):
            self.i += 1
            inner = self.node("pow", (inner, self.exponent(inner, depth)), token.at)
        while self.begins(self.now) and self.now.kind != "number" and not self.latex:
            token, glued = self.now, self.now.at == self.tokens[self.i - 1].end
            if not (glued and self.doubted(token)):
                break
            inner = self.node("mul", (inner, self.expression(PRODUCT, depth + 1)), token.at)
        return inner

    def factors(self, token: Token, depth: int) -> Node:
        """The argument of a function without parentheses: factors that stand side by side, as in sin 2x and sin 2πx."""
        inner = self.expression(PRODUCT, depth + 1)
        closed = self.tokens[self.i - 1].text in ("|", "|)")  # ln|x| ends with its bar
        variable = inner.op not in ("number", "div", *CONSTANTS)
        while self.begins(self.now) and self.now.kind != "number" and not closed:
            following, glued = self.now, self.now.at == self.tokens[self.i - 1].end
            if self.calls(following):
                if variable or not self.doubted(following):
                    break
            elif (following.kind != "name" or (variable and not glued)) and not self.doubted(following):
                break
            right = self.expression(PRODUCT, depth + 1)
            variable = variable or right.op not in CONSTANTS
            inner = self.node("mul", (inner, right), following.at)
        goes_on = self.now.text in ("*", "/") and not closed and not self.calls(self.tokens[self.i + 1])
        if goes_on and self.doubted(self.now):
            while self.now.text in ("*", "/"):
                sign = self.now
                self.i += 1
                op = BINARY[sign.text][1]
                inner = self.node(op, (inner, self.expression(PRODUCT, depth + 1)), sign.at)
        return self.number_of(inner, token)

    def calls(self, token: Token) -> bool:
        """Whether a function begins here."""
        return token.kind == "name" and SPELLINGS.get(token.text, token.text) in MADE

    # --- LaTeX -------------------------------------------------------------------------------------------

    def braced(self, command: Token, depth: int) -> Node:
        r"""An argument of a LaTeX command: in braces, or the next digit or letter: \frac{1}{2}, \frac12."""
        token = self.now
        if token.text == "{":
            return self.number_of(self.group(depth), token)
        splits = (token.text.isdigit() or token.text.isalpha()) and len(token.text) > 1
        if token.kind in ("number", "name") and splits and not token.whole:
            self.tokens[self.i : self.i + 1] = [
                token._replace(text=token.text[0], end=token.at + 1),
                token._replace(text=token.text[1:], at=token.at + 1),
            ]
        elif token.kind not in ("number", "name") and token.text not in ("frac", "root"):
            raise ExpressionError(
                faults.NOTHING_AFTER.format(sign=self.text[command.at : command.end].strip("\\ ")), command.at
            )
        return self.operand(depth)

    def latex_root(self, token: Token, depth: int) -> Node:
        if self.now.text != "[":
            return self.made("sqrt", (self.braced(token, depth),), token)
        index = self.number_of(self.group(depth), token)
        return self.made("root", (self.braced(token, depth), index), token)

    def cases(self, opening: Token, depth: int) -> Node:
        r"""\begin{cases} a & x > 0 \\ b & \text{otherwise} \end{cases}"""
        rows: list[tuple[Node, Node | None]] = []
        within, self.in_cases = self.in_cases, True
        while self.now.text != "end cases":
            chosen = self.number_of(self.expression(0, depth + 1), opening)
            self.i += self.now.text == ","
            holds = None
            if self.now.text not in ("otherwise", "\\\\", "end cases"):
                self.separator("&", opening)
                if self.now.text != "otherwise":
                    holds = self.condition(self.expression(0, depth + 1), opening)
            self.i += self.now.text == "otherwise"
            rows.append((chosen, holds))
            if self.now.text != "\\\\":
                break
            self.i += 1
        self.separator("end cases", opening)
        self.in_cases = within
        tree = NOWHERE
        for chosen, holds in reversed(rows):
            tree = chosen if holds is None else self.node("if", (holds, chosen, tree), opening.at)
        return tree

    # --- what went wrong ---------------------------------------------------------------------------

    def replaced(self, token: Token, new: str) -> str:
        return self.text[: token.at] + new + self.text[token.end :]

    def not_an_operator(self, token: Token) -> NoReturn:
        """After a whole operand stands something that cannot follow it."""
        before = self.tokens[self.i - 1]
        text, at = self.text, token.at
        if token.text in (")", "]", "}"):
            opened = [
                text[: t.at] + "(" + text[t.at :] for t in self.tokens[: self.i] if t.kind != "sign" or t.text == "("
            ]
            raise ExpressionError(faults.NEVER_OPENED, at, "", (self.replaced(token, ""), *opened))
        if token.text == ",":
            following = self.tokens[self.i + 1]
            if before.kind == "number" and following.kind == "number":
                thousands = (self.replaced(token, ""),) if len(following.text) == 3 and before.text[0] != "0" else ()
                raise ExpressionError(faults.DECIMAL_COMMA, at, "", (self.replaced(token, "."), *thousands))
            raise ExpressionError(faults.COMMA, at)
        if token.text == "=":
            raise ExpressionError(faults.EQUATION, at)
        if token.text in ("|", "|)"):
            raise ExpressionError(faults.BARS, at)
        if token.text in ("{", "["):
            raise self.other_brackets(token)
        if token.text in (":", "else", "&", "otherwise", "\\\\", "end cases"):
            raise ExpressionError(faults.HALF_CHOICE, at)
        raise ExpressionError(faults.PRODUCT_MISSING, at)

    def no_operand(self, token: Token) -> NoReturn:
        """Where a number, a variable or a function is due stands something else, or nothing."""
        before = self.tokens[self.i - 2] if self.i > 1 else None
        if token.text == "{":
            raise self.other_brackets(token)
        if token.text in ("|)", "⌋", "⌉") or (token.text == "|" and token.kind == "end"):
            raise ExpressionError(faults.BARS, token.at)
        if before is None:
            raise ExpressionError(faults.NOTHING_BEFORE, token.at)
        if before.text in CLOSING and token.text == CLOSING[before.text]:
            raise ExpressionError(faults.NOTHING_INSIDE, before.at)
        if before.text == "|":
            raise ExpressionError(faults.BARS, before.at)
        if token.kind == "end" and before.text in CLOSING:
            raise ExpressionError(faults.NEVER_CLOSED, before.at)
        sign = self.text[before.at : before.end].strip("\\ ")
        raise ExpressionError(faults.NOTHING_AFTER.format(sign=sign if _shown(sign) else ""), before.at)

    def other_brackets(self, token: Token) -> ExpressionError:
        new = {"{": "(", "[": "("}[token.text]
        plain = "" if "[" in self.text else self.text.replace("{", "(").replace("}", ")")
        return ExpressionError(faults.WRITE.format(new=new), token.at, plain)

    def unknown(self, token: Token) -> ExpressionError:
        name = token.text
        shown = _shown(name)
        near = meant(name)
        if (name in VARIABLES or INDEXED.fullmatch(name)) and self.names.keys() - {*VARIABLES}:
            return ExpressionError(faults.OTHER_VARIABLE.format(name=name.replace("_", "")), token.at)
        if near and shown:
            offered = tuple(self.replaced(token, word) for word in near)
            sentence = faults.DID_YOU_MEAN.format(name=name, new=near[0]) if len(near) == 1 else faults.TWO_READINGS
            return ExpressionError(sentence, token.at, "", offered)
        return ExpressionError(faults.UNKNOWN.format(name=name) if shown else faults.UNKNOWN_WORD, token.at)


def _shown(name: str) -> str:
    """A piece of the text that may stand in a sentence: short, and no markup anywhere; else nothing."""
    return name if len(name) <= 20 and not set("_<>[]`{}\\$") & {*name} else ""
