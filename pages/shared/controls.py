"""Widgets made from records. Each draws a value of the scene, and calls back with the new one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Literal

import numpy as np
import streamlit as st

from core import SCHEDULES, Plan, SceneError
from core.schedules._warmup import CLIMB
from core.spec import Hyper, at_work, numeral
from pages.shared.words import say, t

NAMES, MANY = "controls.names", 200  # what the browser knows values by; so many before those of the past are dropped
FILTER: Literal["contains"] = "contains"  # else Prod would find Rprop, whose letters come in that order
E12 = (1.0, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2)  # even on a log axis, two digits each


@lru_cache(maxsize=256)
def stops(hyper: Hyper) -> tuple[float, ...]:
    """Where a slider rests: even in log, even in 1 - value, or even; whole where they must be."""
    if hyper.scale == "log":
        first, last = int(np.floor(np.log10(hyper.low))), int(np.ceil(np.log10(hyper.high)))
        values = [float(f"{m}e{e}") for e in range(first, last + 1) for m in E12]
    elif hyper.scale == "one_minus":
        values = [0.0, 0.1, 0.2, 0.3, 0.4]
        values += [round(1 - float(f"{m}e{e}"), 9) for e in range(-1, -5, -1) for m in (5, 4, 3, 2.5, 2, 1.5, 1)]
    else:
        values = [float(v) for v in np.linspace(hyper.low, hyper.high, 101).round(9)]
    if hyper.integer:
        values = [float(round(v)) for v in values]
    inside = {v for v in values if hyper.low <= v <= hyper.high}
    return tuple(sorted(inside | {hyper.low, hyper.default, hyper.high}))


def said(shown: str, *more: str) -> str:
    """A label that shows one thing and says more: to a screen reader four sliders must not be called the same.

    Each is a paragraph of the label; frame.css shows the first. Blank lines are all that the name that is read out
    has in addition, for it is the label's text and not its Markdown.
    """
    return "\n\n".join((shown, *filter(None, more)))


def icon(icon: str, words: str, key: str, on_click: Callable[[], None], **look: Any) -> None:
    """A button that shows an icon alone. words: what it does, and to whom; they are said, and shown under the pointer.

    frame.css names the rows of such buttons, and hides the words there.
    """
    st.button(words, icon=icon, help=words, key=key, on_click=on_click, **look)


def label(hyper: Hyper) -> str:
    """Symbol and name, side by side."""
    return f"{hyper.symbol}\u2002{say(hyper.label)}" if hyper.label else hyper.symbol


@lru_cache(maxsize=4096)
def spell(value: float) -> str:
    """A value beside its slider: as short as it can be said. Every visitor's sliders hold the same words."""
    return numeral(value)


def put(key: str, value: Any, name: Callable[[Any], str] | None = None) -> None:
    """Let the widget behind `key` show `value`, if it is there; a new one takes `value` as its default.

    name: what the browser knows a value by. Names travel, not values: where the same value has another name now, with
    the language or with the scene, the browser would go on showing the old one, and send it back although it is none
    any more. A value that the browser itself has sent is never told back: by then it may have moved on.
    """
    state = st.session_state
    known = state.setdefault(NAMES, {})
    renamed = name is not None and key in known and _named(known[key][0], name) != known[key][1]
    known[key] = value, name and name(value)
    if key in state:
        # A key may have been that of a slider, whose 1.0 equals True and is none.
        turned = isinstance(state[key], bool) != isinstance(value, bool)
        if renamed or turned or state[key] != value:
            state[key] = value
    elif len(known) > MANY:  # cards come and go, and their widgets with them
        for gone in [other for other in known if other != key and other not in state]:
            del known[gone]


def _named(value: Any, name: Callable[[Any], str]) -> str | None:
    """What a value of before is called now, if it is still there to be chosen."""
    try:
        return name(value)
    except LookupError:
        return None


def heard(key: str, on_change: Callable[[Any], None], options: Collection[Any] | None = None) -> Callable[[], None]:
    """What a widget calls when it was moved: pass on what it shows now, unless that is none of its options.

    Nothing that comes from the browser is sure: it may be a name of yesterday, or what could be chosen before another
    widget, moved at the same time, has changed the scene. It is ignored, and `put` sets the widget right.
    """

    def moved() -> None:
        new = st.session_state[key]
        if options is None or new in options:
            with contextlib.suppress(SceneError):
                on_change(new)

    return moved


def choice(
    label: str,
    options: Sequence[Any],
    key: str,
    value: Any,
    on_change: Callable[[Any], None],
    name: Callable[[Any], str],
    **look: Any,
) -> None:
    """A box to choose one of some options from. What is typed into it has to stand in their names as it is typed."""
    put(key, value, name)
    st.selectbox(
        label,
        options,
        index=options.index(value),
        key=key,
        format_func=name,
        on_change=heard(key, on_change, options),
        filter_mode=FILTER,
        **look,
    )


