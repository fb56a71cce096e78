"""The families of optimizers in words, and optimizers in the order in which one looks for them.

What a family says is how long a step is; `core.spec.optimizer` tells it in formulas.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import get_args

from core import OPTIMIZERS
from core.spec import Family
from pages.shared.words import t

FAMILIES: tuple[Family, ...] = get_args(Family)


def names() -> dict[Family, str]:
    """What each is called."""
    return {
        "gradient": t("family_gradient"),
        "momentum": t("family_momentum"),
        "adagrad": t("family_adagrad"),
        "adaptive": t("family_adaptive"),
        "unitless": t("family_unitless"),
    }


def meanings() -> dict[Family, str]:
    """How long a step is, in a sentence each."""
    return {
        "gradient": t("family_gradient_step"),
        "momentum": t("family_momentum_step"),
        "adagrad": t("family_adagrad_step"),
        "adaptive": t("family_adaptive_step"),
        "unitless": t("family_unitless_step"),
    }


def taught(keys: Collection[str]) -> list[str]:
    """Those of the textbooks, in their order."""
    return sorted((key for key in keys if OPTIMIZERS[key].textbook), key=lambda key: OPTIMIZERS[key].textbook)


def others(keys: Collection[str]) -> list[str]:
    """The rest, by family and name."""
    return [key for key in by_family(keys) if not OPTIMIZERS[key].textbook]


def by_family(keys: Collection[str]) -> list[str]:
    """All of them, by family and name."""
    return sorted(keys, key=_place)


def _place(key: str) -> tuple[int, str]:
    return FAMILIES.index(OPTIMIZERS[key].family), OPTIMIZERS[key].name.casefold()
