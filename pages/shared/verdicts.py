"""What happened to a runner, in words."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from core import MODIFIERS, STOPS, Run, Runner, Scene
from core.engine.descend import DEFAULT_TOLERANCE
from core.engine.outcome import LOOPS, STILL, circle, period
from core.floor import Floor, floor_below, form_of
from core.spec import Surface, digits_apart, numeral
from core.theory import StabilityCheck, bound, growth, stability, stability_at, tension
from pages.shared.words import say, t

STAY = 10  # steps in a row near a minimum that are more than flying through


def number(value: float, digits: int = 3) -> str:
    """Three significant digits, or as many as are asked for, as a person writes them."""
    if not math.isfinite(value):
        return "–"
    value = float(f"{value:.{digits}g}")  # 999.9 is 1000: what it rounds to decides how it is written
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return (f"{value:.{digits}g}" if abs(value) < 10**digits else f"{value:.0f}").replace("-", "−")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}".replace("-", "−")


def point(p: tuple[float, float] | np.ndarray) -> str:
    return f"({number(float(p[0]))}, {number(float(p[1]))})"


def _rounded(value: float, surface: Surface) -> float:
    """Zero for what only rounding has left of it."""
    return 0.0 if abs(value) < 1e-9 * surface.size else float(value)


def _place(p: tuple[float, float], surface: Surface) -> str:
    """A point that was computed: what only rounding keeps from zero is zero."""
    return point((_rounded(p[0], surface), _rounded(p[1], surface)))


def growth_of(scene: Scene, run: Run) -> str:
    """Factor per step by which a runner that left moves away from the middle of the map; "" where it does not grow."""
    if run.outcome != "escaped" or scene.record.unbounded:
        return ""
    factor = growth(np.hypot(*(run.x[run.when :] - scene.record.centre).T))
    return number(factor) if factor > 1.005 else ""  # 1.005 is written ×1, which says nothing


def around(runner: Runner) -> str:
    """What is put around a runner, with its settings, in a few words; empty for nothing."""
    return " · ".join(
        f"{say(MODIFIERS[key].name)} {', '.join(f'{h.symbol} {numeral(settings[h.name])}' for h in MODIFIERS[key].hypers)}"
        for key, settings in runner.modifiers.items()
    )


def verdict(scene: Scene, runner: Runner, run: Run) -> str:
    """A few sentences: what happened, and why, where theory knows it; and what was put around the runner."""
    told = {"arrived": _arrived, "moving": _moving, "stuck": _stuck, "cycling": _cycling, "escaped": _escaped}
    told |= {"stopped": _stopped}
    said = told.get(run.outcome, _undefined)(scene, runner, run)
    with_it = t("verdict_around", around=around(runner)) if runner.modifiers else ""
    return _sentences(said, _ended(scene, run) if run.rule in STOPS else "", with_it)


def _stopped(scene: Scene, runner: Runner, run: Run) -> str:
    """Where a rule has ended it: the loss there, and how far from the nearest minimum."""
    minima = scene.record.minima
    if not minima:
        return t("stopped_free", step=run.stopped, loss=number(float(run.loss[-1])))
    away = min(math.dist(_last(run), minimum) for minimum in minima)
    return _sentences(t("stopped", step=run.stopped, distance=number(away)), _earlier(scene, run))


def _ended(scene: Scene, run: Run) -> str:
    """Which rule it was."""
    return t("stopped_by", rule=say(STOPS[run.rule].name), bound=number(scene.stops[run.rule]), spent=run.evaluations)


def _arrived(scene: Scene, runner: Runner, run: Run) -> str:
    reached = point(scene.record.minima[run.minimum])
    return _sentences(t("arrived", point=reached, step=run.when), _earlier(scene, run))


def _earlier(scene: Scene, run: Run) -> str:
    """That a run has been at a minimum before, and left it again."""
    stays = [(k, *stay) for k in range(len(scene.record.minima)) for stay in _stays(scene, run, k)]
    stays = [stay for stay in stays if not (stay[0] == run.minimum and stay[2] == len(run.x) - 1)]
    if not stays:
        return ""
    which, first, _ = min(stays, key=lambda stay: stay[1])
    last = max(last for k, _, last in stays if k == which)
    return t("arrived_before", point=point(scene.record.minima[which]), first=first, last=last + 1)


def _stays(scene: Scene, run: Run, which: int) -> list[tuple[int, int]]:
    """The first and the last step of every stay at a minimum. Who flies through does not stay."""
    reach = DEFAULT_TOLERANCE * scene.record.size if scene.tolerance is None else scene.tolerance
    x, y = scene.record.minima[which]
    near = (run.x[:, 0] - x) ** 2 + (run.x[:, 1] - y) ** 2 <= reach * reach
    if not near.any():
        return []
    turns = np.flatnonzero(np.diff(near, prepend=False, append=False))
    return [(int(a), int(b) - 1) for a, b in zip(turns[::2], turns[1::2], strict=True) if b - a >= STAY]


def _moving(scene: Scene, runner: Runner, run: Run) -> str:
    surface, steps = scene.record, scene.length
    if not surface.minima:
        return t("moving_free", steps=steps)
    nearest = min(surface.minima, key=lambda minimum: math.dist(_last(run), minimum))
    still_moving = t("moving", steps=steps, distance=number(math.dist(_last(run), nearest)))
    if form_of(surface, nearest) in ("line", "curve"):
        below = floor_below(surface, _last(run))
        away = number(math.dist(_last(run), below.point))
        if below.form == "line" and below.lowest:
            still_moving = t("moving_line", steps=steps, distance=away, line=_line(below, surface))
        elif below.form == "curve" and below.lowest:
            still_moving = t("moving_curve", steps=steps, distance=away)
    return _sentences(still_moving, _why_it_cannot_settle(surface, runner, run), _earlier(scene, run))


def _stuck(scene: Scene, runner: Runner, run: Run) -> str:
    return _sentences(_rest(scene, run), _earlier(scene, run))


def _rest(scene: Scene, run: Run) -> str:
    """At what kind of place a run has come to rest."""
    surface = scene.record
    if any(math.dist(run.x[-1], saddle) < 1e-3 * surface.size for saddle in surface.saddles):
        return t("stuck_saddle")
    below = floor_below(surface, _last(run))
    if below.form == "none" or math.dist(below.point, run.x[-1]) > 1e-3 * surface.size:
        return t("stuck", gradient=number(float(np.hypot(*surface.gradient(*run.x[-1])))))
    here = _place(below.point, surface)
    if below.form == "line":
        return t("stuck_line" if below.lowest else "stuck_line_local", line=_line(below, surface))
    if below.form == "curve":
        return t("stuck_curve" if below.lowest else "stuck_curve_local", point=here)
    return t("stuck_minimum" if below.lowest else "stuck_minimum_local", point=here)


def _line(below: Floor, surface: Surface) -> str:
    """The equation of a line: x = 1.13, or x − 0.5y = 2."""
    (a, b), (x, y) = below.normal, below.point
    parts = [(factor, name) for factor, name in ((a, "x"), (b, "y")) if factor]
    written = "".join(
        f"{' − ' if factor < 0 else ' + '}{'' if abs(factor) == 1 else number(abs(factor))}{name}"
        for factor, name in parts
    )
    return f"{written.removeprefix(' + ').replace(' − ', '−', int(parts[0][0] < 0))} = {number(_rounded(a * x + b * y, surface))}"


def _cycling(scene: Scene, runner: Runner, run: Run) -> str:
    """Around which point, and by how much a step."""
    surface = scene.record
    x, y = np.ascontiguousarray(run.x[::-1].T)
    p = period(x, y, 0, 0, 1, min(LOOPS, len(x) // 2), STILL * surface.size)
    middle = circle(x, y, 0, 0, 1, p)[:2]
    steps = np.hypot(*np.diff(run.x[-p - 1 :], axis=0).T)
    shortest, longest = number(float(steps.min())), number(float(steps.max()))
    length = longest if shortest == longest else f"{shortest} – {longest}"
    around = t("cycling", point=_place(middle, surface), length=length, period=p)
    return _sentences(around, _why_it_cannot_settle(surface, runner, run), _earlier(scene, run))


def _escaped(scene: Scene, runner: Runner, run: Run) -> str:
    surface = scene.record
    if surface.unbounded:
        return t("escaped_down", step=run.when)
    factor = growth_of(scene, run)
    left = t("escaped_growing", step=run.when, factor=factor) if factor else t("escaped", step=run.when)
    return _sentences(left, _why_it_left(surface, runner, run), _earlier(scene, run))


def _undefined(scene: Scene, runner: Runner, run: Run) -> str:
    """Where the function has no value, or from where no update leads on."""
    if np.isfinite(run.missing).all():
        here = point(run.missing)
        said = t("no_value", point=here, step=run.when) if run.when else t("no_value_start", point=here)
    else:
        sloping = np.isfinite(run.gradient[run.when]).all()
        said = t("no_next" if sloping else "no_slope", point=point(run.x[run.when]), step=run.when)
    return _sentences(said, _earlier(scene, run))


def _last(run: Run) -> tuple[float, float]:
    return float(run.x[-1, 0]), float(run.x[-1, 1])


def _why_it_left(surface: Surface, runner: Runner, run: Run) -> str:
    """The theory of linear methods: on a quadratic at the largest rate the schedule reached, else along the path."""
    optimizer, hypers = runner.record, runner.hypers
    if not runner.by_its_rule or run.momentum is not None:
        return ""
    check = stability(surface, optimizer, hypers, float(np.nanmax(run.lr)))
    if check is not None:
        told = _told(runner, check)
        if check.at_edge:
            return t("reason_edge", **told)
        return t("reason_stable", **told) if check.stable else t("reason", **told)
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
    if not (surface.minima and surface.smooth_at_minimum and runner.by_its_rule and run.momentum is None):
        return ""
    nearest = min(surface.minima, key=lambda minimum: math.dist(run.x[-1], minimum))
    check = stability_at(surface, runner.record, runner.hypers, float(run.lr[-1]), nearest)
    if check is None or check.stable or check.at_edge:
        return ""
    return t("reason_minimum", minimum=point(nearest), **_told(runner, check))


def _told(runner: Runner, check: StabilityCheck) -> dict[str, str]:
    product = "lr·(λmax + weight_decay)" if runner.hypers.get("weight_decay") else "lr·λmax"
    digits = 3 if check.at_edge else digits_apart((check.product, check.bound), number)
    limit = check.formula if check.formula == "2" else f"{check.formula} = {number(check.bound, digits)}"
    return {"product": product, "value": number(check.product, digits), "limit": limit}


def _sentences(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
