"""A Python formula -> JavaScript, by its syntax tree: one construct for one construct.

Formulas are small: arithmetic, conditions, loops, tuples, and functions of NumPy and math. What a browser would compute
otherwise is written by a function of `assets/numbers.js` (`$.pow`, since 1**nan is 1 here and NaN there). A Python name
never holds a `$`, so nothing that a formula is called can clash with those.
"""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from numbers import Real
from pathlib import Path
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from core.browser.source import Definition, definition
from core.spec import Here

ROOT = Path(__file__).parents[2]
MOST_PRODUCTS = 0x10000  # whole powers up to here are products, as the engine's compiler writes them


class Unsayable(TypeError):
    """A formula says something that has no JavaScript here. The sentence names file, line and construct."""


class Written(NamedTuple):
    """An expression, and how tightly it holds together."""

    text: str
    binds: int

    def within(self, least: int) -> str:
        """The expression, in parentheses where it holds together less tightly than it has to."""
        return self.text if self.binds >= least else f"({self.text})"


LIST, CHOICE, OR, AND, BIT_OR, BIT_XOR, BIT_AND, EQUAL, ORDER, SUM, PRODUCT, SIGN, CALL = range(13)
OPERATIONS: Mapping[type, tuple[str, int]] = {
    ast.Add: ("+", SUM),
    ast.Sub: ("-", SUM),
    ast.Mult: ("*", PRODUCT),
    ast.Div: ("/", PRODUCT),
    ast.BitAnd: ("&", BIT_AND),
    ast.BitOr: ("|", BIT_OR),
    ast.BitXor: ("^", BIT_XOR),
}
COMPARISONS: Mapping[type, tuple[str, int]] = {  # two equal signs: True is 1 in Python, and === would tell them apart
    ast.Eq: ("==", EQUAL),
    ast.NotEq: ("!=", EQUAL),
    ast.Lt: ("<", ORDER),
    ast.LtE: ("<=", ORDER),
    ast.Gt: (">", ORDER),
    ast.GtE: (">=", ORDER),
}
ARCS = ("sin", "cos", "tan", "sinh", "cosh", "tanh")
ALIKE = (  # has the same name in Math
    *("abs", "floor", "ceil", "trunc", "sqrt", "cbrt", "hypot", "exp", "expm1", "log", "log1p", "log2", "log10"),
    *(*ARCS, *(f"a{name}" for name in ARCS), "atan2"),
)
OURS = (  # has the same name in numbers.js
    *("sign", "mod", "rint", "square", "pow", "heaviside", "copysign", "fmax", "fmin", "isinf", "sinc"),
)
SPELLED = {  # of NumPy and math -> what is written; {0} is the first argument
    **{name: f"Math.{name}({{args}})" for name in ALIKE},
    **{name: f"$.{name}({{args}})" for name in OURS},
    **{f"arc{name}": f"Math.a{name}({{args}})" for name in (*ARCS, "tan2")},
    "absolute": "Math.abs({0})",
    "fabs": "Math.abs({0})",
    "maximum": "Math.max({0}, {1})",
    "minimum": "Math.min({0}, {1})",
    "clip": "Math.min(Math.max({0}, {1}), {2})",
    "remainder": "$.mod({0}, {1})",
    "floor_divide": "$.floorDivide({0}, {1})",
    "fmod": "({0} % {1})",
    "float_power": "$.pow({0}, {1})",
    "exp2": "$.pow(2, {0})",
    "add": "({0} + {1})",
    "subtract": "({0} - {1})",
    "multiply": "({0} * {1})",
    "divide": "({0} / {1})",
    "negative": "(-{0})",
    "reciprocal": "(1 / {0})",
    "radians": "({0} * (Math.PI / 180))",
    "degrees": "({0} * (180 / Math.PI))",
    "isnan": "Number.isNaN({0})",
    "isfinite": "Number.isFinite({0})",
    "logical_not": "({0} == 0)",
    "logical_and": "({0} != 0 && {1} != 0)",
    "logical_or": "({0} != 0 || {1} != 0)",
    "ones_like": "1",
    "zeros_like": "0",
    "full_like": "{1}",
    "asarray": "{0}",
    "float64": "+{0}",
    "int64": "Math.trunc({0})",
    "bool_": "({0} != 0)",
}
BUILT_IN = {  # of Python itself, where that is not what NumPy means by the name
    abs: "Math.abs({0})",
    float: "+{0}",
    int: "Math.trunc({0})",
    bool: "({0} != 0)",
    round: "$.rint({0})",
    pow: "$.pow({0}, {1})",
    max: "$.larger({args})",
    min: "$.smaller({args})",
    len: "{0}.length",
    range: "$.range({args})",
}
FLAGS = {"isnan", "isfinite", "isinf", "logical_not", "logical_and", "logical_or", "bool_"}
NAMED = {math.pi: "Math.PI", math.e: "Math.E"}
SEEN = {field.name for field in fields(Here)}
TAKEN = {  # words that JavaScript keeps for itself, or that a formula written in it relies on
    *("arguments", "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete"),
    *("do", "else", "enum", "eval", "export", "extends", "false", "finally", "for", "function", "if", "implements"),
    *("import", "in", "instanceof", "interface", "let", "new", "null", "package", "private", "protected", "public"),
    *("return", "static", "super", "switch", "this", "throw", "true", "try", "typeof", "undefined", "var", "void"),
    *("while", "with", "yield", "Math", "Number", "Infinity", "NaN"),
}


