"""An update as it runs, read from its own source: which lines are taken, and with which numbers.

Both coordinates of a plain method run side by side, as pairs of numbers, for as long as every condition has one answer
for both; where they part ways, each is a course of its own.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np


@lru_cache(maxsize=256)
def body(update: Callable[..., Any]) -> tuple[ast.stmt, ...]:
    """The statements of an update, each in its plainest form."""
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(update))).body
    assert isinstance(function, ast.FunctionDef)
    plain = _Plain().visit(function)
    return tuple(ast.fix_missing_locations(plain).body)


class _Plain(ast.NodeTransformer):
    """a += b -> a = a + b; a = b = c -> a = c, b = a; p and q, where a value is meant, -> q if p else p.

    Conditions become comparisons of two that `and`, `or` and `not` hold together.
    """

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        assert isinstance(node.target, ast.Name)
        value = ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value)
        return ast.Assign([node.target], self.visit(value))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        return ast.Assign([node.target], self.visit(node.value)) if node.value else ast.Pass()

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        first, *others = node.targets
        made: list[ast.stmt] = [ast.Assign([first], self.visit(node.value))]
        for target in others:
            same = [ast.Name(name, ast.Load()) for name in targets_of(first)]
            made.append(ast.Assign([target], same[0] if len(same) == 1 else ast.Tuple(list(same), ast.Load())))
        return made

    def visit_If(self, node: ast.If) -> ast.stmt:
        return ast.If(self.condition(node.test), self.statements(node.body), self.statements(node.orelse))

    def visit_While(self, node: ast.While) -> ast.stmt:
        return ast.While(self.condition(node.test), self.statements(node.body), [])

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        return ast.IfExp(self.condition(node.test), self.visit(node.body), self.visit(node.orelse))

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        first, *others = node.values
        if not others:
            found: ast.expr = self.visit(first)
            return found
        rest = self.visit_BoolOp(ast.BoolOp(node.op, others))
        both = (rest, self.visit(first)) if isinstance(node.op, ast.And) else (self.visit(first), rest)
        return ast.IfExp(self.condition(first), *both)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        if isinstance(node.op, ast.Not):
            return ast.IfExp(self.condition(node.operand), ast.Constant(False), ast.Constant(True))
        return ast.UnaryOp(node.op, self.visit(node.operand))

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """a < b < c, where a value is meant."""
        split = _split(node)
        return self.visit_BoolOp(split) if isinstance(split, ast.BoolOp) else self.generic_visit(split)  # type: ignore[return-value]

    def condition(self, test: ast.expr) -> ast.expr:
        """A test, in which `and`, `or` and `not` stay."""
        match _split(test):
            case ast.BoolOp(op=op, values=values):
                return ast.BoolOp(op, [self.condition(value) for value in values])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return ast.UnaryOp(ast.Not(), self.condition(operand))
            case ast.Compare() as compare:
                return self.generic_visit(compare)  # type: ignore[return-value]
        found: ast.expr = self.visit(test)
        return found

    def statements(self, nodes: list[ast.stmt]) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for node in nodes:
            found = self.visit(node)
            made += found if isinstance(found, list) else [found]
        return made


def _split(test: ast.expr) -> ast.expr:
    """a < b < c -> a < b and b < c; anything else as it is."""
    if not isinstance(test, ast.Compare) or len(test.ops) == 1:
        return test
    sides = [test.left, *test.comparators]
    pairs = zip(sides, test.ops, sides[1:], strict=False)
    return ast.BoolOp(ast.And(), [ast.Compare(left, [op], [right]) for left, op, right in pairs])


def targets_of(target: ast.expr | None) -> tuple[str, ...]:
    """The names that an assignment gives a value to; none for a condition."""
    return tuple(n.id for n in ast.walk(target) if isinstance(n, ast.Name)) if target else ()


@lru_cache(maxsize=4096)
def code(node: ast.expr) -> CodeType:
    """An expression, compiled."""
    return compile(ast.fix_missing_locations(ast.Expression(node)), "<update>", "eval")


@lru_cache(maxsize=4096)
def _decided(node: ast.expr, answers: tuple[bool, ...]) -> ast.expr:
    """An expression in which every `a if test else b` is the one that was taken. answers: to the tests, in turn."""
    found: ast.expr = _Decided(list(answers)).visit(_copy(node)) if answers else node
    return found


def _copy(node: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(node), mode="eval").body


class _Decided(ast.NodeTransformer):
    def __init__(self, answers: list[bool]) -> None:
        self.answers = answers

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        found: ast.expr = self.visit(node.body if self.answers.pop(0) else node.orelse)
        return found


@dataclass
class Done:
    """An assignment that was made: version `version` of `targets`, from `node`, with what was known before it.

    Without a target it is a condition that was met. parts: an argument taken apart, which has nothing to tell.
    """

    targets: tuple[str, ...]
    version: tuple[int, ...]
    node: ast.expr
    value: Any
    known: Mapping[str, Any]
    versions: Mapping[str, int]
    parts: bool = False


class PartedWays(Exception):
    """A condition has not the same answer for both coordinates."""


@dataclass
class Course:
    """An update as it runs: what is known by name, the version of each name, and the assignments so far.

    slots: what leaves it, the point first; plane: as pairs. left: the names under which each leaves.
    """

    known: dict[str, Any]
    slots: tuple[str, ...]
    plane: bool
    versions: dict[str, int] = field(default_factory=dict)
    done: list[Done] = field(default_factory=list)
    left: list[tuple[str, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.versions = dict.fromkeys(self.known, 0)

    def value(self, node: ast.expr) -> Any:
        return eval(code(node), {"np": np}, self.known)

    def met(self, test: ast.expr) -> bool:
        """Whether a condition is met. Raises PartedWays where that depends on the coordinate."""
        match test:
            case ast.BoolOp(op=ast.And(), values=values):
                return all(self.met(value) for value in values)
            case ast.BoolOp(values=values):
                return any(self.met(value) for value in values)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self.met(operand)
        answers = np.ravel(self.value(self.taken(test)))
        if (answers != answers[0]).any():
            raise PartedWays
        return bool(answers[0])

    def taken(self, node: ast.expr) -> ast.expr:
        """An expression in which every `a if test else b` is the one that is taken now."""
        answers: list[bool] = []

        def ask(part: ast.AST) -> None:
            if isinstance(part, ast.IfExp):
                answers.append(self.met(part.test))
                return ask(part.body if answers[-1] else part.orelse)
            for child in ast.iter_child_nodes(part):
                ask(child)

        ask(node)
        return _decided(node, tuple(answers))

    def walk(self, body: Sequence[ast.stmt]) -> bool:
        """Run statements; whether one of them has returned."""
        for statement in body:
            match statement:
                case ast.Assign(targets=[target], value=node):
                    self.assign(list(self.pairs(target, self.taken(node))))
                case ast.If(test=test, body=then, orelse=rest):
                    met = self.met(test)
                    if met:
                        self.assign([(None, self.taken(test))])
                    if self.walk(then if met else rest):
                        return True
                case ast.While(test=test, body=again):
                    start = len(self.done)
                    while self.met(test):
                        del self.done[start:]  # of a loop, the last pass is what counts
                        if self.walk(again):
                            return True
                case ast.Return(value=ast.expr() as node):
                    self.leave(self.taken(node))
                    return True
                case ast.Expr() | ast.Pass():
                    pass  # a docstring, or a number that somebody prints
                case _:
                    raise TypeError(f"{ast.unparse(statement)!r} has no place in an update")
        return False

    def pairs(self, target: ast.expr, node: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
        """(a, b), c = p, q -> pairs of a target and what it is set to."""
        if isinstance(target, ast.Tuple) and isinstance(node, ast.Tuple):
            for part, value in zip(target.elts, node.elts, strict=True):
                yield from self.pairs(part, value)
        else:
            yield target, node

    def assign(self, pairs: Sequence[tuple[ast.expr | None, ast.expr]]) -> None:
        """Set all targets at once, as Python does."""
        values: list[Any] = [True if target is None else self.value(node) for target, node in pairs]
        known, versions = dict(self.known), dict(self.versions)
        for (target, node), value in zip(pairs, values, strict=True):
            names = targets_of(target)
            for name, part in zip(names, value if len(names) > 1 else (value,), strict=False):
                self.known[name], self.versions[name] = part, versions.get(name, 0) + 1
            new = tuple(self.versions[name] for name in names)
            parts = len(names) > 1 and isinstance(node, ast.Name)
            self.done.append(Done(names, new, node, value, known, versions, parts))

    def leave(self, node: ast.expr) -> None:
        """What is returned becomes an assignment like any other."""
        if not isinstance(node, ast.Tuple):
            raise TypeError(f"{ast.unparse(node)!r} is no tuple, as an update returns it")
        pairs: list[tuple[ast.expr | None, ast.expr]] = []
        for slot, part in zip(self.slots, node.elts, strict=True):
            own = (("x", "y") if slot == "p" else (f"{slot}_x", f"{slot}_y")) if self.plane else (slot,)
            leaves = []
            for name, piece in zip(
                own, part.elts if self.plane and isinstance(part, ast.Tuple) else (part,), strict=False
            ):
                leaves.append(piece.id if isinstance(piece, ast.Name) else name)
                if not isinstance(piece, ast.Name):
                    pairs.append((ast.Name(name), piece))
            self.left.append(tuple(leaves))
        self.assign(pairs)


def courses(
    update: Callable[..., Any], slots: tuple[str, ...], pairs: Mapping[str, Any], others: Mapping[str, Any], plane: bool
) -> tuple[Course, ...]:
    """One course of both coordinates, or one each where their ways part.

    pairs: the arguments that have a value for each coordinate; of a plane method, as the pairs that it takes.
    """
    steps = body(update)
    both = Course({**pairs, **others}, slots, plane)
    with np.errstate(all="ignore"):
        try:
            both.walk(steps)
            return (both,)
        except PartedWays:
            alone = [Course({n: v[i] for n, v in pairs.items()} | {**others}, slots, plane) for i in (0, 1)]
            for course in alone:
                course.walk(steps)
            return tuple(alone)
