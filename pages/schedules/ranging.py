"""The rate-range test: the losses of one run in which the rate grows, and what is read off them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import streamlit as st

from core import Runner, Scene
from core.figures.range_curve import range_curve
from core.range_test import RangeTest, range_test
from pages.schedules import bar
from pages.shared.frame import dark
from pages.shared.trial import Span, Trial
from pages.shared.verdicts import number
from pages.shared.words import t

HEIGHT = 520
BELOW = 10  # so many times below the explosion is usual, as fastai takes a tenth of the rate of the lowest loss


def draw(trial: Trial, span: Span) -> None:
    """The losses against the rates."""
    found, surface = _tested(trial.scene, trial.runner, span), trial.scene.record
    figure = range_curve(
        found.rates,
        found.loss,
        found.smooth,
        (found.steepest, _above(t("range_steepest"), found, found.steepest)),
        (found.blown, _above(t("range_blown"), found, found.blown)),
        (t("rate"), t("loss_log") if trial.log_loss else t("loss_linear"), t("range_smooth")),
        floor=surface.lowest if surface.minima else None,
        start=float(surface.value(*(trial.scene.start or surface.start))),
        log=trial.log_loss,
        dark=dark(),
        height=HEIGHT,
    )
    st.plotly_chart(figure, key="trial.range", config={"displayModeBar": False})


def read(trial: Trial, span: Span) -> None:
    """What was done, what is read off, and the way on with it."""
    found = _tested(trial.scene, trial.runner, span)
    st.markdown(f"#### {t('view_range')}")
    st.markdown(_said(found, span))
    with st.container(horizontal=True, gap="small"):
        for name, rate in _offered(found):
            named = t("range_use", rate=number(rate))
            st.button(named, icon=":material/check:", key=f"trial.use.{name}", on_click=bar.use, args=(rate,))
    st.markdown(r"$\eta_t = \eta_{\min}\,(\eta_{\max}/\eta_{\min})^{\,t/(T-1)}$")
    st.caption(t("range_about"))
    st.caption(t("range_rules"))


def _above(words: str, found: RangeTest, index: int | None) -> str:
    """What is written above a mark."""
    return words if index is None else f"{words}<br>η = {number(float(found.rates[index]))}"


def _offered(found: RangeTest) -> Iterator[tuple[str, float]]:
    """The rates that are usually read off, with two digits: where the mean is steepest, and well below the explosion."""
    if found.steepest is None:
        return
    rates = {"steepest": found.rates[found.steepest]}
    if found.blown is not None:
        rates["below"] = found.rates[found.blown] / BELOW
    for name, rate in rates.items():
        yield name, min(max(float(f"{rate:.2g}"), bar.RATE.low), bar.RATE.high)


def _said(found: RangeTest, span: Span) -> str:
    """The steepest point and the explosion, in words."""
    if len(found.rates) < found.needed:
        return t("range_coarse", steps=len(found.rates), needed=found.needed)
    if found.steepest is None:
        return t("range_flat") if found.blown is None else t("range_lost", rate=number(found.rates[found.blown]))
    steep = number(float(found.rates[found.steepest]))
    if found.blown is None:
        return t("range_calm", steep=steep, high=number(span.high))
    blown = float(found.rates[found.blown])
    return t("range_read", steep=steep, blown=number(blown), below=number(blown / BELOW))


@lru_cache(maxsize=64)
def _tested(scene: Scene, runner: Runner, span: Span) -> RangeTest:
    return range_test(scene, runner, span.low, span.high, span.smoothing)
