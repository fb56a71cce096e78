"""A sentence in every language, a number in it, and where something was first described."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """One sentence in every language that the app speaks."""

    en: str
    ko: str

    def __post_init__(self) -> None:
        for language, sentence in vars(self).items():
            if not sentence.strip():
                raise ValueError(f"Text: the sentence in {language!r} is empty; its twin reads {self.en or self.ko!r}")

    def __getitem__(self, language: str) -> str:
        return str(getattr(self, language))

    def format(self, **values: object) -> Text:
        """Fill the same placeholders in every language."""
        return Text(**{language: sentence.format(**values) for language, sentence in vars(self).items()})


def numeral(value: float, digits: int = 6) -> str:
    """A number as people write it, to so many digits: −2 and 1e6, where Python has -2 and 1e+06."""
    mantissa, _, exponent = f"{value + 0.0:.{digits}g}".partition("e")  # nobody writes -0
    return (f"{mantissa}e{int(exponent)}" if exponent else mantissa).replace("-", "−")


def digits_apart(values: Collection[float], spell: Callable[[float, int], str] = numeral) -> int:
    """The fewest digits, three at least, in which numbers that differ are spelled differently."""
    apart = (digits for digits in range(3, 17) if len({spell(v, digits) for v in values}) == len({*values}))
    return next(apart, 17)


@dataclass(frozen=True)
class Paper:
    """Where a method or a function was first described."""

    authors: str
    title: str
    year: int
    url: str
