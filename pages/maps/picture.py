"""The maps of a scene as the browser draws them: a header of plain data, and arrays."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from core import OPTIMIZERS, Runner, Scene
from core.figures.palette import PENS
from core.maps import Axis, edge, nearest, optimum, steepest
from core.scene import MAX_RUNNERS
from core.text import TABLES
from core.theory import stability_at
from pages.maps.atlas import Atlas, Plate, chosen, pairs, plates
from pages.maps.sheet import FATES, NOWHERE, SIZES, Sheet, coarse, kept, made
from pages.shared import controls
from pages.shared.cache import path_of, run_of
from pages.shared.canvas import Arrays
from pages.shared.ground import ground
from pages.shared.verdicts import number, point, verdict
from pages.shared.words import language, say, t

# The words that the maps themselves write.
WORDS = (
    *("loss", "above", "step", "start", "which", "full", "failed", "loss_log", "loss_linear", "map_loss", "map_when"),
    *("soon", "late", "map_share", "map_optimum", "map_send", "map_circles", "start_sent"),
    *("map_settings_hint", "map_starts_hint"),
)
HUES = [pen for pen in PENS if pen.light[1:3] != pen.light[3:5]]  # greys are for starts that reach no minimum
LISTED = 8  # minima by name in a table


def picture(scene: Scene, atlas: Atlas) -> tuple[dict[str, Any], dict[str, np.ndarray], list[Plate]]:
    """Header and arrays of the maps, and those that are drawn coarse and have yet to be refined."""
    arrays = Arrays()
    drawn = plates(scene, atlas)
    fine = SIZES[atlas.kind][1]
    sheets = [kept(plate, fine) or made(plate, coarse(atlas.kind, plate.scene.length)) for plate in drawn]
    todo = [plate for plate, sheet in zip(drawn, sheets, strict=True) if sheet.size < fine]
    for sheet in sheets:
        arrays |= {sheet.names[name]: plane for name, plane in sheet.planes.items()}
    shown = zip(drawn, sheets, labels(scene, atlas), pens(scene, atlas), strict=True)
    header = {
        "kind": atlas.kind,
        "colour": atlas.colour,
        "fine": fine,
        "fates": FATES,
        "fate_words": fates(),
        "nowhere": NOWHERE,
        "cell": atlas.cell,
        "full": len(scene.runners) == MAX_RUNNERS,
        "hues": [[pen.light, pen.dark] for pen in HUES],
        "plates": [_plate(plate, sheet, label, pen, atlas, scene, arrays) for plate, sheet, label, pen in shown],
        "words": {key: TABLES[language()][key] for key in WORDS},
    }
    return header, arrays, todo


def fates() -> tuple[str, ...]:
    """FATES in words."""
    return (
        *(t("fate_arrived"), t("fate_moving"), t("fate_stuck"), t("fate_cycling"), t("fate_stopped")),
        *(t("fate_escaped"), t("fate_undefined"), t("fate_overflow")),
    )


def labels(scene: Scene, atlas: Atlas) -> list[str]:
    """What each map is of."""
    found, names = pairs(scene, atlas), of_what(scene)
    own = names[chosen(scene, atlas)]
    if len(found) == 1:
        return [own]
    if found[1][0].surface == found[0][0].surface:
        return [own, names[atlas.beside]]
    return [f"{own} · {say(place.record.name)}" for place, _ in found]


def of_what(scene: Scene) -> dict[int | str | None, str]:
    """A name for everything that a map can be of, none twice."""
    names: dict[int | str | None, str] = dict(enumerate(scene.labels(language())))
    return names | {key: t("map_default", name=record.name) for key, record in OPTIMIZERS.items()}


def pens(scene: Scene, atlas: Atlas) -> list[Any]:
    """A pen for each map: that of its runner in the race, or the next that is free."""
    found = (chosen(scene, atlas), atlas.beside)[: len(pairs(scene, atlas))]
    free = scene.free_colour()
    colours = [scene.runners[which].colour if isinstance(which, int) else free for which in found]
    if len(set(colours)) < len(colours):
        colours[1] = next(c for c in range(MAX_RUNNERS) if c not in colours)
    return [PENS[colour] for colour in colours]


def _plate(
    plate: Plate, sheet: Sheet, label: str, pen: Any, atlas: Atlas, scene: Scene, arrays: Arrays
) -> dict[str, Any]:
    if plate.axes:
        best = sheet.facts["best"]
        at = plate.nearest(atlas.cell) if atlas.cell else (best["x"], best["y"])
        own = _settings(plate, sheet, arrays)
        axes = [_axis(*axis) for axis in plate.axes]
    else:
        at = _start(plate, atlas.probe or scene.start)
        own = {"shares": _shares(plate, sheet)}
        axes = [
            {"name": name, "symbol": name, "label": name, "scale": "linear", "low": low, "high": high, "integer": False}
            for name, (low, high) in zip("xy", plate.shown, strict=True)
        ]
    return {
        "label": label,
        "light": pen.light,
        "dark": pen.dark,
        "size": sheet.size,
        "home": plate.scene.surface == scene.surface,
        "planes": sheet.names,
        "x": axes[0],
        "y": axes[1],
        "surface": ground(plate.scene, arrays),
        "at": at,
        "run": _run(*plate.at(at), arrays),
        **own,
    }


def _start(plate: Plate, wish: tuple[float, float] | None) -> tuple[float, float]:
    """The start whose path is shown: the one asked for, if it lies on this map."""
    inside = wish and all(low <= value <= high for value, (low, high) in zip(wish, plate.shown, strict=True))
    return wish if wish and inside else plate.scene.start or plate.scene.record.centre


def _axis(name: str, axis: Axis) -> dict[str, Any]:
    hyper = axis.hyper
    return {
        "name": name,
        "symbol": hyper.symbol,
        "label": controls.label(hyper),
        "scale": hyper.scale,
        "low": axis.low,
        "high": axis.high,
        "integer": hyper.integer,
    }


def _settings(plate: Plate, sheet: Sheet, arrays: Arrays) -> dict[str, Any]:
    """What is drawn over a map of settings, and said about it."""
    facts, (x, y) = sheet.facts, plate.axes
    best = facts["best"]
    where = ", ".join(f"{axis.hyper.symbol} = {number(best[side])}" for side, (_, axis) in (("x", x), ("y", y)))
    line = _edge(plate)
    known = optimum(plate.scene, plate.runner, (x[0], y[0])) or {}
    return {
        "low": facts["low"],
        "high": facts["high"],
        "best": best,
        "told": [
            t("best_told", loss=number(best["loss"]), where=where) if best["loss"] is not None else t("best_none"),
            t("robust_told", share=f"{100 * facts['robust']:.2g}") if best["loss"] is not None else "",
        ],
        "edge": arrays.keep(line[0]) if line else None,
        "edge_told": t("edge_told", **line[1]) if line else None,
        "optimum": {"x": known.get(x[0]), "y": known.get(y[0])} if known else None,
    }


@lru_cache(maxsize=128)  # 4 kB each
def _edge(plate: Plate) -> tuple[np.ndarray, dict[str, Any]] | None:
    """log(lr / largest stable lr) on a grid, and where that limit comes from."""
    scene, runner = plate.scene, plate.runner
    values, spot = edge(scene, runner, *plate.axes), nearest(scene)
    if values is None or spot is None or not values.min() < 0 < values.max():  # the map lies on one side of it
        return None
    ends = {name: axis.high for name, axis in plate.axes if name in runner.hypers}
    check = stability_at(scene.record, runner.spoken, {**runner.hypers, **ends}, runner.hypers["lr"], spot)
    formula = check.formula if check else ""
    return values, {"limit": formula, "curvature": number(steepest(scene) or math.nan), "point": point(spot)}


def _shares(plate: Plate, sheet: Sheet) -> list[dict[str, Any]]:
    """Rows of a table: which minimum or fate, its number in the map, and its share of all starts."""
    rows, rest = [], 0.0
    minima = 0
    for name, share in sheet.facts["shares"]:
        if isinstance(name, tuple):
            around = point(plate.scene.record.minima[name[1]])
            rows.append({"goal": name[1], "label": t("map_circles", point=around), "share": share, "circles": True})
        elif isinstance(name, str):
            rows.append({"goal": NOWHERE + FATES.index(name), "share": share})
        elif minima < LISTED:
            minima += 1
            x, y = plate.scene.record.minima[name]
            rows.append({"goal": name, "label": point((x, y)), "share": share})
        else:
            rest += share
    if rest:
        rows.append({"goal": None, "label": t("map_others"), "share": rest})
    return rows


def _run(scene: Scene, runner: Runner, arrays: Arrays) -> dict[str, Any]:
    run, surface = run_of(scene, runner), scene.record
    floor = float(surface.value(*surface.minima[0])) if surface.minima else 0.0
    return {
        "path": arrays.take(*path_of(scene, runner, floor)),
        "left": run.when if run.outcome == "escaped" else None,
        "verdict": verdict(scene, runner, run),
    }
