"""What a node does on each pass, in a sentence."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.nets.graph import RECIPROCAL, Graph
from core.nets.layers import LAYERS
from core.spec import Text
from pages.shared.verdicts import number
from pages.shared.words import say, t

DIGITS = 4


def short(value: float | None) -> str:
    """A value as it stands in the picture."""
    if value is not None and np.isinf(value):
        return "∞" if value > 0 else "−∞"
    return "–" if value is None else number(value + 0.0, DIGITS)


def named(name: str | Text) -> str:
    """The name of a node in the visitor's language."""
    return say(name) if isinstance(name, Text) else name


def _behind(value: float) -> str:
    """A value behind a sign."""
    text = short(value)
    return f"({text})" if text.startswith("−") else text


def _joined(values: Iterable[float], sign: str) -> str:
    """3 + (−4) + 5, or 3, −4, 5."""
    first, *more = values
    return short(first) + "".join(f"{sign}{_behind(v) if sign != ', ' else short(v)}" for v in more)


class Told:
    """The sentences of a graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.values, self.edges = graph, graph.values(), graph.edges
        self.back = graph.backward()
        self.leaving = [[k for k, edge in enumerate(self.edges) if edge.source == i] for i in range(len(graph.nodes))]

    def _of(self, i: int) -> tuple[list[float], float, list[float], list[float]]:
        """Of a node: its inputs, its value, what arrives from behind on every edge, and what it sends back."""
        inputs = [self.values[source] for source in self.graph.nodes[i].inputs]
        arrives = [self.back[k] or 0.0 for k in self.leaving[i]]
        sent = [g or 0.0 for g, edge in zip(self.back, self.edges, strict=True) if edge.target == i]
        return inputs, self.values[i], arrives, sent

    def forward(self, i: int) -> str:
        """What a node makes of its inputs."""
        node, (x, y, arrives, _) = self.graph.nodes[i], self._of(i)
        assert node.operation
        match node.operation.kind:
            case "multiply":
                return t("graph_multiplies", a=short(x[0]), b=_behind(x[1]), y=short(y))
            case "add":
                return t("graph_adds", terms=_joined(x, " + "), y=short(y))
            case "copy":
                return t("graph_copies", y=short(y), count=len(arrives))
            case "function" if node.operation is RECIPROCAL:
                return t("graph_inverts", x=_behind(x[0]), y=short(y))
            case "function":
                return t("graph_applies", name=named(node.name), x=short(x[0]), y=short(y))
            case "softmax_loss":
                chances = self._answer(x, 1)
                right = int(x[-1])
                return t(
                    "graph_softmax", outputs=_joined(x[:-1], ", "), chances=_joined(chances, ", "), right=right,
                    chance=short(chances[right]), y=short(y),
                )  # fmt: skip
        outputs, targets = x[: len(x) // 2], x[len(x) // 2 :]
        errors = " + ".join(f"({short(a)} − {_behind(b)})²" for a, b in zip(outputs, targets, strict=True))
        if len(outputs) > 1:
            errors = f"({errors}) / {len(outputs)}"
        return t("graph_squares", errors=errors, y=short(y))

    def backward(self, i: int) -> str:
        """What a node makes of what comes back to it."""
        node, (x, _, arrives, sent) = self.graph.nodes[i], self._of(i)
        assert node.operation
        dy = arrives[0]
        match node.operation.kind:
            case "multiply":
                return t(
                    "graph_multiplies_back", dy=short(dy), a=_behind(x[0]), b=_behind(x[1]), da=short(sent[0]),
                    db=short(sent[1]),
                )  # fmt: skip
            case "add":
                return t("graph_adds_back", dy=short(dy), count=len(x))
            case "copy":
                return t("graph_copies_back", count=len(arrives), terms=_joined(arrives, " + "), dy=short(sum(arrives)))
            case "function":
                (local,) = node.operation.backward(1.0, (x[0],), self.values[i])
                return t(
                    "graph_applies_back", name=named(node.name), dy=short(dy), slope=_behind(float(local or 0.0)),
                    dx=short(sent[0]),
                )  # fmt: skip
            case "softmax_loss":
                chances, right = self._answer(x, 1), int(x[-1])
                slopes = sent[:-1]
                return t(
                    "graph_softmax_back", chances=_joined(chances, ", "), right=right, slopes=_joined(slopes, ", ")
                )
        count = len(x) // 2
        return t("graph_squares_back", count=count, slopes=_joined(sent[:count], ", "))

    def _answer(self, x: list[float], targets: int) -> list[float]:
        """What a loss takes the outputs for."""
        operation = self.graph.nodes[-1].operation
        assert operation
        found = LAYERS[operation.kind].forward(np.array([x[:-targets]]), np.array([x[-targets:]]))[1]
        return [float(v) for v in found[0]]
