"""A tree -> the program that the engine's interpreter runs.

Numbers are worked out beforehand where Python can, powers by small whole numbers become products, and of
two operands the larger is computed first, so that even a formula of the greatest size needs few registers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core.engine.interpreter import MOST, REGISTERS, Op
from core.expression.faults import TOO_MANY, ExpressionError
from core.expression.limits import continued
from core.expression.tree import CONDITIONS, CONSTANTS, OPERATIONS, VARIABLES, Node, ratio, real_power

SMALL = 16  # whole powers up to here are products
SWAPPED = {"more": "less", "at_least": "at_most"}

Operand = float | int  # a number, or the register where one will stand


def program(tree: Node) -> np.ndarray:
    """The program of a tree: (instructions, 5), one row (operation, to, a, b, number)."""
    writer = _Writer()
    result = writer.operand(continued(tree))
    if isinstance(result, float):
        writer.write(Op.number, number=result)
    elif result < len(VARIABLES):
        writer.write(Op.add_c, result, number=0.0)
    return np.array(writer.rows, dtype=float)


class _Writer:
    def __init__(self) -> None:
        self.rows: list[tuple[float, ...]] = []
        self.free = list(range(REGISTERS - 1, len(VARIABLES) - 1, -1))

    def write(self, op: Op, a: int = 0, b: int = 0, number: float = 0.0, keep: tuple[int, ...] = ()) -> int:
        """One instruction; its operands' registers are free afterwards, but for those to keep."""
        if not self.free or len(self.rows) == MOST:
            raise ExpressionError(TOO_MANY, 0)
        to = self.free.pop()
        self.rows.append((op, to, a, b, number))
        self.free += [register for register in {a, b} if register >= len(VARIABLES) and register not in keep]
        return to

    def register(self, operand: Operand) -> int:
        return self.write(Op.number, number=operand) if isinstance(operand, float) else operand

    def operand(self, node: Node) -> Operand:
        """The number that a node stands for, or the register that holds it."""
        if not node.args:
            if node.op in VARIABLES:
                return VARIABLES.index(node.op)
            return CONSTANTS.get(node.op, node.value)
        if node.op == "if":
            return self.choice(*node.args)
        power = ratio(node.args[1]) if node.op == "pow" else None
        operands = self.operands(node.args[:1] if power else node.args)
        if all(isinstance(operand, float) for operand in operands):
            value = _worked_out(node.op, operands, power)
            if value is not None:
                return value
        if power:
            p, q = power
            return self.write(Op.odd_c if p % 2 else Op.even_c, self.register(operands[0]), number=p / q)
        if node.op in ("add", "sub", "mul", "div", "pow"):
            return self.arithmetic(node.op, *operands)
        if node.op == "neg":
            return self.write(Op.mul_c, self.register(operands[0]), number=-1.0)
        if node.op in CONDITIONS:
            return self.condition(node.op, [self.register(operand) for operand in operands])
        u, v = (self.register(operands[0]), self.register(operands[-1]))
        return self.write(Op[node.op], u, v if len(operands) == 2 else 0)

    def operands(self, nodes: Sequence[Node]) -> list[Operand]:
        """Of some nodes what they stand for; the largest is worked out first, while most registers are free."""
        done: dict[int, Operand] = {}
        for i in sorted(range(len(nodes)), key=lambda i: -nodes[i].size):
            done[i] = self.operand(nodes[i])
        return [done[i] for i in range(len(nodes))]

    def condition(self, op: str, registers: list[int]) -> int:
        """1 where a condition holds, else 0."""
        if op == "not":
            return self.write(Op.c_sub, registers[0], number=1.0)
        u, v = registers
        if op in ("and", "or"):
            return self.write(Op.min if op == "and" else Op.max, u, v)
        if op in SWAPPED:
            return self.write(Op[SWAPPED[op]], v, u)
        if op in ("equal", "differs"):
            one = self.write(Op.at_most, u, v, keep=(u, v))
            both = self.write(Op.min, one, self.write(Op.at_most, v, u))
            return both if op == "equal" else self.write(Op.c_sub, both, number=1.0)
        return self.write(Op[op], u, v)

    def choice(self, condition: Node, chosen: Node, other: Node) -> Operand:
        """One of two values, lane by lane. What is not chosen counts for nothing, even where it has no value."""
        operands = self.operands((condition, chosen, other))
        if isinstance(operands[0], float):
            return operands[1] if operands[0] else operands[2]
        holds, u, v = (self.register(operand) for operand in operands)
        first = self.write(Op.when, holds, u, keep=(holds,))
        second = self.write(Op.when, self.write(Op.c_sub, holds, number=1.0), v)
        return self.write(Op.add, first, second)

    def arithmetic(self, op: str, u: Operand, v: Operand) -> int:
        """u op v, by an instruction of its own where one of them is a number."""
        if isinstance(u, float) and isinstance(v, float):
            u = self.register(u)
        if isinstance(v, float):
            a = self.register(u)
            if op == "pow":
                return self.power(a, v)
            if op == "sub":
                return self.write(Op.add_c, a, number=-v)
            return self.write(Op[f"{op}_c"], a, number=v)
        if isinstance(u, float):
            if op == "pow" and u == math.e:
                return self.write(Op.exp, v)
            return self.write({"add": Op.add_c, "mul": Op.mul_c}.get(op) or Op[f"c_{op}"], v, number=u)
        return self.write(Op[op], u, v)

    def power(self, u: int, exponent: float) -> int:
        """u ** exponent; powers by small whole numbers from squares and products (Knuth 4.6.3, from the left)."""
        whole = int(abs(exponent)) if abs(exponent) <= SMALL and exponent.is_integer() else 0
        if exponent == 0.5:
            return self.write(Op.sqrt, u)
        if exponent == 0.0:
            return self.write(Op.number, a=u, number=1.0)
        if not whole:
            return self.write(Op.pow_c, u, number=exponent)
        power = u
        for bit in bin(whole)[3:]:
            power = self.write(Op.square, power, keep=(u,))
            if bit == "1":
                power = self.write(Op.mul, power, u, keep=(u,))
        if power != u and u >= len(VARIABLES):
            self.free.append(u)
        return power if exponent > 0 else self.write(Op.c_div, power, number=1.0)


def _worked_out(op: str, operands: list[Operand], power: tuple[int, int] | None) -> float | None:
    """The value of an operation on numbers; None where Python has none that is real, so that the program gives inf or nan."""
    if op not in OPERATIONS:
        return None
    try:
        value = real_power(operands[0], *power) if power else OPERATIONS[op](*operands)
    except (ArithmeticError, ValueError):
        return None
    return float(value) if isinstance(value, (int, float)) else None


def degree(node: Node) -> float:
    """The degree of a polynomial in x and y; inf for what is none. At most that: x^2 - x^2 counts as 2."""
    degrees = [degree(argument) for argument in node.args]
    if node.op in VARIABLES:
        return 1.0
    if not any(degrees):
        return 0.0
    if node.op in ("add", "sub", "neg"):
        return max(degrees)
    if node.op == "mul":
        return sum(degrees)
    if node.op == "div" and not degrees[1]:
        return degrees[0]
    if node.op == "pow" and not degrees[1]:
        exponent = _Writer().operand(node.args[1])
        if isinstance(exponent, float) and exponent.is_integer() and exponent >= 0:
            return degrees[0] * exponent
    return float("inf")
