"""The ruler under a learning rate: where the surface turns unstable for this optimizer, and the best rate of a sweep."""

from __future__ import annotations

import html
from functools import lru_cache

import numpy as np
import streamlit as st

from core import Runner, Scene
from core.spec import Hyper, Optimizer
from core.tuning import SWEPT, Ruler, searched
from pages.shared import cache, controls
from pages.shared.boot import is_cold
from pages.shared.verdicts import number
from pages.shared.words import language, t

# What stays as it is while the rate is varied: symbols of what Tune moves besides it; the symbol of what the schedule sets
# in the place of a slider; whether to say that there is no schedule.
Held = tuple[str, str, bool]
PLACE = '<div class="dl-ruler"><div style="--unstable:100%"></div><p>\u2026</p></div>'


def draw(scene: Scene, runner: Runner, plain: bool = False) -> None:
    """A thin scale below the slider, and the same in words. plain: that no schedule is followed is said, where others do.

    Its place is kept where nothing is known yet.
    """
    if is_cold():
        return keep_place()
    marks, rate = cache.ruler_of(scene, runner), runner.hypers["lr"]
    between = None if rate in _rests(runner.spoken) else rate
    st.html(_drawn(marks, runner.spoken, between, scene.length, _held(scene, runner, plain), language()))


def keep_place() -> None:
    """Where a ruler will be drawn by the page itself, from `told`."""
    st.html(PLACE)


def told(scene: Scene, runner: Runner) -> dict[str, str]:
    """What a ruler says, for whoever knows the figures: sentences that lack {rate} and {steps}."""
    return _phrases(runner.spoken, _held(scene, runner), language())


def _held(scene: Scene, runner: Runner, plain: bool = False) -> Held:
    replaced = scene.replaced(runner)
    others = ", ".join(h.symbol for h in searched(runner, replaced) if h.name != "lr")
    moved = next((h.symbol for h in runner.spoken.hypers if h.name == replaced), "")
    return others, moved, plain


@lru_cache(maxsize=512)  # 1 kB each
def _drawn(marks: Ruler, optimizer: Optimizer, between: float | None, steps: int, held: Held, language: str) -> str:
    """The ruler as HTML, in the language of the visitor who asks. between: a rest that the slider has besides."""
    lr = _rate_of(optimizer)
    rests = sorted({*_rests(optimizer), between or lr.low})

    def place(rate: float) -> float:
        """Where a rate lies on the slider, in percent: between two stops as far as its logarithm is."""
        return float(np.interp(np.log(rate), np.log(rests), np.linspace(0, 100, len(rests))))

    limits = [("start", marks.start), ("minimum", marks.minimum)]
    edges = [(kind, limit) for kind, limit in limits if limit is not None and lr.low < limit < lr.high]
    unstable = place(min(limit for _, limit in edges)) if edges else 100.0
    ticks = [f'<i class="dl-at-{kind}" style="left:{place(limit):.2f}%"></i>' for kind, limit in edges]
    ticks.append(f'<b style="left:{place(marks.best):.2f}%"></b>')
    phrases = _phrases(optimizer, held, language)
    title, said = _explained(phrases, marks, steps, lr), _said(phrases, marks, steps, lr)
    return (
        f'<div class="dl-ruler" title="{html.escape(title)}">'
        f'<div style="--unstable:{unstable:.2f}%">{"".join(ticks)}</div><p>{html.escape(said)}</p></div>'
    )


def _rate_of(optimizer: Optimizer) -> Hyper:
    return next(h for h in optimizer.hypers if h.name == "lr")


def _rests(optimizer: Optimizer) -> tuple[float, ...]:
    """Where the slider of the learning rate rests."""
    return controls.stops(_rate_of(optimizer))


@lru_cache(maxsize=512)  # 1 kB each
def _phrases(optimizer: Optimizer, held: Held, language: str) -> dict[str, str]:
    """Every sentence of a ruler, in the language of the visitor who asks; the figures are left open."""
    others, moved, plain = held
    known = optimizer.stability
    formula = known and (f"{known.formula}/λ" if known.formula.isdigit() else f"({known.formula})/λ")
    figures = {"rate": "{rate}", "steps": "{steps}", "others": others, "moved": moved}
    if moved:
        best = t("ruler_best_with_moved", **figures) if others else t("ruler_best_moved", **figures)
    else:
        best = t("ruler_best_with", **figures) if others else t("ruler_best", **figures)
    return {
        "plain": t("ruler_plain") if plain else "",
        "limit": t("ruler_limit", **figures),
        "limit_start": t("ruler_limit_start", **figures),
        "best": best,
        "end": t("ruler_end"),
        "start": t("ruler_start", **figures, formula=formula) if known else "",
        "minimum": t("ruler_minimum", **figures, formula=formula) if known else "",
        "sweep": t("ruler_sweep", **figures, count=SWEPT),
        "moved": t("ruler_moved", **figures) if moved else "",
        "tune": t("ruler_tune", **figures) if others else "",
        "above": t("ruler_above"),
    }


def _said(phrases: dict[str, str], marks: Ruler, steps: int, lr: Hyper) -> str:
    """Each figure with what it holds for."""
    parts = [phrases["plain"]]
    if marks.minimum is not None:
        parts.append(phrases["limit"].format(rate=number(marks.minimum)))
    elif marks.start is not None:
        parts.append(phrases["limit_start"].format(rate=number(marks.start)))
    sign = {lr.low: "≤", lr.high: "≥"}.get(marks.best, "≈")
    parts.append(phrases["best"].format(rate=f"{sign}\u00a0{number(marks.best)}", steps=steps))
    return " · ".join(filter(None, parts))


def _explained(phrases: dict[str, str], marks: Ruler, steps: int, lr: Hyper) -> str:
    """What the marks stand for."""
    lines = []
    if marks.start is not None:
        lines.append(phrases["start"].format(rate=number(marks.start)))
    if marks.minimum is not None:
        lines.append(phrases["minimum"].format(rate=number(marks.minimum)))
    lines.append(phrases["sweep"].format(rate=number(marks.best), steps=steps))
    if marks.best in (lr.low, lr.high):
        lines.append(phrases["end"])
    lines += [phrases["moved"], phrases["tune"]]
    if marks.minimum is not None and marks.best > marks.minimum:
        lines.append(phrases["above"])
    return "\n".join(filter(None, lines))
