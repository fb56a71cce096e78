"""A typed formula -> its tree. Nothing is ever evaluated: the text meets a closed grammar, or an ExpressionError.

The grammar is Python's for numbers, + - * / ** ( ), comparisons and calls, with ^ as another spelling of **, and
products without a sign: 2x, 3xy, sin 2x. What can be read in two ways is not read at all: both are offered.
The tree can hold nothing but numbers, x, y, pi, e, the operations of `core.expression.tree` and its functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from core.expression import faults
from core.expression.faults import MAX_LENGTH, ExpressionError
from core.expression.grammar import Parser
from core.expression.mends import mended
from core.expression.names import Variables, variables
from core.expression.spelling import spelled
from core.expression.tokens import Script, scan
from core.expression.tree import (
    CONSTANTS,
    VARIABLES,
    Node,
    alike,
)

__all__ = ["CONSTANTS", "MAX_LENGTH", "VARIABLES", "ExpressionError", "Node", "Reading", "parse", "read"]

MAX_BARS = 4  # that may be read as opening or closing


class Reading(NamedTuple):
    """A formula as it was read. names: what stands for x and y, where that is another name."""

    tree: Node
    names: Variables


def parse(text: object) -> Node:
    """The tree of a formula. Raises ExpressionError, and nothing else, for whatever is not one."""
    return read(text).tree


def read(text: object) -> Reading:
    """A formula, with what its variables were called. Raises ExpressionError, and nothing else, for whatever is not one."""
    if not isinstance(text, str):
        raise ExpressionError(faults.EMPTY, 0)
    try:
        return _read(text)
    except ExpressionError as fault:
        offered = mended((fault.suggestion, *fault.readings), lambda other: _read(other).tree)
        one, several = (offered[0], ()) if len(offered) == 1 else ("", offered)
        raise ExpressionError(fault.text, fault.position, one, several) from None


@lru_cache(maxsize=256)
def _read(text: str) -> Reading:
    """A formula; a fault suggests the text with only itself mended, whatever else may be wrong."""
    if not text.strip(" "):
        raise ExpressionError(faults.EMPTY, 0)
    script = scan(text)
    if len(script.tokens) == 1:
        raise ExpressionError(faults.EMPTY, 0)
    first, doubt, found = None, -1, list[Reading]()
    for parser in _parsers(text, script):
        try:
            tree = parser.whole()
        except ExpressionError as fault:
            first = first or fault
            continue
        if not any(alike(tree, other.tree) for other in found):
            doubt = parser.doubt if doubt < 0 else doubt
            found.append(Reading(tree, parser.used))
    if not found:
        assert first
        raise first
    if len(found) > 1:
        raise ExpressionError(faults.TWO_READINGS, max(doubt, 0), "", tuple(spelled(reading.tree) for reading in found))
    return found[0]


def _parsers(text: str, script: Script) -> Iterator[Parser]:
    """A parser for each way in which a text may be read, the plainest first: as few as there are doubts."""
    words = [token.text for token in script.tokens if token.kind == "name"]
    known = variables(words, script.of)
    bars = sum(token.text == "|" for token in script.tokens)
    for names in known:
        for outward in range(2 ** min(max(bars - 2, 0), MAX_BARS) if bars >= 4 else 1):
            for second in (False, True):
                parser = Parser(text, script, names, outward, second)
                if len(known) > 1:
                    parser.doubt = next((token.at for token in script.tokens if token.text in names), 0)
                yield parser
                if parser.doubt < 0:
                    break
