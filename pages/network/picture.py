"""An experiment as the film shows it: a header of plain data, and arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core import Scene
from core.figures.palette import PENS
from core.nets.experiment import Experiment
from core.nets.own import OWN
from core.text import TABLES
from pages.network.address import EPOCH, PLAYS
from pages.network.film import WORDS
from pages.network.ground import Ground
from pages.network.reel import Lane, Reel, Sent, histograms
from pages.shared.canvas import Arrays, content, named
from pages.shared.engine import engine
from pages.shared.verdicts import number
from pages.shared.words import language, t


def picture(
    experiment: Experiment, reel: Reel | None, link: str, message: str | None, ground: Ground | None = None
) -> tuple[dict[str, Any], Arrays]:
    """Header and arrays. reel: the film, which may be that of an experiment before this one; without it the message is shown.

    ground: the landscape of that film, if it is looked at and there.
    """
    arrays = Arrays()
    lasting = arrays.text({"words": {key: TABLES[language()][key] for key in WORDS}, "engine": engine() or ""})
    header: dict[str, Any] = {
        "lasting": lasting,
        "epoch": st.session_state.get(EPOCH, 0),
        "link": link,
        "plays": st.session_state.get(PLAYS) == st.session_state.get(EPOCH, 0),
        "film": None,
        "network": None,
        "data": None,
        "runners": [],
        "landscape": ground and ground.told(arrays),
        "view": _view(experiment, reel),
        "message": message,
    }
    if reel is None:
        if experiment.dataset == OWN and not message:  # an empty map, on which the first points are placed
            own, features = experiment.own, experiment.record.features
            table = np.array(own, float).reshape(len(own), features + 1)
            columns = content(table[:, :features]), content(table[:, features]), len(table)
            header |= {"network": _network(experiment), "data": _data(experiment, *columns, arrays)}
        return header, arrays
    shown = reel.experiment
    moments = reel.moments.astype(np.float64)
    header |= {
        "film": {
            "moments": arrays.take(named(moments), moments),
            "steps": shown.steps,
            "epoch_steps": shown.each,
            "batch": shown.batch or shown.kept,
            "examples": shown.kept,
            "seconds": [lane.seconds for lane in reel.lanes],
        },
        "network": _network(shown),
        "data": _data(shown, reel.x, reel.t, reel.train, arrays),
        "runners": _runners(experiment, reel, arrays),
    }
    return header, arrays


def _view(experiment: Experiment, reel: Reel | None) -> dict[str, Any]:
    film = experiment.film
    moment = None
    if film.moment is not None and reel is not None:
        moment = min(int(np.searchsorted(reel.moments, film.moment)), len(reel.moments) - 1)
    return {
        "moment": moment,
        "axis": film.axis,
        "across": film.across,
        "tab": film.tab,
        "chosen": film.chosen,
        "directions": film.directions,
    }


def _network(experiment: Experiment) -> dict[str, Any]:
    network = experiment.network
    return {
        "sizes": network.sizes,
        "activation": network.activation,
        "norm": network.batch_norm,
        "dropout": network.dropout,
        "kind": experiment.record.task,
        "parts": [
            {
                "weights": [part.W.start, *part.shape],
                "biases": [part.b.start, part.shape[1]],
                "gamma": [part.gamma.start, part.shape[1]] if part.gamma else None,
                "beta": [part.beta.start, part.shape[1]] if part.beta else None,
            }
            for part in network.parts
        ],
    }


def _data(experiment: Experiment, x: Sent, y: Sent, train: int, arrays: Arrays) -> dict[str, Any]:
    record = experiment.record
    return {
        "x": arrays.take(*x),
        "t": arrays.take(*y),
        "train": train,
        "features": record.features,
        "classes": len(record.labels),
        "bounds": record.bounds,
        "own": experiment.dataset == OWN and record.features == 2,
        "images": record.images,
    }


def labels(experiment: Experiment) -> tuple[str, ...]:
    """A name for every runner, as on the race; where the sizes of batches differ, with its own."""
    runners = experiment.runners
    if not experiment.batches:
        return Scene(runners=runners).labels(language())
    names = []
    for i, runner in enumerate(runners):
        size = experiment.batch_of(i)
        name = f"{runner.record.name} B = {size or t('all')}"
        names.append(f"{name} #{names.count(name) + 1}" if name in names else name)
    return tuple(names)


def _runners(experiment: Experiment, reel: Reel, arrays: Arrays) -> list[dict[str, Any]]:
    of = experiment if len(experiment.runners) == len(reel.lanes) else reel.experiment
    runners, names = of.runners, labels(of)
    deep = experiment.film.tab == "layers"
    found = []
    for i, (runner, label, lane) in enumerate(zip(runners, names, reel.lanes, strict=True)):
        pen, bars = PENS[runner.colour], histograms(reel, i) if deep else None
        found.append(
            {
                "label": label,
                "light": pen.light,
                "dark": pen.dark,
                "dash": pen.dash,
                "shown": runner.shown,
                "verdict": verdict(lane),
                "ended": lane.exploded,
                "best": lane.best,
                "end": lane.end,
                "last": lane.last,
                "seeds": reel.experiment.seeds,
                "pace": lane.pace,
                "weights": _weights(lane, arrays),
                "gradients": _sent(lane.slopes, arrays),
                **{name: _sent(curve, arrays) for name, curve in lane.curves.items()},
                "norms": arrays.take(*lane.norms),
                "ratios": arrays.take(*lane.ratios),
                "predicted": _sent(lane.predicted, arrays),
                "sure": _sent(lane.sure, arrays),
                "histograms": bars
                and {
                    **bars,
                    **{name: _sent(bars[name], arrays) for name in ("activations", "gradients", "dead")},
                },
            }
        )
    return found


def _weights(lane: Lane, arrays: Arrays) -> str | list[str]:
    if isinstance(lane.weights[0], str):
        return arrays.take(*lane.weights)  # type: ignore[arg-type]
    return [arrays.offer(name, lambda array=array: array) for name, array in lane.weights]  # type: ignore[misc]


def _sent(what: tuple[str, np.ndarray] | None, arrays: Arrays) -> str | None:
    return arrays.take(*what) if what else None


def verdict(lane: Lane) -> str:
    """How a training went, in a sentence."""
    if lane.exploded is not None:
        return t("net_exploded", step=lane.exploded)
    loss, right, val = (lane.finals[name] for name in ("loss", "accuracy", "val_accuracy"))
    if loss is None:
        return t("net_stopped")
    if right is None:
        return t("net_loss", loss=number(loss))
    if val is None:
        return t("net_right", loss=number(loss), right=f"{100 * right:.3g}")
    return t("net_both", loss=number(loss), right=f"{100 * right:.3g}", val=f"{100 * val:.3g}")
