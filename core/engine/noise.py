"""Chance from a counter: normals and examples that depend on (seed, step) alone.

No stream is kept, so a lane draws the same numbers alone or among a million, on one thread or many.
SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014) turns the counter
into bits, Box and Muller turn the bits into normals. Works on uint64 arrays, and compiled on scalars.
"""

from __future__ import annotations

from typing import Any

import numpy as np

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX1 = np.uint64(0xBF58476D1CE4E5B9)
MIX2 = np.uint64(0x94D049BB133111EB)
S11, S27, S30, S31 = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)
TWO = np.uint64(2)
ULP = 2.0**-53


def bits(origin: Any, counter: Any) -> Any:
    """64 random bits: of the outputs of SplitMix64 begun at `origin` the one with this counter (both uint64)."""
    return mix(origin + (counter + np.uint64(1)) * GOLDEN)


def mix(z: Any) -> Any:
    """The finaliser of SplitMix64: every bit of the result depends on every bit of z."""
    z = (z ^ (z >> S30)) * MIX1
    z = (z ^ (z >> S27)) * MIX2
    return z ^ (z >> S31)


def normals(seed: Any, step: Any) -> tuple[Any, Any]:
    """Two independent standard normals for one seed and step (both uint64)."""
    return round_a_circle(*uniforms(mix(seed), step))


def uniforms(origin: Any, step: Any) -> tuple[Any, Any]:
    """Two independent numbers between 0 and 1 for the mixed seed and a step (both uint64)."""
    u = ((bits(origin, TWO * step) >> S11) + np.uint64(1)) * ULP  # in (0, 1]: its logarithm is finite
    v = (bits(origin, TWO * step + np.uint64(1)) >> S11) * ULP
    return u, v


def round_a_circle(u: Any, v: Any) -> tuple[Any, Any]:
    """Two independent standard normals from two such numbers: radius and angle of a point (Box and Muller)."""
    r = np.sqrt(-2.0 * np.log(u))
    return r * np.cos(2 * np.pi * v), r * np.sin(2 * np.pi * v)


def stream(seed: Any) -> Any:
    """From where a run with this seed (uint64) draws its examples: 53 bits, which a float can hold."""
    return mix(seed + GOLDEN) >> S11


def sources(seeds: Any) -> Any:
    """(2, number) of seeds (number,): floats that have the bits of the mixed seed, and the value of the stream of examples."""
    return np.stack([mix(seeds).view(np.float64), stream(seeds).astype(np.float64)])


def example(stream: Any, counter: Any, count: Any) -> Any:
    """The number 0 ... count - 1 of the example drawn at a counter (all uint64). The lean to low numbers is below 2⁻⁵⁰."""
    return bits(mix(stream), counter) % count
