"""The page of networks with a map in the place of the film: what becomes of one runner over two of its settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from core.figures.palette import PENS
from core.nets import maps
from core.nets.experiment import SETTINGS, Experiment, Quantity, Up
from core.nets.maps import NetworkMap, Side
from core.scene import SceneError
from core.text import TABLES
from pages.network.address import ADDRESS, change, opened
from pages.network.chart import CHART, WORDS
from pages.network.picture import labels
from pages.shared import controls
from pages.shared.canvas import Arrays, named
from pages.shared.queue import LINE, Task, watched
from pages.shared.verdicts import number
from pages.shared.words import language, t

STOPPED = "network.map.stopped"  # the map whose making the visitor has stopped
MARKS = (0.0, 0.9, 0.99, 0.999, 0.5)  # of what is remembered, the most important first
Key = tuple[str, Experiment, Up, int]


def draw(experiment: Experiment) -> None:
    """The map, what it is of, and whatever it still waits for."""
    place = _bar(experiment)
    message = trouble(experiment)
    found = None if message else kept(experiment)
    st.caption(message or _about(experiment))
    CHART.draw(*picture(experiment, found), on_act)
    ADDRESS.publish()
    if found is None or len(found.x.values) == fine(experiment):
        return
    key = key_of(experiment, fine(experiment))
    if st.session_state.get(STOPPED) == key:
        with place.container(key="netmap-paused"):
            st.button(t("map_refine"), key="network.map.refine", on_click=lambda: st.session_state.pop(STOPPED, None))
        return
    wait(key, place)
    st.rerun()


# --- what it is of -----------------------------------------------------------------------------------


def chosen(experiment: Experiment) -> int:
    """The number of the runner; of one that has gone, the last."""
    return max(0, min(experiment.film.chosen, len(experiment.runners) - 1))


def up_of(experiment: Experiment) -> Up:
    """What the map has on its way up: what was asked for, if the runner has it."""
    found = maps.ups(experiment.runners[chosen(experiment)])
    return experiment.film.up if experiment.film.up in found else found[0]


def quantities(experiment: Experiment) -> list[Quantity]:
    """What can be shown of a training."""
    found: list[Quantity] = ["loss"]
    found += ["val_loss"] if experiment.validation else []
    return [*found, "accuracy"] if experiment.record.task == "classes" else found


def by_of(experiment: Experiment) -> Quantity:
    """What is shown of every training: what was asked for, if there is such."""
    return experiment.film.by if experiment.film.by in quantities(experiment) else "loss"


def called(by: Quantity) -> str:
    """A quantity in words."""
    return {"loss": t("net_map_loss"), "val_loss": t("net_map_val_loss"), "accuracy": t("net_map_accuracy")}[by]


def trouble(experiment: Experiment) -> str | None:
    """Why there is no map; None where there is one."""
    if not experiment.runners:
        return t("empty")
    if not experiment.ready:
        return t("net_map_no_data")
    if not maps.affordable(experiment, chosen(experiment), up_of(experiment), fine(experiment)):
        return t("net_map_too_much")
    return None


def _about(experiment: Experiment) -> str:
    which, up = chosen(experiment), up_of(experiment)
    epochs = maps.affordable(experiment, which, up, fine(experiment))
    name = labels(experiment)[which]
    if epochs == experiment.epochs:
        return t("net_map_about", name=name, epochs=epochs)
    return t("net_map_fewer", name=name, epochs=epochs, all=experiment.epochs)


def _look(name: str) -> Callable[[Any], None]:
    return lambda new: change(film=replace(ADDRESS.shown().film, **{name: new}))


def _bar(experiment: Experiment) -> Any:
    """Whose map, what goes up and what is shown; the place beside it for progress."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="netmap-bar"):
        if experiment.runners:
            which, runner = chosen(experiment), experiment.runners[chosen(experiment)]
            names = dict(enumerate(labels(experiment)))
            controls.choice(
                t("net_map_of"),
                list(names),
                "network.chosen",
                which,
                _look("chosen"),
                names.__getitem__,
                width=190,
            )
            varied = {"batch": SETTINGS["batch"], "memory": maps.memory(runner), "l2": SETTINGS["l2"]}
            words = {up: controls.label(hyper) for up, hyper in varied.items() if hyper}
            controls.choice(
                t("map_up"), list(words), "network.up", up_of(experiment), _look("up"), words.__getitem__, width=230
            )
            short = {by: called(by) for by in quantities(experiment)} | {"accuracy": t("film_accuracy")}
            controls.switch(
                t("map_colour"), quantities(experiment), "network.by", by_of(experiment), _look("by"), short.__getitem__
            )
        return st.empty()


