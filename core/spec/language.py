"""What may stand in an update: lines that the engine compiles, that a page can show one by one, and a library can be asked for.

These are assignments, conditions, loops (`while`) and one tuple that is returned, made of arithmetic, the update's own
arguments and NumPy's functions of numbers. A slip is told with its line and its cure.
"""

from __future__ import annotations

import ast
import dis
import inspect
import linecache
import textwrap
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any, NamedTuple, NoReturn

import numpy as np

from core.spec.place import of_function, place

HERE = ("look", "bend", "f", "lowest")  # what `Here` can be asked
CURES = {
    "abs": "write np.abs",
    "max": "write np.maximum",
    "min": "write np.minimum",
    "pow": "write **",
    "round": "write np.rint",
    "range": "write a while loop",
    "np": "add `import numpy as np` at the top",
}
STATEMENTS = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.If, ast.While, ast.Return, ast.Pass)
EXPRESSIONS = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Attribute, ast.Tuple)
LEAVES = (ast.Name, ast.Subscript, ast.Constant, ast.boolop, ast.expr_context)
SIGNS = (
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.BitAnd, ast.BitOr),
    *(ast.UAdd, ast.USub, ast.Not, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq),
)
# Of the bytecode, what no such line is compiled to: a glance at it costs nothing, while the source has to be read.
STRANGE = frozenset(
    code
    for name, code in dis.opmap.items()
    if name.startswith(
        ("COPY", "GET_", "FOR_", "BUILD_LIST", "BUILD_MAP", "BUILD_SET", "BUILD_STRING", "FORMAT_", "CONTAINS_OP", "IS_OP", "LIST_",
         "SET_", "DICT_", "STORE_SUBSCR", "STORE_ATTR", "STORE_GLOBAL", "STORE_DEREF", "LOAD_DEREF", "DELETE_", "SETUP_",
         "BEFORE_", "RAISE_", "IMPORT_", "MAKE_FUNCTION", "YIELD_", "KW_NAMES", "CALL_KW", "CALL_FUNCTION_EX", "BINARY_SLICE")
    )
)  # fmt: skip


class Whose(NamedTuple):
    """A formula, by the name of its record, and by its own: `update of QHM`."""

    record: str
    formula: str

    def __str__(self) -> str:
        return f"{self.formula} of {self.record}"


def check(update: Callable[..., Any], whose: Whose) -> None:
    """Raises TypeError for what has no place in an update, in a sentence with file, line and cure."""
    if update.__code__.co_flags & inspect.CO_VARARGS:
        raise TypeError(f"{of_function(update)}: {whose} takes any number of arguments; a page shows each by its name.")
    if _plain(update):
        return
    if update.__code__.co_name == "<lambda>" and linecache.getlines(update.__code__.co_filename):
        raise TypeError(f"{of_function(update)}: {whose} is a lambda; write it as `def`, for a page shows its lines.")
    definition = _definition(update)
    if definition is not None:
        _Reader(update, whose).read(definition)


def _plain(update: Callable[..., Any]) -> bool:
    """Whether a glance at the bytecode is enough."""
    code = update.__code__
    names = {*code.co_names} - {"np"}
    return (
        not STRANGE.intersection(code.co_code[::2])
        and not code.co_freevars
        and code.co_name != "<lambda>"
        and ("np" not in code.co_names or update.__globals__.get("np") is np)
        and all(name in HERE or function_of_numbers(name) for name in names)
    )


@cache
def function_of_numbers(name: str) -> bool:
    """Whether NumPy has a function, or a number, of this name that is the same for one number and for many."""
    found = getattr(np, name, None)
    return isinstance(found, (np.ufunc, float)) or name == "where"


def _definition(update: Callable[..., Any]) -> ast.FunctionDef | None:
    """The source of an update, at its own lines; None where there is none, as at a prompt."""
    try:
        lines, begin = inspect.getsourcelines(update)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError):
        return None
    ast.increment_lineno(tree, max(begin, 1) - 1)
    first = tree.body[0]
    return first if isinstance(first, ast.FunctionDef) else None


