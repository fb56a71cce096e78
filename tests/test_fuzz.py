"""Hostile input, made by hypothesis: the same in every run. `tests/fuzz.py` goes on looking, guided by what it reaches."""

from __future__ import annotations

import random

import hostile
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from test_scene import TYPED, some_scene

from core.expression.faults import MAX_LENGTH
from core.expression.tree import FUNCTIONS
from core.scene import PARAMETERS
from pages.maps.atlas import NAMES

pytestmark = pytest.mark.slow

MANY = settings(
    max_examples=400, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
VALUES = some.one_of(
    some.text(max_size=40),
    some.floats().map(str),
    some.integers().map(str),
    some.sampled_from(
        ["", "~", "~~", "nan", "inf", "-0", "1e999", "0x10", "١٢", "<script>", "]]>", "%", "\x00", "\ud800"]
    ),
)
NAMED = some.sampled_from([*PARAMETERS, *NAMES, "lang", "kind", "entry", "plan"])
TOKENS = some.sampled_from(
    [
        *"xy+-*/^(),. 0123456789",
        "**",
        "e",
        "pi",
        "1e9",
        "1e-9",
        "1e400",
        *(f"{name}(" for name in FUNCTIONS),
        *TYPED,
        "π",
        "²",
        "−",
    ]
)
DATA = some.recursive(
    some.one_of(some.none(), some.booleans(), some.integers(), some.floats(), some.text(max_size=9)),
    lambda inner: some.one_of(
        some.lists(inner, max_size=4), some.dictionaries(some.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=12,
)
ACTS = some.dictionaries(
    some.sampled_from(["start", "view", "set", "toggle", "steps", "live", "cell", "probe", "send", "at", "id", "need"]),
    DATA,
)


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    """What is compiled once is no visitor's time."""
    hostile.function(TYPED[1])


@MANY
@given(some.lists(some.tuples(NAMED, VALUES), max_size=12))
def test_any_parameters(pairs):
    hostile.timed(hostile.link, "&".join(f"{name}={value}" for name, value in pairs))


@MANY
@given(some.integers(0, 10_000), some.integers(0, 2**32))
def test_a_link_with_slips_of_the_pen(seed, chance):
    dice, text = random.Random(chance), some_scene(seed).to_string()
    for _ in range(dice.randint(1, 4)):
        at, width = dice.randrange(len(text) + 1), dice.choice([0, 1, 1, 5, 50])
        text = (
            text[:at] + dice.choice(["", "&", "=", "~", "-", "9" * 30, "%", text[:20], "é", "nan"]) + text[at + width :]
        )
    hostile.timed(hostile.link, text)


@MANY
@given(some.one_of(some.lists(TOKENS, max_size=60).map("".join), some.text(max_size=MAX_LENGTH + 9)))
def test_any_function(text):
    hostile.timed(hostile.function, text)


@MANY
@given(ACTS)
def test_any_act(data):
    hostile.timed(hostile.act, data)