@cache
def _known() -> Mapping[Any, tuple[str, bool]]:
    """What a formula may call -> how that is written, and whether it is true or false."""
    found: dict[Any, tuple[str, bool]] = {what: (text, what is bool) for what, text in BUILT_IN.items()}
    for module in (math, np):
        for name, text in SPELLED.items():
            if hasattr(module, name):
                found[getattr(module, name)] = text, name in FLAGS
    return found


def number(value: float) -> Written:
    """A number as JavaScript writes it; one of the constants that it knows by name."""
    value = float(value)
    if math.isnan(value):
        return Written("NaN", CALL)
    text = NAMED.get(abs(value)) or ("Infinity" if math.isinf(value) else repr(abs(value)).removesuffix(".0"))
    return Written(f"-{text}", SIGN) if math.copysign(1.0, value) < 0 else Written(text, CALL)


def literal(value: Any) -> str:
    """Nested plain data: numbers, truths, texts of a plain kind, lists, and mappings."""
    if value is None:
        return "null"
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value)).lower()
    if isinstance(value, Real):
        return number(float(value)).text
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        inside = ", ".join(f"{name}: {literal(each)}" for name, each in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return f"[{', '.join(map(literal, value))}]"


class Book:
    """JavaScript functions and constants, each written once, in the order in which they were first asked for."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self.texts: dict[str, str] = {}
        self.kept: list[Any] = []  # so that no two of them ever have the same id

    @property
    def text(self) -> str:
        """All of them."""
        return "\n\n".join(self.texts.values())

    def function(self, function: FunctionType) -> str:
        """The name of a formula that is now written here, with all that it calls. Raises Unsayable, and then leaves no
        trace."""
        if id(function) in self.names:
            return self.names[id(function)]
        names, texts = dict(self.names), dict(self.texts)
        try:
            plain = function.__name__ if function.__name__.isidentifier() else f"line{function.__code__.co_firstlineno}"
            name = self._new(function, f"{(function.__module__ or '').rpartition('.')[2]}${plain}")
            self.texts[name] = _Writer(function, name, self).text()
        except Unsayable:
            self.names, self.texts = names, texts
            raise
        return name

    def constant(self, values: Any, name: str) -> str:
        """The name of nested numbers that are now written here."""
        if id(values) not in self.names:
            name = self._new(values, name)
            self.texts[name] = f"const {name} = {literal(np.asarray(values, dtype=float).tolist())};"
        return self.names[id(values)]

    def _new(self, what: Any, name: str) -> str:
        unique, count = name, 1
        while unique in self.texts:
            count += 1
            unique = f"{name}${count}"
        self.names[id(what)], self.texts[unique] = unique, ""  # its place, before that of what it calls
        self.kept.append(what)
        return unique


class _Writer:
    """Writes one formula."""

    def __init__(self, function: FunctionType, name: str, book: Book) -> None:
        self.function, self.name, self.book = function, name, book
        self.tree = self.defined()
        self.parameters = [parameter.arg for parameter in self.tree.args.args]
        self.rest = [self.tree.args.vararg.arg] if self.tree.args.vararg else []  # takes any number of them
        stored = {node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name) and _is_stored(node)}
        self.locals = stored | {*self.parameters, *self.rest}
        self.flags: set[str] = set()
        while more := self._flags() - self.flags:
            self.flags |= more

    def text(self) -> str:
        """The whole function."""
        arguments, defaults = self.tree.args, self.function.__defaults__ or ()
        if arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs:
            raise self.unsayable(self.tree, "a function with plain parameters only can be written")
        plain = len(self.parameters) - len(defaults)
        head = [self.plain(name) for name in self.parameters[:plain]]
        for name, value in zip(self.parameters[plain:], defaults, strict=True):
            head.append(f"{self.plain(name)} = {self.outer(value, name, self.tree).text}")
        head += [f"...{self.plain(name)}" for name in self.rest]
        if isinstance(self.tree, ast.Lambda):
            body = f"  return {self.expression(self.tree.body).text};"
        else:
            new = sorted(self.plain(name) for name in self.locals.difference(self.parameters, self.rest))
            body = (f"  let {', '.join(new)};\n" if new else "") + self.block(self.tree.body, 1)
        return f"function {self.name}({', '.join(head)}) {{\n{body}\n}}"

    def defined(self) -> Definition:
        """The syntax tree of the formula."""
        tree = definition(self.function)
        if tree is None:
            raise self.unsayable(None, "the source is not at hand, or was edited after it was imported")
        return tree

    def unsayable(self, node: ast.AST | None, why: str) -> Unsayable:
        """What cannot be said, and where."""
        code = self.function.__code__
        file, line = Path(code.co_filename), getattr(node, "lineno", code.co_firstlineno)
        where = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.name
        whole = node is None or isinstance(node, Definition)
        said = "" if whole else f" {ast.unparse(node).splitlines()[0]!r}:"  # type: ignore[arg-type]
        return Unsayable(f"{where}, line {line}, {self.function.__name__}:{said} {why}")

    @staticmethod
    def plain(name: str) -> str:
        """A local name as JavaScript can bear it."""
        return f"{name}$" if name in TAKEN else name

    # --- statements ------------------------------------------------------------------------------

    def block(self, body: list[ast.stmt], depth: int) -> str:
        lines = [line for statement in body for line in self.statement(statement, depth)]
        return "\n".join("  " * depth + line if not line.startswith(" ") else line for line in lines)

    def statement(self, node: ast.stmt, depth: int) -> Iterator[str]:
        """The lines of a statement; those of a block inside it come with their indentation."""
        match node:
            case ast.Pass() | ast.Expr(ast.Constant()):  # a docstring
                return
            case ast.Return(None) | ast.Expr():
                raise self.unsayable(node, "this does nothing in a formula")
            case ast.Return(ast.expr() as value):
                yield f"return {self.expression(value).text};"
            case ast.Assign(targets, value):
                for target in targets:
                    yield from self.assignment(target, value)
            case ast.AnnAssign(ast.Name() as target, _, ast.expr() as value):
                yield from self.assignment(target, value)
            case ast.AugAssign(ast.Name(name) as target, operation, value):
                left = ast.copy_location(ast.Name(name, ast.Load()), node)
                yield from self.assignment(target, ast.copy_location(ast.BinOp(left, operation, value), node))
            case ast.If(test, body, orelse):
                yield f"if ({self.truth(test).text}) {{"
                yield self.block(body, depth + 1)
                yield from self.otherwise(orelse, depth)
            case ast.While(test, body, []):
                yield f"while ({self.truth(test).text}) {{"
                yield self.block(body, depth + 1)
                yield "}"
            case ast.For(target, values, body, []):
                yield f"for ({self.target(target)} of {self.expression(values).text}) {{"
                yield self.block(body, depth + 1)
                yield "}"
            case ast.Break() | ast.Continue():
                yield f"{type(node).__name__.lower()};"
            case _:
                raise self.unsayable(node, f"a statement {type(node).__name__} has no JavaScript here")

    def otherwise(self, orelse: list[ast.stmt], depth: int) -> Iterator[str]:
        """The end of an if: else, else if, or nothing."""
        match orelse:
            case []:
                yield "}"
            case [ast.If(test, body, more)]:
                yield f"}} else if ({self.truth(test).text}) {{"
                yield self.block(body, depth + 1)
                yield from self.otherwise(more, depth)
            case _:
                yield "} else {"
                yield self.block(orelse, depth + 1)
                yield "}"

    def assignment(self, target: ast.expr, value: ast.expr) -> Iterator[str]:
        """One name after the other where that comes to the same; all at once in `x, y = y, x`."""
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            given: set[str] = set()
            for one, its_value in zip(target.elts, value.elts, strict=True):
                if given & _names(its_value):
                    break
                given |= _names(one)
            else:
                for one, its_value in zip(target.elts, value.elts, strict=True):
                    yield from self.assignment(one, its_value)
                return
        yield f"{self.target(target)} = {self.expression(value).text};"

    def target(self, node: ast.expr) -> str:
        match node:
            case ast.Name(name):
                return self.plain(name)
            case ast.Tuple(parts) | ast.List(parts):
                return f"[{', '.join(map(self.target, parts))}]"
            case ast.Starred(ast.Name(name)):
                return f"...{self.plain(name)}"
        raise self.unsayable(node, "only names can be given a value")

    # --- expressions -----------------------------------------------------------------------------

    def expression(self, node: ast.expr) -> Written:
        match node:
            case ast.Constant(bool() as value):
                return Written(literal(value), CALL)
            case ast.Constant(int() | float() as value):
                return number(value)
            case ast.Name(name) if name in self.locals:
                return Written(self.plain(name), CALL)
            case ast.Name(name):
                return self.outer(self.found(node), name, node)
            case ast.Tuple(parts) | ast.List(parts):
                return Written(f"[{', '.join(self.expression(part).text for part in parts)}]", CALL)
            case ast.Starred(value):
                return Written(f"...{self.expression(value).text}", LIST)
            case ast.UnaryOp(ast.Not(), operand):
                return Written(f"!{self.truth(operand).within(CALL)}", SIGN)
            case ast.UnaryOp(ast.USub() | ast.UAdd() as sign, operand):
                return Written(f"{'-+'[isinstance(sign, ast.UAdd)]}{self.expression(operand).within(CALL)}", SIGN)
            case ast.BinOp(left, operation, right):
                return self.binary(node, operation, left, right)
            case ast.BoolOp(operation, values):
                return self.both(values, isinstance(operation, ast.And))
            case ast.Compare(left, operations, rights):
                return self.compared(node, left, operations, rights)
            case ast.IfExp(test, body, orelse):
                return self.choice(self.truth(test), self.expression(body), self.expression(orelse))
            case ast.NamedExpr(ast.Name(name), value):
                return Written(f"{self.plain(name)} = {self.expression(value).text}", LIST)
            case ast.Subscript(ast.Attribute(value, "shape"), ast.Constant(int(axis))):  # of nested lists
                return Written(f"{self.expression(value).within(CALL)}{'[0]' * axis}.length", CALL)
            case ast.Subscript(value, index):
                return Written(self.expression(value).within(CALL) + self.index(index), CALL)
            case ast.Attribute(ast.Name(name), attribute) if name in self.locals:
                if attribute not in SEEN:
                    raise self.unsayable(node, f"a formula sees {', '.join(sorted(SEEN))} of where it is, nothing else")
                return Written(f"{self.plain(name)}.{attribute}", CALL)
            case ast.Attribute(_, attribute):
                return self.outer(self.found(node), attribute, node)
            case ast.Call(function, arguments, []):
                return self.call(node, function, arguments)
        raise self.unsayable(node, f"an expression {type(node).__name__} has no JavaScript here")

    def binary(self, node: ast.expr, operation: ast.operator, left: ast.expr, right: ast.expr) -> Written:
        a, b = self.expression(left), self.expression(right)
        match operation:
            case ast.Pow():
                return self.power(a, b, right)
            case ast.Mod():
                return Written(f"$.mod({a.text}, {b.text})", CALL)
            case ast.FloorDiv():
                return Written(f"$.floorDivide({a.text}, {b.text})", CALL)
        if type(operation) not in OPERATIONS:
            raise self.unsayable(node, f"an operation {type(operation).__name__} has no JavaScript here")
        sign, binds = OPERATIONS[type(operation)]
        return Written(f"{a.within(binds)} {sign} {b.within(binds + 1)}", binds)

    def power(self, base: Written, exponent: Written, spelled: ast.expr) -> Written:
        """A power; one by a whole number that stands there is a product, in the order of the engine's compiler."""
        match spelled:
            case ast.Constant(int(n)) if 0 < n <= MOST_PRODUCTS:
                return self.product(base, n)
            case ast.UnaryOp(ast.USub(), ast.Constant(int(n))) if 0 < n <= MOST_PRODUCTS:
                return Written(f"1 / {self.product(base, n).within(SIGN)}", PRODUCT)
        return Written(f"$.pow({base.text}, {exponent.text})", CALL)

    def product(self, base: Written, n: int) -> Written:
        if n == 1:
            return base
        if n == 2 and base.text.isidentifier():
            return Written(f"{base.text} * {base.text}", PRODUCT)
        return Written(f"$.square({base.text})" if n == 2 else f"$.whole({base.text}, {n})", CALL)

    def compared(self, node: ast.expr, left: ast.expr, operations: list[ast.cmpop], rights: list[ast.expr]) -> Written:
        """a < b < c is a < b && b < c: the middle has no effect but its value."""
        parts = []
        for a, operation, b in zip([left, *rights], operations, rights, strict=False):
            if type(operation) not in COMPARISONS:
                raise self.unsayable(node, f"a comparison {type(operation).__name__} has no JavaScript here")
            sign, binds = COMPARISONS[type(operation)]
            one, other = self.expression(a).within(ORDER + 1), self.expression(b).within(ORDER + 1)
            parts.append(Written(f"{one} {sign} {other}", binds))
        return parts[0] if len(parts) == 1 else Written(" && ".join(part.within(EQUAL) for part in parts), AND)

    def both(self, values: list[ast.expr], conjunction: bool) -> Written:
        """and, or: what comes out is one of the values."""
        sign, binds = ("&&", AND) if conjunction else ("||", OR)
        if all(map(self.is_flag, values)):
            return Written(f" {sign} ".join(self.expression(value).within(binds + 1) for value in values), binds)
        *others, result = [(self.truth(value), self.expression(value)) for value in values]
        written = result[1]
        for truth, value in reversed(others):
            written = self.choice(truth, written, value) if conjunction else self.choice(truth, value, written)
        return written

    @staticmethod
    def choice(test: Written, one: Written, other: Written) -> Written:
        return Written(f"{test.within(CHOICE + 1)} ? {one.within(CHOICE)} : {other.within(CHOICE)}", CHOICE)

    def truth(self, node: ast.expr) -> Written:
        """A condition. nan counts as true in Python and as false here, so a number is compared with 0."""
        written = self.expression(node)
        return written if self.is_flag(node) else Written(f"{written.within(EQUAL + 1)} != 0", EQUAL)

    def is_flag(self, node: ast.expr) -> bool:
        """Whether an expression can be nothing but true or false, or 1 or 0."""
        match node:
            case ast.Compare() | ast.Constant(bool()) | ast.UnaryOp(ast.Not()):
                return True
            case ast.BoolOp(_, values):
                return all(map(self.is_flag, values))
            case ast.BinOp(left, ast.BitAnd() | ast.BitOr() | ast.BitXor(), right) | ast.IfExp(_, left, right):
                return self.is_flag(left) and self.is_flag(right)
            case ast.Name(name):
                return name in self.flags
            case ast.Call(ast.Name() | ast.Attribute() as function) if not _names(function) & self.locals:
                return _known().get(_hashable(self.found(function)), ("", False))[1]
        return False

    def _flags(self) -> set[str]:
        """Of the local names those that are only ever given what is true or false, as far as `flags` tells by now."""
        sure, unsure = set(), {*self.parameters, *self.rest}
        for node in ast.walk(self.tree):
            match node:
                case ast.Assign([ast.Name(name)], value) if self.is_flag(value):
                    sure.add(name)
                case ast.Assign() | ast.AugAssign() | ast.AnnAssign() | ast.For() | ast.NamedExpr():
                    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                    unsure = unsure.union(*map(_names, targets))
        return sure - unsure

    def index(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(int(value)):
                return f"[{value}]"
            case ast.Tuple(parts):
                return "".join(map(self.index, parts))
            case ast.Slice():
                raise self.unsayable(node, "a slice has no JavaScript here")
        return f".at({self.expression(node).text})"  # which counts from the end below 0, as Python does

    def call(self, node: ast.expr, function: ast.expr, arguments: list[ast.expr]) -> Written:
        if _names(function) & self.locals:  # here.look(x, y)
            called = self.expression(function).within(CALL)
            return Written(f"{called}({', '.join(self.expression(one).text for one in arguments)})", CALL)
        what = self.found(function)
        if what is np.where and len(arguments) == 3:
            return self.choice(self.truth(arguments[0]), *map(self.expression, arguments[1:]))
        written = [self.expression(one) for one in arguments]
        if spelled := _known().get(_hashable(what)):
            return self.known(node, spelled[0], written)
        what = getattr(what, "py_func", what)  # of what Numba has compiled
        if not isinstance(what, FunctionType):
            raise self.unsayable(node, "this function has no JavaScript here")
        return Written(f"{self.book.function(what)}({', '.join(one.text for one in written)})", CALL)

    def known(self, node: ast.expr, spelling: str, arguments: list[Written]) -> Written:
        wanted = 1 + max((i for i in range(3) if f"{{{i}}}" in spelling), default=0)
        if "{args}" not in spelling and len(arguments) != wanted and spelling not in ("0", "1"):
            raise self.unsayable(node, f"with {len(arguments)} arguments this has no JavaScript here")
        if "({" in spelling and spelling[0] not in "({":  # they stand in a list, where nothing needs parentheses
            inside = [one.text for one in arguments]
        else:
            inside = [one.within(CALL) for one in arguments]
        text = spelling.format(*inside, args=", ".join(one.text for one in arguments))
        return Written(text, SIGN if text.startswith("+") else CALL)

    # --- what stands outside the formula ----------------------------------------------------------

    def found(self, node: ast.expr) -> Any:
        """What a name outside the formula, or an attribute of one, stands for."""
        match node:
            case ast.Name(name):
                inside = zip(self.function.__code__.co_freevars, self.function.__closure__ or (), strict=True)
                space = {**vars(builtins), **self.function.__globals__, **{n: c.cell_contents for n, c in inside}}
                if name in space:
                    return space[name]
            case ast.Attribute(value, attribute):
                owner = self.found(value)
                if hasattr(owner, attribute):
                    return getattr(owner, attribute)
        raise self.unsayable(node, "this is found nowhere")

    def outer(self, value: Any, name: str, node: ast.AST) -> Written:
        """A number, or nested numbers, from outside the formula."""
        if isinstance(value, (bool, np.bool_)):
            return Written(literal(value), CALL)
        if isinstance(value, Real):
            return number(float(value))
        if isinstance(value, (np.ndarray, tuple, list)):
            try:
                return Written(self.book.constant(value, f"{self.name.partition('$')[0]}${name}"), CALL)
            except (TypeError, ValueError):
                pass
        raise self.unsayable(node, f"a {type(value).__name__} has no JavaScript here")


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _hashable(what: Any) -> Any:
    """What may be looked up: arrays and the like can not."""
    return what if getattr(what, "__hash__", None) else None