# --- how it is made ----------------------------------------------------------------------------------


def fine(experiment: Experiment) -> int:
    """Cells of a side, in the end."""
    return maps.fineness(experiment, chosen(experiment), up_of(experiment))


def coarse(size: int) -> int:
    """Cells of a side of the map that is drawn first, a tenth of the work of the fine one."""
    return max(4, round(0.3 * size))


def key_of(experiment: Experiment, size: int) -> Key:
    """Under which a map is kept, for every visitor."""
    which, up = chosen(experiment), up_of(experiment)
    return "network map", maps.subject(experiment, which, up), up, size


def kept(experiment: Experiment) -> NetworkMap:
    """The fine map if it is there, else the coarse one, which is made at once: in some tenths of a second."""
    size = fine(experiment)
    for cells in (size, coarse(size)):
        found: NetworkMap | None = LINE.kept(key_of(experiment, cells))
        if found is not None:
            return found
    return made(key_of(experiment, coarse(size)))


def made(key: Key, progress: Any = None) -> NetworkMap:
    """Train every cell. A coarse map has as many epochs as the fine one, so that both tell the same."""
    _, one, up, size = key
    found = maps.network_map(one, 0, up, size, progress, maps.affordable(one, 0, up, maps.fineness(one, 0, up)))
    LINE.keep(key, found, 5 * found.loss.nbytes)
    return found


def work(task: Task[NetworkMap]) -> NetworkMap:
    """Make a map in the line."""
    key: Any = task.key
    return made(key, task.told)


def wait(key: Key, place: Any) -> None:
    """Wait for a map; progress and a way to stop are shown, and whatever the visitor does meanwhile ends this run."""

    def stop() -> None:
        st.session_state[STOPPED] = key

    with place.container(horizontal=True, vertical_alignment="center", key="netmap-busy"):
        told = st.progress(0.0)
        st.button(t("map_stop"), key="network.map.stop", on_click=stop)
    for _ in watched(told, key, work, lambda share: t("net_map_works", share=share)):
        pass


# --- what is sent ------------------------------------------------------------------------------------


def picture(experiment: Experiment, found: NetworkMap | None) -> tuple[dict[str, Any], Arrays]:
    """Header and arrays; without a map only the words."""
    arrays = Arrays()
    header: dict[str, Any] = {
        "lasting": arrays.text({"words": {key: TABLES[language()][key] for key in WORDS}}),
        "about": None,
        "map": None,
    }
    if found is None:
        return header, arrays
    which, up, by = chosen(experiment), up_of(experiment), by_of(experiment)
    pen, best = PENS[experiment.runners[which].colour], found.best_by(by)
    own = _own(experiment)
    low, high = _range(found, by)
    ratio = found.x.values[1] / found.x.values[0]
    header["about"] = f"{which} {up} {hash(key_of(experiment, 0))}"
    header["map"] = {
        "label": labels(experiment)[which],
        "light": pen.light,
        "dark": pen.dark,
        "which": which,
        "up": up,
        "by": by,
        "rows": len(found.y.values),
        "columns": len(found.x.values),
        "low": low,
        "high": high,
        "best": best,
        "own": [side.share(value) for side, value in zip((found.x, found.y), own, strict=True)],
        "x": {
            "symbol": found.x.hyper.symbol,
            "label": controls.label(found.x.hyper),
            "scale": "log",
            "low": found.x.values[0] / ratio**0.5,
            "high": found.x.values[-1] * ratio**0.5,
            "integer": False,
            "values": found.x.values,
        },
        "y": {
            "symbol": found.y.hyper.symbol,
            "label": controls.label(found.y.hyper),
            "values": found.y.values,
            "labels": [_said(found.y, value) for value in found.y.values],
            "ticks": _ticks(found.y),
        },
        "told": {
            "best": best and _best(found, by, best),
            "own": t("net_map_own", where=_where(found, *own)),
        },
        "arrays": {
            name: arrays.take(named(plane), plane)
            for name in ("loss", "val_loss", "accuracy", "val_accuracy", "exploded")
            for plane in [
                getattr(found, name).astype(np.float64).ravel()
            ]  # a loss may be beyond what single floats hold
        },
    }
    return header, arrays


