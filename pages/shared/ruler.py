"""The ruler under a learning rate: where the surface turns unstable for this optimizer, and the best rate of a sweep."""

from __future__ import annotations

import html
from functools import lru_cache

import numpy as np
import streamlit as st

from core import Runner, Scene
from core.spec import Optimizer
from core.tuning import Ruler
from pages.shared import cache, controls
from pages.shared.verdicts import number
from pages.shared.words import language, t


def draw(scene: Scene, runner: Runner) -> None:
    """A thin scale below the slider, and the same in words."""
    st.html(_drawn(cache.ruler_of(scene, runner), runner.spoken, runner.hypers["lr"], language()))


@lru_cache(maxsize=512)  # 1 kB each
def _drawn(marks: Ruler, optimizer: Optimizer, now: float, language: str) -> str:
    """The ruler as HTML, in the language of the visitor who asks."""
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
        f'<div class="dl-ruler" title="{html.escape(_explained(optimizer, marks))}">'
        f'<div style="--unstable:{unstable:.2f}%">{"".join(ticks)}</div><p>{html.escape(_said(marks))}</p></div>'
    )


def _said(marks: Ruler) -> str:
    parts = [t("ruler_best", rate=number(marks.best))]
    limit = marks.minimum if marks.minimum is not None else marks.start
    if limit is not None:
        parts.insert(0, t("ruler_limit", rate=number(limit)))
    return " · ".join(parts)


def _explained(optimizer: Optimizer, marks: Ruler) -> str:
    """What the marks stand for."""
    known = optimizer.stability
    lines = []
    if known is not None and marks.start is not None:
        lines.append(t("ruler_start", formula=f"({known.formula})/λ", rate=number(marks.start)))
    if known is not None and marks.minimum is not None:
        lines.append(t("ruler_minimum", formula=f"({known.formula})/λ", rate=number(marks.minimum)))
    return "\n".join((*lines, t("ruler_sweep", rate=number(marks.best))))
