"""An experiment worth showing, and what there is to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.nets.experiment import Experiment
from core.scene import Claim, unproven
from core.spec import Text


@dataclass(frozen=True)
class Study:
    """An experiment worth showing, with a title and the one thing to look at. Cards stand in the order of `order`.

    claim(experiment, training): what the sentence says, computed. It yields True for what is so, and as a text every number
    that the sentence names.
    """

    title: Text
    observe: Text
    experiment: Experiment
    order: int
    claim: Callable[..., Claim]
    source: str = ""

    def unproven(self) -> list[str]:
        """What the claim yields and is not so."""
        return unproven(self.observe, self.claim(self.experiment, self.experiment.train()))