def _own(experiment: Experiment) -> tuple[float, float]:
    """The settings of the runner as it is."""
    which, up = chosen(experiment), up_of(experiment)
    runner, remembers = experiment.runners[which], maps.memory(experiment.runners[which])
    if up == "batch":
        return runner.hypers["lr"], float(experiment.batch_of(which))
    return runner.hypers["lr"], runner.hypers[remembers.name] if up == "memory" and remembers else experiment.l2


def _range(found: NetworkMap, by: Quantity) -> tuple[float, float]:
    """The values between which colours differ: a loss of twice that before any training is bad enough."""
    values = getattr(found, by)[np.isfinite(getattr(found, by))]
    if by != "accuracy":
        values = np.clip(values[values > 0], 1e-12, 2 * found.start)
    return (float(values.min()), float(values.max())) if values.size else (1.0, 1.0)


def _said(side: Side, value: float) -> str:
    if side.all:
        return str(int(value)) if value else t("batch_all", count=side.all)
    return number(value)


def _ticks(side: Side) -> list[tuple[float, str]]:
    """Where the side is labelled, the most important first."""
    if side.all:
        found = [(v, str(int(v)) if v else t("all")) for v in (0.0, *side.values[:-1])]
    elif side.hyper.scale == "one_minus":
        found = [(v, number(v)) for v in MARKS if v <= side.values[-1]]
    else:
        found = [(v, number(v)) for v in (0.0, *(10.0**e for e in range(-5, 0)))]
    return [(side.share(v), words) for v, words in found]


def _where(found: NetworkMap, lr: float, own: float) -> str:
    return f"{found.x.hyper.symbol} = {number(lr)}, {found.y.hyper.symbol} = {_said(found.y, own)}"


def _best(found: NetworkMap, by: Quantity, at: tuple[int, int]) -> str:
    """What is best, and where."""
    value = float(getattr(found, by)[at])
    told = f"{100 * value:.3g} %" if by == "accuracy" else number(value)
    where = _where(found, found.x.values[at[1]], found.y.values[at[0]])
    return t("net_map_best", what=called(by), value=told, where=where)


# --- what the visitor does ---------------------------------------------------------------------------


def on_act(act: dict[str, Any]) -> None:
    """Take over the settings of a cell, and show their training. They come from outside: what is malformed is ignored."""
    now, train = ADDRESS.shown(), act.get("train")
    if not now.runners or act.get("of") != chosen(now) or act.get("up") != up_of(now):
        return
    if not isinstance(train, list) or len(train) != 2 or not all(type(v) in (int, float) for v in train):
        return
    which, (lr, own) = chosen(now), train
    try:
        ADDRESS.change(taken(now, which, float(lr), float(own)))
    except (SceneError, ValueError, OverflowError):
        return
    opened(plays=True)


def taken(experiment: Experiment, which: int, lr: float, own: float) -> Experiment:
    """The experiment with the settings of a cell, and its film. Raises SceneError or ValueError for what is no setting."""
    runners, up = list(experiment.runners), up_of(experiment)
    remembers = maps.memory(runners[which])
    hypers = {**runners[which].hypers, "lr": lr}
    if up == "memory" and remembers:
        hypers[remembers.name] = own
    runners[which] = replace(runners[which], hypers=hypers, shown=True)
    fields: dict[str, Any] = {"l2": own} if up == "l2" else {}
    if up == "batch" and len(runners) == 1:
        fields = {"batch": int(own), "batches": ()}
    elif up == "batch":  # the others keep theirs
        sizes = [*experiment.batches, *[-1] * len(runners)][: len(runners)]
        sizes[which] = int(own)
        fields = {"batches": tuple(sizes)}
    film = replace(experiment.film, view="film", moment=None, chosen=which)
    return replace(experiment, runners=tuple(runners), film=film, **fields)
