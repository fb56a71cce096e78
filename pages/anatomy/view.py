"""One step of a runner as the page shows it: its lines in numbers, its arrows on the map, its curves over the run."""

from __future__ import annotations

import html
from dataclasses import replace
from functools import lru_cache

import numpy as np
import streamlit as st

from core import MODIFIERS, Run, Runner, Scene, View
from core.anatomy import History, Line, Step, dissect, histories, last_step
from core.figures.along import along, span
from core.figures.panels import panel
from core.figures.relief import relief
from core.figures.step_map import Mark, Role, step_map, swatch, window_of
from core.figures.svg import colour
from core.notation import number as numeral
from core.notation import statements, symbol
from core.scene import DIALECTS, OURS
from core.theory import written_bound
from pages.anatomy.drawn import drawn
from pages.shared.verdicts import number
from pages.shared.words import say, t

TAIL = 8  # points before the step that the map shows
X, Y = ":violet[**x**]", ":orange[**y**]"  # in the colours of their curves
FAR = 20.0  # but what the method keeps is seldom nearer
WIDE = 3.0  # what lies further from the step than this many of its lengths is left outside the picture


@lru_cache(maxsize=32)  # 0.4 MB each at 5000 steps
def _run(scene: Scene, runner: Runner) -> tuple[Run, tuple[History, ...]]:
    run = scene.run(runner, "state")
    return run, histories(scene, runner, run)


def run_of(scene: Scene, runner: Runner) -> tuple[Run, tuple[History, ...]]:
    """The run of one runner with all of its state, and what is drawn of it."""
    return _run(replace(scene, view=View(), runners=()), runner.bare)


def steps_of(run: Run) -> int:
    """How many updates there are to look at."""
    return last_step(run)


def step_of(scene: Scene, runner: Runner, run: Run, t: int) -> Step:
    return dissect(scene, runner, run, t)


# --- in numbers -------------------------------------------------------------------------------------


def formula(runner: Runner) -> None:
    """The method as its paper writes it."""
    with st.container(key="step-formula"):
        st.markdown(written(runner))
    if runner.dialect != OURS:
        st.caption(t("as_written", source=say(DIALECTS[runner.dialect])))


def written(runner: Runner) -> str:
    return " &emsp; ".join(f"$\\displaystyle {{{part}}}$" for part in statements(runner.record.latex))


def lines(step: Step, plane: bool) -> None:
    """Every line of the update: in symbols, with the numbers put in, and what comes out."""
    used = ",\\; ".join(f"{name} = {_number(value)}" for name, value in step.used)
    st.markdown(f"{_pair('x_{t-1}', step.before)} &emsp; {_pair('g_{t}', step.raw)}")
    for key, gradient in step.shown.items():
        st.markdown(f"{_around(key)} → {_pair('g_{t}', gradient)}")
    st.markdown(f"${used}$")
    for line in step.lines:
        st.markdown(_written(line))
    for key in step.put:
        st.markdown(f"{_around(key)} → {_pair('x_{t}', step.after)}")
    if not step.put and not np.allclose(step.new, step.after, rtol=1e-9, atol=1e-12):
        st.info(t("put_back"), icon=":material/keyboard_return:")
    st.markdown(
        f"{t('moved')}: {_pair('x_{t} - x_{t-1}', step.move)}\n\n"
        f"{t('effective_rate')}: {_pair('', step.effective)} ({t('schedule_rate', rate=number(step.rate))})"
    )
    if step.meanings:
        st.caption(" · ".join(f"${letter}$: {say(meaning)}" for letter, meaning in step.meanings))
    notes = [t("coordinates")] if not plane else []
    notes += [t("iverson")] if any(r"\left[" in line.symbols for line in step.lines) else []
    st.caption(" ".join(notes))


def _around(key: str) -> str:
    """What a modifier does, in its own words and symbols."""
    return f"**{say(MODIFIERS[key].name)}** $\\displaystyle {MODIFIERS[key].latex}$"


def _written(line: Line) -> str:
    """In one row where both coordinates share it, else one row of symbols and one of numbers each."""
    results = [_number(value) for value in line.values]
    if len(line.numbers) == len(results) == 2:
        rows = [_equal(line.name, line.symbols)]
        rows += [
            f"{name} {_equal('', text, result)}"
            for name, text, result in zip((X, Y), line.numbers, results, strict=True)
        ]
        return "\n\n".join(rows)
    result = results[0] if len(results) == 1 else "(" + ",\\; ".join(results) + ")"
    only = f"{X if line.of == 'x' else Y} " if line.of else ""  # a condition has parted the ways of the two
    return only + _equal(*([] if line.holds else [line.name]), line.symbols, line.numbers[0], result)


def _equal(*terms: str) -> str:
    """A chain of equations, without what would be said twice; the last term is the result."""
    told = [term for term, following in zip(terms, (*terms[1:], ""), strict=True) if term != following]
    result = f"\\mathbf{{{told[-1]}}}" if len(terms) > 2 else told[-1]
    return f"$\\displaystyle {' = '.join([*told[:-1], result])}$"


def _pair(name: str, values: np.ndarray) -> str:
    """Both coordinates of something."""
    x, y = (_number(value) for value in values)
    return f"{f'${name} =$ ' if name else ''}{X} ${x}$ &ensp;{Y} ${y}$"


def _number(value: float) -> str:
    return numeral(float(value))[0]


