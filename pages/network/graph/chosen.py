"""The graph of an experiment: which, with the numbers that go into it, and how many steps its passes have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core import Network
from core.nets.experiment import Experiment
from core.nets.graph import BASKET, MOST, Graph, apples, network_graph, sigmoid_graph
from core.nets.own import OWN, ready
from pages.network.graph.told import named
from pages.shared.words import t

FEW_INPUTS, FEW_OUTPUTS, NARROW = 2, 3, (2,)  # of a network whose weights are drawn one by one; its hidden layers
EXAMPLE = (1.0, 0.5)  # what goes into it where the examples of the data have more numbers


@dataclass(frozen=True)
class Field:
    """A number that goes into a graph. whole: counted, in ones."""

    name: str
    usual: float
    low: float
    high: float
    step: float
    whole: bool = False


def tiny(experiment: Experiment) -> Network:
    """The network of an experiment, so small that its weights can be drawn one by one."""
    network = experiment.network
    inputs, *hidden, outputs = network.sizes
    inputs, outputs = (n if n <= few else 2 for n, few in ((inputs, FEW_INPUTS), (outputs, FEW_OUTPUTS)))
    made = Network((inputs, *hidden, outputs), network.activation, network.loss)
    return made if made.parameters <= MOST else Network((inputs, *NARROW, outputs), network.activation, network.loss)


def fields_of(experiment: Experiment) -> list[Field]:
    """The numbers that go into the graph, in the order in which a link has them."""
    if experiment.film.graph == "apples":
        counts, prices = (0.0, 100.0, 1.0, True), (0.0, 10_000.0, 10.0)
        kinds: tuple[tuple[Any, ...], ...] = (counts, prices, prices, counts, (0.0, 10.0, 0.1))
        return [
            Field(named(node.name), value, *kind)
            for node, value, kind in zip(
                (node for node in apples().nodes if not node.operation), BASKET, kinds, strict=True
            )
        ]
    if experiment.film.graph == "sigmoid":
        return [Field("x", 1.0, -10.0, 10.0, 0.5)]
    network, (x, answer) = tiny(experiment), _example(experiment)
    classes = experiment.record.task == "classes"
    inputs = [round(v, 2) for v in x] if len(x) == network.sizes[0] else EXAMPLE[: network.sizes[0]]
    right = min(answer, network.sizes[-1] - 1.0) if classes else round(answer, 2)
    target = (
        Field(t("graph_class"), right, 0.0, network.sizes[-1] - 1.0, 1.0, True)
        if classes
        else Field(t("graph_target"), right, -10.0, 10.0, 0.1)
    )
    names = [t("graph_input", number=i + 1) for i in range(len(inputs))]
    return [*(Field(name, value, -10.0, 10.0, 0.1) for name, value in zip(names, inputs, strict=True)), target]


def _example(experiment: Experiment) -> tuple[list[float], float]:
    """Inputs and answer of the first example; no inputs where the visitor has not given enough to train with."""
    if experiment.dataset == OWN and not ready(experiment.own):
        return [], 0.0
    data = experiment.data
    return data.x[0].tolist(), float(data.t[0, 0])


def given_of(experiment: Experiment) -> list[float]:
    """What goes in: the numbers of the link where they fit the graph, else the usual ones."""
    fields, given = fields_of(experiment), experiment.film.given
    return list(given) if given and fit(fields, given) else [field.usual for field in fields]


def fit(fields: list[Field], given: tuple[float, ...]) -> bool:
    """Whether numbers go into a graph that has these fields."""
    return len(given) == len(fields) and all(map(_fits, fields, given))


def _fits(field: Field, value: float) -> bool:
    return field.low <= value <= field.high and (not field.whole or value.is_integer())


def graph_of(experiment: Experiment) -> Graph:
    """The graph that is shown."""
    given = given_of(experiment)
    if experiment.film.graph == "apples":
        return apples(given)
    if experiment.film.graph == "sigmoid":
        return sigmoid_graph(*given)
    network = tiny(experiment)
    *x, right = given
    w = network.initial(experiment.init, 0)
    return network_graph(network, w.tolist(), x, [right])


def steps_of(experiment: Experiment) -> int:
    """How many steps both passes through the graph have: one a node each, and those with which they begin."""
    return 2 * len(graph_of(experiment).order) + 1
