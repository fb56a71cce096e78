"""How a library is asked for something: a line of its own with the names of hyperparameters in braces.

Where it depends on the values how many of them there are, a function of the values gives that line.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from string import Formatter
from typing import Any

from core.spec.place import of_text

Spelling = str | Callable[[Mapping[str, float]], str]


def template(spelling: Spelling, values: Mapping[str, float]) -> str:
    """The line with names in braces. values: of all hyperparameters."""
    return spelling if isinstance(spelling, str) else spelling(values)


def check_spellings(
    formula: Callable[..., Any], name: str, spellings: Mapping[str, str], known: Collection[str]
) -> None:
    """Raises TypeError for a placeholder that nothing can be put into, or braces that do not close."""
    for library, spelling in spellings.items():
        whose = f"{name}: its spelling in {library}"
        try:
            asked = [placeholder for _, placeholder, _, _ in Formatter().parse(spelling) if placeholder is not None]
        except ValueError as fault:
            first = spelling.splitlines()[0][:30]
            raise TypeError(f"{of_text(formula, first)}: {whose} cannot be read: {fault}.") from None
        for placeholder in asked:
            if placeholder not in known:
                near = get_close_matches(placeholder, known, 1)
                hint = f"did you mean {{{near[0]}}}?" if near else f"it may ask for {', '.join(known)}."
                where = of_text(formula, f"{{{placeholder}}}")
                raise TypeError(f"{where}: {whose} asks for {{{placeholder}}}, which is no hyperparameter; {hint}")
