"""The controls of the networks: data, network, training, and the studies."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from core import DATASETS, INITIALIZATIONS
from core.experiments import STUDIES
from core.nets.experiment import MOST_LAYERS, SETTINGS, Experiment, Film
from core.nets.layers import ACTIVATIONS
from core.nets.own import OWN, table
from core.nets.study import Study
from core.scene import SceneError
from pages.network.address import ADDRESS, change, opened
from pages.network.parts import RESET
from pages.shared import controls
from pages.shared.words import plain, say, t

NETWORK, DATA, TRAINING, CARDS = (f"net-{name}.open" for name in ("network", "data", "training", "cards"))
FILE, WRONG = "network.file", "network.wrong"
WIDTHS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 24, 32, 48, 64, 100)
DECAYS = (0.0, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1)
CLIPS = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
WAITS = (0, 1, 2, 3, 5, 8, 10, 15, 20, 30, 50, 100)
SHARES = (0.0, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5)
COUNTS = (10, 20, 30, 50, 80, 100, 150, 200, 300, 400, 500, 800, 1000, 1500, 2000)
NOISES = (0.0, 0.02, 0.05, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)


def draw(experiment: Experiment) -> None:
    """Everything about an experiment that is not a runner."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="network-bar"):
        names = {**{key: say(record.name) for key, record in DATASETS.items()}, OWN: t("net_own")}
        controls.choice(
            t("net_data"), list(names), "network.dataset", experiment.dataset, _take, names.__getitem__, width=160
        )
        with st.container(width=120):
            _batch(experiment)
        with st.container(width=120):
            _slider("epochs", experiment)
        for key, title, icon, inside in (
            (NETWORK, t("net_network"), ":material/hub:", _network),
            (DATA, t("net_examples"), ":material/scatter_plot:", _data),
            (TRAINING, t("net_training"), ":material/tune:", _training),
            (CARDS, t("presets"), ":material/bookmarks:", _studies),
        ):
            # What is folded away is drawn only while it is open.
            popover = st.popover(title, icon=icon, key=key, on_change="rerun")
            if popover.open:
                with popover:
                    inside(experiment)
        with st.container(width="content"):
            _reset()


@st.fragment(key=RESET)
def _reset() -> None:
    """The way back to what was opened, a part of the page that can be drawn by itself; pressed, it draws all of it."""

    def back() -> None:
        ADDRESS.reset()
        opened()
        st.rerun()

    controls.reset(ADDRESS.touched(), back, t("net_reset"))


def _take(dataset: str) -> None:
    """Other data, as many and as noisy as suits them."""
    change(dataset=dataset, samples=None, noise=None)


def _slider(name: str, experiment: Experiment, rests: tuple[float, ...] | None = None, **look: Any) -> None:
    """A slider for a setting."""
    hyper = SETTINGS[name]
    value = getattr(experiment, name)
    value = getattr(experiment.record, name) if value is None else value
    kind = int if hyper.integer else float

    def move(new: float) -> None:
        change(**{name: kind(new)})

    if rests is None:
        controls.slider(hyper, f"network.{name}", float(value), move, **look)
    else:
        controls.stepped(
            controls.label(hyper), [float(r) for r in rests], f"network.{name}", float(value), move, **look
        )


def _batch(experiment: Experiment) -> None:
    """How many examples an update sees: powers of two, and at the end all of them."""
    count = experiment.kept
    now = experiment.batch if experiment.batch < count else 0
    sizes = sorted({*(2**i for i in range(count.bit_length()) if 2**i < count), now} - {0})

    def name(size: int) -> str:
        return str(size) if size else t("batch_all", count=count)

    title = controls.label(SETTINGS["batch"])
    controls.stepped(title, [*sizes, 0], "network.batch", now, lambda size: change(batch=size), name)


