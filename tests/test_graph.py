"""The computational graph: the book's numbers, and gradients that are those of the network and of the definition."""

from __future__ import annotations

import doctest
from dataclasses import replace

import numpy as np
import pytest

from core import Network, numerical_gradient
from core.nets import graph as graphs
from core.nets.graph import (
    ADD,
    BASKET,
    COPY,
    EXP,
    LOG,
    MULTIPLY,
    RECIPROCAL,
    Graph,
    activation,
    apples,
    network_graph,
    sigmoid_graph,
)
from core.nets.layers import ACTIVATIONS, sigmoid

NETWORKS = (
    Network((2, 3, 2), "tanh"),
    Network((2, 2), "relu"),
    Network((1, 3, 1), "tanh", "squared_loss"),
    Network((2, 2, 2, 2), "sigmoid"),
    Network((2, 2, 2), "gelu", "squared_loss"),
    Network((2, 1, 3), "leaky_relu"),
)
SAMPLE = (0.6, -1.3)


def sample(network):
    """Weights, inputs and what is right, for a network of any size."""
    chance = np.random.default_rng(sum(network.sizes))
    t = [1] if network.loss == "softmax_loss" else chance.normal(size=network.sizes[-1])
    return chance.normal(size=network.parameters), SAMPLE[: network.sizes[0]], t


def test_the_basket_of_the_book():
    graph = apples()
    assert graph.forward() == pytest.approx([2, 100, 150, 3, 200, 450, 650, 1.1, 715])
    assert graph.backward() == pytest.approx([110, 2.2, 3.3, 165, 1.1, 1.1, 1.1, 650, 1])
    assert graph.gradient() == pytest.approx([110, 2.2, 3.3, 165, 650])
    assert [graph.nodes[i].name for i in graph.order] == ["×", "×", "+", "×"]


def test_the_sigmoid_of_the_book():
    graph = sigmoid_graph(0.7)
    y = sigmoid.forward(0.7)
    assert graph.forward()[-1] == pytest.approx(y, abs=1e-15)
    assert graph.gradient("input") == pytest.approx([y * (1 - y)], abs=1e-15)


@pytest.mark.parametrize(
    "network", NETWORKS, ids=lambda network: f"{network.sizes} {network.activation} {network.loss}"
)
def test_it_says_what_the_network_says(network):
    w, x, t = sample(network)
    value, gradient = network.gradient(w, np.array([x]), np.array([t], float))
    graph = network_graph(network, w, x, t)
    assert graph.forward()[-1] == pytest.approx(value, abs=1e-12)
    learned = [node for node in graph.nodes if node.role in ("weight", "bias")]
    assert [node.given for node in learned] == list(w)
    slopes = dict(zip([i for i, node in enumerate(graph.nodes) if not node.operation], graph.gradient(), strict=True))
    found = [slopes[i] for i, node in enumerate(graph.nodes) if node.role in ("weight", "bias")]
    assert found == pytest.approx(gradient, abs=1e-12)


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_every_activation_agrees_with_the_network(key):
    network = replace(NETWORKS[0], activation=key)
    w, x, t = sample(network)
    _, gradient = network.gradient(w, np.array([x]), np.array([t], float))
    graph = network_graph(network, w, x, t)
    assert graph.gradient("weight") + graph.gradient("bias") == pytest.approx(
        [*gradient[network.weighty == 1], *gradient[network.weighty == 0]], abs=1e-12
    )


@pytest.mark.parametrize("network", NETWORKS[:3])
def test_inputs_and_weights_have_the_slope_of_the_definition(network):
    w, x, t = sample(network)
    n = len(x)

    def result(v):
        return network_graph(network, v[n:], v[:n], t).forward()[-1]

    graph = network_graph(network, w, x, t)
    assert graph.gradient()[: n + len(w)] == pytest.approx(numerical_gradient(result, np.array([*x, *w])), abs=1e-8)
    assert graph.gradient("target") == [0.0] * len(t)
    assert graph.backward()[-1 - len(t) : -1] == [None] * len(t)


@pytest.mark.parametrize("operation", [EXP, LOG, RECIPROCAL, COPY, activation("tanh"), activation("relu")])
def test_a_function_of_one_input_knows_its_derivative(operation):
    def graph(x):
        made = Graph()
        made.node(MULTIPLY, made.node(operation, made.leaf("x", x)), made.leaf("a", 1.7))
        return made

    slope = numerical_gradient(lambda v: graph(v[0]).forward()[-1], np.array([0.8]))[0]
    assert graph(0.8).backward()[0] == pytest.approx(slope, abs=1e-8)


def test_what_one_value_sends_to_two_nodes_comes_back_as_a_sum():
    graph = Graph()
    x = graph.node(COPY, graph.leaf("x", 3))
    graph.node(ADD, graph.node(MULTIPLY, x, x), x)  # x² + x
    assert graph.forward()[-1] == 12
    assert graph.gradient() == [7]
    assert graph.backward() == [7, 3, 3, 1, 1, 1]


def test_an_order_is_one_in_which_everything_is_there():
    graph = network_graph(NETWORKS[0], *sample(NETWORKS[0]))
    done = {i for i, node in enumerate(graph.nodes) if not node.operation}
    for i in graph.order:
        assert done.issuperset(graph.nodes[i].inputs)
        done.add(i)
    assert done == set(range(len(graph.nodes)))
    assert sum(edge.target is None for edge in graph.edges) == 1
    uses = [sum(edge.source == i for edge in graph.edges) for i in range(len(graph.nodes))]
    assert all(n == 1 or node.operation is COPY for n, node in zip(uses, graph.nodes, strict=True))


def test_what_overflows_is_told_and_no_error():
    graph = Graph()
    graph.node(EXP, graph.leaf("x", 1e4))
    assert graph.forward()[-1] == float("inf")


@pytest.mark.parametrize(
    ("network", "change", "said"),
    [
        (Network((2, 8, 8, 2)), {}, "network: expected at most 20 weights and biases, .* got 114; a network of 2-3-2 has 17"),
        (Network((2, 2, 2), batch_norm=True), {}, "without batch normalization"),
        (Network((2, 2, 2)), {"w": [1.0] * 11}, "w: expected 12 finite numbers"),
        (Network((2, 2, 2)), {"x": [1.0, float("nan")]}, "x: expected 2 finite numbers"),
        (Network((2, 2, 2)), {"t": [2]}, "t: expected a class from 0 to 1, got 2"),
        (Network((2, 2, 1), loss="squared_loss"), {"t": []}, "t: expected 1 finite numbers"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_a_sentence(network, change, said):
    given = dict(zip("wxt", sample(network), strict=True)) | change
    with pytest.raises(ValueError, match=said):
        network_graph(network, **given)


def test_a_node_needs_what_is_there_already():
    graph = Graph()
    with pytest.raises(ValueError, match="graph: expected a node at least"):
        graph.forward()
    with pytest.raises(ValueError, match="inputs: expected numbers of nodes below 1, got 1"):
        graph.node(ADD, graph.leaf("x", 1), 1)
    with pytest.raises(ValueError, match="given: expected 5 numbers"):
        apples(BASKET[:3])


def test_the_example_of_the_docstring_runs():
    assert doctest.testmod(graphs).failed == 0
