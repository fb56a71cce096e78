"""What may have been meant by a text that is no formula: whole texts that are, and that differ in what they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from core.expression.faults import ExpressionError
from core.expression.tree import Node, alike

TRIED = 40  # texts that are looked at for one fault
OFFERED = 2  # a choice between more is no help


def mended(texts: Iterable[str], read: Callable[[str], Node]) -> tuple[str, ...]:
    """The formulas that some suggestions lead to, each meaning once; none where there are too many to choose from.

    A suggestion mends one fault. Others may follow it, and are mended in the same way. read: of a formula its tree.
    """
    waiting, known, found = list(reversed([text for text in texts if text])), set[str](), list[tuple[str, Node]]()
    while waiting:
        text = waiting.pop()
        if text in known:
            continue
        known.add(text)
        if len(known) > TRIED:
            return ()
        try:
            tree = read(text)
        except ExpressionError as fault:
            waiting += reversed([other for other in (fault.suggestion, *fault.readings) if other])
            continue
        if not any(alike(tree, other) for _, other in found):
            found.append((text, tree))
    return tuple(text for text, _ in found) if len(found) <= OFFERED else ()