def several(
    label: str,
    options: Sequence[str],
    key: str,
    chosen: Collection[str],
    on_change: Callable[[list[str]], None],
    name: Callable[[str], str],
    **look: Any,
) -> None:
    """Some options, each of which is on or off."""

    def moved() -> None:
        new = st.session_state[key]
        if set(new) <= set(options):
            with contextlib.suppress(SceneError):
                on_change([option for option in options if option in new])

    now = [option for option in options if option in chosen]
    put(key, now)
    st.pills(label, options, selection_mode="multi", default=now, key=key, format_func=name, on_change=moved, **look)


def switch(
    label: str,
    options: Sequence[Any],
    key: str,
    value: Any,
    on_change: Callable[[Any], None],
    name: Callable[[Any], str],
    **look: Any,
) -> None:
    """Some options side by side, one of which is always on."""
    put(key, value)
    st.segmented_control(
        label,
        options,
        default=value,
        key=key,
        format_func=name,
        on_change=heard(key, on_change, options),
        required=True,
        **look,
    )


def stepped(
    label: str,
    rests: Sequence[Any],
    key: str,
    value: Any,
    on_change: Callable[[Any], None],
    name: Callable[[Any], str] = spell,
    **look: Any,
) -> None:
    """A slider that rests at some values; one between two of them gets a rest of its own."""
    rests = rests if value in rests else sorted({*rests, value})
    put(key, value, name)
    st.select_slider(
        label,
        rests,
        value=value,
        key=key,
        format_func=name,
        on_change=heard(key, on_change, rests),
        **look,
    )


def toggle(label: str, key: str, value: bool, on_change: Callable[[bool], None], **look: Any) -> None:
    """A switch."""
    put(key, value)
    st.toggle(label, value=value, key=key, on_change=heard(key, on_change), **look)


def reset(touched: bool, on_click: Callable[[], None], help: str, **look: Any) -> None:
    """The way back to what was opened."""
    own: dict[str, Any] = {"help": help, "key": "reset", "disabled": not touched, "on_click": on_click}
    st.button(t("reset"), icon=":material/restart_alt:", **own, **look)


def slider(
    hyper: Hyper, key: str, value: float, on_change: Callable[[float], None], whose: str = "", **look: Any
) -> None:
    """A slider over the stops of a hyperparameter, or what turns it on where it is a switch. whose: is said, and not shown."""
    words = said(label(hyper), whose)
    if hyper.switch:
        toggle(words, key, bool(value), lambda on: on_change(float(on)), **look)
    else:
        stepped(words, stops(hyper), key, value, on_change, **look)


def exact(hyper: Hyper, key: str, value: float, on_change: Callable[[float], None], whose: str = "") -> None:
    """A box to type the same value into; what lies outside the range is refused and the old value stays."""

    def read(text: str) -> None:
        try:
            typed = float(text.replace("−", "-").replace(",", "."))
        except ValueError:
            return
        if hyper.admits(typed):
            on_change(typed)

    text = repr(value).removesuffix(".0")
    put(key, text)
    title = said(t("exact", name=hyper.symbol), whose)
    st.text_input(title, value=text, key=key, max_chars=24, on_change=heard(key, read))


def plan(key: str, now: Callable[[], Plan], on_change: Callable[[Plan], None], whose: str = "") -> None:
    """Choose a schedule and set what it has.

    now: the plan as it is; another widget may have changed it. whose: is said, and not shown.
    """
    current = now()

    def choose(schedule: str) -> None:
        on_change(Plan(schedule, {hyper.name: now().hypers[hyper.name] for hyper in CLIMB}))

    names = {name: say(record.name) for name, record in SCHEDULES.items()}
    title = said(t("schedule"), whose)
    choice(title, list(names), f"{key}.schedule", current.schedule, choose, names.__getitem__)

    def set_hyper(name: str, value: float) -> None:
        on_change(Plan(now().schedule, {**now().hypers, name: value}))

    def slide(hyper: Hyper) -> None:
        slider(hyper, f"{key}.{hyper.name}", current.hypers[hyper.name], partial(set_hyper, hyper.name), whose)

    slide_all(current.settings, current.hypers, f"{key}.{current.schedule}", slide, whose)


def slide_all(
    hypers: Sequence[Hyper], values: Mapping[str, float], key: str, slide: Callable[[Hyper], None], whose: str = ""
) -> None:
    """A slider for each hyperparameter, the rare ones folded away, unless one of them has been moved.

    slide: draws one. What is folded away is drawn only while it is open; and what means nothing yet, not at all.
    """
    hypers = at_work(hypers, values)
    for hyper in hypers:
        if not hyper.rare:
            slide(hyper)
    rare = [hyper for hyper in hypers if hyper.rare]
    if not rare:
        return
    moved = any(values[hyper.name] != hyper.default for hyper in rare)
    more = st.expander(said(t("more_settings"), whose), moved, key=f"{key}.more", type="compact", on_change="rerun")
    if more.open:
        with more:
            for hyper in rare:
                slide(hyper)


def columns_of(hypers: tuple[Hyper, ...]) -> list[Hyper]:
    """The two hyperparameters that matter most: the learning rate, and how much is remembered."""
    memory = [h for h in hypers if h.scale == "one_minus"]
    return [h for h in hypers if h.name == "lr"] + memory[:1]
