"""The controls of the maps: of what, over which axes, in which colours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, get_args

import streamlit as st

from core import SURFACES, Scene
from core.maps import STEPS, idle
from core.scene import MAX_RUNNERS
from pages.maps.act import STOPPED, change
from pages.maps.atlas import Atlas, Colour, Kind, Plate, Side, chosen, common, pairs, plates, sides, subjects
from pages.maps.picture import of_what
from pages.maps.sheet import SIZES, Teller, refine
from pages.shared import controls, ruler, scene_bar, session
from pages.shared.verdicts import around
from pages.shared.words import say, t


def top(scene: Scene, atlas: Atlas) -> Any:
    """Which kind of map, on which surface; the place where progress is shown."""
    with st.container(horizontal=True, vertical_alignment="center", key="maps-top"):
        names = {"settings": t("map_settings"), "starts": t("map_starts")}
        controls.switch(
            t("map_kind"),
            get_args(Kind),
            "maps.kind",
            atlas.kind,
            lambda kind: change(kind=kind),
            names.__getitem__,
            label_visibility="collapsed",
        )
        scene_bar.surface(scene, label_visibility="collapsed")
        with st.container(key="maps-progress", width="stretch"):
            return st.empty()


def side(scene: Scene, atlas: Atlas) -> None:
    """Everything else about the maps."""
    names = of_what(scene)
    own = chosen(scene, atlas)
    controls.choice(t("runner"), subjects(scene), "maps.of", own, lambda value: change(of=value), names.__getitem__)
    _settings(scene, atlas, 0, own)
    others = ["", *(which for which in subjects(scene) if which != own), *SURFACES]
    words = {"": t("map_alone"), **{key: t("map_surface", name=say(SURFACES[key].name)) for key in SURFACES}, **names}
    beside = atlas.beside if atlas.beside in others and atlas.beside != scene.surface else ""
    controls.choice(
        t("map_beside"),
        others,
        "maps.beside",
        beside,
        lambda value: change(beside=None if value == "" else value),
        words.__getitem__,
    )
    if beside != "" and beside not in SURFACES:
        _settings(scene, atlas, 1, beside)
    if atlas.kind == "settings":
        _axes(scene, atlas)
        colours = {"loss": t("map_by_loss"), "when": t("map_by_when"), "outcome": t("map_by_outcome")}
        controls.switch(
            t("map_colour"),
            get_args(Colour),
            "maps.colour",
            atlas.colour,
            lambda colour: change(colour=colour),
            colours.__getitem__,
        )
    steps = float(atlas.steps(scene))
    controls.slider(STEPS, "maps.length", steps, lambda value: change(length=int(value)))


def _settings(scene: Scene, atlas: Atlas, number: int, which: int | str) -> None:
    """The sliders that matter of what one of the maps is of, as on its card in the race; what an axis varies has none.

    An optimizer as it comes has its values in sight too. To be changed it has to be a runner of the race.
    """
    plate = plates(scene, atlas)[number]
    runner = plate.runner
    varied = {name for name, _ in plate.axes}
    if runner.modifiers:
        st.caption(around(runner))
    main = [hyper for hyper in controls.columns_of(runner.spoken.hypers) if hyper.name not in varied]
    if not main:
        return
    own = isinstance(which, int)

    key = st.session_state[session.IDS][which] if own else str(which)

    def set_hyper(name: str, value: float) -> None:
        if own:
            session.change_runner(key, lambda r: r.with_hyper(name, value))

    def adopt() -> None:
        race: Scene = st.session_state[session.SCENE]
        if len(race.runners) < MAX_RUNNERS:
            session.add_runner(runner)
            change(**{("of", "beside")[number]: len(race.runners)})

    with st.container(key=f"maps-settings-{number}", gap="small"):
        for hyper in main:
            value = runner.hypers[hyper.name]
            controls.slider(hyper, f"maps.{key}.{hyper.name}", value, partial(set_hyper, hyper.name), disabled=not own)
            if hyper.name == "lr":
                ruler.draw(replace(scene, steps=atlas.steps(scene)), runner)
        if not own:
            full = len(scene.runners) == MAX_RUNNERS
            st.button(t("map_adopt"), key=f"maps.adopt.{number}", on_click=adopt, disabled=full, width="stretch")


def _axes(scene: Scene, atlas: Atlas) -> None:
    found = pairs(scene, atlas)
    across, up = sides(found, atlas)
    waiting = set.intersection(*(idle(*one) for one in found)) - {across.name, up.name}
    known = {name: row for name, row in common(found).items() if name not in waiting}
    kept = {"across": atlas.across or Side(across.name), "up": atlas.up or Side(up.name)}
    _axis("across", t("map_across"), across, up, known, kept, swapped={"across": up, "up": across})
    _axis("up", t("map_up"), up, across, known, kept, swapped={"across": up, "up": across})


def _axis(
    field: str,
    title: str,
    now: Side,
    other: Side,
    known: dict[str, Any],
    kept: dict[str, Side],
    swapped: dict[str, Side],
) -> None:
    """What one axis varies, and over which range. kept: both axes, so that the other one stays what it is."""
    hyper = known[now.name][0][1]
    low, high = now.range or (hyper.low, hyper.high)
    key = f"maps.{field}.range"

    def choose(name: str) -> None:
        change(**(swapped if name == other.name else {**kept, field: Side(name)}), cell=None)

    def stretch() -> None:
        ends = tuple(float(end) for end in st.session_state[key])
        if ends[0] < ends[1]:
            change(**{**kept, field: Side(now.name, ends)}, cell=None)

    words = {name: controls.label(row[0][1]) for name, row in known.items()}
    controls.choice(title, list(known), f"maps.{field}", now.name, choose, words.__getitem__)
    controls.put(key, (low, high))
    st.select_slider(
        title,
        tuple(sorted({*controls.stops(hyper), low, high})),
        value=(low, high),
        key=key,
        format_func=controls.spell,
        on_change=stretch,
        label_visibility="collapsed",
    )


def finish(atlas: Atlas, todo: list[Plate], place: Any) -> None:
    """Refine what is drawn coarse, then draw again. What takes long shows its progress, and can be stopped.

    A drag comes first: it is refined when it ends.
    """

    def stop(these: list[Plate]) -> None:
        st.session_state[STOPPED] = these

    def show() -> Callable[[float], object]:
        with place.container(horizontal=True, vertical_alignment="center", key="maps-busy"):
            told = st.progress(0.0)
            st.button(t("map_stop"), key="maps.stop", on_click=stop, args=(todo,))
        return told.progress

    if not todo or st.session_state.get(session.LIVE):
        return
    if st.session_state.get(STOPPED) == todo:
        with place.container(key="maps-paused"):
            st.button(t("map_refine"), key="maps.refine", on_click=stop, args=([],))
        return
    refine(todo, SIZES[atlas.kind][1], Teller(show))
    st.rerun()
