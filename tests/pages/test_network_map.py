"""The page of networks with a map: what is sent is what was trained, and a cell leads to its film."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from urllib.parse import urlencode

import numpy as np
import pytest
from wire import unpack

from core import Runner
from core.nets import maps
from core.nets.experiment import Experiment, Film
from core.nets.maps import network_map
from core.text import TABLES
from pages.network import map_view
from pages.shared.queue import LINE

STATE = "network.state"
HANGUL = re.compile(r"[가-힣]")
PAIR = (Runner("adam", {"lr": 0.02}, colour=3), Runner("sgd", {"lr": 0.1}))
SMALL = Experiment(layers=(3,), samples=40, epochs=2, runners=PAIR, film=Film(view="map"))


@pytest.fixture(autouse=True)
def _few_cells(monkeypatch):
    """A fine map takes seconds; here a few cells are fine enough."""
    monkeypatch.setattr(maps, "SIZES", (8,))
    LINE.made.clear()


@pytest.fixture
def open_page(visit):
    """open_page(experiment, lang=None): the page, opened with a link."""

    def open_page(experiment, lang=None):
        return visit(urlencode(experiment.to_query(), doseq=True), lang, "networks")

    return open_page


def sent(at):
    """The header that the browser gets."""
    assert not at.exception
    (component,) = at.get("bidi_component")
    return unpack(component.proto.bytes)


def test_the_map_is_fine_in_the_end_and_is_that_of_the_core(open_page):
    header, _ = sent(open_page(SMALL))
    told = header["map"]
    assert (told["columns"], told["label"], told["up"], told["by"]) == (8, "Adam", "batch", "loss")
    found = network_map(SMALL, 0, "batch", 8)
    assert tuple(told["best"]) == found.best
    assert told["x"]["values"] == list(found.x.values)
    assert told["y"]["labels"] == ["1", "2", "4", "8", "16", "all 30"]
    assert told["own"] == [found.x.share(0.02), found.y.share(32)]
    assert told["low"] == pytest.approx(found.loss.min())
    assert f"η = {found.x.values[found.best[1]]:g}" in told["told"]["best"]
    for name in ("loss", "val_loss", "accuracy", "val_accuracy", "exploded"):
        array = LINE.kept(map_view.key_of(SMALL, 8))
        assert (getattr(array, name) == getattr(found, name)).all()


def test_what_is_chosen_stands_in_the_link(open_page):
    at = open_page(SMALL)
    at.selectbox(key="network.up").set_value("memory").run()
    at.segmented_control(key="network.by").set_value("accuracy").run()
    told = sent(at)[0]["map"]
    assert (told["up"], told["by"], told["y"]["symbol"]) == ("memory", "accuracy", "β₁")
    assert 0 <= told["low"] <= told["high"] <= 1
    assert (at.query_params["up"], at.query_params["by"]) == ("memory", "accuracy")
    at.selectbox(key="network.chosen").set_value(1).run()
    told = sent(at)[0]["map"]
    assert (told["label"], told["up"]) == ("SGD", "batch"), "SGD remembers nothing"
    assert at.session_state[STATE].film.up == "memory"


def test_another_learning_rate_is_the_same_map(open_page):
    at = open_page(SMALL)
    before, made = sent(at)[0]["map"], set(LINE.made)
    at.select_slider(key="network-0.lr").set_value(0.1).run()
    after = sent(at)[0]["map"]
    assert after["own"][0] > before["own"][0]
    assert (after["arrays"], set(LINE.made)) == (before["arrays"], made)


@pytest.mark.parametrize(
    ("up", "runners", "value", "expected"),
    [
        ("batch", PAIR, 8, {"batch": 32, "batches": (8, -1)}),
        ("batch", PAIR[:1], 8, {"batch": 8, "batches": ()}),
        ("batch", PAIR[:1], 0, {"batch": 0, "batches": ()}),
        ("memory", PAIR, 0.6, {"l2": 0.0}),
        ("l2", PAIR, 0.03, {"l2": 0.03}),
    ],
)
def test_a_cell_leads_to_its_film(open_page, act, up, runners, value, expected):
    at = open_page(replace(SMALL, runners=runners, film=Film(view="map", up=up, moment=3)))
    at = act(at, {"train": [0.05, value], "of": 0, "up": up, "id": 1})
    now = at.session_state[STATE]
    assert (now.film.view, now.film.moment, now.film.up) == ("film", None, up)
    assert now.runners[0].hypers["lr"] == 0.05
    assert now.runners[0].hypers["beta1"] == (value if up == "memory" else 0.9)
    assert {name: getattr(now, name) for name in expected} == expected
    assert now.runners[1:] == runners[1:]
    assert "film" in sent(at)[0]


@pytest.mark.parametrize(
    "what",
    [
        {"train": [0.05, 8], "of": 1, "up": "batch"},
        {"train": [0.05, 8], "of": 0, "up": "l2"},
        {"train": [0.05, 1e9], "of": 0, "up": "batch"},
        {"train": [50, 8], "of": 0, "up": "batch"},
        {"train": [0.05, True], "of": 0, "up": "batch"},
        {"train": [0.05], "of": 0, "up": "batch"},
        {"train": "x", "of": 0, "up": "batch"},
        {"train": [0.05, math.inf], "of": 0, "up": "batch"},
        {"train": [math.nan, 8], "of": 0, "up": "batch"},
        {},
    ],
)
def test_what_is_no_cell_is_ignored(open_page, act, what):
    at = act(open_page(SMALL), {**what, "id": 1})
    assert not at.exception
    assert at.session_state[STATE] == SMALL


def test_a_stopped_map_stays_coarse_until_it_is_wanted(visit):
    at = visit("", None, "networks")  # the film, so that nothing begins before the map is stopped
    at.session_state[STATE] = SMALL
    at.session_state[map_view.STOPPED] = map_view.key_of(SMALL, 8)
    at.run()
    assert sent(at)[0]["map"]["columns"] == 4
    at.button(key="network.map.refine").click().run()
    assert sent(at)[0]["map"]["columns"] == 8


def test_what_has_no_map_says_why(open_page):
    at = open_page(replace(SMALL, runners=()))
    assert sent(at)[0]["map"] is None
    assert TABLES["en"]["empty"] in [caption.value for caption in at.caption]
    at = open_page(replace(SMALL, dataset="own"))
    assert TABLES["en"]["net_map_no_data"] in [caption.value for caption in at.caption]
    at = open_page(
        Experiment(dataset="digits", samples=1797, layers=(100,) * 6, batch=1, runners=PAIR, film=SMALL.film)
    )
    assert TABLES["en"]["net_map_too_much"] in [caption.value for caption in at.caption]


def test_a_regression_has_no_accuracy_and_a_whole_has_no_validation():
    wave = replace(SMALL, dataset="wave", film=Film(view="map", by="accuracy"))
    assert map_view.quantities(wave) == ["loss", "val_loss"]
    assert map_view.by_of(wave) == "loss"
    whole = replace(SMALL, validation=0.0, film=Film(view="map", by="val_loss"))
    assert map_view.by_of(whole) == "loss"
    header, arrays = map_view.picture(whole, map_view.kept(whole))
    assert np.isnan(arrays[header["map"]["arrays"]["val_loss"]]).all()


def test_everything_is_korean_in_korean(open_page):
    header, _ = sent(open_page(replace(SMALL, film=Film(view="map", up="l2")), "ko"))
    for text in (*header["map"]["told"].values(), header["map"]["x"]["label"], header["map"]["y"]["label"]):
        assert HANGUL.search(text)


def test_a_loss_beyond_single_floats_is_drawn_as_bad_and_not_as_missing():
    wave = Experiment(
        dataset="wave", layers=(), batch=4, epochs=8, runners=(Runner("sgd"),), film=Film(view="map", up="l2")
    )
    header, arrays = map_view.picture(wave, map_view.kept(wave))
    loss = arrays[header["map"]["arrays"]["loss"]]
    assert (np.isfinite(loss) & (loss > 1e39)).any()
    assert header["map"]["high"] < 10