def _network(experiment: Experiment) -> None:
    def deeper(count: int) -> None:
        now = ADDRESS.shown().layers
        change(layers=(*now, *[now[-1] if now else 8] * count)[:count])

    def widen(i: int, width: int) -> None:
        now = list(ADDRESS.shown().layers)
        if i < len(now):
            now[i] = width
            change(layers=tuple(now))

    depth = len(experiment.layers)
    controls.stepped(t("net_depth"), range(MOST_LAYERS + 1), "network.depth", depth, deeper, str)
    for i, width in enumerate(experiment.layers):
        label = t("net_width", number=i + 1)
        controls.stepped(label, list(WIDTHS), f"network.width.{i}", width, partial(widen, i), str)
    names = {key: say(layer.name) for key, layer in ACTIVATIONS.items()}
    controls.choice(
        t("net_activation"),
        list(names),
        "network.activation",
        experiment.activation,
        _set("activation"),
        names.__getitem__,
    )
    st.caption(say(ACTIVATIONS[experiment.activation].about))
    names = {key: say(record.name) for key, record in INITIALIZATIONS.items()}
    controls.choice(t("net_init"), list(names), "network.init", experiment.init, _set("init"), names.__getitem__)
    st.caption(say(INITIALIZATIONS[experiment.init].about))
    controls.toggle(t("net_norm"), "network.batch_norm", experiment.batch_norm, _set("batch_norm"))
    _slider("dropout", experiment)


def _data(experiment: Experiment) -> None:
    st.caption(say(experiment.record.about))
    if experiment.dataset == OWN:
        _own(experiment)
        _slider("validation", experiment, SHARES)
        return
    most = experiment.record.most or int(SETTINGS["samples"].high)
    _slider("samples", experiment, (*(n for n in COUNTS if n < most), most))
    _slider("noise", experiment, NOISES)
    _slider("validation", experiment, SHARES)
    seed = SETTINGS["data_seed"]
    controls.put("network.data_seed", experiment.data_seed)
    st.number_input(
        say(seed.label) if seed.label else seed.name, int(seed.low), int(seed.high), experiment.data_seed, 1,
        key="network.data_seed", on_change=controls.heard("network.data_seed", _set("data_seed")),
    )  # fmt: skip


def _own(experiment: Experiment) -> None:
    """A table to be taken, or points to be placed anew."""

    def take() -> None:
        file = st.session_state.get(FILE)
        if file is None:
            return
        try:
            change(own=table(file.getvalue()), film=Film())
            st.session_state.pop(WRONG, None)
            opened(plays=True)
        except SceneError as fault:
            st.session_state[WRONG] = fault.text

    def clear() -> None:
        change(own=())
        st.session_state.pop(WRONG, None)

    st.file_uploader(t("net_csv"), type=["csv", "txt", "tsv"], key=FILE, on_change=take, help=t("net_csv_help"))
    if WRONG in st.session_state:
        st.warning(plain(say(st.session_state[WRONG])), icon=":material/table:")
    st.caption(t("net_rows", count=len(experiment.own)))
    st.button(
        t("net_clear"), key="network.clear", on_click=clear, disabled=not experiment.own, icon=":material/delete:"
    )


def _training(experiment: Experiment) -> None:
    _slider("seeds", experiment, (1, 2, 3, 4, 5))
    _slider("l2", experiment, DECAYS)
    _slider("clip", experiment, CLIPS)
    _slider("patience", experiment, WAITS, disabled=not experiment.validation)
    st.caption(t("net_fair"))


def _set(name: str) -> Callable[[Any], None]:
    return lambda new: change(**{name: new})


def _studies(experiment: Experiment) -> None:
    """Cards: a title, one thing to look at, and a click that shows it."""

    def show(study: Study) -> None:
        ADDRESS.open(study.experiment)
        opened(plays=True)
        st.session_state[CARDS] = False

    columns = st.columns(2, width=720)
    for i, (key, study) in enumerate(STUDIES.items()):
        with columns[i % 2].container(border=True, key=f"preset-{key}"):
            st.button(say(study.title), key=f"open-{key}", type="tertiary", on_click=show, args=(study,))
            st.caption(say(study.observe))