class _Reader:
    """Goes through an update and stops at the first slip."""

    def __init__(self, update: Callable[..., Any], whose: Whose) -> None:
        self.update, self.whose = update, whose
        code = update.__code__
        self.own = {*code.co_varnames}
        self.arguments = code.co_varnames[: code.co_argcount]

    def refuse(self, node: ast.AST, why: str) -> NoReturn:
        where = place(self.update.__code__.co_filename, getattr(node, "lineno", 1))
        raise TypeError(f"{where}: {self.whose} {why}{'' if why.endswith('?') else '.'}")

    def read(self, definition: ast.FunctionDef) -> None:
        if definition.decorator_list:
            self.refuse(definition, "is decorated; take the decorator away, for the engine compiles the formula itself")
        for statement in definition.body:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
                return  # a docstring; and whoever looks for a mistake prints numbers
            case ast.Return(value=value):
                self.returned(node, value)
            case ast.While(orelse=[_, *_]):
                self.refuse(node, "has a loop with else; write what follows below the loop")
            case _ if not isinstance(node, STATEMENTS):
                first = ast.unparse(node).splitlines()[0]
                self.refuse(node, f"has no use for `{first}`: write it as assignments, conditions and while loops")
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.stmt):
                self.statement(part)
            elif part is not getattr(node, "annotation", None):
                self.expression(part, node)

    def returned(self, node: ast.Return, value: ast.expr | None) -> None:
        for branch in _branches(value):
            if not isinstance(branch, ast.Tuple):
                wanted = "the new x and the new state, one after the other, as in `return x - lr * m, m`"
                told = ast.unparse(branch) if branch else "nothing"
                self.refuse(node, f"returns {told}, where a tuple is expected: {wanted}")

    def expression(self, node: ast.AST, within: ast.AST) -> None:
        line = node if hasattr(node, "lineno") else within
        match node:
            case ast.Name(id=name):
                self.name(node, name)
            case ast.Attribute(value=ast.Name(id="np"), attr=name):
                if not function_of_numbers(name):
                    self.numpy(node, name)
                return self.name(node, "np")
            case ast.Attribute(value=ast.Name(id="here"), attr=name) if name in HERE:
                return None
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np" | "here")), keywords=[]):
                pass
            case ast.Call(func=ast.Name(id=name), keywords=[]):
                self.name(node, name)
            case (
                ast.Attribute(value=ast.Name(id="math"), attr=name)
                | ast.Call(func=ast.Attribute(value=ast.Name(id="math"), attr=name))
            ):
                self.refuse(line, f"uses math.{name}, which takes no more than one number; write np.{name}")
            case ast.Call() | ast.Attribute():
                self.refuse(line, f"has no use for `{ast.unparse(node)}`: it may call the functions of np, by position")
            case ast.Constant(value=value) if not isinstance(value, (bool, int, float)):
                self.refuse(line, f"has no use for {value!r}: it computes with numbers")
            case _ if not isinstance(node, (*EXPRESSIONS, *LEAVES, *SIGNS)):
                told = ast.unparse(within if within is line else node)
                self.refuse(line, f"has no use for `{told}`: it computes with numbers, and returns a tuple")
        for part in ast.iter_child_nodes(node):
            self.expression(part, line)
        return None

    def name(self, node: ast.AST, name: str) -> None:
        """Refuse a name that is neither an argument, nor given a value, nor NumPy."""
        if name in self.own or (name == "np" and self.update.__globals__.get("np") is np):
            return
        if name in CURES:
            cure = CURES[name]
        elif function_of_numbers(name):
            cure = f"write np.{name}"
        elif near := get_close_matches(name, self.own, 1):
            cure = f"did you mean {near[0]!r}?"
        elif callable(self.update.__globals__.get(name)):
            cure = f"write out what {name} does, for a page shows the update line by line"
        else:
            cure = "make it a hyperparameter, or give it a value first"
        allowed = f"it may use its arguments ({', '.join(self.arguments)}), what it computes from them, and np"
        self.refuse(node, f"uses {name!r}: {allowed}. {cure[0].upper()}{cure[1:]}")

    def numpy(self, node: ast.AST, name: str) -> NoReturn:
        near = get_close_matches(name, [known for known in dir(np) if function_of_numbers(known)], 1)
        hint = f"; did you mean np.{near[0]}?" if near else ""
        if not hasattr(np, name):
            self.refuse(node, f"uses np.{name}, which NumPy does not have{hint}")
        cure = (
            "np.minimum(np.maximum(...), ...)"
            if name == "clip"
            else "functions of numbers, such as np.sqrt or np.where"
        )
        self.refuse(node, f"uses np.{name}, which is no function of single numbers; use {cure}")


def _branches(value: ast.expr | None) -> Iterator[ast.expr | None]:
    """`a if test else b` -> a, b."""
    if isinstance(value, ast.IfExp):
        yield from _branches(value.body)
        yield from _branches(value.orelse)
    else:
        yield value


def returns(function: Callable[..., Any]) -> list[tuple[int, str]]:
    """The lines in which a formula returns something, and what is written there; nothing where there is no source."""
    definition = _definition(function) or ast.Pass()
    found = [node for node in ast.walk(definition) if isinstance(node, ast.Return) and node.value]
    return [(node.lineno, ast.unparse(node).removeprefix("return ")) for node in found]