# --- on the map -------------------------------------------------------------------------------------


def on_map(scene: Scene, runner: Runner, run: Run, step: Step) -> None:
    """The step from near, and what is drawn there in words."""
    surface, reach = scene.record, float(np.hypot(*step.move))
    path = run.x[max(0, step.t - 1 - TAIL) : step.t]
    marks = [Mark("plain", step.plain), Mark("slope", step.before - step.gradient)]
    if step.carried is not None and step.carried.any():
        marks.append(Mark("memory", step.before + step.carried))
    if step.ball is not None:
        marks.append(Mark("ball", step.ball))
    beside = {} if step.ball is not None else {one.key: one for one in runner.spoken.companions}
    marks += [Mark("kept", step.kept[key], say(one.name).split()[-1]) for key, one in beside.items()]
    marks += [Mark("along", end) for end in _ends(step)]
    marks += [Mark("looked", point) for point in step.looked]
    points = [m.to for m in marks if m.role not in ("slope", "memory", "along")]
    near = [p for p in (*points, *path[:-1]) if np.hypot(*(p - step.before)) <= WIDE * reach]
    near += [m.to for m in marks if m.role == "kept" and np.hypot(*(m.to - step.before)) <= FAR * reach]
    window = window_of(np.array([step.before, step.after, *near]), surface.size)
    title = t("map_title", step=step.t)
    picture = step_map(relief(surface.value, window, 81), path, step.after, marks, title)
    names = _roles(symbol(step.carrier).html if step.carrier else "", [say(one.name) for one in beside.values()])
    words = {"step": names["step"]}
    (x0, x1), (y0, y1) = window
    for mark in marks:
        far = mark.role not in ("slope", "memory", "along") and not (x0 <= mark.to[0] <= x1 and y0 <= mark.to[1] <= y1)
        words[mark.role] = t("outside_picture", words=names[mark.role]) if far else names[mark.role]
    if len(path) > 1:
        words["path"] = names["path"]
    entries = "".join(f"<span>{swatch(role)}<span>{said}</span></span>" for role, said in words.items())
    drawn(f'<div class="dl-step-map">{picture}</div><div class="dl-legend">{entries}</div>', "anatomy.map")


def _roles(memory: str, kept: list[str]) -> dict[Role, str]:
    """What each mark on the map is, in words. memory: the state that pushes; kept: what a method keeps beside its point."""
    return {
        "step": t("mark_step"),
        "plain": t("mark_plain"),
        "slope": t("mark_slope"),
        "memory": t("mark_memory", name=memory),
        "ball": t("mark_ball"),
        "looked": t("mark_looked"),
        "along": t("mark_along"),
        "kept": t("mark_kept", names=", ".join(kept)),
        "path": t("mark_path"),
    }


def _ends(step: Step) -> list[np.ndarray]:
    """Where the line that was looked along begins and ends, beside the point of the step itself."""
    if step.search is None:
        return []
    ends = min(0.0, float(step.search.at.min())), max(0.0, float(step.search.at.max()))
    return [step.before + far * step.search.way for far in ends if far]


def on_line(scene: Scene, step: Step) -> None:
    """The loss along the line that the method looked along, and its tries."""
    if (search := step.search) is None:
        return
    at = span(search.at)
    x, y = (step.before[:, None] + search.way[:, None] * at).tolist()
    loss = np.array([scene.record.value(u, v) for u, v in zip(x, y, strict=True)], float)
    taken = float(step.move @ search.way)
    off = float(np.hypot(*(step.move - taken * search.way))) > 1e-9 * float(np.hypot(*step.move))
    picture = along(at, loss, search.at, search.loss, None if off else taken, t("along_title"))
    words = f"<b>{t('along_title')}</b> {t('along_tries', count=len(search.at))}"
    drawn(f'<figure class="dl-along"><figcaption>{words}</figcaption>{picture}</figure>', "anatomy.along")


# --- over the run -----------------------------------------------------------------------------------


def curves(runner: Runner, found: tuple[History, ...], now: int) -> None:
    """Every quantity that the optimizer keeps, over the whole run."""
    limit = t("line_limit", formula=written_bound(runner.spoken, runner.hypers))
    words = {"x": "x", "y": "y", "schedule": t("line_schedule"), "limit": limit}
    titles = {
        "velocity": t("history_velocity"),
        "square": t("history_square"),
        "state": t("history_state"),
        "rate": t("history_rate"),
        "angle": t("history_angle"),
        "slope": t("history_slope"),
        "sharpness": t("history_sharpness"),
    }
    strokes = {"x": colour(9), "y": colour(4), "schedule": "inherit", "limit": colour(1)}
    figures = []
    for history in found:
        title = html.escape(say(history.meaning)) if history.meaning else titles[history.about]
        name = f"{history.symbol.html} " if history.symbol else ""
        (here,) = np.flatnonzero(history.at == now)
        values = [
            f'<b style="--line:{strokes.get(line, "inherit")}">{html.escape(words.get(line, ""))}</b> {number(float(v[here]))}'
            for line, v in history.lines.items()
        ]
        curve = panel(history.at, history.lines, now, history.log, title)
        figures.append(
            f"<figure><figcaption>{name}{title}<span>{' · '.join(values)}</span></figcaption>{curve}</figure>"
        )
    drawn(f'<div class="dl-panels">{"".join(figures)}</div>', "anatomy.curves")
