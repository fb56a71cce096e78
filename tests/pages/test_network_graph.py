"""The page of networks with a computational graph: what is sent is what the graph says, and a link restores it."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from wire import unpack

from core.nets.datasets import DATASETS
from core.nets.experiment import Experiment, Film
from core.nets.graph import MOST
from core.nets.layers import ACTIVATIONS
from core.text import TABLES
from pages.network import graph_view

STATE = "network.state"
HANGUL = re.compile(r"[가-힣]")


@pytest.fixture
def open_page(visit):
    """open_page(film, lang=None, **experiment): the page, opened with a link to a graph."""

    def open_page(film, lang=None, **experiment):
        query = urlencode(Experiment(film=film, **experiment).to_query(), doseq=True)
        return visit(query, lang, "networks")

    return open_page


def sent(at):
    """The header that the browser gets."""
    assert not at.exception
    (component,) = at.get("bidi_component")
    return unpack(component.proto.bytes)[0]


def numbers(at):
    return [field for field in at.number_input if field.key.startswith("network.given.")]


def test_the_basket_is_sent_with_its_sentences(open_page):
    at = open_page(Film(view="graph"))
    header = sent(at)
    assert [edge["value"][0] for edge in header["edges"]] == ["2", "100", "150", "3", "200", "450", "650", "1.1", "715"]
    assert [edge["gradient"][0] for edge in header["edges"]][:4] == ["110", "2.2", "3.3", "165"]
    told = [step["text"] for step in header["steps"]]
    assert "Multiplies: 100 × 2 = 200." not in told
    assert "Multiplies: 2 × 100 = 200." in told
    assert told[-1].endswith("times the other factor: 1.1 × 100 = 110 and 1.1 × 2 = 2.2.")
    assert len(told) == 2 * 4 + 2
    assert [field.value for field in numbers(at)] == [2, 100.0, 150.0, 3, 1.1]


def test_a_number_is_changed_and_stands_in_the_link_until_it_is_given_back(open_page):
    at = open_page(Film(view="graph"))
    numbers(at)[0].set_value(5).run()
    assert sent(at)["edges"][-1]["value"][0] == "1045"
    assert at.query_params["given"] == "5~100~150~3~1.1"
    at.button(key="network.graph.usual").click().run()
    assert sent(at)["edges"][-1]["value"][0] == "715"
    assert "given" not in at.query_params


def test_steps_are_taken_over_and_nonsense_is_not(open_page, act):
    at = act(open_page(Film(view="graph")), {"view": {"node": 7}, "id": 1})
    assert at.query_params["node"] == "7"
    for wrong in (-1, "x", None, [], 1e9, True):
        at = act(at, {"view": {"node": wrong}, "id": 2})
        assert not at.exception
    assert act(at, {"view": 3, "id": 3}).session_state[STATE].film.node in (0, 7)


def test_the_film_and_the_graph_take_turns(visit):
    at = visit("", None, "networks")
    assert not at.exception
    assert not numbers(at)
    at.segmented_control(key="network.view").set_value("graph").run()
    assert sent(at)["steps"]
    assert at.query_params["view"] == "graph"
    at.segmented_control(key="network.graph").set_value("network").run()
    assert len(numbers(at)) == 3
    at.selectbox(key="network.activation").set_value("relu").run()
    assert any(node["name"] == "ReLU" for node in sent(at)["nodes"])
    at.segmented_control(key="network.view").set_value("film").run()
    assert "film" in sent(at)
    assert at.session_state[STATE].activation == "relu"


@pytest.mark.parametrize("key", DATASETS)
def test_every_data_set_has_a_tiny_network(key):
    for layers in ((), (2,), (3,), (2, 2), (8, 8), (100,)):
        experiment = Experiment(dataset=key, layers=layers, film=Film(view="graph", graph="network"))
        network = graph_view.tiny(experiment)
        assert network.parameters <= MOST
        header, _ = graph_view.picture(experiment)
        assert len(header["steps"]) == 2 * sum(not node["given"] for node in header["nodes"]) + 2
        places = {(node["column"], node["row"]) for node in header["nodes"]}
        assert len(places) == len(header["nodes"]), "no two nodes stand at the same place"
        assert all(nodes["column"] >= 0 for nodes in header["nodes"])
        assert all(
            header["nodes"][edge["from"]]["column"] < header["nodes"][edge["to"]]["column"]
            for edge in header["edges"][:-1]
        )


@pytest.mark.parametrize("own", [(), ((0.5, 0.5, 0.0),), ((0.1, 0.2, 0.0), (0.3, -0.4, 1.0), (0.5, 0.1, 1.0))])
def test_data_of_ones_own_have_a_graph_before_there_are_any(open_page, own):
    at = open_page(Film(view="graph", graph="network"), dataset="own", own=own)
    assert len(sent(at)["steps"]) > 2
    assert at.selectbox(key="network.dataset").value == "own"


def test_numbers_that_do_not_fit_the_graph_are_those_of_the_example():
    for given in ((1.0,), (0.5, 0.5, 9.0), (0.5, 0.5, 0.5), (99.0, 0.0, 0.0)):
        film = Film(view="graph", graph="network", given=given)
        experiment = Experiment(film=film)
        assert graph_view.given_of(experiment) == [field.usual for field in graph_view.fields_of(experiment)]


@pytest.mark.parametrize("graph", ["apples", "sigmoid", "network"])
@pytest.mark.parametrize("dataset", ["moons", "wave"])
def test_every_sentence_is_korean_in_korean(open_page, graph, dataset):
    for activation in ACTIVATIONS if graph == "network" else ("tanh",):
        experiment = {"dataset": dataset, "activation": activation}
        header = sent(open_page(Film(view="graph", graph=graph), "ko", **experiment))
        for step in header["steps"]:
            assert HANGUL.search(step["text"])
            assert not re.search(r"[{}]|nan|--", step["text"])
        assert header["steps"][0]["text"] == TABLES["ko"]["graph_starts"]
