"""What happened to a runner, in words."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from core import Run, Runner, Scene
from core.engine.outcome import STILL
from core.spec import Surface
from core.theory import StabilityCheck, bound, growth, stability, stability_at, tension
from pages.shared.words import t


def number(value: float) -> str:
    """Three significant digits, as a person writes them."""
    if not math.isfinite(value):
        return "–"
    value = float(f"{value:.3g}")  # 999.9 is 1000: what it rounds to decides how it is written
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return (f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}").replace("-", "−")
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}".replace("-", "−")


def point(p: tuple[float, float] | np.ndarray) -> str:
    return f"({number(float(p[0]))}, {number(float(p[1]))})"


def growth_of(scene: Scene, run: Run) -> str:
    """Factor per step by which a runner that left moves away from the middle of the map; "" where it does not grow."""
    if run.outcome != "escaped" or scene.record.unbounded:
        return ""
    factor = growth(np.hypot(*(run.x[run.when :] - scene.record.centre).T))
    return number(factor) if factor > 1.005 else ""  # 1.005 is written ×1, which says nothing


def verdict(scene: Scene, runner: Runner, run: Run) -> str:
    """One or two sentences: what happened, and why, where theory knows it."""
    surface = scene.record
    if run.outcome == "arrived":
        return t("arrived", point=point(surface.minima[run.minimum]), step=run.when)
    if run.outcome == "stuck":
        return _stuck(scene, runner, run)
    if run.outcome == "moving":
        return _moving(scene, runner, run)
    if surface.unbounded:
        return t("escaped_down", step=run.when)
    factor = growth_of(scene, run)
    left = t("escaped_growing", step=run.when, factor=factor) if factor else t("escaped", step=run.when)
    return _sentences(left, _why_it_left(surface, runner, run))


def _moving(scene: Scene, runner: Runner, run: Run) -> str:
    surface = scene.record
    if not surface.minima:
        return t("moving_free", steps=scene.length)
    distance = min(math.dist(run.x[-1], minimum) for minimum in surface.minima)
    still_moving = t("moving", steps=scene.length, distance=number(distance))
    return _sentences(still_moving, _why_it_cannot_settle(surface, runner, run))


def _stuck(scene: Scene, runner: Runner, run: Run) -> str:
    surface = scene.record
    last = math.dist(run.x[-1], run.x[-2])
    if last > STILL * surface.size:  # at rest for one who looks at every other step only
        return _sentences(t("bounces", length=number(last)), _why_it_cannot_settle(surface, runner, run))
    if any(math.dist(run.x[-1], saddle) < 1e-3 * surface.size for saddle in surface.saddles):
        return t("stuck_saddle")
    lowest = min((float(surface.value(*minimum)) for minimum in surface.minima), default=-math.inf)
    if run.loss[-1] <= lowest + 1e-9 * max(1.0, abs(lowest)):
        return t("stuck_bottom")  # of a valley whose whole floor is lowest
    return t("stuck", gradient=number(float(np.hypot(*run.gradient[-1]))))


def _why_it_left(surface: Surface, runner: Runner, run: Run) -> str:
    """The theory of linear methods: on a quadratic at the largest rate the schedule reached, else along the path."""
    optimizer, hypers = runner.record, runner.hypers
    check = stability(surface, optimizer, hypers, float(np.nanmax(run.lr)))
    if check is not None:
        return t("reason_stable" if check.stable else "reason", **_told(runner, check))
    if bound(optimizer, hypers) is None or optimizer.stability.divisor:
        return ""
    inside = replace(run, x=run.x[: run.when + 1], lr=run.lr[: run.when])
    past = np.flatnonzero(tension(surface, optimizer, hypers, inside) > 1)
    if not past.size:
        return ""
    step = int(past[0])
    check = stability_at(surface, optimizer, hypers, float(run.lr[step]), tuple(run.x[step]))
    return t("reason_path" if step else "reason_start", at=step, **_told(runner, check))


def _why_it_cannot_settle(surface: Surface, runner: Runner, run: Run) -> str:
    """The limit at the nearest minimum, where the last rate lies above it."""
    if not (surface.minima and surface.smooth_at_minimum):
        return ""
    nearest = min(surface.minima, key=lambda minimum: math.dist(run.x[-1], minimum))
    check = stability_at(surface, runner.record, runner.hypers, float(run.lr[-1]), nearest)
    if check is None or check.product <= check.bound:
        return ""
    return t("reason_minimum", minimum=point(nearest), **_told(runner, check))


def _told(runner: Runner, check: StabilityCheck) -> dict[str, str]:
    product = "lr·(λmax + weight_decay)" if runner.hypers.get("weight_decay") else "lr·λmax"
    limit = check.formula if check.formula == "2" else f"{check.formula} = {number(check.bound)}"
    return {"product": product, "value": number(check.product), "limit": limit}


def _sentences(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
