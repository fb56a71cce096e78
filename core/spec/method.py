"""What an optimizer, a schedule and a modifier have in common: a formula that every source writes in its own way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, ClassVar, Self

from core.spec.address import origin, said_again
from core.spec.dialect import Dialect, spoken_as
from core.spec.hyper import Hyper
from core.spec.spelling import Spelling, check_spellings, template
from core.spec.text import Text


class Method:
    """A formula with hyperparameters, of which other sources may have a form of their own.

    FORMULA: the field that holds the formula. DECLARED: what its file calls the record. made_by: of a record
    that its file does not declare but make, a function and its arguments, which make the same again in another process.
    """

    FORMULA: ClassVar[str]
    DECLARED: ClassVar[str]
    name: str | Text
    hypers: tuple[Hyper, ...]
    dialects: Mapping[str, Dialect]
    dialect: str
    spoken_from: Self | None
    made_by: tuple[Callable[..., Any], tuple[Any, ...]] | None = None

    @property
    def formula(self) -> Callable[..., Any]:
        """Its function, whatever the field is called."""
        found: Callable[..., Any] = getattr(self, self.FORMULA)
        return found

    @property
    def defaults(self) -> dict[str, float]:
        """Hyperparameter name -> default value."""
        return {h.name: h.default for h in self.hypers}

    def spoken(self, dialect: str) -> Self:
        """The same as another source writes it: our own form, where that source has no other."""
        spoken: Self = self if dialect == self.dialect else spoken_as(self, self.FORMULA, dialect)
        return spoken

    def _check_spellings(self, libraries: Iterable[str], known: Collection[str]) -> None:
        """Raises TypeError where a library would be asked for something with braces that nothing can be put into.

        libraries: fields with a spelling, to which those of dialects are added. known: what may stand in braces.
        """
        spellings: dict[str, Spelling] = {library: getattr(self, library) for library in libraries}
        spellings |= {library: dialect.spelling for library, dialect in self.dialects.items() if dialect.spelling}
        name = self.name if isinstance(self.name, str) else self.name.en
        lines = {library: template(spelling, self.defaults) for library, spelling in spellings.items()}
        check_spellings(self.formula, name, lines, known)

    def __reduce__(self) -> tuple[Any, ...]:
        own = self.spoken_from or self
        return said_again, (*origin(own, own.formula, self.DECLARED), self.dialect)
