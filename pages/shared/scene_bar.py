"""The bar above the stage: surface, steps, the rest of the scene, presets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import streamlit as st

from core import STOPS, SURFACES, Formula, Plan, Scene
from core.expression import checked_bounds
from core.presets import PRESETS
from core.scene import MAX_STEPS, STRETCH, TYPED, Preset
from core.scene.limits import BESIDE, DECAY
from core.spec import Hyper, Text
from pages.shared import best, controls, ended, formula, session
from pages.shared.words import say, t

STEPS = Hyper("steps", "T", 100, 1, MAX_STEPS, "log", integer=True)
STRETCHES = Hyper("stretch", "s", 1.0, *STRETCH, "log")
NOISE = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
TOLERANCE = Hyper("tolerance", "r", 1e-2, 1e-6, 1.0, "log")
SETTINGS, CARDS, TUNING = POPOVERS = "settings.open", "presets.open", "tuning.open"
WRONG, ENDINGS = "bounds.wrong", "endings.asked"
RESET = "scene.reset"  # the key of the fragment that draws the way back


def draw(scene: Scene, stepped: Callable[[], None]) -> None:
    """Everything about the scene that is not a runner. stepped: is called when there is another number of steps."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="scene-bar"):
        surface(scene)
        _steps(scene, stepped)
        # What is folded away is drawn only while it is open: that is a third of all widgets.
        settings = st.popover(t("scene"), icon=":material/tune:", key=SETTINGS, on_change="rerun")
        if settings.open:
            with settings:
                _settings(scene)
        presets = st.popover(t("presets"), icon=":material/bookmarks:", key=CARDS, on_change="rerun")
        if presets.open:
            with presets:
                _presets()
        with st.container(width="content"):
            _reset()
        tuning = st.popover(t("tune"), icon=":material/auto_fix_high:", key=TUNING, on_change="rerun")
        if tuning.open:
            with tuning:
                best.draw(scene)
    if st.session_state.pop(ENDINGS, False):
        ended.show(scene)


def surface(scene: Scene, **look: Any) -> None:
    """The choice of the surface."""
    shown = TYPED if isinstance(scene.surface, Formula) else scene.surface

    def choose(chosen: str) -> None:
        session.move_to(formula.last() if chosen == TYPED else chosen)

    names = {TYPED: t("typed"), **{key: say(record.name) for key, record in SURFACES.items()}}
    controls.choice(t("surface"), list(names), "surface", shown, choose, names.__getitem__, width=220, **look)


@st.fragment(key=RESET)
def _reset() -> None:
    """The way back to what was opened, a part of the page that can be drawn by itself; pressed, it draws all of it."""

    def back() -> None:
        session.reset()
        st.rerun()

    controls.reset(session.touched(), back, t("reset_help"), width="stretch")


def _steps(scene: Scene, stepped: Callable[[], None]) -> None:
    def move(steps: float) -> None:
        session.change(steps=int(steps))
        stepped()

    rests, now = controls.stops(STEPS), float(scene.length)
    controls.stepped(t("steps"), rests, "steps", now, move, _whole, width="stretch")


@lru_cache(maxsize=256)
def _whole(steps: float) -> str:
    return f"{steps:.0f}"


