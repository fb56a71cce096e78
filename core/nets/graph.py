"""A computational graph: values go forward along its edges, and gradients come back along the same ones.

Every node knows its own derivative and nothing else. What comes back to it, times that, is what it hands on: the chain rule,
one node at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from core.engine.given import said
from core.nets.layers import ACTIVATIONS, LAYERS
from core.nets.network import Network
from core.spec import Text

MOST = 20  # weights and biases of a network that is drawn one by one

Values = tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Operation:
    """What a node does.

    forward(*inputs) -> output. backward(dy, inputs, output) -> what is sent back to each input, where dy came from upstream:
    dy times the derivative by that input, or None for what has none.
    """

    kind: str
    name: str | Text
    forward: Callable[..., float]
    backward: Callable[[float, Values, float], tuple[float | None, ...]]


# y = a + b + ...: every derivative is 1, so what arrives is passed on as it is.
ADD = Operation("add", "+", lambda *x: sum(x), lambda dy, x, y: (dy,) * len(x))
# y = a b: ∂y/∂a = b and ∂y/∂b = a, so each input is sent what arrives times the other one.
MULTIPLY = Operation("multiply", "×", lambda a, b: a * b, lambda dy, x, y: (dy * x[1], dy * x[0]))
# One value goes to several nodes. It acts on the result through each of them, so what they send back adds up to dy.
COPY = Operation("copy", Text("copy", "분기"), lambda x: x, lambda dy, x, y: (dy,))
# y = eˣ: the derivative is y itself.
EXP = Operation("function", "exp", np.exp, lambda dy, x, y: (dy * y,))
# y = log x: the derivative is 1/x.
LOG = Operation("function", "log", np.log, lambda dy, x, y: (dy / x[0],))
# y = 1/x: the derivative is −1/x², which is −y².
RECIPROCAL = Operation("function", "1/x", np.reciprocal, lambda dy, x, y: (-dy * y * y,))


def activation(key: str) -> Operation:
    """An activation as a node, with the derivative that its own file writes beside it."""
    layer = ACTIVATIONS[key]
    return Operation("function", layer.name, layer.forward, lambda dy, x, y: (layer.backward(dy, x[0], y),))


def loss(key: str, outputs: int) -> Operation:
    """A loss as one node, for one sample: its inputs are so many outputs, and after them what is right."""
    layer = LAYERS[key]

    def forward(*x: float) -> float:
        return float(layer.forward(*_batch(x, outputs))[0])

    def backward(dy: float, x: Values, y: float) -> tuple[float | None, ...]:
        _, answer = layer.forward(*_batch(x, outputs))
        slopes = layer.backward(answer, _batch(x, outputs)[1])[0]
        return (*(float(dy * slope) for slope in slopes), *[None] * (len(x) - outputs))

    return Operation(key, layer.name, forward, backward)


def _batch(x: Sequence[float], outputs: int) -> tuple[np.ndarray, np.ndarray]:
    """Outputs (1, outputs) and what is right (1, targets), as the layers take them."""
    return np.array([x[:outputs]], float), np.array([x[outputs:]], float)


class Node(NamedTuple):
    """A value that is given (operation None), or what an operation makes of the nodes with these numbers.

    role: of a given value, "input", "weight", "bias", "target" or "fixed". name: a _ stands before an index below, a ^ before one above.
    """

    name: str | Text
    operation: Operation | None = None
    inputs: tuple[int, ...] = ()
    given: float = 0.0
    role: str = ""


class Edge(NamedTuple):
    """From one node to another; the last edge of a graph leads out of it, to nobody (None), and carries the result."""

    source: int
    target: int | None


class Graph:
    """Nodes in an order in which each comes after those that it needs. The last one is the result.

    >>> graph = Graph()
    >>> total = graph.node(MULTIPLY, graph.leaf("apples", 2), graph.leaf("price", 100))
    >>> graph.forward()
    [2.0, 100.0, 200.0]
    >>> graph.backward()
    [100.0, 2.0, 1.0]
    """

    def __init__(self, result: str | Text = "y") -> None:
        self.nodes: list[Node] = []
        self.result = result

    def leaf(self, name: str | Text, value: float, role: str = "input") -> int:
        """Add a value that is given; its number."""
        return self._add(Node(name, given=float(value), role=role))

    def node(self, operation: Operation, *inputs: int) -> int:
        """Add a node that makes something of nodes that are there already; its number. Raises ValueError for others."""
        for i in inputs:
            if isinstance(i, bool) or not isinstance(i, int) or not 0 <= i < len(self.nodes):
                raise ValueError(f"inputs: expected numbers of nodes below {len(self.nodes)}, got {said(i)}")
        return self._add(Node(operation.name, operation, inputs))

    def _add(self, node: Node) -> int:
        self.nodes.append(node)
        self.__dict__.pop("edges", None)
        return len(self.nodes) - 1

    @cached_property
    def edges(self) -> list[Edge]:
        """Node by node those that lead into it, in the order of its inputs; then the one that carries the result."""
        if not self.nodes:
            raise ValueError("graph: expected a node at least, got none")
        into = [Edge(source, i) for i, node in enumerate(self.nodes) for source in node.inputs]
        return [*into, Edge(len(self.nodes) - 1, None)]

    @property
    def order(self) -> list[int]:
        """The numbers of the nodes that do something, as the values pass them; the gradients pass them from the end on."""
        return [i for i, node in enumerate(self.nodes) if node.operation]

    def values(self) -> list[float]:
        """The value of every node."""
        found: list[float] = []
        with np.errstate(all="ignore"):  # an infinity or a nan is shown as what it is
            for node in self.nodes:
                if node.operation:
                    found.append(float(node.operation.forward(*(found[i] for i in node.inputs))))
                else:
                    found.append(node.given)
        return found

    def forward(self) -> list[float]:
        """The value on every edge: that of the node it comes from."""
        values = self.values()
        return [values[edge.source] for edge in self.edges]

    def backward(self) -> list[float | None]:
        """The gradient on every edge: how fast the result grows with the value there, as far as it acts through this edge.

        None on an edge to which nothing is sent back, as that of the right class.
        """
        values = self.values()
        found: list[float | None] = [None] * len(self.edges)
        found[-1] = 1.0  # the result grows with itself
        arrived = [0.0] * len(self.nodes)
        arrived[-1] = 1.0
        first = len(self.edges) - 1
        with np.errstate(all="ignore"):
            for i, node in reversed(list(enumerate(self.nodes))):
                if node.operation is None:
                    continue
                inputs = tuple(values[source] for source in node.inputs)
                sent = node.operation.backward(arrived[i], inputs, values[i])
                first -= len(sent)  # the edges into this node stand before those of the nodes after it
                for k, (source, slope) in enumerate(zip(node.inputs, sent, strict=True)):
                    if slope is not None:
                        found[first + k] = float(slope)
                        arrived[source] += float(slope)
        return found

    def gradient(self, role: str | None = None) -> list[float]:
        """How fast the result grows with every given value (of a role): the sum of what comes back to it."""
        back = self.backward()
        return [
            sum(g or 0.0 for g, edge in zip(back, self.edges, strict=True) if edge.source == i)
            for i, node in enumerate(self.nodes)
            if node.operation is None and role in (None, node.role)
        ]


# --- graphs ----------------------------------------------------------------------------------------

BASKET = (2.0, 100.0, 150.0, 3.0, 1.1)  # apples, the price of one, the price of an orange, oranges, tax


def apples(given: Sequence[float] = BASKET) -> Graph:
    """Two apples at 100, three oranges at 150, and a tax of a tenth: 715. Which price acts how strongly on what is paid?

    Raises ValueError for another count of numbers.
    """
    if np.shape(given) != (len(BASKET),):
        raise ValueError(f"given: expected {len(BASKET)} numbers, as {said(BASKET)}, got {said(given)}")
    graph = Graph(Text("Total", "지불 금액"))
    count, price, other_price, other_count, tax = (
        graph.leaf(name, value)
        for name, value in zip(
            (
                Text("Apples", "사과 개수"),
                Text("Apple price", "사과 가격"),
                Text("Orange price", "귤 가격"),
                Text("Oranges", "귤 개수"),
                Text("Tax", "소비세"),
            ),
            given,
            strict=True,
        )
    )
    fruit = graph.node(ADD, graph.node(MULTIPLY, count, price), graph.node(MULTIPLY, other_price, other_count))
    graph.node(MULTIPLY, fruit, tax)
    return graph


def sigmoid_graph(x: float = 1.0) -> Graph:
    """y = 1 / (1 + e⁻ˣ) in its parts: what comes back to x is y (1 − y)."""
    graph = Graph()
    minus_x = graph.node(MULTIPLY, graph.leaf("x", x), graph.leaf("−1", -1, "fixed"))
    graph.node(RECIPROCAL, graph.node(ADD, graph.node(EXP, minus_x), graph.leaf("1", 1, "fixed")))
    return graph


def network_graph(network: Network, w: Sequence[float], x: Sequence[float], t: Sequence[float]) -> Graph:
    """A tiny network and its loss for one sample, every weight, product, sum and activation a node.

    w (parameters,); x (inputs,); t: the number of the class, or the values of a regression. The gradients of the weights and
    biases, in the order of w, are those of the leaves that are no "input". Raises ValueError, in one sentence, for a network
    that is too large, or numbers that do not fit it.
    """
    if network.batch_norm:
        raise ValueError("network: expected one without batch normalization, which needs more than one sample")
    if network.parameters > MOST:
        raise ValueError(
            f"network: expected at most {MOST} weights and biases, which are drawn one by one, got {network.parameters}; "
            "a network of 2-3-2 has 17"
        )
    outputs = network.sizes[-1]
    targets = 1 if network.loss == "softmax_loss" else outputs
    for name, numbers, count in (("w", w, network.parameters), ("x", x, network.sizes[0]), ("t", t, targets)):
        if np.shape(numbers) != (count,) or not np.isfinite(np.asarray(numbers, float)).all():
            raise ValueError(f"{name}: expected {count} finite numbers, got {said(numbers)}")
    if network.loss == "softmax_loss" and t[0] not in range(outputs):
        raise ValueError(f"t: expected a class from 0 to {outputs - 1}, got {said(t[0])}")

    graph = Graph("L")
    told = [graph.leaf(_indexed("x", i), value) for i, value in enumerate(x)]
    leaves = _weights(graph, network, w)
    for layer, (W, b) in enumerate(leaves):
        if len(b) > 1:
            told = [graph.node(COPY, value) for value in told]
        sums = []
        for k, bias in enumerate(b):
            products = [graph.node(MULTIPLY, value, row[k]) for value, row in zip(told, W, strict=True)]
            sums.append(graph.node(ADD, *products, bias))
        last = layer == len(leaves) - 1
        told = sums if last else [graph.node(activation(network.activation), value) for value in sums]
    right = [graph.leaf("t" if targets == 1 else _indexed("t", k), value, "target") for k, value in enumerate(t)]
    graph.node(loss(network.loss, outputs), *told, *right)
    return graph


def _indexed(name: str, i: int) -> str:
    return f"{name}_{i + 1}"


def _weights(graph: Graph, network: Network, w: Sequence[float]) -> list[tuple[list[list[int]], list[int]]]:
    """Leaves for the flat vector, in its order; layer by layer the numbers of those of W and b."""
    found = []
    for layer, part in enumerate(network.parts, start=1):
        n, m = part.shape
        W = [
            [graph.leaf(f"w_{j + 1}{k + 1}^{layer}", w[part.W.start + j * m + k], "weight") for k in range(m)]
            for j in range(n)
        ]
        b = [graph.leaf(f"b_{k + 1}^{layer}", w[part.b.start + k], "bias") for k in range(m)]
        found.append((W, b))
    return found
