"""The ruler under a learning rate: where the surface turns unstable for this optimizer, and the best rate of a sweep."""

from __future__ import annotations

import html
from functools import lru_cache

import numpy as np
import streamlit as st

from core import Runner, Scene
from core.spec import Optimizer
from core.tuning import SWEPT, Ruler, searched
from pages.shared import cache, controls
from pages.shared.boot import is_cold
from pages.shared.verdicts import number
from pages.shared.words import language, t


def draw(scene: Scene, runner: Runner) -> None:
    """A thin scale below the slider, and the same in words. Its place is kept where nothing is known yet."""
    if is_cold():
        st.html('<div class="dl-ruler"><div style="--unstable:100%"></div><p>\u2026</p></div>')
        return
    others = ", ".join(h.symbol for h in searched(runner) if h.name != "lr")
    st.html(_drawn(cache.ruler_of(scene, runner), runner.spoken, runner.hypers["lr"], scene.length, others, language()))


@lru_cache(maxsize=512)  # 1 kB each
def _drawn(marks: Ruler, optimizer: Optimizer, now: float, steps: int, others: str, language: str) -> str:
    """The ruler as HTML, in the language of the visitor who asks. others: symbols of what Tune moves besides the rate."""
    lr = next(h for h in optimizer.hypers if h.name == "lr")
    rests = sorted({*controls.stops(lr), now})

    def place(rate: float) -> float:
        """Where a rate lies on the slider, in percent: between two stops as far as its logarithm is."""
        return float(np.interp(np.log(rate), np.log(rests), np.linspace(0, 100, len(rests))))

    limits = [("start", marks.start), ("minimum", marks.minimum)]
    edges = [(kind, limit) for kind, limit in limits if limit is not None and lr.low < limit < lr.high]
    unstable = place(min(limit for _, limit in edges)) if edges else 100.0
    ticks = [f'<i class="dl-at-{kind}" style="left:{place(limit):.2f}%"></i>' for kind, limit in edges]
    ticks.append(f'<b style="left:{place(marks.best):.2f}%"></b>')
    return (
        f'<div class="dl-ruler" title="{html.escape(_explained(optimizer, marks, steps, others))}">'
        f'<div style="--unstable:{unstable:.2f}%">{"".join(ticks)}</div><p>{html.escape(_said(marks, steps, others))}</p></div>'
    )


def _said(marks: Ruler, steps: int, others: str) -> str:
    """Each figure with what it holds for."""
    parts = []
    if marks.minimum is not None:
        parts.append(t("ruler_limit", rate=number(marks.minimum)))
    elif marks.start is not None:
        parts.append(t("ruler_limit_start", rate=number(marks.start)))
    best = number(marks.best)
    parts.append(
        t("ruler_best_with", rate=best, steps=steps, others=others)
        if others
        else t("ruler_best", rate=best, steps=steps)
    )
    return " · ".join(parts)


def _explained(optimizer: Optimizer, marks: Ruler, steps: int, others: str) -> str:
    """What the marks stand for."""
    known = optimizer.stability
    lines = []
    if known is not None and marks.start is not None:
        lines.append(t("ruler_start", formula=f"({known.formula})/λ", rate=number(marks.start)))
    if known is not None and marks.minimum is not None:
        lines.append(t("ruler_minimum", formula=f"({known.formula})/λ", rate=number(marks.minimum)))
    lines.append(t("ruler_sweep", rate=number(marks.best), count=SWEPT, steps=steps))
    if others:
        lines.append(t("ruler_tune", others=others))
    if marks.minimum is not None and marks.best > marks.minimum:
        lines.append(t("ruler_above"))
    return "\n".join(lines)
