"""A scene worth showing, and what there is to see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.scene.scene import Scene
from core.spec import Text

Claim = Iterator[bool | np.bool_ | str]
NUMBER = re.compile(r"[−±]?\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Preset:
    """A scene worth showing, with a title and the one thing to look at. Cards stand in the order of `order`.

    claim(scene, <the run of each runner, its state kept>): what the sentence says, computed. It yields True for
    what is so, and as a text every number that the sentence names.
    """

    title: Text
    observe: Text
    scene: Scene
    order: int
    claim: Callable[..., Claim]
    source: str = ""

    def unproven(self) -> list[str]:
        """What the claim yields and is not so: of a number, that the sentence does not name it, in which language."""
        runs = [self.scene.run(runner, "state") for runner in self.scene.runners]
        return unproven(self.observe, self.claim(self.scene, *runs))


def unproven(observe: Text, claim: Claim) -> list[str]:
    """What a claim yields and is not so: of a number, that the sentence `observe` does not name it, in which language."""
    faults: list[str] = []
    said = 0
    for part in claim:
        said, frame = said + 1, getattr(claim, "gi_frame", None)
        faults += [f"line {frame.f_lineno if frame else said}: {fault}" for fault in _against(observe, part)]
    return faults if said else ["the claim says nothing"]


def _against(observe: Text, part: Any) -> list[str]:
    """What speaks against one part of a claim."""
    if not isinstance(part, str):
        return [] if part else ["this is not so"]
    number = part.replace("-", "−")
    wanting = [code for code, sentence in vars(observe).items() if number not in NUMBER.findall(sentence)]
    return [f"the sentence in {code!r} does not say {number}" for code in wanting]
