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


def draw(scene: Scene, runner: Runner, plain: bool = False) -> None:
    """A thin scale below the slider, and the same in words. plain: that no schedule is followed is said, where others do."""
    st.html(drawn(scene, runner, plain))


def drawn(scene: Scene, runner: Runner, plain: bool = False) -> str:
    """What `draw` puts on the page. Its place is kept where nothing is known yet."""
    if is_cold():
        return '<div class="dl-ruler"><div style="--unstable:100%"></div><p>\u2026</p></div>'
    replaced = scene.replaced(runner)
    others = ", ".join(h.symbol for h in searched(runner, replaced) if h.name != "lr")
    moved = next((h.symbol for h in runner.spoken.hypers if h.name == replaced), "")
    marks, rate = cache.ruler_of(scene, runner), runner.hypers["lr"]
    between = None if rate in _rests(runner.spoken) else rate
    return _drawn(marks, runner.spoken, between, scene.length, (others, moved, plain), language())


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
    title, said = _explained(optimizer, marks, steps, held), _said(marks, steps, held)
    return (
        f'<div class="dl-ruler" title="{html.escape(title)}">'
        f'<div style="--unstable:{unstable:.2f}%">{"".join(ticks)}</div><p>{html.escape(said)}</p></div>'
    )


def _rate_of(optimizer: Optimizer) -> Hyper:
    return next(h for h in optimizer.hypers if h.name == "lr")


def _rests(optimizer: Optimizer) -> tuple[float, ...]:
    """Where the slider of the learning rate rests."""
    return controls.stops(_rate_of(optimizer))


def _said(marks: Ruler, steps: int, held: Held) -> str:
    """Each figure with what it holds for."""
    others, moved, plain = held
    parts = [t("ruler_plain")] if plain else []
    if marks.minimum is not None:
        parts.append(t("ruler_limit", rate=number(marks.minimum)))
    elif marks.start is not None:
        parts.append(t("ruler_limit_start", rate=number(marks.start)))
    told = {"rate": number(marks.best), "steps": steps}
    if moved and others:
        parts.append(t("ruler_best_with_moved", **told, others=others, moved=moved))
    elif moved:
        parts.append(t("ruler_best_moved", **told, moved=moved))
    elif others:
        parts.append(t("ruler_best_with", **told, others=others))
    else:
        parts.append(t("ruler_best", **told))
    return " · ".join(parts)


def _explained(optimizer: Optimizer, marks: Ruler, steps: int, held: Held) -> str:
    """What the marks stand for."""
    others, moved, _ = held
    known = optimizer.stability
    lines = []
    if known is not None and marks.start is not None:
        lines.append(t("ruler_start", formula=f"({known.formula})/λ", rate=number(marks.start)))
    if known is not None and marks.minimum is not None:
        lines.append(t("ruler_minimum", formula=f"({known.formula})/λ", rate=number(marks.minimum)))
    lines.append(t("ruler_sweep", rate=number(marks.best), count=SWEPT, steps=steps))
    if moved:
        lines.append(t("ruler_moved", moved=moved))
    if others:
        lines.append(t("ruler_tune", others=others))
    if marks.minimum is not None and marks.best > marks.minimum:
        lines.append(t("ruler_above"))
    return "\n".join(lines)