def _settings(scene: Scene) -> None:
    def set_coordinate(axis: int) -> None:
        start = list(st.session_state[session.SCENE].start)
        start[axis] = float(st.session_state[f"start.{axis}"])
        session.change(start=tuple(start))

    for axis, column in enumerate(st.columns(2)):
        controls.put(f"start.{axis}", float((scene.start or (0.0, 0.0))[axis]))
        column.number_input(
            t("start_x" if axis == 0 else "start_y"),
            min_value=-1e6,
            max_value=1e6,
            value=float((scene.start or (0.0, 0.0))[axis]),
            step=0.1,
            format="%.6g",
            key=f"start.{axis}",
            on_change=set_coordinate,
            args=(axis,),
        )
    if isinstance(scene.surface, Formula):
        _bounds(scene.surface)
    controls.put("rotation", float(scene.rotation))
    st.slider(
        t("rotation"),
        -180.0,
        180.0,
        float(scene.rotation),
        5.0,
        format="%g°",
        key="rotation",
        on_change=_set,
        args=("rotation",),
    )
    rests = controls.stops(STRETCHES)
    controls.stepped(t("stretch"), rests, "stretch", scene.stretch, _setter("stretch"), help=t("stretch_help"))
    if scene.record.samples:
        _batch(scene, scene.record.samples.count)
    controls.stepped(t("noise"), NOISE, "noise", scene.noise, _setter("noise"), help=t("noise_help"))
    controls.put("seed", scene.seed)
    st.number_input(t("seed"), 0, 2**31 - 1, scene.seed, 1, key="seed", on_change=_set, args=("seed",))

    def set_stop(on: bool) -> None:
        session.change(tolerance=TOLERANCE.default if on else None)

    controls.toggle(t("stop"), "stop", scene.tolerance is not None, set_stop, help=t("stop_help"))
    if scene.tolerance is not None:
        named = replace(TOLERANCE, label=Text(t("tolerance"), t("tolerance")))
        controls.slider(named, "tolerance", scene.tolerance, lambda value: session.change(tolerance=value))

    names = {key: say(stop.name) for key, stop in STOPS.items()}

    def set_stops(chosen: list[str]) -> None:
        now = st.session_state[session.SCENE].stops
        session.change(stops={key: now.get(key, STOPS[key].bound.default) for key in chosen})

    def set_bound(key: str, value: float) -> None:
        now = st.session_state[session.SCENE].stops
        session.change(stops={**now, key: value} if key in now else now)

    controls.several(t("stops"), list(names), "stops", scene.stops, set_stops, names.__getitem__, help=t("stops_help"))
    for key, bound in scene.stops.items():
        hyper = replace(STOPS[key].bound, label=STOPS[key].name)
        controls.slider(hyper, f"stops.{key}", bound, partial(set_bound, key))

    def compare() -> None:
        st.session_state[SETTINGS] = False  # it would lie over the dialog
        st.session_state[ENDINGS] = True

    if scene.runners:
        st.button(t("endings"), icon=":material/flag:", key="endings", on_click=compare, width="stretch")

    names = {"": t("beside_nothing"), **besides()}
    controls.choice(
        t("beside"), list(names), "beside", scene.dotted, _setter("dotted"), names.__getitem__, help=t("beside_help")
    )

    def set_shared(on: bool) -> None:
        session.change(shared=Plan() if on else None)

    controls.toggle(t("shared"), "shared", scene.shared is not None, set_shared)
    if scene.shared is not None:
        controls.plan("shared.plan", lambda: st.session_state[session.SCENE].shared or Plan(), _setter("shared"))


def _bounds(typed: Formula) -> None:
    """The edges of the map of a typed function."""

    def read() -> None:
        x0, x1, y0, y1 = (float(st.session_state[f"bounds.{i}"]) for i in range(4))
        now: Scene = st.session_state[session.SCENE]
        if not isinstance(now.surface, Formula):
            return  # moved in the moment in which another surface came
        try:
            session.take(formula.follow(now, replace(now.surface, bounds=checked_bounds(((x0, x1), (y0, y1))))))
        except ValueError:
            st.session_state[WRONG] = True

    edges = [edge for side in typed.bounds for edge in side]
    labels = (t("low_x"), t("high_x"), t("low_y"), t("high_y"))
    for i, (column, label, edge) in enumerate(zip(st.columns(4), labels, edges, strict=True)):
        controls.put(f"bounds.{i}", edge)
        column.number_input(label, -1e6, 1e6, edge, 1.0, format="%.6g", key=f"bounds.{i}", on_change=read)
    if st.session_state.pop(WRONG, False):
        st.caption(f":orange[{t('bounds_wrong')}]")


def _batch(scene: Scene, count: int) -> None:
    """How many of its examples an update sees."""

    def name(size: int) -> str:
        return str(size) if size else t("batch_all", count=count)

    controls.stepped(
        t("batch"), batches(scene), "batch", scene.batch_size, _setter("batch"), name, help=t("batch_help")
    )


def batches(scene: Scene) -> tuple[int, ...]:
    """Where the slider of the batch size rests: powers of two, and at its end all examples."""
    count = scene.record.samples.count if scene.record.samples else 0
    sizes = sorted({*(2**i for i in range(count.bit_length()) if 2**i < count), scene.batch_size} - {0})
    return (*sizes, 0)


def _setter(name: str) -> Callable[[Any], None]:
    """What changes a field of the scene."""
    return lambda new: session.change(**{name: new})


def _set(name: str) -> None:
    session.change(**{name: st.session_state[name]})


def _presets() -> None:
    """Cards: a title, one thing to look at, and a click that shows it."""

    def show(preset: Preset) -> None:
        session.open_scene(preset.scene)
        session.play()
        st.session_state[CARDS] = False

    columns = st.columns(2, width=720)
    for i, (key, preset) in enumerate(PRESETS.items()):
        with columns[i % 2].container(border=True, key=f"preset-{key}"):
            st.button(
                say(preset.title),
                key=f"open-{key}",
                type="tertiary",
                on_click=show,
                args=(preset,),
            )
            st.caption(say(preset.observe))


def besides() -> dict[str, str]:
    """What can be drawn beside the paths, in words."""
    return dict(zip(BESIDE, (t("beside_own"), t("beside_mean"), t("beside_ema", decay=DECAY)), strict=True))
