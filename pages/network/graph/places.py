"""Where the nodes of a graph stand: columns as the values pass them, rows so that few edges cross."""

from __future__ import annotations

from collections import defaultdict

from core.nets.graph import COPY, Graph

SPREAD = 3.0  # how far apart the rows of a small layer are drawn at most, beside a large one


class Places:
    """columns, rows: of every node. landing: by its number, the row in which an edge from a copied value arrives."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.columns = self._columns()
        self.rows = [0.0] * len(graph.nodes)
        self.landing: dict[int, float] = {}
        into = [(i, k) for i, node in enumerate(graph.nodes) for k in range(len(node.inputs))]
        self.number = {
            place: number for number, place in enumerate(into)
        }  # of an edge, by node and place among its inputs
        self._layers()

    def _columns(self) -> list[int]:
        nodes = self.graph.nodes
        found = [0] * len(nodes)
        for i in self.graph.order:
            # An edge from a copied value first has to find its row.
            found[i] = max(
                found[source] + (2 if nodes[source].operation is COPY else 1) if nodes[source].operation else 1
                for source in nodes[i].inputs
            )
            for source in nodes[i].inputs:
                if not nodes[source].operation:
                    found[source] = found[i] - 1
        return found

    def _layers(self) -> None:
        """Rows from the result back: what lies behind copied values is a layer of its own, centred beside the others."""
        roots, layers = [len(self.graph.nodes) - 1], []
        while roots:
            layer = _Layer(self)
            for root in roots:
                layer.place(root)
            layers.append(layer)
            roots = []
            for copy in layer.copies:
                (source,) = self.graph.nodes[copy].inputs
                roots.append(source)
        most = max(layer.count for layer in layers)
        for layer in layers:
            scale = min(SPREAD, most / layer.count)

            def moved(row: float, layer: _Layer = layer, scale: float = scale) -> float:
                return (row - (layer.count - 1) / 2) * scale + (most - 1) / 2

            for i, row in layer.rows.items():
                self.rows[i] = moved(row)
            self.landing |= {edge: moved(row) for edge, row in layer.landing.items()}
        for i in self.graph.order:
            if self.graph.nodes[i].operation is COPY:
                self.rows[i] = self.rows[self.graph.nodes[i].inputs[0]]


class _Layer:
    """The nodes between two rows of copied values."""

    def __init__(self, places: Places) -> None:
        self.places, self.count = places, 0
        self.rows: dict[int, float] = {}
        self.landing: dict[int, float] = {}
        self.copies: list[int] = []

    def next(self) -> float:
        self.count += 1
        return self.count - 1.0

    def place(self, i: int) -> float:
        """Give a node and what leads to it rows; that of the node."""
        nodes = self.places.graph.nodes
        if not nodes[i].operation:
            self.rows[i] = self.next()
            return self.rows[i]
        landed, found = [], defaultdict(list)
        for k, source in enumerate(nodes[i].inputs):
            if nodes[source].operation is COPY:
                landed.append(self.next())
                self.landing[self.places.number[i, k]] = landed[-1]
                if source not in self.copies:
                    self.copies.append(source)
            else:
                found[bool(nodes[source].operation)].append(self.place(source))
        beside = found[True] or found[False]  # what is given joins from the side
        self.rows[i] = landed[0] if landed else sum(beside) / len(beside)
        return self.rows[i]
