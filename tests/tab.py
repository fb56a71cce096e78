"""A browser tab in a few lines: what Streamlit's frontend holds of every widget, and sends back with every message.

AppTest answers for the server alone: there a widget holds what the page gave it. In a browser it holds what it was
given last, under the name that it had then, until the page says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

LISTS = {"string_array_value", "double_array_value"}


def kind_of(proto: Any) -> str | None:
    """The field of a message that carries what a widget of this kind holds; None for what holds nothing."""
    name = type(proto).__name__
    if name == "Slider":
        return "string_array_value" if proto.options else "double_array_value"
    return {
        "Selectbox": "string_value",
        "ButtonGroup": "string_array_value",
        "NumberInput": "double_value",
        "Checkbox": "bool_value",
        "TextInput": "string_value",
    }.get(name)


def options(proto: Any) -> list[str]:
    """The names that a widget offers."""
    return [getattr(option, "content", option) for option in getattr(proto, "options", ())]


def given(proto: Any, kind: str) -> Any:
    """What the page has told a widget to hold."""
    value = proto.default
    if proto.set_value:
        if kind == "string_value" and options(proto) and not proto.HasField("raw_value"):
            return None  # a box in which nothing is chosen
        fields = {field.name for field in proto.DESCRIPTOR.fields} - (
            {"raw_value"} if kind == "double_array_value" else set()
        )
        value = getattr(proto, next(name for name in ("raw_value", "raw_values", "value") if name in fields))
    elif kind == "string_value" and options(proto):
        return options(proto)[value] if proto.HasField("default") else None
    elif kind == "string_array_value":
        return [options(proto)[int(i)] for i in value]
    return list(value) if kind in LISTS else value


class Tab:
    """The browser's side of a visit. held: key -> what the widget holds, as it travels. open: popovers that stay open."""

    def __init__(self, at: AppTest, open: tuple[str, ...] = ()) -> None:
        self.at, self.open = at, open
        self.held: dict[str, Any] = {}
        self.take()

    def take(self) -> Tab:
        """Draw what the page has sent."""
        assert not self.at.exception, self.at.exception
        self.protos: dict[str, Any] = {}
        for node in self.at._tree:
            proto = getattr(node, "proto", None)
            if kind_of(proto) and proto.id:
                self.protos[proto.id.split("-", 2)[2]] = proto
        self.held = {
            key: given(proto, str(kind_of(proto))) if proto.set_value or key not in self.held else self.held[key]
            for key, proto in self.protos.items()
        }
        return self

    def send(self, changed: Mapping[str, Any], forget: bool = False) -> Tab:
        """The visitor moves widgets, or somebody forges a message. forget: the changed widgets alone are sent."""
        states = WidgetStates()
        self.held |= changed
        for key, value in self.held.items():
            if value is None or (forget and key not in changed):
                continue
            state, kind = states.widgets.add(id=self.protos[key].id), str(kind_of(self.protos[key]))
            if kind in LISTS:
                getattr(state, kind).data.extend(value)
                getattr(state, kind).SetInParent()
            else:
                setattr(state, kind, value)
        for name in self.open:
            self.at.session_state[f"{name}.open"] = True
        self.at._run(states)
        return self.take()

    def offered(self, key: str) -> bool:
        """Whether what a widget holds is among its options, if it has any."""
        held, names = self.held[key], options(self.protos[key])
        return not names or all(name in names for name in (held if isinstance(held, list) else [held]))
