"""What stands around an update in a program of a race, and what ends its run: the records' own formulas, copied."""

from __future__ import annotations

import dis
from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.export.writing import arguments, call
from core.modifiers import MODIFIERS
from core.spec import Modifier
from core.stops import STOPS

if TYPE_CHECKING:
    from core.export.page import Page


class Around:
    """The lines that a program needs besides those of its library.

    asked: keys of modifiers that the library is asked for in its own words.
    """

    def __init__(self, page: Page, asked: Iterable[str] = ()) -> None:
        self.page, self.task = page, page.task
        self.asked = set(asked)
        runner, scene = self.task.runner, self.task.scene
        self.put = [MODIFIERS[key].spoken(runner.dialect) for key in runner.modifiers if key not in self.asked]
        # A method that looks around spends more than one evaluation an update, which a program does not count.
        self.spent = [key for key in scene.stops if self.task.optimizer.plane and "used" in _read(key)]
        self.rules = {key: bound for key, bound in scene.stops.items() if page.ends and key not in self.spent}
        for record in self.put:
            page.copy(record.change, name=record.key)
        for key in self.rules:
            page.copy(STOPS[key].holds, name=key)

    def begin(self) -> list[str]:
        """The lines before the loop."""
        lines = [f"{record.key}_{name} = np.zeros(2)" for record in self.put for name in record.state]
        return lines + ["last_loss = np.nan  # at the point before"] * bool(self.rules)

    @property
    def shows(self) -> bool:
        """Whether g has to be known before the update, as an array."""
        return bool(self.rules) or any(not record.after for record in self.put)

    @property
    def counts(self) -> bool:
        """Whether the loop needs the number of the update."""
        return bool(self.rules or self.spent) or any(record.after for record in self.put)

    def before(self, loss: str) -> list[str]:
        """The lines between the gradient g and the update: what ends the run, and what g becomes. loss: at the point."""
        lines = []
        run = self.task.run
        if run.rule in self.spent and self.page.ends:
            bound = self.task.scene.stops[run.rule]
            lines += [f"if t == {run.stopped}:  # {bound:g} evaluations are spent", "    break"]
        if self.rules:
            lines += [f"f, step = {loss}, path[-1] - path[-2] if t else np.full(2, np.nan)"]
            tests = [f"{key}(f, last_loss, *g, *step, t, {bound!r})" for key, bound in self.rules.items()]
            lines += [*_folded(tests), "    break", "last_loss = f"]
        for record in self.put:
            if not record.after:
                lines += [f"g = np.array({record.key}(*g{self._settings(record)}))"]
        return lines

    def after(self, point: str) -> list[str]:
        """The lines after the update: the name of the point as an array becomes where it is put."""
        lines = []
        for record in self.put:
            if record.after:
                state = "".join(f", {record.key}_{name}" for name in record.state)
                put = f"{record.key}({point}, path[-1], t + 1{state}{self._settings(record)})"
                lines += [row[4:] for row in call(f"{point}{state} = {put}", 4)]
        return lines

    def _settings(self, record: Modifier) -> str:
        return arguments(record.hypers, self.task.runner.modifiers[record.key])


def told(page: Page) -> list[str]:
    """Sentences for the head of a program."""
    runner, scene = page.task.runner, page.task.scene
    said = []
    for key, settings in runner.modifiers.items():
        own = ", ".join(f"{name} = {value:g}" for name, value in settings.items())
        said.append(f"Around it: {MODIFIERS[key].name.en} ({own}).")
    if scene.stops:
        rules = ", ".join(f"{STOPS[key].name.en} {bound:g}" for key, bound in scene.stops.items())
        said.append(f"It ends when a rule holds: {rules}.")
    return said


def _read(key: str) -> set[str]:
    """The arguments that the formula of a rule reads."""
    return {i.argval for i in dis.get_instructions(STOPS[key].holds) if i.opname.startswith("LOAD_FAST")}


def _folded(tests: list[str]) -> list[str]:
    """A question that is answered by any of them."""
    if len(tests) == 1:
        return [f"if {tests[0]}:"]
    return ["if (", *(f"    {'or ' * bool(i)}{test}" for i, test in enumerate(tests)), "):"]
