"""A program that trains a network, in the making: what it says of itself, its data, its settings, its epochs."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable

from core.export.copying import needed
from core.export.fault import ExportError
from core.export.sheet import Sheet
from core.export.trained import Training
from core.export.writing import WIDTH, arguments, call, listed
from core.nets.initializations import INITIALIZATIONS
from core.nets.own import OWN
from core.scene import DIALECTS, OURS
from core.spec import Text


class Lesson(Sheet):
    """Imports, data, settings; then the network and its training, which are the library's."""

    def __init__(self, task: Training, *imports: str) -> None:
        super().__init__(*imports, "from itertools import pairwise")
        self.task, each = task, task.experiment.each
        self.examples()
        self.copy(INITIALIZATIONS[task.experiment.init].deviation)
        self.spare = {
            "rest": "rest = max(steps - warmup, 1)  # the updates that are left to the schedule",
            "steps": f"steps = {f'{each} * ' * (each > 1)}epochs  # updates in all",
        }

    def examples(self) -> None:
        """What draws the data, by its own source; a file that it reads there it finds elsewhere here."""
        record = self.task.experiment.record
        if self.task.experiment.dataset == OWN:
            return
        for kind, text in needed(record.draw):
            if "__file__" in text:
                if not record.elsewhere:
                    raise ExportError(FILED)
                text = "\n".join([text.partition("\n")[0], *textwrap.indent(record.elsewhere, "    ").splitlines()])
            if kind is ast.Import:
                self.imports.add(text)
            else:
                self.blocks.append((kind is ast.FunctionDef, text))

    def settings(self) -> None:
        """Sizes, seed, and what the training is told."""
        task, experiment = self.task, self.task.experiment
        seeds = f"; 0 to {experiment.seeds - 1} were tried" if experiment.seeds > 1 else ""
        lines = [
            f"sizes = {task.network.sizes}  # inputs, neurons of the hidden layers, outputs",
            f"seed = 0  # of the initial weights and of the order of the batches{seeds}",
            f"epochs = {experiment.epochs}",
        ]
        lines += [f"batch = {task.batch}  # examples that an update sees"] * (not task.at_once)
        lines.append(f"lr = {task.runner.hypers['lr']!r}")
        lines += [f"warmup = {task.warmup}"] * bool(task.warmup)
        lines += [*reversed(self.spare.values())] if task.warmup else [self.spare["steps"]]
        lines += [f"l2 = {experiment.l2!r}  # strength of the penalty on weights, not on biases"] * bool(experiment.l2)
        lines += [f"clip = {experiment.clip!r}  # the longest that a gradient may be"] * bool(experiment.clip)
        lines += [f"dropout = {experiment.dropout!r}  # share of the neurons that are silent"] * task.thinned
        lines += [f"patience = {task.patience}  # epochs without a better validation loss"] * bool(task.patience)
        self.add(*lines)

    def data(self, *after: str) -> None:
        """Examples in an order of chance, some of them kept for validation. after: what the library makes of them."""
        task, experiment = self.task, self.task.experiment
        record = experiment.record
        noise = float(record.noise if experiment.noise is None else experiment.noise)
        lines = [f"chance = np.random.default_rng({experiment.data_seed})"]
        if experiment.dataset == OWN:
            width = 1 if record.features == 1 else 2
            places = [", ".join(repr(value) for value in row) for row in experiment.own]
            rows = textwrap.wrap(" ".join(f"[{place}]," for place in places), WIDTH - 4, break_long_words=False)
            self.add("# x, y and the class" if task.classes else "# x and the value", "rows = np.array(",
                     "    [", *(f"        {row}" for row in rows), "    ]", ")")  # fmt: skip
            lines.append(f"x, y = rows[:, :{width}], rows[:, {width}]{'.astype(int)' * task.classes}")
        else:
            lines.append(f"x, y = draw({task.examples}, {noise!r}, chance)")
        lines += ["order = chance.permutation(len(x))", "x, y = x[order], y[order]"]
        if task.validated:
            lines += [
                f"kept = len(x) - round({experiment.validation!r} * len(x))  # the rest is for validation",
                "x, vx, y, vy = x[:kept], x[kept:], y[:kept], y[kept:]",
            ]
        self.add(*lines, *after)

    @property
    def seen(self) -> tuple[str, str]:
        """What an update sees of x and of y."""
        return ("x", "y") if self.task.at_once else ("x[rows]", "y[rows]")

    def training(
        self,
        before: Iterable[str],
        update: Iterable[str],
        after: Iterable[str],
        best: tuple[str, ...],
        restore: tuple[str, ...],
        by_hand: bool = False,
    ) -> None:
        """The loop over epochs and batches.

        before: lines of an epoch before its first batch, update: those of a batch, after: those of an epoch behind its last.
        best: what keeps the weights as they are, restore: what brings the kept ones back. by_hand: whether a schedule that
        watches the loss is its own formula, and gives the share of the rate.
        """
        task = self.task
        waits = bool(task.patience)
        lines = ["losses = []  # of every batch, before its update"]
        if not task.at_once:
            lines.insert(0, "chance = np.random.default_rng([seed, 1])  # of the order of the batches")
        if waits:
            lines += [
                "least, waited = evaluate(vx, vy)[0], 0  # the best validation loss, the epochs since then",
                *best,
            ]
        if by_hand:
            state = ", ".join(repr(float(task.schedule.initial.get(n, 0.0))) for n in task.schedule.state)
            lines.append(f"watched = [{state.replace('inf', 'np.inf')}]  # {', '.join(task.schedule.state)}")
            lines.append("seen = 0.0  # the loss that the schedule watches")
        body = [*before]
        if by_hand:
            body += call(f"share = {self.watching('*watched')}[0]  # whose own loss is not known yet")
        if task.at_once:
            body += update
        else:
            body += ["order = chance.permutation(len(x))", "for lo in range(0, len(x), batch):"]
            body += ["    rows = order[lo : lo + batch]", *(f"    {line}" for line in update)]
        body += ["", *self.reported()]
        body += after
        if by_hand:
            body.append(f"seen = {'val_loss' if task.validated else 'loss'}")
            body += call(f"_, *watched = {self.watching('*watched')}")
        if waits:
            body += ["if val_loss < least:", "    least, waited = val_loss, 0", *(f"    {line}" for line in best)]
            body += ["else:", "    waited += 1", "if waited >= patience:", "    break"]
        self.add(*lines, "for epoch in range(epochs):", *(f"    {line}".rstrip() for line in body))
        if waits:
            self.add("# What is kept is the best that there was.", *restore)

    def watching(self, watched: str) -> str:
        """The call of a schedule that watches the loss."""
        return f"factor(epoch, epochs, seen, {watched}{arguments(self.task.schedule.hypers, self.task.hypers)})"

    def reported(self) -> list[str]:
        """The lines that say how an epoch went."""
        task = self.task
        accuracy = ", accuracy {%s:.3f}" if task.classes else ""
        lines = [f"loss, {'accuracy' if task.classes else '_'} = evaluate(x, y)"]
        said = "epoch {epoch + 1}: loss {loss:.6f}" + (accuracy % "accuracy" if task.classes else "")
        if not task.validated:
            return [*lines, f'print(f"{said}")']
        lines.append(f"val_loss, {'val_accuracy' if task.classes else '_'} = evaluate(vx, vy)")
        told = "validation: loss {val_loss:.6f}" + (accuracy % "val_accuracy" if task.classes else "")
        return [*lines, "print(", f'    f"{said}; "', f'    f"{told}"', ")"]

    def header(self) -> str:
        """What this is, as the docstring of the program."""
        task, experiment = self.task, self.task.experiment
        record = experiment.record
        noise = record.noise if experiment.noise is None else experiment.noise
        said = [f"{task.examples} examples"]
        if experiment.dataset != OWN:
            said[0] += f" (noise {float(noise):g}, seed {experiment.data_seed})"
        said[0] += f", {task.examples - experiment.kept} of them for validation." if task.validated else "."
        layers = [task.activation.name.en]
        layers += ["batch normalization before it"] * task.normed + [
            f"dropout of {experiment.dropout:g} behind it"
        ] * task.thinned
        if task.hidden:
            said.append(f"Activation: {', '.join(layers)}.")
        said.append(f"Initial weights: {INITIALIZATIONS[experiment.init].name.en}.")
        count = "all examples" if task.at_once else f"{task.batch} examples" if task.batch > 1 else "one example"
        said.append(f"{experiment.steps} updates in {experiment.epochs} epochs; an update sees {count}.")
        said.append(f"{task.optimizer.name} with {listed(task.optimizer.hypers, task.runner.hypers)}.")
        if task.scheduled:
            own = f" ({listed(task.schedule.hypers, task.hypers)})" if task.hypers else ""
            said.append(f"Schedule of the learning rate: {task.schedule.name.en}{own}.")
        if task.schedule.watches_loss:
            said.append(f"It is told the {'validation ' * task.validated}loss at the end of every epoch.")
        if task.warmup:
            share = f", from {task.begun:g} of the rate" if task.begun else ""
            said.append(f"Warm-up: {task.warmup} updates{share}.")
        if task.runner.dialect != OURS:
            said.append(f"Form of the update: {DIALECTS[task.runner.dialect].en}.")
        if task.thinned and task.library.key in DIALECTS:
            said.append(
                f"What drops out is drawn by {task.title} itself, so its numbers differ from those of Descent Lab by chance."
            )
        if task.normed:
            said.append(
                "A bias before a normalization changes nothing: its gradient is rounding alone, and what a method makes of that "
                "is chance."
            )
        parts = "W (a row for each input), then b" + ", then γ and β" * task.normed
        said.append(
            "`losses` holds the loss of every batch before its update, `weights` what has been learnt in one row: layer by "
            f"layer {parts}."
        )
        lines = textwrap.wrap(" ".join(said), WIDTH - 10)
        sizes = "-".join(map(str, task.network.sizes))
        title = (
            f"{task.optimizer.name} trains {sizes} neurons on {record.name.en}, with {task.title}. Made by Descent Lab."
        )
        return "\n".join(('"""' + title, "", *lines, '"""'))


FILED = Text(
    "These examples stand in a file of Descent Lab, which a program cannot take along.",
    "이 데이터는 Descent Lab의 파일에 들어 있어 코드로 옮길 수 없습니다.",
)
